/* alert_labels.c - `alerts by=label`: which labels the alerts carry, and the values most of them share. */
#include "cmd/alert_rows.h"

#include <stdlib.h>

enum { VALUES_SHOWN = 8 };

/* One value of one label. Labels of one alert are sorted by key; so are these, once counted. */
typedef struct tally { cc_str key, value; uint32_t alerts, firing, of_key, values; int64_t onset_ns; } tally;
typedef CC_VEC(tally) tally_vec;

static int by_text(const void *x, const void *y)
{
	const tally *a = x, *b = y;
	int c = cc_str_cmp(a->key, b->key);
	return c ? c : cc_str_cmp(a->value, b->value);
}

/* Labels that most alerts carry first, of those the ones with fewest values: they part the alerts best. */
static int by_weight(const void *x, const void *y)
{
	const tally *a = x, *b = y;
	if (a->of_key != b->of_key)
		return a->of_key < b->of_key ? 1 : -1;
	if (a->values != b->values)
		return a->values < b->values ? -1 : 1;
	int c = cc_str_cmp(a->key, b->key);
	if (c)
		return c;
	if (a->alerts != b->alerts)
		return a->alerts < b->alerts ? 1 : -1;
	return cc_str_cmp(a->value, b->value);
}

static bool count_all(cc_call *c, const cc_index_vec *rows, tally_vec *t)
{
	int64_t at = alert_moment(c);
	for (size_t i = 0; i < rows->n; i++) {
		const cc_alert *a = cc_alerts_get(snap(c), rows->p[i]);
		for (size_t k = 0; k < a->label_count; k++) {
			tally one = { a->labels[k].key, a->labels[k].value, 1, cc_alert_state_at(snap(c), a, at) == CC_ALERT_FIRING, 0, 0, a->onset_ns };
			if (!cc_vec_push(t, one))
				return false;
		}
	}
	return true;
}

/* Equal ones become one; then each knows how many alerts and values its label has. */
static void add_up(tally_vec *t)
{
	size_t kept = 0;
	if (t->n)
		qsort(t->p, t->n, sizeof *t->p, by_text);
	for (size_t i = 0; i < t->n; i++) {
		tally *last = kept ? &t->p[kept - 1] : NULL;
		if (!last || !cc_str_eq(last->key, t->p[i].key) || !cc_str_eq(last->value, t->p[i].value)) {
			t->p[kept++] = t->p[i];
			continue;
		}
		last->alerts++;
		last->firing += t->p[i].firing;
		last->onset_ns = t->p[i].onset_ns < last->onset_ns ? t->p[i].onset_ns : last->onset_ns;
	}
	t->n = kept;
	for (size_t i = 0, end; i < t->n; i = end) {
		uint32_t alerts = 0;
		for (end = i; end < t->n && cc_str_eq(t->p[end].key, t->p[i].key); end++)
			alerts += t->p[end].alerts;
		for (size_t k = i; k < end; k++)
			t->p[k].of_key = alerts, t->p[k].values = (uint32_t)(end - i);
	}
	if (t->n)
		qsort(t->p, t->n, sizeof *t->p, by_weight);
}

static const cc_column columns[] = {
	{ "label", "Label", CC_CELL_TEXT, CC_ROLE_HEADING, 24, 0 },
	{ "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "alerts", "Alerts", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "firing", "Firing", CC_CELL_INT, CC_ROLE_WARNING, 6, 1 },
	{ "values", "Values", CC_CELL_INT, CC_ROLE_DIM, 6, 1 },
	{ "onset", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 2 },
};

/* The label's own row says how many values it has; Enter on one of them lists the alerts that carry it. */
static void label_row(cc_reply *r, const tally *t, bool heading)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->depth = heading ? 0 : 1;
	row->time_ns = heading ? CC_TIME_NONE : t->onset_ns;
	cc_reply_cell(r, cc_cell_text(t->key));
	cc_reply_cell(r, heading ? cc_cell_none() : cc_cell_text(t->value));
	cc_reply_cell(r, cc_cell_int(heading ? t->of_key : t->alerts));
	cc_reply_cell(r, heading ? cc_cell_none() : cc_cell_int(t->firing));
	cc_reply_cell(r, heading ? cc_cell_int(t->values) : cc_cell_none());
	cc_reply_cell(r, heading ? cc_cell_none() : cc_cell_time(t->onset_ns));
	if (heading)
		return;
	ev_drill_where(r, "alerts", t->key, t->value);
}

cc_code alert_label_table(cc_call *c, cc_reply *r, const cc_index_vec *rows, cc_page page, cc_err *err)
{
	tally_vec t = { 0 };
	bool ok = count_all(c, rows, &t);
	uint64_t item = 0, shown = 0;
	if (ok)
		add_up(&t);
	cc_reply_begin_table(r, "labels", NULL, columns, sizeof columns / sizeof columns[0], true);
	cc_reply_table_spans(r);
	for (size_t i = 0; ok && i < t.n; i++) {
		bool first = i == 0 || !cc_str_eq(t.p[i - 1].key, t.p[i].key);
		shown = first ? 0 : shown + 1;
		if (first && item++ >= page.offset && item - page.offset <= page.limit)
			label_row(r, &t.p[i], true);
		if (shown < VALUES_SHOWN && item++ >= page.offset && item - page.offset <= page.limit)
			label_row(r, &t.p[i], false);
	}
	cc_reply_set_paging(r, item, page.offset, page.limit);
	cc_vec_deinit(&t);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "alerts: out of memory");
}
