#!/bin/bash
# Drills in line mode: each one is new to the person, as hard as the ones before allow, and what came of it is kept.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-drill.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
unset COLDCASE_ASSIST
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
mkdir "$work/incidents"
for i in 1 2 3; do ln -s "$PWD/sample-incidents/Scenario-$i" "$work/incidents/"; done
drill() { "$program" drill --name ana --truth sample-incidents/solutions "$@" "$work/incidents"; }
history=$XDG_STATE_HOME/coldcase/drill/ana.jsonl

drill --pick-only >"$work/pick"
grep -q 'incident  *Scenario-1$' "$work/pick" && grep -q 'unseen incidents  3$' "$work/pick" && grep -q 'why .*the easiest' "$work/pick"
result $? "the first is the easiest, with a reason"
[ ! -s "$history" ]
result $? "choosing keeps nothing"
printf '%s\n' 'events entity=otel-demo/Deployment/quote' 'spec otel-demo/Deployment/quote' 'suspect otel-demo/Deployment/quote confidence=0.9' \
	'submit confirm=submit' quit | drill --plain >"$work/first"
grep -q '^Drill 1 of ana: Scenario-1, difficulty easy, assistance full' "$work/first" && grep -q '^1 drill is too few to mean anything' "$work/first"
result $? "it says what it is, and how little one drill means"
[ "$(wc -l <"$history")" = 1 ] && grep -q '"score":1,' "$history" && grep -q '"difficulty":"easy"' "$history" && grep -q '"saw":\["events","specs"\]' "$history" &&
	grep -q '"decisive_queries":2,' "$history"
result $? "what came of it is kept: the score, and when what decides was seen"
[ "$(stat -c %a "$history")" = 600 ]
result $? "for its owner alone"
drill --pick-only --json | grep -q '"scenario":"Scenario-[23]".*"wanted":"medium","assistance":"full","unseen":2,"again":false'
result $? "the next is a new one, a level up"
second=$(drill --pick-only --json | grep -o 'Scenario-[23]' | head -1)
echo quit | "$program" play "$work/incidents/$second" --plain --name ana >/dev/null 2>&1
! drill --pick-only --json | grep -q "\"pick\":{\"scenario\":\"$second\"" && "$program" drill --pick-only --json --name bob "$work/incidents" | grep -q '"unseen":3'
result $? "what he played outside of drills is not new to him; to others it is"
printf 'alerts\nquit\n' | drill --plain >"$work/left"
[ "$(wc -l <"$history")" = 2 ] && tail -n 1 "$history" | grep -q '"submitted":false,"score":null' && grep -q '^1 drill is too few' "$work/left"
result $? "one that was left counts as seen, and for nothing"
drill --pick-only | grep -q 'all were seen' && drill --pick-only --json | grep -q '"again":true'
result $? "when all were seen it says so"
# The same incidents elsewhere and by other names are known; another one in the place of one that was played is new.
mkdir "$work/moved" && cp -r sample-incidents/Scenario-1 "$work/moved/monday" && cp -r sample-incidents/Scenario-2 "$work/moved/tuesday"
moved() { "$program" drill --pick-only --json --name ana --truth sample-incidents/solutions "$work/moved"; }
moved | grep -q '"unseen":0,"again":true'
result $? "an incident that was moved and renamed is known"
rm "$work/incidents/Scenario-1" && cp -r sample-incidents/Scenario-4 "$work/incidents/Scenario-1"
drill --pick-only --json | grep -q '"scenario":"Scenario-1".*"unseen":1,"again":false'
result $? "another one in its place is new"
"$program" drill --history --name ana >"$work/history" && ! grep -q 'not known' "$work/history"
result $? "with the level each was announced with, also of one that was left"
"$program" drill --history --name ana >"$work/history" && grep -q 'no answer' "$work/history" && grep -q 'counts' "$work/history"
result $? "the history lists them"
"$program" drill --name ana --plain "$work/nowhere" </dev/null 2>"$work/err"
[ $? = 3 ] && grep -q -e '--pick-only says why' "$work/err"
result $? "no incident: an error that says what to do"
for i in 1 2; do "$program" run sample-incidents/Scenario-$i --out "$XDG_STATE_HOME/coldcase/runs" --name dan -c alerts >/dev/null; done
"$program" drill --pick-only --name dan --truth sample-incidents/solutions sample-incidents >"$work/pick"
grep -q 'why  *no new easy one is left' "$work/pick" && grep -q 'forge OUT --random --difficulty easy' "$work/pick"
result $? "when no new one of the wanted difficulty is left it says so, and how to make one"
for f in "$XDG_STATE_HOME"/coldcase/runs/Scenario-[12]/*/trajectory.jsonl; do
	if grep -q '"actor_name":"dan"' "$f"; then head -n 1 "$f" >"$work/look" && cp "$work/look" "$f"; fi
done
"$program" drill --pick-only --name dan --truth sample-incidents/solutions sample-incidents | grep -q 'why  *the first drill: the easiest there is'
result $? "one whose clock never ran was not seen"
many=()
for i in $(seq 59); do many+=("$work/many/$i") && mkdir -p "$work/many/$i"; done
for i in $(seq 58); do ln -s "$PWD/sample-incidents/Scenario-3" "$work/many/$i/"; done
ln -s "$PWD/sample-incidents/Scenario-1" "$work/many/59/"
echo quit | "$program" drill --name eve --plain "${many[@]}" >"$work/all" 2>"$work/err" && grep -q '^Drill 1 of eve: Scenario-1,' "$work/all"
result $? "of many folders the last one counts, too"
echo quit | "$program" drill --name eve --plain "${many[@]}" "$work/many/1" >"$work/all" 2>"$work/err"
[ $? = 2 ] && grep -q 'at most 59 folders' "$work/err"
result $? "more than that are refused, not forgotten"
echo "1..$n"
