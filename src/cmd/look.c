/* look.c - see look.h. */
#include "cmd/look.h"

#include "cmd/reply_priv.h"
#include "cmd/session_priv.h"
#include "coldcase/clock.h"

cc_look *cc_session_look(cc_session *s)
{
	return &s->look;
}

/* --- showing --- */

bool cc_look_is_due(const cc_look *k)
{
	int64_t now = cc_clock_mono_ns();
	if (!k->watch)
		return false;
	if (k->shown_ns == CC_TIME_NONE)
		return now - k->began_ns >= k->watch->first_ms * CC_NS_PER_MS;
	return now - k->shown_ns >= k->watch->every_ms * CC_NS_PER_MS;
}

void cc_look_show(cc_call *c, cc_reply *r, uint64_t found)
{
	cc_look *k = cc_session_look(c->session);
	if (r) {
		r->scrub = c->session->scrub;
		cc_reply_set_partial(r);
		if (cc_reply_publish(r, c->session->snapshot, NULL) != CC_OK) {
			cc_reply_unref(r);
			r = NULL;
		}
	}
	k->watch->show(k->watch->arg, r, found, k->of ? (double)k->part / (double)k->of : 0);
	k->shown_ns = cc_clock_mono_ns();
}

typedef struct pass { cc_call *c; const cc_looking *how; const cc_filter_watch *w; } pass;

static void show_rows(const pass *p, const cc_index_vec *so_far)
{
	cc_reply *r = p->how->fill && so_far->n ? cc_reply_new(p->c->cmd->name) : NULL;
	if (r && p->how->fill(p->how->arg, so_far, r) != CC_OK) {
		cc_reply_unref(r);
		r = NULL;
	}
	cc_look_show(p->c, r, so_far->n);
}

static bool tell(void *arg, const cc_index_vec *so_far, uint64_t looked, uint64_t rows)
{
	const pass *p = arg;
	cc_look *k = cc_session_look(p->c->session);
	if (cc_canceled(p->c->cancel))
		return false;
	k->part = looked;
	k->of = rows;
	if (looked && (cc_look_is_due(k) || (p->w->waits && so_far->n)))
		show_rows(p, so_far);
	return true;
}

/* --- passes --- */

void cc_look_end(cc_look *k, cc_looked l, bool in_bytes)
{
	k->looked += l.rows;
	if (l.rows >= l.of)
		return;
	k->stopped = true;
	k->in_bytes = in_bytes;
	k->part = l.rows;
	k->of = l.of;
}

bool cc_look_accepts(cc_call *c, const cc_looking *how, cc_looked l)
{
	cc_look *k = cc_session_look(c->session);
	cc_buf ignored = CC_BUF_INIT;
	bool whole = l.rows >= l.of, fits = whole;
	if (!how)
		return whole;
	if (k->again)
		fits = whole ? k->until - k->looked >= l.of : k->until != UINT64_MAX && k->until - k->looked == l.rows;
	else if (!whole)         /* a part of an answer that was ended is a part of what there is; asked anew it is made whole */
		fits = cc_session_question(c->session, c->cmd, c->args, &ignored);
	cc_buf_deinit(&ignored);
	if (fits)
		cc_look_end(k, l, false);
	return fits;
}

/* What only counts rows beside those found is made, whoever ended the looking. */
static cc_code select_plainly(cc_call *c, cc_filter *f, cc_filter_watch *w, cc_index_vec *rows, cc_err *err)
{
	*w = (cc_filter_watch){ .most = UINT64_MAX };
	return cc_filter_select_watched(f, rows, w, cc_session_look(c->session)->stopped ? NULL : c->cancel, err);
}

cc_code cc_look_select(cc_call *c, cc_filter *f, const cc_looking *how, cc_index_vec *rows, cc_looked *looked, cc_err *err)
{
	cc_look *k = cc_session_look(c->session);
	pass p = { c, how, NULL };
	cc_filter_watch w = { .most = k->until - k->looked, .tell = k->watch ? tell : NULL, .arg = &p };
	p.w = &w;
	cc_code code = how ? cc_filter_select_watched(f, rows, &w, c->cancel, err) : select_plainly(c, f, &w, rows, err);
	*looked = (cc_looked){ w.looked, w.rows };
	if (code != CC_OK || !how)
		return code;
	if (w.looked == 0 && w.rows && k->looked == 0 && cc_canceled(c->cancel))
		return cc_err_set(err, CC_ECANCELED, "%s: canceled", c->cmd->name);
	cc_look_end(k, *looked, false);
	return CC_OK;
}

void cc_look_say(const cc_look *k, cc_reply *r)
{
	int percent = k->of ? (int)((double)k->part * 100 / (double)k->of) : 0;
	if (!k->stopped)
		return;
	cc_reply_set_stopped(r);
	cc_reply_add_remark(r, "stopped at %d %% of the %s: this is what was found; asked again it goes on to the end, at no cost", percent,
		k->in_bytes ? "file" : "rows");
}
