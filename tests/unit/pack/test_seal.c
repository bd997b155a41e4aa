/* A sealed truth opens with its passphrase and in its own case, or not at all. */
#include "coldcase/seal.h"
#include "coldcase/xalloc.h"
#include "unit/pack/pack_fixture.h"

#define PASS CC_STR("correct horse battery")
#define BOUND CC_STR("{\"id\":\"case-0123456789ab\"}")
static const cc_seal_cost CHEAP = { 1, 8 };

static void seal(cc_buf *out, cc_seal_content *c)
{
	assert_int_equal(cc_seal_begin(c, NULL), CC_OK);
	c->name = CC_STR("ground truth");
	c->truth = CC_STR("groups: []\n");
	c->debrief = CC_STR("hints: [look at the pods]\n");
	assert_int_equal(cc_seal_make(out, c, PASS, BOUND, CHEAP, NULL), CC_OK);
}

static cc_code try_open(cc_str sealed, cc_str pass, cc_str bound, cc_err *err)
{
	cc_seal_content c;
	cc_code code = cc_seal_open(&c, sealed, pass, bound, "x.case", err);
	if (code != CC_OK)
		assert_null(c.own);
	cc_seal_content_deinit(&c);
	return code;
}

static void it_opens_with_its_passphrase(void **state)
{
	(void)state;
	cc_buf sealed = CC_BUF_INIT;
	cc_seal_content c = { .own = NULL }, back;
	char then[65], now[65];
	seal(&sealed, &c);
	assert_int_equal(cc_str_find(cc_buf_str(&sealed), CC_STR("groups")), CC_STR_NONE);
	assert_int_equal(cc_str_find(cc_buf_str(&sealed), CC_STR("hints")), CC_STR_NONE);
	assert_int_equal(cc_seal_open(&back, cc_buf_str(&sealed), PASS, BOUND, "x.case", NULL), CC_OK);
	assert_true(cc_str_eq(back.truth, c.truth) && cc_str_eq(back.debrief, c.debrief) && cc_str_eq(back.name, c.name));
	cc_seal_committed(&c, then);
	cc_seal_committed(&back, now);
	assert_string_equal(then, now);
	cc_seal_content_deinit(&back);
	assert_null(back.own);
	cc_buf_deinit(&sealed);
}

/* The same truth twice: nothing tells that it is the same, neither the bytes nor the commitment nor the length. */
static void nothing_tells_a_guess_from_the_truth(void **state)
{
	(void)state;
	cc_buf a = CC_BUF_INIT, b = CC_BUF_INIT, longer = CC_BUF_INIT;
	cc_seal_content x = { .own = NULL }, y = { .own = NULL };
	char one[65], two[65], text[5000];
	seal(&a, &x);
	seal(&b, &y);
	cc_seal_committed(&x, one);
	cc_seal_committed(&y, two);
	assert_string_not_equal(one, two);
	assert_memory_not_equal(a.p + 100, b.p + 100, 1000);
	memset(text, 'c', sizeof text);
	y.truth = (cc_str){ text, sizeof text };
	assert_int_equal(cc_seal_make(&longer, &y, PASS, BOUND, CHEAP, NULL), CC_OK);
	assert_int_equal(a.n, longer.n);
	cc_buf_deinit(&a);
	cc_buf_deinit(&b);
	cc_buf_deinit(&longer);
}

static void a_wrong_passphrase_opens_nothing(void **state)
{
	(void)state;
	cc_buf sealed = CC_BUF_INIT;
	cc_seal_content c = { .own = NULL };
	cc_err err = { 0 };
	seal(&sealed, &c);
	assert_int_equal(try_open(cc_buf_str(&sealed), CC_STR("correct horse batter"), BOUND, &err), CC_EACCESS);
	assert_says(&err, "x.case: the passphrase does not open its truth");
	assert_int_equal(try_open(cc_buf_str(&sealed), CC_STR(""), BOUND, &err), CC_EACCESS);
	assert_int_equal(try_open(cc_buf_str(&sealed), PASS, CC_STR("{\"id\":\"case-0123456789ac\"}"), &err), CC_EACCESS);
	cc_buf_deinit(&sealed);
}

static void every_byte_is_bound(void **state)
{
	(void)state;
	cc_buf sealed = CC_BUF_INIT;
	cc_seal_content c = { .own = NULL };
	seal(&sealed, &c);
	for (size_t i = 0; i < sealed.n; i += i < 80 ? 1 : 509) {
		sealed.p[i] ^= 1;
		cc_code code = try_open(cc_buf_str(&sealed), PASS, BOUND, NULL);
		sealed.p[i] ^= 1;
		if (code != CC_EACCESS && code != CC_EFORMAT && code != CC_ELIMIT)
			fail_msg("byte %zu: code %d", i, code);
	}
	for (size_t n = 0; n < sealed.n; n += n < 80 ? 1 : 509)
		assert_int_not_equal(try_open(cc_str_sub(cc_buf_str(&sealed), 0, n), PASS, BOUND, NULL), CC_OK);
	assert_int_equal(try_open(cc_buf_str(&sealed), PASS, BOUND, NULL), CC_OK);
	cc_buf_deinit(&sealed);
}

/* What may be asked of the one who opens is bounded, before any of it is done. */
static void absurd_work_is_refused(void **state)
{
	(void)state;
	cc_buf sealed = CC_BUF_INIT;
	cc_seal_content c = { .own = NULL };
	cc_err err = { 0 };
	seal(&sealed, &c);
	sealed.p[8 + 3] = 1; /* 16 million passes */
	assert_int_equal(try_open(cc_buf_str(&sealed), PASS, BOUND, &err), CC_ELIMIT);
	assert_says(&err, "absurd work");
	sealed.p[8 + 3] = 0;
	sealed.p[12 + 3] = 1; /* 16 GiB */
	assert_int_equal(try_open(cc_buf_str(&sealed), PASS, BOUND, &err), CC_ELIMIT);
	sealed.p[12 + 3] = 0;
	sealed.p[12] = 0; /* none */
	assert_int_equal(try_open(cc_buf_str(&sealed), PASS, BOUND, &err), CC_ELIMIT);
	assert_int_equal(cc_seal_make(&sealed, &c, CC_STR("short"), BOUND, CHEAP, &err), CC_EUSAGE);
	cc_buf_deinit(&sealed);
}

static void wiped_is_zero(void **state)
{
	(void)state;
	char secret[32] = "correct horse battery", zero[32] = { 0 };
	cc_wipe(secret, sizeof secret);
	assert_memory_equal(secret, zero, sizeof zero);
}

static void without_memory(void **state)
{
	(void)state;
	cc_buf sealed = CC_BUF_INIT;
	cc_seal_content c = { .own = NULL };
	seal(&sealed, &c);
	cc_code code = CC_ENOMEM;
	for (long i = 0; i < 20 && code != CC_OK; i++) {
		cc_alloc_fail_after(i);
		code = try_open(cc_buf_str(&sealed), PASS, BOUND, NULL);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_OK || code == CC_ENOMEM);
	}
	assert_int_equal(code, CC_OK);
	cc_buf_deinit(&sealed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_with_its_passphrase), cmocka_unit_test(nothing_tells_a_guess_from_the_truth),
		cmocka_unit_test(a_wrong_passphrase_opens_nothing), cmocka_unit_test(every_byte_is_bound), cmocka_unit_test(absurd_work_is_refused),
		cmocka_unit_test(wiped_is_zero), cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
