/**
 * A counterexample in three forms: numbered steps for a person, a sequence diagram for a page, and data for a test that
 * replays it.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { supervisorModelOf, type ScopeReport } from './check-scope.ts';
import { isFact, type Output } from './core.ts';
import { describeEvent, describeOutput } from './event-words.ts';
import { explore, type Wrong } from './explore.ts';
import type { Supervisor } from './mutate.ts';
import type { Scope } from './scope.ts';

/** What was found in a scope. */
export type Finding = NonNullable<ScopeReport['counterexample']>;

/** A counterexample as data: everything that came to the supervisor, in order. */
export interface SavedCounterexample {
  readonly scope: string;
  readonly property: string;
  readonly message: string;
  readonly events: readonly SupervisorEvent[];
}

/** A counterexample in every form, as plain data. */
export interface ToldCounterexample {
  readonly property: string;
  readonly message: string;
  readonly steps: readonly ToldStep[];
  /** To be played again by `replayCounterexample`; null where that cannot play it. */
  readonly saved: SavedCounterexample | null;
  /** A sequence diagram in Mermaid. */
  readonly mermaid: string;
}

/** Puts a counterexample into every form: `scope` is where it can be played again, `about` who is in the middle of it. */
export function tellEverything(
  { scope, about }: { readonly scope: string | null; readonly about: string },
  finding: Finding,
): ToldCounterexample {
  const { property, message, path } = finding;
  return {
    property,
    message,
    steps: stepsOf(path),
    saved: scope === null ? null : saveCounterexample(scope, finding),
    mermaid: drawCounterexample(finding, about),
  };
}

/** One step of a counterexample in words. */
export interface ToldStep {
  /** What came to the supervisor. */
  readonly what: string;
  /** What it did about it. */
  readonly follows: readonly string[];
}

function stepsOf(path: Finding['path']): readonly ToldStep[] {
  return path.map(({ event, text, outputs }) => ({
    what: event === null ? text : describeEvent(event),
    follows: outputs.map(describeOutput),
  }));
}

/** Tells a counterexample as numbered lines. */
export function tellCounterexample({ property, message, path }: Finding): string {
  const width = String(path.length).length;
  const steps = stepsOf(path).map(({ what, follows }, index) => {
    const number = String(index + 1).padStart(width);
    const then = follows.length === 0 ? '' : `\n  ${' '.repeat(width)}    → ${follows.join('; ')}`;
    return `  ${number}. ${what}${then}`;
  });
  return [`${property} does not hold: ${message}`, ...steps].join('\n');
}

/** Draws a counterexample as a Mermaid sequence diagram, around the machine that it is about. */
export function drawCounterexample({ property, message, path }: Finding, about = 'supervisor'): string {
  const arrows: Arrow[] = path.flatMap(({ event, text, outputs }) => [
    event === null
      ? { from: about, to: about, text, isNote: true }
      : { from: senderOf(event), to: about, text: describeEvent(event) },
    // Most reports are announced as they are; to draw them twice would only hide the rest.
    ...outputs
      .filter((output) => !isFact(output) || output.type !== event?.type)
      .map((output) => arrowOf(output, about)),
  ]);
  const drawn = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const stage = ['operator', 'policy', about, 'mergeQueue'].filter((name) => drawn.delete(name));
  return [
    'sequenceDiagram',
    ...[...stage, ...drawn].map((name) => `participant ${idOf(name)} as ${name}`),
    ...arrows.map(({ from, to, text, isNote }) =>
      isNote === true ? `note over ${idOf(from)}: ${text}` : `${idOf(from)}->>${idOf(to)}: ${text}`,
    ),
    // A semicolon would end the statement.
    `note over ${idOf(about)}: ${property}: ${message.replaceAll(/[;#]/g, ',')}`,
  ].join('\n  ');
}

/** Keeps a counterexample as data. Errors become what they say, since JSON does not know them. */
export function saveCounterexample(scope: string, { property, message, path }: Finding): SavedCounterexample {
  const events = path.flatMap(({ event }) => {
    if (event === null) return [];
    return 'error' in event && event.error instanceof Error
      ? [{ ...event, error: event.error.message }]
      : [event];
  });
  return { scope, property, message, events };
}

/**
 * Walks the events of a saved counterexample on a machine. Gives what is wrong there, or null when the machine is sound:
 * the way to see that a fault is gone, and that it stays gone. Throws when the events cannot happen any more.
 */
export function replayCounterexample(
  saved: SavedCounterexample,
  scope: Scope,
  machine?: Supervisor,
): Wrong | null {
  const model = supervisorModelOf(scope, {
    only: [saved.property],
    ...(machine === undefined ? {} : { machine }),
  });
  let state = model.initial;
  for (const [index, wanted] of saved.events.entries()) {
    const text = eventText(wanted);
    let wrong: Wrong | null = null;
    let next: typeof state | null = null;
    model.successors(state, (step) => {
      const { event } = step.action;
      if (next !== null || event === null || eventText(event) !== text) return;
      ({ next, wrong } = step);
    });
    if (next === null) throw new Error(`step ${index + 1} cannot happen: ${describeEvent(wanted)}`);
    state = next;
    wrong ??= model.judge(state);
    if (wrong !== null) return wrong;
  }
  // What cannot come about any more is seen by looking for it from here.
  const { counterexample } = explore({ ...model, initial: state });
  return counterexample === null || counterexample.path.length > 0 ? null : counterexample;
}

function eventText(event: SupervisorEvent): string {
  return JSON.stringify({ ...event, error: undefined });
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** True for what the supervisor does by itself. */
  readonly isNote?: boolean;
}

function arrowOf(output: Output, about: string): Arrow {
  const text = describeOutput(output);
  if (isFact(output) || output.kind === 'forget') {
    return { from: about, to: about, text, isNote: true };
  }
  const to =
    output.kind === 'spawnMergeQueue' || output.kind === 'enqueueMerge' ? 'mergeQueue' : output.session;
  return { from: about, to, text };
}

function senderOf(event: SupervisorEvent): string {
  switch (event.type) {
    case 'dispatch':
      return 'policy';
    case 'merge.started':
    case 'merge.finished':
    case 'xstate.error.actor.mergeQueue':
      return 'mergeQueue';
    default:
      if ('session' in event) return event.session;
      if (!('actorId' in event)) return 'operator';
      return event.actorId.includes('.') ? event.actorId.slice(event.actorId.indexOf('.') + 1) : 'supervisor';
  }
}

function idOf(name: string): string {
  return name.replaceAll(/\W/g, '_');
}
