/* zone.c - reads zones as the system keeps them (TZif, RFC 8536).
 *
 * The file has its data twice; the second block has 64-bit times. Beyond the last transition the last offset holds: good for
 * the years an incident can be from, since distributors write transitions up to 2037. */
#include "coldcase/zone.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/file.h"
#include "coldcase/time.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

enum { FILE_MAX = 1 << 20, HEADER = 44, TYPE = 6, NAME_MAX_BYTES = 64, DAY_S = 86400 };

typedef struct change { int64_t at_s, offset_s; } change;

struct cc_zone {
	char name[NAME_MAX_BYTES + 1];
	int64_t first_s;         /* offset before the first change */
	CC_VEC(change) changes;  /* ascending */
};

static int64_t big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

/* What a header counts, in the order of the format. */
typedef struct counts { int64_t isut, isstd, leap, time, type, chars; } counts;

static bool read_header(cc_str text, counts *n)
{
	int64_t *all[] = { &n->isut, &n->isstd, &n->leap, &n->time, &n->type, &n->chars };

	if (text.n < HEADER || memcmp(text.p, "TZif", 4) != 0 || text.p[4] < '2')
		return false;
	for (size_t i = 0; i < 6; i++) {
		*all[i] = big_endian((const unsigned char *)text.p + 20 + 4 * i, 4);
		if (*all[i] < 0 || *all[i] > FILE_MAX)
			return false;
	}
	return n->type > 0;
}

/* Bytes of a block behind its header. */
static size_t block_size(const counts *n, size_t time_size)
{
	return (size_t)n->time * (time_size + 1) + (size_t)n->type * TYPE + (size_t)n->chars + (size_t)n->leap * (time_size + 4) +
		(size_t)n->isstd + (size_t)n->isut;
}

static bool read_changes(cc_zone *z, cc_str block, const counts *n)
{
	const unsigned char *times = (const unsigned char *)block.p, *index = times + n->time * 8, *types = index + n->time;

	z->first_s = big_endian(types, 4);
	for (int64_t i = 0; i < n->time; i++) {
		change c = { big_endian(times + i * 8, 8), 0 };

		if (index[i] >= n->type)
			return false;
		c.offset_s = big_endian(types + index[i] * TYPE, 4);
		if (c.offset_s < -DAY_S || c.offset_s > DAY_S || (z->changes.n && c.at_s < z->changes.p[z->changes.n - 1].at_s) ||
			!cc_vec_push(&z->changes, c))
			return false;
	}
	return z->first_s >= -DAY_S && z->first_s <= DAY_S;
}

static bool read_file(cc_zone *z, cc_str text)
{
	counts n;
	size_t first;

	if (!read_header(text, &n))
		return false;
	first = HEADER + block_size(&n, 4);
	if (first > text.n)
		return false;
	text = cc_str_sub(text, first, text.n);
	if (!read_header(text, &n) || HEADER + block_size(&n, 8) > text.n)
		return false;
	return read_changes(z, cc_str_sub(text, HEADER, text.n), &n);
}

/* "+02:00", "+0200", "-7". */
static bool read_offset(cc_str s, int64_t *offset_s)
{
	int64_t hours = 0, minutes = 0, sign = s.n && s.p[0] == '-' ? -1 : 1;
	cc_str digits = cc_str_sub(s, 1, s.n), h, m;

	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	if (!cc_str_cut(digits, ':', &h, &m) && digits.n == 4) {
		h = cc_str_sub(digits, 0, 2);
		m = cc_str_sub(digits, 2, 4);
	}
	if (h.n < 1 || h.n > 2 || !cc_str_to_i64(h, &hours) || (m.n && (m.n != 2 || !cc_str_to_i64(m, &minutes))) || hours < 0 ||
		hours > 15 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* A name of the database: it must not lead out of it. */
static bool is_name(cc_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];

		if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') && !(ch >= '0' && ch <= '9') && ch != '/' && ch != '_' &&
			ch != '-' && ch != '+')
			return false;
	}
	return s.n > 0 && s.p[0] != '/' && s.p[0] != '-';
}

static cc_code load(cc_zone *z, cc_str name, cc_err *err)
{
	const char *dir = getenv("TZDIR");
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code;

	if (cc_str_eqz(name, "local"))
		cc_buf_addz(&path, "/etc/localtime");
	else if (is_name(name))
		cc_buf_addf(&path, "%s/%.*s", dir && *dir ? dir : "/usr/share/zoneinfo", CC_STR_ARG(name));
	code = path.n && cc_buf_ok(&path) ? cc_file_read(&text, path.p, FILE_MAX, NULL) : CC_EUNKNOWN;
	if (code != CC_OK && code != CC_ENOMEM) {
		cc_err_set(err, CC_EUNKNOWN, "no time zone is called %.*s", CC_STR_ARG(name));
		cc_err_hint(err, "UTC, +02:00, or a name such as Europe/Berlin, or local");
		code = CC_EUNKNOWN;
	} else if (code == CC_OK && !read_file(z, cc_buf_str(&text))) {
		code = cc_err_set(err, CC_EFORMAT, "%s is no file of a time zone", path.p);
	}
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

cc_code cc_zone_open(cc_zone **out, cc_str name, cc_err *err)
{
	cc_zone *z = cc_calloc(1, sizeof *z);
	cc_code code = CC_OK;

	*out = NULL;
	name = cc_str_trim(name);
	if (!z)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (name.n > NAME_MAX_BYTES)
		code = cc_err_set(err, CC_EUNKNOWN, "a time zone's name has at most %d bytes", NAME_MAX_BYTES);
	else if (!cc_str_eq_nocase(name, CC_STR("UTC")) && !cc_str_eqz(name, "Z") && !read_offset(name, &z->first_s))
		code = load(z, name, err);
	if (code != CC_OK) {
		cc_zone_free(z);
		return code;
	}
	memcpy(z->name, name.p, name.n);
	*out = z;
	return CC_OK;
}

void cc_zone_free(cc_zone *z)
{
	if (!z)
		return;
	cc_vec_deinit(&z->changes);
	cc_free(z);
}

cc_str cc_zone_name(const cc_zone *z)
{
	return cc_str_from(z->name);
}

int64_t cc_zone_offset_s(const cc_zone *z, int64_t ns)
{
	int64_t s = ns / CC_NS_PER_S - (ns % CC_NS_PER_S < 0);
	size_t lo = 0, hi = z->changes.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->changes.p[mid].at_s <= s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->changes.p[lo - 1].offset_s : z->first_s;
}

static void format(const cc_zone *z, int64_t ns, bool date, cc_buf *out)
{
	int64_t offset, nanos;
	int year, month, day, hour, minute, second;

	if (ns == CC_TIME_NONE) {
		cc_buf_add_char(out, '-');
		return;
	}
	offset = cc_zone_offset_s(z, ns);
	cc_time_to_civil(ns > INT64_MAX - DAY_S * CC_NS_PER_S || ns < INT64_MIN + DAY_S * CC_NS_PER_S ? ns : ns + offset * CC_NS_PER_S,
		&year, &month, &day, &hour, &minute, &second, &nanos);
	if (date)
		cc_buf_addf(out, "%04d-%02d-%02d ", year, month, day);
	cc_buf_addf(out, "%02d:%02d:%02d%c%02d:%02d", hour, minute, second, offset < 0 ? '-' : '+', (int)(llabs(offset) / 3600),
		(int)(llabs(offset) / 60 % 60));
}

void cc_zone_format_clock(const cc_zone *z, int64_t ns, cc_buf *out)
{
	format(z, ns, false, out);
}

void cc_zone_format(const cc_zone *z, int64_t ns, cc_buf *out)
{
	format(z, ns, true, out);
}
