/* record_priv.h - what writer and reader of the record share. */
#ifndef COLDCASE_RECORD_PRIV_H
#define COLDCASE_RECORD_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/record.h"

enum { CC_RECORD_HASH = 64 };           /* hex digits of a hash */
#define CC_RECORD_FIRST_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* The largest record the reader takes. */
#define CC_RECORD_LIMIT ((size_t)1 << 30)

/* An action as a JSON object and back. start_ns: monotonic time of the record's beginning. Reading looks up nothing: entity
 * and citation are set by resolve, over the snapshot the record is of. */
void cc_record_write_action(cc_jw *w, const cc_action *a, const cc_snapshot *s, int64_t start_ns);
cc_code cc_record_read_action(const cc_json *json, cc_arena *arena, cc_action *out, cc_err *err);
cc_code cc_record_resolve_action(const cc_json *json, const cc_snapshot *s, cc_action *a, cc_err *err);

/* The members of each line type after the common ones. */
void cc_record_write_header(cc_jw *w, const cc_record_header *h);
void cc_record_write_step(cc_jw *w, const cc_record_step *step, uint64_t number, const cc_snapshot *s, int64_t start_ns);
void cc_record_write_view(cc_jw *w, const cc_record_view *view);
void cc_record_write_digest(cc_jw *w, const cc_record_digest *digest);
void cc_record_write_event(cc_jw *w, const cc_record_event *event);
void cc_record_write_end(cc_jw *w, const cc_record_end *end);

/* Takes the lock of a record that is open for writing; closing it gives it back. CC_ESTATE: somebody else has it, and who.
 * *without: 0, or the errno that tells why there can be no lock here. leased: who plays is settled elsewhere, and the one who
 * has it may stand still for ever: a lock that is taken refuses nothing. */
cc_code cc_record_lock(int fd, const char *path, bool leased, int *without, cc_err *err) CC_MUST_USE;

/* What the name of a line's type means. */
cc_line_type cc_record_type_of(cc_str name);

/* When a line was written: 0 and CC_TIME_NONE where it does not say. */
void cc_record_line_times(const cc_json *json, int64_t *t_ns, int64_t *wall_ns);

/* Fills line->type, the times and line->as from line->json. CC_ENOMEM; CC_EFORMAT for a header that is none of ours. */
cc_code cc_record_decode(cc_record_line *line, cc_arena *arena, cc_err *err);

#endif
