/* match.c - the matcher d1: which authored group does a submitted name mean?
 *
 * No model, no network: a kind gate, a namespace gate and a name score, all explained by their numbers. Names that only begin like
 * a cause ("frontend-proxy-…" against "frontend-.*") are the commonest false credit, so a workload pattern with an open tail
 * needs the owner's name to fit, not just the beginning. */
#include <string.h>
#include "score_priv.h"

enum { SCORE_FULL = 100, SCORE_STEM = 90, SCORE_GLOB = 80, SCORE_CHAOS = 60, SCORE_PREFIX = 50, SCORE_ID = 30, SCORE_ANY = 1 };

typedef struct name_score {
	size_t score;
	bool prefix_only;
} name_score;

bool cc_match_init(matcher *m, cc_arena *arena, const cc_truth *t, cc_score_owner owner, void *ctx)
{
	*m = (matcher){ .arena = arena, .truth = t, .owner = owner, .owner_ctx = ctx };
	m->groups = cc_arena_array(arena, t->group_count + 1, sizeof *m->groups);
	if (!m->groups)
		return false;
	for (size_t i = 0; i < t->group_count; i++) {
		match_group *g = &m->groups[i];
		g->kind = cc_truth_kind_fold(arena, t->groups[i].kind);
		g->ns = cc_truth_lower(arena, cc_str_trim(t->groups[i].ns));
		if (!g->kind.p || !g->ns.p)
			return false;
		g->cluster = cc_truth_kind_cluster_scoped(g->kind);
		g->workload = cc_truth_kind_workload(g->kind);
		g->chaos = cc_truth_kind_chaos(g->kind) || cc_truth_kind_schedule(g->kind);
		g->id_base = cc_truth_id_base(t->groups[i].id);
		g->id_stem = cc_truth_id_stem(t->groups[i].id, g->kind);
	}
	return true;
}

/* -- owner stems ------------------------------------------------------------------------------------------------------------------ */

/* Length of the last "-part" whose part has min…max characters of the set; 0 when it has not. */
static size_t tail(cc_str s, const char *set, size_t min, size_t max)
{
	size_t n = 0;
	while (n < s.n && n <= max && s.p[s.n - 1 - n] && strchr(set, s.p[s.n - 1 - n]))
		n++;
	return n >= min && n <= max && s.n > n + 1 && s.p[s.n - 1 - n] == '-' ? n + 1 : 0;
}

static void add_stem(match_name *n, size_t cut)
{
	if (cut)
		n->stems[n->stem_count++] = cc_str_sub(n->name, 0, n->name.n - cut);
}

/* Generated suffixes use an alphabet without vowels and look-alikes, so that no word is eaten: "-proxy" is none. */
static void guess_stems(match_name *n)
{
	static const char SAFE[] = "bcdfghjklmnpqrstvwxz2456789", DIGITS[] = "0123456789";
	size_t rnd = tail(n->name, SAFE, 5, 5);
	if (rnd) {
		size_t hash = tail(cc_str_sub(n->name, 0, n->name.n - rnd), SAFE, 6, 10);
		add_stem(n, hash ? rnd + hash : 0);
	}
	add_stem(n, tail(n->name, SAFE, 8, 10));
	add_stem(n, tail(n->name, DIGITS, 1, 10));
	add_stem(n, rnd);
}

static bool find_stems(const matcher *m, match_name *n)
{
	n->stems[n->stem_count++] = n->name;
	const char *owner = m->owner ? m->owner(m->owner_ctx, n->ns, n->kind, n->name) : NULL;
	if (!owner) {
		guess_stems(n);
		return true;
	}
	/* Observed ownership outranks guessing. */
	cc_str stem = cc_truth_lower(m->arena, cc_str_from(owner));
	if (stem.n)
		n->stems[n->stem_count++] = stem;
	return stem.p != NULL;
}

/* -- reading ---------------------------------------------------------------------------------------------------------------------- */

static cc_str strip(cc_str s)
{
	for (size_t n = SIZE_MAX; n != s.n;) {
		n = s.n;
		s = cc_str_trim(s);
		if (s.n && s.p[0] == '/')
			s = cc_str_sub(s, 1, s.n);
		s = cc_str_strip_suffix(s, CC_STR("/"));
	}
	return s;
}

static size_t split(cc_str s, cc_str parts[3])
{
	size_t n = 0;
	bool more = true;
	while (more && n < 3) {
		cc_str head, rest;
		more = cc_str_cut(s, '/', &head, &rest);
		parts[n++] = cc_str_trim(head);
		s = rest;
	}
	return more ? 4 : n;
}

bool cc_match_read(matcher *m, match_name *out, cc_str submitted)
{
	cc_str parts[3], s = strip(submitted);
	memset(out, 0, sizeof *out);
	size_t n = split(s, parts);
	if (n == 2) {
		parts[2] = parts[1];
		parts[1] = parts[0];
		parts[0] = CC_STR("cluster");
	}
	bool ok = (n == 3 || n == 2) && parts[0].n && parts[1].n && parts[2].n && parts[2].n <= CC_TRUTH_NAME_MAX;
	if (ok) {
		out->kind = cc_truth_kind_fold(m->arena, parts[1]);
		out->ns = cc_truth_lower(m->arena, parts[0]);
		out->name = cc_truth_lower(m->arena, parts[2]);
		if (!out->kind.p || !out->ns.p || !out->name.p)
			return false;
		bool cluster = cc_truth_kind_cluster_scoped(out->kind);
		ok = out->kind.n && (n == 3 || cluster);
		if (cluster)
			out->ns = CC_STR("cluster");
	}
	out->ok = ok;
	if (!ok)
		out->key = cc_truth_lower(m->arena, s);
	else
		out->key = cc_arena_printf(m->arena, "%.*s/%.*s/%.*s", CC_STR_ARG(out->ns), CC_STR_ARG(out->kind), CC_STR_ARG(out->name));
	return out->key.p && (!ok || find_stems(m, out));
}

/* -- scoring a name ------------------------------------------------------------------------------------------------------------ */

/* "-v2" and the like: a version of the same workload. */
static bool is_version(cc_str s)
{
	if (s.n < 3 || s.p[0] != '-' || s.p[1] != 'v')
		return false;
	for (size_t i = 2; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool stem_is(const match_name *n, cc_str literal, bool versions)
{
	for (size_t i = 0; i < n->stem_count && literal.n; i++) {
		cc_str s = n->stems[i];
		if (cc_str_eq_nocase(s, literal))
			return true;
		if (versions && s.n > literal.n && cc_str_starts_nocase(s, literal) && is_version(cc_str_sub(s, literal.n, s.n)))
			return true;
	}
	return false;
}

static name_score score_pattern(const match_group *g, const cc_pattern *p, const match_name *n)
{
	size_t len = p->literal.n;
	if (p->text.n > CC_TRUTH_PATTERN_MAX)
		return (name_score){ 0, false };
	if (p->shape == PATTERN_INVALID)
		return (name_score){ cc_str_eq_nocase(n->name, g->id_stem) ? SCORE_ID : SCORE_ANY, false };
	bool full = cc_pattern_match(p, n->name), open_tail = p->tail_wild && g->workload;
	if (full && (!open_tail || stem_is(n, p->literal, true)))
		return (name_score){ SCORE_FULL + len, false };
	if (p->single && stem_is(n, p->literal, false))
		return (name_score){ SCORE_STEM + len, false };
	if (g->chaos && stem_is(n, g->id_base, false))
		return (name_score){ SCORE_STEM, false };
	if (p->glob_like && cc_pattern_glob(p->text, n->name))
		return (name_score){ SCORE_GLOB + len, false };
	if (g->chaos && p->head_wild && len && cc_str_find_nocase(n->name, p->literal) != CC_STR_NONE)
		return (name_score){ SCORE_CHAOS + len, false };
	return (name_score){ full ? SCORE_PREFIX + len : 0, full };
}

static name_score score_name(const matcher *m, size_t group, const match_name *n)
{
	const cc_truth_group *g = &m->truth->groups[group];
	name_score best = { 0, false };
	for (size_t i = 0; i < g->filter_count; i++) {
		name_score s = score_pattern(&m->groups[group], &g->patterns[i], n);
		if (s.score > best.score)
			best = s;
	}
	return best;
}

static bool namespace_fits(const match_group *g, const match_name *n)
{
	return !g->ns.n || cc_str_eq(g->ns, n->ns) || (g->cluster && cc_truth_kind_cluster_scoped(n->kind));
}

/* -- choosing -------------------------------------------------------------------------------------------------------------------- */

typedef struct candidate {
	size_t group;
	name_score name;
	int rank;
} candidate;

/* Groups come in file order, so an equal one does not replace. */
static void keep_better(candidate *best, candidate c)
{
	if (best->group == CC_STR_NONE || c.name.score > best->name.score || (c.name.score == best->name.score && c.rank > best->rank))
		*best = c;
}

match_result cc_match_d1(const matcher *m, const match_name *n)
{
	candidate best = { .group = CC_STR_NONE }, root = { .group = CC_STR_NONE };
	const cc_truth *t = m->truth;
	for (size_t i = 0; i < t->group_count; i++) {
		candidate c = { i, { 0, false }, cc_truth_kind_rank(n->kind, m->groups[i].kind) };
		if (!c.rank || !namespace_fits(&m->groups[i], n))
			continue;
		c.name = score_name(m, i, n);
		if (!c.name.score)
			continue;
		keep_better(&best, c);
		/* The equivalences of kinds name one thing twice; then the cause is meant. */
		if (c.name.score >= SCORE_STEM && !c.name.prefix_only && t->classes[t->groups[i].cls].root)
			keep_better(&root, c);
	}
	if (root.group != CC_STR_NONE)
		best = root;
	if (best.group != CC_STR_NONE && best.name.prefix_only)
		return (match_result){ CC_STR_NONE, 0, true };
	return (match_result){ best.group, best.rank, false };
}

/* Full match, equal kind, no root preference: a lower bound. */
match_result cc_match_strict(const matcher *m, const match_name *n)
{
	candidate best = { .group = CC_STR_NONE };
	for (size_t i = 0; i < m->truth->group_count; i++) {
		const cc_truth_group *g = &m->truth->groups[i];
		if (cc_truth_kind_rank(n->kind, m->groups[i].kind) != 3 || !namespace_fits(&m->groups[i], n))
			continue;
		for (size_t k = 0; k < g->filter_count; k++) {
			const cc_pattern *p = &g->patterns[k];
			candidate c = { i, { SCORE_FULL + p->literal.n, false }, 3 };
			if (p->shape == PATTERN_INVALID)
				c.name = score_pattern(&m->groups[i], p, n);
			else if (!cc_pattern_match(p, n->name))
				continue;
			if (c.name.score)
				keep_better(&best, c);
		}
	}
	return (match_result){ best.group, best.rank, false };
}

bool cc_match_same_filter(const matcher *m, size_t a, size_t b)
{
	const cc_truth_group *x = &m->truth->groups[a], *y = &m->truth->groups[b];
	if (!cc_str_eq(m->groups[a].kind, m->groups[b].kind) || !cc_str_eq(m->groups[a].ns, m->groups[b].ns) ||
		x->filter_count != y->filter_count || x->literal != y->literal)
		return false;
	for (size_t i = 0; i < x->filter_count; i++)
		if (!cc_str_eq(x->filters[i], y->filters[i]))
			return false;
	return true;
}

static int closeness(cc_score_near near)
{
	return near.name * 4 + near.ns * 2 + near.kind;
}

cc_score_near cc_match_near(const matcher *m, const match_name *n, size_t matched)
{
	cc_score_near best = { false, false, false, CC_STR_NONE };
	const cc_truth *t = m->truth;
	for (size_t i = 0; i < t->group_count && n->ok; i++) {
		if (!t->classes[t->groups[i].cls].root || (matched != CC_STR_NONE && matched != i))
			continue;
		name_score s = score_name(m, i, n);
		cc_score_near near = { s.score && !s.prefix_only, cc_truth_kind_rank(n->kind, m->groups[i].kind) == 3,
			namespace_fits(&m->groups[i], n), i };
		if (best.group == CC_STR_NONE || closeness(near) > closeness(best))
			best = near;
	}
	return best;
}
