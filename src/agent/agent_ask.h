/* agent_ask.h - how a program plays: it runs a line, and reads rows of the answer by the keys of their columns.
 *
 * Only published keys are used, so that what plays here could play over `--json` just as well. */
#ifndef COLDCASE_AGENT_ASK_H
#define COLDCASE_AGENT_ASK_H

#include "coldcase/agent.h"
#include "coldcase/arena.h"

typedef struct agent_asker {
	cc_session *session;
	const cc_agent_watch *watch;
	cc_arena *arena;             /* replies may go, their texts are copied here */
	int64_t turn;
	bool spent;                  /* the budget is: what costs a query is not asked any more */
	bool over;                   /* canceled, or out of memory */
} agent_asker;

/* Runs one line as a turn of its own. NULL when it failed: the next question may fare better unless `over` is set. */
cc_reply *agent_ask(agent_asker *a, const char *fmt, ...) CC_PRINTF(2, 3);
/* Why the next line is run: a "message" of the record. */
void agent_say(agent_asker *a, const char *fmt, ...) CC_PRINTF(2, 3);
bool agent_stopped(const agent_asker *a);
/* agent_ask does these itself: waits until the player may go on - false: it may not any more -, and tells that a line was run. */
bool agent_go_on(agent_asker *a);
void agent_ran(const agent_asker *a);

/* --- reading --- */

/* The section of that key; NULL when there is none, which all below take for no rows. */
const cc_section *agent_section(const cc_reply *r, const char *key);
const cc_cell *agent_cell(const cc_section *s, const cc_row *row, const char *key);      /* NULL: no such column, or empty */
cc_str agent_text(agent_asker *a, const cc_section *s, const cc_row *row, const char *key);  /* copied; empty when none */
int64_t agent_int(const cc_section *s, const cc_row *row, const char *key);              /* 0 when none; also times' ns */
int64_t agent_time(const cc_section *s, const cc_row *row, const char *key);             /* CC_TIME_NONE when none */
bool agent_bool(const cc_section *s, const cc_row *row, const char *key);
cc_str agent_fact(agent_asker *a, const cc_section *s, const char *key);

/* The last word of namespace/Kind/name, and the one in the middle. */
cc_str agent_name_of(cc_str entity);
cc_str agent_kind_of(cc_str entity);
cc_str agent_namespace_of(cc_str entity);

#endif
