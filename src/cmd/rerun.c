/* rerun.c - runs a record again; see rerun.h. */
#include "coldcase/rerun.h"

#include <string.h>

#include "cmd/session_priv.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"

struct cc_rerun {
	const cc_run *run;
	cc_session *session;
	cc_buf dir;
	bool no_cache;
	size_t next;
	cc_reply *reply;         /* of the step before */
	cc_buf why;
};

bool cc_rerun_is_exempt(const cc_record_step *step)
{
	const cc_cmd *cmd;
	if (step->command.n && cc_cmd_find(step->command, &cmd, NULL) == CC_OK && (cmd->flags & CC_CMD_CLOCK))
		return true;
	return step->code == CC_OK ? !step->answered || !step->shown.digest.n : step->answered;
}

/* --- evidence as the step had it --- */

static unsigned kind_named(cc_str name)
{
	for (int k = 0; k < CC_FILE_KINDS; k++)
		if (cc_str_eqz(name, cc_file_kind_name((cc_file_kind)k)))
			return CC_KIND_BIT(k);
	return 0;
}

static cc_code open_as(cc_rerun *r, const cc_record_step *step, cc_cancel *cancel, cc_snapshot **out, cc_err *err)
{
	cc_snapshot_options how = { .cancel = cancel, .no_cache = r->no_cache };
	unsigned kinds = 0;
	if (step && step->loading) {
		for (size_t i = 0; i < step->whole_count; i++)
			kinds |= kind_named(step->whole[i]);
		for (size_t i = 0; i < step->head_count; i++)
			kinds |= kind_named(step->heads[i].kind);
		how.left_out = CC_KINDS_ALL & ~kinds;
		how.head_bytes = step->head_count ? CC_LOADER_HEAD_BYTES : 0;
	}
	return cc_snapshot_open(out, r->dir.p, &how, err);
}

static bool reads_the_same(const cc_rerun *r, const cc_record_step *step)
{
	const cc_snapshot *s = cc_session_snapshot(r->session);
	unsigned whole = 0, heads = 0;
	for (size_t i = 0; i < step->whole_count; i++)
		whole |= kind_named(step->whole[i]);
	for (size_t i = 0; i < step->head_count; i++)
		heads |= kind_named(step->heads[i].kind);
	return cc_snapshot_heads(s) == heads && (cc_snapshot_left_out(s) & (whole | heads)) == 0;
}

static bool lacks_nothing(const cc_rerun *r, const cc_record_step *step)
{
	const cc_cmd *cmd;
	return cc_cmd_find(step->command, &cmd, NULL) != CC_OK || !cc_session_lacks(r->session, cmd);
}

/* A step that does not say "still being read" had all it needed, and needs no more now. */
static cc_code move_on(cc_rerun *r, const cc_record_step *step, cc_cancel *cancel, cc_err *err)
{
	cc_snapshot *other;
	if (step->loading ? reads_the_same(r, step) : lacks_nothing(r, step))
		return CC_OK;
	cc_code code = open_as(r, step, cancel, &other, err);
	return code == CC_OK ? cc_session_replace(r->session, other, err) : code;
}

/* The step that was answered with the least evidence is the first that says so; NULL: none does. */
static const cc_record_step *first_partial(const cc_run *run)
{
	for (size_t i = 0; i < cc_run_step_count(run); i++)
		if (cc_run_step(run, i)->as.step->loading)
			return cc_run_step(run, i)->as.step;
	return NULL;
}

cc_code cc_rerun_open(cc_rerun **out, const cc_run *run, const char *dir, bool no_cache, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	cc_rerun *r = *out = cc_calloc(1, sizeof *r);
	cc_snapshot *s = NULL;
	char assist[16] = "";
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	r->run = run;
	r->no_cache = no_cache;
	cc_code code = h ? CC_OK : cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	if (code == CC_OK) {
		cc_buf_add(&r->dir, dir ? cc_str_from(dir) : h->snapshot_path);
		if (!cc_buf_ok(&r->dir) || !r->dir.p)
			code = cc_err_set(err, CC_ENOTFOUND, "the record does not say where its evidence lies");
		if (h->assistance.n < sizeof assist)
			memcpy(assist, h->assistance.p, h->assistance.n);
	}
	if (code == CC_OK)
		code = open_as(r, first_partial(run), NULL, &s, err);
	if (code == CC_OK)
		code = cc_session_open_with(&r->session, s, &(cc_session_options){ .dir = r->dir.p, .budget = h->budget,
			.agent = h->agent, .known_only = h->known_only, .live_again = h->live.speed ? &h->live : NULL, .pause_at_start = true, .assistance = *assist ? assist : NULL }, err);
	if (code != CC_OK) {
		cc_rerun_close(r);
		*out = NULL;
	}
	return code;
}

void cc_rerun_close(cc_rerun *r)
{
	if (!r)
		return;
	cc_reply_unref(r->reply);
	cc_session_close(r->session);
	cc_buf_deinit(&r->dir);
	cc_buf_deinit(&r->why);
	cc_free(r);
}

const cc_snapshot *cc_rerun_snapshot(const cc_rerun *r)
{
	return cc_session_snapshot(r->session);
}

void cc_rerun_grown(cc_rerun *r, const cc_run *run)
{
	r->run = run;
}

/* --- one step --- */

static void compare(cc_rerun *r, cc_rerun_step *out)
{
	const cc_record_step *step = out->step;
	cc_buf canonical = CC_BUF_INIT;
	char digest[65] = "";
	out->verdict = CC_RERUN_SAME;
	if (out->code != step->code) {
		out->verdict = CC_RERUN_DIFFERS;
		cc_buf_addf(&r->why, "it ended with \"%s\", recorded \"%s\"", cc_code_text(out->code), cc_code_text(step->code));
	} else if (out->reply) {
		cc_reply_write_canonical(out->reply, &canonical);
		cc_sha256_of(cc_buf_str(&canonical), digest);
		if (!cc_str_eqz(step->shown.digest, digest)) {
			out->verdict = CC_RERUN_DIFFERS;
			cc_buf_addf(&r->why, "the answer is another one: %llu of %llu rows, recorded %llu of %llu",
				(unsigned long long)cc_reply_paging(out->reply).returned_count,
				(unsigned long long)cc_reply_paging(out->reply).total_count, (unsigned long long)step->shown.rows,
				(unsigned long long)step->shown.total);
		}
	}
	cc_buf_deinit(&canonical);
	out->why = cc_buf_str(&r->why);
}

cc_code cc_rerun_next(cc_rerun *r, cc_cancel *cancel, cc_rerun_step *out, cc_err *err)
{
	const cc_record_line *line = cc_run_step(r->run, r->next);
	cc_err inner = { 0 };
	*out = (cc_rerun_step){ 0 };
	if (!line)
		return cc_err_set(err, CC_ENOTFOUND, "the record has no more steps");
	cc_reply_unref(r->reply);
	r->reply = NULL;
	cc_buf_clear(&r->why);
	out->step = line->as.step;
	cc_code code = move_on(r, out->step, cancel, err);
	if (code != CC_OK)
		return code;
	if (out->step->now_ns)
		cc_session_set_now(r->session, out->step->now_ns);
	if (cc_session_lead_again(r->session, out->step)) {
		out->verdict = CC_RERUN_EXEMPT;
		r->next++;
		return CC_OK;
	}
	cc_session_look_again(r->session, out->step->stopped ? out->step->looked : UINT64_MAX);
	out->code = cc_session_run(r->session, out->step->line, cancel, &r->reply, &inner);
	out->reply = r->reply;
	if (out->code == CC_ENOMEM || (out->code == CC_ECANCELED && out->step->code != CC_ECANCELED))
		return cc_err_set(err, out->code, "%s", inner.message);
	r->next++;
	if (cc_rerun_is_exempt(out->step))
		out->verdict = CC_RERUN_EXEMPT;
	else
		compare(r, out);
	return CC_OK;
}

/* --- the evidence of then and of now --- */

static const cc_file *file_at(const cc_snapshot *s, cc_str path)
{
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		if (cc_str_eq(cc_snapshot_file(s, i)->path, path))
			return cc_snapshot_file(s, i);
	return NULL;
}

size_t cc_rerun_evidence_differs(const cc_run *run, const cc_snapshot *s, cc_buf *out)
{
	const cc_record_header *h = cc_run_header(run);
	size_t n = 0;
	for (size_t i = 0; h && i < h->file_count; i++) {
		const cc_record_file *then = &h->files[i];
		const cc_file *now = file_at(s, then->path);
		if (!now)
			cc_buf_addf(out, "%.*s: is not there any more\n", CC_STR_ARG(then->path));
		else if (now->bytes != then->bytes)
			cc_buf_addf(out, "%.*s: %llu bytes, recorded %llu\n", CC_STR_ARG(then->path), (unsigned long long)now->bytes,
				(unsigned long long)then->bytes);
		else if (!then->unread && now->records != then->records)
			cc_buf_addf(out, "%.*s: %llu records, recorded %llu\n", CC_STR_ARG(then->path), (unsigned long long)now->records,
				(unsigned long long)then->records);
		else
			continue;
		n++;
	}
	for (size_t i = 0; h && h->file_count && i < cc_snapshot_file_count(s); i++) {
		bool known = false;
		for (size_t k = 0; k < h->file_count && !known; k++)
			known = cc_str_eq(h->files[k].path, cc_snapshot_file(s, i)->path);
		if (!known)
			cc_buf_addf(out, "%.*s: is new\n", CC_STR_ARG(cc_snapshot_file(s, i)->path));
		n += !known;
	}
	return n;
}
