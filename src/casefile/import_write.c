/* import_write.c - the items of an import as a record of ours. */
#include <math.h>
#include <string.h>

#include "casefile/import_priv.h"
#include "coldcase/file.h"
#include "coldcase/time.h"

typedef struct writing {
	const cc_import *i;
	const cc_import_options *opt;
	cc_record *r;
	cc_touched *touched;
	cc_arena *arena;         /* of one item */
	uint64_t steps;
	int64_t queries;
	cc_buf answer;           /* of the call that ended the run */
	bool submitted;
} writing;

static bool is_one_of(cc_str s, const char *const *list)
{
	for (; *list; list++)
		if (cc_str_eq_nocase(s, cc_str_from(*list)))
			return true;
	return false;
}

static const char *const SHELLS[] = { "run_shell", "bash", "shell", "exec_command", "execute_bash", "execute_command", "run_command", "terminal",
	"container.exec", "local_shell", NULL };
static const char *const FINISHES[] = { "finish", "submit", "final_answer", "submit_answer", NULL };

/* The command of a shell call: the arguments' own text, or their command, cmd, script or input; a list is joined, and what
 * `bash -lc` is given is the command itself. */
static cc_str shell_command(cc_str arguments, cc_arena *arena)
{
	static const char *const KEYS[] = { "command", "cmd", "script", "input", "code" };
	cc_json *json = NULL;
	cc_buf b = CC_BUF_INIT;
	if (cc_json_parse(&json, arguments, NULL) != CC_OK)
		return arguments;
	const cc_json *v = json;
	for (size_t k = 0; k < 5 && cc_json_typeof(v) == CC_JSON_OBJECT; k++)
		if (cc_json_get(v, KEYS[k]))
			v = cc_json_get(v, KEYS[k]);
	if (cc_json_typeof(v) == CC_JSON_ARRAY) {
		size_t n = cc_json_count(v);
		bool wrapped = n == 3 && cc_str_find(cc_json_str(cc_json_item(v, 0)), CC_STR("sh")) != CC_STR_NONE &&
			cc_str_starts(cc_json_str(cc_json_item(v, 1)), CC_STR("-"));
		for (const cc_json *e = wrapped ? cc_json_item(v, 2) : cc_json_first(v); e; e = cc_json_next(e))
			cc_buf_addf(&b, "%s%.*s", b.n ? " " : "", CC_STR_ARG(cc_json_str(e)));
	} else {
		cc_buf_add(&b, cc_json_typeof(v) == CC_JSON_STRING ? cc_json_str(v) : arguments);
	}
	cc_str out = cc_arena_dup(arena, cc_buf_str(&b));
	cc_json_free(json);
	cc_buf_deinit(&b);
	return out;
}

/* --- lines --- */

/* What the incident was that the run was read beside; a record made here says so when it ends. */
static cc_code add_digest(writing *w, cc_err *err)
{
	char hex[65];
	if (!w->opt->snapshot)
		return CC_OK;
	cc_code code = cc_snapshot_digest(w->opt->snapshot, NULL, hex, err);
	return code == CC_OK ? cc_record_add_digest(w->r, &(cc_record_digest){ cc_str_from(hex), CC_STR_EMPTY }, err) : code;
}

static cc_code add_event(writing *w, const char *name, cc_buf *json, cc_err *err)
{
	cc_record_event e = { cc_str_from(name), cc_buf_str(json) };
	cc_code code = cc_buf_ok(json) ? cc_record_add_event(w->r, &e, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(json);
	return code;
}

static cc_code add_said(writing *w, const cc_import_item *item, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw j;
	cc_jw_init(&j, &b, 0);
	cc_jw_object(&j);
	cc_jw_put_str(&j, "source", item->source);
	cc_jw_put_str(&j, "text", item->text);
	if (item->reasoning.n)
		cc_jw_put_str(&j, "reasoning", item->reasoning);
	cc_jw_end_object(&j);
	return add_event(w, "message", &b, err);
}

static cc_code add_used(writing *w, const cc_import_item *item, cc_err *err)
{
	const struct { const char *key; double v; } fields[] = { { "input_tokens", item->input }, { "output_tokens", item->output },
		{ "cached_tokens", item->cached }, { "cost_usd", item->cost } };
	cc_buf b = CC_BUF_INIT;
	cc_jw j;
	cc_jw_init(&j, &b, 0);
	cc_jw_object(&j);
	for (size_t k = 0; k < 4; k++) {
		if (!(fields[k].v > 0))
			continue;
		cc_jw_key(&j, fields[k].key);
		cc_jw_double(&j, fields[k].v);
	}
	cc_jw_end_object(&j);
	return add_event(w, "usage", &b, err);
}

static cc_code add_output(writing *w, const cc_import_item *item, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw j;
	cc_jw_init(&j, &b, 0);
	cc_jw_object(&j);
	cc_jw_put_int(&j, "step", (int64_t)w->steps);
	cc_jw_put_str(&j, "text", item->printed);
	cc_jw_end_object(&j);
	return add_event(w, "output", &b, err);
}

static cc_code add_searched(writing *w, const cc_shell_searches *all, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < all->n && code == CC_OK; i++) {
		cc_buf b = CC_BUF_INIT;
		(void)cc_import_searched(&all->p[i], w->steps, w->touched, w->opt, w->arena, &b);
		code = add_event(w, "searched", &b, err);
	}
	return code;
}

/* What did not parse when it was typed does not now. */
static cc_str typed_line(const cc_import_item *item, cc_arena *arena)
{
	cc_json *json = NULL;
	cc_str line = CC_STR_EMPTY;
	if (cc_str_eqz(item->tool, "invalid") && cc_json_parse(&json, item->arguments, NULL) == CC_OK)
		line = cc_arena_dup(arena, cc_json_get_str(json, "line"));
	cc_json_free(json);
	return line;
}

/* Any other tool: its name and its arguments as they were. */
static void other_line(const writing *w, const cc_import_item *item, cc_record_step *step)
{
	cc_arena *arena = w->arena;
	cc_kv *args = cc_arena_alloc(arena, sizeof *args);
	step->line = item->own ? typed_line(item, arena) : CC_STR_EMPTY;
	if (step->line.n)
		return;
	step->command = item->tool.n ? item->tool : CC_STR("tool");
	step->line = cc_arena_printf(arena, "%.*s %.*s", CC_STR_ARG(step->command), CC_STR_ARG(item->arguments));
	if (!args)
		return;
	*args = (cc_kv){ CC_STR("arguments"), item->arguments };
	step->args = args;
	step->arg_count = item->arguments.n > 0;
}

static void shell_line(writing *w, const cc_import_item *item, cc_record_step *step)
{
	cc_kv *args = cc_arena_alloc(w->arena, sizeof *args);
	cc_str command = shell_command(item->arguments, w->arena);
	step->command = CC_STR("run_shell");
	step->line = cc_arena_printf(w->arena, "run_shell command=%.*s", CC_STR_ARG(command));
	if (!args)
		return;
	*args = (cc_kv){ CC_STR("command"), command };
	step->args = args;
	step->arg_count = 1;
}

/* The answer may be the call's arguments, a member of them called answer, or already in a file: whatever reads as one is taken. */
static void take_answer(writing *w, const cc_import_item *item)
{
	cc_buf_clear(&w->answer);
	cc_buf_add(&w->answer, item->arguments);
	w->submitted = true;
}

static bool own_line(writing *w, const cc_import_item *item, cc_record_step *step)
{
	cc_json *json = NULL;
	bool ours = false;
	if (w->opt->command && cc_json_parse(&json, item->arguments.n ? item->arguments : CC_STR("{}"), NULL) == CC_OK)
		ours = w->opt->command(w->opt->arg, item->tool, json, w->arena, step);
	cc_json_free(json);
	return ours;
}

/* As the exporter says it: "error: no command 'x'". */
static cc_str without_prefix(cc_str printed)
{
	return cc_str_starts(printed, CC_STR("error: ")) ? cc_str_sub(printed, 7, printed.n) : printed;
}

static cc_code no_room(cc_shell_searches *searches, cc_err *err)
{
	cc_vec_deinit(searches);
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code add_call(writing *w, const cc_import_item *item, cc_err *err)
{
	cc_record_step step = { .agent = !w->i->human, .turn = w->i->human ? -1 : item->turn, .took_ns = item->took_ns, .message = CC_STR_EMPTY, .command = CC_STR_EMPTY,
		.active_ns = item->wall_ns - w->i->began_ns, .answered = item->answered };
	bool finish = is_one_of(item->tool, FINISHES), shell = is_one_of(item->tool, SHELLS);
	step.shown.title = CC_STR_EMPTY;
	if (shell)
		shell_line(w, item, &step);
	else if (!own_line(w, item, &step))
		other_line(w, item, &step);
	if (finish)
		take_answer(w, item);
	step.shown.digest = CC_STR_EMPTY;       /* only answers of ours can be compared */
	if (item->own)
		step.shown = item->shown;
	else if (item->answered && w->touched && !cc_touched_find(w->touched, step.line, item->printed, w->arena, &step.shown))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	step.code = item->own ? item->code : item->failed ? CC_EIO : CC_OK;
	if (step.code != CC_OK)
		step.message = item->own ? without_prefix(item->printed) : CC_STR("the tool failed");
	cc_shell_searches searches = { 0 };
	if (shell && !item->own && (!cc_shell_read(step.args ? step.args[0].value : CC_STR_EMPTY, w->arena, &searches) ||
		!cc_import_title(&searches, w->arena, &step.shown.title)))
		return no_room(&searches, err);
	step.query = !finish && (item->own ? step.query && step.code == CC_OK : true);
	w->queries += step.query;
	step.queries = w->queries;
	cc_code code = cc_record_add_step(w->r, &step, err);
	w->steps++;
	if (code == CC_OK)
		code = add_searched(w, &searches, err);
	cc_vec_deinit(&searches);
	return code == CC_OK && item->printed.n && !item->own ? add_output(w, item, err) : code;
}

static cc_code add_item(writing *w, const cc_import_item *item, cc_err *err)
{
	cc_record_at(w->r, item->wall_ns);
	switch (item->kind) {
	case CC_IMPORT_SAID: return add_said(w, item, err);
	case CC_IMPORT_USED: return add_used(w, item, err);
	case CC_IMPORT_CALLED: return add_call(w, item, err);
	}
	return CC_OK;
}

static cc_code add_model(writing *w, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw j;
	if (!w->i->model.n)
		return CC_OK;
	cc_jw_init(&j, &b, 0);
	cc_jw_object(&j);
	cc_jw_put_str(&j, "model", w->i->model);
	cc_jw_end_object(&j);
	return add_event(w, "model", &b, err);
}

static cc_code add_items(writing *w, cc_err *err)
{
	cc_code code = add_model(w, err);
	for (size_t k = 0; k < w->i->items.n && code == CC_OK; k++) {
		cc_arena_reset(w->arena);
		code = add_item(w, &w->i->items.p[k], err);
	}
	const cc_import_item *last = &w->i->items.p[w->i->items.n - 1];
	cc_record_end end = { .reason = w->submitted ? CC_STR("submit") : w->i->stop.n ? w->i->stop : CC_STR("end"), .queries = w->queries,
		.turn = w->i->human ? -1 : last->turn, .active_ns = last->wall_ns - w->i->began_ns };
	if (code == CC_OK)
		code = add_digest(w, err);
	return code == CC_OK ? cc_record_add_end(w->r, &end, err) : code;
}

static cc_code write_answer(const writing *w, const char *dir, cc_err *err)
{
	cc_str answer = w->answer.n ? cc_buf_str(&w->answer) : w->i->answer;
	cc_buf path = CC_BUF_INIT;
	if (!answer.n)
		return CC_OK;
	cc_path_join(&path, dir, CC_RECORD_ANSWER_FILE);
	cc_code code = cc_buf_ok(&path) ? cc_file_write(path.p, answer, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&path);
	return code;
}

static cc_str player_of(const cc_import *i, const cc_import_options *opt)
{
	return opt->actor_name.n ? opt->actor_name : i->model.n ? i->model : i->agent.n ? i->agent : i->origin;
}

cc_code cc_import_write(const cc_import *i, const char *dir, uint32_t trial, const cc_import_options *opt, cc_err *err)
{
	writing w = { .i = i, .opt = opt, .arena = cc_arena_new() };
	cc_record_header h = { .version = CC_STR(CC_VERSION), .scenario = opt->scenario.n ? opt->scenario : i->scenario, .trial = trial,
		.agent = !i->human, .actor_name = player_of(i, opt), .budget = i->budget, .assistance = CC_STR_EMPTY, .truth_seal = CC_STR_EMPTY,
		.snapshot_path = opt->snapshot ? cc_snapshot_path(opt->snapshot) : CC_STR_EMPTY, .origin = i->origin,
		.wall_ns = i->began_ns == CC_TIME_NONE ? 0 : i->began_ns };
	cc_code code = w.arena ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && opt->snapshot && (!cc_record_list_files(opt->snapshot, w.arena, &h) || !(w.touched = cc_touched_new(opt->snapshot))))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_record_open(&w.r, dir, &h, NULL, err);
	if (code == CC_OK)
		code = add_items(&w, err);
	if (code == CC_OK)
		code = write_answer(&w, dir, err);
	cc_record_close(w.r);
	cc_touched_free(w.touched);
	cc_arena_free(w.arena);
	cc_buf_deinit(&w.answer);
	return code;
}
