/* pack.h - a case file: one incident in one compressed file, to be carried to somebody who is to investigate it.
 *
 * A tar archive under zstd, so that `tar --zstd -tf FILE.case` lists it too, and behind it 48 bytes that zstd skips: the sum of all
 * before them. Its first member, case.json, names the case by a random id and lists every other member with its size and SHA-256, in
 * the order in which they follow: truth.sealed and briefing.md where there are such, then evidence/. Whatever does not follow the
 * list to the letter is refused, and nothing of it is left behind. The truth is absent or sealed (seal.h).
 *
 * Nothing here opens a ground truth or a sealed one. libarchive is loaded when it is first asked for. */
#ifndef COLDCASE_PACK_H
#define COLDCASE_PACK_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/cancel.h"

#define CC_PACK_SUFFIX ".case"
#define CC_PACK_LIST_FILE "case.json"
#define CC_PACK_SEALED_FILE "truth.sealed"
#define CC_PACK_BRIEFING_FILE "briefing.md"
#define CC_PACK_ID_PREFIX "case-"
enum {
	CC_PACK_VERSION = 1,
	CC_PACK_MEMBERS_MAX = 30000,
	CC_PACK_PATH_MAX = 512,          /* bytes of a member's path */
	CC_PACK_RATIO_MAX = 1000,        /* evidence is tables of text, which shrink to a hundredth at best; what grows more is a bomb */
};
#define CC_PACK_LIST_MAX ((size_t)8 << 20)       /* bytes of case.json */
#define CC_PACK_PAPER_MAX ((size_t)80 << 20)     /* of truth.sealed */
#define CC_PACK_BRIEFING_MAX ((size_t)64 << 10)  /* of briefing.md */
#define CC_PACK_BYTES_MAX ((uint64_t)64 << 30)   /* of all members */
#define CC_PACK_FREE_BYTES ((uint64_t)64 << 20)  /* the ratio is not asked below so many */

typedef struct cc_pack_member { cc_str path; uint64_t bytes; cc_str sha256; } cc_pack_member;

/* What case.json says, checked. Read only; free with cc_pack_list_free. */
typedef struct cc_pack_list {
	cc_arena *arena;
	cc_str id;               /* "case-3f9a2c71d0b4" */
	cc_str made_by;          /* "coldcase 1.0" */
	cc_str truth_seal;       /* what a record's header gets: "salt:hash", or "ID:hash" when sealed; empty = no truth was there */
	cc_str snapshot_sha256;  /* as cc_snapshot_digest says of the evidence */
	const cc_pack_member *members; size_t count;     /* without case.json itself */
	const cc_pack_member *sealed, *briefing;         /* NULL = none */
	uint64_t bytes;          /* of all members */
	uint64_t evidence_bytes; size_t evidence_count;
	char sha256[65];         /* of the list as cc_pack_list_write writes it */
} cc_pack_list;

cc_code cc_pack_list_parse(cc_pack_list **out, cc_str text, const char *name, cc_err *err) CC_MUST_USE;
void cc_pack_list_write(cc_buf *out, const cc_pack_list *list);
void cc_pack_list_free(cc_pack_list *list);
/* What a sealed truth is bound to: the id, the commitment and every member but the sealed one. Appended. */
void cc_pack_list_bound(cc_buf *out, const cc_pack_list *list);

/* A path that may stand in a list: relative, printable ASCII, no empty, "." or ".." part, and no name that leaks answers
 * (cc_evidence_is_secret) below evidence/. NULL, or what is wrong with it. */
const char *cc_pack_path_problem(cc_str path);

typedef struct cc_pack_work {
	cc_cancel *cancel;       /* NULL = cannot be canceled */
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
} cc_pack_work;

/* --- making --- */
typedef struct cc_pack_options {
	const char *dir;         /* the incident */
	const char *out;         /* the file; CC_EIO when it exists, unless replace */
	bool replace;
	const char *id;          /* NULL = a random one */
	cc_str truth_seal;       /* may be empty */
	cc_str briefing;         /* likewise; its title is replaced by the id */
	/* Called with a list that is complete but for the sealed member: fills `sealed`. NULL = no sealed truth. */
	cc_code (*seal)(void *arg, const cc_pack_list *list, cc_buf *sealed, cc_err *err);
	void *seal_arg;
	cc_pack_work work;
} cc_pack_options;

typedef struct cc_pack_report {
	char id[32];
	size_t files, left_out;  /* of evidence; what could not be read is left out, and named in `note` */
	uint64_t bytes, packed;
	bool sealed;
	cc_buf note;             /* one line each */
} cc_pack_report;

/* Makes a case file of an incident. Same evidence, id and sealed truth: same bytes. Release the report's note with cc_buf_deinit. */
cc_code cc_pack_make(const cc_pack_options *o, cc_pack_report *report, cc_err *err) CC_MUST_USE;
/* "case-" and twelve random hex digits. */
cc_code cc_pack_new_id(char out[32], cc_err *err) CC_MUST_USE;

/* --- reading --- */
/* Whether a path is a file that begins as case files do, or is called like one. */
bool cc_pack_is(const char *path);
/* case.json alone, from the beginning of the file: quick, whatever its size. */
cc_code cc_pack_read_list(cc_pack_list **out, const char *path, cc_err *err) CC_MUST_USE;
/* Appends the sealed truth as it stands, its sum checked. CC_ENOTFOUND: the case has none. */
cc_code cc_pack_read_sealed(cc_buf *out, const char *path, cc_err *err) CC_MUST_USE;
/* Unpacks into the new folder `dir`: case.json, truth.sealed, briefing.md, and the evidence in a folder called by the id. Complete or
 * not there at all. CC_ESTATE when dir exists; CC_EFORMAT or CC_ELIMIT when the file is refused, naming it and the member. */
cc_code cc_pack_unpack(const char *path, const char *dir, const cc_pack_work *work, cc_err *err) CC_MUST_USE;
/* The same into $XDG_CACHE_HOME/coldcase/cases/ID (0700), unless it is there and unchanged; appends the folder of the evidence.
 * Cases used longest ago are dropped when all together exceed most_bytes (0 = 4 GiB), but none that a process is using: this one is
 * held until the process ends. */
cc_code cc_pack_keep(cc_buf *evidence, const char *path, const cc_pack_work *work, uint64_t most_bytes, cc_err *err) CC_MUST_USE;

/* --- an unpacked case --- */
/* The list that belongs to an incident's folder, and where the papers beside it lie; CC_ENOTFOUND when it comes from no case. */
cc_code cc_pack_papers(cc_pack_list **out, cc_buf *papers, const char *incident_dir, cc_err *err) CC_MUST_USE;

/* The briefing that was packed with the evidence in this folder; CC_ENOTFOUND when it comes from no case, or from one without. Cheap. */
cc_code cc_pack_briefing(cc_buf *out, cc_str evidence_dir) CC_MUST_USE;

/* "libarchive 3.6.2, zstd 1.5.4"; false, and what is wrong, when it cannot be had. */
bool cc_pack_version(cc_buf *out);

#endif
