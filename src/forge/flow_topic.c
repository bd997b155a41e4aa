/* flow_topic.c - messages: a log per topic, and consumer groups that read it one message after the other.
 *
 * Whoever is away or slow falls behind and catches up later: the difference between the log's end and a group's place
 * in it is the lag. A group commits when it takes a message; what its process held when it died is not read again. */
#include "forge/flow_priv.h"

#include <string.h>

enum { RING_START = 256, RING_MOST = 1 << 16 }; /* what the broker keeps of a topic */

static bool add_topic(forge_sim *s, int op)
{
	forge_flow *f = s->flow;
	flow_topic t = { .op = op, .ring = cc_calloc(RING_START, sizeof *t.ring), .cap = RING_START };
	if (!t.ring || !cc_vec_push(&f->topics, t)) {
		cc_free(t.ring);
		return false;
	}
	f->topic_of[op] = (int)f->topics.n - 1;
	for (int i = 0; i < s->app->ops[op].consumers_n; i++) {
		flow_group g = { .op = s->app->ops[op].consumers[i], .topic = f->topic_of[op] };
		if (!cc_vec_push(&f->groups, g)) return false;
	}
	return true;
}

bool flow_topics_init(forge_sim *s)
{
	s->flow->topic_of = cc_arena_array(s->arena, (size_t)s->app->ops_n + 1, sizeof *s->flow->topic_of);
	if (!s->flow->topic_of) return false;
	for (int op = 0; op < s->app->ops_n; op++) {
		s->flow->topic_of[op] = -1;
		if (s->app->ops[op].consumers_n > 0 && !add_topic(s, op)) return false;
	}
	return true;
}

void flow_topics_deinit(forge_sim *s)
{
	forge_flow *f = s->flow;
	for (size_t i = 0; i < f->topics.n; i++) cc_free(f->topics.p[i].ring);
	for (size_t i = 0; i < f->groups.n; i++) cc_vec_deinit(&f->groups.p[i].idle);
	cc_vec_deinit(&f->topics);
	cc_vec_deinit(&f->groups);
}

static flow_message *message_at(const flow_topic *t, uint64_t n)
{
	return &t->ring[n & (t->cap - 1)];
}

static bool grow(flow_topic *t)
{
	flow_message *wider = cc_calloc(t->cap * 2, sizeof *wider);
	if (!wider) return false;
	for (uint64_t n = t->first; n < t->end; n++) wider[n & (t->cap * 2 - 1)] = *message_at(t, n);
	cc_free(t->ring);
	t->ring = wider;
	t->cap *= 2;
	return true;
}

/* Forgets what every group has read, and the oldest when there is no more room. */
static void append(forge_sim *s, flow_topic *t, const flow_message *m)
{
	if (t->end - t->first == t->cap) {
		uint64_t read = t->end;
		for (size_t i = 0; i < s->flow->groups.n; i++) {
			const flow_group *g = &s->flow->groups.p[i];
			if (&s->flow->topics.p[g->topic] == t && g->next < read) read = g->next;
		}
		if (read > t->first) t->first = read;
		else if (t->cap >= RING_MOST) t->first++;
		else if (!grow(t)) {
			forge_fail(s, CC_ENOMEM);
			return;
		}
	}
	*message_at(t, t->end++) = *m;
}

/* The process that polls: its pod, the group, and the incarnation it belongs to in one number. */
static int ticket(const forge_sim *s, int pod, int group)
{
	return group << 16 | (s->kube.pods.p[pod].incarnation & 0xffff);
}

static bool ticket_valid(const forge_sim *s, int pod, int b)
{
	const flow_pod *fp = flow_pod_at(s, pod);
	return fp && fp->up && (s->kube.pods.p[pod].incarnation & 0xffff) == (b & 0xffff);
}

static int broker_of(const forge_sim *s, int group)
{
	return s->app->ops[s->flow->topics.p[s->flow->groups.p[group].topic].op].service;
}

/* The consumer's own address of the broker, as its environment had it. */
static flow_address broker_address(const forge_sim *s, int pod, int broker)
{
	const flow_pod *fp = &s->flow->pods.p[pod];
	const forge_service *svc = &s->app->services[fp->service];
	for (int i = 0; i < svc->env_n; i++)
		if (svc->env[i].service == broker && fp->address[i].host) return fp->address[i];
	return s->flow->home[broker];
}

/* NET_POD when the broker answers; another service at its address counts as nobody. */
static net_outcome to_broker(forge_sim *s, int pod, int group)
{
	int broker = broker_of(s, group);
	flow_address to = broker_address(s, pod, broker);
	net_path path = net_connect(s, pod, to.service, to.port);
	if (path.outcome != NET_POD) return path.outcome;
	return path.lost ? NET_SILENCE : s->kube.pods.p[path.pod].service == broker ? NET_POD : NET_REFUSED;
}

static void complain(forge_sim *s, int64_t now, int pod, int group, net_outcome how)
{
	flow_pod *fp = &s->flow->pods.p[pod];
	if (now - fp->said_broker < 8 * FORGE_S) return;
	fp->said_broker = now;
	char *text = flow_say_broker(s, fp->service, broker_of(s, group), how);
	if (text) tel_pod_log(s, now, pod, 'w', "%s", text);
	cc_free(text);
}

static void polls(forge_sim *s, int64_t now, int pod, int b)
{
	if (!ticket_valid(s, pod, b)) return;
	int group = b >> 16;
	flow_group *g = &s->flow->groups.p[group];
	flow_topic *t = &s->flow->topics.p[g->topic];
	net_outcome how = to_broker(s, pod, group);
	if (how != NET_POD) {
		complain(s, now, pod, group, how);
		forge_at(s, now + cc_rng_between(&s->flow_rng, 900 * FORGE_MS, 1300 * FORGE_MS), polls, pod, b);
		return;
	}
	if (g->next < t->first) g->next = t->first;
	if (g->next == t->end) {
		if (!cc_vec_push(&g->idle, pod)) forge_fail(s, CC_ENOMEM);
		return;
	}
	flow_message m = *message_at(t, g->next++);
	flow_seen_edge(s, s->app->ops[g->op].service, s->app->ops[t->op].service, now - m.at, false);
	flow_consume(s, now, pod, group, &m);
}

/* A consumer keeps its connection to the broker alive, whether there are messages or not. */
static void heartbeat(forge_sim *s, int64_t now, int pod, int b)
{
	if (!ticket_valid(s, pod, b)) return;
	net_outcome how = to_broker(s, pod, b >> 16);
	if (how != NET_POD) complain(s, now, pod, b >> 16, how);
	forge_at(s, now + cc_rng_between(&s->flow_rng, 9 * FORGE_S, 13 * FORGE_S), heartbeat, pod, b);
}

void flow_consumer_up(forge_sim *s, int64_t now, int pod)
{
	for (size_t i = 0; i < s->flow->groups.n; i++) {
		if (s->app->ops[s->flow->groups.p[i].op].service != s->flow->pods.p[pod].service) continue;
		int b = ticket(s, pod, (int)i);
		/* joining the group takes a while */
		forge_at(s, now + cc_rng_between(&s->flow_rng, FORGE_S, 3 * FORGE_S), polls, pod, b);
		forge_at(s, now + cc_rng_between(&s->flow_rng, 3 * FORGE_S, 9 * FORGE_S), heartbeat, pod, b);
	}
}

void flow_consumer_down(forge_sim *s, int pod)
{
	for (size_t i = 0; i < s->flow->groups.n; i++) {
		flow_group *g = &s->flow->groups.p[i];
		size_t kept = 0;
		for (size_t k = 0; k < g->idle.n; k++)
			if (g->idle.p[k] != pod) g->idle.p[kept++] = g->idle.p[k];
		g->idle.n = kept;
	}
}

void flow_consumed(forge_sim *s, int64_t now, int pod, int group)
{
	forge_at(s, now + cc_rng_between(&s->flow_rng, 60000, 400000), polls, pod, ticket(s, pod, group));
}

/* One idle process of each group is told. */
static void wake(forge_sim *s, int64_t now, int topic)
{
	for (size_t i = 0; i < s->flow->groups.n; i++) {
		flow_group *g = &s->flow->groups.p[i];
		if (g->topic != topic || !g->idle.n) continue;
		int pod = g->idle.p[0];
		memmove(g->idle.p, g->idle.p + 1, --g->idle.n * sizeof *g->idle.p);
		int64_t soon = now + cc_rng_between(&s->flow_rng, 3 * FORGE_MS, 30 * FORGE_MS);
		forge_at(s, soon, polls, pod, ticket(s, pod, (int)i));
	}
}

void flow_publish(forge_sim *s, int64_t now, const flow_frame *f, uint64_t producer)
{
	int topic = s->flow->topic_of[f->op];
	if (topic < 0) return;
	const flow_trace *t = flow_trace_at(s, f->trace);
	flow_message m = { .trace = { t->id[0], t->id[1] }, .span = producer, .vars = t->vars, .at = now };
	int copies = flow_copies(s, f->op);
	for (int i = 0; i < copies && s->code == CC_OK; i++) append(s, &s->flow->topics.p[topic], &m);
	wake(s, now, topic);
}

int64_t flow_consumer_lag(const forge_sim *s, int op)
{
	for (size_t i = 0; i < s->flow->groups.n; i++) {
		const flow_group *g = &s->flow->groups.p[i];
		if (g->op == op) return (int64_t)(s->flow->topics.p[g->topic].end - g->next);
	}
	return 0;
}
