/**
 * Which commands are there, and what do they take? Each command is loaded when it is asked for and not before: `status`
 * need not wait for the parts that only `run` uses.
 *
 * `docs/reference/cli.md` is made from what is said here.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { VERSION } from '../orchestrator/version.ts';
import { tieAgentWords } from './agent-words.ts';
import type { DemoArguments } from './commands/demo.ts';
import type { Io } from './io.ts';
import { COULD_NOT_START } from './refuse.ts';
import { addSimulate, addVerify, type Ends } from './proving-commands.ts';

/** The program, ready to be run once. */
export interface Program {
  /** Every command with its options and help, for the reference page. */
  readonly command: Command;
  /** Runs the command that the arguments ask for and gives its exit code. Throws what no command has foreseen. */
  run(args: readonly string[]): Promise<number>;
}

/** Makes the program. */
export function createProgram(io: Io): Program {
  let exitCode = 0;
  const command = new Command('ralph-actors')
    .description('Runs AI coding agents over a backlog of tickets, side by side, and merges what they did.')
    .version(VERSION, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'ralph-actors: ')),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => io.stdout.colors,
      getErrHasColors: () => io.stderr.colors,
    })
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command');
  const ends = (code: number): void => {
    exitCode = code;
  };
  const run = addRun(command, io, ends);
  addPlan(command, io, ends);
  addStatus(command, io, ends);
  addConfig(command, io, ends);
  addInit(command, io, ends);
  addCleanup(command, io, ends);
  addDemo(command, io, ends);
  addVerify(command, io, ends);
  addSimulate(command, io, ends);

  return {
    command,
    async run(args) {
      try {
        await command.parseAsync(args[0] === run.name() ? tieAgentWords(args, optionsOf(run)) : args, {
          from: 'user',
        });
        return exitCode;
      } catch (error) {
        // Help and version come as errors too, with exit code 0.
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_START;
        throw error;
      }
    },
  };
}

function addRun(program: Command, io: Io, ends: Ends): Command {
  return program
    .command('run')
    .summary('work off the tickets that are ready')
    .description(
      'Works off the tickets that are ready: each gets an agent in a worktree of its own; what the agent did is ' +
        'checked and merged, and the ticket closed.',
    )
    .argument('[ticket...]', 'work off these and leave the others alone')
    .option('--parallel <n>', 'how many agents may run at once')
    .option('--timeout <ms>', 'how long an attempt may take, in milliseconds')
    .option('--dry-run', 'check everything and show the plan; start and write nothing')
    .option('--agent-command <word...>', 'the agent: a program and its arguments, see below')
    .option('--target <branch>', 'the branch to merge into')
    .option('--max-iterations <n>', 'how many sessions this run may dispatch; 0: no limit')
    .option('--drain', 'on the first signal, let what runs finish')
    .option('--json', 'print the report as JSON')
    .addOption(new Option('--quiet', 'tell nothing but the result and what went wrong').conflicts('verbose'))
    .option('--verbose', 'tell everything')
    .addHelpText('after', RUN_NOTES)
    .action(async (tickets: string[], options: object) => {
      const command = await import('./commands/run.ts');
      ends(await command.run({ ...options, tickets }, io));
    });
}

const RUN_NOTES = `
The words of the agent go up to --, to the next option of run, or to the end.
Placeholders in them: {ticket} {title} {prompt} {worktree} {session} {attempt}.
No shell reads them. Where an option of the agent is one of run as well, say the
whole command as one word: it is split at blanks, or read as a JSON list.
  ralph-actors run --parallel 4 --agent-command claude -p {prompt}
  ralph-actors run --agent-command node agent.js {ticket} -- t1 t2
  ralph-actors run --agent-command 'my-agent --json "{prompt}"' --quiet

The first SIGINT (Ctrl-C), SIGTERM or SIGHUP asks the agents to end, or with
--drain lets them finish; a second one kills them.

Exit codes:
  0  every ticket that could be worked on is merged, or there was nothing to do
  1  something failed, conflicted or is blocked
  2  could not start
  3  nothing but cycles and dependencies that do not exist is left
  4  --max-iterations is spent
  129, 130, 143  ended by SIGHUP, SIGINT, SIGTERM`;

function addPlan(program: Command, io: Io, ends: Ends): void {
  program
    .command('plan')
    .summary('show what a run would do; writes nothing')
    .description(
      'Shows what a run would do: the order of starts, what each waits for, the longest chain, how long it takes ' +
        'with 1 to 16 workers, and what is blocked. Reads only.',
    )
    .argument('[ticket...]', 'plan these and leave the others out')
    .option('--parallel <n>', 'how many agents may run at once')
    .option('--target <branch>', 'the branch to merge into')
    .option('--durations <file>', 'how long tickets take: a JSON object {"ticket": seconds, ...}')
    .option('--default-duration <seconds>', 'how long every other ticket takes', seconds)
    .option('--limit <n>', 'how many lines of a list to show, 40 unless told; 0: all', wholeNumber)
    .option('--json', 'print the plan as JSON, whole')
    .action(async (tickets: string[], options: object) => {
      const command = await import('./commands/plan.ts');
      ends(await command.plan({ ...options, tickets }, io));
    });
}

function addStatus(program: Command, io: Io, ends: Ends): void {
  program
    .command('status')
    .summary('show the last run, or the one under way')
    .description('Shows the last run of this project, or the one under way, from its journal. Reads only.')
    .option('--run <id>', 'another run')
    .option('--json', 'print it as JSON; null where there has been no run')
    .action(async (options: object) => {
      const command = await import('./commands/status.ts');
      ends(await command.status(options, io));
    });
}

function addConfig(program: Command, io: Io, ends: Ends): void {
  program
    .command('config')
    .summary('show every setting and where it came from')
    .description(
      'Shows every setting, its value and where it came from, or everything that is wrong. Reads only.',
    )
    .option('--json', 'print them as JSON')
    .action(async (options: object) => {
      const command = await import('./commands/config.ts');
      ends(await command.config(options, io));
    });
}

function addInit(program: Command, io: Io, ends: Ends): void {
  program
    .command('init')
    .summary('make .tickets/ and .tf/ralph/config.json where absent')
    .description(
      'Makes .tickets/ and .tf/ralph/config.json where they are absent, says what it made, and touches nothing else.',
    )
    .option('--example', 'make a first ticket too, as an example')
    .action(async (options: object) => {
      const command = await import('./commands/init.ts');
      ends(await command.init(options, io));
    });
}

function addCleanup(program: Command, io: Io, ends: Ends): void {
  program
    .command('cleanup')
    .summary('remove what runs have left behind')
    .description(
      'Removes what runs that are over have left: processes, worktrees, branches that are merged, records past ' +
        'sessionTtlMs, locks of the dead. What is not merged and what is not saved stays, and is named with the ' +
        'command that shows it. While a run is going on, nothing is touched.',
    )
    .option('--dry-run', 'say what would be removed; write nothing')
    .option('--all', 'the age of what is over does not count')
    .option('--json', 'print it as JSON')
    .addHelpText('after', CLEANUP_NOTES)
    .action(async (options: object) => {
      const command = await import('./commands/cleanup.ts');
      ends(await command.cleanup(options, io));
    });
}

const CLEANUP_NOTES = `
Exit codes:
  0  done, or there was nothing to do
  1  something could not be removed
  2  could not start, for example because a run is going on`;

function addDemo(program: Command, io: Io, ends: Ends): void {
  program
    .command('demo')
    .summary('run a small project of its own, to see how it goes')
    .description(
      'Makes a small project in a temporary folder and works it off with agents that follow a script: most of them do ' +
        "well, one fails, one hangs, two get in each other's way. Exit code 0 when it went as the script has it.",
    )
    .option('--no-keep', 'remove the project at the end')
    .action(async (options: DemoArguments) => {
      const command = await import('./commands/demo.ts');
      ends(await command.demo(options, io));
    });
}

function optionsOf(command: Command): (word: string) => boolean {
  const flags = new Set(['-h', '--help']);
  for (const { short, long } of command.options) for (const flag of [short, long]) if (flag) flags.add(flag);
  return (word) => flags.has(word.startsWith('--') ? word.replace(/=.*/s, '') : word);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function seconds(text: string): number {
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('It must be a number of seconds.');
  return Number(text);
}
