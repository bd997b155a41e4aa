/* flows_rank.c - counts become percentiles, verdicts and an order: what got worse comes first, improvements are
 * never flagged. */
#include <math.h>
#include <stdlib.h>

#include "flows_priv.h"
#include "coldcase/entity.h"
#include "coldcase/recording.h"
#include "coldcase/xalloc.h"

/* Shares and ratios below which a difference is everyday noise. */
static const double ERROR_SHARE_RISE = 0.02, SLOWER_RATIO = 1.5, LESS_RATIO = 0.5;
enum { MIN_CALLS = CC_FLOW_MIN_CALLS, MIN_CALLS_LESS = 20, SLOWER_MIN_MS = 5 };

/* A few values from all over, sorted: the one at the wanted share of them is a pivot close to the wanted value. The
 * generator is fixed, so no input order makes the selection quadratic by accident. */
enum { SAMPLE = 15 };

static int64_t pivot_of(const int64_t *v, size_t n, size_t k, uint64_t *state)
{
	int64_t sample[SAMPLE] = { 0 };
	for (size_t i = 0; i < SAMPLE; i++) {
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		int64_t x = v[(size_t)(*state >> 33) % n];
		size_t at = i;
		for (; at > 0 && sample[at - 1] > x; at--)
			sample[at] = sample[at - 1];
		sample[at] = x;
	}
	return sample[(size_t)((double)k / (double)n * SAMPLE)];
}

/* Moves what is smaller than the pivot (or equal to it) to the front and returns how many those are. There is no branch
 * to mispredict: every value is exchanged, and only the border moves or not. */
static size_t partition(int64_t *v, size_t n, int64_t pivot, bool equal)
{
	size_t border = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t x = v[i];
		v[i] = v[border];
		v[border] = x;
		border += equal ? x <= pivot : x < pivot;
	}
	return border;
}

/* Quickselect; the result is exact. Afterwards v[k] is in its place: nothing before it is larger, nothing after it
 * smaller. */
static int64_t select_kth(int64_t *v, size_t n, size_t k)
{
	uint64_t state = 0x9E3779B97F4A7C15u;
	while (n > 1) {
		int64_t pivot = pivot_of(v, n, k, &state);
		size_t smaller = partition(v, n, pivot, false);
		if (k < smaller) {
			n = smaller;
			continue;
		}
		v += smaller;
		n -= smaller;
		k -= smaller;
		size_t same = partition(v, n, pivot, true);
		if (k < same)
			return pivot;
		v += same;
		n -= same;
		k -= same;
	}
	return v[0];
}

static size_t rank_of(size_t n, double q)
{
	double rank = ceil(q * (double)n);
	size_t k = rank < 1 ? 0 : (size_t)rank - 1;
	return k < n ? k : n - 1;
}

int64_t cc_percentile(int64_t *v, size_t n, double q)
{
	return n ? select_kth(v, n, rank_of(n, q)) : 0;
}

/* The tail is looked for behind the middle only. */
static cc_flow_times times_of(int64_t *v, size_t n)
{
	cc_flow_times t = { n, cc_percentile(v, n, 0.5), 0 };
	size_t middle = n ? rank_of(n, 0.5) : 0;
	if (n)
		t.p99_ns = select_kth(v + middle, n - middle, rank_of(n, 0.99) - middle);
	return t;
}

static cc_flow_stats stats_of(flow_acc *acc, int side)
{
	cc_flow_times t = times_of(acc->times[side].p, acc->times[side].n);
	return (cc_flow_stats){ acc->oks[side] + acc->errors[side], acc->errors[side], t.p50_ns, t.p99_ns };
}

static double share(const cc_flow_stats *st)
{
	return st->calls ? (double)st->errors / (double)st->calls : 0;
}

/* How much slower, as a ratio of the medians or of the tails, 1 = not. */
static double slowdown(cc_flow_times before, cc_flow_times after)
{
	if (before.n < MIN_CALLS || after.n < MIN_CALLS)
		return 1;
	double best = 1, floor_ns = SLOWER_MIN_MS * 1e6;
	double b[2] = { (double)before.p50_ns, (double)before.p99_ns }, a[2] = { (double)after.p50_ns, (double)after.p99_ns };
	for (int i = 0; i < 2; i++)
		if (a[i] - b[i] > floor_ns && a[i] / (b[i] + 1) > best)
			best = a[i] / (b[i] + 1);
	return best;
}

static cc_flow_times own_times(const cc_flow_stats *st)
{
	return (cc_flow_times){ st->calls, st->p50_ns, st->p99_ns };
}

bool cc_flow_at_caller(const cc_flow *w)
{
	return w->caller_before.n + w->caller_after.n > 0 && 2 * w->caller_before.n >= w->before.calls &&
		2 * w->caller_after.n >= w->after.calls;
}

/* The callee's share decides between its own slowness and that of the way to it. A gap counts when it grew by much of
 * what the caller lost: a tail of its own does not make a wire. */
static bool on_the_wire(const cc_flow *w)
{
	int64_t lost = w->caller_after.p50_ns - w->caller_before.p50_ns, gap = w->gap_after.p50_ns - w->gap_before.p50_ns;
	bool tail = lost <= (int64_t)(SLOWER_MIN_MS * 1e6);
	if (tail) {
		lost = w->caller_after.p99_ns - w->caller_before.p99_ns;
		gap = w->gap_after.p99_ns - w->gap_before.p99_ns;
	}
	return slowdown(w->gap_before, w->gap_after) >= SLOWER_RATIO && 2 * gap > lost &&
		slowdown(own_times(&w->before), own_times(&w->after)) < SLOWER_RATIO;
}

static void judge(cc_flow *w, double time_ratio, bool comparable)
{
	bool at_caller = cc_flow_at_caller(w);
	double rise = share(&w->after) - share(&w->before), slow = at_caller ? slowdown(w->caller_before, w->caller_after) :
		slowdown(own_times(&w->before), own_times(&w->after));
	double expected = (double)w->before.calls * time_ratio;
	w->verdict = CC_FLOW_SAME;
	w->score = 0;
	w->few = w->after.calls < MIN_CALLS || (comparable && w->before.calls < MIN_CALLS);
	slow = fmax(slow, slowdown(w->whole_before, w->whole_after));
	if (!comparable)
		rise = share(&w->after);
	if (rise > ERROR_SHARE_RISE && w->after.errors > 0) {
		w->verdict = CC_FLOW_ERRORS;
		w->score = 100 * fmax(cc_share_rise(comparable ? w->before.errors : 0, comparable ? w->before.calls : 0,
			w->after.errors, w->after.calls), 0) + log1p((double)w->after.errors);
	} else if (comparable && w->before.calls >= MIN_CALLS && w->after.calls == 0) {
		w->verdict = CC_FLOW_GONE;
		w->score = 60;
		w->few = false;    /* none after many is no accident of small numbers */
	} else if (comparable && slow >= SLOWER_RATIO) {
		bool wire = at_caller && on_the_wire(w);
		w->verdict = wire ? CC_FLOW_WIRE : CC_FLOW_SLOWER;
		/* a slow way is a place; a slow callee may only hand on what is below it */
		w->score = 10 * fmin(log2(slow), 5) + (wire ? 5 : 0);
	} else if (comparable && w->before.calls == 0 && w->after.calls > 0) {
		w->verdict = CC_FLOW_NEW;
		w->score = 8;
	} else if (comparable && w->before.calls >= MIN_CALLS_LESS && (double)w->after.calls < LESS_RATIO * expected) {
		w->verdict = CC_FLOW_LESS;
		w->score = 5;
	}
}

typedef struct context { const cc_snapshot *s; double time_ratio; bool comparable, paths, tree, unranked; } context;

static cc_entity_id entity_of(const context *c, const flow_acc *acc)
{
	if (!c->paths && acc->example != UINT32_MAX) {
		const cc_span *sp = cc_spans_get(c->s, acc->example);
		if (sp->service == acc->to)
			return cc_entity_of_service(c->s, cc_snapshot_sym(c->s, sp->ns),
				cc_snapshot_sym(c->s, acc->to));
	}
	return cc_entity_of_service(c->s, CC_STR_EMPTY, cc_snapshot_sym(c->s, acc->to));
}

static int by_score(const void *x, const void *y)
{
	const cc_flow *a = x, *b = y;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	uint64_t na = a->before.calls + a->after.calls, nb = b->before.calls + b->after.calls;
	if (na != nb)
		return na < nb ? 1 : -1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return cc_str_cmp(a->chain, b->chain);
}

/* How much longer than a call took its caller waited, of those of which that is known; only they stay in caller. To be asked
 * before the two are put into another order. */
static bool take_gaps(flow_acc *acc, int side, time_vec *gap)
{
	time_vec *caller = &acc->caller[side];
	size_t n = caller->n;
	gap->n = caller->n = 0;
	if (!cc_vec_reserve(gap, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t waited = caller->p[i], took = acc->times[side].p[i];
		if (waited < 0)
			continue;
		gap->p[gap->n++] = waited > took ? waited - took : 0;
		caller->p[caller->n++] = waited;
	}
	return true;
}

static cc_code finish_list(flow_list *out, flow_vec *accs, const context *c)
{
	cc_code code = CC_OK;
	time_vec gap[2] = { { 0 }, { 0 } };
	for (size_t i = 0; i < accs->n; i++) {
		flow_acc *acc = &accs->p[i];
		if (acc->ignored)
			continue;
		if (!take_gaps(acc, 0, &gap[0]) || !take_gaps(acc, 1, &gap[1])) {
			code = CC_ENOMEM;
			break;
		}
		cc_flow w = { .from = acc->from, .to = acc->to, .chain = acc->text.p ? acc->text : CC_STR_EMPTY,
			.example = acc->example, .origin_before = acc->origins[0], .origin_after = acc->origins[1] };
		w.before = stats_of(acc, 0);
		w.after = stats_of(acc, 1);
		w.caller_before = times_of(acc->caller[0].p, acc->caller[0].n);
		w.caller_after = times_of(acc->caller[1].p, acc->caller[1].n);
		w.gap_before = times_of(gap[0].p, gap[0].n);
		w.gap_after = times_of(gap[1].p, gap[1].n);
		w.whole_before = times_of(acc->whole[0].p, acc->whole[0].n);
		w.whole_after = times_of(acc->whole[1].p, acc->whole[1].n);
		w.self_before = times_of(acc->self[0].p, acc->self[0].n);
		w.self_after = times_of(acc->self[1].p, acc->self[1].n);
		w.entity = entity_of(c, acc);
		if (!c->unranked)
			judge(&w, c->time_ratio, c->comparable);
		if (!cc_vec_push(out, w))
			code = CC_ENOMEM;
	}
	cc_vec_deinit(&gap[0]);
	cc_vec_deinit(&gap[1]);
	if (out->n && !c->tree)
		qsort(out->p, out->n, sizeof *out->p, by_score);
	return code;
}

static int by_errors(const void *x, const void *y)
{
	const cc_error_origin *a = x, *b = y;
	if (a->after != b->after)
		return a->after < b->after ? 1 : -1;
	if (a->before != b->before)
		return a->before < b->before ? 1 : -1;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->operation != b->operation)
		return a->operation < b->operation ? -1 : 1;
	return a->callee < b->callee ? -1 : a->callee > b->callee;
}

static void finish_origins(cc_flows *f, const cc_snapshot *s)
{
	for (size_t i = 0; i < f->table.origins.n; i++) {
		cc_error_origin *o = &f->table.origins.p[i];
		const cc_span *sp = cc_spans_get(s, o->example);
		o->entity = sp->entity;
		o->text = cc_arena_dup(f->arena, cc_spans_error_text(s, sp, f->arena));
		if (!o->text.p)
			o->text = CC_STR_EMPTY;
		o->peer = o->callee == 0 ? CC_STR_EMPTY : o->callee < cc_snapshot_sym_count(s) ? cc_snapshot_sym(s, o->callee) :
			cc_span_peer(s, sp, f->arena);
	}
	if (f->table.origins.n)
		qsort(f->table.origins.p, f->table.origins.n, sizeof *f->table.origins.p, by_errors);
}

static cc_code finish_lists(cc_flows *f, context c)
{
	cc_code code = finish_list(&f->services, &f->table.services, &c);
	if (code == CC_OK)
		code = finish_list(&f->edges, &f->table.edges, &c);
	c.paths = true;
	if (code == CC_OK)
		code = finish_list(&f->paths, &f->table.paths, &c);
	c.paths = false;
	c.tree = true;
	if (code == CC_OK)
		code = finish_list(&f->hops, &f->table.hops, &c);
	return code;
}

cc_code cc_flows_finish(cc_flows *f, const cc_snapshot *s, const cc_flows_options *opt)
{
	cc_recording rec = cc_recording_within(s, opt->range);
	cc_range r = rec.range;
	bool pivot = opt->pivot_ns != CC_TIME_NONE && r.from_ns != CC_TIME_NONE && opt->pivot_ns > r.from_ns &&
		opt->pivot_ns < r.to_ns;
	context c = { .s = s, .time_ratio = 1, .comparable = pivot, .unranked = opt->unranked };
	f->after_ns = r.from_ns == CC_TIME_NONE ? 0 : cc_recording_ns(&rec, r.from_ns, r.to_ns);
	if (pivot) {
		f->before_ns = cc_recording_ns(&rec, r.from_ns, opt->pivot_ns);
		f->after_ns = cc_recording_ns(&rec, opt->pivot_ns, r.to_ns);
		f->before_ns = f->before_ns < 1 ? 1 : f->before_ns;
		c.time_ratio = (double)f->after_ns / (double)f->before_ns;
	}
	cc_code code = finish_lists(f, c);
	if (code == CC_OK && !cc_flows_order_hops(f))
		code = CC_ENOMEM;
	finish_origins(f, s);
	return code == CC_OK ? cc_flows_find_lost(f, s, opt) : code;
}

void cc_flows_free(cc_flows *f)
{
	if (!f)
		return;
	cc_flow_table_deinit(&f->table);
	cc_vec_deinit(&f->services);
	cc_vec_deinit(&f->edges);
	cc_vec_deinit(&f->paths);
	cc_vec_deinit(&f->hops);
	cc_vec_deinit(&f->lost);
	cc_arena_free(f->arena);
	cc_free(f);
}

size_t cc_flows_service_count(const cc_flows *f) { return f->services.n; }
const cc_flow *cc_flows_service(const cc_flows *f, size_t i) { return i < f->services.n ? &f->services.p[i] : NULL; }
size_t cc_flows_edge_count(const cc_flows *f) { return f->edges.n; }
const cc_flow *cc_flows_edge(const cc_flows *f, size_t i) { return i < f->edges.n ? &f->edges.p[i] : NULL; }
size_t cc_flows_path_count(const cc_flows *f) { return f->paths.n; }
const cc_flow *cc_flows_path(const cc_flows *f, size_t i) { return i < f->paths.n ? &f->paths.p[i] : NULL; }
size_t cc_flows_origin_count(const cc_flows *f) { return f->table.origins.n; }
const cc_error_origin *cc_flows_origin(const cc_flows *f, size_t i)
{
	return i < f->table.origins.n ? &f->table.origins.p[i] : NULL;
}

size_t cc_flows_hop_count(const cc_flows *f) { return f->hops.n; }
const cc_flow *cc_flows_hop(const cc_flows *f, size_t i) { return i < f->hops.n ? &f->hops.p[i] : NULL; }
size_t cc_flows_lost_count(const cc_flows *f) { return f->lost.n; }
const cc_lost_calls *cc_flows_lost(const cc_flows *f, size_t i) { return i < f->lost.n ? &f->lost.p[i] : NULL; }
uint64_t cc_flows_clients(const cc_flows *f) { return f->table.client_spans; }
int64_t cc_flows_before_ns(const cc_flows *f) { return f->before_ns; }
int64_t cc_flows_after_ns(const cc_flows *f) { return f->after_ns; }
uint64_t cc_flows_traces(const cc_flows *f) { return f->table.traces; }
uint64_t cc_flows_repeated(const cc_flows *f) { return f->table.repeated; }

const char *cc_flow_verdict_name(cc_flow_verdict v)
{
	static const char *const names[] = { "-", "new", "gone", "errors", "slower", "less traffic", "slower (wire)" };
	return names[v <= CC_FLOW_WIRE ? v : 0];
}
