#!/bin/bash
# `coldcase forge` from outside: what each option takes, what lies there afterwards, and that nothing half done stays.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-forge.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
n=0
report() { # name ok?
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		head -20 "$work/out" >&2
	fi
}
expect() { # name status pattern command...
	name=$1 status=$2 pattern=$3
	shift 3
	"$@" >"$work/out" 2>&1 </dev/null
	got=$?
	[ "$got" -eq "$status" ] && grep -qE -- "$pattern" "$work/out"
	failed=$?
	[ "$failed" -eq 0 ] || echo "$name: exit $got, wanted $status and /$pattern/" >&2
	report "$name" "$failed"
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }
forge() { "$program" forge "$@"; }
refuses() { expect "forge $2 ${3-}" 2 "$1" forge "$work/none" --fault invalid-image:cart "${@:2}"; } # pattern option...

# ---- options ----
expect "no folder" 2 'where to\? one folder' forge
expect "two folders" 2 'where to\? one folder' forge "$work/a" "$work/b" --random
expect "no fault" 2 'what goes wrong\?' forge "$work/none"
expect "a fault and a random one" 2 'either --random or --fault' forge "$work/none" --random --fault quota:cart
expect "an unknown kind names the nearest" 2 'did you mean invalid-image\?' forge "$work/none" --fault invalid-imag
expect "a long hint ends with a word" 2 'coldcase forge --list has them all$' forge "$work/none" --fault melted
expect "an unknown target lists the possible" 2 'can be aimed at: .*checkout' forge "$work/none" --fault invalid-image:chekout
expect "half a fault" 2 'no target is named after "quota:"' forge "$work/none" --fault quota:
expect "the same fault twice" 2 'the same fault twice: quota:cart' forge "$work/none" --fault quota:cart --fault quota:cart
refuses '--seed takes a whole number from 0 to .*, not x' --seed x
refuses '--seed takes a whole number' --seed 9223372036854775808
refuses '--difficulty takes easy, medium, hard, expert, not brutal' --difficulty brutal
refuses '--noise takes a whole number from 0 to 300, not 301' --noise 301
refuses '--corrupt takes a whole number from 0 to 1000, not -3' --corrupt -3
refuses '--threads takes a whole number from 1 to 2, not 3' --threads 3
refuses '--scenario takes a whole number from 1 to 999999, not 0' --scenario 0
refuses '--duration takes 12m to 6h, not 11m59s' --duration 11m59s
refuses '--duration takes 12m to 6h, not soon' --duration soon
refuses '--inject takes 60s to 25m .*, not 0s' --inject 0s
refuses '--inject takes 60s to 25m .*, not 25m1s' --inject 25m1s
refuses '--inject takes -4m to -30s .*, not -29s' --inject -29s
refuses '--inject takes -4m to -30s .*, not -241s' --inject -241s
refuses 'deleted before the capture is in none of its records' --inject -90s --fault deleted-service:ad
refuses '--scrape takes 15s to 60s, not 61s' --scrape 61s
refuses '--rps takes 0.05 to 1000 requests a second, not nan' --rps nan
refuses '--size takes a size from 1M to 1000G .*, not 1T' --size 1T
refuses 'either --size or --rps' --size 100M --rps 3
refuses 'too small: metrics, objects and events alone' --size 1M
refuses 'more than 1000 requests a second' --size 1000G
refuses '--start takes a time such as' --start yesterday
refuses 'in the years 2000 to 2199' --start 1999-12-31T00:00:00Z
refuses '--without takes alerts, events, objects, logs, traces, metrics, not all' --without all
refuses '--variant takes event-name, .*, not go' --variant go
refuses 'the folder of the ground truth has no name' --truth-dir ''
refuses "own folder .*/none/Scenario-1" --truth-dir "$work/none"
refuses 'without all six files no incident is left' --without alerts --without events --without objects --without logs --without traces \
	--without metrics
refuses 'nosuch: no such application' --app nosuch
expect "an application file that is none" 3 'a mapping is expected' forge "$work/none" --random --app /etc/passwd
[ ! -e "$work/none" ]
report "what is refused leaves no folder" $?

# ---- lists ----
expect "the faults and their targets" 0 '^wrong-env .*root: Deployment' forge --list
expect "the faults of another application" 0 'at: .*reviews-v1' forge --list --app bookinfo
expect "an application file is printed" 0 '^name: bookinfo' forge --show-app bookinfo
expect "an unknown one is not" 2 'there are: astronomy-shop, bookinfo' forge --show-app nosuch
forge --show-app astronomy-shop >"$work/shop.yaml" && forge --list --app "$work/shop.yaml" >"$work/out" && forge --list | cmp -s - "$work/out"
report "what was printed can be read again" $?
sed 's/^    replicas:/    replica:/' "$work/shop.yaml" >"$work/slip.yaml"
expect "a slip is named with its place" 3 'slip.yaml: services\[[0-9]+\]: there is no member "replica"; the nearest is "replicas"' \
	forge --list --app "$work/slip.yaml"

# ---- what lies there ----
quick="--duration 12m --rps 1"
expect "an incident" 0 '/Scenario-3: [0-9]+ files, [0-9.]+ MB, [0-9]+ spans, [0-9]+ log records; the answer lies in .*/solutions/Scenario-3/ground_truth.yaml$' \
	forge "$work/out1/" --fault scaled-to-zero:email --scenario 3 $quick
[ "$(ls -A "$work/out1")" = "Scenario-3
solutions" ] && [ "$(ls "$work/out1/solutions/Scenario-3")" = "briefing.md
debrief.yaml
ground_truth.yaml" ]
report "evidence, answer and nothing else" $?
[ "$(wc -l <"$work/out")" -eq 1 ]
report "no progress into a pipe" $?
expect "it is not overwritten" 1 'Scenario-3 exists' forge "$work/out1" --fault quota:cart --scenario 3 $quick
before=$(cd "$work/out1" && find . -type f | sort | xargs cksum)
expect "the same again" 0 'Scenario-3: ' forge "$work/out1" --fault scaled-to-zero:email --scenario 3 $quick --replace --threads 1
[ "$before" = "$(cd "$work/out1" && find . -type f | sort | xargs cksum)" ]
report "has the same bytes" $?
expect "four faults at once" 0 'Scenario-1: ' forge "$work/four" --fault scaled-to-zero:ad --fault deleted-service:image-provider --fault wrong-env:recommendation \
	--fault deny-ingress:payment --duration 30m --rps 1
[ "$(grep -c 'fault: ' "$work/four/solutions/Scenario-1/debrief.yaml")" -eq 4 ]
report "are four causes" $?
for level in easy medium hard expert; do
	expect "a surprise, $level" 0 'Scenario-1: ' forge "$work/random-$level" --random --difficulty $level --seed 5 $quick
	expect "opens without a bad row" 0 '"skipped":0}' "$program" info "$work/random-$level" --json
done
expect "damage is shown" 0 'unreadable rows +[1-9]' sh -c "'$program' forge '$work/damaged' --random $quick --corrupt 80 && '$program' info '$work/damaged/Scenario-1'"

# ---- failures leave nothing ----
touch "$work/file"
expect "a file where the folder should be" 3 "$work/file: Not a directory" forge "$work/file" --random $quick
expect "a folder below a file" 3 'Not a directory' forge "$work/file/sub" --random $quick
if [ "$(id -u)" -ne 0 ]; then
	mkdir "$work/closed"
	chmod 555 "$work/closed"
	expect "a folder that takes nothing" 3 'Permission denied' forge "$work/closed" --random $quick
else
	skip "a folder that takes nothing" "root may write everywhere"
fi
for variant in "" "--variant go-recorder" "--corrupt 20"; do
	expect "files may not grow so large: ${variant:-plain}" 3 'File too large' \
		sh -c "ulimit -f 4000; exec '$program' forge '$work/full' --random $quick --rps 3 $variant"
	[ ! -e "$work/full" ]
	report "and nothing stays" $?
done
mkdir -p "$work/kept/Scenario-1"
echo mine >"$work/kept/Scenario-1/notes"
expect "a failed replacement" 3 'File too large' sh -c "ulimit -f 4000; exec '$program' forge '$work/kept' --random --replace $quick --rps 3"
[ "$(cat "$work/kept/Scenario-1/notes")" = mine ] && [ "$(ls -A "$work/kept")" = Scenario-1 ]
report "keeps what was there" $?

# A run that is going on is stopped once its work folder has something in it; one that rewrites, once that has begun.
stop() { # signal file options...
	"$program" forge "$work/stopped" --fault invalid-image:cart --duration 1h --rps 150 "${@:3}" >"$work/out" 2>&1 </dev/null &
	run=$!
	until [ -s "$work/stopped/.Scenario-1.part/$2" ] || ! kill -0 "$run" 2>/dev/null; do :; done
	kill -s "$1" "$run"
	wait "$run"
	status=$?
	[ "$status" -eq 1 ] && grep -q 'forge: canceled' "$work/out" && [ ! -e "$work/stopped" ]
}
for signal in INT TERM HUP; do
	stop "$signal" otel_traces_raw.tsv
	report "$signal leaves nothing" $?
done
stop INT otel_logs_raw.tsv.new --variant go-recorder --duration 20m --rps 30
report "nor while it is rewritten" $?
stop INT otel_traces_raw.tsv.new --corrupt 100 --duration 20m --rps 30
report "nor while it is damaged" $?
mkdir -p "$work/stopped/.Scenario-1.part/alerts"
echo rest >"$work/stopped/.Scenario-1.part/alerts/alerts_at_rest.json"
expect "what a killed run left is taken away" 0 'Scenario-1: ' forge "$work/stopped" --random $quick
[ "$(ls -A "$work/stopped")" = "Scenario-1
solutions" ] && [ ! -e "$work/stopped/Scenario-1/alerts/alerts_at_rest.json" ]
report "and not mixed in" $?
echo "1..$n"
