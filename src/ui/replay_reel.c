/* replay_reel.c - a replay as a scene of a reel: nobody has to press anything. What the runs have in common goes by fast; where they go
 * different ways each step is left to be read, and at the end of such a stretch the reel cuts to the next scene. */
#include "ui/replay.h"

#include "ui/transport.h"

cc_ui_reel *cc_replay_reel(const cc_replay *r)
{
	return r->how ? r->how->reel : NULL;
}

static void pace(cc_replay *r)
{
	const cc_ui_reel *reel = cc_replay_reel(r);
	r->speed = cc_playback_at(r->playback) < reel->part ? cc_speed_named(CC_STR("16")) : CC_SPEED_ONE;
}

void cc_reel_begin(cc_replay *r)
{
	pace(r);
	r->playing = true;
	cc_replay_set_due(r, cc_clock_mono_ns());
}

void cc_reel_stepped(cc_ui *ui)
{
	cc_replay *r = ui->replay;
	const cc_ui_reel *reel = cc_replay_reel(r);
	if (!reel || cc_playback_at(r->playback) != reel->part)
		return;
	pace(r);
	cc_ui_say(ui, "here the runs part");
}

bool cc_reel_is_over(const cc_replay *r)
{
	const cc_ui_reel *reel = cc_replay_reel(r);
	size_t at = cc_playback_at(r->playback);
	return at >= cc_playback_count(r->playback) || (reel && at >= reel->end);
}

void cc_reel_cut(cc_ui *ui, int dir)
{
	cc_replay_reel(ui->replay)->cut = dir;
	ui->done = true;
}
