/* mock_render_more.c - replies as OpenAI's responses, as Gemini's chunks and as Ollama's lines. */
#include <stdio.h>
#include <string.h>

#include "support/mock_priv.h"

/* --- responses --- */

typedef struct items {
	mock_frames *f;
	cc_buf done;             /* finished items, comma-separated */
	size_t index, sequence;
	const char *type, *key;  /* of the deltas at hand: "output_text", and what tells them apart */
	const char *part;        /* what holds them: "content_part", with its type; NULL: nothing */
	const char *part_type;
} items;

static void named(items *t, const char *type, cc_buf *members)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"type\":\"%s\",\"sequence_number\":%zu%s", type, t->sequence++, members->n ? "," : "");
	cc_buf_add(&b, cc_buf_str(members));
	cc_buf_add_char(&b, '}');
	mock_frame(t->f, type, cc_buf_str(&b));
	cc_buf_deinit(&b);
	cc_buf_clear(members);
}

static void delta(void *ctx, const char *p, size_t n)
{
	items *t = ctx;
	cc_buf b = CC_BUF_INIT;
	char type[64];
	snprintf(type, sizeof type, "response.%s.delta", t->type);
	cc_buf_addf(&b, "\"output_index\":%zu,\"item_id\":\"it_%zu\",%s\"delta\":", t->index, t->index, t->key);
	mock_json_text(&b, p, n);
	named(t, type, &b);
	cc_buf_deinit(&b);
}

/* A part begins empty and ends whole. */
static void give_part(items *t, const char *when, const char *text, size_t n)
{
	cc_buf b = CC_BUF_INIT;
	char type[64];
	if (!t->part)
		return;
	snprintf(type, sizeof type, "response.%s.%s", t->part, when);
	cc_buf_addf(&b, "\"output_index\":%zu,\"item_id\":\"it_%zu\",%s\"part\":{\"type\":\"%s\",\"annotations\":[],\"text\":", t->index, t->index, t->key,
		t->part_type);
	mock_json_text(&b, text, n);
	cc_buf_add_char(&b, '}');
	named(t, type, &b);
	cc_buf_deinit(&b);
}

static void give_whole(items *t, const char *text, size_t n)
{
	cc_buf b = CC_BUF_INIT;
	char type[64];
	snprintf(type, sizeof type, "response.%s.done", t->type);
	cc_buf_addf(&b, "\"output_index\":%zu,\"item_id\":\"it_%zu\",%s\"%s\":", t->index, t->index, t->key, t->part ? "text" : "arguments");
	mock_json_text(&b, text, n);
	named(t, type, &b);
	cc_buf_deinit(&b);
}

/* An item is announced, filled and given as a whole. `item` is what it is when it is whole, `begun` what it is before. */
static void give_item(items *t, cc_str begun, cc_str item, const char *text, size_t n)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "\"output_index\":%zu,\"item\":", t->index);
	cc_buf_add(&b, begun);
	named(t, "response.output_item.added", &b);
	give_part(t, "added", "", 0);
	mock_pieces(text, n, 9, delta, t);
	give_whole(t, text, n);
	give_part(t, "done", text, n);
	cc_buf_addf(&b, "\"output_index\":%zu,\"item\":", t->index);
	cc_buf_add(&b, item);
	named(t, "response.output_item.done", &b);
	if (t->done.n)
		cc_buf_add_char(&t->done, ',');
	cc_buf_add(&t->done, item);
	t->index++;
	cc_buf_deinit(&b);
}

static void give_thought(items *t, const mock_item *item)
{
	cc_buf begun = CC_BUF_INIT, whole = CC_BUF_INIT;
	cc_buf_addf(&begun, "{\"type\":\"reasoning\",\"id\":\"rs_%zu\",\"summary\":[]}", t->index);
	cc_buf_addf(&whole, "{\"type\":\"reasoning\",\"id\":\"rs_%zu\",\"encrypted_content\":\"enc-%zu\",\"summary\":[{\"type\":\"summary_text\",\"text\":",
		t->index, t->index);
	mock_json_text(&whole, item->text, item->n);
	cc_buf_addz(&whole, "}]}");
	t->type = "reasoning_summary_text";
	t->part = "reasoning_summary_part";
	t->part_type = "summary_text";
	t->key = "\"summary_index\":0,";
	give_item(t, cc_buf_str(&begun), cc_buf_str(&whole), item->text, item->n);
	cc_buf_deinit(&begun);
	cc_buf_deinit(&whole);
}

static void give_text(items *t, const mock_item *item)
{
	cc_buf begun = CC_BUF_INIT, whole = CC_BUF_INIT;
	cc_buf_addf(&begun, "{\"type\":\"message\",\"id\":\"msg_%zu\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}", t->index);
	cc_buf_addf(&whole, "{\"type\":\"message\",\"id\":\"msg_%zu\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\","
		"\"annotations\":[],\"text\":", t->index);
	mock_json_text(&whole, item->text, item->n);
	cc_buf_addz(&whole, "}]}");
	t->type = "output_text";
	t->part = "content_part";
	t->part_type = "output_text";
	t->key = "\"content_index\":0,\"logprobs\":[],";
	give_item(t, cc_buf_str(&begun), cc_buf_str(&whole), item->text, item->n);
	cc_buf_deinit(&begun);
	cc_buf_deinit(&whole);
}

static void give_call(items *t, const mock_item *item, size_t turn)
{
	cc_buf begun = CC_BUF_INIT, whole = CC_BUF_INIT;
	size_t n = strlen(item->arguments);
	cc_buf_addf(&begun, "{\"type\":\"function_call\",\"id\":\"fc_%zu\",\"call_id\":\"call_%zu_%zu\",\"name\":\"%s\",\"status\":\"in_progress\","
		"\"arguments\":\"\"}", t->index, turn, t->index, item->text);
	cc_buf_addf(&whole, "{\"type\":\"function_call\",\"id\":\"fc_%zu\",\"call_id\":\"call_%zu_%zu\",\"name\":\"%s\",\"status\":\"completed\","
		"\"arguments\":", t->index, turn, t->index, item->text);
	mock_json_text(&whole, item->arguments, n);
	cc_buf_add_char(&whole, '}');
	t->type = "function_call_arguments";
	t->part = NULL;
	t->key = "";
	give_item(t, cc_buf_str(&begun), cc_buf_str(&whole), item->arguments, n);
	cc_buf_deinit(&begun);
	cc_buf_deinit(&whole);
}

static void response_object(cc_buf *b, const items *t, const mock_reply *r, const char *status, const char *details)
{
	long cached = r->usage[2] > 0 ? r->usage[2] : 0, reasoning = r->usage[3] > 0 ? r->usage[3] : 0;
	cc_buf_addf(b, "\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1764264000,\"status\":\"%s\",\"model\":\"mock-1\","
		"\"error\":null,\"incomplete_details\":%s,\"output\":[", status, details);
	cc_buf_add(b, cc_buf_str(&t->done));
	cc_buf_addz(b, "],\"usage\":");
	if (r->usage[0] < 0)
		cc_buf_addz(b, "null}");
	else
		cc_buf_addf(b, "{\"input_tokens\":%ld,\"input_tokens_details\":{\"cached_tokens\":%ld},\"output_tokens\":%ld,"
			"\"output_tokens_details\":{\"reasoning_tokens\":%ld},\"total_tokens\":%ld}}", r->usage[0], cached, r->usage[1], reasoning,
			r->usage[0] + r->usage[1]);
}

void mock_render_responses(const mock_reply *r, mock_frames *f, size_t turn)
{
	items t = { .f = f };
	cc_buf b = CC_BUF_INIT;
	const char *stop = mock_stop(r);
	response_object(&b, &t, r, "in_progress", "null");
	named(&t, "response.created", &b);
	for (size_t i = 0; i < r->items.n; i++) {
		const mock_item *item = &r->items.p[i];
		if (item->kind == ITEM_RAW) {
			mock_frame(f, NULL, (cc_str){ item->text, item->n });
		} else if (item->kind == ITEM_ERROR) {
			cc_buf_addf(&b, "\"response\":{\"id\":\"resp_1\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"%s\"}}", item->text);
			named(&t, "response.failed", &b);
		} else if (item->kind == ITEM_THINK) {
			give_thought(&t, item);
		} else if (item->kind == ITEM_TEXT) {
			give_text(&t, item);
		} else {
			give_call(&t, item, turn);
		}
	}
	bool cut = strcmp(stop, "length") == 0, refused = strcmp(stop, "refusal") == 0;
	response_object(&b, &t, r, cut || refused ? "incomplete" : "completed", cut ? "{\"reason\":\"max_output_tokens\"}" : refused ?
		"{\"reason\":\"content_filter\"}" : "null");
	named(&t, cut || refused ? "response.incomplete" : "response.completed", &b);
	cc_buf_deinit(&b);
	cc_buf_deinit(&t.done);
}

/* --- gemini --- */

static void gemini_chunk(mock_frames *f, cc_str part, const char *more)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[");
	cc_buf_add(&b, part);
	cc_buf_addf(&b, "]},\"index\":0%s],\"modelVersion\":\"mock-1\"}", more);
	mock_frame(f, NULL, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

typedef struct parts {
	mock_frames *f;
	bool thought;
} parts;

static void gemini_text(void *ctx, const char *p, size_t n)
{
	parts *t = ctx;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{\"text\":");
	mock_json_text(&b, p, n);
	cc_buf_addz(&b, t->thought ? ",\"thought\":true}" : "}");
	gemini_chunk(t->f, cc_buf_str(&b), "}");
	cc_buf_deinit(&b);
}

static const char *gemini_stop(const char *stop)
{
	static const char *const words[][2] = { { "length", "MAX_TOKENS" }, { "refusal", "SAFETY" }, { "badcall", "MALFORMED_FUNCTION_CALL" } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(stop, words[i][0]) == 0)
			return words[i][1];
	return "STOP";
}

static void gemini_end(const mock_reply *r, mock_frames *f)
{
	cc_buf b = CC_BUF_INIT;
	long reasoning = r->usage[3] > 0 ? r->usage[3] : 0;
	cc_buf_addf(&b, "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"%s\",\"index\":0}]", gemini_stop(mock_stop(r)));
	if (r->usage[0] >= 0)
		cc_buf_addf(&b, ",\"usageMetadata\":{\"promptTokenCount\":%ld,\"candidatesTokenCount\":%ld,\"totalTokenCount\":%ld,"
			"\"cachedContentTokenCount\":%ld,\"thoughtsTokenCount\":%ld}", r->usage[0], r->usage[1] - reasoning, r->usage[0] + r->usage[1],
			r->usage[2] > 0 ? r->usage[2] : 0, reasoning);
	cc_buf_addz(&b, ",\"modelVersion\":\"mock-1\"}");
	mock_frame(f, NULL, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* Arguments are an object here: what is none is written as it stands, and breaks the event as it would break Google's. */
static void gemini_call(mock_frames *f, const mock_item *item, bool first)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"functionCall\":{\"name\":\"%s\",\"args\":%s}%s}", item->text, *item->arguments ? item->arguments : "{}",
		first ? ",\"thoughtSignature\":\"c2ln\"" : "");
	gemini_chunk(f, cc_buf_str(&b), "}");
	cc_buf_deinit(&b);
}

void mock_render_gemini(const mock_reply *r, mock_frames *f)
{
	cc_buf b = CC_BUF_INIT;
	bool first = true;
	for (size_t i = 0; i < r->items.n; i++) {
		const mock_item *item = &r->items.p[i];
		parts t = { f, item->kind == ITEM_THINK };
		if (item->kind == ITEM_RAW) {
			mock_frame(f, NULL, (cc_str){ item->text, item->n });
		} else if (item->kind == ITEM_ERROR) {
			cc_buf_clear(&b);
			cc_buf_addf(&b, "{\"error\":{\"code\":503,\"message\":\"%s\",\"status\":\"UNAVAILABLE\"}}", item->text);
			mock_frame(f, NULL, cc_buf_str(&b));
		} else if (item->kind == ITEM_CALL) {
			gemini_call(f, item, first);
			first = false;
		} else {
			mock_pieces(item->text, item->n, 9, gemini_text, &t);
		}
	}
	gemini_end(r, f);
	cc_buf_deinit(&b);
}

/* --- ollama --- */

static void ollama_text(void *ctx, const char *p, size_t n)
{
	parts *t = ctx;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "{\"model\":\"mock-1\",\"created_at\":\"2026-11-27T17:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":%s",
		t->thought ? "\"\",\"thinking\":" : "");
	mock_json_text(&b, p, n);
	cc_buf_addz(&b, "},\"done\":false}");
	mock_line(t->f, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void mock_render_ollama(const mock_reply *r, mock_frames *f)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < r->items.n; i++) {
		const mock_item *item = &r->items.p[i];
		parts t = { f, item->kind == ITEM_THINK };
		cc_buf_clear(&b);
		if (item->kind == ITEM_CALL)
			cc_buf_addf(&b, "{\"model\":\"mock-1\",\"created_at\":\"2026-11-27T17:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\","
				"\"tool_calls\":[{\"function\":{\"name\":\"%s\",\"arguments\":%s}}]},\"done\":false}", item->text,
				*item->arguments ? item->arguments : "{}");
		else if (item->kind == ITEM_ERROR)
			cc_buf_addf(&b, "{\"error\":\"%s\"}", item->text);
		else if (item->kind == ITEM_RAW)
			cc_buf_add(&b, (cc_str){ item->text, item->n });
		else
			mock_pieces(item->text, item->n, 9, ollama_text, &t);
		if (b.n)
			mock_line(f, cc_buf_str(&b));
	}
	cc_buf_clear(&b);
	cc_buf_addf(&b, "{\"model\":\"mock-1\",\"created_at\":\"2026-11-27T17:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
		"\"done_reason\":\"%s\",\"done\":true,\"total_duration\":1", strcmp(mock_stop(r), "length") == 0 ? "length" : "stop");
	if (r->usage[0] >= 0)
		cc_buf_addf(&b, ",\"prompt_eval_count\":%ld,\"eval_count\":%ld", r->usage[0], r->usage[1]);
	cc_buf_add_char(&b, '}');
	mock_line(f, cc_buf_str(&b));
	cc_buf_deinit(&b);
}
