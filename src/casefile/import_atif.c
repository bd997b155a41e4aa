/* import_atif.c - ATIF 1.0 to 1.8 as the items of an import. Lenient: what our own check would refuse is still read as far as it goes. */
#include "casefile/import_priv.h"
#include "coldcase/time.h"

static double number(const cc_json *v, const char *key)
{
	double d;
	return cc_json_double(cc_json_get(v, key), &d) ? d : 0;
}

static void take_calls(cc_import *i, const cc_json *step, int64_t wall_ns, int64_t turn)
{
	for (const cc_json *c = cc_json_first(cc_json_get(step, "tool_calls")); c; c = cc_json_next(c)) {
		cc_import_item *item = cc_import_add(i, CC_IMPORT_CALLED, wall_ns, turn);
		if (!item)
			return;
		item->id = cc_import_dup(i, cc_json_get_str(c, "tool_call_id"));
		item->tool = cc_import_dup(i, cc_json_get_str(c, "function_name"));
		item->arguments = cc_import_text(i, cc_json_get(c, "arguments"));
	}
}

static const cc_str *take_texts(cc_import *i, const cc_json *list, size_t *n)
{
	cc_str *out = cc_arena_array(i->arena, cc_json_count(list), sizeof *out);
	for (const cc_json *v = cc_json_first(list); out && v; v = cc_json_next(v))
		out[(*n)++] = cc_import_dup(i, cc_json_str(v));
	return out;
}

static uint64_t count_of(const cc_json *v, const char *key)
{
	int64_t n;
	return cc_json_int(cc_json_get(v, key), &n) && n > 0 ? (uint64_t)n : 0;
}

/* What our own exporter put there: the record again. */
static void take_own(cc_import *i, cc_import_item *item, const cc_json *extra)
{
	cc_str exit = cc_json_get_str(extra, "exit");
	item->own = true;
	for (int code = CC_OK; code <= CC_EINTERNAL; code++)
		if (cc_str_eqz(exit, cc_code_name((cc_code)code)))
			item->code = (cc_code)code;
	item->answered = cc_json_get(extra, "sha256") != NULL;
	item->shown.title = cc_import_dup(i, cc_json_get_str(extra, "title"));
	item->shown.digest = cc_import_dup(i, cc_json_get_str(extra, "sha256"));
	item->shown.rows = count_of(extra, "rows");
	item->shown.total = count_of(extra, "total");
	item->shown.bytes = count_of(extra, "bytes_total");
	item->shown.truncated = cc_json_bool(cc_json_get(extra, "truncated"));
	item->shown.partial = cc_json_bool(cc_json_get(extra, "partial"));
	item->shown.entities = take_texts(i, cc_json_get(extra, "entities"), &item->shown.entity_count);
	item->shown.cites = take_texts(i, cc_json_get(extra, "cites"), &item->shown.cite_count);
}

static void take_results(cc_import *i, const cc_json *step, size_t first, bool own)
{
	for (const cc_json *r = cc_json_first(cc_json_at(step, "observation.results")); r; r = cc_json_next(r)) {
		cc_str id = cc_json_get_str(r, "source_call_id"), text = cc_import_content(i, cc_json_get(r, "content"));
		const cc_json *exit = cc_json_at(r, "extra.exit_code");
		int64_t status, ms;
		bool failed = cc_json_int(exit, &status) && status != 0;
		for (size_t k = first; k < i->items.n; k++) {
			cc_import_item *item = &i->items.p[k];
			if (item->kind != CC_IMPORT_CALLED || item->answered || (id.n && !cc_str_eq(item->id, id)))
				continue;
			item->answered = true;
			item->failed = failed;
			item->printed = text;
			if (cc_json_int(cc_json_at(r, "extra.duration_ms"), &ms) && ms > 0 && ms < INT64_MAX / CC_NS_PER_MS)
				item->took_ns = ms * CC_NS_PER_MS;
			if (own && cc_json_get(r, "extra"))
				take_own(i, item, cc_json_get(r, "extra"));
			break;
		}
	}
}

static void take_metrics(cc_import *i, const cc_json *metrics, int64_t wall_ns, int64_t turn)
{
	cc_import_item *item = cc_json_typeof(metrics) == CC_JSON_OBJECT ? cc_import_add(i, CC_IMPORT_USED, wall_ns, turn) : NULL;
	if (!item)
		return;
	item->input = number(metrics, "prompt_tokens");
	item->output = number(metrics, "completion_tokens");
	item->cached = number(metrics, "cached_tokens");
	item->cost = number(metrics, "cost_usd");
}

/* Context that was only carried over is no new word. */
static void take_step(cc_import *i, const cc_json *step, int64_t *turn, bool own)
{
	cc_str source = cc_json_get_str(step, "source"), text = cc_import_content(i, cc_json_get(step, "message"));
	cc_str reasoning = cc_import_dup(i, cc_json_get_str(step, "reasoning_content"));
	int64_t wall_ns = cc_import_time(cc_json_get(step, "timestamp")), calls;
	size_t first = i->items.n;
	bool agent = cc_str_eqz(source, "agent");
	if (cc_json_bool(cc_json_get(step, "is_copied_context")))
		return;
	*turn += agent;
	if (agent && (!cc_json_int(cc_json_get(step, "llm_call_count"), &calls) || calls > 0))
		i->human = false;
	if (text.n || reasoning.n) {
		cc_import_item *item = cc_import_add(i, CC_IMPORT_SAID, wall_ns, *turn);
		if (!item)
			return;
		item->source = agent || cc_str_eqz(source, "user") || cc_str_eqz(source, "system") ? cc_import_dup(i, source) : CC_STR("user");
		item->text = text;
		item->reasoning = reasoning;
	}
	take_metrics(i, cc_json_get(step, "metrics"), wall_ns, *turn);
	take_calls(i, step, wall_ns, *turn);
	take_results(i, step, first, own);
}

cc_code cc_import_atif(cc_import *i, const cc_json *document, cc_err *err)
{
	const cc_json *agent = cc_json_get(document, "agent"), *extra = cc_json_get(document, "extra");
	cc_str player = cc_json_get_str(cc_json_get(agent, "extra"), "player");
	bool own = cc_str_eqz(cc_json_get_str(extra, "program"), "coldcase");
	int64_t turn = 0;
	i->human = true;
	i->origin = cc_import_dup(i, cc_json_get_str(document, "schema_version"));
	i->agent = cc_import_dup(i, player.n ? player : cc_json_get_str(agent, "name"));
	i->model = cc_import_dup(i, cc_json_get_str(agent, "model_name"));
	i->scenario = cc_import_dup(i, cc_json_get_str(extra, "scenario"));
	if (!cc_json_int(cc_json_get(extra, "budget"), &i->budget) || i->budget < 0)
		i->budget = 0;
	for (const cc_json *s = cc_json_first(cc_json_get(document, "steps")); s; s = cc_json_next(s))
		take_step(i, s, &turn, own);
	return i->origin.p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
