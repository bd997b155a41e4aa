#!/bin/bash
# The MCP server and a client that does everything wrong: it never dies, never waits for what cannot come, and answers the last
# honest question whatever came before it.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-mcp.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
serve() { timeout 60 "$program" mcp sample-incidents/Scenario-1 --no-record "$@" 2>"$work/err"; }
ping() { echo '{"jsonrpc":"2.0","id":"'"$1"'","method":"ping"}'; }
call() { # id tool arguments
	echo '{"jsonrpc":"2.0","id":'"$1"',"method":"tools/call","params":{"name":"'"$2"'","arguments":'"$3"'}}'
}
# What is sent before an honest question, which must be answered; every line out is a message, and the end is an orderly one.
survives() { # text
	{ cat; echo; ping last; } | serve >"$work/out"
	[ $? = 0 ] && grep -q '"id":"last","result":{}' "$work/out" && ! grep -qv '^{"jsonrpc":"2.0",' "$work/out"
	result $? "$1"
}
many() { head -c "$1" /dev/zero | tr '\0' "$2"; } # bytes character

printf '%s\n' '{' '}' '{"jsonrpc":"2.0",}' 'null' '"text"' '1e999' "{'a':1}" '{"jsonrpc":"2.0","id":1,"method":"ping"} trailing' | survives "what is no JSON"
printf '\0\377\376\n\303\n{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}\n\r\n\t\n' | survives "bytes that are no text"
many 1000000 '[' | survives "a million opening brackets"
{ many 100000 '['; many 100000 ']'; } | survives "a list of lists, 100,000 deep"
{ printf '{"jsonrpc":"2.0","id":1,"method":"'; many 20000000 x; printf '"}'; } | survives "a message of 20 MB"
{ printf '{"jsonrpc":"2.0","id":"'; many 4000000 y; printf '","method":"ping"}'; } | survives "an id of 4 MB"
for i in $(seq 1 3000); do echo "[$i"; done | survives "three thousand errors in a row"
for i in $(seq 1 900); do ping "$i"; done | survives "nine hundred questions without reading an answer first"
printf '%s\n' '{"jsonrpc":2.0,"id":1,"method":"ping"}' '{"jsonrpc":"2.0","id":{},"method":"ping"}' '{"jsonrpc":"2.0","id":[],"method":"ping"}' \
	'{"jsonrpc":"2.0","id":true,"method":"ping"}' '{"jsonrpc":"2.0","id":1,"method":{}}' '{"jsonrpc":"2.0","id":1,"method":null}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call"}' '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":[]}}' '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":7}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":{"limit":{"a":[]}}}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":{"limit":"-1"}}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":{"filter":[[["x"]]]}}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":{"filter":"~ /(((((/"}}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","arguments":{"filter":"a\nquit\nb"}}}' \
	'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":{"x":1}}}' '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":9}}' \
	'{"jsonrpc":"2.0","id":1,"method":"initialize","params":"now"}' '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7,"clientInfo":[]}}' \
	'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}' '{"jsonrpc":"2.0","method":"notifications/cancelled","params":7}' \
	'{"jsonrpc":"2.0","id":1,"result":{}}' '{"jsonrpc":"2.0","id":1,"error":7}' '[[],[[]],{},7,null]' |
	survives "every member of the wrong type"

# The end of the input in the middle of a message, and between two.
for half in '' '{' '{"jsonrpc":"2.0","id":1,"method":"pi' '{"jsonrpc":"2.0","id":1,"method":"ping"}' '[[[[' "$(many 300000 '[')"; do
	printf '%s' "$half" | serve >"$work/out" || half=failed
	[ "$half" != failed ] && ! grep -qv '^{"jsonrpc":"2.0",' "$work/out"
	result $? "the input ends after ${#half} bytes: so does the server"
done

# Cancelling: what runs, what waits, what was never asked, what was answered long ago, and the same again and again.
{
	for i in $(seq 1 60); do
		call "$i" logs '{"filter":"~ /(a|b|c)*d(e|f)*$/"}'
		echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":'"$i"'}}'
		echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":'$((i - 1))'}}'
		echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":'$((i + 1000))'}}'
	done
	call 900 budget '{}'
} | survives "calls taken back at once"
grep -q '"id":900,"result"' "$work/out" && [ -z "$(grep -o '"id":[0-9]*,' "$work/out" | sort | uniq -d)" ]
result $? "none is answered twice, and the next one is answered"

# A client that is gone: it reads nothing any more.
{ for i in $(seq 1 400); do call "$i" logs '{}'; done; } | { serve; echo $? >"$work/status"; } | head -c 100 >/dev/null
[ "$(cat "$work/status")" = 1 ]
result $? "a client that is gone ends it"
echo "1..$n"
