/**
 * Which commands prove something, and what do they take? `verify` holds the machines, a backlog or a journal against every
 * promise; `simulate` lets the whole orchestrator live in worlds where everything goes wrong.
 */
import { Option, type Command } from 'commander';

import type { VerifyArguments } from './commands/verify.ts';
import type { Io } from './io.ts';
import { refuse } from './refuse.ts';

/** Takes the exit code of a command that has ended. */
export type Ends = (exitCode: number) => void;

/** Adds `verify`, in its three ways: small worlds, the journal of a run, the backlog of a project. */
export function addVerify(program: Command, io: Io, ends: Ends): void {
  program
    .command('verify')
    .summary('check the machines against every promise')
    .description(
      'Tries everything that can happen in small worlds on the machines that run executes, judges every moment by every ' +
        'promise, holds the number of states to the known one, and does the same with broken copies, which must be found. ' +
        'With --run, judges the journal of a run instead; with --backlog, tries runs of the tickets of this project. ' +
        'Starts and changes nothing.',
    )
    .argument('[ticket...]', 'with --backlog: try these and leave the others out')
    .addOption(
      new Option(
        '--run <id>',
        'judge the journal of this run: its id, last, or the path of its folder or file',
      ).conflicts(['scope', 'mutants', 'mutant', 'budget', 'mermaid']),
    )
    .addOption(
      new Option(
        '--backlog',
        'try the tickets and settings of this project: all that can happen, or runs by chance',
      ).conflicts(['run', 'scope', 'mutants', 'mutant']),
    )
    .option('--seed <n>', 'with --backlog: the chance to walk by')
    .option('--scope <name>', 'check this small world alone; may be repeated', collected)
    .option('--mutants', 'list every broken copy and the property that found it')
    .addOption(
      new Option('--mutant <name>', 'try this broken copy alone and tell what was found; may be repeated')
        .argParser(collected)
        .conflicts(['scope', 'mutants', 'budget']),
    )
    .option(
      '--budget <n>',
      'give up a scope after so many states; with --backlog: begin no walk after so many steps',
    )
    .option('--json', 'print the result as JSON, counterexamples to replay included')
    .option('--junit <file>', 'write the result as JUnit XML too')
    .option('--mermaid <file>', 'write sequence diagrams of what was found, as Markdown')
    .addHelpText('after', VERIFY_NOTES)
    .action(async (tickets: string[], { run, backlog, seed, ...options }: VerifyWish) => {
      if (backlog !== true && (tickets.length > 0 || seed !== undefined)) {
        ends(refuse(io, ['verify takes tickets and a seed with --backlog only']));
      } else if (run !== undefined) {
        const command = await import('./commands/verify-run.ts');
        ends(await command.verifyRun({ ...options, run }, io));
      } else if (backlog === true) {
        const command = await import('./commands/verify-backlog.ts');
        ends(await command.verifyBacklog({ ...options, seed, tickets }, io));
      } else {
        const command = await import('./commands/verify.ts');
        ends(await command.verify(options, io));
      }
    });
}

/** The options of all three ways. */
interface VerifyWish extends VerifyArguments {
  readonly run?: string;
  readonly backlog?: boolean;
  readonly seed?: string;
}

const VERIFY_NOTES = `
Exit codes:
  0  everything holds, every count is the known one, every broken copy was found
  1  something does not hold, a count has changed, or a broken copy survives
  2  could not start, or there is no such journal
  3  incomplete: a scope was given up before its end; this is never a pass`;

/** Adds `simulate`. */
export function addSimulate(program: Command, io: Io, ends: Ends): void {
  program
    .command('simulate')
    .summary('run the orchestrator in simulated worlds')
    .description(
      'Runs the whole orchestrator in worlds of virtual time, where agents hang and die, disks fill, git is locked, ' +
        'people commit, and the orchestrator itself dies at any moment. No promise may break, and once a world has ' +
        'healed, all that can be done must get done. When one breaks, the smallest world like it is told, with the lines that ' +
        'repeat both.',
    )
    .option('--seed <n>', 'the first world; tells the story of this one alone unless --worlds is given')
    .option('--worlds <n>', 'how many worlds; 1000 when no seed is given')
    .addOption(
      new Option('--world <json|file>', 'live in this world, as simulate printed it').conflicts([
        'seed',
        'worlds',
      ]),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', SIMULATE_NOTES)
    .action(async (options: object) => {
      const command = await import('./commands/simulate.ts');
      ends(await command.simulate(options, io));
    });
}

const SIMULATE_NOTES = `
Exit codes:
  0  no promise was broken
  1  one was
  2  could not start
  3  1000 worlds or more in which something that should happen never did; this is never a pass`;

/** The values of an option that may be repeated. */
function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
