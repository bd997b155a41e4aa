/* Any bytes as YAML: what is accepted is written as YAML and as JSON that read as the same tree. */
#include "coldcase/yaml.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	cc_json *v = NULL, *back = NULL;
	cc_err err;
	cc_buf b = CC_BUF_INIT;
	if (cc_yaml_parse(&v, text, &err) != CC_OK) {
		must(v == NULL && err.message[0]);
		return 0;
	}
	cc_yaml_write(&b, v, 0);
	must(cc_yaml_parse(&back, cc_buf_str(&b), &err) == CC_OK);
	must(cc_json_equal(v, back));
	cc_json_free(back);
	cc_buf_clear(&b);
	cc_json_write(&b, v, false);
	must(cc_json_parse(&back, cc_buf_str(&b), &err) == CC_OK);
	must(cc_json_count(back) == cc_json_count(v));
	cc_json_free(back);
	cc_json_free(v);
	cc_buf_deinit(&b);
	return 0;
}
