/* pin_about.h - which pins tell of which suspect. */
#ifndef COLDCASE_CMD_PIN_ABOUT_H
#define COLDCASE_CMD_PIN_ABOUT_H

#include "cmd/case_name.h"

/* The pin is about the suspect, about what it owns, or what was pinned names it: "exceeded quota: strict-quota". Only what some
 * reply of this run has shown is read. */
bool cc_pin_is_about(cc_call *c, const cc_pin *p, const cc_suspect *s);

#endif
