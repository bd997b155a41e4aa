/* Any bytes as a time or duration: what is accepted is written in a form that reads as the same. */
#include "coldcase/time.h"
#include "fuzz.h"

static void check_time(int64_t ns)
{
	static void (*const exact[])(cc_buf *, int64_t) = { cc_time_format, cc_time_format_stamp };
	for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		int64_t back = 0;
		exact[i](&b, ns);
		must(cc_time_parse(cc_buf_str(&b), &back) && back == ns);
		cc_buf_deinit(&b);
	}
}

static void check_lossy(int64_t ns)
{
	cc_buf b = CC_BUF_INIT;
	int64_t back;
	cc_duration_format(&b, ns);
	must(ns < 0 || cc_duration_parse(cc_buf_str(&b), &back) || ns > INT64_MAX - 86400 * CC_NS_PER_S);
	cc_buf_clear(&b);
	cc_offset_format(&b, ns);
	cc_time_format_ms(&b, ns);
	cc_time_format_clock(&b, ns);
	cc_time_format_clock_ms(&b, ns);
	cc_buf_deinit(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	const int64_t ref = INT64_C(1765819472123456789);
	int64_t ns = 0;
	if (cc_time_parse(text, &ns)) {
		must(ns != CC_TIME_NONE);
		check_time(ns);
		check_lossy(ns);
	}
	if (cc_time_parse_user(text, ref, ref - CC_NS_PER_S, &ns))
		check_time(ns);
	if (cc_duration_parse(text, &ns)) {
		must(ns >= 0);
		check_lossy(ns);
		check_lossy(-ns);
	}
	return 0;
}
