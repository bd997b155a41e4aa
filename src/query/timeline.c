/* timeline.c - counting what happened, slice by slice (see timeline.h). */
#include "coldcase/timeline.h"

#include <string.h>
#include "coldcase/alerts.h"
#include "coldcase/changes.h"
#include "coldcase/events.h"
#include "coldcase/onset.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"

enum { CANCEL_EVERY = 65536 };

typedef struct slicer {
	cc_timeline_slice *out;
	size_t n;
	cc_range range;
} slicer;

static cc_timeline_slice *slice_of(const slicer *k, int64_t ns)
{
	int64_t width = k->range.to_ns - k->range.from_ns;

	if (ns == CC_TIME_NONE || ns < k->range.from_ns || ns > k->range.to_ns)
		return NULL;
	size_t i = width > 0 ? (size_t)((double)(ns - k->range.from_ns) / (double)width * (double)k->n) : 0;
	return &k->out[i < k->n ? i : k->n - 1];
}

static void count_alerts(const slicer *k, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		cc_timeline_slice *at = a->background || a->active_before ? NULL : slice_of(k, a->onset_ns);

		if (at)
			at->alerts++;
	}
}

static void count_warnings(const slicer *k, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		cc_timeline_slice *first, *last;

		if (!e->warning || e->only_expired)
			continue;
		first = slice_of(k, e->first_ns);
		last = slice_of(k, e->last_ns);
		if (first)
			first->warnings++;
		if (last && last != first)
			last->warnings++;
	}
}

static cc_code count_changes(const slicer *k, const cc_snapshot *s, cc_cancel *cancel, cc_err *err)
{
	cc_changes_options o = { .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = cancel };
	cc_changes *list = NULL;
	cc_code code = cc_changes_build(&list, s, &o, err);

	for (size_t i = 0; code == CC_OK && i < cc_changes_count(list); i++) {
		const cc_spec_change *c = cc_changes_get(list, i);
		cc_timeline_slice *at = cc_onset_is_generated(s, c->entity) ? NULL : slice_of(k, c->time_ns);

		if (at)
			at->changes++;
	}
	cc_changes_free(list);
	return code;
}

static cc_code count_records(const slicer *k, const cc_snapshot *s, cc_cancel *cancel, cc_err *err)
{
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		const cc_span *sp = cc_spans_get(s, i);
		cc_timeline_slice *at = slice_of(k, sp->start_ns);

		if (at) {
			at->records++;
			at->errors += sp->status == CC_STATUS_ERROR;
		}
		if (i % CANCEL_EVERY == 0 && cc_canceled(cancel))
			return cc_err_set(err, CC_ECANCELED, "canceled");
	}
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		cc_timeline_slice *at = slice_of(k, l->time_ns);

		if (at) {
			at->records++;
			at->errors += l->level >= CC_LEVEL_ERROR;
		}
		if (i % CANCEL_EVERY == 0 && cc_canceled(cancel))
			return cc_err_set(err, CC_ECANCELED, "canceled");
	}
	return CC_OK;
}

static void count_samples(const slicer *k, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *se = cc_series_get(s, i);

		for (size_t n = 0; n < se->count; n++) {
			cc_timeline_slice *at = slice_of(k, se->times_ns[n]);

			if (at)
				at->samples++;
		}
	}
}

cc_code cc_timeline_build(cc_timeline_slice *out, size_t n, const cc_snapshot *s, cc_range range, cc_cancel *cancel, cc_err *err)
{
	slicer k = { out, n, range };
	cc_code code;

	memset(out, 0, n * sizeof *out);
	if (range.from_ns == CC_TIME_NONE || n == 0)
		return CC_OK;
	count_alerts(&k, s);
	count_warnings(&k, s);
	count_samples(&k, s);
	code = count_changes(&k, s, cancel, err);
	return code == CC_OK ? count_records(&k, s, cancel, err) : code;
}
