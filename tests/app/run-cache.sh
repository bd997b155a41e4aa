#!/bin/bash
# Every example of the command table answers the same whether the incident was read or taken from the cache.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-cache.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

"$program" help --mdoc full | awk '
	/^Examples:$/ { on = 1; next }
	/^\.Ed$/ { on = 0 }
	on && !/^\./ { gsub(/\\&/, ""); gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print }' >"$work/examples"
[ "$(wc -l <"$work/examples")" -gt 40 ]
result $? "the examples are found"

# When and how long is no answer of the evidence.
run() { # out option... ; the status is the program's
	out=$1
	shift
	"$program" run "$@" >"$work/raw" 2>&1
	local status=$?
	sed -E 's/"active_ns":[0-9]+/"active_ns":0/g; s/"wall":"[^"]*"/"wall":""/g; s/^(  active time +).*/\1/' \
		 "$work/raw" >"$work/$out"
	return $status
}

image() { ls -i "$XDG_CACHE_HOME"/coldcase/*.image 2>/dev/null; }

incident=sample-incidents/Scenario-1
"$program" run "$incident" --no-cache -c info >/dev/null
[ -z "$(image)" ]
result $? "--no-cache keeps nothing"
"$program" run "$incident" -c info >/dev/null
kept=$(image)
[ "$(echo "$kept" | grep -c image)" = 1 ]
result $? "an incident that was read is kept"
while IFS= read -r line; do
	for format in --json --ascii; do
		run read "$incident" --no-cache $format -c "$line"
		read_status=$?
		run kept "$incident" $format -c "$line"
		kept_status=$?
		cmp "$work/read" "$work/kept" >&2 && [ "$read_status" = "$kept_status" ]
		result $? "$line ($format)"
	done
done <"$work/examples"
[ "$(image)" = "$kept" ]
result $? "all of them took the one that was kept"

set --
while IFS= read -r line; do
	case $line in submit*|quit*) continue ;; esac
	set -- "$@" -c "$line"
done <"$work/examples"
for incident in sample-incidents/Scenario-*; do
	run read "$incident" --no-cache --json "$@"
	"$program" run "$incident" --json -c info >/dev/null
	run kept "$incident" --json "$@"
	[ -s "$work/read" ] && cmp "$work/read" "$work/kept" >&2
	result $? "$incident: all in one session"
done

"$program" score --help | grep -q -- --no-cache && "$program" info --help | grep -q -- --no-cache
result $? "info and score know --no-cache"
for image in "$XDG_CACHE_HOME"/coldcase/*.image; do
	dd if=/dev/zero of="$image" bs=1 seek=100000 count=64 conv=notrunc 2>/dev/null
done
run read sample-incidents/Scenario-1 --json --no-cache -c 'logs limit=50'
run kept sample-incidents/Scenario-1 --json -c 'logs limit=50'
cmp "$work/read" "$work/kept" >&2
result $? "a damaged one is not believed, and nothing is said about it"
echo "1..$n"
