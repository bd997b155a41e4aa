/* Any bytes to the terminal: the result is valid, holds nothing a terminal obeys, is final, and fits its columns. */
#include "coldcase/utf8.h"
#include "fuzz.h"

static void check_safe(cc_str s, unsigned flags)
{
	must(cc_utf8_valid(s));
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = cc_utf8_next(s, &i);
		must(cp >= 0x20 || (cp == '\n' && (flags & CC_CLEAN_KEEP_NL)));
		must(!(cp >= 0x7F && cp < 0xA0) && !(cp >= 0x202A && cp <= 0x202E) && !(cp >= 0x2066 && cp <= 0x2069));
		must(cp < 0x80 || !(flags & CC_CLEAN_ASCII));
	}
}

static void check_columns(cc_str s, size_t columns)
{
	cc_buf b = CC_BUF_INIT;
	must(cc_width(cc_width_cut(s, columns)) <= columns);
	cc_width_fit(&b, s, columns, false);
	must(cc_width(cc_buf_str(&b)) == columns && cc_utf8_valid(cc_buf_str(&b)));
	cc_buf_deinit(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	for (unsigned flags = 0; flags < 8; flags++) {
		cc_buf once = CC_BUF_INIT, twice = CC_BUF_INIT;
		cc_utf8_clean(&once, text, flags);
		check_safe(cc_buf_str(&once), flags);
		cc_utf8_clean(&twice, cc_buf_str(&once), flags);
		must(cc_str_eq(cc_buf_str(&once), cc_buf_str(&twice)));
		if (!(flags & CC_CLEAN_KEEP_NL))
			for (size_t columns = 0; columns < 12; columns++)
				check_columns(cc_buf_str(&once), columns);
		cc_buf_deinit(&once);
		cc_buf_deinit(&twice);
	}
	return 0;
}
