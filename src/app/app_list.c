/* app_list.c - `list` and `info`. */
#include "app/cases.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/discover.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

static void flush(cc_buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	fflush(stdout);
	cc_buf_deinit(b);
}

static void kinds_text(unsigned kinds, cc_buf *out)
{
	bool first = true;
	for (int k = 0; k < CC_FILE_KINDS; k++) {
		if (!(kinds >> k & 1u))
			continue;
		cc_buf_addf(out, "%s%s", first ? "" : ", ", cc_file_kind_name((cc_file_kind)k));
		first = false;
	}
}

static void scenario_json(cc_jw *w, const cc_scenario *s)
{
	cc_jw_object(w);
	cc_jw_put_str(w, "name", s->name);
	cc_jw_put_str(w, "path", s->path);
	cc_jw_put_str(w, "source", s->source);
	cc_jw_put_int(w, "bytes", (int64_t)s->bytes);
	cc_jw_key(w, "evidence");
	cc_jw_array(w);
	for (int k = 0; k < CC_FILE_KINDS; k++)
		if (s->kinds >> k & 1u)
			cc_jw_strz(w, cc_file_kind_name((cc_file_kind)k));
	cc_jw_end_array(w);
	cc_jw_put_int(w, "dangling_links", s->dangling);
	cc_jw_end_object(w);
}

static void print_json(const cc_scenario_vec *v)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &b, 0);
	cc_jw_array(&w);
	for (size_t i = 0; i < v->n; i++)
		scenario_json(&w, &v->p[i]);
	cc_jw_end_array(&w);
	cc_buf_add_char(&b, '\n');
	flush(&b);
}

static void print_list(const cc_scenario_vec *v)
{
	cc_buf b = CC_BUF_INIT;
	size_t width = 0;
	for (size_t i = 0; i < v->n; i++)
		width = cc_width(v->p[i].name) > width ? cc_width(v->p[i].name) : width;
	for (size_t i = 0; i < v->n; i++) {
		cc_buf name = CC_BUF_INIT;
		cc_utf8_clean(&name, v->p[i].name, CC_CLEAN_LINE);
		cc_width_fit(&b, cc_buf_str(&name), width, false);
		cc_buf_addf(&b, " %8.1f MB  ", (double)v->p[i].bytes / 1e6);
		cc_utf8_clean(&b, v->p[i].path, CC_CLEAN_LINE);
		cc_buf_addz(&b, "\n       ");
		kinds_text(v->p[i].kinds, &b);
		if (v->p[i].dangling)
			cc_buf_addf(&b, " (%u files are links to data that is not here)", v->p[i].dangling);
		cc_buf_add_char(&b, '\n');
		cc_buf_deinit(&name);
	}
	flush(&b);
}

int app_list(const app_options *o)
{
	cc_scenario_vec found = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_err err = { 0 };
	cc_code code = !arena ? cc_err_set(&err, CC_ENOMEM, "out of memory") : CC_OK;
	for (size_t i = 0; i < o->args.n && code == CC_OK; i++)
		code = app_incidents_in(&found, arena, o->args.p[i], &err);
	if (code == CC_OK && !o->args.n)
		code = app_some_incidents(o, &found, arena, &err);
	if (code == CC_OK && o->json)
		print_json(&found);
	else if (code == CC_OK)
		print_list(&found);
	cc_vec_deinit(&found);
	cc_arena_free(arena);
	return code == CC_OK ? 0 : app_fail(&err);
}

int app_info(const app_options *o)
{
	app_options once = *o;
	const char *line = "info";
	if (o->args.n != 1) {
		cc_err err;
		cc_err_set(&err, CC_EUSAGE, "info: which incident?");
		cc_err_hint(&err, "coldcase info DIR; `coldcase list` names the known ones");
		return app_fail(&err);
	}
	memset(&once.commands, 0, sizeof once.commands);
	if (!cc_vec_push(&once.commands, line))
		return 1;
	int status = app_run(&once);
	cc_vec_deinit(&once.commands);
	return status;
}
