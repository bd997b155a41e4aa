#!/bin/bash
# A class of eight in eight terminals of 80x24 and a wall of 160x48: joint start, two answers held, a freeze, a laptop that is killed, the
# reveal, the debrief. Nobody is attached to any of these terminals: they are looked at ten times a second until they show what is waited
# for. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a class of eight in terminals"
. tests/pty/terminal.bash

seats=(s1 s2 s3 s4 s5 s6 s7 s8)
result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		{ screen; for s in "${seats[@]}"; do echo "--- $s"; tmx capture-pane -pt "$s"; done; } >&2
	fi
}
wall() { tmx send-keys -t case "$@"; }
line() { tmx send-keys -t "$1" : "$2" Enter; }
# Every one of these terminals shows the pattern, sooner or later.
mkfifo "$work/never" && exec 9<>"$work/never"
all_show() { # pattern seats...
	local pattern=$1 limit=$((SECONDS + 30)) s
	shift
	for s in "$@"; do
		until tmx capture-pane -pt "$s" 2>/dev/null | grep -qE -- "$pattern"; do
			[ "$SECONDS" -lt "$limit" ] || { echo "$s does not show $pattern" >&2; return 1; }
			read -r -t 0.1 -u 9 _ || :
		done
	done
}
none_shows() { # pattern seats...
	local pattern=$1 s
	shift
	for s in "$@"; do ! tmx capture-pane -pt "$s" 2>/dev/null | grep -qE -- "$pattern" || return 1; done
}
room=$work/room
host="env XDG_STATE_HOME=$work/state \"$program\" class host \"$room\" --truth sample-incidents/solutions"
eval "$host --incident sample-incidents/Scenario-1 --hold --countdown 3 -c status" >/dev/null
tmx new-session -d -s case -x 160 -y 48 "exec $host"
for s in "${seats[@]}"; do
	tmx new-session -d -s "$s" -x 80 -y 24 "exec env XDG_STATE_HOME=$work/state-$s \"$program\" class join \"$room\" --name $s"
done
all_show "No evidence is shown before all begin" "${seats[@]}" && all_show "a class of 8" case
result $? "eight sit down, and the wall counts them"
none_shows "alert|Deployment|17:0" "${seats[@]}"
result $? "nobody sees anything of the incident"
wall s Enter
all_show "It begins in|\[1 alerts\]" "${seats[@]}" && all_show "\[1 alerts\]" "${seats[@]}"
result $? "the countdown ends for all"
# The moments at which the clocks were started, in ms of the day.
starts=$(sed -nE 's/.*"wall":"[^"T]*T([0-9:]*)\.([0-9]{3}).*"command":"start".*/\1 \2/p' "$room"/seats/*/Scenario-1/1/trajectory.jsonl |
	awk '{ split($1, t, ":"); print ((t[1] * 60 + t[2]) * 60 + t[3]) * 1000 + $2 }' | sort -n)
[ "$(wc -l <<<"$starts")" = 8 ] && [ $(($(tail -n 1 <<<"$starts") - $(head -n 1 <<<"$starts"))) -lt 1500 ]
result $? "their clocks began within a moment of each other"
line s1 "events entity=otel-demo/Deployment/quote" && line s1 "suspect otel-demo/Deployment/quote"
line s2 "suspect otel-demo/Service/frontend"
line s4 "suspect otel-demo/Deployment/cart"
all_show "SUSPECT otel-demo" s1 s2 s4
for s in s1 s2; do tmx send-keys -t "$s" S; done
all_show "type submit to send" s1 s2
for s in s1 s2; do tmx send-keys -t "$s" submit Enter; done
all_show "Your answer is filed" s1 s2 && all_show "2/8 submitted" case
result $? "two answers are filed, and held"
all_show "1/8 saw a deciding record" case
result $? "the wall tells how many saw what decides, and of nobody who"
none_shows "gate|Score" "${seats[@]}" && none_shows 's[1-8] ' case && [ -z "$(ls "$room/verdicts")" ]
result $? "no verdict and no name stands anywhere"
wall f
all_show "frozen by the host" s3 s4 s5 s6 s7 s8 && all_show "FROZEN" case
result $? "a freeze hides the evidence from all who play"
wall t
all_show "\[[0-9] [a-z]*\]" s3 s4 s5 s6 s7 s8
result $? "and they go on"
kill -9 "$(tmx display-message -pt s3 '#{pane_pid}')"
s3=$(dirname "$(grep -l '"name": "s3"' "$room"/seats/*/seat.json)")
touch -d '1 minute ago' "$s3/here"
tmx new-session -d -s s3b -x 80 -y 24 "exec env XDG_STATE_HOME=$work/state-s3 \"$program\" class join \"$room\" --name s3"
all_show "8 board" s3b && grep -q '"resumed"' "$s3/Scenario-1/1/trajectory.jsonl"
result $? "a laptop that was killed comes back to its run"
wall r Enter
all_show "gate open" s1 && all_show "gate closed" s2
result $? "the reveal tells both who submitted"
wall n
all_show "s1 .*score 1\.00" case && all_show "s2 .*score 0\.00" case
result $? "and the wall, names and scores"
wall e Enter
all_show "No answer was submitted" s4 s5 s6 s7 s8 s3b
result $? "the end reaches who still plays"
wall q
for s in s1 s2 s4 s5 s6 s7 s8 s3b; do tmx send-keys -t "$s" q; done
eval "$host -c status" >/dev/null   # who gave no answer has a verdict, too
env XDG_STATE_HOME="$work/state" "$program" class debrief "$room" --truth sample-incidents/solutions >"$work/debrief.md" 2>&1
grep -q "^| seats | 8, of which 2 submitted" "$work/debrief.md" && grep -qE '^\| s1 \| 1.00 ' "$work/debrief.md" && grep -qE '^\| s3 .*came back after a crash' "$work/debrief.md" &&
	grep -q "^## Where the class parted" "$work/debrief.md"
result $? "the debrief has all eight"
echo "1..$n"
