/* class_clock.c - the time of the shared folder, which is the same for all who use it.
 *
 * Clocks of two laptops may be minutes apart, so no time that one of them wrote is held against another's clock. Each learns how far its
 * own is from the folder's: it writes a small file and looks what time the folder gave it. On one machine that is that machine's time,
 * on a network's folder the server's.
 *
 * In a folder that a program keeps alike on many machines (Dropbox, Syncthing) there is no such time: the file has the writer's own. Then
 * countdowns are apart by as much as the clocks are, but never longer than the countdown after the word came; and a seat counts as silent
 * only when its file has also not been seen to change (the host's own clock tells that), so a wrong clock makes nobody look gone. */
#include "casefile/class_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/time.h"

/* Anybody may give a file any time, also one that no int64_t holds. */
int64_t cc_class_time_of(const struct stat *st)
{
	const time_t most = CC_CLASS_LATEST_NS / CC_NS_PER_S;
	time_t s = st->st_mtim.tv_sec < 0 ? 0 : st->st_mtim.tv_sec < most ? st->st_mtim.tv_sec : most - 1;

	return (int64_t)s * CC_NS_PER_S + st->st_mtim.tv_nsec;
}

/* Opened, not only looked at: a machine on a network asks the server then, and else believes what it heard up to a minute ago. */
int64_t cc_class_written_ns(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	bool ok = fd >= 0 && fstat(fd, &st) == 0;

	if (fd >= 0)
		close(fd);
	return ok ? cc_class_time_of(&st) : CC_TIME_NONE;
}

void cc_class_freshen(const char *dir, const char *folder, const cc_class_id *who)
{
	cc_buf path = CC_BUF_INIT;

	cc_buf_addf(&path, "%s/%s/.%s", dir, folder, who->text);
	int fd = cc_buf_ok(&path) ? open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
	if (fd >= 0)
		close(fd);
	if (cc_buf_ok(&path))
		(void)unlink(path.p);   /* also one that a killed program left */
	cc_buf_deinit(&path);
}

cc_code cc_class_beat(cc_class_clock *c, const char *path, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	struct stat st;

	cc_buf_addf(&text, "%llu %s\n", (unsigned long long)c->beats + 1, c->owner.text);
	int64_t before = cc_clock_wall_ns();
	cc_code code = cc_buf_ok(&text) ? cc_file_put_shared(path, cc_buf_str(&text), err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&text);
	if (code != CC_OK)
		return code;
	if (stat(path, &st) != 0)
		return cc_err_errno(err, errno, path);
	int64_t after = cc_clock_wall_ns(), middle = before + (after - before) / 2;
	c->offset_ns = cc_class_time_of(&st) - middle;
	c->unsure_ns = after - before;
	c->known = true;
	c->beats++;
	return CC_OK;
}

bool cc_class_taken(const cc_class_clock *c, const char *path)
{
	enum { MOST = 256 };
	cc_buf text = CC_BUF_INIT;
	cc_str beats, owner = CC_STR_EMPTY;

	if (cc_file_read_shared(&text, path, MOST, NULL) == CC_OK && cc_str_cut(cc_buf_str(&text), ' ', &beats, &owner))
		owner = cc_str_trim(owner);
	bool taken = c->beats && owner.n && !cc_str_eqz(owner, c->owner.text);
	cc_buf_deinit(&text);
	return taken;
}

int64_t cc_class_now(const cc_class_clock *c)
{
	return cc_clock_wall_ns() + c->offset_ns;
}

int64_t cc_class_age_ns(const cc_class_clock *c, const char *path)
{
	int64_t written = cc_class_written_ns(path), age = cc_class_now(c) - written;

	return written == CC_TIME_NONE ? CC_TIME_NONE : age > 0 ? age : 0;
}

int64_t cc_class_left(const cc_class_clock *c, const cc_class_state *s, int64_t seen_mono_ns)
{
	int64_t most = seen_mono_ns + s->start_in_s * CC_NS_PER_S - cc_clock_mono_ns();
	int64_t left = s->start_ns == CC_TIME_NONE ? most : s->start_ns - cc_class_now(c);

	left = left < most ? left : most;
	return left > 0 ? left : 0;
}

/* In a folder that is kept alike the start is of another's clock. It is no later than the countdown allows; nor, for who was there, much
 * earlier than the word of it came. */
int64_t cc_class_start_wall(const cc_class_clock *c, const cc_class_state *s, bool there)
{
	const int64_t LATE = 30 * CC_NS_PER_S;
	int64_t left = s->start_ns - cc_class_now(c);

	if (left > s->start_in_s * CC_NS_PER_S)
		left = s->start_in_s * CC_NS_PER_S;
	if (there && left < -LATE)
		left = 0;
	return cc_clock_wall_ns() + left;
}

int64_t cc_class_since_ns(const cc_class_state *s, int64_t start_wall_ns)
{
	int64_t stands = s->frozen ? s->frozen_ns : s->ended ? s->end_ns : CC_TIME_NONE;

	if (!s->started)
		return 0;
	if (stands == CC_TIME_NONE)
		return cc_clock_wall_ns() - start_wall_ns - s->stood_ns;
	return (stands > s->start_ns ? stands - s->start_ns : 0) - s->stood_ns;
}
