/**
 * One character for each of a few thousand texts: keys of states are made of them, and millions of keys are kept.
 *
 * There are as many as a character has values. A scope that needs more must not go on with characters that mean two things:
 * it would take different states for the same one and pass.
 */

/** Characters are given from here on: below are the digits and letters that keys are made of otherwise. */
const FIRST = 0x30;
const COUNT_MAX = 0x10000 - FIRST;

/** Gives every text a character of its own. */
export class Codes {
  readonly #codes = new Map<string, string>();
  readonly #of: string;

  /** Takes the name of what is counted, for the message when there is too much of it. */
  constructor(of: string) {
    this.#of = of;
  }

  /** The character of a text, the same for the same. */
  of(text: string): string {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#codes.size >= COUNT_MAX) {
      throw new RangeError(
        `there are more than ${COUNT_MAX} ${this.#of}, and no character is left for one more: make the scope smaller`,
      );
    }
    const code = String.fromCharCode(FIRST + this.#codes.size);
    this.#codes.set(text, code);
    return code;
  }
}
