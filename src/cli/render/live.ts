/**
 * The live view of a run in a terminal: a screen that is redrawn in place, and above it the lines that stay.
 *
 * This file owns *when* something is drawn; `live-screen.ts` and `milestone.ts` own what. An entry is shown at the next
 * drawing, and two drawings are at least {@link REDRAW_MIN_MS} apart, however fast entries come. Without entries the
 * screen is redrawn every {@link REDRAW_MAX_MS}, for the clocks and the last lines on it.
 *
 * The cursor is hidden while the view is up and comes back when it stops, however the process ends: log-update's own
 * hiding writes to stderr whatever the stream is, and is switched off.
 */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';

import type { SessionId, TicketId } from '../../domain/ids.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { RunView } from '../../domain/run-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Output } from '../io.ts';
import { liveScreen } from './live-screen.ts';
import { blockedMilestone, milestone } from './milestone.ts';

/** What a live view is made from. */
export interface LiveViewOptions {
  /** A terminal. Its size is read at every drawing: a window can be resized. */
  readonly output: Output;
  readonly clock: Clock;
  /** The caller folds every entry into it before it shows the entry. */
  readonly view: RunView;
  /** The last line of a live session's output; empty when there is none. */
  readonly lastLine: (session: SessionId) => string;
}

/** A view that is up. */
export interface LiveView {
  /** Takes note of an entry that the view has taken in. */
  show(entry: JournalEntry): void;
  /** Puts a line of somebody else's above the screen, for good. */
  print(text: string): void;
  /** Takes the screen down, leaves the lines above it, and gives the cursor back. Once; later calls do nothing. */
  stop(): void;
}

const REDRAW_MIN_MS = 100;
const REDRAW_MAX_MS = 500;

const CURSOR_HIDE = '\u001b[?25l';
const CURSOR_SHOW = '\u001b[?25h';

/** Puts the view up. */
export function startLiveView({ output, clock, view, lastLine }: LiveViewOptions): LiveView {
  const colors = pc.createColors(output.colors);
  const gathered = gather(output);
  const screen = createLogUpdate(gathered.stream, { showCursor: true });
  let height = 0;
  const unprinted: string[] = [];
  let blocked: TicketId[] = [];
  let drawnAtMs = -Infinity;
  let timer: unknown = null;
  let dueAtMs = Infinity;
  let isUp = true;

  // A process that ends without stopping the view (a crash) must not leave a shell without a cursor.
  const restoreCursor = (): void => output.write(CURSOR_SHOW);
  process.once('exit', restoreCursor);
  output.write(CURSOR_HIDE);
  draw();

  return {
    show(entry) {
      if (!isUp) return;
      if (entry.type === 'ticket.blocked') blocked.push(entry.ticket);
      else {
        noteBlocked();
        const stays = milestone(entry, view, output.columns, colors);
        if (stays !== null) unprinted.push(stays);
      }
      drawSoon(REDRAW_MIN_MS);
    },
    print(text) {
      if (!isUp) return;
      noteBlocked();
      unprinted.push(text);
      drawSoon(REDRAW_MIN_MS);
    },
    stop() {
      if (!isUp) return;
      isUp = false;
      clock.clearTimeout(timer);
      screen.clear();
      printAll();
      gathered.flush();
      process.off('exit', restoreCursor);
      restoreCursor();
    },
  };

  function draw(): void {
    drawnAtMs = clock.nowMs();
    printAll();
    const { columns, rows } = output;
    const lines = liveScreen({ view, nowMs: drawnAtMs, width: columns, height: rows, colors, lastLine });
    // log-update 7.2 redraws the lines that differ, and leaves the common end of two frames where it stood. When the number
    // of lines changes that end has moved, and the screen is torn: such a frame is drawn from scratch.
    if (lines.length !== height) screen.clear();
    height = lines.length;
    screen(lines.join('\n'));
    gathered.flush();
    dueAtMs = Infinity;
    drawSoon(REDRAW_MAX_MS);
  }

  /** Has the screen drawn `delayMs` after its last drawing, or at once when that has passed. The earlier one stands. */
  function drawSoon(delayMs: number): void {
    const dueMs = drawnAtMs + delayMs;
    if (dueMs >= dueAtMs) return;
    clock.clearTimeout(timer);
    dueAtMs = dueMs;
    // A clock that was set back must not keep the screen still until it has caught up.
    timer = clock.setTimeout(draw, Math.min(delayMs, Math.max(0, dueMs - clock.nowMs())));
  }

  function noteBlocked(): void {
    if (blocked.length === 0) return;
    unprinted.push(blockedMilestone(blocked, output.columns, colors));
    blocked = [];
  }

  function printAll(): void {
    noteBlocked();
    for (const text of unprinted.splice(0)) screen.persist(text);
  }
}

/** Gathers what log-update writes for one drawing, so that the terminal gets it in one piece and does not flicker. */
function gather(output: Output): { readonly stream: NodeJS.WritableStream; flush(): void } {
  let text = '';
  const stream = {
    isTTY: output.isTTY,
    write: (part: string) => {
      text += part;
      return true;
    },
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
  };
  return {
    // Of all that a stream is, log-update uses these four.
    stream: stream as unknown as NodeJS.WritableStream,
    flush: () => {
      if (text !== '') output.write(text);
      text = '';
    },
  };
}
