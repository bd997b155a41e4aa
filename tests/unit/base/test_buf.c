/* The growing buffer, typed arrays, the arena and errors. */
#include "coldcase/arena.h"
#include "coldcase/vec.h"
#include "unit/base/base_test.h"
#include <errno.h>

static void test_append(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	check_str(cc_buf_str(&b), "");
	cc_buf_addz(&b, "ab");
	cc_buf_add_char(&b, 'c');
	cc_buf_add_repeat(&b, '-', 3);
	cc_buf_addf(&b, "%d/%s", 42, "x");
	cc_buf_add(&b, CC_STR_EMPTY);
	check_str(cc_buf_str(&b), "abc---42/x");
	assert_int_equal(b.p[b.n], 0);
	cc_buf_truncate(&b, 3);
	check_str(cc_buf_str(&b), "abc");
	cc_buf_clear(&b);
	assert_int_equal(b.n, 0);
	cc_buf_addf(&b, "%0500d", 1);
	assert_int_equal(b.n, 500);
	cc_buf_deinit(&b);
	assert_null(b.p);
}

static void test_take(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	char *z = cc_buf_take(&b);
	assert_string_equal(z, "");
	cc_free(z);
	cc_buf_addz(&b, "text");
	z = cc_buf_take(&b);
	assert_string_equal(z, "text");
	assert_null(b.p);
	cc_free(z);
}

/* Every single allocation fails once: the buffer says so and keeps what it had. */
static void test_buf_out_of_memory(void **state)
{
	(void)state;
	bool ok = false;
	for (long n = 0; !ok && n < 100; n++) {
		cc_buf b = CC_BUF_INIT;
		cc_alloc_fail_after(n);
		for (int i = 0; i < 200; i++)
			cc_buf_addf(&b, "%d,", i);
		cc_alloc_fail_after(-1);
		ok = cc_buf_ok(&b);
		assert_true(ok || n < 10);
		if (!ok) {
			size_t kept = b.n;
			cc_buf_addz(&b, "more");
			assert_int_equal(b.n, kept);
			assert_true(!b.p || b.p[b.n] == '\0');
			assert_null(cc_buf_take(&b));
			assert_true(cc_buf_ok(&b));
		}
		cc_buf_deinit(&b);
	}
	assert_true(ok);
}

static void test_buf_huge(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	assert_false(cc_buf_reserve(&b, SIZE_MAX - 10));
	assert_false(cc_buf_ok(&b));
	cc_buf_deinit(&b);
}

static void test_vec(void **state)
{
	(void)state;
	CC_VEC(int) v = { 0 };
	for (int i = 0; i < 1000; i++)
		assert_true(cc_vec_push(&v, i));
	assert_int_equal(v.n, 1000);
	assert_int_equal(v.p[999], 999);
	assert_false(cc_vec_reserve(&v, SIZE_MAX));
	assert_false(cc_vec_reserve(&v, SIZE_MAX / 4));
	cc_alloc_fail_after(0);
	while (v.n < v.cap)
		assert_true(cc_vec_push(&v, 1));
	size_t n = v.n;
	bool pushed = cc_vec_push(&v, 1);
	assert_false(pushed);
	cc_alloc_fail_after(-1);
	assert_int_equal(v.n, n);
	assert_int_equal(v.p[500], 500);
	cc_vec_deinit(&v);
	assert_null(v.p);
}

static void test_arena(void **state)
{
	(void)state;
	cc_arena *a = cc_arena_new();
	size_t total = 0;
	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *p = cc_arena_alloc(a, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xAA, size);
		total += size;
		cc_arena_dup(a, S("x")); /* misaligns what follows unless alignment is restored */
	}
	assert_true(cc_arena_bytes(a) >= total);
	char *big = cc_arena_alloc(a, 5000000);
	assert_non_null(big);
	big[4999999] = 1;
	cc_arena_reset(a);
	assert_int_equal(cc_arena_bytes(a), 0);
	cc_str s = cc_arena_dup(a, CC_STR("a\0b"));
	assert_true(cc_str_eq(s, CC_STR("a\0b")) && s.p[3] == '\0');
	check_str(cc_arena_printf(a, "%s-%d", "pod", 7), "pod-7");
	assert_string_equal(cc_arena_dupz(a, S("zz")), "zz");
	check_str(cc_arena_dup(a, CC_STR_EMPTY), "");
	assert_null(cc_arena_array(a, SIZE_MAX / 2, 3));
	cc_arena_free(a);
	cc_arena_free(NULL);
}

static void test_arena_out_of_memory(void **state)
{
	(void)state;
	cc_arena *a = cc_arena_new();
	cc_alloc_fail_after(0);
	assert_null(cc_arena_alloc(a, 10));
	assert_null(cc_arena_alloc(a, 100000));
	assert_null(cc_arena_dup(a, S("x")).p);
	assert_null(cc_arena_dupz(a, S("x")));
	assert_null(cc_arena_printf(a, "%d", 1).p);
	assert_null(cc_arena_new());
	cc_alloc_fail_after(-1);
	assert_non_null(cc_arena_alloc(a, 10));
	cc_arena_free(a);
}

static void test_err(void **state)
{
	(void)state;
	cc_err e;
	assert_int_equal(cc_err_set(NULL, CC_EIO, "x"), CC_EIO);
	assert_int_equal(cc_err_hint(NULL, "x"), CC_EINTERNAL); /* never success */
	assert_int_equal(cc_err_set(&e, CC_EFORMAT, "%s: bad\n\x1b[31m", "f\ttsv"), CC_EFORMAT);
	assert_string_equal(e.message, "f tsv: bad\xE2\x90\x8A\xE2\x90\x9B[31m");
	assert_string_equal(e.hint, "");
	e.record = 7;
	assert_int_equal(cc_err_hint(&e, "try %d", 2), CC_EFORMAT);
	assert_string_equal(e.hint, "try 2");
	assert_int_equal(cc_err_set(&e, CC_EIO, "again: %s", e.message), CC_EIO);
	assert_memory_equal(e.message, "again: f tsv", 12);
	assert_string_equal(e.hint, "");
	assert_int_equal(e.record, 0);
	assert_int_equal(cc_err_errno(&e, ENOENT, "a.tsv"), CC_ENOTFOUND);
	assert_string_equal(e.message, "a.tsv: No such file or directory");
	assert_int_equal(cc_err_errno(&e, EACCES, "a"), CC_EACCESS);
	assert_int_equal(cc_err_errno(&e, ENOMEM, "a"), CC_ENOMEM);
	assert_int_equal(cc_err_errno(&e, ENOSPC, "a"), CC_EIO);
	assert_string_equal(cc_code_name(CC_EBUDGET), "CC_EBUDGET");
	assert_string_equal(cc_code_text(CC_ENOTFOUND), "not found");
	assert_int_equal(cc_code_exit_status(CC_EUNSCORABLE), 4);
	assert_string_equal(cc_code_name((cc_code)999), "CC_EINTERNAL");
}

/* A message longer than its room ends at a whole character. */
static void test_err_cut(void **state)
{
	(void)state;
	cc_err e;
	char text[2000];
	for (size_t i = 0; i + 3 <= sizeof text; i += 3)
		memcpy(text + i, "\xE2\x82\xAC", 3);
	text[1998] = '\0';
	cc_err_set(&e, CC_EIO, "x%s", text);
	size_t n = strlen(e.message);
	assert_true(n < sizeof e.message && n > sizeof e.message - 5);
	assert_int_equal((n - 1) % 3, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_buf_out_of_memory),
		cmocka_unit_test(test_buf_huge),
		cmocka_unit_test(test_vec),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_out_of_memory),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_err_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
