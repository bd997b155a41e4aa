/* Graphs of structs as a file: what comes out is what went in, and what is damaged does not come out. */
#include "base/image_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base_test.h"
#include "coldcase/map.h"
#include "coldcase/rng.h"
#include "coldcase/vec.h"
#include "support/tree.h"

typedef struct leaf {
	cc_str name;
	const double *values;
	size_t count;
} leaf;

typedef struct root {
	uint32_t number;
	leaf own;
	CC_VEC(leaf) leaves;
	const leaf *none;
	cc_dict *dict;
	void *lost;
	cc_str shared, empty, absent;
} root;

static const cc_image_field leaf_fields[] = { CC_IMAGE_TEXT(leaf, name), CC_IMAGE_ARRAY(leaf, values, count, 1, NULL) };
static const cc_image_type leaf_type = CC_IMAGE_TYPE(leaf, leaf_fields);
static const cc_image_field root_fields[] = { CC_IMAGE_INLINE(root, own, &leaf_type),
	CC_IMAGE_VEC(root, leaves, &leaf_type),
	CC_IMAGE_PTR(root, none, &leaf_type), CC_IMAGE_PTR(root, dict, &cc_dict_image), CC_IMAGE_DROP(root, lost),
	CC_IMAGE_TEXT(root, shared), CC_IMAGE_TEXT(root, empty), CC_IMAGE_TEXT(root, absent) };
static const cc_image_type root_type = CC_IMAGE_TYPE(root, root_fields);

static const double numbers[] = { 1.5, 2.5, 3.5, 4.5 };

static int write_root(const char *path, const root *r, uint64_t format, uint64_t most)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	int problem = cc_image_write(fd, &root_type, r, format, most);
	close(fd);
	return problem;
}

static void make_root(root *r, leaf leaves[2], cc_dict *dict)
{
	for (int i = 0; i < 1000; i++) {
		char text[32];
		snprintf(text, sizeof text, "word %d", i);
		assert_int_equal(cc_dict_add(dict, cc_str_from(text)), i + 1);
	}
	leaves[0] = (leaf){ CC_STR("first"), numbers, 2 };
	leaves[1] = (leaf){ CC_STR("second"), NULL, 0 };
	*r = (root){ .number = 7, .own = { CC_STR("own"), numbers, 3 }, .dict = dict, .lost = r, .shared = leaves[0].name,
		.empty = CC_STR_EMPTY };
	r->leaves.p = leaves;
	r->leaves.n = r->leaves.cap = 2;
}

static void assert_same_root(const root *r)
{
	assert_int_equal(r->number, 7);
	assert_true(cc_str_eqz(r->own.name, "own") && r->own.name.p[3] == '\0');
	assert_memory_equal(r->own.values, numbers, sizeof numbers);
	assert_int_equal(r->leaves.n, 2);
	assert_int_equal(r->leaves.cap, 0);
	assert_true(cc_str_eqz(r->leaves.p[0].name, "first") && cc_str_eqz(r->leaves.p[1].name, "second"));
	assert_memory_equal(r->leaves.p[0].values, numbers, 3 * sizeof *numbers);
	assert_null(r->leaves.p[1].values);
	assert_null(r->none);
	assert_null(r->lost);
	assert_ptr_equal(r->shared.p, r->leaves.p[0].name.p);
	assert_true(r->empty.p && r->empty.n == 0 && !r->absent.p);
	assert_int_equal(cc_dict_count(r->dict), 1001);
	assert_int_equal(cc_dict_find(r->dict, CC_STR("word 999")), 1000);
	assert_int_equal(cc_dict_find(r->dict, CC_STR("word 1000")), UINT32_MAX);
	assert_true(cc_str_eqz(cc_dict_get(r->dict, 500), "word 499"));
}

/* A root with all it points to, and a folder for its images. */
typedef struct kept {
	test_tree tree;
	root in;
	leaf leaves[2];
	cc_dict *dict;
} kept;

static int make_kept(void **state)
{
	static kept k;
	k.dict = cc_dict_new();
	test_tree_make(&k.tree);
	make_root(&k.in, k.leaves, k.dict);
	*state = &k;
	return 0;
}

static int remove_kept(void **state)
{
	kept *k = *state;
	cc_dict_free(k->dict);
	test_tree_remove(&k->tree);
	return 0;
}

static void what_went_in_comes_out(void **state)
{
	kept *k = *state;
	const char *path = test_tree_path(&k->tree, "a.image");
	uint64_t format = cc_image_format(&root_type, 1);
	assert_int_equal(write_root(path, &k->in, format, UINT64_MAX), 0);
	cc_dict_free(k->dict); /* the image stands without what it was made of */
	k->dict = NULL;
	cc_image *a = cc_image_open(path, format), *b = cc_image_open(path, format);
	assert_non_null(a);
	assert_non_null(b);
	root *one = cc_image_root(a, sizeof *one), *other = cc_image_root(b, sizeof *other);
	assert_non_null(one);
	assert_non_null(other);
	one->number = 8; /* seen by nobody else */
	assert_same_root(other);
	one->number = 7;
	assert_same_root(one);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(cc_image_bytes(a), st.st_size);
	cc_image_close(a);
	assert_same_root(other);
	cc_image_close(b);
}

static void other_formats_are_refused(void **state)
{
	kept *k = *state;
	const char *path = test_tree_path(&k->tree, "a.image");
	assert_int_not_equal(cc_image_format(&root_type, 1), cc_image_format(&root_type, 2));
	assert_int_not_equal(cc_image_format(&root_type, 1), cc_image_format(&leaf_type, 1));
	assert_int_equal(write_root(path, &k->in, 5, 4096), EFBIG);
	assert_null(cc_image_open(path, 5)); /* empty */
	assert_int_equal(write_root(path, &k->in, 5, UINT64_MAX), 0);
	assert_null(cc_image_open(path, 6));
	assert_null(cc_image_open(test_tree_path(&k->tree, "b.image"), 5));
	cc_image *m = cc_image_open(path, 5);
	assert_non_null(m);
	assert_null(cc_image_root(m, 1 << 20)); /* no root of that size in it */
	cc_image_close(m);
}

static void a_full_device_is_an_error(void **state)
{
	kept *k = *state;
	int fd = open("/dev/full", O_WRONLY);
	if (fd < 0)
		skip();
	assert_int_equal(cc_image_write(fd, &root_type, &k->in, 1, UINT64_MAX), ENOSPC);
	close(fd);
}

/* Each bit of texts of every length, and the length itself. */
static void every_bit_counts(void **state)
{
	(void)state;
	cc_rng rng;
	unsigned char text[300];
	cc_rng_init(&rng, 3);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)cc_rng_below(&rng, 256);
	for (size_t n = 0; n < sizeof text; n++) {
		uint64_t sum = cc_image_sum(text, n);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			text[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_not_equal(cc_image_sum(text, n), sum);
			text[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
		text[n] ^= 255;
		assert_int_equal(cc_image_sum(text, n), sum); /* what is behind does not */
		text[n] ^= 255;
	}
	unsigned char zeros[300] = { 0 };
	for (size_t n = 1; n < sizeof zeros; n++)
		assert_int_not_equal(cc_image_sum(zeros, n), cc_image_sum(zeros, n - 1));
}

/* The same sum on every processor, wherever the bytes lie. */
static void every_width_gives_the_same_sum(void **state)
{
	(void)state;
	cc_rng rng;
	unsigned char text[1000];
	cc_rng_init(&rng, 4);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)cc_rng_below(&rng, 256);
	for (size_t n = 0; n < sizeof text - 32; n++) {
		const unsigned char *p = text + n % 32;
		uint64_t sum = cc_image_sum_by(IMAGE_SUM_BY_ONE, p, n);
		assert_int_equal(cc_image_sum_by(IMAGE_SUM_BY_TWO, p, n), sum);
		assert_int_equal(cc_image_sum_by(IMAGE_SUM_BY_FOUR, p, n), sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_went_in_comes_out, make_kept, remove_kept),
		cmocka_unit_test_setup_teardown(other_formats_are_refused, make_kept, remove_kept),
		cmocka_unit_test_setup_teardown(a_full_device_is_an_error, make_kept, remove_kept),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(every_width_gives_the_same_sum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
