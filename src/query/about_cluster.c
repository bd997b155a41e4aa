/* about_cluster.c - what the cluster says of an entity: alerts, warning events, changes, neighbours. */
#include <math.h>

#include "about_priv.h"
#include "coldcase/alerts.h"
#include "coldcase/changes.h"
#include "coldcase/events.h"
#include "coldcase/topology.h"
#include "coldcase/utf8.h"

/* Nearer to the onset is stronger: 1 at the onset, 0 from half an hour away. */
static double closeness(const about_builder *b, int64_t ns)
{
	double away = fabs((double)ns - (double)b->a->onset) / (1800 * 1e9);
	return away < 1 ? 1 - away : 0;
}

static bool about_it(const about_builder *b, cc_entity_id id)
{
	return id && cc_entity_covers(b->s, b->entity, id);
}

static cc_str entity_text(about_builder *b, cc_entity_id id)
{
	cc_buf text = CC_BUF_INIT;
	cc_entity_format(b->s, id, &text);
	cc_str kept = cc_arena_dup(b->a->arena, cc_buf_str(&text));
	cc_buf_deinit(&text);
	return kept.p ? kept : CC_STR_EMPTY;
}

static cc_str drill(about_builder *b, const char *before, cc_str value, const char *after)
{
	cc_str text = cc_arena_printf(b->a->arena, "%s\"%.*s\"%s", before, CC_STR_ARG(value), after);
	return text.p ? text : CC_STR_EMPTY;
}

static cc_str focus_drill(about_builder *b, const char *after)
{
	return drill(b, "entity=", entity_text(b, b->entity), after);
}

void cc_about_alerts(about_builder *b)
{
	for (size_t i = 0; i < cc_alerts_count(b->s); i++) {
		const cc_alert *al = cc_alerts_get(b->s, i);
		if (!about_it(b, al->entity) || al->sample_count == 0 || al->first_ns > b->range.to_ns)
			continue;
		cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_ALERTS, al->onset_ns);
		f.severity = al->background ? 0 : (uint8_t)al->severity;
		f.entity = al->entity;
		f.cite = al->samples[0].cite;
		cc_str name = cc_snapshot_sym(b->s, al->name), value = al->samples[al->sample_count - 1].value_text;
		f.drill = drill(b, "name=", name, "");
		f.after = al->samples[al->sample_count - 1].value;
		cc_about_add(b, f, f.severity * 2 + closeness(b, al->onset_ns), "%.*s %s, value %.*s, %zu time%s%s",
			CC_STR_ARG(name), cc_severity_name(al->severity), CC_STR_ARG(value), al->interval_count,
			al->interval_count == 1 ? "" : "s", al->background ? " (background)" : "");
	}
}

void cc_about_events(about_builder *b)
{
	for (size_t i = 0; i < cc_events_count(b->s); i++) {
		const cc_event *e = cc_events_get(b->s, i);
		if (!e->warning || e->only_expired || !about_it(b, e->entity) || !cc_about_in_range(b, e->last_ns))
			continue;
		cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_EVENTS,
			e->first_ns == CC_TIME_NONE ? e->last_ns : e->first_ns);
		f.severity = 2;
		f.entity = e->entity;
		f.cite = e->cite;
		cc_str reason = cc_snapshot_sym(b->s, e->reason), kind = cc_snapshot_sym(b->s, e->kind),
			name = cc_snapshot_sym(b->s, e->name);
		f.drill = focus_drill(b, " type=warning");
		cc_about_add(b, f, (f.fresh ? 2 : 0) + closeness(b, f.time_ns) + log1p((double)e->count) / 4,
			"%.*s x%lld %.*s/%.*s: %.*s", CC_STR_ARG(reason), (long long)e->count, CC_STR_ARG(kind),
			CC_STR_ARG(name), CC_STR_ARG(cc_utf8_head(e->message, 300)));
	}
}

/* Made by a controller out of another object: it follows a change, it is none of its own. */
static bool is_generated(cc_str kind)
{
	static const char *const kinds[] = { "ReplicaSet", "Pod", "Endpoints", "EndpointSlice", "Job",
		"ControllerRevision" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (cc_str_eqz(kind, kinds[i]))
			return true;
	return false;
}

static void add_changes(about_builder *b, cc_entity_id focus, cc_about_section section, double bonus,
	const char *relation)
{
	cc_changes *list = NULL;
	cc_changes_options opt = { .focus = focus, .range = b->range, .cancel = b->cancel };
	cc_code code = cc_changes_build(&list, b->s, &opt, NULL);
	if (code != CC_OK) {
		b->code = code;
		return;
	}
	for (size_t i = 0; i < cc_changes_count(list); i++) {
		const cc_spec_change *ch = cc_changes_get(list, i);
		cc_about_fact f = cc_about_fact_at(b, section, ch->time_ns);
		bool wanted = ch->weight == CC_DIFF_SPEC && (ch->entity == focus ||
			!is_generated(cc_entity_kind(b->s, ch->entity)));
		f.severity = wanted ? 2 : 1;
		f.entity = ch->entity;
		f.cite = ch->cite;
		cc_str who = entity_text(b, ch->entity);
		f.drill = drill(b, "entity=", who, "");
		cc_about_add(b, f, bonus + (wanted ? 2 : 0) + closeness(b, ch->time_ns), "%s%.*s: %.*s%s%.*s", relation,
			CC_STR_ARG(who), CC_STR_ARG(ch->line), ch->manager.n ? " by " : "", CC_STR_ARG(ch->manager));
	}
	cc_changes_free(list);
}

void cc_about_changes(about_builder *b)
{
	add_changes(b, b->entity, CC_ABOUT_CHANGES, 0, "");
}

/* --- neighbours --- */

static size_t alerts_of(const about_builder *b, cc_entity_id id)
{
	size_t n = 0;
	for (size_t i = 0; i < cc_alerts_count(b->s); i++) {
		const cc_alert *al = cc_alerts_get(b->s, i);
		n += !al->background && al->entity && al->first_ns <= b->range.to_ns &&
			cc_entity_covers(b->s, id, al->entity);
	}
	return n;
}

static void add_neighbour(about_builder *b, const cc_edge *e, bool outgoing)
{
	cc_entity_id other = outgoing ? e->to : e->from;
	cc_str who = entity_text(b, other), detail = cc_snapshot_sym(b->s, e->detail);
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_NEIGHBOURS, CC_TIME_NONE);
	size_t alerts = alerts_of(b, other);
	f.entity = other;
	f.cite = e->cite;
	f.severity = alerts || e->errors ? 2 : 0;
	f.drill = drill(b, "entity=", who, "");
	cc_buf extra = CC_BUF_INIT;
	if (e->kind == CC_EDGE_CALLS)
		cc_buf_addf(&extra, ", %u calls, %u errors", e->count, e->errors);
	if (alerts)
		cc_buf_addf(&extra, ", %zu alert%s", alerts, alerts == 1 ? "" : "s");
	cc_about_add(b, f, (double)alerts + (e->errors ? 1 : 0) + (e->kind == CC_EDGE_CALLS ? 0.5 : 0),
		"%s %s %.*s%s%.*s%s%s", outgoing ? "->" : "<-", cc_edge_kind_name(e->kind), CC_STR_ARG(who),
		detail.n ? " via " : "", CC_STR_ARG(detail), e->inferred ? " (by name)" : "", extra.p ? extra.p : "");
	cc_buf_deinit(&extra);
	/* what it is configured by changed: as good as a change of its own */
	bool config = e->kind == CC_EDGE_MOUNTS || e->kind == CC_EDGE_ENV || e->kind == CC_EDGE_SCALES ||
		e->kind == CC_EDGE_SELECTS;
	if (config && !about_it(b, other) && b->code == CC_OK)
		add_changes(b, other, CC_ABOUT_NEIGHBOURS, 3, "changed: ");
}

void cc_about_neighbours(about_builder *b)
{
	for (size_t i = 0; i < cc_edges_count(b->s) && b->code == CC_OK; i++) {
		const cc_edge *e = cc_edges_get(b->s, i);
		bool from = about_it(b, e->from), to = about_it(b, e->to);
		if (from != to)
			add_neighbour(b, e, from);
	}
}
