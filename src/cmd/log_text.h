/* log_text.h - log bodies as people read them: one line in a list, all of it laid out in the detail. */
#ifndef COLDCASE_CMD_LOG_TEXT_H
#define COLDCASE_CMD_LOG_TEXT_H

#include "coldcase/logs.h"
#include "coldcase/reply.h"

typedef struct cc_log_line {
	cc_str text;             /* one line: a JSON body's message, then its other fields as key=value */
	size_t more;             /* lines of the body (or of that message) that the line leaves out */
} cc_log_line;

/* folded: the first line only, with the class of what was thrown when it is a stack trace; else the body whole. What the
 * record's other fields say already (a leading time, level, ids) is left out. Texts in the arena or borrowed. */
cc_log_line cc_log_one_line(const cc_snapshot *s, const cc_logrec *l, bool folded, cc_arena *arena);

/* The value of a field of the body's JSON ("user.id"), else of the record's or its resource's attributes; empty: none. */
cc_str cc_log_field(const cc_snapshot *s, const cc_logrec *l, const char *name, cc_arena *arena);

/* The whole body as lines of the text section begun last: JSON indented, a stack trace with its library frames dimmed. */
void cc_log_add_body(cc_reply *r, cc_str body);

#endif
