/**
 * Whether the machine that ships would have told what a journal tells.
 *
 * For each fact there are few events that can have made the supervisor announce it. They are sent to the shipped
 * supervisor, and what it announces is compared with what is on record, word by word: who may be dispatched and why not,
 * what becomes of a ticket, which dependents are ready or blocked, the exit code. The order of a session's own steps is the
 * business of its machine, and of `conformance.ts` here, because a supervisor takes any report of a live session.
 *
 * Y1  A journal does not say what came to the supervisor, so all that may have come is followed at once. By the truth of the
 *     supervisor (what it knows is what it told), two guesses that told the same differ at most in the state of the chart.
 * Y2  A journal may stop anywhere, also between two facts of one step.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { backlogOfPlan } from '../domain/planned-backlog.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { isFact, type CoreStep } from './core.ts';
import { describeOutput } from './event-words.ts';
import { eventsBehind, type Later } from './events-behind.ts';
import { isEqual } from './is-equal.ts';
import { modelInput } from './model-input.ts';
import { supervisorCore, type SupervisorSnapshot } from './supervisor-model.ts';

/** The first entry that the shipped machine would not have written. */
export interface Departure {
  readonly entry: JournalEntry;
  readonly message: string;
}

/** One way in which the run may have come to where it is. */
interface Guess {
  readonly state: SupervisorSnapshot;
  /** What the machine has announced in its last step, and is not read yet. */
  readonly untold: readonly RunFact[];
}

/** Replays the entries of one run, in order; null when the machine tells the same. */
export function replayRun(entries: readonly JournalEntry[]): Departure | null {
  const [first] = entries;
  if (first === undefined) return null;
  if (first.type !== 'run.started') return { entry: first, message: 'a run begins with run.started' };
  const { workers, attemptsMax, dispatchesMax } = first;
  const input = modelInput(backlogOfPlan(first.tickets), { workers, attemptsMax, dispatchesMax });
  const core = supervisorCore({ ...input, header: factIn(first) as typeof first });

  const send = (state: SupervisorSnapshot, events: readonly SupervisorEvent[]): Guess => {
    const untold: RunFact[] = [];
    let at = state;
    for (const event of events) {
      const step: CoreStep<SupervisorSnapshot> = core.take(at, event);
      at = step.state;
      untold.push(...step.outputs.filter(isFact));
    }
    return { state: at, untold };
  };

  const begun = core.begin();
  let guesses: readonly Guess[] = [{ state: begun.state, untold: begun.outputs.filter(isFact) }];
  for (const [index, entry] of entries.entries()) {
    const fact = factIn(entry);
    const later: Later = (distance) => entries[index + 1 + distance];
    const reached = new Map<string, Guess>();
    let otherwise: RunFact | null = null;
    for (const guess of guesses) {
      const steps =
        guess.untold.length > 0
          ? [guess]
          : eventsBehind(fact, core.lookAt(guess.state), later).map((events) => send(guess.state, events));
      for (const { state, untold } of steps) {
        const [told, ...rest] = untold;
        if (told !== undefined && differences(told, fact).length === 0) {
          const key = `${core.lookAt(state).chart} ${rest.length}`;
          if (!reached.has(key)) reached.set(key, { state, untold: rest });
        } else otherwise ??= told ?? null;
      }
    }
    if (reached.size === 0) return { entry, message: whyNot(fact, otherwise) };
    guesses = [...reached.values()];
  }
  return null;
}

/** What an entry tells, without its place and time. */
function factIn(entry: JournalEntry): RunFact {
  const { v: _version, seq: _number, at: _time, ...fact } = entry;
  return fact;
}

function whyNot(fact: RunFact, told: RunFact | null): string {
  if (told === null) return `the machine would not tell of ${describeOutput(fact)} now`;
  if (told.type !== fact.type) return `the machine would tell of ${describeOutput(told)} here`;
  const said = differences(told, fact).map(
    (name) => `${name} ${JSON.stringify(told[name as keyof RunFact])}`,
  );
  return `the machine would tell of ${describeOutput(told)} with ${said.join(', ')}`;
}

/** Names of the fields of which an entry says something else than the machine. What it says beside them may be of another version. */
function differences(told: RunFact, fact: RunFact): readonly string[] {
  return Object.keys(told).filter(
    (name) => !isEqual(told[name as keyof RunFact], fact[name as keyof RunFact]),
  );
}
