#!/bin/bash
# The film in asciinema itself, in a terminal: what stands there at the end is what the picture of the last step shows.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a film played by asciinema"
# shellcheck source=tests/integration/common.bash
. tests/integration/common.bash
need tmux asciinema xmllint
socket=coldcase-film-$$
tmx() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tmx kill-server 2>/dev/null; rm -rf "$work"' EXIT
unset TMUX
tmx new-session -d -s probe 'exec cat' 2>"$work/probe" || skip_all "tmux opens no terminal here: $(head -n 1 "$work/probe")"
export LC_ALL=C.UTF-8 TERM=xterm-256color
make_run
make_stills --size 100x30 --theme dark
result $? "every picture is well-formed XML"
"$program" export --to cast2 --size 100x30 --theme dark "$run" >"$work/run.cast"

# One command in a terminal of its own; when it is over, so is waiting.
screen_after() { # command
	tmx new-session -d -s film -x 100 -y 30 "$1; tmux -L $socket wait-for -S over; exec cat"
	timeout 30 tmux -L "$socket" wait-for over || return 1
	tmx capture-pane -p -t film | sed 's/ *$//' >"$work/screen"
	tmx capture-pane -ep -t film >"$work/colours"
	tmx kill-session -t film
	sed 's/ *$//' "$work/step-$steps.txt" >"$work/wanted"
	# what is around the text is cut from the description
	diff <(sed -e '1s/^ *//' "$work/screen" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}') "$work/wanted" >&2
}
screen_after "asciinema cat '$work/run.cast'"
result $? "asciinema cat: the screen of the last step"
grep -q "38;2;134;184;255m" "$work/colours" && grep -q "48;2;20;24;29m" "$work/colours"
result $? "in the colours of the theme"
screen_after "asciinema play -s 1000 -i 0.01 '$work/run.cast'"
result $? "asciinema play: the same"
"$program" export --to cast2 --size 100x30 --theme dark --by clock --idle-cap 0.05 "$run" >"$work/run.cast"
screen_after "asciinema play '$work/run.cast'"
result $? "by the clock at its own pace: the same"
exit 0
