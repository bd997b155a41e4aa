/* answer_read.c - the published shapes of an answer, all read into one. */
#include <string.h>
#include <sys/stat.h>
#include "answer_priv.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "truth_priv.h"

enum { WRAP_MAX = 3 };

static const char *const WRAPPERS[] = { "answer", "final_answer", "output", "agent_output", "agent_response", "response", "result",
	"diagnosis", "content" };
static const char *const LISTS[] = { "contributing_factors", "entities", "root_causes" };

static const cc_json *filled(const cc_json *object, const char *key)
{
	const cc_json *v = cc_json_get(object, key);
	return cc_json_typeof(v) == CC_JSON_NULL ? NULL : v;
}

/* A list counts as an answer when its items can be names. */
static bool is_answer(const cc_json *v)
{
	if (cc_json_typeof(v) == CC_JSON_ARRAY) {
		const cc_json *first = cc_json_first(v);
		return cc_json_typeof(first) == CC_JSON_STRING || filled(first, "name") || filled(first, "id");
	}
	for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++)
		if (filled(v, LISTS[i]))
			return true;
	return filled(v, "root_cause") != NULL;
}

answer_place cc_answer_locate(const cc_json *doc)
{
	answer_place p = { NULL, CC_STR_EMPTY, false };
	for (int depth = 0; depth <= WRAP_MAX; depth++) {
		const cc_json *inner = NULL;
		if (is_answer(doc)) {
			p.node = doc;
			break;
		}
		if (cc_json_typeof(doc) == CC_JSON_STRING) {
			p.text = cc_json_str(doc);
			break;
		}
		for (size_t i = 0; i < sizeof WRAPPERS / sizeof WRAPPERS[0] && !inner; i++)
			inner = filled(doc, WRAPPERS[i]);
		if (!inner)
			break;
		doc = inner;
		p.wrapped = true;
	}
	return p;
}

/* -- one entity ---------------------------------------------------------------------------------------------------------------- */

/* "Kind/name uid X": the uid goes into its own member, as names carry none. */
static cc_str cut_uid(cc_str name, cc_str *uid)
{
	size_t at = cc_str_find_nocase(name, CC_STR(" uid "));
	if (at == CC_STR_NONE)
		return name;
	*uid = cc_str_trim(cc_str_sub(name, at + 5, name.n));
	return cc_str_trim(cc_str_sub(name, 0, at));
}

static size_t slashes(cc_str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '/';
	return n;
}

/* Completes a name from kind and namespace given beside it. */
static cc_str full_name(cc_arena *arena, cc_str name, const cc_json *item)
{
	cc_str kind = cc_str_trim(cc_json_text(filled(item, "kind"))), ns = cc_str_trim(cc_json_text(filled(item, "namespace")));
	size_t parts = slashes(name) + 1;
	if (!name.n || parts >= 3)
		return name;
	if (parts == 2) {
		cc_str head, tail;
		/* "Kind/name" with its namespace beside it; a first part equal to the namespace is no kind. */
		cc_str_cut(name, '/', &head, &tail);
		if (ns.n && !cc_str_eq_nocase(head, ns))
			return cc_arena_printf(arena, "%.*s/%.*s", CC_STR_ARG(ns), CC_STR_ARG(name));
		return kind.n && ns.n ? cc_arena_printf(arena, "%.*s/%.*s/%.*s", CC_STR_ARG(ns), CC_STR_ARG(kind), CC_STR_ARG(tail)) : name;
	}
	if (!kind.n)
		return name;
	cc_str folded = cc_truth_kind_fold(arena, kind);
	if (!folded.p)
		return folded;
	if (!ns.n && cc_truth_kind_cluster_scoped(folded))
		ns = CC_STR("cluster");
	return ns.n ? cc_arena_printf(arena, "%.*s/%.*s/%.*s", CC_STR_ARG(ns), CC_STR_ARG(kind), CC_STR_ARG(name)) :
		cc_arena_printf(arena, "%.*s/%.*s", CC_STR_ARG(kind), CC_STR_ARG(name));
}

/* A text member; lists and objects as JSON, so that nothing said is lost. {NULL,0} when out of memory. */
static cc_str prose(cc_arena *arena, const cc_json *item, const char *key)
{
	const cc_json *v = filled(item, key);
	cc_json_type type = cc_json_typeof(v);
	if (type != CC_JSON_ARRAY && type != CC_JSON_OBJECT)
		return v ? cc_json_text(v) : CC_STR_EMPTY;
	cc_buf b = CC_BUF_INIT;
	cc_json_write(&b, v, false);
	cc_str out = cc_buf_ok(&b) ? cc_arena_dup(arena, cc_buf_str(&b)) : (cc_str){ NULL, 0 };
	cc_buf_deinit(&b);
	return out;
}

static bool is_false(const cc_json *v)
{
	return cc_str_eq_nocase(cc_json_text(v), CC_STR("false"));
}

static cc_code out_of_room(cc_answer *a)
{
	if (a->entity_count < CC_ANSWER_ENTITIES_MAX)
		return CC_ENOMEM;
	return CC_ELIMIT;
}

static cc_code add_item(cc_answer *a, const cc_json *item, bool flagged)
{
	static const char *const KEYS[] = { "name", "id", "entity", "root_cause" };
	const cc_json *name = cc_json_typeof(item) == CC_JSON_OBJECT || cc_json_typeof(item) == CC_JSON_NULL ? NULL : item;
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0] && !name; i++)
		name = filled(item, KEYS[i]);
	cc_answer_entity e = { .contributing = !(flagged && is_false(cc_json_get(item, "contributing_factor"))) };
	e.uid = CC_STR_EMPTY;
	e.name = full_name(a->arena, cut_uid(cc_str_trim(cc_json_text(name)), &e.uid), item);
	e.reasoning = prose(a->arena, item, filled(item, "reasoning") ? "reasoning" : "condition");
	e.evidence = prose(a->arena, item, "evidence");
	if (!e.name.p || !e.reasoning.p || !e.evidence.p)
		return CC_ENOMEM;
	return cc_answer_add(a, e) ? CC_OK : out_of_room(a);
}

static cc_code add_items(cc_answer *a, const cc_json *list, bool flagged)
{
	cc_code code = CC_OK;
	if (cc_json_typeof(list) != CC_JSON_ARRAY)
		return add_item(a, list, flagged);
	for (const cc_json *v = cc_json_first(list); v && !code; v = cc_json_next(v))
		code = add_item(a, v, flagged);
	return code;
}

/* -- the whole ---------------------------------------------------------------------------------------------------------------------- */

static cc_code read_entities(cc_answer *a, const cc_json *node)
{
	if (cc_json_typeof(node) == CC_JSON_ARRAY) {
		a->shape = "list";
		return add_items(a, node, true);
	}
	for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
		const cc_json *list = filled(node, LISTS[i]);
		if (!list)
			continue;
		a->shape = LISTS[i];
		return add_items(a, list, i == 1);
	}
	const cc_json *one = filled(node, "root_cause");
	a->shape = "root_cause";
	/* As a text, its kind and namespace stand beside it. */
	return cc_json_typeof(one) == CC_JSON_STRING ? add_item(a, node, false) : add_items(a, one, false);
}

/* More than fits is left out: these lists are shown, never counted. */
static cc_code read_extras(cc_answer *a, const cc_json *node)
{
	for (const cc_json *v = cc_json_first(cc_json_get(node, "propagations")); v; v = cc_json_next(v)) {
		cc_answer_step s = { cc_json_get_str(v, "source"), cc_json_get_str(v, "target"), cc_json_get_str(v, "condition"),
			cc_json_get_str(v, "effect") };
		if (a->step_count < CC_ANSWER_ENTITIES_MAX && !cc_answer_add_step(a, s))
			return CC_ENOMEM;
	}
	for (const cc_json *v = cc_json_first(cc_json_get(node, "alerts_explained")); v; v = cc_json_next(v)) {
		cc_answer_alert al = { cc_json_get_str(v, "alert"), cc_json_get_str(v, "explanation"),
			cc_json_bool(cc_json_get(v, "explained")) };
		if (a->alert_count < CC_ANSWER_ENTITIES_MAX && !cc_answer_add_alert(a, al))
			return CC_ENOMEM;
	}
	return CC_OK;
}

static cc_code invalid(cc_answer *a, cc_str problem)
{
	a->status = CC_ANSWER_INVALID;
	a->entity_count = a->step_count = a->alert_count = 0;
	a->problem = cc_arena_dup(a->arena, problem);
	return a->problem.p ? CC_OK : CC_ENOMEM;
}

static cc_code read_text(cc_answer *a, cc_str text)
{
	cc_json *doc;
	const cc_json *node;
	cc_err why = { 0 };
	cc_sha256_of(text, a->sha256);
	cc_code code = cc_answer_recover(&doc, &node, &a->repaired, text, &why);
	if (code)
		return code == CC_ENOMEM ? code : invalid(a, cc_str_from(why.message));
	code = read_entities(a, node);
	if (!code)
		code = read_extras(a, node);
	cc_json_free(doc);
	return code == CC_ELIMIT ? invalid(a, CC_STR("answer: more than 1000 entities")) : code;
}

cc_code cc_answer_read(cc_answer **out, cc_str text, cc_err *err)
{
	cc_answer *a = cc_answer_new();
	cc_code code = a ? read_text(a, text) : CC_ENOMEM;
	if (code) {
		cc_answer_free(a);
		a = NULL;
		cc_err_set(err, code, "answer: out of memory");
	}
	*out = a;
	return code;
}

static cc_code missing(cc_answer **out, cc_err *err)
{
	*out = cc_answer_new();
	if (!*out)
		return cc_err_set(err, CC_ENOMEM, "answer: out of memory");
	(*out)->status = CC_ANSWER_MISSING;
	return CC_OK;
}

static cc_code too_large(cc_answer **out, cc_err *err)
{
	cc_code code = missing(out, err);
	return code ? code : invalid(*out, CC_STR("answer: the file is too large"));
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

cc_code cc_answer_find(cc_buf *path, const char *dir, cc_err *err)
{
	static const char *const NAMES[] = { "agent_output.json", "outputs/agent_output.json", "agent_response.json",
		"outputs/agent_response.json", "answer.json" };
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		struct stat st;
		cc_buf_clear(path);
		cc_path_join(path, dir, NAMES[i]);
		if (!cc_buf_ok(path))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		if (stat(path->p, &st) == 0 && S_ISREG(st.st_mode))
			return CC_OK;
	}
	return cc_err_set(err, CC_ENOTFOUND, "%s: holds no answer", dir);
}

static cc_code read_file(cc_answer **out, const char *path, bool shared, cc_err *err);

static cc_code read_in_dir(cc_answer **out, const char *dir, bool shared, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = cc_answer_find(&path, dir, err);
	if (code == CC_OK)
		code = read_file(out, path.p, shared, err);
	else if (code == CC_ENOTFOUND)
		code = missing(out, err);
	cc_buf_deinit(&path);
	return code;
}

static cc_code read_file(cc_answer **out, const char *path, bool shared, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	*out = NULL;
	if (is_dir(path))
		return read_in_dir(out, path, shared, err);
	cc_code code = shared ? cc_file_read_shared(&text, path, CC_ANSWER_FILE_MAX, err) : cc_file_read(&text, path, CC_ANSWER_FILE_MAX, err);
	if (code == CC_ENOTFOUND)
		code = missing(out, err);
	else if (code == CC_ELIMIT)
		code = too_large(out, err);
	else if (!code)
		code = cc_answer_read(out, cc_buf_str(&text), err);
	cc_buf_deinit(&text);
	if (!code)
		cc_err_clear(err);
	return code;
}

cc_code cc_answer_read_file(cc_answer **out, const char *path, cc_err *err)
{
	return read_file(out, path, false, err);
}

cc_code cc_answer_read_shared(cc_answer **out, const char *path, cc_err *err)
{
	return read_file(out, path, true, err);
}
