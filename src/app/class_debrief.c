/* class_debrief.c - the page of a class's debrief: how it ended, what decided and who saw it when, where the class parted and what came
 * of it, the names that were given and what they cost, and what to talk about.
 *
 * Every figure comes from the reviews and the comparison that single runs have, too. */
#include "app/class_debrief.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/export.h"
#include "coldcase/map.h"

typedef struct debrief { app_page *p; const app_class_runs *r; cc_arena *arena; } debrief;

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* Without a name it is called by its number, which is the one it has on the host's table. */
static cc_str seat_name(const debrief *d, const cc_class_seat *seat)
{
	bool hide = d->p->redact & CC_REDACT_NAMES || !seat->name.n;
	return hide ? cc_arena_printf(d->arena, "seat %zu", (size_t)(seat - d->r->room.seats.p) + 1) : seat->name;
}

static cc_str name_of(const debrief *d, size_t i)
{
	return seat_name(d, d->r->seats[i]);
}

/* "12:34" of a run's own clock. */
static cc_str clock_text(const debrief *d, int64_t ns)
{
	long long s = ns / CC_NS_PER_S;
	return cc_arena_printf(d->arena, "%lld:%02lld", s / 60, s % 60);
}

static double score_of(const debrief *d, size_t i)
{
	cc_ratio s = d->r->lanes[i].scoring.score->d1.score;
	return s.den ? (double)s.num / s.den : 0;
}

static bool answered(const debrief *d, size_t i)
{
	const cc_answer *a = d->r->lanes[i].answer;
	return a && a->status == CC_ANSWER_OK;
}

/* --- how it ended --- */

static void head(const debrief *d)
{
	static const char *const COLUMNS[] = { "what", "this class" };
	const cc_class_terms *t = &d->r->room.terms;
	const cc_class_state *s = &d->r->room.state;
	size_t submitted = 0, found = 0;
	double sum = 0;
	for (size_t i = 0; i < d->r->count; i++) {
		submitted += answered(d, i);
		found += score_of(d, i) > 0;
		sum += score_of(d, i);
	}
	cc_str rows[][2] = {
		{ CC_STR("seats"), cc_arena_printf(d->arena, "%zu, of which %zu submitted an answer", d->r->count, submitted) },
		{ CC_STR("named all causes"), cc_arena_printf(d->arena, "%zu of %zu", found, d->r->count) },
		{ CC_STR("mean score"), cc_arena_printf(d->arena, "%.2f (no answer counts 0)", sum / (double)d->r->count) },
		{ CC_STR("rules"), t->budget ? cc_arena_printf(d->arena, "%lld queries each, assistance %.*s", (long long)t->budget,
			CC_STR_ARG(t->assistance)) : cc_arena_printf(d->arena, "any number of queries, assistance %.*s", CC_STR_ARG(t->assistance)) },
		{ CC_STR("time"), t->live ? cc_arena_printf(d->arena, "live, %lld time%s as fast as it was, one clock for all", (long long)t->live,
			plural((size_t)t->live)) : CC_STR("each had a clock of their own") },
		{ CC_STR("hints to everybody"), cc_arena_printf(d->arena, "%zu", s->told) } };
	app_page_begin(d->p, "Debrief of a class", t->incident);
	app_page_table(d->p, COLUMNS, 2);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		app_page_row(d->p, rows[i], 2);
	app_page_table_end(d->p);
	for (size_t i = 0; i < d->r->unscored_count; i++)
		app_page_text(d->p, "%.*s could not be scored, and is left out of all figures: %.*s", CC_STR_ARG(seat_name(d, d->r->unscored[i].seat)),
			CC_STR_ARG(d->r->unscored[i].why));
	if (d->r->left_out)
		app_page_text(d->p, "%zu more seats are left out: %d can be compared.", d->r->left_out, CC_COMPARE_MAX);
}

static const app_proof *first_proof(const app_review *v)
{
	const app_proof *first = NULL;
	for (size_t i = 0; i < v->proofs.n; i++)
		if (v->proofs.p[i].seen.step && (!first || v->proofs.p[i].seen.step < first->seen.step))
			first = &v->proofs.p[i];
	return first;
}

static cc_str remarks_of(const debrief *d, size_t i)
{
	const app_seat_progress *p = &d->r->progress[i];
	return cc_arena_printf(d->arena, "%s%s%s%s%s", d->r->seats[i]->late ? "came late; " : "", p->resumed ? "came back after a crash; " : "",
		p->other ? "had other evidence; " : "", answered(d, i) ? "" : "no answer; ",
		d->r->lanes[i].review.unsupported ? "right without having seen why; " : "");
}

static void outcome(const debrief *d)
{
	static const char *const COLUMNS[] = { "seat", "score", "names", "queries", "time", "first deciding record", "hints", "" };
	enum { N = sizeof COLUMNS / sizeof *COLUMNS };
	app_page_heading(d->p, "How it ended");
	app_page_table(d->p, COLUMNS, N);
	for (size_t i = 0; i < d->r->count; i++) {
		const app_seat_progress *p = &d->r->progress[i];
		const app_proof *first = first_proof(&d->r->lanes[i].review);
		cc_str remarks = remarks_of(d, i);
		cc_str cells[N] = { name_of(d, i), cc_arena_printf(d->arena, "%.2f", score_of(d, i)),
			cc_arena_printf(d->arena, "%zu", d->r->lanes[i].scoring.score->row_count), cc_arena_printf(d->arena, "%lld", (long long)p->queries),
			clock_text(d, p->active_ns), first ? cc_arena_printf(d->arena, "step %llu, at %.*s", (unsigned long long)first->seen.step,
				CC_STR_ARG(clock_text(d, first->seen.active_ns))) : CC_STR("never"),
			cc_arena_printf(d->arena, "%zu", p->hints), cc_str_strip_suffix(remarks, CC_STR("; ")) };
		app_page_row(d->p, cells, N);
	}
	app_page_table_end(d->p);
}

/* --- what decided --- */

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* The lower one of the two in the middle. */
static int64_t median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
	return v[(n - 1) / 2];
}

typedef struct sight { size_t seen, pinned; int64_t step, active_ns; double with, without; } sight;   /* medians; mean scores */

static sight sight_of(const debrief *d, size_t proof)
{
	sight s = { 0 };
	int64_t steps[CC_COMPARE_MAX], times[CC_COMPARE_MAX];
	for (size_t i = 0; i < d->r->count; i++) {
		const app_proof *p = &d->r->lanes[i].review.proofs.p[proof];
		s.pinned += p->pinned;
		*(p->seen.step ? &s.with : &s.without) += score_of(d, i);
		if (!p->seen.step)
			continue;
		steps[s.seen] = (int64_t)p->seen.step;
		times[s.seen++] = p->seen.active_ns;
	}
	if (s.seen) {
		s.step = median(steps, s.seen);
		s.active_ns = median(times, s.seen);
		s.with /= (double)s.seen;
	}
	if (s.seen < d->r->count)
		s.without /= (double)(d->r->count - s.seen);
	return s;
}

static size_t proof_count(const debrief *d)
{
	return d->r->lanes[0].review.proofs.n;     /* of one debrief: the same for all */
}

static cc_str mean_text(const debrief *d, size_t n, double mean)
{
	return n ? cc_arena_printf(d->arena, "%.2f", mean) : CC_STR("-");
}

static void deciding(const debrief *d)
{
	static const char *const COLUMNS[] = { "what decides", "shown by", "saw it", "median step", "median time", "pinned it", "mean score of those",
		"of the others" };
	enum { N = sizeof COLUMNS / sizeof *COLUMNS };
	app_page_heading(d->p, "What decided, and who saw it when");
	if (!proof_count(d)) {
		app_page_text(d->p, "The truth comes without a debrief, which would say what decides.");
		return;
	}
	app_page_table(d->p, COLUMNS, N);
	for (size_t k = 0; k < proof_count(d); k++) {
		const cc_debrief_proof *proof = &d->r->lanes[0].review.proofs.p[k].proof;
		sight s = sight_of(d, k);
		cc_str cells[N] = { proof->says, proof->command, cc_arena_printf(d->arena, "%zu of %zu", s.seen, d->r->count),
			s.seen ? cc_arena_printf(d->arena, "%lld", (long long)s.step) : CC_STR("-"), s.seen ? clock_text(d, s.active_ns) : CC_STR("-"),
			cc_arena_printf(d->arena, "%zu", s.pinned), mean_text(d, s.seen, s.with), mean_text(d, d->r->count - s.seen, s.without) };
		app_page_row(d->p, cells, N);
	}
	app_page_table_end(d->p);
}

/* --- where the class parted --- */

static cc_str seers_text(const debrief *d, uint32_t seers, bool those)
{
	cc_str all = CC_STR_EMPTY;
	for (size_t i = 0; i < d->r->count; i++)
		if (((seers >> i & 1) != 0) == those)
			all = cc_arena_printf(d->arena, "%.*s%s%.*s", CC_STR_ARG(all), all.n ? ", " : "", CC_STR_ARG(name_of(d, i)));
	return all;
}

static double mean_of(const debrief *d, uint32_t seers, bool those)
{
	double sum = 0;
	size_t n = 0;
	for (size_t i = 0; i < d->r->count; i++)
		if (((seers >> i & 1) != 0) == those) {
			sum += score_of(d, i);
			n++;
		}
	return n ? sum / (double)n : 0;
}

/* The first record that only a part of the class came to see, in the order of first sight; NULL: all saw the same. */
static const cc_sighting *first_apart(const debrief *d, uint32_t *seers)
{
	const cc_sighting_vec *all = cc_compare_cites(d->r->c);
	uint32_t everybody = d->r->count == 32 ? UINT32_MAX : (UINT32_C(1) << d->r->count) - 1;
	for (size_t i = 0; i < all->n; i++) {
		*seers = cc_compare_seers(d->r->c, &all->p[i]);
		if (*seers != everybody)
			return &all->p[i];
	}
	return NULL;
}

/* What each asked at the query at which not all asked the same; alike questions together. */
static void questions(const debrief *d, size_t query)
{
	bool told[CC_COMPARE_MAX] = { false };
	app_page_text(d->p, "Up to query %zu all asked the same. Then:", query - 1);
	for (size_t i = 0; i < d->r->count; i++) {
		const cc_record_step *mine = cc_compare_query(d->r->c, i, query - 1);
		cc_str who = name_of(d, i);
		if (told[i])
			continue;
		for (size_t k = i + 1; k < d->r->count; k++) {
			const cc_record_step *other = cc_compare_query(d->r->c, k, query - 1);
			told[k] = told[k] || (mine ? other && cc_str_eq(mine->line, other->line) : !other);
			if (mine ? other && cc_str_eq(mine->line, other->line) : !other)
				who = cc_arena_printf(d->arena, "%.*s, %.*s", CC_STR_ARG(who), CC_STR_ARG(name_of(d, k)));
		}
		app_page_item(d->p, "%.*s: %.*s", CC_STR_ARG(who), CC_STR_ARG(mine ? mine->line : CC_STR("asked nothing more")));
	}
}

static void parting(const debrief *d)
{
	uint32_t seers;
	app_page_heading(d->p, "Where the class parted");
	if (!d->r->c) {
		app_page_text(d->p, "One run cannot part.");
		return;
	}
	size_t query = cc_compare_parted(d->r->c);
	if (query)
		questions(d, query);
	else
		app_page_text(d->p, "All asked the same, to the end.");
	const cc_sighting *s = first_apart(d, &seers);
	if (!s)
		return;
	cc_str with = seers_text(d, seers, true), without = seers_text(d, seers, false);
	app_page_text(d->p, "The first record that only a part of the class saw was %.*s.", CC_STR_ARG(s->what));
	app_page_item(d->p, "It was seen by %.*s: mean score %.2f.", CC_STR_ARG(with), mean_of(d, seers, true));
	app_page_item(d->p, "It was not seen by %.*s: mean score %.2f.", CC_STR_ARG(without), mean_of(d, seers, false));
}

/* --- names and what they cost --- */

typedef struct given { cc_str name; size_t count; cc_score_verdict verdict; cc_str why; } given;
typedef CC_VEC(given) given_vec;

static void note_name(const debrief *d, given_vec *all, const cc_score *score, const cc_score_row *row)
{
	size_t i = 0;
	while (i < all->n && !cc_str_eq(all->p[i].name, row->entity))
		i++;
	if (i < all->n) {
		all->p[i].count++;
		return;
	}
	const cc_score_alibi a = cc_score_alibi_of(score, (size_t)(row - score->rows));
	cc_str why = row->group != CC_STR_NONE && row->verdict == CC_VERDICT_FP && (a.observed || !a.says.n) ?
		CC_STR("it only passed the trouble on") : a.says;
	if (!cc_vec_push(all, ((given){ .name = row->entity, .count = 1, .verdict = row->verdict, .why = why })))
		d->p->out->failed = true;
}

static int by_count(const void *a, const void *b)
{
	const given *x = a, *y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return cc_str_cmp(x->name, y->name);
}

static void list_names(const debrief *d, given_vec *all)
{
	for (size_t i = 0; i < d->r->count; i++) {
		const cc_score *s = d->r->lanes[i].scoring.score;
		for (size_t k = 0; k < s->row_count; k++)
			note_name(d, all, s, &s->rows[k]);
	}
	if (all->n)
		qsort(all->p, all->n, sizeof *all->p, by_count);
}

static void names(const debrief *d, const given_vec *all)
{
	static const char *const COLUMNS[] = { "name", "given by", "is", "" };
	app_page_heading(d->p, "The names that were given");
	if (!all->n) {
		app_page_text(d->p, "Nobody gave a name.");
		return;
	}
	app_page_table(d->p, COLUMNS, 4);
	for (size_t i = 0; i < all->n; i++) {
		const given *g = &all->p[i];
		cc_str cells[4] = { g->name, cc_arena_printf(d->arena, "%zu of %zu", g->count, d->r->count),
			g->verdict == CC_VERDICT_FP ? CC_STR("no cause") : CC_STR("a cause"), g->why };
		app_page_row(d->p, cells, 4);
	}
	app_page_table_end(d->p);
}

/* The score an answer would have had without the names that are no causes. */
static double without_extras(const debrief *d, size_t i)
{
	app_scoring *s = (app_scoring *)(uintptr_t)&d->r->lanes[i].scoring;     /* scores another answer, and keeps its own */
	const cc_score *score = s->score;
	cc_str *right = cc_arena_array(d->arena, score->row_count + 1, sizeof *right);
	cc_ratio r = { 0, 0 };
	size_t n = 0;
	for (size_t k = 0; right && k < score->row_count; k++)
		if (score->rows[k].verdict == CC_VERDICT_TP)
			right[n++] = score->rows[k].entity;
	return right && n && app_scoring_names(s, right, n, &r, NULL) == CC_OK && r.den ? (double)r.num / r.den : 0;
}

static size_t cost(const debrief *d)
{
	size_t paid = 0, found = 0;
	app_page_heading(d->p, "What extra names cost");
	for (size_t i = 0; i < d->r->count; i++) {
		double now = score_of(d, i), then = answered(d, i) ? without_extras(d, i) : 0;
		found += now > 0;
		if (then <= now + 1e-9)
			continue;
		app_page_item(d->p, "%.*s: %.2f, and %.2f without the names that are no causes.", CC_STR_ARG(name_of(d, i)), now, then);
		paid++;
	}
	if (!paid)
		app_page_text(d->p, found ? "Nothing: whoever named all causes named nothing else." :
			"Nothing: nobody named all causes, and a missed cause scores 0 whatever else is named.");
	return paid;
}

/* --- to talk about --- */

static void ask_about_sight(const debrief *d)
{
	size_t blind = 0;
	for (size_t k = 0; k < proof_count(d); k++) {
		sight s = sight_of(d, k);
		if (s.seen && s.seen < d->r->count)
			app_page_item(d->p, "%zu of %zu saw what decides (%.*s). What led them there, and what did the others take for more promising?", s.seen,
				d->r->count, CC_STR_ARG(d->r->lanes[0].review.proofs.p[k].proof.says));
		else if (!s.seen)
			app_page_item(d->p, "Nobody asked: %.*s. What would have made it the next question?",
				CC_STR_ARG(d->r->lanes[0].review.proofs.p[k].proof.command));
	}
	for (size_t i = 0; i < d->r->count; i++)
		blind += first_proof(&d->r->lanes[i].review) && !(score_of(d, i) > 0);
	if (blind)
		app_page_item(d->p, "%zu had a deciding record on the screen and did not name all causes. What did they take it for?", blind);
}

static void questions_for_all(const debrief *d, const given_vec *all, size_t paid)
{
	size_t unsupported = 0;
	app_page_heading(d->p, "To talk about");
	ask_about_sight(d);
	for (size_t i = 0, asked = 0; i < all->n && asked < 2; i++) {
		if (all->p[i].verdict != CC_VERDICT_FP)
			continue;
		app_page_item(d->p, "%.*s was named by %zu. Which record speaks against it, and who had seen that?", CC_STR_ARG(all->p[i].name),
			all->p[i].count);
		asked++;
	}
	if (paid)
		app_page_item(d->p, "%zu answer%s held the causes and more. At what confidence is one more name worth its price?", paid, plural(paid));
	for (size_t i = 0; i < d->r->count; i++)
		unsupported += d->r->lanes[i].review.unsupported;
	if (unsupported)
		app_page_item(d->p, "%zu were right without having seen what decides. What made them sure?", unsupported);
	app_page_item(d->p, "Which question of the whole class brought most, and which one would nobody ask again?");
	app_page_item(d->p, "What would those who wait have been told, and when?");
}

void app_class_debrief_write(app_page *page, const app_class_runs *runs)
{
	debrief d = { page, runs, cc_arena_new() };
	given_vec all = { 0 };
	if (!d.arena) {
		page->out->failed = true;
		return;
	}
	head(&d);
	outcome(&d);
	deciding(&d);
	parting(&d);
	list_names(&d, &all);
	names(&d, &all);
	size_t paid = cost(&d);
	questions_for_all(&d, &all, paid);
	app_page_end(page);
	cc_vec_deinit(&all);
	cc_arena_free(d.arena);
}
