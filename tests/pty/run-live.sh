#!/bin/bash
# A live drill in a real terminal: it begins where somebody is paged, goes on by itself, cannot be paused, and ends in a review that tells
# what others were told. Sixty times as fast as it was. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a live drill in a terminal"
. tests/pty/terminal.bash

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		screen >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }
runs=$work/runs
tmx new-session -d -s case -x 110 -y 30 \
	"exec \"$program\" play sample-incidents/Scenario-1 --live 60x --from T-2m --out \"$runs\" --truth sample-incidents/solutions --name tester"
watch
wait_grep -F "60 times its speed"
result $? "the briefing says how the clock goes"
keys Enter
wait_grep -E "^ Scenario-1 +live 60x "
result $? "the clock of the capture is told"
wait_grep -F " PAGED "
result $? "who is paged is told on the hint row"
keys 7
wait_grep -F "7 CHANGES"
result $? "nothing has changed yet, which may change"
keys P
wait_grep -F "this drill goes on whatever happens"
result $? "it cannot be paused"
keys : "mitigate roll quote back" Enter
keys : "status orders fail" Enter
wait_grep -E "live 60x [0-9:]+Z.* end "
result $? "it goes on by itself to the end of the capture"
wait_grep -E "~ .*Deployment/quote"
result $? "and the list of changes went with it"
keys : "suspect otel-demo/Deployment/quote" Enter
wait_grep -F "1 suspect"
keys S
wait_grep -F "type submit to send"
keys submit Enter
wait_grep -F "Score 1.0000"
result $? "the answer is scored as in any other run"
keys q
"$program" score "$runs/Scenario-1/1" --truth sample-incidents/solutions 2>&1 | grep -q "played live, 60 times as fast"
result $? "the verdict says that it was played live"
"$program" review "$runs/Scenario-1/1" --truth sample-incidents/solutions >"$work/review" 2>&1
grep -qE "mitigation +roll quote back" "$work/review" && grep -qE "status +orders fail" "$work/review"
result $? "the review tells what others were told"
"$program" replay --check "$runs/Scenario-1/1" >"$work/check" 2>&1 && grep -q " 0 differ" "$work/check"
result $? "run again the record gives the same answers"
echo "1..$n"
