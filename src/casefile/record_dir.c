/* record_dir.c - where a run begins: its folder, OUT/SCENARIO/TRIAL, numbered upward, and the list of the evidence it is of.
 *
 * The number is taken by mkdir, which only one process can win; the loser tries the next. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "casefile/record_priv.h"
#include "coldcase/file.h"

enum { TRIES = 1000 };  /* processes that may take numbers from under us before we give up */

/* Appends the scenario's name as one harmless folder name. */
static void add_scenario(cc_buf *out, cc_str scenario)
{
	if (!scenario.n)
		scenario = CC_STR("scenario");
	if (scenario.p[0] == '.')
		cc_buf_add_char(out, '_');
	for (size_t i = 0; i < scenario.n; i++) {
		unsigned char c = (unsigned char)scenario.p[i];

		cc_buf_add_char(out, c < 0x21 || c == '/' || c == 0x7f ? '_' : (char)c);
	}
}

static int64_t largest_trial(const char *path)
{
	DIR *d = opendir(path);
	int64_t largest = 0, n;
	struct dirent *e;

	if (!d)
		return 0;
	while ((e = readdir(d)))
		if (cc_str_to_i64(cc_str_from(e->d_name), &n) && n > largest && n < INT32_MAX)
			largest = n;
	closedir(d);
	return largest;
}

static cc_code make_trial(cc_buf *dir, uint32_t *trial, cc_err *err)
{
	size_t parent = dir->n;
	int64_t n = largest_trial(dir->p) + 1;

	for (int i = 0; i < TRIES; i++, n++) {
		cc_buf_truncate(dir, parent);
		cc_buf_addf(dir, "/%lld", (long long)n);
		if (!cc_buf_ok(dir))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		if (mkdir(dir->p, 0700) == 0) {
			*trial = (uint32_t)n;
			return CC_OK;
		}
		if (errno != EEXIST)
			return cc_err_errno(err, errno, dir->p);
	}
	return cc_err_set(err, CC_ELIMIT, "%s: no free number for a new run", dir->p);
}

cc_code cc_record_make_dir(cc_buf *dir, uint32_t *trial, const char *out_dir, cc_str scenario, cc_err *err)
{
	cc_buf name = CC_BUF_INIT;
	cc_code code;

	add_scenario(&name, scenario);
	if (!cc_buf_ok(&name)) {
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
		goto done;
	}
	cc_path_join(dir, out_dir, name.p);
	if (!cc_buf_ok(dir)) {
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
		goto done;
	}
	code = cc_dir_make(dir->p, err);
	if (code == CC_OK)
		code = make_trial(dir, trial, err);
done:
	cc_buf_deinit(&name);
	return code;
}

bool cc_record_list_files(const cc_snapshot *s, cc_arena *arena, cc_record_header *header)
{
	size_t n = cc_snapshot_file_count(s);
	unsigned unread = cc_snapshot_left_out(s) | cc_snapshot_heads(s);
	cc_record_file *files = cc_arena_array(arena, n, sizeof *files);
	if (!files)
		return false;
	for (size_t i = 0; i < n; i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		files[i] = (cc_record_file){ f->path, f->bytes, f->records, f->skipped, unread & CC_KIND_BIT(f->kind) };
	}
	header->files = files;
	header->file_count = n;
	return true;
}
