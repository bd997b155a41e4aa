/* score.c - counting: distinct root causes found, distinct wrong claims, and the gate of full recall. */
#include <string.h>
#include "coldcase/xalloc.h"
#include "score_priv.h"

/* What was claimed so far, in one way of matching. */
typedef struct tally {
	const cc_str **claimed;   /* by class: the key of the first claim, NULL when none */
	uint32_t tp, fp, root_rows, rows;
} tally;

/* Several causes with one filter can only be told apart by being named apart: a further name takes the next one. */
static size_t spread_claim(const matcher *m, const tally *y, size_t group, const cc_str *key)
{
	const cc_truth *t = m->truth;
	const cc_str *owner = group == CC_STR_NONE ? NULL : y->claimed[t->groups[group].cls];
	if (!owner || cc_str_eq(*owner, *key) || !t->groups[group].root)
		return group;
	for (size_t i = 0; i < t->group_count; i++) {
		const cc_str *claim = y->claimed[t->groups[i].cls];
		if (t->groups[i].root && claim && cc_str_eq(*claim, *key) && cc_match_same_filter(m, group, i))
			return i; /* this name has its cause already */
	}
	for (size_t i = 0; i < t->group_count; i++)
		if (t->groups[i].root && !y->claimed[t->groups[i].cls] && cc_match_same_filter(m, group, i))
			return i;
	return group;
}

/* Counts one row. *repeat: an earlier row counted the same. */
static cc_score_verdict count_row(const cc_truth *t, tally *y, size_t group, const match_name *names, size_t row, bool *repeat)
{
	const cc_str *key = &names[row].key;
	y->rows++;
	*repeat = false;
	if (group == CC_STR_NONE) {
		for (size_t i = 0; i < row && !*repeat; i++)
			*repeat = cc_str_eq(names[i].key, *key); /* equal names are matched alike */
		y->fp += !*repeat;
		return CC_VERDICT_FP;
	}
	uint32_t cls = t->groups[group].cls;
	*repeat = y->claimed[cls] != NULL;
	if (!*repeat)
		y->claimed[cls] = key;
	if (!t->classes[cls].root) {
		y->fp += !*repeat;
		return CC_VERDICT_FP;
	}
	y->root_rows++;
	y->tp += !*repeat;
	return *repeat ? CC_VERDICT_DUP : CC_VERDICT_TP;
}

static cc_score_counts finish(const cc_truth *t, const tally *y)
{
	cc_score_counts c = { .tp = y->tp, .fp = y->fp, .fn = t->root_count - y->tp };
	c.full_recall = t->root_count && !c.fn;
	c.score = (cc_ratio){ c.full_recall ? c.tp : 0, c.tp + c.fp };
	c.per_prediction = (cc_ratio){ c.full_recall ? y->root_rows : 0, y->rows };
	c.dup_is_fp = (cc_ratio){ c.full_recall ? c.tp : 0, y->rows };
	return c;
}

static cc_score_via via_of(const match_name *n, match_result r)
{
	if (!n->ok)
		return CC_VIA_MALFORMED;
	if (r.group == CC_STR_NONE)
		return r.prefix_only ? CC_VIA_PREFIX_ONLY : CC_VIA_UNMATCHED;
	return r.kind_rank == 3 ? CC_VIA_EXACT : CC_VIA_KIND_EQUIV;
}

static int closeness(cc_score_near near)
{
	return near.name * 4 + near.ns * 2 + near.kind;
}

static void judge_row(cc_score *s, const matcher *m, tally *d1, tally *strict, const match_name *names, size_t row)
{
	const match_name *n = &names[row];
	cc_score_row *out = &s->rows[row];
	match_result r = { CC_STR_NONE, 0, false }, low = r;
	bool ignored;
	if (n->ok) {
		r = cc_match_d1(m, n);
		low = cc_match_strict(m, n);
	}
	out->via = via_of(n, r);
	out->group = spread_claim(m, d1, r.group, &n->key);
	out->verdict = count_row(s->truth, d1, out->group, names, row, &out->repeat);
	out->near = cc_match_near(m, n, out->verdict == CC_VERDICT_FP ? CC_STR_NONE : out->group);
	if (row == 0 || closeness(out->near) > closeness(s->near))
		s->near = out->near;
	count_row(s->truth, strict, spread_claim(m, strict, low.group, &n->key), names, row, &ignored);
}

static size_t count_claims(const cc_answer *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->entity_count; i++)
		n += a->entities[i].contributing;
	return n;
}

/* Names first, as a claim is compared with all before it. */
static match_name *read_names(cc_score *s, matcher *m)
{
	match_name *names = cc_arena_array(s->arena, s->row_count + 1, sizeof *names);
	size_t n = 0;
	for (size_t i = 0; names && i < s->answer->entity_count; i++) {
		const cc_answer_entity *e = &s->answer->entities[i];
		if (!e->contributing)
			continue;
		s->rows[n].entity = e->name;
		if (!cc_match_read(m, &names[n++], e->name))
			return NULL;
	}
	return names;
}

static bool judge(cc_score *s, cc_score_owner owner, void *owner_ctx)
{
	size_t classes = s->truth->class_count + 1;
	tally d1 = { .claimed = cc_arena_array(s->arena, classes, sizeof(cc_str *)) };
	tally strict = { .claimed = cc_arena_array(s->arena, classes, sizeof(cc_str *)) };
	matcher m;
	bool usable = s->status == CC_SCORE_OK;
	s->row_count = usable ? count_claims(s->answer) : 0;
	s->rows = cc_arena_array(s->arena, s->row_count + 1, sizeof *s->rows);
	if (!d1.claimed || !strict.claimed || !s->rows || !cc_match_init(&m, s->arena, s->truth, owner, owner_ctx))
		return false;
	const match_name *names = usable ? read_names(s, &m) : NULL;
	if (usable && !names)
		return false;
	for (size_t i = 0; i < s->row_count; i++)
		judge_row(s, &m, &d1, &strict, names, i);
	s->d1 = finish(s->truth, &d1);
	s->strict = finish(s->truth, &strict);
	return cc_measure(s, &m);
}

static cc_score_status status_of(const cc_truth *t, const cc_answer *a)
{
	if (t->unscorable)
		return CC_SCORE_UNSCORABLE;
	if (!a || a->status == CC_ANSWER_MISSING)
		return CC_SCORE_MISSING;
	return a->status == CC_ANSWER_OK ? CC_SCORE_OK : CC_SCORE_INVALID;
}

cc_code cc_score_new(cc_score **out, const cc_truth *truth, const cc_answer *answer, cc_score_owner owner, void *owner_ctx, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_score *s = arena ? cc_arena_alloc(arena, sizeof *s) : NULL;
	*out = NULL;
	if (s)
		*s = (cc_score){ .arena = arena, .truth = truth, .answer = answer, .status = status_of(truth, answer),
			.matcher = truth->version == 2 ? "d1-v2" : "d1", .near = { .group = CC_STR_NONE } };
	if (!s || !judge(s, owner, owner_ctx)) {
		cc_arena_free(arena);
		return cc_err_set(err, CC_ENOMEM, "score: out of memory");
	}
	s->precision = (cc_ratio){ s->d1.tp, s->d1.tp + s->d1.fp };
	s->recall = (cc_ratio){ s->d1.tp, s->d1.tp + s->d1.fn };
	s->f1 = (cc_ratio){ 2 * s->d1.tp, 2 * s->d1.tp + s->d1.fp + s->d1.fn };
	*out = s;
	return CC_OK;
}

void cc_score_free(cc_score *s)
{
	if (s)
		cc_arena_free(s->arena);
}

/* tp/(n-1) - tp/n = tp/(n(n-1)); n = 1 cannot be: the gate is open, so there is a right one beside it. */
cc_ratio cc_score_cost(const cc_score *s, size_t row)
{
	const cc_score_row *r = &s->rows[row];
	uint32_t n = s->d1.score.den;
	if (r->verdict != CC_VERDICT_FP || r->repeat || !s->d1.full_recall || n < 2)
		return (cc_ratio){ 0, 1 };
	return (cc_ratio){ s->d1.tp, n * (n - 1) };
}
