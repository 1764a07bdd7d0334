// What a forecast of a large backlog costs: dependencies, components and priorities mixed, from a fixed seed.
import { compileBacklog } from '../dist/src/domain/backlog.js';
import { forecast } from '../dist/src/domain/forecast.js';

/** Milliseconds for one schedule, and for those of 1 to 16 workers, of a backlog of so many tickets. */
export function forecastFile(size) {
  const dice = seeded(7);
  const tickets = Array.from({ length: size }, (_, i) => ({
    id: `t${String(i).padStart(5, '0')}`,
    title: '',
    body: '',
    status: 'open',
    deps: i > 0 && dice() < 0.6 ? [`t${String(Math.floor(dice() * i)).padStart(5, '0')}`] : [],
    priority: Math.floor(dice() * 5),
    tags: [`component:c${Math.floor(dice() * 40)}`],
    createdMs: i,
  }));
  const compile = () =>
    compileBacklog(
      { tickets, invalid: [] },
      { components: { tagPrefix: 'component:', allowUntagged: false }, selected: null },
    );
  const plan = (backlog, workers) => forecast(backlog, { workers, durationMs: () => 60_000 });
  plan(compile(), 4);
  const startMs = performance.now();
  const backlog = compile();
  plan(backlog, 4);
  const oneMs = performance.now() - startMs;
  const allStartMs = performance.now();
  for (let workers = 1; workers <= 16; workers += 1) plan(backlog, workers);
  return { oneMs, allMs: performance.now() - allStartMs };
}

/** A small generator (mulberry32), so that every run plans the same backlog. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
