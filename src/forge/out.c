/* out.c - cells exactly as the recorder of the snapshots prints them: pandas to_csv over Python values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/time.h"
#include "forge/out.h"

void out_field(cc_buf *out, cc_str text)
{
	bool quote = false;
	for (size_t i = 0; i < text.n && !quote; i++) quote = text.p[i] == '\t' || text.p[i] == '\n' || text.p[i] == '"';
	if (!quote) {
		cc_buf_add(out, text);
		return;
	}
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"') cc_buf_add_char(out, '"');
		cc_buf_add_char(out, text.p[i]);
	}
	cc_buf_add_char(out, '"');
}

void out_repr(cc_buf *out, cc_str text)
{
	bool single = cc_str_find_char(text, '\'') != CC_STR_NONE, twice = cc_str_find_char(text, '"') != CC_STR_NONE;
	char quote = single && !twice ? '"' : '\'';
	cc_buf_add_char(out, quote);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (c == '\n') cc_buf_addz(out, "\\n");
		else if (c == '\t') cc_buf_addz(out, "\\t");
		else if (c == '\r') cc_buf_addz(out, "\\r");
		else if (c == '\\' || c == (unsigned char)quote) cc_buf_addf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f) cc_buf_addf(out, "\\x%02x", (unsigned)c);
		else cc_buf_add_char(out, (char)c);
	}
	cc_buf_add_char(out, quote);
}

void out_map(cc_buf *out, bool *first, const char *key, cc_str value)
{
	cc_buf_addz(out, *first ? "{" : ", ");
	*first = false;
	out_repr(out, cc_str_from(key));
	cc_buf_addz(out, ": ");
	out_repr(out, value);
}

void out_map_end(cc_buf *out, bool first)
{
	cc_buf_addz(out, first ? "{}" : "}");
}

/* Fewest digits that read back as v, as "%.*e" text. */
static void shortest(char text[40], double v)
{
	for (int digits = 0; digits < 17; digits++) {
		(void)snprintf(text, 40, "%.*e", digits, v);
		if (strtod(text, NULL) == v) return;
	}
}

void out_gofloat(cc_buf *out, double v)
{
	char text[40] = "";
	shortest(text, v);
	cc_buf_addz(out, text);
}

void out_float(cc_buf *out, double v)
{
	char text[40] = "";
	shortest(text, v);
	const char *e = strchr(text, 'e');
	int exp10 = e ? (int)strtol(e + 1, NULL, 10) : 0;
	if (exp10 < -4 || exp10 >= 16) {
		cc_buf_add(out, (cc_str){ text, (size_t)(e - text) });
		cc_buf_addf(out, "e%c%02d", exp10 < 0 ? '-' : '+', exp10 < 0 ? -exp10 : exp10);
		return;
	}
	int digits = (int)(e - text) - 1 - (text[0] == '-');
	int after = digits > 0 ? digits - 1 : 0;
	after -= exp10;
	cc_buf_addf(out, "%.*f", after > 1 ? after : 1, v);
}

void out_time_s(cc_buf *out, int64_t ns)
{
	cc_time_format(out, ns - ns % CC_NS_PER_S);
}

void out_time_us(cc_buf *out, int64_t ns)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(ns, &y, &mo, &d, &h, &mi, &sec, &frac);
	cc_buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", y, mo, d, h, mi, sec, (int)(frac / 1000));
}

void out_stamp_s(cc_buf *out, int64_t ns)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(ns, &y, &mo, &d, &h, &mi, &sec, &frac);
	cc_buf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d", y, mo, d, h, mi, sec);
}

void out_stamp_ms(cc_buf *out, int64_t ns)
{
	out_stamp_s(out, ns);
	cc_buf_addf(out, ".%03d", (int)(ns % CC_NS_PER_S / CC_NS_PER_MS));
}

void out_datetime(cc_buf *out, int64_t ns)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(ns, &y, &mo, &d, &h, &mi, &sec, &frac);
	cc_buf_addf(out, "datetime.datetime(%d, %d, %d, %d, %d", y, mo, d, h, mi);
	int us = (int)(frac / 1000);
	if (sec || us) cc_buf_addf(out, ", %d", sec);
	if (us) cc_buf_addf(out, ", %d", us);
	cc_buf_add_char(out, ')');
}

void out_stamp_ns(cc_buf *out, int64_t ns)
{
	out_stamp_s(out, ns);
	cc_buf_addf(out, ".%09d", (int)(ns % CC_NS_PER_S));
}

void out_hex16(cc_buf *out, uint64_t v)
{
	static const char HEX[] = "0123456789abcdef";
	char text[16];
	for (int i = 15; i >= 0; i--, v >>= 4) text[i] = HEX[v & 15];
	cc_buf_add(out, (cc_str){ text, sizeof text });
}

void out_u64(cc_buf *out, uint64_t v)
{
	char text[20];
	size_t at = sizeof text;
	do text[--at] = (char)('0' + v % 10);
	while (v /= 10);
	cc_buf_add(out, (cc_str){ text + at, sizeof text - at });
}

/* Two rounds of a mixing function make 128 bits of the number; version and variant bits as RFC 9562 wants them. */
void out_uuid(cc_buf *out, uint64_t seed)
{
	static const char HEX[] = "0123456789abcdef";
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
	cc_buf_add(out, (cc_str){ text, sizeof text });
}

void out_log_header(cc_buf *out, bool event_name)
{
	cc_buf_addz(out, "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t"
		"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes");
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
