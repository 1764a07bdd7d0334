/**
 * A number for each state of a supervisor, so that walks can tell how many differ. Successive states share most of what they
 * are made of, so only what has changed is looked at.
 */
import type { Chunked } from '../domain/chunked.ts';
import type { TicketState } from '../domain/ticket-state.ts';
import type { CoreLook } from './core.ts';

/** Numbers states, best one after the other as a walk meets them. */
export class RunHash {
  #tickets: Chunked<TicketState> = [];
  #high = 0;
  #low = 0;

  /** The number of a state: 53 bits, so that among a million states two are hardly ever taken for one. */
  of({ run, chart }: CoreLook): number {
    this.#follow(run.tickets);
    const texts = [`${chart} ${run.stop?.kind ?? ''}`];
    for (const { session, phase } of run.sessions) texts.push(`${session} ${phase}`);
    let high = this.#high;
    let low = this.#low;
    for (const text of texts) {
      high ^= hashed(text, HIGH);
      low ^= hashed(text, LOW);
    }
    return (high >>> 0) * 2 ** 21 + (low >>> 11);
  }

  #follow(tickets: Chunked<TicketState>): void {
    for (const [index, chunk] of tickets.entries()) {
      const before = this.#tickets[index];
      if (before === chunk) continue;
      for (const [at, state] of chunk.entries()) {
        if (before?.[at] === state) continue;
        if (before !== undefined) this.#toggle(`${index}.${at}`, before[at]!);
        this.#toggle(`${index}.${at}`, state);
      }
    }
    this.#tickets = tickets;
  }

  /** Puts a state of a ticket in, or takes it out again. */
  #toggle(position: string, state: TicketState): void {
    const text = `${position} ${state.phase} ${'attempts' in state ? state.attempts : ''}`;
    this.#high ^= hashed(text, HIGH);
    this.#low ^= hashed(text, LOW);
  }
}

const HIGH = 0x811c_9dc5;
const LOW = 0x1b87_3593;

/** FNV-1a over the text, finished as murmur3 does, so that every character changes every bit by even chance. */
function hashed(text: string, seed: number): number {
  let mix = seed;
  for (let at = 0; at < text.length; at += 1) mix = Math.imul(mix ^ text.charCodeAt(at), 0x0100_0193);
  mix = Math.imul(mix ^ (mix >>> 16), 0x85eb_ca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2_ae35);
  return mix ^ (mix >>> 16);
}
