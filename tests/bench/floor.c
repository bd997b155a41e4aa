/* floor.c - the least that reading costs: every byte of the evidence through 1 MB buffers, summed as 64-bit words.
 *
 *   floor THREADS FILE...
 *
 * No program that looks at all bytes can be faster on this machine, so ratios to it compare across machines. Pages of a
 * mapped file are faulted in one by one, which costs as much as the sum itself: hence pread. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, WORDS = BLOCK / 8, MAX_THREADS = 64 };

typedef struct block { int fd; off_t at; } block;

static block *blocks;
static size_t block_count;
static atomic_size_t next_block;
static _Atomic uint64_t total, bytes;

static void add_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(path);
		exit(1);
	}
	if (!S_ISREG(st.st_mode))
		return;
	size_t more = (size_t)((st.st_size + BLOCK - 1) / BLOCK);
	blocks = realloc(blocks, (block_count + more + 1) * sizeof *blocks);
	if (!blocks)
		exit(1);
	for (size_t i = 0; i < more; i++)
		blocks[block_count++] = (block){ fd, (off_t)i * BLOCK };
}

/* Four sums, so that no addition waits for the one before it. */
static uint64_t sum(const uint64_t *w)
{
	uint64_t s[4] = { 0 };
	for (size_t i = 0; i < WORDS; i += 4)
		for (size_t k = 0; k < 4; k++)
			s[k] += w[i + k];
	return s[0] + s[1] + s[2] + s[3];
}

static void *work(void *arg)
{
	uint64_t *words = aligned_alloc(4096, BLOCK), mine = 0, read_bytes = 0;
	size_t i;
	if (!words)
		exit(1);
	while ((i = atomic_fetch_add(&next_block, 1)) < block_count) {
		ssize_t n = pread(blocks[i].fd, words, BLOCK, blocks[i].at);
		if (n < 0)
			exit(1);
		memset((char *)words + n, 0, (size_t)(BLOCK - n));
		mine += sum(words);
		read_bytes += (uint64_t)n;
	}
	atomic_fetch_add(&total, mine);
	atomic_fetch_add(&bytes, read_bytes);
	free(words);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[MAX_THREADS];
	int threads = argc > 2 ? atoi(argv[1]) : 0;
	if (threads < 1 || threads > MAX_THREADS) {
		fprintf(stderr, "usage: floor THREADS FILE...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		add_file(argv[i]);
	for (int i = 1; i < threads; i++)
		if (pthread_create(&t[i], NULL, work, NULL) != 0)
			return 1;
	work(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(t[i], NULL);
	printf("%llu bytes, sum %llx\n", (unsigned long long)bytes, (unsigned long long)total);
	return 0;
}
