#!/bin/bash
# A class in a folder that a program keeps alike on two machines, as Syncthing and Dropbox do: each side has a folder of its own; files come
# late, out of order, at first in pieces, with the writer's times, and with copies that are in conflict. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject=synced
. tests/support/class.bash
hosts=$work/hosts seats=$work/seats     # the same class on two machines
# What differs goes over, in any order; a third of it only in part, until the next time.
carry() { # from to names...
	local from=$1 to=$2 file
	shift 2
	(cd "$from" && find "$@" -type f ! -name '.*' 2>/dev/null | shuf) | while IFS= read -r file; do
		cmp -s "$from/$file" "$to/$file" && continue
		mkdir -p "$to/$(dirname "$file")"
		if [ $((RANDOM % 3)) -eq 0 ]; then
			head -c $(($(stat -c %s "$from/$file") / 2)) "$from/$file" >"$to/$(dirname "$file")/.piece"
		else
			cp -p "$from/$file" "$to/$(dirname "$file")/.piece"
		fi 2>/dev/null
		mv "$to/$(dirname "$file")/.piece" "$to/$file" 2>/dev/null
	done
}
# shellcheck disable=SC2317  # runs in the background
keep_alike() {
	while sleep 0.3; do     # it is slow on purpose
		carry "$hosts" "$seats" class.json host verdicts
		carry "$seats" "$hosts" seats
	done
}
host() { "$program" class host "$hosts" "$@" 2>&1; }
until_host() { # pattern
	local limit=$((SECONDS + 30))
	until host --json -c status >"$work/status" && grep -qE "$1" "$work/status"; do [ "$SECONDS" -lt "$limit" ] || return 1; done
}
host --incident sample-incidents/Scenario-1 --truth sample-incidents/solutions --hold --countdown 1 --no-budget -c status >/dev/null
mkdir -p "$seats/host" "$seats/seats" "$seats/verdicts"
head -c 200 "$hosts/class.json" >"$seats/class.json"
"$program" class join "$seats" --name ann >"$work/early.out" 2>&1 </dev/null
grep -q 'class.json cannot be read' "$work/early.out"
result $? "a class of which a piece has come is none yet"
keep_alike >/dev/null 2>&1 &
pids+=($!)
limit=$((SECONDS + 20))
until cmp -s "$hosts/class.json" "$seats/class.json" || [ "$SECONDS" -ge "$limit" ]; do sleep 0.1; done
mkfifo "$work/ann.in"
XDG_STATE_HOME=$work/state-ann "$program" class join "$seats" --name ann --plain --incident sample-incidents/Scenario-1 <"$work/ann.in" >"$work/ann.out" 2>&1 &
pids+=($!)
exec 5>"$work/ann.in"
until_host '"state":"waiting","silent_ns":[^,]*,"queries":0'
result $? "a seat of the other machine is seen"
host -c start >/dev/null
wait_lines "$work/ann.out" 'clock is running'
result $? "the start reaches it"
host -c 'freeze look up' >/dev/null
ask 5 "$work/ann.out" 'look up: nothing is asked' alerts
result $? "a freeze, too"
log=$(basename "$(ls -t "$seats"/host/*.jsonl | head -n 1)" .jsonl)
sed 's/"seq":[0-9]*/"seq":9/' "$seats/host/$log.jsonl" >"$seats/host/$log (conflicted copy 2026-11-27).jsonl"
cp "$seats/host/$log.jsonl" "$seats/host/$log.sync-conflict-20261127-101010-ABCDEFG.jsonl"
host -c thaw >/dev/null
ask 5 "$work/ann.out" 'EVENTS' 'events limit=1'
result $? "it goes on, whatever copies in conflict say"
until_host '"queries":[1-9]'
"$program" watch "$hosts" --seat ann --truth sample-incidents/solutions -c 'hint the image' >"$work/watch.out" 2>&1
ask 5 "$work/ann.out" 'the instructor says: the image' 'logs limit=1'
result $? "an instructor's hint reaches a seat on the other machine"
echo 'suspect otel-demo/Deployment/quote' >&5
echo 'submit confirm=submit' >&5
until_host '"submitted":1,'
result $? "the answer is seen"
[ -z "$(find "$hosts/verdicts" "$seats/verdicts" -type f)" ]
result $? "no verdict is on either machine before the reveal"
host -c reveal >"$work/reveal.out"
# The record may have come before the answer: then it is told the next time.
limit=$((SECONDS + 30))
until XDG_STATE_HOME=$work/state-ann "$program" class join "$seats" --name ann --plain >"$work/verdict.out" 2>&1 </dev/null && grep -q "gate open" "$work/verdict.out"; do
	[ "$SECONDS" -lt "$limit" ] || break
	host -c status >/dev/null
done
grep -q "gate open" "$work/verdict.out"
result $? "the verdict comes back"
exec 5>&-
run=$(dirname "$(find "$seats/seats" -name trajectory.jsonl)")
"$program" replay --check "$run" 2>&1 | grep -q ' 0 differ'
result $? "the record is whole, and gives the same answers again"
echo "1..$n"
