#!/bin/bash
# An instructor's screen beside a player's: it keeps up with the run, a hint and a freeze reach the player's console. The watching screen
# is the one that is waited on: it tells of the player whatever happens there. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="watching a run in a terminal"
. tests/pty/terminal.bash

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		screen >&2
		tmx capture-pane -pt player >&2
	fi
}
player() { tmx send-keys -t player "$@"; }
keys() { tmx send-keys -t case "$@"; }
run=$work/runs/Scenario-3/1
# The record begins with the first command; its folder is made then.
cat >"$work/watch" <<-EOF
	#!/bin/sh
	until [ -s "$run/trajectory.jsonl" ] && [ -S "$run/lead.sock" ]; do read -r -t 0.1 _ <"$work/never" 2>/dev/null || :; done
	exec "$program" watch "$run" --truth sample-incidents/solutions
EOF
sed -i 's|#!/bin/sh|#!/bin/bash|' "$work/watch"
mkfifo "$work/never"
exec 9<>"$work/never"
chmod +x "$work/watch"
export XDG_STATE_HOME=$work/state
tmx new-session -d -s player -x 100 -y 30 "exec \"$program\" play sample-incidents/Scenario-3 --out \"$work/runs\" --name tester"
tmx new-session -d -s case -x 110 -y 44 "$work/watch"
watch
player Enter
wait_grep -E 'state +running'
result $? "the run is followed from its start"
player : "focus productpage" Enter
wait_grep -E 'focus +book-info/[A-Za-z]+/productpage'
result $? "where the player looks"
player : "spec book-info/Service/mysql" Enter
wait_grep -E 'no pod has +seen'
result $? "what decides was on the player's screen"
keys h "look at its selector" Enter
wait_grep -E 'hints given +1'
result $? "a hint is given"
keys f "we talk" Enter
wait_grep -E 'state +frozen' && tmx capture-pane -pt player | grep -qF FROZEN && tmx capture-pane -pt player | grep -qF "we talk"
result $? "frozen, the player's console hides the evidence and says why"
tmx capture-pane -pt player | grep -qF "INSTRUCTOR look at its selector"
result $? "the hint stands on the player's row of hints"
keys n "asks late" Enter
wait_grep -F "asks late"
result $? "a private note"
keys t
wait_grep -E 'state +running'
result $? "thawed, it goes on"
player : quit Enter
wait_grep -E 'state +left'
result $? "the player left"
keys h "too late" Enter
wait_grep -F "nobody plays this run now"
result $? "nobody is there to be told"
echo "1..$n"
