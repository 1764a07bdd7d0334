// npm run bench: ratios against a baseline measured in the same breath. `-- --write` puts them into docs/benchmarks.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { markdownTable } from '../dist/src/config/markdown-table.js';
import { forecastFile } from './plan.mjs';
import { eventCostUs } from './event-cost.mjs';
import { judgeCostUs } from './judge-cost.mjs';
import * as proof from './proof.mjs';
import { makeRepo, removeRepos } from './repo.mjs';
import { MAIN, medianMs, runActors, runBaseline } from './run.mjs';

const rows = [];
const round = (value, digits = 2) => value.toFixed(digits);

/** Notes one measurement: what, the value in words, the limit in words, and whether it holds. */
function note(what, value, limit, holds) {
  rows.push({ what, value, limit, holds });
  process.stdout.write(`${holds ? 'ok  ' : 'MISS'}  ${what}: ${value} (limit: ${limit})\n`);
}

const independent = (count) =>
  Array.from({ length: count }, (_, i) => ({ id: `t-${String(i).padStart(3, '0')}` }));

/** What a ticket may cost beside the work on it, by the baseline of this very run. */
let allowedMs = 30;

async function twentyTickets() {
  const tickets = independent(20);
  const options = { workers: 4, seconds: 1, tickets };
  const lostPerTicketMs = (wallMs) => ((wallMs - 5000) * 4) / 20;
  const baseline = await runBaseline(makeRepo(tickets), options);
  const actors = await runActors(makeRepo(tickets), options);
  expectAllLanded(actors, 20);
  const ratio = actors.wallMs / baseline.wallMs;
  note(
    '20 tickets x 1 s x 4 workers, makespan',
    `${round(actors.wallMs / 1000)} s = ${round(ratio)} x baseline`,
    '1.15 x',
    ratio <= 1.15,
  );
  // Start-up is paid once a run, not once a ticket: it counts in the makespan above, and is told apart here.
  const own = lostPerTicketMs(actors.report.wallTimeMs);
  const other = lostPerTicketMs(baseline.wallMs);
  allowedMs = Math.max(30, 1.2 * other);
  note(
    'the same, worker time lost per ticket',
    `${round(own, 0)} ms (baseline ${round(other, 0)} ms)`,
    '30 ms or 1.2 x baseline',
    own <= allowedMs,
  );
  const aroundMs = actors.wallMs - actors.report.wallTimeMs;
  note(
    'the same, before the first entry and after the last',
    `${round(aroundMs, 0)} ms`,
    'told, not limited',
    true,
  );
  note(
    'memory of the orchestrator at 20 tickets',
    `${round(actors.peakMiB, 0)} MiB`,
    '90 MiB',
    actors.peakMiB <= 90,
  );
}

async function instantTickets() {
  const tickets = independent(40);
  const options = { workers: 4, seconds: 0, tickets };
  const baseline = await runBaseline(makeRepo(tickets), options);
  const actors = await runActors(makeRepo(tickets), options);
  expectAllLanded(actors, 40);
  const ratio = actors.wallMs / baseline.wallMs;
  note(
    '40 tickets of no work x 4 workers, makespan',
    `${round(actors.wallMs / 40, 0)} ms a ticket = ${round(ratio)} x baseline`,
    'told, not limited',
    true,
  );
}

async function chains() {
  // Three chains of unequal length and two single tickets: 12 s of work, the longest chain takes 5 s, 3 workers.
  const chain = (name, length) =>
    Array.from({ length }, (_, i) => ({ id: `${name}-${i}`, deps: i === 0 ? [] : [`${name}-${i - 1}`] }));
  const tickets = [...chain('a', 5), ...chain('b', 3), ...chain('c', 2), { id: 'd-0' }, { id: 'e-0' }];
  const actors = await runActors(makeRepo(tickets), { workers: 3, seconds: 1 });
  expectAllLanded(actors, tickets.length);
  const boundMs = Math.max(5000, (tickets.length * 1000) / 3);
  const { wallTimeMs } = actors.report;
  // On a chain every ticket waits for the merge before it, so its length counts the overhead of five tickets.
  note(
    'chains of mixed length, makespan over the lower bound',
    `${round(wallTimeMs / boundMs)} x (${round((wallTimeMs - boundMs) / 5, 0)} ms a link)`,
    `1.05 x and ${round(allowedMs, 0)} ms a link`,
    wallTimeMs <= boundMs * 1.05 + 5 * allowedMs,
  );
}

async function largeBacklog() {
  const repo = makeRepo(independent(10_000));
  const actors = await runActors(repo, { workers: 4, seconds: 0, more: ['--max-iterations', '20'] });
  if (actors.code !== 4) throw new Error(`a spent budget has exit code 4, not ${actors.code}`);
  note(
    'memory of the orchestrator at 10 000 tickets',
    `${round(actors.peakMiB, 0)} MiB`,
    '200 MiB',
    actors.peakMiB <= 200,
  );
}

async function events() {
  await eventCostUs(100);
  const small = await eventCostUs(100);
  const large = await eventCostUs(10_000);
  note('one event of the supervisor, 100 tickets', `${round(small)} us`, '5 us', small <= 5);
  note(
    'one event of the supervisor, 10 000 tickets',
    `${round(large)} us = ${round(large / small)} x`,
    '5 us',
    large <= 5,
  );
}

function judging() {
  judgeCostUs(100);
  const small = judgeCostUs(100);
  const large = judgeCostUs(10_000);
  note('one fact held against every promise, 100 tickets', `${round(small)} us`, '20 us', small <= 20);
  note(
    'one fact held against every promise, 10 000 tickets',
    `${round(large)} us = ${round(large / small)} x`,
    '2 x',
    large <= 2 * small,
  );
}

async function startUp() {
  const node = await medianMs([process.execPath, '-e', '0'], 15);
  const own = await medianMs([process.execPath, MAIN, '--version'], 15);
  note(
    '--version over node -e 0',
    `${round(own, 0)} ms = ${round(own / node)} x`,
    '1.5 x',
    own <= 1.5 * node,
  );
}

/** The proof, by the time of the processor. */
async function proving() {
  const { rules, machine } = proof.statesPerSecond();
  const plain = proof.plainStatesPerSecond();
  const speed = (rate) => `${round(rate / 1000, 0)} 000 states/s = ${round(rate / plain)} x a plain search`;
  note('the explorer on the hand-written rules', speed(rules), '100 000 states/s', rules >= 100_000);
  note('the explorer on the shipped supervisor', speed(machine), '40 000 states/s', machine >= 40_000);
  note(
    'memory of the explorer',
    `${round(proof.bytesPerState(), 0)} bytes a state`,
    'told, not limited',
    true,
  );
  const seconds = proof.sweepSeconds();
  note(
    'the sweep over every plan of four tickets',
    `${round(seconds, 1)} s of a core`,
    '10 s',
    seconds <= 10,
  );
  const worlds = await proof.worldsPerSecond();
  note('simulated worlds', `${round(worlds, 0)} a second and core`, '800', worlds >= 800);
}

function planning() {
  const { oneMs, allMs } = forecastFile(10_000);
  note('plan of 10 000 tickets, one schedule', `${round(oneMs, 0)} ms`, '300 ms', oneMs <= 300);
  note('plan of 10 000 tickets, 1 to 16 workers', `${round(allMs, 0)} ms`, '300 ms', allMs <= 300);
}

function expectAllLanded({ code, report }, count) {
  if (code !== 0 || report.totals.landed !== count) {
    throw new Error(`the run did not land all of ${count} tickets (exit code ${code}): nothing was measured`);
  }
}

try {
  await proving();
  planning();
  await startUp();
  await events();
  judging();
  await twentyTickets();
  await instantTickets();
  await chains();
  await largeBacklog();
} finally {
  removeRepos();
}
if (process.argv.includes('--write'))
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), benchmarksPage());
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;

function benchmarksPage() {
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const table = markdownTable(
    ['What', 'Measured', 'Limit', 'Holds'],
    rows.map(({ what, value, limit, holds }) => [what, value, limit, holds ? 'yes' : 'no']),
  );
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Each ratio is against a baseline measured in the same run, so that it means the same on
another machine; the absolute figures are of this one: ${cpus().length} x ${cpus()[0].model.trim()}, ${round(totalmem() / 2 ** 30, 0)} GiB,
Node ${process.versions.node}, ${git}.

The baseline is the loop a person would write (\`bench/baseline.sh\` under \`xargs -P\`): \`git worktree add\`, the agent, \`git merge
--no-ff\`, \`git worktree remove\`, without verification, journal or recovery.

The explorer, the sweep and the simulator are measured by the time of the processor, collector and compiler included; a plain search
is one over numbers whose states are known by texts in a \`Map\`.

${table}
`;
}
