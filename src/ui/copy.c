/* copy.c - OSC 52: the one way to a clipboard that works over SSH. */
#include "ui/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "coldcase/file.h"

static void base64(cc_buf *out, cc_str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;
		if (i + 1 < s.n)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (i + 2 < s.n)
			v |= (uint32_t)(unsigned char)s.p[i + 2];
		cc_buf_add_char(out, digits[v >> 18 & 63]);
		cc_buf_add_char(out, digits[v >> 12 & 63]);
		cc_buf_add_char(out, i + 1 < s.n ? digits[v >> 6 & 63] : '=');
		cc_buf_add_char(out, i + 2 < s.n ? digits[v & 63] : '=');
	}
}

cc_code cc_copy_sequence(cc_buf *out, cc_str text, bool tmux, cc_err *err)
{
	if ((text.n + 2) / 3 * 4 > CC_COPY_MAX)
		return cc_err_set(err, CC_ELIMIT, "%zu bytes are more than terminals pass on to a clipboard", text.n);
	cc_buf_addz(out, "\033]52;c;");
	base64(out, text);
	cc_buf_addz(out, "\033\\");
	if (tmux) {
		cc_buf_addz(out, "\033Ptmux;\033\033]52;c;");
		base64(out, text);
		cc_buf_addz(out, "\033\033\\\033\\");
	}
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory for the clipboard");
}

/* A pipe into a program that is not there only fails at its end, so the path is searched before. */
static bool on_path(const char *program)
{
	cc_str dirs = cc_str_from(getenv("PATH")), dir;
	bool found = false;
	while (dirs.n && !found) {
		cc_buf b = CC_BUF_INIT;
		cc_str_cut(dirs, ':', &dir, &dirs);
		cc_buf_addf(&b, "%.*s/%s", CC_STR_ARG(dir), program);
		found = cc_buf_ok(&b) && dir.n && access(b.p, X_OK) == 0;
		cc_buf_deinit(&b);
	}
	return found;
}

cc_code cc_copy_native(const char **with, cc_str text, cc_err *err)
{
	static const struct { const char *program, *line, *needs; } known[] = { { "pbcopy", "pbcopy", NULL },
		{ "wl-copy", "wl-copy >/dev/null 2>&1", "WAYLAND_DISPLAY" }, { "xclip", "xclip -selection clipboard >/dev/null 2>&1", "DISPLAY" },
		{ "xsel", "xsel --clipboard --input >/dev/null 2>&1", "DISPLAY" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if ((known[i].needs && !getenv(known[i].needs)) || !on_path(known[i].program))
			continue;
		FILE *pipe = popen(known[i].line, "w");
		bool ok = pipe && fwrite(text.p, 1, text.n, pipe) == text.n;
		if (pipe && pclose(pipe) == 0 && ok) {
			*with = known[i].program;
			return CC_OK;
		}
	}
	return cc_err_set(err, CC_ESTATE, "no program here fills a clipboard (pbcopy, wl-copy, xclip, xsel)");
}

cc_code cc_copy_to_file(cc_buf *path, cc_str text, cc_err *err)
{
	cc_code code = cc_xdg_dir(path, 's', err);
	if (!code && cc_buf_ok(path))
		code = cc_dir_make(path->p, err);
	if (code)
		return code;
	cc_buf_addz(path, "/clipboard.txt");
	return cc_buf_ok(path) ? cc_file_write(path->p, text, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
}
