// What the proof costs: the explorer on the hand-written rules and on the shipped machine, the sweep, and the simulator.
// Time is the processor's, all threads of the collector and the compiler included, so that it means the same on a busy machine.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSimulator } from '../dist/src/sim/simulate.js';
import { worldOf } from '../dist/src/sim/world-plan.js';
import { checkDomain, checkScope, domainModelOf } from '../dist/src/verify/check-scope.js';
import { explore } from '../dist/src/verify/explore.js';
import { KNOWN_COUNTS, SCOPES } from '../dist/src/verify/scopes.js';
import { KNOWN_SWEEP, sweep } from '../dist/src/verify/sweep.js';
import { checkTrace } from '../dist/src/verify/trace-check.js';

const SCOPE = SCOPES.find(({ name }) => name === 'four');
const STATES = KNOWN_COUNTS.four.states;

/** States a second of the scope `four`: of the hand-written rules, and of the shipped machine. */
export function statesPerSecond() {
  return { rules: rateOf(checkDomain), machine: rateOf(checkScope) };
}

function rateOf(check) {
  check(SCOPES.find(({ name }) => name === 'diamond'));
  const seconds = cpuSeconds(() => {
    const { verdict, states } = check(SCOPE);
    if (verdict !== 'pass' || states !== STATES)
      throw new Error('the scope `four` does not pass: nothing was measured');
  });
  return STATES / seconds;
}

/** States a second of a search over numbers, whose states are known by texts in a Map: what the explorer is held against. */
export function plainStatesPerSecond() {
  const search = () => {
    const seen = new Map([['0', 0]]);
    let level = [0];
    while (level.length > 0) {
      const next = [];
      for (const from of level) {
        for (let step = 1; step <= 6; step += 1) {
          const to = (from * 5 + step * 7919) % STATES;
          const key = `state ${to}`;
          if (seen.has(key)) continue;
          seen.set(key, seen.size);
          next.push(to);
        }
      }
      level = next;
    }
    return seen.size;
  };
  search();
  return STATES / cpuSeconds(search);
}

/** Bytes that a state takes while a search goes on: what the search holds at its end, by its states. */
export function bytesPerState() {
  const collect = collector();
  collect();
  const before = heldBytes();
  const model = domainModelOf(SCOPE);
  let atEnd = 0;
  // Asked at the last state, when everything is still held.
  let left = STATES;
  explore({
    ...model,
    judge: (state) => {
      left -= 1;
      if (left === 0) {
        collect();
        atEnd = heldBytes();
      }
      return model.judge(state);
    },
  });
  return (atEnd - before) / STATES;
}

/** Seconds of one core that the whole sweep takes. */
export function sweepSeconds() {
  return cpuSeconds(() => {
    const { failure, explored, states } = sweep();
    if (failure !== null || explored !== KNOWN_SWEEP.explored || states !== KNOWN_SWEEP.states) {
      throw new Error('the sweep does not come to what is known of it: nothing was measured');
    }
  });
}

/** Simulated worlds a second and core. */
export async function worldsPerSecond() {
  const simulate = createSimulator({ checkTrace });
  const many = async (first, count) => {
    for (let seed = first; seed < first + count; seed += 1) {
      const { violation } = await simulate(worldOf(seed));
      if (violation !== null) throw new Error(`the world of seed ${seed} breaks ${violation.property}`);
    }
  };
  await many(1, 200);
  const start = process.cpuUsage();
  await many(1000, 1000);
  return 1000 / secondsSince(start);
}

function cpuSeconds(act) {
  const start = process.cpuUsage();
  act();
  return secondsSince(start);
}

function secondsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function heldBytes() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function collector() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
