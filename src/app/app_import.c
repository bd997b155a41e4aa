/* app_import.c - `import`: a run that was recorded elsewhere as a run folder of ours, so that replay, compare, league and score
 * take it. The answer is looked for in the run, in --answer, and in an answer file beside the run. */
#include "app/import_search.h"
#include "app/scoring.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/answer.h"
#include "coldcase/clock.h"
#include "coldcase/command.h"
#include "coldcase/export.h"
#include "coldcase/file.h"
#include "coldcase/import.h"
#include "coldcase/json.h"
#include "coldcase/schema.h"
#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { FILE_MAX_BYTES = 1 << 30 };

/* --- a call of one of our commands --- */

static void fill_step(const cc_cmd *cmd, const cc_args *args, cc_arena *arena, cc_record_step *out)
{
	cc_buf canonical = CC_BUF_INIT;
	cc_kv *kv = cc_arena_array(arena, CC_CMD_MAX_PARAMS, sizeof *kv);
	cc_cmd_format(cmd, args, &canonical);
	out->line = cc_arena_dup(arena, cc_buf_str(&canonical));
	out->command = cc_str_from(cmd->name);
	out->query = cmd->flags & CC_CMD_QUERY;
	cc_buf_deinit(&canonical);
	for (size_t i = 0; kv && cmd->params && i < CC_CMD_MAX_PARAMS && cmd->params[i].name; i++)
		if (args->values[i])
			kv[out->arg_count++] = (cc_kv){ cc_str_from(cmd->params[i].name), cc_str_from(args->values[i]) };
	out->args = kv;
}

static bool own_command(const void *arg, cc_str tool, const cc_json *arguments, cc_arena *arena, cc_record_step *out)
{
	const cc_cmd *cmd = NULL;
	cc_args args;
	cc_buf line = CC_BUF_INIT;
	bool ours = false;
	(void)arg;
	if (cc_str_eqz(tool, "finish"))
		tool = CC_STR("submit");
	if (cc_cmd_find(tool, &cmd, NULL) == CC_OK && cc_str_eqz(tool, cmd->name)) {
		if (strcmp(cmd->name, "submit") == 0) /* its arguments hold the answer, which is no part of the line */
			cc_buf_addz(&line, "submit confirm=submit");
		ours = (line.n || cc_cmd_line_of(cmd, arguments, &line, NULL) == CC_OK) &&
			cc_cmd_parse(cc_buf_str(&line), arena, &cmd, &args, NULL) == CC_OK;
	}
	if (ours)
		fill_step(cmd, &args, arena, out);
	cc_buf_deinit(&line);
	return ours;
}

/* --- the run --- */

/* The incident, for telling what was touched; it need not be at hand. */
static cc_code open_incident(const app_options *o, const cc_import *i, cc_snapshot **out, cc_err *err)
{
	cc_buf dir = CC_BUF_INIT;
	cc_str scenario = i->scenario.n ? i->scenario : app_scenario_of_path(cc_str_from(o->args.p[0]));
	cc_buf word = CC_BUF_INIT;
	cc_snapshot_options how = { .no_cache = o->no_cache };
	cc_code code = CC_OK;
	cc_buf_add(&word, o->incident ? cc_str_from(o->incident) : scenario);
	if (word.n)
		code = app_find_incident(o, word.p, &dir, err);
	if (code == CC_OK && dir.n)
		code = cc_snapshot_open(out, dir.p, &how, err);
	if (code != CC_OK && code != CC_ENOMEM && !o->incident)
		code = CC_OK;
	if (code == CC_OK && !*out)
		fprintf(stderr, "coldcase: the incident is not at hand (--incident DIR): what the run touched is not told\n");
	cc_buf_deinit(&word);
	cc_buf_deinit(&dir);
	return code;
}

/* An answer file in the folder the run lies in, when neither the run nor --answer gave one. */
static cc_code copy_answer(const app_options *o, const char *dir, cc_err *err)
{
	cc_buf to = CC_BUF_INIT, from = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_str folder = cc_str_from(o->args.p[0]);
	size_t slash = cc_str_rfind_char(folder, '/');
	cc_code code = CC_OK;
	cc_path_join(&to, dir, CC_RECORD_ANSWER_FILE);
	if (o->answer) {
		cc_buf_addz(&from, o->answer);
	} else if (access(to.p, F_OK) != 0) {
		cc_buf beside = CC_BUF_INIT;
		cc_buf_add(&beside, slash == CC_STR_NONE ? CC_STR(".") : cc_str_sub(folder, 0, slash));
		if (cc_answer_find(&from, beside.p, NULL) != CC_OK)
			cc_buf_clear(&from);
		cc_buf_deinit(&beside);
	}
	if (from.n)
		code = cc_file_read(&text, from.p, CC_ANSWER_FILE_MAX, err);
	if (from.n && code == CC_OK)
		code = cc_file_write(to.p, cc_buf_str(&text), err);
	cc_buf_deinit(&to);
	cc_buf_deinit(&from);
	cc_buf_deinit(&text);
	return code;
}

static void report(const cc_import *i, const char *dir)
{
	size_t called = 0, said = 0;
	for (size_t k = 0; k < i->items.n; k++) {
		called += i->items.p[k].kind == CC_IMPORT_CALLED;
		said += i->items.p[k].kind == CC_IMPORT_SAID;
	}
	printf("%s: %zu call%s, %zu message%s", dir, called, called == 1 ? "" : "s", said, said == 1 ? "" : "s");
	if (i->bad)
		printf(", %zu that could not be read left out", i->bad);
	printf(" (from %.*s)\n", CC_STR_ARG(i->origin));
}

/* --- how long its searches are followed --- */

static cc_cancel enough;

static void on_signal(int number)
{
	(void)number;
	cc_cancel_set(&enough);
}

/* A run may hold any number of searches over any evidence: they are followed for a minute, or until Ctrl-C, which leaves the rest of them
 * out and the record whole. The second Ctrl-C ends the program as ever. */
static void begin_following(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	enough.until_ns = cc_clock_mono_ns() + 60 * CC_NS_PER_S;
}

static void say_untold(size_t n)
{
	if (n)
		fprintf(stderr, "note: %zu search%s of its shell commands %s not followed: %s\n", n, n == 1 ? "" : "es", n == 1 ? "was" : "were",
			atomic_load(&enough.set) ? "stopped" : "a minute is the most");
}

static cc_code write_run(const app_options *o, const cc_import *i, const cc_snapshot *s, cc_err *err)
{
	app_import_lookup lookup = { .snapshot = s, .cancel = &enough };
	cc_import_options how = { .scenario = s ? cc_snapshot_name(s) : i->scenario.n ? i->scenario : app_scenario_of_path(cc_str_from(o->args.p[0])),
		.actor_name = o->name ? cc_str_from(o->name) : CC_STR_EMPTY, .snapshot = s, .command = own_command, .search = app_import_search, .arg = &lookup };
	cc_buf out = CC_BUF_INIT, dir = CC_BUF_INIT;
	uint32_t trial;
	cc_code code = app_runs_dir(o, &out, err);
	if (code == CC_OK)
		code = cc_record_make_dir(&dir, &trial, out.p, how.scenario, err);
	begin_following();
	if (code == CC_OK)
		code = cc_import_write(i, dir.p, trial, &how, err);
	say_untold(lookup.untold);
	if (code == CC_OK)
		code = copy_answer(o, dir.p, err);
	if (code == CC_OK)
		report(i, dir.p);
	cc_buf_deinit(&out);
	cc_buf_deinit(&dir);
	return code;
}

/* --check: does the file hold to the standard it claims? */
static int check_only(const cc_buf *text)
{
	cc_json *json = NULL;
	cc_err err = { 0 };
	cc_buf problems = CC_BUF_INIT, clean = CC_BUF_INIT;
	if (cc_json_parse(&json, cc_buf_str(text), &err) != CC_OK)
		return app_fail(&err);
	size_t n = cc_atif_check(&problems, json);
	cc_utf8_clean(&clean, cc_buf_str(&problems), CC_CLEAN_LINE | CC_CLEAN_KEEP_NL);
	printf("%s%s", clean.p ? clean.p : "", n ? "" : "valid ATIF\n");
	cc_json_free(json);
	cc_buf_deinit(&problems);
	cc_buf_deinit(&clean);
	return n != 0;
}

/* What can be read is taken; that it holds to no known version of its standard, who hands the run on has to know. */
static void warn_of_problems(const cc_import *i, const cc_buf *text, const char *path)
{
	cc_json *json = NULL;
	cc_err err = { 0 };
	cc_buf problems = CC_BUF_INIT, first = CC_BUF_INIT;
	if (!cc_str_starts(i->origin, CC_STR("ATIF")) || cc_json_parse(&json, cc_buf_str(text), &err) != CC_OK)
		return;
	size_t n = cc_atif_check(&problems, json);
	cc_str line, rest;
	cc_str_cut(cc_buf_str(&problems), '\n', &line, &rest);
	cc_utf8_clean(&first, line, CC_CLEAN_LINE);
	if (n)
		fprintf(stderr, "note: not valid ATIF: %.*s%s\n  hint: coldcase import --check %s lists %s\n", CC_STR_ARG(cc_buf_str(&first)),
			n > 1 ? ", and more" : "", path, n > 1 ? "all of it" : "it");
	cc_json_free(json);
	cc_buf_deinit(&problems);
	cc_buf_deinit(&first);
}

int app_import(const app_options *o)
{
	cc_buf text = CC_BUF_INIT;
	cc_import *i = NULL;
	cc_snapshot *s = NULL;
	cc_err err = { 0 };
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "import: %s", o->args.n ? "one run at a time" : "which file?");
		cc_err_hint(&err, "coldcase import trajectory.json --incident DIR");
	}
	if (code == CC_OK)
		code = cc_file_read(&text, o->args.p[0], FILE_MAX_BYTES, &err);
	if (code == CC_OK && o->check) {
		int status = check_only(&text);
		cc_buf_deinit(&text);
		return status;
	}
	if (code == CC_OK)
		code = cc_import_read(&i, cc_buf_str(&text), &err);
	if (code == CC_OK)
		code = open_incident(o, i, &s, &err);
	if (code == CC_OK)
		code = write_run(o, i, s, &err);
	if (code == CC_OK)
		warn_of_problems(i, &text, o->args.p[0]);
	cc_snapshot_free(s);
	cc_import_free(i);
	cc_buf_deinit(&text);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
