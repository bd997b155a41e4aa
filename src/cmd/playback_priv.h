/* playback_priv.h - what the files of the playback share. */
#ifndef COLDCASE_PLAYBACK_PRIV_H
#define COLDCASE_PLAYBACK_PRIV_H

#include "coldcase/playback.h"

struct cc_playback {
	cc_session *session;
	const cc_run *run;
	cc_buf path;             /* of the record; empty: markers are not kept */
	cc_markers *markers;
	cc_replayer *replayer;
	size_t at, count;
	bool stale;              /* the session was not seated since it went elsewhere */
	bool bare;
	size_t differing;
	unsigned redact;         /* cc_redact bits */
	cc_buf remark;
};

/* playback_held.c: what the record holds of the last step up to here that ran the command; CC_ENOTFOUND: none did. The command's name
 * outlives the reply. */
cc_code cc_playback_held(const cc_playback *p, const char *command, cc_reply **out, cc_err *err) CC_MUST_USE;

#endif
