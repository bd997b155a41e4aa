/* record_lock.c - one record, one writer: the lock belongs to the open file, and dies with the process however that ends.
 *
 * Locking may be missing where the folder lies (some network file systems): the record is written all the same, for losing
 * a run is worse than what a second writer could do, but it says so. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casefile/record_priv.h"

/* The process that holds the lock, where the system lists it: on this machine, and not in another container. 0 = not known. */
static long holder_of(int fd)
{
	struct stat st;
	char line[256];
	long holder = 0;
	FILE *locks = fstat(fd, &st) == 0 ? fopen("/proc/locks", "re") : NULL;

	if (!locks)
		return 0;
	while (!holder && fgets(line, sizeof line, locks)) {
		long pid;
		uintmax_t inode;

		/* "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"; "1: -> FLOCK" waits for it. */
		if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %ld %*x:%*x:%" SCNuMAX, &pid, &inode) == 2 && inode == st.st_ino && pid > 0)
			holder = pid;
	}
	fclose(locks);
	return holder;
}

cc_code cc_record_lock(int fd, const char *path, bool leased, int *without, cc_err *err)
{
	long holder;
	int failed;

	*without = 0;
	while ((failed = flock(fd, LOCK_EX | LOCK_NB) != 0 ? errno : 0) == EINTR)
		;
	if (failed != EWOULDBLOCK || leased) {
		*without = failed == EWOULDBLOCK ? 0 : failed;
		return CC_OK;
	}
	holder = holder_of(fd);
	if (holder)
		cc_err_set(err, CC_ESTATE, "%s: process %ld is writing this record", path, holder);
	else
		cc_err_set(err, CC_ESTATE, "%s: another process, perhaps on another machine, is writing this record", path);
	return cc_err_hint(err, "one run has one player: end that one first, or begin a run of your own");
}
