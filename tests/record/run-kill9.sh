#!/bin/sh
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

mkfifo "$work/in" "$work/out"
"$program" run sample-incidents/Scenario-1 --out "$work/runs" --name victim <"$work/in" >"$work/out" 2>/dev/null &
pid=$!
exec 3>"$work/in" 4<"$work/out"
answered=0
for line in 'alerts' 'logs level>=warn limit=3' 'suspect Deployment/quote' 'events limit=3'; do
	echo "$line" >&3
	# A reply's title is its first line: reading it is waiting for the answer.
	read -r title <&4 && answered=$((answered + 1))
	case $line in suspect*) ;; *) while read -r more <&4; do case $more in note:*|*"3 "*|*) break ;; esac; done ;; esac
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
exec 3>&- 4<&-
[ "$answered" -eq 4 ]; result $? "four commands were answered before the kill"

run=$(dirname "$(ls "$work"/runs/*/*/trajectory.jsonl)")
"$program" score "$run" >"$work/verdict" 2>&1
grep -q 'not ended (the program was stopped), hash chain whole' "$work/verdict"; result $? "the record reads back, its chain whole"
steps=$(grep -c '"type":"step"' "$run/trajectory.jsonl")
[ "$steps" -ge 3 ]; result $? "the answered steps are in it"

# Torn anywhere in its last line it still reads; changed in the middle it says so.
size=$(wc -c <"$run/trajectory.jsonl")
mkdir "$work/torn" "$work/changed"
head -c $((size - 7)) "$run/trajectory.jsonl" >"$work/torn/trajectory.jsonl"
"$program" score "$work/torn" >"$work/verdict" 2>&1
grep -q 'hash chain whole' "$work/verdict"; result $? "a torn last line still reads"
sed '2s/alerts/alertz/' "$run/trajectory.jsonl" >"$work/changed/trajectory.jsonl"
"$program" score "$work/changed" >"$work/verdict" 2>&1
grep -q 'CHANGED: the hash chain breaks at line 3' "$work/verdict"; result $? "a changed line is found"
[ "$n" -eq 5 ] && echo "1..$n"
