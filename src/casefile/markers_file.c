/* markers_file.c - markers set by hand, in a file beside the record that they belong to. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/markers.h"

enum { FILE_MAX = 1 << 22 };

void cc_markers_path(const char *run_path, cc_buf *out)
{
	struct stat st;
	cc_str path = cc_str_from(run_path);

	if (stat(run_path, &st) == 0 && S_ISDIR(st.st_mode)) {
		cc_path_join(out, run_path, CC_MARKERS_FILE);
		return;
	}
	if (cc_str_eqz(path, CC_RECORD_FILE) || cc_str_ends(path, CC_STR("/" CC_RECORD_FILE))) {
		cc_buf_add(out, cc_str_strip_suffix(path, CC_STR(CC_RECORD_FILE)));
		cc_buf_addz(out, CC_MARKERS_FILE);
		return;
	}
	cc_buf_addf(out, "%s." CC_MARKERS_FILE, run_path);
}

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- reading --- */

static cc_code take(cc_markers *m, const cc_json *entry, size_t *left_out, cc_err *err)
{
	int64_t step;
	cc_code code = CC_EUSAGE;

	if (cc_json_int(cc_json_get(entry, "step"), &step) && step >= 0)
		code = cc_markers_set(m, (size_t)step, cc_json_get_str(entry, "caption"), err);
	if (code != CC_EUSAGE)
		return code;
	++*left_out;
	cc_err_clear(err);
	return CC_OK;
}

static cc_code take_all(cc_markers *m, const char *path, cc_str text, size_t *left_out, cc_err *err)
{
	cc_json *json = NULL;
	int64_t version = 0;
	cc_err inner = { 0 };
	cc_code code = cc_json_parse(&json, text, &inner);

	if (code == CC_EFORMAT)
		cc_err_set(err, code, "%s: %s", path, inner.message);
	else if (code != CC_OK)
		no_memory(err);
	if (code == CC_OK && (!cc_str_eqz(cc_json_get_str(json, "format"), CC_MARKERS_FORMAT) ||
			!cc_json_int(cc_json_get(json, "version"), &version) || version != CC_MARKERS_VERSION))
		code = cc_err_set(err, CC_EFORMAT, "%s: is no list of markers that this version knows", path);
	for (const cc_json *v = code == CC_OK ? cc_json_first(cc_json_get(json, "markers")) : NULL; v && code == CC_OK; v = cc_json_next(v))
		code = take(m, v, left_out, err);
	cc_json_free(json);
	return code;
}

cc_code cc_markers_load(cc_markers *m, const char *run_path, size_t *left_out, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code;

	*left_out = 0;
	cc_markers_path(run_path, &path);
	code = cc_buf_ok(&path) ? cc_file_read(&text, path.p, FILE_MAX, err) : no_memory(err);
	if (code == CC_OK)
		code = take_all(m, path.p, cc_buf_str(&text), left_out, err);
	else if (code == CC_ENOTFOUND) {
		cc_err_clear(err);
		code = CC_OK;
	}
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

/* --- writing --- */

static size_t write_all(const cc_markers *m, cc_buf *out)
{
	size_t n = 0;
	cc_jw w;

	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "format");
	cc_jw_strz(&w, CC_MARKERS_FORMAT);
	cc_jw_key(&w, "version");
	cc_jw_int(&w, CC_MARKERS_VERSION);
	cc_jw_key(&w, "markers");
	cc_jw_array(&w);
	for (size_t i = 0; i < cc_markers_count(m); i++) {
		const cc_marker *marker = cc_markers_get(m, i);

		if (marker->kind != CC_MARKER_HAND)
			continue;
		n++;
		cc_jw_object(&w);
		cc_jw_key(&w, "step");
		cc_jw_int(&w, (int64_t)marker->step);
		cc_jw_key(&w, "caption");
		cc_jw_str(&w, marker->caption);
		cc_jw_end_object(&w);
	}
	cc_jw_end_array(&w);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
	return n;
}

cc_code cc_markers_save(const cc_markers *m, const char *run_path, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	size_t n = write_all(m, &text);
	cc_code code = CC_OK;

	cc_markers_path(run_path, &path);
	if (!cc_buf_ok(&path) || !cc_buf_ok(&text))
		code = no_memory(err);
	else if (n)
		code = cc_file_write(path.p, cc_buf_str(&text), err);
	else if (unlink(path.p) != 0 && errno != ENOENT)
		code = cc_err_errno(err, errno, path.p);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}
