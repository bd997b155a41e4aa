/* search.h - a regular expression over a table's file as it lies on the disk: nothing is loaded, mapped or indexed.
 *
 * Records are those of tsv.h, numbered as citations number them. The file is read in pieces by several threads; hits
 * are delivered in the order of the file while the rest is still being read. It must be a regular file; what is
 * appended while it is read is not looked at. Whether a file may be evidence is the caller's to ask
 * (cc_evidence_is_secret). */
#ifndef COLDCASE_SEARCH_H
#define COLDCASE_SEARCH_H

#include "coldcase/cancel.h"
#include "coldcase/err.h"
#include "coldcase/regex.h"

enum { CC_SEARCH_THREADS_MAX = 64 };

typedef struct cc_search_hit {
	uint64_t record;         /* 1-based, the header line not counted */
	uint64_t offset, length; /* of the record in the file in bytes, line end excluded */
	cc_str text;             /* what was searched, raw record or decoded cell; borrowed during the callback */
	size_t start, end;       /* first match in text: [start, end) */
} cc_search_hit;

typedef struct cc_search_options {
	unsigned flags;          /* cc_regex_flags */
	/* NULL: the record as the file holds it, quotes included, malformed rows too. Else names of a column, the
	 * first that exists, compared by letters and digits: "Body|message". Then that cell is searched, decoded, of
	 * the rows that have as many fields as the header: the rows and texts of an opened snapshot. Without such a
	 * column its text is empty. */
	const char *column;
	unsigned threads;        /* the caller's included; 0 = one for each processor, at most CC_SEARCH_THREADS_MAX */
	cc_cancel *cancel;       /* NULL = cannot be canceled; asked at every read and before every match */
	/* NULL: only count. Called for each record that matches, one call at a time, from any of the threads; false
	 * ends the search, which is then a success with `stopped` set. */
	bool (*hit)(void *arg, const cc_search_hit *hit);
	/* NULL: nobody asks. Called as `hit` is, whenever all records that begin in the first `bytes` of the file have been searched; false
	 * ends the search as there. */
	bool (*went)(void *arg, uint64_t bytes);
	void *arg;
	uint64_t end;            /* records that begin at this byte of the file or behind it are not searched; 0 = all are */
	size_t piece;            /* bytes of a piece; 0 = the usual. For tests: results do not depend on it */
} cc_search_options;

typedef struct cc_search_counts {
	uint64_t records;        /* looked at */
	uint64_t matched;        /* records with a match */
	uint64_t gave_up;        /* records that were too costly to match */
	uint64_t bytes;          /* all records that begin in so many bytes of the file were searched */
	bool stopped;            /* by a callback: the counts are those of the pieces delivered */
} cc_search_counts;

/* After an error the counts are those of the pieces delivered before it. The pattern's errors are those of
 * cc_regex_compile. By the path: CC_ENOTFOUND, CC_EACCESS, CC_EIO (a file that became shorter while it was read
 * included), CC_EFORMAT (no regular file, no header). CC_ECANCELED; CC_ENOMEM (a record is held in memory whole). opt
 * may be NULL. */
cc_code cc_search_file(const char *path, cc_str pattern, const cc_search_options *opt, cc_search_counts *counts,
	cc_err *err) CC_MUST_USE;

#endif
