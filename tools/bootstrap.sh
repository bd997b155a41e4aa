#!/bin/sh
# Installs what is missing to build (with `check`, to test; with `integration`, to test with other people's programs) coldcase, through
# the system's package manager.
#
#   tools/bootstrap.sh play|check|integration
#
# Says what it installs and asks before it uses sudo; as root or under CI it asks nothing. Where it can neither ask nor act it
# prints the command to run and exits 1. With nothing missing it installs nothing. Tested on Debian 12; Ubuntu has the same
# packages; the names for Fedora, Arch, Alpine and macOS are given in good faith.
set -u
want=${1:-play}
EDITOR_PC=readline
[ "${LINE_EDITOR:-readline}" = editline ] && EDITOR_PC=libedit

# what it is for | how to see that it is there (cmd: program, pc: pkg-config module) | Debian | Fedora | Arch | Alpine | Homebrew
table() {
	cat <<-'EOF'
	play|cmd:cc|gcc libc6-dev|gcc|gcc|gcc musl-dev|-
	play|cmd:make|make|make|make|make|-
	play|cmd:pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf|pkgconf
	play|pc:ncursesw|libncurses-dev|ncurses-devel|ncurses|ncurses-dev|ncurses
	play|pc:libcurl|libcurl4-openssl-dev|libcurl-devel|curl|curl-dev|curl
	play|pc:libcjson|libcjson-dev|cjson-devel|cjson|cjson-dev|cjson
	play|pc:readline|libreadline-dev|readline-devel|readline|readline-dev|readline
	play|pc:libedit|libedit-dev|libedit-devel|libedit|libedit-dev|libedit
	play|pc:yaml-0.1|libyaml-dev|libyaml-devel|libyaml|yaml-dev|libyaml
	play|pc:libpcre2-8|libpcre2-dev|pcre2-devel|pcre2|pcre2-dev|pcre2
	play|pc:libarchive|libarchive-dev|libarchive-devel|libarchive|libarchive-dev|libarchive
	play|pc:libsodium|libsodium-dev|libsodium-devel|libsodium|libsodium-dev|libsodium
	check|pc:cmocka|libcmocka-dev|libcmocka-devel|cmocka|cmocka-dev|cmocka
	check|cmd:tmux|tmux|tmux|tmux|tmux|tmux
	check|cmd:mandoc|mandoc|mandoc|mandoc|mandoc|mandoc
	check|cmd:bwrap|bubblewrap|bubblewrap|bubblewrap|bubblewrap|-
	integration|cmd:zsh|zsh|zsh|zsh|zsh|zsh
	integration|cmd:fish|fish|fish|fish|fish|fish
	integration|cmd:asciinema|asciinema|asciinema|asciinema|asciinema|asciinema
	integration|cmd:chromium|chromium|chromium|chromium|chromium|-
	integration|cmd:node|nodejs|nodejs|nodejs|nodejs|node
	integration|cmd:npm|npm|npm|npm|npm|-
	integration|cmd:sshfs|sshfs fuse3 openssh-sftp-server|fuse-sshfs fuse3 openssh-server|sshfs openssh|sshfs openssh-sftp-server|-
	integration|cmd:faketime|faketime|libfaketime|libfaketime|libfaketime|libfaketime
	integration|cmd:xmllint|libxml2-utils|libxml2|libxml2|libxml2-utils|libxml2
	EOF
}

here() { # cmd:NAME | pc:NAME
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
	pc:*) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${1#pc:}" 2>/dev/null ;;
	esac
}

if command -v apt-get >/dev/null 2>&1; then column=3 install="apt-get install -y --no-install-recommends" refresh="apt-get update"
elif command -v dnf >/dev/null 2>&1; then column=4 install="dnf install -y" refresh=
elif command -v pacman >/dev/null 2>&1; then column=5 install="pacman -S --needed --noconfirm" refresh=
elif command -v apk >/dev/null 2>&1; then column=6 install="apk add" refresh=
elif command -v brew >/dev/null 2>&1; then column=7 install="brew install" refresh=
else column=3 install= refresh=
fi

missing= packages=
while IFS='|' read -r for what debian fedora arch alpine brew; do
	case $for:$want in check:play|integration:play|integration:check) continue ;; esac
	case $what in
	pc:readline|pc:libedit) [ "$what" = "pc:$EDITOR_PC" ] || continue ;;
	cmd:bwrap) [ "$(uname -s)" = Linux ] || continue ;; # it is of Linux, and nowhere else
	esac
	here "$what" && continue
	missing="$missing ${what#*:}"
	case $column in
	3) packages="$packages $debian" ;;
	4) packages="$packages $fedora" ;;
	5) packages="$packages $arch" ;;
	6) packages="$packages $alpine" ;;
	7) [ "$brew" = - ] || packages="$packages $brew" ;;
	esac
done <<EOF
$(table)
EOF
[ -z "$missing" ] && exit 0

echo "coldcase needs:$missing" >&2
if [ -z "$install" ]; then
	echo "No known package manager here (apt-get, dnf, pacman, apk, brew). Debian calls the packages:$packages" >&2
	exit 1
fi
run="$install$packages"
if [ "$(id -u)" = 0 ] || [ "$column" = 7 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || [ -n "${CI:-}" ]; }; then
	sudo=sudo
else
	echo "Run this as root, then again what you ran:" >&2
	echo "  ${refresh:+$refresh && }$run" >&2
	exit 1
fi
echo "To be installed: ${sudo:+with sudo: }$run" >&2
if [ -n "$sudo" ] && [ -z "${CI:-}" ]; then
	printf 'Go on? [y/N] ' >&2
	read -r answer
	case $answer in
	y*|Y*) ;;
	*) echo "Nothing was installed." >&2; exit 1 ;;
	esac
fi
export DEBIAN_FRONTEND=noninteractive
# The package lists of a fresh machine are old or absent: refresh them, but try without where that fails.
if [ -n "$refresh" ]; then
	$sudo $refresh >&2 || echo "$refresh failed; going on with the lists that are here" >&2
fi
# shellcheck disable=SC2086 # the words of $run are words
$sudo $run >&2 || { echo "The installation failed; see above." >&2; exit 1; }
