#!/bin/bash
# A class over a network's folder: host and seat have mounts of their own of one SFTP server (sshfs), which remember folders and files for
# twenty seconds; the seat's host has another name, its program a clock that is 37 minutes ahead. TAP on standard output.
set -u
cd "$(dirname "$0")/../.." || exit 1
subject="a class over a network's folder"
. tests/integration/common.bash
. tests/support/wait.bash
need sshfs fusermount3 faketime
server=
for place in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh /usr/libexec; do [ -z "$server" ] && [ -x "$place/sftp-server" ] && server=$place/sftp-server; done
[ -n "$server" ] || skip_all "there is no sftp-server (tools/bootstrap.sh integration)"
printf '#!/bin/sh\nexec %s\n' "$server" >"$work/ssh"     # no network between the two ends of the protocol
chmod +x "$work/ssh"
mkdir "$work/disk" "$work/a" "$work/b"
seat=
# shellcheck disable=SC2317  # called by the trap
leave() {
	[ -z "$seat" ] || kill "$seat" 2>/dev/null
	fusermount3 -u "$work/a" 2>/dev/null
	fusermount3 -u "$work/b" 2>/dev/null
	rm -rf "$work"
}
trap leave EXIT
for mount in a b; do
	sshfs -o "ssh_command=$work/ssh" "here:$work/disk" "$work/$mount" 2>"$work/sshfs" || skip_all "nothing can be mounted here: $(tail -n 1 "$work/sshfs")"
done
export XDG_STATE_HOME=$work/state NO_FAKE_STAT=1   # the folder has its own time
host() { "$program" class host "$work/a/room" "$@" 2>&1; }
watch() { "$program" watch "$work/a/room" --seat 1 --truth sample-incidents/solutions "$@" 2>&1; }
named() { unshare --uts sh -c 'hostname another && exec "$@"' - "$@"; }
unshare --uts true 2>/dev/null || named() { "$@"; }
host --incident sample-incidents/Scenario-1 --truth sample-incidents/solutions --hold --countdown 2 -c status >/dev/null
mkfifo "$work/ann.in"
named faketime -f +37m "$program" class join "$work/b/room" --name ann --plain <"$work/ann.in" >"$work/ann.out" 2>&1 &
seat=$!
exec 5>"$work/ann.in"
wait_lines "$work/ann.out" 'You sit in the class' && host -c status | grep -qE '^ +1 +1 +- +waiting'
result $? "the seat of the other machine is seen at once"
began=${EPOCHREALTIME/[.,]/}
host -c start >/dev/null
wait_lines "$work/ann.out" 'clock is running'
took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
[ "$took" -ge 1500 ] && [ "$took" -lt 6000 ]
result $? "it begins when the countdown ends, whatever is remembered and whatever its clock says"
ask_until() { # pattern line
	local limit=$((SECONDS + 15))
	until grep -qE "$1" "$work/ann.out"; do
		[ "$SECONDS" -lt "$limit" ] || return 1
		echo "$2" >&5
		sleep 0.1
	done
}
host -c 'freeze look up' >/dev/null
ask_until 'look up: nothing is asked' alerts
result $? "a freeze reaches it"
host -c thaw >/dev/null
ask_until EVENTS 'events limit=1'
watch -c 'hint the image' >/dev/null
ask_until 'the instructor says: the image' 'logs limit=1'
result $? "so does an instructor's hint"
watch >"$work/seen"
grep -qE 'nothing since +[0-9]s' "$work/seen" && grep -qE 'silent +-' "$work/seen"
result $? "the instructor counts in the folder's time"
echo 'suspect otel-demo/Deployment/quote' >&5
echo 'submit confirm=submit' >&5
exec 5>&-
wait "$seat"
seat=
host -c reveal -c 'status names' | grep -qE 'ann +submitted.* 1$'
result $? "the verdict is written"
faketime -f +37m "$program" class join "$work/b/room" --name ann --plain 2>&1 </dev/null | grep -q 'gate open'
result $? "and told"
echo "1..$n"
