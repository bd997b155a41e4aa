#!/bin/bash
# The MCP server, driven by the protocol's own client library and by its inspector: a whole incident, and the run it leaves scores.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="the MCP server with the protocol's own client"
# shellcheck source=tests/integration/common.bash
. tests/integration/common.bash
need node npm
fetch @modelcontextprotocol/sdk@1
incident=sample-incidents/Scenario-2
drive() { # by what: its lines of TAP, counted on
	FIRST=$n timeout 60 node tests/integration/mcp.mjs "$kept/node_modules" "$1" "$program" "$incident" "$work" >"$work/tap"
	local status=$?
	cat "$work/tap"
	n=$((n + $(wc -l <"$work/tap")))
	[ $status = 0 ] || result 1 "$1: to its end"
}
drive sdk
run=$work/play/Scenario-2/1
"$program" score "$run" | grep -q '^Score 1.0000'
result $? "sdk: the run it leaves scores 1.0000"
grep -q '"actor":"agent","actor_name":"the sdk"' "$run/trajectory.jsonl" && "$program" replay --check "$run" | grep -q ' 0 differ'
result $? "sdk: it names the client, and replays"

# From 2 on it needs Node 22.19.
major=$(node -p 'const [a, b] = process.versions.node.split("."); a > 22 || (a == 22 && b >= 19) ? 2 : 1')
inspector=@modelcontextprotocol/inspector@$major
if fetched "$inspector"; then
	drive inspector
else
	n=$((n + 1))
	echo "ok $n - the inspector # SKIP $(no_fetch "$inspector")"
fi
echo "1..$n"
