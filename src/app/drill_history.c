/* drill_history.c - the history of one person's drills: a file of JSON lines that is only ever added to. */
#include "app/drill.h"

#include <math.h>
#include "coldcase/file.h"

enum { MOST = 16 << 20 };

/* --- names of what is kept --- */

static const char *const PANES[APP_DRILL_PANES] = { "alerts", "logs", "traces", "metrics", "topology", "events", "specs" };
static const char *const LEVELS[APP_DRILL_LEVELS] = { "easy", "medium", "hard", "expert" };

const char *app_drill_pane(size_t i)
{
	return i < APP_DRILL_PANES ? PANES[i] : NULL;
}

const char *app_drill_level_name(int level)
{
	return level >= 0 && level < APP_DRILL_LEVELS ? LEVELS[level] : "not known";
}

int app_drill_level_parse(cc_str name)
{
	for (int i = 0; i < APP_DRILL_LEVELS; i++)
		if (cc_str_eqz(name, LEVELS[i]))
			return i;
	return -1;
}

/* Where a command's answer stands in the console. */
unsigned app_drill_pane_of(cc_str line)
{
	static const struct { const char *command; unsigned pane; } PLACE[] = { { "alerts", 0 }, { "alert", 0 }, { "logs", 1 }, { "log", 1 },
		{ "patterns", 1 }, { "traces", 2 }, { "trace", 2 }, { "paths", 2 }, { "compare", 2 }, { "breakdown", 2 }, { "span", 2 },
		{ "metrics", 3 }, { "metric", 3 }, { "topology", 4 }, { "entity", 4 }, { "events", 5 }, { "event", 5 }, { "spec", 6 },
		{ "objects", 6 }, { "changes", 6 }, { "diff", 6 }, { "checks", 6 } };
	cc_str name, rest;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	for (size_t i = 0; i < sizeof PLACE / sizeof PLACE[0]; i++)
		if (cc_str_eqz(name, PLACE[i].command))
			return 1u << PLACE[i].pane;
	return 0;
}

/* --- reading --- */

static unsigned read_panes(const cc_json *list)
{
	unsigned panes = 0;
	for (const cc_json *v = cc_json_first(list); v; v = cc_json_next(v))
		for (size_t i = 0; i < APP_DRILL_PANES; i++)
			if (cc_str_eqz(cc_json_str(v), PANES[i]))
				panes |= 1u << i;
	return panes;
}

static int64_t int_or(const cc_json *json, const char *key, int64_t fallback)
{
	int64_t v;
	return cc_json_int(cc_json_get(json, key), &v) ? v : fallback;
}

static double number(const cc_json *json, const char *key)
{
	double v;
	return cc_json_double(cc_json_get(json, key), &v) ? v : (double)NAN;
}

static cc_code read_line(app_drills *d, cc_str line, cc_err *err)
{
	cc_json *json = NULL;
	app_drill one = { .wall_ns = CC_TIME_NONE };
	if (cc_json_parse(&json, line, NULL) != CC_OK || !cc_time_parse(cc_json_get_str(json, "wall"), &one.wall_ns)) {
		d->bad++;
		cc_json_free(json);
		return CC_OK;
	}
	one.scenario = cc_arena_dup(d->arena, cc_json_get_str(json, "scenario"));
	one.path = cc_arena_dup(d->arena, cc_json_get_str(json, "path"));
	one.identity = cc_arena_dup(d->arena, cc_json_get_str(json, "identity"));
	one.run = cc_arena_dup(d->arena, cc_json_get_str(json, "run"));
	one.assistance = cc_arena_dup(d->arena, cc_json_get_str(json, "assistance"));
	one.bytes = (uint64_t)int_or(json, "bytes", 0);
	one.level = app_drill_level_parse(cc_json_get_str(json, "difficulty"));
	one.submitted = cc_json_bool(cc_json_get(json, "submitted"));
	one.again = cc_json_bool(cc_json_get(json, "again"));
	one.score = number(json, "score");
	one.brier = number(json, "brier");
	one.queries = int_or(json, "queries", 0);
	one.decisive = int_or(json, "decisive_queries", -1);
	one.hints = int_or(json, "hints", 0);
	one.active_ns = int_or(json, "active_ns", 0);
	one.missed = read_panes(cc_json_get(json, "missed"));
	one.saw = read_panes(cc_json_get(json, "saw"));
	cc_json_free(json);
	bool ok = one.scenario.p && one.path.p && one.identity.p && one.run.p && one.assistance.p && cc_vec_push(&d->list, one);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

cc_code app_drills_parse(app_drills *d, cc_str text, cc_err *err)
{
	cc_code code = CC_OK;
	if (!d->arena)
		d->arena = cc_arena_new();
	if (!d->arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (cc_str line, rest = text; rest.n && code == CC_OK;) {
		cc_str_cut(rest, '\n', &line, &rest);
		if (cc_str_trim(line).n)
			code = read_line(d, line, err);
	}
	return code;
}

/* A name becomes the name of a file: whatever else is in it. */
static void add_file_name(cc_buf *out, const char *name)
{
	for (const char *p = name; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '-' ||
			*p == '_' || (*p == '.' && p > name);
		cc_buf_add_char(out, plain ? *p : '_');
	}
	cc_buf_addz(out, ".jsonl");
}

static cc_code find_file(app_drills *d, const char *name, cc_err *err)
{
	cc_code code = cc_xdg_dir(&d->path, 's', err);
	cc_buf_addz(&d->path, "/drill");
	if (code == CC_OK && cc_buf_ok(&d->path))
		code = cc_dir_make(d->path.p, err);
	cc_buf_add_char(&d->path, '/');
	add_file_name(&d->path, name);
	return code == CC_OK && !cc_buf_ok(&d->path) ? cc_err_set(err, CC_ENOMEM, "out of memory") : code;
}

cc_code app_drills_open(app_drills *d, const char *name, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	*d = (app_drills){ .arena = cc_arena_new() };
	cc_code code = d->arena ? find_file(d, name, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK) {
		d->name = cc_arena_dup(d->arena, cc_str_from(name));
		code = cc_file_read(&text, d->path.p, MOST, err);
	}
	if (code == CC_ENOTFOUND)
		code = CC_OK;
	else if (code == CC_OK)
		code = app_drills_parse(d, cc_buf_str(&text), err);
	cc_buf_deinit(&text);
	return code;
}

void app_drills_close(app_drills *d)
{
	cc_vec_deinit(&d->list);
	cc_buf_deinit(&d->path);
	cc_arena_free(d->arena);
}

/* --- adding --- */

static void put_panes(cc_jw *w, const char *key, unsigned panes)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; i < APP_DRILL_PANES; i++)
		if (panes >> i & 1u)
			cc_jw_strz(w, PANES[i]);
	cc_jw_end_array(w);
}

static void put_line(const app_drill *one, cc_buf *out)
{
	cc_jw w;
	cc_buf wall = CC_BUF_INIT;
	cc_time_format(&wall, one->wall_ns);
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_jw_put_str(&w, "wall", cc_buf_str(&wall));
	cc_jw_put_str(&w, "scenario", one->scenario);
	cc_jw_put_str(&w, "path", one->path);
	cc_jw_put_str(&w, "identity", one->identity);
	cc_jw_put_int(&w, "bytes", (int64_t)one->bytes);
	cc_jw_put_str(&w, "run", one->run);
	cc_jw_put_str(&w, "assistance", one->assistance);
	cc_jw_put_strz(&w, "difficulty", one->level >= 0 ? app_drill_level_name(one->level) : NULL);
	cc_jw_put_bool(&w, "again", one->again);
	cc_jw_put_bool(&w, "submitted", one->submitted);
	cc_jw_put_double(&w, "score", one->score);
	cc_jw_put_double(&w, "brier", one->brier);
	cc_jw_put_int(&w, "queries", one->queries);
	cc_jw_key(&w, "decisive_queries");
	if (one->decisive >= 0)
		cc_jw_int(&w, one->decisive);
	else
		cc_jw_null(&w);
	cc_jw_put_int(&w, "hints", one->hints);
	cc_jw_put_int(&w, "active_ns", one->active_ns);
	put_panes(&w, "missed", one->missed);
	put_panes(&w, "saw", one->saw);
	cc_jw_end_object(&w);
	cc_buf_deinit(&wall);
}

cc_code app_drills_add(const app_drills *d, const app_drill *drill, cc_err *err)
{
	cc_buf line = CC_BUF_INIT;
	put_line(drill, &line);
	cc_code code = cc_buf_ok(&line) ? cc_file_add_line(d->path.p, cc_buf_str(&line), false, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&line);
	return code;
}
