/* Any bytes as JSON: what is accepted is written back as JSON that reads as the same tree; numbers agree with strtod. */
#include <string.h>
#include "coldcase/json.h"
#include "coldcase/yaml.h"
#include "fuzz.h"

static void check_rewrite(const cc_json *v)
{
	cc_buf once = CC_BUF_INIT, twice = CC_BUF_INIT;
	cc_json *back = NULL;
	cc_json_write(&once, v, false);
	must(cc_json_parse(&back, cc_buf_str(&once), NULL) == CC_OK);
	cc_json_write(&twice, back, false);
	must(cc_str_eq(cc_buf_str(&once), cc_buf_str(&twice)));
	must(cc_json_equal(back, back));
	cc_buf_clear(&twice);
	cc_json_write(&twice, v, true);
	must(twice.n == once.n);
	cc_buf_clear(&twice);
	cc_yaml_write(&twice, v, 1);
	cc_json_free(back);
	cc_buf_deinit(&once);
	cc_buf_deinit(&twice);
}

static void check_walk(const cc_json *v)
{
	int64_t i;
	double d;
	size_t n = 0;
	(void)cc_json_int(v, &i);
	(void)cc_json_double(v, &d);
	(void)cc_json_at(v, "a.0.b");
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m), n++) {
		must(cc_json_typeof(v) == CC_JSON_ARRAY || cc_json_get_nocase(v, cc_json_key(m).p) != NULL);
		check_walk(m);
	}
	must(n == cc_json_count(v));
}

static void check_double(cc_str s)
{
	double got;
	char z[64];
	if (s.n >= sizeof z || !cc_str_to_double(s, &got))
		return;
	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	double want = strtod(z, NULL);
	must(got == want || (got != got && want != want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	cc_json *v = NULL;
	cc_err err;
	check_double(text);
	if (cc_json_parse(&v, text, &err) == CC_OK) {
		check_walk(v);
		check_rewrite(v);
	} else {
		must(v == NULL && err.message[0] && err.byte <= size);
	}
	cc_json_free(v);
	return 0;
}
