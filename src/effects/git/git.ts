/**
 * Runs git commands through simple-git: one process a call, the exit code as a value, bytes as bytes.
 *
 * simple-git as it comes rejects on some exit codes, decodes every output and waits 50 ms longer for a command that
 * prints nothing (53 ms instead of 2 for an `update-ref`). Options of its own put that right, all in {@link Git.ask}.
 */
import { GitPluginError, simpleGit, type SimpleGit } from 'simple-git';

/** What one git command answered. */
export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** How one git command differs from the rest. */
export interface GitCommandOptions {
  /** What the command reads on stdin; never empty. */
  readonly input?: Buffer;
  /** Silence in milliseconds after which the command is interrupted. */
  readonly silenceMaxMs?: number;
}

/** A git command that ended with an exit code its caller had no use for. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly answer: GitAnswer;

  constructor(args: readonly string[], cwd: string, answer: GitAnswer) {
    super(`git ${args.join(' ')} in ${cwd} ended with exit code ${answer.exitCode}: ${lastWords(answer)}`);
    this.answer = answer;
  }
}

/** Long enough for a checkout that fetches large files, short enough that a run does not hang for ever on one. */
const SILENCE_MAX_MS = 10 * 60_000;

/**
 * Settings for every command. Hooks are for the people and agents who commit, not for bookkeeping; a ref somebody else
 * holds is waited for; no maintenance is started behind anybody's back.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.filesRefLockTimeout=2000',
  'core.quotePath=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.addEmbeddedRepo=false',
];

/** A place where git commands are run. */
export class Git {
  readonly cwd: string;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string>>;

  /** `variables` are added to the environment of every command. */
  constructor(cwd: string, variables: Readonly<Record<string, string>> = {}) {
    this.cwd = cwd;
    this.#variables = variables;
    this.#environment = { ...ownEnvironment(), ...variables };
  }

  /** Runs a command whose exit code is part of the answer. Throws when git cannot be run or goes silent. */
  async ask(args: readonly string[], options: GitCommandOptions = {}): Promise<GitAnswer> {
    const { input } = options;
    let answer: GitAnswer | undefined;
    try {
      const git = simpleGit({
        baseDir: this.cwd,
        config: SETTINGS,
        // `exit` may come before the last of the output does; only `close` says that all of it is here.
        completion: { onClose: true, onExit: false },
        timeout: { block: options.silenceMaxMs ?? SILENCE_MAX_MS },
        // simple-git guards servers against arguments and variables from strangers. Here the arguments are ours, and the
        // variables are those of the person who started the run, for whom git works with them.
        allowEnvironment: Object.keys(this.#environment),
        unsafe: PERMITTED,
        ...(input === undefined ? {} : { input: () => input }),
        errors: (error, { exitCode, stdOut, stdErr }) => {
          answer = { exitCode, stdout: Buffer.concat(stdOut), stderr: Buffer.concat(stdErr).toString() };
          return error instanceof GitPluginError ? error : undefined;
        },
      });
      startInOwnSession(git);
      git.env(this.#environment);
      // An empty chunk tells simple-git that the command has spoken, so that it does not wait for belated output.
      git.outputHandler((_command, stdout) => stdout.once('end', () => stdout.emit('data', Buffer.alloc(0))));
      await git.raw([...args]);
    } catch (error) {
      throw new Error(`git ${args.join(' ')} in ${this.cwd} was given up: ${messageOf(error)}`, {
        cause: error,
      });
    }
    // A negative exit code stands for a process that was never there, none at all for one that was killed.
    if (answer === undefined || !Number.isInteger(answer.exitCode) || answer.exitCode < 0) {
      const reason =
        answer === undefined || answer.stderr === '' ? 'it was killed' : answer.stderr.split('\n')[0];
      throw new Error(`git ${args.join(' ')} in ${this.cwd} did not run to its end: ${reason}`);
    }
    return answer;
  }

  /** Runs a command that has to succeed and gives its output. Throws {@link GitFailure} when it does not. */
  async bytes(args: readonly string[], options: GitCommandOptions = {}): Promise<Buffer> {
    const answer = await this.ask(args, options);
    if (answer.exitCode !== 0) throw new GitFailure(args, this.cwd, answer);
    return answer.stdout;
  }

  /** Like {@link Git.bytes}, as text without the whitespace around it. */
  async text(args: readonly string[], options: GitCommandOptions = {}): Promise<string> {
    return (await this.bytes(args, options)).toString().trim();
  }

  /** The same git somewhere else, with further variables. */
  at(cwd: string, variables: Readonly<Record<string, string>>): Git {
    return new Git(cwd, { ...this.#variables, ...variables });
  }
}

/**
 * Has git start in a session of its own (setsid). Ctrl-C in a terminal is sent to every process of the foreground group: a
 * run that ends gracefully on it must not have its git commands stopped halfway through somebody's files. simple-git has
 * no option for this, only the place where its options go.
 */
function startInOwnSession(git: SimpleGit): void {
  const { _plugins: plugins } = git as unknown as {
    _plugins: { append(type: 'spawn.options', action: (options: object) => object): void };
  };
  plugins.append('spawn.options', (options) => ({ ...options, detached: true }));
}

/** What a failed command gave as its reason, in one line. */
export function lastWords(answer: GitAnswer): string {
  const lines = `${answer.stderr}\n${answer.stdout.toString()}`.split('\n').map((line) => line.trim());
  for (const telling of [/^fatal:/, /^error:/, /./]) {
    const found = lines.find((line) => telling.test(line));
    if (found !== undefined) return found;
  }
  return 'no message';
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Variables that would lead a command to another repository, as when the orchestrator is started by a git hook, or that
 * would change what plumbing prints or ask a person something.
 */
const DROPPED =
  /^(GIT_(DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|PREFIX|NAMESPACE|IMPLICIT_WORK_TREE|GRAFT_FILE|SHALLOW_FILE|QUARANTINE_PATH|INTERNAL_.*|REFLOG_ACTION|TEMPLATE_DIR|EXTERNAL_DIFF|(LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS|PAGER|EDITOR|SEQUENCE_EDITOR|LITERAL_.*)|EDITOR|VISUAL|PAGER|PREFIX)$/i;

function ownEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !DROPPED.test(name)) environment[name] = value;
  }
  return { ...environment, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

const PERMITTED = {
  allowAbbreviatedOptions: true,
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
} as const;
