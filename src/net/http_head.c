/* http_head.c - the lines before the body, and addresses. Everything here is outside bytes. */
#include "net/http_head.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/clock.h"
#include "coldcase/time.h"

static const char *const schemes[] = { "http://", "https://" };

void http_head_init(cc_http_head *head)
{
	*head = (cc_http_head){ .retry_after_ns = -1 };
}

/* --- Retry-After --- */

static int two(cc_str s, size_t at)
{
	return s.p[at] >= '0' && s.p[at] <= '9' && s.p[at + 1] >= '0' && s.p[at + 1] <= '9' ? (s.p[at] - '0') * 10 + s.p[at + 1] - '0' : -1;
}

/* The one form of date that is written nowadays: "Fri, 27 Nov 2026 17:30:00 GMT". */
static bool read_date(cc_str s, int64_t *ns)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[32];
	if (s.n != 29 || !cc_str_ends(s, CC_STR(" GMT")) || s.p[3] != ',')
		return false;
	size_t month = cc_str_find(cc_str_from(months), cc_str_sub(s, 8, 11));
	int day = two(s, 5), century = two(s, 12), year = two(s, 14), h = two(s, 17), m = two(s, 20), sec = two(s, 23);
	if (month == CC_STR_NONE || month % 3 || day < 0 || century < 0 || year < 0 || h < 0 || m < 0 || sec < 0)
		return false;
	snprintf(iso, sizeof iso, "%02d%02d-%02d-%02dT%02d:%02d:%02dZ", century, year, (int)(month / 3) + 1, day, h, m, sec);
	return cc_time_parse(cc_str_from(iso), ns);
}

int64_t http_retry_after_ns(cc_str value, int64_t now_ns)
{
	const int64_t most = 365 * INT64_C(86400);
	int64_t ns;
	double seconds;
	if (read_date(value, &ns))
		return ns > now_ns ? ns - now_ns : 0;
	if (!cc_str_to_double(value, &seconds) || !(seconds >= 0)) /* NaN too */
		return -1;
	return (int64_t)((seconds < (double)most ? seconds : (double)most) * 1e9);
}

/* --- lines --- */

static void copy_type(cc_http_head *head, cc_str value)
{
	cc_str type, rest;
	cc_str_cut(value, ';', &type, &rest);
	type = cc_str_sub(cc_str_trim(type), 0, sizeof head->type - 1);
	for (size_t i = 0; i < type.n; i++)
		head->type[i] = (char)(type.p[i] >= 'A' && type.p[i] <= 'Z' ? type.p[i] + ('a' - 'A') : type.p[i]);
	head->type[type.n] = '\0';
}

/* Without its query: some pass what they were given on in it. */
static void copy_location(cc_http_head *head, cc_str value)
{
	size_t n = 0;
	while (n < value.n && n < sizeof head->location - 1 && value.p[n] != '?' && value.p[n] != '#')
		n++;
	memcpy(head->location, value.p, n);
	head->location[n] = '\0';
}

void http_head_line(cc_http_head *head, cc_str line)
{
	cc_str name, value;
	double ms;
	if (cc_str_starts(line, CC_STR("HTTP/"))) {
		int64_t status;
		http_head_init(head);
		cc_str_cut(line, ' ', &name, &value);
		if (cc_str_to_i64(cc_str_sub(cc_str_trim(value), 0, 3), &status) && status >= 100 && status < 1000)
			head->status = (int)status;
		return;
	}
	if (!cc_str_cut(line, ':', &name, &value))
		return;
	value = cc_str_trim(value);
	if (cc_str_eq_nocase(name, CC_STR("content-type")))
		copy_type(head, value);
	else if (cc_str_eq_nocase(name, CC_STR("location")))
		copy_location(head, value);
	else if (cc_str_eq_nocase(name, CC_STR("retry-after")) && head->retry_after_ns < 0)
		head->retry_after_ns = http_retry_after_ns(value, cc_clock_wall_ns());
	else if (cc_str_eq_nocase(name, CC_STR("retry-after-ms")) && cc_str_to_double(value, &ms) && ms >= 0 && ms < 1e10)
		head->retry_after_ns = (int64_t)(ms * 1e6); /* the finer one, where there are both */
}

/* --- addresses --- */

static cc_str after_scheme(cc_str url)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (cc_str_starts_nocase(url, cc_str_from(schemes[i])))
			return cc_str_sub(url, strlen(schemes[i]), url.n);
	return CC_STR_EMPTY;
}

cc_str cc_http_host(cc_str url)
{
	cc_str rest = after_scheme(url);
	size_t n = 0;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#')
		n++;
	return cc_str_sub(rest, 0, n);
}

/* "host:port" without its port, "[::1]:80" without its brackets too. */
static cc_str bare(cc_str host)
{
	if (cc_str_starts(host, CC_STR("["))) {
		size_t end = cc_str_find_char(host, ']');
		return cc_str_sub(host, 1, end == CC_STR_NONE ? host.n : end);
	}
	size_t colon = cc_str_find_char(host, ':');
	return cc_str_sub(host, 0, colon == CC_STR_NONE ? host.n : colon);
}

/* 127.a.b.c in full: shorter forms of addresses are read differently by different programs. */
static bool is_loopback_v4(cc_str host)
{
	cc_str part, rest = host;
	for (int i = 0; i < 4; i++) {
		int64_t v;
		bool more = cc_str_cut(rest, '.', &part, &rest);
		if (more != (i < 3) || part.n > 3 || !cc_str_to_i64(part, &v) || v < 0 || v > 255 || (i == 0 && v != 127) ||
			(part.n > 1 && part.p[0] == '0'))
			return false;
	}
	return true;
}

bool cc_http_is_loopback(cc_str url)
{
	cc_str host = bare(cc_http_host(url));
	return cc_str_eq_nocase(host, CC_STR("localhost")) || cc_str_eqz(host, "::1") || is_loopback_v4(host);
}

cc_code cc_http_check_url(const char *url, bool allow_http, cc_err *err)
{
	cc_str s = cc_str_from(url), host = cc_http_host(s);
	if (cc_str_find_char(host, '@') != CC_STR_NONE) {
		cc_err_set(err, CC_EUSAGE, "the address holds a name or a password");
		(void)cc_err_hint(err, "leave them out: a key belongs into the environment or keys.yaml");
		return CC_EUSAGE;
	}
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] == 0x7f || s.p[i] == '\\')
			return cc_err_set(err, CC_EUSAGE, "the address holds a blank or another character that does not belong there");
	if (!bare(host).n || cc_str_find_char(s, '#') != CC_STR_NONE) {
		cc_err_set(err, CC_EUSAGE, "not an address of a server: %.100s", cc_str_find_char(s, '?') == CC_STR_NONE ? url : "…");
		(void)cc_err_hint(err, "it looks like https://HOST/v1");
		return CC_EUSAGE;
	}
	if (cc_str_starts_nocase(s, CC_STR("http://")) && !allow_http && !cc_http_is_loopback(s)) {
		cc_err_set(err, CC_EUSAGE, "http://%.*s: the key and the conversation would be readable on the way", CC_STR_ARG(host));
		(void)cc_err_hint(err, "use https://, or allow it (--allow-http)");
		return CC_EUSAGE;
	}
	return CC_OK;
}
