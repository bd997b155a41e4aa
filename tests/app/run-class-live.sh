#!/bin/bash
# A live drill in a class: all seats on one clock from the joint start, also who comes late; a freeze stops it for all; the records give
# the same answers again. Sixty times as fast as it was. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject=live
. tests/support/class.bash
host() { "$program" class host "$room" "$@" 2>&1; }
host --incident sample-incidents/Scenario-1 --truth sample-incidents/solutions --live 61x -c status >"$work/made.out"
grep -q 'takes a speed from 1x to 60x' "$work/made.out" && [ ! -e "$room/class.json" ]
result $? "a speed that cannot be is refused before there is a class"
host --incident sample-incidents/Scenario-1 --truth sample-incidents/solutions --hold --live 60x --from page --countdown 0 -c status >"$work/made.out"
grep -qE 'live, times as fast +60' "$work/made.out" && grep -qE 'live until +2025-12-15T17:07:13' "$work/made.out"
result $? "the host's table tells how fast it goes and where it is"
seat ann && exec 5>"$work/ann.in"
wait_lines "$work/ann.out" 'You sit in the class'
host -c start >/dev/null
wait_lines "$work/ann.out" 'clock is running'
limit=$((SECONDS + 20))
until host --json -c status >"$work/status" && grep -qE '"now":"2025-12-15T17:0(8|9|1)' "$work/status"; do [ "$SECONDS" -lt "$limit" ] || break; done
seat ben && exec 6>"$work/ben.in"
wait_lines "$work/ben.out" 'clock is running'
host -c 'freeze stop' >/dev/null
frozen=$(host --json -c status | sed -E 's/.*"now":"([^"]*)".*/\1/')
ask 5 "$work/ann.out" 'stop: nothing is asked' && ask 6 "$work/ben.out" 'stop: nothing is asked'
[ "$(host --json -c status | sed -E 's/.*"now":"([^"]*)".*/\1/')" = "$frozen" ]
result $? "a freeze stops the clock of all"
host -c thaw >/dev/null
# Both are asked until each has an answer of one and the same tick.
limit=$((SECONDS + 20)) same=
until [ -n "$same" ] || [ "$SECONDS" -ge "$limit" ]; do
	echo now >&5
	echo now >&6
	sleep 0.05
	same=$(comm -12 <(sed -n 's/^shown until: //p' "$work/ann.out" | sort -u) <(sed -n 's/^shown until: //p' "$work/ben.out" | sort -u) | tail -n 1)
done
[ -n "$same" ] && [[ $same > $frozen || $same = "$frozen" ]]
result $? "who came late is where the others are"
echo quit >&5 && echo quit >&6
exec 5>&- 6>&-
wait "${seats[@]}"
good=0
for run in "$room"/seats/*/Scenario-1/1; do
	"$program" replay --check "$run" 2>&1 | grep -q ' 0 differ' && grep -q '"speed":60' "$run/trajectory.jsonl" && good=$((good + 1))
done
[ "$good" = 2 ]
result $? "run again both records give the same answers"
echo "1..$n"
