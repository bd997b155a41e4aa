/* session_stages.c - a session over evidence that is still being read.
 *
 * Snapshots never change: a fuller one takes the place of the one before, between two commands. What the case keeps by
 * entity goes over by name; citations need no care, for all stages list the same files. Older snapshots stay until the
 * session ends. A query asked meanwhile is paid once: whoever asks the same again gets the fuller answer for nothing,
 * so that no investigation depends on how fast a disk was. */
#include "cmd/session_priv.h"

#include "coldcase/clock.h"
#include "coldcase/entity.h"
#include "coldcase/logs.h"
#include "coldcase/spans.h"

static unsigned unread_kinds(const cc_session *s)
{
	return cc_snapshot_left_out(s->snapshot) | cc_snapshot_heads(s->snapshot);
}

static unsigned present_kinds(const cc_snapshot *s)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		kinds |= CC_KIND_BIT(cc_snapshot_file(s, i)->kind);
	return kinds & CC_KINDS_ALL;
}

/* --- beginning --- */

/* The caller's texts end with the call that opens the session; the record begins later. */
static bool keep_options(cc_session *s, const cc_session_options *opt)
{
	const char *const texts[] = { opt->out_dir, opt->actor_name, opt->assistance };
	const char *copies[3];

	for (size_t i = 0; i < 3; i++) {
		copies[i] = texts[i] ? cc_arena_dupz(s->seen_arena, cc_str_from(texts[i])) : NULL;
		if (texts[i] && !copies[i])
			return false;
	}
	s->late = *opt;
	s->late.out_dir = copies[0];
	s->late.actor_name = copies[1];
	s->late.assistance = copies[2];
	return true;
}

cc_code cc_session_stages_begin(cc_session *s, const cc_session_options *opt, cc_err *err)
{
	if (!keep_options(s, opt))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	s->record_due = opt->out_dir != NULL;
	return cc_loader_start(&s->loader, s->snapshot, opt, err);
}

cc_code cc_session_stages_record(cc_session *s, cc_err *err)
{
	cc_code code;

	if (!s->record_due)
		return CC_OK;
	(void)cc_loader_seal(s->loader, true, &s->late.truth_seal);
	code = cc_session_record_open(s, &s->late, err);
	s->record_due = code != CC_OK;
	return code;
}

/* --- swapping --- */

typedef struct swap { const cc_snapshot *from, *to; } swap;

/* "shop/Deployment/cart", for suspects that were named before the snapshot knew them. */
static cc_entity_id find_named(const cc_snapshot *s, cc_str name)
{
	cc_str ns, kind, rest;

	if (!cc_str_cut(name, '/', &ns, &rest) || !cc_str_cut(rest, '/', &kind, &rest))
		return 0;
	return cc_entity_find(s, ns, kind, rest);
}

static cc_entity_id move_entity(void *arg, cc_str name, cc_entity_id entity)
{
	const swap *w = arg;

	return entity ? cc_entity_in(w->to, w->from, entity) : name.n ? find_named(w->to, name) : 0;
}

static void replace(cc_session *s, cc_snapshot *fuller)
{
	swap w = { s->snapshot, fuller };

	cc_case_rebind(s->kase, move_entity, &w);
	if (s->record)
		cc_record_rebind(s->record, fuller);
	s->older.p[s->older.n++] = s->snapshot;
	s->snapshot = fuller;
	s->onset = cc_session_find_onset(s, fuller);
	cc_session_note_alarm(s);
}

cc_code cc_session_replace(cc_session *s, cc_snapshot *fuller, cc_err *err)
{
	if (!cc_vec_reserve(&s->older, 1)) {
		cc_snapshot_free(fuller);
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	replace(s, fuller);
	return CC_OK;
}

/* The header was written before anything was read: what the files hold is told now. */
static void record_files(cc_session *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_jw w;

	if (!s->record || cc_record_ended(s->record))
		return;
	cc_jw_init(&w, &b, 0);
	cc_jw_array(&w);
	for (size_t i = 0; i < cc_snapshot_file_count(s->snapshot); i++) {
		const cc_file *f = cc_snapshot_file(s->snapshot, i);

		cc_jw_object(&w);
		cc_jw_key(&w, "path");
		cc_jw_str(&w, f->path);
		cc_jw_key(&w, "records");
		cc_jw_int(&w, (int64_t)f->records);
		cc_jw_key(&w, "skipped");
		cc_jw_int(&w, (int64_t)f->skipped);
		cc_jw_end_object(&w);
	}
	cc_jw_end_array(&w);
	cc_session_record_problem(s,
		cc_record_add_event(s->record, &(cc_record_event){ CC_STR("loaded"), cc_buf_str(&b) }, &err), &err);
	cc_buf_deinit(&b);
}

static void end_loading(cc_session *s)
{
	cc_loader_stop(s->loader);
	s->loader = NULL;
	record_files(s);
	cc_session_digest_start(s);
	cc_logs_warm_bodies(s->snapshot);
}

static cc_code poll_locked(cc_session *s, bool *fuller, cc_err *err)
{
	const char *seal;
	cc_snapshot *next = NULL;
	cc_code code;

	if (!cc_loader_seal(s->loader, false, &seal))
		return CC_OK;
	if (!cc_vec_reserve(&s->older, 1))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_session_stages_record(s, err);
	if (code == CC_OK)
		code = cc_loader_take(s->loader, &next, err);
	if (next)
		replace(s, next);
	if (next && code == CC_OK)
		code = cc_session_cut(s, NULL, err);
	*fuller = next != NULL;
	if (code == CC_OK && !unread_kinds(s))
		end_loading(s);
	return code;
}

cc_code cc_session_poll(cc_session *s, bool *fuller, cc_err *err)
{
	cc_code code;

	*fuller = false;
	if (!s->loader)
		return CC_OK;
	pthread_mutex_lock(&s->lock);
	code = poll_locked(s, fuller, err);
	pthread_mutex_unlock(&s->lock);
	return code;
}

cc_code cc_session_wait(cc_session *s, cc_err *err)
{
	cc_code code = CC_OK;
	const char *seal;
	bool fuller;

	while (s->loader && code == CC_OK) {
		(void)cc_loader_seal(s->loader, true, &seal);
		cc_loader_wait(s->loader);
		code = cc_session_poll(s, &fuller, err);
	}
	return code;
}

/* --- telling --- */

cc_loading cc_session_loading(const cc_session *s)
{
	return s->loader ? cc_loader_progress(s->loader) : (cc_loading){ .left_ns = CC_TIME_NONE };
}

cc_entity_id cc_session_moved(const cc_session *s, cc_entity_id before)
{
	return s->older.n ? cc_entity_in(s->snapshot, s->older.p[s->older.n - 1], before) : before;
}

bool cc_session_unread(const cc_session *s, const cc_cmd *cmd)
{
	unsigned needs = cmd->reads & present_kinds(s->snapshot);

	return needs && (needs & cc_snapshot_left_out(s->snapshot)) == needs;
}

unsigned cc_session_lacks(const cc_session *s, const cc_cmd *cmd)
{
	return cmd ? cmd->reads & unread_kinds(s) : 0;
}

static void list_kinds(unsigned kinds, cc_buf *out)
{
	for (int kind = 0; kind < CC_FILE_KINDS; kind++)
		if (kinds & CC_KIND_BIT(kind))
			cc_buf_addf(out, "%s%s", out->n ? ", " : "", cc_file_kind_name((cc_file_kind)kind));
}

static void say_how_far(const cc_loading *p, cc_buf *out)
{
	cc_buf_addf(out, " (%d %%", p->bytes_total ? (int)(p->bytes_done * 100 / p->bytes_total) : 0);
	if (p->bytes_per_s > 0)
		cc_buf_addf(out, ", %.0f MB/s", p->bytes_per_s / 1e6);
	if (p->left_ns != CC_TIME_NONE)
		cc_buf_addf(out, ", %lld s left", (long long)((p->left_ns + CC_NS_PER_S - 1) / CC_NS_PER_S));
	cc_buf_add_char(out, ')');
}

static void remark(const cc_session *s, unsigned kinds, const char *what, cc_reply *reply)
{
	cc_buf b = CC_BUF_INIT;
	cc_loading p = cc_session_loading(s);

	list_kinds(kinds, &b);
	cc_buf_addf(&b, ": %s", what);
	say_how_far(&p, &b);
	if (kinds && cc_buf_ok(&b))
		cc_reply_add_remark(reply, "%s", b.p);
	cc_buf_deinit(&b);
}

void cc_session_say_loading(const cc_session *s, const cc_cmd *cmd, cc_reply *reply)
{
	unsigned lacks = cc_session_lacks(s, cmd), heads = lacks & cc_snapshot_heads(s->snapshot);

	if (!lacks)
		return;
	cc_reply_set_partial(reply);
	remark(s, lacks & ~heads, "still being read", reply);
	remark(s, heads, "only the first records have been read so far", reply);
}

/* Rows are in time order, those without a time first. */
static cc_range logs_range(const cc_snapshot *s)
{
	size_t n = cc_logs_count(s), i = 0;

	while (i < n && cc_logs_get(s, i)->time_ns == CC_TIME_NONE)
		i++;
	return i < n ? (cc_range){ cc_logs_get(s, i)->time_ns, cc_logs_get(s, n - 1)->time_ns } :
		(cc_range){ CC_TIME_NONE, CC_TIME_NONE };
}

static cc_range spans_range(const cc_snapshot *s)
{
	cc_range r = { CC_TIME_NONE, CC_TIME_NONE };

	for (size_t i = 0; i < cc_spans_count(s); i++) {
		int64_t ns = cc_spans_get(s, i)->start_ns;

		if (ns == CC_TIME_NONE)
			continue;
		r.from_ns = r.from_ns == CC_TIME_NONE || ns < r.from_ns ? ns : r.from_ns;
		r.to_ns = r.to_ns == CC_TIME_NONE || ns > r.to_ns ? ns : r.to_ns;
	}
	return r;
}

void cc_session_note_loading(const cc_session *s, const cc_cmd *cmd, cc_arena *arena, cc_record_step *step)
{
	unsigned heads = cc_snapshot_heads(s->snapshot), whole = present_kinds(s->snapshot) & ~unread_kinds(s);
	cc_str *names = cc_arena_array(arena, CC_FILE_KINDS, sizeof *names);
	cc_record_head *parts = cc_arena_array(arena, 2, sizeof *parts);

	if (!cc_session_lacks(s, cmd) || !names || !parts)
		return;
	for (int kind = 0; kind < CC_FILE_KINDS; kind++)
		if (whole & CC_KIND_BIT(kind))
			names[step->whole_count++] = cc_str_from(cc_file_kind_name((cc_file_kind)kind));
	if (heads & CC_KIND_BIT(CC_FILE_LOGS))
		parts[step->head_count++] = (cc_record_head){ cc_str_from(cc_file_kind_name(CC_FILE_LOGS)),
			logs_range(s->snapshot) };
	if (heads & CC_KIND_BIT(CC_FILE_TRACES))
		parts[step->head_count++] = (cc_record_head){ cc_str_from(cc_file_kind_name(CC_FILE_TRACES)),
			spans_range(s->snapshot) };
	step->loading = true;
	step->whole = names;
	step->heads = parts;
}
