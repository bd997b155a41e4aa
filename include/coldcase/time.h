/* time.h - times are int64_t nanoseconds since 1970-01-01T00:00:00Z; durations say their unit in the name.
 *
 * Formats accepted from snapshots are listed in the snapshot description §3.1. Nothing here looks at the time zone of the
 * machine: a time without a zone is UTC. */
#ifndef COLDCASE_TIME_H
#define COLDCASE_TIME_H

#include "coldcase/buf.h"

#define CC_TIME_NONE INT64_MIN      /* "no time"; sorts first */
#define CC_NS_PER_US INT64_C(1000)
#define CC_NS_PER_MS INT64_C(1000000)
#define CC_NS_PER_S  INT64_C(1000000000)

/* Reads one time: "2025-12-15 17:24:32[.0-9 digits]", T separator, Z / ±hh:mm / " +0000 UTC" suffix, a date alone, the file
 * stamps "2025-12-15T18-17-09[.ffffff]" and "2025-12-15T175546.713186Z", or integer epoch s/ms/us/ns by magnitude.
 * Digits beyond nanoseconds are cut. False (and *ns untouched) for anything else, including the empty text. */
bool cc_time_parse(cc_str s, int64_t *ns);

/* As above, and also what a person types, against a reference: "17:52", "17:52:00[.fff]" (on the day of `ref_ns`),
 * "2025-12-15 17:52", "T+5m", "T-90s", "T+02:30" (relative to `onset_ns` when not CC_TIME_NONE), "+5m" / "-90s" (relative to ref_ns). */
bool cc_time_parse_user(cc_str s, int64_t ref_ns, int64_t onset_ns, int64_t *ns);

/* "90s", "5m", "1h30m", "1d", "250ms", "15us", "7ns", "1.5s"; a bare number is seconds. */
bool cc_duration_parse(cc_str s, int64_t *ns);

/* The formats write CC_TIME_NONE as "-". */
void cc_time_format(cc_buf *out, int64_t ns);        /* 2025-12-15T17:24:32.123456789Z, fraction cut to 0/3/6/9 digits needed */
void cc_time_format_ms(cc_buf *out, int64_t ns);     /* 2025-12-15T17:24:32.123Z */
void cc_time_format_clock(cc_buf *out, int64_t ns);  /* 17:24:32Z */
void cc_time_format_clock_ms(cc_buf *out, int64_t ns); /* 17:24:32.123Z */
void cc_time_format_stamp(cc_buf *out, int64_t ns);  /* 2025-12-15 17:24:32.123456789: always 9 digits, no zone (TSV form) */
void cc_duration_format(cc_buf *out, int64_t ns);    /* three significant figures: 412us, 12.5ms, 1.44s, 4m20s, 3h05m, 5d */
void cc_offset_format(cc_buf *out, int64_t ns);      /* T+mm:ss or T-h:mm:ss, relative to an onset */

/* Recorded times are anything: what does not fit an int64_t becomes the nearest that does. */
static inline int64_t cc_time_add(int64_t ns, int64_t more)
{
	int64_t sum;
	if (!__builtin_add_overflow(ns, more, &sum))
		return sum;
	return more > 0 ? INT64_MAX : INT64_MIN + 1;
}

static inline int64_t cc_time_between(int64_t from_ns, int64_t to_ns)
{
	int64_t span;
	if (!__builtin_sub_overflow(to_ns, from_ns, &span))
		return span;
	return to_ns > from_ns ? INT64_MAX : INT64_MIN + 1;
}

/* Calendar arithmetic (proleptic Gregorian, UTC). from_civil: CC_TIME_NONE when out of the range of int64_t. */
int64_t cc_time_from_civil(int year, int month, int day, int hour, int minute, int second, int64_t nanos);
void cc_time_to_civil(int64_t ns, int *year, int *month, int *day, int *hour, int *minute, int *second, int64_t *nanos);

#endif
