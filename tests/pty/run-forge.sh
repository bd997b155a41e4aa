#!/bin/bash
# `coldcase forge` at a real terminal: a bar that moves and says how long it takes, Ctrl-C, and a clean line at the end.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="the forge"
. tests/pty/terminal.bash
check() { # name regex
	wait_grep -E "$2"
	result "$1" $?
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
begin() { # options
	tmx kill-session -t case 2>/dev/null
	tmx new-session -d -s case -x 100 -y 24 "bash -mc '\"$program\" forge \"$work/out\" --fault invalid-image:cart $1; echo status \$?; read _'"
	watch
}

begin "--duration 6h --rps 100"
check "a bar, a share, and what is left" '^\[#*\.+\] +[0-9]+% simulating, left [0-9]'
tmx send-keys -t case C-c
check "Ctrl-C ends it" '^status 1'
check "and says so" '^coldcase: forge: canceled'
! grep -q '%' "$work/screen"
result "the bar is gone" $?
[ ! -e "$work/out" ]
result "and nothing is left" $?

begin "--duration 12m --rps 1"
check "the end" '^status 0'
grep -q '^/.*Scenario-1: ' "$work/screen" && ! grep -q '%' "$work/screen"
result "is one line" $?
echo "1..$n"
