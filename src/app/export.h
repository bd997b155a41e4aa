/* export.h - what the exports of the program share (app_export.c, export_md.c). */
#ifndef COLDCASE_APP_EXPORT_H
#define COLDCASE_APP_EXPORT_H

#include "app/app.h"
#include "coldcase/export.h"
#include "coldcase/reply.h"
#include "coldcase/score.h"

typedef struct app_debrief {
	const cc_run *run;
	const cc_snapshot *snapshot;  /* NULL: not at hand */
	const cc_answer *answer;      /* NULL: none */
	const cc_score *score;        /* NULL: not asked for */
	unsigned redact;              /* cc_redact bits */
	const cc_markers *markers;
	/* What a step showed, run again: NULL when it cannot be had; steps are asked for in their order. Borrowed until the next. */
	const cc_reply *(*reply)(void *arg, uint64_t step);
	/* What the record itself keeps of what a step printed (imported runs); false: nothing. */
	bool (*printed)(void *arg, uint64_t step, cc_buf *out);
	void *arg;
} app_debrief;

/* Where the verdict would stand: who reads it may not have made it, and does not know what was asked for. */
#define APP_VERDICT_LEFT_OUT "left out: `coldcase export --reveal` tells it"
/* What --redact lists, as cc_redact bits; what: the sub-command, for the error. NULL = nothing. */
cc_code app_read_redact(const char *what, const char *list, unsigned *out, cc_err *err) CC_MUST_USE;
/* CC_EFORMAT: no header, or actions that cannot have happened. */
cc_code app_export_md(cc_buf *out, const app_debrief *d, cc_err *err) CC_MUST_USE;
/* An asciicast or SVG, as o->to says. CC_ENOTFOUND: the evidence is not at hand. */
cc_code app_export_picture(cc_buf *out, const app_options *o, const cc_run *run, unsigned redact, cc_err *err) CC_MUST_USE;
cc_code app_export_html(cc_buf *out, const app_debrief *d, cc_err *err) CC_MUST_USE;

#endif
