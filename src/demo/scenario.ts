/**
 * The project of the demo: a small shop with a dozen tickets, of which four are meant to go wrong.
 *
 *   orders ──► limits            timeouts-api  ┐ two components,
 *      └─────► order-page        timeouts-page ┘ the same line
 *                  └──► guide    search          its agent hangs
 *   index ──► archive            csv ──► xml     its agent gives up
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Script, Step } from './script.ts';

/** What becomes of a ticket of the demo. */
export type Fate = 'merged' | 'conflicted' | 'failed' | 'timedOut' | 'blocked';

interface DemoTicket {
  readonly id: string;
  readonly title: string;
  readonly component: string;
  readonly priority: number;
  readonly deps: readonly string[];
  /** What its agent does. */
  readonly steps: readonly Step[];
  /** How it has to end. */
  readonly fate: Fate;
}

/** The tickets of the demo. */
export const DEMO_TICKETS: readonly DemoTicket[] = [
  // Both come first and start from the same commit; the second waits until the first has landed, and finds its line taken.
  {
    ...ticket('timeouts-api', 'Wait for the bank no longer than 10 s', 'api'),
    priority: 0,
    steps: [say('looking for the timeout'), pause(1000), ...changeTimeout(10)],
  },
  {
    ...ticket('timeouts-page', 'Wait for the bank for 30 s', 'page'),
    priority: 0,
    steps: [
      say('looking for the timeout'),
      { do: 'waitFor', command: ['git', 'grep', '--quiet', ' = 10 s', 'main', '--', 'settings.txt'] },
      ...changeTimeout(30),
    ],
    fate: 'conflicted',
  },
  {
    ...ticket('search', 'Find orders by words', 'search'),
    priority: 1,
    steps: [say('building an index of everything ...'), { do: 'hang' }],
    fate: 'timedOut',
  },
  {
    ...ticket('csv', 'Import orders from CSV', 'import'),
    priority: 1,
    steps: [say('reading the ticket'), pause(700), say('there is no sample file'), { do: 'exit', code: 1 }],
    fate: 'failed',
  },
  { ...ticket('xml', 'Import orders from XML', 'import'), deps: ['csv'], fate: 'blocked' },
  ticket('orders', 'List the orders', 'api'),
  { ...ticket('limits', 'Limit orders per minute', 'api'), deps: ['orders'] },
  { ...ticket('order-page', 'Show the orders on a page', 'page'), deps: ['orders'] },
  ticket('theme', 'Offer a dark theme', 'page'),
  ticket('index', 'Index the orders by date', 'store'),
  { ...ticket('archive', 'Archive orders after a year', 'store'), deps: ['index'] },
  { ...ticket('guide', 'Describe the order page', 'docs'), deps: ['order-page'] },
];

/** The folders of a demo. */
export interface DemoProject {
  readonly root: string;
  /** Folder for worktrees, beside the project. */
  readonly stateHome: string;
}

/** Makes the project of the demo, with its tickets and its agent, in a folder that exists. */
export function makeDemoProject(folder: string): DemoProject {
  const root = join(folder, 'shop');
  const scriptFile = join(folder, 'script.json');
  writeFiles(root, {
    'README.md': '# Shop\n\nThe project of the ralph-actors demo.\n',
    'settings.txt': settings(20),
    '.tf/ralph/config.json': JSON.stringify(configuration(scriptFile), null, 2),
    ...Object.fromEntries(DEMO_TICKETS.map((one) => [`.tickets/${one.id}.md`, ticketFile(one)])),
  });
  writeFileSync(scriptFile, JSON.stringify(script(), null, 2));
  // Without what a git hook, or whoever else calls this, has set to lead git to another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env, stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch=main');
  // Whoever tries the demo may have settings that ask for a key, or run hooks of their own at every commit.
  for (const [key, value] of [
    ['user.name', 'Demo'],
    ['user.email', 'demo@example.org'],
    ['commit.gpgSign', 'false'],
    ['core.hooksPath', '.git/hooks'],
    ['core.autocrlf', 'false'],
  ] as const) {
    git('config', key, value);
  }
  git('add', 'README.md', 'settings.txt', '.tickets');
  git('commit', '--quiet', '--message', 'A small shop');
  return { root, stateHome: join(folder, 'state') };
}

function configuration(scriptFile: string): object {
  const agent = fileURLToPath(new URL('scripted-agent.js', import.meta.url));
  return {
    agent: { command: [process.execPath, agent, scriptFile, '{ticket}'] },
    parallelWorkers: 4,
    // The agent that hangs is given up after this; the others need a quarter of it.
    parallelDispatchTimeoutMs: 6000,
    gracePeriodMs: 1000,
  };
}

function script(): Script {
  const tickets = Object.fromEntries(DEMO_TICKETS.map(({ id, steps }) => [id, steps]));
  return { tickets, others: [], log: null, socket: null };
}

function ticket(id: string, title: string, component: string): DemoTicket {
  const path = `${component}/${id}.txt`;
  const steps: readonly Step[] = [
    say('reading the ticket'),
    pause(300),
    say(`writing ${path}`),
    { do: 'write', path, content: `${title}\n` },
    pause(400),
    { do: 'commit', message: title },
    say('done'),
  ];
  return { id, title, component, priority: 2, deps: [], steps, fate: 'merged' };
}

function changeTimeout(seconds: number): readonly Step[] {
  return [
    { do: 'write', path: 'settings.txt', content: settings(seconds) },
    { do: 'commit', message: `Wait for the bank for ${seconds} s` },
    say('done'),
  ];
}

function settings(seconds: number): string {
  return `currency = EUR\ntimeout of the bank = ${seconds} s\norders on a page = 20\n`;
}

function say(text: string): Step {
  return { do: 'print', text };
}

function pause(ms: number): Step {
  return { do: 'pause', ms };
}

function ticketFile({ id, title, component, priority, deps }: DemoTicket): string {
  return `---
id: ${id}
status: open
deps: [${deps.join(', ')}]
links: []
created: 2026-01-02T03:04:05Z
type: task
priority: ${priority}
tags: [component:${component}]
---
# ${title}
`;
}

function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
