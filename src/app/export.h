/* export.h - what the exports of the program share (app_export.c, export_md.c). */
#ifndef COLDCASE_APP_EXPORT_H
#define COLDCASE_APP_EXPORT_H

#include "coldcase/export.h"
#include "coldcase/score.h"

#define CC_HIDDEN "[redacted]"

typedef struct app_debrief {
	const cc_run *run;
	const cc_snapshot *snapshot;  /* NULL: not at hand */
	const cc_answer *answer;      /* NULL: none */
	const cc_score *score;        /* NULL: not asked for */
	unsigned redact;              /* cc_redact bits */
} app_debrief;

/* CC_EFORMAT: no header, or actions that cannot have happened. */
cc_code app_export_md(cc_buf *out, const app_debrief *d, cc_err *err) CC_MUST_USE;

#endif
