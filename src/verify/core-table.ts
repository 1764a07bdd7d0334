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
import { chunkedGet } from '../domain/chunked.ts';
import type { LiveSession, RunState } from '../domain/run-state.ts';
import { PROPERTIES, type Property } from '../domain/properties.ts';
import type { RunFact } from '../domain/run-fact.ts';
import { SIGHTINGS, type Sighting } from '../domain/sightings.ts';
import {
  applyFact,
  EMPTY_SYSTEM_VIEW,
  systemViewOf,
  type SystemPlan,
  type SystemView,
} from '../domain/system-view.ts';
import { Codes } from './codes.ts';
import {
  isFact,
  type ChartState,
  type Command,
  type Core,
  type CoreLook,
  type CoreStep,
  type Output,
} from './core.ts';
import {
  ACTIONS_TOTAL,
  CORE_PROPERTIES,
  differenceOf,
  TOLD_IS_KNOWN,
  type CoreProperty,
} from './core-properties.ts';
import type { Wrong } from './explore.ts';

/** A state of a core. Equal states are the same node. */
export interface CoreNode<State> {
  readonly state: State;
  readonly look: CoreLook;
  readonly told: SystemView;
  /** What is not about single tickets, as text. */
  readonly head: string;
  /** What is to be known of each ticket, one character each. Tickets that stand alike have the same. */
  readonly tickets: readonly string[];
  readonly edges: Map<SupervisorEvent, CoreEdge<State>>;
}

/** A step of a core. What was announced in it is not kept, but can be asked for again. */
export interface CoreEdge<State> {
  readonly to: CoreNode<State>;
  readonly commands: readonly Command[];
  readonly wrong: Wrong | null;
  /** True when nothing changed, nothing was said and nothing was ordered. */
  readonly isIgnored: boolean;
}

/** What a table needs to know beside its core. */
export interface CoreTableOptions {
  readonly plan: SystemPlan;
  readonly endings: 'alike' | 'apart';
  /** Names of the properties to judge by; all when null. */
  readonly only: readonly string[] | null;
}

/** The nodes and edges of one core, as far as they have been asked for. */
export class CoreTable<State> {
  readonly #core: Core<State>;
  readonly #plan: SystemPlan;
  readonly #endings: 'alike' | 'apart';
  readonly #properties: readonly Property[];
  readonly #coreProperties: readonly CoreProperty[];
  readonly #judgesTruth: boolean;
  readonly #nodes = new Map<string, CoreNode<State>>();
  readonly #codes = new Codes('ways in which a ticket may stand');
  readonly #unseen = new Set<Sighting>(SIGHTINGS);
  readonly first: CoreEdge<State>;

  constructor(core: Core<State>, { plan, endings, only }: CoreTableOptions) {
    this.#core = core;
    this.#plan = plan;
    this.#endings = endings;
    const isWanted = ({ name }: { readonly name: string }): boolean => only?.includes(name) ?? true;
    this.#properties = PROPERTIES.filter(isWanted);
    this.#coreProperties = CORE_PROPERTIES.filter(isWanted);
    this.#judgesTruth = isWanted({ name: TOLD_IS_KNOWN });
    this.first = this.#edge(null, core.begin());
  }

  /** Names of the sightings that were made so far. */
  get seen(): readonly string[] {
    return SIGHTINGS.filter((sighting) => !this.#unseen.has(sighting)).map(({ name }) => name);
  }

  /** The step that a core takes at an event. */
  take(from: CoreNode<State>, event: SupervisorEvent): CoreEdge<State> {
    const known = from.edges.get(event);
    if (known !== undefined) return known;
    const edge = this.#take(from, event);
    if (!edge.isIgnored) from.edges.set(event, edge);
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

  #take(from: CoreNode<State>, event: SupervisorEvent): CoreEdge<State> {
    let step: CoreStep<State>;
    try {
      step = this.#core.take(from.state, event);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const wrong = {
        property: ACTIONS_TOTAL,
        message: `the supervisor breaks at ${event.type}: ${message}`,
      };
      return { to: from, commands: NO_COMMANDS, wrong, isIgnored: false };
    }
    return this.#edge(from, step);
  }

  #edge(from: CoreNode<State> | null, { state, outputs }: CoreStep<State>): CoreEdge<State> {
    if (from !== null && state === from.state && outputs.length === 0) {
      return { to: from, commands: NO_COMMANDS, wrong: null, isIgnored: true };
    }
    const look = this.#core.lookAt(state);
    const before = from?.told ?? EMPTY_SYSTEM_VIEW;
    let told = before;
    let wrong: Wrong | null = null;
    let commands: Command[] = NO_COMMANDS;
    for (const output of outputs) {
      if (!isFact(output)) {
        commands = commands === NO_COMMANDS ? [output] : [...commands, output];
        continue;
      }
      // Moments between two facts; the last one is that of a node, and judged when the node is new.
      if (told !== before) wrong ??= this.#judgeView(told);
      const after = applyFact(told, output);
      wrong ??= this.#judgeFact(told, output, after);
      for (const sighting of this.#unseen) {
        if (sighting.isSeen(after, output)) this.#unseen.delete(sighting);
      }
      told = after;
    }
    for (const property of this.#coreProperties) {
      if (property.kind === 'step') wrong ??= wrongOf(property, property.judge(outputs, before));
    }
    // Most steps change nothing: a refusal, a report of a session that is over.
    const isStill =
      from !== null &&
      told === before &&
      commands === NO_COMMANDS &&
      look.run === from.look.run &&
      look.chart === from.look.chart &&
      look.actors === from.look.actors;
    if (isStill) return { to: from, commands, wrong, isIgnored: outputs.length === 0 && wrong === null };

    const difference = differenceOf(told, look);
    const key = this.#keyOf(look, told, difference !== null);
    let to = this.#nodes.get(key.text);
    if (to === undefined) {
      to = { state, look, told, head: key.head, tickets: key.tickets, edges: new Map() };
      this.#nodes.set(key.text, to);
      wrong ??= this.#judgeNode(to, difference !== null);
    }
    if (difference !== null && this.#judgesTruth) wrong ??= { property: TOLD_IS_KNOWN, message: difference };
    return { to, commands, wrong, isIgnored: false };
  }

  #judgeFact(before: SystemView, fact: RunFact, after: SystemView): Wrong | null {
    for (const property of this.#properties) {
      if (property.kind !== 'step') continue;
      const verdict = property.holds(before, fact, after);
      if (verdict !== true) return { property: property.name, message: verdict.message };
    }
    return null;
  }

  #judgeView(view: SystemView): Wrong | null {
    for (const property of this.#properties) {
      if (property.kind !== 'state') continue;
      const verdict = property.holds(view);
      if (verdict !== true) return { property: property.name, message: verdict.message };
    }
    return null;
  }

  #judgeNode({ look, told }: CoreNode<State>, isUntrue: boolean): Wrong | null {
    let wrong = this.#judgeView(told);
    if (isUntrue) wrong ??= this.#judgeView(systemViewOf(this.#plan, look.run, told.phase));
    for (const property of this.#coreProperties) {
      if (property.kind === 'state') wrong ??= wrongOf(property, property.judge(look));
    }
    return wrong;
  }

  #keyOf(
    { run, chart, actors, hasActor }: CoreLook,
    told: SystemView,
    isUntrue: boolean,
  ): { readonly text: string; readonly head: string; readonly tickets: readonly string[] } {
    const texts = run.backlog.tickets.map((_ticket, position) => this.#ticketText(run, position));
    let expected = 0;
    for (const session in run.sessions) {
      const { ticket, attempt, phase } = run.sessions[session]!;
      const own = hasActor(`session.${session}`);
      const standIn = hasActor(`standIn.${session}`);
      expected += Number(own) + Number(standIn);
      const commits = told.sessions[session]?.commits ?? '-';
      texts[ticket] += `/${attempt}${phase}${commits}${own ? 's' : ''}${standIn ? 'i' : ''}`;
    }
    let head = `${HEADS[chart]}${HEADS[told.phase]}${run.stop?.kind[0] ?? '-'}`;
    if (run.limits.dispatchesMax > 0) head += String(run.dispatched);
    if (!areLocksInOrder(run)) head += JSON.stringify(run.locks);
    if (actors !== expected) head += `+${actors - expected}`;
    if (isUntrue) head += JSON.stringify({ ...told, plan: null });
    head += '|';
    const tickets = texts.map((text) => this.#codes.of(text));
    let text = head;
    for (const code of tickets) text += code;
    return { text, head, tickets };
  }

  #ticketText(run: RunState, position: number): string {
    const state = chunkedGet(run.tickets, position);
    switch (state.phase) {
      case 'pending':
      case 'live':
      case 'landed':
        return state.phase + state.attempts;
      case 'failed':
        return this.#endings === 'apart' ? `f${state.attempts}${state.ending}` : `f${state.attempts}`;
      case 'blocked':
        return this.#endings === 'apart' ? JSON.stringify(state.blockers) : 'b';
      case 'closed':
      case 'excluded':
        return state.phase;
    }
  }
}

const NO_COMMANDS: Command[] = [];

const HEADS: Readonly<Record<ChartState, string>> = {
  recovering: 'r',
  dispatching: 'd',
  paused: 'p',
  draining: 'a',
  stopping: 's',
  closing: 'c',
  finished: 'f',
};

function wrongOf({ name }: CoreProperty, message: string | null): Wrong | null {
  return message === null ? null : { property: name, message };
}

/** True when every live session holds what its ticket needs and nothing else is held: then the locks add nothing. */
function areLocksInOrder({ backlog, sessions, locks }: RunState): boolean {
  let needed = 0;
  for (const session in sessions) {
    const { ticket }: LiveSession = sessions[session]!;
    for (const component of backlog.tickets[ticket]!.components) {
      if (locks[component] !== session) return false;
      needed += 1;
    }
  }
  return Object.keys(locks).length === needed;
}
