/**
 * One session among real surroundings: its machine, and what is on its way to and from it.
 */
import type { SessionCommand, SessionReport, SessionResult, SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import { brokenEvent } from './life-events.ts';
import { EMPTY, keysIn, posted, requested, type Mailbox } from './mailbox.ts';
import type { SessionEdge, SessionNode } from './real-session.ts';
import { hasUnlandedWork, mayLive } from './session-world.ts';

/** One session of a ticket, until its supervisor has heard the last of it. */
export type RealEntry =
  | {
      readonly at: 'alive' | 'over';
      readonly attempt: number;
      readonly node: SessionNode;
      readonly inbox: Mailbox<SessionCommand>;
      readonly outbox: Mailbox<SupervisorEvent>;
    }
  /** Its machine broke; what it said before may still be on its way, and that it broke is. */
  | {
      readonly at: 'broke';
      readonly attempt: number;
      readonly left: Left;
      readonly outbox: Mailbox<SupervisorEvent>;
    }
  | { readonly at: 'standIn'; readonly attempt: number; readonly left: Left };

/** What a session left behind whose machine broke. */
export interface Left {
  /** Verified commits that have not landed. */
  readonly work: boolean;
  /** An agent that lives, or may. */
  readonly agent: boolean;
}

/** A session that runs. */
export type LiveEntry = Extract<RealEntry, { readonly at: 'alive' | 'over' }>;

/** The entry of a session that has just been started. */
export function startedEntry(attempt: number, session: SessionId, first: SessionEdge): RealEntry {
  return stepped({ at: 'alive', attempt, node: first.to, inbox: EMPTY, outbox: EMPTY }, session, first);
}

/** The entry after a step of its machine. */
export function stepped(entry: LiveEntry, session: SessionId, edge: SessionEdge): LiveEntry {
  let { outbox } = entry;
  for (const deed of edge.deeds) {
    if (deed.kind === 'reports') outbox = posted(outbox, reportKey(deed.report), deed.report);
  }
  if (!edge.to.isOver) return { ...entry, node: edge.to, outbox };
  const output = edge.to.state.snapshot.output as SessionResult;
  const actorId = `session.${session}` as const;
  const key = `done ${output.ending} ${output.keptBranch === null ? '' : 'kept'}`;
  outbox = posted(outbox, key, { type: `xstate.done.actor.${actorId}`, actorId, output });
  return { ...entry, at: 'over', node: edge.to, inbox: EMPTY, outbox };
}

/** The entry after a command of the supervisor was sent. What is sent to a machine that is over goes nowhere. */
export function commanded(entry: RealEntry, command: SessionCommand): RealEntry {
  if (entry.at === 'broke') {
    const isLanded = command.type === 'merge.finished' && command.outcome.kind === 'landed';
    return isLanded ? { ...entry, left: { ...entry.left, work: false } } : entry;
  }
  if (entry.at !== 'alive') return entry;
  const inbox =
    command.type === 'merge.finished'
      ? posted(entry.inbox, command.outcome.kind, command)
      : requested(entry.inbox, command.type, command);
  return { ...entry, inbox };
}

/** The entry of a session whose machine breaks. */
export function brokenEntry(entry: LiveEntry, session: SessionId): RealEntry {
  const { attempt, node, inbox, outbox } = entry;
  return {
    at: 'broke',
    attempt,
    left: {
      work: hasUnlandedWork(node.world) && !inbox.some(({ key }) => key === 'landed'),
      agent: mayLive(node.world),
    },
    outbox: posted(outbox, 'broke', brokenEvent(`session.${session}`)),
  };
}

/** The entry of a broken session that a stand-in ends. */
export function stoodInEntry(entry: RealEntry, isLanded: boolean): RealEntry {
  const { work, agent } = 'left' in entry ? entry.left : { work: false, agent: false };
  return { at: 'standIn', attempt: entry.attempt, left: { work: work && !isLanded, agent } };
}

/** True while an agent of the session lives, or may. */
export function hasAgent(entry: RealEntry): boolean {
  return 'left' in entry ? entry.left.agent : mayLive(entry.node.world);
}

/** Writes an entry, as part of a state's key. */
export function entryText(entry: RealEntry): string {
  switch (entry.at) {
    case 'alive':
    case 'over':
      return `${entry.attempt}${entry.node.text}<${keysIn(entry.inbox)}>${keysIn(entry.outbox)}`;
    case 'broke':
      return `${entry.attempt}broke${leftText(entry.left)}>${keysIn(entry.outbox)}`;
    case 'standIn':
      return `${entry.attempt}standIn${leftText(entry.left)}`;
  }
}

function leftText({ work, agent }: Left): string {
  return `${work ? 'work' : ''}${agent ? 'agent' : ''}`;
}

/** What of a report decides anything, as text: not where things are, nor why for a person. */
function reportKey(report: SessionReport): string {
  switch (report.type) {
    case 'session.timingOut':
      return `${report.type} ${report.cause}`;
    case 'session.exited':
      return `${report.type} ${report.code} ${report.survivorsLeft}`;
    case 'session.verified':
      return `${report.type} ${report.commits}`;
    case 'session.releasing':
      return `${report.type} ${report.ending}`;
    default:
      return report.type;
  }
}
