#!/bin/bash
# A record played back in a real terminal: markers by a presenter's keys, one set by hand, taking over into a live console with a record
# of its own, and back to the replay where it was. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="replay in a terminal"
. tests/pty/terminal.bash
export XDG_CACHE_HOME=$work/cache
"$program" run sample-incidents/Scenario-1 --out "$work/runs" --name tester -c alerts -c 'focus quote' -c entity \
	-c 'suspect otel-demo/Deployment/quote confidence=0.7' -c events -c 'submit confirm=submit' >/dev/null 2>&1
run=$work/runs/Scenario-1/1
before=$(cksum <"$run/trajectory.jsonl")
# tmux does not always learn how a program ended, so its last words are a shell's.
cat >"$work/start" <<-EOT
	#!/bin/sh
	"$program" replay "$run" --out "$work/live" --name second
	echo "status \$?"
	read -r _
EOT
chmod +x "$work/start"
tmx new-session -d -s case -x 100 -y 30 "$work/start"
watch

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		screen >&2
	fi
}
keys() { tmx send-keys -t case "$@"; }

wait_grep -F "REPLAY 0/7"
result $? "it opens at the beginning"
keys NPage
wait_grep -F "REPLAY 5/7" && grep -qF " suspects Deployment/quote, 0.70" "$work/screen"
result $? "the next marker, with its caption"
keys , , m
wait_grep -F "caption of this moment:"
result $? "m asks for a caption"
keys -l "what the image says"
keys Enter
wait_grep -E "^ what the image says .*marked"
result $? "which stands in the last row"
grep -qF '"caption": "what the image says"' "$run/markers.json" && [ "$before" = "$(cksum <"$run/trajectory.jsonl")" ]
result $? "it lies beside the record, which is as it was"
queries=$(grep -oE 'q [0-9]+/' "$work/screen" | grep -oE '[0-9]+')
keys T
wait_grep -F "taken over after step 3; all 3 steps asked again are answered as then"
result $? "taken over: a live console"
grep -qF "focus otel-demo/Deployment/quote" "$work/screen"
result $? "that stands where the replay stood"
grep -q "q $queries/" "$work/screen"
result $? "and has cost what it had"
keys : ; keys -l "suspect otel-demo/Deployment/quote confidence=0.9"; keys Enter
wait_grep -F "SUSPECT otel-demo/Deployment/quote"
result $? "and goes on"
keys : ; keys -l quit; keys Enter
wait_grep -F "REPLAY 3/7" && grep -qF " what the image says" "$work/screen"
result $? "leaving it comes back to the replay, where it was"
keys q
wait_grep -E '^status 0$' && screen | grep -qF "The record of this run lies in $work/live/Scenario-1/1"
result $? "and leaving that says where the new record lies"
new=$work/live/Scenario-1/1
grep -qF '"event":"parent"' "$new/trajectory.jsonl" && grep -qF "$(sha256sum <"$run/trajectory.jsonl" | cut -d' ' -f1)" "$new/trajectory.jsonl"
result $? "the new record names the one it comes from"
"$program" replay --check "$new" | grep -q ' 0 differ'
result $? "and can be run again by itself"

# The review of a finished run, and from the verdict of a live one.
cat >"$work/start" <<-EOT
	#!/bin/sh
	"$program" review sample-incidents/runs/ben/Scenario-1/1
	"$program" play sample-incidents/Scenario-1 --out "$work/own" --name third
	echo "status \$?"
	read -r _
EOT
begin_case 100 30 "$work/start"
wait_grep -F "The records that decide" && grep -qE 'missed +the image it names' "$work/screen" && grep -qF "REPLAY 13/13" "$work/screen"
result $? "a review is the panes of the run, with a page of what was seen and missed"
keys j j j j j
wait_grep -E '^.*> +missed'
keys Enter
wait_grep -F "SPEC otel-demo/Deployment/quote" && wait_gone -F "The records that decide"
result $? "Enter on what was missed shows it"
keys R
wait_grep -F "The records that decide"
keys j j j j Enter
wait_grep -F "REPLAY 9/13" && grep -qE '^ *\+W? 17:06:38Z' "$work/screen"
result $? "on what was seen it goes there, where the record has a sign"
keys q
wait_grep -F "Enter starts the clock"
keys Enter
wait_grep -F "1 ALERTS"
keys : ; keys -l "suspect otel-demo/Deployment/quote confidence=0.9"; keys Enter
wait_grep -F "SUSPECT otel-demo/Deployment/quote"
keys S
wait_grep -F "type submit to send"
keys -l "submit"; keys Enter
wait_grep -F "R reviews it in the panes"
keys R
wait_grep -F "REVIEW Scenario-1" && wait_grep -F "The records that decide" && grep -qE "REPLAY [0-9]+/" "$work/screen"
result $? "after a verdict R reviews the run in its panes"
keys q q
wait_grep -E '^status 0$'
result $? "and leaving that ends it"

begin_case 100 30 "exec '$program' reel --demo sample-incidents/runs/ana/Scenario-1/1 sample-incidents/runs/ben/Scenario-1/1"
wait_grep -F "here the runs part" && grep -qF "REEL A ana  parting 1/2: [A] B  PLAY 2/13" "$work/screen" && grep -qF " x1 " "$work/screen"
result $? "a reel plays by itself, fast up to where the runs part"
keys \}
wait_grep -E "REEL B ben  parting 1/2: A \[B\]  PLAY [234]/13"
result $? "a cut leads to where the other parts"
keys Space .
wait_grep -E "REEL B ben .*REPLAY [0-9]+/13 .*pressed: \\.   a step forward"
result $? "a room sees what was pressed"
keys End Space
wait_grep -F "REEL A ana  parting 2/2: [A] B  PLAY"
result $? "past the end of a scene it cuts to the next, and to the next parting"
keys q
echo "1..$n"
