import type { Command } from 'commander';

/** Renders `docs/reference/cli.md`: every command as its help says it, formatted as the formatter leaves it. */
export function renderCliReference(program: Command): string {
  const commands = program.commands.filter((command) => command.name() !== 'help');
  return [
    INTRODUCTION,
    fenced(helpOf(program)),
    ...commands.flatMap((command) => [`## ${command.name()}`, fenced(helpOf(command)), ...notesOn(command)]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

const INTRODUCTION = `# Command line

<!-- Made from src/cli/program.ts; \`npx vitest run test/cli/reference.test.ts -u\` writes it anew. -->

Every command works in the git work tree around the current folder. Results go to stdout, and nothing else does; progress
and whatever is wrong go to stderr, a line each that begins with \`ralph-actors:\` where it is not progress. Exit code 2
means that a command could not do what it was asked to: a wrong option, a wrong setting, no repository. An error that no
command foresees is one line as well, with exit code 1; \`--verbose\`, or the variable \`RALPH_DEBUG\`, adds the stack.

Colours follow \`NO_COLOR\` and \`FORCE_COLOR\`, and else whether there is a terminal. \`plan\`, \`status\`, \`config\` and
\`run --dry-run\` write nothing at all, not even git's index.`;

const NOTES: Readonly<Record<string, string>> = {
  cleanup: `[Clean up](../guides/clean-up.md) says what goes and what stays. With \`--json\` it is one object: \`reportVersion\`
(1), \`root\`, \`dryRun\`, \`exitCode\` and \`items\`. An item has \`kind\` (\`lock\`, \`processes\`, \`worktree\`, \`branch\`, \`records\`,
\`damaged\`), \`name\` (a session, a path, a branch or a run), \`outcome\` (\`removed\`, \`wouldRemove\`, \`kept\`, \`failed\`), \`why\`,
and \`command\`, which shows the thing or brings it back, or is null. \`--dry-run\` writes nothing.`,
  run: `Flags are stronger than the [configuration](config.md): \`--parallel\` sets \`parallelWorkers\`, \`--timeout\` both
\`attemptTimeoutMs\` and \`parallelDispatchTimeoutMs\`, \`--agent-command\` sets \`agent\`, \`--target\` \`targetBranch\`,
\`--max-iterations\` \`maxIterations\`, and \`--quiet\` and \`--verbose\` set \`logLevel\`.

Progress on stderr is a view that is redrawn in place where stderr is a terminal; with \`--json\`, \`--quiet\` or without a
terminal it is one line an entry of the journal: \`TIME | LEVEL | key=value ... | message\`. \`--quiet\` leaves out all but
errors; \`--verbose\` adds what is of use to few, in a terminal as lines above the view, and names settings without effect.

The last line of stdout is \`<promise>COMPLETE</promise>\` when every open ticket of the project is done, and never
otherwise: not when something failed or is blocked, not when a run of chosen tickets left others open, not with \`--json\`,
and not when \`promiseOnComplete\` is false.

When nobody reads stdout or stderr any more, what was to be shown is lost and the run goes on.`,
  plan: `Without durations every ticket is taken to last one step, so the plan tells the order and not the time. Tickets that
\`--durations\` does not name take the \`--default-duration\`, or else the median of the file.`,
  status: `A run that is not finished is going on while the process that writes its journal lives; otherwise it was cut off, and
the next \`run\` ends what it left behind. Where there has been no run, \`status\` says so and exits with 0. It exits with 1
when the journal is damaged, after it has shown what can still be read, and with 2 when there is no run \`--run\`.`,
  verify: `The table has a row for each check: \`machine\` is the supervisor that ships, \`rules\` what it is meant to be, written
by hand, \`composition\` all machines together; \`machine = rules\` says that both came to the same counts. \`props\` is the number of properties that it was judged by,
\`killed\` how many of the broken copies of that scope were found. Threads do the work, one a core; the order of the results is always
the same. Progress on stderr is one line that is redrawn in a terminal, and elsewhere a line for each check.

\`--json\` prints \`{ verdict, totals, checks, mutants }\`. A counterexample in it has its \`steps\` in words, a \`mermaid\` diagram, and
\`saved\`, which \`replayCounterexample\` of \`ralph-actors/verify\` plays again. \`--junit\` writes a test case for each check and each
broken copy. See [verification](../concepts/verification.md).`,
  config: `Exit code 0, or 2 when something is wrong with the configuration: then every problem is a line on stderr, as \`run\`
would say it. See [Configuration](config.md).`,
  init: `Nothing that is there is overwritten. A setting that \`.tf/config/settings.json\` makes is left out of the new file,
which would overrule it.`,
};

function notesOn(command: Command): readonly string[] {
  const note = NOTES[command.name()];
  return note === undefined ? [] : [note];
}

/** The help with what is added to it, as `--help` prints it. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return help.trimEnd();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
