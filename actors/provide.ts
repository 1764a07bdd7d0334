/**
 * Binds the names that the machines use to actors that touch the world.
 *
 * A1  Every effect waits until what announces it is durable (`durably.ts`). Ending processes is the exception: it must
 *     work on a full disk too.
 * A2  Effects bound their own time; the machines set no timer around them (M5).
 * A3  Places are remembered here, beside the sessions, so that a stand-in can release what a broken session had. For the
 *     whole run: a session can break after it gave its place back, and releasing again says once more what was kept.
 */
import { fromPromise } from 'xstate';

import {
  mergeQueueMachine,
  sessionMachine,
  supervisorMachine,
  type ClosingReport,
  type PlaceInput,
  type RecoveryReport,
  type SessionResult,
  type StandInInput,
} from '../machines/index.ts';
import type { SessionId, TicketId } from '../src/domain/ids.ts';
import type { MergeOutcome } from '../src/domain/run-fact.ts';
import { errorReason } from '../src/domain/session-outcome.ts';
import type {
  MergeRequest,
  ReleaseReport,
  SessionPlace,
  SweepReport,
  WorkReport,
} from '../src/domain/work.ts';
import { agentProcess } from './agent-process.ts';
import { announced } from './durably.ts';
import type { World } from './world.ts';

const NOTHING_KEPT: ReleaseReport = { keptBranch: null, keptWorktree: null };

/** The supervisor of a run, bound to a world: ready for `createActor`. Another one than the shipped is for tests of it. */
export function provide(world: World, supervisor = supervisorMachine) {
  const { host, worktrees, integration, journal, adoptions } = world;
  const places = new Map<SessionId, SessionPlace>();

  async function release(place: SessionPlace | null): Promise<ReleaseReport> {
    if (place === null) return NOTHING_KEPT;
    return worktrees.release(place);
  }

  const session = sessionMachine.provide({
    actors: {
      prepareWorktree: fromPromise<SessionPlace, { session: SessionId; ticket: TicketId }>(
        async ({ input }) => {
          await announced(journal);
          const { session: id, ticket } = input;
          const adopted = adoptions?.begin(id) ?? null;
          if (adopted !== null) {
            places.set(id, adopted);
            await worktrees.resume?.(adopted);
            return adopted;
          }
          const place = await worktrees.prepare(id, ticket);
          places.set(id, place);
          return place;
        },
      ),
      agentProcess: agentProcess(world),
      sweepSurvivors: fromPromise<SweepReport, { session: SessionId }>(({ input }) =>
        host.sweep(input.session),
      ),
      verifyWork: fromPromise<WorkReport, SessionPlace>(async ({ input }) => {
        await announced(journal);
        return worktrees.collect(input);
      }),
      releasePlace: fromPromise<ReleaseReport, PlaceInput>(async ({ input }) => {
        await announced(journal);
        if (adoptions?.isUnattached(input.session)) await host.sweep(input.session);
        return release(input.place ?? places.get(input.session) ?? null);
      }),
    },
  });

  const mergeQueue = mergeQueueMachine.provide({
    actors: {
      mergeWork: fromPromise<MergeOutcome, MergeRequest>(async ({ input }) => {
        await announced(journal);
        return integration.merge(input);
      }),
    },
  });

  return supervisor.provide({
    actors: {
      session,
      mergeQueue,
      recover: fromPromise<RecoveryReport>(async () => {
        await announced(journal);
        return world.recover();
      }),
      closeRun: fromPromise<ClosingReport>(async () => {
        await announced(journal);
        return world.closeRun();
      }),
      standIn: fromPromise<SessionResult, StandInInput>(async ({ input }) => {
        host.signal(input.session, 'SIGKILL');
        await host.sweep(input.session);
        const { reason, keptBranch, keptWorktree } = await releaseOrKeep(
          input,
          places.get(input.session) ?? null,
        );
        return { session: input.session, ending: 'lost', reason, keptBranch, keptWorktree };
      }),
    },
  });

  async function releaseOrKeep(input: StandInInput, place: SessionPlace | null) {
    try {
      const { keptBranch, keptWorktree } = await release(place);
      return { reason: input.reason, keptBranch, keptWorktree: keptWorktree?.path ?? null };
    } catch (error) {
      const reason = `${input.reason}; and its place could not be released: ${errorReason(error)}`;
      return { reason, keptBranch: place?.branch ?? null, keptWorktree: place?.worktree ?? null };
    }
  }
}
