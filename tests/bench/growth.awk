# growth.awk - how the cost of opening grows with the data, from lines of run1 named by the size in bytes, sorted by
# size and time.
BEGIN { FS = "\t" }
{
	if ($1 != last)
		sizes[++k] = last = $1
	ms[$1, ++n[$1]] = $2
	if ($3 > mb[$1])
		mb[$1] = $3
}

function median(size) { return ms[size, int((n[size] + 1) / 2)] }
function verdict(what, small, large,    e) {
	e = log(large / small) / log(sizes[k] / sizes[1])
	printf "growth: exponent of %s %.2f, limit 1.1: %s\n", what, e, e <= 1.1 ? "met" : "not met"
}

END {
	for (i = 1; i <= k; i++)
		printf "growth: %.2f GB opened in %.0f ms, peak %.0f MB private\n", sizes[i] / 1e9, median(sizes[i]),
			mb[sizes[i]]
	if (k < 2)
		exit
	verdict("time", median(sizes[1]), median(sizes[k]))
	verdict("memory", mb[sizes[1]], mb[sizes[k]])
}
