/* alert_rule_fit.c - which of the rules of a name an alert can have come from: by what it recorded, not by what it says. */
#include "alert_rule_priv.h"

#include <math.h>
#include "coldcase/arena.h"
#include "coldcase/entity.h"
#include "coldcase/time.h"

enum { EVALUATED_EVERY_S = 60, SLACK_S = 5 };   /* groups of rules are evaluated each minute; clocks of recorder and server differ */

bool cc_rule_lists(const char *list, cc_str word)
{
	cc_str rest = cc_str_from(list), item;
	while (rest.n) {
		cc_str_cut(rest, '|', &item, &rest);
		if (cc_str_eq(item, word))
			return true;
	}
	return false;
}

static cc_str against_labels(const cc_alert *a, const cc_alert_rule *r, cc_arena *arena)
{
	cc_str service = cc_alerts_label(a, "service_name"), severity = cc_alerts_label(a, "severity");
	if (r->needs && !cc_alerts_label(a, r->needs).n)
		return cc_arena_printf(arena, "it has no label %s", r->needs);
	if (!cc_str_eq(severity, cc_str_from(r->severity)))
		return cc_arena_printf(arena, "its severity is '%.*s', the rule sets %s", CC_STR_ARG(severity), r->severity ? r->severity : "none");
	if (service.n && r->only && !cc_rule_lists(r->only, service))
		return cc_arena_printf(arena, "the rule judges %s only", r->only);
	if (service.n && r->except && cc_rule_lists(r->except, service))
		return cc_arena_printf(arena, "the rule leaves %.*s out", CC_STR_ARG(service));
	return CC_STR_EMPTY;
}

bool cc_rule_holds(const cc_alert_rule *r, double v)
{
	switch (r->op) {
	case CC_RULE_GT: return v > r->threshold;
	case CC_RULE_LT: return v < r->threshold;
	case CC_RULE_EQ: return !(v > r->threshold) && !(v < r->threshold);
	case CC_RULE_GE: return v >= r->threshold;
	case CC_RULE_NE: return v > r->threshold || v < r->threshold;
	}
	return false;
}

static cc_str against_value(const cc_alert *a, const cc_alert_rule *r, cc_arena *arena)
{
	for (size_t i = 0; i < a->sample_count; i++) {
		const cc_alert_sample *m = &a->samples[i];
		if (m->firing && !isnan(m->value) && !cc_rule_holds(r, m->value))
			return cc_arena_printf(arena, "it fired at %.6g, the rule asks for %s %.6g %s", m->value, cc_rule_op_text(r->op), r->threshold, r->unit);
	}
	return CC_STR_EMPTY;
}

/* Files in which it could have been listed as firing for this rule by then, and was not. */
static size_t missed_files(const cc_snapshot *s, const cc_alert_sample *before, const cc_alert_sample *m, int64_t due_ns)
{
	size_t n, missed = 0;
	const int64_t *ticks = cc_alerts_ticks(s, &n);
	for (size_t i = 0; i < n; i++)
		missed += ticks[i] < m->time_ns && ticks[i] > due_ns && (!before || ticks[i] > before->time_ns);
	return missed;
}

/* Before it fires a rule waits at least its `for`, and not much longer: two files that should have listed it and do not are no
 * accident, one may be of another kind. */
static cc_str against_wait(const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *r, cc_arena *arena)
{
	for (size_t i = 0; i < a->sample_count; i++) {
		const cc_alert_sample *m = &a->samples[i], *before = i ? m - 1 : NULL;
		if (!m->firing || m->active_ns == CC_TIME_NONE || (before && before->active_ns == m->active_ns))
			continue;
		double waited = (double)cc_time_between(m->active_ns, m->time_ns) / (double)CC_NS_PER_S;
		int64_t due = cc_time_add(m->active_ns, (r->for_s + EVALUATED_EVERY_S + SLACK_S) * CC_NS_PER_S);
		if (waited + SLACK_S < r->for_s)
			return cc_arena_printf(arena, "it fired within %.0fs of becoming active, the rule waits %ds", waited, r->for_s);
		if (missed_files(s, before, m, due) >= 2)
			return cc_arena_printf(arena, "it was still not listed as firing long after the %ds the rule waits", r->for_s);
	}
	return CC_STR_EMPTY;
}

static cc_str against(const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *r, cc_arena *arena)
{
	cc_str text = against_labels(a, r, arena);
	if (!text.n)
		text = against_value(a, r, arena);
	return text.n ? text : against_wait(s, a, r, arena);
}

cc_code cc_alert_rules_of(cc_rule_fit_vec *out, const cc_snapshot *s, const cc_alert *a, cc_arena *arena)
{
	cc_str name = cc_snapshot_sym(s, a->name);
	for (int fitting = 1; fitting >= 0; fitting--) {
		for (size_t i = 0; i < cc_alert_rule_count(); i++) {
			cc_rule_fit f = { .rule = cc_alert_rule_get(i) };
			if (!cc_str_eqz(name, f.rule->name))
				continue;
			f.against = against(s, a, f.rule, arena);
			if ((f.against.n == 0) == (fitting == 1) && !cc_vec_push(out, f))
				return CC_ENOMEM;
		}
	}
	return CC_OK;
}

/* --- without a rule --- */

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

static bool is_metric(const cc_snapshot *s, cc_str word)
{
	cc_sym sym = cc_str_find_char(word, '_') == CC_STR_NONE ? CC_SYM_NONE : cc_snapshot_sym_find(s, word);
	for (size_t i = 0; sym != CC_SYM_NONE && i < cc_series_count(s); i++)
		if (cc_series_get(s, i)->metric == sym)
			return true;
	return false;
}

const char *cc_alert_metric_named(const cc_snapshot *s, const cc_alert *a, cc_arena *arena)
{
	for (size_t i = 0; i < a->annotation_count; i++) {
		cc_str text = a->annotations[i].value;
		for (size_t at = 0, end; at < text.n; at = end + 1) {
			for (end = at; end < text.n && is_name_byte(text.p[end]); end++)
				;
			if (end - at > 3 && is_metric(s, cc_str_sub(text, at, end)))
				return cc_arena_dupz(arena, cc_str_sub(text, at, end));
		}
	}
	return NULL;
}
