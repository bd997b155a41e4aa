#!/bin/bash
# The benchmark itself works: over a small incident, in one round and without peers, its tables have every row. No
# time is judged.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-bench-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
n=0
check() { # name status-of-what-was-tried
	n=$((n + 1))
	[ "$2" -eq 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}

DURATION=12m SIZE=24M STEPS=3000 RUNS=1 PEERS=none TOUCH=16 tests/bench/run --markdown >"$work/table" 2>"$work/err"
check "the benchmark runs" $?
[ ! -s "$work/err" ]; check "and complains of nothing" $?
while IFS='|' read -r what against _; do
	grep -qF "| $what|$against|" "$work/table"
	check "a row for: $what|$against" $?
done < <(grep -v '^#' tests/bench/limits)
! grep -E '^\| coldcase.*skipped: not measured' "$work/table" >&2
check "everything of our own was measured" $?
: >"$work/empty"
printf 't\tjob\t5.0\t1.0\t1.0\t\n' >"$work/results"
awk -f tests/bench/table.awk -v markdown=1 -v gb=1 file=1 tests/bench/limits file=2 "$work/empty" file=3 "$work/empty" \
	file=4 "$work/results" | grep -qF '| job | 5.00 (5.00-5.00) |'
check "nothing need be skipped" $?
flat() { printf '300\tkeys\t2\n600\tkeys\t%s\n' "$1" | awk -f tests/bench/flat.awk; }
flat 3 | grep -q ': flat$' && flat 5 | grep -q ': not flat$'
check "what grows is not flat" $?
[ -s "$work/err" ] && sed 's/^/# /' "$work/err" >&2
echo "1..$n"
