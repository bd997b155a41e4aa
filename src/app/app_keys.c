/* app_keys.c - `keys`: which key does what, in the form of the file that changes it. */
#include "app/app.h"

#include <stdio.h>

#include "coldcase/ui.h"

int app_keys(const app_options *o)
{
	cc_keymap *keys;
	cc_buf out = CC_BUF_INIT, warnings = CC_BUF_INIT;
	cc_err err = { 0 };

	if (cc_keymap_open(&keys, &warnings, &err) != CC_OK)
		return app_fail(&err);
	if (o->json) {
		cc_keymap_write_json(keys, &out);
		cc_buf_add_char(&out, '\n');
	} else if (o->dump) {
		cc_keymap_path(&out);
		cc_buf_addz(&out, out.n ? "\n" : "");
		if (out.n)
			printf("# To change keys, write this to %s", out.p);
		cc_buf_clear(&out);
	}
	if (!o->json)
		cc_keymap_write(keys, o->dump, &out);
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	if (warnings.n)
		fprintf(stderr, "%s\n", warnings.p);
	cc_keymap_free(keys);
	cc_buf_deinit(&out);
	int status = warnings.n ? 1 : 0;
	cc_buf_deinit(&warnings);
	return fflush(stdout) ? 1 : status;
}
