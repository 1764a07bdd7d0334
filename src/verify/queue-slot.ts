/**
 * The merge queue among real surroundings: its machine, and what is on its way to and from it.
 */
import type { MergeReport, SupervisorEvent } from '../../machines/index.ts';
import type { SessionId } from '../domain/ids.ts';
import type { MergeRequest } from '../domain/work.ts';
import { Codes } from './codes.ts';
import type { Move, Slot } from './environment.ts';
import type { Wrong } from './explore.ts';
import { QUEUE_BROKE } from './life-events.ts';
import { EMPTY, keysIn, posted, type Mailbox } from './mailbox.ts';
import { enqueueOf } from './merge-queue-world.ts';
import type { Intern, RealParts } from './real-parts.ts';
import {
  mergeQueueTable,
  type MergeQueueEdge,
  type MergeQueueNode,
  type MergeQueueTable,
} from './real-merge-queue.ts';

/** What is going on at the merge queue, in a slot of its own. */
export interface QueueSlot extends Slot {
  readonly kind: 'queue';
  readonly state: QueueState;
  /** What the queue has just done wrong. */
  readonly wrong: Wrong | null;
  /** Sessions that it owes an answer, or whose answer is on its way. */
  readonly concerns: readonly SessionId[];
}

/** What is going on at the merge queue. */
export interface QueueState {
  /** Null when it broke. */
  readonly node: MergeQueueNode | null;
  readonly inbox: Mailbox<MergeRequest>;
  readonly outbox: Mailbox<SupervisorEvent>;
  /** The session whose work has landed by an answer that has just arrived. */
  readonly landed: SessionId | null;
  /** What the queue has just done wrong. */
  readonly wrong: Wrong | null;
}

/** Every slot of one merge queue. */
export class QueueSlots {
  readonly #index: number;
  readonly #isPrompt: boolean;
  readonly #table: MergeQueueTable;
  readonly #intern: Intern;
  readonly #slots = new Map<string, QueueSlot>();
  readonly #codes = new Codes('ways in which the merge queue may stand');

  /** `index`: its place among the slots. `intern` makes equal events the same object. */
  constructor(index: number, { mergeQueue, only = null, mail }: RealParts, intern: Intern) {
    this.#index = index;
    this.#isPrompt = mail === 'prompt';
    this.#table = mergeQueueTable(mergeQueue === undefined ? { only } : { machine: mergeQueue, only });
    this.#intern = intern;
  }

  /** A queue that has just been started. What is on its way to or from the one before is lost with it. */
  get fresh(): QueueSlot {
    return this.#stepped(
      { node: null, inbox: EMPTY, outbox: EMPTY, landed: null, wrong: null },
      this.#table.first,
    );
  }

  /** The slot after a request to merge was sent. What is sent to a queue that broke goes nowhere. */
  asked(slot: QueueSlot, request: MergeRequest): QueueSlot {
    const { state } = slot;
    if (state.node === null) return slot;
    return this.#slot({ ...state, inbox: posted(state.inbox, request.session, request) });
  }

  /** The slot after it has been followed that work landed. */
  heard({ state }: QueueSlot): QueueSlot {
    return this.#slot({ ...state, landed: null });
  }

  #slot(state: QueueState): QueueSlot {
    const { node, inbox, outbox, landed, wrong } = state;
    const text = `${node?.text}<${keysIn(inbox)}>${keysIn(outbox)}!${landed}${wrong?.message}`;
    const known = this.#slots.get(text);
    if (known !== undefined) return known;
    let moves: readonly Move[] | null = null;
    const movesOf = (): readonly Move[] => [...this.#arrivals(state), ...this.#stepsOf(state)];
    const slot: QueueSlot = {
      kind: 'queue',
      index: this.#index,
      code: this.#codes.of(text),
      state,
      wrong,
      concerns:
        node === null
          ? []
          : [
              ...inbox.map(({ said }) => said.session),
              ...node.world.waiting,
              ...outbox.flatMap(({ said }) => (said.type === 'merge.finished' ? [said.session] : [])),
            ],
      get moves() {
        moves ??= movesOf();
        return moves;
      },
    };
    this.#slots.set(text, slot);
    return slot;
  }

  /** The oldest thing that the queue said arrives. */
  #arrivals(state: QueueState): readonly Move[] {
    const [message, ...outbox] = state.outbox;
    if (message === undefined) return [];
    const { said } = message;
    const landed = said.type === 'merge.finished' && said.outcome.kind === 'landed' ? said.session : null;
    const next = this.#slot({ ...state, outbox, landed });
    return [
      { event: this.#intern(said, `queue ${message.key}`), text: said.type, next, isOwed: true, fault: null },
    ];
  }

  #stepsOf(state: QueueState): readonly Move[] {
    const { node } = state;
    if (node === null || (this.#isPrompt && state.outbox.length > 0)) return [];
    const [message, ...inbox] = state.inbox;
    const quiet = (text: string, next: QueueSlot): Move => ({
      event: null,
      text,
      next,
      isOwed: true,
      fault: null,
    });
    return [
      ...node.chances.map(({ text, event }) =>
        quiet(text, this.#stepped(state, this.#table.take(node, event, text))),
      ),
      ...(message === undefined
        ? []
        : [
            quiet(
              `the merge queue hears of ${message.key}`,
              this.#stepped(
                { ...state, inbox },
                this.#table.take(node, enqueueOf(message.said), message.key),
              ),
            ),
          ]),
      { ...quiet('the merge queue breaks', this.#broken(state)), isOwed: false, fault: 'mergeQueue' },
    ];
  }

  #stepped(from: QueueState, { to, deeds, wrong }: MergeQueueEdge): QueueSlot {
    let { outbox } = from;
    for (const deed of deeds) {
      if (deed.kind === 'reports') outbox = posted(outbox, reportKey(deed.report), deed.report);
    }
    return this.#slot({ ...from, node: to, outbox, wrong });
  }

  #broken(state: QueueState): QueueSlot {
    return this.#slot({
      ...state,
      node: null,
      inbox: EMPTY,
      outbox: posted(state.outbox, 'broke', QUEUE_BROKE),
    });
  }
}

function reportKey(report: MergeReport): string {
  return `${report.type} ${report.session} ${report.type === 'merge.finished' ? report.outcome.kind : ''}`;
}
