/* fault_random.c - a fault chosen by the seed: first a family, then a kind, then a target.
 *
 * On easy the pods may say what is wrong with them and the loudest alert may name the culprit. Above, a cause is chosen where
 * somebody else is louder: victims between it and the users, or a culprit that no rule watches. */
#include <string.h>

#include "forge/fault_priv.h"

/* No family is more than a fifth of what is drawn, also where an application has no mesh. */
static const int FAMILY[FAM_COUNT] = {
	[FAM_WORKLOAD] = 16,
	[FAM_NETWORK] = 16,
	[FAM_RESOURCE] = 15,
	[FAM_CONFIG] = 16,
	[FAM_STORE] = 8,
	[FAM_MESH] = 12,
	[FAM_CHAOS] = 16,
};

/* The same, where the culprit shall leave little behind: pod templates tell of themselves, Secrets and policies of
 * the mesh are not recorded. */
static const int FAMILY_HARD[FAM_COUNT] = {
	[FAM_WORKLOAD] = 8,
	[FAM_NETWORK] = 15,
	[FAM_RESOURCE] = 15,
	[FAM_CONFIG] = 15,
	[FAM_STORE] = 12,
	[FAM_MESH] = 15,
	[FAM_CHAOS] = 15,
};

/* Would the alert that is seen most be about the culprit itself? */
static bool names_itself(const fault_row *row, const fault_map *m, const fault_target *t)
{
	if (strcmp(row->pub.root_kind, "HorizontalPodAutoscaler") == 0) return true; /* the rule about autoscalers names it */
	bool own = strcmp(row->pub.root_kind, "Deployment") == 0 || strcmp(row->pub.root_kind, "Service") == 0;
	if (row->at != AT_SERVICE || !own || row->shape == SHAPE_FOREIGN) return false;
	int env = row->shape == SHAPE_CALLS      ? FAULT_ALL_CALLS
		  : row->shape == SHAPE_ONE_CALL ? fault_wrong_env(m, t->service)
						 : FAULT_ITSELF;
	bool itself_too = env != FAULT_ITSELF || (m->app->istio && m->app->services[t->service].mesh);
	return fault_others_named(m, t->service, env) < 1 + itself_too;
}

/* The next target on which this may be drawn; -1. */
static int next_target(const forge_sim *s, const fault_row *row, const fault_map *m, int from)
{
	int i = fault_target_next(row, m, from);
	while (i >= 0 && s->opt->difficulty > CC_FORGE_EASY) {
		fault_target t = fault_target_of(m->app, row->at, i);
		if (!names_itself(row, m, &t)) break;
		i = fault_target_next(row, m, i + 1);
	}
	return i;
}

/* On hard: what names itself in an event, a spec or the one document of the flags is rarer than what has to be inferred. */
static int hard_weight(const fault_row *row)
{
	static const struct {
		const char *kind;
		int weight;
	} ROWS[] = { { "quota", 1 }, { "priority-preemption", 1 }, { "tiny-resources", 1 }, { "cordoned-node", 1 },
		{ "api-flood", 4 }, { "limits-removed", 6 }, { "dns-policy", 2 }, { "wrong-env", 3 }, { "feature-flag", 3 },
		{ "mesh-namespace", 3 } };
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
		if (strcmp(ROWS[i].kind, row->pub.kind) == 0) return ROWS[i].weight;
	return row->shape == SHAPE_PLAIN ? 1 : 6;
}

/* A fault whose pod says what is wrong with it makes an easy case: rarer where the case shall be hard. A third of real root causes
 * are flags. */
static int row_weight(const forge_sim *s, const fault_row *row, const fault_map *m)
{
	if (next_target(s, row, m, 0) < 0) return 0;
	if (s->opt->difficulty >= CC_FORGE_HARD) return hard_weight(row);
	if (row->at == AT_FLAG) return 12;
	if (row->shape != SHAPE_PLAIN || s->opt->difficulty == CC_FORGE_EASY) return 6;
	return s->opt->difficulty == CC_FORGE_MEDIUM ? 3 : 1;
}

static int pick_weighted(forge_sim *s, const int *weight, int n)
{
	int all = 0;
	for (int i = 0; i < n; i++) all += weight[i];
	if (all == 0) return -1;
	int at = (int)cc_rng_below(&s->plan_rng, (uint64_t)all);
	for (int i = 0; i < n; i++) {
		if (at < weight[i]) return i;
		at -= weight[i];
	}
	return -1;
}

static int random_kind(forge_sim *s, const fault_map *m)
{
	enum { ROWS_MAX = 32 };
	const int *family = s->opt->difficulty >= CC_FORGE_HARD ? FAMILY_HARD : FAMILY;
	int families[FAM_COUNT] = { 0 }, rows[ROWS_MAX] = { 0 }, first = 0;
	for (int f = 0; f < FAM_COUNT; f++)
		for (int i = 0; i < fault_family_rows(f).n; i++)
			if (row_weight(s, &fault_family_rows(f).p[i], m) > 0) families[f] = family[f];
	int f = pick_weighted(s, families, FAM_COUNT);
	if (f < 0) return -1;
	for (int i = 0; i < f; i++) first += fault_family_rows(i).n;
	int n = fault_family_rows(f).n < ROWS_MAX ? fault_family_rows(f).n : ROWS_MAX;
	for (int i = 0; i < n; i++) rows[i] = row_weight(s, &fault_family_rows(f).p[i], m);
	int row = pick_weighted(s, rows, n);
	return row < 0 ? -1 : first + row;
}

/* Would both be noticed at one caller, so that the first explains what the second does? */
static bool beside_first(const forge_sim *s, const fault_map *m, int service)
{
	int first = s->plan.causes.n ? s->plan.causes.p[0].service : -1;
	for (int i = 0; first >= 0 && i < m->app->services_n; i++)
		if (fault_edge(m, service, i) > 0 && fault_edge(m, first, i) > 0) return true;
	return false;
}

/* The second of two causes is a quiet one: the fewer calls it can spoil the likelier, so that the first, which is
 * loud, seems to be all there is. */
static int quiet(const fault_map *m, const fault_target *t)
{
	int64_t calls = t->other >= 0 ? fault_edge(m, t->other, t->service) : m->service[t->service];
	return calls < 12000 ? 30 : calls < 30000 ? 12 : calls < 100000 ? 4 : 1;
}

/* From hard on a target counts as often as there are services that would be named in its place, and once more. */
static int layers(const forge_sim *s, const fault_row *row, const fault_map *m, int target)
{
	enum { MOST = 5 };
	const fault_target t = fault_target_of(m->app, row->at, target);
	if (s->opt->difficulty < CC_FORGE_HARD || t.service < 0) return 1;
	if (s->plan.causes.n > 0) return quiet(m, &t) * (beside_first(s, m, t.service) ? 2 : 1);
	if (row->at != AT_SERVICE) return 1;
	int service = t.service, named = fault_others_named(m, service, FAULT_ITSELF);
	return 1 + (named < MOST ? named : MOST);
}

static int random_target(forge_sim *s, const fault_row *row, const fault_map *m)
{
	int found = -1, all = 0;
	for (int i = next_target(s, row, m, 0); i >= 0; i = next_target(s, row, m, i + 1)) {
		int weight = layers(s, row, m, i);
		all += weight;
		if ((int)cc_rng_below(&s->plan_rng, (uint64_t)all) < weight) found = i;
	}
	return found;
}

static bool in_the_way(const fault_map *m, const forge_cause *a, const forge_cause *b)
{
	if (fault_beside(m, a, b) || fault_beside(m, b, a)) return true;
	return a->kind == b->kind || (a->service >= 0 && a->service == b->service) || (a->flag >= 0 && b->flag >= 0);
}

cc_code fault_choose(forge_sim *s, const fault_map *m, forge_cause *c, cc_err *err)
{
	for (int tries = 0; tries < 100; tries++) {
		bool taken = false;
		c->kind = random_kind(s, m);
		if (c->kind < 0) break;
		fault_aim(c, m, random_target(s, fault_row_get(c->kind), m));
		for (size_t i = 0; i < s->plan.causes.n; i++) taken |= in_the_way(m, &s->plan.causes.p[i], c);
		if (!taken) return CC_OK;
	}
	return cc_err_set(err, CC_EUNKNOWN, "forge: nothing in %s can be broken so that anybody notices", s->app->name);
}
