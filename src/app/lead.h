/* lead.h - words to a run that goes on, from whoever instructs: a socket in the run's folder, for its owner alone.
 *
 * One connection is one line: "hint TEXT", "freeze WHY" or "thaw"; the answer is "ok" or "error" and why. The session attends to them
 * between two commands and keeps each as a step of its record, so that nothing an instructor does is without a trace. Nothing else can
 * be asked for there: a run tells about itself by its record alone. */
#ifndef COLDCASE_APP_LEAD_H
#define COLDCASE_APP_LEAD_H

#include "coldcase/session.h"

#define APP_LEAD_SOCKET "lead.sock"

typedef struct app_lead app_lead;
app_lead *app_lead_new(void);                        /* NULL: out of memory; the run goes on without */
void app_lead_free(app_lead *l);                     /* the socket goes; NULL is fine */
void app_lead_attend(void *lead, cc_session *s);     /* as the session's attend: opens the socket once there is a folder for it */

/* Sends one line to the run in that folder. *said: what was answered; empty when it was not taken yet, which is no failure: it will be
 * with the next command. CC_ENOTFOUND: nobody plays it now, or not where this can be reached. CC_ESTATE: refused, and why. */
cc_code app_lead_send(const char *run_dir, cc_str line, cc_buf *said, cc_err *err) CC_MUST_USE;

#endif
