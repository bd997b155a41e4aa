/* playback_held.c - what a record itself holds of a step, for when its evidence is gone: the title, how many rows it had, and
 * which things and records were on the screen. */
#include "cmd/playback_priv.h"

static const cc_column ENTITY[] = { { "entity", "Was on the screen", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 } };
static const cc_column CITE[] = { { "record", "From the record", CC_CELL_TEXT, CC_ROLE_OP, 0, 0 } };

static void list(cc_reply *r, const cc_column *column, const char *key, const cc_str *texts, size_t n, bool main)
{
	cc_reply_begin_table(r, key, NULL, column, 1, main);
	for (size_t i = 0; i < n && i < CC_REPLY_PAGE; i++) {
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(texts[i]));
	}
	if (main)
		cc_reply_set_paging(r, n, 0, CC_REPLY_PAGE);
}

static cc_code reply_of(const cc_record_step *s, const char *command, cc_reply **out, cc_err *err)
{
	cc_reply *r = cc_reply_new(command);
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "%.*s", CC_STR_ARG(s->shown.title));
	cc_reply_add_note(r, "%llu of %llu rows were shown; the evidence is not there, and this is what the record holds of them",
		(unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
	list(r, ENTITY, "entities", s->shown.entities, s->shown.entity_count, true);
	list(r, CITE, "records", s->shown.cites, s->shown.cite_count, false);
	cc_reply_set_empty(r, "The record names no thing that this step showed.");
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code == CC_OK)
		*out = r;
	else
		cc_reply_unref(r);
	return code;
}

cc_code cc_playback_held(const cc_playback *p, const char *command, cc_reply **out, cc_err *err)
{
	enum { FAR = 1000 };    /* nobody remembers what was shown so many steps ago */
	for (size_t i = p->at, n = 0; i-- > 0 && n < FAR; n++) {
		const cc_record_step *s = cc_run_step(p->run, i)->as.step;
		if (s->code == CC_OK && s->answered && cc_str_eqz(s->command, command))
			return reply_of(s, command, out, err);
	}
	cc_err_set(err, CC_ENOTFOUND, "%s: the evidence is not there, and the record holds no such step up to here", command);
	return cc_err_hint(err, "--incident says where the evidence lies now"), CC_ENOTFOUND;
}
