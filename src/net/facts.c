/* facts.c - what models cost and hold: the table that is compiled in (prices.yaml), and the user's, which goes before it.
 *
 * Money is counted in whole millionths of a dollar, and a price is that for a million tokens: no sum of it is ever rounded but the last.
 * A model nobody has named has no price; that is not the same as costing nothing. */
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/yaml.h"
#include "net/model_priv.h"

enum { MICRO_DIGITS = 6, FILE_MAX = 1 << 20 };
#define PRICE_MAX INT64_C(1000000000) /* a thousand dollars for a million tokens */
#define TOKENS_MAX INT64_C(1000000000)

static const cc_model_facts NOTHING = { .input = -1, .output = -1, .cached = -1, .cache_written = -1, .over_input = -1, .over_output = -1,
	.over_cached = -1, .over_cache_written = -1 };

static const struct { const char *name; const unsigned char *text; size_t n; } BUILTIN[] = {
#include "prices.inc"
};

/* "0.075" as millionths, exactly; false for what is no such number. */
static bool read_micro(cc_str s, int64_t *out)
{
	int64_t v = 0;
	int decimals = -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || v > PRICE_MAX || decimals == MICRO_DIGITS)
			return false;
		v = v * 10 + (s.p[i] - '0');
		decimals += decimals >= 0;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < MICRO_DIGITS; i++) {
		if (v > PRICE_MAX)
			return false;
		v *= 10;
	}
	*out = v;
	return s.n > 0 && v <= PRICE_MAX;
}

static bool read_price(const cc_json *row, const char *key, int64_t *out)
{
	const cc_json *v = cc_json_get(row, key);
	return !v || read_micro(cc_json_text(v), out);
}

static bool read_tokens(const cc_json *row, const char *key, int64_t *out)
{
	const cc_json *v = cc_json_get(row, key);
	return !v || (cc_json_int(v, out) && *out >= 0 && *out <= TOKENS_MAX);
}

static bool read_row(cc_model_facts *f, const cc_json *row)
{
	return cc_json_typeof(row) == CC_JSON_OBJECT && read_price(row, "input", &f->input) && read_price(row, "output", &f->output) &&
		read_price(row, "cached", &f->cached) && read_price(row, "cache_written", &f->cache_written) &&
		read_tokens(row, "over", &f->over) && read_price(row, "over_input", &f->over_input) &&
		read_price(row, "over_output", &f->over_output) && read_price(row, "over_cached", &f->over_cached) &&
		read_price(row, "over_cache_written", &f->over_cache_written) &&
		read_tokens(row, "window", &f->window) && read_tokens(row, "max_output", &f->max_output);
}

/* "claude-sonnet-4-5" is also "claude-sonnet-4-5-20250929": a name and the date of a version. */
static bool is_model(cc_str row, const char *provider, cc_str model)
{
	cc_str of, name;
	if (!cc_str_cut(row, '/', &of, &name) || !cc_str_eqz(of, provider) || !cc_str_starts(model, name))
		return false;
	cc_str rest = cc_str_sub(model, name.n, model.n);
	if (rest.n && (rest.n < 9 || (rest.p[0] != '-' && rest.p[0] != '@')))
		return false;
	for (size_t i = 1; i < rest.n; i++)
		if (rest.p[i] != '-' && (rest.p[i] < '0' || rest.p[i] > '9'))
			return false;
	return true;
}

static cc_code look_up(cc_model_facts *out, cc_str text, const char *from, const char *provider, cc_str model, cc_err *err)
{
	cc_json *map = NULL;
	cc_err bad = { 0 };
	cc_code code = cc_yaml_parse(&map, text, &bad);
	if (code != CC_OK || (cc_json_typeof(map) != CC_JSON_OBJECT && cc_json_typeof(map) != CC_JSON_NULL))
		code = cc_err_set(err, CC_EFORMAT, "%s: %s", from, code != CC_OK ? bad.message : "not a map of models");
	for (const cc_json *row = code == CC_OK ? cc_json_first(map) : NULL; row && code == CC_OK; row = cc_json_next(row)) {
		cc_model_facts f = NOTHING;
		if (!read_row(&f, row)) {
			code = cc_err_set(err, CC_EFORMAT, "%s: %.*s: a price is dollars for a million tokens", from, CC_STR_ARG(cc_json_key(row)));
			(void)cc_err_hint(err, "a line of it looks like: openai/NAME: {input: 1.25, cached: 0.125, output: 10, window: 400000}");
		} else if (is_model(cc_json_key(row), provider, model)) {
			*out = f;
		}
	}
	cc_json_free(map);
	return code;
}

cc_code facts_find(cc_model_facts *out, const char *provider, cc_str model, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_err why = { 0 };
	if (strcmp(provider, "openai-responses") == 0)
		provider = "openai";
	if (cc_str_starts(model, CC_STR("models/"))) /* gemini's long form */
		model = cc_str_sub(model, 7, model.n);
	*out = NOTHING;
	const cc_str builtin = { (const char *)BUILTIN[0].text, BUILTIN[0].n };
	cc_code code = look_up(out, builtin, "prices", provider, model, err);
	if (code == CC_OK && cc_xdg_dir(&path, 'c', &why) == CC_OK) {
		cc_buf_addz(&path, "/prices.yaml");
		code = cc_buf_ok(&path) ? cc_file_read(&text, path.p, FILE_MAX, &why) : CC_ENOMEM;
		if (code == CC_OK)
			code = look_up(out, cc_buf_str(&text), path.p, provider, model, err);
		else if (code == CC_ENOTFOUND)
			code = CC_OK;
		else
			code = cc_err_set(err, code, "%s", why.message);
	}
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

/* --- a sum --- */

static int64_t part(int64_t tokens, int64_t price)
{
	return tokens > 0 ? tokens * price : 0;
}

static bool countable(int64_t tokens)
{
	return tokens <= TOKENS_MAX;
}

/* One of two prices: that for long requests where there is one and the request is long. */
static int64_t price(bool long_one, int64_t over, int64_t usual)
{
	return long_one && over >= 0 ? over : usual;
}

int64_t cc_model_cost(const cc_model_facts *f, const cc_usage *u)
{
	bool big = f->over > 0 && u->input > f->over;
	int64_t input = price(big, f->over_input, f->input), output = price(big, f->over_output, f->output);
	int64_t cached = price(big, f->over_cached, f->cached), write = price(big, f->over_cache_written, f->cache_written);
	if (input < 0 || output < 0 || u->input < 0 || u->output < 0 || !countable(u->input) || !countable(u->output))
		return -1;
	int64_t read = u->cached > 0 ? u->cached : 0, written = u->cache_written > 0 ? u->cache_written : 0;
	if (read > u->input)
		read = u->input;
	if (written > u->input - read)
		written = u->input - read;
	int64_t sum = part(u->input - read - written, input) + part(read, cached >= 0 ? cached : input) +
		part(written, write >= 0 ? write : input) + part(u->output, output);
	return (sum + 999999) / 1000000;
}
