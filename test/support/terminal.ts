import type { Output } from '../../src/cli/io.ts';

/** A terminal that remembers what a person would see. */
export interface FakeTerminal extends Output {
  /** All lines without their colours, those that scrolled away included, and no blank ones at the end. */
  lines(): readonly string[];
  readonly isCursorShown: boolean;
  /** How often something was written to it. */
  readonly writes: number;
  /** The most lines that one drawing moved the cursor up by. */
  readonly highestClimb: number;
  resize(columns: number, rows: number): void;
}

// eslint-disable-next-line no-control-regex -- terminals are spoken to in control characters
const TOKENS = /\u001b\[([?\d;]*)([A-Za-z])|\n|\r|[^\u001b\n\r]+/g;

/**
 * Makes a terminal that understands what log-update says: text, line breaks, cursor up, down and to the left edge, erasing
 * a line or the rest of one, and the cursor's visibility. Anything else is a mistake and throws. Text must be written at
 * the left edge or at the end of a line, which is all that log-update does.
 */
export function fakeTerminal(size: { columns?: number; rows?: number; colors?: boolean } = {}): FakeTerminal {
  let { columns = 80, rows = 24 } = size;
  const screen: string[] = [''];
  let row = 0;
  let isAtLeft = true;
  let isCursorShown = true;
  let writes = 0;
  let highestClimb = 0;

  function put(text: string): void {
    if (isAtLeft) screen[row] = text + (screen[row] ?? '').slice(text.length);
    else screen[row] += text;
    isAtLeft = false;
  }

  function control(argument: string, command: string): void {
    const count = argument === '' ? 1 : Number(argument);
    if (command === 'A') row = Math.max(0, screen.length - rows, row - count);
    else if (command === 'B') row = Math.min(screen.length - 1, row + count);
    else if (command === 'G') isAtLeft = true;
    else if (command === 'K' && argument === '2') screen[row] = '';
    else if (command === 'K' && isAtLeft) screen[row] = '';
    else if (argument === '?25') isCursorShown = command === 'h';
    else if (command !== 'K' && argument !== '?2026' && !(command === 'm' && size.colors === true))
      throw new Error(`the terminal does not know ESC[${argument}${command}`);
  }

  return {
    isTTY: true,
    colors: size.colors ?? false,
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    get isCursorShown() {
      return isCursorShown;
    },
    get writes() {
      return writes;
    },
    get highestClimb() {
      return highestClimb;
    },
    write(text) {
      writes += 1;
      const lowest = row;
      for (const [token, argument = '', command] of text.matchAll(TOKENS)) {
        if (command !== undefined) control(argument, command);
        else if (token === '\n') {
          row += 1;
          isAtLeft = true;
          if (row === screen.length) screen.push('');
        } else if (token === '\r') isAtLeft = true;
        else put(token);
        highestClimb = Math.max(highestClimb, lowest - row);
      }
    },
    lines: () => screen.join('\n').trimEnd().split('\n'),
    resize(toColumns, toRows) {
      columns = toColumns;
      rows = toRows;
    },
  };
}
