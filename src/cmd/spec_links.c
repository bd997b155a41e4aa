/* spec_links.c - the references of an object: what it names and whether that exists, and what names it. */
#include "cmd/specs.h"

#include <string.h>

#include "coldcase/entity.h"
#include "coldcase/topology.h"

enum { LINKS_MOST = 60 };

static const cc_column link_columns[] = {
	{ "relation", "", CC_CELL_TEXT, CC_ROLE_HEADING, 12, 0 },
	{ "entity", "Reference", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_WARNING, 16, 0 },
	{ "detail", "By", CC_CELL_TEXT, CC_ROLE_DIM, 24, 1 },
	{ "cite", "Seen in", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

/* Recorded kinds only: what was never asked for cannot be missing. */
static bool kind_recorded(const cc_snapshot *s, cc_entity_id id)
{
	cc_sym kind = cc_entity_get(s, id)->kind;
	for (size_t i = 0; i < cc_objects_count(s); i++)
		if (cc_entity_get(s, cc_objects_get(s, i)->entity)->kind == kind)
			return true;
	return false;
}

static const char *state_of(const cc_snapshot *s, const cc_edge *e, cc_entity_id other)
{
	const cc_entity *to = cc_entity_get(s, other);
	if (to->object)
		return cc_objects_get(s, to->object - 1)->gone_ns != CC_TIME_NONE ? "gone" : "";
	return !e->inferred && kind_recorded(s, other) ? "missing" : "not recorded";
}

static const char *relation_of(cc_edge_kind kind, bool outward)
{
	switch (kind) {
	case CC_EDGE_OWNS: return outward ? "owns" : "owned by";
	case CC_EDGE_SELECTS: return outward ? "selects" : "selected by";
	case CC_EDGE_SCALES: return outward ? "scales" : "scaled by";
	case CC_EDGE_RUNS_ON: return outward ? "runs on" : "runs";
	case CC_EDGE_ROUTES: return outward ? "routes to" : "routed by";
	case CC_EDGE_TARGETS: return outward ? "targets" : "targeted by";
	case CC_EDGE_CALLS: return NULL;     /* seen by traces, in no spec */
	default: return outward ? cc_edge_kind_name(kind) : "used by";
	}
}

static bool told(const cc_spec_links *links, cc_entity_id id, const char *relation)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->p[i].entity == id && strcmp(links->p[i].relation, relation) == 0)
			return true;
	return false;
}

static bool of_template(cc_edge_kind kind)
{
	return kind == CC_EDGE_MOUNTS || kind == CC_EDGE_ENV || kind == CC_EDGE_BINDS;
}

static cc_code add_links(cc_call *c, cc_entity_id id, bool outward, bool template_only, cc_spec_links *out)
{
	const cc_snapshot *s = snap(c);
	cc_edge_vec edges = { 0 };
	cc_code code = outward ? cc_edges_from(s, id, &edges) : cc_edges_to(s, id, &edges);
	for (size_t i = 0; i < edges.n && code == CC_OK && out->n < LINKS_MOST; i++) {
		const cc_edge *e = cc_edges_get(s, edges.p[i]);
		cc_entity_id other = outward ? e->to : e->from;
		const char *relation = relation_of(e->kind, outward);
		if (!relation || e->ended || (template_only && !of_template(e->kind)) || told(out, other, relation))
			continue;
		cc_spec_link link = { other, cc_entity_name(s, other), relation, state_of(s, e, other), e->detail, e->cite, outward };
		if (!cc_vec_push(out, link))
			code = CC_ENOMEM;
	}
	cc_vec_deinit(&edges);
	return code;
}

/* A selector that meets nothing has no edge: its absence is what must be told. */
static cc_code add_lost_selector(cc_call *c, const cc_object *o, cc_spec_links *out)
{
	cc_json *doc = NULL;
	bool lost = cc_str_eqz(cc_entity_kind(snap(c), o->entity), "Service");
	for (size_t i = 0; i < out->n && lost; i++)
		lost = strcmp(out->p[i].relation, "selects") != 0;
	if (!lost || cc_objects_json(snap(c), &o->obs[o->obs_count - 1], &doc, NULL) != CC_OK)
		return CC_OK;
	lost = cc_json_count(cc_json_at(doc, "spec.selector")) > 0;
	cc_json_free(doc);
	cc_spec_link link = { 0, CC_STR_EMPTY, "selects", "matches 0 pods", 0, o->obs[o->obs_count - 1].cite, true };
	return !lost || cc_vec_push(out, link) ? CC_OK : CC_ENOMEM;
}

cc_code cc_spec_links_of(cc_call *c, const cc_object *o, cc_spec_links *out)
{
	cc_entity_id top = cc_entity_get(snap(c), o->entity)->workload;
	cc_code code = add_links(c, o->entity, true, false, out);
	if (code == CC_OK && top && top != o->entity)   /* the workload speaks for its pods' template */
		code = add_links(c, top, true, true, out);
	if (code == CC_OK)
		code = add_lost_selector(c, o, out);
	return code == CC_OK ? add_links(c, o->entity, false, false, out) : code;
}

void cc_spec_links_show(cc_call *c, cc_reply *r, const cc_spec_links *links)
{
	cc_reply_begin_table(r, "references", "References", link_columns, sizeof link_columns / sizeof link_columns[0], false);
	for (size_t i = 0; i < links->n; i++) {
		const cc_spec_link *l = &links->p[i];
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		bool bad = strcmp(l->state, "missing") == 0 || strcmp(l->state, "gone") == 0 || !l->entity;
		row->entity = l->entity, row->cite = l->cite;
		row->mark = bad ? CC_ROLE_WARNING : CC_ROLE_TEXT;
		cc_reply_cell(r, cc_cell_textz(l->relation));
		cc_reply_cell(r, cc_cell_entity(l->entity));
		cc_reply_cell(r, cc_cell_textz(l->state));
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), l->detail)));
		cc_reply_cell(r, cc_cell_cite(l->cite));
		if (l->entity)
			cc_reply_set_drill(r, "%s %.*s", cc_entity_get(snap(c), l->entity)->object ? "spec" : "entity", CC_STR_ARG(ev_entity_text(c, l->entity)));
	}
	if (links->n >= LINKS_MOST)
		cc_reply_add_note(r, "only %d references are listed; `topology` has all", LINKS_MOST);
}

/* --- in the text --- */

static bool is_name_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-';
}

/* The whole word, as in "http://cart:8080". */
static bool holds_word(cc_str text, cc_str word)
{
	size_t at = word.n ? cc_str_find(text, word) : CC_STR_NONE;
	return at != CC_STR_NONE && (at == 0 || !is_name_char(text.p[at - 1])) && (at + word.n == text.n || !is_name_char(text.p[at + word.n]));
}

cc_entity_id cc_spec_link_in(const cc_spec_links *links, cc_str line)
{
	static const char *const keys[] = { "name", "claimName", "secretName", "serviceAccountName", "serviceAccount", "nodeName", "volumeName", "configMap" };
	cc_str bare = cc_str_trim(line), key, value;
	if (cc_str_starts(bare, CC_STR("- ")))
		bare = cc_str_trim(cc_str_sub(bare, 2, bare.n));
	if (!cc_str_cut(bare, ':', &key, &value))
		return 0;
	value = cc_str_trim(value);
	bool address = cc_str_eqz(key, "value"), named = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		named = named || cc_str_eqz(key, keys[i]);
	for (size_t i = 0; i < links->n && (named || address); i++) {
		const cc_spec_link *l = &links->p[i];
		if (l->outward && l->entity && (address ? l->detail && holds_word(value, l->name) : cc_str_eq(value, l->name)))
			return l->entity;
	}
	return 0;
}
