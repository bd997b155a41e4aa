/* find.h - the next row that fits, among all rows of an answer and not only those of a page: what n/N, e/E, w/W and o/O ask. */
#ifndef COLDCASE_CMD_FIND_H
#define COLDCASE_CMD_FIND_H

#include "cmd/evidence.h"

extern const char *const ev_find_directions[];

#define EV_PARAMS_FIND \
	{ .name = "find", .type = CC_PARAM_WORD, .part = CC_PART_PLACE, \
		.help = "lay the page around the next row that fits this filter, hiding none: find=\"~ /timeout/\", find=\"level>=error\"" }, \
	{ .name = "near", .type = CC_PARAM_INT, .min = -1, .max = INT64_MAX, .part = CC_PART_PLACE, \
		.help = "with find: the row to look from, counted from 0; -1 before the first" }, \
	{ .name = "dir", .type = CC_PARAM_CHOICE, .choices = ev_find_directions, .completer = CC_COMPLETE_CHOICE, .part = CC_PART_PLACE, \
		.help = "with find: next (default) or prev" }

#define EV_REPLY_FIND "find             facts, with find=: hits, hit (its number, 0 when there is none), row (from 0), wrapped, spread[]"

/* After ev_list_describe: looks for find= in the rows as they are listed (reversed: from the last to the first), says where it
 * is, and lays the page of `l` around it. Nothing without find=. */
cc_code ev_list_find(ev_list *l, cc_call *c, cc_reply *r, bool reversed, cc_err *err) CC_MUST_USE;

#endif
