/* log_text.c - see log_text.h. */
#include "cmd/log_text.h"

#include <string.h>

#include "cmd/log_lead.h"
#include "coldcase/json.h"
#include "coldcase/patterns.h"
#include "coldcase/utf8.h"

enum { LINE_MAX_BYTES = 4096 };  /* of a body in a list; the whole one is `log` */

static bool is_json(cc_str text)
{
	return text.n > 1 && text.p[0] == '{' && text.p[text.n - 1] == '}';
}

/* What the list's own columns say, or the message, already told. */
static bool is_told(cc_str key, const cc_logrec *l)
{
	static const char *const always[] = { "message", "msg", "@message", "level", "severity", "lvl", "log.level", "levelname" };
	static const char *const timed[] = { "time", "ts", "timestamp", "@timestamp", "asctime" };
	static const char *const traced[] = { "trace_id", "traceid", "span_id", "spanid", "trace_flags", "trace.id", "span.id" };
	bool told = false;
	for (size_t i = 0; !told && i < sizeof always / sizeof always[0]; i++)
		told = cc_str_eq_nocase(key, cc_str_from(always[i]));
	for (size_t i = 0; !told && l->time_ns != CC_TIME_NONE && i < sizeof timed / sizeof timed[0]; i++)
		told = cc_str_eq_nocase(key, cc_str_from(timed[i]));
	for (size_t i = 0; !told && (l->trace.hi || l->trace.lo) && i < sizeof traced / sizeof traced[0]; i++)
		told = cc_str_eq_nocase(key, cc_str_from(traced[i]));
	return told;
}

static void add_value(cc_buf *out, const cc_json *v)
{
	if (cc_json_typeof(v) == CC_JSON_OBJECT || cc_json_typeof(v) == CC_JSON_ARRAY)
		cc_json_write(out, v, false);
	else
		cc_buf_add(out, cc_json_text(v));
}

/* "message  key=value key=value"; empty when the body is no JSON object. */
static cc_str json_line(const cc_logrec *l, cc_str text, cc_arena *arena)
{
	cc_json *doc = NULL;
	cc_buf b = CC_BUF_INIT;
	if (!is_json(text) || cc_json_parse(&doc, text, NULL) != CC_OK)
		return CC_STR_EMPTY;
	cc_str message = cc_pattern_key(text, arena);
	if (message.n && message.p[0] != '{')
		cc_buf_addf(&b, "%.*s ", CC_STR_ARG(message));
	for (const cc_json *v = cc_json_first(doc); v && b.n < LINE_MAX_BYTES; v = cc_json_next(v)) {
		cc_str value = cc_json_str(v), key = cc_json_key(v);
		if (is_told(key, l) || (value.n && cc_str_eq(value, message)))
			continue;
		cc_buf_addf(&b, "%s%.*s=", b.n ? " " : "", CC_STR_ARG(key));
		add_value(&b, v);
	}
	cc_json_free(doc);
	cc_str line = cc_buf_ok(&b) ? cc_arena_dup(arena, cc_str_trim(cc_buf_str(&b))) : CC_STR_EMPTY;
	cc_buf_deinit(&b);
	return line.p ? line : CC_STR_EMPTY;
}

static size_t count_lines(cc_str text)
{
	size_t n = 0;
	for (const char *p = text.p, *end = text.p + text.n; p && p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		n++;
	return n;
}

/* The last line of a Python trace, the last cause of a Java one: what there is to know. */
static cc_str thrown_line(cc_str text)
{
	cc_str line, rest, found = CC_STR_EMPTY;
	bool python = cc_str_starts(text, CC_STR("Traceback"));
	for (cc_str_cut(text, '\n', &line, &rest); rest.n;) {
		cc_str_cut(rest, '\n', &line, &rest);
		bool flush = line.n && line.p[0] != ' ' && line.p[0] != '\t';
		if (flush && (python ? cc_str_trim(line).n > 0 : cc_str_starts(line, CC_STR("Caused by:"))))
			found = cc_str_trim(line);
	}
	return found;
}

static cc_str line_around(cc_str text, size_t at)
{
	cc_str before = cc_str_sub(text, 0, at), after = cc_str_sub(text, at, text.n);
	size_t from = cc_str_rfind_char(before, '\n'), to = cc_str_find_char(after, '\n');
	return cc_str_trim(cc_str_sub(text, from == CC_STR_NONE ? 0 : from + 1, to == CC_STR_NONE ? text.n : at + to));
}

static void add_part(cc_buf *out, cc_str part)
{
	if (part.n && cc_str_find(cc_buf_str(out), part) == CC_STR_NONE)
		cc_buf_addf(out, "%s%.*s", out->n ? " | " : "", CC_STR_ARG(part));
}

static cc_str fold_lines(cc_str text, const cc_log_style *style, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	cc_str head, rest;
	size_t start, end;
	cc_str_cut(text, '\n', &head, &rest);
	if (!cc_str_starts(head, CC_STR("Traceback")))
		add_part(&b, cc_str_trim(head));
	add_part(&b, thrown_line(text));
	for (size_t i = 0; i < style->asked_count; i++)
		if (cc_regex_match(style->asked[i], cc_buf_str(&b)) != CC_REGEX_YES &&
			cc_regex_find(style->asked[i], text, 0, &start, &end) == CC_REGEX_YES)
			add_part(&b, line_around(text, start));
	cc_str line = cc_arena_dup(arena, b.n ? cc_buf_str(&b) : cc_str_trim(head));
	cc_buf_deinit(&b);
	return line.p ? line : CC_STR_EMPTY;
}

cc_log_line cc_log_one_line(const cc_snapshot *s, const cc_logrec *l, const cc_log_style *style, cc_arena *arena)
{
	return cc_log_line_of(cc_logs_body(s, l, arena), l, style, arena);
}

cc_log_line cc_log_line_of(cc_str whole, const cc_logrec *l, const cc_log_style *style, cc_arena *arena)
{
	cc_log_line line = { .text = CC_STR_EMPTY };
	cc_str body = cc_str_trim(whole), text = body;
	if (l->time_ns != CC_TIME_NONE)
		text = cc_log_without_lead(body, (cc_level)l->level, l->trace.hi || l->trace.lo, arena);
	cc_str json = json_line(l, text, arena);
	if (json.n) {
		text = json;
	} else if (style->folded && cc_str_find_char(text, '\n') != CC_STR_NONE) {
		line.more = count_lines(text);
		text = fold_lines(text, style, arena);
	}
	line.text = cc_utf8_head(text, LINE_MAX_BYTES);
	return line;
}

static cc_str attribute(const cc_snapshot *s, const cc_logrec *l, char which, const char *name, cc_arena *arena)
{
	cc_kv_vec kv = { 0 };
	cc_str value = CC_STR_EMPTY;
	cc_logs_attrs(s, l, which, &kv, arena);
	for (size_t i = 0; i < kv.n && !value.n; i++)
		if (cc_str_eqz(kv.p[i].key, name))
			value = kv.p[i].value;
	cc_vec_deinit(&kv);
	return value;
}

cc_str cc_log_field(const cc_snapshot *s, const cc_logrec *l, const char *name, cc_arena *arena)
{
	cc_str body = cc_str_trim(cc_logs_body(s, l, arena)), value = CC_STR_EMPTY;
	cc_json *doc = NULL;
	cc_buf b = CC_BUF_INIT;
	if (is_json(body) && cc_json_parse(&doc, body, NULL) == CC_OK) {
		const cc_json *v = cc_json_at(doc, name);
		if (v)
			add_value(&b, v);
		value = cc_arena_dup(arena, cc_str_sub(cc_buf_str(&b), 0, LINE_MAX_BYTES));
		cc_json_free(doc);
		cc_buf_deinit(&b);
	}
	if (!value.n)
		value = attribute(s, l, 'l', name, arena);
	return value.n ? value : attribute(s, l, 'r', name, arena);
}

/* --- the whole body --- */

static void write_pretty(cc_jw *w, const cc_json *v)
{
	cc_json_type type = cc_json_typeof(v);
	cc_buf raw = CC_BUF_INIT;
	if (type == CC_JSON_OBJECT || type == CC_JSON_ARRAY) {
		if (type == CC_JSON_OBJECT)
			cc_jw_object(w);
		else
			cc_jw_array(w);
		for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m)) {
			if (type == CC_JSON_OBJECT)
				cc_jw_key_str(w, cc_json_key(m));
			write_pretty(w, m);
		}
		if (type == CC_JSON_OBJECT)
			cc_jw_end_object(w);
		else
			cc_jw_end_array(w);
	} else {
		cc_json_write(&raw, v, false);
		cc_jw_raw(w, cc_buf_str(&raw));
	}
	cc_buf_deinit(&raw);
}

static bool add_json(cc_reply *r, cc_str body)
{
	cc_json *doc = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	if (!is_json(body) || cc_json_parse(&doc, body, NULL) != CC_OK)
		return false;
	cc_jw_init(&w, &b, 2);
	write_pretty(&w, doc);
	cc_json_free(doc);
	bool ok = cc_buf_ok(&b);
	if (ok)
		cc_reply_line(r, CC_ROLE_TEXT, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return ok;
}

/* A frame: "at com.shop.Cart(…)", "at Socket.emit (node:…)", `File "…", line 3, in f`, "/go/src/…/x.go:12". */
static bool is_frame(cc_str line)
{
	cc_str t = cc_str_trim(line);
	bool moved_in = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	return (moved_in && (cc_str_starts(t, CC_STR("at ")) || cc_str_starts(t, CC_STR("File \"")))) ||
		(t.n && t.p[0] == '/' && cc_str_find(t, CC_STR(".go:")) != CC_STR_NONE);
}

/* Frames of runtimes and libraries: where the trouble passes through, seldom where it is made. */
static bool is_library(cc_str line)
{
	static const char *const places[] = { "node_modules/", "(node:", " node:", "site-packages/", "dist-packages/", "/lib/python",
		"/usr/lib/", "/usr/local/lib/", "<frozen ", "/pkg/mod/", "/usr/local/go/", "at java.", "at javax.", "at jdk.", "at sun.",
		"at jakarta.", "at kotlin.", "at scala.", "at org.spring", "at org.apache.", "at org.hibernate.", "at io.netty.",
		"at io.grpc.", "at io.opentelemetry.", "at com.fasterxml.", "at com.zaxxer.", "at reactor.", "at feign.", "at System.",
		"at Microsoft.", "at Grpc.", "/gems/", "/.cargo/", "/rustc/" };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (cc_str_find(line, cc_str_from(places[i])) != CC_STR_NONE)
			return true;
	return false;
}

void cc_log_add_body(cc_reply *r, cc_str body)
{
	cc_str line, rest = cc_str_trim(body);
	bool library = false;
	if (add_json(r, rest))
		return;
	if (!rest.n)
		cc_reply_line(r, CC_ROLE_TEXT, body);
	while (rest.n) {
		cc_str_cut(rest, '\n', &line, &rest);
		bool frame = is_frame(line), source = library && line.n > 4 && cc_str_starts(line, CC_STR("    ")); /* Python quotes it below */
		library = frame ? is_library(line) : source;
		cc_reply_line(r, library ? CC_ROLE_DIM : CC_ROLE_TEXT, line);
	}
}
