/* touch.c - takes N MB, writes to every page, gives them back.
 *
 *   touch MB
 *
 * A virtual machine hands free memory back to its host, and the first touch of such a page costs far more than one of a
 * page the guest still holds. Run before each measurement, so that what is measured is the program. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	size_t n = (size_t)(argc > 1 ? atol(argv[1]) : 0) << 20;
	if (!n) {
		fprintf(stderr, "usage: touch MB\n");
		return 2;
	}
	volatile char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("touch");
		return 1;
	}
	for (size_t i = 0; i < n; i += 4096)
		p[i] = 1;
	return 0;
}
