#!/bin/bash
# A judge beside the score: asked once, in the terms of the matcher, mended where its grades are none, and shown apart. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-judge.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
. tests/support/wait.bash
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
key=sk-outside-0123456789abcdef
export OPENAI_API_KEY=$key
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; cat "$work/out" "$work/err" >&2; fi
}
judge() { "$program" judge "$@" --provider openai --model judge-model --base-url "$url" >"$work/out" 2>"$work/err"; }

# One name is the cause, one lies on its path, one has nothing to do with it.
"$program" run sample-incidents/Scenario-2 --out "$work/runs" --name eve -c 'suspect otel-demo/Deployment/checkout confidence=0.9 reason="wrong address of cart"' \
	-c 'suspect otel-demo/Service/frontend confidence=0.5' -c 'suspect otel-demo/Deployment/quote confidence=0.2' -c 'submit confirm=submit' >/dev/null
run=$work/runs/Scenario-2/1
cp "$run/score.json" "$work/score" 2>/dev/null || "$program" score "$run" --json >"$work/score" 2>/dev/null
grades='call grade {"grades":[{"name":"otel-demo/Deployment/checkout","reasoning":0.5,"symptom":1,"why":"vague"},{"name":"otel-demo/Service/frontend","reasoning":0,"symptom":1,"why":"a victim"},{"name":"otel-demo/Deployment/quote","reasoning":0,"symptom":0,"why":"nothing happened to it"}]}'
serve "$key" "by turn
reply
text I think it is fine.
reply
call grade {\"grades\":[{\"name\":\"otel-demo/Deployment/checkout\",\"reasoning\":7,\"symptom\":1,\"why\":\"\"}]}
reply
$grades
usage 900 80
"
judge "$run"
[ $? = 0 ] && grep -q 'reasoning 0.50, partial 0.50, by judge-model$' "$work/out"
result $? "what is no grade is asked for again"
serve_end
grep -q '"root_cause_reasoning": 0.5,' "$run/judge.json" && grep -q '"root_cause_reasoning_partial": 0.5,' "$run/judge.json" &&
	grep -q '"model": "judge-model"' "$run/judge.json" && grep -Eq '"prompt_sha256": "[0-9a-f]{64}"' "$run/judge.json" && grep -q '"temperature": 0$' "$run/judge.json"
result $? "the judgement says who judged, how, and what"
grep -A5 'Service/frontend' "$run/judge.json" | grep -q '"nearness": 0.' && grep -A5 'Deployment/quote' "$run/judge.json" | grep -q '"nearness": 0,'
result $? "with how near each name is"
cat "$run/score.json" 2>/dev/null | cmp -s - "$work/score" || "$program" score "$run" --json 2>/dev/null | cmp -s - "$work/score"
result $? "the score is what it was"
! grep -q reasoning "$work/score"
result $? "and knows nothing of it"

judge "$run" --json
[ $? = 0 ] && grep -q '"kept":true}$' "$work/out"
result $? "the same is not asked for twice: nobody serves any more"
judge "$run" --effort high
[ $? != 0 ] && ! grep -q 'as before' "$work/out"
result $? "one that thinks harder is another judge"
sed 's/"matcher": "d1"/"matcher": "d0"/' "$run/judge.json" >"$work/kept" && cp "$run/judge.json" "$work/ours" && cp "$work/kept" "$run/judge.json"
judge "$run"
[ $? != 0 ] && ! grep -q 'as before' "$work/out"
result $? "and so is one whose names were matched otherwise"
cp "$work/ours" "$run/judge.json"
serve "$key" "reply
$(echo "$grades" | sed 's/"reasoning":0.5/"reasoning":1/')
"
judge "$run" --replace
[ $? = 0 ] && grep -q 'reasoning 1.00, partial 1.00' "$work/out"
result $? "unless it is to be replaced"
serve_end
serve "$key" 'reply
text No.
'
judge "$run" --replace
[ $? = 3 ] && grep -q 'did not call grade' "$work/err" && grep -q '"root_cause_reasoning": 1,' "$run/judge.json"
result $? "a judge that gives none leaves the old one"
serve_end
serve "$key" "reply
status 400 Unsupported value: 'temperature' does not support 0 with this model.
reply
$grades
"
judge "$run" --replace
[ $? = 0 ] && grep -q '"temperature": null$' "$run/judge.json"
result $? "a model that takes no temperature is asked without, and it is said"
serve_end

"$program" league "$work/runs" --json | grep -q judged
[ $? = 1 ]
result $? "league tells of it only when asked"
"$program" league "$work/runs" --judged >"$work/out" 2>"$work/err"
grep -q 'Judged' "$work/out" && grep -Eq 'eve +openai/judge-model +[0-9a-f]{8} +1 +0.5 +0.5' "$work/out"
result $? "and then apart, by judge and prompt"
"$program" judge "$run" >"$work/out" 2>"$work/err"
[ $? = 2 ] && grep -q 'who judges' "$work/err"
result $? "nobody judges by default"
! grep -rq "$key" "$work/runs" "$work/out" "$work/err"
result $? "the key is nowhere"
echo "1..$n"
