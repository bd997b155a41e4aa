/* review_proofs.c - which of the deciding records a run saw, and which it pinned.
 *
 * A debrief says of each record a command that shows it and an expression its reply matches. The run is made again: a step
 * whose reply matches showed it, and so did one that told of the same record by another command. What a shell printed is held
 * against the same expression; and when it printed a row of the evidence whole that the command would have cited, it showed it too. */
#include <string.h>

#include "app/review_priv.h"
#include "coldcase/json.h"
#include "coldcase/regex.h"
#include "coldcase/rerun.h"
#include "coldcase/xalloc.h"

typedef struct wanted { cc_regex *re; cc_map *cites; } wanted;

/* --- what is looked for --- */

static void ask(wanted *w, app_review *r, cc_session *session, const cc_debrief_proof *p)
{
	cc_reply *reply = NULL;
	if (cc_session_run(session, p->command, NULL, &reply, NULL) == CC_OK)
		app_cites_collect(w->cites, w->re, r->arena, cc_session_snapshot(session), reply);
	cc_reply_unref(reply);
}

/* --- what was seen --- */

/* reply: of a command; NULL: a shell printed the text. */
static void see(app_review *r, wanted *all, const cc_record_step *step, cc_str text, const cc_reply *reply)
{
	for (size_t i = 0; i < r->proofs.n; i++) {
		app_proof *p = &r->proofs.p[i];
		bool hit = p->checked && cc_regex_match(all[i].re, text) == CC_REGEX_YES;
		for (size_t k = 0; p->checked && !reply && !hit && k < step->shown.cite_count; k++)
			hit = cc_map_get(all[i].cites, step->shown.cites[k], NULL);
		if (p->checked && reply && !hit && r->s->kept->snapshot)
			hit = app_cites_told(all[i].cites, r->s->kept->snapshot, reply);
		if (hit && !p->seen.step)
			p->seen = (app_moment){ step->number, step->turn, step->queries, step->active_ns };
	}
}

/* Free ones count too: a live drill's screen keeps up by asking again. True when it could be looked at. */
static bool see_step(app_review *r, wanted *all, const cc_rerun_step *step)
{
	cc_buf text = CC_BUF_INIT;
	const cc_cmd *cmd;
	bool shows = step->reply && step->step->code == CC_OK && cc_cmd_find(step->step->command, &cmd, NULL) == CC_OK && (cmd->flags & CC_CMD_QUERY);
	if (shows) {
		cc_reply_write_text(step->reply, &text, 0, false);
		see(r, all, step->step, cc_buf_str(&text), step->reply);
	}
	cc_buf_deinit(&text);
	return shows;
}

static bool run_again(app_review *r, wanted *all, cc_rerun *again)
{
	cc_rerun_step step;
	bool any = false;
	while (cc_rerun_next(again, NULL, &step, NULL) == CC_OK)
		any = see_step(r, all, &step) || any;
	return any;
}

/* What a shell command came upon: no claim that it was printed. */
static void search(app_review *r, wanted *all, const cc_record_step *step, const cc_json *cites)
{
	for (const cc_json *c = cc_json_first(cites); c; c = cc_json_next(c))
		for (size_t i = 0; i < r->proofs.n; i++)
			if (!r->proofs.p[i].searched.step && cc_map_get(all[i].cites, cc_json_str(c), NULL))
				r->proofs.p[i].searched = (app_moment){ step->number, step->turn, step->queries, step->active_ns };
}

/* Outputs, and what was searched, follow their steps. */
static void read_outputs(app_review *r, wanted *all)
{
	const cc_record_step *last = NULL;
	for (size_t i = 0; i < cc_run_line_count(r->s->run); i++) {
		const cc_record_line *line = cc_run_line(r->s->run, i);
		if (line->type == CC_LINE_STEP)
			last = line->as.step;
		else if (last && line->type == CC_LINE_EVENT && cc_str_eqz(line->as.event->name, "output"))
			see(r, all, last, cc_json_get_str(cc_json_get(line->json, "data"), "text"), NULL);
		else if (last && line->type == CC_LINE_EVENT && cc_str_eqz(line->as.event->name, "searched"))
			search(r, all, last, cc_json_get(cc_json_get(line->json, "data"), "cites"));
	}
}

/* A pin is of a deciding record when it cites one, or when its line matches. */
static void see_pins(app_review *r, wanted *all)
{
	for (size_t i = 0; i < cc_run_step_count(r->s->run); i++) {
		const cc_record_step *step = cc_run_step(r->s->run, i)->as.step;
		const cc_json *list = cc_json_get(cc_run_step(r->s->run, i)->json, "actions"), *json = cc_json_first(list);
		for (size_t a = 0; a < step->action_count && json; a++, json = cc_json_next(json))
			for (size_t k = 0; k < r->proofs.n && step->actions[a].kind == CC_ACT_PIN; k++)
				r->proofs.p[k].pinned = r->proofs.p[k].pinned || (r->proofs.p[k].checked &&
					(cc_map_get(all[k].cites, cc_json_get_str(json, "cite"), NULL) ||
					cc_regex_match(all[k].re, step->actions[a].name) == CC_REGEX_YES));
	}
}

/* --- all of it --- */

static bool list_proofs(app_review *r, wanted *all)
{
	const cc_debrief *d = r->s->debrief;
	for (size_t i = 0; i < d->decisive_count; i++) {
		app_proof p = { .proof = d->decisive[i] };
		all[i].cites = cc_map_new();
		p.checked = p.proof.pattern.n && cc_regex_compile(&all[i].re, p.proof.pattern, 0, NULL) == CC_OK;
		if (!all[i].cites || !cc_vec_push(&r->proofs, p))
			return false;
	}
	return true;
}

/* Asks each record's command, to know what it would cite. */
static void learn_cites(app_review *r, wanted *all, const char *dir)
{
	cc_session *session = NULL;
	r->evidence = dir && cc_session_open(&session, &(cc_session_options){ .dir = dir }, NULL) == CC_OK;
	for (size_t i = 0; r->evidence && i < r->proofs.n; i++)
		if (r->proofs.p[i].checked)
			ask(&all[i], r, session, &r->proofs.p[i].proof);
	cc_session_close(session);
}

static void look(app_review *r, wanted *all)
{
	cc_rerun *again = NULL;
	cc_buf dir = CC_BUF_INIT;
	bool read = false;
	cc_buf_add(&dir, r->s->kept->snapshot ? cc_snapshot_path(r->s->kept->snapshot) : CC_STR_EMPTY);
	learn_cites(r, all, dir.n ? dir.p : NULL);
	if (r->evidence && cc_rerun_open(&again, r->s->run, dir.p, false, NULL) == CC_OK)
		read = run_again(r, all, again);
	read_outputs(r, all);
	see_pins(r, all);
	for (size_t i = 0; i < r->proofs.n; i++) /* without evidence only what was seen can be told */
		r->proofs.p[i].checked = r->proofs.p[i].checked && (read || r->proofs.p[i].seen.step || r->evidence);
	cc_rerun_close(again);
	cc_buf_deinit(&dir);
}

static bool list_records(app_review *r, const wanted *all)
{
	for (size_t i = 0; i < r->proofs.n; i++) {
		cc_buf b = CC_BUF_INIT;
		for (size_t k = 0; k < cc_map_count(all[i].cites) && k < APP_PROOF_RECORDS; k++) {
			cc_str cite;
			uint64_t one;
			cc_map_entry(all[i].cites, k, &cite, &one);
			cc_buf_addf(&b, "%s%.*s", k ? " " : "", CC_STR_ARG(cite));
		}
		r->proofs.p[i].records = cc_arena_dup(r->arena, cc_buf_str(&b));
		bool ok = cc_buf_ok(&b) && r->proofs.p[i].records.p;
		cc_buf_deinit(&b);
		if (!ok)
			return false;
	}
	return true;
}

/* Any one record that decides supports an answer: they prove the same thing from several sides. */
static bool is_unsupported(const app_review *r)
{
	cc_ratio s = r->s->score->d1.score;
	bool seen = false, told = false;
	for (size_t i = 0; i < r->proofs.n; i++) {
		seen = seen || r->proofs.p[i].seen.step;
		told = told || r->proofs.p[i].checked;
	}
	return s.den && s.num == s.den && told && !seen;
}

static void drop_wanted(wanted *all, size_t n)
{
	for (size_t i = 0; all && i < n; i++) {
		cc_regex_free(all[i].re);
		cc_map_free(all[i].cites);
	}
}

cc_code app_review_proofs(app_review *r, cc_err *err)
{
	size_t n = r->s->debrief ? r->s->debrief->decisive_count : 0;
	wanted *all = cc_arena_array(r->arena, n + 1, sizeof *all);
	bool ok = all && (!n || list_proofs(r, all));
	if (ok && n) {
		look(r, all);
		ok = list_records(r, all);
	}
	if (ok)
		r->unsupported = is_unsupported(r);
	drop_wanted(all, n);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- a run that goes on --- */

struct app_seeing { app_review r; wanted *all; size_t n; };

app_seeing *app_seeing_new(app_scoring *s)
{
	app_seeing *w = cc_calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->r = (app_review){ .s = s, .arena = cc_arena_new() };
	w->n = s->debrief ? s->debrief->decisive_count : 0;
	w->all = w->r.arena ? cc_arena_array(w->r.arena, w->n + 1, sizeof *w->all) : NULL;
	if (!w->all || (w->n && !list_proofs(&w->r, w->all))) {
		app_seeing_free(w);
		return NULL;
	}
	cc_buf dir = CC_BUF_INIT;
	cc_buf_add(&dir, s->kept->snapshot ? cc_snapshot_path(s->kept->snapshot) : CC_STR_EMPTY);
	if (w->n)
		learn_cites(&w->r, w->all, dir.n ? dir.p : NULL);
	cc_buf_deinit(&dir);
	return w;
}

void app_seeing_free(app_seeing *w)
{
	if (!w)
		return;
	drop_wanted(w->all, w->n);
	app_review_deinit(&w->r);
	cc_free(w);
}

void app_seeing_step(app_seeing *w, const cc_rerun_step *step)
{
	(void)see_step(&w->r, w->all, step);
}

void app_seeing_pins(app_seeing *w)
{
	see_pins(&w->r, w->all);
}

const app_review *app_seeing_review(const app_seeing *w)
{
	return &w->r;
}
