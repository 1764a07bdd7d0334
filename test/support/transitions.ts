/**
 * The arrows of a statechart by name, so that those that a test took can be held against those that there are.
 */
import type { AnyStateMachine } from 'xstate';

/** What of a transition tells it from every other one. */
interface Arrow {
  readonly source: { readonly id: string };
  readonly target?: readonly { readonly id: string }[] | undefined;
  readonly eventType: string;
  readonly guard?: unknown;
}

/** Names a transition: from where, at what, if what, to where; `stays` where nothing is entered or left. */
export function transitionName({ source, eventType, guard, target }: Arrow): string {
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  const where = target === undefined ? 'stays' : target.map(({ id }) => id).join(', ');
  return `${source.id} ${eventType === '' ? 'always' : eventType}${condition} -> ${where}`;
}

/** What of a state holds its transitions, and those of the states within it. */
interface Node {
  readonly transitions: ReadonlyMap<string, readonly Arrow[]>;
  readonly always?: readonly Arrow[] | undefined;
  readonly states: Readonly<Record<string, Node>>;
}

/** Names every transition of a machine, in the order of its states. */
export function transitionsOf(machine: AnyStateMachine): readonly string[] {
  const root: Node = machine.root;
  return below(root).flatMap(({ transitions, always = [] }) =>
    [...[...transitions.values()].flat(), ...always].map(transitionName),
  );
}

function below(node: Node): readonly Node[] {
  return [node, ...Object.values(node.states).flatMap(below)];
}
