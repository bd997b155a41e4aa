/* heuristic.c - the three scripted players, and the two that are no more than a habit. */
#include "agent/heuristic_priv.h"

#include <string.h>

#include "coldcase/json.h"

static const char *const policies[CC_HEURISTIC_COUNT] = { "loudest", "recent", "origin" };

const char *cc_heuristic_name(cc_heuristic h)
{
	return policies[h];
}

bool cc_heuristic_find(cc_str name, cc_heuristic *out)
{
	for (int i = 0; i < CC_HEURISTIC_COUNT; i++)
		if (cc_str_eqz(name, policies[i])) {
			*out = (cc_heuristic)i;
			return true;
		}
	return false;
}

static int gravity(cc_str severity)
{
	return cc_str_eqz(severity, "critical") ? 3 : cc_str_eqz(severity, "warning") ? 2 : cc_str_eqz(severity, "info") ? 1 : 0;
}

/* A Service or a pod is seldom what must be corrected: the workload behind it is. */
static cc_str behind(agent_asker *a, cc_str entity)
{
	cc_str kind = agent_kind_of(entity);
	if (!cc_str_eqz(kind, "Service") && !cc_str_eqz(kind, "Pod"))
		return entity;
	cc_reply *r = agent_ask(a, "topology %.*s", CC_STR_ARG(entity));
	cc_str workload = agent_fact(a, agent_section(r, "entity"), "workload");
	if (!workload.n && cc_str_eqz(kind, "Service"))
		workload = agent_fact(a, agent_section(r, "entity"), "entity");
	cc_reply_unref(r);
	return workload.n ? workload : entity;
}

static void name_it(agent_asker *a, cc_str entity, cc_str cite, double confidence, const char *why)
{
	if (!entity.n)
		return;
	if (cite.n)
		cc_reply_unref(agent_ask(a, "pin %.*s note=\"%s\"", CC_STR_ARG(cite), why));
	cc_reply_unref(agent_ask(a, "suspect %.*s confidence=%.2f reason=\"%s\"", CC_STR_ARG(entity), confidence, why));
}

/* Of the gravest alerts the one that lasted longest; the first to fire of equals. */
static void play_loudest(agent_asker *a)
{
	cc_reply *r = agent_ask(a, "alerts sort=onset");
	const cc_section *s = agent_section(r, "alerts");
	const cc_row *best = NULL;
	int grave = -1;
	int64_t lasted = -1;
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		int g = gravity(agent_text(a, s, row, "severity"));
		int64_t d = agent_int(s, row, "duration_ns");
		if (agent_cell(s, row, "entity") && (g > grave || (g == grave && d > lasted))) {
			best = row;
			grave = g;
			lasted = d;
		}
	}
	if (best)
		name_it(a, behind(a, agent_text(a, s, best, "entity")), agent_text(a, s, best, "cite"), 0.2, "the loudest alert is about it");
	cc_reply_unref(r);
}

/* The last change before the first alert, of what people keep. */
static void play_recent(agent_asker *a)
{
	cc_reply_unref(agent_ask(a, "alerts"));
	cc_onset onset = cc_session_onset(a->session);
	cc_reply *r = agent_ask(a, "changes direct=yes");
	const cc_section *s = agent_section(r, "changes");
	const cc_row *best = NULL;
	for (size_t i = 0; s && i < s->row_count; i++) {
		int64_t t = agent_time(s, &s->rows[i], "time");
		if (!cc_str_eqz(agent_kind_of(agent_text(a, s, &s->rows[i], "entity")), "Job") && (!best || onset.time_ns == CC_TIME_NONE || t <= onset.time_ns))
			best = &s->rows[i];
	}
	if (best)
		name_it(a, agent_text(a, s, best, "entity"), agent_text(a, s, best, "cite"), 0.2, "it was changed last before the alerts began");
	cc_reply_unref(r);
}

/* Alerts wait for their windows to fill: where the paths say that errors began earlier, before and after are parted there. */
static void find_onset(heuristic_case *c)
{
	cc_reply *r = agent_ask(c->ask, "paths origin");
	for (size_t i = 0; r && i < cc_reply_note_count(r); i++) {
		cc_str note = cc_reply_note(r, i), line, rest;
		size_t at = cc_str_find(note, CC_STR("`onset "));
		if (at == CC_STR_NONE)
			continue;
		cc_str_cut(cc_str_sub(note, at + 1, note.n), '`', &line, &rest);
		cc_reply_unref(agent_ask(c->ask, "%.*s", CC_STR_ARG(line)));
		break;
	}
	cc_reply_unref(r);
	c->onset_ns = cc_session_onset(c->ask->session).time_ns;
	cc_range all = cc_session_capture(c->ask->session);
	c->after_per_before = c->onset_ns == CC_TIME_NONE || c->onset_ns <= all.from_ns ? 1.0
		: (double)(all.to_ns - c->onset_ns) / (double)(c->onset_ns - all.from_ns);
}

static void play_origin(agent_asker *a, cc_buf *names)
{
	heuristic_case c = { .ask = a };
	find_onset(&c);
	heuristic_find_sick(&c);
	heuristic_weigh(&c);
	heuristic_answer(&c, names);
	for (size_t i = 0; i < c.sick.n; i++)
		cc_vec_deinit(&c.sick.p[i].touches);
	for (size_t i = 0; i < c.hypotheses.n; i++)
		cc_vec_deinit(&c.hypotheses.p[i].clues);
	cc_vec_deinit(&c.sick);
	cc_vec_deinit(&c.working);
	cc_vec_deinit(&c.failures);
	cc_vec_deinit(&c.traced);
	cc_vec_deinit(&c.hanging);
	cc_vec_deinit(&c.down);
	cc_vec_deinit(&c.killed);
	cc_vec_deinit(&c.hypotheses);
}

/* Whoever found nothing names what the page is about: no answer at all is not taken. */
static void name_the_page(agent_asker *a, const cc_reply *briefing)
{
	const cc_section *s = agent_section(briefing, "page");
	cc_str line = s && s->line_count ? s->lines[0].text : CC_STR_EMPTY;
	size_t blank = cc_str_rfind_char(line, ' ');
	cc_str entity = blank == CC_STR_NONE ? CC_STR_EMPTY : cc_str_sub(line, blank + 1, line.n);
	if (agent_kind_of(entity).n)
		name_it(a, entity, CC_STR_EMPTY, 0.05, "the page is about it");
}

/* Of rivals only the first is named. Submitting costs no query: it is tried even when the budget ended the play. */
static cc_code submit(agent_asker *a, const cc_buf *names, cc_err *err)
{
	cc_reply *r = NULL;
	cc_buf line = CC_BUF_INIT;
	(void)agent_go_on(a);
	if (cc_canceled(a->watch ? a->watch->cancel : NULL))
		return cc_err_set(err, CC_ECANCELED, "canceled");
	if (cc_session_submitted(a->session) || cc_session_quit(a->session))
		return CC_OK;
	cc_buf_addz(&line, "submit confirm=submit");
	if (names->n)
		cc_buf_addf(&line, " names=%s", names->p);
	cc_session_set_turn(a->session, ++a->turn);
	cc_code code = cc_buf_ok(&line) && cc_buf_ok(names) ? cc_session_run(a->session, cc_buf_str(&line), NULL, &r, err)
		: cc_err_set(err, CC_ENOMEM, "out of memory");
	agent_ran(a);
	cc_reply_unref(r);
	cc_buf_deinit(&line);
	return code;
}

cc_code cc_heuristic_play(cc_session *s, cc_heuristic h, const cc_agent_watch *watch, cc_err *err)
{
	agent_asker a = { .session = s, .watch = watch, .arena = cc_arena_new() };
	cc_buf model = CC_BUF_INIT, names_given = CC_BUF_INIT;
	if (!a.arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_addf(&model, "{\"provider\":\"heuristic\",\"model\":\"%s\"}", policies[h]);
	if (cc_buf_ok(&model))
		cc_session_event(s, "model", cc_buf_str(&model));
	cc_buf_deinit(&model);
	cc_reply *briefing = agent_ask(&a, "briefing");
	switch (h) {
	case CC_HEURISTIC_LOUDEST: play_loudest(&a); break;
	case CC_HEURISTIC_RECENT: play_recent(&a); break;
	default: play_origin(&a, &names_given); break;
	}
	if (!cc_case_suspect_count(cc_session_case(s)))
		name_the_page(&a, briefing);
	cc_reply_unref(briefing);
	cc_code code = submit(&a, &names_given, err);
	cc_buf_deinit(&names_given);
	cc_arena_free(a.arena);
	return code;
}
