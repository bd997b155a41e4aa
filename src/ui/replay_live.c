/* replay_live.c - a record that still grows: the player is let go on a step at a time, when the playback stands at the end and plays, or
 * when somebody asks for a step. So playing, stopping and speed are those of the player itself, and looking back holds it. */
#include "ui/replay.h"

const cc_ui_live *cc_replay_live(const cc_replay *r)
{
	const cc_ui_live *live = r->how ? r->how->live : NULL;
	return live && !live->over(live->arg) ? live : NULL;
}

static bool is_behind(const cc_replay *r)
{
	return cc_playback_at(r->playback) < cc_playback_count(r->playback);
}

bool cc_replay_at_end(const cc_replay *r)
{
	return !is_behind(r) && !cc_replay_live(r);
}

/* The playback of all there is now, where the one before stood. */
static void take_in(cc_ui *ui, cc_playback *p)
{
	cc_replay *r = ui->replay;
	size_t at = cc_playback_at(r->playback);
	cc_err err;
	r->playback = p;
	cc_playback_go(p, at);
	if (cc_playback_settle(p, &err) != CC_OK)
		cc_ui_complain(ui, &err);
}

/* What it said to it stands below, where the step itself has nothing to tell. */
void cc_replay_step_on(cc_ui *ui)
{
	const cc_replay *r = ui->replay;
	const cc_ui_live *live = r->how ? r->how->live : NULL;
	cc_buf said = CC_BUF_INIT;
	cc_replay_go(ui, cc_playback_at(r->playback) + 1);
	if (live && !is_behind(r) && !ui->message.n)
		live->said(live->arg, &said);
	if (said.n)
		cc_ui_say(ui, "%.*s", CC_STR_ARG(cc_buf_str(&said)));
	cc_buf_deinit(&said);
}

void cc_replay_live_tick(cc_ui *ui, int64_t now_ns)
{
	cc_replay *r = ui->replay;
	const cc_ui_live *live = r->how ? r->how->live : NULL;
	cc_playback *more = live ? live->fresh(live->arg) : NULL;
	if (!live)
		return;
	if (more)
		take_in(ui, more);
	if (r->wanted && is_behind(r)) {
		r->wanted = false;
		cc_replay_step_on(ui);
	}
	live->allow(live->arg, !is_behind(r) && !r->taking && (r->wanted || (r->playing && now_ns >= r->due_ns)));
	if (r->taking && live->rests(live->arg)) {
		r->how->take_over = !live->over(live->arg);
		r->taking = false;
		ui->done = r->how->take_over;
	}
}

bool cc_replay_want_step(cc_ui *ui)
{
	cc_replay *r = ui->replay;
	if (is_behind(r) || !cc_replay_live(r))
		return false;
	r->playing = false;
	r->wanted = true;
	return true;
}

void cc_replay_take(cc_ui *ui)
{
	cc_replay *r = ui->replay;
	r->playing = r->wanted = false;
	r->taking = true;
	cc_ui_say(ui, "the player is stopped: it is your turn as soon as what it does is done");
}

void cc_replay_live_text(const cc_replay *r, cc_buf *out)
{
	const cc_ui_live *live = r->how ? r->how->live : NULL;
	if (live)
		live->status(live->arg, out);
}
