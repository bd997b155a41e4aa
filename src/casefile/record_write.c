/* record_write.c - appends lines to the trajectory, each with the hash of the one before, each in one write.
 *
 * A line that the file system does not take whole is cut off again, so that the file always ends with a whole line; it counts
 * as lost, and the next line that succeeds says so. The hash chain runs over the lines that are in the file. Should even the
 * cut fail, the next line starts with a line feed of its own: the stump then is one bad line and nothing after it suffers. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casefile/record_run.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"

struct cc_record {
	pthread_mutex_t lock;
	int fd;
	const cc_snapshot *snapshot;
	cc_buf path;
	cc_buf line;                    /* being built */
	int64_t start_ns;               /* monotonic time of the header */
	bool told;                      /* times are told by cc_record_at, and are wall times throughout */
	int64_t told_ns;
	uint64_t seq;                   /* of the line written last */
	uint64_t steps;
	uint64_t lost, told_lost;       /* lines not written; how many of them later lines have told */
	bool stump;                     /* the file ends in a piece of a line */
	bool ended;
	int unlocked;                   /* errno: why there is no lock; 0 = there is */
	char prev[CC_RECORD_HASH + 1];
};

static void begin_line(cc_record *r, cc_jw *w, const char *type, int64_t mono_ns)
{
	cc_buf wall = CC_BUF_INIT;

	cc_buf_clear(&r->line);
	if (r->stump)
		cc_buf_add_char(&r->line, '\n');
	cc_jw_init(w, &r->line, 0);
	cc_jw_object(w);
	cc_jw_key(w, "seq");
	cc_jw_int(w, (int64_t)r->seq + 1);
	cc_jw_key(w, "type");
	cc_jw_strz(w, type);
	cc_jw_key(w, "t_ns");
	cc_jw_int(w, mono_ns - r->start_ns);
	cc_time_format(&wall, r->told ? r->told_ns : cc_clock_wall_ns());
	cc_jw_key(w, "wall");
	cc_jw_str(w, cc_buf_str(&wall));
	r->line.failed |= wall.failed;
	cc_buf_deinit(&wall);
	cc_jw_key(w, "prev");
	cc_jw_strz(w, r->prev);
	if (r->lost > r->told_lost) {
		cc_jw_key(w, "lost_before");
		cc_jw_int(w, (int64_t)(r->lost - r->told_lost));
	}
}

/* Writes all bytes; 0 or errno. A second write happens only when the first was short, which then as a rule tells why. */
static int write_whole(int fd, cc_str text)
{
	size_t done = 0;

	while (done < text.n) {
		ssize_t n = write(fd, text.p + done, text.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return ENOSPC;
		done += (size_t)n;
	}
	return 0;
}

static cc_code lose_line(cc_record *r, int errnum, cc_err *err)
{
	r->lost++;
	if (errnum == ENOMEM)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory: the record is incomplete", r->path.p);
	return cc_err_set(err, CC_EIO, "%s: %s: the record is incomplete", r->path.p, strerror(errnum));
}

static cc_code finish_line(cc_record *r, cc_jw *w, cc_err *err)
{
	struct stat before;
	bool had_stump = r->stump;
	cc_str line;
	int errnum;

	cc_jw_end_object(w);
	cc_buf_add_char(&r->line, '\n');
	if (!cc_buf_ok(&r->line)) {
		cc_buf_deinit(&r->line);        /* a failed buffer stays failed: start anew */
		r->line = CC_BUF_INIT;
		return lose_line(r, ENOMEM, err);
	}
	line = cc_buf_str(&r->line);
	if (fstat(r->fd, &before) != 0)
		return lose_line(r, errno, err);
	errnum = write_whole(r->fd, line);
	if (errnum != 0) {
		r->stump = ftruncate(r->fd, before.st_size) != 0 || had_stump;
		return lose_line(r, errnum, err);
	}
	r->stump = false;
	r->told_lost = r->lost;
	r->seq++;
	cc_sha256_of(cc_str_sub(line, had_stump ? 1 : 0, line.n - 1), r->prev);
	return CC_OK;
}

typedef void (*write_body)(cc_record *r, cc_jw *w, const void *what);

/* The one way to a further line, under the lock. */
static cc_code add_line(cc_record *r, const char *type, write_body body, const void *what, cc_err *err)
{
	cc_jw w;

	if (r->ended)
		return cc_err_set(err, CC_ESTATE, "%s: the record has ended", r->path.p);
	begin_line(r, &w, type, r->told ? r->told_ns : cc_clock_mono_ns());
	body(r, &w, what);
	return finish_line(r, &w, err);
}

static cc_code add_line_locked(cc_record *r, const char *type, write_body body, const void *what, cc_err *err)
{
	cc_code code;

	pthread_mutex_lock(&r->lock);
	code = add_line(r, type, body, what, err);
	pthread_mutex_unlock(&r->lock);
	return code;
}

static void step_body(cc_record *r, cc_jw *w, const void *what)
{
	cc_record_write_step(w, what, ++r->steps, r->snapshot, r->start_ns);
}

static void view_body(cc_record *r, cc_jw *w, const void *what)
{
	(void)r;
	cc_record_write_view(w, what);
}

static void digest_body(cc_record *r, cc_jw *w, const void *what)
{
	(void)r;
	cc_record_write_digest(w, what);
}

static void event_body(cc_record *r, cc_jw *w, const void *what)
{
	(void)r;
	cc_record_write_event(w, what);
}

static void end_body(cc_record *r, cc_jw *w, const void *what)
{
	cc_record_end end = *(const cc_record_end *)what;

	end.lost = r->lost;
	cc_record_write_end(w, &end);
}

cc_code cc_record_add_step(cc_record *r, const cc_record_step *step, cc_err *err)
{
	return add_line_locked(r, "step", step_body, step, err);
}

cc_code cc_record_add_view(cc_record *r, const cc_record_view *view, cc_err *err)
{
	return add_line_locked(r, "view", view_body, view, err);
}

cc_code cc_record_add_digest(cc_record *r, const cc_record_digest *digest, cc_err *err)
{
	return add_line_locked(r, "digest", digest_body, digest, err);
}

cc_code cc_record_add_event(cc_record *r, const cc_record_event *event, cc_err *err)
{
	return add_line_locked(r, "event", event_body, event, err);
}

cc_code cc_record_add_end(cc_record *r, const cc_record_end *end, cc_err *err)
{
	cc_code code;

	pthread_mutex_lock(&r->lock);
	code = add_line(r, "end", end_body, end, err);
	r->ended = true;
	if (code == CC_OK && fsync(r->fd) != 0 && errno != EINVAL)
		code = cc_err_errno(err, errno, r->path.p);
	pthread_mutex_unlock(&r->lock);
	return code;
}

uint64_t cc_record_lost(const cc_record *r)
{
	cc_record *open = (cc_record *)(uintptr_t)r;    /* the lock is no part of what is asked */
	uint64_t lost;

	pthread_mutex_lock(&open->lock);
	lost = r->lost;
	pthread_mutex_unlock(&open->lock);
	return lost;
}

const char *cc_record_unlocked(const cc_record *r)
{
	return r->unlocked ? strerror(r->unlocked) : NULL;
}

uint64_t cc_record_steps(const cc_record *r)
{
	return r->steps;
}

bool cc_record_ended(const cc_record *r)
{
	cc_record *open = (cc_record *)(uintptr_t)r;
	bool ended;

	pthread_mutex_lock(&open->lock);
	ended = r->ended;
	pthread_mutex_unlock(&open->lock);
	return ended;
}

/* A record with its file open; flags: besides those of writing. */
static cc_code new_record(cc_record **out, const char *dir, int flags, bool leased, const cc_snapshot *s, cc_err *err)
{
	cc_record *r = cc_calloc(1, sizeof *r);
	cc_code code = CC_OK;

	*out = NULL;
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	pthread_mutex_init(&r->lock, NULL);
	r->snapshot = s;
	memcpy(r->prev, CC_RECORD_FIRST_HASH, sizeof r->prev);
	cc_path_join(&r->path, dir, CC_RECORD_FILE);
	r->fd = cc_buf_ok(&r->path) ? open(r->path.p, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0600) : -1;
	if (!cc_buf_ok(&r->path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	else if (r->fd < 0)
		code = cc_err_errno(err, errno, r->path.p);
	else
		code = cc_record_lock(r->fd, r->path.p, leased, &r->unlocked, err);
	if (code != CC_OK)
		cc_record_close(r);
	else
		*out = r;
	return code;
}

cc_code cc_record_open(cc_record **out, const char *dir, const cc_record_header *header, const cc_snapshot *s, cc_err *err)
{
	cc_code code = new_record(out, dir, O_CREAT | O_EXCL, false, s, err);
	cc_record *r = *out;
	cc_jw w;

	if (code != CC_OK)
		return code;
	r->told = header->origin.n > 0;
	r->told_ns = header->wall_ns;
	r->start_ns = r->told ? r->told_ns : cc_clock_mono_ns();
	begin_line(r, &w, "header", r->start_ns);
	cc_record_write_header(&w, header);
	code = finish_line(r, &w, err);
	if (code != CC_OK) {
		cc_record_close(r);
		*out = NULL;
	}
	return code;
}

/* The record was read before it was locked: its writer may have gone on, and ended, between the two. */
static cc_code check_unchanged(const cc_record *r, const cc_run *run, cc_err *err)
{
	struct stat now;

	if (fstat(r->fd, &now) != 0)
		return cc_err_errno(err, errno, r->path.p);
	if ((uint64_t)now.st_size == run->text.n)
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "%s: the record went on while it was read", r->path.p);
	return cc_err_hint(err, "whoever wrote it has stopped: try again");
}

/* Where the writer of that record stood after its last line. */
static void stand(cc_record *r, const cc_run *run, int64_t *gap_ns)
{
	const cc_run_place *place = &run->lines.p[run->lines.n - 1];
	const cc_record_line *last = cc_run_line(run, run->lines.n - 1);
	int64_t seq = 0, wall = last->wall_ns, now = cc_clock_wall_ns();

	*gap_ns = wall != CC_TIME_NONE && now > wall ? now - wall : 0;
	r->start_ns = cc_clock_mono_ns() - last->t_ns - *gap_ns;
	r->seq = cc_json_int(cc_json_get(last->json, "seq"), &seq) && seq > 0 ? (uint64_t)seq : run->lines.n;
	r->steps = run->steps.n;
	r->lost = r->told_lost = run->health.lost;
	r->stump = run->health.torn;
	cc_sha256_of(cc_run_text_of(run, place), r->prev);
}

cc_code cc_record_append(cc_record **out, const char *dir, const cc_run *run, bool leased, const cc_snapshot *s, int64_t *gap_ns, cc_err *err)
{
	cc_code code;

	*out = NULL;
	*gap_ns = 0;
	if (!run->lines.n || cc_run_is_over(run))
		return cc_err_set(err, CC_ESTATE, "%s: the record is over, or never began", dir);
	code = new_record(out, dir, 0, leased, s, err);
	if (code == CC_OK)
		code = check_unchanged(*out, run, err);
	if (code == CC_OK) {
		stand(*out, run, gap_ns);
	} else {
		cc_record_close(*out);
		*out = NULL;
	}
	return code;
}

void cc_record_at(cc_record *r, int64_t wall_ns)
{
	pthread_mutex_lock(&r->lock);
	if (r->told && wall_ns > r->told_ns)
		r->told_ns = wall_ns;
	pthread_mutex_unlock(&r->lock);
}

void cc_record_rebind(cc_record *r, const cc_snapshot *s)
{
	pthread_mutex_lock(&r->lock);
	r->snapshot = s;
	pthread_mutex_unlock(&r->lock);
}

void cc_record_close(cc_record *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	cc_buf_deinit(&r->path);
	cc_buf_deinit(&r->line);
	pthread_mutex_destroy(&r->lock);
	cc_free(r);
}
