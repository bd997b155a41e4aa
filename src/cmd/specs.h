/* specs.h - what the commands about Kubernetes objects share: which object, which observation of it, its facts. */
#ifndef COLDCASE_CMD_SPECS_H
#define COLDCASE_CMD_SPECS_H

#include "cmd/evidence.h"
#include "coldcase/objects.h"

#define SPECS_PARAM_ENTITY \
	{ .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY, .help = "which object; the focus when left out" }
#define SPECS_PARAM_HIDDEN { .name = "hidden", .type = CC_PARAM_BOOL, .help = "the same as noise" }

/* Noisy fields are asked for, by either name. */
static inline bool specs_noise(const cc_call *c) { return cc_arg_bool(c, "noise", false) || cc_arg_bool(c, "hidden", false); }

/* The object the line or the focus names; CC_EUNKNOWN when none of it was recorded. */
cc_code cc_specs_find(cc_call *c, const cc_object **out, cc_err *err) CC_MUST_USE;
cc_code cc_specs_of(cc_call *c, cc_entity_id id, const cc_object **out, cc_err *err) CC_MUST_USE;
/* Which observation a time asks for; `fallback` without. */
cc_code cc_specs_observation(cc_call *c, const cc_object *o, const char *param, size_t fallback, size_t *out, cc_err *err) CC_MUST_USE;
/* Begins the section "object". */
void cc_specs_facts(cc_call *c, cc_reply *r, const cc_object *o, size_t obs);
/* Made after the first poll of its kind: it came during the capture. */
bool cc_specs_came_later(const cc_snapshot *s, const cc_object *o);

/* spec_links.c: what the object names and what names it; a table "references". */
typedef struct cc_spec_link { cc_entity_id entity; cc_str name; const char *relation, *state; cc_sym detail; cc_cite cite; bool outward; } cc_spec_link;
typedef CC_VEC(cc_spec_link) cc_spec_links;
cc_code cc_spec_links_of(cc_call *c, const cc_object *o, cc_spec_links *out) CC_MUST_USE;
void cc_spec_links_show(cc_call *c, cc_reply *r, const cc_spec_links *links);
/* The thing a line of YAML names ("name: cart-config", "value: cart:8080"), 0 = none. */
cc_entity_id cc_spec_link_in(const cc_spec_links *links, cc_str line);

#endif
