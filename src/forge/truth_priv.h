/* truth_priv.h - what ground truth and debrief share: where the effects of the causes went, as the simulation counted it. */
#ifndef FORGE_TRUTH_PRIV_H
#define FORGE_TRUTH_PRIV_H

#include "forge/fault_priv.h"

typedef struct truth_reach {
	bool *in;                /* by service: it suffered */
	int *order, n;           /* services in the order in which the search found them */
	int *from;               /* by service: whence it suffered; -1: from the cause itself */
	uint32_t least;          /* calls that must have gone wrong for a link: fewer are anybody's noise */
} truth_reach;

typedef enum truth_link { LINK_NONE, LINK_FAILED, LINK_SLOW, LINK_STARVED, LINK_UNREACHED } truth_link;

/* Follows failed, slow and missing calls from the first victims of all causes. False when memory is out. */
bool truth_reach_make(forge_sim *s, truth_reach *r);
truth_link truth_leads(const forge_sim *s, const truth_reach *r, int from, int to);
uint32_t truth_count(const forge_sim *s, truth_link link, int from, int to);
/* Has this service fallen silent, by a rule? And does any alert about it fire? */
bool truth_silent(const forge_sim *s, int service);
bool truth_first_hit(const forge_sim *s, int service);
/* The first alert that fired because of a cause; NULL: none. */
const forge_fired *truth_first_alert(const forge_sim *s, const truth_reach *r);
bool truth_same(const forge_entity *a, const forge_entity *b);
void truth_text(cc_buf *b, const char *indent, const char *key, const char *value); /* one line: key: "value" */


/* Parts of debrief.yaml, and briefing.md. */
void debrief_innocent(forge_sim *s, const truth_reach *r, cc_buf *b); /* debrief_innocent.c */
void debrief_route(forge_sim *s, const truth_reach *r, cc_buf *b);    /* debrief_route.c */
void debrief_briefing(forge_sim *s, const truth_reach *r, cc_buf *b); /* debrief_briefing.c */
const char *debrief_entity(forge_sim *s, const forge_entity *e);
const char *debrief_time(forge_sim *s, int64_t at);
void debrief_item(cc_buf *b, const char *value);         /* one quoted item of a list */

#endif
