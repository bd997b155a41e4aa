/* compare_help.c - the pages over the lanes: the keys of a comparison, made from its table and the console's, and the scores where they
 * have no room below. */
#include "ui/compare.h"

static const cc_column COLUMNS[] = { { "keys", "Keys", CC_CELL_TEXT, CC_ROLE_HEADING, 14, 0 },
	{ "what", "What it does", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 }, { "line", "As a line", CC_CELL_TEXT, CC_ROLE_DIM, 16, 1 } };

static void add_row(cc_reply *r, const char *keys, const char *note, const char *line)
{
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_textz(keys));
	cc_reply_cell(r, cc_cell_textz(note));
	cc_reply_cell(r, line ? cc_cell_textz(line) : cc_cell_none());
}

/* What is left of the panes' keys: looking around in one run. */
static void add_lane_keys(cc_reply *r, const cc_keymap *keys)
{
	for (size_t i = 0; i < cc_keymap_count(keys); i++) {
		const cc_binding *b = cc_keymap_get(keys, i);
		cc_buf left = CC_BUF_INIT;
		if ((b->context == CC_IN_PANE || b->context == CC_IN_ANY) && !b->pane && cc_transport_leaves(cc_duet_bindings, b, &left))
			add_row(r, left.p, b->note, b->line);
		cc_buf_deinit(&left);
	}
}

cc_sheet *cc_duet_help(const cc_duet *d)
{
	const cc_lane *with_panes = NULL;
	cc_sheet *page = cc_sheet_new(NULL);
	cc_reply *r = page ? cc_reply_new("help") : NULL;
	if (!r)
		return page;
	cc_reply_begin_table(r, "keys", "of all runs together", COLUMNS, 3, false);
	for (const cc_transport_key *k = cc_duet_bindings; k->keys; k++) {
		bool tenth = k->keys[0] == '0';
		add_row(r, tenth ? "0 ... 9" : k->keys, k->note, tenth ? "step 30%" : k->line);
		if (!tenth && k->keys[0] != ':' && k->keys[0] != '/')
			cc_reply_set_drill(r, "%s", k->line);
	}
	for (size_t i = 0; i < d->count && !with_panes; i++)
		with_panes = d->lanes[i].ui ? &d->lanes[i] : NULL;
	if (with_panes) {
		cc_reply_begin_table(r, "lane_keys", "of the run that has the keys (Tab): looking around in it", COLUMNS, 3, false);
		add_lane_keys(r, with_panes->ui->keys);
	}
	if (cc_reply_publish(r, NULL, NULL) == CC_OK)
		cc_sheet_set_reply(page, r);
	else
		cc_reply_unref(r);
	return page;
}

cc_sheet *cc_duet_over(const cc_duet *d)
{
	if (d->over == CC_OVER_SCORES)
		return d->blind ? d->blind_scores : d->scores;
	return d->over == CC_OVER_HELP && d->help && d->help->reply ? d->help : NULL;
}
