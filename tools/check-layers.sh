#!/bin/sh
# Checks laws 1, 2 and 7, and a part of 6, of ARCHITECTURE.md over src/ and include/coldcase/ by reading the #include lines. Prints
# file:line: law N: what is wrong, and ends with status 1 when anything is. Usage: tools/check-layers.sh [root]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1

# Each public header's home. A header that is not named here belongs to the only src folder with a .c file of its name.
table='
base: str err buf arena xalloc vec map image utf8 time zone clock rng sha256 log json yaml file cancel work pace lib quantity
snapshot: snapshot discover tsv literal entity alerts events objects logs spans series topology identity
query: hops filter aggregate alertview onset error_rise timeline eventgroups eventlanes patterns rates recording changes checks callnet diff regex search traceview aboutentity reach alertrules
truth: truth answer score debrief stats league
casefile: casefile record export import shellread compare markers live class
net: http model provider canned
forge: forge
pack: pack seal
cmd: command reply session rerun playback assist schema pinlabel
ui: ui term theme screen keymap picture
shell: shell
agent: agent mcp sandbox
app: options config loop
'

# shellcheck disable=SC2046  # paths of this tree have no blanks
set -- $(find src include/coldcase -name '*.[ch]' | LC_ALL=C sort)
[ $# -gt 0 ] || { echo "check-layers: no sources found" >&2; exit 1; }

awk -v table="$table" '
BEGIN {
	split("base 0 snapshot 1 query 2 truth 2 casefile 2 net 2 forge 2 pack 2 cmd 3 ui 4 shell 4 agent 4 app 5", words, " ")
	for (i = 1; i in words; i += 2)
		level[words[i]] = words[i + 1]
	n = split(table, rows, "\n")
	for (i = 1; i <= n; i++) {
		count = split(rows[i], words, /[: ]+/)
		for (k = 2; k <= count; k++)
			if (words[k] != "")
				home[words[k]] = words[1]
	}
	# third-party header (pattern) -> the one place that may include it (pattern), and its name in messages
	third("^(n?cursesw?/)?(n?curses|panel|form|menu|term)\\.h$", "^src/ui/term_curses\\.c$", "src/ui/term_curses.c")
	third("^(readline/|editline/|histedit\\.h$)", "^src/shell/", "src/shell/")
	third("^curl/", "^src/net/http\\.c$", "src/net/http.c")
	third("^archive", "^src/pack/archive\\.c$", "src/pack/archive.c")
	third("^sodium", "^src/pack/seal\\.c$", "src/pack/seal.c")
	third("^pcre2", "^src/query/regex\\.c$", "src/query/regex.c")
	third("^(cjson/)?cJSON", "^src/base/json\\.c$", "src/base/json.c")
	third("^yaml\\.h$", "^src/base/yaml\\.c$", "src/base/yaml.c")
	unsealing = "^(src/pack/seal\\.c|src/app/(truths\\.[ch]|passphrase\\.c|app_pack\\.c|app_doctor\\.c))$"
	for (i = 1; i < ARGC; i++)
		note_source(ARGV[i])
}

function third(header, place, name) {
	third_header[++thirds] = header
	third_place[thirds] = place
	third_name[thirds] = name
}

# A .c file speaks for the public header of its name, unless two folders have one.
function note_source(path,    parts, name) {
	if (path !~ /^src\/[^\/]+\/[^\/]+\.c$/)
		return
	split(path, parts, "/")
	name = parts[3]
	sub(/\.c$/, "", name)
	source_home[name] = (name in source_home) ? "" : parts[2]
}

function home_of(header) {
	if (header in home)
		return home[header]
	return (header in source_home) ? source_home[header] : ""
}

function fail(law, text) {
	printf "%s:%d: law %s: %s\n", FILENAME, FNR, law, text
	failures++
}

function may_include(from, to) {
	return from == to || level[to] < level[from]
}

function check_public(header,    to) {
	sub(/^coldcase\//, "", header)
	sub(/\.h$/, "", header)
	to = home_of(header)
	if (header == "seal" && FILENAME !~ unsealing)
		fail(6, "coldcase/seal.h opens sealed truths: only src/pack/seal.c and the scoring side of src/app include it")
	if (to == "")
		fail(1, "coldcase/" header ".h has no home: name it in the table of tools/check-layers.sh")
	else if (folder != "" && !may_include(folder, to))
		fail(1, folder " may not include coldcase/" header ".h of " to)
}

function check_third(header,    i) {
	for (i = 1; i <= thirds; i++)
		if (header ~ third_header[i] && FILENAME !~ third_place[i])
			fail(2, "<" header "> is included only in " third_name[i])
}

FNR == 1 {
	count = split(FILENAME, parts, "/")
	public = parts[1] == "include"
	name = parts[count]
	sub(/\.[ch]$/, "", name)
	folder = public ? home_of(name) : parts[2]
	if (public && folder == "")
		fail(1, "no home: name it in the table of tools/check-layers.sh")
	else if (!public && !(folder in level))
		fail(1, "src/" folder " is no folder of the house")
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*$/, "", header)
	if (header ~ /^coldcase\//) {
		check_public(header)
	} else if ($0 ~ /</) {
		check_third(header)
	} else {
		if (header !~ /^(panel|form|menu|term)\.h$/) # in quotes these are our own
			check_third(header)
		split(header, parts, "/")
		if (public)
			fail(1, "a public header includes only coldcase/ headers, not \"" header "\"")
		else if ((parts[1] in level) && parts[1] != folder)
			fail(1, "\"" header "\" is private to " parts[1])
		else if (header ~ /\.\./)
			fail(1, "\"" header "\" leaves its folder")
	}
}

public && /(^|[^A-Za-z0-9_])(cJSON|CURLM?|WINDOW|PANEL|SCREEN|pcre2_[a-z_0-9]+|yaml_[a-z_]+_t)[ \t]*\*[^\/]/ {
	fail(2, "a third-party type in a public header")
}

FILENAME != "src/app/main.c" && /^(int|void)[ \t]+main[ \t]*\(/ { fail(7, "main is in src/app/main.c only") }
FILENAME == "src/app/main.c" && FNR == 60 { fail(7, "main.c has 60 lines or more") }

END {
	if (failures)
		printf "%d violations of the laws\n", failures
	exit failures > 0
}' "$@"
