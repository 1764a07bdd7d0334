/**
 * What is there before a reader follows a document: a shell script for each, run in an empty folder.
 */

const PROJECT = String.raw`
git init --quiet --initial-branch=main
seq 9 > greetings.txt
mkdir -p .tickets .tf/ralph
cat > agent.sh <<'END'
#!/bin/sh
set -e
echo "working on $1"
if [ -e scene.sh ]; then . ./scene.sh; fi
echo "$1" >> greetings.txt
git add .
git commit --quiet --message "Do $1"
END
chmod +x agent.sh
for ticket in en-1 fr-1; do
  printf -- '---\nid: %s\nstatus: open\ndeps: []\ntags: [component:greetings]\n---\n# Greet as %s\n' $ticket $ticket > .tickets/$ticket.md
done
echo '{ "agent": { "command": ["./agent.sh", "{ticket}"] } }' > .tf/ralph/config.json
`;

const BEGIN = `
git add .
git commit --quiet --message Begin
`;

const WORKED_OFF = `${PROJECT}${BEGIN}
ralph-actors run --quiet
`;

/** As a project that has the package installed. */
const INSTALLED = `
mkdir node_modules
ln -s "$RALPH_ACTORS" node_modules/ralph-actors
`;

/** Scenes by document; any other document begins in an empty folder. */
export const SCENES: Readonly<Record<string, string>> = {
  'README.md': `
git init --quiet --initial-branch=main
echo hello > hello.txt
${BEGIN}`,

  'docs/guides/own-agent.md': `${PROJECT}${BEGIN}`,
  'docs/concepts/components-and-dependencies.md': WORKED_OFF,
  'docs/concepts/landing-and-publishing.md': WORKED_OFF,
  'docs/reference/files.md': WORKED_OFF,
  'docs/reference/journal.md': WORKED_OFF,
  'docs/concepts/guarantees.md': WORKED_OFF,
  'docs/guides/verify-in-ci.md': WORKED_OFF,
  'docs/concepts/verification.md': INSTALLED,
  'docs/guides/check-a-run.md': WORKED_OFF,

  // While fr-1 is worked on, somebody lands en-1.
  'docs/guides/resolve-a-conflict.md': String.raw`${PROJECT}
cat > scene.sh <<END
(
  # Here it is a person who commits, so none of the commands is the agent's.
  unset GIT_TRACE2_EVENT
  cd '$PWD'
  sed -i.bak 's/^status: open/status: closed/' .tickets/en-1.md
  rm .tickets/en-1.md.bak
  echo en-1 >> greetings.txt
  git commit --quiet --all --message 'Merge en-1'
)
END
${BEGIN}
ralph-actors run fr-1 --quiet > .git/report.txt && exit 1
grep conflicted .git/report.txt
`,

  // A person has changed the file that the tickets change.
  'docs/guides/held-work.md': `${PROJECT}${BEGIN}
sed -i.bak '1s/.*/one/' greetings.txt
rm greetings.txt.bak
ralph-actors run --quiet > .git/report.txt
grep 'not published yet' .git/report.txt
`,

  'docs/guides/clean-up.md': WORKED_OFF,
  'docs/security.md': WORKED_OFF,

  // The orchestrator is killed when its agent says, by a fifo, that half of its work is done.
  'docs/guides/after-a-crash.md': String.raw`${PROJECT}
cat > scene.sh <<END
if mkdir '$PWD/.git/crashed' 2>/dev/null; then
  echo half > half.txt
  echo here > '$PWD/.git/fifo'
  exec sleep 600
fi
END
${BEGIN}
mkfifo .git/fifo
exec 3<> .git/fifo
ralph-actors run --quiet &
read -t 60 -r _ <&3
exec 3>&-
kill -KILL $!
wait $! || true
`,
};
