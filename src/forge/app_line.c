/* app_line.c - a line said again and again, never twice the same: texts with places for numbers, words and times.
 *
 * What fills a place follows from the line's seed, how often it has been said,
	and the text of the place itself: the same place
 * written twice in one line shows the same value twice, as a process that names its port twice would. */
#include "coldcase/time.h"
#include "forge/app.h"

typedef enum place { PLACE_NONE, PLACE_N, PLACE_POD, PLACE_IP, PLACE_CALLER, PLACE_RAND, PLACE_SUM, PLACE_HEX,
	PLACE_LARGE_HEX, PLACE_PICK, PLACE_TIME } place;

static const struct { const char *word; place kind; bool argument; } WORDS[] = {
	{ "n", PLACE_N, false }, { "pod", PLACE_POD, false }, { "ip", PLACE_IP, false },
	{ "caller", PLACE_CALLER, false }, { "rand", PLACE_RAND, true },
	{ "sum", PLACE_SUM, true }, { "hex", PLACE_HEX, true }, { "HEX", PLACE_LARGE_HEX, true }, { "pick",
	    PLACE_PICK, true },
	{ "time", PLACE_TIME, true }
};

/* The place that begins at the start of `text`; *argument is what stands behind the colon, *whole all of it. */
static place place_at(cc_str text, cc_str *whole, cc_str *argument)
{
	size_t end = 1;
	while (end < text.n && text.p[end] != '}' && text.p[end] != '{' && text.p[end] != '\n') end++;
	if (end >= text.n || text.p[end] != '}') return PLACE_NONE;
	cc_str inside = cc_str_sub(text, 1, end), word = inside;
	*argument = CC_STR_EMPTY;
	bool colon = cc_str_cut(inside, ':', &word, argument);
	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
		if (!cc_str_eqz(word, WORDS[i].word) || WORDS[i].argument != colon) continue;
		*whole = cc_str_sub(text, 0, end + 1);
		return WORDS[i].kind;
	}
	return PLACE_NONE;
}

static bool range(cc_str s, int64_t *lo, int64_t *hi)
{
	cc_str a, b;
	return cc_str_cut(s, '-', &a, &b) && cc_str_to_i64(a, lo) && cc_str_to_i64(b,
	    hi) && *lo >= 0 && *lo <= *hi && *hi <= INT64_C(1000000000000000);
}

static bool digits(cc_str s, int64_t *n)
{
	return cc_str_to_i64(s, n) && *n >= 1 && *n <= 64;
}

#define DIRECTIVES "YmdHMSbasy36"

static bool time_ok(cc_str format)
{
	for (size_t i = 0; i < format.n; i++) {
		if (format.p[i] != '%') continue;
		if (++i >= format.n || cc_str_find_char(CC_STR(DIRECTIVES), format.p[i]) == CC_STR_NONE) return false;
	}
	return format.n > 0;
}

const char *forge_line_wrong(const char *text)
{
	cc_str whole, arg;
	int64_t lo, hi;
	for (cc_str rest = cc_str_from(text); rest.n; rest = cc_str_sub(rest, 1, rest.n)) {
		if (rest.p[0] != '{') continue;
		switch (place_at(rest, &whole, &arg)) {
		case PLACE_RAND:
		case PLACE_SUM:
			if (!range(arg, &lo, &hi)) return "{rand:…} and {sum:…} take two whole numbers, such as "
			    "{rand:10-400}";
			break;
		case PLACE_HEX:
		case PLACE_LARGE_HEX:
			if (!digits(arg, &lo)) return "{hex:…} takes how many digits, 1 to 64";
			break;
		case PLACE_PICK:
			if (cc_str_find_char(arg, '|') == CC_STR_NONE) return "{pick:…} takes what to choose from, "
			    "such as {pick:one|another}";
			break;
		case PLACE_TIME:
			if (!time_ok(arg)) return "{time:…} takes %Y %y %m %d %H %M %S %b %a %s, %3 and %6 for the "
			    "fraction, and what stands between";
			break;
		case PLACE_NONE:
		case PLACE_N:
		case PLACE_POD:
		case PLACE_IP:
		case PLACE_CALLER: break;
		}
	}
	return NULL;
}

static uint64_t mixed(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t drawn(const forge_line *l, int n, cc_str whole)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < whole.n; i++) h = (h ^ (unsigned char)whole.p[i]) * UINT64_C(0x100000001b3);
	return mixed(h ^ mixed(l->seed + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(unsigned)n));
}

static int64_t between(const forge_line *l, int n, cc_str whole, cc_str arg)
{
	int64_t lo = 0, hi = 0;
	if (!range(arg, &lo, &hi)) return 0;
	return lo + (int64_t)((drawn(l, n, whole) >> 11) % (uint64_t)(hi - lo + 1));
}

static void put_hex(cc_buf *out, const forge_line *l, cc_str whole, cc_str arg, const char *digit)
{
	int64_t n = 0;
	uint64_t v = drawn(l, l->n, whole);
	if (!digits(arg, &n)) return;
	for (int64_t i = 0; i < n; i++) {
		if (i % 16 == 0) v = mixed(v + 1);
		cc_buf_add_char(out, digit[v >> (4 * (i % 16)) & 15]);
	}
}

static void put_pick(cc_buf *out, const forge_line *l, cc_str whole, cc_str arg)
{
	size_t n = 1;
	for (size_t i = 0; i < arg.n; i++) n += arg.p[i] == '|';
	size_t at = (size_t)((drawn(l, l->n, whole) >> 11) % n);
	cc_str word = arg, rest = arg;
	for (size_t i = 0; i <= at; i++) (void)cc_str_cut(rest, '|', &word, &rest);
	cc_buf_add(out, word);
}

static void put_time(cc_buf *out, int64_t now, cc_str format)
{
	static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec", DAYS[] = "ThuFriSatSunMonTueWed";
	int y, mo, d, h, mi, s;
	int64_t frac;
	cc_time_to_civil(now, &y, &mo, &d, &h, &mi, &s, &frac);
	for (size_t i = 0; i < format.n; i++) {
		if (format.p[i] != '%' || i + 1 >= format.n) {
			cc_buf_add_char(out, format.p[i]);
			continue;
		}
		switch (format.p[++i]) {
		case 'Y': cc_buf_addf(out, "%04d", y); break;
		case 'y': cc_buf_addf(out, "%02d", y % 100); break;
		case 'm': cc_buf_addf(out, "%02d", mo); break;
		case 'd': cc_buf_addf(out, "%02d", d); break;
		case 'H': cc_buf_addf(out, "%02d", h); break;
		case 'M': cc_buf_addf(out, "%02d", mi); break;
		case 'S': cc_buf_addf(out, "%02d", s); break;
		case 'b': cc_buf_addf(out, "%.3s", MONTHS + 3 * (mo - 1)); break;
		case 'a': cc_buf_addf(out, "%.3s", DAYS + 3 * (now / (86400 * CC_NS_PER_S) % 7)); break;
		case 's': cc_buf_addf(out, "%lld", (long long)(now / CC_NS_PER_S)); break;
		case '3': cc_buf_addf(out, "%03d", (int)(frac / CC_NS_PER_MS)); break;
		case '6': cc_buf_addf(out, "%06d", (int)(frac / CC_NS_PER_US)); break;
		default: break;
		}
	}
}

static void put_place(cc_buf *out, const forge_line *l, place kind, cc_str whole, cc_str arg)
{
	int64_t sum = 0;
	switch (kind) {
	case PLACE_NONE: break;
	case PLACE_N: cc_buf_addf(out, "%d", l->n); break;
	case PLACE_POD: cc_buf_addz(out, l->pod); break;
	case PLACE_IP: cc_buf_addz(out, l->ip); break;
	case PLACE_CALLER: cc_buf_addz(out, l->caller); break;
	case PLACE_RAND: cc_buf_addf(out, "%lld", (long long)between(l, l->n, whole, arg)); break;
	case PLACE_SUM:
		for (int i = 1; i <= l->n; i++) sum += between(l, i, whole, arg);
		cc_buf_addf(out, "%lld", (long long)sum);
		break;
	case PLACE_HEX: put_hex(out, l, whole, arg, "0123456789abcdef"); break;
	case PLACE_LARGE_HEX: put_hex(out, l, whole, arg, "0123456789ABCDEF"); break;
	case PLACE_PICK: put_pick(out, l, whole, arg); break;
	case PLACE_TIME: put_time(out, l->now, arg); break;
	}
}

void forge_line_put(cc_buf *out, const char *text, const forge_line *l)
{
	cc_str whole, arg;
	for (cc_str rest = cc_str_from(text); rest.n;) {
		size_t next = cc_str_find_char(rest, '{');
		if (next == CC_STR_NONE) next = rest.n;
		cc_buf_add(out, cc_str_sub(rest, 0, next));
		rest = cc_str_sub(rest, next, rest.n);
		if (!rest.n) break;
		place kind = place_at(rest, &whole, &arg);
		if (kind == PLACE_NONE) cc_buf_add_char(out, '{');
		else put_place(out, l, kind, whole, arg);
		rest = cc_str_sub(rest, kind == PLACE_NONE ? 1 : whole.n, rest.n);
	}
}
