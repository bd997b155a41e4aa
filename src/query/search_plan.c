/* search_plan.c - what is known before the first piece: columns, the look of a record, the strings worth looking
 * for. */
#include "query/search_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/xalloc.h"
#include "query/records.h"

enum { HEAD = 65536, HEADER_MAX = 16 << 20, PIECE = 1 << 20, STEP = 128 << 10, OVERRUN_PIECES = 8 };

/* --- the head of the file --- */

static cc_code open_file(search_plan *plan, cc_err *err)
{
	struct stat st;
	plan->fd = open(plan->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hang */
	if (plan->fd < 0 || fstat(plan->fd, &st) != 0)
		return cc_err_errno(err, errno, plan->path);
	if (!S_ISREG(st.st_mode))
		return cc_err_set(err, CC_EFORMAT, "%s: not a regular file", plan->path);
	plan->size = (uint64_t)st.st_size;
	return CC_OK;
}

static bool is_blank(cc_str text, size_t start, size_t end)
{
	return end == start || (end == start + 1 && text.p[start] == '\r');
}

/* Offset behind the first record at or after `from` that is not a blank line, reading more as needed; *ended is false
 * when the file, or what a header may take, ends before its newline. */
static cc_code next_record(search_worker *w, size_t from, size_t *behind, bool *ended, cc_err *err)
{
	for (;;) {
		cc_str text = cc_buf_str(&w->bytes);
		cc_records r = cc_records_at(from);
		size_t end = cc_records_end(&r, text);
		*behind = end == CC_STR_NONE ? text.n : r.pos;
		*ended = end != CC_STR_NONE;
		if (*ended && !is_blank(text, from, end))
			return CC_OK;
		if (*ended) {
			from = r.pos;
			continue;
		}
		if (text.n >= w->plan->size || text.n >= HEADER_MAX)
			return CC_OK;
		cc_code code = cc_search_read(w, 0, text.n * 2, err);
		if (code != CC_OK)
			return code;
	}
}

static char class_of(char c)
{
	return c >= '0' && c <= '9' ? '0' : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 'a' : c;
}

static void note_shape(search_plan *plan, const cc_tsv *t, size_t from, size_t to)
{
	cc_tsv_row row;
	cc_tsv_row_at(t, from, to - from, &row);
	plan->field_count = row.field_count;
	for (size_t i = 0; i < SEARCH_SHAPE && i < row.fields[0].n; i++)
		plan->shape[plan->shape_n++] = class_of(row.fields[0].p[i]);
}

static cc_code read_head(search_plan *plan, search_worker *w, cc_err *err)
{
	cc_tsv t;
	cc_err why;
	bool ended;
	size_t begin, behind;
	cc_code code = cc_search_read(w, 0, HEAD, err);
	if (code != CC_OK)
		return code;
	size_t bom = cc_str_starts(cc_buf_str(&w->bytes), CC_STR("\xEF\xBB\xBF")) ? 3 : 0;
	code = next_record(w, bom, &begin, &ended, err);
	if (code != CC_OK)
		return code;
	cc_str text = w->bytes.n ? cc_buf_str(&w->bytes) : CC_STR_EMPTY;
	if (!ended && begin < plan->size)
		return cc_err_set(err, CC_EFORMAT, "%s: no header within the first %d bytes", plan->path, HEADER_MAX);
	cc_err_clear(&why);
	if (cc_tsv_init(&t, cc_str_sub(text, 0, begin), &why) != CC_OK)
		return cc_err_set(err, why.code, "%s: %s", plan->path, why.message);
	plan->begin = begin;
	plan->stop = plan->opt->end && plan->opt->end < plan->size ? plan->opt->end : plan->size;
	plan->stop = plan->stop > begin ? plan->stop : begin;
	plan->column_count = t.column_count;
	plan->column = plan->by_column ? cc_tsv_column_any(&t, plan->opt->column) : -1;
	code = next_record(w, begin, &behind, &ended, err);
	if (code == CC_OK && ended) {
		t.text = cc_buf_str(&w->bytes);
		note_shape(plan, &t, begin, behind - 1);
	}
	return code;
}

/* --- what to look for --- */

/* The longest part without a quote: quotes are doubled in the file where the field is quoted. */
static cc_str without_quotes(cc_str needle)
{
	cc_str best = CC_STR_EMPTY, part, rest = needle;
	while (rest.n > 0) {
		cc_str_cut(rest, '"', &part, &rest);
		best = part.n > best.n ? part : best;
	}
	return best.n ? best : cc_str_sub(needle, 0, 1);
}

static cc_code choose_needles(search_plan *plan, const cc_regex *re, cc_err *err)
{
	const cc_prefilter *pre = cc_regex_prefilter(re);
	cc_str needles[CC_FINDER_MAX];
	plan->finder = pre->finder;
	plan->exact = pre->exact && !plan->by_column;
	if (!pre->finder || !plan->by_column)
		return CC_OK;
	for (size_t i = 0; i < cc_finder_count(pre->finder); i++)
		needles[i] = without_quotes(cc_finder_needle(pre->finder, i));
	plan->own_finder = cc_finder_new(needles, cc_finder_count(pre->finder), cc_finder_icase(pre->finder),
		CC_FINDER_BEST);
	plan->finder = plan->own_finder;
	return plan->finder ? CC_OK : cc_err_set(err, CC_ENOMEM, "%s: out of memory", plan->path);
}

cc_code cc_search_plan_open(search_plan *plan, search_worker *w, cc_err *err)
{
	plan->fd = -1;
	plan->by_column = plan->opt->column != NULL;
	plan->piece = plan->opt->piece ? plan->opt->piece : PIECE;
	plan->step = plan->piece < STEP ? plan->piece : STEP;
	plan->overrun = plan->piece * OVERRUN_PIECES;
	cc_code code = cc_search_worker_init(w, plan, err);
	if (code == CC_OK)
		code = open_file(plan, err);
	if (code == CC_OK)
		code = read_head(plan, w, err);
	return code == CC_OK ? choose_needles(plan, w->re, err) : code;
}

void cc_search_plan_close(search_plan *plan)
{
	if (plan->fd >= 0)
		close(plan->fd);
	plan->fd = -1;
	cc_finder_free(plan->own_finder);
}
