/* Any bytes as a filter over any table: what is accepted has a canonical text, which parses to an equal filter and is its own
 * canonical text. The first byte picks the table. */
#include "coldcase/filter.h"
#include "coldcase/time.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const cc_filter_ctx ctx = { .ref_ns = INT64_C(1765819472123456789), .onset_ns = INT64_C(1765819000000000000) };
	if (size == 0)
		return 0;
	cc_table table = (cc_table)(data[0] % CC_TABLES);
	cc_str text = { (const char *)data + 1, size - 1 };
	cc_filter *f = NULL, *again = NULL;
	cc_err err;
	cc_err_clear(&err);
	cc_code code = cc_filter_parse(&f, table, text, &ctx, &err);
	must((code == CC_OK) == (f != NULL));
	must(code == CC_OK || (err.message[0] && err.byte <= text.n));
	if (!f)
		return 0;
	cc_buf first = CC_BUF_INIT, second = CC_BUF_INIT;
	cc_filter_format(f, &first);
	must(cc_filter_parse(&again, table, cc_buf_str(&first), &ctx, &err) == CC_OK);
	must(cc_filter_equal(f, again));
	cc_filter_format(again, &second);
	must(cc_str_eq(cc_buf_str(&first), cc_buf_str(&second)));
	cc_range bounds = cc_filter_bounds(f);
	must(bounds.from_ns == cc_filter_bounds(again).from_ns && bounds.to_ns == cc_filter_bounds(again).to_ns);
	cc_buf_deinit(&first);
	cc_buf_deinit(&second);
	cc_filter_free(f);
	cc_filter_free(again);
	return 0;
}
