/* flow_chatter.c - what services write of their own accord: now and then, or once when a process has started. */
#include "forge/flow_priv.h"

enum { LINES = 64 }; /* of a service */

/* Address of a process that calls the service, each in turn. */
static const char *caller_of(const forge_sim *s, int service, int n)
{
	int found = 0;
	for (int round = 0; round < 2; round++) {
		int at = 0;
		for (size_t i = 0; i < s->kube.pods.n; i++) {
			const kube_pod *p = &s->kube.pods.p[i];
			if (!p->up || p->service < 0 || p->service == service || !forge_service_calls(s->app,
			    p->service, service)) continue;
			if (round && at++ == n % found) return p->ip;
			if (!round) found++;
		}
		if (!found) break;
	}
	return "127.0.0.1";
}

/* Says `text`; every line of `then` a moment after. */
static void say(forge_sim *s, int64_t now, int pod, int which, int n)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	const forge_chatter *c = &s->app->services[p->service].chatter[which];
	forge_line l = { .seed = s->opt->seed * 1000003U + (uint64_t)(p->service * LINES + which), .n = n,
	    .now = now, .pod = p->name, .ip = p->ip,
		.caller = caller_of(s, p->service, n) };
	cc_buf b = CC_BUF_INIT;
	forge_line_put(&b, c->text, &l);
	if (cc_buf_ok(&b) && b.p) tel_pod_log(s, now, pod, c->level, "%s", b.p);
	for (cc_str line, rest = cc_str_from(c->then); rest.n;) {
		cc_buf one = CC_BUF_INIT;
		(void)cc_str_cut(rest, '\n', &line, &rest);
		cc_buf_clear(&b);
		cc_buf_add(&b, line);
		l.now += cc_rng_between(&s->flow_rng, 3 * FORGE_MS, 180 * FORGE_MS);
		if (b.p) forge_line_put(&one, b.p, &l);
		if (cc_buf_ok(&one) && one.p) tel_pod_log(s, l.now, pod, c->level, "%s", one.p);
		if (!cc_buf_ok(&one)) forge_fail(s, CC_ENOMEM);
		cc_buf_deinit(&one);
	}
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&b);
}

/* a: service * LINES + number of the line; b: how often it has been said. */
static void again(forge_sim *s, int64_t now, int a, int b)
{
	int64_t period = (int64_t)s->app->services[a / LINES].chatter[a % LINES].period_s * FORGE_S;
	int pod = flow_pick(s, a / LINES);
	if (pod >= 0) say(s, now, pod, a % LINES, b);
	forge_at(s, now + cc_rng_between(&s->flow_rng, period * 3 / 5, period * 7 / 5) + 1, again, a, b + 1);
}

/* b: incarnation * LINES + number of the line. */
static void once(forge_sim *s, int64_t now, int pod, int b)
{
	const flow_pod *fp = flow_pod_at(s, pod);
	if (fp && fp->up && s->kube.pods.p[pod].incarnation == b / LINES) say(s, now, pod, b % LINES, 1 + b / LINES);
}

void flow_chatter_start(forge_sim *s, int64_t from)
{
	for (int i = 0; i < s->app->services_n; i++) {
		const forge_service *svc = &s->app->services[i];
		for (int k = 0; k < svc->chatter_n && k < LINES; k++)
			if (svc->chatter[k].period_s)
				forge_at(s, from + cc_rng_between(&s->flow_rng, 0,
				    (int64_t)svc->chatter[k].period_s * FORGE_S), again, i * LINES + k, 1);
	}
}

void flow_chatter_up(forge_sim *s, int64_t now, int pod)
{
	const forge_service *svc = &s->app->services[s->kube.pods.p[pod].service];
	for (int k = 0; k < svc->chatter_n && k < LINES; k++) {
		if (svc->chatter[k].period_s) continue;
		int64_t after = (int64_t)svc->chatter[k].once_ms * FORGE_MS;
		forge_at(s, now + after + cc_rng_between(&s->flow_rng, 0, after / 4 + FORGE_MS), once, pod,
		    s->kube.pods.p[pod].incarnation * LINES + k);
	}
}
