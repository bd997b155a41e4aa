/* app_replay_truth.c - what only the truth can tell of a record: markers where a true cause was first on the screen, and at the first
 * wrong turn. Another process opens the truth (law 6); here its verdict is read. */
#include "app/app.h"

#include "coldcase/json.h"

/* Steps are told by their numbers, which lost lines may have set apart from their places. */
static bool place_of(const cc_run *run, int64_t number, size_t *step)
{
	size_t n = cc_run_step_count(run);
	if (number < 1)
		return false;
	for (size_t i = (uint64_t)number < n ? (size_t)number : n; i-- > 0;)
		if (cc_run_step(run, i)->as.step->number == (uint64_t)number) {
			*step = i + 1;
			return true;
		}
	return false;
}

cc_code app_mark_truth(cc_markers *m, const cc_run *run, cc_marker_kind kind, int64_t number, cc_str name, cc_err *err)
{
	size_t step;
	cc_buf caption = CC_BUF_INIT;
	if (!place_of(run, number, &step))
		return CC_OK;
	cc_buf_addf(&caption, "%s: %.*s", kind == CC_MARKER_WRONG ? "the first wrong turn" : "a true cause, or a part of it, is first shown", CC_STR_ARG(name));
	cc_code code = cc_markers_add(m, &(cc_marker){ step, kind, cc_buf_str(&caption) }, err);
	cc_buf_deinit(&caption);
	return code;
}

static cc_code add(cc_playback *p, const cc_json *number, cc_marker_kind kind, cc_str name, cc_err *err)
{
	int64_t n;
	if (!cc_json_int(number, &n))
		return CC_OK;
	return app_mark_truth(cc_playback_markers(p), cc_playback_run(p), kind, n, name, err);
}

static cc_code add_all(cc_playback *p, const cc_json *review, cc_err *err)
{
	const cc_json *summary = cc_json_get(review, "summary");
	cc_code code = add(p, cc_json_get(summary, "wrong_step"), CC_MARKER_WRONG, cc_json_get_str(summary, "wrong_name"), err);
	for (const cc_json *c = cc_json_first(cc_json_get(review, "causes")); c && code == CC_OK; c = cc_json_next(c))
		code = add(p, cc_json_get(c, "encountered"), CC_MARKER_CAUSE, cc_json_get_str(c, "cause"), err);
	return code;
}

cc_code app_reveal(const app_options *o, const char *run_path, bool unfinished, cc_playback *p, app_review_page *page, cc_err *err)
{
	const char *given[][2] = { { "--incident", o->incident }, { "--truth", o->truth }, { "--passphrase-file", o->passphrase_file } };
	const char *argv[12] = { "review", run_path, "--json" };
	size_t n = 3;
	if (unfinished)
		argv[n++] = "--reveal";
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
		if (given[i][1]) {
			argv[n++] = given[i][0];
			argv[n++] = given[i][1];
		}
	cc_buf text = CC_BUF_INIT;
	cc_json *review = NULL;
	int status = 0;
	cc_code code = app_spawn(o, argv, &text, &status, err);
	if (code == CC_OK && status != 0) {
		code = cc_err_set(err, CC_ENOTFOUND, "there is no verdict on this record");
		cc_err_hint(err, "coldcase review says why; --truth names the ground truth");
	}
	if (code == CC_OK)
		code = cc_json_parse(&review, cc_buf_str(&text), err);
	if (code == CC_OK)
		code = add_all(p, review, err);
	if (code == CC_OK)
		code = app_review_page_make(page, review, err);
	cc_json_free(review);
	cc_buf_deinit(&text);
	return code;
}
