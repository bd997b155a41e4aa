/* series.c - metric files into series: loading. Reading them is in series_get.c.
 *
 * A file is a concatenation of blocks, its rows interleave many series. Every row finds its series by the raw text of
 * all its cells but time and value (a memo, since label cells repeat), the first time by its decoded labels, so that
 * two spellings of one label set meet. Samples are collected flat, then dealt out to their series, sorted and freed of
 * exact duplicates. One thread reads one file (load.h); names become symbols when the files are put together. */
#include "snapshot/series_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/load.h"

typedef struct sample {
	int64_t time_ns;
	double value;
	uint32_t series, record;
} sample;

/* A series by the worker's numbers: what cc_series is by symbols. */
typedef struct piece_series {
	uint32_t metric, object, ns;
	bool counter;
	const uint32_t *labels;  /* key and value in turn, sorted by the keys' texts */
	size_t label_count;
	const int64_t *times_ns;
	const double *values;
	const uint32_t *records;
	size_t count;
} piece_series;

struct metric_piece {
	CC_VEC(piece_series) rows;
	cc_arena *arena;         /* of their labels and samples; the samples go on to the snapshot */
};

struct metric_worker {
	cc_map *memo;            /* raw cells of a row -> series */
	cc_map *known;           /* metric, object and labels as texts -> series */
	cc_arena *keys;          /* of both maps */
	cc_buf key;
	CC_VEC(sample) samples;  /* of the file being read */
	CC_VEC(sample) dealt;
	CC_VEC(uint32_t) ends;
};

enum { METRIC, TIME, VALUE, OBJECT, NS, TAGS, LE, STATUS };

static const char *const column_names[] = { [METRIC] = "metric_name|metric|__name__", [TIME] = "timestamp|time|TimeUnix",
	[VALUE] = "value", [OBJECT] = "pod_name|pod", [NS] = "namespace|k8s_namespace_name",
	[TAGS] = "tags|labels|attributes", [LE] = "bucket_le|le", [STATUS] = "status_code" };

static void find_columns(const cc_tsv *t, bool is_service, int *c)
{
	for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++)
		c[i] = cc_tsv_column_any(t, i == OBJECT && is_service ? "service_name|service" : column_names[i]);
}

/* --- one file --- */

typedef struct metric_load {
	load_row r;              /* the row being read */
	metric_worker *m;
	metric_piece *out;
	bool is_service;
	uint32_t file_object;    /* what the file is named after */
} metric_load;

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
		l->r.w->failed = true;
}

static bool is_missing(cc_str s)
{
	double d;
	return s.n == 0 || (cc_str_to_double(s, &d) && isnan(d));
}

/* The Go recorder wrote its error rows' status code under the bucket_le header: what is no number is no bucket, nor is
 * that of a plain counter, whose code may be a number ("503"). */
static void add_column_labels(metric_load *l, cc_kv_vec *v)
{
	double d;
	cc_str le = cc_load_cell(&l->r, LE), status = cc_load_cell(&l->r, STATUS);
	bool counter = cc_str_ends(cc_load_cell(&l->r, METRIC), CC_STR("_total"));
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

static void read_labels(metric_load *l, cc_kv_vec *v)
{
	size_t kept = 0;
	v->n = 0;
	if (!cc_literal_map(v, cc_load_cell(&l->r, TAGS), l->r.w->scratch))
		cc_load_note(&l->r, "tags is no map; its labels are not known");
	for (size_t i = 0; i < v->n; i++)
		if (!cc_str_eqz(v->p[i].key, "__name__"))
			v->p[kept++] = v->p[i];
	v->n = kept;
	add_column_labels(l, v);
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

static bool keep_labels(metric_load *l, piece_series *se, const cc_kv_vec *v)
{
	uint32_t *out = cc_arena_array(l->out->arena, 2 * v->n, sizeof *out);
	for (size_t i = 0; out && i < v->n; i++) {
		out[2 * i] = cc_load_text(&l->r, v->p[i].key);
		out[2 * i + 1] = cc_load_text(&l->r, v->p[i].value);
	}
	se->labels = out;
	se->label_count = v->n;
	return out != NULL;
}

static bool is_counter(cc_str metric, bool is_service)
{
	return is_service || cc_str_ends(metric, CC_STR("_total")) || cc_str_ends(metric, CC_STR("_count")) ||
	       cc_str_ends(metric, CC_STR("_sum")) || cc_str_ends(metric, CC_STR("_bucket"));
}

static void key_of_labels(metric_load *l, const piece_series *se, const cc_kv_vec *v)
{
	cc_buf *key = &l->m->key;
	cc_buf_clear(key);
	cc_buf_addf(key, "%u,%u,%u", se->metric, se->object, se->ns);
	for (size_t i = 0; i < v->n; i++) {
		cc_buf_addf(key, ",%zu,%zu,", v->p[i].key.n, v->p[i].value.n);
		cc_buf_add(key, v->p[i].key);
		cc_buf_add(key, v->p[i].value);
	}
}

/* Value of the map for key, adding `initial` under a copy of it; NULL when out of memory. */
static uint64_t *slot(metric_worker *m, cc_map *map, cc_str key, uint64_t initial)
{
	if (cc_map_get(map, key, NULL))
		return cc_map_slot(map, key, initial);
	cc_str copy = cc_arena_dup(m->keys, key);
	return copy.p ? cc_map_slot(map, copy, initial) : NULL;
}

static piece_series describe(metric_load *l, const cc_kv_vec *labels)
{
	cc_str metric = cc_load_cell(&l->r, METRIC), ns = cc_load_cell(&l->r, NS);
	piece_series se = { .metric = cc_load_text(&l->r, metric), .counter = is_counter(metric, l->is_service) };
	se.object = cc_load_text(&l->r, cc_load_cell(&l->r, OBJECT));
	if (!se.object)
		se.object = l->file_object;
	se.ns = cc_load_text(&l->r, ns.n ? ns : label_of(labels, "namespace"));
	return se;
}

static bool new_series(metric_load *l, uint32_t *index)
{
	cc_kv_vec *labels = &l->r.w->pairs;
	read_labels(l, labels);
	piece_series se = describe(l, labels);
	key_of_labels(l, &se, labels);
	uint64_t *known = cc_buf_ok(&l->m->key) ? slot(l->m, l->m->known, cc_buf_str(&l->m->key), l->out->rows.n) : NULL;
	if (!known)
		return false;
	*index = (uint32_t)*known;
	return *known < l->out->rows.n || (keep_labels(l, &se, labels) && cc_vec_push(&l->out->rows, se));
}

static void key_of_cells(metric_load *l)
{
	const cc_tsv_row *row = l->r.row;
	cc_buf *key = &l->m->key;
	cc_buf_clear(key);
	for (size_t i = 0; i < row->field_count && i < CC_TSV_MAX_COLUMNS; i++)
		if ((int)i != l->r.c[TIME] && (int)i != l->r.c[VALUE]) {
			cc_buf_add(key, row->fields[i]);
			cc_buf_add_char(key, '\n');
		}
}

static bool series_of(metric_load *l, uint32_t *index)
{
	uint64_t value;
	key_of_cells(l);
	if (!cc_buf_ok(&l->m->key))
		return false;
	if (cc_map_get(l->m->memo, cc_buf_str(&l->m->key), &value)) {
		*index = (uint32_t)value;
		return true;
	}
	cc_str raw = cc_arena_dup(l->m->keys, cc_buf_str(&l->m->key));
	return raw.p && new_series(l, index) && cc_map_set(l->m->memo, raw, *index);
}

static bool read_value(cc_str s, double *out)
{
	*out = NAN;
	s = cc_str_trim(s);
	return s.n == 0 || cc_str_to_double(s, out) || cc_str_eqz(s, "None") || cc_str_eqz(s, "null");
}

static bool read_sample(metric_load *l)
{
	sample sm = { .record = l->r.record, .time_ns = cc_load_time_of(l->r.w, cc_load_cell(&l->r, TIME)) };
	const char *why = NULL;
	if (cc_str_trim(cc_load_cell(&l->r, METRIC)).n == 0)
		why = "no metric name";
	else if (sm.time_ns == CC_TIME_NONE)
		why = "unreadable timestamp";
	else if (!read_value(cc_load_cell(&l->r, VALUE), &sm.value))
		why = "the value is no number";
	if (why) {
		cc_load_skip(l->r.piece, l->r.record, why);
		return true;
	}
	cc_range_add(&l->r.piece->range, sm.time_ns);
	return series_of(l, &sm.series) && cc_vec_push(&l->m->samples, sm) && !l->r.w->failed;
}

/* --- samples --- */

static int by_time(const void *a, const void *b)
{
	const sample *x = a, *y = b;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static void sort_samples(sample *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (p[i].time_ns < p[i - 1].time_ns) {
			qsort(p, n, sizeof *p, by_time);
			return;
		}
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

static bool fill_series(cc_arena *arena, piece_series *se, const sample *p, size_t n)
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

/* The samples of the file by series, in record order: counted, then put where their series begins. */
static bool group_samples(metric_worker *m, size_t series)
{
	m->ends.n = 0;
	m->dealt.n = 0;
	if (!cc_vec_reserve(&m->ends, series + 1) || !cc_vec_reserve(&m->dealt, m->samples.n))
		return false;
	memset(m->ends.p, 0, (series + 1) * sizeof *m->ends.p);
	for (size_t i = 0; i < m->samples.n; i++)
		m->ends.p[m->samples.p[i].series + 1]++;
	for (size_t k = 0; k < series; k++)
		m->ends.p[k + 1] += m->ends.p[k];
	for (size_t i = 0; i < m->samples.n; i++)
		m->dealt.p[m->ends.p[m->samples.p[i].series]++] = m->samples.p[i];
	m->dealt.n = m->samples.n;
	m->samples.n = 0;
	return true;
}

static bool deal_samples(metric_worker *m, metric_piece *out)
{
	bool ok = group_samples(m, out->rows.n);
	for (size_t k = 0, from = 0; ok && k < out->rows.n; from = m->ends.p[k++]) {
		sample *p = &m->dealt.p[from];
		size_t n = m->ends.p[k] - from;
		sort_samples(p, n);
		ok = fill_series(out->arena, &out->rows.p[k], p, drop_duplicates(p, n));
	}
	return ok;
}

/* --- files --- */

void cc_metric_worker_free(metric_worker *m)
{
	if (!m)
		return;
	cc_map_free(m->memo);
	cc_map_free(m->known);
	cc_arena_free(m->keys);
	cc_buf_deinit(&m->key);
	cc_vec_deinit(&m->samples);
	cc_vec_deinit(&m->dealt);
	cc_vec_deinit(&m->ends);
	cc_free(m);
}

void cc_metric_piece_free(metric_piece *m)
{
	if (!m)
		return;
	cc_vec_deinit(&m->rows);
	cc_arena_free(m->arena);
	cc_free(m);
}

static metric_worker *fresh_worker(load_worker *w)
{
	if (!w->metric && !(w->metric = cc_calloc(1, sizeof *w->metric)))
		return NULL;
	metric_worker *m = w->metric;
	cc_map_free(m->memo);
	cc_map_free(m->known);
	m->memo = cc_map_new();
	m->known = cc_map_new();
	if (m->keys)
		cc_arena_reset(m->keys);
	else
		m->keys = cc_arena_new();
	m->samples.n = 0;
	return m->memo && m->known && m->keys ? m : NULL;
}

static metric_piece *fresh_piece(void)
{
	metric_piece *out = cc_calloc(1, sizeof *out);
	if (out && !(out->arena = cc_arena_new())) {
		cc_free(out);
		return NULL;
	}
	return out;
}

static void read_metric(const load_row *r, void *arg)
{
	metric_load *l = arg;
	l->r = *r;
	if (!read_sample(l))
		r->w->failed = true;
}

void cc_load_metrics(const cc_snapshot *s, load_worker *w, load_piece *p)
{
	int columns[LOAD_COLUMNS];
	metric_load l = { .m = fresh_worker(w), .out = fresh_piece() };
	p->metric = l.out;
	l.is_service = cc_snapshot_priv_file(s, p->file)->info.kind == CC_FILE_METRICS_SERVICE;
	if (!l.m || !l.out) {
		w->failed = true;
		return;
	}
	l.r = (load_row){ .w = w, .piece = p };
	l.file_object = cc_load_text(&l.r, cc_snapshot_metrics_object(s, p->file));
	find_columns(&cc_snapshot_priv_file(s, p->file)->tsv, l.is_service, columns);
	if (!cc_load_rows(s, w, p, columns, read_metric, &l) || !deal_samples(l.m, l.out))
		w->failed = true;
}

/* --- all files --- */

static bool take_series(cc_snapshot *s, series_table *t, const load_piece *p, const piece_series *in)
{
	const uint32_t *symbol = p->worker->texts.global.p;
	cc_kv *labels = cc_arena_array(s->arena, in->label_count, sizeof *labels);
	cc_series se = { .metric = symbol[in->metric],
		.object = symbol[in->object],
		.ns = symbol[in->ns],
		.file = p->file,
		.is_service = cc_snapshot_priv_file(s, p->file)->info.kind == CC_FILE_METRICS_SERVICE,
		.counter = in->counter,
		.labels = labels,
		.label_count = in->label_count,
		.times_ns = in->times_ns,
		.values = in->values,
		.records = in->records,
		.count = in->count };
	for (size_t i = 0; labels && i < in->label_count; i++)
		labels[i] = (cc_kv){ cc_snapshot_sym(s, symbol[in->labels[2 * i]]),
			cc_snapshot_sym(s, symbol[in->labels[2 * i + 1]]) };
	return labels && cc_vec_push(&t->rows, se);
}

cc_code cc_series_take(cc_snapshot *s, load_list pieces, cc_err *err)
{
	if (pieces.n == 0)
		return CC_OK;
	series_table *t = s->series = cc_calloc(1, sizeof *t);
	bool ok = t != NULL;
	for (size_t i = 0; ok && i < pieces.n; i++) {
		metric_piece *m = pieces.p[i].metric;
		for (size_t k = 0; ok && m && k < m->rows.n; k++)
			ok = take_series(s, t, &pieces.p[i], &m->rows.p[k]);
		if (ok && m && (ok = cc_vec_push(&t->arenas, m->arena)))
			m->arena = NULL;
	}
	if (ok)
		cc_series_sort(s, t);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
}

void cc_series_unload(cc_snapshot *s)
{
	if (!s->series)
		return;
	cc_vec_deinit(&s->series->rows);
	for (size_t i = 0; i < s->series->arenas.n; i++)
		cc_arena_free(s->series->arenas.p[i]);
	cc_vec_deinit(&s->series->arenas);
	cc_free(s->series);
	s->series = NULL;
}
