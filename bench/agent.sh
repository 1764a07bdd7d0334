#!/bin/sh
# A stand-in for an agent: works for so many seconds and commits one file. usage: agent.sh TICKET SECONDS
sleep "$2"
echo "$1" > "$1.txt"
git add "$1.txt"
git commit -q -m "Work on $1"
