/**
 * The environment of an agent: what it may inherit, and what it is told about its session.
 *
 * An allow-list, because an orchestrator's environment holds secrets that are none of an agent's business, and variables
 * (`GIT_DIR` in a hook, `NODE_OPTIONS` under a debugger) that would make it work on the wrong repository or not start.
 */
import type { RunId } from '../domain/ids.ts';
import type { SessionPlace } from '../domain/work.ts';

/** What an agent's environment is made of. */
export interface AgentEnvironmentParts {
  /** The orchestrator's own environment. */
  readonly parent: Readonly<Record<string, string | undefined>>;
  /** The configuration's `environment.pass`: exact names, or beginnings that end in `*`. */
  readonly pass: readonly string[];
  readonly run: RunId;
  readonly place: SessionPlace;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Absolute path of the folder that holds the tickets, for the `tk` program. */
  readonly ticketsDir: string;
  /** By which its git commands are told. Tracing of the user's own, passed by name, comes first. */
  readonly tracing: Readonly<Record<string, string>>;
}

/** Builds the whole environment of an agent process. `RALPH_SESSION_ID` is the marker by which survivors are found. */
export function agentEnvironment(parts: AgentEnvironmentParts): Record<string, string> {
  const { parent, pass, place } = parts;
  const allowed = [...ALLOWED, ...pass];
  const inherited = Object.entries(parent).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isAllowed(entry[0], allowed),
  );
  return {
    ...parts.tracing,
    ...Object.fromEntries(inherited),
    RALPH_SESSION_ID: place.session,
    RALPH_TICKET_ID: place.ticket,
    RALPH_ATTEMPT: String(parts.attempt),
    RALPH_RUN_ID: parts.run,
    RALPH_WORKTREE: place.worktree,
    RALPH_BRANCH: place.branch,
    RALPH_BASE_SHA: place.base,
    TICKETS_DIR: parts.ticketsDir,
  };
}

/** Exact names, and beginnings that end in `*`. */
const ALLOWED: readonly string[] = [
  // Who and where.
  'PATH HOME USER LOGNAME SHELL LANG LC_* TERM TMPDIR TZ XDG_* SSH_AUTH_SOCK',
  // Certificates and proxies: without them an agent behind a company's gateway reaches nothing.
  'NODE_EXTRA_CA_CERTS NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA SSL_CERT_FILE SSL_CERT_DIR',
  'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy',
  // Keys and settings of the agents.
  'ANTHROPIC_* OPENAI_* GEMINI_* GOOGLE_* PI_* CLAUDE_* CODEX_* OPENCODE_*',
  // In whose name the agent commits.
  'GIT_AUTHOR_* GIT_COMMITTER_*',
].flatMap((names) => names.split(' '));

/** Passed only when named in full: each of them redirects git or node, and a pattern like `GIT_*` means no such thing. */
const NEVER_BY_PATTERN: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'NODE_OPTIONS',
  // An orchestrator that is itself an agent is told about too; its agents are not.
  'GIT_TRACE2_EVENT',
  'GIT_TRACE2_EVENT_NESTING',
  'GIT_TRACE2_MAX_FILES',
]);

function isAllowed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*')
      ? name.startsWith(pattern.slice(0, -1)) && !NEVER_BY_PATTERN.has(name)
      : name === pattern,
  );
}
