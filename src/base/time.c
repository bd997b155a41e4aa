/* time.c - the calendar and how times and durations are written.
 *
 * The calendar conversion counts days in 400-year eras with March as the first month, so that leap days fall at the end of
 * a year and no table is needed. Reading times is in timeparse.c. */
#include "coldcase/time.h"

#include <stdio.h>

enum { DAYS_PER_ERA = 146097, SECONDS_PER_DAY = 86400 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_PER_ERA + day_of_era - 719468;
}

int64_t cc_time_from_civil(int year, int month, int day, int hour, int minute, int second, int64_t nanos)
{
	int64_t seconds = days_from_civil(year, month, day) * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 +
		second;
	int64_t ns;
	if (seconds < 0) { /* the earliest seconds overflow before their nanoseconds bring them back */
		seconds++;
		nanos -= CC_NS_PER_S;
	}
	if (__builtin_mul_overflow(seconds, CC_NS_PER_S, &ns) || __builtin_add_overflow(ns, nanos, &ns))
		return CC_TIME_NONE;
	return ns;
}

void cc_time_to_civil(int64_t ns, int *year, int *month, int *day, int *hour, int *minute, int *second, int64_t *nanos)
{
	int64_t seconds = floor_div(ns, CC_NS_PER_S);
	int64_t days = floor_div(seconds, SECONDS_PER_DAY);
	int64_t in_day = seconds - days * SECONDS_PER_DAY;
	days += 719468;
	int64_t era = floor_div(days, DAYS_PER_ERA);
	int64_t doe = days - era * DAYS_PER_ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
	*hour = (int)(in_day / 3600);
	*minute = (int)(in_day / 60 % 60);
	*second = (int)(in_day % 60);
	*nanos = ns % CC_NS_PER_S + (ns % CC_NS_PER_S < 0 ? CC_NS_PER_S : 0); /* seconds * 1e9 could overflow */
}

static void add_digits(cc_buf *out, int64_t value, int width)
{
	char text[20];
	for (int i = width; i-- > 0; value /= 10)
		text[i] = (char)('0' + value % 10);
	cc_buf_add(out, (cc_str){ text, (size_t)width });
}

/* The common part of all forms: optional date and separator, clock, `digits` digits of fraction. */
static void format_parts(cc_buf *out, int64_t ns, char separator, int digits)
{
	int year, month, day, hour, minute, second;
	int64_t nanos;
	cc_time_to_civil(ns, &year, &month, &day, &hour, &minute, &second, &nanos);
	if (separator) {
		add_digits(out, year, 4);
		cc_buf_add_char(out, '-');
		add_digits(out, month, 2);
		cc_buf_add_char(out, '-');
		add_digits(out, day, 2);
		cc_buf_add_char(out, separator);
	}
	add_digits(out, hour, 2);
	cc_buf_add_char(out, ':');
	add_digits(out, minute, 2);
	cc_buf_add_char(out, ':');
	add_digits(out, second, 2);
	if (digits == 0)
		return;
	for (int i = digits; i < 9; i++)
		nanos /= 10;
	cc_buf_add_char(out, '.');
	add_digits(out, nanos, digits);
}

/* Every form shows "no time" as a dash; true when it did. */
static bool format_none(cc_buf *out, int64_t ns)
{
	if (ns == CC_TIME_NONE)
		cc_buf_add_char(out, '-');
	return ns == CC_TIME_NONE;
}

static int digits_needed(int64_t ns)
{
	if (ns % CC_NS_PER_S == 0)
		return 0;
	return ns % CC_NS_PER_MS == 0 ? 3 : ns % CC_NS_PER_US == 0 ? 6 : 9;
}

void cc_time_format(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	format_parts(out, ns, 'T', digits_needed(ns));
	cc_buf_add_char(out, 'Z');
}

void cc_time_format_ms(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	format_parts(out, ns, 'T', 3);
	cc_buf_add_char(out, 'Z');
}

void cc_time_format_clock(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	format_parts(out, ns, '\0', 0);
	cc_buf_add_char(out, 'Z');
}

void cc_time_format_clock_ms(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	format_parts(out, ns, '\0', 3);
	cc_buf_add_char(out, 'Z');
}

void cc_time_format_stamp(cc_buf *out, int64_t ns)
{
	if (!format_none(out, ns))
		format_parts(out, ns, ' ', 9);
}

static uint64_t magnitude(int64_t ns)
{
	return ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
}

/* Rounds to three significant figures, for values below a minute. */
static uint64_t round_three(uint64_t v)
{
	uint64_t unit = 1;
	while (v / unit >= 1000)
		unit *= 10;
	return (v + unit / 2) / unit * unit;
}

static void format_decimal(cc_buf *out, uint64_t v, uint64_t unit, const char *name)
{
	cc_buf_addf(out, "%llu", (unsigned long long)(v / unit));
	uint64_t rest = v % unit;
	if (rest)
		cc_buf_add_char(out, '.');
	for (; rest; rest = rest * 10 % unit)
		cc_buf_add_char(out, (char)('0' + rest * 10 / unit));
	cc_buf_addz(out, name);
}

/* Two neighbouring units, the second padded to two digits and left out when zero: 4m20s, 3h05m, 5d. */
static void format_pair(cc_buf *out, uint64_t big, char big_name, uint64_t small, char small_name)
{
	cc_buf_addf(out, "%llu%c", (unsigned long long)big, big_name);
	if (small)
		cc_buf_addf(out, "%02llu%c", (unsigned long long)small, small_name);
}

void cc_duration_format(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	uint64_t v = magnitude(ns), rounded = round_three(v), s = (v + CC_NS_PER_S / 2) / CC_NS_PER_S;
	if (ns < 0)
		cc_buf_add_char(out, '-');
	if (rounded < CC_NS_PER_US)
		format_decimal(out, rounded, 1, rounded ? "ns" : "s");
	else if (rounded < CC_NS_PER_MS)
		format_decimal(out, rounded, CC_NS_PER_US, "us");
	else if (rounded < CC_NS_PER_S)
		format_decimal(out, rounded, CC_NS_PER_MS, "ms");
	else if (rounded < 60 * CC_NS_PER_S)
		format_decimal(out, rounded, CC_NS_PER_S, "s");
	else if (s < 3600)
		format_pair(out, s / 60, 'm', s % 60, 's');
	else if ((s + 30) / 60 < 24 * 60)
		format_pair(out, (s + 30) / 3600, 'h', (s + 30) / 60 % 60, 'm');
	else
		format_pair(out, (s + 1800) / SECONDS_PER_DAY, 'd', (s + 1800) / 3600 % 24, 'h');
}

void cc_offset_format(cc_buf *out, int64_t ns)
{
	if (format_none(out, ns))
		return;
	uint64_t s = magnitude(ns) / CC_NS_PER_S;
	cc_buf_addz(out, ns < 0 && s ? "T-" : "T+");
	if (s >= 3600)
		cc_buf_addf(out, "%llu:", (unsigned long long)(s / 3600));
	cc_buf_addf(out, "%02u:%02u", (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}
