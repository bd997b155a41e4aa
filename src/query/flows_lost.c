/* flows_lost.c - calls that never arrived: client spans below which nobody recorded anything, where normally somebody does.
 *
 * Most calls without an answer are none of these: databases and the outside world do not trace. An operation counts when
 * some of its calls were answered. Of those that were not, the attributes say whom they were meant for; where they do
 * not, and only one service ever answered the operation, it was that one. */
#include <math.h>
#include <stdlib.h>

#include "flows_priv.h"
#include "coldcase/entity.h"

enum { CANCEL_EVERY = 1024 };

static client_name *name_of(flow_table *t, cc_sym service, cc_sym operation, uint32_t *number)
{
	client_name fresh = { .service = service, .operation = operation };
	*number = cc_pairs_get(&t->client_at, service, operation);
	if (*number == PAIR_NONE) {
		*number = (uint32_t)t->clients.n;
		if (!cc_pairs_add(&t->client_at, service, operation, *number) || !cc_vec_push(&t->clients, fresh))
			return NULL;
	}
	return &t->clients.p[*number];
}

static answered *answer_of(flow_table *t, uint32_t name, cc_sym callee)
{
	uint32_t i = cc_pairs_get(&t->answered_at, name, callee);
	answered fresh = { .name = name, .callee = callee, .next = t->clients.p[name].answers };
	if (i == PAIR_NONE) {
		i = (uint32_t)t->answers.n;
		t->clients.p[name].answers = i + 1;
		if (!cc_pairs_add(&t->answered_at, name, callee, i) || !cc_vec_push(&t->answers, fresh))
			return NULL;
	}
	return &t->answers.p[i];
}

bool cc_flow_table_client(flow_table *t, const cc_span *sp, uint32_t index, cc_sym callee, bool after)
{
	uint32_t number;
	client_name *name = name_of(t, sp->service, sp->name, &number);
	t->client_spans++;
	if (!name)
		return false;
	if (!callee)
		return cc_vec_push(&name->silent, index);
	answered *a = answer_of(t, number, callee);
	if (a)
		a->calls[after]++;
	return a != NULL;
}

bool cc_flow_table_add_clients(flow_table *into, flow_table *from)
{
	for (size_t i = 0; i < from->clients.n; i++) {
		uint32_t number;
		client_name *name = name_of(into, from->clients.p[i].service, from->clients.p[i].operation, &number);
		for (size_t k = 0; name && k < from->clients.p[i].silent.n; k++)
			if (!cc_vec_push(&name->silent, from->clients.p[i].silent.p[k]))
				return false;
		if (!name)
			return false;
	}
	for (size_t i = 0; i < from->answers.n; i++) {
		const answered *a = &from->answers.p[i];
		uint32_t number;
		client_name *name = name_of(into, from->clients.p[a->name].service, from->clients.p[a->name].operation, &number);
		answered *have = name ? answer_of(into, number, a->callee) : NULL;
		if (!have)
			return false;
		have->calls[0] += a->calls[0];
		have->calls[1] += a->calls[1];
	}
	into->client_spans += from->client_spans;
	return true;
}

/* --- what is lost --- */

/* A row for each callee of an operation; the last one, callee 0, for silent spans that do not say whom they called. */
typedef struct lost_rows {
	const cc_snapshot *s;
	const cc_flows_options *opt;
	cc_arena *scratch;
	const client_name *name;
	CC_VEC(cc_lost_calls) rows;
	CC_VEC(cc_sym) callees;
} lost_rows;

static bool add_row(lost_rows *l, cc_sym callee, const uint64_t calls[2])
{
	cc_lost_calls row = { .service = l->name->service, .operation = l->name->operation, .first_ns = CC_TIME_NONE,
		.callee = callee ? cc_snapshot_sym(l->s, callee) : CC_STR_EMPTY, .calls_before = calls[0], .calls_after = calls[1] };
	return cc_vec_push(&l->rows, row) && cc_vec_push(&l->callees, callee);
}

/* The callee by name, by the first label of its address, or as the only one that ever answers. */
static size_t row_of(const lost_rows *l, const cc_span *sp)
{
	cc_str peer = cc_span_peer(l->s, sp, l->scratch), label, rest;
	cc_str_cut(peer, '.', &label, &rest);
	for (size_t i = 0; i + 1 < l->rows.n; i++) {
		cc_str callee = cc_snapshot_sym(l->s, l->callees.p[i]);
		if (cc_str_eq(callee, peer) || cc_str_eq(callee, label))
			return i;
	}
	return peer.n == 0 && l->rows.n == 2 ? 0 : l->rows.n - 1;
}

static void count_silent(lost_rows *l, uint32_t index)
{
	const cc_span *sp = cc_spans_get(l->s, index);
	bool after = l->opt->pivot_ns == CC_TIME_NONE || sp->start_ns >= l->opt->pivot_ns;
	cc_lost_calls *row = &l->rows.p[row_of(l, sp)];
	cc_arena_reset(l->scratch);
	if (row->first_ns == CC_TIME_NONE || (after && row->lost_after == 0)) {
		row->first_ns = sp->start_ns;
		row->example = index;
	}
	++*(after ? &row->calls_after : &row->calls_before);
	++*(after ? &row->lost_after : &row->lost_before);
}

/* Calls to databases share an operation's name with calls that are answered (GET): a row without answers says nothing. */
static bool keep_rows(const lost_rows *l, lost_vec *out)
{
	for (size_t i = 0; i < l->rows.n; i++) {
		cc_lost_calls row = l->rows.p[i];
		if (row.lost_before + row.lost_after == 0 || l->callees.p[i] == 0)
			continue;
		row.few = row.calls_after < CC_FLOW_MIN_CALLS ||
			(l->opt->pivot_ns != CC_TIME_NONE && row.calls_before < CC_FLOW_MIN_CALLS);
		row.score = l->opt->unranked ? 0 : 100 * fmax(cc_share_rise(row.lost_before, row.calls_before, row.lost_after, row.calls_after), 0);
		row.entity = cc_entity_of_service(l->s, CC_STR_EMPTY, row.callee);
		if (!cc_vec_push(out, row))
			return false;
	}
	return true;
}

static cc_code find_of_name(lost_rows *l, const flow_table *t, uint32_t number, lost_vec *out)
{
	static const uint64_t none[2] = { 0, 0 };
	l->name = &t->clients.p[number];
	l->rows.n = l->callees.n = 0;
	for (uint32_t i = l->name->silent.n ? l->name->answers : 0; i; i = t->answers.p[i - 1].next)
		if (!add_row(l, t->answers.p[i - 1].callee, t->answers.p[i - 1].calls))
			return CC_ENOMEM;
	if (l->rows.n == 0)
		return CC_OK;
	if (!add_row(l, 0, none))
		return CC_ENOMEM;
	for (size_t i = 0; i < l->name->silent.n; i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(l->opt->cancel))
			return CC_ECANCELED;
		count_silent(l, l->name->silent.p[i]);
	}
	return keep_rows(l, out) ? CC_OK : CC_ENOMEM;
}

static int by_score(const void *x, const void *y)
{
	const cc_lost_calls *a = x, *b = y;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	if (a->lost_after != b->lost_after)
		return a->lost_after < b->lost_after ? 1 : -1;
	if (a->lost_before != b->lost_before)
		return a->lost_before < b->lost_before ? 1 : -1;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->operation != b->operation)
		return a->operation < b->operation ? -1 : 1;
	return cc_str_cmp(a->callee, b->callee);
}

cc_code cc_flows_find_lost(cc_flows *f, const cc_snapshot *s, const cc_flows_options *opt)
{
	lost_rows l = { .s = s, .opt = opt, .scratch = cc_arena_new() };
	cc_code code = l.scratch ? CC_OK : CC_ENOMEM;
	for (uint32_t i = 0; code == CC_OK && i < f->table.clients.n; i++)
		code = find_of_name(&l, &f->table, i, &f->lost);
	if (f->lost.n)
		qsort(f->lost.p, f->lost.n, sizeof *f->lost.p, by_score);
	cc_vec_deinit(&l.rows);
	cc_vec_deinit(&l.callees);
	cc_arena_free(l.scratch);
	return code;
}
