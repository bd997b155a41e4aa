#!/bin/sh
# The program around the commands: exit statuses, what is printed where, what a scoring process tells. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${BUILD:-build/release}/coldcase
sample=sample-incidents/Scenario-1
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-program.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC
n=0
ok() { # name status-of-the-last-test
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		cat "$work/out" "$work/err" >&2
	fi
}
run() { "$program" "$@" >"$work/out" 2>"$work/err"; }

run list
ok "list succeeds" $?
! grep -qF '/../' "$work/out"
ok "list shows paths without .." $?

run run "$sample" -c 'logs ~ /a(b/'
[ $? -eq 2 ]
ok "a bad regular expression is wrong usage" $?

# A run that never submitted: its investigator must not read the causes by accident.
run run "$sample" --out "$work/runs" -c 'alerts limit=1'
ok "a recorded run" $?
record=$(ls -d "$work"/runs/*/*/ | tail -n 1)
run score "$record"
ok "a run without an answer is scored with status 0" $?
grep -qF 'No answer was submitted: score 0.' "$work/out" && ! grep -q 'True causes' "$work/out"
ok "and its causes stay hidden" $?
grep -q '"score":0.0000' "$record/score.json"
ok "its score.json says 0" $?
run score "$record" --reveal
grep -q 'True causes' "$work/out"
ok "--reveal tells the causes" $?

echo "1..$n"
