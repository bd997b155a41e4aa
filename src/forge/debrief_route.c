/* debrief_route.c - par: the shortest route a player could take who knows nothing yet.
 *
 * What alerts, then where failures or delays begin, then what each cause says leads on from there to its root. Each command shows
 * what makes the next one worth typing. */
#include <string.h>

#include "forge/truth_priv.h"

typedef struct route {
	const char *step[12];
	int n;
} route;

static void go(const forge_sim *s, route *r, const char *command)
{
	if (!command || !plan_readable(s, command)) return;
	for (int i = 0; i < r->n; i++)
		if (strcmp(r->step[i], command) == 0) return;
	if (r->n < (int)(sizeof r->step / sizeof r->step[0])) r->step[r->n++] = command;
}

/* Where no observation from before the fault exists, what there is now tells instead of what changed. */
static const char *instead(forge_sim *s, const char *command)
{
	static const char KIND[] = "changes kind=", ENTITY[] = "changes entity=";
	if (plan_readable(s, command)) return command;
	if (strncmp(command, KIND, sizeof KIND - 1) == 0) return forge_text(s, "objects kind=%s", command + sizeof KIND - 1);
	if (strncmp(command, ENTITY, sizeof ENTITY - 1) == 0) return forge_text(s, "spec %s", command + sizeof ENTITY - 1);
	return command;
}

/* From the first victim to the root. A list of objects is no end: the one that matters is read after it. */
static void go_to_root(forge_sim *s, route *r, const forge_cause *c)
{
	int before = r->n;
	for (int k = 0; k < c->routes; k++) go(s, r, instead(s, c->route[k]));
	const forge_proof *p = plan_best_proof(s, c);
	bool listed = r->n > before && strncmp(r->step[r->n - 1], "objects kind=", 13) == 0;
	if (p && (r->n == before || listed)) go(s, r, p->command);
}

static bool about_autoscaler(const forge_cause *c)
{
	return strcmp(c->root.kind, "HorizontalPodAutoscaler") == 0; /* its alert names it */
}

/* What is to be seen of calls that failed or dragged for a cause. */
typedef struct trouble { uint32_t failed, failed_shown, slow_shown; } trouble;

static void at_least(uint32_t *most, uint32_t n)
{
	if (n > *most) *most = n;
}

/* failed: of or to the first victims. shown: whose callers export spans, also those whom it reached. */
static trouble trouble_of(const forge_sim *s, const truth_reach *r)
{
	flow_effects_seen seen = flow_seen(s);
	trouble t = { 0, 0, 0 };
	int n = s->app->services_n;
	for (int i = 0; i < n * n && seen.failed && seen.slow; i++) {
		const int callee = i / n, caller = i % n;
		const bool first = truth_first_hit(s, callee) || truth_first_hit(s, caller), shown = plan_spans_shown(s, caller);
		if (first) at_least(&t.failed, seen.failed[i]);
		if (shown && (first || r->in[callee])) at_least(&t.failed_shown, seen.failed[i]);
		if (shown && r->in[callee]) at_least(&t.slow_shown, seen.slow[i]);
	}
	return t;
}

/* Where calls failed, errors begin; else something is slow. Where no spans are recorded of anybody whose calls failed, what they
 * say is left, or that others wait for them; or nothing (NULL), and the alerts lead on. */
static const char *where_it_begins(const forge_sim *s, const truth_reach *r)
{
	const trouble t = trouble_of(s, r);
	if (t.failed <= 5) return "paths by=edge";
	if (t.failed_shown > 0) return "paths origin";
	if (plan_readable(s, "patterns level>=warn")) return "patterns level>=warn";
	return t.slow_shown > 0 ? "paths by=edge" : NULL;
}

void debrief_route(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	route way = { .n = 0 };
	bool traces = false;
	go(s, &way, "alerts");
	if (!truth_first_alert(s, r) || way.n == 0) go(s, &way, "events type=warning by=reason");
	for (size_t i = 0; i < s->plan.causes.n; i++) traces |= !about_autoscaler(&s->plan.causes.p[i]);
	if (traces) go(s, &way, where_it_begins(s, r));
	for (size_t i = 0; i < s->plan.causes.n; i++) go_to_root(s, &way, &s->plan.causes.p[i]);
	cc_buf_addz(b, "par:\n");
	for (int i = 0; i < way.n; i++) debrief_item(b, way.step[i]);
}
