/* board_alerts.c - which suspect explains which alert: those whose subject its trouble can reach (reach.h).
 *
 * The board costs nothing, so it may tell nothing new: only alerts that some reply of this run has shown are weighed. */
#include "cmd/board.h"

#include "cmd/evidence.h"
#include "cmd/session_priv.h"
#include "coldcase/reach.h"
#include "coldcase/xalloc.h"

enum { WALKED_MAX = 32 };       /* suspects whose reach is walked; one walk takes a few milliseconds at most */

/* Alerts of one name about one thing are one line; their label sets differ in what does not matter here. */
typedef struct cc_board_alert {
	const cc_alert *first;
	bool shown, explained;
	cc_reach by[WALKED_MAX];
} cc_board_alert;

static bool was_shown(const cc_call *c, const cc_alert *a, cc_buf *scratch)
{
	for (size_t i = 0; i < a->sample_count; i++) {
		cc_buf_clear(scratch);
		cc_cite_format(snap(c), a->samples[i].cite, scratch);
		if (cc_session_seen(c->session, cc_buf_str(scratch)))
			return true;
	}
	return false;
}

/* Number of the line of an alert, making one when it is the first of its kind; UINT64_MAX when memory is out. */
static uint64_t line_of(cc_call *c, const cc_alert *a, cc_map *ids, cc_board_alert *list)
{
	uint32_t key[2] = { a->name, a->entity };
	cc_str k = cc_arena_dup(c->arena, (cc_str){ (const char *)key, sizeof key });
	uint64_t at, next = cc_map_count(ids);

	if (!k.p)
		return UINT64_MAX;
	if (cc_map_get(ids, k, &at))
		return at;
	if (!cc_map_set(ids, k, next))
		return UINT64_MAX;
	list[next] = (cc_board_alert){ .first = a };
	return next;
}

/* The shown ones move to the front. */
static bool gather(cc_call *c, cc_board_alerts *out)
{
	size_t n = cc_alerts_count(snap(c));
	cc_map *ids = cc_map_new();
	cc_buf scratch = CC_BUF_INIT;
	bool ok = ids != NULL;

	for (size_t i = 0; ok && i < n; i++) {
		const cc_alert *a = cc_alerts_get(snap(c), i);
		uint64_t at = a->background ? UINT64_MAX : line_of(c, a, ids, out->list);

		ok = a->background || at != UINT64_MAX;
		if (at != UINT64_MAX && !out->list[at].shown)
			out->list[at].shown = was_shown(c, a, &scratch);
	}
	for (size_t i = 0; ok && i < cc_map_count(ids); i++)
		if (out->list[i].shown)
			out->list[out->shown++] = out->list[i];
	cc_map_free(ids);
	cc_buf_deinit(&scratch);
	return ok;
}

static bool event_was_shown(void *arg, const cc_event *e)
{
	const cc_call *c = arg;
	cc_buf text = CC_BUF_INIT;
	bool shown = false;

	for (size_t i = 0; i < e->cite_count && !shown; i++) {
		cc_buf_clear(&text);
		cc_cite_format(snap(c), e->cites[i], &text);
		shown = cc_session_seen(c->session, cc_buf_str(&text));
	}
	cc_buf_deinit(&text);
	return shown;
}

/* Living in the namespace that a quota limits is no reason: everything there does. */
static bool explains(const cc_call *c, size_t suspect, cc_reach r)
{
	cc_entity_id id = cc_case_suspect(cc_session_case(c->session), suspect)->entity;

	return r.how && (r.how != CC_REACH_NAMESPACE || cc_str_eqz(cc_entity_kind(snap(c), id), "Namespace"));
}

static cc_code weigh(cc_call *c, cc_board_alerts *out)
{
	const cc_case *k = cc_session_case(c->session);
	cc_reach_events shown = { event_was_shown, c };
	cc_reach *reach = cc_calloc(cc_entity_count(snap(c)) + 1, sizeof *reach);
	cc_code code = reach ? CC_OK : CC_ENOMEM;

	for (size_t i = 0; code == CC_OK && i < cc_case_suspect_count(k) && i < WALKED_MAX; i++) {
		code = cc_reach_from(snap(c), cc_case_suspect(k, i)->entity, &shown, reach);
		for (size_t a = 0; code == CC_OK && a < out->shown; a++) {
			cc_board_alert *line = &out->list[a];

			line->by[i] = reach[line->first->entity];
			line->explained = line->explained || explains(c, i, line->by[i]);
			out->by[i] += explains(c, i, line->by[i]);
		}
	}
	cc_free(reach);
	return code;
}

cc_code cc_board_alerts_find(cc_call *c, cc_board_alerts *out, cc_err *err)
{
	size_t n = cc_alerts_count(snap(c));
	cc_code code;

	*out = (cc_board_alerts){ .shown = 0 };
	if (!n || !cc_case_suspect_count(cc_session_case(c->session)) || !cc_session_assist(c->session, CC_ASSIST_ORIGIN))
		return CC_OK;
	out->list = cc_arena_array(c->arena, n, sizeof *out->list);
	code = out->list && gather(c, out) ? weigh(c, out) : CC_ENOMEM;
	for (size_t i = 0; code == CC_OK && i < out->shown; i++)
		out->explained += out->list[i].explained;
	return code == CC_OK ? CC_OK : cc_err_set(err, code, "out of memory for the alerts on the board");
}

static const cc_column ALERT_COLUMNS[] = {
	{ "alert", "Alert shown so far", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 0 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 30, 1 },
	{ "onset", "Since", CC_CELL_TIME, CC_ROLE_TIME, 13, 2 },
	{ "explained_by", "Explained by", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

/* "1 itself; 3 calls it over 2 hops", by the suspects' numbers. */
static void say_who(const cc_call *c, const cc_board_alert *a, cc_buf *out)
{
	for (size_t i = 0; i < WALKED_MAX; i++) {
		if (!a->by[i].how)
			continue;
		cc_buf_addf(out, "%s%zu ", out->n ? "; " : "", i + 1);
		cc_reach_say(a->by[i], out);
		if (!explains(c, i, a->by[i]))
			cc_buf_addz(out, ", which proves nothing");
	}
	if (!out->n)
		cc_buf_addz(out, "no suspect");
}

void cc_board_list_alerts(cc_call *c, const cc_board_alerts *a, cc_reply *r)
{
	if (!cc_case_suspect_count(cc_session_case(c->session)) || !cc_session_assist(c->session, CC_ASSIST_ORIGIN))
		return;
	cc_reply_begin_table(r, "alerts", "What the suspects explain", ALERT_COLUMNS, sizeof ALERT_COLUMNS / sizeof *ALERT_COLUMNS, false);
	for (size_t i = 0; i < a->shown && i < CC_REPLY_PAGE; i++) {
		const cc_board_alert *line = &a->list[i];
		cc_row *row = cc_reply_row(r);
		cc_buf who = CC_BUF_INIT;

		if (!row)
			return;
		say_who(c, line, &who);
		row->entity = line->first->entity;
		row->cite = line->first->samples[0].cite;
		row->time_ns = line->first->onset_ns;
		row->mark = line->explained ? CC_ROLE_OK : CC_ROLE_WARNING;
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), line->first->name)));
		cc_reply_cell(r, cc_cell_entity(line->first->entity));
		cc_reply_cell(r, cc_cell_time(line->first->onset_ns));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&who)));
		cc_buf_deinit(&who);
	}
	if (!a->shown)
		cc_reply_add_note(r, "no alert was looked at yet, so none can be explained: alerts");
	else if (a->shown > CC_REPLY_PAGE)
		cc_reply_add_note(r, "%zu alerts were shown; the first %d are listed here", a->shown, (int)CC_REPLY_PAGE);
}
