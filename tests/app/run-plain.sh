#!/bin/bash
# Line mode for ears: a whole investigation through a pipe, to the verdict, without a picture in it. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-plain.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
n=0
result() { # name status
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
says() { # name extended-regex
	grep -qE -- "$2" "$work/out"
	result "$1" $?
}

# Scenario-1 is the one this project solves in the open: its cause is in every other test.
"$program" play sample-incidents/Scenario-1 --plain --out "$work/runs" >"$work/out" 2>"$work/err" <<'LINES'
1
open
events type=Warning
1
pin {cite} note="the image cannot be pulled"
2
logs level>=warn
more
patterns
metrics Deployment/quote
changes
suspect Deployment/quote confidence=0.8 reason="its new image cannot be pulled" pins=1
board
submit
submit confirm=submit
alerts
LINES
result "it ends well" $?
says "the briefing is announced" '^ANN: .*BRIEFING|^ANN: Scenario'
says "the pane, its rows and the budget are announced" '^ANN: ALERTS.*; [0-9]+ rows; 1 query used, 99 left$'
says "rows have numbers, values have names" '^1\. .*Alert KubeContainerWaiting.*, State firing'
says "a number selects a row and says what it is" '^ANN: row 1 of [0-9]+ selected: .*; about otel-demo/Pod/quote.*; `open` runs alert '
says "open opens it" '^ANN: ALERT KubeContainerWaiting'
says "a long list comes in parts" '^ANN: LOGS.*rows 1 to 20 of [0-9]+, `more` goes on'
says "and goes on" '^ANN: rows 21 to [0-9]+ of [0-9]+'
says "a pin leaves the numbers to the list before" '^ANN: row 2 of [0-9]+ selected: .*Reason'
says "the selected row's record is pinned" '^ANN: PIN #1'
says "a chart is told in words" '(points in|points, first)|Change'
says "the board says what the suspect explains" 'alerts explained: '
says "the answer is reviewed" '^ANN: REVIEW'
says "and judged" 'gate open'
! grep -q '^ANN: ALERTS' <(sed '1,/SUBMITTED/d' "$work/out")
result "nothing is run after the answer" $?
! LC_ALL=C.UTF-8 grep -qP '[\x{2500}-\x{259F}\x{2800}-\x{28FF}\x1b]' "$work/out"
result "no frames, bars, braille or escapes" $?
[ "$(grep -c . "$work/err")" -eq 0 ] || cat "$work/err" >&2
result "no complaint" "$(grep -c . "$work/err")"

# What cannot be done is said, and shows in the exit status.
printf '%s\n' '99999' 'spec {entity}' '1' 'trace {op}' | "$program" play sample-incidents/Scenario-1 --plain --no-record >"$work/out" 2>&1
[ $? -eq 2 ]
result "refused lines are the status" $?
says "a row that is not there is refused" '^ANN: there are rows 1 to '
says "nothing is taken from no row" '^ANN: no row is selected for \{entity\}'

# Back from what was opened: the rows and the selection are those of the list, and nothing is paid twice.
printf '%s\n' 'open 3' close more 2 'open 99' budget close close |
	"$program" play sample-incidents/Scenario-1 --plain --no-record >"$work/out" 2>&1
says "open 3 selects the row and opens it" '^ANN: row 3 of 11 selected: Alert NoRequestsDetected'
says "close is back at the list" '^ANN: back at ALERTS; 11 rows, `more` reads them again'
says "and at its row" '^ANN: row 3 of 11 selected'
says "whose numbers count again" '^ANN: row 2 of 11 selected: Alert KubePodNotReady'
says "a row that is not there is not opened" '^ANN: there are rows 1 to 11'
says "coming back is no query" 'queries used: 2|used: 2'
says "before the first answer there is none" '^ANN: no answer with rows came before this one'

# Where no truth lies, that is said before the word that cannot be taken back - and only there.
! grep -q 'No ground truth lies here' <(printf '%s\n' 'suspect Deployment/quote' submit | "$program" play sample-incidents/Scenario-1 --plain --out "$work/runs" 2>&1)
result "nothing is said of a truth that is there" $?
mkdir "$work/alone" && cp -r sample-incidents/Scenario-1 "$work/alone/"
printf '%s\n' 'suspect Deployment/quote' submit | "$program" play "$work/alone/Scenario-1" --plain --out "$work/runs" >"$work/out" 2>&1
says "no verdict will follow here" '^No ground truth lies here, .*coldcase score .*--truth FILE'
echo "1..$n"
