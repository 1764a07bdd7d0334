import pc from 'picocolors';

import { explainConfig } from '../../config/explain.ts';
import { loadConfig } from '../../config/load.ts';
import { describeProblem } from '../../config/problem.ts';
import type { Io } from '../io.ts';
import { COULD_NOT_START, refuse } from '../refuse.ts';
import { renderSettings } from '../render/settings.ts';
import { workTreeRoot } from '../work-tree-root.ts';

/** Shows every setting and where it came from: exit code 0; or all that is wrong: exit code 2, as `run` would. */
export async function config(args: { readonly json?: boolean }, io: Io): Promise<number> {
  const root = workTreeRoot(io.cwd) ?? io.cwd;
  const loaded = loadConfig({ root, env: io.env, flags: [] });
  const settings = loaded.ok ? explainConfig(loaded) : [];
  const problems = loaded.ok ? [] : loaded.problems;
  if (args.json === true) {
    io.stdout.write(`${JSON.stringify({ root, settings, problems }, null, 2)}\n`);
    return loaded.ok ? 0 : COULD_NOT_START;
  }
  if (!loaded.ok) return refuse(io, problems.map(describeProblem));
  io.stdout.write(renderSettings(settings, { root, colors: pc.createColors(io.stdout.colors) }));
  return 0;
}
