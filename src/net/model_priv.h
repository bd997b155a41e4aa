/* model_priv.h - what the files of asking a model share.
 *
 *   model.c  opening, and one question with its tries     attempt.c  one try     retry.c  after how long another
 *   concede.c  what a server will not take is left out
 *   keys.c  where keys come from     facts.c  prices and windows     provider.c  the table of providers     decode.c, write.c  shared
 *   openai.c responses.c anthropic.c gemini.c ollama.c  a provider each     sse.c  streams into events     http.c  libcurl */
#ifndef COLDCASE_NET_MODEL_PRIV_H
#define COLDCASE_NET_MODEL_PRIV_H

#include "coldcase/rng.h"
#include "net/provider.h"

struct cc_model {
	cc_model_options opt;        /* its texts are the buffers below */
	cc_buf name, url, effort;
	const provider_ops *ops;
	bool own_host;
	cc_buf key;                  /* empty: none */
	cc_model_facts facts;
	cc_rng rng;
	bool reached;                /* this server has answered before, be it an error */
	bool free_choice;            /* this server will not be told which tool to call */
	size_t state_from;           /* messages before this one go without their state: it was refused */
	cc_http *http;               /* NULL where the options bring their own way out */
};

/* --- attempt.c --- */

/* How one try ended. problem == NONE: the decoder holds a whole answer. */
typedef struct attempt {
	decode d;
	cc_http_head head;
	cc_model_problem problem;
	cc_code code;
	bool may_retry;              /* the same question may well get an answer */
	bool unreached;              /* nobody was there */
	int64_t begun_ns;
} attempt;

void attempt_run(cc_model *m, const cc_model_request *r, cc_str body, attempt *out, cc_err *err);
void attempt_deinit(attempt *a);

/* --- concede.c --- */

/* After a refusal: true when there is something in the request that was refused and that it can do without; it is left out from now on. */
bool concede(cc_model *m, const cc_model_request *r, const cc_model_answer *out, const cc_err *err);

/* --- retry.c --- */

/* How long to wait before try number `next` (2, 3, …): a random part of base * 2^n ("full jitter"), and not less than the server
 * asked for; never more than the options' most. */
int64_t retry_wait_ns(cc_rng *rng, const cc_model_options *o, int next, int64_t retry_after_ns);
/* Really waits, in slices. */
bool retry_sleep(void *ctx, int64_t ns, cc_cancel *cancel);

/* --- keys.c --- */

/* Appends the key of a provider; nothing when there is none. Errors: the file may be read by others, or is not a map of names. */
cc_code key_find(cc_buf *out, const provider_ops *ops, cc_err *err) CC_MUST_USE;
void key_wipe(cc_buf *key);
/* Replaces the key wherever it stands in the text: servers repeat what they were sent. */
void key_hide(const cc_buf *key, cc_buf *text);

/* --- facts.c --- */

cc_code facts_find(cc_model_facts *out, const char *provider, cc_str model, cc_err *err) CC_MUST_USE;

#endif
