/**
 * One run of a world, step by step, judged at every step. Whoever walks it chooses what comes next (`random-walk.ts`); this
 * file knows what may come, and what came of it.
 *
 * The facts are held to the protocol as well (`conformance.ts`): what may happen here is what a journal may tell, so a
 * journal that `verify --run` would refuse is found wrong here first.
 */
import type { SupervisorEvent } from '../../machines/index.ts';
import { EMPTY_SYSTEM_VIEW, applyFact, type SystemView } from '../domain/system-view.ts';
import { followRun } from './conformance.ts';
import { isFact, type CoreLook, type Output } from './core.ts';
import { CoreJudge } from './core-judge.ts';
import { ACTIONS_TOTAL, differenceOf } from './core-properties.ts';
import { withSlot, type Fault } from './environment.ts';
import type { Wrong } from './explore.ts';
import type { LifeSlot } from './life-environment.ts';
import type { SupervisorSnapshot } from './supervisor-model.ts';
import type { WalkWorld } from './walk-world.ts';

/** Something that may come next. */
export interface WalkOption {
  readonly event: SupervisorEvent;
  readonly slot: LifeSlot | null;
  /** True when progress may rely on it. */
  readonly isOwed: boolean;
  readonly fault: Fault | null;
}

/** One step that was taken. */
export interface WalkStep {
  readonly event: SupervisorEvent;
  readonly text: string;
  readonly outputs: readonly Output[];
}

interface Happenings {
  readonly at: CoreLook;
  readonly dispatches: readonly WalkOption[];
  readonly others: readonly WalkOption[];
}

/** A run that is being walked. */
export class RunWalk {
  readonly steps: WalkStep[] = [];
  /** The first thing that is wrong. */
  wrong: Wrong | null = null;
  readonly #world: WalkWorld;
  readonly #judge: CoreJudge;
  readonly #refuse = followRun();
  #state: SupervisorSnapshot;
  #look: CoreLook;
  #told: SystemView = EMPTY_SYSTEM_VIEW;
  #slots: readonly LifeSlot[];
  #faults: Record<Fault, number>;
  #known: Happenings | null = null;

  constructor(world: WalkWorld, judge: CoreJudge = new CoreJudge(world.plan, null)) {
    this.#world = world;
    this.#judge = judge;
    this.#slots = world.environment.initial;
    const { sessions, mergeQueue } = world.scope.faults;
    this.#faults = { session: sessions, mergeQueue };
    const { state, outputs } = world.core.begin();
    this.#state = state;
    this.#look = world.core.lookAt(state);
    this.#arrive(outputs);
  }

  /** What the supervisor knows. */
  get look(): CoreLook {
    return this.#look;
  }

  /** What it told. */
  get told(): SystemView {
    return this.#told;
  }

  /** What may come of the policy: every ticket may be asked for at every moment. */
  dispatches(): readonly WalkOption[] {
    return this.#happenings().dispatches;
  }

  /** What may come from nowhere in particular. */
  others(): readonly WalkOption[] {
    return this.#happenings().others.filter(this.#isLeft);
  }

  /** What may come of sessions and of the merge queue. */
  moves(): readonly WalkOption[] {
    const isPermitted = this.#world.environment.permits(this.#slots);
    return this.#slots.flatMap(({ moves }) =>
      moves.flatMap((move) =>
        move.event !== null && isPermitted(move) && this.#isLeft(move)
          ? [{ event: move.event, slot: move.next, isOwed: move.isOwed, fault: move.fault }]
          : [],
      ),
    );
  }

  /** Takes a step. */
  take({ event, slot, fault }: WalkOption): void {
    if (slot !== null) this.#slots = withSlot(this.#slots, slot);
    if (fault !== null) this.#faults[fault] -= 1;
    try {
      const { state, outputs } = this.#world.core.take(this.#state, event);
      this.steps.push({ event, text: event.type, outputs });
      this.#state = state;
      this.#look = this.#world.core.lookAt(state);
      this.#arrive(outputs);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.steps.push({ event, text: event.type, outputs: [] });
      this.wrong ??= {
        property: ACTIONS_TOTAL,
        message: `the supervisor breaks at ${event.type}: ${error.message}`,
      };
    }
  }

  #arrive(outputs: readonly Output[]): void {
    const before = this.#told;
    let wrong: Wrong | null = null;
    for (const output of outputs) {
      if (!isFact(output)) {
        this.#slots = this.#world.environment.follow(this.#slots, output);
        continue;
      }
      const after = applyFact(this.#told, output);
      wrong ??= this.#judge.judgeFact(this.#told, output, after) ?? this.#judge.judgeView(after);
      const refusal = this.#refuse(this.#told, output);
      if (refusal !== null) wrong ??= { property: 'conformance', message: refusal };
      this.#told = after;
    }
    wrong ??= this.#judge.judgeStep(outputs, before);
    const difference = differenceOf(this.#told, this.#look);
    wrong ??=
      this.#judge.judgeState(this.#look, this.#told, difference) ?? this.#judge.judgeTruth(difference);
    this.wrong ??= wrong ?? this.#world.environment.judge(this.#slots);
  }

  /** Worked out once a step: there is one for every ticket. */
  #happenings(): Happenings {
    if (this.#known?.at === this.#look) return this.#known;
    const all = this.#world
      .happenings(this.#look)
      .map(({ event, isOwed }): WalkOption => ({ event, slot: null, isOwed, fault: null }));
    const faults = this.#world.environment.faults.map((fault) => ({ ...fault, slot: null }));
    this.#known = {
      at: this.#look,
      dispatches: all.filter(({ event }) => event.type === 'dispatch'),
      others: [...all.filter(({ event }) => event.type !== 'dispatch'), ...faults],
    };
    return this.#known;
  }

  readonly #isLeft = ({ fault }: Pick<WalkOption, 'fault'>): boolean =>
    fault === null || this.#faults[fault] > 0;
}
