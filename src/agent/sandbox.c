/* sandbox.c - opens the sandbox, runs a command in it, and watches: time, memory, output, cancelling. */
#include "agent/sandbox_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/xalloc.h"

#define NONE "no sandbox: "
enum { WATCH_MS = 50, GRACE_MS = 5000, EVIDENCE_MAX = 50000, UID_FIRST = 61000, UID_COUNT = 4000 };

cc_sandbox_limits cc_sandbox_defaults(void)
{
	return (cc_sandbox_limits){ .wall_ns = 300 * CC_NS_PER_S, .memory = (uint64_t)2 << 30, .scratch = (uint64_t)256 << 20,
		.output = (uint64_t)64 << 20, .processes = 64, .shown = 20000 };
}

static const char *const WAYS[] = { [CC_SANDBOX_AUTO] = "auto", [CC_SANDBOX_OWN] = "own", [CC_SANDBOX_BWRAP] = "bwrap" };

const char *cc_sandbox_way_name(cc_sandbox_way way)
{
	return WAYS[way];
}

bool cc_sandbox_way_find(cc_str name, cc_sandbox_way *out)
{
	for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++)
		if (cc_str_eqz(name, WAYS[i])) {
			*out = (cc_sandbox_way)i;
			return true;
		}
	return false;
}

void cc_sandbox_result_deinit(cc_sandbox_result *r)
{
	cc_buf_deinit(&r->out);
	cc_buf_deinit(&r->err);
}

#ifdef __linux__

/* --- what is in the view --- */

/* Programs and what they need; nothing of /usr/share that could hold an incident, nothing of /etc that names a person. */
static const char *const SYSTEM[] = { "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/bin",
	"/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/perl", "/usr/share/perl5", "/usr/share/python3", "/usr/share/awk", "/usr/share/misc",
	"/usr/share/terminfo", "/usr/share/i18n", "/usr/share/jq", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime" };
static const char *const TOP[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64" };

static bool add_bind(cc_sandbox *b, const char *from, const char *to, bool dir)
{
	return from && to && cc_vec_push(&b->binds, ((sandbox_bind){ from, to, dir }));
}

static bool add_system(cc_sandbox *b)
{
	struct stat st;
	char target[PATH_MAX];
	bool ok = true;
	for (size_t i = 0; ok && i < sizeof SYSTEM / sizeof SYSTEM[0]; i++)
		if (stat(SYSTEM[i], &st) == 0)
			ok = add_bind(b, SYSTEM[i], SYSTEM[i], S_ISDIR(st.st_mode));
	for (size_t i = 0; ok && i < sizeof TOP / sizeof TOP[0]; i++) {
		ssize_t n = readlink(TOP[i], target, sizeof target - 1);
		if (n > 0)
			ok = cc_vec_push(&b->links, ((sandbox_link){ TOP[i], cc_arena_dupz(b->arena, (cc_str){ target, (size_t)n }) })) &&
				b->links.p[b->links.n - 1].to;
		else if (stat(TOP[i], &st) == 0 && S_ISDIR(st.st_mode))
			ok = add_bind(b, TOP[i], TOP[i], true);
	}
	return ok && cc_vec_push(&b->links, ((sandbox_link){ "/tmp", CC_SANDBOX_SCRATCH "/.tmp" }));
}

static bool add_evidence(cc_sandbox *b, const cc_snapshot *s)
{
	b->evidence_from = b->binds.n;
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		cc_str path = cc_snapshot_file(s, i)->path;
		if (cc_evidence_is_secret(path))
			continue;
		if (!add_bind(b, cc_arena_printf(b->arena, "%.*s/%.*s", CC_STR_ARG(cc_snapshot_path(s)), CC_STR_ARG(path)).p,
			    cc_arena_printf(b->arena, CC_SANDBOX_EVIDENCE "/%.*s", CC_STR_ARG(path)).p, false))
			return false;
	}
	return true;
}

/* A folder that is bound whole may not hold what must stay out. */
static const char *exposed(const char *path)
{
	char *real = path && *path ? realpath(path, NULL) : NULL; /* from the C library: released with free */
	const char *found = NULL;
	for (size_t i = 0; real && i < sizeof SYSTEM / sizeof SYSTEM[0] + sizeof TOP / sizeof TOP[0]; i++) {
		const char *dir = i < sizeof SYSTEM / sizeof SYSTEM[0] ? SYSTEM[i] : TOP[i - sizeof SYSTEM / sizeof SYSTEM[0]];
		if (strncmp(real, dir, strlen(dir)) == 0 && (real[strlen(dir)] == '/' || !real[strlen(dir)]))
			found = dir;
	}
	free(real);
	return found;
}

static cc_code check_places(const cc_snapshot *s, cc_arena *arena, cc_err *err)
{
	const char *places[] = { cc_arena_dupz(arena, cc_snapshot_path(s)), getenv("HOME") };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const char *dir = exposed(places[i]);
		if (dir) {
			cc_err_set(err, CC_ESTATE, NONE "%s lies in %s, which commands can read", places[i], dir);
			return cc_err_hint(err, "keep the incident, and your home, elsewhere");
		}
	}
	return CC_OK;
}

/* As root: somebody nobody is. */
static bool choose_user(cc_sandbox *b)
{
	b->root = geteuid() == 0;
	b->uid = geteuid();
	b->gid = getegid();
	for (uint32_t i = 0; b->root && i < UID_COUNT; i++) {
		b->uid = b->gid = UID_FIRST + ((uint32_t)getpid() + i) % UID_COUNT;
		if (!getpwuid(b->uid))
			return true;
	}
	return !b->root;
}

/* --- children --- */

bool sandbox_hear(int fd, sandbox_word *w)
{
	ssize_t n;
	while ((n = read(fd, w, sizeof *w)) < 0 && errno == EINTR)
		;
	return n == (ssize_t)sizeof *w;
}

void sandbox_shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

cc_code sandbox_refuse(cc_err *err, const sandbox_word *w)
{
	if (w->value)
		cc_err_set(err, CC_ESTATE, NONE "%s: %s", w->what, strerror(w->value));
	else
		cc_err_set(err, CC_ESTATE, NONE "%s", w->what);
	return cc_err_hint(err, "it needs Linux with Landlock, seccomp and namespaces, its own or bubblewrap's; --tools console needs none of them");
}

cc_code sandbox_take_spaces(cc_sandbox *b, pid_t builder, cc_err *err)
{
	static const char *const NAMES[SANDBOX_SPACES] = { "user", "net", "ipc", "mnt" };
	/* Root makes its own view without a user namespace. */
	for (int i = b->root && b->way == CC_SANDBOX_OWN ? 1 : 0; i < SANDBOX_SPACES; i++) {
		char path[64];
		snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)builder, NAMES[i]);
		b->spaces[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (b->spaces[i] < 0)
			return sandbox_refuse(err, &(sandbox_word){ .value = errno, .what = "taking hold of its namespaces" });
	}
	return CC_OK;
}

static cc_code build_view(cc_sandbox *b, cc_err *err)
{
	int status[2] = { -1, -1 }, control[2] = { -1, -1 };
	sandbox_word w = { .what = "a process" };
	cc_code code = CC_OK;
	pid_t builder = -1;
	if (cc_pipe(status) && cc_pipe(control))
		builder = fork();
	if (builder == 0) {
		close(control[1]);
		sandbox_build(b, status[1], control[0]);
	}
	w.value = errno;
	sandbox_shut(&status[1]);
	sandbox_shut(&control[0]);
	if (builder < 0 || !sandbox_hear(status[0], &w) || w.kind != 'R')
		code = sandbox_refuse(err, &w);
	else
		code = sandbox_take_spaces(b, builder, err);
	sandbox_shut(&status[0]);
	sandbox_shut(&control[1]); /* it may go */
	while (builder > 0 && waitpid(builder, NULL, 0) < 0 && errno == EINTR)
		;
	return code;
}

/* --- keeping what is printed --- */

/* The first half and the last of what may be kept; the last in a ring. */
typedef struct stream { int fd; size_t half; cc_buf head; char *tail; uint64_t total; } stream;

static void keep(stream *s, const char *p, size_t n)
{
	size_t room = s->half - s->head.n, first = n < room ? n : room;
	cc_buf_add(&s->head, (cc_str){ p, first });
	for (size_t i = first; i < n; i++)
		s->tail[(s->total + i - s->half) % s->half] = p[i];
	s->total += n;
}

static bool goes_on(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Characters that were cut in two are left out. */
static void write_stream(const stream *s, cc_buf *out)
{
	uint64_t tail = s->total - s->head.n, kept = tail < s->half ? tail : s->half, from = tail - kept;
	size_t n = s->head.n;
	if (from) {
		while (n && goes_on(s->head.p[n - 1]))
			n--;
		n -= n && (unsigned char)s->head.p[n - 1] >= 0xc0;
		while (kept && goes_on(s->tail[from % s->half])) {
			from++;
			kept--;
		}
	}
	cc_buf_add(out, (cc_str){ s->head.p, n });
	if (from)
		cc_buf_addf(out, "\n[... %llu characters left out ...]\n", (unsigned long long)(s->total - n - kept));
	for (uint64_t i = 0; i < kept; i++)
		cc_buf_add_char(out, s->tail[(from + i) % s->half]);
}

/* --- watching a command --- */

typedef struct watch {
	cc_sandbox *b;
	cc_cancel *cancel;
	stream out, err;
	int status, control;         /* closing control ends the command */
	pid_t supervisor, first;
	ino_t space;                 /* its process namespace */
	int64_t began_ns, killed_ns;
	bool exited;
	int state;
	const char *killed;
	sandbox_word failed;
} watch;

static void end_it(watch *w, const char *why)
{
	if (w->killed)
		return;
	w->killed = why;
	w->killed_ns = cc_clock_mono_ns();
	sandbox_shut(&w->control);
}

static ino_t space_of(const char *pid)
{
	char path[64];
	struct stat st;
	snprintf(path, sizeof path, "/proc/%.20s/ns/pid", pid);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static uint64_t resident(const char *pid)
{
	char path[64];
	unsigned long long size, pages = 0;
	snprintf(path, sizeof path, "/proc/%.20s/statm", pid);
	FILE *f = fopen(path, "re");
	if (f && fscanf(f, "%llu %llu", &size, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Limits count each process by itself; this counts them together. */
static void watch_memory(watch *w)
{
	uint64_t sum = 0;
	if (w->first <= 0 || w->exited || w->killed)
		return;
	DIR *proc = w->space ? opendir("/proc") : NULL;
	if (!proc) {
		end_it(w, "its memory cannot be watched here");
		return;
	}
	for (struct dirent *e; (e = readdir(proc));)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && space_of(e->d_name) == w->space)
			sum += resident(e->d_name);
	closedir(proc);
	if (sum > w->b->limits.memory)
		end_it(w, "it took too much memory");
}

static void watch_limits(watch *w)
{
	int64_t now = cc_clock_mono_ns();
	if (now - w->began_ns > w->b->limits.wall_ns)
		end_it(w, "it took too long");
	else if (w->out.total + w->err.total > w->b->limits.output)
		end_it(w, "it printed too much");
	else if (cc_canceled(w->cancel))
		end_it(w, "it was cancelled");
	if (w->killed && now - w->killed_ns > GRACE_MS * CC_NS_PER_MS && w->supervisor > 0) {
		kill(w->supervisor, SIGKILL); /* the first process dies with it */
		w->killed_ns = now;
	}
}

static void read_stream(stream *s)
{
	char chunk[1 << 16];
	ssize_t n = read(s->fd, chunk, sizeof chunk);
	if (n > 0)
		keep(s, chunk, (size_t)n);
	else if (n == 0 || errno != EINTR)
		sandbox_shut(&s->fd);
}

static void read_status(watch *w)
{
	sandbox_word word;
	ssize_t n = read(w->status, &word, sizeof word);
	if (n != (ssize_t)sizeof word) {
		if (n >= 0 || errno != EINTR)
			sandbox_shut(&w->status);
		return;
	}
	if (word.kind == 'P') {
		w->first = (pid_t)word.value;
		w->space = word.space;
	} else if (word.kind == 'F' && w->failed.kind != 'F')
		w->failed = word;
	else if (word.kind == 'X')
		w->state = word.value;
	w->exited = w->exited || word.kind == 'X';
}

static void watch_all(watch *w)
{
	int64_t looked_ns = 0;
	while (w->out.fd >= 0 || w->err.fd >= 0 || w->status >= 0) {
		struct pollfd fds[3] = { { .fd = w->out.fd, .events = POLLIN }, { .fd = w->err.fd, .events = POLLIN },
			{ .fd = w->status, .events = POLLIN } };
		if (poll(fds, 3, WATCH_MS) > 0) {
			if (fds[0].revents)
				read_stream(&w->out);
			if (fds[1].revents)
				read_stream(&w->err);
			if (fds[2].revents)
				read_status(w);
		}
		watch_limits(w);
		if (cc_clock_mono_ns() - looked_ns > WATCH_MS * CC_NS_PER_MS) {
			watch_memory(w);
			looked_ns = cc_clock_mono_ns();
		}
	}
	sandbox_shut(&w->control);
	while (waitpid(w->supervisor, NULL, 0) < 0 && errno == EINTR)
		;
}

static cc_code start(watch *w, const char *command, cc_err *err)
{
	int out[2] = { -1, -1 }, errs[2] = { -1, -1 }, status[2] = { -1, -1 }, control[2] = { -1, -1 };
	w->supervisor = -1;
	if (cc_pipe(out) && cc_pipe(errs) && cc_pipe(status) && cc_pipe(control))
		w->supervisor = fork();
	if (w->supervisor == 0) {
		int ours[] = { out[0], errs[0], status[0], control[1] };
		for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
			close(ours[i]);
		sandbox_supervise(w->b, command, (sandbox_pipes){ out[1], errs[1], status[1], control[0] });
	}
	sandbox_word failed = { .value = errno, .what = "a process" };
	sandbox_shut(&out[1]);
	sandbox_shut(&errs[1]);
	sandbox_shut(&status[1]);
	sandbox_shut(&control[0]);
	w->out.fd = out[0];
	w->err.fd = errs[0];
	w->status = status[0];
	w->control = control[1];
	if (w->supervisor > 0)
		return CC_OK;
	sandbox_shut(&w->out.fd);
	sandbox_shut(&w->err.fd);
	sandbox_shut(&w->status);
	sandbox_shut(&w->control);
	return sandbox_refuse(err, &failed);
}

static void write_result(const watch *w, cc_sandbox_result *out)
{
	out->took_ns = cc_clock_mono_ns() - w->began_ns;
	out->killed = w->exited ? NULL : w->killed ? w->killed : "it was ended from outside";
	out->exit_code = out->killed ? 124 : WIFEXITED(w->state) ? WEXITSTATUS(w->state) : 128 + WTERMSIG(w->state);
	write_stream(&w->out, &out->out);
	write_stream(&w->err, &out->err);
}

/* command NULL: only checks whether everything is in place. */
static cc_code run(cc_sandbox *b, const char *command, cc_cancel *cancel, cc_sandbox_result *out, cc_err *err)
{
	size_t half = b->limits.shown > 1 ? b->limits.shown / 2 : 1;    /* the ring of the last ones has room for one */
	watch w = { .b = b, .cancel = cancel, .out.half = half, .err.half = half, .began_ns = cc_clock_mono_ns() };
	cc_code code = CC_OK;
	w.out.tail = cc_malloc(half);
	w.err.tail = cc_malloc(half);
	if (!w.out.tail || !w.err.tail)
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = start(&w, command, err);
	if (code == CC_OK) {
		watch_all(&w);
		write_result(&w, out);
		if (w.failed.kind == 'F')
			code = sandbox_refuse(err, &w.failed);
		else if (!cc_buf_ok(&out->out) || !cc_buf_ok(&out->err))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_buf_deinit(&w.out.head);
	cc_buf_deinit(&w.err.head);
	cc_free(w.out.tail);
	cc_free(w.err.tail);
	return code;
}

cc_code cc_sandbox_run(cc_sandbox *b, cc_str command, cc_cancel *cancel, cc_sandbox_result *out, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	*out = (cc_sandbox_result){ 0 };
	cc_buf_add(&text, command);
	cc_buf_add_char(&text, 0);
	cc_code code = cc_buf_ok(&text) ? run(b, text.p, cancel, out, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&text);
	return code;
}

/* The whole way is gone once, to the shell that ends at once: what is missing is said now and not to the model in the middle. */
static cc_code try_out(cc_sandbox *b, cc_err *err)
{
	cc_sandbox_result r = { 0 };
	cc_code code = run(b, NULL, NULL, &r, err);
	if (code == CC_OK && (r.killed || r.exit_code))
		code = sandbox_refuse(err, &(sandbox_word){ .what = "the shell does not start" });
	cc_sandbox_result_deinit(&r);
	return code;
}

static cc_code open_way(cc_sandbox **out, const cc_snapshot *s, const cc_sandbox_limits *limits, cc_sandbox_way way, cc_err *err)
{
	cc_sandbox *b = cc_calloc(1, sizeof *b);
	cc_code code = CC_OK;
	if (!b)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (int i = 0; i < SANDBOX_SPACES; i++)
		b->spaces[i] = -1;
	b->limits = *limits;
	b->way = way;
	b->arena = cc_arena_new();
	if (cc_snapshot_file_count(s) > EVIDENCE_MAX)
		code = sandbox_refuse(err, &(sandbox_word){ .what = "too many files of evidence" });
	else if (!choose_user(b))
		code = sandbox_refuse(err, &(sandbox_word){ .what = "no unused user" });
	else if (!b->arena || !add_system(b) || !add_evidence(b, s))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = check_places(s, b->arena, err);
	if (code == CC_OK)
		code = way == CC_SANDBOX_BWRAP ? sandbox_bwrap_build(b, err) : build_view(b, err);
	if (code == CC_OK)
		code = try_out(b, err);
	if (code == CC_OK)
		*out = b;
	else
		cc_sandbox_close(b);
	return code;
}

/* What we can do ourselves is preferred: it needs nothing, and root's evidence may lie where only root looks. */
cc_code cc_sandbox_open(cc_sandbox **out, const cc_snapshot *s, const cc_sandbox_limits *limits, cc_sandbox_way way, cc_err *err)
{
	cc_err own = { 0 }, other = { 0 };
	*out = NULL;
	if (way != CC_SANDBOX_AUTO)
		return open_way(out, s, limits, way, err);
	cc_code code = open_way(out, s, limits, CC_SANDBOX_OWN, &own);
	if (code == CC_ESTATE && open_way(out, s, limits, CC_SANDBOX_BWRAP, &other) == CC_OK)
		return CC_OK;
	if (code != CC_OK && err)
		*err = own;
	if (code == CC_ESTATE && strcmp(own.message, other.message) != 0) {
		const char *why = strncmp(other.message, NONE, sizeof NONE - 1) == 0 ? other.message + sizeof NONE - 1 : other.message;
		cc_err_set(err, code, "%s; %s", own.message, why);
		return cc_err_hint(err, "%s", own.hint);
	}
	return code;
}

cc_sandbox_way cc_sandbox_way_of(const cc_sandbox *b)
{
	return b->way;
}

void cc_sandbox_close(cc_sandbox *b)
{
	if (!b)
		return;
	for (int i = 0; i < SANDBOX_SPACES; i++)
		sandbox_shut(&b->spaces[i]);
	cc_vec_deinit(&b->binds);
	cc_vec_deinit(&b->links);
	cc_arena_free(b->arena);
	cc_free(b);
}

#else

cc_code cc_sandbox_open(cc_sandbox **out, const cc_snapshot *s, const cc_sandbox_limits *limits, cc_sandbox_way way, cc_err *err)
{
	(void)s;
	(void)limits;
	(void)way;
	*out = NULL;
	cc_err_set(err, CC_ESTATE, "no sandbox: it is written for Linux only");
	return cc_err_hint(err, "--tools console needs none");
}

cc_sandbox_way cc_sandbox_way_of(const cc_sandbox *b)
{
	(void)b;
	return CC_SANDBOX_AUTO;
}

void cc_sandbox_close(cc_sandbox *b)
{
	(void)b;
}

cc_code cc_sandbox_run(cc_sandbox *b, cc_str command, cc_cancel *cancel, cc_sandbox_result *out, cc_err *err)
{
	(void)b;
	(void)command;
	(void)cancel;
	*out = (cc_sandbox_result){ 0 };
	return cc_err_set(err, CC_ESTATE, "no sandbox: it is written for Linux only");
}

#endif
