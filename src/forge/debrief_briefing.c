/* debrief_briefing.c - briefing.md: what may be read before, nothing that spoils.
 *
 * Where no alert fired, the users' complaints are told: in numbers that the simulation has counted. */
#include "forge/truth_priv.h"

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
	bool spans = false, objects = !(gone & CC_FORGE_NO_OBJECTS);
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
		if (gone & FILES[i].file) cc_buf_addf(b, "- Not recorded: %s.\n", FILES[i].text);
	for (int i = 0; i < 64; i++) spans |= s->plan.drop_spans_of[i];
	if (spans && !(gone & CC_FORGE_NO_TRACES))
		cc_buf_addz(b, "- Some services export no spans: traces have gaps.\n");
	bool unmanaged = s->plan.unmanaged && objects;
	if (objects && (s->plan.hidden & PLAN_HIDES_POLICIES)) cc_buf_addz(b, "- Objects that nobody pulled: NetworkPolicies.\n");
	if (objects && (s->plan.hidden & PLAN_HIDES_SERVICES)) cc_buf_addz(b, "- Objects that nobody pulled: Services.\n");
	if (objects && (s->plan.hidden & PLAN_HIDES_SETS)) cc_buf_addz(b, "- Objects that nobody pulled: ReplicaSets.\n");
	if (unmanaged) cc_buf_addz(b, "- Objects were recorded without their managedFields.\n");
	if (!gone && !spans && !unmanaged && !s->plan.hidden) cc_buf_addz(b, "- Nothing is known to be missing.\n");
}

/* Calls of users that took far longer than before. */
static uint64_t slow_for_users(const forge_sim *s)
{
	flow_effects_seen seen = flow_seen(s);
	uint64_t n = 0;
	for (int callee = 0; callee < s->app->services_n && seen.slow; callee++)
		for (int user = 0; user < s->app->services_n; user++)
			if (s->app->services[user].loadgen) n += seen.slow[callee * s->app->services_n + user];
	return n;
}

static void complaints(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	flow_effects_seen seen = flow_seen(s);
	unsigned long long slow = slow_for_users(s), failed = seen.failures, all = seen.requests;
	cc_buf_addz(b, "No alert about the application. ");
	if (failed > 0)
		cc_buf_addf(b, "Users complain that requests fail, since %s: %llu of %llu did.", debrief_time(s, seen.first_failed),
			failed, all);
	else if (slow > 0)
		cc_buf_addf(b, "Users complain that they wait: %llu of their last %llu requests took more than five times as long "
			       "as usual.",
			slow, all);
	else if (r->n > 1)
		cc_buf_addz(b, "No user complains yet: a colleague who read the traces saw calls fail or drag that did not before.");
	else
		cc_buf_addz(b, "No user complains yet: a colleague noticed in passing that something is not as it was.");
	if (failed > 0 && slow > 0) cc_buf_addf(b, " Another %llu took more than five times as long as usual.", slow);
	cc_buf_addz(b, "\n\n");
}

void debrief_briefing(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	const forge_fired *first = truth_first_alert(s, r);
	cc_buf_addf(b, "# Scenario-%d\n\n%s in namespace `%s`.\n\n", s->opt->scenario,
		s->app->title ? s->app->title : s->app->name, s->app->namespace);
	cc_buf_addf(b, "## What paged\n\n");
	if (first)
		cc_buf_addf(b, "`%s`%s%.*s at %s.\n\n", first->name, first->subject.n ? ", " : "",
			CC_STR_ARG(first->subject), debrief_time(s, first->fired_at));
	else
		complaints(s, r, b);
	cc_buf_addf(b, "## What there is\n\n- The capture goes from %s to %s.\n", debrief_time(s, s->start),
		debrief_time(s, s->end));
	if (s->plan.no_baseline) cc_buf_addz(b, "- The capture begins when the trouble was already there.\n");
	cc_buf_addf(b, "- Objects were polled every 300 seconds, metrics scraped every %d.\n",
		(int)(s->opt->scrape_ns / FORGE_S));
	missing_part(s, b);
	cc_buf_addz(b, "\n## What is asked\n\nWhat caused this incident? Name every independent cause, the object whose "
		       "state has to be put right,\nas `namespace/Kind/name`, cluster-scoped ones as "
		       "`cluster/Kind/name`, and neither victims nor what was just so before: an answer that misses a "
		       "cause scores 0, else it scores the share of its names that are causes.\n");
}
