/* image_write.c - writes a graph of structs as an image; see base/image_priv.h for the format.
 *
 * First the graph is walked: structs with pointers are copied behind each other, with offsets in place of their
 * pointers; of everything else only the address is kept. Only then are all sizes known and bytes written, through a
 * buffer of one block, whose checksum is taken as it goes out. */
#include "base/image_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/arena.h"
#include "coldcase/file.h"
#include "coldcase/map.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

#define PLAIN (UINT64_C(1) << 63)   /* while walking: the offset is one in the plain segment */

typedef struct plain_piece {
	const void *p;
	size_t n;
	uint64_t at;             /* in the plain segment */
} plain_piece;

typedef struct image_writer {
	CC_VEC(char) linked;
	CC_VEC(uint32_t) places;
	CC_VEC(plain_piece) plain;
	uint64_t plain_bytes;
	cc_map *texts;           /* address and length -> offset + PLAIN: shared texts are written once */
	cc_arena *keys;
	bool failed;
	/* while writing */
	int fd, problem;
	char *block;
	size_t filled;
	uint64_t at;             /* of the file, behind the header */
	CC_VEC(uint64_t) sums;
} image_writer;

/* --- walking --- */

static uint64_t add_plain(image_writer *w, const void *p, size_t n, size_t align)
{
	uint64_t at = (w->plain_bytes + align - 1) / align * align;
	if (!cc_vec_push(&w->plain, ((plain_piece){ p, n, at })))
		w->failed = true;
	w->plain_bytes = at + n;
	return at | PLAIN;
}

static uint64_t add_text(image_writer *w, cc_str s)
{
	cc_str key = { (const char *)&s, sizeof s };
	uint64_t *at;
	if (!s.p)
		return 0;
	if (s.n == 0)
		s.p = "";
	if (cc_map_get(w->texts, key, NULL))
		at = cc_map_slot(w->texts, key, 0);
	else {
		key = cc_arena_dup(w->keys, key);
		at = key.p ? cc_map_slot(w->texts, key, PLAIN) : NULL;
		if (at) {
			*at = add_plain(w, s.p, s.n, 1);
			add_plain(w, "", 1, 1);
		}
	}
	w->failed = w->failed || !at;
	return at ? *at : 0;
}

/* A pointer of the linked segment; offsets there begin behind the header, so 0 is free to mean NULL. */
static void put(image_writer *w, size_t at, uint64_t target)
{
	memcpy(w->linked.p + at, &target, sizeof target);
	if (target && !cc_vec_push(&w->places, (uint32_t)(at / 8)))
		w->failed = true;
}

static uint64_t add_structs(image_writer *w, const cc_image_type *type, const char *from, size_t count);

static size_t count_of(const cc_image_field *f, const char *from)
{
	size_t n = 1;
	if (f->count_at != CC_IMAGE_ONE)
		memcpy(&n, from + f->count_at, sizeof n);
	return n + f->more;
}

static void put_array(image_writer *w, size_t at, const cc_image_field *f, const char *from)
{
	const char *p;
	uint64_t target = 0;
	size_t n = count_of(f, from);
	memcpy(&p, from + f->at, sizeof p);
	if (p)
		target = f->of && n ? add_structs(w, f->of, p, n) : add_plain(w, p, n * f->size, 16);
	if (w->failed)
		return;
	put(w, at + f->at, target);
	if (f->cap_at != CC_IMAGE_ONE)
		memset(w->linked.p + at + f->cap_at, 0, sizeof(size_t));
}

static void put_fields(image_writer *w, size_t at, const cc_image_type *type, const char *from)
{
	for (size_t i = 0; i < type->field_count && !w->failed; i++) {
		const cc_image_field *f = &type->fields[i];
		cc_str text;
		switch (f->kind) {
		case CC_IMAGE_KIND_TEXT:
			memcpy(&text, from + f->at, sizeof text);
			put(w, at + f->at + offsetof(cc_str, p), add_text(w, text));
			break;
		case CC_IMAGE_KIND_ARRAY:
			put_array(w, at, f, from);
			break;
		case CC_IMAGE_KIND_INLINE:
			for (size_t k = 0; k + f->of->size <= f->size; k += f->of->size)
				put_fields(w, at + f->at + k, f->of, from + f->at + k);
			break;
		case CC_IMAGE_KIND_DROP:
			memset(w->linked.p + at + f->at, 0, f->size);
			break;
		}
	}
}

static uint64_t add_structs(image_writer *w, const cc_image_type *type, const char *from, size_t count)
{
	size_t at = (w->linked.n + 15) / 16 * 16, bytes = count * type->size;
	if (count > SIZE_MAX / 4 / type->size || !cc_vec_reserve(&w->linked, at - w->linked.n + bytes)) {
		w->failed = true;
		return 0;
	}
	memset(w->linked.p + w->linked.n, 0, at - w->linked.n);
	memcpy(w->linked.p + at, from, bytes);
	w->linked.n = at + bytes;
	for (size_t i = 0; i < count && !w->failed; i++)
		put_fields(w, at + i * type->size, type, from + i * type->size);
	return at + IMAGE_PAGE;
}

/* Offsets of the plain segment become those of the file. */
static void settle_places(image_writer *w, uint64_t plain_at)
{
	for (size_t i = 0; i < w->places.n; i++) {
		char *at = w->linked.p + (size_t)w->places.p[i] * 8;
		uint64_t target;
		memcpy(&target, at, sizeof target);
		if (target & PLAIN)
			target = (target & ~PLAIN) + plain_at;
		memcpy(at, &target, sizeof target);
	}
}

/* --- writing --- */

static void flush(image_writer *w)
{
	if (!w->problem)
		w->problem = cc_fd_write(w->fd, (cc_str){ w->block, w->filled });
	if (!cc_vec_push(&w->sums, cc_image_sum(w->block, w->filled)))
		w->problem = ENOMEM;
	w->filled = 0;
}

static void emit(image_writer *w, const void *from, size_t n)
{
	for (const char *p = from; n > 0 && !w->problem;) {
		size_t room = IMAGE_BLOCK - w->filled, k = n < room ? n : room;
		memcpy(w->block + w->filled, p, k);
		w->filled += k;
		w->at += k;
		p += k;
		n -= k;
		if (w->filled == IMAGE_BLOCK)
			flush(w);
	}
}

static void emit_zeros(image_writer *w, uint64_t to)
{
	static const char zeros[IMAGE_PAGE];
	while (w->at < to && !w->problem)
		emit(w, zeros, to - w->at < sizeof zeros ? (size_t)(to - w->at) : sizeof zeros);
}

static image_header plan(const image_writer *w, uint64_t format)
{
	image_header h = { .magic = IMAGE_MAGIC, .format = format, .linked_bytes = w->linked.n,
		.plain_bytes = w->plain_bytes, .place_count = w->places.n };
	h.plain_at = (IMAGE_PAGE + h.linked_bytes + IMAGE_PAGE - 1) / IMAGE_PAGE * IMAGE_PAGE;
	h.places_at = (h.plain_at + h.plain_bytes + 7) / 8 * 8;
	h.sums_at = (h.places_at + h.place_count * sizeof(uint32_t) + 7) / 8 * 8;
	h.total = h.sums_at + (h.sums_at - IMAGE_PAGE + IMAGE_BLOCK - 1) / IMAGE_BLOCK * sizeof(uint64_t);
	return h;
}

/* The header comes last, over the zeros that hold its place: a writer that is killed leaves no image. */
static void write_header(image_writer *w, image_header *h)
{
	char page[IMAGE_PAGE] = { 0 };
	h->sums_sum = cc_image_sum(w->sums.p, w->sums.n * sizeof *w->sums.p);
	h->sum = 0;
	h->sum = cc_image_sum(h, sizeof *h);
	memcpy(page, h, sizeof *h);
	if (lseek(w->fd, 0, SEEK_SET) < 0)
		w->problem = errno;
	else
		w->problem = cc_fd_write(w->fd, (cc_str){ page, sizeof page });
}

static void write_all(image_writer *w, image_header *h)
{
	static const char no_header[IMAGE_PAGE];
	w->problem = cc_fd_write(w->fd, (cc_str){ no_header, sizeof no_header });
	w->at = IMAGE_PAGE;
	emit(w, w->linked.p, w->linked.n);
	for (size_t i = 0; i < w->plain.n; i++) {
		emit_zeros(w, h->plain_at + w->plain.p[i].at);
		emit(w, w->plain.p[i].p, w->plain.p[i].n);
	}
	emit_zeros(w, h->places_at);
	emit(w, w->places.p, w->places.n * sizeof *w->places.p);
	emit_zeros(w, h->sums_at);
	if (w->filled && !w->problem)
		flush(w);
	if (!w->problem)
		w->problem = cc_fd_write(w->fd, (cc_str){ (const char *)w->sums.p, w->sums.n * sizeof *w->sums.p });
	if (!w->problem)
		write_header(w, h);
}

static int write_walked(image_writer *w, uint64_t format, uint64_t most)
{
	if (w->failed)
		return ENOMEM;
	image_header h = plan(w, format);
	if (h.total > most || w->linked.n / 8 > UINT32_MAX)
		return EFBIG;
	settle_places(w, h.plain_at);
	write_all(w, &h);
	return w->problem;
}

int cc_image_write(int fd, const cc_image_type *type, const void *root, uint64_t format, uint64_t most)
{
	if (sizeof(void *) != sizeof(uint64_t))
		return ENOTSUP;
	image_writer w = { .fd = fd, .texts = cc_map_new(), .keys = cc_arena_new(), .block = cc_malloc(IMAGE_BLOCK) };
	int problem = ENOMEM;
	if (w.texts && w.keys && w.block) {
		add_structs(&w, type, root, 1);
		problem = write_walked(&w, format, most);
	}
	cc_vec_deinit(&w.linked);
	cc_vec_deinit(&w.places);
	cc_vec_deinit(&w.plain);
	cc_vec_deinit(&w.sums);
	cc_map_free(w.texts);
	cc_arena_free(w.keys);
	cc_free(w.block);
	return problem;
}
