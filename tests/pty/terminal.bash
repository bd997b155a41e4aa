# terminal.bash - what the tests in a real terminal share: a tmux server of their own and waiting on what its screen says.
#
# Sourced with `subject` set (what a skip is called). A control-mode client reports every change of the pane, and only then the
# screen is looked at again. Sets program, work, n; the session that is watched is called `case`.
program=$PWD/${BUILD:-build/release}/coldcase
n=0
skip_all() { # reason
	echo "ok 1 - $subject # SKIP $1"
	echo "1..1"
	exit 0
}
command -v tmux >/dev/null 2>&1 || skip_all "tmux is not installed"
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-pty.XXXXXX") || exit 1
socket=coldcase-$$
tmx() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tmx kill-server 2>/dev/null; rm -rf "$work"' EXIT
unset TMUX NO_COLOR COLORTERM
# A machine without pseudo-terminals cannot run these.
tmx new-session -d -s probe 'exec cat' 2>"$work/probe" || skip_all "tmux opens no terminal here: $(head -n 1 "$work/probe")"
export LC_ALL=C.UTF-8 TERM=xterm-256color

screen() { tmx capture-pane -pt case 2>/dev/null; }
# tmux's notifications (%output ...) of the session that is being watched.
watch() {
	coproc NEWS { tmx -C attach -t case 2>/dev/null; }
}
# The watched session anew: respawning the window of one that is watched has brought tmux 3.3a down.
begin_case() { # columns rows command
	tmx kill-session -t case 2>/dev/null
	[ -z "${NEWS_PID:-}" ] || wait "$NEWS_PID" 2>/dev/null
	tmx new-session -d -s case -x "$1" -y "$2" "$3"
	watch
}
# Looks again after each change until grep finds it; gives up after 30 seconds, for the clock on the screen never rests.
wait_grep() { # -F or -E, pattern
	local limit=$((SECONDS + 30))
	until screen >"$work/screen" && grep -q "$1" -- "$2" "$work/screen"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
		# Between two sessions there is nobody to tell of changes.
		{ [ -n "${NEWS[0]:-}" ] && read -r -t 30 -u "${NEWS[0]}" _; } || :
	done
}
# The same until it is no longer there: a screen may be looked at when half of it has been drawn.
wait_gone() { # -F or -E, pattern
	local limit=$((SECONDS + 30))
	until screen >"$work/screen" && ! grep -q "$1" -- "$2" "$work/screen"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
		{ [ -n "${NEWS[0]:-}" ] && read -r -t 30 -u "${NEWS[0]}" _; } || :
	done
}
