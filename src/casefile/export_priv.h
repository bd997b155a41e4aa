/* export_priv.h - what the exporters share: texts on their way out. */
#ifndef COLDCASE_EXPORT_PRIV_H
#define COLDCASE_EXPORT_PRIV_H

#include "coldcase/export.h"

/* The text as it may leave: valid UTF-8 (bad bytes become U+FFFD), without what the options take out of every text. */
void cc_export_text(cc_buf *out, cc_str text, const cc_export_options *opt);
/* What a step's line and arguments say, without notes when those stay: "note text=..." */
bool cc_export_is_note(const cc_record_step *step, cc_str key);

#endif
