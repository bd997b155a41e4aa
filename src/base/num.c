/* num.c - text to number and back, exact and without the user's locale.
 *
 * A decimal of up to 19 digits whose value fits 53 bits and whose exponent is at most 22 is converted by one exact
 * multiplication or division (Clinger's fast path), which covers nearly all metric values; the rest goes to strtod under
 * the C locale, since curses programs set LC_ALL and a German strtod would stop at the point. */
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/num_priv.h"
#include "coldcase/str.h"
#include "coldcase/xalloc.h"

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t enter_c_locale(void)
{
	pthread_once(&c_locale_once, make_c_locale);
	return c_locale ? uselocale(c_locale) : (locale_t)0;
}

static void leave_c_locale(locale_t before)
{
	if (before)
		uselocale(before);
}

double cc_num_strtod(const char *z, char **end)
{
	locale_t before = enter_c_locale();
	double v = strtod(z, end);
	leave_c_locale(before);
	return v;
}

int cc_num_format(char *out, size_t size, int digits, double v)
{
	locale_t before = enter_c_locale();
	int n = snprintf(out, size, "%.*g", digits, v);
	leave_c_locale(before);
	return n;
}

bool cc_str_to_i64(cc_str s, int64_t *out)
{
	size_t i = 0;
	bool negative = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		i = 1;
	if (i == s.n)
		return false;
	int64_t v = 0; /* built negative: INT64_MIN has no positive twin */
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int64_t digit = s.p[i] - '0';
		if (__builtin_mul_overflow(v, INT64_C(10), &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	if (!negative && v == INT64_MIN)
		return false;
	*out = negative ? v : -v;
	return true;
}

/* A decimal read so far: mantissa * 10^exponent. */
typedef struct decimal {
	uint64_t mantissa;
	int64_t exponent;
	bool negative, exact; /* exact: no digit was dropped */
} decimal;

static size_t read_digits(cc_str s, size_t i, decimal *d, bool fraction)
{
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		if (d->mantissa >= UINT64_C(1000000000000000000)) {
			d->exact = false;
			continue;
		}
		d->mantissa = d->mantissa * 10 + (uint64_t)(s.p[i] - '0');
		if (fraction)
			d->exponent--;
	}
	return i;
}

static bool read_exponent(cc_str s, decimal *d)
{
	int64_t e;
	if (s.n > 12)
		d->exact = false;
	else if (!cc_str_to_i64(s, &e))
		return false;
	else
		d->exponent += e;
	for (size_t i = s.p[0] == '-' || s.p[0] == '+'; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool read_decimal(cc_str s, decimal *d)
{
	*d = (decimal){ .exact = true };
	size_t i = 0, digits;
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		d->negative = s.p[i++] == '-';
	size_t end = read_digits(s, i, d, false);
	digits = end - i;
	i = end;
	if (i < s.n && s.p[i] == '.') {
		end = read_digits(s, i + 1, d, true);
		digits += end - i - 1;
		i = end;
	}
	if (digits == 0)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E'))
		return i + 1 < s.n && read_exponent(cc_str_sub(s, i + 1, s.n), d);
	return i == s.n;
}

static const double powers_of_ten[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
	1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static bool convert_fast(const decimal *d, double *out)
{
	if (!d->exact || d->mantissa > UINT64_C(1) << 53 || d->exponent < -22 || d->exponent > 22)
		return false;
	double v = (double)d->mantissa;
	v = d->exponent < 0 ? v / powers_of_ten[-d->exponent] : v * powers_of_ten[d->exponent];
	*out = d->negative ? -v : v;
	return true;
}

static bool convert_slow(cc_str s, double *out)
{
	char small[128];
	char *z = s.n < sizeof small ? small : cc_malloc(s.n + 1);
	if (!z)
		return false;
	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	*out = cc_num_strtod(z, NULL);
	if (z != small)
		cc_free(z);
	return true;
}

static bool read_special(cc_str s, double *out)
{
	bool negative = s.n && s.p[0] == '-';
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = cc_str_sub(s, 1, s.n);
	if (cc_str_eq_nocase(s, CC_STR("inf")) || cc_str_eq_nocase(s, CC_STR("infinity")))
		*out = negative ? -(double)INFINITY : (double)INFINITY;
	else if (cc_str_eq_nocase(s, CC_STR("nan")))
		*out = (double)NAN;
	else
		return false;
	return true;
}

bool cc_str_to_double(cc_str s, double *out)
{
	decimal d;
	if (!read_decimal(s, &d))
		return read_special(s, out);
	return convert_fast(&d, out) || convert_slow(s, out);
}
