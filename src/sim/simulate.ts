/**
 * The whole orchestrator in one world, from its seed to two verdicts. First safety: faults strike, orchestrators die and
 * others take over, and no promise may break. Then progress: the world heals, and what can be done must get done.
 *
 * Everything is decided by the plan of the world, so that the same plan tells the same story.
 */
import type { SessionId, TicketId } from '../domain/ids.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { INTEGRATION_REF, targetTip } from './fake-integration.ts';
import { branchRef, TARGET } from './fake-repository.ts';
import type { Fault } from './faults.ts';
import { beginLife, gatherCompany, type Company, type Sabotage } from './life.ts';
import { Promises } from './promises.ts';
import { SimWorld, type SimViolation } from './sim-world.ts';
import type { WorldPlan } from './world-plan.ts';

/** What the journal of a run shows: what was seen in it, or the first promise that it breaks. */
export type JournalVerdict =
  | { readonly ok: true; readonly seen: readonly string[] }
  | {
      readonly ok: false;
      readonly violation: { readonly property: string; readonly seq: number; readonly message: string };
    };

/** How to simulate. */
export interface SimulatorOptions {
  /** Judges the journal of every life: the verifier's trace check, which the simulator does not know. */
  readonly checkTrace: (entries: readonly JournalEntry[]) => JournalVerdict;
  readonly sabotage?: Sabotage;
}

/** What became of a world. */
export interface Simulated {
  readonly plan: WorldPlan;
  readonly violation: SimViolation | null;
  readonly steps: number;
  readonly runs: number;
  /** Names of the sightings made in any journal. */
  readonly seen: ReadonlySet<string>;
  /** Kinds of the faults that struck. */
  readonly struck: ReadonlySet<Fault['kind']>;
  /** Line by line, when it was asked for. */
  readonly story: readonly string[];
}

/** Lets worlds happen, one at a time. */
export type Simulate = (plan: WorldPlan, options?: { readonly isTold?: boolean }) => Promise<Simulated>;

/** Makes a simulator. What is made once for all worlds is the machine and nothing that remembers. */
export function createSimulator({ checkTrace, sabotage = {} }: SimulatorOptions): Simulate {
  const company = gatherCompany(sabotage);
  return (plan, { isTold = false } = {}) => simulate(plan, { checkTrace, company, isTold });
}

async function simulate(
  plan: WorldPlan,
  {
    checkTrace,
    company,
    isTold,
  }: Pick<SimulatorOptions, 'checkTrace'> & { readonly company: Company; readonly isTold: boolean },
): Promise<Simulated> {
  const world = new SimWorld(plan, isTold);
  const promises = new Promises(world);
  const faults = [...plan.faults].sort((a, b) => a.atStep - b.atStep);
  const struck = new Set<Fault['kind']>();
  let steps = 0;

  /** True when the next one may find more to do. */
  async function live(): Promise<boolean> {
    const life = await beginLife(world, promises, company);
    const untilMs = world.clock.nowMs() + LIFE_MAX_MS;
    await settle();
    while (!life.isOver() && world.violation === null) {
      while (!world.isHealed && !life.isOver() && (faults[0]?.atStep ?? Infinity) <= steps) {
        const { fault } = faults.shift()!;
        struck.add(fault.kind);
        life.strike(fault);
        await settle();
      }
      if (life.isOver()) break;
      if (!world.clock.next()) world.fail('progress', 'nothing is left to happen, and the run is not over');
      if (world.clock.nowMs() > untilMs)
        world.fail('progress', `the run takes longer than ${LIFE_MAX_MS} ms`);
      steps += 1;
      await settle();
    }
    return life.wasCutShort();
  }

  for (let lives = 0; lives < LIVES_MAX && world.violation === null; lives += 1) {
    if (!(await live()) || faults.length === 0) break;
  }
  if (world.violation === null) {
    heal(world);
    await live();
    if (world.violation === null) demandProgress(world);
  }

  const seen = new Set<string>();
  for (const [run, { told }] of world.runs) {
    const verdict = checkTrace(told);
    if (verdict.ok) for (const sighting of verdict.seen) seen.add(sighting);
    else
      world.fail(
        verdict.violation.property,
        `${run} #${verdict.violation.seq}: ${verdict.violation.message}`,
      );
  }
  return {
    plan,
    violation: world.violation,
    steps,
    runs: world.runs.size,
    seen,
    struck,
    story: world.story ?? [],
  };
}

/** Lives with faults; then comes the one that heals. */
const LIVES_MAX = 8;

/** Many times what the deadlines of all sessions of a small world add up to. */
const LIFE_MAX_MS = 10 * 60 * 1000;

/** More turns than any chain of promises takes between two waits of the orchestrator. */
const TURNS = 24;

/** Lets everything that can go on without time passing go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await TURN;
}

const TURN = Promise.resolve();

/** Faults end, agents are good, and the person tidies up: commits nothing, goes back, merges what conflicts. */
function heal(world: SimWorld): void {
  const { repository } = world;
  world.tell(() => 'the world heals');
  world.isHealed = true;
  world.lockedCommands = 0;
  world.fullCommands = 0;
  world.failingLaunches = 0;
  repository.checkout.branch = TARGET;
  repository.checkout.edits.clear();
  const target = targetTip(repository);
  for (const ref of repository.refs()) {
    if (!ref.startsWith('refs/ralph/')) continue;
    const tip = repository.read(ref) ?? target;
    if (repository.merge(tip, target).kind === 'clean') continue;
    const tree = new Map([...repository.at(target).tree, ...repository.at(tip).tree]);
    repository.move(branchRef(TARGET), repository.commit([target, tip], tree), target);
  }
}

/** After a run in a healed world, only what can never start may be open, and all that landed is published. */
function demandProgress(world: SimWorld): void {
  const last = [...world.runs.values()].at(-1)?.told ?? [];
  const landed = new Set<TicketId>();
  const tickets = new Map<SessionId, TicketId>();
  for (const entry of last) {
    if (entry.type === 'session.dispatched') tickets.set(entry.session, entry.ticket);
    if (entry.type === 'ticket.recovered') landed.add(entry.ticket);
    if (entry.type === 'merge.finished' && entry.outcome.kind === 'landed')
      landed.add(tickets.get(entry.session) ?? '');
  }
  const planned = last.flatMap((entry) => (entry.type === 'run.started' ? entry.tickets : []));
  const open = planned.filter(({ id, standing }) => standing === 'eligible' && !landed.has(id));
  const end = last.at(-1);
  if (open.length > 0) world.fail('progress', `${open.map(({ id }) => id).join(', ')} did not land`);
  if (end?.type !== 'run.finished') world.fail('progress', 'the last run did not finish');
  else if (end.publication?.kind === 'held')
    world.fail('progress', `not published: ${end.publication.reason}`);
  if (world.repository.read(INTEGRATION_REF) !== null)
    world.fail('progress', 'landed work still waits to be published');
}
