#!/bin/bash
# Equal options give equal bytes, whoever compiled the program: the forge built by gcc and by clang, and nothing else of the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="incidents forged by gcc's and by clang's program"
# shellcheck source=tests/integration/common.bash
. tests/integration/common.bash
need gcc clang make
build() { # compiler
	local objects
	objects=$(printf "$kept/$1/%s.o " $(printf '%s\n' src/forge/*.c src/base/*.c src/snapshot/{tsv,tsv_split,literal}.c | sed 's/\.c$//') tests/integration/forge_bytes)
	# shellcheck disable=SC2086 # a list of names without blanks
	make -s -j2 CC="$1" BUILD="$kept/$1" $objects >"$work/$1.log" 2>&1 &&
		"$1" -o "$work/$1" $objects $(pkg-config --libs libcjson yaml-0.1) -lm -ldl -pthread >>"$work/$1.log" 2>&1
}
for compiler in gcc clang; do
	build $compiler && "$work/$compiler" "$work/by-$compiler" 2>>"$work/$compiler.log"
	result $? "$compiler builds the forge, which forges"
	grep -iE 'error|warning|undefined' "$work/$compiler.log" | head -5 >&2
done
[ "$(find "$work/by-gcc" -type f | wc -l)" -gt 150 ] && diff -rq "$work/by-gcc" "$work/by-clang" >&2
result $? "file by file the same bytes"
echo "1..$n"
