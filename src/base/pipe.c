/* pipe.c - a pipe that no other program inherits, not even one that another thread starts at this moment. */
#define _GNU_SOURCE         /* pipe2 */
#include "coldcase/file.h"

#include <fcntl.h>
#include <unistd.h>

bool cc_pipe(int ends[2])
{
#ifdef __linux__
	return pipe2(ends, O_CLOEXEC) == 0;
#else
	if (pipe(ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return true;
#endif
}
