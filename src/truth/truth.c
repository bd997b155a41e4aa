/* truth.c - loading, finding and sealing a ground truth. */
#include <string.h>
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "truth_priv.h"

void cc_truth_free(cc_truth *t)
{
	if (t)
		cc_arena_free(t->arena);
}

static cc_truth *truth_new(void)
{
	cc_arena *arena = cc_arena_new();
	cc_truth *t = arena ? cc_arena_alloc(arena, sizeof *t) : NULL;
	if (t)
		t->arena = arena;
	else
		cc_arena_free(arena);
	return t;
}

static cc_code build(cc_truth *t, const truth_row *row, const char *name, cc_err *err)
{
	truth_builder b = { .t = t };
	t->name = cc_arena_dup(t->arena, cc_str_from(name));
	if (!t->name.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	t->scenario = cc_truth_copy(&b, row->scenario);
	t->text = cc_arena_dup(t->arena, row->text);
	if (!t->text.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	memcpy(t->sha256, row->sha256, sizeof t->sha256);
	if (row->bad_rows)
		cc_truth_warn(&b, "bad_rows", t->name, "some lines are no JSON and were left out");
	return cc_truth_build(&b, row->doc, err);
}

cc_code cc_truth_load(cc_truth **out, cc_str text, cc_str scenario, const char *name, cc_err *err)
{
	truth_row row = { 0 };
	cc_truth *t = NULL;
	*out = NULL;
	if (text.n > CC_TRUTH_FILE_MAX)
		return cc_err_set(err, CC_ELIMIT, "%s: larger than %zu MiB", name, CC_TRUTH_FILE_MAX >> 20);
	cc_code code = cc_truth_row_read(&row, text, scenario, name, err);
	if (code)
		goto done;
	t = truth_new();
	code = t ? build(t, &row, name, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
done:
	cc_truth_row_deinit(&row);
	if (code)
		cc_truth_free(t);
	else
		*out = t;
	return code;
}

cc_code cc_truth_load_file(cc_truth **out, const char *path, cc_str scenario, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	*out = NULL;
	cc_code code = cc_file_read(&text, path, CC_TRUTH_FILE_MAX, err);
	if (!code)
		code = cc_truth_load(out, cc_buf_str(&text), scenario, path, err);
	cc_buf_deinit(&text);
	return code;
}

void cc_truth_seal(cc_buf *out, cc_str salt, cc_str text)
{
	char hex[65];
	cc_sha256 sum;
	cc_sha256_init(&sum);
	cc_sha256_add(&sum, salt.p, salt.n);
	cc_sha256_add(&sum, text.p, text.n);
	cc_sha256_hex(&sum, hex);
	cc_buf_addz(out, hex);
}

bool cc_truth_seal_ok(cc_str seal, cc_str salt, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_truth_seal(&b, salt, text);
	bool ok = cc_buf_ok(&b) && cc_str_eq_nocase(cc_buf_str(&b), cc_str_trim(seal));
	cc_buf_deinit(&b);
	return ok;
}
