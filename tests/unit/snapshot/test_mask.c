/* What a Secret holds is shown by no citation, whatever shape it is recorded in. */
#include <string.h>
#include "snapshot/k8sbody_priv.h"
#include "k8s_fixture.h"

static void collect(void *arg, cc_str column, cc_str value)
{
	(void)column;
	cc_buf_add(arg, value);
	cc_buf_add_char(arg, '\n');
}

#define SECRET_BODY                                                                                                    \
	"\"metadata\":{\"name\":\"s\",\"namespace\":\"n\",\"annotations\":{\"note\":\"kept\","                         \
	"\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"data\\\":{\\\"pw\\\":\\\"hush\\\"}}\"}},"         \
	"\"data\":{\"pw\":\"hush\"},\"stringData\":{\"pw\":\"hush\"},\"type\":\"Opaque\"}"

static void no_citation_shows_what_a_secret_holds(void **state)
{
	static const char *const bodies[] = {
		"{\"kind\":\"Secret\"," SECRET_BODY,
		"{\"kind\":\"secrets\"," SECRET_BODY,
		"{\"object\":{\"kind\":\"Secret\"," SECRET_BODY ",\"type\":\"ADDED\"}",
		"{\"kind\":\"SecretList\",\"items\":[{" SECRET_BODY ",{" SECRET_BODY "]}",
		"{\"kind\":\"List\",\"items\":[{\"kind\":\"Secret\"," SECRET_BODY "]}",
		"{\"kind\":\"List\",\"items\":[{" SECRET_BODY "]}",
		"{" SECRET_BODY,
		"{\"kind\":\"Secret\",\"data\":\"hush\"}",
		"{\"kind\":\"Secret\",\"data\":[\"hush\"]}",
		"{\"kind\":\"Secret\",\"data\":{\"pw\":\"hush\"",
		"\"{\\\"kind\\\":\\\"Secret\\\",\\\"data\\\":{\\\"pw\\\":\\\"hush\\\"}}\"",
	};
	fixture f;
	size_t n = sizeof bodies / sizeof *bodies;
	(void)state;
	fixture_make(&f);
	for (size_t i = 0; i < n; i++)
		fixture_object(&f, "13:00:00", "secrets", bodies[i]);
	cc_buf_addf(&f.objects, "short\t\"{\"\"kind\"\":\"\"Secret\"\",\"\"data\"\":{\"\"pw\"\":\"\"hush\"\"}}\"\n");
	cc_buf_addf(&f.objects, "cut\t\"{\"\"kind\"\":\"\"Secret\"\",\"\"data\"\":{\"\"pw\"\":\"\"hush\"\"}");
	fixture_open(&f);
	for (uint32_t i = 1; i <= n + 2; i++) {
		cc_buf out = CC_BUF_INIT;
		cc_file_kind kind = cc_snapshot_file(f.s, 0)->kind;
		assert_int_equal(kind, CC_FILE_OBJECTS);
		assert_int_equal(cc_cite_read(f.s, (cc_cite){ 1, i }, collect, &out, NULL), CC_OK);
		if (strstr(out.p, "hush") || !strstr(out.p, "<masked"))
			fail_msg("record %u: %s", i, out.p);
		cc_buf_deinit(&out);
	}
	fixture_remove(&f);
}

static void what_is_no_secret_stays_as_recorded(void **state)
{
	static const char text[] = "{ \"kind\":\"ConfigMap\", \"metadata\":{\"name\":\"secret\"},\"data\":{\"a\":\"1\"}}";
	cc_buf out = CC_BUF_INIT;
	(void)state;
	assert_false(cc_mask_cell(cc_str_from(text), &out));
	assert_false(cc_mask_cell(CC_STR("{'k8s.resource.name': 'secrets'}"), &out));
	assert_true(cc_mask_cell(CC_STR("{\"kind\":\"Secret\",\"data\":{\"a\":\"1\"},\"type\":\"Opaque\",\"n\":1.50}"), &out));
	assert_string_equal(out.p, "{\"kind\":\"Secret\",\"data\":{\"a\":\"<masked>\"},\"type\":\"Opaque\",\"n\":1.50}");
	cc_buf_deinit(&out);
}

/* The items of a SecretList do not repeat their kind; who gets one as JSON must know it all the same. */
static void items_of_a_list_get_its_kind(void **state)
{
	fixture f;
	cc_json *json = NULL;
	(void)state;
	fixture_make(&f);
	fixture_object(&f, "13:00:00", "secrets", "{\"kind\":\"SecretList\",\"items\":[{\"metadata\":{\"name\":\"s\"}}]}");
	fixture_open(&f);
	assert_int_equal(cc_objects_count(f.s), 1);
	assert_int_equal(cc_objects_json(f.s, &cc_objects_get(f.s, 0)->obs[0], &json, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_json_get_str(json, "kind"), "Secret"));
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(json, "metadata.name")), "s"));
	cc_json_free(json);
	fixture_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_citation_shows_what_a_secret_holds),
		cmocka_unit_test(what_is_no_secret_stays_as_recorded),
		cmocka_unit_test(items_of_a_list_get_its_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
