#!/bin/bash
# Two runs side by side at a real terminal: steps, the place where they part, sync by evidence, blind until revealed, a resize, and a run
# whose evidence is gone. Waits on what the screen says, as run-tmux.sh does. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="comparing runs"
. tests/pty/terminal.bash
export XDG_CACHE_HOME=$work/cache
cause=book-info/Service/mysql

check() { # name text
	n=$((n + 1))
	if wait_grep -F "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "waited for: $2" >&2
		screen >&2
	fi
}
result() { # status name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		screen >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }
play() { # player command...
	local who=$1 args=()
	shift
	for line in "$@"; do args+=(-c "$line"); done
	"$program" run sample-incidents/Scenario-3 --out "$work/$who" --name "$who" "${args[@]}" >/dev/null 2>&1
}
begin() { # size arguments...
	local size=$1
	shift
	begin_case "${size%x*}" "${size#*x}" "$program compare $*; echo status \$?; read _"
}

play ana alerts paths 'focus mysql' entity 'suspect book-info/Service/ratings' "suspect $cause" 'submit confirm=submit'
play ben alerts 'changes kind=Service' "suspect $cause" 'submit confirm=submit'
a=$work/ana/Scenario-3/1 b=$work/ben/Scenario-3/1

begin 160x48 "$a" "$b"
check "two lanes begin at the briefing" "COMPARE 0/8"
grep -q 'A ana (human).*B ben (human)' "$work/screen"
result $? "beside each other, named"
grep -Eq 'A +ana +human +0\.5000' "$work/screen" && grep -Eq 'B +ben +human +1\.0000' "$work/screen"
result $? "the scores stand below"
keys d
check "d goes to where they part" "here they part: they see different evidence"
grep -q 'PARTS HERE.*PARTS HERE' "$work/screen" && grep -q 'PATHS before and after' "$work/screen" && grep -q 'CHANGES kind=Service' "$work/screen"
result $? "each in its own pane"
keys c c
check "c: by evidence" "by evidence of A"
keys End
check "the end" "COMPARE 9/9"
keys ":"
keys -l "step 5"
keys Enter
check "A sees the change at step 5, B is where it saw it" "B ben (human)  3/5"
tmx resize-window -t case -x 100 -y 40
check "narrower: one over the other" "[7 specs]"
wait_grep -E '^ B ben \(human\) +3/5'
result $? "the same step at another size"
keys q
check "q leaves" "status 0"

begin 160x48 --blind "$a" "$b"
check "blind" "COMPARE 0/8"
! grep -Eq 'ana|ben|human' "$work/screen"
result $? "no names"
grep -q 'not told' "$work/screen"
result $? "nor below"
keys r
check "r tells" "ana (human)"
keys q
check "and out" "status 0"

mkdir "$work/moved"
sed '1s#"snapshot_path":"[^"]*"#"snapshot_path":"/nowhere/Scenario-3"#; 1s#"bytes":[0-9]*#"bytes":1#g' "$a/trajectory.jsonl" >"$work/moved/trajectory.jsonl"
grep -q nowhere "$work/moved/trajectory.jsonl"
result $? "a record of evidence that is gone"
begin 160x48 "$work/moved" "$b"
check "is told as text" "its evidence is not at hand"
keys . .
check "step by step" "2/8"
keys q
check "as well" "status 0"
echo "1..$n"
