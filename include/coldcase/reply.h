/* reply.h - what a command answers: structured, immutable once published, the same for a pane, a terminal line and an agent.
 *
 * A reply is a title, paging counts, notes and a list of *sections*, each under a JSON key of its own:
 *   FACTS  labelled values ("onset", "severity" …)         JSON: an object
 *   TABLE  typed columns and rows                          JSON: an array of objects keyed by column
 *   TEXT   lines with a style each (a spec, a diff, a body) JSON: an array of strings
 *   CHART  series of (time, value) points                  JSON: an array of {name, unit, samples, interval_ns, points:[[t,v]…], resets, levels}
 * At most one table is the *main* one: the counts speak of it. Rows carry what a front end needs to go on from them: entity,
 * citation, time, severity, and the command line that Enter runs. A command builds a reply with the functions below and
 * hands it over; after cc_reply_publish nobody changes it. All texts are copied into the reply's arena. Text cells hold outside
 * text RAW: whoever prints passes it through utf8.h (the renderers of this module do; JSON keeps it whole). */
#ifndef COLDCASE_REPLY_H
#define COLDCASE_REPLY_H

#include "coldcase/quantity.h"
#include "coldcase/snapshot.h"

typedef enum cc_cell_type {
	CC_CELL_NONE, CC_CELL_TEXT, CC_CELL_INT, CC_CELL_NUMBER, CC_CELL_BOOL,
	CC_CELL_TIME,      /* i = ns UTC; JSON: RFC 3339 with Z */
	CC_CELL_DURATION,  /* i = ns; JSON: integer ns, key ends in _ns */
	CC_CELL_ENTITY,    /* i = cc_entity_id; text = namespace/Kind/name (filled by the builder) */
	CC_CELL_CITE,      /* text = "file#record" */
	CC_CELL_QUANTITY,  /* num, text = its unit as metrics name it ("bytes", "ms", "ratio"): read as 1.2Mi, 38ms, 12.5%; JSON: the number */
	CC_CELL_SPARK,     /* points: a small histogram or trend; NaN = gap; JSON: array of numbers. With text a *strip*: a letter a
	                      point says what its slice of time is - '.' nothing, '-' waiting, '#' the point's bar, ' ' unknown, any other
	                      letter itself - and i is 1 + the slice of the time cursor, 0 = none */
	CC_CELL_BAR        /* num, num2 = start and end within 0..1 of the row's trace: a waterfall bar; i = 1: a thin one, of minor
	                      weight; JSON: {"from","to"} */
} cc_cell_type;

typedef struct cc_cell {
	cc_cell_type type;
	int64_t i;               /* INT, TIME, DURATION, ENTITY, BOOL */
	double num, num2;        /* NUMBER, QUANTITY; BAR: from and to; SPARK: num = share of its time where the onset is, 0 = nowhere */
	cc_str text;             /* TEXT, ENTITY, CITE; QUANTITY: unit; SPARK: letters of a strip */
	const double *points; size_t point_count;
} cc_cell;

/* How a value or line looks, by meaning; themes map roles to colours and every role also has a shape (never colour alone). */
typedef enum cc_role {
	CC_ROLE_TEXT, CC_ROLE_DIM, CC_ROLE_HEADING, CC_ROLE_ENTITY, CC_ROLE_TIME, CC_ROLE_CRITICAL, CC_ROLE_WARNING, CC_ROLE_INFO,
	CC_ROLE_OK, CC_ROLE_ADDED, CC_ROLE_REMOVED, CC_ROLE_CHANGED, CC_ROLE_MATCH, CC_ROLE_OP, CC_ROLE_COUNT
} cc_role;

/* Columns whose keys differ only in "before" and "after" (calls_before, calls_after) are a pair: plain text shows both or none. */
typedef struct cc_column {
	const char *key;         /* JSON key, snake_case, frozen */
	const char *title;       /* header in a table, short */
	cc_cell_type type;
	cc_role role;
	uint8_t width;           /* preferred columns on a screen; 0 = takes the rest (one such column a table) */
	uint8_t priority;        /* 0 = always shown; larger ones are dropped first when the screen is narrow; 255 = JSON and detail only */
} cc_column;

typedef struct cc_row {
	const cc_cell *cells;    /* one for each column */
	cc_entity_id entity;     /* what the row is about; 0 = nothing in particular */
	cc_cite cite;            /* its evidence; file 0 = none (derived rows: the first record behind it) */
	int64_t time_ns;         /* CC_TIME_NONE when timeless */
	cc_role mark;            /* CRITICAL, WARNING, INFO, OK or TEXT: the row's gravity */
	int depth;               /* indentation in a tree; 0 in a flat table. JSON: key depth, in all rows of a table or in none */
	cc_str drill;            /* command line that Enter runs; empty = none */
	cc_str op;               /* same operation: trace id or pod, for walking o/O; may be empty */
	uint64_t place;          /* its number among all rows of the answer (of its table), from 0; filled when published */
	uint64_t stands_for;     /* rows folded into it, 0 and 1 = itself */
	bool gap;                /* rows of the evidence are left out before it */
	cc_str above;            /* words of a line between it and the row before; empty = none. No part of the JSON */
} cc_row;

typedef struct cc_line { cc_str text; cc_role role; cc_entity_id entity; cc_cite cite; } cc_line;
typedef struct cc_fact { const char *key, *title; cc_cell cell; cc_role role; } cc_fact;
typedef struct cc_chart_point { int64_t time_ns; double value; } cc_chart_point;
typedef struct cc_chart_level { double value; cc_str label; cc_role role; } cc_chart_level;   /* a line across: limit, request, threshold */
typedef struct cc_chart_series {
	cc_str name, unit;
	const cc_chart_point *points; size_t count;
	size_t samples;          /* recorded ones: more than count where points were thinned to their extremes; 0 = count */
	int64_t interval_ns;     /* usual distance of samples; 0 = not known. Points farther apart leave a gap */
	const int64_t *resets; size_t reset_count;   /* when the counter behind it began again */
	const cc_chart_level *levels; size_t level_count;
	cc_cite cite;
} cc_chart_series;
typedef struct cc_chart_mark {
	int64_t time_ns, until_ns;   /* until <= time: a moment */
	cc_str label;
	cc_role role;
	char sign;               /* on the axis: ^ onset, A alert, C change */
} cc_chart_mark;

typedef enum cc_section_kind { CC_SECTION_FACTS, CC_SECTION_TABLE, CC_SECTION_TEXT, CC_SECTION_CHART } cc_section_kind;

typedef struct cc_section {
	cc_section_kind kind;
	const char *key;         /* JSON key of the section */
	const char *title;       /* heading; NULL = none */
	const cc_fact *facts; size_t fact_count;
	const cc_column *columns; size_t column_count;
	const cc_row *rows; size_t row_count;
	const cc_line *lines; size_t line_count;
	const cc_chart_series *series; size_t series_count;
	const cc_chart_mark *marks; size_t mark_count;
	bool multiples;          /* CHART: the same thing of several objects, to be drawn with one scale */
	bool spans;              /* TABLE: its rows stand for stretches of time, so that none is later than the time cursor */
} cc_section;

typedef struct cc_reply cc_reply;

/* --- reading (published replies; any thread) --- */
cc_reply *cc_reply_ref(cc_reply *r);            /* one more holder; returns r */
void cc_reply_unref(cc_reply *r);               /* NULL is fine */
cc_str cc_reply_command(const cc_reply *r);     /* name of the command */
cc_str cc_reply_title(const cc_reply *r);
size_t cc_reply_section_count(const cc_reply *r);
const cc_section *cc_reply_section(const cc_reply *r, size_t i);
const cc_section *cc_reply_main(const cc_reply *r);  /* the main table or NULL */
size_t cc_reply_note_count(const cc_reply *r);
cc_str cc_reply_note(const cc_reply *r, size_t i);   /* "12 rows were skipped …": things the reader must know; then remarks */
typedef struct cc_paging {
	uint64_t total_count;    /* rows that fit the question */
	uint64_t offset, limit;
	uint64_t returned_count;
	uint64_t covered_count;  /* rows these stand for: more than returned_count where repeated ones are folded */
	uint64_t hidden_count;   /* rows of the same scope that a filter hides */
	bool filtered;           /* there is a filter, hidden_count says what it hides */
	bool truncated;          /* offset + covered_count < total_count */
	bool partial;            /* the evidence was not loaded whole: say so */
	bool stopped;            /* or it was not looked through whole */
	bool paged;              /* false: the reply has no main table */
} cc_paging;
cc_paging cc_reply_paging(const cc_reply *r);
/* Reader's hint when a reply is empty: why ("no alert before 21:14Z"), and what to try. */
cc_str cc_reply_empty_text(const cc_reply *r);

/* --- building (one thread, before publishing) --- */
enum { CC_REPLY_PAGE = 200 };                   /* rows a reply holds at most */
/* The command's name is kept by reference and outlives the reply. NULL when out of memory; reference count 1. */
cc_reply *cc_reply_new(const char *command);
cc_arena *cc_reply_arena(cc_reply *r);          /* for texts and arrays of this reply */
void cc_reply_set_title(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_reply_add_note(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);
/* A note of the session, not of the answer ("12 of 100 queries left"): shown like a note, after all notes, but no part of the
 * canonical JSON, so that the same question keeps the same digest. Nothing may add a note afterwards. */
void cc_reply_add_remark(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_reply_set_empty(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_reply_set_partial(cc_reply *r);
void cc_reply_set_stopped(cc_reply *r);             /* partial, because somebody ended the looking */

void cc_reply_begin_facts(cc_reply *r, const char *key, const char *title);
void cc_reply_fact(cc_reply *r, const char *key, const char *title, cc_cell cell, cc_role role);
/* columns must be static or live in the reply's arena. main: the counts of the reply speak of this table. */
void cc_reply_begin_table(cc_reply *r, const char *key, const char *title, const cc_column *columns, size_t count, bool main);
void cc_reply_table_spans(cc_reply *r);         /* of the table begun last */
/* Starts a row of the table begun last; fill the cells in column order with cc_reply_cell; missing ones are NONE. */
cc_row *cc_reply_row(cc_reply *r);              /* NULL when out of memory (sticky: publish reports it) */
void cc_reply_cell(cc_reply *r, cc_cell cell);
void cc_reply_set_above(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);  /* of the row begun last */
void cc_reply_set_drill(cc_reply *r, const char *fmt, ...) CC_PRINTF(2, 3);  /* of the row begun last */
void cc_reply_set_op(cc_reply *r, cc_str op);
void cc_reply_begin_text(cc_reply *r, const char *key, const char *title);
void cc_reply_line(cc_reply *r, cc_role role, cc_str text);        /* split at newlines */
void cc_reply_linef(cc_reply *r, cc_role role, const char *fmt, ...) CC_PRINTF(3, 4);
cc_line *cc_reply_last_line(cc_reply *r);       /* to set entity or cite; NULL when none */
void cc_reply_begin_chart(cc_reply *r, const char *key, const char *title);
void cc_reply_chart_series(cc_reply *r, const cc_chart_series *series);   /* copied with all it points at */
void cc_reply_chart_mark(cc_reply *r, const cc_chart_mark *mark);
void cc_reply_chart_multiples(cc_reply *r);     /* of the chart begun last */
/* Counts for the main table: total rows that fit, and the page asked for. returned_count is counted from the rows. */
void cc_reply_set_paging(cc_reply *r, uint64_t total, uint64_t offset, uint64_t limit);
/* The rows stand for this many of total (folded repeats); not called: each for one. */
void cc_reply_set_covered(cc_reply *r, uint64_t covered);
void cc_reply_set_hidden(cc_reply *r, uint64_t hidden, bool filtered);   /* rows that a filter hides */
/* Freezes. Builds the arrays; CC_ENOMEM if any step before failed. `s` resolves entity and cite texts (may be NULL when unused). */
cc_code cc_reply_publish(cc_reply *r, const cc_snapshot *s, cc_err *err) CC_MUST_USE;

/* Cells. Texts are copied when the cell is added. */
cc_cell cc_cell_text(cc_str t);
cc_cell cc_cell_textz(const char *t);
cc_cell cc_cell_int(int64_t v);
cc_cell cc_cell_number(double v);
cc_cell cc_cell_quantity(double v, cc_str unit);
cc_cell cc_cell_bool(bool v);
cc_cell cc_cell_time(int64_t ns);               /* CC_TIME_NONE gives NONE */
cc_cell cc_cell_duration(int64_t ns);
cc_cell cc_cell_entity(cc_entity_id id);        /* 0 gives NONE */
cc_cell cc_cell_cite(cc_cite c);                /* file 0 gives NONE */
cc_cell cc_cell_spark(const double *points, size_t count);
cc_cell cc_cell_strip(const double *points, size_t count, cc_str letters, size_t cursor); /* cursor: slice, SIZE_MAX = none */
/* What stands in slice i of a strip: a letter, or 0 where the bar of its point stands. */
char cc_strip_letter(const cc_cell *c, size_t i);
cc_cell cc_cell_bar(double from, double to);
cc_cell cc_cell_none(void);

/* --- renderings --- */
/* One cell as a person reads it, sanitized, one line ("17:24:32.123Z", "1.44s", "-"). ascii: no character beyond ASCII. */
void cc_cell_render(const cc_cell *c, cc_buf *out, bool ascii);
/* The same inside a table: times of a narrow column (width below 20) are clock times, 17:24:32Z or with milliseconds, as long as
 * all times of the column fall on one day - cc_section_one_day tells, once a table. */
void cc_cell_render_in(const cc_cell *c, const cc_column *column, bool one_day, cc_buf *out, bool ascii);
bool cc_section_one_day(const cc_section *s, size_t column);
/* Canonical JSON: what digests are taken of. Schema: title, paging (when paged), notes, sections by key. */
void cc_reply_write_canonical(const cc_reply *r, cc_buf *out);
/* The same with the session's remarks under `remarks` when there are any: what `--json` prints. */
void cc_reply_write_json(const cc_reply *r, cc_buf *out);
/* Plain text for terminals without cursor addressing, pipes, agents and screen readers: numbered rows, no borders.
 * columns: width to fit to (0 = unlimited). */
void cc_reply_write_text(const cc_reply *r, cc_buf *out, size_t columns, bool ascii);
void cc_reply_write_words(const cc_reply *r, cc_buf *out);  /* as wide as it is, for a page that draws the charts itself */
/* To be listened to: values with their names, no pictures, rows numbered through all tables from 1. Rows (from, to] only, and
 * with from 0 everything else. */
void cc_reply_write_spoken(const cc_reply *r, size_t from, size_t to, cc_buf *out, bool ascii);
void cc_row_write_spoken(const cc_section *s, const cc_row *row, cc_buf *out, bool ascii);
size_t cc_reply_row_count(const cc_reply *r);        /* of all tables */
const cc_row *cc_reply_row_at(const cc_reply *r, size_t number, const cc_section **section);   /* by that number; NULL when none */

#endif
