/* image.c - opens images: every byte is checked before one of them is believed; see base/image_priv.h for the format.
 *
 * The check goes over the mapping: reading through a buffer instead was tried, and the copy cost more than the page
 * faults; so did fetching the pages of a block at once (MADV_POPULATE_READ). It begins when the image is opened, on another thread, so that the caller can look meanwhile whether the
 * image still fits. */
#include "base/image_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

struct cc_image {
	int fd;
	image_header head;
	char *map;               /* the whole file; `linked` is private and writable */
	const uint64_t *sums;
	size_t blocks;
	cc_work *check;
	atomic_bool damaged;
};

/* --- formats --- */

static uint64_t format_of(const cc_image_type *t, uint64_t h)
{
	uint64_t row[8] = { h, t->size, t->field_count };
	h = cc_image_sum(row, sizeof row);
	for (size_t i = 0; i < t->field_count; i++) {
		const cc_image_field *f = &t->fields[i];
		uint64_t field[8] = { h, (uint64_t)f->kind, f->at, f->size, f->count_at, f->more, f->cap_at, f->of != NULL };
		h = cc_image_sum(field, sizeof field);
		if (f->of)
			h = format_of(f->of, h);
	}
	return h;
}

uint64_t cc_image_format(const cc_image_type *root, uint64_t salt)
{
	static const unsigned char order[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint64_t machine[3] = { salt, sizeof(void *) };
	memcpy(&machine[2], order, sizeof order);
	return format_of(root, cc_image_sum(machine, sizeof machine));
}

/* --- opening --- */

static bool read_at(int fd, void *out, size_t n, uint64_t at)
{
	for (char *p = out; n > 0;) {
		ssize_t k = pread(fd, p, n, (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		at += (uint64_t)k;
		n -= (size_t)k;
	}
	return true;
}

static bool header_holds(image_header h, uint64_t format, uint64_t size)
{
	uint64_t sum = h.sum;
	h.sum = 0;
	uint64_t linked_end = IMAGE_PAGE + h.linked_bytes, places_end = h.places_at + h.place_count * sizeof(uint32_t);
	if (h.magic != IMAGE_MAGIC || h.format != format || h.total != size || cc_image_sum(&h, sizeof h) != sum)
		return false;
	/* What a right sum says was written so; this guards the arithmetic below against a writer's mistake. */
	return h.linked_bytes < size && h.plain_at % IMAGE_PAGE == 0 && linked_end <= h.plain_at && h.plain_at <= size &&
	       h.plain_bytes <= size - h.plain_at && h.plain_at + h.plain_bytes <= h.places_at &&
	       h.place_count < size && places_end <= h.sums_at && h.sums_at % 8 == 0 && h.sums_at > IMAGE_PAGE &&
	       h.sums_at < size && (size - h.sums_at) / 8 == (h.sums_at - IMAGE_PAGE + IMAGE_BLOCK - 1) / IMAGE_BLOCK;
}

/* The file's own rights are part of the check: pointers of a file that another user could write are not to be followed.
 * */
static bool is_own(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 077) == 0 &&
	       st->st_size > IMAGE_PAGE && (uintmax_t)st->st_size < SIZE_MAX / 2;
}

static bool map_file(cc_image *m)
{
	size_t linked = (size_t)m->head.plain_at - IMAGE_PAGE;
	void *p = mmap(NULL, (size_t)m->head.total, PROT_READ, MAP_SHARED, m->fd, 0);
	if (p == MAP_FAILED)
		return false;
	m->map = p;
	m->sums = (const void *)(m->map + m->head.sums_at);
	m->blocks = (size_t)((m->head.total - m->head.sums_at) / sizeof *m->sums);
	return linked == 0 || mmap(m->map + IMAGE_PAGE, linked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, m->fd,
				      IMAGE_PAGE) != MAP_FAILED;
}

static void check_block(void *arg, unsigned worker, size_t item)
{
	cc_image *m = arg;
	uint64_t at = IMAGE_PAGE + (uint64_t)item * IMAGE_BLOCK, left = m->head.sums_at - at;
	size_t n = left < IMAGE_BLOCK ? (size_t)left : IMAGE_BLOCK;
	(void)worker;
	if (!atomic_load_explicit(&m->damaged, memory_order_relaxed) && cc_image_sum(m->map + at, n) != m->sums[item])
		atomic_store(&m->damaged, true);
}

static bool start_check(cc_image *m)
{
	if (cc_image_sum(m->sums, m->blocks * sizeof *m->sums) == m->head.sums_sum)
		m->check = cc_work_start(m->blocks, 0, check_block, m);
	return m->check != NULL;
}

cc_image *cc_image_open(const char *path, uint64_t format)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	cc_image *m = is_own(fd, &st) ? cc_calloc(1, sizeof *m) : NULL;
	if (!m) {
		close(fd);
		return NULL;
	}
	m->fd = fd;
	if (read_at(fd, &m->head, sizeof m->head, 0) && header_holds(m->head, format, (uint64_t)st.st_size) &&
		map_file(m) && start_check(m))
		return m;
	cc_image_close(m);
	return NULL;
}

/* --- pointers --- */

/* Each of them, though the sum was right: what a mistake of the writer left wrong must not be followed either. */
static bool relocate(cc_image *m)
{
	const image_header *h = &m->head;
	const uint32_t *place = (const void *)(m->map + h->places_at);
	char *linked = m->map + IMAGE_PAGE;
	for (uint64_t i = 0; i < h->place_count; i++) {
		uint64_t at = (uint64_t)place[i] * 8, target;
		if (at + 8 > h->linked_bytes)
			return false;
		memcpy(&target, linked + at, sizeof target);
		if (target < IMAGE_PAGE || target > h->plain_at + h->plain_bytes)
			return false;
		const char *p = m->map + target;
		memcpy(linked + at, &p, sizeof p);
	}
	return true;
}

void *cc_image_root(cc_image *m, size_t size)
{
	cc_work_finish(m->check);
	m->check = NULL;
	if (atomic_load(&m->damaged) || size > m->head.linked_bytes || !relocate(m))
		return NULL;
	return m->map + IMAGE_PAGE;
}

void cc_image_touch(const cc_image *m)
{
	if (futimens(m->fd, NULL) != 0)
		return; /* it only looks older than it is */
}

uint64_t cc_image_bytes(const cc_image *m)
{
	return m->head.total;
}

void cc_image_close(cc_image *m)
{
	if (!m)
		return;
	cc_work_finish(m->check);
	if (m->map)
		munmap(m->map, (size_t)m->head.total);
	close(m->fd);
	cc_free(m);
}
