/* decoy.c - tempting wrong answers: harmless things that really happen near the onset, each with the record that exonerates it.
 *
 * A rollout is tempting at a service that will show errors because of the cause, and harmless where a rolling update replaces
 * pods without a gap. None touches a service or an object of a cause. One change always comes after the fault's own, so that
 * "the latest change" is no answer. */
#include <string.h>

#include "forge/decoy.h"

/* Of a service first, up to DECOY_SCALE. */
typedef enum decoy_kind {
	DECOY_RESOURCES,
	DECOY_IMAGE,
	DECOY_RESTART,
	DECOY_PROBE,
	DECOY_ADDRESS,
	DECOY_LOWER,
	DECOY_STRATEGY,
	DECOY_PORT,
	DECOY_SELECTOR,
	DECOY_CALLERS,
	DECOY_STUCK,
	DECOY_UNREAD,
	DECOY_LOCKDOWN,
	DECOY_SCALE,
	DECOY_HPA,
	DECOY_FLAG,
	DECOY_TEXT,
	DECOY_POLICY,
	DECOY_CORDON,
	DECOY_POD,
	DECOY_CHAOS,
	DECOY_CHAOS_NOW,
	DECOY_CHAOS_EMPTY,
	DECOY_QUOTA,
	DECOY_BATCH,
	DECOY_COUNT
} decoy_kind;

/* ---- choosing ---- */

typedef struct chooser {
	int used_kind[DECOY_COUNT];
	unsigned char *used, *silent; /* silent: hardly called once the causes are in force */
	fault_map map;
	bool calm;
} chooser;

static int cause_family(const forge_sim *s, size_t i)
{
	return (int)fault_row_get(s->plan.causes.p[i].kind)->family;
}

/* Faults of room and of injection would break what rolls out: no pods may be replaced then. */
static bool must_be_calm(const forge_sim *s)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const char *kind = fault_row_get(s->plan.causes.p[i].kind)->pub.kind;
		if (strcmp(kind, "quota") == 0 || strcmp(kind, "priority-preemption") == 0 ||
			strcmp(kind, "api-flood") == 0)
			return true;
		if (strcmp(kind, "mesh-namespace") == 0 || strcmp(kind, "cordoned-node") == 0) return true;
	}
	return false;
}

/* Related by a call to the first victim of a cause: more tempting. */
static bool near_cause(const forge_sim *s, const fault_map *m, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		int hit = s->plan.causes.p[i].first_hit;
		if (hit >= 0 && (fault_edge(m, hit, service) > 0 || fault_edge(m, service, hit) > 0)) return true;
	}
	return false;
}

/* May its template be changed? */
static bool rolls(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	if (c->used[service] || v->statefulset || v->loadgen ||
		service == s->app->flagd || fault_is_store(s->app, service))
		return false;
	if (s->kube.workloads.p[service].tmpl.node_selector_key) return false;
	return v->port > 0 && (v->wait_for < 0 || !plan_involved(s, v->wait_for));
}

/* Does a rolling update of its pods leave no gap? */
static bool rolls_smoothly(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	return v->probed && !v->recreate && !plan_involved(s, service) && rolls(s, c, service);
}

/* Would it show errors of its own because of a cause? */
static bool suffers(const forge_sim *s, const chooser *c, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		int hit = s->plan.causes.p[i].first_hit;
		if (hit >= 0 && fault_others_named(&c->map, hit, FAULT_ITSELF) > 0 && c->map.named[service]) return true;
	}
	return false;
}

static int pick_service(forge_sim *s, chooser *c, bool (*fit)(const forge_sim *s, const chooser *c, int service))
{
	int best = -1, all = 0;
	for (int i = 0; i < s->app->services_n; i++) {
		if (!fit(s, c, i)) continue;
		int weight = suffers(s, c, i) ? 8 : near_cause(s, &c->map, i) ? 5 : 1;
		all += weight;
		if ((int)cc_rng_below(&s->noise_rng, (uint64_t)all) < weight) best = i;
	}
	return best;
}

static bool scales(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && s->app->services[service].hpa_max == 0;
}

/* With so few replicas none may be missing while it rolls out. */
static bool stops(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	return rolls(s, c, service) && v->hpa_max == 0 && v->replicas < 4;
}

static bool stops_harmlessly(const forge_sim *s, const chooser *c, int service)
{
	return !plan_involved(s, service) && stops(s, c, service);
}

static bool has_address(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && decoy_may_address(&c->map, service);
}

static bool has_room(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && decoy_may_lower(s, service);
}

static bool has_port_name(const forge_sim *s, const chooser *c, int service)
{
	return !c->used[service] && !plan_involved(s, service) && s->app->services[service].port > 0 &&
		s->app->services[service].port_name &&
	       service != s->app->flagd;
}

static bool has_twin(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && s->app->services[service].replicas >= 2;
}

static bool anybody(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	return !c->used[service] && !plan_involved(s, service) && v->port > 0 && !v->loadgen &&
	       service != s->app->flagd;
}

/* Calls of it, and that they are as fast as before, must be seen: it and a caller export spans, and no cause makes them slow. */
static bool seen_called(const forge_sim *s, const chooser *c, int service)
{
	if (!anybody(s, c, service) || !plan_spans_shown(s, service) || suffers(s, c, service)) return false;
	if (s->plan.no_baseline && c->silent[service]) return false;
	for (int i = 0; i < s->app->services_n; i++)
		if (!s->app->services[i].loadgen && plan_spans_shown(s, i) && fault_edge(&c->map, service, i) >= FAULT_NOTICED) return true;
	return false;
}

static int pick_hpa(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++)
		if (!plan_involved(s, s->kube.hpas.p[i].workload)) return (int)i;
	return -1;
}

static bool root_is(const forge_sim *s, const char *kind, const char *name)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (strcmp(s->plan.causes.p[i].root.kind, kind) == 0 &&
			strcmp(s->plan.causes.p[i].root.name, name) == 0)
			return true;
	return false;
}

static int pick_flag(const forge_sim *s)
{
	int map = fault_flags_map(s);
	if (map < 0 || root_is(s, "ConfigMap", s->kube.configmaps.p[map].name)) return -1;
	for (int i = 0; i < s->app->flags_n; i++)
		if (s->app->flags[i].effect == EFFECT_NOTHING) return i;
	return -1;
}

static int pick_text(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.configmaps.n; i++) {
		int index = s->kube.configmaps.p[i].app_index;
		if (index >= 0 && s->app->configmaps[index].decoy &&
			!root_is(s, "ConfigMap", s->kube.configmaps.p[i].name))
			return (int)i;
	}
	return -1;
}

static int pick_node(forge_sim *s)
{
	int n = (int)s->kube.nodes.n;
	for (int tries = 0; tries < 20 && n > 1; tries++) {
		int i = (int)cc_rng_below(&s->noise_rng, (uint64_t)n);
		if (!s->kube.nodes.p[i].control_plane) return i;
	}
	return -1;
}

/* What nobody records tempts nobody. */
static bool in_no_file(const forge_sim *s, decoy_kind kind)
{
	if (kind == DECOY_PORT || kind == DECOY_SELECTOR) return (s->plan.hidden & PLAN_HIDES_SERVICES) != 0;
	return (kind == DECOY_POLICY || kind == DECOY_CALLERS || kind == DECOY_LOCKDOWN) && (s->plan.hidden & PLAN_HIDES_POLICIES) != 0;
}

/* Whom a kind would be about; -1: nobody. */
static int subject_of(forge_sim *s, chooser *c, decoy_kind kind)
{
	if (in_no_file(s, kind)) return -1;
	switch (kind) {
	case DECOY_RESOURCES:
	case DECOY_IMAGE:
	case DECOY_RESTART:
	case DECOY_PROBE: return c->calm ? -1 : pick_service(s, c, rolls_smoothly);
	case DECOY_STUCK: return c->calm ? -1 : pick_service(s, c, stops_harmlessly);
	case DECOY_UNREAD: return c->calm ? -1 : pick_service(s, c, rolls_smoothly);
	case DECOY_ADDRESS: return c->calm ? -1 : pick_service(s, c, has_address);
	case DECOY_LOWER: return c->calm ? -1 : pick_service(s, c, has_room);
	case DECOY_STRATEGY: return pick_service(s, c, rolls_smoothly);
	case DECOY_PORT:
	case DECOY_SELECTOR: return pick_service(s, c, has_port_name);
	case DECOY_SCALE: return c->calm ? -1 : pick_service(s, c, scales);
	case DECOY_POD: return c->calm ? -1 : pick_service(s, c, has_twin);
	case DECOY_CORDON: return c->calm ? -1 : pick_node(s);
	case DECOY_CHAOS_NOW: return pick_service(s, c, seen_called);
	case DECOY_POLICY:
	case DECOY_CALLERS:
	case DECOY_LOCKDOWN:
	case DECOY_CHAOS_EMPTY:
	case DECOY_CHAOS: return pick_service(s, c, anybody);
	case DECOY_HPA: return pick_hpa(s);
	case DECOY_FLAG: return pick_flag(s);
	case DECOY_TEXT: return pick_text(s);
	case DECOY_QUOTA:
	case DECOY_BATCH: return 0;
	case DECOY_COUNT: break;
	}
	return -1;
}

static bool place(forge_sim *s, chooser *c, decoy_kind kind, int64_t at)
{
	static forge_action *const ACTIONS[DECOY_COUNT] = {
		[DECOY_RESOURCES] = decoy_resources,
		[DECOY_IMAGE] = decoy_image,
		[DECOY_RESTART] = decoy_restart,
		[DECOY_PROBE] = decoy_probe,
		[DECOY_ADDRESS] = decoy_address,
		[DECOY_LOWER] = decoy_lower,
		[DECOY_STRATEGY] = decoy_strategy,
		[DECOY_PORT] = decoy_port,
		[DECOY_SELECTOR] = decoy_selector,
		[DECOY_CALLERS] = decoy_callers,
		[DECOY_STUCK] = decoy_stuck,
		[DECOY_UNREAD] = decoy_unread,
		[DECOY_LOCKDOWN] = decoy_lockdown,
		[DECOY_SCALE] = decoy_scale,
		[DECOY_HPA] = decoy_autoscaler,
		[DECOY_FLAG] = decoy_flag,
		[DECOY_TEXT] = decoy_text,
		[DECOY_POLICY] = decoy_policy,
		[DECOY_CORDON] = decoy_cordon,
		[DECOY_POD] = decoy_pod_dies,
		[DECOY_QUOTA] = decoy_quota,
		[DECOY_BATCH] = decoy_batch,
	};
	bool chaos = kind >= DECOY_CHAOS && kind <= DECOY_CHAOS_EMPTY;
	bool of_service = kind <= DECOY_SCALE || kind == DECOY_POD || kind == DECOY_POLICY || chaos;
	/* People do the same thing at two services. */
	int again = kind == DECOY_STUCK ? 3 : of_service && kind != DECOY_POD && kind != DECOY_CHAOS;
	int about = c->used_kind[kind] > again ? -1 : subject_of(s, c, kind);
	if (about < 0) return false;
	c->used_kind[kind]++;
	if (of_service) c->used[about] = 1;
	if (kind == DECOY_CHAOS)
		decoy_old_chaos(s, about);
	else if (kind == DECOY_CHAOS_NOW)
		decoy_gentle_chaos(s, at, about);
	else if (kind == DECOY_CHAOS_EMPTY)
		decoy_empty_chaos(s, at, about);
	else
		forge_at(s, at, ACTIONS[kind], about, 0);
	return true;
}

static bool place_any(forge_sim *s, chooser *c, const decoy_kind *kinds, size_t n, int64_t at)
{
	for (int tries = 0; tries < 24; tries++)
		if (place(s, c, kinds[cc_rng_below(&s->noise_rng, n)], at)) return true;
	return false;
}

/* The last poll of the objects: what changes after it is in no file. */
static int64_t last_poll(const forge_sim *s)
{
	return s->plan.first_poll + (s->end - s->plan.first_poll - FORGE_S) / (300 * FORGE_S) * (300 * FORGE_S);
}

#define PLACE(kinds, at) (void)place_any(s, c, (kinds), sizeof(kinds) / sizeof *(kinds), (at))

/* What resembles the change that a kind of fault makes: without it the cause would be the only one of its kind. */
static void place_twin(forge_sim *s, chooser *c, const forge_cause *cause, int64_t at)
{
	static const struct {
		const char *fault;
		decoy_kind kinds[3];
	} TWINS[] = {
		{ "invalid-image", { DECOY_IMAGE, DECOY_IMAGE, DECOY_STRATEGY } },
		{ "wrong-arch", { DECOY_IMAGE, DECOY_IMAGE, DECOY_STRATEGY } },
		{ "scaled-to-zero", { DECOY_SCALE, DECOY_HPA, DECOY_SCALE } },
		{ "deleted-service", { DECOY_PORT, DECOY_SELECTOR, DECOY_ADDRESS } },
		{ "wrong-selector", { DECOY_SELECTOR, DECOY_SELECTOR, DECOY_PORT } },
		{ "wrong-target-port", { DECOY_PORT, DECOY_PORT, DECOY_SELECTOR } },
		{ "dns-policy", { DECOY_ADDRESS, DECOY_PORT, DECOY_STRATEGY } },
		{ "deny-ingress", { DECOY_CALLERS, DECOY_CALLERS, DECOY_POLICY } },
		{ "quota", { DECOY_QUOTA, DECOY_BATCH, DECOY_CALLERS } },
		{ "tiny-resources", { DECOY_LOWER, DECOY_LOWER, DECOY_RESOURCES } },
		{ "limits-removed", { DECOY_LOWER, DECOY_RESOURCES, DECOY_BATCH } },
		{ "priority-preemption", { DECOY_BATCH, DECOY_QUOTA, DECOY_STRATEGY } },
		{ "api-flood", { DECOY_BATCH, DECOY_QUOTA, DECOY_CALLERS } },
		{ "bad-probe", { DECOY_PROBE, DECOY_PROBE, DECOY_STRATEGY } },
		{ "wrong-env", { DECOY_ADDRESS, DECOY_ADDRESS, DECOY_PORT } },
		{ "store-password", { DECOY_RESTART, DECOY_RESTART, DECOY_ADDRESS } },
		{ "store-memory", { DECOY_LOWER, DECOY_TEXT, DECOY_RESTART } },
	};
	static const decoy_kind CHAOS[] = { DECOY_CHAOS_EMPTY, DECOY_CHAOS_EMPTY, DECOY_CHAOS_NOW },
				OTHERS[] = { DECOY_IMAGE, DECOY_STRATEGY, DECOY_CALLERS, DECOY_ADDRESS };
	const fault_row *row = fault_row_get(cause->kind);
	for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++) {
		if (strcmp(TWINS[i].fault, row->pub.kind) != 0) continue;
		PLACE(TWINS[i].kinds, at);
		return;
	}
	if (row->family == FAM_CHAOS)
		PLACE(CHAOS, at);
	else
		PLACE(OTHERS, at);
}

/* At the first victim itself, at the second of the cause: what else would explain the trouble there. */
static void place_rival(forge_sim *s, chooser *c, const forge_cause *cause)
{
	cc_rng *r = &s->noise_rng;
	int hit = cause->first_hit;
	int64_t at = cause->at + cc_rng_between(r, -4 * FORGE_S, 3 * FORGE_S);
	if (!c->calm && decoy_may_stick(s, cause) && stops(s, c, hit) && cc_rng_below(r, 4) > 0) {
		c->used[hit] = 1;
		forge_at(s, at, decoy_stuck, hit, 0);
	} else if (decoy_may_delay(s, cause) && cc_rng_below(r, 3) > 0)
		decoy_delay(s, at, hit);
}

/* From hard on: what is really wrong, and hurts nobody. */
static void place_broken(forge_sim *s, chooser *c, int64_t before)
{
	static const decoy_kind BROKEN[] = { DECOY_STUCK, DECOY_STUCK, DECOY_UNREAD, DECOY_LOCKDOWN }, STUCK[] = { DECOY_STUCK };
	cc_rng *r = &s->noise_rng;
	for (size_t i = 0; i < s->plan.causes.n; i++) place_rival(s, c, &s->plan.causes.p[i]);
	for (int n = 1 + (int)cc_rng_below(r, 2); n > 0; n--)
		PLACE(STUCK, s->plan.causes.p[cc_rng_below(r, s->plan.causes.n)].at + cc_rng_between(r, -5 * FORGE_S, 6 * FORGE_S));
	for (int n = 1 + (int)cc_rng_below(r, 3); n > 0; n--)
		PLACE(BROKEN, s->inject + cc_rng_between(r, -before, 45 * FORGE_S));
}

/* Changes come in windows: people deploy at the same hour. The one that did the damage is neither the last nor the last before
 * the first alert, which takes a minute or more to come. */
static void place_window(forge_sim *s, chooser *c, int64_t room)
{
	static const decoy_kind AFTER[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_RESTART, DECOY_FLAG, DECOY_HPA, DECOY_POLICY, DECOY_SCALE,
		DECOY_TEXT };
	static const decoy_kind AROUND[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_PROBE, DECOY_FLAG, DECOY_CORDON, DECOY_HPA, DECOY_POLICY,
		DECOY_SCALE, DECOY_ADDRESS, DECOY_LOWER, DECOY_STRATEGY, DECOY_PORT, DECOY_SELECTOR, DECOY_CALLERS, DECOY_QUOTA,
		DECOY_BATCH };
	cc_rng *r = &s->noise_rng;
	bool hard = s->opt->difficulty >= CC_FORGE_HARD;
	int64_t before = room < 30 * FORGE_S ? room > 0 ? room : 0 : 30 * FORGE_S;
	if (hard) place_broken(s, c, before);
	for (size_t i = 0; i < s->plan.causes.n; i++)
		for (int n = hard ? 2 : (int)cc_rng_below(r, 2); n > 0; n--)
			place_twin(s, c, &s->plan.causes.p[i], s->plan.causes.p[i].at + cc_rng_between(r, -before, 50 * FORGE_S));
	PLACE(AFTER, s->inject + cc_rng_between(r, 2 * FORGE_S, 14 * FORGE_S));
	if (hard || cc_rng_below(r, 2)) PLACE(AROUND, s->inject + cc_rng_between(r, -before, 60 * FORGE_S));
	for (int more = hard ? 1 + (int)cc_rng_below(r, 4) : 0; more > 0; more--)
		PLACE(AROUND, s->inject + cc_rng_between(r, -before, 100 * FORGE_S));
}

/* Experiments: of the past, too weak to be felt, aimed at nobody. Which of them there are differs, so none can be
 * ticked off. */
static void place_chaos(forge_sim *s, chooser *c)
{
	cc_rng *r = &s->noise_rng;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *cause = &s->plan.causes.p[i];
		if (cc_rng_below(r, 3) < 2 && decoy_may_stress(s, cause) && (i == 0 || s->plan.causes.p[0].first_hit != cause->first_hit))
			decoy_stress(s, cause->at + cc_rng_between(r, -40 * FORGE_S, 50 * FORGE_S), cause->first_hit);
	}
	if (cc_rng_below(r, 2)) (void)place(s, c, DECOY_CHAOS, 0);
	for (int n = (int)cc_rng_below(r, 3); n > 0; n--)
		(void)place(s, c, DECOY_CHAOS_NOW, s->inject + cc_rng_between(r, -100 * FORGE_S, 30 * FORGE_S));
	for (int n = (int)cc_rng_below(r, 3); n > 0; n--)
		(void)place(s, c, DECOY_CHAOS_EMPTY, s->inject + cc_rng_between(r, -100 * FORGE_S, 20 * FORGE_S));
}

/* Before: what the onset may seem to follow. Late: after everything else. */
static void place_all(forge_sim *s, chooser *c)
{
	static const decoy_kind ROLLOUTS[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_RESTART, DECOY_PROBE, DECOY_FLAG,
		DECOY_POLICY };
	static const decoy_kind EARLIER[] = { DECOY_POD, DECOY_PROBE, DECOY_SCALE, DECOY_CHAOS };
	static const decoy_kind LATE[] = { DECOY_TEXT, DECOY_HPA, DECOY_SCALE, DECOY_POLICY, DECOY_SELECTOR, DECOY_QUOTA };
	cc_rng *r = &s->noise_rng;
	int64_t room = s->inject - s->start - 15 * FORGE_S;
	int d = (int)s->opt->difficulty;
	int64_t before = d == CC_FORGE_EASY ? cc_rng_between(r, 240 * FORGE_S, 420 * FORGE_S)
					    : cc_rng_between(r, 25 * FORGE_S, 150 * FORGE_S);
	if (before > room && room > 0) before = cc_rng_between(r, room / 4, room);
	int64_t seen = last_poll(s) - s->inject; /* an injection of one's own choice may come later */
	if (seen < 60 * FORGE_S) seen = 60 * FORGE_S;
	if (d >= CC_FORGE_MEDIUM) place_window(s, c, room);
	PLACE(LATE, s->inject + cc_rng_between(r, seen * 55 / 100, seen * 95 / 100));
	PLACE(ROLLOUTS, s->inject - before);
	if (d >= CC_FORGE_HARD) place_chaos(s, c);
	for (int more = plan_noise_percent(s) / 100; more > 0; more--)
		PLACE(EARLIER, room > 60 * FORGE_S ? s->start + cc_rng_between(r, 20 * FORGE_S, room)
						   : s->inject + cc_rng_between(r, seen / 4, seen / 2));
}

/* Is there somebody whose calls of it are seen, and still made under that cut? */
static bool heard(const forge_sim *s, const fault_map *left, int service)
{
	for (int i = 0; i < s->app->services_n; i++)
		if (!s->app->services[i].loadgen && plan_spans_shown(s, i) && fault_edge(left, service, i) >= FAULT_NOTICED) return true;
	return false;
}

/* Whom hardly anybody is seen to call once the causes are in force. */
static bool find_silent(forge_sim *s, chooser *c)
{
	fault_map left;
	if (!fault_map_make(&left, s->app, s->arena)) return false;
	for (size_t k = 0; k < s->plan.causes.n; k++) {
		const fault_cut cut = fault_cut_by(&c->map, &s->plan.causes.p[k]);
		fault_map_count(&left, &cut);
		for (int i = 0; i < s->app->services_n; i++) c->silent[i] |= !heard(s, &left, i);
	}
	return true;
}

void decoy_plan(forge_sim *s)
{
	chooser c = { .calm = must_be_calm(s) };
	c.used = cc_arena_alloc(s->arena, (size_t)s->app->services_n + 1);
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (cause_family(s, i) == FAM_CHAOS)
			c.used_kind[DECOY_POD] = 1; /* a pod that dies would look like the chaos itself */
	c.silent = cc_arena_alloc(s->arena, (size_t)s->app->services_n + 1);
	if (!c.used || !c.silent || !fault_map_make(&c.map, s->app, s->arena) || !find_silent(s, &c))
		forge_fail(s, CC_ENOMEM);
	else
		place_all(s, &c);
}
