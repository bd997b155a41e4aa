/* debrief.c - what is kept beside the truth for after the verdict (debrief.yaml), and what may be read before (briefing.md).
 *
 * debrief.yaml, a mapping:
 *   difficulty: easy | medium | hard | expert
 *   why:        [text]                       what makes this case as hard as it is
 *   causes:     [{entity, aliases: [entity], fault, time, what}]
 *   decisive:   [{command, pattern, says}]   command: a line of the console; pattern: PCRE2, found in the text of its reply
 *   decoys:     [{entity, tempting, innocent, command, pattern, time}]
 *   innocent:   [{entity, innocent, command}] every service and workload of the application that is no cause
 *   hints:      [text]                       from vague to plain
 *   par:        [command]                    the shortest honest route
 *   timeline:   [{time, what}]
 * Entities are "<namespace>/<Kind>/<name>", cluster-scoped ones "cluster/<Kind>/<name>". Times are RFC 3339, UTC. Readers skip
 * what they do not know; every key may be absent. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/truth_priv.h"

static const char *const DIFFICULTY[] = { "easy", "medium", "hard", "expert" };

static const char *entity_text(forge_sim *s, const forge_entity *e)
{
	return forge_text(s, "%s/%s/%s", e->ns ? e->ns : "cluster", e->kind, e->name);
}

static const char *time_text(forge_sim *s, int64_t at)
{
	cc_buf b = CC_BUF_INIT;
	out_time_s(&b, at);
	cc_str t = forge_str(s, &b);
	cc_buf_deinit(&b);
	return t.n ? t.p : "";
}

static void plain_item(cc_buf *b, const char *value)
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
		truth_text(b, "  - ", "entity", entity_text(s, &c->root));
		if (c->aliases) cc_buf_addz(b, "    aliases:\n");
		for (int a = 0; a < c->aliases; a++) {
			cc_buf_addz(b, "    ");
			plain_item(b, entity_text(s, &c->alias[a]));
		}
		truth_text(b, "    ", "fault", fault_spec(s, c));
		truth_text(b, "    ", "time", time_text(s, c->at));
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

static void par_part(forge_sim *s, cc_buf *b)
{
	bool origin = plan_readable(s, "paths");
	cc_buf_addz(b, "par:\n");
	plain_item(b, plan_readable(s, "alerts") ? "alerts" : "events type=warning by=reason");
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_proof *p = plan_best_proof(s, &s->plan.causes.p[i]);
		if (p && strncmp(p->command, "paths", 5) == 0) origin = false;
	}
	if (origin) plain_item(b, "paths origin");
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_proof *p = plan_best_proof(s, &s->plan.causes.p[i]);
		if (p) plain_item(b, p->command);
	}
}

static void hints_part(forge_sim *s, cc_buf *b)
{
	cc_buf_addz(b, "hints:\n");
	for (int level = 0; level < FAULT_HINTS; level++)
		for (size_t i = 0; i < s->plan.causes.n; i++) {
			const forge_cause *c = &s->plan.causes.p[i];
			bool again = i > 0 && level < s->plan.causes.p[0].hints && level < c->hints &&
				     strcmp(c->hint[level], s->plan.causes.p[0].hint[level]) == 0;
			if (level < c->hints && !again) plain_item(b, c->hint[level]);
		}
}

/* ---- the innocent ---- */

static void decoys_part(forge_sim *s, cc_buf *b)
{
	cc_buf_addz(b, s->plan.decoys.n ? "decoys:\n" : "decoys: []\n");
	for (size_t i = 0; i < s->plan.decoys.n; i++) {
		const forge_decoy *d = &s->plan.decoys.p[i];
		truth_text(b, "  - ", "entity", entity_text(s, &d->entity));
		truth_text(b, "    ", "tempting", d->tempting);
		truth_text(b, "    ", "innocent", d->innocent);
		if (plan_readable(s, d->alibi.command)) {
			truth_text(b, "    ", "command", d->alibi.command);
			truth_text(b, "    ", "pattern", d->alibi.pattern);
		}
		truth_text(b, "    ", "time", time_text(s, d->at));
	}
}

static bool named_by_cause(const forge_sim *s, const forge_entity *e)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (truth_same(&c->root, e)) return true;
		for (int a = 0; a < c->aliases; a++)
			if (truth_same(&c->alias[a], e)) return true;
	}
	return false;
}

/* The callee a service suffered from most. */
static int worst_callee(forge_sim *s, const truth_reach *r, int service, truth_link *how)
{
	int best = -1;
	uint32_t most = 0;
	*how = LINK_NONE;
	for (int from = 0; from < s->app->services_n; from++) {
		if (!r->in[from]) continue;
		truth_link l = truth_leads(s, r, from, service);
		uint32_t n = truth_count(s, l, from, service);
		if (l == LINK_NONE || (best >= 0 && n <= most)) continue;
		best = from;
		most = n;
		*how = l;
	}
	return best;
}

static uint32_t failed_calls(const forge_sim *s, int caller)
{
	uint32_t n = 0;
	for (int callee = 0; callee < s->app->services_n; callee++) n += truth_count(s, LINK_FAILED, callee, caller);
	return n;
}

static const char *why_innocent(forge_sim *s, const truth_reach *r, int service)
{
	truth_link how;
	int from = worst_callee(s, r, service, &how);
	const char *f = from >= 0 ? fault_service_name(s, from) : "", *n = fault_service_name(s, service);
	uint32_t count = from >= 0 ? truth_count(s, how, from, service) : 0;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (c->first_hit == service)
			return forge_text(s, "the first victim: %s. The reason is %s: %s", c->first_effect,
				entity_text(s, &c->root), c->condition);
	}
	if (how == LINK_FAILED)
		return forge_text(s, "fails because %s fails: %u of its calls to it failed after the onset", f, count);
	if (how == LINK_SLOW)
		return forge_text(
			s, "slow because %s is slow: %u of its calls to it took far longer than before", f, count);
	if (how == LINK_STARVED) return forge_text(s, "silent because %s fails before it calls %s", f, n);
	if (failed_calls(s, service) > 0)
		return forge_text(s, "untouched by the cause: %u of its calls failed, as calls do now and then",
			failed_calls(s, service));
	return "untouched: none of its calls failed after the onset";
}

static void innocent_part(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	cc_buf_addz(b, "innocent:\n");
	for (int i = 0; i < s->app->services_n; i++)
		for (int service = 0; service < 2; service++) {
			forge_entity e = fault_workload_entity(s, i);
			if (service) e.kind = "Service";
			if ((service && s->app->services[i].port == 0) || named_by_cause(s, &e)) continue;
			truth_text(b, "  - ", "entity", entity_text(s, &e));
			truth_text(b, "    ", "innocent", why_innocent(s, r, i));
			if (plan_readable(s, "paths"))
				truth_text(
					b, "    ", "command", truth_first_hit(s, i) ? "paths origin" : "paths by=edge");
		}
}

/* ---- difficulty and time ---- */

static void difficulty_part(forge_sim *s, cc_buf *b)
{
	int dropped = 0, minutes = (int)((s->inject - s->start) / (60 * FORGE_S));
	cc_buf_addf(b, "difficulty: %s\nwhy:\n", DIFFICULTY[s->opt->difficulty]);
	plain_item(b, forge_text(s, "%d full minutes of baseline before the onset", minutes));
	plain_item(b, forge_text(s, "%d competing changes or remnants", (int)s->plan.decoys.n));
	for (int i = 0; i < 64; i++) dropped += s->plan.drop_spans_of[i];
	if (dropped) plain_item(b, forge_text(s, "%d services export no spans", dropped));
	if (s->plan.missing) plain_item(b, "a whole kind of evidence is missing");
	if (s->plan.causes.n > 1) plain_item(b, forge_text(s, "%d independent causes", (int)s->plan.causes.n));
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].indirect) plain_item(b, "the root is not among the recorded objects");
}

static void moment(forge_sim *s, cc_buf *b, int64_t at, const char *what)
{
	truth_text(b, "  - ", "time", time_text(s, at));
	truth_text(b, "    ", "what", what);
}

static void timeline_part(forge_sim *s, cc_buf *b)
{
	const forge_fired *first = truth_first_alert(s);
	cc_buf_addz(b, "timeline:\n");
	for (size_t i = 0; i < s->plan.causes.n; i++)
		moment(s, b, s->plan.causes.p[i].at, forge_text(s, "injected: %s", s->plan.causes.p[i].condition));
	if (!first) return;
	moment(s, b, first->active_at,
		forge_text(s, "the first alert became active: %s %.*s", first->name, CC_STR_ARG(first->subject)));
	moment(s, b, first->fired_at, forge_text(s, "it fired: %s", first->name));
}

/* ---- what may be read before ---- */

static void missing_part(forge_sim *s, cc_buf *b)
{
	static const struct {
		unsigned file;
		const char *text;
	} FILES[] = {
		{ CC_FORGE_NO_ALERTS, "alerts" },
		{ CC_FORGE_NO_EVENTS, "Kubernetes events" },
		{ CC_FORGE_NO_OBJECTS, "Kubernetes objects" },
		{ CC_FORGE_NO_LOGS, "logs" },
		{ CC_FORGE_NO_TRACES, "traces" },
		{ CC_FORGE_NO_METRICS, "metrics" },
	};
	unsigned gone = s->opt->without | s->plan.missing;
	bool spans = false;
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
		if (gone & FILES[i].file) cc_buf_addf(b, "- Not recorded: %s.\n", FILES[i].text);
	for (int i = 0; i < 64; i++) spans |= s->plan.drop_spans_of[i];
	if (spans && !(gone & CC_FORGE_NO_TRACES))
		cc_buf_addz(b, "- Some services export no spans: traces have gaps.\n");
	if (!gone && !spans) cc_buf_addz(b, "- Nothing is known to be missing.\n");
}

static void briefing(forge_sim *s, cc_buf *b)
{
	const forge_fired *first = truth_first_alert(s);
	cc_buf_addf(b, "# Scenario-%d\n\n%s in namespace `%s`.\n\n", s->opt->scenario,
		s->app->title ? s->app->title : s->app->name, s->app->namespace);
	cc_buf_addf(b, "## What paged\n\n");
	if (first)
		cc_buf_addf(b, "`%s`%s%.*s at %s.\n\n", first->name, first->subject.n ? ", " : "",
			CC_STR_ARG(first->subject), time_text(s, first->fired_at));
	else
		cc_buf_addz(b, "No alert about the application: users complained.\n\n");
	cc_buf_addf(b, "## What there is\n\n- The capture goes from %s to %s.\n", time_text(s, s->start),
		time_text(s, s->end));
	cc_buf_addf(b, "- Objects were polled every 300 seconds, metrics scraped every %d.\n",
		(int)(s->opt->scrape_ns / FORGE_S));
	missing_part(s, b);
	cc_buf_addz(b, "\n## What is asked\n\nWhich object has to be put right, and why? Name every independent cause "
		       "as `namespace/Kind/name`, cluster-scoped ones as\n"
		       "`cluster/Kind/name`, and no victims: an answer that misses a cause scores 0, else it scores "
		       "the share of its names that are causes.\n");
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
		innocent_part(s, &r, &b);
		hints_part(s, &b);
		par_part(s, &b);
		timeline_part(s, &b);
		briefing(s, &brief);
	}
	cc_code code = write_file(s, dir, "debrief.yaml", &b, err);
	if (code == CC_OK) code = write_file(s, dir, "briefing.md", &brief, err);
	cc_buf_deinit(&b);
	cc_buf_deinit(&brief);
	return code;
}
