#!/bin/bash
# What a person prefers, from files, environment and command line: which goes before which, and what is wrong is told with its line.
set -u
cd "$(dirname "$0")/../.." || exit 1
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-config.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME="$work/config" XDG_CACHE_HOME="$work/cache"
unset COLDCASE_THEME COLDCASE_ASCII
mkdir -p "$XDG_CONFIG_HOME/coldcase"
own="$XDG_CONFIG_HOME/coldcase/config.toml"
n=0
check() { # name; status of the command before
	n=$((n + 1))
	[ "$2" = 0 ] && echo "ok $n - $1" || { echo "not ok $n - $1"; head -20 "$work/out" "$work/err" >&2; }
}
config() { "$program" config "$@" >"$work/out" 2>"$work/err"; }
trend() { "$program" "$@" run sample-incidents/Scenario-1 -c 'metrics limit=1' >"$work/out" 2>"$work/err"; }
ascii() { ! LC_ALL=C grep -q '[^ -~]' "$work/out"; }

config && grep -q '^theme  *-  *as built$' "$work/out" && [ ! -s "$work/err" ]
check "without a file all is as built" $?
trend && ! ascii
check "and blocks are drawn" $?
printf '# mine\ntheme = "light"  # by day\nascii = true\n' >"$own"
config && grep -qF "light          $own" "$work/out"
check "the own file is read" $?
trend && ascii
check "and its switches hold for every sub-command that has them" $?
trend --config - && ! ascii
check "--config - reads none" $?
printf "ascii = false\nglyphs = 'ascii'\n" >"$work/other"
trend --config "$work/other" && ! ascii
check "--config FILE reads that one instead" $?
COLDCASE_ASCII=false trend && ! ascii
check "the environment goes before the file" $?
COLDCASE_THEME=mono config --json && tr -d ' \n' <"$work/out" | grep -qF '"theme":{"value":"mono","from":"COLDCASE_THEME"}'
check "and is said as JSON" $?
run=sample-incidents/runs/ana/Scenario-1/1
picture() { "$program" export --to svg "$@" $run 2>"$work/err"; }
picture --config - --theme light >"$work/light" && COLDCASE_THEME=mono picture --config - >"$work/mono" &&
	COLDCASE_THEME=mono picture --config - --theme light >"$work/out" && cmp -s "$work/out" "$work/light" && ! cmp -s "$work/out" "$work/mono"
check "the command line goes before both" $?
printf 'theme = "dark"\n\ncolour = "256"\nglyphs braille\nclipboard = "file\n' >"$own"
config && grep -qF "$own:3: no such key" "$work/err" && grep -qF "$own:4: no \`key = value\`" "$work/err" &&
	grep -qF "$own:5: no value that can be read" "$work/err" && grep -q '^theme  *dark ' "$work/out"
check "what is wrong is told with its line, and the rest holds" $?
printf '\nglyphs = "ascii"\ntheme = "nosuch"\n' >"$own"
"$program" export --to svg $run >"$work/out" 2>"$work/err" && grep -qF "$own:3: theme: " "$work/err" && grep -q nosuch "$work/err" && [ "$(wc -l <"$work/err")" = 1 ]
check "a value that cannot be is told with its file and line, and left out" $?
"$program" list >"$work/out" 2>"$work/err" && [ ! -s "$work/err" ] && config && grep -qF "$own:3: theme: " "$work/err"
check "where it is of use, and by config" $?
COLDCASE_GLYPHS=runes "$program" export --to svg $run >"$work/out" 2>"$work/err" && grep -q '^coldcase: COLDCASE_GLYPHS: glyphs: ' "$work/err"
check "and so is that of the environment" $?
printf 'theme = "a\033[31mb"\n\033]0;x\007 = 1\nascii = maybe\n' >"$own"
trend && ! LC_ALL=C grep -q "$(printf '\033')" "$work/err" && grep -q 'ascii is true or false, not maybe' "$work/err"
check "outside bytes do nothing to the terminal" $?
trend --config "$work/nosuch"
grep -q nosuch "$work/err"
check "a file asked for by name must be there" $?
config --dump && cp "$work/out" "$own" && config && grep -q '^theme  *-  *as built$' "$work/out" && [ ! -s "$work/err" ]
check "the dump is a file that changes nothing" $?
sed -i 's/^#\([a-z-]* = \)/\1/' "$own" && config && [ "$(grep -cF "$own" "$work/out")" = 10 ] && [ ! -s "$work/err" ]
check "and names every key" $?
echo "1..$n"
