/* atif_check.c - the strict check of ATIF documents. Shapes are tables: a member, what it may be, whether it must be there, the version
 * that brought it. Rules between members stand below in code. Where the revision that brought a member is not known it is
 * taken from the first on. */
#include <stdio.h>
#include <string.h>

#include "coldcase/export.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/utf8.h"

enum { LAST_MINOR = 8 };

typedef enum shape {
	TEXT, COUNT /* integer >= 0 */, NUMBER, BOOL, OBJECT, ARRAY, CONTENT /* text or parts */, CONTENT_OR_NULL, TEXT_OR_NUMBER, INTEGERS,
	NUMBERS
} shape;

typedef struct member {
	const char *name;
	shape shape;
	bool required, agent_only;
	int since;               /* minor version */
} member;

static const member TRAJECTORY[] = {
	{ "schema_version", TEXT, true, false, 0 }, { "session_id", TEXT, false, false, 0 }, { "trajectory_id", TEXT, false, false, 7 },
	{ "agent", OBJECT, true, false, 0 }, { "steps", ARRAY, true, false, 0 }, { "notes", TEXT, false, false, 0 },
	{ "final_metrics", OBJECT, false, false, 0 }, { "continued_trajectory_ref", TEXT, false, false, 0 },
	{ "extra", OBJECT, false, false, 1 }, { "subagent_trajectories", ARRAY, false, false, 7 }, { NULL, TEXT, false, false, 0 } };

static const member AGENT[] = { { "name", TEXT, true, false, 0 }, { "version", TEXT, true, false, 0 },
	{ "model_name", TEXT, false, false, 0 }, { "tool_definitions", ARRAY, false, false, 5 }, { "extra", OBJECT, false, false, 0 },
	{ NULL, TEXT, false, false, 0 } };

static const member STEP[] = { { "step_id", COUNT, true, false, 0 }, { "timestamp", TEXT, false, false, 0 },
	{ "source", TEXT, true, false, 0 }, { "message", CONTENT, true, false, 0 }, { "model_name", TEXT, false, true, 0 },
	{ "reasoning_effort", TEXT_OR_NUMBER, false, true, 0 }, { "reasoning_content", TEXT, false, true, 0 },
	{ "tool_calls", ARRAY, false, true, 0 }, { "observation", OBJECT, false, false, 0 }, { "metrics", OBJECT, false, true, 0 },
	{ "is_copied_context", BOOL, false, false, 5 }, { "llm_call_count", COUNT, false, false, 7 }, { "extra", OBJECT, false, false, 0 },
	{ NULL, TEXT, false, false, 0 } };

static const member TOOL_CALL[] = { { "tool_call_id", TEXT, true, false, 0 }, { "function_name", TEXT, true, false, 0 },
	{ "arguments", OBJECT, true, false, 0 }, { "extra", OBJECT, false, false, 7 }, { NULL, TEXT, false, false, 0 } };

static const member OBSERVATION[] = { { "results", ARRAY, true, false, 0 }, { NULL, TEXT, false, false, 0 } };

static const member RESULT[] = { { "source_call_id", TEXT, false, false, 0 }, { "content", CONTENT_OR_NULL, false, false, 0 },
	{ "subagent_trajectory_ref", ARRAY, false, false, 0 }, { "extra", OBJECT, false, false, 7 }, { NULL, TEXT, false, false, 0 } };

static const member REF[] = { { "trajectory_id", TEXT, false, false, 7 }, { "trajectory_path", TEXT, false, false, 0 },
	{ "session_id", TEXT, false, false, 0 }, { "extra", OBJECT, false, false, 0 }, { NULL, TEXT, false, false, 0 } };

static const member METRICS[] = { { "prompt_tokens", COUNT, false, false, 0 }, { "completion_tokens", COUNT, false, false, 0 },
	{ "cached_tokens", COUNT, false, false, 0 }, { "cost_usd", NUMBER, false, false, 0 },
	{ "prompt_token_ids", INTEGERS, false, false, 4 }, { "completion_token_ids", INTEGERS, false, false, 3 },
	{ "logprobs", NUMBERS, false, false, 0 }, { "extra", OBJECT, false, false, 0 }, { NULL, TEXT, false, false, 0 } };

static const member FINAL[] = { { "total_prompt_tokens", COUNT, false, false, 0 }, { "total_completion_tokens", COUNT, false, false, 0 },
	{ "total_cached_tokens", COUNT, false, false, 0 }, { "total_cost_usd", NUMBER, false, false, 0 },
	{ "total_steps", COUNT, false, false, 0 }, { "extra", OBJECT, false, false, 0 }, { NULL, TEXT, false, false, 0 } };

static const member TEXT_PART[] = { { "type", TEXT, true, false, 0 }, { "text", TEXT, true, false, 0 }, { NULL, TEXT, false, false, 0 } };
static const member MEDIA_PART[] = { { "type", TEXT, true, false, 6 }, { "source", OBJECT, true, false, 6 },
	{ NULL, TEXT, false, false, 0 } };
static const member SOURCE[] = { { "media_type", TEXT, true, false, 6 }, { "path", TEXT, true, false, 6 }, { NULL, TEXT, false, false, 0 } };

typedef struct place { const struct place *in; const char *name; size_t index; bool item; } place;

typedef struct checking {
	cc_buf *out;
	size_t problems;
	int minor;
	const cc_json *embedded;     /* subagent_trajectories of the root */
} checking;

static void put_place(cc_buf *out, const place *p)
{
	if (!p)
		return;
	put_place(out, p->in);
	if (p->item)
		cc_buf_addf(out, "[%zu]", p->index);
	else
		cc_buf_addf(out, "%s%s", p->in ? "." : "", p->name);
}

static void say(checking *c, const place *p, const char *what)
{
	put_place(c->out, p);
	cc_buf_addf(c->out, "%s%s\n", p ? ": " : "", what);
	c->problems++;
}

static void say_member(checking *c, const place *p, cc_str name, const char *what)
{
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, name, CC_CLEAN_LINE);
	place at = { p, b.p ? b.p : "", 0, false };
	say(c, &at, what);
	cc_buf_deinit(&b);
}

/* --- shapes --- */

static bool is_integer(const cc_json *v)
{
	int64_t i;
	return cc_json_typeof(v) == CC_JSON_NUMBER && cc_json_int(v, &i);
}

static bool is_list_of(const cc_json *v, bool integers)
{
	if (cc_json_typeof(v) != CC_JSON_ARRAY)
		return false;
	for (const cc_json *e = cc_json_first(v); e; e = cc_json_next(e))
		if (integers ? !is_integer(e) : cc_json_typeof(e) != CC_JSON_NUMBER)
			return false;
	return true;
}

static bool fits(const cc_json *v, shape s)
{
	int64_t i;
	cc_json_type t = cc_json_typeof(v);
	switch (s) {
	case TEXT: return t == CC_JSON_STRING;
	case COUNT: return is_integer(v) && cc_json_int(v, &i) && i >= 0;
	case NUMBER: return t == CC_JSON_NUMBER;
	case BOOL: return t == CC_JSON_BOOL;
	case OBJECT: return t == CC_JSON_OBJECT;
	case ARRAY: return t == CC_JSON_ARRAY;
	case CONTENT: return t == CC_JSON_STRING || t == CC_JSON_ARRAY;
	case CONTENT_OR_NULL: return t == CC_JSON_STRING || t == CC_JSON_ARRAY || t == CC_JSON_NULL;
	case TEXT_OR_NUMBER: return t == CC_JSON_STRING || t == CC_JSON_NUMBER;
	case INTEGERS: return is_list_of(v, true);
	case NUMBERS: return is_list_of(v, false);
	}
	return false;
}

static const char *shape_text(shape s)
{
	static const char *const TEXTS[] = { "must be a text", "must be an integer of at least 0", "must be a number", "must be true or false",
		"must be an object", "must be an array", "must be a text or an array of parts", "must be a text, an array of parts or null",
		"must be a text or a number", "must be an array of integers", "must be an array of numbers" };
	return TEXTS[s];
}

static const member *find_member(const member *table, cc_str name)
{
	for (; table->name; table++)
		if (cc_str_eqz(name, table->name))
			return table;
	return NULL;
}

static void check_member(checking *c, const place *p, const cc_json *v, const member *m, bool agent)
{
	char text[64];
	cc_json_type t = cc_json_typeof(v);
	if (t == CC_JSON_NULL && !m->required && m->shape != CONTENT_OR_NULL)
		return; /* a member that is null is one that is not set */
	if (m->since > c->minor) {
		snprintf(text, sizeof text, "is not known before ATIF-v1.%d", m->since);
		say_member(c, p, cc_json_key(v), text);
	}
	if (m->agent_only && !agent)
		say_member(c, p, cc_json_key(v), "only steps of source agent have it");
	if (!fits(v, m->shape))
		say_member(c, p, cc_json_key(v), shape_text(m->shape));
	else if (t == CC_JSON_STRING && !cc_utf8_valid(cc_json_str(v)))
		say_member(c, p, cc_json_key(v), "must be valid UTF-8");
}

/* Members of an object against its table; false when it is no object. */
static bool check_object(checking *c, const place *p, const cc_json *v, const member *table, bool agent)
{
	if (cc_json_typeof(v) != CC_JSON_OBJECT) {
		say(c, p, "must be an object");
		return false;
	}
	for (const cc_json *e = cc_json_first(v); e; e = cc_json_next(e)) {
		const member *m = find_member(table, cc_json_key(e));
		if (m)
			check_member(c, p, e, m, agent);
		else
			say_member(c, p, cc_json_key(e), "is no member of it: own data goes into extra");
	}
	for (const member *m = table; m->name; m++)
		if (m->required && !cc_json_get(v, m->name))
			say_member(c, p, cc_str_from(m->name), "is missing");
	return true;
}

/* --- parts --- */

static bool is_one_of(cc_str s, const char *const *list)
{
	for (; *list; list++)
		if (cc_str_eqz(s, *list))
			return true;
	return false;
}

static void check_media(checking *c, const place *p, const cc_json *part, bool audio)
{
	static const char *const IMAGES[] = { "image/jpeg", "image/png", "image/gif", "image/webp", NULL };
	const cc_json *source = cc_json_get(part, "source");
	place at = { p, "source", 0, false };
	if (audio && c->minor < 8)
		say(c, p, "audio is not known before ATIF-v1.8");
	if (!check_object(c, p, part, MEDIA_PART, false) || cc_json_typeof(source) != CC_JSON_OBJECT)
		return;
	if (check_object(c, &at, source, SOURCE, false) && !audio && !is_one_of(cc_json_get_str(source, "media_type"), IMAGES))
		say_member(c, &at, CC_STR("media_type"), "must be image/jpeg, image/png, image/gif or image/webp");
}

static void check_content(checking *c, const place *p, const char *name, const cc_json *v)
{
	size_t i = 0;
	place list = { p, name, 0, false };
	if (cc_json_typeof(v) != CC_JSON_ARRAY)
		return;
	for (const cc_json *e = cc_json_first(v); e; e = cc_json_next(e)) {
		place at = { &list, NULL, i++, true };
		cc_str type = cc_json_get_str(e, "type");
		if (cc_str_eqz(type, "image") || cc_str_eqz(type, "audio"))
			check_media(c, &at, e, type.p[0] == 'a');
		else if (cc_str_eqz(type, "text"))
			check_object(c, &at, e, TEXT_PART, false);
		else
			say(c, &at, "type must be text, image or audio");
	}
}

static bool is_embedded(const checking *c, cc_str id)
{
	for (const cc_json *e = cc_json_first(c->embedded); e; e = cc_json_next(e))
		if (cc_str_eq(cc_json_get_str(e, "trajectory_id"), id))
			return true;
	return false;
}

static void check_refs(checking *c, const place *p, const cc_json *list)
{
	size_t i = 0;
	place refs = { p, "subagent_trajectory_ref", 0, false };
	for (const cc_json *e = cc_json_first(list); e; e = cc_json_next(e)) {
		place at = { &refs, NULL, i++, true };
		cc_str id = cc_json_get_str(e, "trajectory_id"), path = cc_json_get_str(e, "trajectory_path");
		if (!check_object(c, &at, e, REF, false))
			continue;
		if (!id.n && !path.n)
			say(c, &at, "needs trajectory_id or trajectory_path");
		else if (!path.n && !is_embedded(c, id))
			say_member(c, &at, CC_STR("trajectory_id"), "names no embedded trajectory, and there is no trajectory_path");
	}
}

/* --- steps --- */

static void check_calls(checking *c, const place *p, const cc_json *calls, cc_map *ids)
{
	size_t i = 0;
	place list = { p, "tool_calls", 0, false };
	for (const cc_json *e = cc_json_first(calls); e; e = cc_json_next(e)) {
		place at = { &list, NULL, i++, true };
		cc_str id = cc_json_get_str(e, "tool_call_id");
		if (!check_object(c, &at, e, TOOL_CALL, false) || !cc_json_get(e, "tool_call_id"))
			continue;
		if (cc_map_get(ids, id, NULL))
			say_member(c, &at, CC_STR("tool_call_id"), "is used twice in the step");
		else if (!cc_map_set(ids, id, 1))
			c->out->failed = true;
	}
}

static void check_observation(checking *c, const place *p, const cc_json *observation, const cc_map *ids)
{
	size_t i = 0;
	place at = { p, "observation", 0, false }, list = { &at, "results", 0, false };
	if (!observation || !check_object(c, &at, observation, OBSERVATION, false))
		return;
	for (const cc_json *e = cc_json_first(cc_json_get(observation, "results")); e; e = cc_json_next(e)) {
		place result = { &list, NULL, i++, true };
		const cc_json *id = cc_json_get(e, "source_call_id");
		if (!check_object(c, &result, e, RESULT, false))
			continue;
		if (cc_json_typeof(id) == CC_JSON_STRING && !cc_map_get(ids, cc_json_str(id), NULL))
			say_member(c, &result, CC_STR("source_call_id"), "is no tool call of this step");
		check_content(c, &result, "content", cc_json_get(e, "content"));
		check_refs(c, &result, cc_json_get(e, "subagent_trajectory_ref"));
	}
}

static void check_call_count(checking *c, const place *p, const cc_json *step)
{
	int64_t n;
	if (!cc_json_int(cc_json_get(step, "llm_call_count"), &n) || n != 0)
		return;
	if (cc_json_typeof(cc_json_get(step, "metrics")) == CC_JSON_OBJECT)
		say_member(c, p, CC_STR("metrics"), "no model was called (llm_call_count 0): there is nothing to measure");
	if (cc_json_typeof(cc_json_get(step, "reasoning_content")) == CC_JSON_STRING)
		say_member(c, p, CC_STR("reasoning_content"), "no model was called (llm_call_count 0): nothing was reasoned");
}

/* Times that we take from elsewhere as seconds are none here. */
static bool is_iso_time(cc_str s)
{
	int64_t ns;
	return s.n >= 10 && s.p[4] == '-' && cc_time_parse(s, &ns);
}

/* How a history was rewritten, by the convention for a step's extra. */
static void check_context(checking *c, const place *p, const cc_json *step)
{
	static const char *const TYPES[] = { "compaction", "pruning", "injection", NULL };
	static const char *const BOUNDARIES[] = { "replace", "append", "truncate", NULL };
	const cc_json *how = cc_json_at(step, "extra.context_management");
	place extra = { p, "extra", 0, false }, at = { &extra, "context_management", 0, false };
	if (!how || cc_json_typeof(how) == CC_JSON_NULL)
		return;
	if (!is_one_of(cc_json_get_str(how, "type"), TYPES))
		say_member(c, &at, CC_STR("type"), "must be compaction, pruning or injection");
	if (!is_one_of(cc_json_get_str(how, "boundary"), BOUNDARIES))
		say_member(c, &at, CC_STR("boundary"), "must be replace, append or truncate");
}

static void check_step(checking *c, const place *p, const cc_json *step, int64_t expected)
{
	static const char *const SOURCES[] = { "system", "user", "agent", NULL };
	cc_str source = cc_json_get_str(step, "source");
	int64_t id;
	const cc_json *stamp = cc_json_get(step, "timestamp"), *metrics = cc_json_get(step, "metrics");
	cc_map *ids = cc_map_new();
	if (!ids)
		c->out->failed = true;
	if (ids && check_object(c, p, step, STEP, cc_str_eqz(source, "agent"))) {
		if (cc_json_int(cc_json_get(step, "step_id"), &id) && id != expected)
			say_member(c, p, CC_STR("step_id"), "must count 1, 2, 3 … without gaps");
		if (!is_one_of(source, SOURCES))
			say_member(c, p, CC_STR("source"), "must be system, user or agent");
		if (cc_json_typeof(stamp) == CC_JSON_STRING && !is_iso_time(cc_json_str(stamp)))
			say_member(c, p, CC_STR("timestamp"), "must be an ISO 8601 time");
		check_content(c, p, "message", cc_json_get(step, "message"));
		check_calls(c, p, cc_json_get(step, "tool_calls"), ids);
		check_observation(c, p, cc_json_get(step, "observation"), ids);
		place at = { p, "metrics", 0, false };
		if (cc_json_typeof(metrics) == CC_JSON_OBJECT)
			check_object(c, &at, metrics, METRICS, false);
		check_call_count(c, p, step);
		check_context(c, p, step);
		if (c->minor < 2 && cc_str_eqz(source, "system") && cc_json_typeof(cc_json_get(step, "observation")) == CC_JSON_OBJECT)
			say_member(c, p, CC_STR("observation"), "of a step of source system is not known before ATIF-v1.2");
	}
	cc_map_free(ids);
}

static void check_steps(checking *c, const place *p, const cc_json *steps)
{
	int64_t n = 0;
	place list = { p, "steps", 0, false };
	for (const cc_json *e = cc_json_first(steps); e; e = cc_json_next(e)) {
		place at = { &list, NULL, (size_t)n, true };
		check_step(c, &at, e, ++n);
	}
	if (cc_json_typeof(steps) == CC_JSON_ARRAY && !n)
		say(c, &list, "must hold at least one step");
}

/* --- the document --- */

static int minor_of(const cc_json *document)
{
	cc_str v = cc_json_get_str(document, "schema_version");
	if (v.n == 9 && cc_str_starts(v, CC_STR("ATIF-v1.")) && v.p[8] >= '0' && v.p[8] <= '0' + LAST_MINOR)
		return v.p[8] - '0';
	return -1;
}

static void check_trajectory(checking *c, const place *p, const cc_json *document);

static void check_embedded(checking *c, const place *p, const cc_json *list)
{
	size_t i = 0;
	cc_map *ids = cc_map_new();
	place all = { p, "subagent_trajectories", 0, false };
	for (const cc_json *e = cc_json_first(list); ids && e; e = cc_json_next(e)) {
		place at = { &all, NULL, i++, true };
		cc_str id = cc_json_get_str(e, "trajectory_id");
		check_trajectory(c, &at, e);
		if (!id.n)
			say_member(c, &at, CC_STR("trajectory_id"), "is missing: an embedded trajectory needs one");
		else if (cc_map_get(ids, id, NULL))
			say_member(c, &at, CC_STR("trajectory_id"), "is used twice");
		else if (!cc_map_set(ids, id, 1))
			c->out->failed = true;
	}
	if (!ids)
		c->out->failed = true;
	cc_map_free(ids);
}

static void check_tools(checking *c, const place *agent, const cc_json *tools)
{
	size_t i = 0;
	place list = { agent, "tool_definitions", 0, false };
	for (const cc_json *e = cc_json_first(tools); e; e = cc_json_next(e)) {
		place at = { &list, NULL, i++, true };
		if (cc_json_typeof(e) != CC_JSON_OBJECT)
			say(c, &at, "must be an object: the schema of a function");
	}
}

/* Another number than that of the steps wants a reason. */
static void check_total(checking *c, const place *final, const cc_json *document)
{
	int64_t total;
	const cc_json *steps = cc_json_get(document, "steps");
	if (cc_json_int(cc_json_at(document, "final_metrics.total_steps"), &total) && cc_json_typeof(steps) == CC_JSON_ARRAY &&
		total != (int64_t)cc_json_count(steps) && !cc_json_get_str(document, "notes").n)
		say_member(c, final, CC_STR("total_steps"), "is not the number of steps, and no notes say why");
}

static void check_trajectory(checking *c, const place *p, const cc_json *document)
{
	int outer = c->minor;
	const cc_json *agent = cc_json_get(document, "agent"), *final = cc_json_get(document, "final_metrics");
	const cc_json *embedded = c->embedded;
	place at_agent = { p, "agent", 0, false }, at_final = { p, "final_metrics", 0, false };
	c->minor = minor_of(document);
	if (c->minor < 0) {
		if (cc_json_get(document, "schema_version"))
			say_member(c, p, CC_STR("schema_version"), "must be one of ATIF-v1.0 … ATIF-v1.8");
		c->minor = LAST_MINOR;
	}
	c->embedded = cc_json_get(document, "subagent_trajectories");
	if (check_object(c, p, document, TRAJECTORY, false)) {
		if (cc_json_typeof(agent) == CC_JSON_OBJECT && check_object(c, &at_agent, agent, AGENT, false))
			check_tools(c, &at_agent, cc_json_get(agent, "tool_definitions"));
		if (cc_json_typeof(final) == CC_JSON_OBJECT && check_object(c, &at_final, final, FINAL, false))
			check_total(c, &at_final, document);
		check_steps(c, p, cc_json_get(document, "steps"));
		check_embedded(c, p, c->embedded);
	}
	c->embedded = embedded;
	c->minor = outer;
}

size_t cc_atif_check(cc_buf *problems, const cc_json *document)
{
	checking c = { .out = problems };
	check_trajectory(&c, NULL, document);
	return c.problems;
}
