/* audit.c - naive guesses over a snapshot, scored, and debrief proofs run as a player would run them. */
#include "support/audit.h"

#include <stdlib.h>
#include "coldcase/alerts.h"
#include "coldcase/changes.h"
#include "coldcase/entity.h"
#include "coldcase/logs.h"
#include "coldcase/regex.h"

const char *audit_guess_name(audit_guess g)
{
	static const char *const NAMES[] = { "entity of the loudest alert", "service with most error logs", "most recently changed object",
		"last change before the first alert" };
	return NAMES[g];
}

static const char *owner_of(void *ctx, cc_str ns, cc_str kind, cc_str name)
{
	static char text[256];
	const cc_snapshot *s = ctx;
	cc_entity_id id = cc_entity_find(s, ns, cc_kind_canonical(kind), name);
	const cc_entity *e = id ? cc_entity_get(s, id) : NULL;
	if (!e || e->inferred || !e->owner || e->workload == id) return NULL;
	cc_str owner = cc_entity_name(s, e->workload);
	if (owner.n >= sizeof text) return NULL;
	for (size_t i = 0; i < owner.n; i++) text[i] = owner.p[i];
	text[owner.n] = 0;
	return text;
}

double audit_score_of(const cc_snapshot *s, const cc_truth *truth, cc_str name)
{
	cc_answer *a = cc_answer_new();
	cc_score *score = NULL;
	double v = 0.0;
	if (a && cc_answer_add(a, (cc_answer_entity){ .name = name, .contributing = true })
		&& cc_score_new(&score, truth, a, owner_of, (void *)(uintptr_t)s, NULL) == CC_OK && score->d1.score.den)
		v = (double)score->d1.score.num / (double)score->d1.score.den;
	cc_score_free(score);
	cc_answer_free(a);
	return v;
}

static double of_entity(const cc_snapshot *s, const cc_truth *truth, cc_entity_id id, cc_buf *said)
{
	const cc_entity *e = cc_entity_get(s, id);
	if (!e) return 0.0;
	cc_entity_format(s, id, said);
	double own = audit_score_of(s, truth, cc_buf_str(said)), best = own;
	const cc_entity_id others[] = { e->workload, e->group };
	for (size_t i = 0; i < 2; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_entity_format(s, others[i], &b);
		double v = audit_score_of(s, truth, cc_buf_str(&b));
		if (v > best) best = v;
		cc_buf_deinit(&b);
	}
	return best;
}

/* Loud is what was seen most often; severity counts before it. */
static cc_entity_id loudest(const cc_snapshot *s)
{
	const cc_alert *best = NULL;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		if (a->background || !a->entity) continue;
		if (!best || a->severity > best->severity || (a->severity == best->severity && a->sample_count > best->sample_count)) best = a;
	}
	return best ? best->entity : 0;
}

static cc_entity_id most_errors(const cc_snapshot *s)
{
	size_t *count = calloc(cc_snapshot_sym_count(s) + 1, sizeof *count);
	cc_sym best = 0;
	for (size_t i = 0; count && i < cc_logs_count(s); i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		if (l->level < CC_LEVEL_ERROR || !l->service) continue;
		if (++count[l->service] > (best ? count[best] : 0)) best = l->service;
	}
	free(count);
	return best ? cc_entity_of_service(s, CC_STR_EMPTY, cc_snapshot_sym(s, best)) : 0;
}

/* Objects that controllers make and unmake all the time are nobody's change. */
static bool generated(cc_str kind)
{
	static const char *const KINDS[] = { "Pod", "ReplicaSet", "Endpoints", "Job", "CronJob", "Node", "PersistentVolume", "Event" };
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (cc_str_eqz(kind, KINDS[i])) return true;
	return false;
}

static cc_entity_id last_change(const cc_snapshot *s, int64_t until)
{
	cc_changes *c = NULL;
	cc_changes_options opt = { .range = { CC_TIME_NONE, CC_TIME_NONE } };
	cc_entity_id last = 0;
	if (cc_changes_build(&c, s, &opt, NULL) != CC_OK) return 0;
	for (size_t i = 0; i < cc_changes_count(c); i++) {
		const cc_spec_change *x = cc_changes_get(c, i);
		bool real = x->kind != CC_CHANGE_MODIFIED || x->weight == CC_DIFF_SPEC;
		if (real && x->time_ns <= until && !generated(cc_entity_kind(s, x->entity))) last = x->entity;
	}
	cc_changes_free(c);
	return last;
}

double audit_guess_score(const cc_snapshot *s, const cc_truth *truth, audit_guess g, cc_buf *said)
{
	int64_t onset = cc_alerts_onset(s);
	switch (g) {
	case GUESS_LOUDEST: return of_entity(s, truth, loudest(s), said);
	case GUESS_ERRORS: return of_entity(s, truth, most_errors(s), said);
	case GUESS_CHANGED: return of_entity(s, truth, last_change(s, INT64_MAX), said);
	case GUESS_CHANGED_BEFORE: return of_entity(s, truth, last_change(s, onset == CC_TIME_NONE ? INT64_MAX : onset), said);
	default: return 0.0;
	}
}

bool audit_proof_holds(cc_session *session, cc_str command, cc_str pattern, cc_buf *out)
{
	cc_reply *reply = NULL;
	cc_regex *re = NULL;
	cc_err err = { 0 };
	bool holds = false;
	cc_buf_clear(out);
	if (cc_session_run(session, command, NULL, &reply, &err) != CC_OK) {
		cc_buf_addf(out, "%s\n%s\n", err.message, err.hint);
		return false;
	}
	cc_reply_write_text(reply, out, 0, true);
	if (pattern.n == 0) holds = true;
	else if (cc_regex_compile(&re, pattern, 0, &err) == CC_OK) {
		/* The first line repeats what was asked for: it proves nothing. */
		cc_str title, said;
		cc_str_cut(cc_buf_str(out), '\n', &title, &said);
		holds = cc_regex_match(re, said) == CC_REGEX_YES;
	}
	else cc_buf_addf(out, "pattern: %s\n", err.message);
	cc_regex_free(re);
	cc_reply_unref(reply);
	return holds;
}
