/**
 * Walks a run by chance, to its end. How it goes depends on the mood of a walk: most go well, some badly; in some, people ask
 * the run to stop or things break.
 *
 * A walk that has gone on for long becomes calm: from then on it takes only what everybody owes, the best first. It must come
 * to its end by that, and every eventuality must be met there, or progress is not what it is promised to be.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { Dice } from '../domain/dice.ts';
import { EVENTUALITIES } from '../domain/eventualities.ts';
import { readyPositions } from '../domain/run-state.ts';
import { RunWalk, type WalkOption } from './run-walk.ts';
import type { WalkWorld } from './walk-world.ts';

/** How a walk goes. */
interface Mood {
  /** In how many of a hundred steps of sessions all goes well. */
  readonly good: number;
  /** In how many of a thousand steps somebody asks the run for something, or something breaks. */
  readonly unrest: number;
}

/** Told every step of a walk. */
export type WalkWatch = (walk: RunWalk) => void;

/** Walks one run to its end, or to the first thing that is wrong. */
export function randomWalk(world: WalkWorld, dice: Dice, watch: WalkWatch): RunWalk {
  const mood: Mood = { good: dice.pick([60, 90, 97, 100]), unrest: dice.pick([0, 0, 0, 1, 5, 20]) };
  const walk = new RunWalk(world);
  const attempts = world.backlog.tickets.filter(({ standing }) => standing === 'eligible').length + 5;
  const wild = STEPS_OF_ATTEMPT * attempts;
  const most = wild + STEPS_OF_ATTEMPT * attempts * world.limits.attemptsMax;
  for (let step = 0; walk.wrong === null && walk.look.chart !== 'finished'; step += 1) {
    const option = step < wild ? wildOption(walk, dice, mood) : calmOption(walk);
    if (option === null || step > most) {
      walk.wrong = { property: 'E1 runEnds', message: 'nothing that anybody owes brings the run to its end' };
      return walk;
    }
    walk.take(option);
    watch(walk);
  }
  const unmet = EVENTUALITIES.find((eventuality) => !eventuality.isMet(walk.told));
  if (walk.wrong === null && unmet !== undefined) {
    walk.wrong = {
      property: unmet.name,
      message: `the run is over, and it is not so that ${unmet.describe}`,
    };
  }
  return walk;
}

/** An attempt takes a dozen steps; the rest are wishes of the policy that are refused. */
const STEPS_OF_ATTEMPT = 40;

function wildOption(walk: RunWalk, dice: Dice, { good, unrest }: Mood): WalkOption | null {
  const others = walk.others();
  const moves = walk.moves();
  const unrested = dice.below(1000) < unrest;
  if (unrested) {
    const disturbances = [...others, ...moves].filter(({ isOwed }) => !isOwed);
    if (disturbances.length > 0) return dice.pick(disturbances);
  }
  const owed = others.filter(({ isOwed }) => isOwed);
  if (owed.length > 0 && (moves.length === 0 || dice.chance(30))) return dice.pick(owed);
  if (walk.look.chart === 'dispatching' && (moves.length === 0 || dice.chance(35))) return wish(walk, dice);
  const going = moves.filter(({ isOwed }) => isOwed);
  const best = dice.chance(good) ? going.filter(({ event }) => isGood(event)) : going;
  if (best.length > 0) return dice.pick(best);
  return going.length > 0 ? dice.pick(going) : calmOption(walk);
}

/** What the policy asks for: mostly something that is ready, now and then anything at all. */
function wish(walk: RunWalk, dice: Dice): WalkOption | null {
  const dispatches = walk.dispatches();
  const ready = readyPositions(walk.look.run);
  if (ready.length > 0 && dice.chance(70)) return dispatches[dice.pick(ready)] ?? null;
  return dispatches.length > 0 ? dice.pick(dispatches) : null;
}

function calmOption(walk: RunWalk): WalkOption | null {
  const owed = walk.others().find(({ isOwed }) => isOwed);
  if (owed !== undefined) return owed;
  const moves = walk.moves().filter(({ isOwed }) => isOwed);
  const move = moves.find(({ event }) => isGood(event)) ?? moves[0];
  if (move !== undefined) return move;
  // Nobody is at work: whatever is ready can start.
  const [ready] = readyPositions(walk.look.run);
  return walk.look.chart === 'dispatching' && ready !== undefined ? (walk.dispatches()[ready] ?? null) : null;
}

/** True for a report by which a session comes nearer to landing. */
function isGood(event: SupervisorEvent): boolean {
  switch (event.type) {
    case 'session.exited':
      return event.code === 0;
    case 'session.verified':
      return event.commits > 0;
    case 'merge.finished':
      return event.outcome.kind === 'landed';
    case 'session.releasing':
      return event.ending === 'merged';
    case 'session.timingOut':
      return false;
    default:
      return true;
  }
}
