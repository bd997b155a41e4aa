#!/bin/bash
# An instructor follows a run that goes on, in line mode: what was seen of what decides, how far the focus is, what is said into it.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-watch.XXXXXX") || exit 1
player=
trap '[ -n "$player" ] && kill "$player" 2>/dev/null; rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
# What the player's program prints comes through a pipe: waiting for an answer is reading it.
mkfifo "$work/in" "$work/out"
"$program" play sample-incidents/Scenario-3 --plain --out "$work/runs" --name ana <"$work/in" >"$work/out" 2>&1 &
player=$!
exec 5>"$work/in" 6<"$work/out"
until_line() { # pattern: reads the player's screen up to it
	local line
	while IFS= read -r -t 30 -u 6 line; do
		[[ $line =~ $1 ]] && return 0
	done
	return 1
}
type_line() { echo "$1" >&5; }
run=$work/runs/Scenario-3/1
watch() { "$program" watch "$run" --truth sample-incidents/solutions "$@"; }

type_line 'focus productpage'
until_line 'VIEW' && watch >"$work/first"
grep -q 'who  *ana' "$work/first" && grep -Eq 'focus +book-info/[A-Za-z]+/productpage' "$work/first" && grep -Eq 'hops from there to a cause +[1-9]' "$work/first"
result $? "who plays, where they look, how far that is from a cause"
grep -Eq 'selector names a label value that no pod has +unseen' "$work/first"
result $? "what decides was not seen yet"
[ "$(stat -c %a "$run/lead.sock")" = 600 ]
result $? "the socket is its owner's alone"
watch -c 'hint look at the Service' -c 'note reads slowly' >"$work/hint"
grep -q '^sent: it will be taken with the next command' "$work/hint" && grep -q '^noted' "$work/hint"
result $? "a hint is sent, a note is kept"
type_line 'spec book-info/Service/mysql'
until_line 'the instructor says: look at the Service'
result $? "the player is told with the next answer"
watch -c 'freeze we talk' >/dev/null
type_line 'alerts'
type_line 'events'
until_line 'we talk: nothing is asked'
result $? "frozen, nothing is answered"
watch --json >"$work/json"
grep -q '"state":"frozen"' "$work/json" && grep -q '"told":1' "$work/json" && grep -q '"says":"the selector names a label value that no pod has","state":"seen"' "$work/json"
result $? "frozen, hinted, and what decides was seen: as JSON"
# A reply's own remarks are its `notes`; an instructor's are called otherwise, for of two members of one name a reader keeps one.
[ "$(grep -o '"notes":\[' "$work/json" | wc -l)" = 1 ] && grep -q '"private_notes":\[{[^]]*"reads slowly"' "$work/json"
result $? "as JSON, the instructor's notes are not those of the reply"
watch | grep -q 'reads slowly' && ! grep -q 'reads slowly' "$run/trajectory.jsonl"
result $? "the note is not in the record"
watch -c thaw >/dev/null
type_line 'note on we go'
type_line 'suspect book-info/Service/mysql'
until_line 'SUSPECT' && watch | grep -Eq 'book-info/Service/mysql +0.5 +a cause +0'
result $? "whether a suspect is a cause"
type_line 'submit confirm=submit'
type_line quit
exec 5>&-
while IFS= read -r -t 30 -u 6 _; do :; done
wait "$player"
player=
watch | grep -Eq 'state +submitted' && [ ! -e "$run/lead.sock" ]
result $? "it was submitted, and the socket is gone"
watch -c 'hint too late' 2>"$work/err"
[ $? != 0 ] && grep -q 'nobody plays this run now' "$work/err"
result $? "nobody is there to be told"
"$program" replay --check "$run" | grep -q ' 0 differ'
result $? "the record gives the same answers again"
"$program" score "$run" --truth sample-incidents/solutions >"$work/score" && grep -q 'Score 1.0000' "$work/score"
result $? "and is scored as any other"
"$program" watch "$work" 2>/dev/null
[ $? != 0 ] && "$program" watch 2>&1 | grep -q 'which run?'
result $? "what is no run is refused"
echo "1..$n"
