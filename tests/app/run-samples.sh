#!/bin/sh
# The bundled incidents: made by their recipe byte for byte, each small enough, each solvable by the records its debrief names.
set -u
cd "$(dirname "$0")/../.." || exit 1
case ${BUILD:-build/release} in /*) build=$BUILD ;; *) build=$PWD/${BUILD:-build/release} ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-samples.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

cp -R sample-incidents/recipe sample-incidents/solutions "$work/"
COLDCASE=$build/coldcase "$work/recipe" >/dev/null
for dir in sample-incidents/Scenario-*; do
	name=${dir##*/}
	diff -r "$dir" "$work/$name" >&2
	result $? "$name is what its recipe makes, byte for byte"
	diff -r "sample-incidents/solutions/$name" "$work/solutions/$name" >&2
	result $? "$name: so are truth, debrief and briefing"
	[ "$(cat "$dir"/*.* "$dir"/*/* | wc -c)" -lt 15000000 ]
	result $? "$name is below 15 MB"
done
"$build/tests/audit/forge_samples" sample-incidents/Scenario-* >"$work/table"
result $? "every deciding record and every step of the par routes is there"
cat "$work/table" >&2
families=$(cat sample-incidents/solutions/*/forge.args | sed 's/.*--fault \([a-z-]*\).*/\1/' | sort -u | wc -l)
[ "$families" -ge 8 ]
result $? "no two of them have the same kind of fault"
echo "1..$n"
