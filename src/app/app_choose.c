/* app_choose.c - a bare `coldcase`: the incidents there are, how hard each is, what one made of it, and the one to open next.
 *
 * How hard they are is told by debriefs, which another process opens (`drill --pick-only`); one's own scores lie beside one's runs. */
#include "app/app.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

typedef struct choice {
	const app_options *o;
	cc_scenario_vec found;
	cc_arena *arena;
	cc_json *advice;         /* what `drill --pick-only` said; NULL = nothing */
} choice;

static void ask_advice(choice *c)
{
	const char *name = app_actor_name(c->o);
	const char *argv[] = { "drill", "--pick-only", "--json", "--name", name ? name : "player", c->o->out ? "--out" : NULL, c->o->out, NULL };
	cc_buf text = CC_BUF_INIT;
	int status;
	if (app_spawn(c->o, argv, &text, &status, NULL) == CC_OK && status == 0)
		(void)!cc_json_parse(&c->advice, cc_buf_str(&text), NULL);
	cc_buf_deinit(&text);
}

/* What is said of the incident in that folder; NULL = nothing. */
static const cc_json *said_of(const choice *c, cc_str path)
{
	const cc_json *row = cc_json_first(cc_json_get(c->advice, "incidents"));
	while (row && !cc_str_eq(cc_json_get_str(row, "path"), path))
		row = cc_json_next(row);
	return row;
}

/* The one to open next, from 0. */
static size_t suggested(const choice *c)
{
	cc_str path = cc_json_get_str(cc_json_get(c->advice, "pick"), "path");
	for (size_t i = 0; i < c->found.n; i++)
		if (cc_str_eq(c->found.p[i].path, path))
			return i;
	return 0;
}

static bool score_of(const char *dir, const char *trial, double *score)
{
	enum { LIMIT = 1 << 20 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *tree = NULL;
	cc_buf_addf(&path, "%s/%s/score.json", dir, trial);
	bool has = cc_buf_ok(&path) && cc_file_read(&text, path.p, LIMIT, NULL) == CC_OK && cc_json_parse(&tree, cc_buf_str(&text), NULL) == CC_OK &&
		cc_json_double(cc_json_get(tree, "score"), score);
	cc_json_free(tree);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return has;
}

/* The best of one's own, of the runs kept under its name. */
static void add_own(const choice *c, cc_str name, cc_buf *out)
{
	cc_buf dir = CC_BUF_INIT;
	double best = 0, score;
	size_t runs = 0, scored = 0;
	struct dirent *e;
	if (app_runs_dir(c->o, &dir, NULL) == CC_OK)
		cc_buf_addf(&dir, "/%.*s", CC_STR_ARG(name));
	DIR *d = cc_buf_ok(&dir) && dir.n ? opendir(dir.p) : NULL;
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		runs++;
		if (score_of(dir.p, e->d_name, &score)) {
			best = scored++ && best > score ? best : score;
		}
	}
	if (d)
		closedir(d);
	cc_buf_deinit(&dir);
	if (scored)
		cc_buf_addf(out, "best %.2f of %zu run%s", best, runs, runs == 1 ? "" : "s");
	else if (runs)
		cc_buf_addf(out, "opened, no answer yet");
}

static void print_choices(const choice *c)
{
	cc_buf b = CC_BUF_INIT;
	size_t width = 8, next = suggested(c);
	for (size_t i = 0; i < c->found.n; i++)
		width = cc_width(c->found.p[i].name) > width ? cc_width(c->found.p[i].name) : width;
	for (size_t i = 0; i < c->found.n; i++) {
		const cc_scenario *s = &c->found.p[i];
		cc_buf name = CC_BUF_INIT;
		cc_str level = cc_json_get_str(said_of(c, s->path), "difficulty");
		cc_utf8_clean(&name, s->name, CC_CLEAN_LINE);
		cc_buf_addf(&b, "%s%3zu  ", c->advice && i == next ? ">" : " ", i + 1);
		cc_width_fit(&b, cc_buf_str(&name), width, false);
		cc_buf_addf(&b, " %8.1f MB  %-9.*s ", (double)s->bytes / 1e6, CC_STR_ARG(level));
		add_own(c, s->name, &b);
		cc_buf_addz(&b, "\n       ");
		cc_utf8_clean(&b, s->path, CC_CLEAN_LINE);
		cc_buf_add_char(&b, '\n');
		cc_buf_deinit(&name);
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	fflush(stdout);
	cc_buf_deinit(&b);
}

/* 0 = none. */
static size_t ask_number(size_t n, size_t next)
{
	char line[64];
	for (;;) {
		printf("Open which? [1-%zu, Enter = %zu, q = none] ", n, next);
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin) || line[0] == 'q' || line[0] == 27)
			return 0;
		int64_t k = (int64_t)next;
		cc_str word = cc_str_trim(cc_str_from(line));
		if (!word.n || (cc_str_to_i64(word, &k) && k >= 1 && (size_t)k <= n))
			return (size_t)k;
		printf("A number from 1 to %zu opens one, Enter number %zu, q leaves; `coldcase learn` is a guided case, `coldcase --help` the rest.\n", n, next);
	}
}

static int open_chosen(const app_options *o, const cc_scenario *s)
{
	app_options play = *o;
	const char *path = s->path.p;    /* arena texts end in NUL */
	int status = 1;
	memset(&play.args, 0, sizeof play.args);
	if (cc_vec_push(&play.args, path))
		status = app_play(&play);
	cc_vec_deinit(&play.args);
	return status;
}

int app_choose(const app_options *o)
{
	choice c = { .o = o, .arena = cc_arena_new() };
	cc_err err = { 0 };
	int status = 0;
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	cc_code code = c.arena ? app_some_incidents(o, &c.found, c.arena, &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK) {
		ask_advice(&c);
		print_choices(&c);
		size_t k = tty ? ask_number(c.found.n, suggested(&c) + 1) : 0;
		if (!tty)
			printf("coldcase play DIR opens one; coldcase --help lists what else there is\n");
		if (k)
			status = open_chosen(o, &c.found.p[k - 1]);
	} else {
		status = app_fail(&err);
	}
	cc_json_free(c.advice);
	cc_vec_deinit(&c.found);
	cc_arena_free(c.arena);
	return status;
}
