/* evidence_of.c - where the evidence of a record lies now: as it is said, else where the record says, else in the known incident of
 * that name when its files are those of the record. Records travel, and are committed, without a path that means something there. */
#include "app/app.h"

#include <sys/stat.h>

#include "coldcase/file.h"

static bool is_there(const cc_buf *path)
{
	struct stat st;
	return path->n && stat(path->p, &st) == 0;
}

/* Told by their sizes: whoever runs the record again compares contents. */
static bool has_files(const char *dir, const cc_record_header *h)
{
	bool same = h->file_count > 0;
	for (size_t i = 0; i < h->file_count && same; i++) {
		struct stat st;
		cc_buf name = CC_BUF_INIT, path = CC_BUF_INIT;
		cc_buf_add(&name, h->files[i].path);
		if (name.p)
			cc_path_join(&path, dir, name.p);
		same = path.p && stat(path.p, &st) == 0 && (uint64_t)st.st_size == h->files[i].bytes;
		cc_buf_deinit(&name);
		cc_buf_deinit(&path);
	}
	return same;
}

static cc_code find_known(const app_options *o, const cc_record_header *h, cc_buf *out, cc_err *err)
{
	cc_buf name = CC_BUF_INIT, path = CC_BUF_INIT;
	cc_buf_add(&name, h->scenario);
	cc_code code = name.n ? app_find_incident(o, name.p, &path, err) : CC_OK;
	if (code == CC_OK && path.n && has_files(path.p, h)) {
		cc_buf_clear(out);
		cc_buf_add(out, cc_buf_str(&path));
	}
	cc_buf_deinit(&name);
	cc_buf_deinit(&path);
	return code;
}

cc_code app_evidence_of(const app_options *o, const cc_run *run, cc_buf *out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	if (o->incident)
		return app_find_incident(o, o->incident, out, err);
	if (!h)
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	cc_buf_add(out, h->snapshot_path);
	cc_code code = is_there(out) ? CC_OK : find_known(o, h, out, err);
	if (code == CC_OK && !cc_buf_ok(out))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}
