/* fault.c - the table of faults: what there is, whom it can be aimed at, what was asked for.
 *
 * The rows stand in fault_<family>.c. A target is written as its name: a service, a flag, "caller/callee" or the namespace. */
#include <string.h>

#include "forge/fault_priv.h"

fault_rows fault_family_rows(int f)
{
	static fault_rows (*const TABLES[FAM_COUNT])(void) = {
		[FAM_WORKLOAD] = fault_workload_table,
		[FAM_NETWORK] = fault_network_table,
		[FAM_RESOURCE] = fault_resource_table,
		[FAM_CONFIG] = fault_config_table,
		[FAM_STORE] = fault_store_table,
		[FAM_MESH] = fault_mesh_table,
		[FAM_CHAOS] = fault_chaos_table,
	};
	return TABLES[f]();
}

const fault_row *fault_row_get(int kind)
{
	for (int f = 0; f < FAM_COUNT && kind >= 0; f++) {
		fault_rows rows = fault_family_rows(f);
		if (kind < rows.n) return rows.p + kind;
		kind -= rows.n;
	}
	return NULL;
}

size_t cc_forge_fault_count(void)
{
	size_t n = 0;
	for (int f = 0; f < FAM_COUNT; f++) n += (size_t)fault_family_rows(f).n;
	return n;
}

const cc_forge_fault *cc_forge_fault_get(size_t i)
{
	const fault_row *row = i < cc_forge_fault_count() ? fault_row_get((int)i) : NULL;
	return row ? &row->pub : NULL;
}

int fault_kind_find(cc_str kind)
{
	for (int i = 0; fault_row_get(i); i++)
		if (cc_str_eqz(kind, fault_row_get(i)->pub.kind)) return i;
	return -1;
}

/* Targets of a class, by number: all of them, whether or not the fault matters there. */
static int target_count(const forge_app *app, fault_class at)
{
	switch (at) {
	case AT_SERVICE: return app->services_n;
	case AT_FLAG: return app->flags_n;
	case AT_PAIR: return app->services_n * app->services_n;
	case AT_CLUSTER: return 1;
	}
	return 0;
}

fault_target fault_target_of(const forge_app *app, fault_class at, int i)
{
	fault_target t = { -1, -1, -1 };
	if (at == AT_SERVICE) t.service = i;
	if (at == AT_FLAG) t.flag = i;
	if (at == AT_PAIR) t.service = i / app->services_n, t.other = i % app->services_n;
	return t;
}

static void target_name(const forge_app *app, fault_class at, const fault_target *t, cc_buf *out)
{
	switch (at) {
	case AT_SERVICE: cc_buf_addz(out, app->services[t->service].name); break;
	case AT_FLAG: cc_buf_addz(out, app->flags[t->flag].name); break;
	case AT_PAIR: cc_buf_addf(out, "%s/%s", app->services[t->service].name, app->services[t->other].name); break;
	case AT_CLUSTER: cc_buf_addz(out, app->namespace); break;
	}
}

static int target_find(const forge_app *app, fault_class at, cc_str name)
{
	cc_str a, b;
	int x, y;
	switch (at) {
	case AT_SERVICE: return forge_service_find(app, name);
	case AT_FLAG: return forge_flag_find(app, name);
	case AT_PAIR:
		if (!cc_str_cut(name, '/', &a, &b)) return -1;
		x = forge_service_find(app, a), y = forge_service_find(app, b);
		return x < 0 || y < 0 ? -1 : x * app->services_n + y;
	case AT_CLUSTER: return cc_str_eqz(name, app->namespace) ? 0 : -1;
	}
	return -1;
}

static const char *why_not(const fault_row *row, const fault_map *m, int i)
{
	fault_target t = fault_target_of(m->app, row->at, i);
	return row->check ? row->check(m, &t) : NULL;
}

/* The targets where it matters, separated by `sep`; how many. */
static int list_targets(const fault_row *row, const fault_map *m, const char *sep, cc_buf *out)
{
	int n = 0;
	for (int i = 0; i < target_count(m->app, row->at); i++) {
		if (why_not(row, m, i)) continue;
		fault_target t = fault_target_of(m->app, row->at, i);
		if (n++ && out) cc_buf_addz(out, sep);
		if (out) target_name(m->app, row->at, &t, out);
	}
	return n;
}

int fault_target_next(const fault_row *row, const fault_map *m, int from)
{
	for (int i = from; i < target_count(m->app, row->at); i++)
		if (!why_not(row, m, i)) return i;
	return -1;
}

static int nth_target(const fault_row *row, const fault_map *m, int n)
{
	int i = fault_target_next(row, m, 0);
	while (i >= 0 && n-- > 0) i = fault_target_next(row, m, i + 1);
	return i;
}

/* Optimal string alignment would know swaps too; for names of faults the plain distance does. */
static size_t distance(cc_str a, cc_str b)
{
	enum { MOST = 64 };
	size_t row[MOST + 1];
	if (a.n > MOST || b.n > MOST) return MOST;
	for (size_t j = 0; j <= b.n; j++) row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t keep = row[j], best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			if (row[j] + 1 < best) best = row[j] + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			row[j] = best;
			diagonal = keep;
		}
	}
	return row[b.n];
}

const char *fault_nearest(cc_str typed, const char *(*name)(int i), int n)
{
	const char *best = NULL;
	size_t least = typed.n / 2 + 2;
	for (int i = 0; i < n; i++) {
		cc_str known = cc_str_from(name(i));
		size_t d = cc_str_find(known, typed) != CC_STR_NONE && typed.n > 2 ? 1 : distance(typed, known);
		if (d < least) least = d, best = known.p;
	}
	return best;
}

/* Words separated by blanks, as many of them as a hint has room for. */
static void hint_words(cc_err *err, const cc_buf *words)
{
	static const char MORE[] = " …; coldcase forge --list has them all";
	cc_str text = cc_buf_str(words);
	if (!cc_buf_ok(words) || text.n == 0) {
		(void)cc_err_hint(err, "coldcase forge --list has them all");
	} else if (text.n < CC_ERR_HINT_SIZE) {
		(void)cc_err_hint(err, "%s", words->p);
	} else {
		cc_str fits = cc_str_sub(text, 0, CC_ERR_HINT_SIZE - sizeof MORE);
		(void)cc_err_hint(err, "%.*s%s", (int)cc_str_rfind_char(fits, ' '), fits.p, MORE);
	}
}

static const char *kind_name(int i)
{
	return fault_row_get(i)->pub.kind;
}

static cc_code unknown_kind(cc_str kind, cc_err *err)
{
	cc_buf hint = CC_BUF_INIT;
	int n = (int)cc_forge_fault_count();
	const char *near = fault_nearest(kind, kind_name, n);
	(void)cc_err_set(err, CC_EUNKNOWN, "forge: no kind of fault is called \"%.*s\"", CC_STR_ARG(kind));
	if (near) cc_buf_addf(&hint, "did you mean %s? ", near);
	cc_buf_addz(&hint, "there are:");
	for (int i = 0; i < n; i++) cc_buf_addf(&hint, " %s", kind_name(i));
	hint_words(err, &hint);
	cc_buf_deinit(&hint);
	return CC_EUNKNOWN;
}

static cc_code refuse(const fault_row *row, const fault_map *m, cc_str target, const char *why, cc_err *err)
{
	cc_buf hint = CC_BUF_INIT;
	if (why)
		(void)cc_err_set(err, CC_EUNKNOWN, "forge: %s would not matter at %.*s: %s", row->pub.kind,
			CC_STR_ARG(target), why);
	else
		(void)cc_err_set(err, CC_EUNKNOWN, "forge: %s takes a %s; there is no \"%.*s\" in %s", row->pub.kind,
			row->pub.target, CC_STR_ARG(target), m->app->name);
	cc_buf_addz(&hint, "it can be aimed at: ");
	int n = list_targets(row, m, " ", &hint);
	if (n) hint_words(err, &hint);
	else (void)cc_err_hint(err, "with this rate and duration it would matter nowhere in %s", m->app->name);
	cc_buf_deinit(&hint);
	return CC_EUNKNOWN;
}

/* "kind:" and ":target" are slips of the hand, not wishes for a random one. */
static cc_code half_said(const fault_row *row, const fault_map *m, cc_str kind, cc_str target, cc_err *err)
{
	cc_buf hint = CC_BUF_INIT;
	if (!row) {
		(void)cc_err_set(err, CC_EUSAGE, "forge: no kind of fault is named before \":%.*s\"", CC_STR_ARG(target));
		(void)cc_err_hint(err, "write KIND:TARGET, as in invalid-image:%.*s; coldcase forge --list describes the kinds",
			CC_STR_ARG(target));
		return CC_EUSAGE;
	}
	(void)cc_err_set(err, CC_EUSAGE, "forge: no target is named after \"%.*s:\"", CC_STR_ARG(kind));
	cc_buf_addf(&hint, "leave the colon out for a target chosen by the seed, or choose: ");
	(void)list_targets(row, m, " ", &hint);
	hint_words(err, &hint);
	cc_buf_deinit(&hint);
	return CC_EUSAGE;
}

/* "kind", "kind:target" to a row and a target; without a target one is chosen. */
static cc_code parse_one(forge_sim *s, const fault_map *m, const char *spec, forge_cause *c, cc_err *err)
{
	cc_str kind = cc_str_from(spec), target = CC_STR_EMPTY;
	bool named = cc_str_cut(cc_str_from(spec), ':', &kind, &target);
	c->kind = fault_kind_find(kind);
	const fault_row *row = fault_row_get(c->kind);
	if (named && (kind.n == 0 || (row && target.n == 0))) return half_said(row, m, kind, target, err);
	if (!row) return unknown_kind(kind, err);
	int n = list_targets(row, m, " ", NULL), i;
	if (target.n == 0) {
		if (n == 0) return refuse(row, m, cc_str_from(m->app->name), why_not(row, m, 0), err);
		i = nth_target(row, m, (int)cc_rng_below(&s->plan_rng, (uint64_t)n));
	} else {
		i = target_find(m->app, row->at, target);
		const char *why = i < 0 ? NULL : why_not(row, m, i);
		if (i < 0 || why) return refuse(row, m, target, why, err);
	}
	fault_aim(c, m, i);
	return CC_OK;
}

void fault_aim(forge_cause *c, const fault_map *m, int target)
{
	fault_target t = fault_target_of(m->app, fault_row_get(c->kind)->at, target);
	c->service = t.service, c->other = t.other, c->flag = t.flag, c->op = -1;
}

/* Two faults that were asked for must both be there to be found. */
static cc_code refuse_pair(
	forge_sim *s, const fault_map *m, const forge_cause *c, const forge_cause *other, cc_err *err)
{
	const char *why = fault_beside(m, c, other);
	if (!why) return CC_OK;
	const char *one = fault_spec(s, c), *two = fault_spec(s, other);
	(void)cc_err_set(err, CC_EUNKNOWN, "forge: %s would not matter beside %s: %s", one, two, why);
	(void)cc_err_hint(err, "make an incident of each, or aim one of them elsewhere");
	return CC_EUNKNOWN;
}

static cc_code add_cause(forge_sim *s, const fault_map *m, const char *spec, cc_err *err)
{
	forge_cause c = { .first_hit = -1 };
	cc_code code = spec ? parse_one(s, m, spec, &c, err) : fault_choose(s, m, &c, err);
	if (code != CC_OK) return code;
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *o = &s->plan.causes.p[i];
		if (o->kind == c.kind && o->service == c.service && o->flag == c.flag && o->other == c.other)
			return cc_err_set(err, CC_EUSAGE, "forge: the same fault twice: %s", fault_spec(s, o));
		code = refuse_pair(s, m, &c, o, err);
		if (code == CC_OK) code = refuse_pair(s, m, o, &c, err);
		if (code != CC_OK) return code;
	}
	return cc_vec_push(&s->plan.causes, c) ? CC_OK : cc_err_set(err, CC_ENOMEM, "forge: out of memory");
}

/* Nobody is told how many there are: who stops at the first is mostly wrong on hard and always on expert. */
static int random_count(forge_sim *s)
{
	if (s->opt->difficulty == CC_FORGE_EXPERT) return 2;
	return s->opt->difficulty == CC_FORGE_HARD && cc_rng_below(&s->plan_rng, 4) > 0 ? 2 : 1;
}

/* A first fault may leave no room for a second (nobody comes in any more): then both are drawn anew. */
static cc_code choose_all(forge_sim *s, const fault_map *m, int n, cc_err *err)
{
	enum { TRIES = 50 };
	cc_code code = CC_EUNKNOWN;
	for (int tries = 0; tries < TRIES && code == CC_EUNKNOWN; tries++) {
		s->plan.causes.n = 0;
		code = CC_OK;
		for (int i = 0; i < n && code == CC_OK; i++) code = add_cause(s, m, NULL, err);
	}
	return code;
}

/* Is one of the causes an object that is gone? */
bool fault_deletes(const forge_sim *s)
{
	bool any = false;
	for (size_t i = 0; i < s->plan.causes.n; i++)
		any |= strcmp(fault_row_get(s->plan.causes.p[i].kind)->pub.kind, "deleted-service") == 0;
	return any;
}

cc_code fault_parse(forge_sim *s, cc_err *err)
{
	fault_map m;
	const cc_forge_options *o = s->opt;
	bool asked = o->fault_count > 0 && o->faults[0];
	int n = asked ? o->fault_count : 0;
	cc_code code = CC_OK;
	if (!fault_map_make(&m, s->app, s->arena)) return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	if (!o->inject_ns) s->inject = s->start + plan_inject_after(s);
	m.rps_milli = s->rps_milli;
	m.seconds = (s->end - s->inject) / FORGE_S;
	if (!asked) code = choose_all(s, &m, random_count(s), err);
	for (int i = 0; asked && i < n && code == CC_OK; i++) code = add_cause(s, &m, o->faults[i], err);
	int64_t late = code == CC_OK && !o->inject_ns ? plan_late_start(s) : 0;
	if (late) s->inject = s->start - late;
	s->plan.no_baseline = s->inject < s->start;
	if (code == CC_OK && s->plan.no_baseline && fault_deletes(s)) code = cc_err_set(err, CC_EUSAGE,
		"forge: what was deleted before the capture is in none of its records: --inject must be within it");
	if (code == CC_OK) plan_prepare(s);
	return code == CC_OK ? s->code : code;
}

const char *fault_spec(forge_sim *s, const forge_cause *cause)
{
	const fault_row *row = fault_row_get(cause->kind);
	const fault_target t = { cause->service, cause->other, cause->flag };
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s:", row->pub.kind);
	target_name(s->app, row->at, &t, &b);
	cc_str text = forge_str(s, &b);
	cc_buf_deinit(&b);
	return text.n ? text.p : row->pub.kind;
}

cc_code cc_forge_targets(const char *app, const char *kind, cc_buf *out, cc_err *err)
{
	const fault_row *row = fault_row_get(fault_kind_find(cc_str_from(kind)));
	if (!row) return unknown_kind(cc_str_from(kind), err);
	cc_arena *arena = cc_arena_new();
	forge_app *loaded = NULL;
	fault_map m;
	cc_code code = arena ? forge_app_load(&loaded, arena, app ? app : "astronomy-shop", err)
			     : cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	if (code == CC_OK && !fault_map_make(&m, loaded, arena))
		code = cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	if (code == CC_OK && list_targets(row, &m, "\n", out) > 0) cc_buf_add_char(out, '\n');
	if (code == CC_OK && !cc_buf_ok(out)) code = cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	cc_arena_free(arena);
	return code;
}
