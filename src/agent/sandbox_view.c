/* sandbox_view.c - the private view of files: what is not in it cannot be named.
 *
 * A process enters namespaces of its own and puts a new root together in memory; the namespaces live on as the descriptors the
 * server opens of them, and every command enters them. A plain user needs a user namespace for that. */
#include "agent/sandbox_priv.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A folder every system has, and where no evidence and no program lies: the new root is mounted over it, out of anybody's sight. */
#define NEW_ROOT "/proc"
enum { PATH_SIZE = 4096, SCRATCH_INODES = 20000 };

/* As the kernel takes it; headers differ. */
typedef struct mount_attributes { uint64_t set, clear, propagation, user_ns; } mount_attributes;
enum { ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8, AT_EVERYTHING = 0x8000 };

void sandbox_say(int fd, int kind, int value, const char *what)
{
	sandbox_word w = { .kind = kind, .value = value };
	snprintf(w.what, sizeof w.what, "%s", what);
	(void)!write(fd, &w, sizeof w); /* shorter than PIPE_BUF: whole or not at all */
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The one identity a user namespace of a plain user may hold: the user's own. */
static bool map_self(uid_t uid, gid_t gid)
{
	char users[64], groups[64];
	snprintf(users, sizeof users, "%u %u 1", (unsigned)uid, (unsigned)uid);
	snprintf(groups, sizeof groups, "%u %u 1", (unsigned)gid, (unsigned)gid);
	return write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", users) && write_text("/proc/self/gid_map", groups);
}

static bool under_root(char *path, const char *name)
{
	return snprintf(path, PATH_SIZE, NEW_ROOT "%s", name) < PATH_SIZE;
}

/* The folders above it, and itself as a folder or as an empty file. */
static bool make_place(char *path, bool dir)
{
	for (char *p = path + sizeof NEW_ROOT; (p = strchr(p, '/')); *p++ = '/') {
		*p = 0;
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return false;
	}
	if (dir)
		return mkdir(path, 0755) == 0 || errno == EEXIST;
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool set_attributes(const char *path, uint64_t attributes, unsigned flags)
{
	mount_attributes a = { .set = attributes };
	return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &a, sizeof a) == 0;
}

static bool bind_one(const sandbox_bind *b)
{
	char path[PATH_SIZE];
	return under_root(path, b->to) && make_place(path, b->dir) && mount(b->from, path, NULL, MS_BIND | (b->dir ? MS_REC : 0), NULL) == 0;
}

static const char *fill(const cc_sandbox *b)
{
	char path[PATH_SIZE];
	for (size_t i = 0; i < b->binds.n; i++)
		if (!bind_one(&b->binds.p[i]))
			return b->binds.p[i].from;
	for (size_t i = 0; i < b->links.n; i++)
		if (!under_root(path, b->links.p[i].at) || symlink(b->links.p[i].to, path) != 0)
			return b->links.p[i].at;
	return NULL;
}

/* Devices are bound after the rest was made to hold none. */
static const char *add_devices(void)
{
	static const char *const DEVICES[] = { "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom" };
	char path[PATH_SIZE];
	for (size_t i = 0; i < sizeof DEVICES / sizeof DEVICES[0]; i++)
		if (!under_root(path, DEVICES[i]) || mount(DEVICES[i], path, NULL, MS_BIND, NULL) != 0 ||
		    !set_attributes(path, ATTR_NOSUID | ATTR_NOEXEC, 0))
			return DEVICES[i];
	return NULL;
}

static const char *add_scratch(const cc_sandbox *b)
{
	char how[160], path[PATH_SIZE];
	snprintf(how, sizeof how, "size=%llu,nr_inodes=%d,mode=0700,uid=%u,gid=%u", (unsigned long long)b->limits.scratch, SCRATCH_INODES,
		(unsigned)b->uid, (unsigned)b->gid);
	if (!under_root(path, CC_SANDBOX_SCRATCH) || mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, how) != 0)
		return "the scratch folder";
	if (!under_root(path, CC_SANDBOX_SCRATCH "/.tmp") || mkdir(path, 0700) != 0 || chown(path, b->uid, b->gid) != 0)
		return "the scratch folder";
	return NULL;
}

const char *sandbox_limit_scratch(const cc_sandbox *b)
{
	char how[80];
	snprintf(how, sizeof how, "size=%llu,nr_inodes=%d", (unsigned long long)b->limits.scratch, SCRATCH_INODES);
	return mount("tmpfs", CC_SANDBOX_SCRATCH, "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, how) == 0 ? NULL : "the bounds of the scratch folder";
}

static const char *make_places(void)
{
	static const char *const FILES[] = { "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom" };
	static const char *const FOLDERS[] = { CC_SANDBOX_SCRATCH, CC_SANDBOX_EVIDENCE, "/etc" };
	char path[PATH_SIZE];
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
		if (!under_root(path, FILES[i]) || !make_place(path, false))
			return FILES[i];
	for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++)
		if (!under_root(path, FOLDERS[i]) || !make_place(path, true))
			return FOLDERS[i];
	return NULL;
}

static const char *enter_spaces(const cc_sandbox *b)
{
	if (!b->root && syscall(SYS_unshare, CLONE_NEWUSER) != 0)
		return "a user namespace";
	if (!b->root && !map_self(b->uid, b->gid))
		return "the identity in a user namespace";
	if (syscall(SYS_unshare, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) != 0)
		return "namespaces of its own";
	return NULL;
}

static const char *build(const cc_sandbox *b)
{
	const char *failed = enter_spaces(b);
	umask(022);
	if (failed)
		return failed;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") != 0)
		return "a view of files of its own";
	if ((failed = make_places()) || (failed = fill(b)))
		return failed;
	if (!set_attributes(NEW_ROOT, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV, AT_EVERYTHING))
		return "a read-only view";
	if ((failed = add_devices()) || (failed = add_scratch(b)))
		return failed;
	if (chdir(NEW_ROOT) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		return "a root of its own";
	return NULL;
}

_Noreturn void sandbox_build(const cc_sandbox *b, int status, int control)
{
	char c;
	const char *failed = build(b);
	sandbox_say(status, failed ? 'F' : 'R', failed ? errno : 0, failed ? failed : "");
	if (!failed)
		(void)!read(control, &c, 1); /* until the server has hold of the namespaces */
	_exit(0);
}

#endif
