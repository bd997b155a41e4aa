/* file.h - whole files: read, map, write without losing the old one. Errors name the path. */
#ifndef COLDCASE_FILE_H
#define COLDCASE_FILE_H

#include "coldcase/buf.h"

/* A read-only file in memory. Large regular files are mapped; small ones, pipes and what exceeds the number of mappings a
 * process may have are read into the heap. When a mapped file is truncated while it is in use, or its disk fails, what
 * cannot be read any more is zeros: cc_file_torn. Growing, or being replaced by renaming, does no harm. */
typedef struct cc_filemap {
	cc_str text;
	bool mapped;
} cc_filemap;

cc_code cc_file_map(cc_filemap *out, const char *path, cc_err *err) CC_MUST_USE; /* empty file: empty text, CC_OK */
void cc_file_unmap(cc_filemap *m);
bool cc_file_torn(const cc_filemap *m, const char *path);   /* the file at path is shorter than it was, or m has zeros for it */
cc_code cc_file_read(cc_buf *out, const char *path, size_t limit, cc_err *err) CC_MUST_USE; /* CC_ELIMIT above limit */
/* Writes beside the target and renames, fsync before; a failure leaves the old file as it was. */
cc_code cc_file_write(const char *path, cc_str text, cc_err *err) CC_MUST_USE;
cc_code cc_dir_make(const char *path, cc_err *err) CC_MUST_USE;  /* with parents, mode 0700 for new ones; existing is fine */
/* In folders that others write into, too (file_shared.c): never waits, follows no last link; what is no regular file is CC_EFORMAT. */
cc_code cc_file_read_shared(cc_buf *out, const char *path, size_t limit, cc_err *err) CC_MUST_USE;
cc_code cc_file_map_shared(cc_filemap *out, const char *path, cc_err *err) CC_MUST_USE;
/* Written beside and renamed over whatever has the name; not synced. */
cc_code cc_file_put_shared(const char *path, cc_str text, cc_err *err) CC_MUST_USE;
/* Appends a line with its line feed in one write; the file is made when it is not there. A last line that was torn is ended first, so
 * that it stays by itself. shared: as above, and until it is on the disk; else a link is followed. */
cc_code cc_file_add_line(const char *path, cc_str line, bool shared, cc_err *err) CC_MUST_USE;
/* All n bytes from that offset on; fewer at the end of the file or with *problem, an errno, set. */
size_t cc_fd_read_at(int fd, void *out, size_t n, uint64_t at, int *problem);
/* How many bytes before `at` to begin at when reading into out, at least 64 bytes long: the system copies half again as fast
 * between places that lie alike in their cache lines. */
size_t cc_fd_lead(const void *out, uint64_t at);
void cc_fd_fail_after(long long bytes); /* for tests: EIO once so many were read by the above; negative: never. */
int cc_fd_write(int fd, cc_str text);   /* all of it, whatever interrupts; 0 or the errno */
bool cc_pipe(int ends[2]);              /* both closed on exec; false with errno */
/* Appends "/name" to path (no double slash). */
void cc_path_join(cc_buf *out, const char *dir, const char *name);

/* XDG base directories with the program's name appended: kind 'c'onfig, 'd'ata, 's'tate, 'k' cache.
 * Relative values of the variables are ignored as the specification demands. CC_ESTATE when HOME is missing too. */
cc_code cc_xdg_dir(cc_buf *out, char kind, cc_err *err) CC_MUST_USE;

#endif
