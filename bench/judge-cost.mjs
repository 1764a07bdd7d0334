// What it costs to hold one fact of a live run against every promise, by size of the backlog.
import { RunJudge } from '../dist/src/domain/run-judge.js';

const SESSIONS = 10_000;
const LIVE = 4;

/** Microseconds per fact with a backlog of so many tickets, LIVE sessions at any time; ends well, or measures nothing. */
export function judgeCostUs(size) {
  const tickets = Array.from({ length: size }, (_, i) => ({
    id: `t${i}`,
    title: '',
    priority: 2,
    deps: i < LIVE ? [] : [`t${i - LIVE}`],
    components: [`c${i}`],
    standing: 'eligible',
    blockers: [],
  }));
  const judge = new RunJudge();
  const hear = (fact) => {
    const breach = judge.hear(fact);
    if (breach !== null) throw new Error(`${breach.property}: ${breach.message}`);
  };
  hear({ type: 'run.started', workers: LIVE, attemptsMax: SESSIONS, dispatchesMax: 0, tickets });
  hear({ type: 'run.recovered', notes: [] });

  let facts = 0;
  const play = (count, from) => {
    for (let turn = from; turn < from + count; turn += 1) {
      // As a worker does: the session before goes, the next one comes, and tells of itself.
      const ticket = `t${turn % LIVE}`;
      const gone = `s${turn - LIVE}`;
      const session = `s${turn}`;
      const told = [
        ...(turn < LIVE
          ? []
          : [{ type: 'session.ended', session: gone, ending: 'failed', keptBranch: null }]),
        ...(turn < LIVE ? [] : [{ type: 'ticket.requeued', ticket, attempts: 1 }]),
        { type: 'session.dispatched', session, ticket, attempt: 1, components: [`c${turn % LIVE}`] },
        { type: 'session.prepared', session, worktree: session, branch: session },
        { type: 'session.launched', session },
        { type: 'session.exited', session, survivorsLeft: 0 },
        { type: 'session.releasing', session },
      ];
      for (const fact of told) hear(fact);
      facts += told.length;
    }
  };
  play(SESSIONS / 4, 0);
  facts = 0;
  const before = process.cpuUsage();
  play(SESSIONS, SESSIONS / 4);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / facts;
}
