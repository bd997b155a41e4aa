#!/bin/bash
# Line mode at a real terminal: Ctrl-C, Ctrl-R, Tab, Ctrl-D, and the end of the record however the program ends. The same for
# readline and libedit (BUILD names the build to try). Waits on what the screen says, as run-tmux.sh does. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="line mode"
. tests/pty/terminal.bash
export XDG_STATE_HOME=$work/state

wait_for() { wait_grep -E "$1"; } # extended regular expression
result() { # name status
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		screen >&2
	fi
}
check() { # name regex
	wait_for "$2"
	result "$1" $?
}
keys() { tmx send-keys -t case "$@"; }
begin() { # the folder of the record
	tmx kill-session -t case 2>/dev/null
	# A job of its own, as under a shell: libedit passes a signal on to the whole process group.
	tmx new-session -d -s case -x 80 -y 24 "bash -mc 'sh -c \"echo \\\$\\\$ >$work/pid; exec $program shell sample-incidents/Scenario-1 --out $work/$1\"; echo status \$?; read _'"
	watch
	check "$1: the prompt" '^\[0/100\] >$'
}
# The record's last line, once the program has gone.
ended() { # folder expected-status
	check "$1: status $2" "^status $2"
	record=$(ls "$work/$1"/*/*/trajectory.jsonl 2>/dev/null | tail -n 1)
	[ -n "$record" ] && tail -n 1 "$record" | grep -q '"type":"end"'
	result "$1: the record has its end" $?
}

begin keys
keys -l "nosuch words"
check "a line is typed" '> nosuch words$'
keys C-c
check "Ctrl-C gives a new prompt" '^\[0/100\] >$'
keys -l "budget"
keys Enter
check "the dropped line is gone" 'queries used +0'
! grep -q 'error' "$work/screen"
result "and was not run" $?
keys C-r
keys -l "bud"
check "Ctrl-R finds the line" 'bud.*budget|bck:bud'
keys C-c
check "Ctrl-C leaves the search" '^\[0/100\] >$'
keys -l "#1 typed"
check "and what follows is typed at the prompt" '^\[0/100\] > #1 typed$'
keys C-c
keys -l "entity check"
keys Tab
keys -l "#"
check "Tab keeps a word whose names begin otherwise" '> entity check#$'
keys BSpace Tab Tab
check "the second Tab lists the names" 'otel-demo/Deployment/checkout'
keys C-c
keys -l "spec Deployment/quo"
keys Tab
check "one name is completed" '> spec otel-demo/Deployment/quote'
keys C-c
keys -l "trac"
keys Tab
check "Tab completes what is common" '> trace$'
keys Tab Tab
check "and lists trace and traces" '^trace +traces'
keys C-c
keys -l "logs level>=wa"
keys Tab
check "levels are completed after >=" '> logs level>=warn'
keys C-c
keys -l "note ä"
check "characters beyond ASCII are typed" 'note ä$'
keys Enter
check "and arrive" 'NOTE|note'
keys C-d
ended keys 0

begin term
keys -l "half a line"
check "term: a line is typed" 'half a line$'
kill -s TERM "$(cat "$work/pid")"
ended term 143

begin hup
kill -s HUP "$(cat "$work/pid")"
ended hup 129

begin quit
keys -l quit
keys Enter
ended quit 0
echo "1..$n"
