/* load.c - cuts the telemetry into pieces, has them read, and puts them together in their order; see load.h. */
#include "snapshot/cache.h"
#include "snapshot/load.h"

#include <stdio.h>
#include <string.h>
#include "coldcase/xalloc.h"

enum { PIECE = 1 << 20 };

struct telemetry {
	cc_snapshot *s;
	uint64_t step;           /* bytes of a piece */
	unsigned threads;        /* workers that there are */
	CC_VEC(load_piece) pieces;
	load_worker workers[CC_WORK_MAX_THREADS];
	cc_work *work;
	atomic_uint_least64_t bytes;   /* read so far */
};

/* --- cutting --- */

static const load_table *table_of(cc_file_kind kind)
{
	return kind == CC_FILE_LOGS ? &cc_logs_table : kind == CC_FILE_TRACES ? &cc_spans_table : NULL;
}

static bool add_piece(telemetry *t, uint32_t file, uint64_t from, uint64_t to)
{
	load_piece p = { .file = file, .from = from, .to = to };
	cc_load_piece_clear(&p);
	return cc_vec_push(&t->pieces, p);
}

/* The first piece begins behind the header, the others at each multiple of the step. */
static bool cut_file(telemetry *t, uint32_t file, bool whole)
{
	const snapshot_file *f = cc_snapshot_priv_file(t->s, file);
	uint64_t from = f->tsv.pos, size = f->map.text.n, head = t->s->opt ? t->s->opt->head_bytes : 0;
	bool ok = true;
	if (f->tsv.column_count == 0)
		return true;
	if (head && !whole && size - from > head) {
		t->s->heads |= CC_KIND_BIT(f->info.kind);
		size = from + head;
	}
	do {
		uint64_t left = t->step - from % t->step;
		uint64_t to = whole || left > size - from ? size : from + left;
		ok = add_piece(t, file, from, to);
		from = to;
	} while (ok && from < size);
	return ok;
}

static bool cut_kind(telemetry *t, cc_file_kind kind)
{
	bool ok = true;
	for (uint32_t file = 0; ok && (file = cc_snapshot_next_file(t->s, kind, file)) != 0;)
		ok = cut_file(t, file, table_of(kind) == NULL);
	return ok;
}

/* --- reading --- */

static void tell(telemetry *t, const load_piece *p)
{
	cc_snapshot *s = t->s;
	if (!s->opt || !s->opt->progress)
		return;
	cc_snapshot_progress out = { s->bytes_done + atomic_load(&t->bytes), cc_snapshot_bytes(s),
		cc_file_kind_name(cc_snapshot_priv_file(s, p->file)->info.kind) };
	s->opt->progress(s->opt->progress_arg, &out);
}

static void read_piece(telemetry *t, load_worker *w, load_piece *p, uint64_t first, bool again)
{
	const load_table *table = table_of(cc_snapshot_priv_file(t->s, p->file)->info.kind);
	p->worker = w;
	p->number = (uint32_t)(p - t->pieces.p);
	p->again = again;
	p->first = p->from;
	if (table)
		p->set = table->set;
	if (table)
		cc_load_read(t->s, w, p, table, first);
	else
		cc_load_metrics(t->s, w, p);
}

static void do_piece(void *arg, unsigned worker, size_t item)
{
	telemetry *t = arg;
	load_worker *w = &t->workers[worker];
	load_piece *p = &t->pieces.p[item];
	const snapshot_file *f = cc_snapshot_priv_file(t->s, p->file);
	if (w->failed || (t->s->opt && cc_canceled(t->s->opt->cancel)))
		return;
	if (worker == 0)
		tell(t, p);
	read_piece(t, w, p, p->from == f->tsv.pos ? p->from : LOAD_NOWHERE, false);
	atomic_fetch_add(&t->bytes, p->to - p->from);
}

unsigned cc_snapshot_threads(const cc_snapshot *s)
{
	return cc_work_threads(s->opt ? s->opt->threads : 0);
}

cc_code cc_telemetry_start(cc_snapshot *s, cc_err *err)
{
	telemetry *t = s->telemetry = cc_calloc(1, sizeof *t);
	bool ok = t != NULL;
	unsigned threads = cc_snapshot_threads(s);
	while (ok && t->threads < threads)
		ok = cc_load_worker_init(&t->workers[t->threads++]);
	if (ok) {
		t->s = s;
		t->step = s->opt && s->opt->piece_bytes ? s->opt->piece_bytes : PIECE;
		/* Large pieces first, so that no thread is left alone with one of them. */
		ok = cut_kind(t, CC_FILE_METRICS_POD) && cut_kind(t, CC_FILE_METRICS_SERVICE) && cut_kind(t, CC_FILE_TRACES) &&
		     cut_kind(t, CC_FILE_LOGS);
	}
	if (ok)
		t->work = cc_work_start(t->pieces.n, threads, do_piece, t);
	return ok && t->work ? CC_OK : cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(s->name));
}

/* --- one after the other --- */

/* A piece names what was new to its worker. With one that named something goes the first mention of it, so that the later
 * pieces of that worker do not name all that they use. */
static void forget_piece(load_piece *p)
{
	if (p->worker && (p->texts.n || p->whos.n || p->traces.n))
		p->worker->lossy = true;
	cc_load_piece_clear(p);
}

static void drop_piece(telemetry *t, load_piece *p, uint64_t next)
{
	load_worker *w = p->worker ? p->worker : &t->workers[0];
	forget_piece(p);
	p->worker = w;
	p->first = p->next = next;
}

/* Reads again what did not begin where the piece before ended, and what does not name all that it uses. A piece inside one
 * long record has none of its own. */
static void settle(telemetry *t, load_piece *p, uint64_t at)
{
	load_worker *w = &t->workers[0];
	bool named = !p->worker || !p->worker->lossy;
	if (at >= p->to && p->first != at) {
		drop_piece(t, p, at);
	} else if (p->first != at || !named) {
		forget_piece(p);
		read_piece(t, w, p, at, true);
	}
}

static void say_remark(cc_snapshot *s, const load_piece *p, const load_remark *m)
{
	uint64_t record = (uint64_t)p->base + m->record;
	if (m->kind == LOAD_NOTE)
		cc_snapshot_note(s, p->file, record, m->what);
	else if (m->kind == LOAD_SKIP)
		cc_snapshot_skip(s, p->file, record, m->what);
	else
		cc_snapshot_skip_open_quote(s, p->file, record, m->lines);
}

static void say_error(cc_snapshot *s, const load_piece *p)
{
	char why[160];
	if (!p->error)
		return;
	if (p->error == -1)
		snprintf(why, sizeof why, "the file became shorter while it was read; what was behind is missing");
	else
		snprintf(why, sizeof why, "reading stopped at byte %llu: %s; what is behind is missing",
			(unsigned long long)p->next, strerror(p->error));
	cc_snapshot_note(s, p->file, 0, why);
	cc_cache_forgo(s);
}

static bool count_piece(cc_snapshot *s, load_piece *p, uint64_t records)
{
	snapshot_file *f = cc_snapshot_priv_file(s, p->file);
	p->base = (uint32_t)records;
	uint64_t told = 0;
	for (size_t i = 0; i < p->remark_count; i++) {
		say_remark(s, p, &p->remarks[i]);
		told += p->remarks[i].kind != LOAD_NOTE;
	}
	say_error(s, p);
	f->info.skipped += p->skipped - told;
	f->info.records += p->records - p->skipped;
	cc_snapshot_widen(s, p->range.from_ns);
	cc_snapshot_widen(s, p->range.to_ns);
	return row_starts_append(&f->starts, &p->starts);
}

/* Settles and counts the pieces of one file; returns how many they are. */
static size_t join_file(telemetry *t, size_t from, cc_code *code, cc_err *err)
{
	load_piece *p = &t->pieces.p[from];
	const snapshot_file *f = cc_snapshot_priv_file(t->s, p->file);
	uint64_t at = f->tsv.pos, records = 0;
	size_t n = 0;
	tell(t, p); /* even when other threads read all of it */
	for (; from + n < t->pieces.n && p[n].file == p->file && *code == CC_OK; n++) {
		settle(t, &p[n], at);
		at = p[n].next;
		if (t->workers[0].failed)
			*code = cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(f->info.path));
		else if (records + p[n].records > UINT32_MAX)
			*code = cc_err_set(err, CC_ELIMIT, "%.*s: more than %u records", CC_STR_ARG(f->info.path), UINT32_MAX);
		else if (!count_piece(t->s, &p[n], records))
			*code = cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(f->info.path));
		records += p[n].records;
		if (p[n].error) /* nothing behind it can be trusted to begin where it seems to */
			at = UINT64_MAX;
	}
	return n;
}

/* --- symbols --- */

static bool make_global(load_numbers *global, size_t n)
{
	if (!cc_vec_reserve(global, n))
		return false;
	memset(global->p, 0, n * sizeof *global->p);
	global->n = n;
	return true;
}

static bool make_globals(load_worker *w)
{
	bool ok = make_global(&w->texts.global, cc_dict_count(w->texts.dict)) &&
		  make_global(&w->traces_global, w->traces.ids.n + 1);
	for (size_t i = 0; ok && i < LOAD_SETS; i++)
		ok = make_global(&w->whos[i].global, cc_dict_count(w->whos[i].dict));
	return ok;
}

static void name_texts(cc_snapshot *s, const load_piece *p)
{
	vocab *v = &p->worker->texts;
	for (size_t i = 0; i < p->texts.n; i++) {
		uint32_t number = p->texts.p[i];
		if (!v->global.p[number])
			v->global.p[number] = cc_snapshot_intern(s, cc_dict_get(v->dict, number));
	}
}

static bool name_symbols(telemetry *t)
{
	for (unsigned i = 0; i < t->threads; i++)
		if (!make_globals(&t->workers[i]))
			return false;
	for (size_t i = 0; i < t->pieces.n; i++)
		name_texts(t->s, &t->pieces.p[i]);
	return !t->s->failed;
}

/* --- all of it --- */

static load_list pieces_of(telemetry *t, cc_file_kind a, cc_file_kind b)
{
	load_list l = { NULL, 0 };
	for (size_t i = 0; i < t->pieces.n; i++) {
		cc_file_kind kind = cc_snapshot_priv_file(t->s, t->pieces.p[i].file)->info.kind;
		if (kind != a && kind != b)
			continue;
		if (!l.p)
			l.p = &t->pieces.p[i];
		l.n++;
	}
	return l;
}

static cc_code join(telemetry *t, cc_err *err)
{
	cc_snapshot *s = t->s;
	cc_code code = CC_OK;
	if (s->opt && cc_canceled(s->opt->cancel))
		return cc_err_set(err, CC_ECANCELED, "%.*s: reading was canceled", CC_STR_ARG(s->name));
	for (size_t i = 0; i < t->pieces.n && code == CC_OK;)
		i += join_file(t, i, &code, err);
	for (unsigned i = 0; i < t->threads; i++) {
		s->failed = s->failed || t->workers[i].failed;
		cc_load_worker_rest(&t->workers[i]);
	}
	cc_heap_trim(); /* what follows holds most rows twice */
	if (code == CC_OK && (s->failed || !name_symbols(t)))
		code = cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(s->name));
	if (code == CC_OK)
		code = cc_logs_take(s, pieces_of(t, CC_FILE_LOGS, CC_FILE_LOGS), err);
	if (code == CC_OK)
		code = cc_spans_take(s, pieces_of(t, CC_FILE_TRACES, CC_FILE_TRACES), err);
	if (code == CC_OK)
		code = cc_series_take(s, pieces_of(t, CC_FILE_METRICS_POD, CC_FILE_METRICS_SERVICE), err);
	s->bytes_done += atomic_load(&t->bytes);
	return code;
}

cc_code cc_telemetry_finish(cc_snapshot *s, cc_err *err)
{
	telemetry *t = s->telemetry;
	cc_work_finish(t->work);
	t->work = NULL;
	cc_code code = join(t, err);
	cc_telemetry_free(s);
	return code;
}

void cc_telemetry_free(cc_snapshot *s)
{
	telemetry *t = s->telemetry;
	if (!t)
		return;
	cc_work_finish(t->work);
	for (size_t i = 0; i < t->pieces.n; i++)
		cc_load_piece_clear(&t->pieces.p[i]);
	cc_vec_deinit(&t->pieces);
	for (unsigned i = 0; i < t->threads; i++)
		cc_load_worker_deinit(&t->workers[i]);
	cc_free(t);
	cc_heap_trim();
	s->telemetry = NULL;
}
