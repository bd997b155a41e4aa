/* cache.c - whether a kept snapshot still fits, and keeping one; see cache.h.
 *
 * Two processes may open the same snapshot at once: each writes a file of its own and renames it over the old one, and
 * an image that is mapped stays what it was when its name goes to another. Of two that differ in time the last stays:
 * both are right, for each holds the manifest of what it was read from. */
#include "snapshot/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "coldcase/log.h"
#include "coldcase/xalloc.h"

enum { FORMAT = 2 };                                   /* raise it when the same structs mean another thing */
#define MIN_BYTES (UINT64_C(8) << 20)                  /* of evidence: below it reading takes no longer than a blink */
#define MAX_BYTES (UINT64_C(2) << 30)                  /* of all images */
#define FRESH_NS (2 * CC_NS_PER_S)                     /* the coarsest file times in use are those of FAT */
#define STRAY_S 3600                                   /* a temporary file this old belongs to nobody who lives */

struct cache_writer {
	cc_snapshot snapshot;    /* its fields, before this writer was one of them */
	cc_buf dir, path;
	uint64_t most;
	pthread_t thread;
};

/* --- where, and for whom --- */

/* A new build of the program may read the same evidence in another way: it trusts no other's images. Where /proc does
 * not say which build this is, its version must do. */
static uint64_t format_number(void)
{
	struct stat st;
	uint64_t program[4] = { FORMAT };
	if (stat("/proc/self/exe", &st) == 0) {
		file_stamp s = cc_file_stamp_of(&st);
		program[1] = s.inode;
		program[2] = s.bytes;
		program[3] = (uint64_t)s.modified_ns;
	}
	cc_str version = CC_STR(CC_VERSION), bytes = { (const char *)program, sizeof program };
	return cc_image_format(&cc_snapshot_image, cc_str_hash(bytes) ^ cc_str_hash(version));
}

static bool find_dir(cc_buf *dir, const cc_snapshot_options *opt)
{
	if (opt && opt->cache_dir)
		cc_buf_addz(dir, opt->cache_dir);
	else if (cc_xdg_dir(dir, 'k', NULL) != CC_OK)
		return false;
	return cc_buf_ok(dir);
}

static bool find_path(cc_buf *path, const char *dir, cc_str scenario)
{
	char name[40];
	snprintf(name, sizeof name, "%016llx-%d.image", (unsigned long long)cc_str_hash(scenario), FORMAT);
	cc_path_join(path, dir, name);
	return cc_buf_ok(path);
}

/* --- the manifest --- */

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * CC_NS_PER_S + t.tv_nsec;
}

static cache_entry entry_of(const evidence *e)
{
	return (cache_entry){ .path = e->path, .problem = cc_str_from(e->problem), .stamp = e->stamp,
		.kind = (uint64_t)e->kind };
}

/* A file that was changed just now may change again within the same tick of its clock, and look the same. */
void cc_cache_note(cc_snapshot *s, const evidence_vec *listed)
{
	int64_t old = now_ns() - FRESH_NS;
	cache_manifest *m = cc_arena_alloc(s->arena, sizeof *m);
	cache_entry *rows = cc_arena_array(s->arena, listed->n, sizeof *rows);
	if (!m || !rows)
		return;
	m->settled = true;
	for (size_t i = 0; i < listed->n; i++) {
		rows[i] = entry_of(&listed->p[i]);
		rows[i].problem = cc_arena_dup(s->arena, rows[i].problem); /* may be the C library's own text */
		if (!rows[i].problem.p)
			return;
		m->settled = m->settled && rows[i].stamp.modified_ns < old;
	}
	m->entries.p = rows;
	m->entries.n = listed->n;
	s->manifest = m;
}

static bool same_entry(const cache_entry *a, const cache_entry *b)
{
	return a->kind == b->kind && cc_str_eq(a->path, b->path) && cc_str_eq(a->problem, b->problem) &&
	       cc_file_stamp_eq(&a->stamp, &b->stamp);
}

static bool fits(const cache_manifest *m, const evidence_vec *listed)
{
	bool same = m && m->entries.n == listed->n;
	for (size_t i = 0; same && i < listed->n; i++) {
		cache_entry now = entry_of(&listed->p[i]);
		same = same_entry(&m->entries.p[i], &now);
	}
	return same;
}

/* --- using an image --- */

/* Takes over the image's tables. What s owned before them goes. */
static void adopt(cc_snapshot *s, const cc_snapshot *root, cc_image *image)
{
	cc_snapshot was = *s;
	cc_dict_free(was.dict);
	*s = *root;
	s->arena = was.arena;
	s->bodies = was.bodies;
	s->opt = was.opt;
	s->name = was.name;
	s->path = was.path;
	s->image = image;
	cc_image_touch(image);
}

static bool adopt_if_fits(cc_snapshot *s, cc_image *image)
{
	evidence_vec listed = { 0 };
	cc_code code = cc_evidence_list(&listed, s->arena, s->path, NULL);
	const cc_snapshot *root = code == CC_OK ? cc_image_root(image, sizeof *root) : NULL;
	bool ok = root && cc_str_eq(root->path, s->path) && fits(root->manifest, &listed);
	if (ok)
		adopt(s, root, image);
	cc_vec_deinit(&listed);
	return ok;
}

bool cc_cache_adopt(cc_snapshot *s, const cc_snapshot_options *opt)
{
	cc_buf dir = CC_BUF_INIT, path = CC_BUF_INIT;
	bool ok = false;
	if (!(opt && opt->no_cache) && find_dir(&dir, opt) && find_path(&path, dir.p, s->path)) {
		cc_image *image = cc_image_open(path.p, format_number());
		ok = image && adopt_if_fits(s, image);
		if (!ok)
			cc_image_close(image);
	}
	cc_buf_deinit(&dir);
	cc_buf_deinit(&path);
	return ok;
}

/* --- bounded in size --- */

typedef struct kept_image {
	char name[64];
	uint64_t bytes;
	int64_t used_ns;
} kept_image;

typedef CC_VEC(kept_image) kept_vec;

static int by_use(const void *a, const void *b)
{
	const kept_image *x = a, *y = b;
	if (x->used_ns != y->used_ns)
		return x->used_ns < y->used_ns ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void look_at(kept_vec *v, int dir, const char *name)
{
	cc_str text = cc_str_from(name);
	bool image = cc_str_ends(text, CC_STR(".image")), stray = cc_str_ends(text, CC_STR(".image.tmp"));
	kept_image k;
	struct stat st;
	if ((!image && !stray) || text.n >= sizeof k.name || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		!S_ISREG(st.st_mode))
		return;
	if (stray && st.st_mtim.tv_sec < time(NULL) - STRAY_S && unlinkat(dir, name, 0) == 0)
		return;
	k = (kept_image){ .bytes = (uint64_t)st.st_size, .used_ns = cc_file_stamp_of(&st).modified_ns };
	memcpy(k.name, name, text.n + 1);
	if (image && !cc_vec_push(v, k))
		return; /* not counted: then less is dropped than could be */
}

/* The one that was just written is the last to go. */
static void drop_oldest(const cache_writer *w)
{
	kept_vec v = { 0 };
	uint64_t total = 0;
	DIR *d = opendir(w->dir.p);
	if (!d)
		return;
	for (const struct dirent *e; (e = readdir(d));)
		look_at(&v, dirfd(d), e->d_name);
	if (v.n > 1)
		qsort(v.p, v.n, sizeof *v.p, by_use);
	for (size_t i = 0; i < v.n; i++)
		total += v.p[i].bytes;
	for (size_t i = 0; i < v.n && total > w->most; i++)
		if (!cc_str_ends(cc_buf_str(&w->path), cc_str_from(v.p[i].name)) && unlinkat(dirfd(d), v.p[i].name, 0) == 0)
			total -= v.p[i].bytes;
	closedir(d);
	cc_vec_deinit(&v);
}

/* --- keeping one --- */

/* The number in the name keeps apart the threads of one process, the process number the processes. */
static int write_image(const cache_writer *w, const char *temporary)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	int problem = cc_image_write(fd, &cc_snapshot_image, &w->snapshot, format_number(), w->most);
	if (close(fd) != 0 && !problem)
		problem = errno;
	if (!problem && rename(temporary, w->path.p) != 0)
		problem = errno;
	if (problem)
		unlink(temporary);
	return problem;
}

static void *run_writer(void *arg)
{
	static atomic_uint counter;
	const cache_writer *w = arg;
	cc_buf temporary = CC_BUF_INIT;
	cc_buf_addf(&temporary, "%s/%ld-%u.image.tmp", w->dir.p, (long)getpid(), atomic_fetch_add(&counter, 1));
	int problem = ENOMEM;
	if (cc_buf_ok(&temporary) && cc_dir_make(w->dir.p, NULL) == CC_OK)
		problem = write_image(w, temporary.p);
	if (problem)
		cc_log_line("cache: %s not written: %s", w->path.p, strerror(problem));
	else
		drop_oldest(w);
	cc_buf_deinit(&temporary);
	return NULL;
}

static void writer_free(cache_writer *w)
{
	cc_buf_deinit(&w->dir);
	cc_buf_deinit(&w->path);
	cc_free(w);
}

/* All signals are blocked in the thread: keys are another's, and SIGXFSZ becomes an error of write. */
static bool start(cache_writer *w)
{
	sigset_t all, before;
	sigfillset(&all);
	sigdelset(&all, SIGBUS); /* it looks at mapped files, see guard.h */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool ok = pthread_create(&w->thread, NULL, run_writer, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

void cc_cache_forgo(cc_snapshot *s)
{
	if (s->manifest)
		s->manifest->settled = false;
}

void cc_cache_keep(cc_snapshot *s, const cc_snapshot_options *opt)
{
	uint64_t least = opt && opt->cache_min_bytes ? opt->cache_min_bytes : MIN_BYTES;
	if ((opt && opt->no_cache) || !s->manifest || !s->manifest->settled || s->bytes_total < least)
		return;
	cache_writer *w = cc_calloc(1, sizeof *w);
	if (!w)
		return;
	w->snapshot = *s;
	w->most = opt && opt->cache_max_bytes ? opt->cache_max_bytes : MAX_BYTES;
	if (find_dir(&w->dir, opt) && find_path(&w->path, w->dir.p, s->path) && start(w))
		s->writer = w;
	else
		writer_free(w);
}

void cc_cache_wait(cc_snapshot *s)
{
	if (!s->writer)
		return;
	pthread_join(s->writer->thread, NULL);
	writer_free(s->writer);
	s->writer = NULL;
}
