/* pack_fixture.h - what the tests of case files share: an incident, a list that fits hand-made members, and what is left behind. */
#ifndef COLDCASE_TEST_PACK_FIXTURE_H
#define COLDCASE_TEST_PACK_FIXTURE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "support/case_file.h"
#include "support/scratch.h"

#define ID "case-0123456789ab"
#define EVENTS "evidence/k8s_events_raw.tsv"
#define LOGS "evidence/otel_logs_raw.tsv"

static inline cc_str S(const char *z)
{
	return cc_str_from(z);
}

/* One member of a hand-made list; bytes SIZE_MAX and sum NULL: those of the text. */
typedef struct listed { const char *path, *text; unsigned long long bytes; const char *sum; } listed;
#define AS_IS ULLONG_MAX

static inline void list_text(cc_buf *out, const listed *members, size_t n)
{
	char sum[65];
	cc_buf_addf(out, "{\"format\":\"coldcase-case\",\"version\":1,\"id\":\"" ID "\",\"made_by\":\"test\",\"truth_seal\":null,"
		"\"snapshot_sha256\":\"%064d\",\"members\":[", 0);
	for (size_t i = 0; i < n; i++) {
		cc_sha256_of(S(members[i].text), sum);
		cc_buf_addf(out, "%s{\"path\":", i ? "," : "");
		cc_json_write_str(out, S(members[i].path));
		cc_buf_addf(out, ",\"bytes\":%llu,\"sha256\":\"%s\"}", members[i].bytes == AS_IS ? (unsigned long long)strlen(members[i].text) :
			members[i].bytes, members[i].sum ? members[i].sum : sum);
	}
	cc_buf_addz(out, "]}\n");
}

/* A tar that begins with a list of these. */
static inline void begin_tar(cc_buf *tar, const listed *members, size_t n)
{
	cc_buf list = CC_BUF_INIT;
	list_text(&list, members, n);
	tar_file(tar, CC_PACK_LIST_FILE, cc_buf_str(&list));
	cc_buf_deinit(&list);
}

/* As a case file in the scratch folder. Ends and releases the tar. The path is good until the 16th next call. */
static inline const char *put_case(const char *name, cc_buf *tar)
{
	static char paths[16][300];
	static size_t calls;
	char *path = paths[calls++ % 16];
	cc_buf file = CC_BUF_INIT;
	tar_end(tar);
	zstd_store(&file, cc_buf_str(tar));
	add_trailer(&file);
	test_tree_bytes(&scratch, name, cc_buf_str(&file));
	cc_buf_deinit(&file);
	cc_buf_deinit(tar);
	snprintf(path, sizeof paths[0], "%s", test_tree_path(&scratch, name));
	return path;
}

/* Entries of a folder of the scratch tree; 0 also when it is not there. */
static inline size_t entries(const char *path)
{
	size_t n = 0;
	DIR *d = opendir(test_tree_path(&scratch, path));
	for (const struct dirent *e; d && (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (d)
		closedir(d);
	return n;
}

static inline void assert_says(const cc_err *err, const char *part)
{
	if (!strstr(err->message, part) && !strstr(err->hint, part))
		fail_msg("'%s' (hint '%s') does not say '%s'", err->message, err->hint, part);
}

#endif
