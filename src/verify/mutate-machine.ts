/**
 * Ways to break a copy of a machine that runs under the supervisor: in its words, by `provide`, or in its chart, by its
 * config. The original stays whole.
 */
import { createMachine, enqueueActions, type AnyStateMachine, type ContextFrom } from 'xstate';

/** Part of a chart's config. */
export type ChartPart = Readonly<Record<string, unknown>>;

/** Answers a guard's question in another way. */
export function answering<Machine extends AnyStateMachine>(
  machine: Machine,
  guard: string,
  answer: (asked: { readonly context: ContextFrom<Machine> }) => boolean,
): Machine {
  return machine.provide({ guards: { [guard]: answer } } as never) as unknown as Machine;
}

/** Does something else in place of an action. */
export function doing<Machine extends AnyStateMachine>(
  machine: Machine,
  action: string,
  deed: unknown,
): Machine {
  return machine.provide({ actions: { [action]: deed } } as never) as unknown as Machine;
}

/** Leaves an action out. */
export function leavingOut<Machine extends AnyStateMachine>(machine: Machine, action: string): Machine {
  return doing(
    machine,
    action,
    enqueueActions(() => undefined),
  );
}

/** Rewrites one part of the chart, found by its path: a state or an event of it. */
export function redrawn<Machine extends AnyStateMachine>(
  machine: Machine,
  path: readonly string[],
  change: (part: ChartPart) => ChartPart,
): Machine {
  const config = changedAt(machine.config as ChartPart, path, change);
  return createMachine(config as never, machine.implementations as never) as unknown as Machine;
}

function changedAt(
  part: ChartPart,
  path: readonly string[],
  change: (part: ChartPart) => ChartPart,
): ChartPart {
  const [first, ...rest] = path;
  if (first === undefined) return change(part);
  const inner = part[first];
  if (typeof inner !== 'object' || inner === null) throw new Error(`the chart has no ${path.join(' > ')}`);
  return { ...part, [first]: changedAt(inner as ChartPart, rest, change) };
}

/** The names of all guards and actions of a machine. */
export function wordsOf(machine: AnyStateMachine): {
  readonly guards: readonly string[];
  readonly actions: readonly string[];
} {
  const { guards, actions } = machine.implementations;
  return { guards: Object.keys(guards), actions: Object.keys(actions) };
}
