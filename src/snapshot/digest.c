/* digest.c - one hash over all evidence, so that two people can tell whether they look at the same incident.
 *
 * Topology files are left out: they are derived. A file that could not be read counts with the hash of nothing. */
#include <stdlib.h>
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"
#include "snapshot/snapshot_priv.h"

enum { PIECE = 1 << 20 };

static cc_code hash_text(cc_str text, cc_cancel *cancel, char out[65], cc_err *err)
{
	cc_sha256 h;
	cc_sha256_init(&h);
	for (size_t at = 0; at < text.n; at += PIECE) {
		cc_str piece = cc_str_sub(text, at, at + PIECE);
		if (cc_canceled(cancel))
			return cc_err_set(err, CC_ECANCELED, "the digest was canceled");
		cc_sha256_add(&h, piece.p, piece.n);
	}
	cc_sha256_hex(&h, out);
	return CC_OK;
}

/* Files that were listed but not chosen are mapped for the moment only. */
static cc_code hash_file(snapshot_file *f, cc_cancel *cancel, char out[65], cc_err *err)
{
	cc_filemap once = { CC_STR_EMPTY, false };
	cc_str text = cc_snapshot_file_text(f);
	if (!f->chosen && text.n == 0 && cc_file_map(&once, f->full_path.p, NULL) == CC_OK)
		text = once.text;
	cc_code code = hash_text(text, cancel, out, err);
	cc_file_unmap(&once);
	return code;
}

static int by_path(const void *a, const void *b)
{
	snapshot_file *const *x = a, *const *y = b;
	return cc_str_cmp((*x)->info.path, (*y)->info.path);
}

static cc_code add_files(snapshot_file **files, size_t n, cc_sha256 *h, cc_cancel *cancel, cc_err *err)
{
	cc_code code = CC_OK;
	cc_buf line = CC_BUF_INIT;
	char content[65];
	for (size_t i = 0; i < n && code == CC_OK; i++) {
		code = hash_file(files[i], cancel, content, err);
		cc_buf_clear(&line);
		cc_buf_add(&line, files[i]->info.path);
		cc_buf_add_char(&line, '\0');
		cc_buf_addf(&line, "%llu", (unsigned long long)files[i]->info.bytes);
		cc_buf_add_char(&line, '\0');
		cc_buf_addf(&line, "%s\n", content);
		if (code == CC_OK && !cc_buf_ok(&line))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		else if (code == CC_OK)
			cc_sha256_add(h, line.p, line.n);
	}
	cc_buf_deinit(&line);
	return code;
}

cc_code cc_snapshot_digest(const cc_snapshot *s, cc_cancel *cancel, char out[65], cc_err *err)
{
	snapshot_file **files = cc_calloc(s->files.n, sizeof *files);
	size_t n = 0;
	cc_sha256 h;
	if (!files)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->files.n; i++)
		if (s->files.p[i].info.kind != CC_FILE_TOPOLOGY)
			files[n++] = &s->files.p[i];
	qsort(files, n, sizeof *files, by_path);
	cc_sha256_init(&h);
	cc_code code = add_files(files, n, &h, cancel, err);
	if (code == CC_OK)
		cc_sha256_hex(&h, out);
	cc_free(files);
	return code;
}
