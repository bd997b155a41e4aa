/* image.h - a graph of C structs kept as one file that is mapped and used in place.
 *
 * A struct is described by one table of its fields that hold pointers (or are not to be kept); that table is the only
 * code an image needs of it. The writer walks from a root struct; the reader maps the file, checks every byte of it and
 * adds the address of the mapping to the pointers. Nothing inside an image is freed singly: it goes when the image is
 * closed.
 *
 *     static const cc_image_field kv_fields[] = { CC_IMAGE_TEXT(cc_kv, key), CC_IMAGE_TEXT(cc_kv, value) };
 *     static const cc_image_type kv = CC_IMAGE_TYPE(cc_kv, kv_fields);
 *
 * What no field of the table covers is copied as it stands, so that the same struct always makes the same bytes only when its gaps
 * are fields of the table, too. A pointer that no field covers would be carried into
 * another process: whoever adds one to a struct must describe it. */
#ifndef COLDCASE_IMAGE_H
#define COLDCASE_IMAGE_H

#include "coldcase/str.h"

typedef enum cc_image_kind {
	CC_IMAGE_KIND_TEXT,      /* a cc_str; in an image a NUL follows its bytes */
	CC_IMAGE_KIND_ARRAY,     /* a pointer to elements that are counted elsewhere in the struct */
	CC_IMAGE_KIND_INLINE,    /* structs inside the struct */
	CC_IMAGE_KIND_DROP       /* made zero */
} cc_image_kind;

typedef struct cc_image_type cc_image_type;

typedef struct cc_image_field {
	cc_image_kind kind;
	size_t at;               /* offset in the struct */
	size_t size;             /* bytes of an element without pointers; of all for INLINE and DROP */
	size_t count_at;         /* offset of the size_t that counts them; CC_IMAGE_ONE: there is one, or a NULL pointer */
	size_t more;             /* elements beyond that count */
	size_t cap_at;           /* of a vector's cap, which becomes 0; CC_IMAGE_ONE: no vector */
	const cc_image_type *of; /* NULL: elements without pointers */
} cc_image_field;

struct cc_image_type {
	const char *name;
	size_t size;
	const cc_image_field *fields;
	size_t field_count;
};

#define CC_IMAGE_ONE SIZE_MAX
#define CC_IMAGE_SIZEOF(type, f) (sizeof ((type *)0)->f)
#define CC_IMAGE_TEXT(type, f) { CC_IMAGE_KIND_TEXT, offsetof(type, f), sizeof(cc_str), 0, 0, CC_IMAGE_ONE, NULL }
#define CC_IMAGE_ARRAY(type, f, count, more, of) \
	{ CC_IMAGE_KIND_ARRAY, offsetof(type, f), CC_IMAGE_SIZEOF(type, f[0]), offsetof(type, count), more, CC_IMAGE_ONE, of }
#define CC_IMAGE_PTR(type, f, of_) \
	{ CC_IMAGE_KIND_ARRAY, offsetof(type, f), 0, CC_IMAGE_ONE, 0, CC_IMAGE_ONE, of_ }
#define CC_IMAGE_VEC(type, f, of) \
	{ CC_IMAGE_KIND_ARRAY, offsetof(type, f.p), CC_IMAGE_SIZEOF(type, f.p[0]), offsetof(type, f.n), 0, \
		offsetof(type, f.cap), of }
#define CC_IMAGE_INLINE(type, f, of) \
	{ CC_IMAGE_KIND_INLINE, offsetof(type, f), CC_IMAGE_SIZEOF(type, f), 0, 0, CC_IMAGE_ONE, of }
#define CC_IMAGE_DROP(type, f) \
	{ CC_IMAGE_KIND_DROP, offsetof(type, f), CC_IMAGE_SIZEOF(type, f), 0, 0, CC_IMAGE_ONE, NULL }
/* What the compiler left free between two fields, and behind the last one: whatever was there must not reach the file. */
#define CC_IMAGE_END(type, f) (offsetof(type, f) + CC_IMAGE_SIZEOF(type, f))
#define CC_IMAGE_GAP(type, f, next) \
	{ CC_IMAGE_KIND_DROP, CC_IMAGE_END(type, f), offsetof(type, next) - CC_IMAGE_END(type, f), 0, 0, CC_IMAGE_ONE, NULL }
#define CC_IMAGE_TAIL(type, last) \
	{ CC_IMAGE_KIND_DROP, CC_IMAGE_END(type, last), sizeof(type) - CC_IMAGE_END(type, last), 0, 0, CC_IMAGE_ONE, NULL }
#define CC_IMAGE_TYPE(type, fields) { #type, sizeof(type), fields, sizeof fields / sizeof *fields }

/* Over everything the layout of an image depends on: sizes and fields of all types that root reaches, pointer size,
 * byte order, and `salt`. */
uint64_t cc_image_format(const cc_image_type *root, uint64_t salt);

/* Writes root and what it reaches to fd, which is empty and stands at its start. What is written may be read by other
 * threads meanwhile, not changed. Returns 0 or an errno: ENOTSUP where pointers have not 64 bits, ENOMEM, EFBIG above
 * `most` bytes (known before anything is written), what write says. */
int cc_image_write(int fd, const cc_image_type *type, const void *root, uint64_t format, uint64_t most);

typedef struct cc_image cc_image;

/* Opens an image file that belongs to the effective user, that nobody else may read or write and that is no link, and
 * begins to check it on another thread. NULL when there is none, when it is another format's, or cut. */
cc_image *cc_image_open(const char *path, uint64_t format);
/* Ends the check and gives the root, at least `size` bytes long and aligned for any type, which may be written to
 * (nobody else sees that); NULL for a damaged file. May be called once. */
void *cc_image_root(cc_image *image, size_t size);
void cc_image_touch(const cc_image *image);      /* marks the file as just used (its modification time) */
uint64_t cc_image_bytes(const cc_image *image);  /* of the file */
void cc_image_close(cc_image *image);            /* NULL is fine */

#endif
