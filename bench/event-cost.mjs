// What one event costs the supervisor, by size of the backlog: the machine that runs, without its children.
import { createActor, fromPromise } from 'xstate';
import { supervisorMachine } from '../dist/machines/index.js';
import { compileBacklog } from '../dist/src/domain/backlog.js';

const EVENTS = 40_000;

/** Microseconds per reported event with a backlog of so many tickets. */
export async function eventCostUs(size) {
  const tickets = Array.from({ length: size }, (_, i) => ({
    id: `t${i}`,
    title: '',
    body: '',
    status: 'open',
    deps: [],
    priority: 2,
    tags: [`component:c${i}`],
    createdMs: null,
  }));
  const backlog = compileBacklog(
    { tickets, invalid: [] },
    { components: { tagPrefix: 'component:', allowUntagged: false }, selected: null },
  );
  const supervisor = createActor(
    supervisorMachine.provide({
      actors: {
        session: fromPromise(() => new Promise(() => undefined)),
        recover: fromPromise(async () => ({ notes: [], landed: [] })),
      },
    }),
    {
      input: {
        header: { type: 'run.started' },
        backlog,
        limits: { workers: 4, attemptsMax: 1, dispatchesMax: 0 },
        sessions: { timeouts: { firstMs: 1, incrementMs: 0, maxMs: 0 } },
      },
    },
  );
  supervisor.start();
  await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 4; i += 1) supervisor.send({ type: 'dispatch', ticket: `t${i}`, session: `s${i}` });
  const send = (count) => {
    for (let i = 0; i < count; i += 1) supervisor.send({ type: 'session.launched', session: `s${i % 4}` });
  };
  send(EVENTS / 4);
  const startMs = performance.now();
  send(EVENTS);
  return ((performance.now() - startMs) * 1000) / EVENTS;
}
