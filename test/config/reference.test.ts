import { expect, test } from 'vitest';
import { renderConfigReference } from '../../src/config/reference.ts';
import { CONFIG_KEYS } from '../../src/config/schema.ts';

test('the reference page says what the schema says', async () => {
  await expect(renderConfigReference()).toMatchFileSnapshot('../../docs/reference/config.md');
});

test('every setting stands on the reference page once', () => {
  const rows = renderConfigReference()
    .split('\n')
    .flatMap((line) => /^\| `(\w+)` /.exec(line)?.[1] ?? []);
  expect(rows.toSorted()).toEqual(CONFIG_KEYS.map(({ key }) => key).toSorted());
  expect(rows).toHaveLength(43);
});
