/* out.c - cells exactly as the recorder of the snapshots prints them: pandas to_csv over Python values.
 *
 * Gigabytes pass through here, so numbers and times are written digit by digit and text is copied in runs; printf is
 * left for the numbers that need more than a division. */
#include "forge/out.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/time.h"

static const char PAIRS[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
static const char HEX[] = "0123456789abcdef";

static bool must_quote(const char *p, size_t n)
{
	return n && (memchr(p, '"', n) || memchr(p, '\t', n) || memchr(p, '\n', n));
}

void out_field(cc_buf *out, cc_str text)
{
	size_t from = out->n;
	out_put(out, text.p, text.n);
	out_field_end(out, from);
}

void out_field_end(cc_buf *out, size_t from)
{
	if (out->failed || !out->p || !must_quote(out->p + from, out->n - from)) return;
	size_t n = out->n - from, quotes = 0;
	for (size_t i = 0; i < n; i++) quotes += out->p[from + i] == '"';
	if (!cc_buf_reserve(out, quotes + 2)) return;
	char *p = out->p + from, *w = p + n + quotes + 2;
	out->n = from + n + quotes + 2;
	*w = '\0';
	/* From the end: what is written is never before what is still to be read. */
	*--w = '"';
	for (size_t i = n; i-- > 0;) {
		char c = p[i];
		*--w = c;
		if (c == '"') *--w = '"';
	}
	*--w = '"';
}

char out_repr_quote(cc_str text)
{
	return text.n && memchr(text.p, '\'', text.n) && !memchr(text.p, '"', text.n) ? '"' : '\'';
}

static void escape(cc_buf *out, unsigned char c)
{
	char text[4] = { '\\', (char)c, 0, 0 };
	size_t n = 2;
	if (c == '\n') text[1] = 'n';
	else if (c == '\t') text[1] = 't';
	else if (c == '\r') text[1] = 'r';
	else if (c < 0x20 || c == 0x7f) {
		text[1] = 'x';
		text[2] = HEX[c >> 4];
		text[3] = HEX[c & 15];
		n = 4;
	}
	out_put(out, text, n);
}

void out_repr_inner(cc_buf *out, cc_str text, char quote)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c >= 0x20 && c != 0x7f && c != '\\' && c != (unsigned char)quote) continue;
		out_put(out, text.p + from, i - from);
		escape(out, c);
		from = i + 1;
	}
	out_put(out, text.p + from, text.n - from);
}

void out_repr(cc_buf *out, cc_str text)
{
	char quote = out_repr_quote(text);
	out_put(out, &quote, 1);
	out_repr_inner(out, text, quote);
	out_put(out, &quote, 1);
}

void out_map(cc_buf *out, bool *first, const char *key, cc_str value)
{
	if (*first) OUT_LIT(out, "{");
	else OUT_LIT(out, ", ");
	*first = false;
	out_repr(out, cc_str_from(key));
	OUT_LIT(out, ": ");
	out_repr(out, value);
}

void out_map_end(cc_buf *out, bool first)
{
	cc_buf_addz(out, first ? "{}" : "}");
}

/* Fewest digits that read back as v, as "%.*e" text. What 15 digits say is the shortest but for zeros at its end;
 * subnormal numbers have fewer to say. */
static void shortest(char text[40], double v)
{
	int digits = fabs(v) < DBL_MIN ? 0 : 14;
	for (; digits < 17; digits++) {
		(void)snprintf(text, 40, "%.*e", digits, v);
		if (strtod(text, NULL) == v) break;
	}
	char *e = strchr(text, 'e');
	if (!e || digits != 14) return;
	char *cut = e;
	while (cut[-1] == '0') cut--;
	if (cut[-1] == '.') cut--;
	memmove(cut, e, strlen(e) + 1);
}

/* Texts for what is no number; false for numbers. */
static bool odd_float(cc_buf *out, double v, const char *inf, const char *minus_inf, const char *nan)
{
	if (!isnan(v) && !isinf(v)) return false;
	cc_buf_addz(out, isnan(v) ? nan : v > 0 ? inf : minus_inf);
	return true;
}

void out_gofloat(cc_buf *out, double v)
{
	char text[40] = "";
	if (odd_float(out, v, "+Inf", "-Inf", "NaN")) return;
	shortest(text, v);
	cc_buf_addz(out, text);
}

/* "%.*e" text as digits with a point; `least` digits after it at least. */
static void plain(cc_buf *out, const char *text, const char *e, double v, int exp10, int least)
{
	int digits = (int)(e - text) - 1 - (text[0] == '-');
	int after = (digits > 0 ? digits - 1 : 0) - exp10;
	cc_buf_addf(out, "%.*f", after > least ? after : least, v);
}

void out_govalue(cc_buf *out, double v)
{
	char text[40] = "";
	if (odd_float(out, v, "+Inf", "-Inf", "NaN")) return;
	shortest(text, v);
	const char *e = strchr(text, 'e');
	int exp10 = e ? (int)strtol(e + 1, NULL, 10) : 0;
	/* For the shortest form Go decides as if the precision were 6. */
	if (!e || exp10 < -4 || exp10 >= 6) cc_buf_addz(out, text);
	else plain(out, text, e, v, exp10, 0);
}

/* Numbers of at most three decimals and 15 digits, which is nearly all there are: integers over 1000 say them
 * exactly. */
static bool short_float(cc_buf *out, double v)
{
	if (!(v > -1e11 && v < 1e11) || (v == 0 && signbit(v))) return false;
	int64_t m = (int64_t)(v * 1000.0);
	if ((double)m / 1000.0 != v) return false;
	uint64_t u = m < 0 ? (uint64_t)-m : (uint64_t)m;
	unsigned frac = (unsigned)(u % 1000);
	char text[4] = { '.', (char)('0' + frac / 100), (char)('0' + frac / 10 % 10), (char)('0' + frac % 10) };
	if (m < 0) OUT_LIT(out, "-");
	out_u64(out, u / 1000);
	out_put(out, text, frac % 10 ? 4 : frac % 100 ? 3 : 2);
	return true;
}

void out_float(cc_buf *out, double v)
{
	char text[40] = "";
	if (short_float(out, v) || odd_float(out, v, "inf", "-inf", "")) return;
	shortest(text, v);
	const char *e = strchr(text, 'e');
	int exp10 = e ? (int)strtol(e + 1, NULL, 10) : 0;
	if (e && (exp10 < -4 || exp10 >= 16)) {
		cc_buf_add(out, (cc_str){ text, (size_t)(e - text) });
		cc_buf_addf(out, "e%c%02d", exp10 < 0 ? '-' : '+', exp10 < 0 ? -exp10 : exp10);
	} else if (e) {
		plain(out, text, e, v, exp10, 1);
	}
}

static char *two(char *w, int v)
{
	memcpy(w, PAIRS + 2 * v, 2);
	return w + 2;
}

/* "2025-12-15 17:24:32" with the separator wanted; returns the end. */
static char *civil(char *w, int64_t ns, char separator, int *frac_ns)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(ns, &y, &mo, &d, &h, &mi, &sec, &frac);
	*frac_ns = (int)frac;
	w = two(two(w, y / 100 % 100), y % 100);
	*w++ = '-';
	w = two(w, mo);
	*w++ = '-';
	w = two(w, d);
	*w++ = separator;
	w = two(w, h);
	*w++ = ':';
	w = two(w, mi);
	*w++ = ':';
	return two(w, sec);
}

static char *digits_of(char *w, int v, int width)
{
	for (int i = width; i-- > 0; v /= 10) w[i] = (char)('0' + v % 10);
	return w + width;
}

static void stamp(cc_buf *out, int64_t ns, char separator, int digits, bool zone)
{
	char text[40], *w;
	int frac;
	w = civil(text, ns, separator, &frac);
	if (digits) *w++ = '.';
	w = digits_of(w, digits == 3 ? frac / 1000000 : digits == 6 ? frac / 1000 : frac, digits);
	if (zone) *w++ = 'Z';
	out_put(out, text, (size_t)(w - text));
}

void out_time_s(cc_buf *out, int64_t ns)
{
	stamp(out, ns, 'T', 0, true);
}

void out_time_us(cc_buf *out, int64_t ns)
{
	stamp(out, ns, 'T', 6, true);
}

void out_stamp_s(cc_buf *out, int64_t ns)
{
	stamp(out, ns, ' ', 0, false);
}

void out_stamp_ms(cc_buf *out, int64_t ns)
{
	stamp(out, ns, ' ', 3, false);
}

void out_stamp_ns(cc_buf *out, int64_t ns)
{
	stamp(out, ns, ' ', 9, false);
}

void out_clf(cc_buf *out, int64_t ns)
{
	static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(ns, &y, &mo, &d, &h, &mi, &sec, &frac);
	cc_buf_addf(out, "%02d/%.3s/%04d:%02d:%02d:%02d +0000", d, MONTHS + 3 * (mo - 1), y, h, mi, sec);
}

void out_datetime(cc_buf *out, int64_t ns)
{
	int part[7];
	int64_t frac;
	cc_time_to_civil(ns, &part[0], &part[1], &part[2], &part[3], &part[4], &part[5], &frac);
	part[6] = (int)(frac / 1000);
	int n = part[6] ? 7 : part[5] ? 6 : 5;
	OUT_LIT(out, "datetime.datetime(");
	for (int i = 0; i < n; i++) {
		if (i) OUT_LIT(out, ", ");
		out_u64(out, (uint64_t)part[i]);
	}
	OUT_LIT(out, ")");
}

void out_hex16(cc_buf *out, uint64_t v)
{
	char text[16];
	for (int i = 15; i >= 0; i--, v >>= 4) text[i] = HEX[v & 15];
	out_put(out, text, sizeof text);
}

void out_u64(cc_buf *out, uint64_t v)
{
	char text[20];
	size_t at = sizeof text;
	while (v >= 100) {
		memcpy(text + (at -= 2), PAIRS + 2 * (v % 100), 2);
		v /= 100;
	}
	if (v >= 10) memcpy(text + (at -= 2), PAIRS + 2 * v, 2);
	else text[--at] = (char)('0' + v);
	out_put(out, text + at, sizeof text - at);
}

void out_i64(cc_buf *out, int64_t v)
{
	if (v < 0) OUT_LIT(out, "-");
	out_u64(out, v < 0 ? UINT64_C(0) - (uint64_t)v : (uint64_t)v);
}

/* Two rounds of a mixing function make 128 bits of the number; version and variant bits as RFC 9562 wants them. */
void out_uuid(cc_buf *out, uint64_t seed)
{
	uint64_t half[2];
	char text[36];
	for (int i = 0; i < 2; i++) {
		uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
		z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
		z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
		half[i] = z ^ z >> 31;
	}
	half[0] = (half[0] & ~UINT64_C(0xf000)) | 0x4000;
	half[1] = (half[1] & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
	for (int i = 0, at = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20) text[at++] = '-';
		text[at++] = HEX[half[i / 16] >> (60 - 4 * (i % 16)) & 15];
	}
	out_put(out, text, sizeof text);
}

void out_log_header(cc_buf *out, bool event_name)
{
	cc_buf_addz(out, "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\t"
		"ServiceName\tBody\tResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\t"
		"ScopeAttributes\tLogAttributes");
	cc_buf_addz(out, event_name ? "\tEventName\n" : "\n");
}

void out_log_line(cc_buf *out, const out_log_row *r, bool event_name)
{
	out_stamp_ns(out, r->t);
	cc_buf_add_char(out, '\t');
	out_stamp_s(out, r->t);
	cc_buf_add_char(out, '\t');
	cc_buf_add(out, r->trace);
	cc_buf_add_char(out, '\t');
	cc_buf_add(out, r->span);
	cc_buf_addf(out, "\t%d\t%s\t%d\t", r->flags, r->severity, r->number);
	out_field(out, r->service);
	cc_buf_add_char(out, '\t');
	out_field(out, r->body);
	cc_buf_addz(out, "\t\t");
	out_field(out, r->resource);
	cc_buf_addf(out, "\t\t%s\t%s\t{}\t", r->scope, r->scope_version);
	out_field(out, r->attrs.n ? r->attrs : CC_STR("{}"));
	cc_buf_addz(out, event_name ? "\t\n" : "\n");
}
