/* trace_words.c - ids and failures of spans in words (see trace_words.h). */
#include "cmd/trace_words.h"

#include "cmd/log_text.h"

cc_str cc_trace_text(cc_call *c, cc_id128 id)
{
	cc_buf b = CC_BUF_INIT;
	cc_id128_format(&b, id);
	cc_str s = cc_arena_dup(c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return s.p ? s : CC_STR_EMPTY;
}

cc_str cc_span_text(cc_call *c, uint64_t id)
{
	return cc_arena_printf(c->arena, "%016llx", (unsigned long long)id);
}

static cc_str value_of(const cc_kv_vec *kv, const char *key)
{
	for (size_t i = 0; i < kv->n; i++)
		if (cc_str_eqz(kv->p[i].key, key))
			return kv->p[i].value;
	return CC_STR_EMPTY;
}

static cc_str grpc_name(cc_str number)
{
	static const char *const names[] = { "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL",
		"UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED" };
	int64_t n;
	if (!cc_str_to_i64(number, &n) || n <= 0 || n >= (int64_t)(sizeof names / sizeof *names))
		return CC_STR_EMPTY;
	return cc_str_from(names[n]);
}

/* "503"; what went well says nothing of a failure. */
static cc_str http_code(const cc_kv_vec *kv)
{
	static const char *const keys[] = { "http.response.status_code", "http.status_code" };
	int64_t n;
	for (size_t i = 0; i < 2; i++) {
		cc_str code = value_of(kv, keys[i]);
		if (cc_str_to_i64(code, &n) && n >= 400 && n <= 599)
			return code;
	}
	return CC_STR_EMPTY;
}

/* "java.net.ConnectException": its last part tells. */
static cc_str type_name(cc_str type)
{
	size_t dot = cc_str_rfind_char(type, '.');
	return cc_str_sub(type, dot == CC_STR_NONE ? 0 : dot + 1, type.n);
}

cc_str cc_span_code(cc_call *c, const cc_span *sp)
{
	cc_kv_vec kv = { 0 };
	cc_spans_attrs(snap(c), sp, 's', &kv, c->arena);
	cc_str code = grpc_name(value_of(&kv, "rpc.grpc.status_code"));
	if (code.n == 0)
		code = http_code(&kv);
	if (code.n == 0)
		code = type_name(value_of(&kv, "error.type"));
	if (code.n == 0)
		code = type_name(value_of(&kv, "exception.type"));
	cc_vec_deinit(&kv);
	return code.n ? code : CC_STR("ERR");
}

cc_str cc_trace_log_text(cc_call *c, const cc_logrec *l)
{
	const cc_log_style style = { .folded = true };
	return ev_one_line(cc_log_one_line(snap(c), l, &style, c->arena).text, 400);
}

cc_role cc_role_of_level(cc_level level)
{
	return level >= CC_LEVEL_ERROR ? CC_ROLE_CRITICAL : level == CC_LEVEL_WARN ? CC_ROLE_WARNING : CC_ROLE_TEXT;
}
