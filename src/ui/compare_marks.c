/* compare_marks.c - the markers of runs played side by side: each lane has those its record tells of and those that somebody set by hand
 * beside it, and all lanes go to the next one of any. While it is not told who plays, what somebody wrote is not either. */
#include "ui/compare.h"

#include "coldcase/export.h"

/* A file of markers that cannot be read keeps nobody from comparing. */
cc_code cc_lane_read_markers(cc_lane *l, cc_err *err)
{
	size_t left_out;
	cc_code code = cc_markers_new(&l->markers, l->run, err);
	if (code == CC_OK && l->given->path && cc_markers_load(l->markers, l->given->path, &left_out, err) == CC_ENOMEM)
		code = CC_ENOMEM;
	else if (code == CC_OK)
		cc_err_clear(err);
	return code;
}

bool cc_lane_is_marked(const cc_lane *l, size_t from, size_t to, bool by_hand)
{
	for (size_t i = cc_markers_from(l->markers, from); i < cc_markers_count(l->markers) && cc_markers_get(l->markers, i)->step <= to; i++)
		if (!by_hand || cc_markers_get(l->markers, i)->kind == CC_MARKER_HAND)
			return true;
	return false;
}

void cc_duet_caption(const cc_duet *d, size_t lane, cc_buf *out)
{
	cc_markers_caption(d->lanes[lane].markers, d->lanes[lane].step, d->blind ? CC_REDACT_NAMES | CC_REDACT_NOTES : 0u, out);
}

/* What stands there, by the lanes it stands in. */
static void tell(cc_duet *d)
{
	cc_buf all = CC_BUF_INIT, one = CC_BUF_INIT;
	for (size_t i = 0; i < d->count; i++) {
		cc_buf_clear(&one);
		cc_duet_caption(d, i, &one);
		if (one.n)
			cc_buf_addf(&all, "%s%c: %.*s", all.n ? "   " : "", (int)('A' + i), CC_STR_ARG(cc_buf_str(&one)));
	}
	if (all.n)
		cc_duet_say(d, "%.*s", CC_STR_ARG(cc_buf_str(&all)));
	cc_buf_deinit(&all);
	cc_buf_deinit(&one);
}

static size_t position(const cc_duet *d, size_t lane, const cc_marker *m)
{
	return cc_compare_position(d->runs, d->how, d->active, lane, m->step);
}

/* Without one in that direction it is the end: a presenter's key always leads somewhere. */
void cc_duet_marker(cc_duet *d, int dir, bool by_hand)
{
	size_t to = dir > 0 ? cc_duet_last(d) : 0;
	for (size_t lane = 0; lane < d->count; lane++) {
		const cc_markers *all = d->lanes[lane].markers;
		for (size_t i = 0; i < cc_markers_count(all); i++) {
			const cc_marker *m = cc_markers_get(all, i);
			size_t at = by_hand && m->kind != CC_MARKER_HAND ? d->at : position(d, lane, m);
			if ((dir > 0 && at > d->at && at < to) || (dir < 0 && at < d->at && at > to))
				to = at;
		}
	}
	d->playing = false;
	cc_duet_go(d, to);
	tell(d);
}

bool cc_duet_marker_named(cc_duet *d, cc_str text)
{
	size_t last = cc_duet_last(d), best = last + 1;
	for (size_t lane = 0; lane < d->count; lane++) {
		const cc_markers *all = d->lanes[lane].markers;
		for (size_t i = 0; i < cc_markers_count(all); i++) {
			const cc_marker *m = cc_markers_get(all, i);
			size_t at = position(d, lane, m), way = (at + last - d->at) % (last + 1);   /* from the next position round to this one */
			if (cc_str_find_nocase(m->caption, text) != CC_STR_NONE && way < best)
				best = way;
		}
	}
	if (best > last)
		return false;
	d->playing = false;
	cc_duet_go(d, (d->at + 1 + best) % (last + 1));
	tell(d);
	return true;
}
