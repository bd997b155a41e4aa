/* logs.c - the log table: 64 bytes a record in memory, everything else read from the mapped file when asked for. */
#include "coldcase/logs.h"

#include <string.h>
#if defined __SSE2__ && defined __GNUC__
#include <emmintrin.h>
#endif
#include "coldcase/xalloc.h"
#include "snapshot/bodies.h"
#include "snapshot/logs_priv.h"

static const char body_names[] = "Body|message";
const char *const cc_logs_body_column = body_names;
static const char resource_names[] = "ResourceAttributes|resource";

enum { TIME, TRACE, SPAN, TEXT, NUMBER, SERVICE, BODY, RESOURCE, NS, POD };

enum { FROM_NOWHERE, FROM_TEXT, FROM_NUMBER, FROM_BODY };

/* A record as its piece keeps it: names by the worker's numbers. */
typedef struct log_row {
	int64_t time_ns;
	cc_id128 trace;
	uint64_t span;
	uint32_t record;
	uint32_t who_level;      /* level and from where, three and two bits of the lowest byte; the emitter above them */
} log_row;

/* --- ids --- */

#if defined __SSE2__ && defined __GNUC__

/* Each digit is checked and turned into its value in its own lane; neighbours are then joined to bytes. */
static bool parse_hex16(const char *p, uint64_t *out)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p), lower = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(v, _mm_set1_epi8('9' + 1)));
	const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)),
		_mm_cmplt_epi8(lower, _mm_set1_epi8('f' + 1)));
	if (_mm_movemask_epi8(_mm_or_si128(digit, letter)) != 0xFFFF)
		return false;
	__m128i four = _mm_add_epi8(_mm_and_si128(v, _mm_set1_epi8(0x0F)), _mm_and_si128(letter, _mm_set1_epi8(9)));
	__m128i eight = _mm_or_si128(_mm_and_si128(_mm_slli_epi16(four, 4), _mm_set1_epi16(0xF0)), _mm_srli_epi16(four, 8));
	uint64_t bytes;
	_mm_storel_epi64((__m128i *)(void *)&bytes, _mm_packus_epi16(eight, eight));
	*out = __builtin_bswap64(bytes);
	return true;
}

#else

/* Eight hex digits at a time: each byte is checked and turned into its value in its own lane of a word. */
static bool parse_hex8(const char *p, uint64_t *out)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t w;
	memcpy(&w, p, 8);
	w = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? w : __builtin_bswap64(w); /* the first digit is the highest */
	uint64_t lower = w | ones * 0x20;
	uint64_t letter = (lower + ones * (0x80 - 'a')) & ~(lower + ones * (0x80 - 'f' - 1)) & high;
	uint64_t digit = (w + ones * (0x80 - '0')) & ~(w + ones * (0x80 - '9' - 1)) & high;
	if ((w & high) || (letter | digit) != high)
		return false;
	uint64_t v = (w & ones * 0x0F) + (letter >> 7) * 9;
	v = (v | v >> 4) & UINT64_C(0x00FF00FF00FF00FF);
	v = (v | v >> 8) & UINT64_C(0x0000FFFF0000FFFF);
	*out = (v | v >> 16) & UINT64_C(0xFFFFFFFF);
	return true;
}

static bool parse_hex16(const char *p, uint64_t *out)
{
	uint64_t high, low;
	if (!parse_hex8(p, &high) || !parse_hex8(p + 8, &low))
		return false;
	*out = high << 32 | low;
	return true;
}

#endif

static bool parse_hex64(cc_str s, uint64_t *out)
{
	uint64_t v = 0;
	if (s.n == 16)
		return parse_hex16(s.p, out);
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		unsigned d;
		if (ch >= '0' && ch <= '9')
			d = (unsigned)(ch - '0');
		else if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f')
			d = (unsigned)((ch | 0x20) - 'a' + 10);
		else
			return false;
		v = v << 4 | d;
	}
	*out = v;
	return true;
}

bool cc_id128_parse(cc_str hex, cc_id128 *out)
{
	cc_id128 id = { 0, 0 };
	if (hex.n == 32 && parse_hex16(hex.p, &out->hi) && parse_hex16(hex.p + 16, &out->lo))
		return true;
	hex = cc_str_trim(hex);
	*out = id;
	if (hex.n == 0)
		return false;
	size_t cut = hex.n > 16 ? hex.n - 16 : 0;
	if (hex.n > 32 || !parse_hex64(cc_str_sub(hex, 0, cut), &id.hi) ||
		!parse_hex64(cc_str_sub(hex, cut, hex.n), &id.lo)) {
		id.hi = cc_str_hash(hex);
		id.lo = cc_str_hash_nocase(hex) ^ UINT64_C(0x9E3779B97F4A7C15);
	}
	*out = id;
	return true;
}

void cc_id128_format(cc_buf *out, cc_id128 id)
{
	cc_buf_addf(out, "%016llx%016llx", (unsigned long long)id.hi, (unsigned long long)id.lo);
}

uint64_t cc_span_id_parse(cc_str hex)
{
	uint64_t v;
	if (hex.n == 16 && parse_hex16(hex.p, &v))
		return v;
	hex = cc_str_trim(hex);
	if (hex.n == 0)
		return 0;
	return hex.n <= 16 && parse_hex64(hex, &v) ? v : cc_str_hash(hex) | 1;
}

/* --- loading --- */

enum { BODY_HEAD = 2048 };

/* Spellings are many and rows repeat them. */
static bool level_of_text(load_worker *w, cc_str text, cc_level *out)
{
	if (text.n > sizeof w->severity)
		return cc_level_parse(text, out);
	if (text.n != w->severity_n || memcmp(text.p, w->severity, text.n) != 0) {
		memcpy(w->severity, text.p, text.n);
		w->severity_n = text.n;
		w->severity_level = CC_LEVEL_UNKNOWN;
		w->severity_known = cc_level_parse(text, &w->severity_level);
	}
	*out = w->severity_level;
	return w->severity_known;
}

/* Text before number, the higher of both when the text says no more than INFO; then what the body declares, which may
 * raise an INFO record but not lower it. */
static unsigned level_of(const load_row *r)
{
	cc_level level = CC_LEVEL_UNKNOWN, other;
	unsigned from = FROM_NOWHERE;
	double number; /* pandas prints a column with gaps as 9.0 */
	if (level_of_text(r->w, cc_load_cell(r, TEXT), &level))
		from = FROM_TEXT;
	if (level <= CC_LEVEL_INFO && cc_str_to_double(cc_load_raw(r, NUMBER), &number) && number >= 1 && number < 25 &&
		(other = cc_level_of_number((int64_t)number)) > level) {
		level = other;
		from = FROM_NUMBER;
	}
	if (level <= CC_LEVEL_INFO) {
		cc_str head = cc_str_sub(cc_load_raw(r, BODY), 0, BODY_HEAD);
		other = cc_level_of_body(cc_tsv_decode(head, r->w->scratch));
		if (level == CC_LEVEL_UNKNOWN ? other != level : other > CC_LEVEL_INFO) {
			level = other;
			from = FROM_BODY;
		}
	}
	return (unsigned)level << 2 | from;
}

static void read_log(const load_row *r, void *row)
{
	log_row *out = row;
	out->time_ns = cc_load_time(r, TIME);
	out->record = r->record;
	cc_id128_parse(cc_load_cell(r, TRACE), &out->trace);
	out->span = cc_span_id_parse(cc_load_cell(r, SPAN));
	out->who_level = cc_load_who(r, RESOURCE, SERVICE, NS, POD) << 8 | level_of(r);
}

const load_table cc_logs_table = {
	.kind = CC_FILE_LOGS,
	.set = LOAD_LOGS,
	.columns = { [TIME] = "Timestamp|TimeUnixNano|TimestampUnixNano|TimestampTime|ObservedTimestamp|ObservedTimeUnixNano|time",
		[TRACE] = "TraceId", [SPAN] = "SpanId", [TEXT] = "SeverityText|severity|level",
		[NUMBER] = "SeverityNumber", [SERVICE] = "ServiceName|service", [BODY] = body_names,
		[RESOURCE] = resource_names, [NS] = "k8s_namespace|k8s_namespace_name|namespace",
		[POD] = "k8s_pod_name|pod_name|pod" },
	.row_size = sizeof(log_row),
	.row = read_log,
};

static void give_log(void *arg, size_t place, const load_piece *p, const void *row)
{
	logs_table *t = arg;
	const log_row *in = row;
	uint32_t who = p->worker->whos[LOAD_LOGS].global.p[in->who_level >> 8];
	row_identity id = who ? t->who.distinct.p[who - 1] : (row_identity){ 0, 0, 0 };
	t->rows.p[place] = (cc_logrec){ .time_ns = in->time_ns,
		.cite = { p->file, p->base + in->record },
		.service = id.service,
		.ns = id.ns,
		.pod = id.pod,
		.entity = who, /* until entities are known */
		.trace = in->trace,
		.span = in->span,
		.level = in->who_level >> 2 & 7,
		.level_from = (uint8_t)"\0tnb"[in->who_level & 3] };
}

static bool lacks_header(const cc_snapshot *s, uint32_t file)
{
	const cc_tsv *t = &cc_snapshot_priv_file(s, file)->tsv;
	return cc_tsv_column_any(t, cc_logs_table.columns[TIME]) < 0 && cc_tsv_column_any(t, body_names) < 0;
}

/* Between files the order says nothing about when a record arrived, nor where more than one in LATE_SHARE is late: of a source
 * one record of which is from the future, of a file in the order of something else, or newest first. */
enum { LATE_SHARE = 10 };

typedef struct source { uint32_t file; uint64_t first; size_t rows, late; } source;   /* first: record of those of later times */

static bool is_disorder(size_t late, size_t rows)
{
	return late > rows / LATE_SHARE;
}

/* One record may be late in a source of a few. */
static bool is_odd(const source *o)
{
	return o->late > 1 && is_disorder(o->late, o->rows);
}

/* Before `entity` is one: it is the emitter's number still. */
static bool mark_late(logs_table *t)
{
	source *of = cc_calloc(t->who.distinct.n + 1, sizeof *of);
	size_t late = 0;
	if (!of)
		return false;
	for (size_t i = t->rows.n; i-- > 0 && t->rows.p[i].time_ns != CC_TIME_NONE;) {
		cc_logrec *r = &t->rows.p[i];
		source *o = &of[r->entity];
		r->late = o->rows && o->file == r->cite.file && o->first < r->cite.record;
		o->rows++;
		o->late += r->late;
		if (!r->late) {
			o->file = r->cite.file;
			o->first = r->cite.record;
		}
	}
	for (size_t k = 0; k <= t->who.distinct.n; k++)
		late += is_odd(&of[k]) ? 0 : of[k].late;
	for (size_t i = 0; i < t->rows.n; i++)
		if (t->rows.p[i].late && (is_odd(&of[t->rows.p[i].entity]) || is_disorder(late, t->rows.n)))
			t->rows.p[i].late = false;
	cc_free(of);
	return true;
}

cc_code cc_logs_take(cc_snapshot *s, load_list pieces, cc_err *err)
{
	size_t n = 0;
	if (pieces.n == 0)
		return CC_OK;
	logs_table *t = s->logs = cc_calloc(1, sizeof *t);
	bool ok = t && cc_identity_init(&t->who);
	for (size_t i = 0; ok && i < pieces.n; i++) {
		const load_piece *p = &pieces.p[i];
		ok = cc_identity_take(&t->who, p);
		n += p->row_count;
		if (p->base == 0 && lacks_header(s, p->file))
			cc_snapshot_note(s, p->file, 0,
				"neither a Timestamp nor a Body column: is the header line missing?");
	}
	ok = ok && cc_vec_reserve(&t->rows, n);
	if (ok)
		cc_pages_expect(t->rows.p, n * sizeof *t->rows.p);
	ok = ok && cc_load_each_by_time(pieces, sizeof(log_row), cc_snapshot_threads(s), give_log, t);
	if (ok)
		t->rows.n = n;
	ok = ok && mark_late(t);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "logs: out of memory");
}

cc_code cc_logs_bind(cc_snapshot *s, cc_err *err)
{
	logs_table *t = s->logs;
	if (!t)
		return CC_OK;
	cc_code code = cc_identity_bind(s, &t->who, err);
	for (size_t i = 0; code == CC_OK && i < t->rows.n; i++) {
		cc_logrec *r = &t->rows.p[i];
		r->entity = r->entity ? t->who.entities.p[r->entity - 1] : 0;
	}
	return code;
}

void cc_logs_each_identity(
	const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym service, cc_sym pod), void *arg)
{
	for (size_t i = 0; s->logs && i < s->logs->who.distinct.n; i++) {
		const row_identity *id = &s->logs->who.distinct.p[i];
		each(arg, id->ns, id->service, id->pod);
	}
}

void cc_logs_unload(cc_snapshot *s)
{
	if (!s->logs)
		return;
	cc_vec_deinit(&s->logs->rows);
	cc_identity_deinit(&s->logs->who);
	cc_free(s->logs);
	s->logs = NULL;
}

/* --- getters --- */

size_t cc_logs_count(const cc_snapshot *s)
{
	return s->logs ? s->logs->rows.n : 0;
}

const cc_logrec *cc_logs_get(const cc_snapshot *s, size_t i)
{
	return i < cc_logs_count(s) ? &s->logs->rows.p[i] : NULL;
}

size_t cc_logs_lower_bound(const cc_snapshot *s, int64_t time_ns)
{
	size_t lo = 0, hi = cc_logs_count(s);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->logs->rows.p[mid].time_ns < time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int64_t cc_logs_late_ns(const cc_snapshot *s, const cc_logrec *l)
{
	for (size_t i = l->late ? cc_logs_count(s) : 0; i-- > 0 && s->logs->rows.p[i].time_ns > l->time_ns;) {
		const cc_logrec *r = &s->logs->rows.p[i];
		if (r->cite.file == l->cite.file && r->cite.record < l->cite.record && r->service == l->service && r->pod == l->pod &&
			r->ns == l->ns)
			return r->time_ns - l->time_ns;
	}
	return 0;
}

void cc_logs_read_bodies(const cc_snapshot *s, cc_cancel *cancel)
{
	if (s->logs)   /* a cut shares them with the whole */
		cc_bodies_read(s->whole ? s->whole : s, body_names, cancel);
}

void cc_logs_warm_bodies(const cc_snapshot *s)
{
	if (s->logs)
		cc_bodies_warm(s->whole ? s->whole : s, body_names);
}

cc_str cc_logs_body(const cc_snapshot *s, const cc_logrec *l, cc_arena *arena)
{
	cc_str text;
	return cc_bodies_get(s, l->cite, &text) ? text : cc_snapshot_cell(s, l->cite, body_names, arena);
}

cc_str cc_logs_column(const cc_snapshot *s, const cc_logrec *l, const char *name, cc_arena *arena)
{
	return cc_snapshot_cell(s, l->cite, name, arena);
}

void cc_logs_attrs(const cc_snapshot *s, const cc_logrec *l, char which, cc_kv_vec *out, cc_arena *arena)
{
	const char *names = which == 'r'   ? resource_names
			    : which == 's' ? "ScopeAttributes"
					   : "LogAttributes|attributes";
	cc_literal_map(out, cc_snapshot_cell(s, l->cite, names, arena), arena);
}

/* --- a record before it is a row --- */

static cc_str named(cc_str resource, const char *key, cc_str otherwise, cc_arena *arena)
{
	cc_str value;
	return cc_literal_map_get(resource, cc_str_from(key), &value, arena) && value.n ? value : otherwise;
}

bool cc_logs_peek(const cc_snapshot *s, uint32_t file, cc_str record, cc_log_peek *out, cc_arena *arena)
{
	const snapshot_file *f = cc_snapshot_priv_file(s, file);
	int c[LOAD_COLUMNS];
	cc_tsv_row row;
	if (!f || f->info.kind != CC_FILE_LOGS)
		return false;
	cc_tsv t = f->tsv;
	t.text = record;
	cc_tsv_row_at(&t, 0, record.n, &row);
	if (row.field_count != t.column_count)
		return false;
	for (int i = 0; i < LOAD_COLUMNS; i++)
		c[i] = cc_logs_table.columns[i] ? cc_tsv_column_any(&t, cc_logs_table.columns[i]) : -1;
	load_worker w = { .scratch = arena };
	load_row r = { .w = &w, .c = c, .row = &row };
	cc_str resource = cc_load_cell(&r, RESOURCE);
	*out = (cc_log_peek){ .level = (cc_level)(level_of(&r) >> 2), .body = cc_load_cell(&r, BODY),
		.service = named(resource, "service.name", cc_load_cell(&r, SERVICE), arena),
		.pod = named(resource, "k8s.pod.name", cc_load_cell(&r, POD), arena) };
	cc_id128_parse(cc_load_cell(&r, TRACE), &out->trace);
	if (!cc_snapshot_time(cc_load_cell(&r, TIME), &out->time_ns))
		out->time_ns = CC_TIME_NONE;
	return true;
}
