# table.awk - one table of what was measured and one of what was meant to be kept, from the lines of a run.
#
#   awk -f table.awk -v markdown=0|1 -v gb=GB file=1 limits file=2 floors file=3 skipped file=4 results
#   (counted by hand: awk does not notice a file without lines, and when every peer is there nothing is skipped)
#
# results: kind, name, value, private MB, file MB, answer - tab-separated, one line a round. kind t: ms of a process;
# q: ms of a question inside one; m: MB. floors: name, the floor it is held against. skipped: the beginning of names,
# the reason.
BEGIN { FS = "\t" }
/^#/ { next }
file == 1 {
	n_limits++
	split($0, part, / *\| */)
	measured[n_limits] = part[1]
	against[n_limits] = part[2]
	limit[n_limits] = part[3]
}
file == 2 { floor_of[$1] = $2 }
file == 3 { reason[$1] = $2 }
file == 4 {
	add($2, $3)
	kind[$2] = $1
	if ($1 == "t") {
		add($2 ", peak memory", $4)
		kind[$2 ", peak memory"] = "p"
		files[$2] = $5 > files[$2] ? $5 : files[$2]
	}
	if ($6 != "")
		answer[$2] = $6
}

function add(name, value) {
	if (!(name in count))
		order[++names] = name
	values[name, ++count[name]] = value + 0
}

function sort(name,    i, k, v) {
	for (i = 2; i <= count[name]; i++) {
		v = values[name, i]
		for (k = i - 1; k >= 1 && values[name, k] > v; k--)
			values[name, k + 1] = values[name, k]
		values[name, k + 1] = v
	}
}
function median(name) { return values[name, int((count[name] + 1) / 2)] }
function number(v) { return sprintf(v < 1 ? "%.3f" : v < 10 ? "%.2f" : v < 100 ? "%.1f" : "%.0f", v) }
function spread(name) {
	return number(median(name)) " (" number(values[name, 1]) "-" number(values[name, count[name]]) ")"
}

# Columns are padded for a reader of plain text; Markdown gets its bars.
function row(widths, cells,    n, i, w, c, line) {
	n = split(widths, w, " ")
	split(cells, c, "\t")
	for (i = 1; i <= n; i++)
		line = line (markdown ? "| " c[i] " " : sprintf("%-*s  ", w[i], c[i]))
	sub(/ +$/, "", line)
	print line (markdown ? " |" : "")
}
function head(widths, cells,    n, w, i, rule) {
	row(widths, cells)
	if (!markdown)
		return
	n = split(widths, w, " ")
	for (i = 1; i <= n; i++)
		rule = rule "|---"
	print rule "|"
}

function times_floor(name,    floor) {
	floor = floor_of[name]
	return floor in count ? number(median(name) / median(floor)) : ""
}
function memory_of(name) {
	return kind[name] == "t" ? number(median(name ", peak memory")) "\t" number(files[name]) : "\t"
}

function show_measured(    i, name) {
	head(MEASURED, "measured\tmedian ms (min-max)\tx floor\tprivate MB\tfile MB\tanswer")
	for (i = 1; i <= names; i++) {
		name = order[i]
		if (kind[name] == "t" || kind[name] == "q")
			row(MEASURED, name "\t" spread(name) "\t" times_floor(name) "\t" memory_of(name) "\t" \
				(name in answer ? answer[name] : ""))
		else if (kind[name] == "m")
			row(MEASURED, name "\t\t\t" number(median(name)) "\t\t")
	}
}

function why_missing(name,    prefix) {
	for (prefix in reason)
		if (index(name, prefix) == 1)
			return reason[prefix]
	return "not measured"
}

# Answers must agree where both sides count the same: what follows " (" or " in " is each side's own, and lines of a
# file are no records.
function plain(text) { sub(/ \(.*| in .*/, "", text); return text }
function unit_of(text) { text = plain(text); gsub(/[0-9]/, "", text); return text }
function check_answers(a, b) {
	if (!(a in answer) || !(b in answer) || unit_of(answer[a]) != unit_of(answer[b]))
		return
	if (plain(answer[a]) != plain(answer[b]))
		warning[++warnings] = "warning: different answers: " a " says " answer[a] ", " b " says " answer[b]
}

function show_limit(i,    a, b, least, words, value, unit) {
	a = measured[i]
	b = against[i]
	if (!(a in count) || b != "-" && !(b in count)) {
		row(LIMITS, a "\t" b "\t-\t" limit[i] "\tskipped: " why_missing(a in count ? b : a))
		skipped++
		return
	}
	check_answers(a, b)
	least = sub(/^at least /, "", limit[i])
	split(limit[i], words, " ")
	unit = words[2]
	value = median(a)
	if (unit == "x")
		value = median(b) ? value / median(b) : 0
	else if (unit == "MB/GB")
		value /= gb
	met = least ? value >= words[1] : value <= words[1]
	row(LIMITS, a "\t" b "\t" number(value) " " unit "\t" (least ? "at least " : "") limit[i] "\t" \
		(met ? "met" : words[3] == "stretch" ? "not reached" : "not met"))
	kept += met
	missed += !met && words[3] != "stretch"
	unreached += !met && words[3] == "stretch"
}

END {
	MEASURED = "58 26 8 10 8 30"
	LIMITS = "52 52 12 14 20"
	for (i = 1; i <= names; i++)
		sort(order[i])
	show_measured()
	print ""
	head(LIMITS, "what\tagainst\tis\tlimit\t")
	for (i = 1; i <= n_limits; i++)
		show_limit(i)
	print ""
	for (i = 1; i <= warnings; i++)
		print warning[i]
	printf "%d met, %d not met, %d stretch goals not reached, %d skipped\n", kept, missed, unreached, skipped
}
