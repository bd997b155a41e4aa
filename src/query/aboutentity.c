/* aboutentity.c - one card for one entity: each section adds what it knows with a strength, the strongest few are
 * kept. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "about_priv.h"
#include "coldcase/alerts.h"
#include "coldcase/onset.h"
#include "coldcase/events.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"
#include "coldcase/topology.h"
#include "coldcase/xalloc.h"

enum { PER_SECTION = 5 };

bool cc_about_in_range(const about_builder *b, int64_t ns)
{
	return ns != CC_TIME_NONE && ns >= b->range.from_ns && ns <= b->range.to_ns;
}

cc_about_fact cc_about_fact_at(const about_builder *b, cc_about_section section, int64_t time_ns)
{
	return (cc_about_fact){ .section = section, .time_ns = time_ns,
		.fresh = time_ns != CC_TIME_NONE && time_ns >= b->a->onset, .before = NAN, .after = NAN,
		.entity = b->entity, .drill = CC_STR_EMPTY };
}

void cc_about_add(about_builder *b, cc_about_fact fact, double strength, const char *fmt, ...)
{
	if (b->code != CC_OK)
		return;
	cc_buf text = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	fact.text = cc_arena_dup(b->a->arena, cc_buf_str(&text));
	fact.drill = cc_arena_dup(b->a->arena, fact.drill);
	about_fact item = { fact, strength, (uint32_t)b->a->facts.n };
	if (!cc_buf_ok(&text) || !fact.text.p || !fact.drill.p || !cc_vec_push(&b->a->facts, item))
		b->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

/* A state that is wrong beyond doubt is what the reader came for. */
static bool leads(const cc_about_fact *f)
{
	return f->section == CC_ABOUT_STATE && f->severity >= 3;
}

static int by_strength(const void *x, const void *y)
{
	const about_fact *a = x, *b = y;
	if (leads(&a->fact) != leads(&b->fact))
		return leads(&a->fact) ? -1 : 1;
	if (a->fact.section != b->fact.section)
		return a->fact.section < b->fact.section ? -1 : 1;
	if (a->strength != b->strength)
		return a->strength < b->strength ? 1 : -1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void keep_best(cc_about *a, size_t per_section)
{
	if (a->facts.n)
		qsort(a->facts.p, a->facts.n, sizeof *a->facts.p, by_strength);
	size_t kept = 0;
	for (size_t i = 0; i < a->facts.n; i++)
		if (a->totals[a->facts.p[i].fact.section]++ < per_section)
			a->facts.p[kept++] = a->facts.p[i];
	a->facts.n = kept;
}

static void note_data(about_builder *b, bool no_state)
{
	bool *has = b->a->has_data;
	size_t ticks = 0;
	cc_alerts_ticks(b->s, &ticks);
	has[CC_ABOUT_ALERTS] = ticks > 0 || cc_alerts_count(b->s) > 0;
	has[CC_ABOUT_EVENTS] = cc_events_count(b->s) > 0;
	has[CC_ABOUT_CHANGES] = cc_objects_count(b->s) > 0;
	has[CC_ABOUT_STATE] = has[CC_ABOUT_CHANGES] && !no_state;
	has[CC_ABOUT_CALLEE] = has[CC_ABOUT_CALLER] = has[CC_ABOUT_ORIGINS] = cc_spans_count(b->s) > 0;
	has[CC_ABOUT_PATTERNS] = cc_logs_count(b->s) > 0;
	has[CC_ABOUT_METRICS] = cc_series_count(b->s) > 0;
	has[CC_ABOUT_NEIGHBOURS] = cc_edges_count(b->s) > 0;
}

static void set_clock(about_builder *b, const cc_about_options *opt)
{
	cc_range all = cc_snapshot_range(b->s);
	b->range.from_ns = opt->range.from_ns != CC_TIME_NONE ? opt->range.from_ns : all.from_ns;
	b->range.to_ns = opt->range.to_ns != CC_TIME_NONE ? opt->range.to_ns : all.to_ns;
	if (b->range.to_ns == CC_TIME_NONE)
		b->range.to_ns = INT64_MAX;
	b->a->onset = opt->onset_ns != CC_TIME_NONE || opt->no_onset ? opt->onset_ns : cc_onset_of(b->s).time_ns;
	if (b->a->onset == CC_TIME_NONE && all.from_ns != CC_TIME_NONE)
		b->a->onset = all.from_ns / 2 + all.to_ns / 2;
}

cc_code cc_about_build(cc_about **out, const cc_snapshot *s, cc_entity_id entity, const cc_about_options *opt,
	cc_err *err)
{
	static void (*const sections[])(about_builder *) = { cc_about_alerts, cc_about_events, cc_about_changes,
		cc_about_calls, cc_about_patterns, cc_about_metrics, cc_about_neighbours, cc_about_state };
	*out = NULL;
	if (!cc_entity_get(s, entity))
		return cc_err_set(err, CC_EUNKNOWN, "no entity number %u", entity);
	about_builder b = { .a = cc_calloc(1, sizeof *b.a), .s = s, .entity = entity, .cancel = opt->cancel,
		.code = CC_OK };
	if (!b.a || !(b.a->arena = cc_arena_new()))
		b.code = CC_ENOMEM;
	else
		set_clock(&b, opt);
	for (size_t i = 0; i < sizeof sections / sizeof *sections && b.code == CC_OK; i++) {
		if (cc_canceled(opt->cancel))
			b.code = CC_ECANCELED;
		else if (!opt->no_state || sections[i] != cc_about_state)
			sections[i](&b);
	}
	if (b.code != CC_OK) {
		cc_about_free(b.a);
		return cc_err_set(err, b.code, "entity: %s", cc_code_text(b.code));
	}
	note_data(&b, opt->no_state);
	keep_best(b.a, opt->per_section ? opt->per_section : PER_SECTION);
	*out = b.a;
	return CC_OK;
}

void cc_about_free(cc_about *a)
{
	if (!a)
		return;
	cc_vec_deinit(&a->facts);
	cc_arena_free(a->arena);
	cc_free(a);
}

size_t cc_about_count(const cc_about *a)
{
	return a->facts.n;
}

const cc_about_fact *cc_about_get(const cc_about *a, size_t i)
{
	return i < a->facts.n ? &a->facts.p[i].fact : NULL;
}

size_t cc_about_total(const cc_about *a, cc_about_section section, bool *has_data)
{
	if (has_data)
		*has_data = section < CC_ABOUT_SECTIONS && a->has_data[section];
	return section < CC_ABOUT_SECTIONS ? a->totals[section] : 0;
}

int64_t cc_about_onset(const cc_about *a)
{
	return a->onset;
}

const char *cc_about_section_name(cc_about_section section)
{
	static const char *const names[] = { "alerts", "events", "changes", "calls received", "calls made",
		"error origins", "log patterns", "metrics", "neighbours", "state" };
	return section < CC_ABOUT_SECTIONS ? names[section] : "?";
}
