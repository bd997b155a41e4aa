/* num_priv.h - number conversion that never follows the user's locale: the decimal separator is a point. */
#ifndef COLDCASE_BASE_NUM_PRIV_H
#define COLDCASE_BASE_NUM_PRIV_H

#include <stddef.h>

double cc_num_strtod(const char *z, char **end);              /* strtod of the C locale */
int cc_num_format(char *out, size_t size, int digits, double v); /* snprintf "%.<digits>g" of the C locale */

#endif
