/* cmd_tz.c - `tz`: a zone in which times are shown beside UTC.
 *
 * Lists, titles, JSON and what is typed stay in UTC, whose Z says so: two people comparing screens see the same, and no reply
 * that is recorded depends on where somebody sits. */
#include "cmd/cmd_priv.h"
#include "cmd/session_priv.h"

static void add_time(cc_reply *r, const char *key, const char *title, const cc_zone *z, int64_t ns)
{
	cc_buf b = CC_BUF_INIT;

	cc_zone_format(z, ns, &b);
	cc_reply_fact(r, key, title, cc_cell_text(cc_buf_str(&b)), CC_ROLE_TIME);
	cc_buf_deinit(&b);
}

static void describe(cc_call *c, cc_reply *r)
{
	const cc_zone *z = cc_session_zone(c->session);
	cc_range all = cc_snapshot_range(cc_session_snapshot(c->session));

	cc_reply_set_title(r, "ZONE");
	cc_reply_begin_facts(r, "zone", NULL);
	cc_reply_fact(r, "name", "beside UTC", z ? cc_cell_text(cc_zone_name(z)) : cc_cell_none(), CC_ROLE_TEXT);
	if (!z)
		return;
	add_time(r, "at", "time cursor", z, cc_case_view(cc_session_case(c->session)).at_ns);
	add_time(r, "from", "captured from", z, all.from_ns);
	add_time(r, "to", "to", z, all.to_ns);
}

static cc_code run_tz(cc_call *c, cc_reply *r, cc_err *err)
{
	const char *name = cc_arg(c, "zone");
	cc_zone *z = NULL;
	cc_code code = name ? cc_zone_open(&z, cc_str_from(name), err) : CC_OK;

	if (code != CC_OK)
		return code;
	if (name) {
		cc_zone_free(c->session->zone);
		c->session->zone = z;
		if (cc_str_eq_nocase(cc_zone_name(z), CC_STR("UTC"))) {
			cc_zone_free(z);
			c->session->zone = NULL;
		}
	}
	describe(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_tz = {
	.name = "tz",
	.group = "session",
	.summary = "show times in a zone of yours beside UTC",
	.help = "The top row and a row's fields then say a time in both. Lists, JSON and typed times stay in UTC.",
	.params = (const cc_param[]){
		{ .name = "zone", .type = CC_PARAM_WORD, .positional = true, .help = "+02:00, Europe/Berlin, local; UTC: none" },
		{ 0 } },
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "tz", "tz +02:00", "tz UTC", NULL },
	.reply = (const char *const[]){ "zone  facts: name; at (time cursor), from and to of the capture in it", NULL },
	.run = run_tz,
};
