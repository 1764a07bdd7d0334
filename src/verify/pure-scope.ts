/**
 * What xstate needs to take a transition without running anything: an actor that is never started, and an executor that
 * hands every action on instead of executing it.
 *
 * xstate's own `transition()` makes such a scope for each call, which costs more than the transition.
 */
import {
  createActor,
  fromCallback,
  type AnyActor,
  type AnyActorLogic,
  type AnyActorScope,
  type InputFrom,
} from 'xstate';

/** An action of xstate as a pure transition returns it: its type, and what it was resolved to. */
export interface PureAction {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Makes a scope for the transitions of one machine. */
export function pureScope<Logic extends AnyActorLogic>(
  logic: Logic,
  input: InputFrom<Logic>,
  perform: (action: PureAction) => void,
): AnyActorScope {
  // A child resolves its reports to a parent, so there has to be one.
  const parent = createActor(fromCallback(() => undefined));
  const parked: AnyActor = createActor(logic, { input, parent });
  return {
    self: parked,
    id: parked.id,
    sessionId: parked.sessionId,
    system: parked.system,
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    actionExecutor: ({ type, params }) => perform({ type, params: params ?? {} }),
  };
}
