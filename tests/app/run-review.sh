#!/bin/bash
# The after-action review of runs made here: one that found the cause and padded the answer, one right by luck, one that missed.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-review.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
play() { # folder command...
	local out=$1 args=()
	shift
	for line in "$@"; do args+=(-c "$line"); done
	"$program" run sample-incidents/Scenario-3 --out "$work/$out" --name ana "${args[@]}" >/dev/null 2>&1
}
review() { "$program" review "$work/$1/Scenario-3/1" "${@:2}"; }
cause=book-info/Service/mysql

play padded alerts paths 'focus mysql' entity "ruleout $cause reason=no" 'suspect book-info/Service/ratings confidence=0.6' \
	"changes entity=$cause" "changes entity=$cause" "changes entity=$cause" "suspect $cause confidence=0.8" 'submit confirm=submit'
review padded >"$work/padded.txt"
grep -Eq "^  1 $cause +5 +4 +11 +6 +11$" "$work/padded.txt"
result $? "when the cause was shown, asked for, suspected, ruled out and suspected again"
grep -Eq 'the selector was changed +seen +5 ' "$work/padded.txt" && grep -Eq 'no pod has +seen +5 ' "$work/padded.txt"
result $? "a deciding record is seen whichever command told of it"
grep -Eq '^  1 +7 .* 1 +0\.0000  suspect name=book-info/Service/ratings' "$work/padded.txt" &&
	grep -Eq '^  2 +11 .* 2 +0\.5000  suspect' "$work/padded.txt"
result $? "what the answer was worth as it grew"
play fewer 'suspect book-info/Service/ratings confidence=0.6' "suspect $cause confidence=0.8" "submit confirm=submit names=$cause"
review fewer >"$work/fewer.txt"
grep -Eq '^  2 +3 .* 2 +0\.5000  suspect' "$work/fewer.txt" && grep -Eq '^  3 +4 .* 1 +1\.0000  submit ' "$work/fewer.txt"
result $? "and what was submitted, where that was not all of the board"
grep -Eq "^  1 $cause +3 +- +3 +- +-$" "$work/fewer.txt"
result $? "to suspect a name is not to have looked at it"
grep -q 'book-info/Service/ratings  its pods carry the label that was added.*spec book-info/Service/ratings' "$work/padded.txt"
result $? "the alibi of the wrong name"
grep -q '1 name too many' "$work/padded.txt" && grep -q 'difficulty medium' "$work/padded.txt"
result $? "a lesson, and the next drill at the same level"
grep -q '^  1 repeated' "$work/padded.txt"
result $? "asking the same thing three times is told"
review padded --json | grep -q '"brier":0.2[,}]'
result $? "Brier score: (0.6 - 0)^2 and (0.8 - 1)^2, halved"

"$program" score "$work/padded/Scenario-3/1" >"$work/padded.score"
grep -q '^      cost: 0.5000 of the score$' "$work/padded.score" && grep -q '^  ruled out: step 6, query 3, ' "$work/padded.score" &&
	grep -q '^  suspected again: step 11, query 6, ' "$work/padded.score" && grep -q '^  repeated: ' "$work/padded.score" &&
	grep -q '^Confidence: 0.70 on average of 2 names, 1 right; Brier score 0.2000' "$work/padded.score"
result $? "the score sheet: what a name cost, when the cause came up, habits, confidence"
grep -q '"asserted":{"step":11,"turn":null,"query":6,' "$work/padded/Scenario-3/1/score.json" &&
	grep -q '"exonerated":{"step":6,' "$work/padded/Scenario-3/1/score.json" && grep -q '"flags":\["repeated"\]' "$work/padded/Scenario-3/1/score.json"
result $? "and in score.json"

play lucky "suspect $cause confidence=1" 'submit confirm=submit'
review lucky >"$work/lucky.txt"
grep -Eq '^  supported +no$' "$work/lucky.txt" && grep -q 'It could have been luck' "$work/lucky.txt" && grep -q '^  . early' "$work/lucky.txt" &&
	grep -q 'unverified' "$work/lucky.txt"
result $? "a full score without having seen what decides is unsupported"

play missed alerts 'suspect book-info/Service/ratings' 'submit confirm=submit'
review missed >"$work/missed.txt"
grep -Eq '^  score +0\.0000$' "$work/missed.txt" && grep -q 'never on the screen\|never suspected' "$work/missed.txt" && grep -q 'difficulty easy' "$work/missed.txt"
result $? "a missed cause is the lesson, and the next drill is easier"

play named alerts "topology $cause" 'objects kind=Service' "suspect $cause" 'submit confirm=submit'
review named >"$work/named.txt"
grep -Eq 'the selector was changed +missed +- ' "$work/named.txt" && grep -Eq 'no pod has +missed +- ' "$work/named.txt"
result $? "a list that only names the object tells nothing of its state"
play diffed alerts "diff $cause" "suspect $cause" 'submit confirm=submit'
review diffed >"$work/diffed.txt"
grep -Eq 'the selector was changed +seen +3 ' "$work/diffed.txt" && grep -Eq 'no pod has +seen +3 ' "$work/diffed.txt"
result $? "its diff tells all of it"

play unfinished alerts
! "$program" score "$work/unfinished/Scenario-3/1" | grep -q mysql && ! grep -q mysql "$work/unfinished/Scenario-3/1/score.json"
result $? "before an answer the score sheet tells no cause"
"$program" review "$work/unfinished/Scenario-3/1" >"$work/out" 2>"$work/err"
[ $? = 1 ] && [ ! -s "$work/out" ] && grep -q 'a review tells the causes' "$work/err"
result $? "before an answer there is no review"
review unfinished --reveal | grep -q "$cause"
result $? "unless asked for"

mkdir "$work/shell"
cat >"$work/shell/run.json" <<-'J'
	[{"role":"assistant","content":"","tool_calls":[{"id":"1","name":"bash","arguments":{"command":"kubectl get svc mysql -o yaml"}}]},
	{"role":"tool","tool_call_id":"1","content":"spec:\n  selector:\n    app: mysql-blue"},
	{"role":"assistant","content":"","tool_calls":[{"id":"2","name":"finish","arguments":{"contributing_factors":[{"name":"book-info/Service/mysql"}]}}]}]
J
"$program" import "$work/shell/run.json" --incident sample-incidents/Scenario-3 --out "$work/shell" >/dev/null
review shell >"$work/shell.txt"
grep -Eq 'no pod has +seen +1 ' "$work/shell.txt" && grep -Eq '^  score +1\.0000$' "$work/shell.txt" && grep -Eq '^  supported +yes$' "$work/shell.txt"
result $? "of an imported run, what its shell printed counts"
! grep -q 'unverified\|early' "$work/shell.txt" && grep -q '"investigated":{"step":1,"turn":1,"query":1,' <("$program" score --json "$work/shell/Scenario-3/1")
result $? "asking a shell is asking, and what it cannot do is no habit; an agent's turns are told"
mkdir "$work/counting"
cat >"$work/counting/run.json" <<-'J'
	[{"role":"assistant","content":"","tool_calls":[{"id":"1","name":"bash","arguments":{"command":"grep mysql-blue k8s_objects_raw.tsv | grep -c Service"}}]},
	{"role":"tool","tool_call_id":"1","content":"1"},
	{"role":"assistant","content":"","tool_calls":[{"id":"2","name":"finish","arguments":{"contributing_factors":[{"name":"book-info/Service/mysql"}]}}]}]
J
"$program" import "$work/counting/run.json" --incident sample-incidents/Scenario-3 --out "$work/counting" >/dev/null
"$program" replay "$work/counting/Scenario-3/1" | grep -q 'k8s_objects_raw.tsv pattern=/mysql-blue/ pattern=/Service/$'
result $? "an imported shell command is told with what it looked for"
review counting >"$work/counting.txt"
grep -q '^note: the command of step 1 came upon what decides' "$work/counting.txt" && grep -Eq '^  supported +no' "$work/counting.txt" &&
	"$program" review "$work/counting/Scenario-3/1" --json | grep -q '"state":"missed".*"searched":1'
result $? "what a shell command looked for counts as searched, and what it only counted not as seen"
# Side by side.
play short alerts 'paths origin' 'changes kind=Service' "suspect $cause confidence=0.8" 'submit confirm=submit'
a=$work/padded/Scenario-3/1 b=$work/short/Scenario-3/1
"$program" compare "$a" "$b" >"$work/compare.txt"
grep -Eq '^  1 A +ana +human +0\.5000 +2 +1 +0 +6 ' "$work/compare.txt" && grep -Eq '^  2 B +ana +human +1\.0000 +1 +0 +0 +3 ' "$work/compare.txt"
result $? "compare: the score table"
grep -q '^note: the runs part at query 2$' "$work/compare.txt" && grep -Eq '^  1 +1  alerts +alerts$' "$work/compare.txt"
result $? "compare: the queries side by side, and where they part"
"$program" compare "$a" "$b" --json | tr -d '\n' >"$work/compare.json"
count() { # of the records in the JSON list with these steps
	sed 's/.*"records":\[//; s/\].*//; s/},{/}\n{/g' "$work/compare.json" | grep -Ec "$1"
}
both=$(count '"a":[0-9]+,"b":[0-9]+') left=$(count '"a":[0-9]+,"b":null') right=$(count '"a":null,"b":[0-9]+')
grep -Eq "^  1 both +$both " "$work/compare.txt" && grep -Eq "^  2 only A +$left " "$work/compare.txt" &&
	grep -Eq "^  3 only B +$right " "$work/compare.txt" && [ "$both" -gt 0 ] && [ "$left" -gt 0 ]
result $? "compare: shared and one-sided evidence ($both, $left, $right records)"
"$program" replay "$a" -c 'step 2' -c 'mark looks away' >/dev/null && "$program" compare "$a" "$b" >"$work/out" && grep -Eq '^  1 A +2 +hand +looks away$' "$work/out" &&
	"$program" compare "$b" "$a" --json | grep -q '"run":"B","step":2,"kind":"hand","caption":"looks away"'
result $? "compare: what was marked by hand"
"$program" replay "$a" -c 'step 2' -c unmark >/dev/null
"$program" compare "$a" "$a" | grep -q 'the runs never parted'
result $? "compare: a run never parts from itself"
! "$program" compare --blind "$a" "$b" | grep -q 'ana\|human'
result $? "compare --blind tells no names"
"$program" compare "$a" "$work/unfinished/Scenario-3/1" >"$work/out" 2>"$work/err" && grep -Eq '^  2 B .* 0\.0000 +0 +0 +- ' "$work/out" &&
	"$program" score "$work/unfinished/Scenario-3/1" | grep -q 'score 0\.'
result $? "compare: a run without an answer has the score that score gives it, and tells nothing of the causes"
# An answer that was changed after it was submitted.
as_it_was=$("$program" score "$b" --json 2>"$work/err") && grep -q '"answer_commitment":"verified"' <<<"$as_it_was" && [ ! -s "$work/err" ] &&
	! "$program" score "$b" | grep -q WARNING
result $? "an answer is known to be the one that was submitted"
cp "$b/agent_output.json" "$work/answer" && sed -i 's/"reasoning": "[^"]*"/"reasoning": "I knew"/' "$b/agent_output.json" && ! cmp -s "$work/answer" "$b/agent_output.json"
"$program" score "$b" >"$work/out" 2>"$work/err" && grep -q '^WARNING: the answer is not the one that was submitted' "$work/out" &&
	grep -q '^coldcase: warning: .*: the answer is not the one that was submitted' "$work/err" && grep -q '"answer_commitment":"altered"' "$b/score.json"
result $? "changed afterwards it is scored with a warning"
"$program" review "$b" 2>"$work/err" | grep -q '^note: the answer is not the one' && grep -q warning "$work/err" &&
	"$program" compare "$a" "$b" 2>/dev/null | grep -q '^note: B: the answer is not the one' &&
	"$program" league "$work/short" 2>"$work/err" | grep -q '^note: 1 run(s) count with an answer that is not the one' && grep -q warning "$work/err"
result $? "review, compare and league say so, too"
mv "$b/agent_output.json" "$work/out" && "$program" score "$b" 2>/dev/null | grep -q '^WARNING: an answer was submitted, and its file is gone'
result $? "so does score of one that is gone"
sed 's/"answer_sha256":"[0-9a-f]*",*//' "$b/trajectory.jsonl" >"$work/old" && ! cmp -s "$work/old" "$b/trajectory.jsonl" && cp "$b/trajectory.jsonl" "$work/new" &&
	mv "$work/out" "$b/agent_output.json" && cp "$work/old" "$b/trajectory.jsonl" && "$program" score "$b" --json 2>"$work/err" | grep -q '"answer_commitment":"absent"' &&
	[ ! -s "$work/err" ]
result $? "an older record does not say what was submitted, and nothing is made of it"
cp "$work/new" "$b/trajectory.jsonl"
cp "$work/answer" "$b/agent_output.json"
play other >/dev/null
"$program" run sample-incidents/Scenario-1 --out "$work/other" -c alerts >/dev/null
"$program" compare "$a" "$work/other/Scenario-1/1" 2>"$work/err"
[ $? = 2 ] && grep -q 'another incident' "$work/err"
result $? "compare: runs of different incidents are refused"
# Runs by name: of those kept where runs are kept.
export XDG_STATE_HOME=$work/state
for i in 1 2; do
	printf '%s\n' "suspect $cause" 'submit confirm=submit' quit | "$program" play sample-incidents/Scenario-3 --plain >"$work/said"
done
grep -qx 'Next: coldcase review last' "$work/said"
result $? "after the verdict the next step is named"
rm -f "$XDG_STATE_HOME"/coldcase/runs/Scenario-3/*/score.json
cd "$work" && "$program" score last >"$work/scored" && grep -q "gate open" "$work/scored" && [ -f "$XDG_STATE_HOME/coldcase/runs/Scenario-3/2/score.json" ] &&
	[ ! -f "$XDG_STATE_HOME/coldcase/runs/Scenario-3/1/score.json" ]
result $? "last is the newest"
"$program" review Scenario-3/1 --json >"$work/one" && "$program" review Scenario-3 --json >"$work/two" && grep -q '"kind":"review"\|"score":"1.0000"' "$work/one"
result $? "SCENARIO/N is that one, SCENARIO its newest"
"$program" compare Scenario-3/1 last --json >/dev/null && "$program" export --to csv last >/dev/null && "$program" replay Scenario-3/2 >/dev/null
result $? "compare, export and replay know them, too"
"$program" review Scenario-77 2>"$work/err"
[ $? = 3 ] && grep -q 'hint: a run is its folder' "$work/err"
result $? "what names nothing is an error that says what would"
XDG_STATE_HOME=$work/none "$program" review last 2>"$work/err"
[ $? = 3 ] && grep -q 'no last run' "$work/err"
result $? "without any run there is no last one"
exit 0
