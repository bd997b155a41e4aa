/* resolve.c - from what a person or agent types to one entity, or to the list of those it could mean. */
#include <stdlib.h>
#include "snapshot/entity_priv.h"

enum { SHOWN_CANDIDATES = 4, HINT_NAMES = 3, LONGEST_COMPARED = 64 };

typedef struct wanted {
	cc_str ns, kind, name;   /* empty = any */
	bool any_ns;
} wanted;

/* ---- reading the text ---- */

static bool is_kind(const cc_snapshot *s, cc_str word)
{
	if (cc_kind_is_known(word))
		return true;
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
		if (cc_str_eq_nocase(cc_entity_kind(s, id), word))
			return true;
	return false;
}

static wanted read_text(const cc_snapshot *s, cc_str text)
{
	cc_str a, b, c, rest;
	wanted w = { .any_ns = true, .name = text, .ns = CC_STR_EMPTY, .kind = CC_STR_EMPTY };

	if (!cc_str_cut(text, '/', &a, &rest))
		return w;
	if (cc_str_cut(rest, '/', &b, &c)) {
		w = (wanted){ cc_str_eqz(a, "-") ? CC_STR_EMPTY : a, b, c, false };
		return w;
	}
	w.name = b;
	if (is_kind(s, a))
		w.kind = a;
	else
		w = (wanted){ a, CC_STR_EMPTY, b, false };
	return w;
}

static bool fits(const cc_snapshot *s, const wanted *w, cc_entity_id id, bool fold)
{
	cc_str name = cc_entity_name(s, id), kind = cc_entity_kind(s, id), ns = cc_entity_ns(s, id);

	if (cc_entity_get(s, id)->unborn)
		return false;
	if (fold ? !cc_str_eq_nocase(name, w->name) : !cc_str_eq(name, w->name))
		return false;
	if (w->kind.n > 0 && !cc_str_eq_nocase(kind, cc_kind_canonical(w->kind)))
		return false;
	return w->any_ns || cc_kind_is_cluster_scoped(kind) ||
		(fold ? cc_str_eq_nocase(ns, w->ns) : cc_str_eq(ns, w->ns));
}

static cc_code find_exact(const cc_snapshot *s, const wanted *w, cc_entity_vec *hits)
{
	for (int fold = 0; fold < 2 && hits->n == 0; fold++)
		for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
			if (fits(s, w, id, fold) && !cc_vec_push(hits, id))
				return CC_ENOMEM;
	return CC_OK;
}

/* A namespace may be called like a kind ("events", "gateway"): a/b that is no Kind/name may be ns/name. */
static cc_code find_hits(const cc_snapshot *s, const wanted *w, cc_entity_vec *hits)
{
	wanted other = { w->kind, CC_STR_EMPTY, w->name, false };
	cc_code code = find_exact(s, w, hits);

	if (code == CC_OK && hits->n == 0 && w->any_ns && w->kind.n > 0)
		code = find_exact(s, &other, hits);
	return code;
}

/* ---- choosing ---- */

/* Things that are named after the workload they serve. */
static bool is_attached(cc_str kind)
{
	static const char *const kinds[] = { "Endpoints", "EndpointSlice", "ServiceAccount", "Role", "RoleBinding",
		"ClusterRole", "ClusterRoleBinding", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy",
		"Ingress" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (cc_str_eqz(kind, kinds[i]))
			return true;
	return false;
}

static bool is_main(cc_str kind)
{
	return cc_kind_is_workload(kind) || cc_str_eqz(kind, "Service");
}

static void drop_attached(const cc_snapshot *s, cc_entity_vec *hits)
{
	bool has_main = false;
	size_t n = 0;

	for (size_t i = 0; i < hits->n; i++)
		has_main = has_main || is_main(cc_entity_kind(s, hits->p[i]));
	for (size_t i = 0; i < hits->n; i++)
		if (!has_main || !is_attached(cc_entity_kind(s, hits->p[i])))
			hits->p[n++] = hits->p[i];
	hits->n = n;
}

static bool in_one_group(const cc_snapshot *s, const cc_entity_vec *hits)
{
	for (size_t i = 1; i < hits->n; i++)
		if (!cc_entity_same_group(s, hits->p[0], hits->p[i]))
			return false;
	return true;
}

/* Best rank first; stable, so that equal ranks keep the order in which they were met. */
static void sort_by_rank(const cc_snapshot *s, cc_entity_vec *hits)
{
	for (size_t i = 1; i < hits->n; i++)
		for (size_t j = i; j > 0; j--) {
			cc_entity_id a = hits->p[j - 1], b = hits->p[j];

			if (cc_entity_rank(cc_entity_kind(s, a)) <= cc_entity_rank(cc_entity_kind(s, b)))
				break;
			hits->p[j - 1] = b;
			hits->p[j] = a;
		}
}

/* ---- saying no ---- */

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static char fold_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static size_t edit_distance(cc_str a, cc_str b)
{
	size_t row[LONGEST_COMPARED + 1];

	if (a.n > LONGEST_COMPARED || b.n > LONGEST_COMPARED)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j];

			row[j] = min3(
				above + 1, row[j - 1] + 1, diagonal + (fold_char(a.p[i - 1]) != fold_char(b.p[j - 1])));
			diagonal = above;
		}
	}
	return row[b.n];
}

typedef struct near { cc_str name; size_t distance; } near;

/* A part of a name is nearer than any misspelling of a whole one. */
static size_t nearness(cc_str typed, cc_str name)
{
	size_t d = edit_distance(typed, name);

	if (typed.n >= 3 && cc_str_find_nocase(name, typed) != CC_STR_NONE)
		return 1;
	return d <= 1 + typed.n / 3 ? d : SIZE_MAX;
}

static void keep_nearest(near *best, size_t *count, near n)
{
	size_t at;

	for (size_t i = 0; i < *count; i++)
		if (cc_str_eq(best[i].name, n.name))
			return;
	for (at = *count; at > 0 && best[at - 1].distance > n.distance; at--)
		;
	if (at >= HINT_NAMES)
		return;
	if (*count < HINT_NAMES)
		(*count)++;
	for (size_t i = *count - 1; i > at; i--)
		best[i] = best[i - 1];
	best[at] = n;
}

static cc_code say_unknown(const cc_snapshot *s, cc_str text, const wanted *w, cc_err *err)
{
	near best[HINT_NAMES];
	cc_buf hint = CC_BUF_INIT;
	size_t count = 0;

	for (cc_entity_id id = 1; w->name.n > 0 && id <= cc_entity_count(s); id++) {
		near n = { cc_entity_name(s, id), nearness(w->name, cc_entity_name(s, id)) };

		if (n.distance != SIZE_MAX && !cc_entity_get(s, id)->unborn)
			keep_nearest(best, &count, n);
	}
	for (size_t i = 0; i < count; i++)
		cc_buf_addf(&hint, "%s%.*s", i ? ", " : "", CC_STR_ARG(best[i].name));
	cc_err_set(err, CC_EUNKNOWN, "%.*s: no such entity in this snapshot", CC_STR_ARG(text));
	if (count > 0 && cc_buf_ok(&hint))
		cc_err_hint(err, "did you mean %.*s?", CC_STR_ARG(cc_buf_str(&hint)));
	else
		cc_err_hint(err, "write namespace/Kind/name, Kind/name or a name");
	cc_buf_deinit(&hint);
	return CC_EUNKNOWN;
}

static cc_code say_ambiguous(const cc_snapshot *s, cc_str text, const cc_entity_vec *hits, cc_err *err)
{
	cc_buf list = CC_BUF_INIT;

	for (size_t i = 0; i < hits->n && i < SHOWN_CANDIDATES; i++) {
		cc_buf_addz(&list, i ? ", " : "");
		cc_entity_format(s, hits->p[i], &list);
	}
	if (hits->n > SHOWN_CANDIDATES)
		cc_buf_addf(&list, " and %zu more", hits->n - SHOWN_CANDIDATES);
	cc_err_set(err, CC_EAMBIGUOUS, "%.*s fits %zu things: %.*s", CC_STR_ARG(text), hits->n,
		CC_STR_ARG(cc_buf_str(&list)));
	cc_err_hint(err, "write it as namespace/Kind/name");
	cc_buf_deinit(&list);
	return CC_EAMBIGUOUS;
}

static cc_code keep_candidates(const cc_entity_vec *hits, cc_entity_vec *candidates)
{
	for (size_t i = 0; candidates && i < hits->n; i++)
		if (!cc_vec_push(candidates, hits->p[i]))
			return CC_ENOMEM;
	return CC_OK;
}

cc_code cc_entity_resolve(const cc_snapshot *s, cc_str text, cc_entity_id *out, cc_entity_vec *candidates, cc_err *err)
{
	wanted w = read_text(s, cc_str_trim(text));
	cc_entity_vec hits = { 0 };
	cc_code code = find_hits(s, &w, &hits);

	*out = 0;
	if (code == CC_OK && w.kind.n == 0)
		drop_attached(s, &hits);
	sort_by_rank(s, &hits);
	if (code != CC_OK)
		cc_err_set(err, code, "out of memory");
	else if (hits.n == 0)
		code = say_unknown(s, text, &w, err);
	else if (hits.n == 1 || (w.kind.n == 0 && in_one_group(s, &hits)))
		*out = hits.p[0];
	else if (keep_candidates(&hits, candidates) != CC_OK)
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	else
		code = say_ambiguous(s, text, &hits, err);
	cc_vec_deinit(&hits);
	return code;
}
