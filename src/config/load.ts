/**
 * What is this project configured to do?
 *
 * Settings come from five places, each stronger than the one before: the defaults, the `ralph` block of pi-ticketflow's
 * settings file, the project's own file, variables `RALPH_*`, and flags of the command line. A value is taken whole from
 * the strongest place that has it; nothing is merged inside a value.
 *
 * Whatever is wrong is collected and told at once, also where a stronger place would have hidden it.
 */
import type { ConfigProblem } from './problem.ts';
import { readSettingsFile } from './read-file.ts';
import { CONFIG_KEYS, type Config, type ConfigKey } from './schema.ts';
import { readSetting, type ConfigSource, type Setting } from './setting.ts';

/** The project's own configuration file, from the project root. */
export const CONFIG_FILE = '.tf/ralph/config.json';

/** A setting that a flag of the command line makes. */
export interface FlagSetting {
  /** The flag as it was written, e.g. `--parallel`. */
  readonly flag: string;
  readonly key: ConfigKey;
  /** A value or its text; undefined when the flag was not given. */
  readonly value: unknown;
}

/** Where to look for settings. */
export interface ConfigPlaces {
  /** Absolute path of the project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagSetting[];
}

/** The configuration with the source of every value, or all that is wrong with it. */
export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly sources: Readonly<Record<ConfigKey, ConfigSource>>;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Loads the configuration of a project. Never throws for what somebody wrote. */
export function loadConfig({ root, env, flags }: ConfigPlaces): LoadedConfig {
  const files = FILES.map(({ file, block }) => ({
    file,
    block,
    reading: readSettingsFile(root, file, block),
  }));
  const settings = [
    ...files.flatMap(({ file, block, reading }) =>
      Object.entries(reading.ok ? reading.settings : {}).map(([key, value]): Setting => ({
        source: { kind: 'file', file, block },
        key,
        value,
      })),
    ),
    ...envSettings(env),
    ...flags
      .filter(({ value }) => value !== undefined)
      .map(({ flag, key, value }): Setting => ({ source: { kind: 'flag', flag }, key, value })),
  ];
  const fileProblems = files.flatMap(({ reading }) => (reading.ok ? [] : [reading.problem]));
  const resolved = resolveConfig(settings);
  if (resolved.ok && fileProblems.length === 0) return resolved;
  return { ok: false, problems: [...fileProblems, ...(resolved.ok ? [] : resolved.problems)] };
}

/** Puts settings over the defaults, in the order given: of two for one key, the later wins. */
export function resolveConfig(settings: readonly Setting[]): LoadedConfig {
  const values: Record<string, unknown> = {};
  const sources: Record<string, ConfigSource> = {};
  for (const { key, fallback } of CONFIG_KEYS) {
    values[key] = fallback;
    sources[key] = { kind: 'default' };
  }
  const problems: ConfigProblem[] = [];
  for (const setting of settings) {
    const reading = readSetting(setting);
    if (reading.ok) {
      values[reading.key] = reading.value;
      sources[reading.key] = setting.source;
    } else problems.push(...reading.problems);
  }
  if (problems.length > 0) return { ok: false, problems };
  // Every key was given its default above, and every other value has passed its schema.
  return { ok: true, config: values as Config, sources: sources as Record<ConfigKey, ConfigSource> };
}

const FILES = [
  { file: '.tf/config/settings.json', block: 'ralph' },
  { file: CONFIG_FILE, block: null },
] as const;

/** Other `RALPH_*` variables are not ours to judge: agents have theirs. An empty one counts as not set. */
function envSettings(env: ConfigPlaces['env']): readonly Setting[] {
  return CONFIG_KEYS.flatMap(({ key, env: variable }) => {
    const value = variable === null ? undefined : env[variable];
    if (variable === null || value === undefined || value === '') return [];
    return [{ source: { kind: 'env', variable }, key, value }];
  });
}
