/* tel.c - the simulation's side of the observers: takes records, holds streams back for open spans, hands chunks over.
 *
 * A stream's watermark is the time before which nothing can come any more: the start of the earliest open span for
 * traces, five seconds ago for logs, now for rows. Open spans are bounded by the timeouts of the calls they belong to,
 * and what waits for them is kept as compact records, not as rows: some 160 bytes a span. */
#include "forge/tel_priv.h"

#include <stdarg.h>

enum { LOG_SLACK_S = 5 };

cc_code tel_open(forge_sim *s, cc_err *err)
{
	forge_tel *t = cc_calloc(1, sizeof *t);
	if (!t) return forge_nomem(err);
	unsigned without = s->opt->without | s->plan.missing;
	s->tel = t;
	t->app = s->app;
	t->variant = s->opt->variant;
	t->hold_first = t->hold_last = t->hold_free = -1;
	t->off[TEL_TRACES] = without & CC_FORGE_NO_TRACES;
	t->off[TEL_LOGS] = without & CC_FORGE_NO_LOGS;
	t->off[TEL_EVENTS] = without & CC_FORGE_NO_EVENTS;
	t->off[TEL_OBJECTS] = without & CC_FORGE_NO_OBJECTS;
	atomic_init(&t->failed, CC_OK);
	for (int i = 0; i < TEL_STREAMS; i++) {
		t->file[i].fd = -1;
		t->floor[i] = INT64_MIN;
	}
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->more, NULL);
	(void)pthread_cond_init(&t->room, NULL);
	if (tel_cells_init(s) != CC_OK) return forge_nomem(err);
	cc_code code = tel_files_open(s, err);
	if (code == CC_OK && s->opt->threads != 1) tel_writer_start(t);
	return code;
}

/* The writer's failure becomes the simulation's, once. */
static bool healthy(forge_sim *s)
{
	forge_tel *t = s->tel;
	cc_code code = (cc_code)atomic_load_explicit(&t->failed, memory_order_acquire);
	if (code != CC_OK && s->code == CC_OK) {
		pthread_mutex_lock(&t->lock);
		if (s->err) *s->err = t->why;
		pthread_mutex_unlock(&t->lock);
		s->code = code;
	}
	return s->code == CC_OK;
}

static int64_t watermark(const forge_sim *s, int stream)
{
	const forge_tel *t = s->tel;
	int64_t now = s->now;
	if (stream == TEL_LOGS) return now - LOG_SLACK_S * FORGE_S;
	if (stream != TEL_TRACES || t->hold_first < 0) return now;
	int64_t held = t->holds.p[t->hold_first].start;
	return held < now ? held : now;
}

static void hand_over(forge_sim *s, int stream, int64_t mark)
{
	forge_tel *t = s->tel;
	tel_chunk *c = t->open[stream];
	t->open[stream] = NULL;
	c->watermark = mark;
	if (mark > t->floor[stream]) t->floor[stream] = mark;
	tel_hand_over(t, c);
}

/* Room for one record of the stream with its key set, or NULL. A time that comes too late is moved up to what has been
 * promised, so that the order of the file holds whatever happens. */
static tel_chunk *room(forge_sim *s, int stream, int64_t at)
{
	forge_tel *t = s->tel;
	if (!healthy(s)) return NULL;
	if (!t->open[stream]) t->open[stream] = tel_chunk_new(t, stream);
	tel_chunk *c = t->open[stream];
	if (!c) {
		forge_fail(s, CC_ENOMEM);
		return NULL;
	}
	c->key[c->n] = (tel_key){ at < t->floor[stream] ? t->floor[stream] : at, c->n };
	return c;
}

static void added(forge_sim *s, tel_chunk *c, size_t text)
{
	c->n++;
	c->text += text;
	if (c->n == TEL_CHUNK || c->text >= TEL_CHUNK_TEXT) hand_over(s, c->stream, watermark(s, c->stream));
}

cc_code tel_close(forge_sim *s, cc_err *err)
{
	forge_tel *t = s->tel;
	if (!t || t->closed) return s->code;
	t->closed = true;
	bool fine = healthy(s);
	for (int i = 0; i < TEL_STREAMS && fine; i++)
		if (t->open[i]) hand_over(s, i, INT64_MAX);
	/* Runs of a stream whose last chunk was full wait for a higher watermark: an empty chunk brings it. */
	for (int i = 0; i < TEL_STREAMS && fine; i++) {
		if (t->off[i] || t->floor[i] == INT64_MAX) continue;
		t->open[i] = tel_chunk_new(t, i);
		if (!t->open[i]) {
			forge_fail(s, CC_ENOMEM);
			fine = false;
		} else {
			hand_over(s, i, INT64_MAX);
		}
	}
	tel_writer_end(t, !fine);
	cc_code failed = tel_files_close(t);
	if (failed != CC_OK && s->code == CC_OK) {
		(void)healthy(s);
		if (err && err != s->err) *err = t->why;
	}
	for (int i = 0; i < TEL_STREAMS; i++) {
		s->rep.bytes += t->file[i].bytes;
		s->rep.files += !t->off[i];
	}
	return s->code;
}

void tel_deinit(forge_sim *s)
{
	forge_tel *t = s->tel;
	if (!t) return;
	tel_writer_end(t, true);
	for (int i = 0; i < TEL_STREAMS; i++) {
		tel_chunk_free(t->open[i]);
		for (tel_chunk *c = t->spare[i], *next; c; c = next) {
			next = c->next;
			tel_chunk_free(c);
		}
		cc_buf_deinit(&t->file[i].buf);
	}
	(void)tel_files_close(t);
	cc_vec_deinit(&t->holds);
	tel_cells_free(t);
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_cond_destroy(&t->more);
	(void)pthread_cond_destroy(&t->room);
	cc_free(t);
	s->tel = NULL;
}

/* Spans begin at the simulation's present, so the list stays sorted by appending; an odd one walks back. */
int tel_span_begin(forge_sim *s, int64_t start)
{
	forge_tel *t = s->tel;
	int handle = t->hold_free;
	if (handle >= 0) {
		t->hold_free = t->holds.p[handle].next;
	} else {
		handle = (int)t->holds.n;
		if (!cc_vec_push(&t->holds, ((tel_hold){ 0, -1, -1 }))) {
			forge_fail(s, CC_ENOMEM);
			return -1;
		}
	}
	tel_hold *h = t->holds.p;
	int before = t->hold_last;
	while (before >= 0 && h[before].start > start) before = h[before].prev;
	int after = before >= 0 ? h[before].next : t->hold_first;
	h[handle] = (tel_hold){ start, before, after };
	if (before >= 0) h[before].next = handle;
	else t->hold_first = handle;
	if (after >= 0) h[after].prev = handle;
	else t->hold_last = handle;
	return handle;
}

void tel_span_drop(forge_sim *s, int handle)
{
	forge_tel *t = s->tel;
	if (handle < 0) return;
	tel_hold *h = t->holds.p, gone = h[handle];
	if (gone.prev >= 0) h[gone.prev].next = gone.next;
	else t->hold_first = gone.next;
	if (gone.next >= 0) h[gone.next].prev = gone.prev;
	else t->hold_last = gone.prev;
	h[handle].next = t->hold_free;
	t->hold_free = handle;
}

static tel_span_rec span_rec(forge_sim *s, const forge_span *x, tel_more *more)
{
	return (tel_span_rec){ .start = x->start, .end = x->end, .trace = { x->trace[0], x->trace[1] }, .id = x->id,
		.parent = x->parent, .link = x->link, .vars = x->vars, .name = forge_span_name(s->app, x),
		.to_host = x->to_host, .upstream = x->upstream, .more = more, .cell = tel_cell_of(s, x->pod),
		.peer = tel_cell_of(s, x->peer), .service = (int16_t)x->service, .op = (int16_t)x->op,
		.wanted = (int16_t)x->wanted, .to_service = (int16_t)x->to_service, .status = (int16_t)x->status,
		.to_port = (uint16_t)x->to_port, .kind = (uint8_t)x->kind, .via = (uint8_t)x->via, .error = x->error };
}

static void span_free(forge_span *x)
{
	cc_free(x->message);
	cc_free(x->exception);
	cc_free(x->exception_message);
	cc_free(x->stack);
	x->message = x->exception = x->exception_message = x->stack = NULL;
}

static size_t length(const char *z)
{
	return z ? strlen(z) : 0;
}

static void keep_span(forge_sim *s, forge_span *x)
{
	tel_more *more = NULL;
	tel_chunk *c = room(s, TEL_TRACES, x->start);
	if (c && (x->message || x->exception || x->flag >= 0)) {
		more = cc_malloc(sizeof *more);
		if (!more) forge_fail(s, CC_ENOMEM);
		else *more = (tel_more){ x->message, x->exception, x->exception_message, x->stack, x->event_at, x->flag,
			x->flag_variant };
	}
	tel_span_rec rec = c ? span_rec(s, x, more) : (tel_span_rec){ 0 };
	if (!c || s->code != CC_OK) {
		cc_free(more);
		span_free(x);
		return;
	}
	if (!more) span_free(x);
	rec.start = c->key[c->n].t;
	size_t text = length(x->message) + length(x->exception) + length(x->exception_message) + length(x->stack);
	x->message = x->exception = x->exception_message = x->stack = NULL;
	c->rec.span[c->n] = rec;
	s->rep.spans++;
	added(s, c, text);
}

static bool exported(const forge_sim *s, int service)
{
	if (service < 0) return true;
	return s->app->services[service].traced && !(service < 64 && s->plan.drop_spans_of[service]);
}

void tel_span(forge_sim *s, int handle, forge_span *x)
{
	metrics_count_span(s, x);
	tel_span_drop(s, handle);
	bool inside = x->start >= s->start && x->start < s->end && x->end <= s->end;
	if (inside && !s->tel->off[TEL_TRACES] && s->code == CC_OK && exported(s, x->service)) keep_span(s, x);
	else span_free(x);
}

static void log_free(forge_log *l)
{
	cc_free(l->body);
	cc_free(l->exception);
	cc_free(l->exception_message);
	cc_free(l->stack);
	l->body = l->exception = l->exception_message = l->stack = NULL;
}

static tel_log_rec log_rec(forge_sim *s, const forge_log *l, int64_t t)
{
	return (tel_log_rec){ .t = t, .trace = { l->trace[0], l->trace[1] }, .span = l->span, .vars = l->vars,
		.severity = l->severity, .body = l->body, .exception = l->exception,
		.exception_message = l->exception_message, .stack = l->stack, .upstream = l->upstream,
		.took_ns = l->took_ns, .upstream_ns = l->upstream_ns, .cell = tel_cell_of(s, l->pod),
		.peer = tel_cell_of(s, l->peer), .service = (int16_t)l->service, .op = (int16_t)l->op,
		.wanted = (int16_t)l->wanted, .number = (int16_t)l->number, .status = (int16_t)l->status,
		.via = (uint8_t)l->via };
}

void tel_log(forge_sim *s, forge_log *l)
{
	bool inside = !s->tel->off[TEL_LOGS] && l->t >= s->start && l->t < s->end && (l->body || l->op >= 0);
	tel_chunk *c = inside ? room(s, TEL_LOGS, l->t) : NULL;
	tel_log_rec rec = { 0 };
	if (c) rec = log_rec(s, l, c->key[c->n].t);
	if (!c || s->code != CC_OK) {
		log_free(l);
		return;
	}
	size_t text = length(l->body) + length(l->exception) + length(l->exception_message) + length(l->stack);
	l->body = l->exception = l->exception_message = l->stack = NULL;
	c->rec.log[c->n] = rec;
	s->rep.logs++;
	added(s, c, text);
}

void tel_pod_log(forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...)
{
	int service = s->kube.pods.p[pod].service;
	const forge_voice *v = &forge_voices[service >= 0 ? s->app->services[service].lang : LANG_STORE];
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	forge_log l = { .t = t, .service = service, .pod = pod, .op = -1, .wanted = -1, .peer = -1,
		.severity = level == 'e' ? v->error : level == 'w' ? v->warn : v->info,
		.number = level == 'e' ? v->error_n : level == 'w' ? v->warn_n : v->info_n, .body = forge_take(s, &b) };
	if (l.body) tel_log(s, &l);
}

static void keep_line(forge_sim *s, int stream, int64_t t, cc_str line, uint64_t *count)
{
	if (s->tel->off[stream] || t < s->start || t >= s->end) return;
	tel_chunk *c = room(s, stream, t);
	char *copy = c ? cc_malloc(line.n) : NULL;
	if (!copy) {
		if (c) forge_fail(s, CC_ENOMEM);
		return;
	}
	if (line.n) memcpy(copy, line.p, line.n);
	c->rec.line[c->n] = (tel_line_rec){ t, copy, line.n };
	++*count;
	added(s, c, line.n);
}

void tel_event_row(forge_sim *s, int64_t t, cc_str line)
{
	keep_line(s, TEL_EVENTS, t, line, &s->rep.event_rows);
}

void tel_object_row(forge_sim *s, int64_t t, cc_str line)
{
	keep_line(s, TEL_OBJECTS, t, line, &s->rep.object_rows);
}
