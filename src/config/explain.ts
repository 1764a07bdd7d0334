import { CONFIG_KEYS, type Config, type ConfigKey } from './schema.ts';
import { describeSource, type ConfigSource } from './setting.ts';

/** One setting as it is shown to a person. */
export interface ExplainedSetting {
  readonly key: ConfigKey;
  readonly value: unknown;
  /** E.g. `env RALPH_PARALLEL_WORKERS`, `file .tf/ralph/config.json`, `flag --parallel`, `default`. */
  readonly source: string;
  /** Why a setting that somebody has made changes nothing; null when it does, or when nobody has made it. */
  readonly note: string | null;
}

/** Tells for every setting what it is and where it came from. */
export function explainConfig(loaded: {
  readonly config: Config;
  readonly sources: Readonly<Record<ConfigKey, ConfigSource>>;
}): readonly ExplainedSetting[] {
  return CONFIG_KEYS.map(({ key, withoutEffect }) => {
    const source = loaded.sources[key];
    const note =
      withoutEffect === null || source.kind === 'default' ? null : `no effect here: ${withoutEffect}`;
    return { key, value: loaded.config[key], source: describeSource(source), note };
  });
}
