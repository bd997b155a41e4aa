/* forge_options.h - between the command line and the forge. */
#ifndef APP_FORGE_OPTIONS_H
#define APP_FORGE_OPTIONS_H

#include "app/app.h"
#include "coldcase/forge.h"

/* Fills *f from what the command line said; texts stay argv's own. CC_EUSAGE names the option and what it takes. */
cc_code app_forge_options(const app_options *o, cc_forge_options *f, cc_err *err) CC_MUST_USE;

#endif
