/* tries.h - whether a record is a person's try at an incident. A look at the briefing is none: whoever leaves there knows no more of it
 * than before. Nor is what goes on where another run stood: its first steps are another's. */
#ifndef COLDCASE_APP_TRIES_H
#define COLDCASE_APP_TRIES_H

#include "coldcase/record.h"

typedef enum app_try { APP_TRY, APP_TRY_NOTHING_ASKED, APP_TRY_TAKEN_OVER } app_try;

/* Of a person's run; every run of an agent is a try, also one that ended before its first question. */
app_try app_try_of(const cc_run *run);
/* Whether its clock ever ran: before that nothing but the briefing is shown. An agent's always does. */
bool app_run_started(const cc_run *run);

#endif
