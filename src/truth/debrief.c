/* debrief.c - reads what a forged incident keeps beside its ground truth.
 *
 * Everything in it is optional: a debrief written by another version explains less, it never stops a verdict. */
#include "coldcase/debrief.h"

#include <string.h>
#include "coldcase/file.h"
#include "coldcase/yaml.h"
#include "score_priv.h"

enum { ENTRIES_MAX = 1000, BYTES_MAX = 4 << 20 };

static cc_str member(cc_arena *a, const cc_json *object, const char *key)
{
	cc_str s = cc_json_text(cc_json_get(object, key));
	return s.n ? cc_arena_dup(a, s) : CC_STR_EMPTY;
}

static cc_debrief_proof proof(cc_arena *a, const cc_json *v)
{
	return (cc_debrief_proof){ member(a, v, "command"), member(a, v, "pattern"), member(a, v, "says") };
}

/* Room for the items of `list`, which may be absent. */
static cc_code room(cc_arena *a, const cc_json *list, size_t size, void **out, size_t *count, const char *name, cc_err *err)
{
	*count = list ? cc_json_count(list) : 0;
	if (*count > ENTRIES_MAX)
		return cc_err_set(err, CC_ELIMIT, "%s: a list of more than %d entries", name, (int)ENTRIES_MAX);
	*out = cc_arena_array(a, *count + 1, size);
	return *out ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code texts(cc_arena *a, const cc_json *list, cc_str **out, size_t *count, const char *name, cc_err *err)
{
	cc_code code = room(a, list, sizeof **out, (void **)out, count, name, err);
	const cc_json *v = code == CC_OK && *count ? cc_json_first(list) : NULL;
	for (size_t i = 0; v; v = cc_json_next(v)) {
		cc_str s = cc_json_text(v);
		(*out)[i++] = s.n ? cc_arena_dup(a, s) : CC_STR_EMPTY;
	}
	return code;
}

static void read_name(cc_arena *a, const cc_json *v, cc_debrief_name *out)
{
	*out = (cc_debrief_name){ member(a, v, "entity"), member(a, v, "tempting"), member(a, v, "innocent"), proof(a, v),
		cc_json_bool(cc_json_get(v, "foremost")) };
}

/* A debrief of before they were marked has them in the same order. */
static void mark_foremost(cc_debrief *d)
{
	enum { FIRST = 3 };
	size_t marked = 0;
	for (size_t i = 0; i < d->name_count; i++)
		marked += d->names[i].foremost;
	for (size_t i = 0; !marked && i < d->name_count && i < FIRST; i++)
		d->names[i].foremost = d->names[i].tempting.n > 0;
}

static cc_code names(cc_debrief *d, const cc_json *doc, const char *name, cc_err *err)
{
	static const char *const LISTS[] = { "decoys", "innocent" };
	size_t count[2] = { 0, 0 };
	for (int i = 0; i < 2; i++) {
		const cc_json *list = cc_json_get(doc, LISTS[i]);
		count[i] = list ? cc_json_count(list) : 0;
		if (count[i] > ENTRIES_MAX)
			return cc_err_set(err, CC_ELIMIT, "%s: %s has more than %d entries", name, LISTS[i], (int)ENTRIES_MAX);
	}
	d->names = cc_arena_array(d->arena, count[0] + count[1] + 1, sizeof *d->names);
	if (!d->names)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (int i = 0; i < 2; i++)
		for (const cc_json *v = count[i] ? cc_json_first(cc_json_get(doc, LISTS[i])) : NULL; v; v = cc_json_next(v))
			read_name(d->arena, v, &d->names[d->name_count++]);
	mark_foremost(d);
	return CC_OK;
}

static cc_code build(cc_debrief *d, const cc_json *doc, const char *name, cc_err *err)
{
	if (cc_json_typeof(doc) != CC_JSON_OBJECT)
		return cc_err_set(err, CC_EFORMAT, "%s: not a debrief", name);
	const cc_json *list = cc_json_get(doc, "decisive");
	cc_code code = room(d->arena, list, sizeof *d->decisive, (void **)&d->decisive, &d->decisive_count, name, err);
	const cc_json *v = code == CC_OK && d->decisive_count ? cc_json_first(list) : NULL;
	for (size_t i = 0; v; v = cc_json_next(v))
		d->decisive[i++] = proof(d->arena, v);
	if (code == CC_OK)
		code = names(d, doc, name, err);
	if (code == CC_OK)
		code = texts(d->arena, cc_json_get(doc, "hints"), &d->hints, &d->hint_count, name, err);
	if (code == CC_OK)
		code = texts(d->arena, cc_json_get(doc, "par"), &d->par, &d->par_count, name, err);
	d->difficulty = member(d->arena, doc, "difficulty");
	return code;
}

cc_code cc_debrief_load(cc_debrief **out, cc_str text, const char *name, cc_err *err)
{
	cc_json *doc = NULL;
	cc_arena *arena = cc_arena_new();
	cc_debrief *d = arena ? cc_arena_alloc(arena, sizeof *d) : NULL;
	cc_code code = d ? cc_yaml_parse(&doc, text, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK) {
		d->arena = arena;
		code = build(d, doc, name, err);
	}
	cc_json_free(doc);
	if (code != CC_OK) {
		cc_arena_free(arena);
		return code;
	}
	*out = d;
	return CC_OK;
}

cc_code cc_debrief_beside(cc_debrief **out, const char *truth_path, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	size_t slash = cc_str_rfind_char(cc_str_from(truth_path), '/');
	cc_buf_add(&path, cc_str_sub(cc_str_from(truth_path), 0, slash == CC_STR_NONE ? 0 : slash + 1));
	cc_buf_addz(&path, CC_DEBRIEF_FILE);
	cc_code code = cc_buf_ok(&path) ? cc_file_read(&text, path.p, BYTES_MAX, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_debrief_load(out, cc_buf_str(&text), path.p, err);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

void cc_debrief_free(cc_debrief *d)
{
	if (d)
		cc_arena_free(d->arena);
}

/* 2: the very object; 1: a pod or ReplicaSet of it; 0: something else. */
static int likeness(const match_name *asked, const match_name *known)
{
	if (!known->ok || !cc_str_eq(asked->ns, known->ns))
		return 0;
	if (cc_str_eq(asked->kind, known->kind) && cc_str_eq(asked->name, known->name))
		return 2;
	bool workloads = cc_truth_kind_workload(asked->kind) && cc_truth_kind_workload(known->kind);
	for (size_t i = 0; workloads && i < asked->stem_count; i++)
		if (cc_str_eq(asked->stems[i], known->name))
			return 1;
	return 0;
}

const cc_debrief_name *cc_debrief_find(const cc_debrief *d, cc_str entity)
{
	const cc_debrief_name *best = NULL;
	int best_likeness = 0;
	matcher m = { .arena = cc_arena_new() };
	match_name asked, known;
	bool ok = m.arena && cc_match_read(&m, &asked, entity) && asked.ok;
	for (size_t i = 0; ok && i < d->name_count; i++) {
		if (!d->names[i].innocent.n || !cc_match_read(&m, &known, d->names[i].entity))
			continue;
		int like = likeness(&asked, &known);
		if (like <= best_likeness)
			continue;
		best = &d->names[i];
		best_likeness = like;
	}
	cc_arena_free(m.arena);
	return best;
}

bool cc_debrief_again(const cc_debrief *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (cc_str_eq(d->names[k].entity, d->names[i].entity))
			return true;
	return false;
}

cc_score_alibi cc_score_alibi_of(const cc_score *s, size_t row)
{
	if (s->rows[row].verdict != CC_VERDICT_FP)
		return (cc_score_alibi){ CC_STR_EMPTY, CC_STR_EMPTY, false };
	const cc_debrief_name *n = s->debrief ? cc_debrief_find(s->debrief, s->rows[row].entity) : NULL;
	if (n)
		return (cc_score_alibi){ n->innocent, n->alibi.command, false };
	return s->alibis ? s->alibis[row] : (cc_score_alibi){ CC_STR_EMPTY, CC_STR_EMPTY, false };
}
