/* shell_times.c - times in what is searched for: "2025-12-15 17:1" as a bound, 2025-12-15T17:1[0-2] as a pattern. */
#include <string.h>

#include "casefile/shell_priv.h"

/* Digits, and what stands between them; '9' is any. A time of day alone begins behind the day. */
static const char SHAPE[] = "9999-99-99T99:99:99.999999999";
enum { DAY = 11, DAY_LEAST = 10, CLOCK_LEAST = 4, SHAPE_LENGTH = sizeof SHAPE - 1 };

static bool fits(char c, char shape)
{
	return shape == '9' ? c >= '0' && c <= '9' : shape == 'T' ? c == 'T' || c == ' ' : c == shape;
}

/* How much of the shape, from a place in it on, the text spells: 0 when it is no time. */
static bool spells(cc_str text, size_t from)
{
	size_t i = 0;
	while (i < text.n && from + i < SHAPE_LENGTH && fits(text.p[i], SHAPE[from + i]))
		i++;
	cc_str rest = cc_str_sub(text, i, text.n);
	return i >= (from ? CLOCK_LEAST : DAY_LEAST) && (!rest.n || cc_str_eqz(rest, "Z") || rest.p[0] == '+');
}

bool shell_is_time(cc_str text)
{
	return spells(text, 0) || spells(text, DAY);
}

/* One digit of a pattern: itself, or a class of digits. Returns what it takes of the pattern; 0: neither. */
static size_t digit(cc_str p, size_t i, char *low, char *high)
{
	if (i < p.n && p.p[i] >= '0' && p.p[i] <= '9') {
		*low = *high = p.p[i];
		return 1;
	}
	if (i + 2 >= p.n || p.p[i] != '[')
		return 0;
	size_t end = i + 1;
	*low = '9';
	*high = '0';
	for (; end < p.n && p.p[end] != ']'; end++) {
		if (p.p[end] == '-')
			continue;
		if (p.p[end] < '0' || p.p[end] > '9')
			return 0;
		*low = p.p[end] < *low ? p.p[end] : *low;
		*high = p.p[end] > *high ? p.p[end] : *high;
	}
	return end < p.n && *low <= *high ? end + 1 - i : 0;
}

/* From a place of the pattern on, along the shape from a place in it on; both ends so far. */
static size_t follow(cc_str p, size_t i, size_t shape, char *low, char *high)
{
	size_t n = 0;
	while (i < p.n && shape + n < SHAPE_LENGTH) {
		size_t took = 1;
		char want = SHAPE[shape + n];
		if (want == '9')
			took = digit(p, i, &low[n], &high[n]);
		else if (want == 'T' && (p.p[i] == '.' || p.p[i] == 'T' || p.p[i] == ' '))
			low[n] = high[n] = p.p[i] == '.' ? 'T' : p.p[i];
		else if (p.p[i] == '\\' && want == '.' && i + 1 < p.n && p.p[i + 1] == '.')
			low[n] = high[n] = '.', took = 2;
		else if (p.p[i] == want)
			low[n] = high[n] = want;
		else
			break;
		if (!took)
			break;
		i += took;
		n++;
	}
	return n;
}

bool shell_times(cc_str pattern, cc_arena *arena, cc_str *from, cc_str *to)
{
	char low[SHAPE_LENGTH], high[SHAPE_LENGTH];
	if (cc_str_find_char(pattern, '|') != CC_STR_NONE)
		return false;            /* one of several: no range */
	for (size_t i = 0; i < pattern.n; i++) {
		bool inside = i && pattern.p[i - 1] >= '0' && pattern.p[i - 1] <= '9';
		size_t day = inside ? 0 : follow(pattern, i, 0, low, high), clock = 0;
		if (day < DAY_LEAST)
			clock = inside ? 0 : follow(pattern, i, DAY, low, high);
		bool no_hour = clock >= CLOCK_LEAST && (low[0] > '2' || low[3] > '5');
		size_t n = day == DAY ? DAY_LEAST : day >= DAY_LEAST ? day : clock;
		if (day < DAY_LEAST && (clock < CLOCK_LEAST || no_hour))
			continue;
		*from = cc_str_trim(cc_arena_dup(arena, (cc_str){ low, n }));
		*to = cc_str_trim(cc_arena_dup(arena, (cc_str){ high, n }));
		return from->n && to->n;
	}
	return false;
}
