#!/bin/bash
# The program from outside: exit statuses, one clear error with a hint, list, info, score, forge.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-cli.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
shared=${COLDCASE_SHARED:-../shared}
n=0
expect() { # name status pattern command...
	name=$1 status=$2 pattern=$3
	shift 3
	n=$((n + 1))
	"$@" >"$work/out" 2>&1 </dev/null
	got=$?
	if [ "$got" -eq "$status" ] && grep -qE -- "$pattern" "$work/out"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		echo "$name: exit $got, wanted $status and /$pattern/:" >&2
		head -20 "$work/out" >&2
	fi
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

expect "no arguments lists what is known" 0 'Scenario-1' "$program"
expect "an unknown sub-command is usage" 2 'no sub-command nosuch' "$program" nosuch
expect "an unknown option is usage" 2 'unknown option --nosuch' "$program" play --nosuch
expect "a missing incident is unreadable input" 3 'hint: ' "$program" info "$work/nosuch"
expect "a folder without evidence says so" 3 'holds no incident snapshot' "$program" info "$work"
expect "the version" 0 '^coldcase [0-9]' "$program" --version
expect "help on a command" 0 'example: logs' "$program" help logs
expect "list finds the bundled incident" 0 '"name":"Scenario-1"' "$program" list sample-incidents --json
expect "info as JSON" 0 '"log_records":[0-9]+,"spans":[0-9]+' "$program" info sample-incidents/Scenario-1 --json
expect "a failing command shows in the exit status" 2 'no command' "$program" run sample-incidents/Scenario-1 -c nosuch -c 'alerts limit=1'

truth=sample-incidents/solutions/Scenario-1/ground_truth.yaml
echo '{"contributing_factors":[{"name":"otel-demo/Deployment/quote"}]}' >"$work/right.json"
echo '{"contributing_factors":[{"name":"otel-demo/Service/frontend"}]}' >"$work/wrong.json"
expect "the true answer scores 1" 0 '"score":1.0000' "$program" score --truth "$truth" --json "$work/right.json"
expect "a victim scores 0" 0 '"score":0.0000' "$program" score --truth "$truth" --json "$work/wrong.json"
expect "two answers, two records" 0 '"score":0.0000' "$program" score --truth "$truth" --json "$work/right.json" "$work/wrong.json"
expect "no truth is unscorable" 4 'UNSCORED' "$program" score "$work/right.json"
expect "a missing answer file is unreadable input" 3 'nosuch.json' "$program" score --truth "$truth" "$work/nosuch.json"
expect "the truth is found beside the incident" 0 'gate open' "$program" score --incident sample-incidents/Scenario-1 "$work/right.json"

# The coach hands over one rung, of an incident whose debrief lies beside its truth, and tells nothing more.
expect "the second rung of the ladder" 0 'find where the errors begin' "$program" score --hint 2 --incident sample-incidents/Scenario-1
lines=$("$program" score --hint 2 --incident sample-incidents/Scenario-1 | wc -l)
n=$((n + 1))
[ "$lines" -eq 1 ] && echo "ok $n - one rung only" || echo "not ok $n - one rung only"
expect "a run asks it for a hint" 0 'HINT 1' "$program" run sample-incidents/Scenario-1 -c hint
expect "no debrief, no rung" 3 'nosuch' "$program" score --hint 1 --incident nosuch

# Verdicts of runs with different help stand under each other only with a warning.
for level in raw full; do
	"$program" run sample-incidents/Scenario-1 --assist $level --out "$work/levels-$level" -c 'suspect otel-demo/Deployment/quote' \
		-c 'submit confirm=submit' >/dev/null
done
expect "levels of assistance are not mixed" 0 'do not compare' "$program" score "$work/levels-raw" "$work/levels-full"
n=$((n + 1))
"$program" score "$work/levels-raw" | grep -q 'do not compare' && echo "not ok $n - one level compares" || echo "ok $n - one level compares"

# Evidence never includes an answer lying in the folder.
cp -R sample-incidents/Scenario-1 "$work/Scenario-1"
for name in ground_truth.yaml debrief.md agent_output.json score.json status.json data.jsonl; do echo leak >"$work/Scenario-1/$name"; done
before=$("$program" info sample-incidents/Scenario-1 --json | sed 's/"path":"[^"]*"//')
after=$("$program" info "$work/Scenario-1" --json | sed 's/"path":"[^"]*"//')
n=$((n + 1))
[ "$before" = "$after" ] && echo "ok $n - answers in the folder are not counted" || echo "not ok $n - answers in the folder are not counted"


expect "one thing is not many" 0 'note: 1 noisy field is hidden' "$program" run sample-incidents/Scenario-8 -c 'spec Pod/cart-74894c85f4-rhdqr'

for facts in '901 8080 15524' '902 9344 17787' '903 7526 13919'; do
	set -- $facts
	dir=$shared/real-incidents/Scenario-$1
	if [ -d "$dir" ]; then
		expect "Scenario-$1: $2 log records, $3 spans" 0 "\"log_records\":$2,\"spans\":$3," "$program" info "$dir" --json
	else
		skip "Scenario-$1: log records and spans" "the recorded incidents are not here"
	fi
done
# A healthy minute hours before the incident: gaps of hours, 46 pods, 874 series. The fault is one pod's CPU.
dir=$shared/real-incidents/Scenario-902
if [ -d "$dir" ]; then
	expect "the pod with the CPU fault leads its metric" 0 '^  1 .*ts-food-service' "$program" run "$dir" -c 'metrics name=pod_cpu_usage_percent limit=1'
	expect "its pods side by side" 0 'max 99.9%' "$program" run "$dir" -c 'metric pod_cpu_usage_percent all=yes limit=16'
	for line in 'topology limit=1' 'topology ts-food-service limit=1' 'trace 88ebfbcebbbc limit=1'; do
		expect "no errors that spans could tell of: $line" 0 'no span carries a status' "$program" run "$dir" -c "$line"
	done
	expect "one line for each workload" 0 'by=workload' "$program" run "$dir" -c 'metrics by=workload limit=5'
else
	skip "metrics of a recorded incident" "the recorded incidents are not here"
fi
. tests/support/wait.bash
# An upgrade replaces the program's file while somebody plays.
cp "$program" "$work/gone"
{
	echo 'suspect otel-demo/Deployment/quote'
	wait_lines "$work/said" .
	rm -f "$work/gone"
	echo 'submit confirm=submit'
} | "$work/gone" run sample-incidents/Scenario-1 --out "$work/upgraded" --truth sample-incidents/solutions >"$work/said" 2>&1
n=$((n + 1))
if grep -q 'Score 1.0000' "$work/said"; then
	echo "ok $n - the verdict comes although the program's file is gone"
else
	echo "not ok $n - the verdict comes although the program's file is gone"
	cat "$work/said" >&2
fi
expect "doctor as JSON" 0 '"what":"locale","good":(true|false),"value":"[^"]+","advice":' sh -c "'$program' doctor --json | tr -d '\\n' | sed 's/\": */\":/g; s/, */,/g; s/  *\"/\"/g'"
expect "keys as JSON: what a key does is an action or a line" 0 '"key":"C-d","pane":null,"action":"half-screen-down","line":null,' sh -c "'$program' keys --json | tr -d '\\n' | sed 's/\": */\":/g; s/, */,/g; s/  *\"/\"/g'"
expect "a theme is found from any folder" 0 'BRIEFING' sh -c "p=\$(realpath '$program') i=\$(realpath sample-incidents/Scenario-1) && cd / && \"\$p\" play --no-record --plain --theme light \"\$i\" </dev/null"
expect "a theme that is not there is a mistake without a screen, too" 3 'theme nope: not found' sh -c "'$program' play --no-record --theme nope sample-incidents/Scenario-1 </dev/null"
expect "the page tells the rule beside a text that quotes another" 0 'The rule: > 0, for 5m; such texts quote other thresholds' "$program" run sample-incidents/Scenario-1 --no-record -c briefing
expect "a bare coldcase tells how hard each is, and which is next" 0 '^>  [12]  Scenario-[12] .* easy ' env XDG_STATE_HOME="$work/nobody" "$program"
echo "1..$n"
