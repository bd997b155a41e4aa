/* lead.c - the two ends of the socket in a run's folder (see lead.h).
 *
 * Names of sockets are short, paths of runs are not: the folder is opened, and the name is looked up through its descriptor. */
#define _GNU_SOURCE         /* struct ucred */
#include "app/lead.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "coldcase/xalloc.h"

enum { CLIENTS = 4, LINE_MAX_BYTES = 4096, ANSWER_MS = 1500 };

typedef struct client { int fd; cc_buf text; } client;

struct app_lead {
	int dir, listener;       /* -1 = not open */
	bool tried;
	client clients[CLIENTS]; /* fd -1 = free */
};

/* The address of the socket in an open folder. */
static struct sockaddr_un address(int dir)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/" APP_LEAD_SOCKET, dir);
	return a;
}

/* Not even root speaks for somebody else. */
static bool is_own(int fd)
{
	struct ucred who;
	socklen_t n = sizeof who;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.uid == geteuid();
}

/* --- the run's end --- */

app_lead *app_lead_new(void)
{
	app_lead *l = cc_calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->dir = l->listener = -1;
	for (size_t i = 0; i < CLIENTS; i++)
		l->clients[i].fd = -1;
	return l;
}

static void drop(client *c)
{
	close(c->fd);
	c->fd = -1;
	cc_buf_deinit(&c->text);
	c->text = CC_BUF_INIT;
}

void app_lead_free(app_lead *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < CLIENTS; i++)
		if (l->clients[i].fd >= 0)
			drop(&l->clients[i]);
	if (l->listener >= 0) {
		close(l->listener);
		(void)unlinkat(l->dir, APP_LEAD_SOCKET, 0);
	}
	if (l->dir >= 0)
		close(l->dir);
	cc_free(l);
}

/* One that a killed program left is in the way; what is no socket is none of our business. */
static void remove_old(int dir)
{
	struct stat st;
	if (fstatat(dir, APP_LEAD_SOCKET, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
		(void)unlinkat(dir, APP_LEAD_SOCKET, 0);
}

/* Once: where it cannot be, the run goes on without. */
static void open_socket(app_lead *l, const char *run_dir)
{
	l->tried = true;
	l->dir = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = l->dir < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	struct sockaddr_un a = address(l->dir);
	remove_old(l->dir);
	mode_t before = umask(0177);
	bool bound = bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
	umask(before);
	if (bound && listen(fd, CLIENTS) == 0)
		l->listener = fd;
	else
		close(fd);
}

static void take_new(app_lead *l)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		client *c = &l->clients[i];
		if (c->fd >= 0)
			continue;
		c->fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (c->fd >= 0 && !is_own(c->fd))
			drop(c);
	}
}

static cc_code obey(cc_session *s, cc_str line, cc_err *err)
{
	cc_str word, rest;
	cc_str_cut(line, ' ', &word, &rest);
	rest = cc_str_trim(rest);
	if (cc_str_eqz(word, "hint") && rest.n)
		return cc_session_tell(s, rest, err);
	if (cc_str_eqz(word, "freeze"))
		return cc_session_freeze(s, rest.n ? rest : CC_STR("frozen by the instructor"), err);
	if (cc_str_eqz(word, "thaw"))
		return cc_session_thaw(s, err);
	return cc_err_set(err, CC_EUSAGE, "a run takes hint TEXT, freeze WHY and thaw");
}

static void answer(client *c, cc_session *s)
{
	cc_err err = { 0 };
	cc_buf b = CC_BUF_INIT;
	cc_code code = obey(s, cc_str_trim(cc_buf_str(&c->text)), &err);
	cc_buf_addf(&b, code == CC_OK ? "ok\n" : "error %s\n", err.message);
	(void)!write(c->fd, b.p ? b.p : "", b.n);       /* who left does not hear it */
	cc_buf_deinit(&b);
}

static void hear(client *c, cc_session *s)
{
	char block[512];
	ssize_t n = read(c->fd, block, sizeof block);
	if (n > 0)
		cc_buf_add(&c->text, (cc_str){ block, (size_t)n });
	bool whole = n == 0 || cc_str_find_char(cc_buf_str(&c->text), '\n') != CC_STR_NONE;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n >= 0 && !whole && c->text.n <= LINE_MAX_BYTES)
		return;
	if (n >= 0 && whole && c->text.n && c->text.n <= LINE_MAX_BYTES)
		answer(c, s);
	drop(c);
}

void app_lead_attend(void *lead, cc_session *s)
{
	app_lead *l = lead;
	if (!l->tried && cc_session_run_dir(s))
		open_socket(l, cc_session_run_dir(s));
	if (l->listener < 0)
		return;
	take_new(l);
	for (size_t i = 0; i < CLIENTS; i++)
		if (l->clients[i].fd >= 0)
			hear(&l->clients[i], s);
}

/* --- the instructor's end --- */

static cc_code connect_to(const char *run_dir, int *out, cc_err *err)
{
	int dir = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = address(dir);
	bool there = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0 && is_own(fd);
	if (dir >= 0)
		close(dir);
	if (there) {
		*out = fd;
		return CC_OK;
	}
	if (fd >= 0)
		close(fd);
	cc_err_set(err, CC_ENOTFOUND, "%s: nobody plays this run now", run_dir);
	cc_err_hint(err, "hints and freezing reach a run on the same machine, of the same user, while its console is open");
	return CC_ENOTFOUND;
}

static void read_answer(int fd, cc_buf *said)
{
	char block[512];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (poll(&p, 1, ANSWER_MS) > 0) {
		ssize_t n = read(fd, block, sizeof block);
		if (n <= 0)
			return;
		cc_buf_add(said, (cc_str){ block, (size_t)n });
	}
}

cc_code app_lead_send(const char *run_dir, cc_str line, cc_buf *said, cc_err *err)
{
	int fd;
	cc_buf out = CC_BUF_INIT, in = CC_BUF_INIT;
	if (line.n >= LINE_MAX_BYTES)
		return cc_err_set(err, CC_ELIMIT, "at most %d bytes at a time", LINE_MAX_BYTES - 1);
	cc_code code = connect_to(run_dir, &fd, err);
	if (code != CC_OK)
		return code;
	cc_buf_add(&out, line);
	cc_buf_add_char(&out, '\n');
	if (!cc_buf_ok(&out) || write(fd, out.p, out.n) != (ssize_t)out.n)
		code = cc_err_set(err, CC_EIO, "%s: the line could not be sent", run_dir);
	else
		read_answer(fd, &in);
	cc_str text = cc_str_trim(cc_buf_str(&in));
	if (code == CC_OK && cc_str_starts(text, CC_STR("error ")))
		code = cc_err_set(err, CC_ESTATE, "%.*s", CC_STR_ARG(cc_str_sub(text, 6, text.n)));
	else
		cc_buf_add(said, text);
	close(fd);
	cc_buf_deinit(&out);
	cc_buf_deinit(&in);
	return code;
}
