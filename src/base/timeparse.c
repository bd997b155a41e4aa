/* timeparse.c - reading times and durations in the forms that snapshots and people write.
 *
 * A cursor walks the text once; every form must end exactly at the end of the text. This is on the path of every record
 * of a snapshot, so nothing here allocates or calls the C library. */
#include "coldcase/time.h"

typedef struct cursor {
	cc_str s;
	size_t i;
} cursor;

static bool at_end(const cursor *c)
{
	return c->i == c->s.n;
}

static char peek(const cursor *c)
{
	return c->i < c->s.n ? c->s.p[c->i] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take_char(cursor *c, char want)
{
	if (at_end(c) || c->s.p[c->i] != want)
		return false;
	c->i++;
	return true;
}

/* Exactly n digits (n <= 4). */
static bool take_digits(cursor *c, int n, int *out)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		char d = peek(c);
		if (!is_digit(d))
			return false;
		v = v * 10 + (d - '0');
		c->i++;
	}
	*out = v;
	return true;
}

/* ".123": one digit or more, those beyond the ninth are cut. No point, no fraction. */
static bool take_fraction(cursor *c, int64_t *nanos)
{
	*nanos = 0;
	if (!take_char(c, '.'))
		return true;
	if (!is_digit(peek(c)))
		return false;
	int64_t unit = CC_NS_PER_S / 10;
	for (; is_digit(peek(c)); c->i++, unit /= 10)
		*nanos += (peek(c) - '0') * unit;
	return true;
}

static int days_in_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

typedef struct civil {
	int year, month, day, hour, minute, second;
	int64_t nanos;
} civil;

static bool take_date(cursor *c, civil *t)
{
	return take_digits(c, 4, &t->year) && take_char(c, '-') && take_digits(c, 2, &t->month) && take_char(c, '-') &&
		take_digits(c, 2, &t->day) && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
		t->day <= days_in_month(t->year, t->month);
}

/* 17:24:32, 17-18-09 or 175546, each with an optional fraction; 60 is let through as a leap second. `separator` is the
 * expected one: ':' also lets the seconds be missing when `minutes_do`. */
static bool take_clock(cursor *c, civil *t, char separator, bool minutes_do)
{
	if (!take_digits(c, 2, &t->hour) || (separator && !take_char(c, separator)) || !take_digits(c, 2, &t->minute))
		return false;
	if (t->hour > 23 || t->minute > 59)
		return false;
	if (separator && !take_char(c, separator))
		return minutes_do;
	return take_digits(c, 2, &t->second) && t->second <= 60 && take_fraction(c, &t->nanos);
}

/* What stands between hours and minutes; '\0' for nothing. */
static char clock_separator(const cursor *c)
{
	char x = c->i + 2 < c->s.n ? c->s.p[c->i + 2] : ':';
	return is_digit(x) ? '\0' : x == '-' ? '-' : ':';
}

static bool take_zone_offset(cursor *c, int64_t *seconds)
{
	int sign = take_char(c, '-') ? -1 : take_char(c, '+') ? 1 : 0, hours, minutes = 0;
	if (!sign || !take_digits(c, 2, &hours))
		return false;
	if (take_char(c, ':') || is_digit(peek(c)))
		if (!take_digits(c, 2, &minutes))
			return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return hours <= 23 && minutes <= 59;
}

/* " CEST" after an offset, as Go prints; the offset alone counts. Go repeats an offset for zones without a name. */
static bool take_zone_name(cursor *c)
{
	if (!take_char(c, ' '))
		return true;
	size_t start = c->i;
	if (peek(c) == '+' || peek(c) == '-')
		c->i++;
	while ((peek(c) >= 'A' && peek(c) <= 'Z') || is_digit(peek(c)))
		c->i++;
	return c->i - start >= 2 && c->i - start <= 6;
}

/* Nothing, Z, " UTC", an offset with or without a blank before it and a name after it. */
static bool take_zone(cursor *c, int64_t *seconds)
{
	*seconds = 0;
	if (at_end(c) || take_char(c, 'Z') || take_char(c, 'z'))
		return true;
	take_char(c, ' ');
	cc_str rest = cc_str_sub(c->s, c->i, c->s.n);
	if (cc_str_eq(rest, CC_STR("UTC")) || cc_str_eq(rest, CC_STR("GMT"))) {
		c->i = c->s.n;
		return true;
	}
	return take_zone_offset(c, seconds) && take_zone_name(c);
}

static bool to_ns(const civil *t, int64_t zone_seconds, int64_t *ns)
{
	int64_t local = cc_time_from_civil(t->year, t->month, t->day, t->hour, t->minute, t->second, t->nanos), utc;
	if (local == CC_TIME_NONE || __builtin_sub_overflow(local, zone_seconds * CC_NS_PER_S, &utc) || utc == CC_TIME_NONE)
		return false;
	*ns = utc;
	return true;
}

static bool parse_calendar(cc_str s, bool minutes_do, int64_t *ns)
{
	cursor c = { s, 0 };
	civil t = { 0 };
	int64_t zone = 0;
	if (!take_date(&c, &t))
		return false;
	if (!at_end(&c)) {
		bool blank = take_char(&c, ' ');
		if (!blank && !take_char(&c, 'T') && !take_char(&c, 't'))
			return false;
		char separator = blank ? ':' : clock_separator(&c);
		if (!take_clock(&c, &t, separator, minutes_do) || !take_zone(&c, &zone))
			return false;
	}
	return at_end(&c) && to_ns(&t, zone, ns);
}

/* Seconds reach 1e11 in the year 5138, and 1e11 ms is 1973: no overlap with anything a snapshot may hold. */
static bool parse_epoch(cc_str s, int64_t *ns)
{
	int64_t v;
	if (s.n == 0 || !is_digit(s.p[0]) || !cc_str_to_i64(s, &v))
		return false;
	int64_t unit = v < INT64_C(100000000000) ? CC_NS_PER_S
		: v < INT64_C(100000000000000)   ? CC_NS_PER_MS
		: v < INT64_C(100000000000000000) ? CC_NS_PER_US
						  : 1;
	return !__builtin_mul_overflow(v, unit, ns);
}

bool cc_time_parse(cc_str s, int64_t *ns)
{
	int64_t v;
	if (!parse_calendar(s, false, &v) && !parse_epoch(s, &v))
		return false;
	*ns = v;
	return true;
}

static bool take_unit(cursor *c, int64_t *unit)
{
	static const struct {
		cc_str name;
		int64_t ns;
	} units[] = {
		{ { "ns", 2 }, 1 },
		{ { "us", 2 }, CC_NS_PER_US },
		{ { "\xC2\xB5s", 3 }, CC_NS_PER_US }, /* micro sign, as Go prints */
		{ { "\xCE\xBCs", 3 }, CC_NS_PER_US }, /* Greek mu */
		{ { "ms", 2 }, CC_NS_PER_MS },
		{ { "s", 1 }, CC_NS_PER_S },
		{ { "m", 1 }, 60 * CC_NS_PER_S },
		{ { "h", 1 }, 3600 * CC_NS_PER_S },
		{ { "d", 1 }, 86400 * CC_NS_PER_S },
	};
	cc_str rest = cc_str_sub(c->s, c->i, c->s.n);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (!cc_str_starts(rest, units[i].name))
			continue;
		c->i += units[i].name.n;
		*unit = units[i].ns;
		return true;
	}
	return false;
}

/* One "1.5h". A bare number is seconds, allowed only when it is the whole text. */
static bool take_amount(cursor *c, int64_t *ns)
{
	size_t start = c->i;
	int64_t whole, fraction, unit = CC_NS_PER_S;
	while (is_digit(peek(c)))
		c->i++;
	if (!cc_str_to_i64(cc_str_sub(c->s, start, c->i), &whole) || !take_fraction(c, &fraction))
		return false;
	if (!take_unit(c, &unit) && (start != 0 || !at_end(c)))
		return false;
	/* the fraction is in 1e-9: units of a second and more are multiples of 1e9 ns, smaller products fit */
	int64_t part = unit >= CC_NS_PER_S ? fraction * (unit / CC_NS_PER_S) : fraction * unit / CC_NS_PER_S;
	return !__builtin_mul_overflow(whole, unit, &whole) && !__builtin_add_overflow(whole, part, ns);
}

bool cc_duration_parse(cc_str s, int64_t *ns)
{
	cursor c = { s, 0 };
	int64_t total = 0, part;
	do {
		if (!take_amount(&c, &part) || __builtin_add_overflow(total, part, &total))
			return false;
	} while (!at_end(&c));
	*ns = total;
	return true;
}

/* mm:ss or h:mm:ss, as cc_offset_format writes it. */
static bool parse_offset_clock(cc_str s, int64_t *ns)
{
	int64_t v[3] = { 0, 0, 0 };
	cc_str part, rest = s;
	int n = 0;
	bool more = true;
	while (more) {
		more = cc_str_cut(rest, ':', &part, &rest);
		if (n == 3 || part.n > 6 || !part.n || !is_digit(part.p[0]) || !cc_str_to_i64(part, &v[n++]))
			return false;
	}
	if (n < 2 || v[n - 1] > 59 || (n == 3 && v[1] > 59))
		return false;
	*ns = (n == 2 ? v[0] * 60 + v[1] : v[0] * 3600 + v[1] * 60 + v[2]) * CC_NS_PER_S;
	return true;
}

/* "+5m", "-90s", "+02:30" from `base`. */
static bool parse_relative(cc_str s, int64_t base, int64_t *ns)
{
	int64_t d, v;
	if (base == CC_TIME_NONE || s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	cc_str amount = cc_str_sub(s, 1, s.n);
	if (!cc_duration_parse(amount, &d) && !parse_offset_clock(amount, &d))
		return false;
	if (__builtin_add_overflow(base, s.p[0] == '-' ? -d : d, &v) || v == CC_TIME_NONE)
		return false;
	*ns = v;
	return true;
}

static bool parse_clock_of_day(cc_str s, int64_t ref_ns, int64_t *ns)
{
	cursor c = { s, 0 };
	civil t = { 0 }, day = { 0 };
	int64_t zone;
	if (ref_ns == CC_TIME_NONE || !take_clock(&c, &t, ':', true) || !take_zone(&c, &zone) || !at_end(&c))
		return false;
	cc_time_to_civil(ref_ns, &day.year, &day.month, &day.day, &day.hour, &day.minute, &day.second, &day.nanos);
	t.year = day.year;
	t.month = day.month;
	t.day = day.day;
	return to_ns(&t, zone, ns);
}

bool cc_time_parse_user(cc_str s, int64_t ref_ns, int64_t onset_ns, int64_t *ns)
{
	int64_t v;
	s = cc_str_trim(s);
	if (s.n && (s.p[0] == 'T' || s.p[0] == 't')) {
		if (!parse_relative(cc_str_sub(s, 1, s.n), onset_ns, &v))
			return false;
	} else if (!parse_relative(s, ref_ns, &v) && !parse_clock_of_day(s, ref_ns, &v) && !parse_calendar(s, true, &v) &&
		!parse_epoch(s, &v)) {
		return false;
	}
	*ns = v;
	return true;
}
