/* app_reel.c - `reel`: runs of one incident one after the other, by themselves, cut from run to run where they part.
 *
 * A scene is a stretch of one run. At each parting the runs are shown in turn, each on its own way up to where they meet again, or to its
 * end; what they have in common is shown in the first of them, fast. After the last scene the first comes again, until somebody leaves. */
#include "app/app.h"

#include <stdio.h>
#include <unistd.h>

#include "coldcase/compare.h"
#include "coldcase/truth.h"
#include "coldcase/xalloc.h"

typedef struct scene { size_t run, from, part, end, parting; } scene;   /* steps done at its beginning, where they part, and at its end */

typedef struct reel {
	const app_options *o;
	size_t n;
	cc_run **runs;
	size_t part[CC_COMPARE_MAX];     /* the step of the look at which each first parts; 0 = they never part */
	cc_parting_vec partings;
	CC_VEC(scene) scenes;
	app_screen screen;
} reel;

static cc_code read_runs(reel *r, cc_err *err)
{
	const cc_record_header *first = NULL;
	for (size_t i = 0; i < r->n; i++) {
		cc_code code = cc_run_read(&r->runs[i], r->o->args.p[i], err);
		const cc_record_header *h = code == CC_OK ? cc_run_header(r->runs[i]) : NULL;
		if (code != CC_OK)
			return code;
		if (!h)
			return cc_err_set(err, CC_EFORMAT, "%s: the record has no header: nothing says what it is of", r->o->args.p[i]);
		first = first ? first : h;
		if (!cc_truth_same_scenario(first->scenario, h->scenario))
			return cc_err_set(err, CC_EUSAGE, "reel: %s is of another incident than %s", r->o->args.p[i], r->o->args.p[0]);
	}
	return CC_OK;
}

/* The first run leads there from the parting before; another that does nothing there has no scene. */
static bool add_scenes(reel *r, size_t p)
{
	const cc_parting *here = &r->partings.p[p], *last = p ? &r->partings.p[p - 1] : NULL;
	for (size_t run = 0; run < r->n; run++) {
		size_t part = (size_t)here->from[run], end = (size_t)here->to[run], from = run ? part : last ? (size_t)last->to[run] : 0;
		if (from < end && !cc_vec_push(&r->scenes, ((scene){ run, from, part, end, p + 1 })))
			return false;
	}
	return true;
}

/* Runs that never part are shown whole; what they have in common at the end, in the first. */
static bool plan(reel *r)
{
	bool ok = true;
	for (size_t p = 0; p < r->partings.n; p++)
		ok = ok && add_scenes(r, p);
	for (size_t run = 0; !r->partings.n && run < r->n; run++)
		ok = ok && cc_vec_push(&r->scenes, ((scene){ .run = run, .end = cc_run_step_count(r->runs[run]) }));
	size_t steps = cc_run_step_count(r->runs[0]), to = r->partings.n ? (size_t)r->partings.p[r->partings.n - 1].to[0] : steps;
	return ok && (to >= steps || cc_vec_push(&r->scenes, ((scene){ .from = to, .part = steps, .end = steps })));
}

static cc_code find_partings(reel *r, cc_err *err)
{
	cc_compare *c = NULL;
	uint64_t step[CC_COMPARE_MAX] = { 0 };
	bool by_focus;
	cc_code code = cc_compare_new(&c, (const cc_run *const *)r->runs, r->n, err);
	if (code == CC_OK && cc_compare_diverged(c, step, &by_focus))
		for (size_t i = 0; i < r->n; i++)
			r->part[i] = step[i];
	if (code == CC_OK && !(cc_compare_partings(c, &r->partings) && plan(r)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_compare_free(c);
	return code;
}

static void put_name(const reel *r, size_t i, cc_buf *out)
{
	cc_buf_addf(out, "%c", (int)('A' + i));
	if (!r->o->blind)
		cc_buf_addf(out, " %.*s", CC_STR_ARG(cc_run_header(r->runs[i])->actor_name));
}

/* "parting 2/3: A [B] C": which parting, and who is shown there in which order. */
static void put_order(const reel *r, size_t i, cc_buf *out)
{
	const scene *here = &r->scenes.p[i];
	if (!here->parting) {
		cc_buf_addz(out, r->partings.n ? "to the end, as all" : "no parting");
		return;
	}
	cc_buf_addf(out, "parting %zu/%zu:", here->parting, r->partings.n);
	for (size_t k = 0; k < r->scenes.n; k++)
		if (r->scenes.p[k].parting == here->parting)
			cc_buf_addf(out, k == i ? " [%c]" : " %c", (int)('A' + r->scenes.p[k].run));
}

/* --- on the screen --- */

static cc_code show_scene(reel *r, size_t i, int *cut, cc_err *err)
{
	const scene *here = &r->scenes.p[i];
	cc_session *s = NULL;
	cc_playback *p = NULL;
	cc_buf name = CC_BUF_INIT, order = CC_BUF_INIT;
	put_name(r, here->run, &name);
	put_order(r, i, &order);
	cc_ui_reel part = { .name = cc_buf_str(&name), .order = cc_buf_str(&order), .part = here->part, .end = here->end };
	cc_ui_replay_how how = { .reel = &part };
	cc_code code = app_open_recorded(r->o, r->runs[here->run], &s, err);
	if (code == CC_OK)
		code = cc_playback_new(&p, s, r->runs[here->run], r->o->args.p[here->run], err);
	if (code == CC_OK) {
		cc_playback_go(p, here->from);
		code = cc_ui_replay(p, r->screen.term, &r->screen.ui, &how, err);
	}
	*cut = part.cut;
	cc_playback_free(p);
	if (s)
		cc_session_close(s);
	cc_buf_deinit(&name);
	cc_buf_deinit(&order);
	return code;
}

static cc_code show_all(reel *r, cc_err *err)
{
	int cut = 1;
	size_t i = 0, n = r->scenes.n;
	cc_code code = app_screen_open(&r->screen, r->o, err);
	while (code == CC_OK && cut) {
		code = show_scene(r, i, &cut, err);
		i = (cut < 0 ? i + n - 1 : i + 1) % n;
	}
	app_screen_close(&r->screen);
	return code;
}

/* --- as a list --- */

/* In the order in which they are shown. */
static void list_scenes(const reel *r, cc_reply *reply)
{
	static const cc_column COLUMNS[] = { { "parting", "Parting", CC_CELL_INT, CC_ROLE_HEADING, 7, 0 }, { "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 12, 0 },
		{ "from", "After", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 }, { "part", "Parts", CC_CELL_INT, CC_ROLE_TIME, 6, 0 },
		{ "end", "Cuts at", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 }, { "order", "Order", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };
	cc_reply_begin_table(reply, "scenes", "Scenes", COLUMNS, sizeof COLUMNS / sizeof *COLUMNS, false);
	for (size_t i = 0; i < r->scenes.n && cc_reply_row(reply); i++) {
		const scene *here = &r->scenes.p[i];
		cc_buf name = CC_BUF_INIT, order = CC_BUF_INIT;
		put_name(r, here->run, &name);
		put_order(r, i, &order);
		cc_reply_cell(reply, here->parting ? cc_cell_int((int64_t)here->parting) : cc_cell_none());
		cc_reply_cell(reply, cc_cell_text(cc_buf_str(&name)));
		cc_reply_cell(reply, cc_cell_int((int64_t)here->from));
		cc_reply_cell(reply, cc_cell_int((int64_t)here->part));
		cc_reply_cell(reply, cc_cell_int((int64_t)here->end));
		cc_reply_cell(reply, cc_cell_text(cc_buf_str(&order)));
		cc_buf_deinit(&name);
		cc_buf_deinit(&order);
	}
}

static cc_code list_runs(const reel *r, cc_reply *reply, cc_err *err)
{
	static const cc_column COLUMNS[] = { { "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 0, 0 }, { "steps", "Steps", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
		{ "part", "Parts at", CC_CELL_INT, CC_ROLE_TIME, 8, 0 }, { "line", "There", CC_CELL_TEXT, CC_ROLE_OP, 0, 0 } };
	cc_reply_set_title(reply, "REEL of %zu runs", r->n);
	cc_reply_begin_table(reply, "runs", NULL, COLUMNS, sizeof COLUMNS / sizeof *COLUMNS, false);
	for (size_t i = 0; i < r->n && cc_reply_row(reply); i++) {
		size_t steps = cc_run_step_count(r->runs[i]), at = r->part[i];
		cc_buf name = CC_BUF_INIT;
		put_name(r, i, &name);
		cc_reply_cell(reply, cc_cell_text(cc_buf_str(&name)));
		cc_reply_cell(reply, cc_cell_int((int64_t)steps));
		cc_reply_cell(reply, at ? cc_cell_int((int64_t)at) : cc_cell_none());
		cc_reply_cell(reply, at && at <= steps ? cc_cell_text(cc_run_step(r->runs[i], at - 1)->as.step->line) : cc_cell_none());
		cc_buf_deinit(&name);
	}
	list_scenes(r, reply);
	return cc_reply_publish(reply, NULL, err);
}

static cc_code print(const reel *r, cc_err *err)
{
	cc_reply *reply = cc_reply_new("reel");
	cc_code code = reply ? list_runs(r, reply, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		app_print_reply(r->o, reply);
	cc_reply_unref(reply);
	return code;
}

int app_reel(const app_options *o)
{
	reel r = { .o = o, .n = o->args.n };
	cc_err err = { 0 };
	cc_code code = CC_OK;
	if (r.n < 2 || r.n > CC_COMPARE_MAX) {
		cc_err_set(&err, CC_EUSAGE, "reel: two to %d runs of one incident", CC_COMPARE_MAX);
		cc_err_hint(&err, "coldcase reel RUN RUN");
		return app_fail(&err);
	}
	r.runs = cc_calloc(r.n, sizeof *r.runs);
	code = r.runs ? read_runs(&r, &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = find_partings(&r, &err);
	if (code == CC_OK)
		code = !o->json && !o->plain && app_can_draw() ? show_all(&r, &err) : print(&r, &err);
	for (size_t i = 0; r.runs && i < r.n; i++)
		cc_run_free(r.runs[i]);
	cc_free(r.runs);
	cc_vec_deinit(&r.partings);
	cc_vec_deinit(&r.scenes);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
