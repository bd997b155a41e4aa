#!/bin/bash
# The console in the C locale and under NO_COLOR, in a real terminal: it goes through every pane, answers a command line, and not one
# byte that it sends to the terminal is beyond ASCII, nor a colour or a grey. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="the C locale"
. tests/pty/terminal.bash

check() { # name text
	n=$((n + 1))
	if wait_grep -F "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "waited for: $2" >&2
		screen >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }

tmx new-session -d -s case -x 80 -y 24 'exec cat'
tmx set-option -t case remain-on-exit on
tmx pipe-pane -t case "exec cat >$work/bytes"
tmx respawn-pane -k -t case "env -u LANG -u LC_CTYPE LC_ALL=C NO_COLOR=1 $program play sample-incidents/Scenario-1 --no-record; echo status \$?"
watch
check "the briefing comes first" "BRIEFING"
keys Enter
check "the alerts pane opens" "ALERTS"
for pane in 2:LOGS 3:HOPS 4:METRICS 5:TOPOLOGY 6:EVENTS 7:CHANGES 8:BOARD; do
	keys "${pane%%:*}"
	check "pane ${pane%%:*}" "${pane#*:}"
done
keys 4
check "the metrics again" "METRICS"
keys Enter
check "a chart" "one sample every"
keys ":"
check "the prompt" ":"
keys -l "logs level>=error"
keys Enter
check "a command line is answered" "level>=error"
keys ":"
keys -l "quit"
keys Enter
check "it ends well" "status 0"

n=$((n + 1))
[ -s "$work/bytes" ] && ! LC_ALL=C grep -aq '[^ -~[:cntrl:]]' "$work/bytes" && echo "ok $n - nothing beyond ASCII was sent" ||
	echo "not ok $n - nothing beyond ASCII was sent"
LC_ALL=C grep -ao '.\{0,20\}[^ -~[:cntrl:]].\{0,20\}' "$work/bytes" | head -5 | cat -v >&2
n=$((n + 1))
# Bold, underlined, reversed and their ends, the colours' own default, character sets: nothing else is asked for.
odd=$(LC_ALL=C grep -ao $'\033\\[[0-9;]*m' "$work/bytes" | tr -d '\033[m' | tr ';' '\n' | grep -vxE '|0|1|4|7|10|11|22|24|27|39|49' | sort -u)
[ -s "$work/bytes" ] && [ -z "$odd" ] && echo "ok $n - bold, underlined and reversed are all there is" || echo "not ok $n - bold, underlined and reversed are all there is"
echo "$odd" >&2

# A terminal that only prints lines gets lines.
tmx respawn-pane -k -t case "env TERM=dumb $program play sample-incidents/Scenario-1 --no-record; echo status \$?"
check "on a dumb terminal play falls back to lines" "The clock is running."
keys -l "quit"
keys Enter
check "and ends well" "status 0"
echo "1..$n"
