#!/bin/sh
# The manual pages agree with the command table, and mandoc finds nothing to complain about.
set -u
cd "$(dirname "$0")/../.." || exit 1
if tools/gen-man "${BUILD:-build/release}/coldcase" --check; then
	echo "ok 1 - the generated parts are what the command table says"
else
	echo "not ok 1 - the generated parts are what the command table says"
fi
if ! command -v mandoc >/dev/null 2>&1; then
	echo "ok 2 - mandoc lint # SKIP mandoc is not installed"
else
	# Pages that are not installed here, and a manual database that was never built, are not the pages' fault.
	mandoc -T lint man/*.1 man/*.5 man/*.7 2>&1 | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' >&2 &&
		echo "not ok 2 - mandoc lint" || echo "ok 2 - mandoc lint"
fi
echo "1..2"
