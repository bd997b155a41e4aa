/* metrics_store.c - keeps the newest rows of every group in memory and the others in one temporary file.
 *
 * The file has no name any more once it is open, so nothing is left behind whatever happens. A group's chunks are
 * linked backwards: memory holds one offset a group, however long the run is. */
#include "forge/metrics_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coldcase/file.h"

#define IN_MEMORY (720 * FORGE_S)      /* the longest window of a rule is ten minutes, staleness five */
#define IN_MEMORY_API (3660 * FORGE_S) /* the error budget of the API server looks back an hour */

typedef struct chunk_head { int64_t prev, rows, width; } chunk_head;

static bool failed(forge_sim *s, int errnum)
{
	if (s->code == CC_OK) forge_fail(s, cc_err_errno(s->err, errnum, "forge: temporary file for samples"));
	return false;
}

static bool open_spool(forge_sim *s)
{
	forge_metrics *m = s->metrics;
	char path[sizeof s->work + 16];
	if (m->spool >= 0) return true;
	(void)snprintf(path, sizeof path, "%s/.samples", s->work);
	m->spool = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return (m->spool >= 0 && unlink(path) == 0) || failed(s, errno);
}

/* At the end of the file, where the last call left off. */
static bool put(forge_sim *s, const void *p, size_t n)
{
	int problem = cc_fd_write(s->metrics->spool, (cc_str){ p, n });
	s->metrics->spool_end += (int64_t)n;
	return !problem || failed(s, problem);
}

static bool take(forge_sim *s, void *p, size_t n, int64_t at)
{
	char *to = p;
	while (n > 0) {
		ssize_t k = pread(s->metrics->spool, to, n, (off_t)at);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return failed(s, k ? errno : EIO);
		to += k;
		n -= (size_t)k;
		at += k;
	}
	return true;
}

/* Moves the oldest rows out of memory. */
static void spool(forge_sim *s, mgroup *g, int rows)
{
	if (rows <= 0) return;
	chunk_head head = { g->chunk, rows, g->width };
	if (!open_spool(s)) return;
	int64_t at = s->metrics->spool_end;
	size_t n = (size_t)rows, w = (size_t)g->width;
	if (!put(s, &head, sizeof head) || !put(s, g->t, n * sizeof *g->t) || !put(s, g->v, n * w * sizeof *g->v))
		return;
	g->chunk = at;
	g->spooled += n;
	g->rows -= rows;
	memmove(g->t, g->t + n, (size_t)g->rows * sizeof *g->t);
	memmove(g->v, g->v + n * w, (size_t)g->rows * w * sizeof *g->v);
}

/* Number of the group, found or added; -1 after a failure. */
static int group_of(forge_sim *s, mgroup_kind kind, int owner)
{
	forge_metrics *m = s->metrics;
	while (m->index[kind].n <= (size_t)owner)
		if (!cc_vec_push(&m->index[kind], 0)) {
			forge_fail(s, CC_ENOMEM);
			return -1;
		}
	int *slot = &m->index[kind].p[owner];
	if (*slot) return *slot - 1;
	int64_t window = kind == MG_API ? IN_MEMORY_API : IN_MEMORY;
	mgroup fresh = { .kind = kind, .owner = owner, .keep = (int)(window / m->scrape_ns) + 1, .chunk = -1 };
	if (!cc_vec_push(&m->groups, fresh)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	*slot = (int)m->groups.n;
	return *slot - 1;
}

const mgroup *mstore_find(const forge_metrics *m, mgroup_kind kind, int owner)
{
	if (owner < 0 || (size_t)owner >= m->index[kind].n || m->index[kind].p[owner] == 0) return NULL;
	return &m->groups.p[m->index[kind].p[owner] - 1];
}

/* Room for rows of that width; rows from before a new series began have NaN in its column. */
static bool widen(mgroup *g, int width)
{
	if (g->t && g->width >= width) return true;
	if (width < g->width) width = g->width;
	size_t cap = (size_t)g->keep * 2, w = (size_t)width, old = (size_t)g->width;
	if (!g->t) g->t = cc_malloc(cap * sizeof *g->t);
	double *v = cc_malloc(cap * w * sizeof *v);
	if (!g->t || !v) {
		cc_free(v);
		return false;
	}
	for (size_t r = 0; g->v && r < (size_t)g->rows; r++)
		for (size_t c = 0; c < w; c++) v[r * w + c] = c < old ? g->v[r * old + c] : (double)NAN;
	cc_free(g->v);
	g->v = v;
	g->width = width;
	return true;
}

double *mstore_row(forge_sim *s, mgroup_kind kind, int owner, int64_t t, int width)
{
	int at = s->code == CC_OK ? group_of(s, kind, owner) : -1;
	if (at < 0) return NULL;
	mgroup *g = &s->metrics->groups.p[at];
	if (!widen(g, width)) {
		forge_fail(s, CC_ENOMEM);
		return NULL;
	}
	if (g->rows == g->keep * 2) spool(s, g, g->keep);
	if (g->rows == g->keep * 2) return NULL;
	double *row = g->v + (size_t)g->rows * (size_t)g->width;
	for (int c = 0; c < g->width; c++) row[c] = (double)NAN;
	g->t[g->rows++] = t;
	g->last = t;
	g->closed = false;
	return row;
}

void mstore_close(forge_sim *s, mgroup_kind kind, int owner, int64_t t)
{
	const mgroup *g = mstore_find(s->metrics, kind, owner);
	if (!g || g->closed || !g->t || g->last >= t || !mstore_row(s, kind, owner, t, g->width)) return;
	s->metrics->groups.p[s->metrics->index[kind].p[owner] - 1].closed = true;
}

static void release(mgroup *g)
{
	cc_free(g->t);
	cc_free(g->v);
	g->t = NULL;
	g->v = NULL;
	g->rows = 0;
}

void mstore_retire(forge_sim *s, int64_t t)
{
	forge_metrics *m = s->metrics;
	for (size_t i = 0; i < m->groups.n && s->code == CC_OK; i++) {
		mgroup *g = &m->groups.p[i];
		if (!g->closed || !g->t || t - g->last < IN_MEMORY) continue;
		spool(s, g, g->rows);
		if (s->code == CC_OK) release(g);
	}
}

/* The newest chunk is read first, so the matrix is filled from its end. */
static bool load_chunks(forge_sim *s, const mgroup *g, mmatrix *out)
{
	size_t at = out->rows - (size_t)g->rows, w = (size_t)out->width;
	for (int64_t chunk = g->chunk; chunk >= 0;) {
		chunk_head head;
		if (!take(s, &head, sizeof head, chunk)) return false;
		size_t rows = (size_t)head.rows, have = (size_t)head.width;
		int64_t from = chunk + (int64_t)sizeof head;
		at -= rows;
		double *to = out->v + at * w;
		if (!take(s, out->t + at, rows * sizeof *out->t, from)) return false;
		from += (int64_t)(rows * sizeof *out->t);
		/* Narrow rows are read to the end of their place and moved apart from the front. */
		double *packed = to + rows * (w - have);
		if (!take(s, packed, rows * have * sizeof *to, from)) return false;
		for (size_t r = 0; r < rows && have < w; r++) {
			memmove(to + r * w, packed + r * have, have * sizeof *to);
			for (size_t c = have; c < w; c++) to[r * w + c] = (double)NAN;
		}
		chunk = head.prev;
	}
	return true;
}

cc_code mstore_load(forge_sim *s, const mgroup *g, mmatrix *out, cc_err *err)
{
	*out = (mmatrix){ .width = g->width, .rows = (size_t)g->spooled + (size_t)g->rows };
	size_t w = (size_t)g->width;
	out->t = cc_malloc((out->rows + 1) * sizeof *out->t);
	out->v = cc_malloc((out->rows * w + 1) * sizeof *out->v);
	if (!out->t || !out->v) {
		mstore_unload(out);
		return forge_nomem(err);
	}
	size_t before = (size_t)g->spooled, n = (size_t)g->rows;
	if (n) {
		memcpy(out->t + before, g->t, n * sizeof *g->t);
		memcpy(out->v + before * w, g->v, n * w * sizeof *g->v);
	}
	if (load_chunks(s, g, out)) return CC_OK;
	mstore_unload(out);
	return s->code;
}

void mstore_unload(mmatrix *x)
{
	cc_free(x->t);
	cc_free(x->v);
	*x = (mmatrix){ 0 };
}

void mstore_deinit(forge_metrics *m)
{
	for (size_t i = 0; i < m->groups.n; i++) release(&m->groups.p[i]);
	cc_vec_deinit(&m->groups);
	for (int k = 0; k < MG_KINDS; k++) cc_vec_deinit(&m->index[k]);
	if (m->spool >= 0) (void)close(m->spool);
	m->spool = -1;
}
