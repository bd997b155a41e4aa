/* truth_build.c - a loosely typed document becomes the model. What is odd is accepted with a warning; what cannot be scored loads
 * and says why, so that the verdict can be "unscorable" instead of a wrong number. */
#include <string.h>
#include "truth_priv.h"

cc_str cc_truth_copy(truth_builder *b, cc_str s)
{
	if (!s.n)
		return CC_STR_EMPTY;
	cc_str out = cc_arena_dup(b->t->arena, s);
	b->oom |= !out.p;
	return out.p ? out : CC_STR_EMPTY;
}

cc_str cc_truth_member(truth_builder *b, const cc_json *object, const char *key)
{
	const cc_json *v = cc_json_get(object, key);
	return cc_json_typeof(v) == CC_JSON_NULL ? CC_STR_EMPTY : cc_truth_copy(b, cc_json_text(v));
}

static bool warn_room(truth_builder *b)
{
	cc_truth *t = b->t;
	if (t->warning_count < b->warning_cap)
		return true;
	size_t cap = b->warning_cap ? b->warning_cap * 2 : 8;
	cc_truth_warning *more = cc_arena_array(t->arena, cap, sizeof *more);
	if (!more)
		return false;
	if (t->warning_count)
		memcpy(more, t->warnings, t->warning_count * sizeof *more);
	t->warnings = more;
	b->warning_cap = cap;
	return true;
}

/* The same oddity is told once, however often it occurs. */
void cc_truth_warn(truth_builder *b, const char *code, cc_str operand, const char *text)
{
	cc_truth *t = b->t;
	if (t->warning_count >= CC_TRUTH_ITEMS_MAX)
		return;
	cc_truth_warning w = { .code = cc_arena_printf(t->arena, "%s:%.*s", code, CC_STR_ARG(operand)) };
	for (size_t i = 0; i < t->warning_count && w.code.p; i++)
		if (cc_str_eq(t->warnings[i].code, w.code))
			return;
	w.text = cc_arena_printf(t->arena, "%.*s: %s", CC_STR_ARG(operand), text);
	if (w.code.p && w.text.p && warn_room(b))
		t->warnings[t->warning_count++] = w;
	else
		b->oom = true;
}

void *cc_truth_items(truth_builder *b, const cc_json *list, size_t size, const char *what, cc_code *code, cc_err *err)
{
	size_t n = cc_json_typeof(list) == CC_JSON_ARRAY ? cc_json_count(list) : 0;
	*code = CC_OK;
	if (n > CC_TRUTH_ITEMS_MAX) {
		*code = cc_err_set(err, CC_ELIMIT, "%.*s: more than %d %s", CC_STR_ARG(b->t->name), CC_TRUTH_ITEMS_MAX, what);
		return NULL;
	}
	void *p = cc_arena_array(b->t->arena, n ? n : 1, size);
	if (!p)
		*code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return p;
}

/* The first member that is there, of two spellings. */
static const cc_json *either(const cc_json *object, const char *a, const char *b)
{
	const cc_json *v = cc_json_get(object, a);
	return v ? v : cc_json_get(object, b);
}

static cc_code read_faults(truth_builder *b, const cc_json *list, cc_err *err)
{
	cc_code code;
	cc_truth_fault *f = cc_truth_items(b, list, sizeof *f, "faults", &code, err);
	if (code)
		return code;
	b->t->faults = f;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		const cc_json *entity = cc_json_get(v, "entity"), *changed = cc_json_get(entity, "changed");
		if (cc_json_typeof(v) != CC_JSON_OBJECT)
			continue;
		if (!changed)
			changed = cc_json_get(v, "changed");
		f[b->t->fault_count++] = (cc_truth_fault){
			.entity = cc_truth_member(b, entity, "name"), .kind = cc_truth_member(b, entity, "kind"),
			.group = cc_truth_member(b, entity, "group_id"), .condition = cc_truth_member(b, v, "condition"),
			.category = cc_truth_member(b, v, "category"), .mechanism = cc_truth_member(b, v, "fault_mechanism"),
			.changed = cc_truth_member(b, changed, "element"), .from = cc_truth_member(b, changed, "from"),
			.to = cc_truth_member(b, changed, "to"),
		};
	}
	return CC_OK;
}

/* v1: {id, group_id, metadata.description | text}; v2: {name, labels}. */
static cc_code read_alerts(truth_builder *b, const cc_json *list, cc_err *err)
{
	cc_code code;
	cc_truth_alert *a = cc_truth_items(b, list, sizeof *a, "alerts", &code, err);
	if (code)
		return code;
	b->t->alerts = a;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		if (cc_json_typeof(v) != CC_JSON_OBJECT)
			continue;
		cc_truth_alert one = {
			cc_truth_member(b, v, cc_json_get(v, "id") ? "id" : "name"), cc_truth_member(b, v, "group_id"),
			cc_truth_copy(b, cc_json_text(cc_json_at(v, "metadata.description"))),
		};
		if (!one.text.n)
			one.text = cc_truth_member(b, v, "text");
		if (one.group.n && cc_truth_group_find(b->t, one.group) == CC_STR_NONE)
			cc_truth_warn(b, "dangling_alert", one.group, "an alert names this group, which does not exist");
		a[b->t->alert_count++] = one;
	}
	return CC_OK;
}

static cc_code read_steps(truth_builder *b, const cc_json *list, cc_err *err)
{
	cc_code code;
	cc_truth_step *s = cc_truth_items(b, list, sizeof *s, "propagations", &code, err);
	if (code)
		return code;
	b->t->steps = s;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		cc_truth_step one = {
			cc_truth_member(b, v, "source"), cc_truth_member(b, v, "target"), cc_truth_member(b, v, "condition"),
			cc_truth_member(b, v, "effect"), CC_TRUTH_NO_HOP,
		};
		if (cc_json_typeof(v) != CC_JSON_OBJECT)
			continue;
		for (int end = 0; end < 2; end++)
			if (cc_truth_group_find(b->t, end ? one.target : one.source) == CC_STR_NONE)
				cc_truth_warn(b, "dangling_propagation", end ? one.target : one.source,
					"a propagation names this group, which does not exist");
		s[b->t->step_count++] = one;
	}
	return cc_truth_order_steps(b, err);
}

static size_t count_actions(const cc_json *list)
{
	size_t n = 0;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v))
		n += cc_json_count(cc_json_at(v, "solution.actions")) + cc_json_count(cc_json_get(v, "actions"));
	return n;
}

static cc_code read_actions(truth_builder *b, const cc_json *list, cc_err *err)
{
	size_t n = count_actions(list);
	if (n > CC_TRUTH_ITEMS_MAX)
		return cc_err_set(err, CC_ELIMIT, "%.*s: more than %d actions", CC_STR_ARG(b->t->name), CC_TRUTH_ITEMS_MAX);
	cc_truth_action *a = cc_arena_array(b->t->arena, n + 1, sizeof *a);
	if (!a)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	b->t->actions = a;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		const cc_json *solution = cc_json_get(v, "solution") ? cc_json_get(v, "solution") : v;
		cc_str id = cc_truth_member(b, solution, "id");
		for (const cc_json *s = cc_json_first(cc_json_get(solution, "actions")); s; s = cc_json_next(s))
			if (b->t->action_count < n)
				a[b->t->action_count++] = (cc_truth_action){ id, cc_truth_copy(b, cc_json_text(s)) };
	}
	return CC_OK;
}

/* v2: solutions[alternative][i].steps[{text, command}]. */
static cc_code read_solutions(truth_builder *b, const cc_json *list, cc_err *err)
{
	size_t alternative = 0;
	cc_truth_action *a = cc_arena_array(b->t->arena, CC_TRUTH_ITEMS_MAX, sizeof *a);
	if (!a)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	b->t->actions = a;
	for (const cc_json *alt = cc_json_first(list); alt; alt = cc_json_next(alt)) {
		cc_str id = cc_arena_printf(b->t->arena, "solution %zu", ++alternative);
		b->oom |= !id.p;
		for (const cc_json *part = cc_json_first(alt); part; part = cc_json_next(part))
			for (const cc_json *s = cc_json_first(cc_json_get(part, "steps")); s; s = cc_json_next(s))
				if (b->t->action_count < CC_TRUTH_ITEMS_MAX)
					a[b->t->action_count++] = (cc_truth_action){ id, cc_truth_member(b, s, "text") };
	}
	return CC_OK;
}

/* Roots are read from root_cause only; a fault that disagrees is worth a warning. */
static void check_faults(truth_builder *b)
{
	for (size_t i = 0; i < b->t->fault_count; i++) {
		cc_str id = b->t->faults[i].group;
		size_t g = cc_truth_group_find(b->t, id);
		if (id.n && g == CC_STR_NONE)
			cc_truth_warn(b, "dangling_fault", id, "the fault names this group, which does not exist");
		else if (id.n && !b->t->classes[b->t->groups[g].cls].root)
			cc_truth_warn(b, "fault_not_root", id, "the fault names this group, which is not a root cause");
	}
}

static bool is_ground_truth(const cc_json *doc, const cc_json *spec)
{
	static const char *const KEYS[] = { "groups", "entities", "fault", "alerts", "aliases", "propagations", "solutions" };
	if (cc_json_typeof(doc) != CC_JSON_OBJECT)
		return false;
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
		if (cc_json_get(spec, KEYS[i]))
			return true;
	return cc_str_eqz(cc_json_get_str(doc, "kind"), "GroundTruth");
}

static cc_code build_v1(truth_builder *b, const cc_json *spec, cc_err *err)
{
	cc_code code = cc_truth_read_groups(b, cc_json_get(spec, "groups"), err);
	if (!code)
		code = cc_truth_join(b, cc_json_get(spec, "aliases"), err);
	if (!code)
		code = read_faults(b, cc_json_get(spec, "fault"), err);
	if (!code)
		code = read_alerts(b, cc_json_get(spec, "alerts"), err);
	if (!code)
		code = read_steps(b, cc_json_get(spec, "propagations"), err);
	if (!code)
		code = read_actions(b, either(spec, "recommended_actions", "recommendedActions"), err);
	if (!code)
		check_faults(b);
	if (!b->t->group_count)
		b->t->unscorable = "it has no groups";
	else if (!b->t->root_count)
		b->t->unscorable = "no group is marked as root cause";
	return code;
}

static cc_code build_v2(truth_builder *b, const cc_json *spec, cc_err *err)
{
	cc_code code = cc_truth_read_entities(b, cc_json_get(spec, "entities"), err);
	if (!code)
		code = cc_truth_join(b, NULL, err);
	if (!code)
		code = read_alerts(b, cc_json_get(spec, "alerts"), err);
	if (!code)
		code = read_solutions(b, cc_json_get(spec, "solutions"), err);
	if (!b->t->root_count)
		b->t->unscorable = "it names no entities";
	return code;
}

cc_code cc_truth_build(truth_builder *b, const cc_json *doc, cc_err *err)
{
	const cc_json *inner = cc_json_get(doc, "spec"), *spec = cc_json_typeof(inner) == CC_JSON_OBJECT ? inner : doc;
	if (!is_ground_truth(doc, spec))
		return cc_err_set(err, CC_EFORMAT, "%.*s: not a ground truth: neither groups nor entities", CC_STR_ARG(b->t->name));
	bool v2 = cc_str_ends(cc_json_get_str(doc, "apiVersion"), CC_STR("/v2")) ||
		(cc_json_get(spec, "entities") && !cc_json_get(spec, "groups"));
	b->t->version = v2 ? 2 : 1;
	if (!b->t->scenario.n)
		b->t->scenario = cc_truth_copy(b, cc_json_text(cc_json_at(doc, "metadata.name")));
	cc_code code = v2 ? build_v2(b, spec, err) : build_v1(b, spec, err);
	if (!code && b->oom)
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}
