/**
 * Events as nobody should send them: in any order, late, twice, of sessions and tickets that nobody has heard of.
 */
import { fc } from '@fast-check/vitest';

import type { MergeQueueEvent, SessionEvent, SupervisorEvent } from '../../machines/index.ts';
import { ENDINGS } from '../../src/domain/ending.ts';
import type { MergeOutcome, StopReason } from '../../src/domain/run-fact.ts';
import { CLEAN_SWEEP, EXITED_BADLY, EXITED_WELL, PLACE, SPAWNED, WORK } from './session-rig.ts';

export const LANDED: MergeOutcome = {
  kind: 'landed',
  commit: 'c1',
  publication: { kind: 'published', commit: 'c1' },
};

const outcomes = fc.constantFrom<MergeOutcome>(
  LANDED,
  { kind: 'conflicted', paths: ['a'] },
  { kind: 'rejected', reason: 'gate test: exit code 1' },
  { kind: 'failed', reason: 'no space left' },
);
const endings = fc.constantFrom(...ENDINGS);
const reasons = fc.constantFrom<StopReason>(
  { kind: 'signal', signal: 'SIGINT' },
  { kind: 'internalError', message: 'boom' },
);

/** The end of an actor, as xstate tells it to its parent. */
export function doneEvent(actor: string, output: unknown): never {
  return { type: `xstate.done.actor.${actor}`, actorId: actor, output } as never;
}

const done = (actor: string, output: unknown): { readonly type: string } => doneEvent(actor, output);
const failed = (actor: string) => ({
  type: `xstate.error.actor.${actor}`,
  actorId: actor,
  error: new Error('boom'),
});

/** Events of a supervisor with these tickets. A session is named after its ticket, since a policy names no two alike. */
export function supervisorEvents(tickets: readonly string[]): fc.Arbitrary<SupervisorEvent> {
  const names = fc.tuple(fc.constantFrom(...tickets, 'nowhere'), fc.constantFrom(1, 1, 1, 2));
  const sessions = names.map(([ticket, number]) => `${ticket}.${number}`);
  const dispatches = names.map(([ticket, number]) => ({
    type: 'dispatch' as const,
    ticket,
    session: `${ticket}.${number}`,
  }));
  const reports = fc
    .record({
      session: sessions,
      ending: endings,
      outcome: outcomes,
      report: fc.constantFrom(
        { type: 'session.prepared', worktree: '/w', branch: 'b', base: 'c0' },
        { type: 'session.launched', process: { pid: 1, startTime: '', bootId: '' } },
        { type: 'session.timingOut', cause: 'timedOut' },
        { type: 'session.exited', code: 0, signal: null, survivorsFound: 0, survivorsLeft: 0 },
        { type: 'session.completed' },
        { type: 'session.verified', head: 'h', commits: 1, leftoversCommitted: false },
        { type: 'session.releasing' },
        { type: 'merge.requested' },
        { type: 'merge.started' },
        { type: 'merge.finished' },
      ),
    })
    .map(({ session, ending, outcome, report }) => ({
      ...report,
      session,
      ...(report.type === 'session.releasing' ? { ending } : {}),
      ...(report.type === 'merge.finished' ? { outcome } : {}),
      ...(report.type === 'merge.requested'
        ? { request: { session, ticket: 't', title: '', branch: 'b', head: 'h' } }
        : {}),
    }));
  const ends = fc
    .record({ session: sessions, ending: endings, actor: fc.constantFrom('session', 'session', 'standIn') })
    .map(({ session, ending, actor }) =>
      done(`${actor}.${session}`, { session, ending, reason: '', keptBranch: 'b', keptWorktree: null }),
    );
  const breaks = fc
    .tuple(sessions, fc.constantFrom('session', 'standIn'))
    .map(([session, actor]) => failed(`${actor}.${session}`));
  const others = fc.constantFrom(
    done('recover', { notes: [], landed: [] }),
    failed('recover'),
    done('closeRun', { publication: null }),
    failed('closeRun'),
    failed('mergeQueue'),
  );
  const requests = fc.oneof(
    fc.constantFrom({ type: 'run.pause' }, { type: 'run.resume' }, { type: 'run.resume' }),
    fc.tuple(fc.constantFrom('run.drain', 'run.stop', 'run.kill'), reasons).map(([type, reason]) => ({
      type,
      reason,
    })),
  );
  return fc.oneof(
    { weight: 10, arbitrary: dispatches },
    { weight: 14, arbitrary: reports },
    { weight: 8, arbitrary: ends },
    { weight: 1, arbitrary: breaks },
    { weight: 1, arbitrary: others },
    { weight: 1, arbitrary: requests },
  ) as fc.Arbitrary<SupervisorEvent>;
}

/** Events of a session: what may be told it, and the ends of all that it ever invokes. */
export function sessionEvents(): fc.Arbitrary<SessionEvent> {
  const survivor = { survivorsFound: 1, survivorsLeft: 1 };
  const delays = [
    'attemptDeadline.session.alive.launching',
    'attemptDeadline.session.alive.running',
    'gracePeriod.session.alive.timingOut.asking',
    'gracePeriod.session.alive.timingOut.terminating',
    'gracePeriod.session.alive.timingOut.killing',
  ];
  return fc.oneof(
    fc.constantFrom(
      SPAWNED,
      { type: 'process.spawnFailed', reason: 'no such program' },
      EXITED_WELL,
      EXITED_WELL,
      EXITED_BADLY,
      { type: 'process.stalled', silentMs: 5 },
      failed('agentProcess'),
    ),
    fc.constantFrom({ type: 'session.terminate' }, { type: 'session.kill' }),
    fc.constantFrom(
      done('prepareWorktree', PLACE),
      done('prepareWorktree', PLACE),
      failed('prepareWorktree'),
    ),
    fc.constantFrom(...delays).map((delay) => ({ type: `xstate.after.${delay}` })),
    fc.constantFrom(
      done('sweepSurvivors', CLEAN_SWEEP),
      done('sweepSurvivors', CLEAN_SWEEP),
      done('sweepSurvivors', survivor),
      failed('sweepSurvivors'),
    ),
    fc.constantFrom(
      done('verifyWork', WORK),
      done('verifyWork', { ...WORK, commits: 0 }),
      failed('verifyWork'),
    ),
    outcomes.map((outcome) => ({ type: 'merge.finished', session: 's1', outcome })),
    fc.constantFrom(done('releasePlace', { keptBranch: null, keptWorktree: null }), failed('releasePlace')),
  ) as fc.Arbitrary<SessionEvent>;
}

/** Events of a merge queue: requests of up to four sessions, and ends of merges, also of merges that nobody began. */
export function mergeQueueEvents(): fc.Arbitrary<MergeQueueEvent> {
  return fc.oneof(
    fc.constantFrom('s1', 's2', 's3', 's4').map((session) => ({
      type: 'merge.enqueue',
      request: { session, ticket: 't', title: '', branch: 'b', head: 'h' },
    })),
    outcomes.map((outcome) => done('mergeWork', outcome)),
    fc.constant(failed('mergeWork')),
  ) as fc.Arbitrary<MergeQueueEvent>;
}
