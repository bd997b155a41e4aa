/* alibis.c - why a wrong name is no cause, where the debrief says nothing of just that object, or there is none.
 *
 * What the object is part of may have its place in the debrief: an innocent service's Endpoints are as innocent. Of everything else
 * the capture tells what it can: whether the object was there, and whether and when it changed. That clears nobody; it is what a
 * player could have looked at. */
#include "app/scoring.h"

#include "coldcase/changes.h"
#include "coldcase/entity.h"
#include "coldcase/objects.h"

typedef struct making {
	const cc_snapshot *s;
	const cc_debrief *debrief;   /* NULL: none */
	cc_buf says, command;
} making;

static cc_str full_name(const cc_snapshot *s, cc_entity_id id, cc_buf *out)
{
	cc_buf_clear(out);
	cc_entity_format(s, id, out);
	return cc_buf_str(out);
}

static void add_time(making *m, const char *lead, int64_t ns)
{
	cc_buf_addz(&m->says, lead);
	cc_time_format(&m->says, ns - ns % CC_NS_PER_S);
}

/* --- of what it is part of --- */

static const cc_debrief_name *known_as(const making *m, cc_entity_id id)
{
	cc_buf name = CC_BUF_INIT;
	const cc_debrief_name *n = id ? cc_debrief_find(m->debrief, full_name(m->s, id, &name)) : NULL;
	cc_buf_deinit(&name);
	return n;
}

/* Only what is one with a workload without deciding anything of its own: who names the autoscaler means the autoscaler. */
static bool is_part(cc_str kind)
{
	static const char *const PARTS[] = { "Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "Service",
		"Endpoints", "EndpointSlice" };
	for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
		if (cc_str_eqz(kind, PARTS[i]))
			return true;
	return false;
}

/* Endpoints go by the name of their Service, EndpointSlices by one made of it; other parts share their workload's group. */
static const cc_debrief_name *whole_of(const making *m, cc_entity_id id)
{
	cc_str ns = cc_entity_ns(m->s, id), name = cc_entity_name(m->s, id);
	cc_str names[] = { name, cc_kind_stem(CC_STR("Pod"), name) };
	cc_entity_vec members = { 0 };
	if (!m->debrief || !is_part(cc_entity_kind(m->s, id)))
		return NULL;
	const cc_debrief_name *found = known_as(m, cc_entity_get(m->s, id)->workload);
	for (size_t i = 0; i < 2 && !found; i++)
		found = known_as(m, cc_entity_find(m->s, ns, CC_STR("Service"), names[i]));
	if (!found && cc_entity_members(m->s, id, &members) == CC_OK)
		for (size_t i = 0; i < members.n && !found; i++)
			found = known_as(m, members.p[i]);
	cc_vec_deinit(&members);
	return found;
}

/* --- what the capture tells --- */

static void of_unchanged(making *m, const cc_object *o)
{
	const cc_object_obs *first = &o->obs[0], *last = &o->obs[o->obs_count - 1];
	if (o->obs_count == 1) {
		add_time(m, "polled once, at ", first->time_ns);
		if (o->created_ns != CC_TIME_NONE)
			add_time(m, ", created at ", o->created_ns);
		cc_buf_addz(&m->says, "; nothing tells of a change");
		return;
	}
	cc_buf_addf(&m->says, "%s in %zu polls", o->revisions == 1 ? "unchanged" : "nothing but its status changed", o->obs_count);
	add_time(m, ", ", first->time_ns);
	add_time(m, " to ", last->time_ns);
}

static void of_change(making *m, const cc_spec_change *c)
{
	static const char *const DID[] = { [CC_CHANGE_CREATED] = "created at ", [CC_CHANGE_MODIFIED] = "last changed at ",
		[CC_CHANGE_DELETED] = "deleted at " };
	add_time(m, DID[c->kind], c->time_ns);
	if (c->kind == CC_CHANGE_MODIFIED && c->line.n)
		cc_buf_addf(&m->says, ": %.*s", CC_STR_ARG(c->line));
}

static cc_code of_object(making *m, cc_entity_id id, const cc_object *o, cc_err *err)
{
	cc_changes *changes = NULL;
	cc_changes_options how = { .focus = id, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	const cc_spec_change *last = NULL;
	cc_cite cite = o->obs[o->obs_count - 1].cite;
	cc_buf name = CC_BUF_INIT;
	cc_code code = cc_changes_build(&changes, m->s, &how, err);
	for (size_t i = 0; code == CC_OK && i < cc_changes_count(changes); i++)
		if (cc_changes_get(changes, i)->entity == id)
			last = cc_changes_get(changes, i);
	if (last)
		of_change(m, last);
	else
		of_unchanged(m, o);
	cc_buf_addz(&m->says, " (");
	cc_cite_format(m->s, last ? last->cite : cite, &m->says);
	cc_buf_addz(&m->says, ")");
	cc_buf_addf(&m->command, "%s%.*s", last ? "changes entity=" : "spec ", CC_STR_ARG(full_name(m->s, id, &name)));
	cc_buf_deinit(&name);
	cc_changes_free(changes);
	return code;
}

/* Chaos objects and Schedules, for example, are only known by their Events. */
static void of_mention(making *m, cc_entity_id id, uint16_t seen)
{
	static const struct { uint16_t bit; const char *text; } WHERE[] = {
		{ CC_SEEN_EVENT, "events" }, { CC_SEEN_SPAN, "spans" }, { CC_SEEN_LOG, "logs" }, { CC_SEEN_ALERT, "alerts" },
		{ CC_SEEN_METRIC, "metrics" }, { CC_SEEN_OWNER | CC_SEEN_REFERENCE, "other objects" },
	};
	const char *lead = "not among the recorded objects, named by ";
	cc_buf name = CC_BUF_INIT;
	for (size_t i = 0; i < sizeof WHERE / sizeof WHERE[0]; i++) {
		if (!(seen & WHERE[i].bit))
			continue;
		cc_buf_addf(&m->says, "%s%s", lead, WHERE[i].text);
		lead = ", ";
	}
	if (!m->says.n) /* a workload that only the names of its pods tell of */
		cc_buf_addz(&m->says, "not among the recorded objects, its name is made of those of its pods");
	cc_buf_addf(&m->command, "%s%.*s", seen & CC_SEEN_EVENT ? "events entity=" : "entity ", CC_STR_ARG(full_name(m->s, id, &name)));
	cc_buf_deinit(&name);
}

/* Nothing is called so. Something of that name may be of another kind, or elsewhere. */
static void of_nothing(making *m, cc_str asked)
{
	cc_entity_id id = 0;
	size_t slash = cc_str_rfind_char(asked, '/');
	cc_str bare = slash == CC_STR_NONE ? asked : cc_str_sub(asked, slash + 1, asked.n);
	const cc_debrief_name *known = NULL;
	cc_buf_addz(&m->says, "nothing of this name, kind and namespace");
	if (!bare.n || cc_entity_resolve(m->s, bare, &id, NULL, NULL) != CC_OK)
		return;
	cc_buf_addz(&m->says, "; there is ");
	cc_entity_format(m->s, id, &m->says);
	known = m->debrief ? known_as(m, id) : NULL;
	if (!known)
		return;
	cc_buf_addf(&m->says, ", which is innocent: %.*s", CC_STR_ARG(known->innocent));
	cc_buf_add(&m->command, known->alibi.command);
}

/* --- all of it --- */

static cc_code of_name(making *m, cc_str name, cc_score_alibi *out, cc_err *err)
{
	cc_entity_id id = 0;
	cc_code code = CC_OK;
	bool found = cc_entity_resolve(m->s, name, &id, NULL, NULL) == CC_OK;
	const cc_debrief_name *known = found ? whole_of(m, id) : NULL;
	const cc_entity *e = found ? cc_entity_get(m->s, id) : NULL;
	*out = (cc_score_alibi){ .observed = !known };
	if (known) {
		cc_buf_addf(&m->says, "one with %.*s: %.*s", CC_STR_ARG(known->entity), CC_STR_ARG(known->innocent));
		cc_buf_add(&m->command, known->alibi.command);
	} else if (e && e->object)
		code = of_object(m, id, cc_objects_get(m->s, e->object - 1), err);
	else if (e)
		of_mention(m, id, e->seen);
	else
		of_nothing(m, name);
	return code;
}

cc_code app_alibis_find(app_scoring *s, cc_err *err)
{
	cc_score *score = s->score;
	making m = { .s = s->kept->snapshot, .debrief = s->debrief };
	cc_code code = CC_OK;
	if (!m.s)
		return CC_OK;
	cc_score_alibi *all = cc_arena_array(score->arena, score->row_count + 1, sizeof *all);
	if (!all)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < score->row_count && code == CC_OK; i++) {
		const cc_score_row *row = &score->rows[i];
		if (row->verdict != CC_VERDICT_FP || cc_score_alibi_of(score, i).says.n)
			continue;
		cc_buf_clear(&m.says);
		cc_buf_clear(&m.command);
		code = of_name(&m, row->entity, &all[i], err);
		all[i].says = cc_arena_dup(score->arena, cc_buf_str(&m.says));
		all[i].command = cc_arena_dup(score->arena, cc_buf_str(&m.command));
		if (!cc_buf_ok(&m.says) || !cc_buf_ok(&m.command) || !all[i].says.p || !all[i].command.p)
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	score->alibis = all;
	cc_buf_deinit(&m.says);
	cc_buf_deinit(&m.command);
	return code;
}
