/* import_search.c - the records of a table of which a line passes what a shell command tested. Lines are the file's own bytes, as the command
 * had them: a cell that holds a line end is several. */
#include "app/import_search.h"

#include <string.h>

#include "coldcase/file.h"
#include "coldcase/regex.h"
#include "coldcase/snapshot.h"
#include "coldcase/tsv.h"

enum { TESTS_MAX = 16 };
#define BYTES_MAX ((uint64_t)512 << 20)

typedef struct matcher {
	const cc_shell_search *s;
	cc_regex *re[TESTS_MAX];
	cc_cancel *cancel;
	bool gave_up;            /* what passes cannot be told */
} matcher;

static bool open_matcher(matcher *m, const cc_shell_search *s)
{
	m->s = s;
	for (size_t i = 0; i < s->test_count; i++) {
		const cc_shell_test *t = &s->tests[i];
		if (i >= TESTS_MAX || (t->kind == CC_SHELL_MATCH && cc_regex_compile(&m->re[i], t->regex, t->ignore_case ? CC_REGEX_ICASE : 0, NULL) != CC_OK))
			return false;
	}
	return true;
}

static void close_matcher(matcher *m)
{
	for (size_t i = 0; i < TESTS_MAX; i++)
		cc_regex_free(m->re[i]);
}

/* As awk splits: at blanks, however many, or at one character. */
static cc_str field_of(cc_str line, unsigned number, cc_str separator)
{
	cc_str field = line;
	for (unsigned n = 0; n < number; n++) {
		if (separator.n) {
			cc_str_cut(line, separator.p[0], &field, &line);
			continue;
		}
		line = cc_str_trim(line);
		size_t end = 0;
		while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t')
			end++;
		field = cc_str_sub(line, 0, end);
		line = cc_str_sub(line, end, line.n);
	}
	return field;
}

static bool compares(int order, cc_shell_op op)
{
	switch (op) {
	case CC_SHELL_LT: return order < 0;
	case CC_SHELL_LE: return order <= 0;
	case CC_SHELL_GT: return order > 0;
	case CC_SHELL_GE: return order >= 0;
	case CC_SHELL_EQ: return order == 0;
	case CC_SHELL_NE: return order != 0;
	}
	return false;
}

static bool passes(matcher *m, cc_str line)
{
	for (size_t i = 0; i < m->s->test_count; i++) {
		const cc_shell_test *t = &m->s->tests[i];
		cc_str of = field_of(line, t->field, t->separator);
		cc_regex_result found = t->kind == CC_SHELL_BOUND ? CC_REGEX_NO : cc_regex_match(m->re[i], of);
		bool yes = t->kind == CC_SHELL_BOUND ? compares(cc_str_cmp(of, t->said), t->op) : found == CC_REGEX_YES;
		m->gave_up = m->gave_up || found == CC_REGEX_GAVE_UP;
		if (yes == t->negate)
			return false;
	}
	return true;
}

static bool row_passes(matcher *m, cc_str row)
{
	while (row.n) {
		cc_str line;
		cc_str_cut(row, '\n', &line, &row);
		if (passes(m, line))
			return true;
	}
	return false;
}

static bool look(matcher *m, cc_str text, cc_import_records *out)
{
	cc_tsv tsv;
	cc_tsv_row row;
	if (cc_tsv_init(&tsv, text, NULL) != CC_OK)
		return false;
	while (out->n <= CC_IMPORT_RECORDS_MAX && !m->gave_up && cc_tsv_next(&tsv, &row)) {
		m->gave_up = row.record % 1024 == 0 && cc_canceled(m->cancel);
		if (!m->gave_up && row_passes(m, cc_str_sub(text, row.offset, row.offset + row.length)) && !cc_vec_push(out, row.record))
			return false;
	}
	return !m->gave_up;
}

bool app_import_search(void *arg, const cc_shell_search *s, size_t file, cc_import_records *out)
{
	app_import_lookup *l = arg;
	const cc_file *f = cc_snapshot_file(l->snapshot, file);
	matcher m = { .cancel = l->cancel };
	cc_filemap map = { CC_STR_EMPTY, false };
	cc_buf path = CC_BUF_INIT;
	bool ok = !cc_canceled(l->cancel) && cc_str_ends(f->path, CC_STR(".tsv")) && f->bytes <= BYTES_MAX && open_matcher(&m, s);
	cc_buf_addf(&path, "%.*s/%.*s", CC_STR_ARG(cc_snapshot_path(l->snapshot)), CC_STR_ARG(f->path));
	ok = ok && cc_buf_ok(&path) && cc_file_map(&map, path.p, NULL) == CC_OK && look(&m, map.text, out);
	cc_file_unmap(&map);
	close_matcher(&m);
	cc_buf_deinit(&path);
	l->untold += !ok && cc_canceled(l->cancel);
	return ok;
}
