# common.bash - what tests with other people's programs share. Sourced with `subject` set (what a skip is called), from the root of the
# project. Sets program, work, kept, n; what is missing skips the whole test and says why.
# shellcheck disable=SC2154,SC2034 # given and used by who sources it
program=$PWD/${BUILD:-build/release}/coldcase
kept=$PWD/${BUILD:-build/release}/integration # pictures to look at, packages of others
n=0
skip_all() { # reason
	echo "ok 1 - $subject # SKIP $1"
	echo "1..1"
	exit 0
}
result() { # 0|1 text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
need() { # program...
	local p
	for p; do command -v "$p" >/dev/null 2>&1 || skip_all "$p is not installed (tools/bootstrap.sh integration)"; done
}
find_chromium() {
	chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip_all "no Chromium here (tools/bootstrap.sh integration)"
}
# npm package@version: its folder is $kept/node_modules/NAME. False: npm cannot, and said why.
fetched() {
	[ -e "$kept/node_modules/${1%@*}/package.json" ] ||
		timeout 120 npm install --prefix "$kept" --no-audit --no-fund --ignore-scripts "$1" >"$work/npm" 2>&1
}
no_fetch() { echo "npm cannot fetch $1: $(tail -n 1 "$work/npm")"; }
fetch() { fetched "$1" || skip_all "$(no_fetch "$1")"; }
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-integration.XXXXXX") || exit 1
mkdir -p "$kept"
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache HOME=$work
# One run to make pictures of: every pane, a wide character, an error, suspects, a rule-out.
make_run() {
	"$program" run sample-incidents/Scenario-1 --out "$work/runs" --name ana -c alerts -c 'paths origin' -c 'focus quote' -c entity \
		-c 'logs level>=error limit=50' -c nonsense -c 'at 17:06:00' -c events -c 'ruleout otel-demo/Service/cart reason=fine' -c topology \
		-c 'suspect otel-demo/Deployment/quote confidence=0.7 reason="日本 <b>&amp;"' -c changes -c 'metric container_memory_working_set_bytes' -c metrics \
		-c 'submit confirm=submit' >"$work/said" 2>&1
	run=$work/runs/Scenario-1/1
	steps=$("$program" export --to csv "$run" | sed 1d | wc -l)
}
# The text of the screen after each step, as an independent reader of XML finds it in the pictures.
make_stills() { # options of export
	local i
	for i in $(seq 0 "$steps"); do
		"$program" export --to svg --at "$i" "$@" "$run" >"$work/step-$i.svg"
		xmllint --xpath 'string(/*/*[local-name()="desc"])' "$work/step-$i.svg" >"$work/step-$i.txt" || return 1
	done
}
