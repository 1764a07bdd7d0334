/**
 * Whatever agents and a person do in whatever order: nothing an agent committed is lost, nothing a person edits changes.
 */
import { rmSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
import type { SessionPlace } from '../../../src/domain/work.ts';
import { makeRepo, type TestRepo, type WorkTree } from '../../support/repo.ts';
import { openEffects } from './open-effects.ts';

const AGENT_ACTS = [
  'commit',
  'commit',
  'commit',
  'leave',
  'leave',
  'switch',
  'detach',
  'reset',
  'mergeTarget',
  'removeFolder',
] as const;
const file = fc.constantFrom('a.txt', 'b.txt', 'c.txt', 'd.txt');

/** One step of a history. Numbers choose among the sessions that are live at that moment. */
const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ by: fc.constant('run' as const), act: fc.constant('begin'), pick: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant('run' as const),
      act: fc.constantFrom('finish', 'fail'),
      pick: fc.nat(5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      by: fc.constant('agent' as const),
      act: fc.constantFrom(...AGENT_ACTS),
      pick: fc.nat(5),
      file,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      by: fc.constant('person' as const),
      act: fc.constantFrom('commit', 'edit', 'revert', 'switch'),
      file,
    }),
  },
);

interface Live {
  readonly place: SessionPlace;
  readonly agent: WorkTree;
  gone: boolean;
}

/** What the histories came to. A check in which nothing happened is none. */
const seen: Record<string, number> = {};

afterAll(() => {
  expect(seen).toEqual({ published: 38, held: 3, conflicted: 8, unfit: 1, 'branch kept': 9 });
});

test.prop([fc.array(step, { minLength: 15, maxLength: 25, size: 'max' })], { numRuns: 15, seed: 20 })(
  'a history of agents and a person loses no commit, no edit and no object',
  async (steps) => {
    const repo = makeRepo({
      files: { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.tickets/t.md': 'status: open\n' },
    });
    const { worktrees, integration, begin } = await openEffects(repo);
    const made = new Set<string>();
    const live: Live[] = [];
    let content = 0;

    for (const [index, next] of [...BEGIN, ...steps, ...FINISH].entries()) {
      if (next.by === 'run' && next.act === 'begin') {
        live.push({ ...(await begin(`s${index}`, 't')), gone: false });
      } else if (next.by === 'run' && live.length > 0) {
        const [session] = live.splice(next.pick % live.length, 1) as [Live];
        const edits = editsOf(repo);
        await (next.act === 'finish' ? finish(session) : worktrees.release(session.place));
        expect(editsOf(repo)).toEqual(edits);
      } else if (next.by === 'agent' && live.length > 0) {
        const session = live[next.pick % live.length]!;
        if (!session.gone) act(session, next.act, { [next.file]: `agent ${(content += 1)}\n` });
      } else if (next.by === 'person') {
        person(repo, next.act, { [next.file]: `person ${(content += 1)}\n` });
      }
    }

    await integration.publish();
    const reachable = new Set(
      repo.git('rev-list', '--glob=refs/heads/ralph', '--glob=refs/ralph/integration', 'main').split('\n'),
    );
    expect([...made].filter((commit) => !reachable.has(commit))).toEqual([]);
    expect(repo.worktrees()).toEqual([repo.root]);
    expect(repo.git('fsck', '--strict', '--no-dangling')).toBe('');

    async function finish({ place }: Live): Promise<void> {
      try {
        const { head } = await worktrees.collect(place);
        const outcome = await integration.merge({ ...place, title: 'Do it', head });
        count(outcome.kind === 'landed' ? outcome.publication.kind : outcome.kind);
      } catch (error) {
        expect(String(error)).toContain('the work of t cannot be merged');
        count('unfit');
      }
      const { keptBranch, keptWorktree } = await worktrees.release(place);
      expect(keptWorktree).toBe(null);
      if (keptBranch !== null) count('branch kept');
    }

    function act(session: Live, what: (typeof AGENT_ACTS)[number], files: Record<string, string>): void {
      const { agent } = session;
      if (what === 'commit') made.add(agent.commit('by an agent', files));
      if (what === 'leave') agent.write(files);
      if (what === 'switch') agent.git('switch', '--quiet', '--create', `ralph/own/${(content += 1)}`);
      if (what === 'detach') agent.git('checkout', '--quiet', '--detach');
      if (what === 'reset') orNothing(() => agent.git('reset', '--quiet', '--soft', session.place.base));
      if (what === 'mergeTarget') orNothing(() => agent.git('merge', '--quiet', '--no-edit', 'main'));
      if (what === 'removeFolder') {
        rmSync(agent.root, { recursive: true });
        session.gone = true;
      }
      // What an agent throws away itself is not for the run to keep.
      if (what === 'reset') for (const commit of made) if (!isKept(repo, commit, live)) made.delete(commit);
    }
  },
  // Hundreds of small git processes: minutes where other things run beside.
  180_000,
);

function count(what: string): void {
  seen[what] = (seen[what] ?? 0) + 1;
}

/** Every history begins with three sessions, and in the end every session is finished. */
const BEGIN = Array.from({ length: 3 }, () => ({ by: 'run' as const, act: 'begin', pick: 0 }));
const FINISH = Array.from({ length: 30 }, () => ({ by: 'run' as const, act: 'finish', pick: 0 }));

/** Content and status of what a person has not committed, where they sit. */
function editsOf(repo: TestRepo): readonly (readonly [string, string | null])[] {
  const changed = repo
    .git('status', '--porcelain', '-z', '--no-renames')
    .split('\0')
    .filter((line) => line !== '');
  return changed.map((line) => [line, repo.read(line.slice(line.indexOf(' ', 1) + 1).trim())] as const);
}

function person(repo: TestRepo, what: string, files: Record<string, string>): void {
  if (what === 'commit') repo.commit('by a person', files);
  if (what === 'edit') repo.write(files);
  if (what === 'revert') repo.git('checkout', '--quiet', '--', '.');
  if (what === 'switch') {
    const other = repo.git('symbolic-ref', '--short', 'HEAD') === 'main' ? 'mine' : 'main';
    if (repo.tip(other) === null) repo.git('branch', other);
    orNothing(() => repo.git('switch', '--quiet', other));
  }
}

function isKept(repo: TestRepo, commit: string, live: readonly Live[]): boolean {
  const heads = live.filter(({ gone }) => !gone).map(({ agent }) => agent.git('rev-parse', 'HEAD'));
  return repo.git('rev-list', '--glob=refs/heads', '--glob=refs/ralph', ...heads).includes(commit);
}

/** Does what a person or an agent may find impossible. */
function orNothing(attempt: () => unknown): void {
  try {
    attempt();
  } catch {
    // As in life: the command fails, and they go on.
  }
}
