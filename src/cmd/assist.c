/* assist.c - which help comes at which level, and `assist`, which says it. */
#include "coldcase/assist.h"

#include "cmd/cmd_priv.h"
#include "cmd/session_priv.h"

static const cc_assist_entry table[CC_ASSIST_COUNT] = {
	[CC_ASSIST_ONSET] = { CC_ASSIST_RANKED, "onset", "the onset is found from alerts, warnings and changes" },
	[CC_ASSIST_RANKS] = { CC_ASSIST_RANKED, "ranks", "metrics, paths and where the time went are ordered by how much changed" },
	[CC_ASSIST_NEW] = { CC_ASSIST_RANKED, "new", "log patterns and events that are new or grown come first" },
	[CC_ASSIST_FIRST] = { CC_ASSIST_RANKED, "first", "the alert that fired first is marked" },
	[CC_ASSIST_ORIGIN] = { CC_ASSIST_RANKED, "origin", "where errors begin is told from where they arrive" },
	[CC_ASSIST_RULES] = { CC_ASSIST_FULL, "rules", "rules judge the state of objects" },
	[CC_ASSIST_ADVICE] = { CC_ASSIST_FULL, "advice", "the expected score of each candidate answer is shown" },
	[CC_ASSIST_HINTS] = { CC_ASSIST_FULL, "hints", "the coach gives hints, each of them recorded" },
};

static const char *const level_names[] = { "raw", "ranked", "full", NULL };

const cc_assist_entry *cc_assist_get(cc_assist a)
{
	return &table[a];
}

const char *cc_assist_level_name(cc_assist_level l)
{
	return level_names[l];
}

bool cc_assist_level_parse(cc_str text, cc_assist_level *out)
{
	for (int i = 0; level_names[i]; i++)
		if (cc_str_eqz(text, level_names[i])) {
			*out = (cc_assist_level)i;
			return true;
		}
	return false;
}

bool cc_session_assist(const cc_session *s, cc_assist what)
{
	return s->assist >= table[what].from;
}

cc_assist_level cc_session_assist_level(const cc_session *s)
{
	return s->assist;
}

static cc_code run_assist(cc_call *c, cc_reply *r, cc_err *err)
{
	static const cc_column columns[] = { { "help", "Help", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
		{ "from", "From", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 0 }, { "on", "Now", CC_CELL_BOOL, CC_ROLE_TEXT, 4, 0 },
		{ "what", "What it does", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 } };

	(void)err;
	cc_reply_set_title(r, "ASSISTANCE %s", cc_assist_level_name(cc_session_assist_level(c->session)));
	cc_reply_begin_facts(r, "assistance", NULL);
	cc_reply_fact(r, "level", "level", cc_cell_textz(cc_assist_level_name(cc_session_assist_level(c->session))), CC_ROLE_TEXT);
	cc_reply_begin_table(r, "helps", NULL, columns, sizeof columns / sizeof columns[0], true);
	for (cc_assist a = 0; a < CC_ASSIST_COUNT && cc_reply_row(r); a++) {
		cc_reply_cell(r, cc_cell_textz(table[a].name));
		cc_reply_cell(r, cc_cell_textz(cc_assist_level_name(table[a].from)));
		cc_reply_cell(r, cc_cell_bool(cc_session_assist(c->session, a)));
		cc_reply_cell(r, cc_cell_textz(table[a].what));
	}
	cc_reply_set_paging(r, CC_ASSIST_COUNT, 0, CC_REPLY_PAGE);
	cc_reply_add_note(r, "the level is chosen before the investigation (--assist, $COLDCASE_ASSIST), stands in its record, and "
		"never changes");
	return CC_OK;
}

const cc_cmd cc_cmd_assist = {
	.name = "assist",
	.group = "session",
	.summary = "what the program does of the diagnosis itself, and from which level on",
	.help = "raw shows evidence in its own order, ranked also finds the onset and puts first what changed, full also judges\n"
		"states, tells expected scores and gives hints. Runs of different levels are never compared in one table.",
	.params = (const cc_param[]){ { 0 } },
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "assist", NULL },
	.reply = (const char *const[]){ "assistance    facts: level", "helps[].help  short name", "helps[].from  level it begins at: ranked, full",
		"helps[].on    whether it is given now", "helps[].what  what it does", NULL },
	.run = run_assist,
};
