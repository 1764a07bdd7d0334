/**
 * What is on its way from one actor to another: first come, first served, and nothing is lost.
 */

/** Something that was said and is not heard yet. */
export interface Message<Said> {
  /** Tells it apart from others that may wait in the same mailbox. */
  readonly key: string;
  readonly said: Said;
}

/** A mailbox: what waits in it, the oldest first. */
export type Mailbox<Said> = readonly Message<Said>[];

/** A mailbox in which nothing waits. */
export const EMPTY: Mailbox<never> = [];

/** The mailbox with one more message. */
export function posted<Said>(mailbox: Mailbox<Said>, key: string, said: Said): Mailbox<Said> {
  return [...mailbox, { key, said }];
}

/**
 * The mailbox with one more request, unless the same one is the last that waits: an operator who asks again before the first
 * request is heard could as well have asked later, when it is. Without this, asking for ever would be endless.
 */
export function requested<Said>(mailbox: Mailbox<Said>, key: string, said: Said): Mailbox<Said> {
  return mailbox.at(-1)?.key === key ? mailbox : posted(mailbox, key, said);
}

/** Writes what waits, as part of a state's key. */
export function keysIn(mailbox: Mailbox<unknown>): string {
  return mailbox.map(({ key }) => key).join();
}
