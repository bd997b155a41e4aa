/* chart_preview.c - the trend of the selected row as a small chart beside its fields.
 *
 * It is drawn of the slices the list's reply holds already, so it costs no query and shows nothing that is not in the record;
 * Enter asks for every sample. */
#include "ui/ui_priv.h"

#include <math.h>

enum { POINTS = 64, ROWS = 6, HEIGHT = ROWS + 5, FIELDS_LEAST = 6, BESIDE = 76 };

static const cc_cell *cell_of(const cc_pick *p, const char *key)
{
	for (size_t i = 0; p->row && p->section && i < p->section->column_count; i++)
		if (cc_str_eqz(cc_str_from(p->section->columns[i].key), key))
			return &p->row->cells[i];
	return NULL;
}

static cc_str text_of(const cc_pick *p, const char *key)
{
	const cc_cell *c = cell_of(p, key);
	return c && c->type == CC_CELL_TEXT ? c->text : CC_STR_EMPTY;
}

/* Each slice holds from its beginning to the next one, the last to the end of the samples; a slice without samples is a gap. Other tables' trends count rows: they are no samples. */
static size_t slices(const cc_pick *p, cc_chart_point *out)
{
	const cc_cell *trend = cell_of(p, "trend"), *first = cell_of(p, "first"), *last = cell_of(p, "last");
	if (!cell_of(p, "name") || !trend || trend->type != CC_CELL_SPARK || !first || first->type != CC_CELL_TIME || !last || last->type != CC_CELL_TIME)
		return 0;
	size_t n = trend->point_count < POINTS ? trend->point_count : POINTS - 1;
	double width = n ? ((double)last->i - (double)first->i) / (double)n : 0;
	for (size_t i = 0; i < n; i++)
		out[i] = (cc_chart_point){ first->i + (int64_t)(width * (double)i), trend->points[i] };
	if (width > 0)
		out[n] = (cc_chart_point){ last->i, trend->points[n - 1] };
	return width > 0 ? n + 1 : 0;
}

cc_rect cc_ui_trend_preview(cc_ui *ui, cc_rect r, const cc_pick *p, const cc_sheet_look *look)
{
	cc_chart_point points[POINTS];
	cc_chart_series s = { .name = text_of(p, "name"), .unit = text_of(p, "unit"), .points = points };
	cc_chart_mark onset = { look->onset_ns, CC_TIME_NONE, CC_STR("onset"), CC_ROLE_CHANGED, '^' };
	cc_section chart = { .kind = CC_SECTION_CHART, .series = &s, .series_count = 1, .marks = &onset, .mark_count = look->onset_ns != CC_TIME_NONE };
	cc_chart_look how = { .glyphs = look->glyphs, .at_ns = look->at_ns, .known = look->known, .window = { CC_TIME_NONE, CC_TIME_NONE }, .rows = ROWS, .sliced = true };
	bool beside = r.w >= BESIDE, above = r.h >= HEIGHT + FIELDS_LEAST;
	s.count = beside || above ? slices(p, points) : 0;
	if (s.count < 2 || r.h < HEIGHT - 1)
		return r;
	cc_rect at = { r.x, r.y, beside ? r.w / 2 - 1 : r.w - 1, HEIGHT };
	cc_draw_chart(&ui->grid, at, &chart, &how);
	cc_grid_printf(&ui->grid, (cc_rect){ at.x + 2, at.y + ROWS + 3, at.w - 2, 1 }, CC_LOOK_DIM, 0, "%zu slices; Enter draws every sample", s.count - 1);
	if (beside)
		return (cc_rect){ r.x + at.w + 1, r.y, r.w - at.w - 1, r.h };
	return (cc_rect){ r.x, r.y + HEIGHT, r.w, r.h - HEIGHT };
}
