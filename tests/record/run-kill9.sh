#!/bin/bash
# kill -9 in the middle of a session: the record reads back whole, with every step that was answered before the kill.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-kill.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
n=0
result() { # status name
	n=$((n + 1))
	[ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

coproc SESSION { exec "$program" run sample-incidents/Scenario-1 --out "$work/runs" --name victim --json 2>/dev/null; }
pid=$SESSION_PID
answered=0
for line in 'alerts limit=1' 'logs level>=warn limit=1' 'suspect Deployment/quote' 'events limit=1'; do
	echo "$line" >&"${SESSION[1]}"
	# With --json a reply is one line: reading it is waiting for the answer.
	read -r -t 20 -u "${SESSION[0]}" reply && case $reply in '{"command":'*) answered=$((answered + 1)) ;; esac
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
[ "$answered" -eq 4 ]; result $? "four commands were answered before the kill"

run=$(dirname "$(ls "$work"/runs/*/*/trajectory.jsonl)")
"$program" score "$run" >"$work/verdict" 2>&1
grep -q 'not ended (the program was stopped), hash chain whole' "$work/verdict"; result $? "the record reads back, its chain whole"
missing=0
for name in alerts logs suspect events; do
	grep -q "\"type\":\"step\".*\"command\":\"$name\"" "$run/trajectory.jsonl" || missing=1
done
result $missing "the four answered steps are in it"

# Torn anywhere in its last line it still reads; changed in the middle it says so.
mkdir "$work/torn" "$work/changed"
size=$(wc -c <"$run/trajectory.jsonl")
head -c $((size - 7)) "$run/trajectory.jsonl" >"$work/torn/trajectory.jsonl"
"$program" score "$work/torn" >"$work/verdict" 2>&1
grep -q 'last line torn.*hash chain whole' "$work/verdict"; result $? "a torn last line still reads"
changed=$(grep -n '"command":"logs"' "$run/trajectory.jsonl" | cut -d: -f1)
sed "${changed}s/level>=warn/level>=info/" "$run/trajectory.jsonl" >"$work/changed/trajectory.jsonl"
"$program" score "$work/changed" >"$work/verdict" 2>&1
grep -q "CHANGED: the hash chain breaks at line $((changed + 1))" "$work/verdict"; result $? "a changed line is found"
echo "1..$n"
