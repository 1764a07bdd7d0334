import type { Agent } from '../ports/agent.ts';
import { exitVerdict } from './exit-verdict.ts';

/** How pi is asked to work on a ticket: the two settings that pi-ticketflow has for it. */
export interface PiWorkflow {
  /** The prompt template, e.g. `/tf`. */
  readonly workflow: string;
  /** What follows the ticket, e.g. `--auto`; may be empty. */
  readonly workflowFlags: string;
}

/**
 * Makes the default agent, called as pi-ticketflow calls it: `pi -p "/tf abc-123 --auto"`. The prompt is one argument;
 * pi itself splits it, so flags with spaces need no quoting here.
 */
export function piAgent({ workflow, workflowFlags }: PiWorkflow): Agent {
  return {
    name: 'pi',
    argv: ({ ticket }) => [
      'pi',
      '-p',
      [workflow, ticket, workflowFlags]
        .map((part) => part.trim())
        .filter(Boolean)
        .join(' '),
    ],
    stopSignal: null,
    verdict: exitVerdict,
  };
}
