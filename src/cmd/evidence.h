/* evidence.h - what the evidence commands share: scope, selection, titles.
 *
 * Scope is what the case view says: the focus entity and the window narrow every list, unless the line says otherwise
 * (an entity or service of its own, since/until, or all=yes).
 *
 * The pivot parts "before" from "after" in every comparison. It is the first of these that there is:
 *   1. the onset that was set by hand (`onset`);
 *   2. the time cursor, in hindsight: who puts it somewhere wants to compare there. As known then it is the present, and
 *      nothing comes after it;
 *   3. the onset that is found (onset.h): the first alert, else the first warning or change. Not at assistance raw. */
#ifndef COLDCASE_CMD_EVIDENCE_H
#define COLDCASE_CMD_EVIDENCE_H

#include "cmd/cmd_priv.h"
#include "cmd/look.h"
#include "cmd/selection.h"
#include "coldcase/alerts.h"
#include "coldcase/filter.h"
#include "coldcase/logs.h"

#define EV_PARAM_FILTER(fields) { .name = "filter", .type = CC_PARAM_FILTER, .completer = CC_COMPLETE_FIELD, .help = "which rows: " fields }
#define EV_PARAM_ALL { .name = "all", .type = CC_PARAM_BOOL, .help = "look past the focus, the window and the time cursor" }

static inline const cc_snapshot *snap(const cc_call *c) { return cc_session_snapshot(c->session); }

typedef struct ev_list {
	cc_filter *filter;
	cc_index_vec rows;       /* all that fit, in table order */
	bool shared;             /* rows are the session's: not to be changed (logs) */
	cc_selection *found;     /* what the filter found, as it is kept */
	size_t hidden;           /* rows within the scope that the filter's text hides */
	uint64_t gave_up;        /* rows that were too costly to match */
	cc_page page;
	size_t from, to;         /* of rows: the page, [from, to) */
	bool focused, windowed;  /* the case view narrowed it */
	const cc_looking *looking;  /* it may be ended early; NULL = it may not */
} ev_list;

/* Runs the command's filter over a table within the scope. Release with ev_list_deinit, also after a failure. */
cc_code ev_list_select(ev_list *l, cc_call *c, cc_table table, cc_err *err) CC_MUST_USE;
/* The same, which whoever looks on may end. */
cc_code ev_list_select_shown(ev_list *l, cc_call *c, cc_table table, const cc_looking *looking, cc_err *err) CC_MUST_USE;
void ev_list_deinit(ev_list *l);
/* After a command dropped rows of its own accord: only the first `kept` are left; the page is laid anew. */
void ev_list_keep(ev_list *l, size_t kept);
/* Title ("LOGS service=checkout · focus otel-demo/Deployment/cart"), paging, the empty text and notes. Rows are the page's. */
void ev_list_describe(const ev_list *l, cc_call *c, cc_reply *r, const char *what);

/* What filters found is kept here. */
cc_selections *cc_session_selections(cc_session *s);
/* What an answer depends on besides its line: focus, cursor, window, onset, horizon. */
void cc_session_view_key(const cc_session *s, cc_buf *out);
/* A line without what only chooses a part of its answer, and the view; true when it says which rows it wants. */
bool cc_session_question(const cc_session *s, const cc_cmd *cmd, const cc_args *args, cc_buf *out);

cc_filter_ctx ev_filter_ctx(const cc_call *c);
/* All rows of the scope that the list was selected in, its filter's text apart. */
cc_code ev_list_scope(ev_list *l, cc_call *c, cc_selection **out, cc_err *err) CC_MUST_USE;

int64_t ev_pivot(const cc_call *c);                 /* CC_TIME_NONE when neither cursor nor onset is known */
const char *ev_pivot_name(const cc_call *c);        /* "the time cursor", "the first alert", "the first change", "nothing" … */
const char *ev_window_words(const cc_call *c);      /* " | 17:14:13Z to 17:17:00Z" for a title; empty without a window */
cc_range ev_window(const cc_call *c);               /* the window, else the capture */
cc_entity_id ev_focus(const cc_call *c);            /* 0 with all=yes */
/* entity= (or the positional parameter of that name), else the focus; CC_EUSAGE when there is neither. */
cc_code ev_entity(const cc_call *c, cc_entity_id *out, cc_err *err) CC_MUST_USE;
/* The row a citation of this table names, by scanning; CC_EUNKNOWN when it is no row of the table. */
cc_code ev_row_of_cite(const cc_call *c, cc_table table, const char *param, size_t *row, cc_err *err) CC_MUST_USE;
/* Adds "skipped rows" notes for the files of a kind. */
void ev_note_skipped(cc_call *c, cc_reply *r, cc_file_kind kind);
/* Says once that zero errors mean nothing, when no span carries a status. */
void ev_note_no_status(cc_call *c, cc_reply *r);
/* Says that errors began well before the first alert, where that alert parts before from after (early_errors.c). */
void ev_note_early_errors(cc_call *c, cc_reply *r);
/* One line of outside text for a table cell: first line, at most `max` bytes at a character border. */
cc_str ev_one_line(cc_str text, size_t max);
/* "new", "gone", or how many times as often as before ("x4.2"); empty where that is about the same or rests on too few rows. */
cc_cell ev_change(cc_call *c, uint64_t before, uint64_t after, double before_per_min, double after_per_min);
cc_cell ev_per_min(double rate);                    /* NAN: nothing */
cc_role ev_role_of_severity(cc_severity v);
cc_role ev_role_of_level(cc_level l);
/* Enter on an attribute counts the rows of its table by it, where its name can stand in a line. */
void ev_drill_attribute(cc_reply *r, const char *table, cc_str key);
/* Enter on the row: the rows whose attribute is that. None where the key cannot be written in a filter. */
void ev_drill_where(cc_reply *r, const char *list, cc_str key, cc_str value);
/* Citation text in the call's arena, for drill lines. */
cc_str ev_cite_text(cc_call *c, cc_cite cite);
cc_str ev_entity_text(cc_call *c, cc_entity_id id);
cc_str ev_trace_text(cc_call *c, cc_id128 id);      /* empty when there is none */

#endif
