/* alert_rule_series.c - the series an expression is about, and their values the way Prometheus reads them. */
#include "alert_rule_priv.h"

#include <math.h>
#include "coldcase/entity.h"
#include "coldcase/time.h"

/* --- which series --- */

static cc_str series_value(const cc_snapshot *s, const cc_series *se, const char *key)
{
	cc_str k = cc_str_from(key), label = cc_series_label(se, key);
	if (cc_str_eqz(k, "namespace"))
		return cc_snapshot_sym(s, se->ns);
	if (cc_str_eqz(k, "service_name") && se->is_service)
		return cc_snapshot_sym(s, se->object);
	if (cc_str_eqz(k, "pod") && !se->is_service)
		return cc_snapshot_sym(s, se->object);
	return label;
}

/* Spellings of a status differ between exporters: STATUS_CODE_ERROR, Error, 2. */
static bool same_value(const char *key, cc_str want, cc_str have)
{
	double v;
	if (cc_str_eqz(cc_str_from(key), "le") && cc_str_eqz(want, "+Inf"))
		return cc_str_to_double(have, &v) && isinf(v) && v > 0;
	if (cc_str_eqz(cc_str_from(key), "status_code") && cc_str_find_nocase(want, CC_STR("error")) != CC_STR_NONE)
		return cc_str_find_nocase(have, CC_STR("error")) != CC_STR_NONE || cc_str_eqz(have, "2");
	return cc_str_eq(want, have);
}

/* One condition: key=a|b or key!=a. */
static bool meets(const cc_snapshot *s, const cc_series *se, cc_str condition)
{
	char key[64];
	size_t eq = cc_str_find_char(condition, '=');
	bool not = eq != CC_STR_NONE && eq > 0 && condition.p[eq - 1] == '!', any = false;
	size_t n = eq == CC_STR_NONE ? condition.n : eq - not;
	if (n >= sizeof key)
		return false;
	for (size_t i = 0; i < n; i++)
		key[i] = condition.p[i];
	key[n] = 0;
	cc_str have = series_value(s, se, key), rest = cc_str_sub(condition, eq + 1, condition.n), item;
	while (rest.n && !any) {
		cc_str_cut(rest, '|', &item, &rest);
		any = same_value(key, item, have);
	}
	return any != not;
}

static bool meets_all(const cc_snapshot *s, const cc_series *se, const char *where)
{
	cc_str rest = cc_str_from(where), item;
	while (rest.n) {
		cc_str_cut(rest, ' ', &item, &rest);
		if (item.n && !meets(s, se, item))
			return false;
	}
	return true;
}

/* Labels the alert does not have decide nothing. */
static bool is_of(const cc_snapshot *s, const cc_alert *a, const cc_series *se, const char *by)
{
	cc_str rest = cc_str_from(by), item;
	char key[64];
	if (!by)
		return a->entity && cc_entity_covers(s, a->entity, se->entity);
	while (rest.n) {
		cc_str_cut(rest, ' ', &item, &rest);
		if (item.n >= sizeof key)
			return false;
		for (size_t i = 0; i < item.n; i++)
			key[i] = item.p[i];
		key[item.n] = 0;
		cc_str want = cc_alerts_label(a, key);
		if (want.n && !cc_str_eq(want, series_value(s, se, key)))
			return false;
	}
	return true;
}

cc_code cc_rule_select(cc_index_vec *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, const char *metric)
{
	cc_sym sym = metric ? cc_snapshot_sym_find(s, cc_str_from(metric)) : CC_SYM_NONE;
	for (size_t i = 0; sym != CC_SYM_NONE && i < cc_series_count(s); i++) {
		const cc_series *se = cc_series_get(s, i);
		if (se->metric != sym || !is_of(s, a, se, rule->by) || !meets_all(s, se, rule->where))
			continue;
		if (!cc_vec_push(out, (uint32_t)i))
			return CC_ENOMEM;
	}
	return CC_OK;
}

/* --- their values --- */

/* Number of samples at or before a time. */
static size_t samples_by(const cc_series *se, int64_t time_ns)
{
	size_t lo = 0;
	for (size_t hi = se->count; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		if (se->times_ns[mid] <= time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Prometheus looks five minutes back, but a target that is gone is marked so at the next scrape: the file shows only that the
 * samples end. */
double cc_rule_last(const cc_series *se, int64_t at_ns)
{
	const int64_t most = 300 * CC_NS_PER_S, least = 90 * CC_NS_PER_S;
	size_t n = samples_by(se, at_ns);
	if (n == 0)
		return NAN;
	int64_t usual = se->count > 1 ? cc_time_between(se->times_ns[0], se->times_ns[se->count - 1]) / (int64_t)(se->count - 1) : most;
	int64_t back = usual < most ? 5 * usual / 2 : most;
	back = back < least ? least : back > most ? most : back;
	return cc_time_between(se->times_ns[n - 1], at_ns) < back ? se->values[n - 1] : (double)NAN;
}

/* A border further away than 1.1 sample distances is taken to lie half a distance away; no counter is followed below zero. */
static double extrapolate(double delta, double first, double covered, double head, double tail, size_t samples)
{
	double step = covered / (double)(samples - 1), limit = step * 1.1;
	if (head >= limit)
		head = step / 2;
	if (tail >= limit)
		tail = step / 2;
	if (delta > 0 && first >= 0 && covered * (first / delta) < head)
		head = covered * (first / delta);
	return delta * ((covered + head + tail) / covered);
}

double cc_rule_increase(const cc_series *se, int64_t at_ns, int64_t window_ns)
{
	size_t begin = samples_by(se, cc_time_add(at_ns, -window_ns)), end = samples_by(se, at_ns), samples = 0;
	size_t first = 0, last = 0;
	double resets = 0;
	for (size_t i = begin; i < end; i++) {
		if (isnan(se->values[i]))
			continue;
		if (samples++ == 0)
			first = i;
		else if (se->values[i] < se->values[last])
			resets += se->values[last];
		last = i;
	}
	double covered = samples > 1 ? (double)cc_time_between(se->times_ns[first], se->times_ns[last]) / 1e9 : 0;
	if (!(covered > 0))
		return NAN;
	double head = (double)cc_time_between(cc_time_add(at_ns, -window_ns), se->times_ns[first]) / 1e9,
		tail = (double)cc_time_between(se->times_ns[last], at_ns) / 1e9;
	return extrapolate(se->values[last] - se->values[first] + resets, se->values[first], covered, head, tail, samples);
}
