/* replay_draw.c - the rows of the transport: the record as a track with its markers, what it is doing and the keys, and at the
 * bottom the caption of a marker.
 *
 *     ====S====M=====H==#----S-----------X------!
 *     REPLAY 18/43 6:10 x1 steps   Space play  . step  ] marker ...
 *     suspects Deployment/quote, 0.70   suspect name=otel-demo/Deployment/quote confidence=0.7 */
#include "ui/replay.h"

#include <string.h>

#include "coldcase/export.h"
#include "coldcase/utf8.h"
#include "ui/transport.h"

bool cc_replay_blank(const cc_ui *ui)
{
	return ui->replay && ui->replay->blank;
}

bool cc_replay_is_film(const cc_ui *ui)
{
	return ui->replay && ui->replay->film;
}

/* Not in a picture, and not where one of several records is played. */
bool cc_replay_has_track(const cc_ui *ui)
{
	return ui->replay && !ui->replay->film && !ui->lane;
}

bool cc_replay_has_caption(const cc_ui *ui)
{
	return ui->replay && cc_replay_is_marked(ui->replay, cc_playback_at(ui->replay->playback));
}

static void add_caption(const cc_replay *r, cc_buf *out)
{
	cc_markers_caption(cc_playback_markers(r->playback), cc_playback_at(r->playback), r->redact, out);
}

/* A letter and a look for each kind: never a colour alone. */
static char letter_of(cc_marker_kind kind)
{
	static const char LETTERS[] = { [CC_MARKER_HAND] = 'M', [CC_MARKER_MARK] = 'M', [CC_MARKER_CAUSE] = 'C', [CC_MARKER_WRONG] = 'X',
		[CC_MARKER_HYPOTHESIS] = 'S', [CC_MARKER_HINT] = 'H', [CC_MARKER_SUBMIT] = '!' };
	return LETTERS[kind];
}

static cc_look look_of(cc_marker_kind kind)
{
	return kind == CC_MARKER_WRONG ? CC_LOOK_CRITICAL : kind == CC_MARKER_CAUSE ? CC_LOOK_OK : kind == CC_MARKER_HYPOTHESIS ? CC_LOOK_CHANGED :
		kind == CC_MARKER_HINT ? CC_LOOK_WARNING : kind == CC_MARKER_SUBMIT ? CC_LOOK_HEADING : CC_LOOK_MATCH;
}

static int column_of(const cc_playback *p, size_t step, int width)
{
	size_t count = cc_playback_count(p);
	return count ? (int)((double)step / (double)count * (width - 1) + 0.5) : 0;
}

static void draw_markers(cc_ui *ui, cc_rect row)
{
	const cc_markers *m = cc_playback_markers(ui->replay->playback);
	for (size_t i = 0; i < cc_markers_count(m);) {
		const cc_marker *first = cc_markers_get(m, i);
		int x = column_of(ui->replay->playback, first->step, row.w);
		bool several = false;
		for (i++; i < cc_markers_count(m) && column_of(ui->replay->playback, cc_markers_get(m, i)->step, row.w) == x; i++)
			several = several || letter_of(cc_markers_get(m, i)->kind) != letter_of(first->kind);
		cc_grid_put(&ui->grid, row.x + x, row.y, (uint32_t)(several ? '*' : letter_of(first->kind)), look_of(first->kind), CC_ATTR_BOLD);
	}
}

void cc_replay_draw_track(cc_ui *ui, cc_rect row)
{
	const cc_playback *p = ui->replay->playback;
	bool ascii = ui->grid.ascii;
	if (row.w < 2)
		return;
	int at = column_of(p, cc_playback_at(p), row.w);
	cc_grid_fill(&ui->grid, row, ascii ? '-' : 0x2500, CC_LOOK_DIM, 0);
	cc_grid_fill(&ui->grid, (cc_rect){ row.x, row.y, at + 1, 1 }, ascii ? '=' : 0x2501, CC_LOOK_HINT_KEY, 0);
	draw_markers(ui, row);
	cc_gcell *here = cc_grid_at(&ui->grid, row.x + at, row.y);
	if (here && (here->ch == '=' || here->ch == 0x2501))
		cc_grid_put(&ui->grid, row.x + at, row.y, ascii ? '#' : 0x2588, CC_LOOK_HINT_KEY, 0);
	else
		cc_grid_paint(&ui->grid, (cc_rect){ row.x + at, row.y, 1, 1 }, CC_LOOK_KEEP, CC_ATTR_REVERSE);
}

static void state_text(const cc_replay *r, cc_buf *out)
{
	const cc_playback *p = r->playback;
	size_t at = cc_playback_at(p);
	int64_t seconds = at ? cc_run_step(cc_playback_run(p), at - 1)->as.step->active_ns / CC_NS_PER_S : 0;
	bool live = cc_replay_live(r) != NULL;
	if (cc_replay_reel(r))
		cc_buf_addf(out, "REEL %.*s  %.*s%s", CC_STR_ARG(cc_replay_reel(r)->name), CC_STR_ARG(cc_replay_reel(r)->order),
			cc_replay_reel(r)->order.n ? "  " : "");
	cc_buf_addf(out, "%s %zu/%zu %lld:%02lld x%s %s%s", live ? r->playing ? "LIVE" : "HELD" : r->playing ? "PLAY" : "REPLAY", at,
		cc_playback_count(p), (long long)(seconds / 60), (long long)(seconds % 60), cc_speed_name(r->speed), r->by_clock ? "clock" : "steps", r->stops ? " stops" : "");
	if (cc_playback_bare(p))
		cc_buf_addz(out, "  NO EVIDENCE");
	else if (cc_playback_differing(p))
		cc_buf_addz(out, "  OTHER EVIDENCE");
}

/* In a picture there is nothing to press: what was done stands there instead. */
static void draw_step(cc_ui *ui, cc_rect row)
{
	const cc_replay *r = ui->replay;
	size_t at = cc_playback_at(r->playback);
	const cc_record_step *s = at ? cc_run_step(cc_playback_run(r->playback), at - 1)->as.step : NULL;
	int64_t seconds = s ? s->active_ns / CC_NS_PER_S : 0;
	cc_buf b = CC_BUF_INIT, caption = CC_BUF_INIT;
	int x = cc_grid_printf(&ui->grid, row, CC_LOOK_HINT, 0, "%zu/%zu %lld:%02lld", at, cc_playback_count(r->playback),
		(long long)(seconds / 60), (long long)(seconds % 60)) + 1;
	add_caption(r, &caption);
	if (caption.n) {
		x += cc_grid_textz(&ui->grid, cc_rect_skip(row, x), "* ", CC_LOOK_HINT, 0);
		x += cc_grid_outside(&ui->grid, cc_rect_skip(row, x), cc_buf_str(&caption), CC_LOOK_HINT, 0) + 1;
	}
	if (s)
		cc_export_line(&b, s, r->redact);
	if (s && ui->stage != CC_STAGE_VERDICT) {
		cc_grid_textz(&ui->grid, cc_rect_skip(row, x + 1), ">", CC_LOOK_HINT, 0);
		cc_grid_outside(&ui->grid, cc_rect_skip(row, x + 3), cc_buf_str(&b), CC_LOOK_HINT_KEY, 0);
	}
	cc_buf_deinit(&b);
	cc_buf_deinit(&caption);
}

/* What it is at, and what that costs: a number that the row's end cuts would be another number, so what does not fit says so. */
static void draw_status(cc_ui *ui, cc_rect row, cc_str status)
{
	cc_buf fit = CC_BUF_INIT;
	size_t room = row.w > 0 ? (size_t)row.w : 0, width = cc_width(status);
	cc_width_fit(&fit, status, width < room ? width : room, ui->grid.ascii);
	cc_grid_text(&ui->grid, row, cc_buf_str(&fit), CC_LOOK_HINT_KEY, 0);
	cc_buf_deinit(&fit);
}

/* Keys give way to it up to a third of the row: `?` has them all. */
static int status_room(cc_str status, int width)
{
	int wants = (int)cc_width(status);
	return wants < width / 3 ? wants : width / 3;
}

/* Of a live player there is little to go about in, and much to decide. */
static bool is_of_live(const cc_transport_key *k)
{
	static const char *const LINES[] = { "play", "step +1", "speed faster", "take-over", "leave" };
	size_t i = 0;
	while (i < sizeof LINES / sizeof *LINES && strcmp(k->line, LINES[i]) != 0)
		i++;
	return i < sizeof LINES / sizeof *LINES;
}

/* The columns it took: 0 where there is no room. */
static int draw_key(cc_ui *ui, cc_rect r, cc_str name, const char *brief)
{
	if (!name.n || (int)(name.n + strlen(brief)) + 3 > r.w)
		return 0;
	int x = cc_grid_text(&ui->grid, r, name, CC_LOOK_HINT_KEY, 0) + 1;
	return x + cc_grid_textz(&ui->grid, cc_rect_skip(r, x), brief, CC_LOOK_HINT, 0) + 2;
}

void cc_replay_draw(cc_ui *ui, cc_rect row)
{
	if (ui->replay->film) {
		draw_step(ui, row);
		return;
	}
	bool is_live = ui->replay->how && ui->replay->how->live;
	cc_buf b = CC_BUF_INIT, said = CC_BUF_INIT, status = CC_BUF_INIT;
	state_text(ui->replay, &b);
	int x = cc_grid_outside(&ui->grid, row, cc_buf_str(&b), CC_LOOK_HINT_KEY, 0) + 2;
	cc_buf_deinit(&b);
	if (ui->pressed.n) {         /* what a room has to see is the key that was pressed */
		x += cc_grid_textz(&ui->grid, cc_rect_skip(row, x), "pressed: ", CC_LOOK_HINT, 0);
		cc_grid_text(&ui->grid, cc_rect_skip(row, x), cc_buf_str(&ui->pressed), CC_LOOK_HINT_KEY, CC_ATTR_BOLD);
		return;
	}
	cc_replay_live_text(ui->replay, &said);
	cc_utf8_clean(&status, cc_buf_str(&said), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	cc_rect keys = row;
	keys.w -= status_room(cc_buf_str(&status), row.w);
	x += draw_key(ui, cc_rect_skip(keys, x), cc_keymap_key_of(ui->keys, CC_DO_HELP, NULL), "keys");
	for (const cc_transport_key *k = cc_replay_bindings; k->keys; k++) {
		cc_str name, rest;
		if (!k->brief || (is_live && !is_of_live(k)))
			continue;
		cc_str_cut(cc_str_from(k->keys), ' ', &name, &rest);
		bool stops = ui->replay->playing && strcmp(k->line, "play") == 0;
		int used = draw_key(ui, cc_rect_skip(keys, x), name, stops ? "hold" : k->brief);
		if (!used)
			break;
		x += used;
	}
	draw_status(ui, cc_rect_skip(row, x), cc_buf_str(&status));
	cc_buf_deinit(&said);
	cc_buf_deinit(&status);
}

/* The caption first, for it is what the room is to read; then what the step did, where it fits. */
void cc_replay_draw_caption(cc_ui *ui, cc_rect row)
{
	cc_buf caption = CC_BUF_INIT, clean = CC_BUF_INIT, fit = CC_BUF_INIT;
	int x = 0;
	add_caption(ui->replay, &caption);
	if (caption.n) {
		cc_utf8_clean(&clean, cc_buf_str(&caption), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
		size_t room = (size_t)(row.w > 3 ? row.w - 2 : 1), width = cc_width(cc_buf_str(&clean));
		cc_width_fit(&fit, cc_buf_str(&clean), width < room ? width : room, ui->grid.ascii);
		x = (int)(width < room ? width : room) + 2;
		cc_grid_fill(&ui->grid, (cc_rect){ row.x, row.y, x < row.w ? x : row.w, 1 }, ' ', CC_LOOK_TITLE_ACTIVE, 0);
		cc_grid_text(&ui->grid, cc_rect_skip(row, 1), cc_buf_str(&fit), CC_LOOK_TITLE_ACTIVE, CC_ATTR_BOLD);
		x += 2;
	}
	if (ui->message.n && x < row.w)
		cc_grid_outside(&ui->grid, cc_rect_skip(row, x), cc_buf_str(&ui->message), CC_LOOK_PROMPT, 0);
	cc_buf_deinit(&caption);
	cc_buf_deinit(&clean);
	cc_buf_deinit(&fit);
}
