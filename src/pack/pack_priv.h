/* pack_priv.h - the archive underneath a case file, the sum behind it, and members written into a folder. */
#ifndef COLDCASE_PACK_PRIV_H
#define COLDCASE_PACK_PRIV_H

#include "coldcase/pack.h"
#include "coldcase/sha256.h"

#define PACK_EVIDENCE "evidence/"

/* --- archive.c: the only user of libarchive --- */

typedef struct pack_writer pack_writer;
/* Writes to fd, which stays the caller's. name: what errors call it. */
cc_code pack_writer_open(pack_writer **out, int fd, const char *name, cc_err *err) CC_MUST_USE;
cc_code pack_writer_begin(pack_writer *w, const char *member, uint64_t bytes, cc_err *err) CC_MUST_USE;
cc_code pack_writer_add(pack_writer *w, cc_str data, cc_err *err) CC_MUST_USE;
cc_code pack_writer_end(pack_writer *w, cc_err *err) CC_MUST_USE;    /* the archive is complete then; the sum is not behind it yet */
void pack_writer_free(pack_writer *w);

/* What zstd gives back of the first `bytes` bytes of fd. */
typedef struct pack_stream pack_stream;
cc_code pack_stream_open(pack_stream **out, int fd, uint64_t bytes, const char *name, cc_err *err) CC_MUST_USE;
cc_code pack_stream_read(pack_stream *s, void *out, size_t n, size_t *got, cc_err *err) CC_MUST_USE;   /* fewer than n: the end */
void pack_stream_free(pack_stream *s);

/* --- tar.c --- */
typedef struct pack_reader pack_reader;
/* One member: a regular file, whatever else it is was refused. Texts are good until the next one. */
typedef struct pack_member { cc_str path; uint64_t bytes; } pack_member;
/* Reads the first `bytes` bytes of fd, from its beginning. */
cc_code pack_reader_open(pack_reader **out, int fd, uint64_t bytes, const char *name, cc_err *err) CC_MUST_USE;
cc_code pack_reader_next(pack_reader *r, pack_member *m, bool *end, cc_err *err) CC_MUST_USE;
/* Up to n bytes of the member; *got 0 = its end. */
cc_code pack_reader_read(pack_reader *r, void *out, size_t n, size_t *got, cc_err *err) CC_MUST_USE;
void pack_reader_free(pack_reader *r);

/* --- trailer.c: the sum behind the archive, in a frame that zstd skips --- */
enum { PACK_TRAILER = 48 };
void pack_trailer_make(unsigned char out[PACK_TRAILER], const char sha256[65]);
/* The size of the archive before it. CC_EFORMAT when the file does not end as case files do. */
cc_code pack_trailer_find(int fd, uint64_t *archive_bytes, char sha256[65], const char *name, cc_err *err) CC_MUST_USE;
/* Reads the whole file: is it what was packed? */
cc_code pack_trailer_check(int fd, const cc_pack_work *work, const char *name, cc_err *err) CC_MUST_USE;

/* --- read.c: a case file opened, its list read --- */
typedef struct pack_open { const char *name; int fd; uint64_t archive_bytes, file_bytes; pack_reader *reader; cc_pack_list *list; } pack_open;
cc_code pack_open_file(pack_open *p, const char *path, cc_err *err) CC_MUST_USE;
void pack_close_file(pack_open *p);
/* The next member, which must be m to the letter: name, kind, size. Its bytes follow. */
cc_code pack_expect(pack_open *p, const cc_pack_member *m, cc_err *err) CC_MUST_USE;

/* --- unpack.c --- */
/* Unpacks into the folder dir_fd, which is empty. work_done: bytes for progress. */
cc_code pack_extract(pack_open *p, int dir_fd, const char *dir, const cc_pack_work *work, cc_err *err) CC_MUST_USE;
/* Removes a folder that pack_extract filled, and what is in it; never follows a link. */
void pack_remove_tree(int parent_fd, const char *name);
/* What a member is called in the archive: its path, or for one that no header holds a part of its hash. */
void pack_tar_name(cc_buf *out, cc_str path);
/* "Member" as it lies in an unpacked folder: evidence/x becomes ID/x. */
void pack_place_of(cc_buf *out, const cc_pack_list *list, cc_str path);
/* "case-" and hex digits; nothing else names a folder. */
bool pack_id_ok(cc_str id);

#endif
