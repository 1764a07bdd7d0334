#!/bin/sh
# An agent that works and records as the scripted one does, without the time that node takes to start.
# Usage: quick-agent.sh <folder> <ticket>. The first two of a folder wait for each other at its pipe `both`, so that it is
# sure that two work at the same time.
set -eu
folder=$1 ticket=$2
base=$(git rev-parse HEAD)

record() {
  work=
  for file in work/*; do
    if [ -e "$file" ]; then work="$work${work:+,}\"${file#work/}\""; fi
  done
  printf '{"moment":"%s","ticket":"%s","session":"%s","attempt":%s,"pid":%s,"base":"%s","work":[%s]}\n' \
    "$1" "$ticket" "$RALPH_SESSION_ID" "$RALPH_ATTEMPT" $$ "$base" "$work" >>"$folder/agents.jsonl"
}

record start
if mkdir "$folder/first" 2>/dev/null; then
  read -r _ <"$folder/both"
elif mkdir "$folder/second" 2>/dev/null; then
  echo here >"$folder/both"
fi
mkdir -p work
echo "done by $ticket" >"work/$ticket"
git add --all
git commit --quiet --message "Do $ticket"
record end
