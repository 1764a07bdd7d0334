/**
 * The world of `simulate --world`, as the command printed it: JSON, or a file that holds it. What comes from a person is
 * checked before it is lived in.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';

import { errorReason } from '../domain/session-outcome.ts';
import type { WorldPlan } from '../sim/world-plan.ts';

/** Reads a world; in words why it cannot be one otherwise. */
export async function readWorld(
  argument: string,
  cwd: string,
): Promise<
  { readonly ok: true; readonly plan: WorldPlan } | { readonly ok: false; readonly reason: string }
> {
  try {
    const isJson = argument.trimStart().startsWith('{');
    const json: unknown = JSON.parse(isJson ? argument : await readFile(resolve(cwd, argument), 'utf8'));
    const read = worldSchema.safeParse(json);
    if (read.success) return { ok: true, plan: read.data };
    const [issue] = read.error.issues;
    return { ok: false, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no world'}` };
  } catch (error) {
    return { ok: false, reason: errorReason(error) };
  }
}

const count = z.int().min(0).max(1e9);

const FAULTS = [
  z.strictObject({ kind: z.literal('orchestratorDies'), isJournalTorn: z.boolean() }),
  z.strictObject({ kind: z.enum(['gitLocked', 'repositoryFull']), commands: count }),
  z.strictObject({ kind: z.literal('worktreeDeleted'), skip: count }),
  z.strictObject({ kind: z.enum(['userCommits', 'userEdits']), file: z.string().min(1) }),
  z.strictObject({ kind: z.literal('clockJumps'), byMs: z.int() }),
  z.strictObject({ kind: z.literal('pause'), forMs: count }),
  z.strictObject({ kind: z.enum(['strayDispatch', 'userCloses']), ticket: count }),
  z.strictObject({ kind: z.enum(['diskFull', 'spawnFails', 'userSwitches', 'stop', 'kill', 'drain']) }),
] as const;

const worldSchema: z.ZodType<WorldPlan> = z.strictObject({
  seed: count,
  tickets: z
    .array(
      z.strictObject({
        deps: z.array(count),
        components: z.array(z.string().min(1)),
        priority: count.max(4),
      }),
    )
    .min(1),
  agents: z
    .array(
      z.strictObject({
        workMs: count,
        commits: count,
        hasLeftovers: z.boolean(),
        isOnSharedFile: z.boolean(),
        end: z.enum(['succeeds', 'fails', 'diesSilently', 'hangs']),
        whenAsked: z.enum(['ends', 'endsSlowly', 'ignores']),
        hasSurvivor: z.boolean(),
      }),
    )
    .min(1),
  workers: count.min(1),
  attemptsMax: count.min(1),
  dispatchesMax: count,
  allowUntagged: z.boolean(),
  areTicketsTracked: z.boolean(),
  agentCanBeAsked: z.boolean(),
  stallTimeoutMs: count,
  faults: z.array(z.strictObject({ atStep: count, fault: z.discriminatedUnion('kind', FAULTS) })),
});
