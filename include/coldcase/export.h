/* export.h - a record in other people's formats, and the strict check of the one that is a standard.
 *
 * Exports are deterministic: the same record and options give the same bytes. They hold what the record holds; what a step
 * printed is no part of a record and comes from the caller, who runs it again (rerun.h). A ground truth is in none of them.
 *
 * ATIF: Agent Trajectory Interchange Format, Harbor RFC 0001, versions 1.0 to 1.8. Unknown members are errors there, so ours
 * stand in `extra`. A person is an agent named "human-console" whose steps made no model call (llm_call_count 0). */
#ifndef COLDCASE_EXPORT_H
#define COLDCASE_EXPORT_H

#include "coldcase/markers.h"
#include "coldcase/record.h"

typedef enum cc_redact { CC_REDACT_NAMES = 1, CC_REDACT_NOTES = 2, CC_REDACT_SECRETS = 4 } cc_redact;

#define CC_EXPORT_HIDDEN "[redacted]"     /* stands where something was taken out */

typedef struct cc_export_options {
	unsigned redact;         /* cc_redact bits: who investigated and where; what was noted; what looks like a credential */
	const char *atif;        /* "1.7" (NULL) or "1.8" */
	/* Appends what step number `step` (1, 2 …) printed; false: not known, and its title and counts stand for it. NULL = none is. */
	bool (*text)(void *arg, uint64_t step, cc_buf *out);
	/* The briefing as shown before the first step; false or NULL: a sentence stands for it. */
	bool (*briefing)(void *arg, cc_buf *out);
	void *arg;
	const cc_json *answer;   /* what was submitted: goes into the arguments of `finish`; NULL = none */
	const cc_markers *markers;   /* NULL = none are told */
} cc_export_options;

/* One ATIF document, indented by two, with a final newline. CC_EFORMAT when the record has no header; CC_EUSAGE for a version
 * that is not written. */
cc_code cc_export_atif(cc_buf *out, const cc_run *run, const cc_export_options *opt, cc_err *err) CC_MUST_USE;
/* One line a step, RFC 4180: step, wall, active_s, actor, turn, command, line, query, rows, total, entities, cites, error, digest, marker. */
cc_code cc_export_csv(cc_buf *out, const cc_run *run, const cc_export_options *opt, cc_err *err) CC_MUST_USE;

/* Everything that is wrong with an ATIF document, one line each: the place ("steps[3].metrics") and what is expected there. Checks
 * shapes, required and unknown members, which version knows which member, step ids from 1 without gaps, timestamps, members
 * that only agents have, tool call ids (unique within a step, and the only ones results refer to), the rule of llm_call_count, references
 * to embedded trajectories and their ids, UTF-8. Returns how many lines were added; 0 = valid. */
size_t cc_atif_check(cc_buf *problems, const cc_json *document);

/* A step's command line as it may be shown: without notes and credentials where those stay. */
void cc_export_line(cc_buf *out, const cc_record_step *step, unsigned redact);

/* What the step printed may hold what somebody noted: then all of it stays where notes do. */
bool cc_export_tells_notes(const cc_record_step *step);

/* Where the first credential of a text begins and ends; false: it holds none. */
bool cc_secret_find(cc_str text, size_t *from, size_t *to);

/* `text` with what looks like a credential replaced by "[redacted]": authorization headers, values behind keys such as
 * password, token or api_key, PEM blocks, JSON Web Tokens, AWS key ids, user:password in an address. Cautious rather than complete. */
void cc_redact_secrets(cc_buf *out, cc_str text);

#endif
