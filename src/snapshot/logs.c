/* logs.c - the log table: 64 bytes a record in memory, everything else read from the mapped file when asked for. */
#include "coldcase/logs.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/identity.h"

struct logs_table {
	CC_VEC(cc_logrec) rows;
	identity_set who;
};

typedef struct log_columns {
	int time, trace, span, text, number, service, body, resource, ns, pod;
} log_columns;

typedef struct log_load {
	cc_snapshot *s;
	logs_table *t;
	log_columns c;
	cc_arena *scratch;
} log_load;

static const char body_names[] = "Body|message";
static const char resource_names[] = "ResourceAttributes|resource";

static log_columns find_columns(const cc_tsv *t)
{
	return (log_columns){
		.time = cc_snapshot_column(t, "Timestamp|TimeUnixNano|TimestampUnixNano|TimestampTime|"
					      "ObservedTimestamp|ObservedTimeUnixNano|time"),
		.trace = cc_snapshot_column(t, "TraceId"),
		.span = cc_snapshot_column(t, "SpanId"),
		.text = cc_snapshot_column(t, "SeverityText|severity|level"),
		.number = cc_snapshot_column(t, "SeverityNumber"),
		.service = cc_snapshot_column(t, "ServiceName|service"),
		.body = cc_snapshot_column(t, body_names),
		.resource = cc_snapshot_column(t, resource_names),
		.ns = cc_snapshot_column(t, "k8s_namespace|k8s_namespace_name|namespace"),
		.pod = cc_snapshot_column(t, "k8s_pod_name|pod_name|pod"),
	};
}

static cc_str raw_cell(const cc_tsv_row *row, int c)
{
	return c >= 0 ? row->fields[c] : CC_STR_EMPTY;
}

static cc_str cell(const log_load *l, const cc_tsv_row *row, int c)
{
	return cc_tsv_field(row, c, l->scratch);
}

/* --- ids --- */

static bool parse_hex64(cc_str s, uint64_t *out)
{
	uint64_t v = 0;
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
	hex = cc_str_trim(hex);
	if (hex.n == 0)
		return 0;
	return hex.n <= 16 && parse_hex64(hex, &v) ? v : cc_str_hash(hex) | 1;
}

/* --- loading --- */

enum { BODY_HEAD = 2048 };

/* Text before number, the higher of both when the text says no more than INFO; then what the body declares, which may
 * raise an INFO record but not lower it. */
static void set_level(const log_load *l, const cc_tsv_row *row, cc_logrec *rec)
{
	cc_level level = CC_LEVEL_UNKNOWN, other;
	double number; /* pandas prints a column with gaps as 9.0 */
	if (cc_level_parse(cell(l, row, l->c.text), &level))
		rec->level_from = 't';
	if (level <= CC_LEVEL_INFO && cc_str_to_double(raw_cell(row, l->c.number), &number) && number >= 1 &&
		number < 25 && (other = cc_level_of_number((int64_t)number)) > level) {
		level = other;
		rec->level_from = 'n';
	}
	if (level <= CC_LEVEL_INFO) {
		other = cc_level_of_body(cc_tsv_decode(cc_str_sub(raw_cell(row, l->c.body), 0, BODY_HEAD), l->scratch));
		if (level == CC_LEVEL_UNKNOWN ? other != level : other > CC_LEVEL_INFO) {
			level = other;
			rec->level_from = 'b';
		}
	}
	rec->level = (uint8_t)level;
}

static void set_identity(const log_load *l, const cc_tsv_row *row, cc_logrec *rec)
{
	bool is_map;
	row_identity id = cc_identity_of_cell(l->s, &l->t->who, raw_cell(row, l->c.resource), &is_map);
	if (!is_map)
		cc_snapshot_note(
			l->s, rec->cite.file, row->record, "ResourceAttributes is no map; its names are not known");
	if (!id.service)
		id.service = cc_snapshot_intern(l->s, cell(l, row, l->c.service));
	if (!id.ns)
		id.ns = cc_snapshot_intern(l->s, cell(l, row, l->c.ns));
	if (!id.pod)
		id.pod = cc_snapshot_intern(l->s, cell(l, row, l->c.pod));
	rec->service = id.service;
	rec->ns = id.ns;
	rec->pod = id.pod;
	cc_identity_add(l->s, &l->t->who, id);
}

/* A record that carried only an observed time has 1970 here: no time is better than a wrong one. */
int64_t cc_snapshot_row_time(cc_snapshot *s, uint32_t file, uint64_t record, cc_str text)
{
	int64_t ns, raw;
	if (cc_snapshot_time(text, &ns))
		return ns;
	bool unset = cc_time_parse(cc_str_trim(text), &raw) && raw >= 0 && raw < 86400 * CC_NS_PER_S;
	if (text.n > 0 && !unset)
		cc_snapshot_note(s, file, record, "unreadable timestamp; the row has no time");
	return CC_TIME_NONE;
}

static cc_code load_row(void *arg, uint32_t file, const cc_tsv_row *row, cc_err *err)
{
	log_load *l = arg;
	cc_logrec rec = { .cite = { file, (uint32_t)row->record } };
	rec.time_ns = cc_snapshot_row_time(l->s, file, row->record, cell(l, row, l->c.time));
	cc_id128_parse(cell(l, row, l->c.trace), &rec.trace);
	rec.span = cc_span_id_parse(cell(l, row, l->c.span));
	set_identity(l, row, &rec);
	set_level(l, row, &rec);
	cc_snapshot_widen(l->s, rec.time_ns);
	if (cc_arena_bytes(l->scratch) > 1 << 20)
		cc_arena_reset(l->scratch);
	return cc_vec_push(&l->t->rows, rec) ? CC_OK : cc_err_set(err, CC_ENOMEM, "logs: out of memory");
}

static int by_time(const void *a, const void *b)
{
	const cc_logrec *x = a, *y = b;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->cite.file != y->cite.file)
		return x->cite.file < y->cite.file ? -1 : 1;
	return (x->cite.record > y->cite.record) - (x->cite.record < y->cite.record);
}

static void sort_rows(logs_table *t)
{
	for (size_t i = 1; i < t->rows.n; i++)
		if (by_time(&t->rows.p[i - 1], &t->rows.p[i]) > 0) {
			qsort(t->rows.p, t->rows.n, sizeof *t->rows.p, by_time);
			return;
		}
}

cc_code cc_logs_load(cc_snapshot *s, cc_err *err)
{
	uint32_t file = cc_snapshot_next_file(s, CC_FILE_LOGS, 0);
	if (file == 0)
		return CC_OK;
	log_load l = { .s = s, .t = cc_calloc(1, sizeof *l.t), .scratch = cc_arena_new() };
	s->logs = l.t;
	cc_code code = CC_OK;
	if (!l.t || !l.scratch || !cc_identity_init(&l.t->who))
		code = cc_err_set(err, CC_ENOMEM, "logs: out of memory");
	for (; file && code == CC_OK; file = cc_snapshot_next_file(s, CC_FILE_LOGS, file)) {
		l.c = find_columns(&cc_snapshot_priv_file(s, file)->tsv);
		if (l.c.time < 0 && l.c.body < 0)
			cc_snapshot_note(s, file, 0, "neither a Timestamp nor a Body column: is the header line missing?");
		code = cc_snapshot_scan(s, file, load_row, &l, err);
	}
	if (code == CC_OK)
		sort_rows(l.t);
	cc_arena_free(l.scratch);
	return code;
}

cc_code cc_logs_bind(cc_snapshot *s, cc_err *err)
{
	logs_table *t = s->logs;
	if (!t)
		return CC_OK;
	cc_code code = cc_identity_bind(s, &t->who, err);
	for (size_t i = 0; code == CC_OK && i < t->rows.n; i++) {
		cc_logrec *r = &t->rows.p[i];
		r->entity = cc_identity_entity(&t->who, (row_identity){ r->ns, r->service, r->pod });
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

cc_str cc_logs_body(const cc_snapshot *s, const cc_logrec *l, cc_arena *arena)
{
	return cc_snapshot_cell(s, l->cite, body_names, arena);
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
