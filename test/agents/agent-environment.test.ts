import { expect, test } from 'vitest';
import { agentEnvironment } from '../../src/agents/agent-environment.ts';

const PLACE = { session: 'r-001', ticket: 't-1', worktree: '/w', branch: 'ralph/t-1/r-001', base: 'abc' };
const OWN = {
  RALPH_SESSION_ID: 'r-001',
  RALPH_TICKET_ID: 't-1',
  RALPH_ATTEMPT: '2',
  RALPH_RUN_ID: 'r',
  RALPH_WORKTREE: '/w',
  RALPH_BRANCH: 'ralph/t-1/r-001',
  RALPH_BASE_SHA: 'abc',
  TICKETS_DIR: '/p/.tickets',
};

test('tells an agent of its session and nothing else when there is nothing to inherit', () => {
  expect(environment({})).toEqual(OWN);
});

test('passes on what an agent needs to work and to reach its model', () => {
  const parent = {
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C.UTF-8',
    XDG_CONFIG_HOME: '/c',
    SSH_AUTH_SOCK: '/s',
    ANTHROPIC_API_KEY: 'k',
    CLAUDE_CODE_USE_BEDROCK: '1',
    https_proxy: 'http://proxy',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    GIT_AUTHOR_NAME: 'a',
  };
  expect(environment(parent)).toEqual({ ...parent, ...OWN });
});

test('holds back secrets, and what would redirect git or node', () => {
  const parent = {
    AWS_SECRET_ACCESS_KEY: 'k',
    NPM_TOKEN: 't',
    GIT_DIR: '/elsewhere/.git',
    GIT_INDEX_FILE: '/i',
    NODE_OPTIONS: '--inspect-brk',
    RALPH_WORKERS: '8',
    PATHS: 'not PATH',
    LC: 'not LC_',
  };
  expect(environment(parent)).toEqual(OWN);
});

test('passes on what the configuration names, in full or by its beginning', () => {
  const parent = { AWS_PROFILE: 'p', AWS_REGION: 'r', NPM_TOKEN: 't', OTHER: 'o' };
  expect(environment(parent, ['AWS_*', 'NPM_TOKEN', 'ABSENT'])).toEqual({
    AWS_PROFILE: 'p',
    AWS_REGION: 'r',
    NPM_TOKEN: 't',
    ...OWN,
  });
});

test('passes on what redirects git or node only when it is named in full', () => {
  const parent = { GIT_DIR: '/g', GIT_TRACE: '1', NODE_OPTIONS: '--no-warnings' };
  expect(environment(parent, ['GIT_*', 'NODE_*', '*'])).toEqual({ GIT_TRACE: '1', ...OWN });
  expect(environment(parent, ['GIT_DIR', 'NODE_OPTIONS'])).toEqual({
    GIT_DIR: '/g',
    NODE_OPTIONS: '--no-warnings',
    ...OWN,
  });
});

test('has its git commands told, unless somebody else is to be told of them', () => {
  const tracing = { GIT_TRACE2_EVENT: '/traces' };
  expect(environment({}, [], tracing)).toEqual({ ...tracing, ...OWN });
  const own = { GIT_TRACE2_EVENT: '/own' };
  expect(environment(own, ['GIT_*'], tracing)).toEqual({ ...tracing, ...OWN });
  expect(environment(own, ['GIT_TRACE2_EVENT'], tracing)).toEqual({ ...own, ...OWN });
});

test('never passes on the session of an orchestrator that is itself an agent', () => {
  expect(environment({ RALPH_SESSION_ID: 'outer', TICKETS_DIR: '/outer' }, ['*'])).toEqual(OWN);
});

function environment(parent: Record<string, string | undefined>, pass: readonly string[] = [], tracing = {}) {
  return agentEnvironment({
    parent: { ...parent, UNSET: undefined, LANG: undefined },
    pass,
    run: 'r',
    place: PLACE,
    attempt: 2,
    ticketsDir: '/p/.tickets',
    tracing,
  });
}
