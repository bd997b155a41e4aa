/* provider.h - what a provider's file says of it: a row of functions. */
#ifndef COLDCASE_NET_PROVIDER_H
#define COLDCASE_NET_PROVIDER_H

#include "net/decode.h"

/* One request in the terms of all of them. */
typedef struct ask {
	const cc_model_options *opt;
	const cc_model_facts *facts;
	const cc_model_request *request;
	bool own_host;           /* the provider's own servers, not something compatible */
	size_t state_from;       /* messages before this one go without their state */
} ask;

size_t ask_count(const ask *a);                      /* of the conversation's messages */
cc_message ask_message(const ask *a, size_t i);      /* as it is to be sent */

typedef struct provider_ops {
	const char *name;
	const char *variables[3];    /* of the environment, in order; the first is named in hints */
	const char *url;
	bool lines;                  /* JSON lines, not server-sent events */
	bool needs_key;
	const char *key_header, *key_prefix;
	struct { const char *name, *value; } more_headers[3];
	void (*path)(cc_buf *out, const char *model);
	void (*write)(cc_jw *w, const ask *a);           /* the members of the request's object */
	void (*event)(decode *d, const cc_json *data);   /* one event of the stream */
	void (*finish)(decode *d);                       /* closes the state; may be NULL */
} provider_ops;

extern const provider_ops openai_ops, responses_ops, anthropic_ops, gemini_ops, ollama_ops;
const provider_ops *provider_get(cc_provider p);

/* write.c: pieces of requests */
void write_tool_schema(cc_jw *w, const cc_tool *t);              /* the schema, or that of no arguments when it is none */
/* A call's arguments as an object; what is none becomes {"malformed_arguments": "…"}: some servers choke on anything else. */
void write_arguments(cc_jw *w, const cc_tool_call *c);
void write_arguments_text(cc_jw *w, const cc_tool_call *c);      /* the same as a string */
bool write_has_state(const cc_message *m, cc_provider p);
void write_member(cc_jw *w, const char *key, cc_str text);
/* "model", and the conversation as an array under that key, message by message. */
void write_conversation(cc_jw *w, const ask *a, const char *key, void (*one)(cc_jw *w, const cc_message *m));
/* "tools", each what OpenAI calls a function: nested in a member of that name, as in chat completions and what speaks like them; else flat, as in
 * its responses. Nothing without tools. */
void write_functions(cc_jw *w, const cc_model_request *r, bool nested);
/* "tool_choice" of the same two forms; nothing when the model chooses. */
void write_function_choice(cc_jw *w, const cc_model_request *r, bool nested);
void write_temperature(cc_jw *w, const cc_model_options *o);     /* "temperature", when there is one */
/* True when effort is a number of tokens. */
bool write_effort_tokens(const cc_model_options *o, int64_t *tokens);
bool write_effort_is_off(const cc_model_options *o);

#endif
