/* file_priv.h - what file.c and file_shared.c have in common: they differ in what they dare to open, not in how it is mapped. */
#ifndef COLDCASE_BASE_FILE_PRIV_H
#define COLDCASE_BASE_FILE_PRIV_H

#include "coldcase/file.h"

struct stat;

/* *out is empty; st is of fd, which is closed. The path is for errors alone. */
cc_code cc_file_map_opened(cc_filemap *out, int fd, const struct stat *st, const char *path, cc_err *err) CC_MUST_USE;

#endif
