#!/bin/bash
# Campaigns from the outside: every task once, resumed after kill -9 without repeating what is there, held below a cap, told to other engines;
# and seats of people. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-campaign.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
. tests/support/wait.bash
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; cat "$work/out" "$work/err" >&2; fi
}
campaign() { "$program" campaign "$@" >"$work/out" 2>"$work/err"; }
mkdir "$work/set"
for i in 1 2 3; do ln -s "$PWD/sample-incidents/Scenario-$i" "$work/set/Scenario-$i"; done
cat >"$work/agents.yaml" <<'YAML'
defaults: {assist: raw, budget: 60}
agents:
  - {name: origin, provider: heuristic}
  - {name: loudest, provider: heuristic, policy: loudest, assist: ranked}
YAML
all=$(for p in loudest origin; do for s in 1 2 3; do for t in 1 2; do echo "$p/Scenario-$s/$t"; done; done; done)
tree() { (cd "$1" && find . -mindepth 3 -maxdepth 3 -type d -not -path '*/.*/*' | cut -c3- | sort); }

# --- killed in the middle ---

start_held "$program" campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --jobs 2 --out "$work/runs" >"$work/out" 2>"$work/err"
wait_lines "$work/out" submit 3 $parent
kill -9 $parent 2>/dev/null
wait $parent 2>/dev/null
wait_held # its runs end with it
before=$(tree "$work/runs")
[ "$(echo "$before" | grep -c .)" -lt 12 ] && [ "$(echo "$before" | grep -c .)" -ge 3 ]
result $? "killed with some of it done"
(cd "$work/runs" && for r in $before; do stat -c '%n %Y %i' "$r/trajectory.jsonl"; done) >"$work/kept"
campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --jobs 2 --out "$work/runs"
[ $? = 0 ] && [ "$(tree "$work/runs")" = "$all" ]
result $? "started again it plays the rest"
(cd "$work/runs" && for r in $before; do stat -c '%n %Y %i' "$r/trajectory.jsonl"; done) | cmp -s - "$work/kept"
result $? "what was there was not played again"
[ "$(cat "$work"/runs/*/*/*/trajectory.jsonl | grep -c '"type":"end"')" = 12 ]
result $? "each record is whole"
campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --out "$work/runs" --json &&
	grep -q '^{"tasks":12,"there_before":12,"played":0,"failed":0,"left":0,"cost_usd":0}$' "$work/out"
result $? "then nothing is left"
grep -q '"assistance":"ranked"' "$work/runs/loudest/Scenario-1/1/trajectory.jsonl" && grep -q '"assistance":"raw"' "$work/runs/origin/Scenario-1/1/trajectory.jsonl"
result $? "an agent's own word goes before the defaults"
"$program" league "$work/runs" --json >"$work/out" 2>"$work/err" && grep -q '"origin"' "$work/out" && grep -q '"loudest"' "$work/out"
result $? "league reads the tree"
sed 's/policy: loudest/policy: recent/' "$work/agents.yaml" >"$work/changed.yaml"
campaign "$work/set" --agents "$work/changed.yaml" --out "$work/runs"
[ $? = 1 ] && grep -q 'loudest has played with other options' "$work/err"
result $? "one name is one player"

# --- Ctrl-C ---

"$program" campaign "$work/set" --agents "$work/agents.yaml" --repeats 50 --jobs 2 --out "$work/broken" >"$work/out" 2>"$work/err" &
parent=$!
wait_lines "$work/out" submit 1 $parent
kill -INT $parent
wait $parent
[ $? = 1 ] && grep -q 'start it again to play the rest' "$work/out"
result $? "an interrupt ends it with what is done"
! (cd "$work/broken" && tree . | sed 's#$#/trajectory.jsonl#' | xargs grep -L '"type":"end"' | grep -q .)
result $? "and nothing half done is among the runs"

# --- wrong files ---

refused() { # text yaml
	printf '%s\n' "$2" >"$work/bad.yaml"
	campaign "$work/set" --agents "$work/bad.yaml" --out "$work/none"
	[ $? != 0 ] && grep -qF "$1" "$work/err"
	result $? "refused: $1"
}
refused "agent 1: max-turn: an agent has no such option" 'agents: [{name: a, provider: heuristic, max-turn: 3}]'
refused "agent 1: out: the campaign chooses that itself" 'agents: [{name: a, provider: heuristic, out: /tmp}]'
refused "agent 2: name: another one is called that" 'agents: [{name: a, provider: heuristic}, {name: a, provider: heuristic}]'
refused "agent 1: name: needed" 'agents: [{name: ../a, provider: heuristic}]'
refused "agent 1: advice: it takes true or false" 'agents: [{name: a, provider: heuristic, advice: 3}]'
refused "agent 1: provider: needed" 'agents: [{name: a}]'
refused "players: only" 'players: []'
refused "bad.yaml: " 'agents: [{'
campaign "$work/set" --out "$work/none"
[ $? = 2 ] && grep -q 'who plays' "$work/err"
result $? "without a file nobody plays"

# --- money, and a server that is not there ---

key=sk-outside-0123456789abcdef
mkdir -p "$work/config/coldcase"
echo 'openai/test-model: {input: 10, output: 10, window: 100000}' >"$work/config/coldcase/prices.yaml"
serve "$key" 'reply
call suspect {"name":"otel-demo/Deployment/checkout","confidence":0.9}
call submit {"confirm":"submit"}
usage 1000 100
'
echo "agents: [{name: model, provider: openai, model: test-model, base-url: $url, max-cost: 0.5}]" >"$work/model.yaml"
sed 's/, max-cost: 0.5//' "$work/model.yaml" >"$work/boundless.yaml"
export OPENAI_API_KEY=$key
campaign "$work/set" --agents "$work/boundless.yaml" --out "$work/paid" --max-cost 1
[ $? = 2 ] && grep -q 'needs a max-cost of model' "$work/err"
result $? "a cap needs to know what a run may cost"
campaign "$work/set" --agents "$work/model.yaml" --repeats 1 --jobs 3 --out "$work/paid" --max-cost 0.505
[ $? = 1 ] && [ "$(tree "$work/paid" | wc -l)" = 1 ] && grep -q 'the rest could pass --max-cost' "$work/out" && grep -q '\$0.01 of \$0.5' "$work/out"
result $? "no run begins that could pass the cap"
campaign "$work/set" --agents "$work/model.yaml" --repeats 1 --out "$work/paid" --max-cost 0.53 --json
[ $? = 0 ] && grep -q '"there_before":1,"played":2,"failed":0,"left":0,"cost_usd":0.033}' "$work/out"
result $? "what was spent before counts"
serve_end
campaign "$work/set" --agents "$work/model.yaml" --repeats 5 --out "$work/paid"
[ $? = 1 ] && grep -q 'model failed 3 times in a row and was left alone' "$work/out" && [ "$(tree "$work/paid" | wc -l)" = 3 ]
result $? "who fails again and again is left alone"
! grep -rq "$key" "$work/paid" "$work/out" "$work/err"
result $? "the key is nowhere"

# --- told to stop while it does not wait, and started by one who does not care for its children ---

serve "$key" 'reply
hang
'
cat >"$work/slow.yaml" <<YAML
agents:
  - {name: origin, provider: heuristic}
  - {name: model, provider: openai, model: test-model, base-url: $url}
YAML
mkdir "$work/one" && ln -s "$PWD/sample-incidents/Scenario-1" "$work/one/Scenario-1"
mkfifo "$work/full"
exec 9<>"$work/full"
head -c 65536 /dev/zero >&9 # who says something waits
"$program" campaign "$work/one" --agents "$work/slow.yaml" --repeats 1 --jobs 2 --out "$work/told" >&9 2>"$work/err" &
parent=$!
until [ "$(pgrep -cP $parent)" = 2 ] || ! kill -0 $parent 2>/dev/null; do :; done
until [ "$(pgrep -cP $parent)" = 1 ] || ! kill -0 $parent 2>/dev/null; do :; done
kill -TERM $parent
head -c 65536 <&9 >/dev/null
timeout 10 tail --pid=$parent -s 0.05 -f /dev/null
! kill -0 $parent 2>/dev/null
ended=$?
[ $ended = 0 ] || pkill -KILL -P $parent
wait $parent
timeout 1 cat <&9 >"$work/out"
[ $ended = 0 ] && grep -q 'model Scenario-1 1: broken off' "$work/out"
result $? "a signal that comes while a run's end is told reaches the others"
exec 9>&-
serve_end
timeout -k 1 60 perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$program" campaign "$work/one" --agents "$work/agents.yaml" --repeats 1 --out "$work/deaf" >"$work/out" 2>"$work/err"
[ $? = 0 ] && [ "$(tree "$work/deaf" | wc -l)" = 2 ]
result $? "it sees its runs end although ends of children are ignored"

# --- other engines ---

campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --out "$work/in parts" --emit parallel && [ "$(wc -l <"$work/out")" = 12 ]
result $? "a line for each task"
mkdir "$work/bin" && ln -s "$program" "$work/bin/coldcase"
sed -n '1,4p;1p' "$work/out" >"$work/lines"
PATH=$work/bin:$PATH sh "$work/lines" >"$work/out" 2>"$work/err" && [ "$(tree "$work/in parts" | wc -l)" = 4 ] && grep -q 'is there already' "$work/err"
result $? "any shell plays them, and one that comes twice is played once"
campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --out "$work/in parts"
[ $? = 0 ] && [ "$(tree "$work/in parts")" = "$all" ]
result $? "a campaign goes on from there"
campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --jobs 4 --out "$work/array" --emit slurm && grep -q -- '--array=0-11%4$' "$work/out" && sh -n "$work/out"
result $? "a Slurm array is a shell script"
(cp "$work/out" "$work/array.sh" && SLURM_ARRAY_TASK_ID=7 PATH=$work/bin:$PATH sh "$work/array.sh" >"$work/out" 2>"$work/err") && [ "$(tree "$work/array")" = loudest/Scenario-1/2 ]
result $? "whose tasks play"
campaign "$work/set" --agents "$work/agents.yaml" --repeats 2 --out runs --emit kubernetes --image example.org/coldcase:1 && grep -q '^  completions: 12$' "$work/out" &&
	sed -n '/task.sh: |/,/^---/p' "$work/out" | sed '1d;$d;s/^    //' | sh -n
result $? "an indexed Job has its script in a ConfigMap"
campaign "$work/set" --agents "$work/agents.yaml" --out runs --emit kubernetes
[ $? = 2 ] && grep -q -- '--image' "$work/err"
result $? "and needs an image"

# --- people ---

campaign plan "$work/set" --people ana,ben,cy --out "$work/people" --assist raw --budget 30 &&
	grep -q 'people against one agent: 0.66$' "$work/out" && grep -q 'one agent against another: 0.66$' "$work/out"
result $? "a plan says what it can show"
for k in 2 3 4; do grep -E '^(ana|ben|cy):' "$work/out" | cut -d' ' -f$k | sort -u | wc -l; done | sort -u >"$work/places"
[ "$(cat "$work/places")" = 3 ]
result $? "each incident is once at each place"
campaign next ben "$work/people" --json
first=$(sed 's/.*"incident":"\([^"]*\)".*/\1/' "$work/out")
printf 'suspect nothing-here confidence=0.1\nsubmit confirm=submit\n' | "$program" campaign next ben "$work/people" >"$work/out" 2>"$work/err"
ls -d "$work/people/ben/$(basename "$first")/1" >/dev/null 2>&1 && head -1 "$work/people/ben/$(basename "$first")/1/trajectory.jsonl" | grep -q '"actor_name":"ben","budget":30,"assistance":"raw"'
result $? "next plays the first that is open, on the terms of the plan"
campaign next ben "$work/people" --json && ! grep -q "\"incident\":\"$first\"" "$work/out"
result $? "and then another"
campaign plan --out "$work/people" && grep -q "^ben: $(basename "$first") (done)" "$work/out"
result $? "the plan tells who has done what"
campaign plan "$work/set" --people ana --out "$work/people"
[ $? = 1 ] && grep -q 'there is a plan' "$work/err"
result $? "a plan is not made twice"
campaign next eve "$work/people"
[ $? = 3 ] && grep -q 'no seat for eve' "$work/err" && grep -q 'it has: .*ben' "$work/err"
result $? "who has no seat is told"
echo "1..$n"
