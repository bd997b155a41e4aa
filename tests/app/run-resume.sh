#!/bin/bash
# A run that was left, or whose program was killed, is gone on with: the same record, board, budget and clock, and the break is told.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-resume.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state USER=ana
runs=$work/state/coldcase/runs
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
lines() { printf '%s\n' "$@"; }

lines 'logs level>=error' 'suspect otel-demo/Deployment/quote confidence=0.8' quit | "$program" play Scenario-1 --budget 9 >"$work/out" 2>&1
grep -q 'It can be gone on with: coldcase resume last' "$work/out"
result $? "who leaves is told how to go on"
lines 'logs level>=error' budget quit | "$program" resume last >"$work/out" 2>&1
grep -q '^gone on with after 5 steps, left 1 time, .*; 2 queries asked' "$work/out" && grep -q 'otel-demo/Deployment/quote *0.8' "$work/out"
result $? "the board is as it was"
grep -Eq 'queries allowed +9$' "$work/out" && grep -Eq 'queries used +2$' "$work/out"
result $? "under the run's own budget, and what was shown before is shown again for nothing"
[ "$(ls "$runs/Scenario-1")" = 1 ] && [ "$(grep -c '"event":"resumed"' "$runs/Scenario-1/1/trajectory.jsonl")" = 1 ]
result $? "in the same record, which tells it"
"$program" resume Scenario-1 --name ben >"$work/out" 2>&1
[ $? = 1 ] && grep -q 'played by ana, not by ben' "$work/out"
result $? "by the same player"

coproc SESSION { exec "$program" resume last 2>/dev/null; }
pid=$SESSION_PID
echo 'events limit=1' >&"${SESSION[1]}"
while read -r -t 20 -u "${SESSION[0]}" reply && [[ $reply != EVENTS* ]]; do :; done
kill -9 "$pid"
wait "$pid" 2>/dev/null
lines 'submit confirm=submit' quit | "$program" resume last >"$work/out" 2>&1
grep -q '^gone on with .* left 3 times' "$work/out" && grep -q 'gate open' "$work/out"
result $? "killed, it goes on to its answer"
"$program" resume last >"$work/out" 2>&1
[ $? = 1 ] && grep -q 'that run is over' "$work/out"
result $? "which ends it"
"$program" score last | grep -q 'left and gone on with 3 times, ' && "$program" score --json last | grep -q '"breaks":3,"away_ms":[0-9]'
result $? "the score tells the breaks"
"$program" review --json last | grep -q '"breaks":3' && "$program" review last | grep -Eq 'nobody played for +[0-9]'
result $? "so does the review"
"$program" league "$runs" | grep -q '1 run(s) count that were left and gone on with'
result $? "so does the league, in which it is the first try"
"$program" replay --check last | grep -q ' 0 differ'
result $? "and every answer comes out again as recorded"
lines quit | "$program" play Scenario-2 --live 60x >/dev/null 2>&1
"$program" resume Scenario-2 >"$work/out" 2>&1
[ $? = 1 ] && grep -q 'live drill goes over the capture once' "$work/out"
result $? "a live drill is not"
"$program" resume >"$work/out" 2>&1
[ $? = 2 ] && grep -q 'which run' "$work/out"
result $? "a run is asked for"
echo "1..$n"
