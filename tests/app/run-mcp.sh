#!/bin/bash
# The MCP server as a client sees it: both eras of the protocol, errors, cancelling, and the record that is left.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-mcp.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
incident=sample-incidents/Scenario-1
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
serve() { "$program" mcp "$incident" --out "$work/runs" "$@" 2>"$work/err"; }
hello() { # version
	echo '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"'"$1"'","capabilities":{},"clientInfo":{"name":"probe","version":"1"}}}'
	echo '{"jsonrpc":"2.0","method":"notifications/initialized"}'
}
call() { # id tool arguments [more of the params]
	echo '{"jsonrpc":"2.0","id":'"$1"',"method":"tools/call","params":{"name":"'"$2"'","arguments":'"$3${4:+,$4}"'}}'
}
modern='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
answer() { grep "\"id\":$1," "$work/out"; } # one message a line

for version in 2025-11-25 2025-06-18 2025-03-26 2024-11-05; do
	hello $version | serve | grep -q "\"protocolVersion\":\"$version\""
	result $? "initialize: $version is agreed to"
done
hello 1999-01-01 | serve | grep -q '"protocolVersion":"2025-11-25"'
result $? "initialize: an unknown version gets the newest of that era"
echo '{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{'"$modern"'}}' | serve >"$work/out"
grep -q '"supportedVersions":\["2026-07-28"' "$work/out" && grep -q '"resultType":"complete"' "$work/out"
result $? "server/discover tells what is served"
call 1 alerts '{}' '"_meta":{"io.modelcontextprotocol/protocolVersion":"2031-01-01"}' | serve >"$work/out"
grep -q '"code":-32022,.*"supported":\["2026-07-28".*"requested":"2031-01-01"' "$work/out"
result $? "a version that is not served is refused with the list"
[ -z "$(ls "$work/runs" 2>/dev/null)" ]
result $? "asking what is served begins no investigation"

{ hello 2025-11-25; echo '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'; } | serve >"$work/out"
tools=$(answer 1 | grep -o '"name":"[a-z]*","description"' | sort -u | wc -l)
[ "$tools" -ge 30 ] && [ "$(answer 1 | grep -o '"inputSchema":{"type":"object"' | wc -l)" = "$tools" ] &&
	[ "$(answer 1 | grep -o '"readOnlyHint"' | wc -l)" = "$tools" ] && ! answer 1 | grep -q '"name":"\(start\|quit\|tz\)"'
result $? "$tools tools, each with a schema and hints; the clock's commands are none"

{
	call 1 briefing '{}' "$modern"
	call 2 logs '{"filter":"level>=error","limit":2}' "$modern"
	call 3 logs '{"bogus":1}' "$modern"
	call 4 entity '{"entity":"no-such-thing"}' "$modern"
	call 5 nope '{}' "$modern"
	call 6 suspect '{"name":"otel-demo/Deployment/quote","confidence":0.9,"reason":"a \"quoted\" reason"}' "$modern"
	call 7 submit '{}' "$modern"
	call 8 submit '{"confirm":"submit"}' "$modern"
	call 9 alerts '{}' "$modern"
} | serve --name "agent x" >"$work/out"
answer 2 | grep -q '"returned_count":2' && answer 2 | grep -q '"resultType":"complete"' && answer 2 | grep -q '"isError":false'
result $? "a call answers in text and as JSON"
answer 3 | grep -q 'logs has no argument bogus\\nnext: it has: filter' && answer 3 | grep -q '"isError":true'
result $? "a wrong argument is a result that says which there are"
answer 4 | grep -q '"isError":true'
result $? "an unknown entity too"
answer 5 | grep -q '"code":-32602'
result $? "an unknown tool is an error of the protocol"
answer 7 | grep -q 'confirm' && ! answer 7 | grep -q SUBMITTED
result $? "submit reviews first"
answer 8 | grep -q SUBMITTED && answer 9 | grep -q 'the answer has been submitted'
result $? "and ends the investigation"
run=$work/runs/Scenario-1/1
"$program" score "$run" | grep -q '^Score 1.0000' && grep -q '"actor":"agent","actor_name":"agent x"' "$run/trajectory.jsonl" &&
	grep -q '"line":"logs limit=2 level>=error"' "$run/trajectory.jsonl" && "$program" replay --check "$run" | grep -q ' 0 differ'
result $? "the record is that of the same commands, and scores"
[ "$(grep -c '"type":"step"' "$run/trajectory.jsonl")" -ge 6 ] && grep -q '"event":"refused","data":{"tool":"logs"' "$run/trajectory.jsonl" &&
	grep -q '"turns":2' "$run/trajectory.jsonl"
result $? "calls are its turns, and one that was refused is kept"

{
	hello 2025-11-25
	echo 'this is no json'
	echo '[1,2]'
	echo '{"jsonrpc":"2.0","id":1}'
	echo '{"jsonrpc":"2.0","id":2,"method":"no/such"}'
	head -c 9000000 /dev/zero | tr '\0' x
	echo
	echo '{"jsonrpc":"2.0","id":3,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}'
	echo '{"jsonrpc":"2.0","id":4,"method":"resources/read","params":{"uri":"coldcase://rules"}}'
	echo '{"jsonrpc":"2.0","id":6,"method":"resources/read","params":{"uri":"coldcase://schema"}}'
	printf '%s' '{"jsonrpc":"2.0","id":5,"method":"ping"}'
} | serve >"$work/out"
grep -q '"code":-32700' "$work/out" && [ "$(grep -c '"code":-32600' "$work/out")" = 4 ] && answer 2 | grep -q '"code":-32601'
result $? "what is no message is answered as such"
answer 3 | grep -q '"code":-32002' && answer 4 | grep -q 'Score: miss one true cause' && answer 5 | grep -q '"result":{}'
result $? "and the server goes on, to the last line"
answer 6 | grep -q '"mimeType":"application/json","text":"{\\"commands\\":.*\\"filter_table\\":\\"logs\\".*\\"filters\\":.*\\"name\\":\\"level\\"'
result $? "the schema of commands and filters is a resource"
! grep -qv '^{"jsonrpc":"2.0",' "$work/out"
result $? "nothing but messages on standard output"

# The first call reads the incident; the second waits, and is taken back before its turn.
{
	call 1 alerts '{}'
	call 2 logs '{}'
	echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}'
	call 3 budget '{}'
} >"$work/in"
serve --no-cache <"$work/in" >"$work/out"
answer 1 | grep -q ALERTS && [ -z "$(answer 2)" ] && answer 3 | grep -q '"used":1'
result $? "a cancelled request is neither run nor answered"

{ call 1 logs '{}'; } | serve >"$work/out"
answer 1 | grep -q '\[cut: [0-9]* of [0-9]* characters shown; [0-9]* rows match: ask for fewer with limit=N'
result $? "a long result is cut and says how to go on"
{ call 1 logs '{"limit":3}'; } | serve --text-only >"$work/out"
! grep -q structuredContent "$work/out"
result $? "--text-only leaves the JSON out"
call 1 alerts '{}' '"_meta":{"progressToken":"p"}' | serve --no-cache >"$work/out"
grep -q '"method":"notifications/progress","params":{"progressToken":"p","progress":[1-9]' "$work/out"
result $? "reading the evidence is told as progress when asked for"
"$program" mcp /no/such/incident </dev/null >"$work/out" 2>"$work/err"
[ $? != 0 ] && [ ! -s "$work/out" ] && grep -q 'no/such' "$work/err"
result $? "an incident that is not there: said on standard error"
call 1 alerts '{}' | serve >/dev/full
[ $? = 1 ]
result $? "an output that cannot be written ends it with status 1"
exit 0
