/* review.c - discovery, turns and flags of a run, from its record; review_proofs.c: what was seen of what decides. */
#include "app/review_priv.h"

#include <math.h>
#include <string.h>
#include "coldcase/map.h"
#include "coldcase/stats.h"
#include "coldcase/xalloc.h"

static const char WORD_ENDS[] = " \t\n=,\"'|()";   /* of a filter or a shell command */

static app_moment moment_of(const cc_record_step *step)
{
	return (app_moment){ step->number, step->turn, step->queries, step->active_ns };
}

static void first(app_moment *m, const cc_record_step *step)
{
	if (!m->step)
		*m = moment_of(step);
}

/* --- which cause a name stands for --- */

/* Index into causes plus 1, 0 = none; each text is matched once. */
static cc_code cause_of(making *m, cc_str name, size_t *out, cc_err *err)
{
	uint64_t known;
	size_t group;
	bool root;
	*out = 0;
	if (cc_map_get(m->names, name, &known)) {
		*out = (size_t)known;
		return CC_OK;
	}
	cc_code code = app_scoring_name(m->r->s, name, &group, &root, err);
	if (code != CC_OK)
		return code;
	if (root)
		*out = m->cause_of_class[m->r->s->truth->groups[group].cls];
	cc_str own = cc_arena_dup(m->r->arena, name);
	return own.p && cc_map_set(m->names, own, *out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static bool make_causes(making *m)
{
	const cc_truth *t = m->r->s->truth;
	m->cause_of_class = cc_arena_array(m->r->arena, t->class_count + 1, sizeof *m->cause_of_class);
	if (!m->cause_of_class)
		return false;
	for (size_t i = 0; i < t->class_count; i++) {
		if (!t->classes[i].root)
			continue;
		if (!cc_vec_push(&m->r->causes, ((app_cause){ .label = t->groups[t->classes[i].first].label })))
			return false;
		m->cause_of_class[i] = m->r->causes.n;
	}
	return true;
}

/* --- one step --- */

static cc_code note_shown(making *m, const cc_record_step *step, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < step->shown.entity_count && code == CC_OK; i++) {
		size_t cause;
		code = cause_of(m, step->shown.entities[i], &cause, err);
		if (cause)
			first(&m->r->causes.p[cause - 1].encountered, step);
	}
	return code;
}

/* Whom a player suspects or names in the answer was not looked at by that. */
static bool is_claim(const cc_record_step *step)
{
	for (size_t i = 0; i < step->action_count; i++) {
		cc_action_kind kind = step->actions[i].kind;
		if (kind == CC_ACT_SUSPECT || kind == CC_ACT_UNSUSPECT || kind == CC_ACT_SUBMIT)
			return true;
	}
	return false;
}

/* Arguments that are names, and the focus. An argument may be a whole filter or shell command: then its words are. */
static cc_code note_asked(making *m, const cc_record_step *step, cc_err *err)
{
	cc_code code = CC_OK;
	if (is_claim(step))
		return CC_OK;
	for (size_t i = 0; i < step->arg_count && code == CC_OK; i++) {
		cc_str rest = step->args[i].value, word;
		while (rest.n && code == CC_OK) {
			size_t cause, cut = strcspn_str(rest, WORD_ENDS);
			word = cc_str_sub(rest, 0, cut);
			rest = cc_str_sub(rest, cut + 1, rest.n);
			cc_str full = word.n ? full_name(m, word) : CC_STR_EMPTY;
			if (!full.n)
				continue;
			code = cause_of(m, full, &cause, err);
			if (cause)
				first(&m->r->causes.p[cause - 1].investigated, step);
		}
	}
	return code;
}

static cc_code note_action(making *m, const cc_record_step *step, const cc_action *a, cc_err *err)
{
	size_t cause;
	if (a->kind != CC_ACT_SUSPECT && a->kind != CC_ACT_RULEOUT)
		return CC_OK;
	cc_code code = cause_of(m, a->name, &cause, err);
	if (code != CC_OK)
		return code;
	if ((a->kind == CC_ACT_SUSPECT) == !cause && !m->r->wrong.step) {
		m->r->wrong = moment_of(step);
		m->r->wrong_name = cc_arena_dup(m->r->arena, a->name);
	}
	if (!cause)
		return CC_OK;
	app_cause *c = &m->r->causes.p[cause - 1];
	if (a->kind == CC_ACT_RULEOUT && (c->encountered.step || c->investigated.step))
		first(&c->exonerated, step);
	if (a->kind == CC_ACT_SUSPECT && c->exonerated.step)
		first(&c->recovered, step);
	if (a->kind == CC_ACT_SUSPECT)
		first(&c->asserted, step);
	return CC_OK;
}

/* --- the answer as it grew --- */

static size_t suspect_at(const making *m, cc_str name)
{
	size_t i = 0;
	while (i < m->suspects.n && !cc_str_eq(m->suspects.p[i], name))
		i++;
	return i;
}

static bool change_suspects(making *m, const cc_action *a)
{
	size_t at = suspect_at(m, a->name);
	if (a->kind == CC_ACT_SUSPECT && at == m->suspects.n)
		return cc_vec_push(&m->suspects, a->name) && (m->changed = true);
	if ((a->kind == CC_ACT_UNSUSPECT || a->kind == CC_ACT_RULEOUT) && at < m->suspects.n) {
		memmove(&m->suspects.p[at], &m->suspects.p[at + 1], (m->suspects.n - at - 1) * sizeof *m->suspects.p);
		m->suspects.n--;
		m->changed = true;
	}
	return true;
}

static cc_code note_turn(making *m, const cc_record_step *step, cc_err *err)
{
	app_turn turn = { .at = moment_of(step), .line = step->line, .names = m->suspects.n };
	if (!m->changed)
		return CC_OK;
	m->changed = false;
	m->r->named = turn.at;
	cc_code code = app_scoring_names(m->r->s, m->suspects.p, m->suspects.n, &turn.score, err);
	if (code == CC_OK && !cc_vec_push(&m->r->turns, turn))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}

static bool is_suspected(const making *m, cc_str name)
{
	return suspect_at(m, name) < m->suspects.n;
}

/* What was submitted need not be the board: names can be left out of it, and an agent with a shell has none. */
static cc_code note_submission(making *m, const cc_record_step *step, cc_err *err)
{
	const cc_answer *a = m->r->s->answer;
	CC_VEC(cc_str) names = { 0 };
	app_turn turn = { .at = moment_of(step), .line = step->line };
	bool told = true, whole = true;          /* the board's last row tells the same; there was room for all */
	if (!a || step->code != CC_OK || !cc_str_eqz(step->command, "submit"))
		return CC_OK;
	for (size_t i = 0; i < a->entity_count; i++)
		if (a->entities[i].contributing) {
			whole = whole && cc_vec_push(&names, a->entities[i].name);
			told = told && is_suspected(m, a->entities[i].name);
		}
	told = told && names.n == m->suspects.n;
	turn.names = names.n;
	cc_code code = told ? CC_OK : app_scoring_names(m->r->s, names.p, names.n, &turn.score, err);
	if (code == CC_OK && !told)
		whole = whole && cc_vec_push(&m->r->turns, turn);
	cc_vec_deinit(&names);
	return code != CC_OK || whole ? code : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- flags --- */

static cc_code note_repeat(making *m, const cc_record_step *step, cc_err *err)
{
	cc_str key = cc_arena_printf(m->r->arena, "%.*s %.*s", CC_STR_ARG(step->line), CC_STR_ARG(step->shown.digest));
	if (!step->query || !step->shown.digest.n)
		return CC_OK;
	m->r->repeated += cc_map_get(m->asked, key, NULL);
	return key.p && cc_map_set(m->asked, key, 1) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* A shell command may say it its own way: `kubectl get svc mysql`. */
static bool asks_for(const making *m, const cc_record_step *step, cc_str name)
{
	for (size_t k = 0; k < step->shown.entity_count; k++)
		if (cc_str_eq(step->shown.entities[k], name))
			return true;
	for (cc_str rest = step->line, word; rest.n;) {
		size_t cut = strcspn_str(rest, WORD_ENDS);
		word = cc_str_sub(rest, 0, cut);
		rest = cc_str_sub(rest, cut + 1, rest.n);
		if (word.n && cc_str_eq(full_name(m, word), name))
			return true;
	}
	return cc_str_find(step->line, name) != CC_STR_NONE;
}

static bool was_asked(const making *m, cc_str name)
{
	for (size_t i = 0; i < cc_run_step_count(m->r->s->run); i++) {
		const cc_record_step *step = cc_run_step(m->r->s->run, i)->as.step;
		if (step->query && asks_for(m, step, name))
			return true;
	}
	return false;
}

/* A run whose only way of looking is a shell can neither pin a record nor open an alert. */
static bool can_pin(const making *m)
{
	const cc_record_header *h = cc_run_header(m->r->s->run);
	const cc_cmd *cmd;
	if (!h || !h->origin.n)
		return true;        /* our own record: the commands were there */
	for (size_t i = 0; i < cc_run_step_count(m->r->s->run); i++) {
		const cc_record_step *step = cc_run_step(m->r->s->run, i)->as.step;
		if (step->query && step->command.n && cc_cmd_find(step->command, &cmd, NULL) == CC_OK)
			return true;
	}
	return false;
}

static void set_flags(making *m)
{
	enum { MENDED = CC_REPAIR_FENCE | CC_REPAIR_STRING | CC_REPAIR_COMMA | CC_REPAIR_PROSE };
	app_review *r = m->r;
	const cc_answer *a = r->s->answer;
	const cc_record_header *h = cc_run_header(r->s->run);
	const cc_record_end *end = app_run_end(r->s->run);
	bool submitted = end && cc_str_eqz(end->reason, "submit");
	if (r->repeated >= 2)
		r->flags |= APP_FLAG_REPEATED;
	if ((h && h->budget > 0 && r->end.queries >= h->budget && !submitted) ||
		(r->named.step && r->end.queries >= 10 && r->named.queries * 2 < r->end.queries))
		r->flags |= APP_FLAG_NO_STOP;
	if (submitted && !m->pins && !m->opened_alert && can_pin(m))
		r->flags |= APP_FLAG_EARLY;
	if (a && (a->status == CC_ANSWER_INVALID || (a->repaired & (unsigned)MENDED)))
		r->flags |= APP_FLAG_INVALID;
	for (size_t i = 0; a && i < a->entity_count; i++)
		if (a->entities[i].contributing && !was_asked(m, a->entities[i].name))
			r->flags |= APP_FLAG_UNVERIFIED;
}

static const struct { app_flag flag; const char *name, *text; } FLAGS[] = {
	{ APP_FLAG_REPEATED, "repeated", "the same question was asked again and answered the same" },
	{ APP_FLAG_NO_STOP, "no_stop", "the run went on long after the answer stood, or until the budget was gone" },
	{ APP_FLAG_EARLY, "early", "submitted without a pinned record or an opened alert" },
	{ APP_FLAG_UNVERIFIED, "unverified", "a submitted name was never looked at" },
	{ APP_FLAG_INVALID, "invalid", "the answer had to be repaired, or could not be read" },
};

const char *app_flag_name(app_flag f)
{
	for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++)
		if (FLAGS[i].flag == f)
			return FLAGS[i].name;
	return "";
}

const char *app_flag_text(app_flag f)
{
	for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++)
		if (FLAGS[i].flag == f)
			return FLAGS[i].text;
	return "";
}

/* --- calibration --- */

static cc_code add_up(app_scoring *s, const cc_case *c, app_calibration *out, double *confidence, bool *outcome, cc_err *err)
{
	size_t group, n = cc_case_suspect_count(c);
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		confidence[i] = cc_case_suspect(c, i)->confidence;
		cc_code code = app_scoring_name(s, cc_case_suspect(c, i)->name, &group, &outcome[i], err);
		if (code != CC_OK)
			return code;
		sum += confidence[i];
		out->right += outcome[i];
	}
	out->stated = n;
	out->brier = cc_stat_brier(confidence, outcome, n);
	out->claimed = n ? sum / (double)n : (double)NAN;
	return CC_OK;
}

static cc_code calibrate(app_scoring *s, app_calibration *out, size_t *pins, cc_err *err)
{
	cc_case *c = NULL;
	size_t lost;
	*out = (app_calibration){ .brier = NAN, .claimed = NAN };
	*pins = 0;
	cc_code code = cc_run_replay_loose(s->run, s->kept->snapshot, SIZE_MAX, &lost, &c, err);
	if (code == CC_EFORMAT) /* actions that cannot have happened: nothing was stated that can be relied on */
		return CC_OK;
	size_t n = code == CC_OK ? cc_case_suspect_count(c) : 0;
	double *confidence = cc_calloc(n + 1, sizeof *confidence);
	bool *outcome = cc_calloc(n + 1, sizeof *outcome);
	if (code == CC_OK && (!confidence || !outcome))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK) {
		*pins = cc_case_pin_count(c);
		code = add_up(s, c, out, confidence, outcome, err);
	}
	cc_free(confidence);
	cc_free(outcome);
	cc_case_free(c);
	return code;
}

cc_code app_calibrate(app_scoring *s, app_calibration *out, cc_err *err)
{
	size_t pins;
	*out = (app_calibration){ .brier = NAN, .claimed = NAN };
	return s->run ? calibrate(s, out, &pins, err) : CC_OK;
}

/* --- all of it --- */

static cc_code note_step(making *m, const cc_record_step *step, cc_err *err)
{
	cc_code code = note_shown(m, step, err);
	if (code == CC_OK)
		code = note_asked(m, step, err);
	for (size_t i = 0; i < step->action_count && code == CC_OK; i++) {
		code = note_action(m, step, &step->actions[i], err);
		if (code == CC_OK && !change_suspects(m, &step->actions[i]))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (code == CC_OK)
		code = note_turn(m, step, err);
	if (code == CC_OK)
		code = note_submission(m, step, err);
	if (code == CC_OK)
		code = note_repeat(m, step, err);
	m->opened_alert = m->opened_alert || cc_str_eqz(step->command, "alert") || cc_str_eqz(step->command, "entity");
	m->r->end = moment_of(step);
	return code;
}

/* A bare answer names its causes at the end. */
static cc_code note_answer(making *m, cc_err *err)
{
	const cc_answer *a = m->r->s->answer;
	cc_code code = CC_OK;
	for (size_t i = 0; a && i < a->entity_count && code == CC_OK; i++) {
		size_t cause = 0;
		if (a->entities[i].contributing)
			code = cause_of(m, a->entities[i].name, &cause, err);
		if (cause && !m->r->causes.p[cause - 1].asserted.step)
			m->r->causes.p[cause - 1].asserted = m->r->end;
	}
	return code;
}

static cc_code make(making *m, bool proofs, cc_err *err)
{
	size_t n = cc_run_step_count(m->r->s->run);
	cc_code code = make_causes(m) && learn_names(m) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < n && code == CC_OK; i++)
		code = note_step(m, cc_run_step(m->r->s->run, i)->as.step, err);
	if (code == CC_OK)
		code = note_answer(m, err);
	if (code == CC_OK)
		code = calibrate(m->r->s, &m->r->sure, &m->pins, err);
	if (code == CC_OK && proofs)
		code = app_review_proofs(m->r, err);
	if (code == CC_OK)
		set_flags(m);
	return code;
}

static cc_code review(app_review *r, app_scoring *s, bool proofs, cc_err *err)
{
	making m = { .r = r };
	*r = (app_review){ .s = s, .arena = cc_arena_new() };
	m.names = cc_map_new();
	m.asked = cc_map_new();
	m.short_names = cc_map_new();
	cc_code code = r->arena && m.names && m.asked && m.short_names ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !s->run)
		code = cc_err_set(err, CC_ESTATE, "%s: an answer without a record cannot be reviewed", s->path);
	if (code == CC_OK)
		code = make(&m, proofs, err);
	cc_map_free(m.names);
	cc_map_free(m.asked);
	cc_map_free(m.short_names);
	cc_vec_deinit(&m.suspects);
	cc_vec_deinit(&m.full);
	return code;
}

cc_code app_review_make(app_review *r, app_scoring *s, cc_err *err)
{
	return review(r, s, true, err);
}

cc_code app_review_discover(app_review *r, app_scoring *s, cc_err *err)
{
	return review(r, s, false, err);
}

void app_review_deinit(app_review *r)
{
	cc_vec_deinit(&r->causes);
	cc_vec_deinit(&r->proofs);
	cc_vec_deinit(&r->turns);
	cc_arena_free(r->arena);
}
