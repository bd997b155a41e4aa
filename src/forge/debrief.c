/* debrief.c - what is kept beside the truth for after the verdict (debrief.yaml), and what may be read before (briefing.md).
 *
 * debrief.yaml, a mapping:
 *   difficulty: easy | medium | hard | expert
 *   why:        [text]                       what makes this case as hard as it is
 *   causes:     [{entity, aliases: [entity], fault, time, what}]
 *   decisive:   [{command, pattern, says}]   command: a line of the console; pattern: PCRE2, found in the text of its reply
 *   decoys:     [{entity, tempting, innocent, command, pattern, time, foremost}]  nearest to a cause's second first: the most
 *                                            tempting; foremost: true at the first three that a record exonerates
 *   innocent:   [{entity, innocent, command, pattern}] every service and workload of the application that is no cause
 *   hints:      [text]                       from vague to plain
 *   par:        [command]                    the shortest honest route
 *   timeline:   [{time, what}]
 * Entities are "<namespace>/<Kind>/<name>", cluster-scoped ones "cluster/<Kind>/<name>". Times are RFC 3339, UTC. Readers skip
 * what they do not know; every key may be absent. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/truth_priv.h"

static const char *const DIFFICULTY[] = { "easy", "medium", "hard", "expert" };

const char *debrief_entity(forge_sim *s, const forge_entity *e)
{
	return forge_text(s, "%s/%s/%s", e->ns ? e->ns : "cluster", e->kind, e->name);
}

const char *debrief_time(forge_sim *s, int64_t at)
{
	cc_buf b = CC_BUF_INIT;
	out_time_s(&b, at);
	cc_str t = forge_str(s, &b);
	cc_buf_deinit(&b);
	return t.n ? t.p : "";
}

void debrief_item(cc_buf *b, const char *value)
{
	cc_buf_addz(b, "  - ");
	cc_json_write_str(b, cc_str_from(value));
	cc_buf_add_char(b, '\n');
}

/* ---- the causes and what proves them ---- */

static void causes_part(forge_sim *s, cc_buf *b)
{
	cc_buf_addz(b, "causes:\n");
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		truth_text(b, "  - ", "entity", debrief_entity(s, &c->root));
		if (c->aliases) cc_buf_addz(b, "    aliases:\n");
		for (int a = 0; a < c->aliases; a++) {
			cc_buf_addz(b, "    ");
			debrief_item(b, debrief_entity(s, &c->alias[a]));
		}
		truth_text(b, "    ", "fault", fault_spec(s, c));
		truth_text(b, "    ", "time", debrief_time(s, c->at));
		truth_text(b, "    ", "what", c->condition);
	}
}

static void decisive_part(forge_sim *s, cc_buf *b)
{
	bool any = false;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		for (int k = 0; k < c->proofs; k++) {
			if (!plan_readable(s, c->proof[k].command)) continue;
			if (!any) cc_buf_addz(b, "decisive:\n");
			any = true;
			truth_text(b, "  - ", "command", c->proof[k].command);
			truth_text(b, "    ", "pattern", c->proof[k].pattern);
			truth_text(b, "    ", "says", c->proof[k].says);
		}
	}
	if (!any) cc_buf_addz(b, "decisive: []\n");
}

static void hints_part(forge_sim *s, cc_buf *b)
{
	cc_buf_addz(b, "hints:\n");
	for (int level = 0; level < FAULT_HINTS; level++)
		for (size_t i = 0; i < s->plan.causes.n; i++) {
			const forge_cause *c = &s->plan.causes.p[i];
			bool again = i > 0 && level < s->plan.causes.p[0].hints && level < c->hints &&
				     strcmp(c->hint[level], s->plan.causes.p[0].hint[level]) == 0;
			if (level < c->hints && !again) debrief_item(b, c->hint[level]);
		}
}

/* ---- the innocent ---- */

/* From the second of the nearest cause: who looks at what changed when trouble began meets that one first. */
static int64_t tempts_by(const forge_sim *s, const forge_decoy *d)
{
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		int64_t apart = d->at > s->plan.causes.p[i].at ? d->at - s->plan.causes.p[i].at : s->plan.causes.p[i].at - d->at;
		if (apart < least) least = apart;
	}
	return least;
}

static bool cleared_by_record(const forge_sim *s, const forge_decoy *d)
{
	return d->alibi.command && plan_readable(s, d->alibi.command);
}

static void decoy_item(forge_sim *s, const forge_decoy *d, bool foremost, cc_buf *b)
{
	truth_text(b, "  - ", "entity", debrief_entity(s, &d->entity));
	truth_text(b, "    ", "tempting", d->tempting);
	truth_text(b, "    ", "innocent", d->innocent);
	if (cleared_by_record(s, d)) {
		truth_text(b, "    ", "command", d->alibi.command);
		truth_text(b, "    ", "pattern", d->alibi.pattern);
	}
	truth_text(b, "    ", "time", debrief_time(s, d->at));
	if (foremost) cc_buf_addz(b, "    foremost: true\n");
}

/* Does one of those before it in that order, of which a record clears each, bear the same name? */
static bool named_before(const forge_sim *s, const size_t *order, size_t i)
{
	const forge_decoy *d = &s->plan.decoys.p[order[i]];
	for (size_t k = 0; k < i; k++) {
		const forge_decoy *other = &s->plan.decoys.p[order[k]];
		if (cleared_by_record(s, other) && truth_same(&other->entity, &d->entity)) return true;
	}
	return false;
}

/* The most tempting first; those that are alike as they were planned. */
static void decoys_part(forge_sim *s, cc_buf *b)
{
	enum { FOREMOST = 3 };
	size_t n = s->plan.decoys.n, foremost = 0;
	size_t *order = cc_arena_array(s->arena, n + 1, sizeof *order);
	if (!order) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = i;
		for (; k > 0 && tempts_by(s, &s->plan.decoys.p[order[k - 1]]) > tempts_by(s, &s->plan.decoys.p[i]); k--) order[k] = order[k - 1];
		order[k] = i;
	}
	cc_buf_addz(b, n ? "decoys:\n" : "decoys: []\n");
	for (size_t i = 0; i < n; i++) {
		const forge_decoy *d = &s->plan.decoys.p[order[i]];
		bool first = foremost < FOREMOST && cleared_by_record(s, d) && !named_before(s, order, i);
		foremost += first;
		decoy_item(s, d, first, b);
	}
}

/* ---- difficulty and time ---- */

static void difficulty_part(forge_sim *s, cc_buf *b)
{
	int dropped = 0, baseline = (int)((s->inject - s->start) / FORGE_S);
	cc_buf_addf(b, "difficulty: %s\nwhy:\n", DIFFICULTY[s->opt->difficulty]);
	if (s->plan.no_baseline)
		debrief_item(b, forge_text(s, "no baseline: the capture begins %d seconds after the fault", -baseline));
	else
		debrief_item(b, forge_text(s, "%d full minutes of baseline before the onset", baseline / 60));
	debrief_item(b, forge_text(s, "%d competing changes or remnants", (int)s->plan.decoys.n));
	for (int i = 0; i < 64; i++) dropped += s->plan.drop_spans_of[i];
	if (dropped) debrief_item(b, forge_text(s, "%d services export no spans", dropped));
	if (s->plan.missing) debrief_item(b, "a whole kind of evidence is missing");
	if (s->plan.causes.n > 1) debrief_item(b, forge_text(s, "%d independent causes", (int)s->plan.causes.n));
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].indirect) debrief_item(b, "the root is not among the recorded objects");
}

typedef struct moment { int64_t at; const char *what; } moment;
enum { MOMENTS = CC_FORGE_FAULTS + 3 };

static void add_moment(moment *list, int *n, int64_t at, const char *what)
{
	int i = (*n)++;
	for (; i > 0 && list[i - 1].at > at; i--) list[i] = list[i - 1];
	list[i] = (moment){ at, what };
}

static void timeline_part(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	const forge_fired *first = truth_first_alert(s, r);
	int64_t failed = flow_seen(s).first_failed;
	moment list[MOMENTS];
	int n = 0;
	for (size_t i = 0; i < s->plan.causes.n; i++)
		add_moment(list, &n, s->plan.causes.p[i].at, forge_text(s, "injected: %s", s->plan.causes.p[i].condition));
	if (failed)
		add_moment(list, &n, failed, s->plan.no_baseline ? "a request of a user failed, the first one of the capture"
								 : "a request of a user failed, the first one after that");
	if (first) {
		add_moment(list, &n, first->active_at,
			forge_text(s, "the first alert became active: %s %.*s", first->name, CC_STR_ARG(first->subject)));
		add_moment(list, &n, first->fired_at, forge_text(s, "it fired: %s", first->name));
	}
	cc_buf_addz(b, "timeline:\n");
	for (int i = 0; i < n; i++) {
		truth_text(b, "  - ", "time", debrief_time(s, list[i].at));
		truth_text(b, "    ", "what", list[i].what);
	}
}

static cc_code write_file(forge_sim *s, const char *dir, const char *name, const cc_buf *text, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, dir, name);
	if (!cc_buf_ok(&path) || !cc_buf_ok(text)) forge_fail(s, CC_ENOMEM);
	cc_code code = s->code == CC_OK ? cc_file_write(path.p, cc_buf_str(text), err) : s->code;
	cc_buf_deinit(&path);
	return code;
}

cc_code debrief_write(forge_sim *s, const char *dir, cc_err *err)
{
	cc_buf b = CC_BUF_INIT, brief = CC_BUF_INIT;
	truth_reach r;
	if (!truth_reach_make(s, &r)) forge_fail(s, CC_ENOMEM);
	if (s->code == CC_OK) {
		difficulty_part(s, &b);
		causes_part(s, &b);
		decisive_part(s, &b);
		decoys_part(s, &b);
		debrief_innocent(s, &r, &b);
		hints_part(s, &b);
		debrief_route(s, &r, &b);
		timeline_part(s, &r, &b);
		debrief_briefing(s, &r, &brief);
	}
	cc_code code = write_file(s, dir, "debrief.yaml", &b, err);
	if (code == CC_OK) code = write_file(s, dir, "briefing.md", &brief, err);
	cc_buf_deinit(&b);
	cc_buf_deinit(&brief);
	return code;
}
