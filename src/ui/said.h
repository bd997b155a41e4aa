/* said.h - steps that no pane shows, as the text that the record holds of them. Steps count from 1. */
#ifndef COLDCASE_UI_SAID_H
#define COLDCASE_UI_SAID_H

#include "coldcase/record.h"
#include "coldcase/reply.h"

void cc_said_before(const cc_run *run, size_t step, cc_buf *out);      /* appended: what an agent said before the step */
void cc_said_printed(const cc_run *run, size_t step, cc_buf *out);     /* appended: what the step printed */
bool cc_said_is_foreign(const cc_record_step *s);                      /* none of our commands */
/* The page of a step, published; s NULL: before the first one. Owned by the caller; NULL when out of memory. */
cc_reply *cc_said_page(const cc_record_step *s, cc_str said, cc_str printed);

#endif
