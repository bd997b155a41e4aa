/* measures.c - the metrics that ITBench's own evaluation prints beside its headline, as far as they need no judge: how many of the first
 * k names are causes, how near wrong names lie to a cause, how much of the chain of consequences was told, whether what
 * failed first is in it, how many alerts were explained. Names are mapped by our matcher, chain nodes too: they are derived, and stand beside the score, never in it. */
#include <math.h>
#include <string.h>

#include "score_priv.h"

static cc_prf prf(double precision, double recall)
{
	double sum = precision + recall;
	return (cc_prf){ precision, recall, sum > 0 ? 2 * precision * recall / sum : 0 };
}

/* --- the first k names --- */

static void first_names(const cc_score *s, cc_measures *m)
{
	for (size_t k = 1; k <= CC_MEASURE_K; k++) {
		uint32_t hit = 0;
		size_t n = k < s->row_count ? k : s->row_count;
		for (size_t i = 0; i < n; i++)
			hit += s->rows[i].verdict == CC_VERDICT_TP;
		m->at[k - 1] = prf(n ? (double)hit / (double)n : 0, s->truth->root_count ? (double)hit / s->truth->root_count : 0);
	}
}

/* A second claim of a cause fits the truth, but finds nothing more. */
static void all_names(const cc_score *s, cc_measures *m)
{
	size_t fit = 0;
	for (size_t i = 0; i < s->row_count; i++)
		fit += s->rows[i].verdict != CC_VERDICT_FP;
	m->all = prf(s->row_count ? (double)fit / (double)s->row_count : 0, s->truth->root_count ? (double)s->d1.tp / s->truth->root_count : 0);
}

/* --- nearness along the chain --- */

static uint32_t class_of(const cc_truth *t, cc_str id)
{
	size_t g = cc_truth_group_find(t, id);
	return g == CC_STR_NONE ? UINT32_MAX : t->groups[g].cls;
}

/* Hops of every class from one, along the propagations; UINT32_MAX = not reached. The longest is the length of the path. */
static uint32_t hops_from(const cc_truth *t, uint32_t root, uint32_t *hop)
{
	uint32_t longest = 0;
	for (size_t i = 0; i < t->class_count; i++)
		hop[i] = UINT32_MAX;
	hop[root] = 0;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < t->step_count; i++) {
			uint32_t a = class_of(t, t->steps[i].source), b = class_of(t, t->steps[i].target);
			if (a == UINT32_MAX || b == UINT32_MAX || hop[a] == UINT32_MAX || hop[b] <= hop[a] + 1)
				continue;
			hop[b] = hop[a] + 1;
			changed = true;
		}
	}
	for (size_t i = 0; i < t->class_count; i++)
		if (hop[i] != UINT32_MAX && hop[i] > longest)
			longest = hop[i];
	return longest + 1;
}

/* 1 for the cause itself, 1/(1+hop) for what lies behind it on the path, 0 off it; scaled: hops count as parts of the path. */
static double nearness(uint32_t hop, uint32_t length, bool scaled)
{
	if (hop == UINT32_MAX)
		return 0;
	return 1 / (1 + (scaled ? (double)hop / length : (double)hop));
}

double cc_score_nearness(const cc_score *s, size_t row)
{
	const cc_truth *t = s->truth;
	size_t g = s->rows[row].group;
	uint32_t *hop = cc_arena_array(s->arena, t->class_count + 1, sizeof *hop);
	double best = 0;
	for (uint32_t c = 0; hop && g != CC_STR_NONE && c < t->class_count; c++)
		if (t->classes[c].root) {
			(void)hops_from(t, c, hop);
			best = fmax(best, nearness(hop[t->groups[g].cls], 1, false));
		}
	return best;
}

static bool proximity(const cc_score *s, cc_measures *m)
{
	const cc_truth *t = s->truth;
	uint32_t *hop = cc_arena_array(s->arena, t->class_count + 1, sizeof *hop);
	double *best = cc_arena_array(s->arena, 2 * (s->row_count + 1), sizeof *best), recall[2] = { 0, 0 };
	if (!hop || !best)
		return false;
	for (uint32_t c = 0; c < t->class_count; c++) {
		double of_root[2] = { 0, 0 };
		if (!t->classes[c].root)
			continue;
		uint32_t length = hops_from(t, c, hop);
		for (size_t i = 0; i < s->row_count; i++) {
			size_t g = s->rows[i].group;
			for (int scaled = 0; scaled < 2; scaled++) {
				double v = g == CC_STR_NONE ? 0 : nearness(hop[t->groups[g].cls], length, scaled);
				best[2 * i + (size_t)scaled] = fmax(best[2 * i + (size_t)scaled], v);
				of_root[scaled] = fmax(of_root[scaled], v);
			}
		}
		recall[0] += of_root[0];
		recall[1] += of_root[1];
	}
	for (int scaled = 0; scaled < 2; scaled++) {
		double sum = 0;
		for (size_t i = 0; i < s->row_count; i++)
			sum += best[2 * i + (size_t)scaled];
		m->proximity[scaled] = prf(s->row_count ? sum / (double)s->row_count : 0, t->root_count ? recall[scaled] / t->root_count : 0);
	}
	return true;
}

/* --- the chain --- */

typedef struct chain { cc_str *nodes; size_t n; } chain;

/* Service, Pods and workload of one name are one component; everything else stands for itself. */
static cc_str component(cc_arena *arena, cc_str label)
{
	static const char *const MERGED[] = { "Service", "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet" };
	cc_str ns, kind, rest;
	if (!cc_str_cut(label, '/', &ns, &rest) || !cc_str_cut(rest, '/', &kind, &rest))
		return label;
	for (size_t i = 0; i < sizeof MERGED / sizeof MERGED[0]; i++)
		if (cc_str_eq_nocase(kind, cc_str_from(MERGED[i])))
			return cc_arena_printf(arena, "%.*s/%.*s", CC_STR_ARG(ns), CC_STR_ARG(rest));
	return label;
}

static void append(chain *c, cc_str node)
{
	if (node.n && (!c->n || !cc_str_eq(c->nodes[c->n - 1], node)))
		c->nodes[c->n++] = node;
}

/* A node of an answer: the group it names by id, else the one its name fits, else itself. */
static cc_str node_of(const cc_score *s, const matcher *m, cc_str text)
{
	match_name name;
	size_t g = cc_truth_group_find(s->truth, text);
	if (g == CC_STR_NONE && cc_match_read((matcher *)(uintptr_t)m, &name, text) && name.ok)
		g = cc_match_d1(m, &name).group;
	return component(s->arena, g == CC_STR_NONE ? text : s->truth->groups[g].label);
}

/* Longest common subsequence; chains are a few dozen nodes. */
static bool common(cc_arena *arena, const chain *a, const chain *b, size_t *out)
{
	size_t *row = cc_arena_array(arena, b->n + 1, sizeof *row);
	if (!row)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		size_t diagonal = 0;
		for (size_t k = 0; k < b->n; k++) {
			size_t above = row[k + 1];
			row[k + 1] = cc_str_eq(a->nodes[i], b->nodes[k]) ? diagonal + 1 : above > row[k] ? above : row[k];
			diagonal = above;
		}
	}
	*out = row[b->n];
	return true;
}

/* --- what was hit first --- */

static bool is_word(const cc_str text, size_t at, size_t n)
{
	const char *sep = " \t,.:;()'\"/";
	return (!at || strchr(sep, text.p[at - 1])) && (at + n == text.n || strchr(sep, text.p[at + n]));
}

/* Where a text names the thing first; CC_STR_NONE: nowhere. */
static size_t named_at(cc_str text, cc_str name)
{
	size_t from = 0, at;
	while (name.n && (at = cc_str_find_nocase(cc_str_sub(text, from, text.n), name)) != CC_STR_NONE) {
		if (is_word(text, from + at, name.n))
			return from + at;
		from += at + 1;
	}
	return CC_STR_NONE;
}

/* The thing that an effect says is failing: the one it names first, else the target of the propagation. */
static cc_str failing(const cc_score *s, const cc_truth_step *step)
{
	const cc_truth *t = s->truth;
	cc_str best = cc_truth_label(t, step->target);
	size_t first = CC_STR_NONE;
	for (size_t i = 0; i < t->group_count; i++) {
		cc_str label = t->groups[i].label;
		size_t slash = cc_str_rfind_char(label, '/');
		size_t at = named_at(step->effect, slash == CC_STR_NONE ? label : cc_str_sub(label, slash + 1, label.n));
		if (at < first) {
			first = at;
			best = label;
		}
	}
	return component(s->arena, best);
}

/* A change of state is no failure. */
static bool tells_failure(cc_str effect)
{
	static const char *const WORDS[] = { "error", "high cpu", "latency", "saturation", "fail", "threshold", "unavailable", "backoff" };
	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
		if (cc_str_find_nocase(effect, cc_str_from(WORDS[i])) != CC_STR_NONE)
			return true;
	return false;
}

/* The first thing to fail: of the first effect that tells a failure, else what follows the cause. Empty: the truth tells none. */
static cc_str first_impacted(const cc_score *s, const chain *truth)
{
	const cc_truth *t = s->truth;
	for (size_t i = 0; i < t->step_count; i++)
		if (tells_failure(t->steps[i].effect))
			return failing(s, &t->steps[i]);
	return truth->n > 1 ? truth->nodes[1] : CC_STR_EMPTY;
}

static double localized(const cc_score *s, const chain *truth, const chain *model)
{
	cc_str first = first_impacted(s, truth);
	for (size_t i = 0; i < model->n; i++)
		if (cc_str_eq(model->nodes[i], first))
			return 1;
	return first.n ? 0 : (double)NAN;
}

static bool propagation(const cc_score *s, const matcher *m, cc_measures *out)
{
	const cc_truth *t = s->truth;
	size_t said = s->answer ? s->answer->step_count : 0, lcs = 0;
	chain truth = { .nodes = cc_arena_array(s->arena, 2 * t->step_count + 1, sizeof(cc_str)) };
	chain model = { .nodes = cc_arena_array(s->arena, 2 * said + 1, sizeof(cc_str)) };
	if (!truth.nodes || !model.nodes)
		return false;
	for (size_t i = 0; i < t->step_count; i++) {
		append(&truth, component(s->arena, cc_truth_label(t, t->steps[i].source)));
		append(&truth, component(s->arena, cc_truth_label(t, t->steps[i].target)));
	}
	for (size_t i = 0; i < said; i++) {
		append(&model, node_of(s, m, s->answer->steps[i].source));
		append(&model, node_of(s, m, s->answer->steps[i].target));
	}
	out->has_chain = truth.n > 0 && model.n > 0;
	out->localized = out->has_chain ? localized(s, &truth, &model) : (double)NAN;
	if (!out->has_chain)
		return true;
	if (!common(s->arena, &truth, &model, &lcs))
		return false;
	out->chain = prf((double)lcs / (double)model.n, (double)lcs / (double)truth.n);
	return true;
}

/* --- alerts --- */

enum { ALERT_MIN = 4 }; /* shorter texts are in everything */

static bool same_alert(const cc_truth_alert *a, cc_str said)
{
	return said.n >= ALERT_MIN && ((a->id.n && (cc_str_find_nocase(said, a->id) != CC_STR_NONE || cc_str_find_nocase(a->id, said) != CC_STR_NONE)) ||
		(a->text.n && cc_str_find_nocase(a->text, said) != CC_STR_NONE));
}

static void alerts(const cc_score *s, cc_measures *m)
{
	const cc_truth *t = s->truth;
	size_t hit = 0;
	for (size_t i = 0; i < t->alert_count; i++) {
		bool found = false;
		for (size_t k = 0; s->answer && k < s->answer->alert_count && !found; k++)
			found = s->answer->alerts[k].explained && same_alert(&t->alerts[i], s->answer->alerts[k].alert);
		hit += found;
	}
	m->alerts_explained = t->alert_count ? (double)hit / (double)t->alert_count : (double)NAN;
}

bool cc_measure(cc_score *s, const matcher *m)
{
	first_names(s, &s->measures);
	all_names(s, &s->measures);
	alerts(s, &s->measures);
	return proximity(s, &s->measures) && propagation(s, m, &s->measures);
}
