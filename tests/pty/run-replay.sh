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
before=$(cat "$run/trajectory.jsonl" | cksum)
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
grep -qF '"caption": "what the image says"' "$run/markers.json" && [ "$before" = "$(cat "$run/trajectory.jsonl" | cksum)" ]
result $? "it lies beside the record, which is as it was"
keys T
wait_grep -F "taken over after step 3; all 3 steps asked again are answered as then"
result $? "taken over: a live console"
grep -qF "focus otel-demo/Deployment/quote" "$work/screen"
result $? "that stands where the replay stood"
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
echo "1..$n"
