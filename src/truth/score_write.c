/* score_write.c - the JSON record of a score: everything a later matcher or auditor needs, numbers from integers. */
#include <math.h>

#include "coldcase/json.h"
#include "coldcase/sha256.h"
#include "score_priv.h"

const char *cc_score_status_text(cc_score_status status)
{
	static const char *const TEXT[] = { "ok", "missing", "invalid", "unscorable" };
	return TEXT[status];
}

const char *cc_score_verdict_text(cc_score_verdict verdict)
{
	static const char *const TEXT[] = { "TP", "dup", "FP" };
	return TEXT[verdict];
}

const char *cc_score_via_text(cc_score_via via)
{
	static const char *const TEXT[] = { "exact", "kind_equiv", "unmatched", "malformed", "prefix_only" };
	return TEXT[via];
}

/* Half up in integers: no two machines print another digit. */
void cc_ratio_format(cc_buf *out, cc_ratio r)
{
	uint64_t tenthousandths = r.den ? ((uint64_t)r.num * 20000 + r.den) / (2 * (uint64_t)r.den) : 0;
	cc_buf_addf(out, "%u.%04u", (unsigned)(tenthousandths / 10000), (unsigned)(tenthousandths % 10000));
}

static void write_ratio(cc_jw *w, const char *key, cc_ratio r, bool known)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_key(w, key);
	cc_ratio_format(&b, r);
	if (known && cc_buf_ok(&b))
		cc_jw_raw(w, cc_buf_str(&b));
	else
		cc_jw_null(w);
	w->out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static void write_count(cc_jw *w, const char *key, uint32_t v, bool known)
{
	cc_jw_key(w, key);
	if (known)
		cc_jw_int(w, v);
	else
		cc_jw_null(w);
}

static void write_text(cc_jw *w, const char *key, const char *text)
{
	cc_jw_key(w, key);
	cc_jw_strz(w, text && *text ? text : NULL);
}

static void write_amount(cc_jw *w, const char *key, int64_t v)
{
	cc_jw_key(w, key);
	if (v < 0)
		cc_jw_null(w);
	else
		cc_jw_int(w, v);
}

static void write_near(cc_jw *w, cc_score_near near)
{
	cc_jw_key(w, "name_match");
	cc_jw_bool(w, near.name);
	cc_jw_key(w, "kind_match");
	cc_jw_bool(w, near.kind);
	cc_jw_key(w, "namespace_match");
	cc_jw_bool(w, near.ns);
}

static void write_numbers(cc_jw *w, const cc_score *s)
{
	bool known = s->status != CC_SCORE_UNSCORABLE;
	write_count(w, "TP", s->d1.tp, known);
	write_count(w, "FP", s->d1.fp, known);
	write_count(w, "FN", s->d1.fn, known);
	cc_jw_key(w, "full_recall");
	if (known)
		cc_jw_bool(w, s->d1.full_recall);
	else
		cc_jw_null(w);
	write_ratio(w, "score", s->d1.score, known);
	write_ratio(w, "score_per_prediction", s->d1.per_prediction, known);
	write_ratio(w, "score_dup_is_fp", s->d1.dup_is_fp, known);
	write_ratio(w, "strict", s->strict.score, known);
	write_ratio(w, "precision", s->precision, known);
	write_ratio(w, "recall", s->recall, known);
	write_ratio(w, "f1", s->f1, known);
	write_near(w, s->near);
}

static void write_alibi(cc_jw *w, cc_score_alibi a)
{
	if (!a.says.n)
		return;
	cc_jw_key(w, a.observed ? "recorded" : "innocent");
	cc_jw_str(w, a.says);
	cc_jw_key(w, "alibi");
	cc_jw_str(w, a.command);
}

static void write_row(cc_jw *w, const cc_score *s, const cc_score_row *r)
{
	const cc_truth *t = s->truth;
	bool matched = r->group != CC_STR_NONE;
	cc_jw_object(w);
	cc_jw_key(w, "entity");
	cc_jw_str(w, r->entity);
	cc_jw_key(w, "group");
	if (matched)
		cc_jw_str(w, t->groups[r->group].id);
	else
		cc_jw_null(w);
	cc_jw_key(w, "class");
	if (matched)
		cc_jw_str(w, t->classes[t->groups[r->group].cls].id);
	else
		cc_jw_null(w);
	write_text(w, "verdict", cc_score_verdict_text(r->verdict));
	write_text(w, "via", cc_score_via_text(r->via));
	write_near(w, r->near);
	write_ratio(w, "cost", cc_score_cost(s, (size_t)(r - s->rows)), true);
	write_alibi(w, cc_score_alibi_of(s, (size_t)(r - s->rows)));
	cc_jw_end_object(w);
}

/* Of an answered run, the two or three most tempting wrong names and what exonerates each. */
static void write_tempting(cc_jw *w, const cc_score *s)
{
	if (!s->debrief || s->status != CC_SCORE_OK)
		return;
	cc_jw_key(w, "tempting");
	cc_jw_array(w);
	for (size_t i = 0; i < s->debrief->name_count; i++) {
		const cc_debrief_name *n = &s->debrief->names[i];
		if (!n->foremost)
			continue;
		cc_jw_object(w);
		cc_jw_key(w, "entity");
		cc_jw_str(w, n->entity);
		cc_jw_key(w, "tempting");
		cc_jw_str(w, n->tempting);
		write_alibi(w, (cc_score_alibi){ n->innocent, n->alibi.command, false });
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_warnings(cc_jw *w, const cc_truth *t)
{
	cc_jw_key(w, "gt_warnings");
	cc_jw_array(w);
	for (size_t i = 0; i < t->warning_count; i++)
		cc_jw_str(w, t->warnings[i].code);
	cc_jw_end_array(w);
}

/* Four decimals, as the score has. */
static void write_share(cc_jw *w, const char *key, double v)
{
	cc_jw_key(w, key);
	if (isnan(v))
		cc_jw_null(w);
	else
		cc_jw_double(w, round(v * 1e4) / 1e4);
}

static void write_moment(cc_jw *w, const char *key, cc_score_moment m)
{
	cc_jw_key(w, key);
	if (!m.step) {
		cc_jw_null(w);
		return;
	}
	cc_jw_object(w);
	write_amount(w, "step", m.step);
	write_amount(w, "turn", m.turn);
	write_amount(w, "query", m.queries);
	write_amount(w, "active_ms", m.active_ms);
	cc_jw_end_object(w);
}

/* A missing event is null, never the end of the run. */
static void write_conduct(cc_jw *w, const cc_score_conduct *c)
{
	static const char *const EVENT[CC_EVENT_COUNT] = { "encountered", "investigated", "asserted", "exonerated", "recovered" };
	cc_jw_key(w, "discovery");
	cc_jw_array(w);
	for (size_t i = 0; i < c->cause_count; i++) {
		cc_jw_object(w);
		cc_jw_key(w, "cause");
		cc_jw_str(w, c->causes[i].cause);
		for (size_t k = 0; k < CC_EVENT_COUNT; k++)
			write_moment(w, EVENT[k], c->causes[i].at[k]);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	cc_jw_key(w, "flags");
	cc_jw_array(w);
	for (size_t i = 0; i < c->flag_count; i++)
		cc_jw_strz(w, c->flags[i]);
	cc_jw_end_array(w);
	write_amount(w, "repeated", c->repeated);
	write_share(w, "brier", c->brier);
	write_share(w, "claimed", c->claimed);
	write_amount(w, "stated", c->stated);
	write_amount(w, "right", c->right);
}

static void write_run(cc_jw *w, const cc_score_run *run)
{
	write_amount(w, "turns", run->turns);
	write_amount(w, "commands", run->commands);
	write_amount(w, "wall_ms", run->wall_ms);
	write_amount(w, "active_ms", run->active_ms);
	write_text(w, "stop", run->stop);
	write_text(w, "assistance", run->assistance);
	write_amount(w, "hints", run->hints);
	write_amount(w, "breaks", run->breaks);
	write_amount(w, "away_ms", run->away_ms);
	if (run->conduct)
		write_conduct(w, run->conduct);
}

static void write_head(cc_jw *w, const cc_score *s, const cc_score_run *run)
{
	cc_buf repairs = CC_BUF_INIT;
	write_text(w, "matcher", s->matcher);
	cc_jw_key(w, "matcher_version");
	cc_jw_int(w, CC_SCORE_MATCHER_VERSION);
	write_text(w, "gt_sha256", s->truth->sha256);
	write_text(w, "snapshot_sha256", run ? run->snapshot_sha256 : NULL);
	write_text(w, "answer_sha256", s->answer ? s->answer->sha256 : NULL);
	write_text(w, "trajectory_sha256", run ? run->trajectory_sha256 : NULL);
	write_text(w, "commitment", run ? run->commitment : NULL);
	write_text(w, "answer_commitment", run ? run->answer : NULL);
	write_text(w, "status", cc_score_status_text(s->status));
	write_text(w, "unscorable_because", s->truth->unscorable);
	if (s->answer)
		cc_answer_repairs_text(&repairs, s->answer->repaired);
	cc_jw_key(w, "answer_repaired");
	cc_jw_str(w, cc_buf_str(&repairs));
	w->out->failed |= repairs.failed;
	cc_buf_deinit(&repairs);
}

static void write_prf(cc_jw *w, const char *key, const cc_prf *v)
{
	cc_jw_key(w, key);
	cc_jw_object(w);
	write_share(w, "precision", v->precision);
	write_share(w, "recall", v->recall);
	write_share(w, "f1", v->f1);
	cc_jw_end_object(w);
}

/* Beside the score, never part of it. */
static void write_measures(cc_jw *w, const cc_score *s)
{
	static const char *const AT[CC_MEASURE_K] = { "root_cause_entity@1", "root_cause_entity@2", "root_cause_entity@3",
		"root_cause_entity@4", "root_cause_entity@5" };
	cc_jw_key(w, "measures");
	if (s->status == CC_SCORE_UNSCORABLE) {
		cc_jw_null(w);
		return;
	}
	cc_jw_object(w);
	write_prf(w, "root_cause_entity", &s->measures.all);
	for (size_t k = 0; k < CC_MEASURE_K; k++)
		write_prf(w, AT[k], &s->measures.at[k]);
	write_prf(w, "root_cause_proximity_no_fp", &s->measures.proximity[0]);
	write_prf(w, "root_cause_proximity_with_fp", &s->measures.proximity[1]);
	if (s->measures.has_chain)
		write_prf(w, "propagation_chain", &s->measures.chain);
	write_share(w, "fault_localization", s->measures.localized);
	write_share(w, "alerts_explained", s->measures.alerts_explained);
	cc_jw_end_object(w);
}

void cc_score_write(cc_buf *out, const cc_score *s, const cc_score_run *run)
{
	cc_jw w;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	write_head(&w, s, run);
	write_numbers(&w, s);
	write_measures(&w, s);
	cc_jw_key(&w, "rows");
	cc_jw_array(&w);
	for (size_t i = 0; i < s->row_count; i++)
		write_row(&w, s, &s->rows[i]);
	cc_jw_end_array(&w);
	write_tempting(&w, s);
	write_warnings(&w, s->truth);
	if (run)
		write_run(&w, run);
	cc_jw_end_object(&w);
}
