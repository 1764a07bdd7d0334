import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { componentsOf, UNTAGGED } from '../../src/domain/component.ts';

const RULES = { tagPrefix: 'component:', allowUntagged: false };

describe('componentsOf', () => {
  test('reads the tags with the prefix, sorted and without repeats, and no other tag', () => {
    expect(
      componentsOf(['component:web', 'bug', 'component:api ', 'component:web', 'xcomponent:db'], RULES),
    ).toEqual(['api', 'web']);
  });

  test('lets an untagged ticket run alone, or share one pseudo-component where that is allowed', () => {
    expect(componentsOf(['bug'], RULES)).toEqual(['*']);
    expect(componentsOf(['bug'], { ...RULES, allowUntagged: true })).toEqual([UNTAGGED]);
  });

  test('takes a prefix without a name for no component', () => {
    expect(componentsOf(['component:', 'component:  '], RULES)).toEqual(['*']);
  });

  test('lets a ticket ask to run alone, whatever else it names', () => {
    expect(componentsOf(['component:web', 'component:*'], { ...RULES, allowUntagged: true })).toEqual(['*']);
  });

  test('takes every tag for a component when the prefix is empty', () => {
    expect(componentsOf(['web', 'api'], { ...RULES, tagPrefix: '' })).toEqual(['api', 'web']);
  });

  test.prop([
    fc.array(
      fc.oneof(
        fc.string(),
        fc.string().map((name) => `component:${name}`),
      ),
    ),
    fc.boolean(),
  ])(
    'is never empty, holds no name twice and does not depend on the order of tags',
    (tags, allowUntagged) => {
      const components = componentsOf(tags, { ...RULES, allowUntagged });
      expect(components.length).toBeGreaterThan(0);
      expect(new Set(components).size).toBe(components.length);
      expect(componentsOf(tags.toReversed(), { ...RULES, allowUntagged })).toEqual(components);
      if (components.includes('*')) expect(components).toEqual(['*']);
    },
  );
});
