/* cmd_priv.h - the master list of commands, and what their files share. */
#ifndef COLDCASE_CMD_PRIV_H
#define COLDCASE_CMD_PRIV_H

#include "coldcase/command.h"
#include "coldcase/session.h"

/* Every command, in the order of help. A command lives in a file of its family and is entered here once. */
#define CC_CMDS(X) \
	/* evidence */ X(alerts) X(alert) X(events) X(event) X(objects) X(spec) X(diff) X(changes) X(checks) X(logs) X(log) X(patterns) X(group) \
	X(traces) X(trace) X(compare) X(breakdown) X(span) X(paths) X(metrics) X(metric) X(topology) X(entity) X(show) X(info) \
	/* navigation */ X(focus) X(at) X(onset) X(horizon) X(window) X(timeline) X(now) X(back) X(forward) \
	/* case */ X(briefing) X(pin) X(unpin) X(suspect) X(ruleout) X(note) X(mark) X(mitigate) X(status) X(board) X(hint) X(submit) \
	/* session */ X(budget) X(assist) X(tz) X(start) X(pause) X(resume) X(help) X(quit)

#define CC_CMD_DECLARE(name) extern const cc_cmd cc_cmd_##name;
CC_CMDS(CC_CMD_DECLARE)
#undef CC_CMD_DECLARE

/* Common parameters of list commands; the page is checked here once. limit above CC_REPLY_PAGE is refused by the parser. */
#define CC_PARAMS_PAGE \
	{ .name = "offset", .type = CC_PARAM_INT, .min = 0, .max = INT64_MAX, .help = "rows to skip", .part = CC_PART_PLACE }, \
	{ .name = "limit", .type = CC_PARAM_INT, .min = 1, .max = CC_REPLY_PAGE, .help = "rows to return, at most 200", .part = CC_PART_SIZE }

typedef struct cc_page { uint64_t offset, limit; } cc_page;
cc_page cc_call_page(const cc_call *c);             /* offset 0 and limit CC_REPLY_PAGE when not given */

#endif
