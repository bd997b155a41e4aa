/* corrupt.c - damage as real exports have it: an export that stopped in the middle of a row, pages written twice or not
 * at all (LIMIT and OFFSET over ties), a file with nothing but its header, rows too short or too long, bytes that are
 * no text, records without a time of their own.
 *
 * Each place is a kind of damage and a file, drawn by the seed. All places of a file are chosen while it is read once
 * and made while it is rewritten once, so that the cost does not grow with their number. What finds no row, or one that
 * is taken, is drawn anew in the next round, and given up after some. Rows that mention a root cause stay as they are
 * everywhere; in what is recorded once in a while (objects, events, alerts, metrics) also those that mention a service
 * the fault is aimed at or a decoy: what decides a case and what clears the innocent survives. */
#include <stdlib.h>

#include "coldcase/file.h"
#include "forge/sim.h"
#include "forge/tel_rows.h"

typedef enum damage {
	DAMAGE_TAIL, DAMAGE_TWICE, DAMAGE_GAP, DAMAGE_HEADER_ONLY, DAMAGE_SHORT, DAMAGE_LONG, DAMAGE_NUL, DAMAGE_BYTE,
	DAMAGE_CR, DAMAGE_EPOCH, DAMAGE_ALERTS, DAMAGES
} damage;

enum { PAGE_ROWS = 40, TAIL_ROWS = 200, ROUNDS = 12, DRAWS = 60, BODY_COLUMN = 8 };

/* closed: its end is gone: no second damage. */
typedef struct victim { char *path; bool alerts, metrics, logs, dense, closed; } victim;

/* Rows [first, first + n) of a file, counted without the header; seen: rows that could have been it. */
typedef struct place { damage d; size_t file; uint64_t first, n, seen; bool found, done; } place;

typedef struct work {
	forge_sim *s;
	cc_rng rng;
	CC_VEC(victim) files;
	CC_VEC(place) places;
	size_t lo, hi;              /* places [lo, hi) are in the file at hand */
	size_t tables;              /* the first files: events, objects, logs, traces */
	bool alerts, metrics;       /* the folder being listed */
	CC_VEC(const char *) names; /* spared: the first `everywhere` in all files, the others where not `dense` */
	size_t everywhere;
	uint64_t rows;              /* read so far: when to look for a cancel */
} work;

static bool canceled(work *w)
{
	return (w->rows++ & 255) == 0 && cc_canceled(w->s->opt->cancel);
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* As a word: the service "ad" is not mentioned by "metadata", but it is by "ad-7c9d8f-x2x4z". */
static bool mentions(cc_str text, cc_str name)
{
	for (size_t from = 0;;) {
		size_t at = cc_str_find(cc_str_sub(text, from, text.n), name);
		if (at == CC_STR_NONE) return false;
		at += from;
		if ((at == 0 || !letter(text.p[at - 1])) && (at + name.n == text.n || !letter(text.p[at + name.n])))
			return true;
		from = at + 1;
	}
}

static bool spared(const work *w, const victim *v, cc_str text)
{
	size_t n = v->dense ? w->everywhere : w->names.n;
	for (size_t i = 0; i < n; i++)
		if (mentions(text, cc_str_from(w->names.p[i]))) return true;
	return false;
}

static bool name(work *w, const char *z)
{
	return !z || !z[0] || cc_vec_push(&w->names, z);
}

static bool service_name(work *w, int service)
{
	return service < 0 || service >= w->s->app->services_n || name(w, w->s->app->services[service].name);
}

static cc_code names_to_spare(work *w, cc_err *err)
{
	const forge_plan *plan = &w->s->plan;
	bool ok = true;
	for (size_t i = 0; i < plan->causes.n; i++) {
		const forge_cause *c = &plan->causes.p[i];
		ok = ok && name(w, c->root.name);
		for (int k = 0; k < c->aliases; k++) ok = ok && name(w, c->alias[k].name);
	}
	w->everywhere = w->names.n;
	for (size_t i = 0; w->s->app && i < plan->causes.n; i++) {
		const forge_cause *c = &plan->causes.p[i];
		ok = ok && service_name(w, c->service) && service_name(w, c->other) && service_name(w, c->first_hit);
	}
	for (size_t i = 0; i < plan->decoys.n; i++) ok = ok && name(w, plan->decoys.p[i].entity.name);
	return ok ? CC_OK : forge_nomem(err);
}

static cc_code collect(void *user, const char *path, const char *file, cc_err *err)
{
	work *w = user;
	cc_str n = cc_str_from(file);
	if (!(w->alerts ? cc_str_starts(n, CC_STR("alerts_at_")) : cc_str_ends(n, CC_STR(".tsv")))) return CC_OK;
	victim v = { .path = cc_strdup(path), .alerts = w->alerts, .metrics = w->metrics,
		.logs = cc_str_starts(n, CC_STR("otel_logs")), .dense = cc_str_starts(n, CC_STR("otel_")) };
	if (v.path && cc_vec_push(&w->files, v)) return CC_OK;
	cc_free(v.path);
	return forge_nomem(err);
}

static cc_code collect_all(work *w, cc_err *err)
{
	cc_code code = tel_each_file(w->s->work, collect, w, err);
	w->tables = w->files.n;
	for (int i = 0; i < 2 && code == CC_OK; i++) {
		cc_buf path = CC_BUF_INIT;
		w->alerts = i == 0;
		w->metrics = i == 1;
		cc_path_join(&path, w->s->work, i == 0 ? "alerts" : "metrics");
		code = cc_buf_ok(&path) ? tel_each_file(path.p, collect, w, err) : forge_nomem(err);
		cc_buf_deinit(&path);
	}
	return code;
}

static bool fits(damage d, const victim *v)
{
	if (d == DAMAGE_ALERTS) return v->alerts;
	if (v->alerts) return false;
	if (d == DAMAGE_HEADER_ONLY) return v->metrics;
	if (d >= DAMAGE_NUL && d <= DAMAGE_EPOCH) return v->logs;
	return true;
}

/* Does it take all of the file that follows? */
static bool closes(damage d)
{
	return d == DAMAGE_TAIL || d == DAMAGE_HEADER_ONLY || d == DAMAGE_ALERTS;
}

/* Can this row alone bear the damage? */
static bool bears(damage d, cc_str row)
{
	if (d == DAMAGE_SHORT) return row.n > 1 && row.p[row.n - 2] != '"'; /* the last field goes whole */
	if (d != DAMAGE_NUL && d != DAMAGE_BYTE && d != DAMAGE_CR) return true;
	cc_str body = row, head;
	for (int i = 0; i < BODY_COLUMN; i++)
		if (!cc_str_cut(body, '\t', &head, &body)) return false;
	/* Inside an unquoted body of some length a byte more changes nothing else. */
	size_t end = cc_str_find_char(body, '\t');
	return end != CC_STR_NONE && end >= 8 && body.p[0] != '"';
}

static uint64_t least_rows(damage d)
{
	return d == DAMAGE_TWICE || d == DAMAGE_GAP ? PAGE_ROWS : 1;
}

/* What one reading of a file tells. */
typedef struct reading { uint64_t rows, free_rows; bool mentioned; } reading;

/* Each row that could be the end of a place is chosen with equal chance. Records without a time come first: the export
 * is ordered by it. */
static void consider(work *w, const reading *at, cc_str row)
{
	bool undated = cc_str_starts(row, CC_STR("1970-"));
	for (size_t i = w->lo; i < w->hi; i++) {
		place *p = &w->places.p[i];
		if (closes(p->d) || at->free_rows < least_rows(p->d) || !bears(p->d, row)) continue;
		if (p->d == DAMAGE_EPOCH ? undated || p->found : cc_rng_below(&w->rng, ++p->seen) != 0) continue;
		undated = undated || p->d == DAMAGE_EPOCH;
		p->first = at->rows + 1 - least_rows(p->d);
		p->n = least_rows(p->d);
		p->found = true;
	}
}

/* A cut tail begins among the last rows, after the last one that is spared; a file that has such a row is not
 * emptied. */
static void consider_ends(work *w, const victim *v, const reading *end)
{
	uint64_t tail = end->free_rows < TAIL_ROWS ? end->free_rows : TAIL_ROWS;
	for (size_t i = w->lo; i < w->hi; i++) {
		place *p = &w->places.p[i];
		if (!closes(p->d)) continue;
		bool free = end->rows > 0 && !end->mentioned && !spared(w, v, cc_str_from(v->path));
		p->found = p->d == DAMAGE_TAIL ? tail > 0 : free;
		if (!p->found) continue;
		p->first = p->d == DAMAGE_TAIL ? end->rows - 1 - cc_rng_below(&w->rng, tail) : 0;
		p->n = end->rows - p->first;
	}
}

static cc_code choose(work *w, const victim *v, cc_err *err)
{
	tel_rows in;
	cc_str row;
	reading at = { 0 };
	cc_code code = tel_rows_open(&in, v->path, err);
	if (code != CC_OK) return code;
	code = tel_rows_next(&in, &row, err);
	while (code == CC_OK && row.n) {
		code = canceled(w) ? cc_err_set(err, CC_ECANCELED, "forge: canceled") : tel_rows_next(&in, &row, err);
		if (code != CC_OK || row.n == 0) break;
		bool free = !spared(w, v, row);
		at.free_rows = free ? at.free_rows + 1 : 0;
		at.mentioned = at.mentioned || !free;
		consider(w, &at, row);
		at.rows++;
	}
	tel_rows_close(&in);
	if (code == CC_OK) consider_ends(w, v, &at);
	return code;
}

static int by_file(const void *a, const void *b)
{
	const place *x = a, *y = b;
	if (x->done != y->done) return x->done ? 1 : -1;
	if (x->file != y->file) return x->file < y->file ? -1 : 1;
	return x->d < y->d ? -1 : x->d > y->d;
}

static int by_row(const void *a, const void *b)
{
	const place *x = a, *y = b;
	if (x->found != y->found) return x->found ? -1 : 1;
	if (x->first != y->first) return x->first < y->first ? -1 : 1;
	return x->d < y->d ? -1 : x->d > y->d;
}

/* Of places that overlap, the later one is drawn anew. */
static bool settle(work *w)
{
	uint64_t free_from = 0;
	bool any = false;
	qsort(w->places.p + w->lo, w->hi - w->lo, sizeof w->places.p[0], by_row);
	for (size_t i = w->lo; i < w->hi; i++) {
		place *p = &w->places.p[i];
		p->found = p->found && p->first >= free_from;
		if (p->found) free_from = p->first + p->n;
		any = any || p->found;
	}
	return any;
}

/* Puts `what` into the middle of the body, or of the field that stands there. */
static void into_body(cc_buf *out, cc_str row, cc_str what)
{
	cc_str body = row, head;
	for (int i = 0; i < BODY_COLUMN; i++) (void)cc_str_cut(body, '\t', &head, &body);
	size_t at = (size_t)(body.p - row.p) + cc_str_find_char(body, '\t') / 2;
	/* not between the bytes of one character */
	while (at > 0 && ((unsigned char)row.p[at] & 0xc0) == 0x80) at--;
	cc_buf_add(out, cc_str_sub(row, 0, at));
	cc_buf_add(out, what);
	cc_buf_add(out, cc_str_sub(row, at, row.n));
}

/* Timestamp and TimestampTime of a record that carried only the time it was observed, as either recorder prints it. */
static void without_time(cc_buf *out, cc_str row)
{
	cc_str rest = row, cell;
	for (int i = 0; i < 2; i++) {
		(void)cc_str_cut(rest, '\t', &cell, &rest);
		bool go = cc_str_ends(cell, CC_STR(" UTC"));
		cc_buf_addz(out, go ? "1970-01-01 00:00:00 +0000 UTC" : i ? "1970-01-01 00:00:00"
			: "1970-01-01 00:00:00.000000000");
		cc_buf_add_char(out, '\t');
	}
	cc_buf_add(out, rest);
}

static void damaged(damage d, cc_buf *out, cc_buf *page, cc_str row)
{
	switch (d) {
	case DAMAGE_TWICE:
		cc_buf_add(out, row);
		cc_buf_add(page, row);
		break;
	case DAMAGE_SHORT: {
		size_t at = cc_str_rfind_char(row, '\t');
		cc_buf_add(out, cc_str_sub(row, 0, at == CC_STR_NONE ? 0 : at));
		cc_buf_add_char(out, '\n');
		break;
	}
	case DAMAGE_LONG:
		cc_buf_add(out, cc_str_sub(row, 0, row.n - 1));
		cc_buf_addz(out, "\t\n");
		break;
	case DAMAGE_NUL: into_body(out, row, (cc_str){ "\0", 1 }); break;
	case DAMAGE_BYTE: into_body(out, row, CC_STR("\xff")); break;
	case DAMAGE_CR: into_body(out, row, CC_STR("\r")); break;
	case DAMAGE_EPOCH: without_time(out, row); break;
	case DAMAGE_TAIL:
	case DAMAGE_GAP:
	case DAMAGE_HEADER_ONLY:
	case DAMAGE_ALERTS:
	case DAMAGES: break;
	}
}

/* The next place that is not over yet at row i. */
static const place *next_place(const work *w, size_t *k, uint64_t i)
{
	for (; *k < w->hi; ++*k) {
		const place *p = &w->places.p[*k];
		if (p->found && i < p->first + p->n) return p;
	}
	return NULL;
}

static cc_code rewrite_rows(work *w, tel_rows *in, tel_sink *k, cc_err *err)
{
	enum { PIECE = 1 << 18 };
	cc_buf page = CC_BUF_INIT;
	cc_str row;
	size_t at = w->lo;
	cc_code code = tel_rows_next(in, &row, err);
	if (code == CC_OK) cc_buf_add(&k->buf, row);
	for (uint64_t i = 0; code == CC_OK; i++) {
		code = canceled(w) ? cc_err_set(err, CC_ECANCELED, "forge: canceled") : tel_rows_next(in, &row, err);
		if (code != CC_OK || row.n == 0) break;
		const place *p = next_place(w, &at, i);
		bool here = p && i >= p->first;
		if (here && p->d == DAMAGE_TAIL) cc_buf_add(&k->buf, cc_str_sub(row, 0, row.n / 2));
		if (here && closes(p->d)) break;
		if (here) damaged(p->d, &k->buf, &page, row);
		else cc_buf_add(&k->buf, row);
		if (here && i + 1 == p->first + p->n) {
			cc_buf_add(&k->buf, cc_buf_str(&page));
			if (!cc_buf_ok(&page)) code = forge_nomem(err);
			cc_buf_clear(&page);
		}
		if (code == CC_OK) code = tel_sink_flush(k, PIECE, err);
	}
	cc_buf_deinit(&page);
	return code;
}

static cc_code rewrite(work *w, const victim *v, cc_err *err)
{
	tel_rows in;
	tel_sink k;
	cc_code code = tel_rows_open(&in, v->path, err);
	if (code != CC_OK) return code;
	code = tel_sink_open(&k, v->path, err);
	if (code == CC_OK) code = tel_sink_close(&k, rewrite_rows(w, &in, &k, err), err);
	tel_rows_close(&in);
	return code;
}

/* A poll that was written half, or not at all. */
static cc_code damage_alerts(work *w, const victim *v, place *p, cc_err *err)
{
	enum { LIMIT = 64 << 20 };
	cc_buf text = CC_BUF_INIT;
	tel_sink k;
	cc_code code = cc_file_read(&text, v->path, LIMIT, err);
	bool empty = cc_rng_below(&w->rng, 2) == 0;
	if (code == CC_OK && text.n > 2 && !spared(w, v, cc_buf_str(&text))) {
		code = tel_sink_open(&k, v->path, err);
		if (code == CC_OK) {
			if (!empty) cc_buf_add(&k.buf, cc_str_sub(cc_buf_str(&text), 0, text.n * 3 / 5));
			code = tel_sink_close(&k, CC_OK, err);
		}
		p->found = code == CC_OK;
	}
	cc_buf_deinit(&text);
	return code;
}

static cc_code damage_file(work *w, victim *v, cc_err *err)
{
	cc_code code;
	if (v->alerts) {
		code = damage_alerts(w, v, &w->places.p[w->lo], err);
	} else {
		code = choose(w, v, err);
		if (code == CC_OK && settle(w)) code = rewrite(w, v, err);
	}
	for (size_t i = w->lo; i < w->hi && code == CC_OK; i++) {
		place *p = &w->places.p[i];
		p->done = p->found;
		v->closed = v->closed || (p->found && closes(p->d));
	}
	return code;
}

/* The four tables are few among many files of metrics but most of the bytes: they get half of it. */
static void draw(work *w, place *p)
{
	for (int i = 0; i < DRAWS; i++) {
		bool table = w->tables && cc_rng_below(&w->rng, 2) == 0;
		p->d = (damage)cc_rng_below(&w->rng, DAMAGES);
		p->file = cc_rng_below(&w->rng, table ? w->tables : w->files.n);
		p->found = false;
		p->seen = 0;
		if (fits(p->d, &w->files.p[p->file]) && !w->files.p[p->file].closed) return;
	}
	p->done = true; /* nothing is left that could bear it */
}

static cc_code one_round(work *w, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < w->places.n; i++)
		if (!w->places.p[i].done) draw(w, &w->places.p[i]);
	qsort(w->places.p, w->places.n, sizeof w->places.p[0], by_file);
	for (w->lo = 0; w->lo < w->places.n && !w->places.p[w->lo].done && code == CC_OK; w->lo = w->hi) {
		size_t file = w->places.p[w->lo].file;
		for (w->hi = w->lo; w->hi < w->places.n && !w->places.p[w->hi].done && w->places.p[w->hi].file == file;)
			w->hi++;
		code = damage_file(w, &w->files.p[file], err);
	}
	return code;
}

static cc_code damage_all(work *w, cc_err *err)
{
	cc_code code = CC_OK;
	for (int i = 0; i < w->s->opt->corrupt; i++)
		if (!cc_vec_push(&w->places, (place){ 0 })) return forge_nomem(err);
	for (int round = 0; round < ROUNDS && code == CC_OK; round++) code = one_round(w, err);
	return code;
}

cc_code corrupt_apply(forge_sim *s, cc_err *err)
{
	if (s->opt->corrupt <= 0) return CC_OK;
	work w = { .s = s };
	cc_rng_init_named(&w.rng, s->opt->seed, "corrupt");
	cc_code code = names_to_spare(&w, err);
	if (code == CC_OK) code = collect_all(&w, err);
	uint64_t before = tel_tree_bytes(s->work);
	if (code == CC_OK && w.files.n) code = damage_all(&w, err);
	s->rep.bytes += tel_tree_bytes(s->work) - before;
	for (size_t i = 0; i < w.files.n; i++) cc_free(w.files.p[i].path);
	cc_vec_deinit(&w.files);
	cc_vec_deinit(&w.places);
	cc_vec_deinit(&w.names);
	return code;
}
