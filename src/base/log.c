/* log.c - the developers' log: one write per line, so lines of several threads do not mix. */
#include "coldcase/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/utf8_priv.h"
#include "coldcase/clock.h"

enum { LINE_SIZE = 2048 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;

void cc_log_open(const char *path)
{
	pthread_mutex_lock(&lock);
	if (log_fd >= 0)
		close(log_fd);
	log_fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	pthread_mutex_unlock(&lock);
}

void cc_log_line(const char *fmt, ...)
{
	pthread_mutex_lock(&lock);
	if (log_fd >= 0) {
		char raw[LINE_SIZE], line[LINE_SIZE + 32];
		va_list ap;
		va_start(ap, fmt);
		int n = vsnprintf(raw, sizeof raw, fmt, ap);
		va_end(ap);
		size_t length = n < 0 ? 0 : (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1;
		int at = snprintf(line, sizeof line, "%lld ", (long long)(cc_clock_mono_ns() / 1000000));
		size_t used = at > 0 ? (size_t)at : 0;
		cc_utf8_clean_into(line + used, sizeof line - used - 1, (cc_str){ raw, length });
		used += strlen(line + used);
		line[used++] = '\n';
		if (write(log_fd, line, used) < 0) { /* the disk is full or gone: no log from here on */
			close(log_fd);
			log_fd = -1;
		}
	}
	pthread_mutex_unlock(&lock);
}
