/* discipline.c - the lesson of the benchmark: longer runs score no better, and naming too much is punished.
 *
 * Budgets end a play; a commitment ends the looking; advice tells what the answer is worth; and a check before submitting asks once
 * whether each name has a pin and is no consequence of another. */
#include "agent/loop_priv.h"

#include <math.h>

#include "coldcase/answer.h"
#include "coldcase/clock.h"
#include "coldcase/entity.h"
#include "coldcase/reach.h"

enum {
	GRACE = 3,                   /* turns from the commitment to the submission */
	BYTES_PER_TOKEN = 3,         /* at least, of English, JSON and logs */
	LEAST_OUTPUT = 256,          /* tokens: shorter answers are cut before they say anything */
	SUSPECTS_MAX = 64
};

int64_t discipline_last_turn(const loop *l)
{
	const cc_discipline *d = &l->o->discipline;
	int64_t last = d->max_turns ? d->max_turns : INT64_MAX;
	if (d->commit_by && d->commit_by + GRACE - 1 < last)
		last = d->commit_by + GRACE - 1;
	return last;
}

/* Bytes of what was said since the last call, which the next one reads for the first time; before the first, of everything. */
static size_t unread_bytes(const loop *l)
{
	size_t bytes = 0;
	for (size_t i = l->report->calls ? l->last_count + 1 : 0; i < cc_chat_count(l->chat); i++)
		bytes += cc_chat_get(l->chat, i)->text.n;
	for (size_t i = 0; i < l->tools.n && !l->report->calls; i++)
		bytes += l->tools.p[i].description.n + l->tools.p[i].schema.n;
	return bytes;
}

/* What the next call may cost: it reads what the last one read and wrote and what came after, and writes so much. */
static int64_t next_cost(const loop *l, int64_t output)
{
	const cc_usage u = { .input = l->last_tokens + (int64_t)unread_bytes(l) / BYTES_PER_TOKEN, .output = output, .cached = -1,
		.cache_written = -1 };
	return cc_model_cost(cc_model_facts_of(l->o->model), &u);
}

int64_t discipline_max_output(const loop *l)
{
	enum { MANY = 1000000 };
	int64_t reads = next_cost(l, 0), writes = next_cost(l, MANY) - reads;
	if (!l->o->discipline.max_cost_micro || writes <= 0)
		return 0;
	int64_t left = l->o->discipline.max_cost_micro - l->report->cost_micro - reads;
	double tokens = (double)left * MANY / (double)writes;
	return tokens < 1 ? 1 : tokens < INT32_MAX ? (int64_t)tokens : 0;
}

int64_t discipline_next_cost(const loop *l)
{
	return next_cost(l, l->most_output > LEAST_OUTPUT ? l->most_output : LEAST_OUTPUT);
}

const char *discipline_over(const loop *l)
{
	const cc_discipline *d = &l->o->discipline;
	const cc_agent_report *r = l->report;
	if (r->turns >= discipline_last_turn(l))
		return "turns";
	if (d->max_tokens && r->input_tokens + r->output_tokens >= d->max_tokens)
		return "tokens";
	if (d->max_ns && cc_clock_mono_ns() - l->began_ns >= d->max_ns)
		return "time";
	if (d->max_cost_micro && (r->cost_micro < 0 || r->cost_micro + discipline_next_cost(l) > d->max_cost_micro))
		return "cost";
	return NULL;
}

void discipline_set_deadline(loop *l)
{
	l->stop.until_ns = l->o->discipline.max_ns ? l->began_ns + l->o->discipline.max_ns : 0;
}

bool discipline_commits(const loop *l, int64_t turn)
{
	return l->o->discipline.commit_by && turn >= l->o->discipline.commit_by;
}

bool discipline_leads_to_answer(const loop *l, const cc_cmd *cmd)
{
	(void)l;
	return !(cmd->flags & CC_CMD_QUERY);
}

/* --- advice --- */

/* The expected score of all suspects together, and of the best few of them: the likeliest first. */
void discipline_write_advice(loop *l, cc_buf *out)
{
	const cc_case *c = cc_session_case(l->session);
	size_t n = cc_case_suspect_count(c), order[SUSPECTS_MAX] = { 0 }, best_n = 0;
	cc_chance chances[SUSPECTS_MAX];
	bool in[SUSPECTS_MAX] = { false };
	double best = 0, all;
	if (!n || n > SUSPECTS_MAX)
		return;
	cc_case_chances(c, chances);
	for (size_t i = 0; i < n; i++) {
		size_t k = i;
		for (; k && chances[order[k - 1]].p < chances[i].p; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (size_t i = 0; i < n; i++) {
		in[order[i]] = true;
		double e = cc_case_expected_score(chances, in, n);
		if (e > best) {
			best = e;
			best_n = i + 1;
		}
	}
	all = cc_case_expected_score(chances, in, n);
	if (fabs(all - l->advised) < 0.005)
		return;
	l->advised = all;
	cc_buf_addf(out, "By your own confidences the answer of all %zu suspects is worth %.2f", n, all);
	if (best > all + 0.005) {
		cc_buf_addf(out, "; %.2f would be that of", best);
		for (size_t i = 0; i < best_n; i++)
			cc_buf_addf(out, "%s %.*s", i ? "," : "", CC_STR_ARG(cc_case_suspect(c, order[i])->name));
		cc_buf_addz(out, " alone (submit names=...)");
	}
	cc_buf_addz(out, ".\n");
}

/* --- the check before submitting --- */

typedef struct checked { cc_str name; cc_entity_id entity; bool backed; } checked;

/* Each name that another one's trouble would reach anyway, and each without a reason. */
static void write_objections(loop *l, const checked *list, size_t n, const char *unbacked, cc_buf *out)
{
	const cc_snapshot *s = cc_session_snapshot(l->session);
	cc_reach *reach = cc_arena_array(l->arena, cc_entity_count(s) + 1, sizeof *reach);
	for (size_t i = 0; i < n; i++)
		if (!list[i].backed)
			cc_buf_addf(out, "- %.*s %s\n", CC_STR_ARG(list[i].name), unbacked);
	for (size_t i = 0; reach && i < n; i++) {
		if (!list[i].entity || cc_reach_from(s, list[i].entity, NULL, reach) != CC_OK)
			continue;
		for (size_t k = 0; k < n; k++)
			if (k != i && list[k].entity && reach[list[k].entity].how != CC_REACH_NOT && reach[list[k].entity].how < CC_REACH_NAMESPACE)
				cc_buf_addf(out, "- %.*s may follow from %.*s\n", CC_STR_ARG(list[k].name), CC_STR_ARG(list[i].name));
	}
}

static cc_code object(loop *l, const checked *list, size_t n, const char *unbacked, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	cc_code code = CC_OK;
	if (!l->o->discipline.self_check || l->checked || cc_canceled(&l->stop))
		return CC_OK;
	l->checked = true;
	write_objections(l, list, n, unbacked, &text);
	if (text.n) {
		code = cc_err_set(err, CC_ESTATE, "not submitted yet, think it over once: %.*s", CC_STR_ARG(cc_buf_str(&text)));
		cc_err_hint(err, "mend the answer or submit again as it is: it will be taken then");
	}
	cc_buf_deinit(&text);
	return code;
}

/* Names or numbers of the board, comma separated; none: all of it. */
static bool is_listed(cc_str names, const cc_suspect *s, size_t number)
{
	cc_str one;
	int64_t n;
	if (!names.n)
		return true;
	while (names.n) {
		cc_str_cut(names, ',', &one, &names);
		one = cc_str_trim(one);
		if ((cc_str_to_i64(one, &n) && n == (int64_t)number) || (one.n && cc_str_find_nocase(s->name, one) != CC_STR_NONE))
			return true;
	}
	return false;
}

cc_code discipline_check_board(loop *l, cc_str names, cc_err *err)
{
	const cc_case *c = cc_session_case(l->session);
	checked list[SUSPECTS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < cc_case_suspect_count(c) && n < SUSPECTS_MAX; i++) {
		const cc_suspect *s = cc_case_suspect(c, i);
		if (is_listed(names, s, i + 1))
			list[n++] = (checked){ s->name, s->entity, s->pin_count > 0 };
	}
	return object(l, list, n, "has no pin: pin the record that shows it", err);
}

cc_code discipline_check_answer(loop *l, cc_str answer, cc_err *err)
{
	cc_answer *a = NULL;
	checked list[SUSPECTS_MAX];
	size_t n = 0;
	cc_code code = cc_answer_read(&a, answer, err);
	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < a->entity_count && n < SUSPECTS_MAX; i++) {
		cc_entity_id id = 0;
		if (!a->entities[i].contributing)
			continue;
		if (cc_entity_resolve(cc_session_snapshot(l->session), a->entities[i].name, &id, NULL, NULL) != CC_OK)
			id = 0;
		list[n++] = (checked){ a->entities[i].name, id, a->entities[i].evidence.n > 0 };
	}
	code = object(l, list, n, "has no evidence: quote the record that shows it", err);
	cc_answer_free(a);
	return code;
}

/* --- when it did not commit --- */

void discipline_force(loop *l)
{
	cc_reply *r = NULL;
	cc_err err;
	l->stop.until_ns = 0; /* handing in what is there is not the player's time */
	if (l->o->sandbox)
		l->report->forced = loop_finish(l, NULL, &err) == CC_OK;
	else if (cc_case_suspect_count(cc_session_case(l->session)))
		l->report->forced = cc_session_run(l->session, CC_STR("submit confirm=submit"), NULL, &r, &err) == CC_OK;
	cc_reply_unref(r);
	if (l->report->forced)
		loop_record_context(l, "submitted without its consent", cc_chat_count(l->chat));
}
