/**
 * A guardian: a process that waits for its orchestrator's end, and outlives it to end the run's sessions.
 *
 * Usage: guardian-main.js <run> <record> <grace period in ms>, with a pipe from the orchestrator as stdin. `guardian.ts`
 * starts it, and ends it when the run has taken itself down. It reads, and does nothing else, until the pipe closes.
 *
 * The pipe closes when the last process that holds its other end is gone. That is the orchestrator, and for a moment a
 * child that it has forked and that is not yet another program; so when the pipe closes, every agent that was being
 * started has its marker.
 */
import { createInterface } from 'node:readline';

import type { SessionId } from '../domain/ids.ts';
import { endRun } from './guardian-duty.ts';
import type { GuardianMessage } from './guardian.ts';
import { writeGuardianRecord } from './guardian-record.ts';
import type { SessionTraces } from './session-sweep.ts';
import { systemClock } from './system-clock.ts';

const [, , run = '', record = '', gracePeriodMs = '0'] = process.argv;

// Whoever ends programs one by one, as a system that shuts down does, ends the orchestrator too; then there is a duty.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const watched = new Map<SessionId, SessionTraces>();
try {
  for await (const line of createInterface({ input: process.stdin })) hear(line);
} catch {
  // However the pipe ends, it has ended.
}
const sessions = [...watched.values()];
writeGuardianRecord(
  record,
  await endRun({ run, sessions, gracePeriodMs: Number(gracePeriodMs) }, systemClock),
);

function hear(line: string): void {
  const message = parse(line);
  if (message?.type === 'session.watched') watched.set(message.traces.session, message.traces);
  if (message?.type === 'session.released') watched.delete(message.session);
}

/** An orchestrator that was killed while it wrote leaves a piece of a line. Its agent is found by its marker. */
function parse(line: string): GuardianMessage | null {
  try {
    return JSON.parse(line) as GuardianMessage;
  } catch {
    return null;
  }
}
