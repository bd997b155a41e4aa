/* model.h - asking a language model: one conversation, whoever serves it.
 *
 * A cc_chat is the conversation in the terms they all share; a cc_model knows a provider, a key and prices, and turns the chat into that
 * provider's request and the streamed answer back into a message. A key never appears in an error, an event, an answer or a log.
 *
 *     cc_model *m;  cc_chat *chat = cc_chat_new();
 *     cc_model_options o;  cc_model_options_init(&o);  o.provider = CC_PROVIDER_OPENAI;  o.model = "gpt-5";
 *     cc_model_open(&m, &o, &err);
 *     cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_USER, .text = CC_STR("…") });
 *     cc_model_answer a = { 0 };
 *     if (cc_model_ask(m, &(cc_model_request){ .chat = chat, .tools = tools, .tools_n = n }, &a, &err) == CC_OK)
 *             cc_chat_add(chat, &a.message);   // then one CC_ROLE_TOOL message for each call, in their order
 *     cc_model_answer_deinit(&a);
 *
 * One thread at a time uses a model; its events come on that thread. */
#ifndef COLDCASE_MODEL_H
#define COLDCASE_MODEL_H

#include "coldcase/cancel.h"
#include "coldcase/http.h"

/* --- who serves it --- */

typedef enum cc_provider {
	CC_PROVIDER_OPENAI,              /* chat completions, also of everything that calls itself compatible */
	CC_PROVIDER_RESPONSES,           /* OpenAI's responses; nothing is stored there */
	CC_PROVIDER_ANTHROPIC,
	CC_PROVIDER_GEMINI,
	CC_PROVIDER_OLLAMA,
	CC_PROVIDER_COUNT
} cc_provider;

const char *cc_provider_name(cc_provider p);         /* "openai", "openai-responses", "anthropic", "gemini", "ollama" */
bool cc_provider_find(cc_str name, cc_provider *out);
const char *cc_provider_variable(cc_provider p);     /* the environment variable of its key, "OPENAI_API_KEY" */
const char *cc_provider_url(cc_provider p);          /* where it is without base_url */

/* --- the conversation --- */

typedef enum cc_speaker { CC_ROLE_SYSTEM, CC_ROLE_USER, CC_ROLE_ASSISTANT, CC_ROLE_TOOL } cc_speaker;

typedef struct cc_tool_call {
	cc_str id;                       /* never empty in an answer: made up where the provider gives none */
	cc_str name;
	cc_str arguments;                /* JSON text as the model wrote it, which may be malformed; "{}" when it wrote none */
} cc_tool_call;

typedef struct cc_message {
	cc_speaker role;
	cc_str text;
	cc_str reasoning;                /* assistant: what it showed of its thinking; for people, never sent back */
	const cc_tool_call *calls;       /* assistant */
	size_t calls_n;
	/* assistant: the provider's own form of the message, as JSON (signatures, encrypted reasoning, ids). It goes back as it came;
	 * a model of another provider does not see it and is sent the text and the calls, and so is a server that refuses it. */
	cc_str state;
	cc_provider state_of;
	cc_str call_id, call_name;       /* tool: the call that text answers */
	bool is_error;                   /* tool: it failed, text says why */
} cc_message;

typedef struct cc_chat cc_chat;      /* owns its messages */

cc_chat *cc_chat_new(void);          /* NULL when out of memory */
void cc_chat_free(cc_chat *c);
bool cc_chat_add(cc_chat *c, const cc_message *m);   /* copies all of it; false when out of memory */
size_t cc_chat_count(const cc_chat *c);
const cc_message *cc_chat_get(const cc_chat *c, size_t i);  /* borrowed until it is removed */
void cc_chat_truncate(cc_chat *c, size_t n);         /* keeps the first n */

/* What the model may call; texts borrowed for the time of the request. */
typedef struct cc_tool {
	cc_str name, description;
	cc_str schema;                   /* JSON Schema of the arguments: an object */
} cc_tool;

/* --- the model --- */

typedef struct cc_model_net {        /* how the outside is reached; all NULL: libcurl, and really waiting */
	cc_http_send_fn *send;
	/* Waits before another try; false when canceled meanwhile. */
	bool (*wait)(void *ctx, int64_t ns, cc_cancel *cancel);
	void *ctx;                       /* of both */
} cc_model_net;

typedef struct cc_model_options {
	cc_provider provider;
	const char *model;
	const char *base_url;            /* NULL: the provider's own. As the provider's SDK takes it: ".../v1" for openai */
	bool allow_http;                 /* http:// also to other machines */
	int64_t max_output;              /* tokens of an answer; 0 = as the table of models says, else the provider's default */
	double temperature;              /* below 0: not sent */
	const char *effort;              /* of thinking: "low", "high", "off" … or a number of tokens; NULL: not sent */
	bool no_reasoning_text;          /* does not ask for the text of the thinking, which some accounts may not see */
	int64_t window;                  /* tokens it holds; 0 = as the table of models says. Ollama is told so. */
	int connect_ms, stall_ms, total_ms;  /* 20 s, 5 min, 20 min */
	int tries;                       /* in all, 1 … 20; 6. A server that was never reached is tried twice. */
	int64_t retry_base_ns, retry_max_ns; /* back-off: a random part of base * 2^n, at most max; also the most of a Retry-After */
	uint64_t seed;                   /* of the back-off's random numbers */
	cc_model_net net;
} cc_model_options;

void cc_model_options_init(cc_model_options *o);     /* the values said above, no provider chosen: openai, no model */

typedef struct cc_model cc_model;

/* Copies the options, finds the key (the provider's environment variable, then keys.yaml in the configuration folder, which must be
 * readable by its owner only) and reads the prices. A key may be missing where base_url is given, and for ollama.
 * CC_EUSAGE for the options, CC_EACCESS for a missing key or a file that others may read, CC_EFORMAT for a bad file. */
cc_code cc_model_open(cc_model **out, const cc_model_options *o, cc_err *err) CC_MUST_USE;
void cc_model_close(cc_model *m);    /* wipes the key; NULL is fine */

/* --- asking --- */

typedef enum cc_model_event_kind {
	CC_MODEL_TEXT,                   /* text: some more of the answer */
	CC_MODEL_REASONING,              /* text: some more of its thinking */
	CC_MODEL_CALL,                   /* text: the name of a tool it begins to call */
	CC_MODEL_RETRY,                  /* text: why; another try (number `attempt`) after wait_ns */
	CC_MODEL_RESTART                 /* what was told of this answer is void: it was cut, and comes anew */
} cc_model_event_kind;

typedef struct cc_model_event {
	cc_model_event_kind kind;
	cc_str text;                     /* outside text, valid UTF-8, not cleaned; borrowed for the time of the call */
	int attempt;
	int64_t wait_ns;
} cc_model_event;

typedef struct cc_model_request {
	const cc_chat *chat;
	const cc_tool *tools;
	size_t tools_n;
	/* NULL: the model chooses. "": it must call some tool; else the tool of this name. Where the provider cannot be told so, it chooses; where
	 * the model refuses to be told so (HTTP 400), the question is asked again without, and so are all after it. */
	const char *must_call;
	int64_t max_output;              /* tokens that may be paid for, at most; 0 = as many as the model's options say */
	void (*on_event)(void *ctx, const cc_model_event *e);  /* may be NULL */
	void *ctx;
	cc_cancel *cancel;               /* heard within 100 ms; may be NULL */
} cc_model_request;

typedef enum cc_stop {
	CC_STOP_END,                     /* it said what it had to say */
	CC_STOP_CALLS,                   /* it waits for the results of its calls */
	CC_STOP_LENGTH,                  /* max_output reached: the last call's arguments may be cut */
	CC_STOP_CONTEXT,                 /* the window is full */
	CC_STOP_REFUSAL,                 /* it, or its filter, will not answer */
	CC_STOP_BAD_CALL,                /* a call so malformed that the provider kept it */
	CC_STOP_PAUSE,                   /* add the message to the chat and ask again */
	CC_STOP_OTHER
} cc_stop;

const char *cc_stop_name(cc_stop s); /* "end", "calls", "length", … */

typedef struct cc_usage {            /* tokens; -1 = not said */
	int64_t input;                   /* all that was read, cached or not */
	int64_t output;                  /* all that was written, reasoning too */
	int64_t reasoning;               /* of output */
	int64_t cached, cache_written;   /* of input */
} cc_usage;

/* Why there is no answer: what a caller can do about it. */
typedef enum cc_model_problem {
	CC_PROBLEM_NONE,
	CC_PROBLEM_KEY,                  /* 401, 403, or no key */
	CC_PROBLEM_CONTEXT,              /* the conversation does not fit: make it shorter */
	CC_PROBLEM_REQUEST,              /* 400, 404, …: the model's name, an option */
	CC_PROBLEM_QUOTA,                /* no money left there; not tried again */
	CC_PROBLEM_RATE,                 /* 429, to the last try */
	CC_PROBLEM_SERVER,               /* 5xx, to the last try */
	CC_PROBLEM_NETWORK,              /* not reached, or cut, to the last try */
	CC_PROBLEM_ANSWER,               /* it answered what is no answer of this protocol */
	CC_PROBLEM_CANCELED
} cc_model_problem;

typedef struct cc_model_answer {
	cc_message message;              /* role assistant */
	cc_stop stop;
	cc_str stop_reason;              /* the provider's word for it */
	cc_str model;                    /* that answered, as the provider calls it; may be empty */
	cc_usage usage;
	int64_t cost_micro;              /* millionths of a dollar; -1 = unknown: no price, or no usage */
	cc_model_problem problem;
	int status;                      /* of HTTP, of the last try; 0 = none came */
	int attempts;
	int64_t first_ns, total_ns;      /* of the try that succeeded: to the first piece of content, and in all; waits not counted */
	int64_t waited_ns;               /* between tries */
	struct cc_arena *arena;          /* of the texts */
} cc_model_answer;

/* Asks and waits for the whole answer. *out must be zero or have been deinitialised; it is filled on failure too (problem, status,
 * attempts, waited_ns) and must be deinitialised either way. Errors name the provider, the status and what to do next:
 * CC_EACCESS (key), CC_ELIMIT (context, quota, rate, an answer beyond all measure), CC_EUSAGE (request), CC_EIO (server, network),
 * CC_EFORMAT (answer), CC_ECANCELED. */
cc_code cc_model_ask(cc_model *m, const cc_model_request *request, cc_model_answer *out, cc_err *err) CC_MUST_USE;
void cc_model_answer_deinit(cc_model_answer *a);

/* --- what a model costs --- */

typedef struct cc_model_facts {      /* micro-dollars per million tokens; -1 = unknown */
	int64_t input, output, cached, cache_written;
	int64_t over, over_input, over_output, over_cached, over_cache_written; /* other prices where the input is larger than `over` tokens; 0 = none */
	int64_t window, max_output;      /* tokens; 0 = unknown */
} cc_model_facts;

const cc_model_facts *cc_model_facts_of(const cc_model *m);  /* of its model, never NULL */
int64_t cc_model_cost(const cc_model_facts *f, const cc_usage *u);  /* micro-dollars, rounded up; -1 = unknown */

#endif
