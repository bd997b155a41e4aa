/* tel_writer.c - the other end of the queue: takes chunks, merges them in order, formats and writes.
 *
 * It allocates nothing in the ordinary course: chunks come from the simulation and go back to it, buffers are made at
 * the start. A failure is kept with its reason, everything later is thrown away, and the simulation hears of it at its
 * next call. */
#include "forge/tel_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "coldcase/file.h"

static void give_up(forge_tel *t, cc_code code, const char *what, int errnum)
{
	if (atomic_load(&t->failed) != CC_OK) return;
	pthread_mutex_lock(&t->lock);
	if (code == CC_ENOMEM) code = forge_nomem(&t->why);
	else code = cc_err_errno(&t->why, errnum, what);
	pthread_mutex_unlock(&t->lock);
	atomic_store(&t->failed, code);
}

static void record_free(tel_chunk *c, uint32_t i)
{
	if (c->stream == TEL_TRACES) {
		tel_more *m = c->rec.span[i].more;
		if (!m) return;
		cc_free(m->message);
		cc_free(m->exception);
		cc_free(m->exception_message);
		cc_free(m->stack);
		cc_free(m);
	} else if (c->stream == TEL_LOGS) {
		cc_free(c->rec.log[i].body);
		cc_free(c->rec.log[i].exception);
		cc_free(c->rec.log[i].exception_message);
		cc_free(c->rec.log[i].stack);
	} else {
		cc_free(c->rec.line[i].p);
	}
}

void tel_chunk_free(tel_chunk *c)
{
	if (!c) return;
	for (uint32_t i = c->at; i < c->n; i++) record_free(c, c->key[i].i);
	cc_free(c->rec.p);
	cc_free(c);
}

tel_chunk *tel_chunk_new(forge_tel *t, int stream)
{
	static const size_t SIZE[TEL_STREAMS] = { [TEL_TRACES] = sizeof(tel_span_rec), [TEL_LOGS] = sizeof(tel_log_rec),
		[TEL_EVENTS] = sizeof(tel_line_rec), [TEL_OBJECTS] = sizeof(tel_line_rec) };
	pthread_mutex_lock(&t->lock);
	tel_chunk *c = t->spare[stream];
	if (c) t->spare[stream] = c->next;
	pthread_mutex_unlock(&t->lock);
	if (!c) {
		c = cc_malloc(sizeof *c);
		void *rec = cc_malloc(TEL_CHUNK * SIZE[stream]);
		if (!c || !rec) {
			cc_free(c);
			cc_free(rec);
			return NULL;
		}
		c->rec.p = rec;
		c->stream = stream;
	}
	c->next = c->child = NULL;
	c->n = c->at = 0;
	c->text = 0;
	c->no = t->chunks[stream]++;
	return c;
}

static void write_out(forge_tel *t, tel_file *f, cc_str text)
{
	if (atomic_load_explicit(&t->failed, memory_order_relaxed) != CC_OK) return;
	int problem = cc_fd_write(f->fd, text);
	if (problem) give_up(t, CC_EIO, f->name, problem);
	f->bytes += text.n;
}

static void flush(forge_tel *t, tel_file *f, size_t least)
{
	if (!cc_buf_ok(&f->buf)) {
		give_up(t, CC_ENOMEM, f->name, 0);
	} else if (f->buf.n >= least) {
		write_out(t, f, cc_buf_str(&f->buf));
		cc_buf_clear(&f->buf);
	}
}

/* Whole lines longer than what the buffer has left go out by themselves, so that it never grows for them. */
static void put_line(forge_tel *t, tel_file *f, const tel_line_rec *r)
{
	if (r->n >= f->buf.cap - f->buf.n) {
		flush(t, f, 1);
		if (r->n >= f->buf.cap) {
			write_out(t, f, (cc_str){ r->p, r->n });
			return;
		}
	}
	out_put(&f->buf, r->p, r->n);
}

static void put_record(forge_tel *t, tel_chunk *c, uint32_t i)
{
	tel_file *f = &t->file[c->stream];
	if (atomic_load_explicit(&t->failed, memory_order_relaxed) == CC_OK) {
		if (c->stream == TEL_TRACES) tel_span_row(t, &f->buf, &c->rec.span[i]);
		else if (c->stream == TEL_LOGS) tel_log_row(t, &f->buf, &c->rec.log[i]);
		else put_line(t, f, &c->rec.line[i]);
		flush(t, f, TEL_PIECE);
	}
	record_free(c, i);
}

static void recycle(forge_tel *t, tel_chunk *c)
{
	pthread_mutex_lock(&t->lock);
	c->next = t->spare[c->stream];
	t->spare[c->stream] = c;
	pthread_mutex_unlock(&t->lock);
}

/* Writes what nothing later can precede. A run goes on as long as its head is before all others'. */
static void write_until(forge_tel *t, int stream, int64_t watermark)
{
	tel_file *f = &t->file[stream];
	while (f->heap && f->heap->key[f->heap->at].t <= watermark) {
		tel_chunk *run = f->heap;
		bool first = true;
		f->heap = tel_heap_pop(run);
		do {
			put_record(t, run, run->key[run->at].i);
			run->at++;
			first = !f->heap || (run->at < run->n && tel_run_before(run, f->heap));
		} while (first && run->at < run->n && run->key[run->at].t <= watermark);
		if (run->at < run->n) f->heap = tel_heap_add(f->heap, run);
		else recycle(t, run);
	}
}

static void take_in(forge_tel *t, tel_chunk *c)
{
	int stream = c->stream;
	int64_t watermark = c->watermark;
	if (c->n) {
		tel_sort(c->key, c->n, t->scratch);
		t->file[stream].heap = tel_heap_add(t->file[stream].heap, c);
	} else {
		recycle(t, c);
	}
	write_until(t, stream, watermark);
}

static void *run_writer(void *arg)
{
	forge_tel *t = arg;
	for (;;) {
		pthread_mutex_lock(&t->lock);
		while (!t->queue && !t->ended) pthread_cond_wait(&t->more, &t->lock);
		tel_chunk *c = t->queue;
		if (c) {
			t->queue = c->next;
			if (!t->queue) t->queue_last = NULL;
			t->queued--;
			pthread_cond_signal(&t->room);
		}
		bool abandoned = t->abandoned;
		pthread_mutex_unlock(&t->lock);
		if (!c) return NULL;
		if (abandoned) tel_chunk_free(c);
		else take_in(t, c);
	}
}

void tel_hand_over(forge_tel *t, tel_chunk *c)
{
	if (!t->threaded) {
		take_in(t, c);
		return;
	}
	pthread_mutex_lock(&t->lock);
	while (t->queued >= TEL_QUEUE) pthread_cond_wait(&t->room, &t->lock);
	c->next = NULL;
	if (t->queue_last) t->queue_last->next = c;
	else t->queue = c;
	t->queue_last = c;
	t->queued++;
	pthread_cond_signal(&t->more);
	pthread_mutex_unlock(&t->lock);
}

/* Signals belong to the thread that simulates. */
void tel_writer_start(forge_tel *t)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	t->threaded = pthread_create(&t->thread, NULL, run_writer, t) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void tel_writer_end(forge_tel *t, bool abandon)
{
	if (t->threaded) {
		pthread_mutex_lock(&t->lock);
		t->ended = true;
		t->abandoned = abandon;
		pthread_cond_signal(&t->more);
		pthread_mutex_unlock(&t->lock);
		(void)pthread_join(t->thread, NULL);
		t->threaded = false;
	}
	if (!abandon) return;
	for (int i = 0; i < TEL_STREAMS; i++)
		while (t->file[i].heap) {
			tel_chunk *top = t->file[i].heap;
			t->file[i].heap = tel_heap_pop(top);
			tel_chunk_free(top);
		}
}

static cc_code open_one(forge_sim *s, tel_file *f, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, s->work, f->name);
	if (!cc_buf_ok(&path) || !cc_buf_reserve(&f->buf, TEL_BUFFER)) {
		cc_buf_deinit(&path);
		return forge_nomem(err);
	}
	f->fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	cc_code code = f->fd < 0 ? cc_err_errno(err, errno, path.p) : CC_OK;
	cc_buf_deinit(&path);
	return code;
}

cc_code tel_files_open(forge_sim *s, cc_err *err)
{
	static const char *const NAME[TEL_STREAMS] = { [TEL_TRACES] = "otel_traces_raw.tsv",
		[TEL_LOGS] = "otel_logs_raw.tsv", [TEL_EVENTS] = "k8s_events_raw.tsv",
		[TEL_OBJECTS] = "k8s_objects_raw.tsv" };
	forge_tel *t = s->tel;
	for (int i = 0; i < TEL_STREAMS; i++) {
		t->file[i].name = NAME[i];
		if (t->off[i]) continue;
		cc_code code = open_one(s, &t->file[i], err);
		if (code != CC_OK) return code;
		if (i == TEL_TRACES) tel_span_header(&t->file[i].buf, t->variant);
		else out_log_header(&t->file[i].buf, t->variant & CC_FORGE_EVENT_NAME);
	}
	return CC_OK;
}

cc_code tel_files_close(forge_tel *t)
{
	for (int i = 0; i < TEL_STREAMS; i++) {
		tel_file *f = &t->file[i];
		if (f->fd < 0) continue;
		flush(t, f, 1);
		if (close(f->fd) != 0) give_up(t, CC_EIO, f->name, errno);
		f->fd = -1;
	}
	return (cc_code)atomic_load(&t->failed);
}
