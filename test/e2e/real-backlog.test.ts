import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../src/orchestrator/project.ts';
import { expectClean, makeProject, type TestProject } from '../support/e2e.ts';
import { pairsAtWork, peakOf } from '../support/overlaps.ts';
import { backlogLikeTheRealOne, copyRealBacklog, HAS_REAL_BACKLOG } from '../support/real-backlog.ts';

const QUICK_AGENT = join(import.meta.dirname, '../support/quick-agent.sh');

test('the generated backlog has the shape of the real one', () => {
  const tickets = backlogLikeTheRealOne();
  const tagged = tickets.flatMap(({ components = [] }) => (components.length > 0 ? [components] : []));
  const pairs = tagged.flatMap((one, index) => tagged.slice(index + 1).map((other) => [one, other] as const));
  const sharing = pairs.filter(([one, other]) => one.some((component) => other.includes(component)));
  expect(tickets).toHaveLength(238);
  expect((100 * (238 - tagged.length)) / 238).toBeCloseTo(31, 0);
  expect((100 * sharing.length) / pairs.length).toBeCloseTo(91, 0);
  expect(tickets.flatMap(({ deps = [] }) => deps)).toHaveLength(166);
});

test(`works off ${
  HAS_REAL_BACKLOG
    ? 'the real backlog'
    : 'a generated backlog (the real one is not here: set RALPH_ACTORS_REAL_BACKLOG to its folder)'
}, eight agents at once, without a violation`, async () => {
  const project = makeProject({
    tickets: HAS_REAL_BACKLOG ? [] : backlogLikeTheRealOne(),
    // Tracked, they would be checked out 238 times, which takes longer than all the rest.
    ticketsAre: 'ignored',
  });
  project.writeConfig({
    agent: { command: [QUICK_AGENT, project.folder, '{ticket}'] },
    parallelWorkers: 8,
    parallelAllowUntagged: true,
    maxIterations: 0,
  });
  execFileSync('mkfifo', [join(project.folder, 'both')]);
  if (HAS_REAL_BACKLOG) copyRealBacklog(project.root);
  const backlog = await backlogOf(project);
  expect(backlog).toHaveLength(238);

  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, outcome: 'complete', totals: { landed: 238 } });
  expectClean(project, run);
  // `expectClean` has judged the journal; what follows is judged by what the agents themselves have seen.
  const starts = run.records.filter(({ moment }) => moment === 'start');
  expect(starts).toHaveLength(238);
  const componentsOf = new Map(backlog.map(({ id, components }) => [id, components]));
  const depsOf = new Map(backlog.map(({ id, deps }) => [id, deps]));
  const clashes = [...pairsAtWork(run.records)].filter((pair) => {
    const [one, other] = pair.split(' ').map((id) => componentsOf.get(id)!);
    return one!.some((component) => other!.includes(component));
  });
  expect(clashes).toEqual([]);
  const unmet = starts.filter(({ ticket, work }) => depsOf.get(ticket)!.some((dep) => !work.includes(dep)));
  expect(unmet).toEqual([]);
  expect(peakOf(run.records)).toBeLessThanOrEqual(8);
  expect(peakOf(run.records)).toBeGreaterThan(1);
}, 240_000);

async function backlogOf({ root, env }: TestProject) {
  const opened = await openProject({ cwd: root, env, flags: [], selected: null });
  if (opened.kind === 'refused') throw new Error(opened.reasons.join('\n'));
  const { tickets } = opened.project.backlog;
  return tickets.map(({ id, components, deps }) => ({
    id,
    components,
    deps: deps.map((dep) => tickets[dep]!.id),
  }));
}
