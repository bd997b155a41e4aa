#!/bin/bash
# A passphrase asked for at a real terminal: nothing of it is shown, twice when it is new, and a signal gives the echo back.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="passphrase"
. tests/pty/terminal.bash
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
unset COLDCASE_PASSPHRASE

result() { # name status
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		screen >&2
	fi
}
check() { # name regex
	wait_grep -E "$2"
	result "$1" $?
}
keys() { tmx send-keys -t case "$@"; }
begin() { # command line
	tmx kill-session -t case 2>/dev/null
	tmx new-session -d -s case -x 100 -y 24 "trap : INT; $1; echo status \$?; stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e -echo; read _"
	watch
}

begin "$program pack sample-incidents/Scenario-1 -o $work/a.case --seal"
check "a new passphrase is asked for" '^New passphrase for case-[0-9a-f]{12}:'
keys 'open sesame' Enter
check "twice" '^Once more, for case-'
keys 'open sesami' Enter
check "and two that differ seal nothing" 'the two passphrases differ'
check "with the status of wrong usage" '^status 2'
[ ! -e "$work/a.case" ] && ! grep -q sesam <(screen)
result "nothing was written, and nothing shown" $?

begin "$program pack sample-incidents/Scenario-1 -o $work/a.case --seal"
check "again" '^New passphrase for'
keys 'open sesame' Enter
check "twice again" '^Once more'
keys 'open sesame' Enter
check "the same twice seals" '^status 0'
check "the terminal shows what is typed again" '^echo$'

"$program" run "$work/a.case" --out "$work/runs" -c 'suspect otel-demo/Deployment/quote' -c 'submit confirm=submit' </dev/null >/dev/null 2>&1
run=$(echo "$work"/runs/case-*/1)
begin "$program score $run --truth $work/a.case | grep -e ^Score -e sealed"
check "score asks for it" '^Passphrase of case-'
keys 'open sesame' Enter
check "and scores" '^Score 1.0000'
! grep -q sesame <(screen)
result "nothing of it was shown" $?

begin "$program score $run --truth $work/a.case"
check "asked once more" '^Passphrase of case-'
keys C-c
check "an interrupt ends it" '^status 130'
check "and gives the echo back" '^echo$'
echo "1..$n"
