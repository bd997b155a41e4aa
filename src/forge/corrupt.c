/* corrupt.c - damage as real exports have it: an export that stopped in the middle of a row, pages written twice or not at all
 * (LIMIT and OFFSET over ties), a file with nothing but its header, rows too short or too long, bytes that are no text.
 *
 * Each place is a kind of damage and a file, drawn by the seed. A file is read once to choose its rows and once to rewrite
 * it. Rows that mention a root cause stay as they are, so that what decides a case survives; a place that finds nothing to
 * damage tries other kinds and files, and is given up when there is none. */
#include <stdlib.h>

#include "coldcase/file.h"
#include "forge/sim.h"
#include "forge/tel_rows.h"

typedef enum damage {
	DAMAGE_TAIL, DAMAGE_TWICE, DAMAGE_GAP, DAMAGE_HEADER_ONLY, DAMAGE_SHORT, DAMAGE_LONG, DAMAGE_NUL, DAMAGE_BYTE, DAMAGE_CR,
	DAMAGE_QUOTE, DAMAGE_ALERTS, DAMAGES
} damage;

enum { PAGE_ROWS = 40, TAIL_ROWS = 200, TRIES = 60, BODY_COLUMN = 8 };

/* closed: its quotes no longer pair up, or its end is gone: no second damage. */
typedef struct victim { char *path; bool alerts, metrics, logs, closed; } victim;

typedef struct work {
	forge_sim *s;
	cc_rng rng;
	CC_VEC(victim) files;
	size_t tables;           /* the first of them: events, objects, logs, traces */
	bool alerts, metrics;    /* the folder being listed */
	const char *names[CC_FORGE_FAULTS * (FAULT_ALIASES + 1)];
	int names_n;
} work;

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
}

static bool spared(const work *w, cc_str text)
{
	for (int i = 0; i < w->names_n; i++)
		if (cc_str_find(text, cc_str_from(w->names[i])) != CC_STR_NONE) return true;
	return false;
}

static void name(work *w, const char *z)
{
	if (z && z[0] && w->names_n < (int)(sizeof w->names / sizeof w->names[0])) w->names[w->names_n++] = z;
}

static void names_of_roots(work *w)
{
	for (size_t i = 0; i < w->s->plan.causes.n && i < CC_FORGE_FAULTS; i++) {
		const forge_cause *c = &w->s->plan.causes.p[i];
		name(w, c->root.name);
		for (int k = 0; k < c->aliases && k < FAULT_ALIASES; k++) name(w, c->alias[k].name);
	}
}

static cc_code collect(void *user, const char *path, const char *file, cc_err *err)
{
	work *w = user;
	cc_str n = cc_str_from(file);
	if (!(w->alerts ? cc_str_starts(n, CC_STR("alerts_at_")) : cc_str_ends(n, CC_STR(".tsv")))) return CC_OK;
	victim v = { .path = cc_strdup(path), .alerts = w->alerts, .metrics = w->metrics, .logs = cc_str_starts(n, CC_STR("otel_logs")) };
	if (v.path && cc_vec_push(&w->files, v)) return CC_OK;
	cc_free(v.path);
	return no_memory(err);
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
		code = cc_buf_ok(&path) ? tel_each_file(path.p, collect, w, err) : no_memory(err);
		cc_buf_deinit(&path);
	}
	return code;
}

static bool fits(damage d, const victim *v)
{
	if (d == DAMAGE_ALERTS) return v->alerts;
	if (v->alerts) return false;
	if (d == DAMAGE_HEADER_ONLY) return v->metrics;
	if (d >= DAMAGE_NUL && d <= DAMAGE_QUOTE) return v->logs;
	return true;
}

/* Rows [first, first + n) are the place; counted without the header. */
typedef struct place { uint64_t first, n; bool found; } place;

/* Can this row alone bear the damage? */
static bool bears(damage d, cc_str row)
{
	if (d == DAMAGE_SHORT) return row.n > 1 && row.p[row.n - 2] != '"'; /* the last field goes whole */
	if (d != DAMAGE_QUOTE && d != DAMAGE_NUL && d != DAMAGE_BYTE && d != DAMAGE_CR) return true;
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

/* Reads the file once: each row that could be the end of a place is chosen with equal chance. A cut tail begins among the last
 * rows, after the last one that mentions a root; a file that mentions one is not emptied. */
static cc_code choose(work *w, damage d, const char *path, place *p, cc_err *err)
{
	tel_rows in;
	cc_str row;
	uint64_t number = 0, free_rows = 0, seen = 0;
	bool mentioned = false;
	*p = (place){ 0 };
	cc_code code = tel_rows_open(&in, path, err);
	if (code != CC_OK) return code;
	code = tel_rows_next(&in, &row, err);
	while (code == CC_OK && row.n) {
		code = tel_rows_next(&in, &row, err);
		if (code != CC_OK || row.n == 0) break;
		bool free = !spared(w, row);
		free_rows = free ? free_rows + 1 : 0;
		mentioned = mentioned || !free;
		if (free_rows >= least_rows(d) && bears(d, row) && cc_rng_below(&w->rng, ++seen) == 0)
			*p = (place){ number + 1 - least_rows(d), least_rows(d), true };
		number++;
	}
	uint64_t tail = free_rows < TAIL_ROWS ? free_rows : TAIL_ROWS;
	if (d == DAMAGE_TAIL) *p = (place){ tail ? number - 1 - cc_rng_below(&w->rng, tail) : 0, 1, tail > 0 };
	if (d == DAMAGE_HEADER_ONLY) *p = (place){ 0, number, number > 0 && !mentioned && !spared(w, cc_str_from(path)) };
	tel_rows_close(&in);
	return code;
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

static void damaged(damage d, cc_buf *out, cc_buf *page, cc_str row)
{
	switch (d) {
	case DAMAGE_TAIL: cc_buf_add(out, cc_str_sub(row, 0, row.n / 2)); break;
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
	case DAMAGE_QUOTE: into_body(out, row, CC_STR("\"")); break;
	case DAMAGE_GAP:
	case DAMAGE_HEADER_ONLY:
	case DAMAGE_ALERTS:
	case DAMAGES: break;
	}
}

static cc_code rewrite(damage d, tel_rows *in, tel_sink *k, const place *p, cc_err *err)
{
	enum { PIECE = 1 << 18 };
	cc_buf page = CC_BUF_INIT;
	cc_str row;
	cc_code code = tel_rows_next(in, &row, err);
	if (code == CC_OK) cc_buf_add(&k->buf, row);
	for (uint64_t i = 0; code == CC_OK; i++) {
		code = tel_rows_next(in, &row, err);
		if (code != CC_OK || row.n == 0) break;
		if (i >= p->first && i < p->first + p->n) damaged(d, &k->buf, &page, row);
		else cc_buf_add(&k->buf, row);
		if (i + 1 == p->first + p->n) {
			cc_buf_add(&k->buf, cc_buf_str(&page));
			if (!cc_buf_ok(&page)) code = no_memory(err);
			if (d == DAMAGE_TAIL) break;
		}
		if (code == CC_OK) code = tel_sink_flush(k, PIECE, err);
	}
	cc_buf_deinit(&page);
	return code;
}

static cc_code damage_rows(work *w, damage d, const victim *v, bool *done, cc_err *err)
{
	place p;
	tel_rows in;
	tel_sink k;
	cc_code code = choose(w, d, v->path, &p, err);
	if (code != CC_OK || !p.found) return code;
	code = tel_rows_open(&in, v->path, err);
	if (code != CC_OK) return code;
	code = tel_sink_open(&k, v->path, err);
	if (code == CC_OK) code = tel_sink_close(&k, rewrite(d, &in, &k, &p, err), err);
	tel_rows_close(&in);
	*done = code == CC_OK;
	return code;
}

/* A poll that was written half, or not at all. */
static cc_code damage_alerts(work *w, const victim *v, bool *done, cc_err *err)
{
	enum { LIMIT = 64 << 20 };
	cc_buf text = CC_BUF_INIT;
	tel_sink k;
	cc_code code = cc_file_read(&text, v->path, LIMIT, err);
	bool empty = cc_rng_below(&w->rng, 2) == 0;
	if (code == CC_OK && text.n > 2 && !spared(w, cc_buf_str(&text))) {
		code = tel_sink_open(&k, v->path, err);
		if (code == CC_OK) {
			if (!empty) cc_buf_add(&k.buf, cc_str_sub(cc_buf_str(&text), 0, text.n * 3 / 5));
			code = tel_sink_close(&k, CC_OK, err);
		}
		*done = code == CC_OK;
	}
	cc_buf_deinit(&text);
	return code;
}

/* The four tables are few among many files of metrics but most of the bytes: they get half of it. */
static victim *draw(work *w)
{
	bool table = w->tables && cc_rng_below(&w->rng, 2) == 0;
	return &w->files.p[cc_rng_below(&w->rng, table ? w->tables : w->files.n)];
}

static cc_code one_place(work *w, cc_err *err)
{
	bool done = false;
	cc_code code = CC_OK;
	for (int i = 0; i < TRIES && !done && code == CC_OK; i++) {
		damage d = (damage)cc_rng_below(&w->rng, DAMAGES);
		victim *v = draw(w);
		if (cc_canceled(w->s->opt->cancel)) return cc_err_set(err, CC_ECANCELED, "forge: canceled");
		if (!fits(d, v) || v->closed) continue;
		code = d == DAMAGE_ALERTS ? damage_alerts(w, v, &done, err) : damage_rows(w, d, v, &done, err);
		v->closed = done && (d == DAMAGE_TAIL || d == DAMAGE_QUOTE || d == DAMAGE_HEADER_ONLY || d == DAMAGE_ALERTS);
	}
	return code;
}

cc_code corrupt_apply(forge_sim *s, cc_err *err)
{
	if (s->opt->corrupt <= 0) return CC_OK;
	work w = { .s = s };
	cc_rng_init_named(&w.rng, s->opt->seed, "corrupt");
	names_of_roots(&w);
	cc_code code = collect_all(&w, err);
	uint64_t before = tel_tree_bytes(s->work);
	for (int i = 0; i < s->opt->corrupt && code == CC_OK && w.files.n; i++) code = one_place(&w, err);
	s->rep.bytes += tel_tree_bytes(s->work) - before;
	for (size_t i = 0; i < w.files.n; i++) cc_free(w.files.p[i].path);
	cc_vec_deinit(&w.files);
	return code;
}
