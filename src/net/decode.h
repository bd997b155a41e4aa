/* decode.h - an answer while it comes in, and how each provider's stream becomes one. */
#ifndef COLDCASE_NET_DECODE_H
#define COLDCASE_NET_DECODE_H

#include "coldcase/json.h"
#include "coldcase/model.h"
#include "coldcase/vec.h"

typedef struct decode_call {
	int64_t index;           /* by which the provider tells its pieces apart; -1 = it does not */
	cc_buf id, name, arguments;
	cc_buf extra;            /* JSON that goes back with it; may be empty */
} decode_call;

/* Anthropic's parts of a message, in their order. */
typedef struct decode_block {
	int64_t index;
	enum { BLOCK_TEXT, BLOCK_THINKING, BLOCK_CALL, BLOCK_OTHER } kind;
	cc_buf text, signature;
	cc_buf raw;              /* of others, as it came */
	size_t call;             /* which of the calls */
} decode_block;

typedef struct decode {
	const cc_model_request *request;
	cc_buf text, reasoning;
	CC_VEC(decode_call) calls;
	CC_VEC(decode_block) blocks;
	cc_buf state;            /* members or items, comma-separated, without their brackets */
	cc_buf plain;            /* gemini: text that no signature divides, not yet in state */
	const char *reasoning_key;   /* openai: the name this server has for it */
	cc_buf model, stop_reason;
	cc_stop stop;
	bool stopped;            /* the provider said why it stopped: the answer is whole once the stream ends */
	bool complete;           /* and nothing more is to come */
	bool content;            /* something of the answer has been told */
	cc_usage usage;
	int64_t first_ns;        /* when the first of the content came */
	cc_model_problem problem;    /* the stream itself said so, in: */
	int status;              /* that of HTTP this error would have; 0 = none of the usual */
	cc_buf error;
	int64_t retry_after_ns;      /* which an error may say, where headers do not; 0 = not */
	bool failed;             /* out of memory */
} decode;

void decode_init(decode *d, const cc_model_request *request);
void decode_deinit(decode *d);

/* What a provider's file says of an event of its stream. Texts are copied and told on. */
void decode_text(decode *d, cc_str piece);
void decode_reasoning(decode *d, cc_str piece);
decode_call *decode_call_begin(decode *d, int64_t index, cc_str id, cc_str name);   /* NULL: no memory, or no end of calls */
decode_call *decode_call_find(decode *d, int64_t index);
void decode_arguments(decode_call *c, const cc_json *piece);                        /* text, or an object as a whole */
void decode_state(decode *d, const cc_json *item);                                  /* appended as it came */
void decode_stop(decode *d, cc_str reason, cc_stop stop);
void decode_model(decode *d, cc_str model);                                         /* the first that is said stays */
void decode_count(int64_t *out, const cc_json *object, const char *key);            /* untouched when it is not said */

/* An error as providers write it: {"error":{"message","type","code"}}, {"error":"…"}, and in place of an
 * answer {"message"} and {"detail"} too. False: there is none. `status` is that of HTTP, 0 = inside a stream. */
bool decode_error(decode *d, int status, const cc_json *body);
void decode_classify(decode *d, int status, cc_str word, cc_str message);

/* Puts calls in their final form, ids where none were given ("cc-<turn>-<n>"), and the stop reason that fits. */
void decode_finish(decode *d, size_t turn);
bool decode_id_is_ours(cc_str id);

#endif
