/* Random numbers that never change, and SHA-256. */
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "base/sha256_priv.h"
#include "unit/base/base_test.h"

static void test_known_values(void **state)
{
	(void)state;
	cc_rng r;
	cc_rng_init(&r, 42);
	assert_true(cc_rng_u64(&r) == UINT64_C(0x15780B2E0C2EC716));
	assert_true(cc_rng_u64(&r) == UINT64_C(0x6104D9866D113A7E));
	assert_true(cc_rng_u64(&r) == UINT64_C(0xAE17533239E499A1));
	cc_rng_init_named(&r, 42, "spans");
	assert_true(cc_rng_u64(&r) == UINT64_C(0xA0079E0046917762));
}

/* To the last bit: forged incidents are compared byte for byte. */
static void test_known_distributions(void **state)
{
	(void)state;
	cc_rng r;
	cc_rng_init(&r, 7);
	assert_true(cc_rng_normal(&r, 0, 1) == 0x1.edc0d635eea0bp-1);
	assert_true(cc_rng_exp(&r, 1) == 0x1.d48ba50201e69p+0);
	assert_true(cc_rng_lognormal(&r, 20, 0.5) == 0x1.9bfd7b5365afap+3);
	assert_true(cc_rng_normal(&r, 0, 1) == -0x1.2edf68e7553e9p+0);
	assert_true(cc_rng_exp(&r, 1) == 0x1.50f5100dbfb67p+0);
	assert_true(cc_rng_lognormal(&r, 20, 0.5) == 0x1.1167fd6cd9747p+3);
}

/* Every bit of three thousand draws, so that no term of the series can go unnoticed. */
static void test_distribution_digest(void **state)
{
	(void)state;
	cc_rng r;
	cc_sha256 sha;
	char hex[65];
	cc_rng_init(&r, 5);
	cc_sha256_init(&sha);
	for (int i = 0; i < 3000; i++) {
		double v = i % 3 == 0 ? cc_rng_normal(&r, 1, 2) : i % 3 == 1 ? cc_rng_exp(&r, 3) : cc_rng_lognormal(&r, 20, 1.5);
		uint64_t bits;
		unsigned char bytes[8];
		memcpy(&bits, &v, sizeof bits);
		for (int k = 0; k < 8; k++)
			bytes[k] = (unsigned char)(bits >> (8 * k));
		cc_sha256_add(&sha, bytes, sizeof bytes);
	}
	cc_sha256_hex(&sha, hex);
	assert_string_equal(hex, "d8dc2bfbc34e23238dbb861dc0b345fe8ec7db2ea81dc14cdece4c7505111e13");
}

static void test_named_streams(void **state)
{
	(void)state;
	cc_rng a, b, c;
	cc_rng_init_named(&a, 1, "logs");
	cc_rng_init_named(&b, 1, "logs");
	cc_rng_init_named(&c, 2, "logs");
	uint64_t first = cc_rng_u64(&a);
	assert_true(first == cc_rng_u64(&b));
	assert_true(first != cc_rng_u64(&c));
}

static void test_ranges(void **state)
{
	(void)state;
	cc_rng r;
	int seen[7] = { 0 };
	cc_rng_init(&r, 3);
	for (int i = 0; i < 7000; i++) {
		int64_t v = cc_rng_between(&r, -3, 3);
		assert_true(v >= -3 && v <= 3);
		seen[v + 3]++;
		assert_true(cc_rng_below(&r, 1) == 0);
		double u = cc_rng_unit(&r);
		assert_true(u >= 0 && u < 1);
		assert_true(cc_rng_exp(&r, 2) >= 0);
		assert_true(cc_rng_lognormal(&r, 5, 1) > 0);
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 800, 1200);
	(void)cc_rng_between(&r, INT64_MIN, INT64_MAX);
	assert_true(cc_rng_between(&r, 5, 5) == 5);
	assert_true(cc_rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

static void test_moments(void **state)
{
	(void)state;
	cc_rng r;
	double sum = 0, square = 0, mean = 0;
	int below_median = 0;
	const int n = 100000;
	cc_rng_init(&r, 11);
	for (int i = 0; i < n; i++) {
		double x = cc_rng_normal(&r, 10, 2);
		sum += x;
		square += (x - 10) * (x - 10);
		mean += cc_rng_exp(&r, 3);
		below_median += cc_rng_lognormal(&r, 20, 0.7) < 20;
	}
	assert_true(sum / n > 9.97 && sum / n < 10.03);
	assert_true(square / n > 3.9 && square / n < 4.1);
	assert_true(mean / n > 2.95 && mean / n < 3.05);
	assert_in_range(below_median, 49000, 51000);
}

static void check_digest(cc_str text, const char *want)
{
	char hex[65];
	cc_sha256_of(text, hex);
	assert_string_equal(hex, want);
}

static void test_sha256_vectors(void **state)
{
	(void)state;
	check_digest(CC_STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_digest(CC_STR_EMPTY, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_digest((cc_str){ NULL, 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_digest(CC_STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_digest(CC_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* A million letters, fed in pieces of changing size. */
static void test_sha256_pieces(void **state)
{
	(void)state;
	char piece[200], hex[65];
	memset(piece, 'a', sizeof piece);
	cc_sha256 s;
	cc_sha256_init(&s);
	for (size_t done = 0, n = 1; done < 1000000; done += n, n = n % 199 + 1) {
		if (n > 1000000 - done)
			n = 1000000 - done;
		cc_sha256_add(&s, piece, n);
	}
	cc_sha256_hex(&s, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The processor's own instructions and the portable way agree, whatever the bytes, wherever they lie. */
static void test_sha256_ways(void **state)
{
	(void)state;
	unsigned char bytes[64 * 40 + 16];
	cc_rng r;
	if (!cc_sha256_fast_here()) {
		print_message("this processor has no instructions for SHA-256\n");
		skip();
	}
	cc_rng_init(&r, 3);
	for (int round = 0; round < 500; round++) {
		uint32_t a[8], b[8];
		size_t at = cc_rng_below(&r, 16), blocks = cc_rng_below(&r, 40);
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (unsigned char)cc_rng_u64(&r);
		for (size_t i = 0; i < 8; i++)
			a[i] = b[i] = (uint32_t)cc_rng_u64(&r);
		cc_sha256_portable(a, bytes + at, blocks);
		cc_sha256_fast(b, bytes + at, blocks);
		assert_memory_equal(a, b, sizeof a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_known_distributions),
		cmocka_unit_test(test_distribution_digest),
		cmocka_unit_test(test_named_streams),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_sha256_vectors),
		cmocka_unit_test(test_sha256_pieces),
		cmocka_unit_test(test_sha256_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
