/* compare_lines.c - the lines of the transport over all lanes, which are what its keys say, too. A line that begins with none of these
 * words is for the lane that has the keys. */
#include "ui/compare.h"

typedef void word_fn(cc_duet *d, cc_str args);

static void stop_and_go(cc_duet *d, size_t at)
{
	d->playing = false;
	cc_duet_go(d, at);
}

/* --- going --- */

static void do_play(cc_duet *d, cc_str args)
{
	(void)args;
	d->playing = !d->playing;
	if (d->playing && d->at >= cc_duet_last(d))
		cc_duet_go(d, 0);
	cc_duet_start(d);
}

/* A plain number is a step of the run that has the keys; the others are of the position of all. */
static void do_step(cc_duet *d, cc_str args)
{
	bool forward = cc_str_starts(args, CC_STR("+")), back = cc_str_starts(args, CC_STR("-")), part = cc_str_ends(args, CC_STR("%"));
	cc_str number = cc_str_sub(args, forward || back, args.n - part);
	int64_t n;
	if (!cc_str_to_i64(number, &n) || n < 0 || (part && n > 100))
		cc_duet_say(d, "step N, +N, -N or N%%: a step of run %c, which has %zu; from here; or a part of the way", (char)('A' + d->active),
			d->lanes[d->active].count);
	else if (part)
		stop_and_go(d, cc_duet_last(d) * (size_t)n / 100);
	else if (forward)
		stop_and_go(d, (uint64_t)n > SIZE_MAX - d->at ? SIZE_MAX : d->at + (size_t)n);
	else if (back)
		stop_and_go(d, (uint64_t)n < d->at ? d->at - (size_t)n : 0);
	else
		stop_and_go(d, cc_compare_position(d->runs, d->how, d->active, d->active, (size_t)n));
}

static void do_clock(cc_duet *d, cc_str args)
{
	int64_t ns;
	size_t last = cc_duet_last(d), at = 0;
	if (!cc_transport_clock(args, &ns)) {
		cc_duet_say(d, "clock M:SS: a time of the case's own clock");
		return;
	}
	while (at < last && cc_compare_clock(d->runs, d->how, d->active, at + 1) <= ns)
		at++;
	stop_and_go(d, at);
}

static void do_marker(cc_duet *d, cc_str args)
{
	if (cc_str_eqz(args, "next") || cc_str_eqz(args, "previous"))
		cc_duet_marker(d, cc_str_eqz(args, "next") ? 1 : -1, false);
	else if (!args.n)
		cc_duet_say(d, "marker next, previous, or what its caption says");
	else if (!cc_duet_marker_named(d, args))
		cc_duet_say(d, "no marker says %.*s", CC_STR_ARG(args));
}

static void do_hand(cc_duet *d, cc_str args)
{
	if (cc_str_eqz(args, "next") || cc_str_eqz(args, "previous"))
		cc_duet_marker(d, cc_str_eqz(args, "next") ? 1 : -1, true);
	else
		cc_duet_say(d, "hand next or hand previous: to a marker that was set by hand");
}

static void do_find(cc_duet *d, cc_str args)
{
	size_t step;
	for (size_t i = 0; i < d->count && args.n; i++) {
		size_t lane = (d->active + i) % d->count;
		const cc_lane *l = &d->lanes[lane];
		if (!cc_transport_find(l->run, l->step, args, &step))
			continue;
		stop_and_go(d, cc_compare_position(d->runs, d->how, d->active, lane, step));
		return;
	}
	cc_duet_say(d, args.n ? "no step says %.*s" : "find TEXT: the next step that says so", CC_STR_ARG(args));
}

static void do_parting(cc_duet *d, cc_str args)
{
	(void)args;
	cc_duet_part(d);
}

/* --- how it is played --- */

static void do_speed(cc_duet *d, cc_str args)
{
	int to = cc_str_eqz(args, "faster") ? cc_speed_change(d->speed, 1) : cc_str_eqz(args, "slower") ? cc_speed_change(d->speed, -1) :
		cc_speed_named(args);
	if (to < 0) {
		cc_duet_say(d, "speed faster, slower, or 1/4 to 16");
		return;
	}
	d->speed = to;
	cc_duet_start(d);
}

static void do_sync(cc_duet *d, cc_str args)
{
	static const char *const NAMES[] = { "step", "clock", "evidence" };
	size_t i = cc_str_eqz(args, "next") ? ((size_t)d->how + 1) % 3 : 0;
	while (i < 3 && !cc_str_eqz(args, "next") && !cc_str_eqz(args, NAMES[i]))
		i++;
	if (i == 3) {
		cc_duet_say(d, "sync step, sync clock or sync evidence");
		return;
	}
	cc_duet_sync(d, (cc_sync)i);
	cc_duet_start(d);
}

static void do_lane(cc_duet *d, cc_str args)
{
	size_t lane = cc_str_eqz(args, "next") ? (d->active + 1) % d->count : args.n == 1 ? (size_t)((args.p[0] | 0x20) - 'a') : CC_UI_LANES;
	if (lane < d->count)
		cc_duet_lead(d, lane);
	else
		cc_duet_say(d, "lane A to %c: the run that has the keys and leads", (char)('A' + d->count - 1));
}

/* --- what is shown --- */

/* Below the lanes where there is room, else over them. */
static void do_scores(cc_duet *d, cc_str args)
{
	(void)args;
	if (!d->scores)
		cc_duet_say(d, "there are no scores: no ground truth was found (--truth), or no run is over");
	else if (cc_duet_has_room(d))
		d->no_scores = !d->no_scores;
	else
		d->over = d->over == CC_OVER_SCORES ? CC_OVER_NONE : CC_OVER_SCORES;
}

static void do_reveal(cc_duet *d, cc_str args)
{
	(void)args;
	if (!d->blind)
		cc_duet_say(d, "it is told who plays");
	d->blind = false;
}

static void do_blank(cc_duet *d, cc_str args)
{
	(void)args;
	d->blank = !d->blank;
}

static void do_help(cc_duet *d, cc_str args)
{
	(void)args;
	d->over = d->over == CC_OVER_HELP ? CC_OVER_NONE : CC_OVER_HELP;
}

static void do_leave(cc_duet *d, cc_str args)
{
	(void)args;
	d->done = true;
}

static const struct { const char *name; word_fn *run; } WORDS[] = { { "play", do_play }, { "step", do_step }, { "clock", do_clock },
	{ "marker", do_marker }, { "hand", do_hand }, { "find", do_find }, { "parting", do_parting }, { "speed", do_speed }, { "sync", do_sync },
	{ "lane", do_lane }, { "scores", do_scores }, { "reveal", do_reveal }, { "blank", do_blank }, { "help", do_help }, { "leave", do_leave },
	{ "quit", do_leave } };

/* Without the record's own transport: it would move this lane alone. */
static void of_lane(cc_ui *ui, cc_str line)
{
	struct cc_replay *r = ui->replay;
	ui->replay = NULL;
	cc_ui_run_line(ui, line);
	ui->replay = r;
}

void cc_duet_line(cc_duet *d, cc_str line)
{
	cc_str word, rest;
	size_t i = 0;
	cc_str_cut(cc_str_trim(line), ' ', &word, &rest);
	while (i < sizeof WORDS / sizeof WORDS[0] && !cc_str_eqz(word, WORDS[i].name))
		i++;
	if (i < sizeof WORDS / sizeof WORDS[0])
		WORDS[i].run(d, cc_str_trim(rest));
	else if (word.n && d->lanes[d->active].ui)
		of_lane(d->lanes[d->active].ui, line);
}
