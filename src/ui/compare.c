/* compare.c - the lanes of several runs played side by side: opening them, moving them together, time; see compare.h. */
#include "ui/compare.h"

#include <stdarg.h>

#include "coldcase/xalloc.h"
#include "ui/transport.h"

/* --- opening --- */

/* Beside a row of a lane: did others see it, too? */
static char note_of(void *arg, cc_str cite)
{
	const cc_lane *l = arg;
	const cc_duet *d = l->term.of;
	const cc_sighting *s = cc_compare_cite(d->runs, cite);
	size_t lane = (size_t)(l - d->lanes);
	if (!s || !s->step[lane])
		return '\0';
	return cc_compare_seers(d->runs, s) == 1u << lane ? (char)('A' + lane) : '=';
}

/* Of a run that shows no records - a shell agent's - the things that its steps named. */
static bool read_news(cc_duet *d, size_t lane)
{
	cc_lane *l = &d->lanes[lane];
	const cc_sighting_vec *all = cc_compare_cites(d->runs);
	bool any = false;
	l->news = cc_calloc(l->count + 1, 1);
	for (size_t i = 0; l->news && i < all->n && !any; i++)
		any = all->p[i].step[lane] > 0;
	if (!any)
		all = cc_compare_entities(d->runs);
	for (size_t i = 0; l->news && i < all->n; i++) {
		uint64_t step = all->p[i].step[lane];
		bool own = cc_compare_seers(d->runs, &all->p[i]) == 1u << lane;
		if (step && step <= l->count)
			l->news[step] |= own ? CC_NEWS_OWN : CC_NEWS_SHARED;
	}
	return l->news;
}

static cc_code open_console(cc_duet *d, cc_lane *l, const cc_ui_options *opt, cc_err *err)
{
	cc_ui_options own = *opt;
	own.remark = NULL;
	own.demo = false;            /* keys are told by nobody: they belong to all lanes */
	cc_lane_term_init(&l->term, d);
	if (!l->given->session)
		return CC_OK;
	cc_code code = cc_replay_init(&l->replay, l->given->session, l->run, NULL, err);
	if (code == CC_OK)
		code = cc_ui_new_replay(&l->ui, &l->replay, &l->term.base, &own, err);
	if (code != CC_OK)
		return code;
	l->ui->lane = true;
	l->ui->note = note_of;
	l->ui->note_arg = l;
	return CC_OK;
}

static cc_code open_lane(cc_duet *d, size_t lane, const cc_ui_options *opt, cc_err *err)
{
	cc_lane *l = &d->lanes[lane];
	l->run = cc_compare_run(d->runs, lane);
	l->count = cc_run_step_count(l->run);
	cc_code code = read_news(d, lane) ? cc_lane_read_markers(l, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	return code == CC_OK ? open_console(d, l, opt, err) : code;
}

static cc_sheet *score_sheet(cc_reply *r)
{
	cc_sheet *s = r ? cc_sheet_new(NULL) : NULL;
	if (!s)
		return NULL;
	cc_reply_ref(r);
	cc_sheet_set_reply(s, r);
	return s;
}

cc_code cc_duet_open(cc_duet **out, const cc_ui_comparison *what, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_duet *d = cc_calloc(1, sizeof *d);
	cc_code code = CC_OK;
	*out = d;
	if (!d)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	d->runs = what->runs;
	d->count = cc_compare_count(what->runs);
	d->term = term;
	d->glyphs = opt->glyphs;
	d->grid.ascii = opt->glyphs == CC_GLYPHS_ASCII;
	d->theme = opt->theme;
	if (!d->theme) {
		cc_theme_init_default(&d->own_theme);
		d->theme = &d->own_theme;
	}
	d->blind = what->blind;
	d->speed = CC_SPEED_ONE;
	d->diverged = cc_compare_diverged(d->runs, d->parting, &d->by_focus);
	d->scores = score_sheet(what->scores);
	d->blind_scores = score_sheet(what->blind_scores);
	cc_lineedit_init(&d->line, &d->history);
	for (size_t i = 0; i < d->count && code == CC_OK; i++) {
		d->lanes[i].given = &what->lanes[i];
		code = open_lane(d, i, opt, err);
	}
	d->help = cc_duet_help(d);
	if (code == CC_OK)
		cc_duet_go(d, 0);
	if (opt->remark)
		cc_duet_say(d, "%s", opt->remark);
	return code;
}

void cc_duet_close(cc_duet *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->count; i++) {
		cc_lane *l = &d->lanes[i];
		cc_ui_free(l->ui);
		cc_replay_deinit(&l->replay);
		cc_sheet_free(l->page);
		cc_buf_deinit(&l->said);
		cc_free(l->news);
		cc_markers_free(l->markers);
	}
	cc_sheet_free(d->scores);
	cc_sheet_free(d->blind_scores);
	cc_sheet_free(d->help);
	cc_lineedit_deinit(&d->line);
	cc_history_deinit(&d->history);
	cc_buf_deinit(&d->message);
	cc_grid_deinit(&d->grid);
	cc_free(d);
}

void cc_duet_say(cc_duet *d, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	cc_buf_clear(&d->message);
	cc_buf_addv(&d->message, fmt, args);
	va_end(args);
}

/* --- moving --- */

/* A console that was looked around in is brought back, too. */
static void lane_go(cc_lane *l, size_t step)
{
	l->step = step < l->count ? step : l->count;
	if (l->ui)
		cc_replay_go(l->ui, l->step);
	cc_lane_read(l);
}

size_t cc_duet_last(const cc_duet *d)
{
	return cc_compare_last(d->runs, d->how, d->active);
}

void cc_duet_go(cc_duet *d, size_t at)
{
	size_t steps[CC_COMPARE_MAX], last = cc_duet_last(d);
	d->at = at < last ? at : last;
	d->apart = false;
	cc_compare_align(d->runs, d->how, d->active, d->at, steps);
	for (size_t i = 0; i < d->count; i++)
		lane_go(&d->lanes[i], steps[i]);
}

static void stay(cc_duet *d)
{
	cc_duet_go(d, cc_compare_position(d->runs, d->how, d->active, d->active, d->lanes[d->active].step));
}

void cc_duet_sync(cc_duet *d, cc_sync how)
{
	d->how = how;
	stay(d);
}

void cc_duet_lead(cc_duet *d, size_t lane)
{
	d->active = lane < d->count ? lane : 0;
	if (d->how == CC_SYNC_EVIDENCE)
		stay(d);
}

void cc_duet_part(cc_duet *d)
{
	if (!d->diverged) {
		cc_duet_say(d, "the runs never parted: they saw the same, in the same order, and looked at the same");
		return;
	}
	d->playing = false;
	d->at = cc_compare_position(d->runs, d->how, d->active, d->active, (size_t)d->parting[d->active]);
	for (size_t i = 0; i < d->count; i++)
		lane_go(&d->lanes[i], (size_t)d->parting[i]);
	d->apart = true;
	cc_duet_say(d, "here they part: %s", d->by_focus ? "they look at different things" : "they see different evidence");
}

/* --- time --- */

static int64_t wait_of(const cc_duet *d)
{
	int64_t wait = CC_TRANSPORT_STEP_NS;
	if (d->how == CC_SYNC_CLOCK) {
		wait = cc_compare_clock(d->runs, d->how, d->active, d->at + 1) - cc_compare_clock(d->runs, d->how, d->active, d->at);
		wait = wait > CC_TRANSPORT_IDLE_NS ? CC_TRANSPORT_IDLE_NS : wait;
	}
	return (int64_t)((double)wait / cc_speed_factor(d->speed));
}

void cc_duet_start(cc_duet *d)
{
	d->due_ns = cc_clock_mono_ns() + wait_of(d);
	if (d->at >= cc_duet_last(d))
		d->playing = false;
}

int cc_duet_wait_ms(const cc_duet *d, int64_t now_ns)
{
	int64_t left = d->due_ns - now_ns;
	return !d->playing ? -1 : left <= 0 ? 0 : (int)(left / CC_NS_PER_MS) + 1;
}

void cc_duet_tick(cc_duet *d, int64_t now_ns)
{
	if (!d->playing || now_ns < d->due_ns)
		return;
	cc_duet_go(d, d->at + 1);
	cc_duet_start(d);
}

/* --- the loop --- */

/* What was typed while a lane's command ran comes first. */
static bool next_key(cc_duet *d, int timeout_ms, cc_key *key)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->lanes[i].ui && d->lanes[i].ui->ahead.n)
			return cc_ui_next_key(d->lanes[i].ui, 0, key);
	return d->term->ops->read_key(d->term, timeout_ms, key);
}

static bool any_done(const cc_duet *d)
{
	bool done = d->done;
	for (size_t i = 0; i < d->count; i++)
		done = done || (d->lanes[i].ui && cc_ui_done(d->lanes[i].ui));
	return done;
}

cc_code cc_ui_compare(const cc_ui_comparison *what, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_duet *d;
	cc_code code = cc_duet_open(&d, what, term, opt, err);
	while (code == CC_OK && !any_done(d)) {
		cc_key key;
		cc_duet_draw(d);
		int wait = cc_duet_wait_ms(d, cc_clock_mono_ns());
		if (next_key(d, wait < 0 ? 1000 : wait, &key))
			cc_duet_key(d, &key);
		if (!any_done(d))
			cc_duet_tick(d, cc_clock_mono_ns());
	}
	cc_duet_close(d);
	return code;
}
