# flat.awk - what must not grow with the data: from lines of size in bytes, what, ms; sorted by what, size and time. Flat is what at
# the largest size takes no more than twice as long as at the smallest, and less than a user notices.
BEGIN { FS = "\t"; noticed["first byte"] = noticed["first frame"] = 20; noticed["first row"] = 50 }
{
	if ($2 != what)
		tell()
	if ($2 != what || $1 != size[k])
		size[++k] = $1
	what = $2
	ms[k, ++n[k]] = $3
}
END { tell() }

function median(i) { return ms[i, int((n[i] + 1) / 2)] }
function tell(    i, most) {
	if (!k)
		return
	printf "growth: %-16s", what
	for (i = 1; i <= k; i++)
		printf " %8.2f ms at %.2f GB", median(i), size[i] / 1e9
	most = what in noticed ? noticed[what] : 16
	if (k > 1)
		printf ": %s", median(k) <= most && median(k) <= 2 * median(1) ? "flat" : "not flat"
	print ""
	split("", size); split("", ms); split("", n)
	k = 0
}
