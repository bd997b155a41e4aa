#!/bin/sh
# Command lines against their expected output: every tests/cmd/*.cmd runs over the bundled incident and must print what stands
# in the .out beside it. The first line of a .cmd may be "# options: --json …". GENERATE=1 rewrites the .out files.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-cmd.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export COLDCASE_FAKE_CLOCK=2026-01-01T00:00:00Z LC_ALL=C.UTF-8 TZ=UTC
n=0
for script in tests/cmd/*.cmd; do
	n=$((n + 1))
	expected=${script%.cmd}.out
	options=$(sed -n '1s/^# options: //p' "$script")
	# shellcheck disable=SC2086 # options are words
	"$program" run sample-incidents/Scenario-1 $options <"$script" 2>&1 | sed "s#$PWD#ROOT#g" >"$work/out"
	if [ -n "${GENERATE:-}" ]; then
		cp "$work/out" "$expected"
		echo "ok $n - ${script#tests/cmd/} (rewritten)"
	elif cmp -s "$work/out" "$expected"; then
		echo "ok $n - ${script#tests/cmd/}"
	else
		echo "not ok $n - ${script#tests/cmd/}"
		diff -u "$expected" "$work/out" | head -40 >&2
	fi
done
echo "1..$n"
