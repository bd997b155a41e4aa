#!/bin/bash
# An instructor and one seat of a class, over the shared folder alone: what the seat saw of what decides, how far it looks from a cause; a
# hint and a freeze that reach this seat and no other, and stand in its record. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject=lead
. tests/support/class.bash
mkdir "$room"
cp -r sample-incidents/Scenario-3 "$work/"
host() { "$program" class host "$room" "$@" >>"$work/host.log" 2>&1; }
watch() { "$program" watch "$room" "$@" 2>&1; }
until_watch() { # pattern args...
	local limit=$((SECONDS + 30)) pattern=$1
	shift
	until watch "$@" >"$work/seen" && grep -qE "$pattern" "$work/seen"; do
		[ "$SECONDS" -lt "$limit" ] || { cat "$work/seen" >&2; return 1; }
	done
}
host --incident "$work/Scenario-3" --truth sample-incidents/solutions --hold --countdown 0 -c status
watch >"$work/nobody.out"
grep -q 'nobody sits in this class yet' "$work/nobody.out"
result $? "a class without seats says so"
seat ann && exec 5>"$work/ann.in"
wait_lines "$work/ann.out" 'You sit in the class'
seat ben && exec 6>"$work/ben.in"
wait_lines "$work/ben.out" 'You sit in the class'
watch >"$work/which.out"
grep -q 'is a class of 2: which seat' "$work/which.out" && watch --seat 3 | grep -q 'no seat 3'
result $? "which seat must be said, and be there"
host -c start
wait_lines "$work/ann.out" 'clock is running' && wait_lines "$work/ben.out" 'clock is running'
echo 'focus productpage' >&5
until_watch 'focus +book-info/Deployment/productpage' --seat ann && grep -qE 'hops from there to a cause +2$' "$work/seen"
result $? "where a seat looks, and how far that is from a cause"
grep -qE 'no pod has +unseen' "$work/seen" && grep -qE 'seat of the class +1$' "$work/seen"
result $? "what decides was not seen yet"
anns=$(dirname "$(grep -l '"name": "ann"' "$room"/seats/*/seat.json)")
"$program" watch "$anns" -c 'hint look at the selector' -c 'note reads slowly' >"$work/said.out" 2>&1
grep -q '^written for seat 1: done within a second' "$work/said.out" && grep -q '^noted' "$work/said.out"
result $? "the seat's own folder says which one it is: a hint is written"
watch --seat ben -c 'freeze we talk' >>"$work/said.out"
# ben's console takes it with a command that comes after it.
ask 6 "$work/ben.out" 'we talk: nothing is asked'
result $? "a freeze stops one seat"
ask 5 "$work/ann.out" 'the instructor says: look at the selector'
! grep -q 'we talk' "$work/ann.out" && ! grep -q 'the selector' "$work/ben.out"
result $? "and no other; a hint reaches the other"
echo 'spec book-info/Service/mysql' >&5
until_watch 'no pod has +seen' --seat 1
result $? "what decides was on the seat's screen"
watch --seat 1 | grep -q 'reads slowly' && ! grep -rq 'reads slowly' "$room"
result $? "a private note is not in the folder"
"$program" class host "$room" --json -c status >"$work/status.out" 2>&1
grep -q '"seat":2,"name":null,"state":"frozen"' "$work/status.out" && grep -q '"state":"running"' "$work/status.out"
result $? "the host's table shows who is frozen"
watch --seat ben -c 'hint for later' >"$work/later.out"
grep -q 'told when its clock goes on' "$work/later.out" && watch --seat ben -c freeze 2>&1 | grep -q 'it is frozen'
result $? "what a frozen seat is told comes later; frozen twice is refused"
watch --seat ben -c rung -c thaw >/dev/null
ask 6 "$work/ben.out" 'the instructor says: for later / '
result $? "two hints between two answers are both heard"
# ben's record: said by whom, and whole.
bens=$(dirname "$(grep -l '"name": "ben"' "$room"/seats/*/seat.json)")/Scenario-3/1
grep -q '"command":"freeze"' "$bens/trajectory.jsonl" && grep -q 'we talk' "$bens/trajectory.jsonl" && [ "$(grep -c '"command":"told"' "$bens/trajectory.jsonl")" = 2 ]
result $? "freeze and hints are steps of the seat's own record"
watch --seat 2 --json >"$work/json"
grep -q '"told":2' "$work/json" && grep -q '"seat":2,"silent_ns":null' "$work/json"
result $? "as JSON"
echo quit >&5 && echo quit >&6
exec 5>&- 6>&-
wait "${seats[@]}"
"$program" replay --check "$bens" 2>&1 | grep -q ' 0 differ'
result $? "run again the record gives the same answers"
! grep -rqE 'label value that no pod has|condition' "$room" && [ "$(find "$room/host" -name '*.here*' | wc -l)" = 0 ]
result $? "of the truth nothing is in the folder but the hints that were sent"
echo "1..$n"
