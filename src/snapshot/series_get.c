/* series_get.c - order, entities and readers of the series table. */
#include "snapshot/series_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- order --- */

static int cmp_labels(const cc_series *a, const cc_series *b)
{
	for (size_t i = 0; i < a->label_count && i < b->label_count; i++) {
		int c = cc_str_cmp(a->labels[i].key, b->labels[i].key);
		c = c ? c : cc_str_cmp_natural(a->labels[i].value, b->labels[i].value);
		c = c ? c : cc_str_cmp(a->labels[i].value, b->labels[i].value);
		if (c)
			return c;
	}
	return (a->label_count > b->label_count) - (a->label_count < b->label_count);
}

/* qsort has no argument for the dictionary: ranks of the symbols stand in for their texts. */
typedef struct sort_key {
	cc_str object, metric;
	cc_series series;
	size_t index;
} sort_key;

static int by_name(const void *a, const void *b)
{
	const sort_key *x = a, *y = b;
	int c = cc_str_cmp(x->object, y->object);
	c = c ? c : cc_str_cmp(x->metric, y->metric);
	c = c ? c : cmp_labels(&x->series, &y->series);
	return c ? c : (x->index > y->index) - (x->index < y->index);
}

static bool is_known(const cc_snapshot *s, cc_str stem, const char *end)
{
	char name[256];
	int n = snprintf(name, sizeof name, "%.*s%s", CC_STR_ARG(stem), end);
	return n > 0 && (size_t)n < sizeof name && cc_snapshot_sym_find(s, cc_str_from(name)) != CC_SYM_NONE;
}

/* http_duration_count counts what http_duration_sum adds up; jvm_thread_count, which has no such other half, is a number of
 * threads and falls without having been reset. */
static void settle_counts(const cc_snapshot *s, series_table *t)
{
	for (size_t i = 0; i < t->rows.n; i++) {
		cc_series *se = &t->rows.p[i];
		cc_str name = cc_snapshot_sym(s, se->metric);
		if (!se->counter || se->is_service || !cc_str_ends(name, CC_STR("_count")))
			continue;
		cc_str stem = cc_str_sub(name, 0, name.n - 6);
		se->counter = is_known(s, stem, "_sum") || is_known(s, stem, "_bucket");
	}
}

void cc_series_sort(cc_snapshot *s, series_table *t)
{
	CC_VEC(sort_key) keys = { 0 };
	if (!cc_vec_reserve(&keys, t->rows.n)) {
		s->failed = true;
		return;
	}
	for (size_t i = 0; i < t->rows.n; i++)
		keys.p[keys.n++] = (sort_key){ cc_snapshot_sym(s, t->rows.p[i].object),
			cc_snapshot_sym(s, t->rows.p[i].metric), t->rows.p[i], i };
	if (keys.n > 1)
		qsort(keys.p, keys.n, sizeof *keys.p, by_name);
	for (size_t i = 0; i < keys.n; i++)
		t->rows.p[i] = keys.p[i].series;
	cc_vec_deinit(&keys);
	settle_counts(s, t);
}

/* --- entities --- */

static bool same_identity(const cc_series *a, const cc_series *b)
{
	return a->object == b->object && a->ns == b->ns && a->is_service == b->is_service;
}

/* Series of one object stand together, so runs are enough; a pair that comes twice does no harm. */
void cc_series_each_identity(
	const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym object, bool is_service), void *arg)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *se = cc_series_get(s, i);
		if (i == 0 || !same_identity(se, cc_series_get(s, i - 1)))
			each(arg, se->ns, se->object, se->is_service);
	}
}

cc_code cc_series_bind(cc_snapshot *s, cc_err *err)
{
	(void)err;
	for (size_t i = 0; i < cc_series_count(s); i++) {
		cc_series *se = &s->series->rows.p[i];
		cc_str ns = cc_snapshot_sym(s, se->ns), object = cc_snapshot_sym(s, se->object);
		if (i > 0 && same_identity(se, se - 1))
			se->entity = (se - 1)->entity;
		else
			se->entity =
				se->is_service ? cc_entity_of_service(s, ns, object) : cc_entity_of_pod(s, ns, object);
	}
	return CC_OK;
}

/* --- readers --- */

size_t cc_series_count(const cc_snapshot *s)
{
	return s->series ? s->series->rows.n : 0;
}

const cc_series *cc_series_get(const cc_snapshot *s, size_t i)
{
	return i < cc_series_count(s) ? &s->series->rows.p[i] : NULL;
}

cc_str cc_series_label(const cc_series *se, const char *key)
{
	for (size_t i = 0; i < se->label_count; i++)
		if (cc_str_eqz(se->labels[i].key, key))
			return se->labels[i].value;
	return CC_STR_EMPTY;
}

/* What names the scrape rather than the thing measured, or repeats the object's own name. */
static bool is_noise(const cc_snapshot *s, const cc_series *se, const cc_kv *kv)
{
	static const char *const scrape[] = { "job", "instance", "prometheus", "prometheus_replica", "endpoint",
		"metrics_path", "uid", "id" };
	static const char *const own[] = { "pod", "pod_name", "service_name", "namespace" };
	for (size_t i = 0; i < sizeof scrape / sizeof *scrape; i++)
		if (cc_str_eqz(kv->key, scrape[i]))
			return true;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (cc_str_eqz(kv->key, own[i]))
			return cc_str_eq(kv->value, cc_snapshot_sym(s, se->object)) ||
			       cc_str_eq(kv->value, cc_snapshot_sym(s, se->ns));
	return kv->value.n == 0;
}

static void add_quoted(cc_buf *out, cc_str s)
{
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, s.p[i]);
	}
	cc_buf_add_char(out, '"');
}

void cc_series_format(const cc_snapshot *s, const cc_series *se, cc_buf *out)
{
	size_t shown = 0;
	cc_buf_add(out, cc_snapshot_sym(s, se->metric));
	for (size_t i = 0; i < se->label_count; i++) {
		if (is_noise(s, se, &se->labels[i]))
			continue;
		cc_buf_add_char(out, shown++ ? ',' : '{');
		cc_buf_add(out, se->labels[i].key);
		cc_buf_add_char(out, '=');
		add_quoted(out, se->labels[i].value);
	}
	if (shown)
		cc_buf_add_char(out, '}');
}

bool cc_series_at(const cc_series *se, int64_t time_ns, double *value, size_t *index)
{
	size_t lo = 0, hi = se->count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (se->times_ns[mid] <= time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return false;
	if (value)
		*value = se->values[lo - 1];
	if (index)
		*index = lo - 1;
	return true;
}
