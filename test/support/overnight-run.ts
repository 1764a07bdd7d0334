import type { RunFact } from '../../src/domain/run-fact.ts';
import { factsOf, goodLife, planned, started } from './journal-of.ts';

const HOUR = 3600;
const MINUTE = 60;

const parser = factsOf('s02', 'ra-pars', { components: ['api', 'db'] });
const docs = factsOf('s04', 'ra-docs', { components: ['docs'] });
const socket1 = factsOf('s03', 'ra-sock', { components: ['net'] });
const socket2 = factsOf('s05', 'ra-sock', { attempt: 2, components: ['net'] });
const emoji = factsOf('s06', 'ra-emoj', { components: ['ui'] });
const last = factsOf('s07', 'ra-last', { components: ['api', 'db'] });

/**
 * A run as people see it in the morning, cut off with four sessions live.
 *
 *   ra-base ──► ra-pars ──► ra-last       landed, landed and held, live
 *   ra-sock ──► ra-pool ──► ra-keep       conflicted at its second attempt; blocked; blocked
 *   ra-docs, ra-emoj, ra-wait             stalled and asked to end; merging; ready
 */
export const overnight: readonly (RunFact | number)[] = [
  started(
    [
      planned('ra-base', { title: 'Lay the foundations', components: ['*'] }),
      planned('ra-docs', { title: 'Write the tutorial in 日本語 and in English', components: ['docs'] }),
      planned('ra-emoj', { title: 'Show 👩‍💻 where an agent works', components: ['ui'] }),
      planned('ra-done', { title: 'Done long ago', standing: 'closed' }),
      planned('ra-keep', { title: 'Keep connections alive', deps: ['ra-pool'] }),
      planned('ra-last', {
        title: 'Put everything together at the very end',
        deps: ['ra-pars'],
        components: ['api', 'db'],
      }),
      planned('ra-pars', {
        title: 'Parse front matter as real YAML',
        deps: ['ra-base'],
        components: ['api', 'db'],
      }),
      planned('ra-pool', { title: 'Pool connections', deps: ['ra-sock'] }),
      planned('ra-sock', { title: 'Reconnect when the socket drops', components: ['net'] }),
      planned('ra-wait', { title: 'Wait for a worker', components: ['ops'] }),
      planned('ra-loop', {
        title: 'Wait for itself',
        deps: ['ra-loop'],
        standing: 'blocked',
        blockers: [{ kind: 'dependencyCycle', cycle: ['ra-loop'] }],
      }),
    ],
    { run: '20260102-030405-abcd', workers: 4 },
  ),
  { type: 'run.recovered', notes: ['salvaged 2 commits of session s00 to ralph/ra-base/s00'] },
  ...goodLife('s01', 'ra-base', { components: ['*'] }),
  parser.dispatched,
  parser.prepared,
  parser.launched,
  socket1.dispatched,
  socket1.prepared,
  socket1.launched,
  30 * MINUTE,
  { ...socket1.timingOut },
  socket1.failedExit,
  socket1.releasing('timedOut'),
  socket1.ended('timedOut', '', socket1.branch),
  { type: 'ticket.requeued', ticket: 'ra-sock', attempts: 1 },
  parser.exited,
  parser.completed,
  parser.verified,
  parser.requested,
  parser.mergeStarted,
  parser.held,
  { type: 'ticket.readied', ticket: 'ra-last' },
  parser.releasing('merged'),
  parser.ended('merged'),
  HOUR,
  docs.dispatched,
  docs.prepared,
  docs.launched,
  socket2.dispatched,
  socket2.prepared,
  socket2.launched,
  emoji.dispatched,
  emoji.prepared,
  emoji.launched,
  12 * MINUTE,
  emoji.exited,
  emoji.completed,
  emoji.verified,
  emoji.requested,
  socket2.exited,
  socket2.completed,
  socket2.verified,
  socket2.requested,
  socket2.mergeStarted,
  socket2.conflicted,
  socket2.releasing('conflicted'),
  socket2.ended('conflicted', 'conflicts in src/net/socket.ts, src/net/reconnect.ts', socket2.branch),
  { type: 'ticket.failed', ticket: 'ra-sock', ending: 'conflicted', attempts: 2 },
  {
    type: 'ticket.blocked',
    ticket: 'ra-pool',
    blockers: [{ kind: 'dependencyFailed', dependency: 'ra-sock', ending: 'conflicted' }],
  },
  {
    type: 'ticket.blocked',
    ticket: 'ra-keep',
    blockers: [{ kind: 'dependencyBlocked', dependency: 'ra-pool' }],
  },
  emoji.mergeStarted,
  { ...docs.timingOut, cause: 'stalled' },
  last.dispatched,
  last.prepared,
  last.launched,
];

/** How the same run ends when it is interrupted. */
export const interrupted: readonly (RunFact | number)[] = [
  ...overnight,
  5,
  { type: 'run.stopping', reason: { kind: 'signal', signal: 'SIGINT' } },
  last.stopping,
  docs.failedExit,
  docs.releasing('stalled'),
  docs.ended('stalled', 'no output for 10m', docs.branch),
  { type: 'ticket.requeued', ticket: 'ra-docs', attempts: 1 },
  emoji.held,
  emoji.releasing('merged'),
  emoji.ended('merged'),
  last.failedExit,
  last.releasing('terminated'),
  last.ended('terminated', '', last.branch),
  { type: 'ticket.requeued', ticket: 'ra-last', attempts: 1 },
  {
    type: 'run.finished',
    publication: { kind: 'held', reason: 'main is checked out with local edits in src/a.ts' },
    exitCode: 130,
  },
];
