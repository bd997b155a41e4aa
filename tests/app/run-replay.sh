#!/bin/bash
# A record gone through without a terminal: the bundled ones, by lines; markers set beside them; the truth; evidence that is elsewhere,
# another one, or gone.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-replay.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
cp -R sample-incidents/runs "$work/runs"
run=$work/runs/ben/Scenario-1/1
replay() { "$program" replay "$run" "$@" 2>"$work/err"; }

replay --plain >"$work/list"
[ "$(grep -c '^   \*   ' "$work/list")" = 6 ] && grep -Eq '^   8  1:30  evnts  error: no command' "$work/list" && grep -Eq '^   9  1:34  events  200 of [0-9]+$' "$work/list"
result $? "--plain lists steps, their times and the markers"
replay -c 'marker next' -c 'marker next' -c 'marker previous' --json >"$work/json"
[ "$(grep -o '"number":[0-9]*' "$work/json" | tr '\n' ' ')" = '"number":3 "number":6 "number":3 ' ]
result $? "from marker to marker, and back"
replay -c 'step 7' -c 'step -2' -c 'step 100%' -c 'clock 1:00' -c 'find events' -c 'marker frontend' --json >"$work/json"
[ "$(grep -o '"number":[0-9]*' "$work/json" | tr -dc '0-9\n' | tr '\n' ' ')" = '7 5 13 7 9 12 ' ]
result $? "by number, from here, by part, clock, text and caption"
replay -c 'step 9' -c 'alerts' -c 'suspect otel-demo/Service/ad' >"$work/out"
[ $? = 1 ] && grep -q '^ALERTS (1-10 of 10)' "$work/out" && grep -q 'coldcase: ' "$work/err"
result $? "what only asks is answered there, what would change it is refused"
before=$(cksum <"$run/trajectory.jsonl")
replay -c 'step 5' -c 'mark where it would have been seen' -c 'step 6' -c 'mark to go' >/dev/null && replay -c markers >"$work/out" &&
	grep -Eq '^ +[0-9]+ +5 +48s +hand +where it would have been seen$' "$work/out" && [ "$before" = "$(cksum <"$run/trajectory.jsonl")" ]
result $? "markers set here are kept beside the record, which stays as it is"
replay -c 'step 6' -c unmark >/dev/null && ! replay -c markers | grep -q 'to go' && ! replay -c 'step 3' -c unmark >/dev/null && grep -q "record's own" "$work/err"
result $? "they can be taken away, the record's own cannot"
replay -c 'step 5' -c unmark >/dev/null && [ ! -e "$run/markers.json" ]
result $? "with the last one its file goes"
echo '{"format":"coldcase-markers","version":1,"markers":[{"step":99,"caption":"x"},{"step":2,"caption":"a\u001b[31mb"}]}' >"$run/markers.json"
replay -c markers >"$work/out" && grep -q 'one\|1 marker' "$work/out" && ! grep -q "$(printf '\033')" "$work/out"
result $? "what stands there of steps that are none is told, and what is no text made harmless"
echo '{"format":' >"$run/markers.json" && replay -c markers >"$work/out" && grep -q 'markers.json' "$work/out"
result $? "a file that cannot be read is told, and the record's own markers are there"
rm "$run/markers.json"

! replay -c markers | grep -q 'true cause' && replay --reveal -c markers >"$work/out" && grep -Eq ' 2 .* cause +a true cause, or a part of it, is first shown: otel-demo/Deployment/quote' "$work/out" &&
	grep -Eq ' 3 .* wrong +the first wrong turn: otel-demo/Service/shipping' "$work/out"
result $? "--reveal marks the first look at a cause, and the first wrong turn"
run=$work/runs/ana/Scenario-1/1
replay --check >"$work/out" && grep -q ' 0 differ' "$work/out"
result $? "its evidence is found by name, and every answer comes out as recorded"
replay --incident sample-incidents/Scenario-2 -c 'step 2' >"$work/out" && grep -q 'the evidence is not what the record was made on' "$work/out"
result $? "another evidence is told"
sed -i 's/"scenario":"Scenario-1"/"scenario":"Scenario-91"/' "$run/trajectory.jsonl"
replay -c 'step 5' -c events -c 'marker next' >"$work/out" && grep -q 'the evidence is not there' "$work/out" && grep -q 'otel-demo/Pod/quote-' "$work/out" &&
	grep -q 'Deployment/quote, 0.60' "$work/out"
result $? "where it is gone, what the record holds of its steps is shown"
replay --json -c 'step 5' -c events >"$work/out" && [ "$(grep -c '"command":"events"' "$work/out")" = 1 ]
result $? "under the name of the command that showed it"
replay -c 'step 2' -c logs >/dev/null
[ $? = 3 ] && grep -q 'holds no such step' "$work/err"
result $? "and what it does not hold is told"
"$program" reel sample-incidents/runs/{ana,ben}/Scenario-1/1 >"$work/out" && grep -Eq '^ +1 +A ana +13 +3 +paths by=origin$' "$work/out" && grep -Eq '^ +2 +B ben +13 +3 +suspect' "$work/out"
result $? "a reel lists where the runs part"
grep -Eq '^ +2 +1 +B ben +2 +2 +4 +parting 1/2: A \[B\]$' "$work/out" && grep -Eq '^ +4 +2 +B ben +5 +5 +13 +parting 2/2: A \[B\]$' "$work/out"
result $? "and its scenes: every parting, and who is shown there in turn"
"$program" reel --blind --json sample-incidents/runs/{ana,ben}/Scenario-1/1 | grep -q '"run":"A"' && ! "$program" reel sample-incidents/runs/ana/Scenario-1/1 2>"$work/err" &&
	grep -q 'two to 26 runs' "$work/err"
result $? "blind without names, and not of one run"
exit 0
