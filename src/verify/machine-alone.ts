/**
 * A machine alone, as a model for the explorer: no supervisor, and surroundings that may say anything at any moment.
 *
 * Its own steps come to any end that they can come to, its timers ring at any moment, and what its supervisor could ever
 * say may be heard at any moment too, however little sense it makes there. What holds here holds under every supervisor.
 */
import type { AnyStateMachine } from 'xstate';

import type { RunFact } from '../domain/run-fact.ts';
import type { CheckOptions, RunStep, ScopeReport } from './check-scope.ts';
import { explore, type Goal, type Model, type Wrong } from './explore.ts';
import { sometimes } from './judged-by.ts';
import type { Chance, MachineEdge, MachineNode, MachineTable } from './machine-table.ts';

/** Something that a machine may hear. */
export interface Hearing extends Chance {
  /** True when progress may rely on it. */
  readonly isOwed: boolean;
}

/** One of the settings in which a machine is explored. */
export interface Variant<Machine extends AnyStateMachine, Report, World> {
  /** In words, for a person who reads a counterexample. */
  readonly describe: string;
  readonly table: MachineTable<Machine, Report, World>;
  /** Whether a goal is met at a node, by the name of the goal. */
  readonly isMet: (node: MachineNode<Machine, Report, World>) => boolean;
}

/** What is explored. */
export interface AloneParts<
  Machine extends AnyStateMachine,
  Report extends { readonly type: string },
  World,
> {
  readonly name: string;
  readonly variants: readonly Variant<Machine, Report, World>[];
  /** What it may hear from its supervisor at a node. */
  readonly hearingsOf: (node: MachineNode<Machine, Report, World>) => readonly Hearing[];
  readonly goal: Pick<Goal<unknown>, 'name' | 'describe'>;
  /** What must be seen before a pass means anything, by name. */
  readonly sightings: ReadonlyMap<string, (node: MachineNode<Machine, Report, World>) => boolean>;
}

/** A machine in one of its settings; null before the setting is chosen. */
interface Moment<Machine extends AnyStateMachine, Report, World> {
  readonly variant: number;
  readonly node: MachineNode<Machine, Report, World>;
}

/** Explores everything that can happen to a machine alone. */
export function checkAlone<Machine extends AnyStateMachine, Report extends { readonly type: string }, World>(
  parts: AloneParts<Machine, Report, World>,
  { budget, only }: CheckOptions,
): ScopeReport {
  const isWanted = (name: string): boolean => only?.includes(name) ?? true;
  const unseen = new Set(parts.sightings.keys());
  const configurations = new Set<string>();
  const model = modelOf(parts, isWanted, (node) => {
    configurations.add(JSON.stringify((node.state.snapshot as { readonly value: unknown }).value));
    for (const name of unseen) if (parts.sightings.get(name)!(node)) unseen.delete(name);
  });
  const { counterexample, ...found } = explore(model, budget === undefined ? {} : { budget });
  const seen = [...parts.sightings.keys()].filter((name) => !unseen.has(name));
  const report = { scope: parts.name, ...found, nodes: configurations.size, seen };
  if (counterexample !== null) {
    return {
      ...report,
      counterexample: { ...counterexample, path: counterexample.path.map(({ action }) => action) },
    };
  }
  const missing = [...unseen].find((name) => isWanted(sometimes(name)));
  if (found.verdict !== 'pass' || missing === undefined) return { ...report, counterexample: null };
  const message = 'it never comes about, so a pass would mean nothing';
  return {
    ...report,
    verdict: 'violation',
    counterexample: { property: sometimes(missing), message, path: [] },
  };
}

function modelOf<Machine extends AnyStateMachine, Report extends { readonly type: string }, World>(
  { variants, hearingsOf, goal }: AloneParts<Machine, Report, World>,
  isWanted: (name: string) => boolean,
  meet: (node: MachineNode<Machine, Report, World>) => void,
): Model<Moment<Machine, Report, World> | null, RunStep> {
  return {
    initial: null,
    keyWidth: 2,
    writeKey: (moment, row) => {
      row[0] = moment?.variant ?? -1;
      row[1] = moment?.node.index ?? -1;
    },
    judge: (moment): Wrong | null => {
      if (moment !== null) meet(moment.node);
      return null;
    },
    goals: isWanted(goal.name)
      ? [{ ...goal, isMet: (moment) => moment !== null && variants[moment.variant]!.isMet(moment.node) }]
      : [],
    successors: (moment, visit) => {
      if (moment === null) {
        variants.forEach(({ describe, table: { first } }, variant) => {
          const next = { variant, node: first.to };
          visit({ action: stepOf(describe, first), next, wrong: first.wrong, isOwed: true });
        });
        return;
      }
      const { variant, node } = moment;
      if (node.isOver) return;
      const go = ({ text, event }: Chance, isOwed: boolean): void => {
        const edge = variants[variant]!.table.take(node, event, text);
        visit({ action: stepOf(text, edge), next: { variant, node: edge.to }, wrong: edge.wrong, isOwed });
      };
      for (const chance of node.chances) go(chance, true);
      for (const hearing of hearingsOf(node)) go(hearing, hearing.isOwed);
    },
  };
}

/** A step for a person: what happened, what the machine told, and what it ordered. */
function stepOf<Machine extends AnyStateMachine, Report extends { readonly type: string }, World>(
  text: string,
  { deeds }: MachineEdge<Machine, Report, World>,
): RunStep {
  const orders = deeds.flatMap((deed) => (deed.kind === 'orders' ? [deed.order] : []));
  return {
    event: null,
    text: [text, ...orders].join('; '),
    outputs: deeds.flatMap((deed) => (deed.kind === 'reports' ? [deed.report as unknown as RunFact] : [])),
  };
}
