/**
 * What a session must keep, under the numbers that its machine says them by (M1 to M5), and what goes without saying there.
 *
 * They are judged on every step of the shipped machine: alone, where its surroundings may do anything, and under the
 * supervisor. They compare what the machine does with what has happened in its world, which keeps its own account.
 */
import type { sessionMachine, SessionReport } from '../../machines/index.ts';
import type { JudgedStep, MachineProperty } from './machine-table.ts';
import { branchOf, hasUnlandedWork, mayLive, type SessionWorld } from './session-world.ts';

/** The names of the invariants of a session, by their numbers. */
export const SESSION_INVARIANTS = {
  M1: 'M1 firstWins',
  M2: 'M2 onlyCompletedMerges',
  M3: 'M3 releasedLast',
  M4: 'M4 agentNotForgotten',
  M5: 'M5 alwaysBounded',
  M6: 'M6 gentleFirst',
  M7: 'M7 toldAsItIs',
} as const;

/** The name under which it is reported that a session broke: whatever happens, it goes on. */
export const SESSION_TOTAL = 'M8 sessionTotal';

/** The name under which it is reported that a session cannot end any more. */
export const SESSION_ENDS = 'M9 sessionEnds';

type Session = typeof sessionMachine;
type Step = JudgedStep<Session, SessionReport, SessionWorld>;

/** One invariant of a session. */
export type SessionProperty = MachineProperty<Session, SessionReport, SessionWorld>;

/** The invariants of a session, in the order in which they are judged. */
export const SESSION_PROPERTIES: readonly SessionProperty[] = [
  {
    name: SESSION_INVARIANTS.M1,
    describe: 'the first cause and the first ending win, and a session ends as it said',
    judge: judgeFirst,
  },
  {
    name: SESSION_INVARIANTS.M2,
    describe: 'nothing is merged but verified work of an agent that succeeded and of which nobody is left',
    judge: judgeMerge,
  },
  {
    name: SESSION_INVARIANTS.M3,
    describe: 'a session is over when its place is given back, and nothing comes after that',
    judge: judgeRelease,
  },
  {
    name: SESSION_INVARIANTS.M4,
    describe:
      'an agent is left only when it is gone or SIGKILL had its grace, and what it started is swept away',
    judge: judgeAgent,
  },
  {
    name: SESSION_INVARIANTS.M5,
    describe:
      'every state is bounded by a timer, by a step that bounds itself or by the merge queue, which is waited for',
    judge: judgeBounds,
  },
  {
    name: SESSION_INVARIANTS.M6,
    describe:
      'an agent is asked, then terminated, then killed, with a grace after each, unless a kill is ordered',
    judge: judgeGentleness,
  },
  {
    name: SESSION_INVARIANTS.M7,
    describe: 'what happens to a session is told, when it happens and as it is',
    judge: judgeReports,
  },
];

function judgeFirst({ before, after, world, deeds }: Step): string | null {
  const { cause, ending } = after.snapshot.context;
  if (world.cause !== cause)
    return `the agent is to end because of ${world.cause}, and the session goes by ${cause}`;
  const first = before?.snapshot.context.ending ?? null;
  if (first !== null && ending !== first) return `the ending was ${first} and is ${ending}`;
  if (ending !== null && cause !== null && ending !== cause)
    return `the agent was ended (${cause}), and the session ends ${ending}`;
  for (const deed of deeds) {
    if (deed.kind !== 'reports' || deed.report.type !== 'session.releasing') continue;
    if (ending === null) return 'the session is over and has no ending';
    if (deed.report.ending !== ending)
      return `the session says that it ends ${deed.report.ending}, and ends ${ending}`;
  }
  if (after.snapshot.status !== 'done') return null;
  const { output, value } = after.snapshot;
  if (value !== ending) return `the session ended ${ending} and stands at ${JSON.stringify(value)}`;
  return output?.ending === ending ? null : `the session ended ${ending} and hands back ${output?.ending}`;
}

function judgeMerge({ after, world, deeds }: Step): string | null {
  const { ending, allowNoChanges, autoMerge } = after.snapshot.context;
  for (const deed of deeds) {
    if (deed.kind !== 'reports') continue;
    const { type } = deed.report;
    if (type !== 'merge.requested' && type !== 'session.completed') continue;
    if (world.cause !== null) return `${type}, and the agent was ended (${world.cause})`;
    if (world.exit !== 'good') return `${type}, and the agent did not say that it succeeded`;
    if (world.sweep !== 'clean') return `${type}, and nobody has made sure that nothing of the agent is left`;
    if (type === 'session.completed') continue;
    if (world.commits === null) return 'merge.requested, and the work was not verified';
    if (world.commits === 0 && !allowNoChanges) return 'merge.requested, and there is nothing to merge';
    if (!autoMerge) return 'merge.requested, and merges are held';
    if (world.isObjected) return 'merge.requested, and a person has to look at the work first';
  }
  if (ending === 'merged' && world.merge !== 'landed')
    return `the session ends merged, and its merge is ${world.merge}`;
  if (ending === 'conflicted' && world.merge !== 'conflicted')
    return `the session ends conflicted, and its merge is ${world.merge}`;
  if (world.merge === 'landed' && ending !== null && ending !== 'merged' && ending !== 'noChanges') {
    return `the work has landed, and the session ends ${ending}`;
  }
  return null;
}

function judgeRelease({ before, after, world, worldBefore, deeds }: Step): string | null {
  for (const deed of deeds) {
    if (deed.kind === 'starts' && deed.actor === 'releasePlace') {
      if (worldBefore.place === 'released') return 'the place is given back twice';
      const others = after.running.filter((actor) => actor !== 'releasePlace');
      if (others.length > 0) return `the place is given back while ${others.join(', ')} still runs`;
      const { place } = deed.input as { readonly place: unknown };
      if ((place !== null) !== (world.place === 'made'))
        return `the place is ${world.place}, and ${place === null ? 'none' : 'one'} is given back`;
    } else if (before?.running.includes('releasePlace') === true) {
      return `something is done after the place was given back: ${deed.kind}`;
    }
  }
  return after.snapshot.status === 'done' && world.place !== 'released'
    ? 'the session is over, and its place was not given back'
    : null;
}

function judgeAgent({ event, after, world, worldBefore, deeds }: Step): string | null {
  const isLeft = deeds.some((deed) => deed.kind === 'stops' && deed.actor === 'agentProcess');
  if (isLeft && (world.agent === 'starting' || world.agent === 'alive') && !world.hadGrace) {
    return `the session stops listening to its agent at ${event?.type ?? 'its beginning'}, and SIGKILL had no grace`;
  }
  const { running } = after;
  if (mayLive(world) && !running.includes('agentProcess') && !running.includes('sweepSurvivors')) {
    return `the agent is ${world.agent}, and nobody looks for what it left running`;
  }
  const started = deeds.filter((deed) => deed.kind === 'starts' && deed.actor === 'agentProcess').length;
  return started > 0 && worldBefore.agent !== 'none' ? 'a second agent is started' : null;
}

function judgeBounds({ after, world, deeds }: Step): string | null {
  const { running, timers, snapshot } = after;
  const isGivenBack = deeds.some((deed) => deed.kind === 'starts' && deed.actor === 'releasePlace');
  if (isGivenBack && world.merge === 'asked')
    return 'the session is given up while its merge may be under way';
  if (snapshot.status === 'done') return null;
  if (timers.length > 0 || running.some((actor) => actor !== 'agentProcess')) return null;
  if (world.merge === 'asked') return null;
  return `nothing bounds the state ${JSON.stringify(snapshot.value)}`;
}

function judgeGentleness({ event, after, deeds, world, worldBefore }: Step): string | null {
  const { agentCanBeAsked } = after.snapshot.context;
  const isKillOrdered =
    event?.type === 'session.kill' || worldBefore.agent === 'starting' || worldBefore.signals.includes('k');
  let told = worldBefore.signals;
  const now: string[] = [];
  for (const deed of deeds) {
    if (deed.kind !== 'orders') continue;
    const { order } = deed;
    if (order === 'agent.ask' && told !== '') return 'an agent that was told more is asked';
    if (order === 'agent.terminate') {
      if (agentCanBeAsked && !told.includes('a')) return 'an agent is terminated that could be asked';
      if (agentCanBeAsked && now.length > 0)
        return 'an agent is terminated before it could do what it was asked';
      if (told.includes('k')) return 'an agent that was killed is terminated';
    }
    if (order === 'agent.kill' && !told.includes('t') && !isKillOrdered)
      return 'an agent is killed that was not terminated';
    told += order === 'agent.ask' ? 'a' : order === 'agent.terminate' ? 't' : 'k';
    now.push(order);
  }
  return world.signals === 'a' && !agentCanBeAsked ? 'an agent is asked that cannot be' : null;
}

function judgeReports({ event, deeds, world, worldBefore, after }: Step): string | null {
  const { session, ticket } = after.snapshot.context;
  const reports = new Map<string, SessionReport>();
  for (const deed of deeds) {
    if (deed.kind !== 'reports') continue;
    const { type } = deed.report;
    if (deed.report.session !== session) return `${type} is told of session ${deed.report.session}`;
    if (reports.has(type)) return `${type} is told twice at once`;
    reports.set(type, deed.report);
  }
  const starts = (actor: string): boolean =>
    deeds.some((deed) => deed.kind === 'starts' && deed.actor === actor);
  const orders = deeds.some((deed) => deed.kind === 'orders');
  const isSwept = worldBefore.sweep === 'none' && world.sweep !== 'none';
  const due: readonly (readonly [SessionReport['type'], boolean])[] = [
    ['session.prepared', worldBefore.place === 'none' && world.place === 'made'],
    ['session.launched', worldBefore.agent === 'starting' && world.agent === 'alive'],
    ['session.timingOut', worldBefore.signals === '' && orders],
    ['session.exited', isSwept],
    ['session.completed', starts('verifyWork')],
    ['session.verified', worldBefore.commits === null && world.commits !== null],
    ['merge.requested', worldBefore.merge === 'none' && world.merge === 'asked'],
    ['session.releasing', starts('releasePlace')],
  ];
  for (const [type, isDue] of due) {
    if (isDue && !reports.has(type)) return `${type} is not told at ${event?.type ?? 'the beginning'}`;
    if (!isDue && reports.has(type))
      return `${type} is told at ${event?.type ?? 'the beginning'}, where it is not so`;
  }
  const timingOut = reports.get('session.timingOut');
  if (timingOut?.type === 'session.timingOut' && timingOut.cause !== world.cause)
    return `the agent is ended because of ${world.cause}, and ${timingOut.cause} is told`;
  const exited = reports.get('session.exited');
  if (exited?.type === 'session.exited') {
    const code = world.exit === 'none' ? null : world.exit === 'good' ? 0 : 1;
    if (exited.code !== code) return `the agent exited with ${code}, and ${exited.code} is told`;
    if (exited.survivorsLeft > 0 !== (world.sweep !== 'clean'))
      return `the sweep was ${world.sweep}, and ${exited.survivorsLeft} survivor(s) are told`;
  }
  const verified = reports.get('session.verified');
  if (verified?.type === 'session.verified' && verified.commits !== world.commits)
    return `${world.commits} commit(s) were found, and ${verified.commits} are told`;
  if (verified?.type === 'session.verified' && (verified.objection !== undefined) !== world.isObjected)
    return `there is ${world.isObjected ? 'an' : 'no'} objection to the work, and it is told otherwise`;
  const requested = reports.get('merge.requested');
  if (requested?.type === 'merge.requested') {
    const { branch, head } = requested.request;
    if (branch !== branchOf(session, ticket) || head !== `head-of-${session}`)
      return `the merge of ${head} on ${branch} is asked for`;
  }
  if (after.snapshot.status !== 'done') return null;
  const kept = after.snapshot.output?.keptBranch ?? null;
  return hasUnlandedWork(world) && kept === null ? 'the work is kept on a branch, and none is told' : null;
}
