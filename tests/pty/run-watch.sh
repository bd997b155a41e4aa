#!/bin/bash
# A program's play looked at in the panes, at a real terminal: held, let go on by a step, taken over by a person, handed back, left to
# itself; a script and a model. Waits on what the screen says, as run-tmux.sh does. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="watching a player"
. tests/pty/terminal.bash
export XDG_CACHE_HOME=$work/cache

check() { # name text
	n=$((n + 1))
	if wait_grep -E "$2"; then
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
begin() { # arguments...
	tmx kill-session -t case 2>/dev/null
	tmx new-session -d -s case -x 120 -y 36 "sh -c 'echo \$\$ >$work/pid; exec $program agent sample-incidents/Scenario-2 --watch $*'; echo status \$?; read _"
	watch
}

begin --provider heuristic --out "$work/script"
check "the player plays" "LIVE [0-9]+/[0-9]+ .*Space hold"
keys '>' '<' '<'
check "and goes faster and slower" "LIVE [0-9]+/[0-9]+ .* x1/2 steps"
keys Space
check "Space holds it" "HELD [0-9]+/[0-9]+ .*Space play"
keys '>'
step=$(($(grep -oE 'HELD [0-9]+' "$work/screen" | grep -oE '[0-9]+') + 1))
keys .
check ". lets it do one step" "HELD $step/$step "
keys T
check "T: a console in its place" "you play in its place"
keys -l ':suspect otel-demo/Deployment/checkout confidence=0.4'
keys Enter
check "which takes commands" "SUSPECT otel-demo/Deployment/checkout"
keys -l ':alerts'
keys Enter
check "and shows evidence" "1 ALERTS"
keys q
check "leaving asks" "leave the investigation"
keys y
check "and hands it back" "LIVE [0-9]+/[0-9]+ "
keys '>' '>' '>' '>'
check "16 times as fast to the end" "the player is done"
keys q
check "after which the screen is left" "status 0"
tmx capture-pane -S -200 -pt case | grep -Eq "submitted after [1-9][0-9]* turns"
result $? "and told after how many turns it submitted"
run=$work/script/Scenario-2/1
grep -q '"event":"watched"' "$run/trajectory.jsonl" && [ "$(grep -c '"event":"handover"' "$run/trajectory.jsonl")" = 2 ]
result $? "the record says that it was looked at, and who played when"
grep -q '"actor":"human","line":"suspect name=otel-demo/Deployment/checkout confidence=0.4"' "$run/trajectory.jsonl" &&
	grep -q '"actor":"agent","line":"submit ' "$run/trajectory.jsonl"
result $? "step by step"
"$program" replay "$run" --check >"$work/check"
result $? "and replays"

# Ended from outside while it plays: the record gets its last line, and the status is the signal's.
for signal in TERM HUP; do
	begin --provider heuristic --out "$work/$signal"
	check "SIG$signal: the player plays" "LIVE [1-9][0-9]*/[0-9]+ "
	kill -s $signal "$(cat "$work/pid")"
	check "SIG$signal ends it" "status $([ $signal = TERM ] && echo 143 || echo 129)"
	tail -n 1 "$work/$signal/Scenario-2/1/trajectory.jsonl" | grep -q '"type":"end".*"reason":"canceled"'
	result $? "SIG$signal: the record ends whole"
done

cat >"$work/dialogue" <<'EOF'
by turn
reply
text I look at the alerts first.
call alerts {}
usage 1000 50
reply
call suspect {"name":"otel-demo/Deployment/checkout","confidence":0.9}
call submit {"confirm":"submit"}
usage 100 10
EOF
mkfifo "$work/in"
"${BUILD:-build/release}/tests/mock/mock_server" "$work/dialogue" <"$work/in" >"$work/url" &
server=$!
exec 8>"$work/in"
until [ -s "$work/url" ] || ! kill -0 $server 2>/dev/null; do :; done
begin --provider openai --model test-model --base-url "$(cat "$work/url")/v1" --out "$work/model"
check "what a model says stands below its step" "I look at the alerts first"
grep -Eq 'LIVE .*leave +turn 1/100 +1050 tokens' "$work/screen"
result $? "its turns and tokens beside"
keys Space
tmx resize-window -t case -x 80 -y 24
check "on 80 columns the keys give way to them, and no number is cut without a sign" "^HELD .* step +turn [12]/100 +[0-9]+ tokens .*…$"
keys q
check "left alone it plays on" "status 0"
grep -q '"reason":"submit"' "$work/model/Scenario-2/1/trajectory.jsonl"
result $? "to its submission"
kill $server
wait $server 2>/dev/null

# Nobody watches: a line says how far it is, over a server that takes its time, and goes when it is done.
cat >"$work/dialogue" <<'EOF'
by turn
reply
pace 300
think Where do errors begin?
text I look at the alerts first.
call alerts {}
usage 1000 50
reply
pace 300
text It is clear now.
call suspect {"name":"otel-demo/Deployment/checkout","confidence":0.9}
call submit {"confirm":"submit"}
usage 100 10
EOF
"${BUILD:-build/release}/tests/mock/mock_server" "$work/dialogue" <"$work/in" >"$work/url2" &
server=$!
exec 9>"$work/in"
until [ -s "$work/url2" ] || ! kill -0 $server 2>/dev/null; do :; done
tmx kill-session -t case 2>/dev/null
tmx new-session -d -s case -x 60 -y 12 "$program agent sample-incidents/Scenario-2 --provider openai --model test-model \
	--base-url $(cat "$work/url2")/v1 --out $work/told; echo status \$?; read _"
watch
check "without --watch a line says how far it is" "^turn 1/100  0 tokens +(\\\$0.0000 +)?(thinking|answering)"
check "turn by turn" "^turn 2/100  1050 tokens +.*(thinking|answering)"
check "to its end" "status 0"
tmx capture-pane -S -200 -pt case >"$work/all"
! grep -q '^turn [0-9]' "$work/all" && grep -q '^submitted after 2 turns' "$work/all"
result $? "where the line is gone"
kill $server
wait $server 2>/dev/null
"$program" agent sample-incidents/Scenario-2 --provider heuristic --watch </dev/null >"$work/out" 2>&1
[ $? = 2 ] && grep -q -e '--watch needs a terminal' "$work/out"
result $? "without a terminal there is nothing to see"
echo "1..$n"
