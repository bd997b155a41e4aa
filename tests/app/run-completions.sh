#!/bin/bash
# What Tab offers: by the scripts `coldcase completions` writes, in the shells themselves. zsh and fish are skipped where they are not installed.
set -u
cd "$(dirname "$0")/../.." || exit 1
bin=$PWD/${BUILD:-build/release}
work=$(mktemp -d "${TMPDIR:-/tmp}/coldcase-completions.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export PATH="$bin:$PATH" XDG_CONFIG_HOME="$work" XDG_CACHE_HOME="$work" XDG_DATA_HOME="$work"
n=0
check() { # name; status of the command before
	n=$((n + 1))
	[ "$2" = 0 ] && echo "ok $n - $1" || { echo "not ok $n - $1"; head -20 "$work/out" >&2; }
}
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2 is not installed"; }
for shell in bash zsh fish; do coldcase completions $shell >"$work/$shell" || echo "not ok - completions $shell"; done
mkdir "$work/a folder"
touch "$work/a file.yaml"

in_bash() ( # the words before the cursor -> what is offered, a line each
	source "$work/bash"
	COMP_WORDS=(coldcase "$@") COMP_CWORD=$# COMPREPLY=()
	compopt() { :; } # it is for a real line alone
	_coldcase coldcase
	printf '%s\n' "${COMPREPLY[@]}" | sed 's/ $//' >"$work/out"
)
in_fish() { fish --no-config -c "source $work/fish; complete -C 'coldcase $*'" | cut -f1 >"$work/out"; }
in_zsh() { # the same in a real line editor: what the list after Tab shows
	zsh -f "$work/drive" "$work/zsh" "coldcase $*" >"$work/out" 2>&1
}
cat >"$work/drive" <<'END'
# Tab twice in a zsh of its own, until what is shown stays the same
zmodload zsh/zpty
zpty -b z zsh -f -i
show() { local more all=; for ((i = 0; i < 100; i++)); do zpty -r z more '*'"$1"'*' && { print -r -- $more; return 0; }; sleep 0.05; done; return 1 }
zpty -w z "PS1=; stty -echo columns 200 rows 100; autoload -U compinit; compinit -D -u; LISTMAX=0; zstyle ':completion:*' verbose yes; zstyle ':completion:*' list-separator '#'; source $1; bindkey '^I' list-choices; zle-line-init() { :; }; print rea''dy"
show ready >/dev/null || exit 1
zpty -w -n z "$2"$'\t'
zpty -w -n z $'\C-u'"print do''ne"$'\n'
show done
zpty -d z
END
offers() { for word; do grep -qxF -- "$word" "$work/out" || return 1; done; }
lists() { for word; do grep -qF -- "$word" "$work/out" || return 1; done; }

in_bash re && [ "$(tr '\n' ' ' <"$work/out")" = "resume review replay reel " ]
check "bash: a sub-command" $?
in_bash --config "$work/a file.yaml" play --as && offers --assist --ascii && ! offers --json
check "bash: the options of a sub-command and no others" $?
in_bash play Scenario-1 --assist '' && offers raw ranked full && [ "$(wc -l <"$work/out")" = 3 ]
check "bash: the values of an option" $?
in_bash play --theme = d && offers default dark deuteranopia
check "bash: behind an equals sign" $?
in_bash run Scenario-1 -c top && offers topology
check "bash: a command of the console" $?
in_bash play Scenario- && offers Scenario-1 Scenario-8
check "bash: a known incident" $?
in_bash play "$work/a f" && offers "$work/a folder" && ! offers "$work/a file.yaml"
check "bash: a folder with a blank" $?
in_bash forge out --fault wrong- && offers wrong-target-port && in_bash class '' && offers host join debrief
check "bash: a fault, and the words of class" $?
in_bash help al && offers alerts && in_bash help pl && offers play
check "bash: what help knows" $?
bash -c 'source "$1"; complete -p coldcase' - "$work/bash" >"$work/out" && lists '-F _coldcase coldcase'
check "bash: the script takes the program's name" $?
if command -v fish >/dev/null; then
	in_fish re && offers review replay reel && ! offers run && in_fish play Scenario-1 --assist "" && offers raw ranked full
	check "fish: sub-commands and values" $?
	in_fish run Scenario-1 --j && offers --json && in_fish play --j && ! offers --json && in_fish run x -c top && offers topology
	check "fish: options, and commands of the console" $?
	in_fish play Scen && offers Scenario-1 && in_fish completions "" && offers bash zsh fish
	check "fish: incidents and words" $?
else
	skip "fish: sub-commands and values" fish; skip "fish: options" fish; skip "fish: incidents" fish
fi
if command -v zsh >/dev/null; then
	in_zsh re && lists review replay reel 'with the truth in hand' && ! lists campaign
	check "zsh: a sub-command" $?
	in_zsh play Scenario-1 --assist "" && lists raw ranked full && in_zsh run Scenario-1 --j && lists --json 'print JSON'
	check "zsh: options and their values" $?
	in_zsh run Scenario-1 -c top && lists topology && in_zsh play Scen && lists Scenario-8
	check "zsh: commands of the console, and incidents" $?
else
	skip "zsh: a sub-command" zsh; skip "zsh: options" zsh; skip "zsh: incidents" zsh
fi
coldcase completions tcsh >"$work/out" 2>&1
[ $? = 2 ] && lists 'Not known: tcsh' 'bash, zsh or fish'
check "another shell is refused, and told which there are" $?
# Only what concerns completions, and with the prefix as built: another one would build the program anew under the other tests.
make -n install DESTDIR="$work/root" PREFIX=/usr/local | grep -E '^[^#]*(bash-completion|site-functions|vendor_completions)' >"$work/out" && sh -e "$work/out" &&
	cmp -s "$work/root/usr/local/share/bash-completion/completions/coldcase" "$work/bash" &&
	cmp -s "$work/root/usr/local/share/zsh/site-functions/_coldcase" "$work/zsh" &&
	cmp -s "$work/root/usr/local/share/fish/vendor_completions.d/coldcase.fish" "$work/fish" &&
	make -s uninstall DESTDIR="$work/root" PREFIX=/usr/local >/dev/null 2>&1 && [ -z "$(find "$work/root" -type f)" ]
check "make install puts them where the shells look, uninstall takes them away" $?
echo "1..$n"
