/* passphrase.c - see passphrase.h. */
#include "app/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/seal.h"

static cc_code take(cc_buf *out, const char *from, size_t n, const char *where, cc_err *err)
{
	while (n && (from[n - 1] == '\n' || from[n - 1] == '\r'))
		n--;
	if (!n || n > CC_SEAL_PASSPHRASE_MAX)
		return cc_err_set(err, CC_EUSAGE, "%s: %s", where, n ? "a passphrase ends after 1024 bytes" : "the passphrase is empty");
	cc_buf_reserve(out, CC_SEAL_PASSPHRASE_MAX + 1); /* so that growing leaves no copy behind */
	cc_buf_add(out, (cc_str){ from, n });
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- a file --- */

static cc_code check_file(int fd, const char *path, cc_err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return cc_err_errno(err, errno, path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return cc_err_set(err, CC_EFORMAT, "%s: no file to read a passphrase from", path);
	if (st.st_uid == geteuid() && !(st.st_mode & 077))
		return CC_OK;
	cc_err_set(err, CC_EACCESS, "%s: others may read this passphrase, or it is not yours", path);
	return cc_err_hint(err, "chmod 600 %s", path);
}

static cc_code from_file(const char *path, cc_buf *out, cc_err *err)
{
	char text[CC_SEAL_PASSPHRASE_MAX + 4];
	size_t n = 0;
	ssize_t got = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cc_err_errno(err, errno, path);
	cc_code code = check_file(fd, path, err);
	while (code == CC_OK && got > 0 && n < sizeof text) {
		got = read(fd, text + n, sizeof text - n);
		if (got < 0 && errno != EINTR)
			code = cc_err_errno(err, errno, path);
		n += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	if (code == CC_OK)
		code = take(out, text, n, path, err);
	cc_wipe(text, sizeof text);
	return code;
}

/* --- the environment --- */

/* What was read is taken out of this process's environment, where it could be looked at as long as it runs. */
static cc_code from_environment(char *value, cc_buf *out, cc_err *err)
{
	cc_code code = take(out, value, strlen(value), "$" APP_PASSPHRASE_VARIABLE, err);
	cc_wipe(value, strlen(value));
	unsetenv(APP_PASSPHRASE_VARIABLE);
	return code;
}

/* --- the terminal --- */

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

enum { SIGNALS = 5 };
static const int SIGNAL[SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

/* One line without echo. A signal gives the terminal back as it was before it does what it does. */
static ssize_t read_unseen(int tty, char *line, size_t size)
{
	struct termios before, quiet;
	struct sigaction old[SIGNALS], sa = { .sa_handler = on_signal };
	if (tcgetattr(tty, &before) != 0)
		return -1;
	caught = 0;
	sigemptyset(&sa.sa_mask);
	for (int i = 0; i < SIGNALS; i++)
		sigaction(SIGNAL[i], &sa, &old[i]);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	ssize_t n = -1;
	do
		n = read(tty, line, size);
	while (n < 0 && errno == EINTR && !caught);
	tcsetattr(tty, TCSAFLUSH, &before);
	(void)!write(tty, "\n", 1);
	for (int i = 0; i < SIGNALS; i++)
		sigaction(SIGNAL[i], &old[i], NULL);
	if (caught)
		raise(caught);
	return n;
}

static cc_code ask(int tty, const char *prompt, const char *what, cc_buf *out, cc_err *err)
{
	char line[CC_SEAL_PASSPHRASE_MAX + 4];
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "%s %s: ", prompt, what);
	(void)cc_fd_write(tty, cc_buf_str(&text));
	cc_buf_deinit(&text);
	ssize_t n = read_unseen(tty, line, sizeof line);
	cc_code code = n > 0 && *line != '\n' ? take(out, line, (size_t)n, "passphrase", err) :
		cc_err_set(err, CC_ECANCELED, "no passphrase was given");
	cc_wipe(line, sizeof line);
	return code;
}

static cc_code from_terminal(const char *what, bool twice, cc_buf *out, cc_err *err)
{
	cc_buf again = CC_BUF_INIT;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0)
		return cc_err_errno(err, errno, "/dev/tty");
	cc_code code = ask(tty, twice ? "New passphrase for" : "Passphrase of", what, out, err);
	if (code == CC_OK && twice)
		code = ask(tty, "Once more, for", what, &again, err);
	if (code == CC_OK && twice && !cc_str_eq(cc_buf_str(out), cc_buf_str(&again)))
		code = cc_err_set(err, CC_EUSAGE, "the two passphrases differ");
	close(tty);
	cc_wipe_buf(&again);
	return code;
}

cc_code app_passphrase(const app_options *o, const char *what, bool twice, cc_buf *out, cc_err *err)
{
	char *value = getenv(APP_PASSPHRASE_VARIABLE);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); /* from here on memory holds what no file may */
	if (o->passphrase_file)
		return from_file(o->passphrase_file, out, err);
	if (value && *value)
		return from_environment(value, out, err);
	if (isatty(STDIN_FILENO))
		return from_terminal(what, twice, out, err);
	cc_err_set(err, twice ? CC_EUSAGE : CC_EUNSCORABLE, twice ? "nobody gave a passphrase to seal %s with" :
		"the truth of %s is sealed, and nobody gave the passphrase", what);
	return cc_err_hint(err, "--passphrase-file FILE, $" APP_PASSPHRASE_VARIABLE ", or a terminal to ask at");
}
