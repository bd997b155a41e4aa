# class.bash - what the scripted classes share: a folder, seats that end with the test, results that show what everybody was told.
#
# Sourced with `subject` set (a word for the folder's name). Sets program, work, n; process ids in `pids` are ended at the end. What else a
# result that failed is to show a function show_more prints, if there is one.
program=$PWD/${BUILD:-build/release}/coldcase
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-$subject.XXXXXX") || exit 1
pids=()
# shellcheck disable=SC2317  # called by the trap
leave() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done; rm -rf "$work"; }
trap leave EXIT
. tests/support/wait.bash
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
room=$work/room
n=0
result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		{ tail -n 20 "$work"/*.out; if declare -F show_more >/dev/null; then show_more; fi; } >&2
	fi
}
# A seat that reads lines from the pipe NAME.in; its process id is left in `typed`. Once more after it ended: it comes back.
seat() { # name
	mkfifo "$work/$1.in" 2>/dev/null
	XDG_STATE_HOME=$work/state-$1 "$program" class join "$room" --name "$1" --plain <"$work/$1.in" >"$work/$1.out" 2>&1 &
	typed=$!
	pids+=("$typed")
}
# A seat hears of what was said to it before its next command: it asks, no faster than a person, until it has.
ask() { # descriptor file pattern [line]
	local limit=$((SECONDS + 30))
	until grep -qE "$3" "$2"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
		echo "${4:-alerts}" >&"$1"
		sleep 0.1
	done
}
