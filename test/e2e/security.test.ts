import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import { REDACTED } from '../../src/domain/redact.ts';
import { makeProject, ticketOf, WORK, WORK_WHEN_TOLD, type TestProject } from '../support/e2e.ts';
import { treeHash } from '../support/tree-hash.ts';

/** Two secrets of a project: one that is known by its variable alone, and one by its shape. */
const OWN = 'known-by-its-variable-alone';
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;

const secretEnv = (project: TestProject) => ({
  ...project.env,
  ANTHROPIC_API_KEY: OWN,
  NPM_TOKEN: 'none-of-the-agents-business',
});

/** Everything below a folder. */
function pathsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
}

test('keeps secrets out of the journal, the log, the display and the report, and the raw output as it was', async () => {
  // The name of the variable is cut off with the rest of the line, and so is half of the value.
  const long = `${'x'.repeat(185)} ${OWN}`;
  const project = makeProject({
    tickets: [
      { id: 'cut', components: ['a'] },
      { id: 'shown', components: ['b'] },
      { id: `gated`, components: ['c'] },
    ],
    script: {
      cut: [
        { do: 'print', text: `${TOKEN}\n${long}` },
        { do: 'exit', code: 1 },
      ],
      shown: [
        { do: 'print', text: `using ${TOKEN} and ${OWN}` },
        { do: 'meet', at: 'end' },
        { do: 'print', text: `token ${TOKEN} refused for ${OWN}` },
        { do: 'exit', code: 3 },
      ],
      gated: WORK,
    },
  });
  const config = JSON.parse(project.read('.tf/ralph/config.json') ?? '{}') as object;
  const gate = ['sh', '-c', 'echo "no: $ANTHROPIC_API_KEY https://me:hunter2@host/"; exit 1'];
  project.writeConfig({ ...config, gates: [{ name: 'check', command: gate }] });
  const live = await project.start({ env: secretEnv(project) });
  const guest = await project.lobby.guest('shown');
  expect(live.lastLine(guest.session)).toBe(`using ${REDACTED} and ${REDACTED}`);
  guest.answer();
  const run = await live.over;

  const reasonOf = (id: string) => ticketOf(run, id).reason;
  expect(reasonOf('shown')).toBe(`exit code 3: token ${REDACTED} refused for ${REDACTED}`);
  expect(reasonOf('cut')).toBe(`exit code 1: ${'x'.repeat(185)} ${REDACTED}`);
  expect(reasonOf('gated')).toBe(
    `gate "check" failed with exit code 1: no: ${REDACTED} https://${REDACTED}@host/`,
  );
  const kept = pathsIn(live.dir).filter((path) => lstatSync(path).isFile());
  const leaks = kept.filter((path) => /ghp_|known-by|hunter2/.test(readFileSync(path, 'utf8')));
  expect(leaks.map((path) => path.slice(path.lastIndexOf('/') + 1))).toEqual(['output.log', 'output.log']);
  expect(JSON.stringify([run.report, run.logged, run.entries])).not.toMatch(/ghp_|known-by|hunter2/);
  const shown = await project.cli('status', '--json').ended;
  expect(shown.stdout).toContain(REDACTED);
  expect(shown.stdout).not.toMatch(/ghp_|known-by|hunter2/);
});

test('what the program complains of holds no secret', async () => {
  const project = makeProject({ tickets: [] });
  project.write({ '.tf/ralph/config.json': `{"agent": {"command": ["x"]}, "${TOKEN}": 1}` });
  const { exitCode, stderr } = await project.cli('plan').ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain(REDACTED);
  expect(stderr).not.toContain(TOKEN);
});

test('gives an agent what is on the list, and keeps everything for the eyes of one user', async () => {
  const project = makeProject({
    tickets: [{ id: 'a' }],
    others: [{ do: 'run', command: ['sh', '-c', 'env > {ticket}.env'] }, ...WORK_WHEN_TOLD],
  });
  const live = await project.start({ env: secretEnv(project) });
  const guest = await project.lobby.guest('a');
  const tree = project.worktrees().find((path) => path.endsWith(guest.session))!;
  const inherited = readFileSync(join(tree, 'a.env'), 'utf8');
  expect(inherited).toContain(`ANTHROPIC_API_KEY=${OWN}`);
  expect(inherited).not.toContain('none-of-the-agents-business');

  // What the agent's git tells of itself has the modes that git gives, in a folder that nobody else can enter.
  const own = pathsIn(live.dir).filter((path) => basename(dirname(path)) !== 'git');
  const modes = [...own, live.dir, dirname(live.dir), dirname(tree)].map((path) => {
    const stat = lstatSync(path);
    return [stat.isDirectory() ? 'folder' : 'file', (stat.mode & 0o777).toString(8)].join(' ');
  });
  expect([...new Set(modes)].toSorted()).toEqual(['file 600', 'folder 700']);
  const lock = join(project.root, '.tf/ralph/lock');
  expect((lstatSync(lock).mode & 0o777).toString(8)).toBe('600');
  guest.answer();
  await live.over;
});

test('no shell reads what a ticket says', async () => {
  const project = makeProject({ tickets: [{ id: 'a' }], ticketsAre: 'untracked' });
  const sign = join(project.folder, 'sign');
  const title = `$(touch ${sign}) \`touch ${sign}\`; touch ${sign} && "{prompt}" | touch ${sign} #'`;
  const ticket = (project.read('.tickets/a.md') ?? '').replace('# Do a', `# ${title}`);
  project.write({
    '.tickets/a.md': ticket,
    'agent.cjs': 'require("fs").writeFileSync("got", process.argv[2])',
  });
  project.writeConfig({ agent: { command: [process.execPath, join(project.root, 'agent.cjs'), '{title}'] } });
  const run = await project.run();
  expect(run.report).toMatchObject({ exitCode: 0, totals: { landed: 1 } });
  expect(project.git('show', 'main:got')).toBe(title);
  expect(existsSync(sign)).toBe(false);
});

test('a ticket leads nowhere by its id', async () => {
  const ids = ['../../evil', '/etc/evil', '.hidden', 'a b', 'a.lock', '-rf'];
  const project = makeProject({ tickets: [{ id: 'good' }], ticketsAre: 'untracked' });
  const text = project.read('.tickets/good.md') ?? '';
  const files = ids.map((id, index) => [
    `.tickets/evil-${index}.md`,
    text.replace('id: good', `id: "${id}"`),
  ]);
  const evil: Readonly<Record<string, string>> = Object.fromEntries(files) as Record<string, string>;
  project.write({ ...evil, '.tickets/a b.md': text.replace('id: good', 'id: a b') });
  const run = await project.run();
  expect(run.report).toMatchObject({
    exitCode: 1,
    sessions: 1,
    totals: { landed: 1, blocked: ids.length },
  });
  expect(project.branches()).toEqual(['main']);
});

test.each(['.tf', '.tf/ralph', '.tf/ralph/runs', '.tf/ralph/worktrees'])(
  'does not follow %s out of the project',
  async (link) => {
    const project = makeProject({ tickets: [{ id: 'a' }] });
    const elsewhere = join(project.folder, 'elsewhere');
    mkdirSync(join(elsewhere, 'ralph'), { recursive: true });
    const config = JSON.parse(project.read('.tf/ralph/config.json') ?? '{}') as object;
    const text = JSON.stringify({ ...config, parallelWorktreesDir: '.tf/ralph/worktrees' });
    project.write({ '.tf/ralph/config.json': text });
    writeFileSync(join(elsewhere, 'config.json'), text);
    writeFileSync(join(elsewhere, 'ralph/config.json'), text);
    rmSync(join(project.root, link), { recursive: true, force: true });
    symlinkSync(elsewhere, join(project.root, link));
    const before = treeHash(elsewhere);
    for (const command of ['run', 'cleanup']) {
      const { exitCode, stderr } = await project.cli(command).ended;
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `ralph-actors: ${join(project.root, link)} is a link that leads out of ${project.root}, to ${elsewhere}: put a folder in its place\n`,
      });
    }
    expect(treeHash(elsewhere)).toBe(before);
  },
);

test('does not write through a ticket that is a link', async () => {
  const project = makeProject({ tickets: [{ id: 'good' }], ticketsAre: 'untracked' });
  const elsewhere = join(project.folder, 'elsewhere.md');
  writeFileSync(elsewhere, (project.read('.tickets/good.md') ?? '').replace('id: good', 'id: evil'));
  symlinkSync(elsewhere, join(project.root, '.tickets/evil.md'));
  const before = readFileSync(elsewhere, 'utf8');
  const run = await project.run();
  expect(ticketOf(run, 'good')).toMatchObject({ ending: 'merged' });
  expect(ticketOf(run, 'evil')).toMatchObject({
    standing: 'blocked',
    reason: expect.stringContaining('a symbolic link that leads outside the tickets folder') as string,
  });
  expect(readFileSync(elsewhere, 'utf8')).toBe(before);
});
