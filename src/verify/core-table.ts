/**
 * The steps of a core, each taken and judged once.
 *
 * Many states of a scope share one state of the supervisor: they differ in what its sessions are about to tell. So a core
 * is tabulated: its states become nodes, equal ones the same node, and a step is looked up where it was taken before.
 *
 * T1  A node is what the core *knows* together with what it *told*: the fold of its facts. Both are judged by every
 *     property, and compared. A supervisor that does not tell the truth is found here.
 * T2  A step is judged fact by fact, so a moment between two facts of one step is judged as a journal cut there would be.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { applyFact, EMPTY_SYSTEM_VIEW, type SystemPlan, type SystemView } from '../domain/system-view.ts';
import {
  isFact,
  type Command,
  type Core,
  type CoreLook,
  type CoreStep,
  type Orders,
  type Output,
} from './core.ts';
import { CoreJudge } from './core-judge.ts';
import { CoreKeys } from './core-key.ts';
import { ACTIONS_TOTAL, differenceOf } from './core-properties.ts';
import type { Wrong } from './explore.ts';
import type { Scope } from './scope.ts';

/** A state of a core. Equal states are the same node. */
export interface CoreNode<State> {
  readonly index: number;
  readonly state: State;
  readonly look: CoreLook;
  readonly told: SystemView;
  /** The step that leads here and orders nothing, which most steps are. */
  readonly plainly: CoreEdge<State>;
  /** Events that may be asked for again, a handful; and, at the same places, the steps at them. */
  readonly heard: SupervisorEvent[];
  readonly steps: CoreEdge<State>[];
}

/** A step of a core. What was announced in it is not kept, but can be asked for again. */
export interface CoreEdge<State> {
  readonly to: CoreNode<State>;
  readonly orders: Orders;
  readonly wrong: Wrong | null;
  /** True when nothing changed, nothing was said and nothing was ordered. */
  readonly isIgnored: boolean;
}

/** What a table needs to know beside its core. */
export interface CoreTableOptions {
  readonly plan: SystemPlan;
  readonly endings: Scope['endings'];
  /** Names of the properties to judge by; all when null. */
  readonly only: readonly string[] | null;
}

/** The nodes and edges of one core, as far as they have been asked for. */
export class CoreTable<State> {
  readonly #core: Core<State>;
  readonly #judge: CoreJudge;
  readonly keys: CoreKeys;
  readonly #nodes: CoreNode<State>[] = [];
  readonly #orders = new Map<string, Orders>();
  readonly first: CoreEdge<State>;

  constructor(core: Core<State>, { plan, endings, only }: CoreTableOptions) {
    this.#core = core;
    this.#judge = new CoreJudge(plan, only);
    this.keys = new CoreKeys(plan.tickets.length, endings);
    this.first = this.#edge(null, core.begin());
  }

  /** Names of the sightings that were made so far. */
  get seen(): readonly string[] {
    return this.#judge.seen;
  }

  /** The step that a core takes at an event, kept for those who ask again. */
  take(from: CoreNode<State>, event: SupervisorEvent): CoreEdge<State> {
    const known = from.heard.indexOf(event);
    if (known !== -1) return from.steps[known]!;
    const edge = this.tryOut(from, event);
    // What is ignored is rarely asked for again, and a third of all.
    if (!edge.isIgnored) {
      from.heard.push(event);
      from.steps.push(edge);
    }
    return edge;
  }

  /** What a core announces and orders at an event. */
  outputsOf(from: CoreNode<State>, event: SupervisorEvent): readonly Output[] {
    try {
      return this.#core.take(from.state, event).outputs;
    } catch {
      return [];
    }
  }

  /** The step that a core takes at an event that nobody asks for again. */
  tryOut(from: CoreNode<State>, event: SupervisorEvent): CoreEdge<State> {
    let step: CoreStep<State>;
    try {
      step = this.#core.take(from.state, event);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const wrong = {
        property: ACTIONS_TOTAL,
        message: `the supervisor breaks at ${event.type}: ${message}`,
      };
      return { to: from, orders: NO_ORDERS, wrong, isIgnored: false };
    }
    return this.#edge(from, step);
  }

  #edge(from: CoreNode<State> | null, { state, outputs }: CoreStep<State>): CoreEdge<State> {
    if (from !== null && state === from.state && outputs.length === 0) {
      return ignoredBy(from);
    }
    const before = from?.told ?? EMPTY_SYSTEM_VIEW;
    let told = before;
    let wrong: Wrong | null = null;
    let commands: Command[] | null = null;
    for (const output of outputs) {
      if (!isFact(output)) {
        (commands ??= []).push(output);
        continue;
      }
      // Moments between two facts; the last one is that of a node, and judged when the node is new.
      if (told !== before) wrong ??= this.#judge.judgeView(told);
      const after = applyFact(told, output);
      wrong ??= this.#judge.judgeFact(told, output, after);
      told = after;
    }
    wrong ??= this.#judge.judgeStep(outputs, before);
    const orders = commands === null ? NO_ORDERS : this.#ordersOf(commands);
    const look = this.#core.lookAt(state);
    // Most steps change nothing: a refusal, a report of a session that is over.
    const isStill =
      from !== null &&
      told === before &&
      commands === null &&
      look.run === from.look.run &&
      look.chart === from.look.chart &&
      look.actors === from.look.actors;
    if (isStill && wrong === null) return outputs.length === 0 ? ignoredBy(from) : from.plainly;
    if (isStill) return { to: from, orders, wrong, isIgnored: false };

    const difference = differenceOf(told, look);
    const index = this.keys.numberOf(look, told, difference !== null);
    let to = this.#nodes[index];
    if (to === undefined) {
      to = nodeOf(index, state, look, told);
      this.#nodes.push(to);
      wrong ??= this.#judge.judgeState(look, told, difference);
    }
    wrong ??= this.#judge.judgeTruth(difference);
    return wrong === null && commands === null ? to.plainly : { to, orders, wrong, isIgnored: false };
  }

  #ordersOf(commands: readonly Command[]): Orders {
    let text = '';
    for (const command of commands) text += textOf(command);
    let orders = this.#orders.get(text);
    if (orders === undefined) {
      orders = { index: this.#orders.size, commands };
      this.#orders.set(text, orders);
    }
    return orders;
  }
}

const NO_ORDERS: Orders = { index: -1, commands: [] };

function nodeOf<State>(index: number, state: State, look: CoreLook, told: SystemView): CoreNode<State> {
  const plainly: { to: CoreNode<State> } & CoreEdge<State> = {
    to: undefined as never,
    orders: NO_ORDERS,
    wrong: null,
    isIgnored: false,
  };
  plainly.to = { index, state, look, told, plainly, heard: [], steps: [] };
  return plainly.to;
}

function ignoredBy<State>(to: CoreNode<State>): CoreEdge<State> {
  return { to, orders: NO_ORDERS, wrong: null, isIgnored: true };
}

function textOf(command: Command): string {
  switch (command.kind) {
    case 'spawnMergeQueue':
      return `${command.kind};`;
    case 'forget':
      return `${command.kind} ${command.actor};`;
    case 'passOutcome':
      return `${command.kind} ${command.session} ${command.outcome};`;
    default:
      return `${command.kind} ${command.session};`;
  }
}
