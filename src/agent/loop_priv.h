/* loop_priv.h - what the files of the loop share.
 *
 *   loop.c  turns: asking, carrying out, stopping     loop_talk.c  what the model is told     loop_calls.c  its calls, carried out
 *   loop_context.c  a conversation that grows too long     loop_record.c  what the record keeps of it
 *   discipline.c  budgets, advice, commitment, the check before submitting */
#ifndef COLDCASE_LOOP_PRIV_H
#define COLDCASE_LOOP_PRIV_H

#include "coldcase/agent.h"
#include "coldcase/arena.h"
#include "coldcase/json.h"
#include "coldcase/vec.h"

enum { LOOP_WARNED = 20 };           /* the last turns, each with a warning before it */

typedef struct loop {
	cc_session *session;
	const cc_agent_options *o;
	cc_chat *chat;
	cc_arena *arena;             /* of the tools' texts */
	CC_VEC(cc_tool) tools;
	CC_VEC(size_t) turns;        /* where in the chat each turn that is still there begins */
	size_t task_end;             /* messages of the chat before the first turn */
	cc_agent_report *report;
	int64_t window, began_ns;
	cc_cancel stop;              /* of whatever runs: by who watches, or when the minutes are over */
	int64_t last_tokens;         /* of the last call, read and written */
	size_t last_count;           /* messages it had read */
	int64_t most_output;         /* tokens of the longest answer */
	double advised;              /* the expected score it was told last; below 0 = none */
	bool checked;                /* the check before submitting was made */
	bool finished;               /* the answer was taken */
	cc_buf said;                 /* its last message, else its reasoning */
	cc_buf done;                 /* what a person did in its place, to be told at the next turn */
	bool dropped;                /* a turn was, since the last summary: it is time for one */
} loop;

/* Adds a message; also a line of the record when the model did not write it itself. */
bool loop_tell(loop *l, cc_speaker role, cc_str text);

/* Waits until the player may go on. */
void loop_gate(loop *l);
void loop_ran(const loop *l);
void loop_progress(const loop *l, int64_t turn, cc_str doing);

/* loop_talk.c */
void loop_write_system(const loop *l, cc_buf *out);
void loop_write_task(loop *l, cc_buf *out);
/* Before a turn: how many are left, whether to commit, what the answer is worth. Appends nothing when there is nothing to say. */
void loop_write_warning(loop *l, int64_t turn, cc_buf *out);
extern const char loop_go_on[], loop_taken_over[], loop_summary_prompt[], loop_summary_head[], loop_summary_taken[];

/* loop_calls.c */
bool loop_build_tools(loop *l);
/* Reads the answer file and hands it in; no arguments: whatever lies there, unchecked. */
cc_code loop_finish(loop *l, const cc_json *arguments, cc_err *err);
/* Every call of the message gets its answer, in order. */
cc_code loop_carry_out(loop *l, const cc_message *m, cc_err *err);

/* loop_context.c */
/* Replaces the turns by a summary when the last call took 0.7 of the window, or a turn had to be dropped. */
cc_code loop_summarise(loop *l, cc_err *err);
bool loop_drop_turn(loop *l);        /* false: there is none to drop */
cc_code loop_ask(loop *l, const char *must_call, cc_model_answer *a, cc_err *err);

/* loop_record.c */
void loop_record_begin(const loop *l);
void loop_record_usage(const loop *l, const cc_model_answer *a, const char *what);
void loop_record_message(const loop *l, const char *source, cc_str text, cc_str reasoning);
void loop_record_context(const loop *l, const char *what, size_t messages);
void loop_record_retry(const loop *l, const cc_model_event *e);

/* discipline.c */
void discipline_set_deadline(loop *l);                  /* of what runs, by when the play began */
/* Tokens of an answer that the rest of the money pays for; 0: as many as it likes. */
int64_t discipline_max_output(const loop *l);
const char *discipline_over(const loop *l);             /* why no turn may begin; NULL = go on */
int64_t discipline_next_cost(const loop *l);            /* what the next turn is expected to cost at least, in millionths of a dollar */
bool discipline_commits(const loop *l, int64_t turn);   /* only what leads to an answer is carried out */
bool discipline_leads_to_answer(const loop *l, const cc_cmd *cmd);
int64_t discipline_last_turn(const loop *l);            /* no turn is behind it */
void discipline_write_advice(loop *l, cc_buf *out);
/* CC_ESTATE with the reasons when the answer is to be thought over once more. */
cc_code discipline_check_board(loop *l, cc_str names, cc_err *err);
cc_code discipline_check_answer(loop *l, cc_str answer, cc_err *err);
void discipline_force(loop *l);                         /* submits what stands on the board, or in the answer file */

#endif
