import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { config } from '../../../src/cli/commands/config.ts';
import { CONFIG_KEYS } from '../../../src/config/schema.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { makeRepo } from '../../support/repo.ts';

describe('config', () => {
  test('shows every setting once, with its value and where it came from', async () => {
    const repo = makeRepo({
      files: {
        '.tf/config/settings.json': '{"ralph": {"maxRestarts": 2, "ticketQuery": "tk ready"}}',
        '.tf/ralph/config.json': '{"parallelWorkers": 4}',
      },
    });
    const io = fakeIo(repo.root, { env: { RALPH_LOG_LEVEL: 'debug' } });
    expect(await config({}, io)).toBe(0);
    const lines = io.out().trimEnd().split('\n');
    expect(lines.at(0)).toBe(`Settings of ${repo.root}`);
    const keys = lines.flatMap((line) => /^ {2}(\w+) /.exec(line)?.[1] ?? []);
    expect(keys).toEqual(CONFIG_KEYS.map(({ key }) => key));
    expect(io.out()).toMatch(/^ {2}parallelWorkers +4 +file \.tf\/ralph\/config\.json$/m);
    expect(io.out()).toMatch(/^ {2}maxRestarts +2 +file \.tf\/config\/settings\.json \("ralph"\)$/m);
    expect(io.out()).toMatch(/^ {2}logLevel +"debug" +env RALPH_LOG_LEVEL$/m);
    expect(io.out()).toMatch(/^ {2}gates +\[\] +default$/m);
    expect(io.out()).toMatch(/^ {2}ticketQuery .*\n +no effect here: the tickets are read directly/m);
  });

  test('finds the project from a folder inside it, and gives programs JSON', async () => {
    const repo = makeRepo({ files: { '.tf/ralph/config.json': '{"maxIterations": 7}' } });
    mkdirSync(join(repo.root, 'src/deep'), { recursive: true });
    const io = fakeIo(join(repo.root, 'src/deep'));
    expect(await config({ json: true }, io)).toBe(0);
    expect(JSON.parse(io.out())).toMatchObject({
      root: repo.root,
      problems: [],
      settings: expect.arrayContaining([
        { key: 'maxIterations', value: 7, source: 'file .tf/ralph/config.json', note: null },
      ]) as unknown,
    });
  });

  test('lists everything that is wrong, a line each, and exits with 2', async () => {
    const repo = makeRepo({ files: { '.tf/ralph/config.json': '{"paralelWorkers": 4, "gates": 1}' } });
    const env = { RALPH_MAX_RESTARTS: 'some' };
    const io = fakeIo(repo.root, { env });
    expect(await config({}, io)).toBe(2);
    expect(io.out()).toBe('');
    expect(io.err().trimEnd().split('\n')).toEqual([
      'ralph-actors: .tf/ralph/config.json: unknown key "paralelWorkers" - did you mean "parallelWorkers"?',
      expect.stringMatching(/^ralph-actors: \.tf\/ralph\/config\.json: "gates" must be a list/),
      expect.stringMatching(/^ralph-actors: RALPH_MAX_RESTARTS: it must be a whole number/),
    ]);
    const json = fakeIo(repo.root, { env });
    expect(await config({ json: true }, json)).toBe(2);
    expect(JSON.parse(json.out())).toMatchObject({
      settings: [],
      problems: [{ key: 'paralelWorkers' }, {}, {}],
    });
  });
});
