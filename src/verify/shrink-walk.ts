/**
 * Makes a walk to something wrong as short as can be: whole tickets are left out first, then stretches of steps, as long as
 * the same property is broken. What cannot happen any more without what was left out is passed over.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { TicketId } from '../domain/ids.ts';
import { RunWalk, type WalkOption } from './run-walk.ts';
import type { WalkWorld } from './walk-world.ts';

/** Walks that are tried at most. */
const TRIES_MAX = 500;

/** Gives the shortest walk that was found; the one that was given, when nothing can be left out. */
export function shrinkWalk(world: WalkWorld, found: RunWalk): RunWalk {
  const property = found.wrong?.property;
  let shortest = found;
  let tries = 0;
  const attempt = (events: readonly SupervisorEvent[]): boolean => {
    tries += 1;
    const walk = walkAgain(world, events);
    if (walk.wrong?.property !== property || walk.steps.length >= shortest.steps.length) return false;
    shortest = walk;
    return true;
  };
  const eventsNow = (): readonly SupervisorEvent[] => shortest.steps.map(({ event }) => event);

  attempt(eventsNow());
  for (const { id } of world.backlog.tickets) {
    if (tries < TRIES_MAX / 2) attempt(eventsNow().filter((event) => ticketOf(event) !== id));
  }
  for (let length = shortest.steps.length >> 1; length >= 1; length >>= 1) {
    for (let from = 0; from < shortest.steps.length && tries < TRIES_MAX;) {
      if (!attempt(eventsNow().toSpliced(from, length))) from += length;
    }
  }
  return shortest;
}

/** Walks the events of another walk as far as they can happen, and stops at the first thing that is wrong. */
function walkAgain(world: WalkWorld, events: readonly SupervisorEvent[]): RunWalk {
  const walk = new RunWalk(world);
  for (const event of events) {
    if (walk.wrong !== null || walk.look.chart === 'finished') break;
    const option = optionOf(walk, event);
    if (option !== undefined) walk.take(option);
  }
  return walk;
}

function optionOf(walk: RunWalk, wanted: SupervisorEvent): WalkOption | undefined {
  if (wanted.type === 'dispatch') {
    return walk.dispatches().find(({ event }) => event.type === 'dispatch' && event.ticket === wanted.ticket);
  }
  // Equal events are the same object in one world, but for those that are about no live session.
  const text = JSON.stringify(wanted);
  return (
    walk.moves().find(({ event }) => event === wanted) ??
    walk.others().find(({ event }) => event === wanted || JSON.stringify(event) === text)
  );
}

/** The ticket that an event is about: its id is the session's up to the number of the attempt. */
function ticketOf(event: SupervisorEvent): TicketId | null {
  if (event.type === 'dispatch') return event.ticket;
  const session =
    'session' in event
      ? event.session
      : 'actorId' in event && event.actorId.includes('.')
        ? event.actorId.slice(event.actorId.indexOf('.') + 1)
        : null;
  return session === null ? null : session.slice(0, session.lastIndexOf('.'));
}
