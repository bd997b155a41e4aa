/* playback.h - a record being gone through: where one is, how one gets elsewhere, and what is said there.
 *
 * The session it drives is over the record's incident and is seated at each step: what a command answers is what it would have
 * answered then. Where the evidence is gone the session is over nothing, and evidence is what the record itself holds of its
 * steps. Front ends send lines: the words of the table below, and any command that changes nothing. */
#ifndef COLDCASE_PLAYBACK_H
#define COLDCASE_PLAYBACK_H

#include "coldcase/command.h"
#include "coldcase/markers.h"
#include "coldcase/session.h"

typedef struct cc_playback cc_playback;

/* All are borrowed and must outlive it. path: where the record lies, for the markers beside it; NULL: they are not kept. A
 * file of markers that cannot be read is no failure: cc_playback_remark says so. Seats the session before the first step. */
cc_code cc_playback_new(cc_playback **out, cc_session *s, const cc_run *run, const char *path, cc_err *err) CC_MUST_USE;
void cc_playback_free(cc_playback *p);                  /* NULL is fine */

cc_session *cc_playback_session(const cc_playback *p);
const cc_run *cc_playback_run(const cc_playback *p);
cc_markers *cc_playback_markers(const cc_playback *p);
size_t cc_playback_at(const cc_playback *p);            /* steps done */
size_t cc_playback_count(const cc_playback *p);         /* of how many */
bool cc_playback_bare(const cc_playback *p);            /* the evidence is not there */
size_t cc_playback_differing(const cc_playback *p);     /* files of it that are not as they were recorded */
cc_str cc_playback_remark(const cc_playback *p);        /* what whoever plays it back must know; may be empty */
void cc_playback_redact(cc_playback *p, unsigned redact);   /* cc_redact bits (export.h): what is not shown from the next step on */

/* After so many steps (more: the end). The session follows when a line asks for something, or with cc_playback_settle: each way in
 * a long record costs, and a console seats it elsewhere first. */
void cc_playback_go(cc_playback *p, size_t step);
cc_code cc_playback_settle(cc_playback *p, cc_err *err) CC_MUST_USE;
/* The session stands at another step for a moment; cc_playback_at is as before. */
cc_code cc_playback_seat(cc_playback *p, size_t step, cc_err *err) CC_MUST_USE;
/* Of a live drill: while the case stands where it is, the evidence is what this step was shown. */
void cc_playback_look(cc_playback *p, size_t step);
/* Something to do while nothing else is: true when there is nothing more (cc_replayer_prepare). */
bool cc_playback_prepare(cc_playback *p, int64_t for_ns);

typedef struct cc_playback_word { const char *name, *args, *summary; } cc_playback_word;
extern const cc_playback_word cc_playback_words[];      /* ends with name NULL */
bool cc_playback_clock(cc_str text, int64_t *ns);       /* "3:20" or "90" of the case's own clock */
bool cc_playback_takes(cc_str line);                    /* it begins with one of them, written out */

/* A record that is played back stays what it was: may this command be asked of one? */
bool cc_playback_allows(const cc_cmd *cmd);
#define CC_PLAYBACK_GO_ON "T in `coldcase replay RUN` goes on live"

/* A line. The words of the table answer with the step one is at then, or with what they ask for; a word that is used wrongly
 * is CC_EUSAGE with its arguments. Everything else is the session's. *out has one reference for the caller. */
cc_code cc_playback_line(cc_playback *p, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err) CC_MUST_USE;

/* --- going on from there --- */

/* What became of the steps that were asked again. */
typedef struct cc_takeover {
	size_t steps;            /* of the record that were taken over */
	size_t again;            /* asked again; the others were a shell's, or asked for nothing */
	size_t failed;           /* that were answered then and failed now */
	size_t differing;        /* answered otherwise than then */
	uint64_t first;          /* number of the first step that failed or differs; 0 = none */
	bool before_submit;      /* the answer was among them: taken over before it */
} cc_takeover;

typedef struct cc_takeover_options {
	bool revealed;           /* the truth was shown before: the new record says so */
	cc_cancel *cancel;
	void (*progress)(void *arg, size_t done, size_t all);
	void *progress_arg;
} cc_takeover_options;

/* Makes a live session, opened a moment ago with its clock stopped, stand where the record stood after so many steps: asks all
 * that was asked again, so that the new record stands on its own, and names its parent in an event. CC_ESTATE: the session was
 * used before. CC_ECANCELED. */
cc_code cc_take_over(cc_session *s, const cc_run *run, size_t steps, const cc_takeover_options *opt, cc_takeover *out, cc_err *err)
	CC_MUST_USE;
void cc_takeover_say(const cc_takeover *t, cc_buf *out);    /* one or two sentences */

#endif
