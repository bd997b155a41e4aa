/* find.c - see find.h.
 *
 * What the filter of find= selects is turned into places in the list once; the next one from anywhere is then a binary search. */
#include "cmd/find.h"

#include <string.h>

#include "coldcase/xalloc.h"

const char *const ev_find_directions[] = { "next", "prev", NULL };

enum { SPREAD = 60 };    /* slices of the list that say where hits lie */

static const cc_looking counted = { .fill = NULL };      /* how many hits there are is shown while they are looked for */

static bool has(const uint64_t *bits, uint32_t row)
{
	return bits[row / 64] >> row % 64 & 1;
}

/* Places in the list of the rows that were found. */
static cc_code places_of(const ev_list *l, const cc_index_vec *found, size_t table_rows, bool reversed, cc_index_vec *out)
{
	uint64_t *bits = cc_calloc(table_rows / 64 + 1, sizeof *bits);
	cc_code code = bits ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; code == CC_OK && i < found->n; i++)
		bits[found->p[i] / 64] |= (uint64_t)1 << found->p[i] % 64;
	for (size_t i = 0; code == CC_OK && i < l->rows.n; i++)
		if (has(bits, l->rows.p[reversed ? l->rows.n - 1 - i : i]) && !cc_vec_push(out, (uint32_t)i))
			code = CC_ENOMEM;
	cc_free(bits);
	return code;
}

static cc_code select_places(const ev_list *l, cc_call *c, bool reversed, cc_index_vec *out, uint64_t *gave_up, cc_looked *looked,
	cc_err *err)
{
	cc_table table = cc_filter_table(l->filter);
	cc_filter_ctx ctx = ev_filter_ctx(c);
	cc_filter *f = NULL;
	cc_index_vec found = { 0 };
	cc_code code = cc_filter_parse(&f, table, cc_str_from(cc_arg(c, "find")), &ctx, err);
	if (code == CC_OK)
		code = cc_look_select(c, f, &counted, &found, looked, err);
	if (code == CC_OK) {
		*gave_up = cc_filter_gave_up(f);
		code = places_of(l, &found, cc_table_rows(snap(c), table), reversed, out);
		if (code != CC_OK)
			cc_err_set(err, code, "find: out of memory");
	}
	cc_filter_free(f);
	cc_vec_deinit(&found);
	return code;
}

/* Hits at places up to and including `place`. */
static size_t count_up_to(const cc_index_vec *hits, int64_t place)
{
	size_t lo = 0, hi = hits->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if ((int64_t)hits->p[mid] <= place)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The hit that is gone to, counted from 1, and whether that went round an end of the list. */
static size_t hit_from(const ev_list *l, cc_call *c, const cc_index_vec *hits, bool *wrapped)
{
	const char *dir = cc_arg(c, "dir");
	bool back = dir && dir[0] == 'p';
	int64_t near = cc_arg_int(c, "near", back ? (int64_t)l->rows.n : -1);
	size_t n = hits->n, hit = back ? count_up_to(hits, near - 1) : count_up_to(hits, near) + 1;
	*wrapped = n && (hit < 1 || hit > n);
	return !*wrapped ? hit : hit < 1 ? n : 1;
}

/* Of a search that somebody ended the hits are good while there is a next one; then it goes on to the end. */
static bool is_used_up(const ev_list *l, cc_call *c, const cc_selection *hits)
{
	bool wrapped, partial = hits->looked.rows < hits->looked.of && !cc_session_look(c->session)->again;
	(void)hit_from(l, c, &hits->rows, &wrapped);
	return partial && (wrapped || !hits->rows.n);
}

static cc_code hits_of(const ev_list *l, cc_call *c, bool reversed, cc_selection **out, cc_err *err)
{
	cc_selections *kept = cc_session_selections(c->session);
	cc_buf key = CC_BUF_INIT;
	cc_index_vec places = { 0 };
	uint64_t gave_up = 0;
	cc_looked looked = { 0 };
	cc_code code = CC_OK;
	cc_buf_addf(&key, "find|%s|", cc_arg(c, "find"));
	(void)cc_session_question(c->session, c->cmd, c->args, &key);
	*out = cc_buf_ok(&key) ? cc_selections_get(kept, snap(c), cc_buf_str(&key)) : NULL;
	if (*out && (is_used_up(l, c, *out) || !cc_look_accepts(c, &counted, (*out)->looked)))
		*out = NULL;
	if (!*out)
		code = select_places(l, c, reversed, &places, &gave_up, &looked, err);
	if (!*out && code == CC_OK && !(*out = cc_selections_put(kept, snap(c), cc_buf_str(&key), &places, gave_up)))
		code = cc_err_set(err, CC_ENOMEM, "find: out of memory");
	else if (code == CC_OK && looked.of)
		(*out)->looked = looked;
	cc_vec_deinit(&places);
	cc_buf_deinit(&key);
	return code;
}

static const double *spread_of(cc_call *c, const cc_index_vec *hits, size_t rows)
{
	double *bins = cc_arena_array(c->arena, SPREAD, sizeof *bins);
	for (size_t i = 0; bins && rows && i < hits->n; i++)
		bins[(size_t)hits->p[i] * SPREAD / rows]++;
	return bins;
}

cc_code ev_list_find(ev_list *l, cc_call *c, cc_reply *r, bool reversed, cc_err *err)
{
	cc_selection *hits;
	if (!cc_arg_given(c, "find") || cc_session_look(c->session)->stopped)
		return CC_OK;            /* who ended the list's own filter does not wait for another */
	cc_code code = hits_of(l, c, reversed, &hits, err);
	if (code != CC_OK)
		return code;
	bool wrapped;
	size_t n = hits->rows.n, hit = hit_from(l, c, &hits->rows, &wrapped);
	size_t place = n ? hits->rows.p[hit - 1] : 0;
	const double *spread = spread_of(c, &hits->rows, l->rows.n);
	cc_reply_begin_facts(r, "find", NULL);
	cc_reply_fact(r, "hits", "hits", cc_cell_int((int64_t)n), CC_ROLE_MATCH);
	cc_reply_fact(r, "hit", "hit", cc_cell_int(n ? (int64_t)hit : 0), CC_ROLE_MATCH);
	cc_reply_fact(r, "row", "row", n ? cc_cell_int((int64_t)place) : cc_cell_none(), CC_ROLE_MATCH);
	cc_reply_fact(r, "wrapped", "went round", cc_cell_bool(wrapped), CC_ROLE_DIM);
	if (spread)
		cc_reply_fact(r, "spread", "where", cc_cell_spark(spread, SPREAD), CC_ROLE_MATCH);
	if (hits->gave_up)
		cc_reply_add_note(r, "find: %llu rows were too costly to match and are not found", (unsigned long long)hits->gave_up);
	if (n && !cc_arg_given(c, "offset")) {
		uint64_t half = l->page.limit / 2;
		l->page.offset = place > half ? place - half : 0;
		ev_list_keep(l, l->rows.n);
		cc_reply_set_paging(r, l->rows.n, l->page.offset, l->page.limit);
	}
	return CC_OK;
}
