/* heuristic_probe.c - questions that decide between an explanation and its alibi.
 *
 * An experiment explains trouble that comes and goes with it, and none that goes on while it rests. A call that is cut off though both
 * ends run is explained by what leads there: the Endpoints of the name that was called tell whether that leads to anything. */
#include "agent/heuristic_priv.h"

#include "coldcase/clock.h"

/* --- experiments that rest --- */

enum { SETTLE_S = 15, REST_S = 40 };

static heuristic_seen look(heuristic_case *c, cc_str service, int64_t from, int64_t to)
{
	agent_asker *a = c->ask;
	cc_buf since = CC_BUF_INIT, until = CC_BUF_INIT;
	heuristic_seen s = { .seconds = (double)(to - from) / 1e9 };
	cc_time_format(&since, from);
	cc_time_format(&until, to);
	cc_reply *r = agent_ask(a, "traces service=%.*s since=%.*s until=%.*s limit=1", CC_STR_ARG(service), CC_STR_ARG(cc_buf_str(&since)),
		CC_STR_ARG(cc_buf_str(&until)));
	const cc_section *facts = agent_section(r, "durations");
	s.calls = r ? (double)cc_reply_paging(r).total_count : 0;
	for (size_t i = 0; facts && i < facts->fact_count; i++) {
		const cc_fact *f = &facts->facts[i];
		if (cc_str_eqz(CC_STR("p50_ns"), f->key))
			s.typical_ns = (double)f->cell.i;
		if (cc_str_eqz(CC_STR("p99_ns"), f->key))
			s.slowest_ns = (double)f->cell.i;
		for (size_t k = 0; cc_str_eqz(CC_STR("failed"), f->key) && k < f->cell.point_count; k++)
			s.failed += f->cell.points[k] > 0 ? f->cell.points[k] : 0;
	}
	cc_reply_unref(r);
	cc_buf_deinit(&since);
	cc_buf_deinit(&until);
	return s;
}

/* Requests fail as often, take as long and are as few as while it was applied. */
bool heuristic_is_no_better(const heuristic_seen *applied, const heuristic_seen *resting)
{
	double share = applied->calls ? applied->failed / applied->calls : 0, now = resting->calls ? resting->failed / resting->calls : 1;
	bool more = resting->calls / resting->seconds > 1.6 * applied->calls / applied->seconds + 0.1;
	bool quicker = resting->calls && (resting->typical_ns < 0.7 * applied->typical_ns || resting->slowest_ns < 0.4 * applied->slowest_ns - 100e6);
	return !more && !quicker && now >= 0.7 * share - 0.01;
}

static bool is_traced(const heuristic_case *c, cc_str name)
{
	for (size_t i = 0; i < c->traced.n; i++)
		if (cc_str_eq(c->traced.p[i], name))
			return true;
	return false;
}

/* Whose requests tell of it: its own, or of one whose calls to it fail. */
static cc_str seen_through(const heuristic_case *c, cc_str name)
{
	if (is_traced(c, name))
		return name;
	for (size_t i = 0; i < c->failures.n; i++)
		if (cc_str_eq(c->failures.p[i].peer, name) && is_traced(c, c->failures.p[i].service))
			return c->failures.p[i].service;
	return CC_STR_EMPTY;
}

bool heuristic_goes_on(heuristic_case *c, const heuristic_times *times, size_t n, const heuristic_sick *sick)
{
	cc_str name = seen_through(c, agent_name_of(sick->workload));
	int64_t end = cc_session_capture(c->ask->session).to_ns, longest = REST_S * CC_NS_PER_S;
	size_t best = n;
	for (size_t i = 0; i < n; i++) {
		int64_t rests_until = i + 1 < n ? times[i + 1].from_ns : end;
		bool matters = times[i].to_ns != CC_TIME_NONE && (c->onset_ns == CC_TIME_NONE || times[i].to_ns > c->onset_ns + REST_S * CC_NS_PER_S);
		if (matters && rests_until - times[i].to_ns > longest) {
			longest = rests_until - times[i].to_ns;
			best = i;
		}
	}
	if (best == n || !name.n)
		return false;
	int64_t from = times[best].from_ns > c->onset_ns ? times[best].from_ns : c->onset_ns, over = times[best].to_ns;
	const heuristic_seen applied = look(c, name, from + SETTLE_S * CC_NS_PER_S, over), resting = look(c, name, over + SETTLE_S * CC_NS_PER_S, over + longest);
	return heuristic_is_no_better(&applied, &resting);
}

/* --- what leads there --- */

heuristic_route heuristic_route_of(heuristic_case *c, cc_str ns, cc_str service, cc_str *cite)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "spec %.*s/Endpoints/%.*s", CC_STR_ARG(ns), CC_STR_ARG(service));
	const cc_section *s = agent_section(r, "spec");
	bool addressed = !s;
	for (size_t i = 0; s && i < s->line_count; i++) {
		cc_str line = cc_str_trim(s->lines[i].text);
		addressed |= cc_str_starts(line, CC_STR("- ")) || cc_str_ends(line, CC_STR("ddresses:"));
	}
	bool gone = agent_fact(a, agent_section(r, "object"), "gone").n > 0;
	*cite = agent_fact(a, agent_section(r, "object"), "cite");
	cc_reply_unref(r);
	return gone ? ROUTE_GONE : addressed ? ROUTE_OPEN : ROUTE_NOWHERE;
}
