/* args.c - typed access to the arguments of a running command. */
#include "cmd/cmd_priv.h"

#include "coldcase/entity.h"

static int index_of(const cc_call *c, const char *name)
{
	for (int i = 0; c->cmd->params && c->cmd->params[i].name; i++)
		if (cc_str_eqz(cc_str_from(name), c->cmd->params[i].name))
			return i;
	return -1;
}

const char *cc_arg(const cc_call *c, const char *name)
{
	int i = index_of(c, name);
	return i < 0 ? NULL : c->args->values[i];
}

bool cc_arg_given(const cc_call *c, const char *name)
{
	return cc_arg(c, name) != NULL;
}

int64_t cc_arg_int(const cc_call *c, const char *name, int64_t fallback)
{
	int64_t v = fallback;
	const char *text = cc_arg(c, name);
	if (text && !cc_str_to_i64(cc_str_from(text), &v))
		return fallback;
	return v;
}

bool cc_arg_bool(const cc_call *c, const char *name, bool fallback)
{
	const char *text = cc_arg(c, name);
	return text ? text[0] == 'y' : fallback;
}

cc_code cc_arg_number(const cc_call *c, const char *name, double fallback, double *out, cc_err *err)
{
	const char *text = cc_arg(c, name);
	*out = fallback;
	if (text && !cc_str_to_double(cc_str_from(text), out))
		return cc_err_set(err, CC_EUSAGE, "%s: %s takes a number, not '%s'", c->cmd->name, name, text);
	return CC_OK;
}

cc_code cc_arg_entity(const cc_call *c, const char *name, cc_entity_id *out, cc_err *err)
{
	const char *text = cc_arg(c, name);
	*out = 0;
	if (!text)
		return CC_OK;
	return cc_entity_resolve(cc_session_snapshot(c->session), cc_str_from(text), out, NULL, err);
}

/* Typed times are read against the time cursor, else the onset, else the start of the capture. */
cc_code cc_arg_time(const cc_call *c, const char *name, int64_t fallback, int64_t *out, cc_err *err)
{
	const char *text = cc_arg(c, name);
	const cc_snapshot *s = cc_session_snapshot(c->session);
	int64_t onset = cc_session_onset(c->session).time_ns, ref = cc_case_view(cc_session_case(c->session)).at_ns;
	*out = fallback;
	if (!text)
		return CC_OK;
	if (ref == CC_TIME_NONE)
		ref = onset != CC_TIME_NONE ? onset : cc_snapshot_range(s).from_ns;
	if (cc_time_parse_user(cc_str_from(text), ref, onset, out))
		return CC_OK;
	if (onset == CC_TIME_NONE && cc_time_parse_user(cc_str_from(text), ref, 0, out)) {
		*out = fallback;
		cc_err_set(err, CC_EUSAGE, "%s: no onset is known, so T has no meaning", c->cmd->name);
		return cc_err_hint(err, "give the time itself (17:52:00), or say when the trouble began: onset TIME");
	}
	cc_err_set(err, CC_EUSAGE, "%s: %s is a time, not '%s'", c->cmd->name, name, text);
	if (onset == CC_TIME_NONE)
		return cc_err_hint(err, "17:52, 17:52:00, 2025-12-15T17:52:00Z, +5m or -90s");
	return cc_err_hint(err, "17:52, 17:52:00, 2025-12-15T17:52:00Z, T+5m (from %s), +5m or -90s",
		cc_onset_name(cc_session_onset(c->session).kind));
}

cc_page cc_call_page(const cc_call *c)
{
	return (cc_page){ .offset = (uint64_t)cc_arg_int(c, "offset", 0), .limit = (uint64_t)cc_arg_int(c, "limit", CC_REPLY_PAGE) };
}
