/* mock_priv.h - what the files of the mock server share: mock_script.c reads scripts, mock_check.c looks at requests, mock_render.c
 * and mock_render_more.c write replies, mock_model.c is the server. */
#ifndef COLDCASE_TEST_MOCK_PRIV_H
#define COLDCASE_TEST_MOCK_PRIV_H

#include "coldcase/json.h"
#include "coldcase/vec.h"
#include "support/mock_model.h"

typedef enum mock_api { MOCK_OPENAI, MOCK_RESPONSES, MOCK_ANTHROPIC, MOCK_GEMINI, MOCK_OLLAMA, MOCK_NONE } mock_api;

typedef enum mock_kind { ITEM_THINK, ITEM_TEXT, ITEM_CALL, ITEM_RAW, ITEM_ERROR } mock_kind;

typedef struct mock_item {
	mock_kind kind;
	char *text;              /* of a call: its name */
	size_t n;
	char *arguments;
} mock_item;

typedef struct mock_reply {
	CC_VEC(mock_item) items;
	char *stop, *message, *type, *headers, *expect[8];
	size_t expects;
	int status;              /* 0 = 200 */
	long usage[4];
	int pace_ms, loris_ms, cut;   /* cut: CUT_NEVER, or events */
	bool close, hang, linger;
} mock_reply;

enum { CUT_NEVER = -1 };

typedef struct mock_script {
	CC_VEC(mock_reply) replies;
	bool by_turn, keep;
} mock_script;

bool mock_script_read(mock_script *s, const char *text);
void mock_script_free(mock_script *s);
const char *mock_stop(const mock_reply *r);          /* what the script says or what follows from its items */

/* The body of a request; *turns: how many answers it holds. Empty when it is fine, else what the server would say. */
const char *mock_check(mock_api api, const cc_json *body, size_t *turns);

/* A reply as the events of a stream, each with its end. */
typedef struct mock_frames {
	cc_buf bytes;
	CC_VEC(size_t) ends;
} mock_frames;

void mock_render(mock_api api, const mock_reply *r, mock_frames *out, size_t turn);
void mock_render_error(mock_api api, int status, const char *message, cc_buf *out);
void mock_frame(mock_frames *f, const char *event, cc_str data);     /* event NULL: not named */
void mock_line(mock_frames *f, cc_str data);

/* JSON with what a script puts into it, invalid bytes and all. */
void mock_json_text(cc_buf *b, const char *text, size_t n);
/* Calls `each` with pieces of at most `size` bytes that do not divide a character. */
void mock_pieces(const char *text, size_t n, size_t size, void (*each)(void *ctx, const char *p, size_t n), void *ctx);

void mock_render_responses(const mock_reply *r, mock_frames *out, size_t turn);
void mock_render_gemini(const mock_reply *r, mock_frames *out);
void mock_render_ollama(const mock_reply *r, mock_frames *out);

#endif
