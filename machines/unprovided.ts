/**
 * Stands in for an actor that a machine names and `provide()` must bind. Reaching it is a wiring bug, said loudly.
 */
export function unprovided(): never {
  throw new Error(
    'this machine runs without its actors: call machine.provide({ actors }) before createActor',
  );
}
