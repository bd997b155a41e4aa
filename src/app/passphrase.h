/* passphrase.h - the passphrase of a sealed truth: from a private file, the environment, or asked for without echo; never from the
 * command line, which everybody on the machine can read. */
#ifndef COLDCASE_APP_PASSPHRASE_H
#define COLDCASE_APP_PASSPHRASE_H

#include "app/app.h"

#define APP_PASSPHRASE_VARIABLE "COLDCASE_PASSPHRASE"

/* what: what it opens or seals, for the prompt; twice: a new one, asked for twice. Wipe it with cc_wipe_buf. CC_EUNSCORABLE: nobody
 * gave one, and standard input is no terminal to ask at. */
cc_code app_passphrase(const app_options *o, const char *what, bool twice, cc_buf *out, cc_err *err) CC_MUST_USE;

#endif
