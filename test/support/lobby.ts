/**
 * Where scripted agents wait until the test speaks: control of the order of things without a clock.
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

import type { Meeting } from '../../src/demo/script.ts';

/** An agent that waits for an answer. */
export interface Guest extends Meeting {
  /** Lets it go on. */
  answer(): void;
  /** Resolves when its process is gone. */
  readonly gone: Promise<void>;
}

/** A socket that agents with a `meet` step come to. */
export interface Lobby {
  readonly path: string;
  /** Resolves when an agent of that ticket is waiting; each time with one that was not asked for before. */
  guest(ticket: string): Promise<Guest>;
  /** Resolves when so many agents are waiting, of whichever tickets. */
  guests(count: number): Promise<readonly Guest[]>;
  /** Answers the next agent of each of these tickets, when it comes. */
  answer(...tickets: readonly string[]): void;
  /** Answers everybody who waits unasked for, and from now on whoever comes. */
  openDoors(): void;
}

/** A gate that comes to a lobby as the guest `gate`, and waits there. */
export function gateInLobby({ path }: Pick<Lobby, 'path'>) {
  const meet = `require('node:net').connect(${JSON.stringify(path)}).write('{"ticket":"gate"}\\n')`;
  return { name: 'slow', command: [process.execPath, '-e', meet] };
}

/** Opens a lobby. Closed when the running test has finished; who waits then is sent away. */
export function openLobby(path: string): Lobby {
  const waiting: Guest[] = [];
  const hosts: { readonly ticket: string | null; readonly welcome: (guest: Guest) => void }[] = [];
  const sockets = new Set<Socket>();
  let doorsOpen = false;

  const enter = (guest: Guest): void => {
    const index = hosts.findIndex(({ ticket }) => ticket === null || ticket === guest.ticket);
    const [host] = index === -1 ? [] : hosts.splice(index, 1);
    if (host !== undefined) host.welcome(guest);
    else if (doorsOpen) guest.answer();
    else waiting.push(guest);
  };
  const expectGuest = (ticket: string | null): Promise<Guest> => {
    const index = waiting.findIndex((guest) => ticket === null || guest.ticket === ticket);
    const [guest] = index === -1 ? [] : waiting.splice(index, 1);
    if (guest !== undefined) return Promise.resolve(guest);
    return new Promise((welcome) => hosts.push({ ticket, welcome }));
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    // An agent that is killed while it waits.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    createInterface({ input: socket }).on('line', (line) => {
      enter({ ...(JSON.parse(line) as Meeting), answer: () => socket.write('go on\n'), gone });
    });
  });
  server.listen(path);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    path,
    guest: expectGuest,
    guests: (count) => Promise.all(Array.from({ length: count }, () => expectGuest(null))),
    answer: (...tickets) => {
      for (const ticket of tickets) void expectGuest(ticket).then((guest) => guest.answer());
    },
    openDoors: () => {
      doorsOpen = true;
      for (const guest of waiting.splice(0)) guest.answer();
    },
  };
}
