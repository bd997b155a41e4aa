#!/bin/bash
# Programs as players, from the outside: the scripted policies over bundled incidents, and records that replay like anybody's.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-agent.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
agent() { "$program" agent "$@" --out "$work/runs" >"$work/out" 2>"$work/err"; }

for policy in loudest recent origin; do
	agent sample-incidents/Scenario-2 --provider heuristic --policy $policy && grep -q '^submitted after' "$work/out"
	result $? "$policy plays to its answer"
done
ok=0
for record in "$work"/runs/Scenario-2/*; do
	"$program" replay "$record" --check >/dev/null 2>"$work/err" || { ok=1; cat "$work/err"; }
done
result $ok "each record replays: every answer has its digest"
record=$(ls -d "$work"/runs/Scenario-2/* | tail -1)
head -1 "$record/trajectory.jsonl" | grep -q '"actor":"agent","actor_name":"heuristic-origin"' &&
	grep -q '"event":"model","data":{"provider":"heuristic","model":"origin"}' "$record/trajectory.jsonl"
result $? "the record says who played"
grep -q '"evidence": *"[^"]' "$record/agent_output.json"
result $? "the answer has its evidence"
agent sample-incidents/Scenario-2 --provider heuristic --json && grep -q '^{"stop":"submit","submitted":true,"queries":[0-9]*,"run":"' "$work/out"
result $? "--json tells in one line what came of it"
agent sample-incidents/Scenario-2 --provider heuristic --budget 5 && grep -q '^submitted after 5 queries' "$work/out"
result $? "a small budget still ends in an answer"
agent sample-incidents/Scenario-2 --provider nobody
[ $? = 2 ] && grep -q 'no provider is called nobody' "$work/err"
result $? "an unknown provider is named"
agent sample-incidents/Scenario-2 --provider heuristic --policy luckiest
[ $? = 2 ] && grep -q 'loudest, recent or origin' "$work/err"
result $? "an unknown policy is answered with those there are"
agent --provider heuristic
[ $? = 2 ] && grep -q 'which incident' "$work/err"
result $? "without an incident nobody plays"
echo "1..$n"
