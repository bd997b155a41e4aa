/* tel_rows.h - finished files read and rewritten row by row, for what happens to them after the capture: another
 * recorder's spelling, damage. Memory holds one block and one row. */
#ifndef FORGE_TEL_ROWS_H
#define FORGE_TEL_ROWS_H

#include "coldcase/buf.h"

typedef struct tel_rows { int fd; cc_buf buf; size_t pos; bool eof; const char *path; } tel_rows;
cc_code tel_rows_open(tel_rows *r, const char *path, cc_err *err) CC_MUST_USE; /* path is borrowed */
/* The next row with its newline, borrowed until the next call; empty at the end. */
cc_code tel_rows_next(tel_rows *r, cc_str *row, cc_err *err) CC_MUST_USE;
void tel_rows_close(tel_rows *r);

/* Writes beside the file and takes its place. */
typedef struct tel_sink { int fd; cc_buf buf, path; const char *target; } tel_sink;
cc_code tel_sink_open(tel_sink *k, const char *target, cc_err *err) CC_MUST_USE; /* target is borrowed */
cc_code tel_sink_flush(tel_sink *k, size_t least, cc_err *err) CC_MUST_USE; /* writes k->buf once it is as large */
/* With code CC_OK the file is replaced, else what was written is removed; returns code or the failure of this. */
cc_code tel_sink_close(tel_sink *k, cc_code code, cc_err *err) CC_MUST_USE;

/* Calls `one` for each regular file of dir, in the order of names; a missing dir has none. */
typedef cc_code tel_file_action(void *user, const char *path, const char *name, cc_err *err);
cc_code tel_each_file(const char *dir, tel_file_action *one, void *user, cc_err *err) CC_MUST_USE;
uint64_t tel_tree_bytes(const char *work); /* sizes of the files of a scenario; what cannot be seen counts nothing */

#endif
