/* test_zone.c - fixed offsets, zones of the system's database, and what is no zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/time.h"
#include "coldcase/zone.h"
#include "support/scratch.h"

static void assert_shows(const char *zone, const char *utc, const char *want)
{
	cc_zone *z = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_err err;
	int64_t ns;

	if (cc_zone_open(&z, cc_str_from(zone), &err) != CC_OK)
		fail_msg("%s: %s", zone, err.message);
	assert_true(cc_time_parse(cc_str_from(utc), &ns));
	cc_zone_format(z, ns, &b);
	assert_string_equal(b.p, want);
	cc_buf_deinit(&b);
	cc_zone_free(z);
}

static void offsets_are_zones(void **state)
{
	(void)state;
	assert_shows("+02:00", "2025-12-15T23:06:41Z", "2025-12-16 01:06:41+02:00");
	assert_shows("-0730", "2025-12-15T05:00:00Z", "2025-12-14 21:30:00-07:30");
	assert_shows("+5", "2025-12-15T05:00:00Z", "2025-12-15 10:00:00+05:00");
	assert_shows("UTC", "2025-12-15T05:00:00Z", "2025-12-15 05:00:00+00:00");
}

/* A file as RFC 8536 has it: an all but empty block of 32-bit times, then one change from +1 to +2 hours on 30 March 2025, 01:00Z. */
static const unsigned char summer[] = {
	'T', 'Z', 'i', 'f', '2', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
	0, 0, 0, 0, 0, 0, 0,
	'T', 'Z', 'i', 'f', '2', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4,
	0x00, 0x00, 0x00, 0x00, 0x67, 0xe8, 0x97, 0x90, 1, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 1, 0, 'a', 'b', 'c', 0 };

static void write_zone(const char *name, size_t n)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", scratch.root, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(summer, 1, n, f), n);
	fclose(f);
}

static void a_zone_of_the_database_changes_its_offset(void **state)
{
	(void)state;
	write_zone("Summer", sizeof summer);
	setenv("TZDIR", scratch.root, 1);
	assert_shows("Summer", "2025-03-30T00:59:59Z", "2025-03-30 01:59:59+01:00");
	assert_shows("Summer", "2025-03-30T01:00:00Z", "2025-03-30 03:00:00+02:00");
}

static void what_is_no_zone_is_refused(void **state)
{
	static const char *const bad[] = { "Nowhere/Land", "../etc/passwd", "/etc/localtime", "+25", "+1:2", "", "+", "a b" };
	cc_zone *z = NULL;

	(void)state;
	setenv("TZDIR", scratch.root, 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(cc_zone_open(&z, cc_str_from(bad[i]), NULL), CC_EUNKNOWN);
	for (size_t n = 0; n < sizeof summer; n++) {     /* torn at any byte */
		write_zone("Torn", n);
		assert_true(cc_zone_open(&z, CC_STR("Torn"), NULL) != CC_OK);
		assert_null(z);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_zones),
		cmocka_unit_test(a_zone_of_the_database_changes_its_offset),
		cmocka_unit_test(what_is_no_zone_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
