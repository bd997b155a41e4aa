/* record_decode.c - a parsed line as the typed struct of its kind.
 *
 * Lenient on purpose: a missing key means its neutral value, so that records of later minor versions and of other writers
 * still read. Only the header must say that it is one. */
#include "casefile/record_priv.h"

#include "coldcase/vec.h"

static int64_t get_int(const cc_json *json, const char *key, int64_t fallback)
{
	int64_t v;

	return cc_json_int(cc_json_get(json, key), &v) ? v : fallback;
}

static uint64_t get_count(const cc_json *json, const char *key)
{
	int64_t v = get_int(json, key, 0);

	return v > 0 ? (uint64_t)v : 0;
}

static bool get_agent(const cc_json *json)
{
	return cc_str_eqz(cc_json_get_str(json, "actor"), "agent");
}

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static bool decode_files(const cc_json *json, cc_arena *arena, cc_record_header *h)
{
	const cc_json *list = cc_json_get(json, "evidence");
	cc_record_file *files = cc_arena_array(arena, cc_json_count(list), sizeof *files);

	if (!files)
		return false;
	for (const cc_json *f = cc_json_first(list); f; f = cc_json_next(f))
		files[h->file_count++] = (cc_record_file){ .path = cc_json_get_str(f, "path"), .bytes = get_count(f, "bytes"),
			.records = get_count(f, "records"), .skipped = get_count(f, "skipped"),
			.unread = cc_json_typeof(cc_json_get(f, "records")) == CC_JSON_NULL };
	h->files = files;
	return true;
}

/* What makes no sense as a live drill is none. */
static cc_live decode_live(const cc_json *json)
{
	cc_live l = { .from_ns = get_int(json, "from_ns", CC_TIME_NONE), .to_ns = get_int(json, "to_ns", CC_TIME_NONE),
		.pausable = cc_json_bool(cc_json_get(json, "pausable")) };
	int64_t speed = get_int(json, "speed", 0);

	if (speed >= 1 && speed <= CC_LIVE_SPEED_MAX && l.from_ns > 0 && l.to_ns >= l.from_ns)
		l.speed = (int)speed;
	return l;
}

static cc_code decode_header(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	const cc_json *json = line->json;
	cc_record_header *h = cc_arena_alloc(arena, sizeof *h);
	uint64_t trial = get_count(json, "trial");

	if (!cc_str_eqz(cc_json_get_str(json, "format"), CC_RECORD_FORMAT))
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: the header names another format");
	if (get_int(json, "format_version", 1) > CC_RECORD_FORMAT_VERSION)
		return cc_err_set(err, CC_EFORMAT, "trajectory of format version %lld: this program reads up to %d",
			(long long)get_int(json, "format_version", 1), CC_RECORD_FORMAT_VERSION);
	if (!h)
		return no_memory(err);
	h->version = cc_json_get_str(json, "version");
	h->scenario = cc_json_get_str(json, "scenario");
	h->snapshot_path = cc_json_get_str(json, "snapshot_path");
	h->trial = trial <= UINT32_MAX ? (uint32_t)trial : 0;
	h->agent = get_agent(json);
	h->actor_name = cc_json_get_str(json, "actor_name");
	h->budget = get_int(json, "budget", 0);
	h->assistance = cc_json_get_str(json, "assistance");
	h->origin = cc_json_get_str(json, "origin");
	h->known_only = cc_json_bool(cc_json_get(json, "known_only"));
	h->live = decode_live(cc_json_get(json, "live"));
	h->truth_seal = cc_json_get_str(json, "truth_seal");
	h->wall_ns = line->wall_ns;
	line->as.header = h;
	return decode_files(json, arena, h) ? CC_OK : no_memory(err);
}

static bool decode_strings(const cc_json *list, cc_arena *arena, const cc_str **out, size_t *count)
{
	cc_str *p = cc_arena_array(arena, cc_json_count(list), sizeof *p);

	if (!p)
		return false;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v))
		p[(*count)++] = cc_json_str(v);
	*out = p;
	return true;
}

static bool decode_shown(const cc_json *json, cc_arena *arena, cc_record_step *step)
{
	cc_record_shown *s = &step->shown;

	step->answered = cc_json_typeof(json) == CC_JSON_OBJECT;
	s->title = cc_json_get_str(json, "title");
	s->rows = get_count(json, "rows");
	s->total = get_count(json, "total");
	s->bytes = get_count(json, "bytes");
	s->digest = cc_json_get_str(json, "digest");
	s->truncated = cc_json_bool(cc_json_get(json, "truncated"));
	s->partial = cc_json_bool(cc_json_get(json, "partial"));
	return decode_strings(cc_json_get(json, "entities"), arena, &s->entities, &s->entity_count) &&
		decode_strings(cc_json_get(json, "cites"), arena, &s->cites, &s->cite_count);
}

/* [from, to]; what is no time stays unknown. */
static cc_range decode_range(const cc_json *json)
{
	cc_range r = { CC_TIME_NONE, CC_TIME_NONE };

	for (const cc_json *v = cc_json_first(json); v; v = cc_json_next(v))
		if (!cc_time_parse(cc_json_str(v), v == cc_json_first(json) ? &r.from_ns : &r.to_ns))
			return (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	return r;
}

/* Absent in steps that were made over everything, and in records of older versions. */
static bool decode_loaded(const cc_json *json, cc_arena *arena, cc_record_step *step)
{
	const cc_json *list = cc_json_get(json, "heads");
	cc_record_head *heads = cc_arena_array(arena, cc_json_count(list), sizeof *heads);

	step->loading = cc_json_typeof(json) == CC_JSON_OBJECT;
	if (!step->loading)
		return true;
	if (!heads)
		return false;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v))
		heads[step->head_count++] = (cc_record_head){ cc_json_key(v), decode_range(v) };
	step->heads = heads;
	return decode_strings(cc_json_get(json, "whole"), arena, &step->whole, &step->whole_count);
}

static bool decode_args(const cc_json *json, cc_arena *arena, cc_record_step *step)
{
	cc_kv *args = cc_arena_array(arena, cc_json_count(json), sizeof *args);

	if (!args)
		return false;
	for (const cc_json *v = cc_json_first(json); v; v = cc_json_next(v))
		args[step->arg_count++] = (cc_kv){ cc_json_key(v), cc_json_text(v) };
	step->args = args;
	return true;
}

static void decode_error(const cc_json *json, cc_record_step *step)
{
	cc_str name = cc_json_get_str(json, "code");

	step->message = cc_json_get_str(json, "message");
	if (cc_json_typeof(json) != CC_JSON_OBJECT)
		return;
	step->code = CC_EINTERNAL;      /* some failure, whatever a later version calls it */
	for (int code = CC_OK; code <= CC_EINTERNAL; code++)
		if (cc_str_eqz(name, cc_code_name((cc_code)code)))
			step->code = (cc_code)code;
}

/* An action that is none is left out here; replaying reports it. */
static cc_code decode_actions(const cc_json *list, cc_arena *arena, cc_record_step *step)
{
	cc_action *actions = cc_arena_array(arena, cc_json_count(list), sizeof *actions);
	cc_code code;

	if (!actions)
		return CC_ENOMEM;
	step->actions = actions;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v)) {
		code = cc_record_read_action(v, arena, &actions[step->action_count], NULL);
		if (code == CC_ENOMEM)
			return code;
		step->action_count += code == CC_OK;
	}
	return CC_OK;
}

static cc_code decode_step(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	const cc_json *json = line->json;
	cc_record_step *s = cc_arena_alloc(arena, sizeof *s);

	if (!s)
		return no_memory(err);
	s->number = get_count(json, "step");
	s->agent = get_agent(json);
	s->line = cc_json_get_str(json, "line");
	s->command = cc_json_get_str(json, "command");
	s->query = cc_json_bool(cc_json_get(json, "query"));
	s->queries = get_int(json, "queries", 0);
	s->turn = get_int(json, "turns", -1);
	s->active_ns = get_int(json, "active_ns", 0);
	s->now_ns = get_int(json, "now_ns", 0);
	s->took_ns = get_int(json, "took_ns", 0);
	s->stopped = cc_json_get(json, "looked") != NULL;
	s->looked = get_count(json, "looked");
	decode_error(cc_json_get(json, "error"), s);
	line->as.step = s;
	if (!decode_args(cc_json_get(json, "args"), arena, s) || !decode_shown(cc_json_get(json, "shown"), arena, s) ||
	    !decode_loaded(cc_json_get(json, "loaded"), arena, s) ||
	    decode_actions(cc_json_get(json, "actions"), arena, s) != CC_OK)
		return no_memory(err);
	return CC_OK;
}

static int small_int(const cc_json *json, const char *key)
{
	int64_t v = get_int(json, key, 0);

	return v < 0 || v > INT32_MAX ? 0 : (int)v;
}

static cc_code decode_view(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	const cc_json *json = line->json;
	cc_record_view *v = cc_arena_alloc(arena, sizeof *v);

	if (!v)
		return no_memory(err);
	*v = (cc_record_view){ .pane = cc_json_get_str(json, "pane"), .command = cc_json_get_str(json, "command"),
		.selected = get_count(json, "selected"), .top = get_count(json, "top"),
		.columns = small_int(json, "columns"), .rows = small_int(json, "rows") };
	line->as.view = v;
	return CC_OK;
}

static cc_code decode_digest(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	cc_record_digest *d = cc_arena_alloc(arena, sizeof *d);

	if (!d)
		return no_memory(err);
	d->sha256 = cc_json_get_str(line->json, "snapshot_sha256");
	d->error = cc_json_get_str(line->json, "error");
	line->as.digest = d;
	return CC_OK;
}

static cc_code decode_event(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	cc_record_event *e = cc_arena_alloc(arena, sizeof *e);
	cc_buf text = CC_BUF_INIT;

	if (!e)
		return no_memory(err);
	e->name = cc_json_get_str(line->json, "event");
	cc_json_write(&text, cc_json_get(line->json, "data"), false);
	e->json = text.n ? cc_arena_dup(arena, cc_buf_str(&text)) : CC_STR("null");
	line->as.event = e;
	if (!cc_buf_ok(&text))
		e->json.p = NULL;
	cc_buf_deinit(&text);
	return e->json.p ? CC_OK : no_memory(err);
}

static cc_code decode_end(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	cc_record_end *e = cc_arena_alloc(arena, sizeof *e);

	if (!e)
		return no_memory(err);
	*e = (cc_record_end){ .reason = cc_json_get_str(line->json, "reason"), .queries = get_int(line->json, "queries", 0),
		.turn = get_int(line->json, "turns", -1), .active_ns = get_int(line->json, "active_ns", 0),
		.lost = get_count(line->json, "lost") };
	line->as.end = e;
	return CC_OK;
}

static const struct {
	const char *name;
	cc_line_type type;
	cc_code (*decode)(cc_record_line *line, cc_arena *arena, cc_err *err);
} TYPES[] = {
	{ "header", CC_LINE_HEADER, decode_header }, { "step", CC_LINE_STEP, decode_step },
	{ "view", CC_LINE_VIEW, decode_view }, { "digest", CC_LINE_DIGEST, decode_digest },
	{ "event", CC_LINE_EVENT, decode_event }, { "end", CC_LINE_END, decode_end },
};
enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

cc_line_type cc_record_type_of(cc_str name)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (cc_str_eqz(name, TYPES[i].name))
			return TYPES[i].type;
	return CC_LINE_OTHER;
}

void cc_record_line_times(const cc_json *json, int64_t *t_ns, int64_t *wall_ns)
{
	*t_ns = get_int(json, "t_ns", 0);
	*wall_ns = CC_TIME_NONE;
	(void)cc_time_parse(cc_json_get_str(json, "wall"), wall_ns);
}

cc_code cc_record_decode(cc_record_line *line, cc_arena *arena, cc_err *err)
{
	cc_record_line_times(line->json, &line->t_ns, &line->wall_ns);
	line->type = cc_record_type_of(cc_json_get_str(line->json, "type"));
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (TYPES[i].type == line->type)
			return TYPES[i].decode(line, arena, err);
	return CC_OK;
}
