/* metric_near.c - a metric that is none: which names were meant. */
#include "cmd/metric_build.h"

static size_t edits(cc_str a, cc_str b)
{
	enum { MAX = 96 };
	size_t row[MAX + 1];
	a = cc_str_sub(a, 0, MAX);
	b = cc_str_sub(b, 0, MAX);
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b.n];
}

typedef struct near_name { cc_str name; size_t away; } near_name;

static cc_str bare_name(cc_str name)
{
	size_t brace = cc_str_find_char(name, '{');
	return cc_str_trim(cc_str_sub(name, 0, brace == CC_STR_NONE ? name.n : brace));
}

/* The nearest names; one that holds what was typed is nearer than any that is spelt alike. */
cc_code cc_cmd_metric_unknown(const cc_metric_set *m, cc_str typed, cc_err *err)
{
	enum { NEAREST = 5 };
	near_name best[NEAREST];
	size_t n = 0;
	cc_str whole = typed;
	typed = bare_name(typed);
	cc_buf list = CC_BUF_INIT;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		cc_str name = bare_name(cc_metrics_get(m, i)->name);
		if (name.n == 0)
			continue;
		near_name entry = { name, cc_str_find_nocase(name, typed) != CC_STR_NONE ? 0 : 1 + 100 * edits(typed, name) / (name.n > typed.n ? name.n : typed.n) };
		size_t at = 0, known = 0;
		while (known < n && !cc_str_eq(best[known].name, name))
			known++;
		while (at < n && best[at].away <= entry.away)
			at++;
		if (known < n || at >= NEAREST)
			continue;
		n = n < NEAREST ? n + 1 : n;
		for (size_t k = n - 1; k > at; k--)
			best[k] = best[k - 1];
		best[at] = entry;
	}
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&list, "%s%.*s", i ? ", " : "", CC_STR_ARG(best[i].name));
	cc_err_set(err, CC_EUNKNOWN, "metric: no series is called %.*s here", CC_STR_ARG(whole));
	cc_err_hint(err, n ? "nearest: %.*s" : "`metrics` lists what there is%.*s", CC_STR_ARG(cc_buf_str(&list)));
	cc_buf_deinit(&list);
	return CC_EUNKNOWN;
}
