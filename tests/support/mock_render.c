/* mock_render.c - replies as OpenAI's chat completions and as Anthropic's messages. */
#include <string.h>

#include "support/mock_priv.h"

void mock_frame(mock_frames *f, const char *event, cc_str data)
{
	if (event)
		cc_buf_addf(&f->bytes, "event: %s\n", event);
	cc_buf_addz(&f->bytes, "data: ");
	cc_buf_add(&f->bytes, data);
	cc_buf_addz(&f->bytes, "\n\n");
	(void)cc_vec_push(&f->ends, f->bytes.n);
}

void mock_line(mock_frames *f, cc_str data)
{
	cc_buf_add(&f->bytes, data);
	cc_buf_addz(&f->bytes, "\n");
	(void)cc_vec_push(&f->ends, f->bytes.n);
}

void mock_json_text(cc_buf *b, const char *text, size_t n)
{
	cc_buf_add_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < ' ')
			cc_buf_addf(b, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			cc_buf_addf(b, "\\%c", c);
		else
			cc_buf_add_char(b, (char)c);
	}
	cc_buf_add_char(b, '"');
}

void mock_pieces(const char *text, size_t n, size_t size, void (*each)(void *ctx, const char *p, size_t n), void *ctx)
{
	for (size_t at = 0, end; at < n; at = end) {
		end = at + size < n ? at + size : n;
		while (end < n && ((unsigned char)text[end] & 0xC0) == 0x80)
			end++;
		each(ctx, text + at, end - at);
	}
}

/* One piece of a text inside an event: before, the piece as JSON, after. */
typedef struct wrap {
	mock_frames *f;
	const char *event;
	cc_buf before;
	const char *after;
} wrap;

static void wrap_piece(void *ctx, const char *p, size_t n)
{
	wrap *w = ctx;
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, cc_buf_str(&w->before));
	mock_json_text(&b, p, n);
	cc_buf_addz(&b, w->after);
	mock_frame(w->f, w->event, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void in_pieces(wrap *w, const char *text, size_t n)
{
	mock_pieces(text, n, 9, wrap_piece, w);
	cc_buf_deinit(&w->before);
}

static void raw(mock_frames *f, const mock_item *item)
{
	mock_frame(f, NULL, (cc_str){ item->text, item->n });
}

/* --- chat completions --- */

#define CHUNK "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1764264000,\"model\":\"mock-1\",\"choices\":"
#define CHOICE CHUNK "[{\"index\":0,\"delta\":"

static void openai_item(mock_frames *f, const mock_item *item, size_t turn, size_t call)
{
	wrap w = { .f = f, .after = "},\"finish_reason\":null}]}" };
	cc_buf b = CC_BUF_INIT;
	if (item->kind == ITEM_RAW) {
		raw(f, item);
	} else if (item->kind == ITEM_ERROR) {
		cc_buf_addf(&b, "{\"error\":{\"message\":\"%s\",\"type\":\"server_error\",\"code\":\"server_error\"}}", item->text);
		mock_frame(f, NULL, cc_buf_str(&b));
	} else if (item->kind == ITEM_CALL) {
		cc_buf_addf(&b, CHOICE "{\"tool_calls\":[{\"index\":%zu,\"id\":\"call_%zu_%zu\",\"type\":\"function\",\"function\":{\"name\":\"%s\","
			"\"arguments\":\"\"}}]},\"finish_reason\":null}]}", call, turn, call, item->text);
		mock_frame(f, NULL, cc_buf_str(&b));
		cc_buf_addf(&w.before, CHOICE "{\"tool_calls\":[{\"index\":%zu,\"function\":{\"arguments\":", call);
		w.after = "}}]},\"finish_reason\":null}]}";
		in_pieces(&w, item->arguments, strlen(item->arguments));
	} else {
		cc_buf_addf(&w.before, CHOICE "{\"%s\":", item->kind == ITEM_THINK ? "reasoning_content" : "content");
		in_pieces(&w, item->text, item->n);
	}
	cc_buf_deinit(&b);
}

static const char *openai_stop(const char *stop)
{
	return strcmp(stop, "calls") == 0 ? "tool_calls" : strcmp(stop, "length") == 0 ? "length" : strcmp(stop, "refusal") == 0 ?
		"content_filter" : "stop";
}

static void render_openai(const mock_reply *r, mock_frames *f, size_t turn)
{
	cc_buf b = CC_BUF_INIT;
	size_t calls = 0;
	mock_frame(f, NULL, CC_STR(CHOICE "{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}"));
	for (size_t i = 0; i < r->items.n; i++) {
		openai_item(f, &r->items.p[i], turn, calls);
		calls += r->items.p[i].kind == ITEM_CALL;
	}
	cc_buf_addf(&b, CHOICE "{},\"finish_reason\":\"%s\"}]}", openai_stop(mock_stop(r)));
	mock_frame(f, NULL, cc_buf_str(&b));
	if (r->usage[0] >= 0) {
		cc_buf_clear(&b);
		cc_buf_addf(&b, CHUNK "[],\"usage\":{\"prompt_tokens\":%ld,\"completion_tokens\":%ld,\"total_tokens\":%ld,"
			"\"prompt_tokens_details\":{\"cached_tokens\":%ld},\"completion_tokens_details\":{\"reasoning_tokens\":%ld}}}",
			r->usage[0], r->usage[1], r->usage[0] + r->usage[1], r->usage[2] > 0 ? r->usage[2] : 0, r->usage[3] > 0 ? r->usage[3] : 0);
		mock_frame(f, NULL, cc_buf_str(&b));
	}
	mock_frame(f, NULL, CC_STR("[DONE]"));
	cc_buf_deinit(&b);
}

/* --- messages --- */

static void anthropic_block(mock_frames *f, const mock_item *item, size_t turn, size_t index)
{
	wrap w = { .f = f, .event = "content_block_delta", .after = "}}" };
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"type\":\"content_block_start\",\"index\":%zu,\"content_block\":", index);
	cc_buf_addf(&w.before, "{\"type\":\"content_block_delta\",\"index\":%zu,\"delta\":{\"type\":", index);
	if (item->kind == ITEM_CALL)
		cc_buf_addf(&b, "{\"type\":\"tool_use\",\"id\":\"toolu_%zu_%zu\",\"name\":\"%s\",\"input\":{}}}", turn, index, item->text);
	else
		cc_buf_addz(&b, item->kind == ITEM_TEXT ? "{\"type\":\"text\",\"text\":\"\"}}" : "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}");
	mock_frame(f, "content_block_start", cc_buf_str(&b));
	cc_buf_addz(&w.before, item->kind == ITEM_CALL ? "\"input_json_delta\",\"partial_json\":" : item->kind == ITEM_TEXT ?
		"\"text_delta\",\"text\":" : "\"thinking_delta\",\"thinking\":");
	in_pieces(&w, item->kind == ITEM_CALL ? item->arguments : item->text, item->kind == ITEM_CALL ? strlen(item->arguments) : item->n);
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"type\":\"content_block_delta\",\"index\":%zu,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"sig-%zu\"}}",
		index, index);
	if (item->kind == ITEM_THINK)
		mock_frame(f, "content_block_delta", cc_buf_str(&b));
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"type\":\"content_block_stop\",\"index\":%zu}", index);
	mock_frame(f, "content_block_stop", cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static const char *anthropic_stop(const char *stop)
{
	static const char *const words[][2] = { { "calls", "tool_use" }, { "length", "max_tokens" }, { "refusal", "refusal" },
		{ "pause", "pause_turn" } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(stop, words[i][0]) == 0)
			return words[i][1];
	return "end_turn";
}

static void render_anthropic(const mock_reply *r, mock_frames *f, size_t turn)
{
	cc_buf b = CC_BUF_INIT;
	long cached = r->usage[2] > 0 ? r->usage[2] : 0, input = r->usage[0] > 0 ? r->usage[0] : 0;
	size_t index = 0;
	cc_buf_addf(&b, "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"mock-1\","
		"\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":%ld,\"cache_creation_input_tokens\":0,"
		"\"cache_read_input_tokens\":%ld,\"output_tokens\":1}}}", input - cached, cached);
	mock_frame(f, "message_start", cc_buf_str(&b));
	mock_frame(f, "ping", CC_STR("{\"type\":\"ping\"}"));
	for (size_t i = 0; i < r->items.n; i++) {
		const mock_item *item = &r->items.p[i];
		if (item->kind == ITEM_RAW) {
			raw(f, item);
		} else if (item->kind == ITEM_ERROR) {
			cc_buf_clear(&b);
			cc_buf_addf(&b, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"%s\"}}", item->text);
			mock_frame(f, "error", cc_buf_str(&b));
		} else {
			anthropic_block(f, item, turn, index++);
		}
	}
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"%s\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":%ld}}",
		anthropic_stop(mock_stop(r)), r->usage[1] > 0 ? r->usage[1] : 0);
	mock_frame(f, "message_delta", cc_buf_str(&b));
	mock_frame(f, "message_stop", CC_STR("{\"type\":\"message_stop\"}"));
	cc_buf_deinit(&b);
}

/* --- all --- */

void mock_render(mock_api api, const mock_reply *r, mock_frames *out, size_t turn)
{
	if (api == MOCK_OPENAI)
		render_openai(r, out, turn);
	else if (api == MOCK_ANTHROPIC)
		render_anthropic(r, out, turn);
	else if (api == MOCK_RESPONSES)
		mock_render_responses(r, out, turn);
	else if (api == MOCK_GEMINI)
		mock_render_gemini(r, out);
	else
		mock_render_ollama(r, out);
}

void mock_render_error(mock_api api, int status, const char *message, cc_buf *out)
{
	if (api == MOCK_ANTHROPIC) {
		cc_buf_addf(out, "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":", status == 429 ? "rate_limit_error" : status == 401 ?
			"authentication_error" : status == 529 ? "overloaded_error" : status < 500 ? "invalid_request_error" : "api_error");
		mock_json_text(out, message, strlen(message));
		cc_buf_addz(out, "}}");
	} else if (api == MOCK_GEMINI) {
		cc_buf_addf(out, "{\"error\":{\"code\":%d,\"status\":\"%s\",\"message\":", status, status == 429 ? "RESOURCE_EXHAUSTED" :
			status == 401 ? "UNAUTHENTICATED" : status < 500 ? "INVALID_ARGUMENT" : "INTERNAL");
		mock_json_text(out, message, strlen(message));
		cc_buf_addz(out, "}}");
	} else if (api == MOCK_OLLAMA) {
		cc_buf_addz(out, "{\"error\":");
		mock_json_text(out, message, strlen(message));
		cc_buf_addz(out, "}");
	} else {
		cc_buf_addz(out, "{\"error\":{\"message\":");
		mock_json_text(out, message, strlen(message));
		cc_buf_addf(out, ",\"type\":\"%s\",\"param\":null,\"code\":null}}", status < 500 ? "invalid_request_error" : "server_error");
	}
}
