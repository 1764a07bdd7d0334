import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { describeSpills, spillsOf, type ComponentPaths } from '../../src/domain/component-paths.ts';
import { EVERYTHING } from '../../src/domain/locks.ts';

const under = (component: string, ...folders: readonly string[]): ComponentPaths => ({
  component,
  owns: (path) => folders.some((folder) => path.startsWith(`${folder}/`)),
});
const OWNERS = [under('api', 'src/api'), under('docs', 'docs'), under('all', 'src', 'docs')];

const component = fc.constantFrom<string[]>('api', 'docs', 'all', 'other', EVERYTHING);
const claim = fc.uniqueArray(component, { maxLength: 4 });
const folder = fc.constantFrom('src/api', 'src', 'docs', 'test', 'src/api/deep');
const paths = fc.uniqueArray(
  fc.tuple(folder, fc.constantFrom('a', 'b', 'c')).map((parts) => parts.join('/')),
);

describe('spills', () => {
  test('name the paths of each component that was not claimed', () => {
    expect(spillsOf(['src/api/x', 'docs/y', 'src/z', 'free'], OWNERS, ['docs'])).toEqual([
      { component: 'api', paths: ['src/api/x'] },
      { component: 'all', paths: ['src/api/x', 'docs/y', 'src/z'] },
    ]);
  });

  property.prop([paths, claim])(
    'are exactly the owned paths that some owner was not claimed for',
    (changed, claimed) => {
      const spilt = new Set(spillsOf(changed, OWNERS, claimed).flatMap((spill) => spill.paths));
      const naive = changed.filter(
        (path) =>
          !claimed.includes(EVERYTHING) &&
          OWNERS.some((owner) => owner.owns(path) && !claimed.includes(owner.component)),
      );
      expect([...spilt].sort()).toEqual(naive.sort());
    },
  );

  property.prop([paths, paths, claim, claim])(
    'are never absent where two tickets that may run at once change one owned path',
    (first, second, mine, theirs) => {
      const mayRunAtOnce =
        !mine.includes(EVERYTHING) &&
        !theirs.includes(EVERYTHING) &&
        !mine.some((one) => theirs.includes(one));
      fc.pre(mayRunAtOnce);
      const both = first.filter((path) => second.includes(path) && OWNERS.some((owner) => owner.owns(path)));
      fc.pre(both.length > 0);
      expect(spillsOf(first, OWNERS, mine).length + spillsOf(second, OWNERS, theirs).length).toBeGreaterThan(
        0,
      );
    },
  );

  property.prop([paths, claim, component])(
    'are never more for a ticket that claims more',
    (changed, claimed, more) => {
      const count = (components: readonly string[]): number =>
        spillsOf(changed, OWNERS, components).reduce((sum, spill) => sum + spill.paths.length, 0);
      expect(count([...claimed, more])).toBeLessThanOrEqual(count(claimed));
    },
  );
});

describe('spills in words', () => {
  test('are nothing when there are none', () => {
    expect(describeSpills([])).toBeNull();
  });

  test('name component and paths, and not all of many', () => {
    const many = Array.from({ length: 7 }, (_, index) => `src/api/${index}`);
    const spills = [
      { component: 'api', paths: many },
      { component: 'docs', paths: ['docs/y'] },
    ];
    expect(describeSpills(spills)).toBe(
      'touched src/api/0, src/api/1, src/api/2, src/api/3, src/api/4 and 2 more of api; docs/y of docs',
    );
  });
});
