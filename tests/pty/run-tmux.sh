#!/bin/bash
# The whole program in a real terminal. In tmux at 80x24 and 160x48 it opens the bundled incident, pivots alert -> logs -> trace
# -> spec diff, pins, suspects, submits and reads 1.00; a second run names one innocent more and reads 0.50. Both leave records.
# Waits on what the screen says: a control-mode client reports every change of the pane, and only then the screen is looked at
# again. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="tmux session"
. tests/pty/terminal.bash
truth=sample-incidents/solutions/Scenario-1/ground_truth.yaml
# The answer is read from the truth file, so that re-forged samples need no change here.
cause=$(awk '/^ *- *id:/ { id = 1 } /^ *kind:/ { kind = $2 } /^ *namespace:/ { ns = $2 } /^ *filter:/ { getline; sub(/.*- */, ""); sub(/\\b.*/, ""); gsub(/[\x27"^$]/, ""); name = $0 }
  /root_cause: *true/ { print ns "/" kind "/" name; exit }' "$truth")

wait_for() { wait_grep -F "$1"; } # text
check() { # name text
	n=$((n + 1))
	if wait_for "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "waited for: $2" >&2
		screen >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }
command_line() { # text expected
	keys ":"
	wait_for ":" && keys -l "$1"
	keys Enter
	check "$size: $1" "$2"
}
begin() { # size
	size=$1
	tmx kill-session -t case 2>/dev/null
	tmx new-session -d -s case -x "${size%x*}" -y "${size#*x}" "$program play sample-incidents/Scenario-1 --out $work/$size --name tester"
	tmx set-option -t case remain-on-exit on
	watch
	check "$size: the briefing comes first" "BRIEFING"
	keys Enter
	check "$size: the alerts pane opens" "ALERTS"
}
investigate() {
	check "$size: an alert of the incident is listed" "RequestErrorRate"
	keys x
	check "$size: the pivot menu opens" "logs"
	keys Escape
	keys 2
	check "$size: the logs pane" "LOGS"
	keys 3
	check "$size: the traces pane" "HOPS"
	command_line "traces errors>0 limit=5" "errors>0"
	keys Enter
	check "$size: the waterfall of a failing trace" "TRACE"
	command_line "diff $cause" "DIFF"
	check "$size: the diff names the image" "image"
	keys Space
	check "$size: pinned" "inned #1"
	command_line "suspect $cause confidence=0.9 reason=\"its image does not exist\"" "SUSPECT"
}
submit() { # expected score
	keys S
	check "$size: the review before submission" "submit"
	keys -l submit
	keys Enter
	check "$size: the verdict" "gate open"
	check "$size: the score is $1" "$1"
	record=$(ls "$work/$size"/*/*/trajectory.jsonl 2>/dev/null | tail -n 1)
	n=$((n + 1))
	if [ -n "$record" ] && grep -q '"type":"end"' "$record" && [ -f "${record%trajectory.jsonl}score.json" ]; then
		echo "ok $n - $size: recorded to its end and scored"
	else
		echo "not ok $n - $size: recorded to its end and scored"
	fi
}

# The terminal after the program: what is typed is echoed again, on the normal screen.
sane() { # what ended it
	keys -l "echo sa\"\"ne"
	keys Enter
	check "$1: the terminal is sane" 'echo sa""ne'
	n=$((n + 1))
	wait_for "sane" && grep -q '^sane' "$work/screen" && echo "ok $n - $1: the shell answers" || echo "not ok $n - $1: the shell answers"
}
signals() {
	tmx new-session -d -s case -x 80 -y 24 "env PS1='$ ' ENV= sh"
	watch
	for signal in TERM HUP SEGV; do
		keys -l "sh -c 'echo \$\$ >$work/pid; exec $program play sample-incidents/Scenario-1 --out $work/signals'; echo LE\"\"FT"
		keys Enter
		check "SIG$signal: the briefing" "BRIEFING"
		kill -s "$signal" "$(cat "$work/pid")"
		check "SIG$signal: back at the prompt" "LEFT"
		sane "SIG$signal"
		n=$((n + 1))
		record=$(ls -t "$work"/signals/Scenario-1/*/trajectory.jsonl | head -n 1)
		[ $signal = SEGV ] || tail -n 1 "$record" | grep -q '"type":"end"' && echo "ok $n - SIG$signal: the record ends whole" ||
			echo "not ok $n - SIG$signal: the record ends whole"
		keys -l clear
		keys Enter
	done
	# Under another program, as from make: the whole job has to stop, or nobody gives the shell its terminal back.
	keys -l "sh -c '$program play sample-incidents/Scenario-1 --out $work/signals; true'"
	keys Enter
	check "Ctrl-Z: the briefing" "BRIEFING"
	keys C-z
	check "Ctrl-Z: the shell has the terminal" "Stopped"
	sane "Ctrl-Z"
	keys -l fg
	keys Enter
	check "Ctrl-Z: fg repaints" "BRIEFING"
	keys q
	tmx kill-session -t case
}

signals
begin 80x24
investigate
submit 1.0000

begin 160x48
investigate
command_line "suspect otel-demo/Service/frontend confidence=0.3" "SUSPECT"
submit 0.5000
echo "1..$n"
