/* chart_cursor.c - moving the time cursor through a chart: from sample to sample, as far as the chart reaches. */
#include "ui/ui_priv.h"

const cc_section *cc_ui_chart(const cc_sheet *s)
{
	for (size_t i = 0; s && s->reply && i < cc_reply_section_count(s->reply); i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		if (sec->kind == CC_SECTION_CHART && sec->series_count)
			return sec;
	}
	return NULL;
}

/* The series of the selected row, else the first: rows of the table below stand in the order of the plots. */
static const cc_chart_series *chosen(const cc_section *chart, const cc_pick *p)
{
	bool table = p->row && p->section && cc_str_eqz(cc_str_from(p->section->key), "series");
	size_t at = table ? (size_t)(p->row - p->section->rows) : 0;
	return &chart->series[at < chart->series_count ? at : 0];
}

int64_t cc_ui_chart_time(const cc_section *chart, int64_t at_ns)
{
	for (size_t i = 0; at_ns == CC_TIME_NONE && i < chart->mark_count; i++)
		if (chart->marks[i].sign == '^')
			return chart->marks[i].time_ns;
	return at_ns;
}

void cc_ui_chart_step(cc_ui *ui, const cc_section *chart, int dir)
{
	cc_ui_status st;
	cc_sheet *sheet = cc_ui_sheet(ui);
	cc_pick pick = cc_sheet_pick(sheet);
	const cc_chart_series *s = chosen(chart, &pick);
	cc_buf b = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	int64_t at = cc_ui_chart_time(chart, st.view.at_ns), to = CC_TIME_NONE;
	for (size_t i = 0; i < s->count; i++) {
		int64_t t = s->points[i].time_ns;
		if (dir > 0 && at != CC_TIME_NONE && t > at && to == CC_TIME_NONE)
			to = t;
		if (dir < 0 && (at == CC_TIME_NONE || t < at))
			to = t;
	}
	if (to == CC_TIME_NONE) {
		cc_ui_say(ui, dir > 0 ? "this is the last sample" : "this is the first sample");
		return;
	}
	cc_buf_addz(&b, "at ");
	cc_time_format(&b, to);
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}
