#!/bin/sh
# Replays the committed corpus of every fuzz target, and a few mutants, as TAP: one line per target.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build/release}
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-fuzz.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
root=$PWD
count=0
for source in tests/fuzz/fuzz_*.c; do
	count=$((count + 1))
	name=${source##*/fuzz_}; name=${name%.c}
	case $BUILD in /*) target=$BUILD/tests/fuzz/fuzz_$name ;; *) target=$root/$BUILD/tests/fuzz/fuzz_$name ;; esac
	words=
	[ -e "tests/fuzz/$name.dict" ] && words=$root/tests/fuzz/$name.dict
	if [ ! -x "$target" ]; then
		echo "ok $count - fuzz $name # SKIP not built"
	elif [ ! -d "tests/fuzz/corpus/$name" ]; then
		echo "not ok $count - fuzz $name has no corpus"
	elif said=$(cd "$work" && "$target" ${words:+-x "$words"} -n 2000 "$root/tests/fuzz/corpus/$name" 2>&1); then
		echo "ok $count - fuzz $name: $said"
	else
		echo "not ok $count - fuzz $name"
		echo "$said" | tail -20 | sed 's/^/# /'
	fi
done
echo "1..$count"
