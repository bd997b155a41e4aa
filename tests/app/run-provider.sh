#!/bin/bash
# Asking a model as a process sees it: where its key comes from and where it is never seen, and whose certificates are trusted.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build/release}
ask=$PWD/$BUILD/tests/mock/ask_model
server=$PWD/$BUILD/tests/mock/mock_server
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-provider.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config
unset OPENAI_API_KEY ANTHROPIC_API_KEY
mkdir -p "$work/config/coldcase"
key=sk-never-seen-0123456789
n=0
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
serve() { # script, options of the server: its address in $url
	printf '%s\n' "$1" >"$work/script"
	shift
	mkfifo "$work/in" "$work/url"
	"$server" "$@" "$work/script" <"$work/in" >"$work/url" &
	exec 3>"$work/in" 4<"$work/url"
	read -r url <&4
}
end() {
	exec 3>&- 4<&-
	wait
	rm -f "$work/in" "$work/url"
}

serve $'reply\ntext It was the cart.\nusage 1000 100\nreply\nstatus 401 wrong key: '"$key"$'\nreply\nhang' -k "$key" -l "$work/requests"
printf 'openai: %s\n' "$key" >"$work/config/coldcase/keys.yaml"
chmod 644 "$work/config/coldcase/keys.yaml"
"$ask" openai gpt-5-mini "$url/v1" >"$work/out" 2>"$work/err"
[ $? = 3 ] && grep -q 'others than you may read the keys (mode 0644)' "$work/err" && grep -q '^next: chmod 600' "$work/err"
result $? "a file of keys that others may read is refused"
chmod 600 "$work/config/coldcase/keys.yaml"
export COLDCASE_LOG=$work/log
"$ask" openai gpt-5-mini "$url/v1" >"$work/out" 2>"$work/err"
grep -q '^text: It was the cart\.$' "$work/out" && grep -q '^cost: 450$' "$work/out"
result $? "an answer, and what it costs: 1,000 tokens in and 100 out of gpt-5-mini are 450 millionths of a dollar"
"$ask" openai gpt-5-mini "$url/v1" >>"$work/out" 2>"$work/err"
[ $? = 3 ] && grep -q '^openai: HTTP 401: does not accept the key: wrong key: \[key\]$' "$work/err" && grep -q '^next: set OPENAI_API_KEY' "$work/err"
result $? "a key that is refused: said, with what to do, without the key"
"$ask" openai gpt-5-mini "$url/v1" >>"$work/out" 2>>"$work/err" &
asked=$!
command_line() { tr '\0' ' ' <"/proc/$asked/cmdline"; }
if [ -r "/proc/$asked/cmdline" ]; then
	until command_line | grep -q ask_model || ! kill -0 $asked 2>/dev/null; do :; done
	command_line | grep -q gpt-5-mini && ! command_line | grep -q "$key"
	result $? "the key is not on the command line"
else
	echo "ok $((n += 1)) - the key is not on the command line # SKIP no /proc"
fi
kill $asked
end
[ "$(grep -c "^Authorization: Bearer $key" "$work/requests")" -ge 2 ] && ! grep -q "$key" "$work/out" "$work/err" "$work/log"
result $? "it stands in the header of each request, and nowhere else: not in the answer, the error or the log"

printf '%s\n' 'openai/mine: {input: 3, output: 5}' >"$work/config/coldcase/prices.yaml"
serve $'reply\ntext x\nusage 1000000 1000000'
"$ask" openai mine "$url/v1" >"$work/out" && grep -q '^cost: 8000000$' "$work/out" &&
	"$ask" openai yours "$url/v1" >"$work/out" && grep -q '^cost: -1$' "$work/out"
result $? "prices of one's own; a model without a price has an unknown cost"
end
"$ask" openai m http://192.0.2.1/v1 >"$work/out" 2>"$work/err"
[ $? = 2 ] && grep -q 'readable on the way' "$work/err"
result $? "http:// to another machine is refused before anything is sent"

if command -v openssl >/dev/null 2>&1 && openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$work/tls.key" -out "$work/tls.crt" >/dev/null 2>&1; then
	port=0 tried=0
	while [ $port = 0 ] && [ $((tried += 1)) -le 5 ]; do # a port that nobody has
		try=$((20000 + RANDOM % 20000))
		: >"$work/tls.out"
		openssl s_server -accept 127.0.0.1:$try -cert "$work/tls.crt" -key "$work/tls.key" -www >"$work/tls.out" 2>&1 &
		tls=$!
		until grep -q ACCEPT "$work/tls.out" || ! kill -0 $tls 2>/dev/null; do :; done
		kill -0 $tls 2>/dev/null && port=$try
	done
	"$ask" openai m "https://127.0.0.1:$port/v1" >"$work/out" 2>"$work/err"
	[ $? = 3 ] && grep -q '^attempts: 1$' "$work/out" && grep -q '^next: its certificate is not trusted here' "$work/err"
	result $? "a certificate nobody vouches for: refused, and not tried again"
	kill $tls
	wait
else
	echo "ok $((n += 1)) - a certificate nobody vouches for # SKIP no openssl that makes one"
fi
echo "1..$n"
exit 0
