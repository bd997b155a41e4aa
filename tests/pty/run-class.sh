#!/bin/bash
# A seat's console and the host's wall in real terminals: no evidence before the start, the countdown, a freeze, a held answer, the verdict
# at the reveal. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a class in terminals"
. tests/pty/terminal.bash

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		{ screen; tmx capture-pane -pt wall; } >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }
wall() { tmx send-keys -t wall "$@"; }
room=$work/room
export XDG_STATE_HOME=$work/state
cp -r sample-incidents/solutions "$work/truth"
"$program" class host "$room" --incident sample-incidents/Scenario-1 --truth "$work/truth" --hold --countdown 2 -c status >/dev/null
tmx new-session -d -s wall -x 80 -y 24 "exec \"$program\" class host \"$room\" --truth \"$work/truth\""
tmx new-session -d -s case -x 110 -y 30 "exec \"$program\" class join \"$room\" --name ann"
watch
wait_grep -F "No evidence is shown before all begin."
result $? "a seat waits on a page without evidence"
grep -qE "alert|Deployment|17:0" "$work/screen"
[ $? -ne 0 ]
result $? "and nothing of the incident stands on it"
wall s Enter
wait_grep -F "It begins in"
result $? "the host's key starts the countdown"
wait_grep -F "[1 alerts]"
result $? "the panes open when it is over"
wall f
wait_grep -F "frozen by the host"
result $? "a freeze hides the evidence and says who"
until_wall() { # pattern
	local limit=$((SECONDS + 20))
	until tmx capture-pane -pt wall | grep -qE "$1"; do [ "$SECONDS" -lt "$limit" ] || return 1; done
}
wall t
wait_grep -F "[1 alerts]"
result $? "it goes on"
# Whoever opens the debrief from now on waits for it, as one does while a large incident is opened: the judge is busy.
slow=$work/truth/Scenario-1/debrief.yaml
mv "$slow" "$work/debrief.yaml" && mkfifo "$slow" && exec 9<>"$slow"
keys 2
wait_grep -F "2 LOGS"
wall_pid=$(tmx display-message -pt wall '#{pane_pid}') limit=$((SECONDS + 20))
until ls -l "/proc/$wall_pid/fd" | grep -q debrief.yaml || [ "$SECONDS" -ge "$limit" ]; do :; done
wall f
wait_grep -F "frozen by the host" && until_wall "FROZEN|frozen"
result $? "a key of the wall is obeyed while the runs are being judged"
wall t
wait_grep -F "[2 logs]" && ls -l "/proc/$wall_pid/fd" | grep -q debrief.yaml
result $? "and the next one, while it still goes on"
cat "$work/debrief.yaml" >&9
rm "$slow" && mv "$work/debrief.yaml" "$slow"
exec 9>&-
wall h "read the events" Enter
wait_grep -F "read the events"
result $? "a hint of the host is told"
keys : "suspect otel-demo/Deployment/quote" Enter
wait_grep -F "1 suspect"
keys S
wait_grep -F "type submit to send"
keys submit Enter
wait_grep -F "Your answer is filed."
result $? "a held answer is filed without a verdict"
grep -qE "gate|Score" "$work/screen"
[ $? -ne 0 ]
result $? "and nothing tells how good it is"
wall r Enter
wait_grep -F "gate open"
result $? "the reveal brings the verdict"
until_wall "1/1 submitted"
result $? "the wall counts who submitted"
echo "1..$n"
