/* metric_ranks.c - does the ranking of series lead to what broke? For each incident the place of the first series of a root cause,
 * and of the first one of anything that the truth names, and how many of the first twenty rows are of such things.
 *
 *     metric_ranks INCIDENT...
 *
 * Rows are those of the list of `metrics`. A cause that has no series of its own (a ConfigMap, a NetworkPolicy) shows in its
 * victims only. The last line is the means over the incidents, where a place beyond the hundredth counts as 100. */
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/entity.h"
#include "coldcase/onset.h"
#include "coldcase/rates.h"
#include "coldcase/regex.h"
#include "coldcase/truth.h"

enum { FIRST = 20, FAR = 100 };

/* What the truth names, by entity: it, and all that is one thing with it. */
typedef struct named { bool *cause, *any; } named;

static void mark(const cc_snapshot *s, cc_entity_id named_one, bool root, named *out)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
		if (cc_entity_covers(s, named_one, id)) {
			out->any[id] = true;
			out->cause[id] = out->cause[id] || root;
		}
}

static void mark_group(const cc_snapshot *s, const cc_truth_group *g, named *out)
{
	for (size_t f = 0; f < g->filter_count; f++) {
		cc_regex *re = NULL;
		cc_err err = { 0 };
		if (!g->literal && cc_regex_compile(&re, g->filters[f], 0, &err) != CC_OK)
			continue;
		for (cc_entity_id id = 1; id <= cc_entity_count(s); id++) {
			cc_str name = cc_entity_name(s, id);
			if (cc_str_eq(cc_entity_kind(s, id), cc_kind_canonical(g->kind))
				&& (re ? cc_regex_match(re, name) == CC_REGEX_YES : cc_str_eq(name, g->filters[f])))
				mark(s, id, g->root, out);
		}
		cc_regex_free(re);
	}
}

typedef struct places { size_t cause, any, hits, notable; } places;

/* All that came, or went, with one object is one row of the list. */
static bool is_same_row(const cc_metric_view *a, const cc_metric_view *b)
{
	return a && a->change.kind >= CC_SHIFT_NEW && a->change.kind == b->change.kind && a->object == b->object;
}

static places look(const cc_metric_set *m, const named *n)
{
	places p = { 0 };
	size_t row = 0;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		if (is_same_row(i ? cc_metrics_get(m, i - 1) : NULL, v))
			continue;
		row++;
		p.hits += n->any[v->entity] && row <= FIRST;
		p.any = p.any || !n->any[v->entity] ? p.any : row;
		p.cause = p.cause || !n->cause[v->entity] ? p.cause : row;
		p.notable += v->change.score >= CC_SHIFT_NOTABLE || v->change.score <= -CC_SHIFT_NOTABLE;
	}
	return p;
}

static bool one(const char *dir, places *p)
{
	cc_snapshot *s = NULL;
	cc_truth *truth = NULL;
	cc_metric_set *m = NULL;
	cc_err err = { 0 };
	bool ok = cc_snapshot_open(&s, dir, NULL, &err) == CC_OK && cc_truth_find(&truth, NULL, dir, CC_STR_EMPTY, &err) == CC_OK;
	cc_metric_options opt = { .pivot_ns = ok ? cc_onset_of(s).time_ns : CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	ok = ok && cc_metrics_build(&m, s, &opt, &err) == CC_OK;
	if (ok) {
		size_t n = cc_entity_count(s) + 1;
		named marks = { calloc(n, sizeof(bool)), calloc(n, sizeof(bool)) };
		ok = marks.cause && marks.any;
		for (size_t g = 0; ok && g < truth->group_count; g++)
			mark_group(s, &truth->groups[g], &marks);
		*p = ok ? look(m, &marks) : *p;
		free(marks.cause);
		free(marks.any);
	}
	if (!ok)
		fprintf(stderr, "%s: %s\n", dir, err.message);
	cc_metrics_free(m);
	cc_truth_free(truth);
	cc_snapshot_free(s);
	return ok;
}

static double place(size_t at)
{
	return at == 0 || at > FAR ? FAR : (double)at;
}

int main(int argc, char **argv)
{
	double cause = 0, any = 0, hits = 0, notable = 0;
	int n = 0;
	printf("%-40s %7s %7s %8s %8s\n", "", "cause", "named", "of first", "notable");
	for (int i = 1; i < argc; i++) {
		places p = { 0 };
		if (!one(argv[i], &p))
			return 1;
		printf("%-40.40s %7zu %7zu %8zu %8zu\n", argv[i], p.cause, p.any, p.hits, p.notable);
		cause += place(p.cause), any += place(p.any), hits += (double)p.hits, notable += (double)p.notable;
		n++;
	}
	if (n)
		printf("%-40s %7.1f %7.1f %8.1f %8.1f\n", "mean", cause / n, any / n, hits / n, notable / n);
	return 0;
}
