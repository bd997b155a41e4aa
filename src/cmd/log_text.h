/* log_text.h - log bodies as people read them: one line in a list, all of it laid out in the detail. */
#ifndef COLDCASE_CMD_LOG_TEXT_H
#define COLDCASE_CMD_LOG_TEXT_H

#include "coldcase/logs.h"
#include "coldcase/regex.h"
#include "coldcase/reply.h"

typedef struct cc_log_line {
	cc_str text;             /* one line: a JSON body's message, then its other fields as key=value */
	size_t more;             /* lines of the body (or of that message) that the line leaves out */
} cc_log_line;

typedef struct cc_log_style {
	bool folded;             /* many lines: the first, what was thrown or caused it, and lines that were asked for; else all */
	cc_regex *asked[4]; size_t asked_count;  /* texts that were searched for: what made a record fit is always shown */
} cc_log_style;

/* What the record's other fields say already (a leading time, level, ids) is left out. Texts in the arena or borrowed. */
cc_log_line cc_log_line_of(cc_str body, const cc_logrec *l, const cc_log_style *style, cc_arena *arena);
cc_log_line cc_log_one_line(const cc_snapshot *s, const cc_logrec *l, const cc_log_style *style, cc_arena *arena);

/* The value of a field of the body's JSON ("user.id"), else of the record's or its resource's attributes; empty: none. */
cc_str cc_log_field(const cc_snapshot *s, const cc_logrec *l, const char *name, cc_arena *arena);

/* The whole body as lines of the text section begun last: JSON indented, a stack trace with its library frames dimmed. */
void cc_log_add_body(cc_reply *r, cc_str body);

#endif
