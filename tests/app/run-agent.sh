#!/bin/bash
# Programs as players, from the outside: the scripted policies over bundled incidents, and records that replay like anybody's.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-agent.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
. tests/support/wait.bash
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
agent sample-incidents/Scenario-2 --provider heuristic --json && grep -q '^{"stop":"submit","submitted":true,"queries":[0-9]*,"turns":[0-9]*,"run":"' "$work/out"
result $? "--json tells in one line what came of it"
agent sample-incidents/Scenario-2 --provider heuristic --budget 5 && grep -q '^submitted after [0-9]* turns and 5 queries' "$work/out"
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

# --- a model, over a real connection ---

key=sk-outside-0123456789abcdef
answer='reply
call suspect {"name":"otel-demo/Deployment/checkout","confidence":0.9}
call submit {"confirm":"submit"}
usage 100 10
'
model() { OPENAI_API_KEY=$key agent sample-incidents/Scenario-2 --provider openai --model test-model --base-url "$url" "$@"; }

serve "$key" "by turn
reply
think what pages?
call alerts {}
call nonsense {}
usage 1000 50
$answer"
model --json
grep -q '^{"stop":"submit","submitted":true,"queries":1,"turns":2,"forced":false,"calls":2,"input_tokens":1100,"output_tokens":60,' "$work/out"
result $? "a model plays to its submission"
run=$(sed 's/.*"run":"\([^"]*\)".*/\1/' "$work/out")
"$program" replay "$run" --check >/dev/null 2>"$work/err"
result $? "its record replays like anybody's"
! grep -rq "$key" "$work/runs" "$work/out" "$work/err"
result $? "the key is in no record, output or error"
serve_end

serve "$key" 'reply
call alerts {}
pace 100
'
OPENAI_API_KEY=$key "$program" agent sample-incidents/Scenario-2 --provider openai --model test-model --base-url "$url" --out "$work/stopped" \
	--max-turns 10000 >"$work/out" 2>"$work/err" &
player=$!
until grep -qs '"line":"alerts"' "$work"/stopped/Scenario-2/*/trajectory.jsonl || ! kill -0 $player 2>/dev/null; do :; done
kill -INT $player
wait $player
[ $? = 1 ] && grep -q '^canceled after' "$work/out"
result $? "Ctrl-C ends the play"
tail -1 "$work"/stopped/Scenario-2/*/trajectory.jsonl | grep -q '"reason":"canceled"' &&
	"$program" replay "$work"/stopped/Scenario-2/* --check >/dev/null 2>&1
result $? "with the record whole"
serve_end

serve "$key" 'by turn
reply
call alerts {}
reply
hang
'
OPENAI_API_KEY=$key "$program" agent sample-incidents/Scenario-2 --provider openai --model test-model --base-url "$url" --out "$work/hangs" \
	>"$work/out" 2>"$work/err" &
player=$!
until grep -qs '"line":"alerts"' "$work"/hangs/Scenario-2/*/trajectory.jsonl || ! kill -0 $player 2>/dev/null; do :; done
kill -INT $player
wait $player
[ $? = 1 ] && tail -1 "$work"/hangs/Scenario-2/*/trajectory.jsonl | grep -q '"reason":"canceled"'
result $? "Ctrl-C does not wait for a server that says nothing"
serve_end

serve "$key" 'reply
status 401 no such key
'
model
[ $? != 0 ] && grep -q 'OPENAI_API_KEY' "$work/err" && ! grep -q "$key" "$work/err"
result $? "a key that is refused is named by its variable"
serve_end
mkdir -p "$work/prices/coldcase" && echo 'openai/test-model: {input: 1.00, output: 10.00}' >"$work/prices/coldcase/prices.yaml"
XDG_CONFIG_HOME=$work/prices model --max-cost 0.0001
[ $? = 0 ] && grep -q '^cost after 0 turns' "$work/out" && grep -Eq -- '--max-cost \$0.0001 is less than one turn: the first turn would cost about \$0\.0[0-9]*$' "$work/err"
result $? "a cap that no turn fits into says what a turn costs"
agent sample-incidents/Scenario-2 --provider openai
[ $? = 2 ] && grep -q 'which model' "$work/err"
result $? "without a model nobody is asked"
agent sample-incidents/Scenario-2 --provider openai --model m --max-turns none
[ $? = 2 ] && grep -q 'max-turns takes a whole number' "$work/err"
result $? "a number that is none is named"
echo "1..$n"
