import pc from 'picocolors';

import { systemClock } from '../../effects/system-clock.ts';
import { cleanup as cleanUp } from '../../orchestrator/cleanup.ts';
import { openConfigured } from '../../orchestrator/project.ts';
import type { Io } from '../io.ts';
import { refuse } from '../refuse.ts';
import { cleanupText } from '../render/cleanup.ts';

/** What `cleanup` was asked for. */
export interface CleanupArguments {
  readonly dryRun?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Removes what runs have left. Exit code 0 when that is done or there was nothing to do, 1 when something could not be
 * removed, 2 when it could not start: no repository, a wrong setting, a run that is going on.
 */
export async function cleanup(args: CleanupArguments, io: Io): Promise<number> {
  const configured = await openConfigured({ cwd: io.cwd, env: io.env, flags: [] });
  if (configured.kind === 'refused') return refuse(io, configured.reasons);
  const cleaned = await cleanUp({
    ...configured.opened,
    env: io.env,
    clock: systemClock,
    dryRun: args.dryRun === true,
    all: args.all === true,
  });
  if (cleaned.kind === 'refused') return refuse(io, [cleaned.reason]);
  const { report } = cleaned;
  const { colors, columns: width } = io.stdout;
  io.stdout.write(
    args.json === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : cleanupText(report, { colors: pc.createColors(colors), width }),
  );
  return report.exitCode;
}
