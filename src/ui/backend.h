/* backend.h - what the console asks of the investigation. The session answers it; tests answer it with canned replies. */
#ifndef COLDCASE_UI_BACKEND_H
#define COLDCASE_UI_BACKEND_H

#include "coldcase/session.h"

typedef struct cc_ui_status {          /* what the top row shows */
	cc_str scenario;               /* borrowed */
	int64_t active_ns, onset_ns;   /* onset: CC_TIME_NONE = no alert to count from */
	cc_budget budget;
	cc_view view;
	cc_range range;                /* of all evidence that may be shown */
	cc_range capture;              /* of all there is */
	int64_t until_ns;              /* the horizon; CC_TIME_NONE = hindsight */
	const cc_zone *zone;           /* shown beside UTC; NULL = none */
	bool started, running, submitted;
	int live_speed;                /* 0 = no live drill */
	bool live_over;
	size_t pages;                  /* so many alerts have paged */
	bool frozen;                   /* somebody else stopped the clock */
	cc_str frozen_why;
	cc_str told;                   /* the last hint nobody asked for, and how many there were */
	size_t told_count;
	bool truthless;              /* recorded, but no verdict can follow here */
	size_t pins, suspects;
} cc_ui_status;

typedef struct cc_backend {
	void *arg;
	cc_code (*run)(void *arg, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err);
	void (*status)(void *arg, cc_ui_status *out);
	void (*record_view)(void *arg, const cc_view_state *v);
	cc_code (*complete)(void *arg, cc_str line, cc_arena *arena, cc_completion_vec *out, size_t *word_start);
	void (*entity_text)(void *arg, cc_entity_id id, cc_buf *out);
	void (*cite_text)(void *arg, cc_cite cite, cc_buf *out);
	uint32_t (*pin_of)(void *arg, cc_cite cite, cc_str label);   /* number of the pin on a record, 0 = none; label empty: any */
	const char *(*run_dir)(void *arg);
	void (*tick)(void *arg);
	bool (*advance)(void *arg);                   /* these two as in session.h; NULL = it never does, none is */
	bool (*asked)(void *arg, cc_str line);
	cc_code (*poll)(void *arg, bool *fuller, cc_err *err);  /* these four as in session.h, or NULL */
	cc_loading (*loading)(void *arg);
	cc_entity_id (*moved)(void *arg, cc_entity_id before);
	bool (*unread)(void *arg, const cc_cmd *cmd);
	void (*watch)(void *arg, const cc_watch *watch);   /* as in session.h; NULL = nothing is shown before it is whole */
	/* The reply of `timeline` in so many slices; NULL = no scrubber. */
	cc_code (*timeline)(void *arg, int slices, cc_cancel *cancel, cc_reply **out);
	bool (*missing)(void *arg, const char *pane);  /* the snapshot holds nothing for it; NULL = every pane has evidence */
} cc_backend;

cc_backend cc_backend_of_session(cc_session *s);

#endif
