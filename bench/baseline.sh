#!/bin/sh
# The shell loop that a person would write: one ticket, one worktree, one agent, one merge. Run by xargs -P.
# usage: baseline.sh TICKET SECONDS   (in a repository; WORKTREES and AGENT in the environment)
set -e
ticket=$1
# git takes its own locks for these, and loses the race now and then: one at a time, as the orchestrator does it.
flock .git/bench.lock git worktree add -q -b "bench/$ticket" "$WORKTREES/$ticket" HEAD
(cd "$WORKTREES/$ticket" && "$AGENT" "$ticket" "$2") >/dev/null 2>&1
flock .git/bench.lock git merge -q --no-ff -m "Merge $ticket" "bench/$ticket"
flock .git/bench.lock git worktree remove "$WORKTREES/$ticket"
flock .git/bench.lock git branch -q -d "bench/$ticket"
