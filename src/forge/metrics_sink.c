/* metrics_sink.c - files of the observers, see the header. */
#include "forge/metrics_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "coldcase/file.h"

enum { ENOUGH = 1 << 18 };

void msink_open(msink *k, forge_sim *s, const char *folder, const char *name, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	*k = (msink){ .out = CC_BUF_INIT, .fd = -1, .err = err };
	cc_buf_addf(&path, "%s/%s/%s", s->work, folder, name);
	if (!cc_buf_ok(&path)) k->code = forge_nomem(err);
	else k->fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (k->code == CC_OK && k->fd < 0) k->code = cc_err_errno(err, errno, path.p);
	cc_buf_deinit(&path);
}

void msink_flush(msink *k, bool all)
{
	if (k->code == CC_OK && !cc_buf_ok(&k->out)) k->code = forge_nomem(k->err);
	if (k->code != CC_OK || (!all && k->out.n < ENOUGH)) return;
	int problem = cc_fd_write(k->fd, cc_buf_str(&k->out));
	if (problem) k->code = cc_err_errno(k->err, problem, "forge: metrics and alerts");
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
