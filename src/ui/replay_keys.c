/* replay_keys.c - the transport of a replay: keys as lines, and the lines that only a console with a clock and a screen can obey.
 *
 * Presenters' remotes send PgUp, PgDn and b. */
#include "ui/replay.h"

#include <string.h>

#include "ui/transport.h"

const cc_transport_key cc_replay_bindings[] = {
	{ "Space", "play", "play", "play, or stop; a click of the mouse stops, too" },
	{ ". Right", "step +1", "step", "a step forward" },
	{ ", Left", "step -1", NULL, "a step back" },
	{ "] Enter PgDn", "marker next", "marker", "to the next marker, and stop there" },
	{ "[ PgUp", "marker previous", NULL, "to the marker before" },
	{ "Home", "step 0", NULL, "to the beginning" },
	{ "End", "step 100%", NULL, "to the end" },
	{ "0 1 2 3 4 5 6 7 8 9", "step {key}0%", "tenth", "to that tenth of the record" },
	{ ">", "speed faster", "speed", "faster, up to 16 times" },
	{ "<", "speed slower", NULL, "slower, down to a quarter" },
	{ "c", "by", "clock", "wait as long as the player did, or the same for every step" },
	{ "i", "idle next", NULL, "the longest wait by the clock: 1, 2, 5 or 15 seconds, or as long as it was" },
	{ "a", "stops", NULL, "playing stops at each marker, or does not" },
	{ "m", "mark", "mark", "set a marker here, or change its caption" },
	{ "u", "unmark", NULL, "take the marker away that was set here" },
	{ "M", "markers", NULL, "all markers; Enter on one goes there" },
	{ "b", "blank", "blank", "blank screen, and back" },
	{ "T", "take-over", "take over", "go on from here in a live console; leaving that comes back here" },
	{ "V", "reveal", NULL, "show where a true cause was first on the screen, and the first wrong turn" },
	{ "R", "review", NULL, "the review: what decides, seen or missed; the short way beside this one; Enter on a row goes there" },
	{ "}", "cut next", NULL, "in a reel: to the next run, or their next parting" },
	{ "{", "cut previous", NULL, "in a reel: back to what was before the cut" },
	{ "q", "leave", "leave", "leave the replay" },
	{ NULL, NULL, NULL, NULL }
};

const cc_playback_word cc_replay_words[] = {
	{ "play", "", "play, or stop" },
	{ "pause", "", "stop" },
	{ "speed", "faster | slower | 1/4 | 1/2 | 1 | 2 | 4 | 8 | 16", "how fast it plays" },
	{ "by", "clock | steps", "wait as long as the player did, or the same for every step" },
	{ "idle", "1 | 2 | 5 | 15 | none | next", "the longest wait by the clock, in seconds" },
	{ "stops", "", "playing stops at each marker, or does not" },
	{ "blank", "", "blank screen, and back" },
	{ "reveal", "", "show where a true cause was first on the screen, and the first wrong turn" },
	{ "review", "", "what decides, seen or missed, and the short way beside this one" },
	{ "take-over", "", "go on from here in a live console" },
	{ "cut", "next | previous", "in a reel: to the next scene, or the one before" },
	{ "leave", "", "leave the replay" },
	{ NULL, NULL, NULL }
};

typedef void word_fn(cc_ui *ui, cc_str args, const cc_playback_word *word);

static void wrong(cc_ui *ui, const cc_playback_word *word)
{
	cc_ui_say(ui, "%s %s: %s", word->name, word->args, word->summary);
	ui->message_bad = true;
}

/* --- what only the console does --- */

static void do_play(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	(void)args, (void)word;
	r->playing = !r->playing;
	r->taking = false;
	if (r->playing && cc_replay_reel(r) && cc_reel_is_over(r)) {
		cc_reel_cut(ui, 1);
		return;
	}
	if (r->playing && cc_replay_at_end(r))
		cc_replay_go(ui, 0);
	cc_replay_set_due(r, cc_clock_mono_ns());
}

static void do_pause(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	(void)args, (void)word;
	ui->replay->playing = false;
}

static void do_speed(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	int to = cc_str_eqz(args, "faster") ? cc_speed_change(r->speed, 1) : cc_str_eqz(args, "slower") ? cc_speed_change(r->speed, -1) :
		cc_speed_named(args);
	if (to < 0) {
		wrong(ui, word);
		return;
	}
	r->speed = to;
	cc_replay_set_due(r, cc_clock_mono_ns());
}

static void do_by(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	if (args.n && !cc_str_eqz(args, "clock") && !cc_str_eqz(args, "steps")) {
		wrong(ui, word);
		return;
	}
	r->by_clock = args.n ? cc_str_eqz(args, "clock") : !r->by_clock;
	cc_replay_set_due(r, cc_clock_mono_ns());
}

static void do_idle(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	int to = cc_str_eqz(args, "next") ? (r->idle + 1) % CC_REPLAY_IDLES : CC_REPLAY_IDLES;
	for (int i = 0; i < CC_REPLAY_IDLES; i++)
		if (cc_str_eqz(args, cc_replay_idles[i].name))
			to = i;
	if (to == CC_REPLAY_IDLES) {
		wrong(ui, word);
		return;
	}
	r->idle = to;
	cc_replay_set_due(r, cc_clock_mono_ns());
	if (to == CC_REPLAY_IDLES - 1)
		cc_ui_say(ui, "by the clock no wait is cut short");
	else
		cc_ui_say(ui, "by the clock no wait is longer than %s s", cc_replay_idles[to].name);
}

static void do_stops(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	(void)args, (void)word;
	r->stops = !r->stops;
	cc_ui_say(ui, r->stops ? "playing stops at each marker" : "playing goes on over markers");
}

static void do_blank(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	(void)args, (void)word;
	ui->replay->blank = !ui->replay->blank;
}

static void do_leave(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	(void)args, (void)word;
	ui->done = true;
}

static void do_cut(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	if (!cc_replay_reel(ui->replay))
		cc_ui_say(ui, "this is no reel: there is no other run to go to");
	else if (!cc_str_eqz(args, "next") && !cc_str_eqz(args, "previous"))
		wrong(ui, word);
	else
		cc_reel_cut(ui, cc_str_eqz(args, "next") ? 1 : -1);
}

static void do_take_over(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	const cc_replay *r = ui->replay;
	(void)args, (void)word;
	bool live = cc_run_header(cc_playback_run(r->playback))->live.speed;
	if (!r->how || r->how->reel || live || cc_playback_bare(r->playback)) {
		cc_ui_say(ui, !r->how || r->how->reel ? "nobody can take over here" : live ? "nobody can take over from a live drill: its clock went on" :
			"the evidence is not there: nothing more can be asked of it");
		ui->message_bad = true;
		return;
	}
	if (cc_replay_live(r)) {
		cc_replay_take(ui);
	} else if (r->how->live) {
		cc_ui_say(ui, "the player is done: nothing is left to take over");
		ui->message_bad = true;
	} else {
		r->how->take_over = true;
		ui->done = true;
	}
}

static void open_page(cc_ui *ui, const cc_reply *reply)
{
	cc_sheet_free(ui->overlay);
	ui->overlay = cc_sheet_new(NULL);
	if (ui->overlay)
		cc_sheet_set_reply(ui->overlay, cc_reply_ref((cc_reply *)(uintptr_t)reply));
}

/* Enter on a row of a page: the step it speaks of, or what shows it. */
bool cc_replay_follow(cc_ui *ui)
{
	cc_pick p = cc_sheet_pick(ui->overlay);
	cc_buf line = CC_BUF_INIT;
	if (!ui->replay || !p.drill.n)
		return false;
	cc_buf_add(&line, p.drill);
	cc_sheet_free(ui->overlay);
	ui->overlay = NULL;
	cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
	return true;
}

static void do_review(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	const cc_ui_replay_how *how = ui->replay->how;
	const cc_reply *page = how && how->page ? how->page(how->arg) : NULL;
	(void)args, (void)word;
	if (page)
		open_page(ui, page);
	else
		cc_ui_say(ui, how && how->page ? "the review tells the truth: V shows it" : "the truth cannot be shown here");
}

static cc_code reveal(void *arg)
{
	const cc_replay *r = arg;
	return r->how->reveal(r->how->arg, r->playback, &r->how->err);
}

/* Another process opens the truth: it takes a moment. */
static void do_reveal(cc_ui *ui, cc_str args, const cc_playback_word *word)
{
	cc_replay *r = ui->replay;
	(void)args, (void)word;
	if (!r->how || !r->how->reveal) {
		cc_ui_say(ui, "the truth cannot be shown here");
		return;
	}
	cc_err_clear(&r->how->err);
	if (cc_ui_work(ui, "asking for the verdict", reveal, r) != CC_OK)
		cc_ui_complain(ui, &r->how->err);
	else
		cc_ui_say(ui, "the truth is shown: markers tell where a true cause was first on the screen, and of the first wrong turn");
}

static word_fn *const FUNCTIONS[] = { do_play, do_pause, do_speed, do_by, do_idle, do_stops, do_blank, do_reveal,
	do_review, do_take_over, do_cut, do_leave };

/* --- lines --- */

typedef struct asking { cc_ui *ui; cc_str line; cc_reply *reply; cc_err err; } asking;

static cc_code ask(void *arg)
{
	asking *a = arg;
	return cc_playback_line(a->ui->replay->playback, a->line, &a->ui->cancel, &a->reply, &a->err);
}

/* Looking for a text in a long record takes its time, so it is done like a command. */
static void run_playback(cc_ui *ui, cc_str line)
{
	cc_replay *r = ui->replay;
	cc_str name, rest;
	asking a = { .ui = ui, .line = line };
	cc_buf what = CC_BUF_INIT;
	cc_str_cut(line, ' ', &name, &rest);
	cc_buf_add(&what, line);
	cc_code code = cc_ui_work(ui, what.p ? what.p : "", ask, &a);
	cc_buf_deinit(&what);
	if (code != CC_OK) {
		cc_ui_complain(ui, &a.err);
		return;
	}
	if (cc_str_eqz(name, "markers") || cc_str_eqz(name, "where")) {
		open_page(ui, a.reply);
	} else if (cc_str_eqz(name, "mark") || cc_str_eqz(name, "unmark")) {
		cc_ui_say(ui, cc_str_eqz(name, "mark") ? "marked" : "the marker is gone");
	} else {
		r->playing = false;
		cc_replay_show(ui);
	}
	cc_reply_unref(a.reply);
}

bool cc_replay_line(cc_ui *ui, cc_str line)
{
	cc_str name, args;
	cc_str_cut(cc_str_trim(line), ' ', &name, &args);
	args = cc_str_trim(args);
	if (ui->replay->showing)
		return false;
	if (cc_str_eqz(name, "mark") && !args.n)
		return false;           /* the console asks for the caption, as it does live */
	if (cc_str_eqz(name, "step") && cc_str_eqz(args, "+1") && cc_replay_want_step(ui))
		return true;
	for (size_t i = 0; cc_replay_words[i].name; i++)
		if (cc_str_eqz(name, cc_replay_words[i].name)) {
			FUNCTIONS[i](ui, args, &cc_replay_words[i]);
			return true;
		}
	if (!cc_playback_takes(line))
		return false;
	run_playback(ui, cc_str_trim(line));
	return true;
}

/* Evidence is asked for through the playback, which knows when it is gone. */
cc_code cc_replay_ask(cc_ui *ui, cc_str line, cc_reply **out, cc_err *err)
{
	return cc_playback_line(ui->replay->playback, line, &ui->cancel, out, err);
}

/* --- keys --- */

/* Elsewhere its keys are those of the panes. */
static bool is_of_reel(const cc_transport_key *b)
{
	return cc_str_starts(cc_str_from(b->line), CC_STR("cut "));
}

static void run_binding(cc_ui *ui, const cc_transport_key *b, const cc_key *key)
{
	cc_buf line = CC_BUF_INIT;
	cc_transport_line(b, key, &line);
	cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

const char *cc_replay_note(const cc_key *key)
{
	const cc_transport_key *b = cc_transport_of(cc_replay_bindings, key);
	return b ? b->note : NULL;
}

bool cc_replay_key(cc_ui *ui, const cc_key *key)
{
	for (const cc_transport_key *b = cc_replay_bindings; b->keys; b++) {
		if (!cc_key_named(b->keys, key) || (is_of_reel(b) && !cc_replay_reel(ui->replay)))
			continue;
		run_binding(ui, b, key);
		return true;
	}
	return false;
}

/* A click stops a replay that plays, and does nothing else then: who presents has no hand free to aim. On the track it seeks. */
bool cc_replay_click(cc_ui *ui, cc_rect track, const cc_key *key)
{
	cc_replay *r = ui->replay;
	bool click = key->button == CC_MOUSE_CLICK || key->button == CC_MOUSE_DOUBLE;
	bool on_track = track.w > 1 && key->y == track.y && key->x >= track.x && key->x < track.x + track.w;
	if (click && on_track)
		cc_replay_go(ui, (size_t)((double)(key->x - track.x) / (track.w - 1) * (double)cc_playback_count(r->playback) + 0.5));
	else if (!click || !r->playing)
		return false;
	r->playing = false;
	return true;
}

/* --- help --- */

void cc_replay_help(cc_ui *ui)
{
	cc_menu_add(ui, 0, "", NULL, "in the replay");
	for (const cc_transport_key *b = cc_replay_bindings; b->keys; b++)
		if (!is_of_reel(b) || cc_replay_reel(ui->replay))
			cc_menu_add(ui, 0, strchr(b->line, '{') ? NULL : b->line, NULL, "%-16s %s  (:%s)", *b->keys == '0' ? "0 ... 9" : b->keys, b->note,
				*b->keys == '0' ? "step 30%" : b->line);
}

bool cc_replay_leaves(const cc_ui *ui, const cc_binding *b, cc_buf *keys)
{
	if (ui->replay)
		return cc_transport_leaves(cc_replay_bindings, b, keys);
	cc_buf_addz(keys, b->keys);
	return keys->n > 0;
}

bool cc_replay_refuses(cc_ui *ui, const cc_binding *b)
{
	bool refuses = (ui->replay || ui->lane) && cc_transport_refuses(b);
	if (refuses) {
		cc_ui_say(ui, "a replay: what was done cannot be changed - %s", ui->replay ? "T goes on live from here" : CC_PLAYBACK_GO_ON);
		ui->message_bad = true;
	}
	return refuses;
}

static void complete_from(const cc_playback_word *words, cc_str typed, cc_completion_vec *out)
{
	for (size_t i = 0; words[i].name; i++)
		if (cc_str_starts(cc_str_from(words[i].name), typed))
			(void)cc_vec_push(out, ((cc_completion){ cc_str_from(words[i].name), words[i].summary }));
}

/* The transport's own words come before the commands that begin alike. */
void cc_replay_complete(const cc_ui *ui, cc_str line, cc_completion_vec *out)
{
	if (!ui->replay || cc_str_find_char(line, ' ') != CC_STR_NONE)
		return;
	complete_from(cc_playback_words, line, out);
	complete_from(cc_replay_words, line, out);
}

static bool preview_from(const cc_playback_word *words, cc_str name, cc_buf *first, cc_buf *second)
{
	for (size_t i = 0; words[i].name; i++) {
		if (!cc_str_eqz(name, words[i].name))
			continue;
		cc_buf_addf(first, "%s %s", words[i].name, words[i].args);
		cc_buf_addz(second, words[i].summary);
		return true;
	}
	return false;
}

bool cc_replay_preview(const cc_ui *ui, cc_str line, cc_buf *first, cc_buf *second)
{
	cc_str name, rest;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	return ui->replay && (preview_from(cc_playback_words, name, first, second) || preview_from(cc_replay_words, name, first, second));
}
