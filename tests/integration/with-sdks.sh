#!/bin/bash
# The mock model server, read by the providers' own libraries: it is what our decoders are tested with, so it has to be right.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build/release}
server=$PWD/$BUILD/tests/mock/mock_server
kept=$PWD/$BUILD/integration
n=0
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-sdks.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
skip() { # what, why
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
for tool in node npm; do
	command -v $tool >/dev/null 2>&1 && continue
	skip "the providers' libraries" "$tool is not installed"
	exit 0
done
mkdir -p "$kept"
cat >"$work/script" <<'END'
by turn
reply
think I look at the alerts first, é.
text Two things to see.
call alerts {}
call logs {"filter":"level>=error"}
usage 120 30 100 10
reply
text It was the cart.
usage 150 5
reply
status 429 Slow down
header Retry-After: 1
END
try() { # package, its version
	if [ ! -e "$kept/node_modules/$1/package.json" ] &&
		! timeout 120 npm install --prefix "$kept" --no-audit --no-fund --ignore-scripts "$1@$2" >"$work/npm" 2>&1; then
		skip "$1" "npm cannot fetch it: $(tail -n 1 "$work/npm")"
		return
	fi
	rm -f "$work/in" "$work/url"
	mkfifo "$work/in" "$work/url"
	"$server" "$work/script" <"$work/in" >"$work/url" &
	exec 3>"$work/in" 4<"$work/url" # the server ends when its input does
	read -r url <&4
	timeout 60 env -u http_proxy -u https_proxy -u all_proxy node tests/integration/sdks.mjs "$kept/node_modules" "$url" "$1" >"$work/out" || echo "not ok 9 - $1 broke off" >>"$work/out"
	exec 3>&- 4<&-
	wait
	while read -r line; do
		n=$((n + 1))
		echo "$line" | sed "s/ok [0-9]*/ok $n/"
	done <"$work/out"
}
try openai 6
try @anthropic-ai/sdk 1
try @google/genai 2
try ollama 0.6
echo "1..$n"
