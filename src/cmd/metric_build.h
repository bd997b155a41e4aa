/* metric_build.h - what the two commands about metrics share. */
#ifndef COLDCASE_CMD_METRIC_BUILD_H
#define COLDCASE_CMD_METRIC_BUILD_H

#include "cmd/cmd_priv.h"
#include "coldcase/rates.h"

/* The views of some series (NULL = all) within the call's window, ranked around the pivot. */
cc_code cc_cmd_metric_build(cc_call *c, const cc_index_vec *rows, cc_metric_set **out, cc_err *err) CC_MUST_USE;

#endif
