/* outline.h - the lines of a spec as an outline: what lies below a line, and the path that leads to it. */
#ifndef COLDCASE_UI_OUTLINE_H
#define COLDCASE_UI_OUTLINE_H

#include "coldcase/reply.h"

bool cc_outline_is(const cc_section *sec);                   /* YAML of a spec */
/* The last line that lies below line i; i itself when nothing does. */
size_t cc_outline_end(const cc_section *sec, size_t i);
/* "spec.template.spec.containers[0].image", as paths of `diff` are written; keys with dots in brackets. */
void cc_outline_path(const cc_section *sec, size_t i, cc_buf *out);

#endif
