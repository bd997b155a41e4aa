/* metrics_name.c - what a view is called: all labels, those that matter, or as much of it as somebody typed.
 *
 * A label tells something only where the series of one metric and object differ in it: a pod's memory needs container="cart",
 * and not the node, image and interface that all of them share. Series of one object and metric stand together in the table. */
#include <string.h>

#include "metrics_priv.h"

static bool is_sibling(const cc_series *a, const cc_series *b)
{
	return b && a->object == b->object && a->ns == b->ns && a->metric == b->metric && a->is_service == b->is_service;
}

/* A pod's total, where its containers are recorded too: it says what they say once more. */
bool cc_metrics_is_repeat(const cc_snapshot *s, size_t row)
{
	const cc_series *se = cc_series_get(s, row);
	if (se->is_service || !cc_metrics_is_total(se))
		return false;
	for (int dir = -1; dir <= 1; dir += 2)
		for (size_t i = row + (size_t)dir; is_sibling(se, cc_series_get(s, i)); i += (size_t)dir)
			if (!cc_metrics_is_total(cc_series_get(s, i)))
				return true;
	return false;
}

static cc_str label_of(const cc_series *se, cc_str key)
{
	for (size_t i = 0; i < se->label_count; i++)
		if (cc_str_eq(key, se->labels[i].key))
			return se->labels[i].value;
	return CC_STR_EMPTY;
}

static bool differs(const cc_snapshot *s, size_t row, const cc_kv *label)
{
	const cc_series *se = cc_series_get(s, row);
	for (int dir = -1; dir <= 1; dir += 2)
		for (size_t i = row + (size_t)dir; is_sibling(se, cc_series_get(s, i)); i += (size_t)dir)
			if (!cc_str_eq(label_of(cc_series_get(s, i), label->key), label->value))
				return true;
	return false;
}

static void add_label(cc_buf *out, char before, const cc_kv *label)
{
	cc_buf_addf(out, "%c%.*s=\"", before, CC_STR_ARG(label->key));
	for (size_t i = 0; i < label->value.n; i++) {
		if (label->value.p[i] == '"' || label->value.p[i] == '\\')
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, label->value.p[i]);
	}
	cc_buf_add_char(out, '"');
}

void cc_metric_short_name(const cc_snapshot *s, const cc_metric_view *v, cc_buf *out)
{
	const cc_series *se = cc_series_get(s, v->series);
	size_t shown = 0;
	if (v->kind > CC_METRIC_RATE || v->members || !se) {
		cc_buf_add(out, v->name);
		return;
	}
	cc_buf_add(out, cc_snapshot_sym(s, se->metric));
	for (size_t i = 0; i < se->label_count; i++)
		if (se->labels[i].value.n && differs(s, v->series, &se->labels[i]))
			add_label(out, shown++ ? ',' : '{', &se->labels[i]);
	if (shown)
		cc_buf_add_char(out, '}');
}

/* k="v" from the front of *rest; the value unescaped into `value`. */
static bool take_label(cc_str *rest, cc_str *key, cc_buf *value)
{
	cc_str tail;
	cc_buf_clear(value);
	if (!cc_str_cut(*rest, '=', key, &tail) || tail.n == 0 || tail.p[0] != '"')
		return false;
	for (size_t i = 1; i < tail.n; i++) {
		if (tail.p[i] == '"') {
			*rest = cc_str_trim(cc_str_sub(tail, i + 1, tail.n));
			if (rest->n && rest->p[0] == ',')
				*rest = cc_str_trim(cc_str_sub(*rest, 1, rest->n));
			*key = cc_str_trim(*key);
			return true;
		}
		i += tail.p[i] == '\\' && i + 1 < tail.n;
		cc_buf_add_char(value, tail.p[i]);
	}
	return false;
}

static bool has_labels(const cc_series *se, cc_str labels)
{
	cc_buf value = CC_BUF_INIT;
	cc_str key;
	bool ok = true;
	while (ok && labels.n)
		ok = take_label(&labels, &key, &value) && cc_str_eq(label_of(se, key), cc_buf_str(&value));
	cc_buf_deinit(&value);
	return ok;
}

bool cc_metric_is_called(const cc_snapshot *s, const cc_metric_view *v, cc_str name)
{
	cc_str rest = cc_str_sub(v->name, name.n, v->name.n);
	if (cc_str_eq(v->name, name) || (cc_str_starts(v->name, name) && (rest.p[0] == '{' || cc_str_starts(rest, CC_STR(" {")))))
		return true;
	const cc_series *se = cc_series_get(s, v->series);
	size_t brace = cc_str_find_char(name, '{');
	if (v->kind > CC_METRIC_RATE || v->members || !se || brace == CC_STR_NONE || name.p[name.n - 1] != '}')
		return false;
	return cc_str_eq(cc_str_sub(name, 0, brace), cc_snapshot_sym(s, se->metric)) &&
		has_labels(se, cc_str_trim(cc_str_sub(name, brace + 1, name.n - 1)));
}
