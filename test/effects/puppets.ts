import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Command =
  | { readonly do: 'print' | 'complain'; readonly text: string }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'listen'; readonly port: number }
  | { readonly do: 'ignore'; readonly signal: NodeJS.Signals }
  | {
      readonly do: 'spawn';
      readonly child: string;
      readonly detached?: boolean;
      readonly stdio?: 'ignore' | 'inherit';
      readonly env?: Readonly<Record<string, string>>;
    };

/** A live process that obeys. */
export interface Puppet {
  readonly pid: number;
  /** Resolves when the command was carried out; after `exit` it does not. */
  tell(command: Command): Promise<void>;
  /** Resolves when the puppet says that it caught a signal. */
  caught(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when the process is gone: the kernel closes its socket, however it died. */
  readonly gone: Promise<void>;
}

/** Real processes that do what a test says when it says so. */
export interface Stage {
  /** A folder of the stage's own. */
  readonly folder: string;
  /** The command line of a puppet of that name. */
  argv(name: string): [string, ...string[]];
  /** Resolves when the puppet of that name has started. */
  puppet(name: string): Promise<Puppet>;
  /** Ends all puppets and removes the folder. */
  close(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('fixtures/puppet.mjs', import.meta.url));

/** Opens a stage: a folder and a socket to which puppets report. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-stage-'));
  const socketPath = join(folder, 's');
  const puppets = new Map<string, PromiseWithResolve<Puppet>>();
  const sockets = new Set<Socket>();
  const entrance = (name: string): PromiseWithResolve<Puppet> => {
    const known = puppets.get(name) ?? promiseWithResolve<Puppet>();
    puppets.set(name, known);
    return known;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    enter(socket, (name, puppet) => entrance(name).resolve(puppet));
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    folder,
    argv: (name) => [process.execPath, SCRIPT, socketPath, name],
    puppet: (name) => entrance(name).promise,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function enter(socket: Socket, onName: (name: string, puppet: Puppet) => void): void {
  const gone = promiseWithResolve<void>();
  const done: (() => void)[] = [];
  const catching = new Map<string, () => void>();
  socket.on('close', () => gone.resolve());
  socket.on('error', () => gone.resolve());
  const lines = createInterface({ input: socket });
  // It passes the errors of its input on: a puppet that is killed while it is told something.
  lines.on('error', () => gone.resolve());
  lines.on('line', (line) => {
    const said = JSON.parse(line) as { name?: string; pid?: number; done?: true; caught?: string };
    if (said.done) done.shift()?.();
    if (said.caught !== undefined) catching.get(said.caught)?.();
    if (said.name === undefined || said.pid === undefined) return;
    onName(said.name, {
      pid: said.pid,
      tell: (command) =>
        new Promise((resolve) => {
          done.push(resolve);
          socket.write(`${JSON.stringify(command)}\n`);
        }),
      caught: (signal) =>
        new Promise((resolve) => {
          catching.set(signal, resolve);
        }),
      gone: gone.promise,
    });
  });
}

interface PromiseWithResolve<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

function promiseWithResolve<Value>(): PromiseWithResolve<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
