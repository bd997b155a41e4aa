/* alerts_get.c - the alerts of a loaded snapshot. */
#include "snapshot/alerts_priv.h"

size_t cc_alerts_count(const cc_snapshot *s)
{
	return s->alerts ? s->alerts->entries.n : 0;
}

const cc_alert *cc_alerts_get(const cc_snapshot *s, size_t i)
{
	return i < cc_alerts_count(s) ? &s->alerts->entries.p[i].pub : NULL;
}

cc_str cc_alerts_label(const cc_alert *a, const char *key)
{
	for (size_t i = 0; i < a->label_count; i++)
		if (cc_str_eqz(a->labels[i].key, key))
			return a->labels[i].value;
	return CC_STR_EMPTY;
}

const int64_t *cc_alerts_ticks(const cc_snapshot *s, size_t *count)
{
	*count = s->alerts ? s->alerts->tick_count : 0;
	return s->alerts ? s->alerts->ticks : NULL;
}

int64_t cc_alerts_onset(const cc_snapshot *s)
{
	int64_t onset = CC_TIME_NONE;

	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);

		if (a->background || a->active_before || a->onset_ns == CC_TIME_NONE)
			continue;
		if (onset == CC_TIME_NONE || a->onset_ns < onset)
			onset = a->onset_ns;
	}
	return onset;
}

const char *cc_severity_name(cc_severity v)
{
	static const char *const names[] = { "none", "info", "warning", "critical" };

	return (unsigned)v < sizeof names / sizeof names[0] ? names[v] : "none";
}

char cc_severity_letter(cc_severity v)
{
	return (unsigned)v <= CC_SEVERITY_CRITICAL ? "-iWC"[v] : '-';
}

bool cc_alerts_note(cc_snapshot *s)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++)
		if (!cc_alert_subject_note(s, cc_alerts_get(s, i)))
			return false;
	return true;
}

cc_code cc_alerts_bind(cc_snapshot *s, cc_err *err)
{
	(void)err;
	for (size_t i = 0; i < cc_alerts_count(s); i++)
		s->alerts->entries.p[i].pub.entity = cc_alert_subject(s, &s->alerts->entries.p[i].pub);
	return CC_OK;
}
