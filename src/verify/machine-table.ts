/**
 * The states of a machine under the supervisor, each met once, and its steps, each taken and judged once.
 *
 * A state is what the machine can go by (its chart, what it remembers, what it runs, which timers it set) together with what
 * has happened in its world. The table knows neither sessions nor merge queues: a `MachineKind` says what they remember,
 * what may happen to them and what must hold (`real-session.ts`, `real-merge-queue.ts`).
 */
import type { AnyStateMachine, InputFrom } from 'xstate';

import type { Wrong } from './explore.ts';
import { PureMachine, type Deed, type PureState, type PureStep, type Stimulus } from './pure-machine.ts';

/** An event of a machine, with whatever it carries. */
export type ChanceEvent = Stimulus & Readonly<Record<string, unknown>>;

/** Something that may happen to a machine by itself. */
export interface Chance {
  /** What happens, for a person. No two chances of one state have the same. */
  readonly text: string;
  readonly event: ChanceEvent;
}

/** One step of a machine, as its properties are asked about it. */
export interface JudgedStep<Machine extends AnyStateMachine, Report, World> {
  /** Null when the machine begins. */
  readonly event: ChanceEvent | null;
  readonly before: PureState<Machine> | null;
  readonly after: PureState<Machine>;
  readonly deeds: readonly Deed<Report>[];
  readonly worldBefore: World;
  /** What has happened, this step included. */
  readonly world: World;
}

/** What one kind of machine must keep. */
export interface MachineProperty<Machine extends AnyStateMachine, Report, World> {
  readonly name: string;
  readonly describe: string;
  /** Says what is wrong with a step or with the state that it leads to, or null. */
  readonly judge: (step: JudgedStep<Machine, Report, World>) => string | null;
}

/** What a table needs to know of the machine that it is of. */
export interface MachineKind<Machine extends AnyStateMachine, Report, World> {
  readonly machine: Machine;
  readonly input: InputFrom<Machine>;
  readonly newWorld: World;
  worldAfter(
    world: World,
    event: ChanceEvent | null,
    deeds: readonly Deed<Report>[],
    before: PureState<Machine> | null,
  ): World;
  /** The world without what no property asks about any more. */
  settled(world: World): World;
  /** What the machine remembers and can go by. */
  memoryOf(state: PureState<Machine>): unknown;
  chancesOf(state: PureState<Machine>, world: World): readonly Chance[];
  readonly properties: readonly MachineProperty<Machine, Report, World>[];
  /** The name under which it is reported that the machine broke. */
  readonly total: string;
}

/** A state of a machine. Equal states are the same node. */
export interface MachineNode<Machine extends AnyStateMachine, Report, World> {
  /** Its number among the nodes of its table. */
  readonly index: number;
  readonly state: PureState<Machine>;
  readonly world: World;
  /** Everything that tells it apart, as text. */
  readonly text: string;
  readonly isOver: boolean;
  /** What may happen to it by itself. */
  readonly chances: readonly Chance[];
  readonly edges: Map<string, MachineEdge<Machine, Report, World>>;
}

/** A step of a machine. */
export interface MachineEdge<Machine extends AnyStateMachine, Report, World> {
  readonly to: MachineNode<Machine, Report, World>;
  readonly deeds: readonly Deed<Report>[];
  readonly wrong: Wrong | null;
}

/** The nodes and edges of one machine, as far as they have been asked for. */
export class MachineTable<Machine extends AnyStateMachine, Report, World> {
  readonly #kind: MachineKind<Machine, Report, World>;
  readonly #pure: PureMachine<Machine, Report>;
  readonly #isWanted: (property: string) => boolean;
  readonly #nodes = new Map<string, MachineNode<Machine, Report, World>>();
  readonly first: MachineEdge<Machine, Report, World>;

  /** `only`: names of the properties to judge by; all when null. */
  constructor(kind: MachineKind<Machine, Report, World>, only: readonly string[] | null) {
    this.#kind = kind;
    this.#pure = new PureMachine<Machine, Report>(kind.machine, kind.input);
    this.#isWanted = (property) => only?.includes(property) ?? true;
    const first = this.#pure.begin();
    const { status, error } = first.state.snapshot as { readonly status: string; readonly error: unknown };
    const edge = this.#edge(first, null, null);
    this.first = status === 'error' ? { ...edge, wrong: this.#breakage('its beginning', error) } : edge;
  }

  /** The step of a machine at an event. `key` tells the events apart that it may meet. */
  take(
    from: MachineNode<Machine, Report, World>,
    event: ChanceEvent,
    key: string,
  ): MachineEdge<Machine, Report, World> {
    let edge = from.edges.get(key);
    if (edge === undefined) {
      edge = this.#take(from, event);
      from.edges.set(key, edge);
    }
    return edge;
  }

  #take(from: MachineNode<Machine, Report, World>, event: ChanceEvent): MachineEdge<Machine, Report, World> {
    let step: PureStep<Machine, Report>;
    try {
      step = this.#pure.take(from.state, event);
    } catch (error) {
      return { to: from, deeds: [], wrong: this.#breakage(event.type, error) };
    }
    return this.#edge(step, event, from);
  }

  #breakage(at: string, error: unknown): Wrong | null {
    const { total: property } = this.#kind;
    const message = `the machine breaks at ${at}: ${error instanceof Error ? error.message : String(error)}`;
    return this.#isWanted(property) ? { property, message } : null;
  }

  #edge(
    { state: after, deeds }: PureStep<Machine, Report>,
    event: ChanceEvent | null,
    from: MachineNode<Machine, Report, World> | null,
  ): MachineEdge<Machine, Report, World> {
    const before = from?.state ?? null;
    const worldBefore = from?.world ?? this.#kind.newWorld;
    const world = this.#kind.worldAfter(worldBefore, event, deeds, before);
    const wrong = this.#judge({ event, before, after, deeds, worldBefore, world });
    return { to: this.#node(after, this.#kind.settled(world)), deeds, wrong };
  }

  #judge(step: JudgedStep<Machine, Report, World>): Wrong | null {
    for (const { name, judge } of this.#kind.properties) {
      const message = this.#isWanted(name) ? judge(step) : null;
      if (message !== null) return { property: name, message };
    }
    return null;
  }

  #node(state: PureState<Machine>, world: World): MachineNode<Machine, Report, World> {
    const { value, status } = state.snapshot as { readonly value: unknown; readonly status: string };
    const { running, timers } = state;
    const text = JSON.stringify([value, this.#kind.memoryOf(state), running, timers, world]);
    let node = this.#nodes.get(text);
    if (node === undefined) {
      const isOver = status !== 'active';
      const chances = isOver ? [] : this.#kind.chancesOf(state, world);
      node = { index: this.#nodes.size, state, world, text, isOver, chances, edges: new Map() };
      this.#nodes.set(text, node);
    }
    return node;
  }
}
