# wait.bash - waiting on state, not on time: on lines of a file that grows, on the end of processes, on what a server says first.
#
# Sourced with `work` set. Each gives up after 30 seconds.

# The file has so many lines of the pattern; or the process that writes it has ended, and then it is told whether it had.
wait_lines() { # file pattern [count [pid]]
	local found tail
	: >>"$1"
	found=$(
		exec 5< <(exec timeout 30 tail -n +1 -s 0.05 -f ${4:+"--pid=$4"} "$1" 2>/dev/null)
		tail=$!
		grep -cE -m "${3:-1}" -- "$2" <&5
		kill "$tail" 2>/dev/null
	)
	[ "$found" -ge "${3:-1}" ]
}
# Runs a command so that it and all that it started can be waited for: they hold the one end of a pipe open as long as they live.
# Sets `parent`.
start_held() { # command...
	rm -f "$work/held"
	mkfifo "$work/held"
	timeout 60 cat "$work/held" >/dev/null &
	holder=$!
	"$@" 7>"$work/held" &
	parent=$!
}
wait_held() { wait "$holder"; }
# A model server of a script, until serve_end. Sets `url`, `server`.
serve() { # key script
	printf '%s' "$2" >"$work/script"
	rm -f "$work/in" "$work/said-first"
	mkfifo "$work/in" "$work/said-first"
	"${BUILD:-build/release}/tests/mock/mock_server" -k "$1" "$work/script" <"$work/in" >"$work/said-first" &
	server=$!
	exec 8>"$work/in" 6<"$work/said-first"
	read -r -t 30 url <&6
	url=$url/v1
}
serve_end() {
	exec 8>&- 6<&-
	wait "$server"
}
