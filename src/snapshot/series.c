/* series.c - metric files into series: loading. Reading them is in series_get.c.
 *
 * A file is a concatenation of blocks, its rows interleave many series. Every row finds its series by the raw text of
 * all its cells but time and value (a memo, since label cells repeat), the first time by its decoded labels, so that
 * two spellings of one label set meet. Samples are collected flat, then dealt out to their series, sorted and freed of
 * exact duplicates. */
#include "snapshot/series_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"

typedef struct sample {
	int64_t time_ns;
	double value;
	uint32_t series, record;
} sample;

typedef struct metric_columns {
	int metric, time, value, object, ns, tags, le, status;
} metric_columns;

typedef struct metric_load {
	cc_snapshot *s;
	series_table *t;
	metric_columns c;
	bool is_service;
	cc_sym file_object;
	cc_map *memo;   /* raw cells of a row -> series; per file */
	cc_map *known;  /* canonical metric, object and labels -> series; per file */
	cc_arena *keys; /* of both maps */
	cc_arena *scratch;
	cc_buf key;
	CC_VEC(sample) samples; /* of this file */
	size_t first;           /* first series of this file */
} metric_load;

static metric_columns find_columns(const cc_tsv *t, bool is_service)
{
	return (metric_columns){
		.metric = cc_snapshot_column(t, "metric_name|metric|__name__"),
		.time = cc_snapshot_column(t, "timestamp|time|TimeUnix"),
		.value = cc_snapshot_column(t, "value"),
		.object = cc_snapshot_column(t, is_service ? "service_name|service" : "pod_name|pod"),
		.ns = cc_snapshot_column(t, "namespace|k8s_namespace_name"),
		.tags = cc_snapshot_column(t, "tags|labels|attributes"),
		.le = cc_snapshot_column(t, "bucket_le|le"),
		.status = cc_snapshot_column(t, "status_code"),
	};
}

static cc_str cell(const metric_load *l, const cc_tsv_row *row, int c)
{
	return cc_tsv_field(row, c, l->scratch);
}

/* --- labels --- */

static bool has_label(const cc_kv_vec *v, const char *key)
{
	for (size_t i = 0; i < v->n; i++)
		if (cc_str_eqz(v->p[i].key, key) && v->p[i].value.n > 0)
			return true;
	return false;
}

static void add_label(metric_load *l, cc_kv_vec *v, const char *key, cc_str value)
{
	cc_kv kv = { cc_str_from(key), value };
	if (value.n > 0 && !has_label(v, key) && !cc_vec_push(v, kv))
		l->s->failed = true;
}

static bool is_missing(cc_str s)
{
	double d;
	return s.n == 0 || (cc_str_to_double(s, &d) && isnan(d));
}

/* The Go recorder wrote its error rows' status code under the bucket_le header: what is no number is no bucket, nor is
 * that of a plain counter, whose code may be a number ("503"). */
static void add_column_labels(metric_load *l, const cc_tsv_row *row, cc_kv_vec *v)
{
	double d;
	cc_str le = cell(l, row, l->c.le), status = cell(l, row, l->c.status);
	bool counter = cc_str_ends(cell(l, row, l->c.metric), CC_STR("_total"));
	if (!is_missing(le))
		add_label(l, v, cc_str_to_double(le, &d) && !counter ? "le" : "status_code", le);
	if (!is_missing(status))
		add_label(l, v, "status_code", status);
}

static int by_key(const void *a, const void *b)
{
	const cc_kv *x = a, *y = b;
	int c = cc_str_cmp(x->key, y->key);
	return c ? c : cc_str_cmp(x->value, y->value);
}

static void read_labels(metric_load *l, uint32_t file, const cc_tsv_row *row, cc_kv_vec *v)
{
	size_t kept = 0;
	if (!cc_literal_map(v, cell(l, row, l->c.tags), l->scratch))
		cc_snapshot_note(l->s, file, row->record, "tags is no map; its labels are not known");
	for (size_t i = 0; i < v->n; i++)
		if (!cc_str_eqz(v->p[i].key, "__name__"))
			v->p[kept++] = v->p[i];
	v->n = kept;
	add_column_labels(l, row, v);
	if (v->n > 1)
		qsort(v->p, v->n, sizeof *v->p, by_key);
}

static cc_str label_of(const cc_kv_vec *v, const char *key)
{
	for (size_t i = 0; i < v->n; i++)
		if (cc_str_eqz(v->p[i].key, key))
			return v->p[i].value;
	return CC_STR_EMPTY;
}

/* Labels outlive the file's scratch memory; keys and values repeat over series, so the dictionary holds them. */
static const cc_kv *keep_labels(metric_load *l, const cc_kv_vec *v)
{
	cc_kv *out = cc_arena_array(l->s->arena, v->n, sizeof *out);
	if (!out) {
		l->s->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < v->n; i++)
		out[i] = (cc_kv){ cc_snapshot_sym(l->s, cc_snapshot_intern(l->s, v->p[i].key)),
			cc_snapshot_sym(l->s, cc_snapshot_intern(l->s, v->p[i].value)) };
	return out;
}

/* --- which series --- */

static bool is_counter(cc_str metric, bool is_service)
{
	return is_service || cc_str_ends(metric, CC_STR("_total")) || cc_str_ends(metric, CC_STR("_count")) ||
	       cc_str_ends(metric, CC_STR("_sum")) || cc_str_ends(metric, CC_STR("_bucket"));
}

static void key_of_labels(metric_load *l, const cc_series *se, const cc_kv_vec *v)
{
	cc_buf_clear(&l->key);
	cc_buf_addf(&l->key, "%u,%u,%u", se->metric, se->object, se->ns);
	for (size_t i = 0; i < v->n; i++) {
		cc_buf_addf(&l->key, ",%zu,%zu,", v->p[i].key.n, v->p[i].value.n);
		cc_buf_add(&l->key, v->p[i].key);
		cc_buf_add(&l->key, v->p[i].value);
	}
}

/* Value of the map for key, adding `initial` under a copy of it; NULL when out of memory. */
static uint64_t *slot(metric_load *l, cc_map *m, cc_str key, uint64_t initial)
{
	if (cc_map_get(m, key, NULL))
		return cc_map_slot(m, key, initial);
	cc_str copy = cc_arena_dup(l->keys, key);
	return copy.p ? cc_map_slot(m, copy, initial) : NULL;
}

static cc_series describe(metric_load *l, uint32_t file, const cc_tsv_row *row, const cc_kv_vec *labels)
{
	cc_snapshot *s = l->s;
	cc_str metric = cell(l, row, l->c.metric), ns = cell(l, row, l->c.ns);
	cc_series se = { .metric = cc_snapshot_intern(s, metric),
		.file = file,
		.is_service = l->is_service,
		.counter = is_counter(metric, l->is_service) };
	se.object = cc_snapshot_intern(s, cell(l, row, l->c.object));
	if (!se.object)
		se.object = l->file_object;
	se.ns = cc_snapshot_intern(s, ns.n ? ns : label_of(labels, "namespace"));
	return se;
}

static bool new_series(metric_load *l, uint32_t file, const cc_tsv_row *row, uint32_t *index)
{
	cc_kv_vec labels = { 0 };
	bool ok = false;
	read_labels(l, file, row, &labels);
	cc_series se = describe(l, file, row, &labels);
	key_of_labels(l, &se, &labels);
	uint64_t *known = cc_buf_ok(&l->key) ? slot(l, l->known, cc_buf_str(&l->key), l->t->rows.n) : NULL;
	if (!known)
		goto done;
	*index = (uint32_t)*known;
	ok = true;
	if (*known == l->t->rows.n) {
		se.labels = keep_labels(l, &labels);
		se.label_count = se.labels ? labels.n : 0;
		ok = cc_vec_push(&l->t->rows, se);
	}
done:
	cc_vec_deinit(&labels);
	return ok;
}

static void key_of_cells(metric_load *l, const cc_tsv_row *row)
{
	cc_buf_clear(&l->key);
	for (size_t i = 0; i < row->field_count && i < CC_TSV_MAX_COLUMNS; i++)
		if ((int)i != l->c.time && (int)i != l->c.value) {
			cc_buf_add(&l->key, row->fields[i]);
			cc_buf_add_char(&l->key, '\n');
		}
}

static bool series_of(metric_load *l, uint32_t file, const cc_tsv_row *row, uint32_t *index)
{
	uint64_t value;
	key_of_cells(l, row);
	if (!cc_buf_ok(&l->key))
		return false;
	if (cc_map_get(l->memo, cc_buf_str(&l->key), &value)) {
		*index = (uint32_t)value;
		return true;
	}
	cc_str raw = cc_arena_dup(l->keys, cc_buf_str(&l->key));
	return raw.p && new_series(l, file, row, index) && cc_map_set(l->memo, raw, *index);
}

/* --- samples --- */

static bool read_value(cc_str s, double *out)
{
	*out = NAN;
	s = cc_str_trim(s);
	return s.n == 0 || cc_str_to_double(s, out) || cc_str_eqz(s, "None") || cc_str_eqz(s, "null");
}

static cc_code load_row(void *arg, uint32_t file, const cc_tsv_row *row, cc_err *err)
{
	metric_load *l = arg;
	sample sm = { .record = (uint32_t)row->record };
	const char *why = NULL;
	if (cc_str_trim(cell(l, row, l->c.metric)).n == 0)
		why = "no metric name";
	else if (!cc_snapshot_time(cell(l, row, l->c.time), &sm.time_ns))
		why = "unreadable timestamp";
	else if (!read_value(cell(l, row, l->c.value), &sm.value))
		why = "the value is no number";
	if (why) {
		cc_snapshot_skip(l->s, file, row->record, why);
		return CC_OK;
	}
	if (!series_of(l, file, row, &sm.series) || !cc_vec_push(&l->samples, sm))
		return cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
	cc_snapshot_widen(l->s, sm.time_ns);
	if (cc_arena_bytes(l->scratch) > 1 << 20)
		cc_arena_reset(l->scratch);
	return CC_OK;
}

static int by_series_and_time(const void *a, const void *b)
{
	const sample *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static bool same_value(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* Of samples sorted by time: the same value at the same instant once. */
static size_t drop_duplicates(sample *p, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool dup = false;
		for (size_t k = kept; !dup && k-- > 0 && p[k].time_ns == p[i].time_ns && kept - k <= 16;)
			dup = same_value(p[k].value, p[i].value);
		if (!dup)
			p[kept++] = p[i];
	}
	return kept;
}

static bool fill_series(cc_arena *arena, cc_series *se, const sample *p, size_t n)
{
	int64_t *times = cc_arena_array(arena, n, sizeof *times);
	double *values = cc_arena_array(arena, n, sizeof *values);
	uint32_t *records = cc_arena_array(arena, n, sizeof *records);
	if (!times || !values || !records)
		return false;
	for (size_t i = 0; i < n; i++) {
		times[i] = p[i].time_ns;
		values[i] = p[i].value;
		records[i] = p[i].record;
	}
	se->times_ns = times;
	se->values = values;
	se->records = records;
	se->count = n;
	return true;
}

/* Deals the samples of one file out to its series. */
static bool deal_samples(metric_load *l)
{
	sample *p = l->samples.p;
	if (l->samples.n > 1)
		qsort(p, l->samples.n, sizeof *p, by_series_and_time);
	for (size_t from = 0, to; from < l->samples.n; from = to) {
		for (to = from + 1; to < l->samples.n && p[to].series == p[from].series;)
			to++;
		if (!fill_series(
			    l->s->arena, &l->t->rows.p[p[from].series], p + from, drop_duplicates(p + from, to - from)))
			return false;
	}
	l->samples.n = 0;
	return true;
}

/* --- files --- */

static bool start_file(metric_load *l, uint32_t file, bool is_service)
{
	cc_map_free(l->memo);
	cc_map_free(l->known);
	l->memo = cc_map_new();
	l->known = cc_map_new();
	cc_arena_reset(l->keys);
	l->is_service = is_service;
	l->first = l->t->rows.n;
	l->c = find_columns(&cc_snapshot_priv_file(l->s, file)->tsv, is_service);
	l->file_object = cc_snapshot_intern(l->s, cc_snapshot_metrics_object(l->s, file));
	return l->memo && l->known;
}

static cc_code load_kind(metric_load *l, cc_file_kind kind, cc_err *err)
{
	cc_code code = CC_OK;
	for (uint32_t file = 0; code == CC_OK && (file = cc_snapshot_next_file(l->s, kind, file)) != 0;) {
		if (!start_file(l, file, kind == CC_FILE_METRICS_SERVICE))
			return cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
		code = cc_snapshot_scan(l->s, file, load_row, l, err);
		if (code == CC_OK && !deal_samples(l))
			code = cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
	}
	return code;
}

cc_code cc_series_load(cc_snapshot *s, cc_err *err)
{
	if (!cc_snapshot_next_file(s, CC_FILE_METRICS_POD, 0) && !cc_snapshot_next_file(s, CC_FILE_METRICS_SERVICE, 0))
		return CC_OK;
	metric_load l = { .s = s, .t = cc_calloc(1, sizeof *l.t), .keys = cc_arena_new(), .scratch = cc_arena_new() };
	cc_code code = CC_OK;
	s->series = l.t;
	if (!l.t || !l.keys || !l.scratch)
		code = cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
	if (code == CC_OK)
		code = load_kind(&l, CC_FILE_METRICS_POD, err);
	if (code == CC_OK)
		code = load_kind(&l, CC_FILE_METRICS_SERVICE, err);
	if (code == CC_OK)
		cc_series_sort(s, l.t);
	cc_map_free(l.memo);
	cc_map_free(l.known);
	cc_arena_free(l.keys);
	cc_arena_free(l.scratch);
	cc_buf_deinit(&l.key);
	cc_vec_deinit(&l.samples);
	return code;
}

void cc_series_unload(cc_snapshot *s)
{
	if (!s->series)
		return;
	cc_vec_deinit(&s->series->rows);
	cc_free(s->series);
	s->series = NULL;
}
