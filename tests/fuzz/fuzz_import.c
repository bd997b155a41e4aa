/* Any bytes as a foreign run: read or refused with a message; as JSON held against the ATIF check; as text redacted. */
#include "coldcase/export.h"
#include "coldcase/import.h"
#include "coldcase/json.h"
#include "fuzz.h"

static void check_items(const cc_import *i)
{
	int64_t last = INT64_MIN;
	must(i->items.n > 0 && i->origin.n > 0);
	for (size_t k = 0; k < i->items.n; k++) {
		must(i->items.p[k].wall_ns >= last && i->items.p[k].took_ns >= 0);
		last = i->items.p[k].wall_ns;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	cc_import *i = NULL;
	cc_json *json = NULL;
	cc_buf out = CC_BUF_INIT;
	cc_err err = { 0 };
	if (cc_import_read(&i, text, &err) == CC_OK)
		check_items(i);
	else
		must(!i && err.message[0]);
	if (cc_json_parse(&json, text, NULL) == CC_OK)
		must((cc_atif_check(&out, json) > 0) == (out.n > 0));
	cc_json_free(json);
	cc_import_free(i);
	cc_buf_clear(&out);
	cc_redact_secrets(&out, text);
	cc_buf_deinit(&out);
	return 0;
}
