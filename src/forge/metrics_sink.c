/* metrics_sink.c - files of the observers, see the header. */
#include "forge/metrics_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { ENOUGH = 1 << 18 };

void msink_open(msink *k, forge_sim *s, const char *folder, const char *name, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	*k = (msink){ .out = CC_BUF_INIT, .fd = -1, .err = err };
	cc_buf_addf(&path, "%s/%s/%s", s->work, folder, name);
	if (!cc_buf_ok(&path)) k->code = cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	else k->fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (k->code == CC_OK && k->fd < 0) k->code = cc_err_errno(err, errno, path.p);
	cc_buf_deinit(&path);
}

void msink_flush(msink *k, bool all)
{
	if (k->code == CC_OK && !cc_buf_ok(&k->out)) k->code = cc_err_set(k->err, CC_ENOMEM, "forge: out of memory");
	if (k->code != CC_OK || (!all && k->out.n < ENOUGH)) return;
	for (size_t at = 0; at < k->out.n;) {
		ssize_t n = write(k->fd, k->out.p + at, k->out.n - at);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) {
			k->code = cc_err_errno(k->err, errno, "forge: metrics and alerts");
			return;
		}
		at += (size_t)n;
	}
	k->bytes += k->out.n;
	cc_buf_clear(&k->out);
}

cc_code msink_close(msink *k, forge_sim *s)
{
	msink_flush(k, true);
	if (k->fd >= 0 && close(k->fd) != 0 && k->code == CC_OK)
		k->code = cc_err_errno(k->err, errno, "forge: metrics and alerts");
	cc_buf_deinit(&k->out);
	k->fd = -1;
	s->rep.files++;
	s->rep.bytes += k->bytes;
	return k->code;
}
