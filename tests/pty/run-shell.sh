#!/bin/bash
# Line mode at a real terminal: Ctrl-C, Ctrl-R, Tab, Ctrl-D, and the end of the record however the program ends. The same for
# readline and libedit (BUILD names the build to try). Waits on what the screen says, as run-tmux.sh does. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
n=0
if ! command -v tmux >/dev/null 2>&1; then
	echo "ok 1 - line mode # SKIP tmux is not installed"
	echo "1..1"
	exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-shell.XXXXXX") || exit 1
socket=coldcase-shell-$$
tmx() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tmx kill-server 2>/dev/null; rm -rf "$work"' EXIT
unset TMUX NO_COLOR COLORTERM
if ! tmx new-session -d -s probe 'exec cat' 2>"$work/probe"; then # a machine without pseudo-terminals
	echo "ok 1 - line mode # SKIP tmux opens no terminal here: $(head -n 1 "$work/probe")"
	echo "1..1"
	exit 0
fi
export LC_ALL=C.UTF-8 TERM=xterm-256color XDG_STATE_HOME=$work/state

screen() { tmx capture-pane -pt case 2>/dev/null; }
watch() {
	coproc NEWS { tmx -C attach -t case 2>/dev/null; }
}
# Looks again after each change until a line fits; gives up after 30 seconds, for the clock on the screen never rests.
wait_for() { # extended regular expression
	local limit=$((SECONDS + 30))
	until screen >"$work/screen" && grep -qE -- "$1" "$work/screen"; do
		[ "$SECONDS" -lt "$limit" ] && read -r -t 30 -u "${NEWS[0]}" _ || return 1
	done
}
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
