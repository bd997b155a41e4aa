/* session_live.c - a live drill: the horizon goes over the capture with the case clock, and alerts page as they fire.
 *
 * A command is answered from what was known at the last tick of its time (live.h), whoever asks and however fast the machine is: the
 * record keeps that tick, and running it again gives the same answers. What is on the screen follows when cc_session_advance finds
 * the next tick's snapshot ready; a thread makes it in advance, so nobody waits for it. In a class the clock is the class's. */
#include "cmd/ahead.h"
#include "cmd/session_priv.h"

#include <stdlib.h>

#include "coldcase/alerts.h"
#include "coldcase/entity.h"

/* --- beginning --- */

static int by_time(const void *a, const void *b)
{
	const cc_page_call *x = a, *y = b;

	return x->time_ns != y->time_ns ? (x->time_ns > y->time_ns ? 1 : -1) : x->alert < y->alert ? -1 : 1;
}

/* Who was paged before the capture is not paged in it. */
static cc_code list_pages(cc_session *s, cc_err *err)
{
	for (size_t i = 0; i < cc_alerts_count(s->snapshot); i++) {
		const cc_alert *a = cc_alerts_get(s->snapshot, i);
		cc_page_call page = { a->interval_count ? a->intervals[0].from_ns : CC_TIME_NONE, a };

		if (a->background || a->active_before || page.time_ns == CC_TIME_NONE)
			continue;
		if (!cc_vec_push(&s->pages, page))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (s->pages.n)
		qsort(s->pages.p, s->pages.n, sizeof *s->pages.p, by_time);
	return CC_OK;
}

static cc_code find_begin(const cc_session *s, const char *from, cc_range all, int64_t *out, cc_err *err)
{
	*out = all.from_ns;
	if (!from)
		return CC_OK;
	if (cc_str_eqz(cc_str_from(from), "page") && !s->pages.n)
		return cc_err_set(err, CC_EUSAGE, "nobody is paged in this incident: the drill cannot begin with that");
	if (cc_str_eqz(cc_str_from(from), "page"))
		*out = s->pages.p[0].time_ns;
	else if (!cc_time_parse_user(cc_str_from(from), all.from_ns, s->onset.time_ns, out)) {
		cc_err_set(err, CC_EUSAGE, "%s is no time to begin a live drill at", from);
		cc_err_hint(err, "page (when somebody is paged first), +5m after the capture begins, 17:52, T-2m");
		return CC_EUSAGE;
	}
	if (*out < all.from_ns || *out >= all.to_ns) {
		cc_err_set(err, CC_EUSAGE, "%s lies outside of the capture", from);
		cc_err_hint(err, "`coldcase info` tells from when to when it goes");
		return CC_EUSAGE;
	}
	return CC_OK;
}

static void tell_now(cc_session *s, int64_t now_ns)
{
	s->live_now_ns = now_ns;
	if (s->pages_told > cc_session_paged(s))        /* a record may go back */
		s->pages_told = cc_session_paged(s);
}

cc_code cc_session_live_begin(cc_session *s, const cc_session_options *opt, cc_err *err)
{
	cc_range all = cc_snapshot_range(s->snapshot);
	cc_live live = opt->live_again ? *opt->live_again : (cc_live){ .speed = opt->live_speed, .pausable = opt->live_pausable };
	cc_code code;

	if (!live.speed)
		return CC_OK;
	if (!opt->live_again && (all.from_ns == CC_TIME_NONE || all.from_ns == all.to_ns))
		return cc_err_set(err, CC_ESTATE, "nothing in this incident takes time: it cannot be played live");
	code = list_pages(s, err);
	if (code == CC_OK && !opt->live_again)
		code = find_begin(s, opt->live_from, all, &live.from_ns, err);
	if (!opt->live_again)
		live.to_ns = all.to_ns;
	s->live = live;
	s->live_clock = opt->live_clock;
	s->live_clock_arg = opt->live_clock_arg;
	s->live_told = opt->live_again != NULL;
	tell_now(s, live.from_ns);
	s->pages_told = cc_session_paged(s);    /* where it begins they have been seen to */
	if (opt->live_from && cc_str_eqz(cc_str_from(opt->live_from), "page"))
		s->pages_told = 0;
	return code;
}

void cc_session_live_end(cc_session *s)
{
	cc_ahead_free(s->ahead);
	s->ahead = NULL;
	cc_vec_deinit(&s->pages);
}

/* --- the clock --- */

static bool follows_clock(const cc_session *s)
{
	return s->live.speed && !s->live_told && !s->seated;
}

/* The tick that is due. What was known stays known, also when a clock that others share is put back. */
static int64_t due(const cc_session *s)
{
	if (!s->live_clock)
		return cc_live_tick(&s->live, cc_case_active_ns(s->kase));
	int64_t tick = cc_live_tick(&s->live, s->live_clock(s->live_clock_arg));
	return tick > s->live_now_ns ? tick : s->live_now_ns;
}

void cc_session_live_tick(cc_session *s)
{
	if (follows_clock(s))
		tell_now(s, due(s));
}

void cc_session_set_now(cc_session *s, int64_t now_ns)
{
	pthread_mutex_lock(&s->lock);
	s->live_told = true;
	if (s->live.speed)
		tell_now(s, now_ns ? now_ns : s->live.from_ns);
	pthread_mutex_unlock(&s->lock);
}

cc_snapshot *cc_session_live_take(cc_session *s, int64_t until_ns)
{
	return s->ahead ? cc_ahead_take(s->ahead, s->snapshot, until_ns) : NULL;
}

/* Under the lock. What is ready may be of a tick before the clock's, where making it took longer than a tick does. */
static bool advance(cc_session *s)
{
	int64_t shown = cc_session_horizon(s), tick = due(s), ready, before = s->live_now_ns;

	if (!s->ahead)
		s->ahead = cc_ahead_new();
	if (!s->ahead)
		return false;
	ready = cc_ahead_ready(s->ahead);
	if (ready != CC_TIME_NONE && ready > s->live_now_ns && ready <= tick) {
		tell_now(s, ready);
		if (cc_session_cut(s, NULL, NULL) != CC_OK)
			tell_now(s, before);            /* asked again, the command says why */
	}
	if (s->live_now_ns < s->live.to_ns)
		cc_ahead_want(s->ahead, s->snapshot, tick > s->live_now_ns ? tick : cc_live_next(&s->live, tick));
	return cc_session_horizon(s) != shown;
}

bool cc_session_advance(cc_session *s)
{
	bool moved;

	if (!follows_clock(s) || !cc_case_running(s->kase) || pthread_mutex_trylock(&s->lock) != 0)
		return false;
	moved = advance(s);
	pthread_mutex_unlock(&s->lock);
	return moved;
}

/* --- telling --- */

size_t cc_session_paged(const cc_session *s)
{
	size_t n = 0;

	while (n < s->pages.n && s->pages.p[n].time_ns <= s->live_now_ns)
		n++;
	return n;
}

cc_live_state cc_session_live(const cc_session *s)
{
	if (!s->live.speed)
		return (cc_live_state){ .now_ns = CC_TIME_NONE };
	return (cc_live_state){ s->live, s->live_now_ns, s->live_now_ns >= s->live.to_ns, cc_session_paged(s) };
}

void cc_session_live_say(cc_session *s, cc_reply *reply)
{
	size_t n = s->live.speed ? cc_session_paged(s) : 0;
	cc_buf b = CC_BUF_INIT;

	if (n <= s->pages_told || !cc_case_started(s->kase))
		return;
	for (size_t i = s->pages_told; i < n && i < s->pages_told + 3; i++) {
		const cc_page_call *p = &s->pages.p[i];

		cc_buf_addz(&b, b.n ? "; " : "PAGED ");
		cc_time_format_clock(&b, p->time_ns);
		cc_buf_addf(&b, " %s %.*s ", cc_severity_name(p->alert->severity), CC_STR_ARG(cc_snapshot_sym(s->snapshot, p->alert->name)));
		if (p->alert->entity)
			cc_entity_format(s->snapshot, p->alert->entity, &b);
	}
	if (n > s->pages_told + 3)
		cc_buf_addf(&b, "; %zu more", n - s->pages_told - 3);
	cc_reply_add_remark(reply, "%.*s: `now` lists the pages", CC_STR_ARG(cc_buf_str(&b)));
	s->pages_told = n;
	cc_buf_deinit(&b);
}
