/* case_name.c - from what was typed to a name that can be submitted. */
#include "cmd/case_name.h"

#include "coldcase/entity.h"

/* Splits at '/'; a cluster-scoped kind may come without its pseudo-namespace. False when a part is missing. */
static bool split(cc_str typed, cc_str part[3])
{
	cc_str rest;

	typed = cc_str_trim(typed);
	while (cc_str_starts(typed, CC_STR("/")))
		typed = cc_str_sub(typed, 1, typed.n);
	typed = cc_str_strip_suffix(typed, CC_STR("/"));
	if (!cc_str_cut(typed, '/', &part[0], &rest))
		return false;
	if (!cc_str_cut(rest, '/', &part[1], &part[2])) {
		part[2] = part[1];
		part[1] = part[0];
		part[0] = CC_STR("cluster");
		if (!cc_kind_is_cluster_scoped(cc_kind_canonical(part[1])))
			return false;
	}
	return part[0].n && part[1].n && part[2].n && cc_str_find_char(part[2], '/') == CC_STR_NONE;
}

static cc_code out_of_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code name_of_entity(cc_call *c, cc_entity_id id, case_name *out, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;

	cc_entity_format(cc_session_snapshot(c->session), id, &text);
	out->entity = id;
	out->text = cc_buf_ok(&text) ? cc_arena_dup(c->arena, cc_buf_str(&text)) : (cc_str){ NULL, 0 };
	cc_buf_deinit(&text);
	return out->text.p ? CC_OK : out_of_memory(err);
}

/* A name already on the board means that thing, whatever else it may fit. */
static bool on_board(const cc_call *c, cc_str typed, case_name *out)
{
	const cc_case *k = cc_session_case(c->session);

	for (size_t i = 0; i < cc_case_suspect_count(k); i++)
		if (cc_str_eq(cc_case_suspect(k, i)->name, typed)) {
			*out = (case_name){ cc_case_suspect(k, i)->name, cc_case_suspect(k, i)->entity };
			return true;
		}
	for (size_t i = 0; i < cc_case_ruleout_count(k); i++)
		if (cc_str_eq(cc_case_ruleout(k, i)->name, typed)) {
			*out = (case_name){ cc_case_ruleout(k, i)->name, cc_case_ruleout(k, i)->entity };
			return true;
		}
	return false;
}

cc_code cc_case_name_read(cc_call *c, cc_str typed, case_name *out, cc_err *err)
{
	cc_str part[3];
	cc_entity_id id;
	cc_code code;

	*out = (case_name){ .text = CC_STR_EMPTY };
	if (on_board(c, typed, out))
		return CC_OK;
	code = cc_entity_resolve(cc_session_snapshot(c->session), typed, &id, NULL, err);
	if (code == CC_OK)
		return name_of_entity(c, id, out, err);
	if (code != CC_EUNKNOWN || !split(typed, part))
		return code;
	cc_err_clear(err);
	part[1] = cc_kind_canonical(part[1]);
	out->text = cc_arena_printf(c->arena, "%.*s/%.*s/%.*s", CC_STR_ARG(part[0]), CC_STR_ARG(part[1]), CC_STR_ARG(part[2]));
	return out->text.p ? CC_OK : out_of_memory(err);
}

cc_code cc_case_numbers_read(cc_call *c, const char *param, cc_str typed, const uint32_t **out, size_t *count, cc_err *err)
{
	uint32_t *list = cc_arena_array(c->arena, typed.n + 1, sizeof *list);
	size_t n = 0, i = 0;

	if (!list)
		return out_of_memory(err);
	while (i < typed.n) {
		size_t from = i;
		int64_t v;

		if (typed.p[i] == ',' || typed.p[i] == ' ' || typed.p[i] == '#') {
			i++;
			continue;
		}
		while (i < typed.n && typed.p[i] >= '0' && typed.p[i] <= '9')
			i++;
		if (i == from || !cc_str_to_i64(cc_str_sub(typed, from, i), &v) || v < 1 || v > UINT32_MAX) {
			cc_err_set(err, CC_EUSAGE, "%s: %s is a list of numbers such as 1,3, not '%.*s'", c->cmd->name, param,
				CC_STR_ARG(typed));
			return cc_err_hint(err, "`board` shows the numbers");
		}
		list[n++] = (uint32_t)v;
	}
	*out = list;
	*count = n;
	return CC_OK;
}

cc_str cc_case_pins_text(cc_arena *arena, const cc_suspect *s)
{
	cc_buf text = CC_BUF_INIT;
	cc_str copy;

	for (size_t i = 0; i < s->pin_count; i++)
		cc_buf_addf(&text, "%s#%u", i ? " " : "", s->pins[i]);
	copy = text.n ? cc_arena_dup(arena, cc_buf_str(&text)) : CC_STR_EMPTY;
	cc_buf_deinit(&text);
	return copy.p ? copy : CC_STR_EMPTY;
}
