#!/bin/bash
# A class of eight on one host: joint start, two held submissions, a freeze, a second host, a laptop that dies and comes back, a late
# joiner, the reveal, the debrief. Before the reveal no byte that depends on the truth is in the shared folder or on any seat.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject=class
. tests/support/class.bash
show_more() { head -n 3 "$work/leaks"; host -c status; }
truth=$work/truth
# The truth does not lie beside: the seats have the evidence alone.
mkdir -p "$truth" "$room" && cp -r sample-incidents/solutions/Scenario-1 "$truth/" && chmod 2750 "$room"
cp -r sample-incidents/Scenario-1 "$work/Scenario-1"
incident=$work/Scenario-1
host() { "$program" class host "$room" "$@" 2>&1; }
# Waits until the host's view of the class has it: a line of its JSON.
until_status() { # pattern
	local limit=$((SECONDS + 30))
	until host --json -c status >"$work/status" && grep -qE "$1" "$work/status"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
	done
}
# A seat that does this and leaves.
passer() { # name commands...
	local name=$1 c=()
	shift
	for line in "$@"; do c+=(-c "$line"); done
	XDG_STATE_HOME=$work/state-$name "$program" class join "$room" --name "$name" "${c[@]}" >"$work/past-$name.out" 2>&1 &
	pids+=($!)
}

"$program" class join "$room" --name ann >"$work/none" 2>&1
grep -q 'hint: the host makes one' "$work/none"
result $? "a folder that is no class says who makes one"
host --incident "$incident" --truth "$truth" --hold --countdown 1 --budget 40 --assist ranked -c status >"$work/made.out"
grep -q "state *waiting" "$work/made.out" && grep -q '"hold": true' "$room/class.json" && ! grep -q "$truth" "$room/class.json"
result $? "the host makes a class of it"

right="suspect otel-demo/Deployment/quote confidence=0.9"
passer ann 'events entity=otel-demo/Deployment/quote' "$right" 'submit confirm=submit'
passer bob 'logs limit=5' 'suspect otel-demo/Service/frontend' 'submit confirm=submit'
passer cyd 'alerts' 'topology'
passer dee 'alerts' "$right" 'suspect otel-demo/Service/checkout' 'board'
passer eva 'traces'
seat lee && lee=$typed && exec 7>"$work/lee.in"
seat kim && kim=$typed && exec 8>"$work/kim.in"
until_status '"seats":7,'
result $? "seven sit down"
grep -qE '"state":"waiting"' "$work/status" && [ ! -s "$work/past-ann.out" ] && ! grep -q ALERTS "$work"/*.out
result $? "no evidence is shown before the start"
host -c start >"$work/start.out" && until_status '"submitted":2,'
result $? "all begin after the countdown, and two submit"
grep -q '"saw":1,"named":' "$work/status"
result $? "the host sees how many saw a deciding record"
wait_lines "$work/lee.out" "clock is running" && host -c "freeze look at the board" >/dev/null
ask 7 "$work/lee.out" "look at the board: nothing is asked" "logs limit=3"
result $? "what is frozen cannot be asked"
XDG_STATE_HOME=$work/second "$program" class host "$room" --incident "$incident" -c thaw -c "tell read the events" >"$work/second.out" 2>&1
ask 7 "$work/lee.out" "EVENTS" "events limit=2" && ask 7 "$work/lee.out" "says: read the events" "events limit=2"
result $? "a second host lets it go on"
printf '{"seq":2,"host":"00000000000000aa","do":"tell","at_ns":1,"text":"a late word"}\n' >"$room/host/00000000000000aa.jsonl"
ask 7 "$work/lee.out" "says: a late word" "logs limit=2" && [ "$(grep -c "says: read the events" "$work/lee.out")" = 1 ]
result $? "a log that comes late is heard, and what was told is not told again"
echo "suspect otel-demo/Deployment/cart" >&8
wait_lines "$work/kim.out" "SUSPECT|cart"
kill -9 "$kim"; wait "$kim" 2>/dev/null
exec 8>&-
XDG_STATE_HOME=$work/state-kim "$program" class join "$room" --name kim --plain >"$work/early" 2>&1 </dev/null
grep -q "kim sits here already" "$work/early"
result $? "a name that was heard of just now is taken"
kims=$(grep -l '"name": "kim"' "$room"/seats/*/seat.json); kims=${kims%/seat.json}
touch -d '1 minute ago' "$kims/here"
until_status '"name":null,"state":"silent"'
result $? "a laptop that died is silent"
printf '{"torn' >>"$kims/Scenario-1/1/trajectory.jsonl"
touch "$room/host/0123456789abcdef (conflicted copy).jsonl"
seat kim && exec 8>"$work/kim.in"
wait_lines "$work/kim.out" "clock is running" && echo "board" >&8 && wait_lines "$work/kim.out" "otel-demo/Deployment/cart"
result $? "it comes back to the same board and the same record"
passer zoe 'alerts' 'suspect otel-demo/Service/email' 'submit confirm=submit'
until_status '"seats":8,.*"submitted":3,'
result $? "who comes late begins at once"
grep -q '"late":true' "$work/status" && grep -q 'conflicted copy' "$work/status"
result $? "the host is told of that, and of a file that is none of ours"

kill -STOP "$lee" && touch "$work/stopped"
lees=$(grep -l '"name": "lee"' "$room"/seats/*/seat.json); lees=${lees%/seat.json}
touch -d '1 minute ago' "$lees/here"
passer lee 'note "on another laptop"'
wait_lines "$lees/Scenario-1/1/trajectory.jsonl" '"reason":"quit"'
until [ -n "$(find "$work/stopped" ! -newermt '-0.6 seconds')" ]; do sleep 0.05; done   # longer than between two looks
echo "traces" >&7
kill -CONT "$lee"
ask 7 "$work/lee.out" "taken again elsewhere: nothing is asked" "traces"
result $? "a laptop that only stood still finds its seat taken"
[ "$(tail -n 1 "$lees/Scenario-1/1/trajectory.jsonl" | grep -c '"reason":"quit"')" = 1 ] &&
	cp -r "$lees" "$work/lees" && "$program" score "$work/lees/Scenario-1/1" --truth "$truth" 2>&1 | grep -q "hash chain whole"
result $? "and leaves the record alone"

# What the truth alone says, and how verdicts speak.
sed -nE 's/^ *(says|innocent|tempting|what|condition|group_id|fault_mechanism|fault): *"?([^"]*)"?.*/\2/p' "$truth"/Scenario-1/*.yaml |
	grep -E '.{8}' | sort -u >"$work/words"
printf '%s\n' 'gate open' 'gate closed' '"score"' 'Score ' '  TP ' '  FP ' 'missed  otel' >>"$work/words"
cp -r "$room" "$work/before"
rm -f "$work/leaks"
grep -rnF -f "$work/words" "$work/before" "$work"/past-{ann,bob,cyd,dee,eva,lee,zoe}.out "$work"/{lee,kim}.out >"$work/leaks"
[ "$(wc -l <"$work/words")" -gt 20 ] && [ ! -s "$work/leaks" ] && [ -z "$(ls "$room/verdicts")" ]
result $? "no byte of a verdict is in the folder or on a seat before the reveal"
"$program" class join "$room" --name ann >"$work/ann2.out" 2>&1 && grep -q "told when the host reveals" "$work/ann2.out"
result $? "who submitted is told to wait"
"$program" class debrief "$room" --truth "$truth" >"$work/debrief.early" 2>&1
[ $? -eq 1 ] && grep -q "after the reveal" "$work/debrief.early"
result $? "there is no debrief before the reveal"
host -c 'status names' >"$work/names.out"
grep -q "names are told after the reveal" "$work/names.out"
result $? "nor are there names"
run_of() { echo "$(dirname "$(grep -l "\"name\": \"$1\"" "$room"/seats/*/seat.json)")/Scenario-1/1"; }
zoes=$(run_of zoe) bobs=$(run_of bob)
mv "$zoes/agent_output.json" "$work/"   # a folder that a program keeps alike: the record came, the answer not yet
cp "$bobs/trajectory.jsonl" "$work/bobs"
sed -i '1s/"truth_seal":"[^"]*"/"truth_seal":"none"/' "$bobs/trajectory.jsonl"
host -c reveal -c status >"$work/reveal.out"
grep -q "1 verdict is written" "$work/reveal.out" && grep -q "the commitment in its record is none" "$work/reveal.out" && grep -q "revealed *yes" "$work/reveal.out"
result $? "a run that cannot be scored keeps no other verdict back"
"$program" class debrief "$room" >"$work/debrief.part" 2>&1
grep -q "^bob could not be scored, .*: .*the commitment in its record is none" "$work/debrief.part" &&
	grep -q "^zoe could not be scored, .*: an answer was submitted, and has not come here" "$work/debrief.part" &&
	grep -qE '^\| ann \| 1.00 ' "$work/debrief.part" && ! grep -qE '^\| (bob|zoe) ' "$work/debrief.part"
result $? "the debrief tells of the others, and whom it leaves out, and why"
mv "$work/agent_output.json" "$zoes/" && cat "$work/bobs" >"$bobs/trajectory.jsonl"
cyds=$(run_of cyd)
mv "$cyds/trajectory.jsonl" "$work/cyds" && mkfifo "$cyds/trajectory.jsonl"
timeout 20 "$program" class host "$room" -c status >"$work/piped.out" 2>&1 && grep -q "no plain files where its record should be" "$work/piped.out" &&
	timeout 20 "$program" class debrief "$room" >"$work/debrief.pipe" 2>&1 && grep -q "^cyd could not be scored" "$work/debrief.pipe"
result $? "a pipe in the place of a record keeps nobody waiting"
rm "$cyds/trajectory.jsonl" && mv "$work/cyds" "$cyds/trajectory.jsonl"
host -c 'status names' >"$work/reveal.out"
grep -qE ' zoe +submitted.* 0$' "$work/reveal.out" && [ "$(find "$room/verdicts" -name '*.json' | wc -l)" = 3 ]
result $? "nor is one told before the answer has come"
"$program" class join "$room" --name ann >"$work/ann3.out" 2>&1 && grep -q "gate open" "$work/ann3.out"
result $? "a seat is told its own"
"$program" class join "$room" --name bob >"$work/bob3.out" 2>&1 && grep -q "gate closed" "$work/bob3.out" && grep -q "was sealed when the run began" "$work/bob3.out"
result $? "and that the truth is the one of the beginning"
host -c 'status names' | grep -qE ' ann +submitted.* 1$'
result $? "names and scores stand on the host's table then"
host -c end >/dev/null
ask 8 "$work/kim.out" "the class is over" "traces"
result $? "the end reaches who still plays"
exec 7>&- 8>&-
wait
"$program" score "$kims/Scenario-1/1" --truth "$truth" >"$work/kim.score" 2>&1
grep -q "hash chain whole" "$work/kim.score" && grep -q "1 lines are none" "$work/kim.score"
result $? "the record of the laptop that died is whole but for the torn line"
"$program" replay --check "$kims/Scenario-1/1" >"$work/check" 2>&1 && grep -q " 0 differ" "$work/check"
result $? "and run again it gives the same answers"
"$program" class debrief "$room" >"$work/debrief.md" 2>"$work/debrief.err"
grep -q "| the image cannot be pulled | .* | 1 of 8 | " "$work/debrief.md" && grep -qE '^\| ann \| 1.00 ' "$work/debrief.md" &&
	grep -qE '^\| kim .* came back after a crash; no answer' "$work/debrief.md" && grep -qE '^\| zoe .* came late' "$work/debrief.md" &&
	grep -q "| otel-demo/Deployment/quote | 1 of 8 | a cause |" "$work/debrief.md"
result $? "the debrief tells who saw what decides, and what was named"
grep -q "^The first record that only a part of the class saw was " "$work/debrief.md" && [ "$(grep -c '^## ' "$work/debrief.md")" = 6 ]
result $? "and where the class parted"
"$program" class debrief "$room" --to html --redact names >"$work/debrief.html" 2>&1
grep -q "<td>seat 1</td>" "$work/debrief.html" && ! grep -qwE 'ann|bob|kim|zoe' "$work/debrief.html" && ! grep -qE 'src=|href=|url\(' "$work/debrief.html"
result $? "as one page of HTML that needs nothing else, without names"
echo "1..$n"
