/* Any bytes as a log body: its key lies within bounds, its mask is stable in size and says nothing for blanks only. */
#include "coldcase/patterns.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_arena *arena = cc_arena_new();
	cc_buf b = CC_BUF_INIT;
	must(arena);
	cc_str body = { (const char *)data, size }, key = cc_pattern_key(body, arena);
	must(key.n <= 2 * size + 1);
	cc_pattern_mask(key, &b);
	must(cc_buf_ok(&b) && b.n <= 6 * key.n && (b.n == 0) == (cc_str_trim(key).n == 0));
	cc_buf_deinit(&b);
	cc_arena_free(arena);
	return 0;
}
