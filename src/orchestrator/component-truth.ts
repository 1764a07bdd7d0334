import { matcherOf } from '../config/globs.ts';
import type { ComponentTruth } from '../effects/git/component-truth.ts';
import type { Project } from './project.ts';
import { TICKETS_DIR } from './state-files.ts';

/**
 * Reads from a project which paths are whose and what its tickets claim. Files of tickets belong to nobody, whatever the
 * globs say: agents write notes into them, and their status is not taken from there.
 */
export function componentTruth({ config, backlog }: Pick<Project, 'config' | 'backlog'>): ComponentTruth {
  const owners = Object.entries(config.components).map(([component, globs]) => {
    const matches = matcherOf(globs);
    return { component, owns: (path: string) => !path.startsWith(`${TICKETS_DIR}/`) && matches(path) };
  });
  return {
    owners,
    claimedBy: (ticket) => {
      const position = backlog.positions.get(ticket);
      return (position === undefined ? undefined : backlog.tickets[position])?.components ?? [];
    },
  };
}
