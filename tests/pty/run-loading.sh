#!/bin/bash
# Leaving, staying and being killed while an incident is still being read, in a real terminal. The incident is a bundled one whose
# logs and traces are repeated until there are some 60 MB of them. Nothing here depends on how fast it is read: each wait is
# for a state that comes in any case. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="loading in a terminal"
. tests/pty/terminal.bash
large=$work/Scenario-1
cp -r sample-incidents/Scenario-1 "$large" && chmod -R u+w "$large" || exit 1
for table in otel_logs_raw.tsv otel_traces_raw.tsv; do
	tail -n +2 "sample-incidents/Scenario-1/$table" >"$work/body"
	for _ in $(seq $((30000000 / $(wc -c <"$work/body")))); do cat "$work/body"; done >>"$large/$table"
done

# tmux does not always learn how a program ended, so its last words are a shell's.
cat >"$work/start" <<-EOF
	#!/bin/sh
	sh -c 'echo \$\$ >"$work/pid"; exec "$program" play "$large" --out "$work/\$1" --name tester' sh "\$1"
	echo "status \$?"
	read -r _
EOF
chmod +x "$work/start"

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		screen >&2
	fi
}
begin() { # runs folder
	tmx kill-session -t case 2>/dev/null
	tmx new-session -d -s case -x 100 -y 30 "$work/start $1"
	watch
	wait_grep -F "Scenario-1"
}
keys() { tmx send-keys -t case "$@"; }
wait_gone() { # text that goes by itself
	local limit=$((SECONDS + 30))
	while screen | grep -qF "$1"; do
		[ "$SECONDS" -lt "$limit" ] && read -r -t 30 -u "${NEWS[0]}" _ || return 1
	done
}

begin leave
result $? "the frame stands"
keys q
wait_grep -E '^status 0$'
result $? "q leaves at once"
[ "$(tmx display -pt case '#{alternate_on}')" = 0 ] && ! screen | grep -qF "Enter starts"
result $? "the terminal is as it was before"

begin stay
keys Enter
wait_grep -F "KubePodNotReady"
result $? "alerts are listed"
wait_gone "reading"
result $? "reading ends"
for pane in 2:LOGS:info 3:HOPS:frontend 4:METRICS:ratio 5:TOPOLOGY:frontend 6:EVENTS:Pod 7:CHANGES:Deployment; do
	keys "${pane%%:*}"
	title=${pane#*:}
	wait_grep -F "${title%:*}" && wait_grep -F "${title#*:}" && ! screen | grep -qF PARTIAL
	result $? "pane ${pane%%:*} has its rows, all of them"
done
keys q
keys y
wait_grep -E '^status 0$'
result $? "leaving after all was read"
record=$(ls "$work"/stay/*/*/trajectory.jsonl)
grep -q '"event":"loaded"' "$record" && grep -q '"type":"end"' "$record"
result $? "the record says what was loaded, and ends"

begin killed
kill -9 "$(cat "$work/pid")"
wait_grep -F 'status 137' # wherever: nobody put the terminal back
result $? "killed while reading"
half=0
for record in "$work"/killed/*/*/; do
	[ -s "$record/trajectory.jsonl" ] || continue   # killed before its first line: there is no record
	head -n 1 "$record/trajectory.jsonl" | grep -q '"type":"header".*}$' || half=1
	[ -z "$(tail -c 1 "$record/trajectory.jsonl")" ] || half=1
done
result $half "no half record stays behind"
echo "1..$n"
