import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';

import { redactFact } from '../../src/domain/redact-fact.ts';
import { isSecretName, REDACTED, redactor } from '../../src/domain/redact.ts';
import type { RunFact } from '../../src/domain/run-fact.ts';

const OWN = 'the-value-of-my-variable';
const redact = redactor({ SOME_API_KEY: OWN, SHORT_TOKEN: 'test', HOME: '/home/somebody' });

/** Put together here, so that no scanner takes this file for a leak. */
const SECRETS = [
  `sk-${'ant-api03-abcDEF_123'.repeat(2)}`,
  ['sk', 'live', 'abc123'.repeat(4)].join('_'),
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((kind) => `${kind}_${'a1B2'.repeat(9)}`),
  `github_pat_${'a1_B2'.repeat(9)}`,
  `glpat-${'a1B2'.repeat(5)}`,
  `xoxb-${'1234567890-'.repeat(2)}abc`,
  `AKIA${'ABCD2345'.repeat(2)}`,
  `AIza${'a1B2c'.repeat(7)}`,
  `npm_${'a1B2c3'.repeat(6)}`,
  `hf_${'a1B2c3'.repeat(6)}`,
  `eyJ${'hbGciOiJI'.repeat(2)}.eyJ${'zdWIiOiIx'.repeat(2)}.${'s1g-_'.repeat(4)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${'a1B2c3/+'.repeat(8)}\n-----END RSA PRIVATE KEY-----`,
  OWN,
];

const word = fc.stringMatching(/^[a-z]{1,9}$/);
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const session = fc.stringMatching(/^2026[01]\d[0-2]\d-[0-2]\d[0-5]\d[0-5]\d-[0-9a-z]{4}-\d{3}$/);
const fine = fc.oneof(
  word,
  session,
  fc.uuid(),
  hex(40),
  hex(64),
  hex(10),
  fc.tuple(word, session).map(([ticket, id]) => `ralph/${ticket}/${id}`),
  fc.array(word, { minLength: 1, maxLength: 6 }).map((parts) => `/${parts.join('/')}.ts`),
  fc.tuple(word, fc.nat()).map(([name, line]) => `src/${name}.ts:${line}`),
  fc.constantFrom(
    'https://example.org/a?b=1',
    'git@github.com:a/b.git',
    'max_tokens=4096',
    'exit code 1:',
    'a=b',
  ),
);

describe('text without its secrets', () => {
  test.prop([fc.array(fine, { maxLength: 12 })])(
    'keeps ids, hashes, commits, branches and paths',
    (words) => {
      const text = words.join(' ');
      expect(redact(text)).toBe(text);
    },
  );

  test.prop([
    fc.array(fine),
    fc.constantFrom(...SECRETS),
    fc.array(fine),
    fc.constantFrom(' ', '"', "'", '(', ':', '\n', '='),
  ])(
    'holds no token of a known kind and no value of a secret variable, wherever it stands',
    (before, secret, after, around) => {
      const clean = redact(`${before.join(' ')}${around}${secret}${around}${after.join(' ')}`);
      expect(clean).toContain(REDACTED);
      for (const line of secret.split('\n')) expect(clean).not.toContain(line);
    },
  );

  test.prop([
    fc.constantFrom(
      'ANTHROPIC_API_KEY',
      'GITHUB_TOKEN',
      'DB_PASSWORD',
      'CLIENT_SECRET',
      'clientSecret',
      'apiKey',
      'MYSQL_PWD',
      'authorization',
      'AWS_SECRET_ACCESS_KEY',
      'x-api-key',
      'password',
      'SECRET_KEY_BASE',
    ),
    fc.constantFrom(
      ...([
        ['=', ''],
        ['="', '"'],
        ["='", "'"],
        [': ', ''],
        ['": "', '"'],
        ['\\":\\"', '\\"'],
        [' => ', ''],
        [': Bearer ', ''],
      ] as const),
    ),
    fc
      .stringMatching(/^[A-Za-z0-9!#$%*+./:;=?@^_~-]{6,40}$/)
      .filter((value) => !/^[A-Za-z]*$|^\*+$/.test(value)),
  ])('holds nothing that stands behind a name that says so', (name, [sign, end], value) => {
    expect(redact(`it says ${name}${sign}${value}${end} here`)).not.toContain(value);
  });

  test.prop([fc.array(fc.oneof(fine, fc.constantFrom(...SECRETS), fc.string()))])(
    'stays as it is when it is cleaned again',
    (words) => {
      const clean = redact(words.join(' '));
      expect(redact(clean)).toBe(clean);
    },
  );

  test.each([
    ['--api-key hunter2 --verbose', '--api-key [redacted] --verbose'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [redacted]'],
    ['Bearer a1b2c3.d4', 'Bearer [redacted]'],
    ['https://me:p@ss@host/x and https://git@host/y', 'https://[redacted]@host/x and https://git@host/y'],
    ['{"apiKey": "a b", "n": 1}', '{"apiKey": "[redacted]", "n": 1}'],
    ['password="never closed', 'password="[redacted]'],
    ['middle of a key\n-----END PRIVATE KEY-----\nlast line', '[redacted]\nlast line'],
    ['?access_token=abc&page=1', '?access_token=[redacted]&page=1'],
  ])('%s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  test.each([
    'Unexpected token: }',
    'token: expired',
    'Basic authentication failed',
    'the bearer of this letter',
    'the test passed',
    'the key is: here',
    'PWD=/home/somebody',
    'TOKEN_FILE=/run/token',
    'task-20261121-081502-k3f9-001',
    'a PRIVATE KEY was expected',
  ])('leaves "%s" alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  // Whatever is not linear in these takes minutes, and the test its time limit.
  test.each([
    'a',
    'eyJ',
    'eyJ-',
    'eyJa.',
    'sk-',
    'token=',
    'token="',
    'token=\'"',
    'token=\\"',
    'token: ',
    '--token ',

    '://',
    '://a:',
    '://a:@',
    'Bearer ',
    'Bearer a1',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',

    '-----BEGIN ',
    'KEY_',
    '-',
    '"',
    '\\',
    '=',
    ' ',
    'password: missing=',
    'a@',
    'xoxb-',
    OWN.slice(0, -1),
  ])('takes a line of a megabyte of %j', (unit) => {
    const line = unit.repeat(Math.ceil(2 ** 20 / unit.length));
    expect(redact(line).length).toBeLessThanOrEqual(2 * line.length);
  });
});

test.each([
  ['ANTHROPIC_API_KEY', true],
  ['NPM_TOKEN', true],
  ['tokens', false],
  ['SSH_AUTH_SOCK', false],
  ['GIT_AUTHOR_NAME', false],
  ['SSH_PUBLIC_KEY', false],
  ['key', false],
  ['PWD', false],
  ['TERM_SESSION_ID', false],
])('%s is a secret name: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});

test('a fact keeps what ties it to others, and loses the secrets of its texts, however deep', () => {
  const looksLike = SECRETS[0]!;
  const facts: readonly RunFact[] = [
    {
      type: 'session.ended',
      session: looksLike,
      ending: 'failed',
      reason: `exit code 1: ${looksLike}`,
      keptBranch: looksLike,
      keptWorktree: looksLike,
    },
    {
      type: 'ticket.blocked',
      ticket: looksLike,
      blockers: [{ kind: 'invalidTicket', file: 'a.md', reason: `it says ${looksLike}` }],
    },
    { type: 'run.recovered', notes: [looksLike, 'fine'] },
  ];
  expect(facts.map((fact) => redactFact(fact, redact))).toEqual([
    { ...facts[0], reason: `exit code 1: ${REDACTED}` },
    { ...facts[1], blockers: [{ kind: 'invalidTicket', file: 'a.md', reason: `it says ${REDACTED}` }] },
    { type: 'run.recovered', notes: [REDACTED, 'fine'] },
  ]);
});
