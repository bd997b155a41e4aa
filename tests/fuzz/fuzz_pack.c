/* fuzz_pack.c - any bytes as the archive inside a case file, and as its list. 'T' and a tar: wrapped as zstd would store it, with the sum
 * behind, so that what is changed reaches the reader. Anything else is a list. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/case_file.h"
#include "coldcase/file.h"
#include "fuzz.h"

static char file[64], dir[64];

static void put(cc_str tar)
{
	cc_buf packed = CC_BUF_INIT;
	FILE *f = fopen(file, "wb");
	zstd_store(&packed, tar);
	add_trailer(&packed);
	must(f && fwrite(packed.p, 1, packed.n, f) == packed.n && fclose(f) == 0);
	cc_buf_deinit(&packed);
}

/* What was taken is what the list says, all of it and nothing else. */
static void check_taken(void)
{
	cc_pack_list *l;
	cc_buf place = CC_BUF_INIT;
	struct stat st;
	must(cc_pack_read_list(&l, file, NULL) == CC_OK);
	for (size_t i = 0; i < l->count; i++) {
		cc_buf_clear(&place);
		cc_buf_addf(&place, "%s/", dir);
		pack_place_of(&place, l, l->members[i].path);
		must(lstat(place.p, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == l->members[i].bytes);
		must(!cc_pack_path_problem(l->members[i].path));
	}
	cc_buf_deinit(&place);
	cc_pack_list_free(l);
}

static void as_archive(cc_str tar)
{
	cc_err err = { 0 };
	put(tar);
	if (cc_pack_unpack(file, dir, NULL, &err) == CC_OK) {
		check_taken();
		pack_remove_tree(AT_FDCWD, dir);
	} else {
		must(err.message[0] && access(dir, F_OK) != 0);
	}
	unlink(file);
}

static void as_list(cc_str text)
{
	cc_pack_list *l, *again;
	cc_buf out = CC_BUF_INIT;
	if (cc_pack_list_parse(&l, text, "fuzz", NULL) != CC_OK)
		return;
	cc_pack_list_write(&out, l);
	must(cc_pack_list_parse(&again, cc_buf_str(&out), "fuzz", NULL) == CC_OK);
	must(strcmp(l->sha256, again->sha256) == 0 && l->count == again->count && l->bytes == again->bytes);
	cc_buf_deinit(&out);
	cc_pack_list_free(again);
	cc_pack_list_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	snprintf(file, sizeof file, "fuzz-pack-%ld.case", (long)getpid());
	snprintf(dir, sizeof dir, "fuzz-pack-%ld.dir", (long)getpid());
	if (size && text.p[0] == 'T')
		as_archive(cc_str_sub(text, 1, size));
	else
		as_list(text);
	return 0;
}
