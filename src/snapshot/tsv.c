/* tsv.c - records in turn or at random; nothing is copied until a field with doubled quotes is decoded. */
#include "snapshot/tsv_split.h"

#include <string.h>
#if defined __SSE2__ && defined __GNUC__
#define VECTORS
#include <emmintrin.h>
#endif

size_t cc_tsv_drop_cr(cc_tsv_row *row, const char *start, const char *record_end, const char *text_end)
{
	size_t length = (size_t)(record_end - start);
	if (record_end == text_end || length == 0 || record_end[-1] != '\r')
		return length;
	if (row->field_count <= CC_TSV_MAX_COLUMNS && row->fields[row->field_count - 1].n > 0)
		row->fields[row->field_count - 1].n--;
	return length - 1;
}

bool cc_tsv_next(cc_tsv *t, cc_tsv_row *row)
{
	const char *end = t->text.p + t->text.n;
	while (t->pos < t->text.n) {
		const char *start = t->text.p + t->pos;
		const char *stop = cc_tsv_split(start, end, row);
		row->offset = t->pos;
		row->length = cc_tsv_drop_cr(row, start, stop, end);
		t->pos = (size_t)(stop - t->text.p) + (stop < end ? 1 : 0);
		if (row->length > 0) {
			row->record = ++t->record;
			return true;
		}
	}
	return false;
}

void cc_tsv_row_at(const cc_tsv *t, size_t offset, size_t length, cc_tsv_row *row)
{
	offset = offset < t->text.n ? offset : t->text.n;
	length = length < t->text.n - offset ? length : t->text.n - offset;
	const char *start = t->text.p + offset;
	cc_tsv_split(start, start + length, row);
	row->record = 0;
	row->offset = offset;
	row->length = length;
}

static cc_str strip_quotes(cc_str raw)
{
	if (raw.n >= 2 && raw.p[0] == '"' && raw.p[raw.n - 1] == '"')
		return cc_str_sub(raw, 1, raw.n - 1);
	return raw;
}

cc_code cc_tsv_init(cc_tsv *t, cc_str text, cc_err *err)
{
	cc_tsv_row header;
	memset(t, 0, sizeof *t);
	t->text = text;
	if (cc_str_starts(text, CC_STR("\xEF\xBB\xBF")))
		t->pos = 3;
	if (!cc_tsv_next(t, &header))
		return cc_err_set(err, CC_EFORMAT, "no header: the file is empty");
	t->record = 0;
	if (header.open_quote)
		return cc_err_set(err, CC_EFORMAT, "no header: a quote in the first line never closes");
	if (header.field_count > CC_TSV_MAX_COLUMNS)
		return cc_err_set(err, CC_EFORMAT, "%zu columns, more than %d", header.field_count, CC_TSV_MAX_COLUMNS);
	t->column_count = header.field_count;
	for (size_t i = 0; i < header.field_count; i++)
		t->columns[i] = strip_quotes(header.fields[i]);
	return CC_OK;
}

int cc_tsv_column(const cc_tsv *t, const char *name)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (cc_str_eqz(t->columns[i], name))
			return (int)i;
	return -1;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Letters and digits only: "Events.Timestamp" is "events_timestamp". */
static bool same_column(cc_str a, cc_str b)
{
	size_t i = 0, j = 0;
	for (;;) {
		while (i < a.n && !is_alnum(a.p[i]))
			i++;
		while (j < b.n && !is_alnum(b.p[j]))
			j++;
		if (i == a.n || j == b.n)
			return i == a.n && j == b.n;
		if (lower(a.p[i++]) != lower(b.p[j++]))
			return false;
	}
}

int cc_tsv_column_any(const cc_tsv *t, const char *names)
{
	cc_str rest = cc_str_from(names), name;
	while (rest.n > 0) {
		cc_str_cut(rest, '|', &name, &rest);
		for (size_t i = 0; i < t->column_count; i++)
			if (same_column(t->columns[i], name))
				return (int)i;
	}
	return -1;
}

enum { STEP = 16 };

/* Copies up to the next quote, which is returned, or `end`; up to STEP bytes more are written than that. Texts in quotes hold
 * many short pieces: calls of memchr and memcpy would cost more than their work. */
static const char *copy_plain(char *out, const char *p, const char *end)
{
#ifdef VECTORS
	for (; end - p >= STEP; p += STEP, out += STEP) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		_mm_storeu_si128((__m128i *)(void *)out, v);
		unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
		if (quotes)
			return p + __builtin_ctz(quotes);
	}
#endif
	while (p < end && *p != '"')
		*out++ = *p++;
	return p;
}

/* Un-doubles: what follows the closing quote is taken as it stands, as every CSV reader does. */
static cc_str undouble(cc_str in, cc_arena *arena)
{
	char *out = cc_arena_alloc(arena, in.n + 1 + STEP);
	const char *p = in.p, *end = in.p + in.n;
	size_t n = 0;
	if (!out)
		return in;
	while (p < end) {
		const char *q = copy_plain(out + n, p, end);
		n += (size_t)(q - p);
		if (q == end)
			break;
		if (q + 1 == end || q[1] != '"') {
			memcpy(out + n, q + 1, (size_t)(end - q - 1));
			n += (size_t)(end - q - 1);
			break;
		}
		out[n++] = '"';
		p = q + 2;
	}
	out[n] = '\0';
	return (cc_str){ out, n };
}

cc_str cc_tsv_decode(cc_str raw, cc_arena *arena)
{
	if (raw.n == 0 || raw.p[0] != '"')
		return raw;
	cc_str inner = cc_str_sub(raw, 1, raw.n);
	size_t quote = cc_str_find_char(inner, '"');
	if (quote == CC_STR_NONE)
		return inner;
	if (quote + 1 == inner.n)
		return cc_str_sub(inner, 0, quote);
	return undouble(inner, arena);
}

cc_str cc_tsv_field(const cc_tsv_row *row, int c, cc_arena *arena)
{
	if (c < 0 || (size_t)c >= row->field_count || c >= CC_TSV_MAX_COLUMNS)
		return CC_STR_EMPTY;
	return cc_tsv_decode(row->fields[c], arena);
}
