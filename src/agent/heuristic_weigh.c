/* heuristic_weigh.c - hypotheses: which objects may have to be corrected, and what speaks for each. */
#include "agent/heuristic_priv.h"

#include <math.h>

static heuristic_hypothesis *hypothesis(heuristic_case *c, cc_str name)
{
	for (size_t i = 0; i < c->hypotheses.n; i++)
		if (cc_str_eq(c->hypotheses.p[i].name, name))
			return &c->hypotheses.p[i];
	if (!name.n || !cc_vec_push(&c->hypotheses, ((heuristic_hypothesis){ .name = name, .sick = SIZE_MAX })))
		return NULL;
	return &c->hypotheses.p[c->hypotheses.n - 1];
}

/* How directly it touches what is in trouble, and what that is; none = what the map says. */
typedef struct directness { double reach; size_t sick; } directness;
static const directness by_map = { 0, SIZE_MAX };

static void add_clue(heuristic_case *c, cc_str name, double points, directness d, cc_str what, cc_str cite)
{
	heuristic_hypothesis *h = points > 0 ? hypothesis(c, name) : NULL;
	if (!h || !cc_vec_push(&h->clues, ((heuristic_clue){ points, what, cite })))
		return;
	h->points += points;
	if (d.reach > h->reach) {
		h->reach = d.reach;
		h->sick = d.sick;
	}
}

static size_t sick_index(const heuristic_case *c, const heuristic_sick *s)
{
	return s ? (size_t)(s - c->sick.p) : SIZE_MAX;
}

double heuristic_score(const heuristic_hypothesis *h)
{
	return h->points * h->reach;
}

/* A flag that is called after something in trouble touches it; one that is not is most likely somebody's experiment. */
static double flag_fits(const heuristic_case *c, cc_str words, directness *d)
{
	if (cc_str_find(words, CC_STR("flag ")) == CC_STR_NONE)
		return 1;
	for (size_t n = 0; n < c->sick.n; n++) {
		double reach = c->sick.p[n].weight * heuristic_flag_names(words, agent_name_of(c->sick.p[n].workload));
		if (reach > d->reach)
			*d = (directness){ reach, n };
	}
	return d->reach > 0 ? 1 : 0.3;
}

/* --- wrong states --- */

static cc_str host_of(cc_str finding)
{
	size_t at = cc_str_find(finding, CC_STR(" leads to "));
	cc_str host = CC_STR_EMPTY, rest;
	if (at != CC_STR_NONE && cc_str_find(finding, CC_STR("which is no Service")) != CC_STR_NONE)
		cc_str_cut(cc_str_sub(finding, at + 10, finding.n), ',', &host, &rest);
	return host;
}

/* "env EMAIL_ADDR leads to email, which is no Service": where that Service was deleted, or several look for it, its absence is the
 * fault and not the variable. */
static cc_str whose_fault(heuristic_case *c, const cc_section *s, cc_str entity, cc_str finding)
{
	agent_asker *a = c->ask;
	cc_str host = host_of(finding);
	bool gone = false;
	if (!host.n)
		return entity;
	cc_str service = cc_arena_printf(a->arena, "%.*s/Service/%.*s", CC_STR_ARG(agent_namespace_of(entity)), CC_STR_ARG(host));
	for (size_t i = 0; i < c->hypotheses.n; i++)
		gone |= cc_str_eq(c->hypotheses.p[i].name, service) && c->hypotheses.p[i].clues.n
			&& cc_str_starts(c->hypotheses.p[i].clues.p[0].what, CC_STR("deleted"));
	for (size_t i = 0; i < s->row_count && !gone; i++)
		gone = cc_str_eq(host_of(agent_text(a, s, &s->rows[i], "finding")), host) && !cc_str_eq(agent_text(a, s, &s->rows[i], "entity"), entity);
	return gone ? service : entity;
}

/* An address that nobody fails to reach is not in use. Where no failing calls are recorded nothing can be said. */
static bool is_missed(const heuristic_case *c, cc_str host)
{
	cc_str name, rest;
	cc_str_cut(host, '.', &name, &rest);
	for (size_t i = 0; i < c->failures.n; i++) {
		const heuristic_failure *f = &c->failures.p[i];
		if (cc_str_starts(f->peer, name) || cc_str_find(f->error, name) != CC_STR_NONE || heuristic_error_of(f->error) == ERROR_NAME)
			return true;
	}
	return !c->failures.n;
}

/* What explains other findings is looked for first. */
static void read_ahead(heuristic_case *c, const cc_section *s)
{
	for (size_t i = 0; s && i < s->row_count; i++) {
		cc_str finding = agent_text(c->ask, s, &s->rows[i], "finding");
		c->cordoned |= cc_str_find(finding, CC_STR("node(s) were unschedulable")) != CC_STR_NONE;
		for (size_t n = 0; n < c->sick.n; n++)
			c->sick.p[n].flagged |= cc_str_eqz(agent_text(c->ask, s, &s->rows[i], "rule"), "flag-on")
				&& heuristic_flag_names(finding, agent_name_of(c->sick.p[n].workload)) > 0;
	}
}

static bool is_flagged(const heuristic_case *c, cc_str workload)
{
	for (size_t n = 0; n < c->sick.n; n++)
		if (c->sick.p[n].flagged && cc_str_eq(c->sick.p[n].workload, workload))
			return true;
	return false;
}

static void one_state(heuristic_case *c, const cc_section *s, const cc_row *row)
{
	agent_asker *a = c->ask;
	cc_str rule = agent_text(a, s, row, "rule"), entity = agent_text(a, s, row, "entity"), finding = agent_text(a, s, row, "finding");
	const heuristic_state *k = heuristic_state_of(rule);
	bool fresh = agent_bool(s, row, "fresh");
	directness d = by_map;
	double points;
	if (!k)
		return;
	points = k->points * flag_fits(c, finding, &d) * (d.reach > 0 ? 1.6 : 1) * (fresh ? 1 : d.reach > 0 || (k->points >= 4 && !k->of_workload) ? 0.6 : 0.4);
	if (host_of(finding).n && !is_missed(c, host_of(finding)))
		points *= 0.15;
	if (cc_str_eqz(rule, "node-cordoned") && c->cordoned) {
		points = 5;
		d.reach = 0.9;
	}
	if (cc_str_eqz(rule, "unscheduled") && (c->cordoned || c->evicted))
		points *= 0.2;
	cc_str of = k->of_workload ? heuristic_lasting(c, entity) : whose_fault(c, s, entity, finding);
	if (cc_str_eqz(agent_kind_of(of), "Pod"))    /* of a batch job, or of nothing that is in trouble */
		points *= 0.3;
	if (k->of_workload && is_flagged(c, of))
		points *= 0.1;
	points *= heuristic_harm(c, rule, entity);
	add_clue(c, of, points, d, finding, agent_text(a, s, row, "cite"));
}

static void from_states(heuristic_case *c)
{
	cc_reply *r = agent_ask(c->ask, "checks severity=info");
	const cc_section *s = agent_section(r, "checks");
	read_ahead(c, s);
	for (size_t i = 0; s && i < s->row_count; i++)
		one_state(c, s, &s->rows[i]);
	cc_reply_unref(r);
}

/* --- changes --- */

/* A change that only a poll tells of came somewhere since the poll before. */
static double fits_in_time(const heuristic_case *c, int64_t t, int64_t not_before)
{
	double before;
	if (c->onset_ns == CC_TIME_NONE || t == CC_TIME_NONE)
		return 0.6;
	before = (double)(c->onset_ns - t) / 1e9;
	if (before < -5)
		return before > -90 ? 0.4 : not_before != CC_TIME_NONE && not_before < c->onset_ns && before > -300 ? 0.2 : 0.05;
	return before < 180 ? 1 : before < 420 ? 0.7 : 0.4;
}

static void from_changes(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "changes direct=yes");
	const cc_section *s = agent_section(r, "changes");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str what = agent_text(a, s, row, "kind"), entity = agent_text(a, s, row, "entity"), change = agent_text(a, s, row, "change");
		double fits = fits_in_time(c, agent_time(s, row, "time"), agent_time(s, row, "after_previous_poll"));
		double points = heuristic_change_points(what, agent_kind_of(entity), change);
		directness d = by_map;
		bool creates = cc_str_eqz(what, "created") && cc_str_eqz(agent_kind_of(entity), "Deployment");
		points *= flag_fits(c, change, &d) * (heuristic_is_hanging(c, entity) ? 0.2 : 1);
		if (creates && (c->api_trouble || c->evicted)) {
			points += 3;
			d.reach = 0.9;
		}
		add_clue(c, entity, points * fits, d, change, agent_text(a, s, row, "cite"));
	}
	cc_reply_unref(r);
}

/* --- experiments --- */

/* The events of some experiments do not tell their schedule; its name with an ending is theirs. */
static cc_str schedule_of(const heuristic_case *c, cc_str experiment)
{
	for (size_t i = 0; i < c->hypotheses.n; i++) {
		cc_str name = c->hypotheses.p[i].name;
		cc_str own = agent_name_of(name), other = agent_name_of(experiment);
		if (cc_str_eqz(agent_kind_of(name), "Schedule") && cc_str_starts(other, own) && other.n > own.n && other.p[own.n] == '-')
			return name;
	}
	return experiment;
}

/* It rests now and then, and the trouble does not: then it is somebody's exercise. */
static void try_alibi(heuristic_case *c, const cc_section *s, heuristic_hypothesis *h)
{
	CC_VEC(heuristic_times) times = { 0 };
	bool ok = true;
	for (size_t i = 0; s && ok && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str schedule = agent_text(c->ask, s, row, "schedule"), experiment = agent_text(c->ask, s, row, "entity");
		int64_t applied = agent_time(s, row, "applied");
		if (applied != CC_TIME_NONE && cc_str_eq(schedule.n ? schedule : schedule_of(c, experiment), h->name))
			ok = cc_vec_push(&times, ((heuristic_times){ applied, agent_time(s, row, "recovered") }));
	}
	size_t sick = h->sick;
	double reach = sick < c->sick.n ? h->reach : heuristic_reach(c, h->name, &sick);
	if (ok && reach > 0.2 && !heuristic_was_killed(c, c->sick.p[sick].workload) && heuristic_goes_on(c, times.p, times.n, &c->sick.p[sick]))
		h->points *= 0.1;
	cc_vec_deinit(&times);
}

static void from_chaos(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "events by=chaos");
	const cc_section *s = agent_section(r, "chaos");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		int64_t applied = agent_time(s, row, "applied"), over = agent_time(s, row, "recovered");
		cc_str schedule = agent_text(a, s, row, "schedule"), experiment = agent_text(a, s, row, "entity");
		if (applied == CC_TIME_NONE || (c->onset_ns != CC_TIME_NONE && over != CC_TIME_NONE && over < c->onset_ns - 60 * CC_NS_PER_S))
			continue;
		cc_str name = schedule.n ? schedule : schedule_of(c, experiment);
		heuristic_hypothesis *h = hypothesis(c, name);
		directness d = by_map;
		if (!h)
			break;
		d.reach = heuristic_reach(c, experiment, &d.sick);
		if (!h->clues.n)
			add_clue(c, name, fits_in_time(c, applied, CC_TIME_NONE) > 0.1 ? 4 : 2, d, cc_arena_printf(a->arena, "was applied to %.*s",
				CC_STR_ARG(agent_text(a, s, row, "targets"))), agent_text(a, s, row, "cite"));
		else if (d.reach > h->reach) {
			h->reach = d.reach;
			h->sick = d.sick;
		}
	}
	for (size_t i = 0; i < c->hypotheses.n; i++)
		if (cc_str_eqz(agent_namespace_of(c->hypotheses.p[i].name), "chaos-mesh"))
			try_alibi(c, s, &c->hypotheses.p[i]);
	cc_reply_unref(r);
}

/* --- events --- */

static void from_events(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "events by=reason new=yes");
	const cc_section *s = agent_section(r, "groups");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str reason = agent_text(a, s, row, "reason"), message = agent_text(a, s, row, "message"), cite = agent_text(a, s, row, "cite"), head, rest;
		cc_str entity = agent_text(a, s, row, "entity");
		size_t quota = cc_str_find(message, CC_STR("exceeded quota: "));
		c->api_trouble |= cc_str_find(message, CC_STR("server has received too many requests")) != CC_STR_NONE;
		c->evicted |= cc_str_eqz(reason, "Preempted") || cc_str_eqz(reason, "Evicted");
		if (quota == CC_STR_NONE)
			continue;
		cc_str_cut(cc_str_sub(message, quota + 16, message.n), ',', &head, &rest);
		add_clue(c, cc_arena_printf(a->arena, "%.*s/ResourceQuota/%.*s", CC_STR_ARG(agent_namespace_of(entity)), CC_STR_ARG(head)), 3,
			(directness){ 0.9, sick_index(c, heuristic_sick_named(c, entity)) }, message, cite);
	}
	cc_reply_unref(r);
}

/* --- errors --- */

static bool is_kind(const heuristic_touch *t, const char *kind)
{
	return cc_str_eqz(agent_kind_of(t->entity), kind);
}

/* What the one that is called, or its caller, reads. */
static void blame_touched(heuristic_case *c, const heuristic_sick *s, const char *kind, double points, cc_str what, cc_str cite)
{
	for (size_t i = 0; s && i < s->touches.n; i++)
		if (is_kind(&s->touches.p[i], kind) && (!s->touches.p[i].above || cc_str_eqz(s->touches.p[i].edge, "selects")))
			add_clue(c, s->touches.p[i].entity, points, (directness){ 0.9 * s->weight, sick_index(c, s) }, what, cite);
}

/* Kinds that snapshots hardly ever record, named after what they guard. */
static void blame_unseen(heuristic_case *c, const heuristic_sick *s, const char *kind, const char *name, double points, cc_str what, cc_str cite)
{
	cc_str ns = s ? agent_namespace_of(s->workload) : CC_STR_EMPTY;
	cc_str called = name ? cc_str_from(name) : s ? agent_name_of(s->workload) : CC_STR_EMPTY;
	if (ns.n && called.n)
		add_clue(c, cc_arena_printf(c->ask->arena, "%.*s/%s/%.*s", CC_STR_ARG(ns), kind, CC_STR_ARG(called)), points,
			(directness){ 0.9, sick_index(c, s) }, what, cite);
}

static void read_error(heuristic_case *c, cc_str text, cc_str caller, cc_str called, cc_str cite)
{
	const heuristic_sick *from = heuristic_sick_named(c, caller), *to = heuristic_sick_named(c, called.n ? called : caller);
	to = to ? to : from;
	switch (heuristic_error_of(text)) {
	case ERROR_CREDENTIALS:
		blame_touched(c, to, "Secret", 3, text, cite);
		blame_touched(c, from, "Secret", to && to != from ? 1.5 : 3, text, cite);
		break;
	case ERROR_FORBIDDEN:
		blame_unseen(c, to, "AuthorizationPolicy", NULL, 5, text, cite);
		break;
	case ERROR_STORE_FULL:
		blame_touched(c, to, "ConfigMap", 2, text, cite);
		if (to)
			add_clue(c, to->workload, 2, by_map, text, cite);
		break;
	case ERROR_NAME:
		if (from)
			add_clue(c, from->workload, 2, by_map, text, cite);
		break;
	case ERROR_RESET:
		blame_unseen(c, to, "PeerAuthentication", "default", 1, text, cite);
		break;
	case ERROR_INJECTED:
		blame_unseen(c, to, "VirtualService", NULL, 3, text, cite);
		break;
	default:
		break;
	}
}

/* Each error once: a hundred lines of one kind are no more proof than ten. */
static void from_errors(heuristic_case *c)
{
	agent_asker *a = c->ask;
	bool known[ERROR_INJECTED + 1] = { false };
	cc_reply *r = agent_ask(a, "paths origin");
	const cc_section *s = agent_section(r, "origins");
	for (size_t i = 0; s && i < s->row_count; i++) {
		cc_str text = agent_text(a, s, &s->rows[i], "error"), peer = agent_text(a, s, &s->rows[i], "peer");
		heuristic_error e = heuristic_error_of(text);
		if (e && !known[e])
			read_error(c, text, agent_text(a, s, &s->rows[i], "service"), peer, agent_text(a, s, &s->rows[i], "cite"));
		known[e] = true;
	}
	cc_reply_unref(r);
	r = agent_ask(a, "patterns limit=60");
	s = agent_section(r, "patterns");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str text = agent_text(a, s, row, "pattern"), level = agent_text(a, s, row, "level");
		heuristic_error e = heuristic_error_of(text);
		bool grave = cc_str_eqz(level, "error") || cc_str_eqz(level, "warn") || cc_str_eqz(level, "fatal") || cc_str_eqz(level, "unknown");
		double more = (double)agent_int(s, row, "after") - (double)agent_int(s, row, "before") * c->after_per_before;
		const heuristic_sick *from = heuristic_sick_named(c, agent_text(a, s, row, "service"));
		if (!e || known[e] || !grave || more < 5 || !from)
			continue;
		/* Of those it calls, the one in most trouble. */
		cc_str to = CC_STR_EMPTY;
		for (size_t k = 0; k < c->sick.n && !to.n; k++)
			if (c->sick.p[k].workload.n && cc_str_find(text, agent_name_of(c->sick.p[k].workload)) != CC_STR_NONE && &c->sick.p[k] != from)
				to = c->sick.p[k].said;
		read_error(c, text, from->said, to, agent_text(a, s, row, "example"));
		known[e] = true;
	}
	cc_reply_unref(r);
}

static bool has_clue(heuristic_case *c, cc_str name)
{
	for (size_t i = 0; i < c->hypotheses.n; i++)
		if (cc_str_eq(c->hypotheses.p[i].name, name))
			return c->hypotheses.p[i].points > 1;
	return false;
}

/* Calls that are cut off though both ends are well: a namespace whose new pods get no sidecar any more, where others demand one. */
static void from_namespaces(heuristic_case *c)
{
	agent_asker *a = c->ask;
	for (size_t i = 0; i < c->sick.n; i++) {
		cc_str ns = agent_namespace_of(c->sick.p[i].workload);
		if (!ns.n || cc_str_eqz(ns, "cluster"))
			continue;
		cc_reply *r = agent_ask(a, "spec cluster/Namespace/%.*s", CC_STR_ARG(ns));
		const cc_section *s = agent_section(r, "spec");
		for (size_t k = 0; s && k < s->line_count; k++)
			if (cc_str_find(s->lines[k].text, CC_STR("istio-injection: disabled")) != CC_STR_NONE)
				add_clue(c, cc_arena_printf(a->arena, "cluster/Namespace/%.*s", CC_STR_ARG(ns)), 3, (directness){ 0.8, i }, CC_STR("istio-injection: disabled"),
					agent_fact(a, agent_section(r, "object"), "cite"));
		cc_reply_unref(r);
		break;
	}
}

/* From somebody who is in traces otherwise, or by what the error says. */
bool heuristic_is_cut_off(const heuristic_case *c, const heuristic_failure *f)
{
	static const char *const WORDS[] = { "navailable", "NAVAILABLE", "refused", "imeout", "imed out", "eadline", "EADLINE", "onnect", "no such host" };
	bool traced = false, cut = false;
	for (size_t i = 0; i < c->traced.n; i++)
		traced |= cc_str_eq(c->traced.p[i], f->peer);
	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		cut |= cc_str_find(f->error, cc_str_from(WORDS[i])) != CC_STR_NONE;
	return f->silent && (cut || (traced && !f->error.n));
}

static bool is_asked(const heuristic_case *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (cc_str_eq(c->failures.p[k].peer, c->failures.p[i].peer) && heuristic_is_cut_off(c, &c->failures.p[k]))
			return true;
	return false;
}

/* Calls to something that runs and shows nothing of them: what leads there is broken, whether or not anybody recorded it. */
static void from_silence(heuristic_case *c)
{
	for (size_t i = 0; i < c->failures.n; i++) {
		const heuristic_failure *f = &c->failures.p[i];
		const heuristic_sick *to = heuristic_is_cut_off(c, f) && !is_asked(c, i) ? heuristic_sick_named(c, f->peer) : NULL;
		cc_str cite = CC_STR_EMPTY, ns = to ? agent_namespace_of(to->workload) : CC_STR_EMPTY;
		heuristic_route route = ns.n && !heuristic_is_down(c, to->workload) ? heuristic_route_of(c, ns, f->peer, &cite) : ROUTE_OPEN;
		if (route != ROUTE_OPEN)
			add_clue(c, cc_arena_printf(c->ask->arena, "%.*s/Service/%.*s", CC_STR_ARG(ns), CC_STR_ARG(f->peer)), 4, (directness){ f->weight, sick_index(c, to) },
				route == ROUTE_GONE ? CC_STR("its Endpoints are gone") : CC_STR("its Endpoints hold no pod, ready or not"), cite);
		else if (to && to->workload.n && !cc_str_eqz(agent_kind_of(to->workload), "Service") && !has_clue(c, to->workload))
			add_clue(c, cc_arena_printf(c->ask->arena, "%.*s/Service/%.*s", CC_STR_ARG(agent_namespace_of(to->workload)), CC_STR_ARG(f->peer)),
				0.8 * f->weight, (directness){ f->weight, sick_index(c, to) }, CC_STR("calls to it do not reach what runs behind it"), f->cite);
	}
}

/* Nothing else speaks: where it hurts most is where to look first. */
static void from_pain(heuristic_case *c)
{
	for (size_t i = 0; i < c->sick.n; i++)
		if (c->sick.p[i].workload.n)
			add_clue(c, c->sick.p[i].workload, 0.3, by_map, c->sick.p[i].why, c->sick.p[i].cite);
}

void heuristic_weigh(heuristic_case *c)
{
	from_events(c);
	from_chaos(c);
	from_changes(c);
	from_states(c);
	from_errors(c);
	from_namespaces(c);
	from_silence(c);
	from_pain(c);
	for (size_t i = 0; i < c->hypotheses.n; i++) {
		heuristic_hypothesis *h = &c->hypotheses.p[i];
		size_t sick = SIZE_MAX;
		double reach = fmax(0.08, heuristic_reach(c, h->name, &sick));
		if (reach > h->reach) {
			h->reach = reach;
			h->sick = sick;
		}
	}
	for (size_t i = 1; i < c->hypotheses.n; i++)
		for (size_t k = i; k && heuristic_score(&c->hypotheses.p[k]) > heuristic_score(&c->hypotheses.p[k - 1]); k--) {
			heuristic_hypothesis t = c->hypotheses.p[k];
			c->hypotheses.p[k] = c->hypotheses.p[k - 1];
			c->hypotheses.p[k - 1] = t;
		}
}
