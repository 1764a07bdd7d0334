import type { FlagSetting } from '../config/load.ts';
import { agentArgv } from './agent-words.ts';

/** Flags of the command line that say what a setting of the configuration is, as they were written. */
export interface SettingFlags {
  readonly parallel?: string | undefined;
  readonly timeout?: string | undefined;
  readonly agentCommand?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly maxIterations?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** The settings that flags make, or why one of them cannot be read. */
export type FlagReading =
  | { readonly ok: true; readonly flags: readonly FlagSetting[] }
  | { readonly ok: false; readonly reason: string };

/** Says flags as settings; the configuration judges their values. */
export function flagSettings(given: SettingFlags): FlagReading {
  const agent = given.agentCommand === undefined ? null : agentArgv(given.agentCommand);
  if (agent?.ok === false) return agent;
  const level = given.quiet === true ? 'quiet' : given.verbose === true ? 'verbose' : undefined;
  return {
    ok: true,
    flags: [
      { flag: '--parallel', key: 'parallelWorkers', value: given.parallel },
      // One deadline for a person; which of the two keys applies depends on the number of workers.
      { flag: '--timeout', key: 'attemptTimeoutMs', value: given.timeout },
      { flag: '--timeout', key: 'parallelDispatchTimeoutMs', value: given.timeout },
      {
        flag: '--agent-command',
        key: 'agent',
        value: agent === null ? undefined : { command: agent.argv },
      },
      { flag: '--target', key: 'targetBranch', value: given.target },
      { flag: '--max-iterations', key: 'maxIterations', value: given.maxIterations },
      { flag: `--${level ?? 'quiet'}`, key: 'logLevel', value: level },
    ],
  };
}
