/* alert_rows.c - cells of alerts, and the row that stands for those that always fire. */
#include "cmd/alert_rows.h"

#include <math.h>

#include "coldcase/entity.h"

enum { CELLS_MAX = 24 };

int64_t alert_moment(const cc_call *c)
{
	return cc_case_view(cc_session_case(c->session)).at_ns;
}

cc_cell alert_lasted(const cc_alert *a, int64_t at_ns)
{
	int64_t lasted = cc_alert_lasted(a, at_ns);
	return lasted == CC_TIME_NONE ? cc_cell_none() : cc_cell_duration(lasted);
}

cc_cell alert_value(const cc_alert_sample *m)
{
	return m && isfinite(m->value) ? cc_cell_number(m->value) : cc_cell_none();
}

cc_cell alert_words(cc_str text)
{
	return text.n ? cc_cell_text(text) : cc_cell_none();
}

cc_cell alert_values(cc_call *c, const cc_alert *a)
{
	cc_alert_strip t;
	if (cc_alert_strip_make(&t, snap(c), a, CELLS_MAX, c->arena) != CC_OK || !t.count)
		return cc_cell_none();
	return cc_cell_strip(t.values, t.count, (cc_str){ t.letters, t.count }, cc_alert_strip_slice(snap(c), t.count, alert_moment(c)));
}

cc_cell alert_group_values(cc_call *c, const cc_alert_group *g)
{
	cc_alert_strip sum, t;
	for (size_t i = 0; i < g->count; i++) {
		if (cc_alert_strip_make(&t, snap(c), cc_alerts_get(snap(c), g->rows[i]), CELLS_MAX, c->arena) != CC_OK || !t.count)
			return cc_cell_none();
		if (i == 0)
			sum = t;
		for (size_t k = 0; k < t.count; k++) {
			bool fired = t.letters[k] == '#';
			sum.values[k] = (i && !isnan(sum.values[k]) ? sum.values[k] : 0) + (fired ? 1 : 0);
			if (fired || (t.letters[k] == '-' && sum.letters[k] == '.'))
				sum.letters[k] = t.letters[k];
		}
	}
	if (!g->count)
		return cc_cell_none();
	for (size_t k = 0; k < sum.count; k++)
		sum.values[k] = sum.letters[k] == '#' ? sum.values[k] : (double)NAN;
	return cc_cell_strip(sum.values, sum.count, (cc_str){ sum.letters, sum.count }, cc_alert_strip_slice(snap(c), sum.count, alert_moment(c)));
}

cc_cell alert_counts(cc_call *c, const cc_alert *a)
{
	cc_alert_strip t;
	if (cc_alert_strip_make(&t, snap(c), a, CELLS_MAX, c->arena) != CC_OK || !t.count)
		return cc_cell_none();
	return cc_cell_spark(t.seen, t.count);
}

static bool fires(const cc_call *c, const cc_alert *a)
{
	cc_alert_state v = cc_alert_state_at(snap(c), a, alert_moment(c));
	return v == CC_ALERT_FIRING || v == CC_ALERT_ALWAYS;
}

cc_str alert_inhibitor(const cc_call *c, const cc_alert *a)
{
	const cc_snapshot *s = snap(c);
	bool info = a->severity == CC_SEVERITY_INFO;
	if (!info && a->severity != CC_SEVERITY_WARNING)
		return CC_STR_EMPTY;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *other = cc_alerts_get(s, i);
		bool graver = other->name == a->name && other->severity > a->severity;
		bool inhibitor = info && cc_str_eqz(cc_snapshot_sym(s, other->name), "InfoInhibitor");
		if (other->ns == a->ns && (graver || inhibitor) && fires(c, other))
			return cc_snapshot_sym(s, other->name);
	}
	return CC_STR_EMPTY;
}

/* --- noise --- */

static const cc_column noise_columns[] = {
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_DIM, 7, 1 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_DIM, 5, 0 },
	{ "alerts", "Folded: fired before the capture and all through it", CC_CELL_TEXT, CC_ROLE_DIM, 0, 0 },
	{ "seen", "Polls", CC_CELL_TEXT, CC_ROLE_DIM, 6, 2 },
};

static bool is_listed(const cc_call *c, const cc_index_vec *noise, size_t before, cc_sym name)
{
	for (size_t i = 0; i < before; i++)
		if (cc_alerts_get(snap(c), noise->p[i])->name == name)
			return true;
	return false;
}

static size_t of_name(const cc_call *c, const cc_index_vec *noise, cc_sym name)
{
	size_t n = 0;
	for (size_t i = 0; i < noise->n; i++)
		n += cc_alerts_get(snap(c), noise->p[i])->name == name;
	return n;
}

/* "FailedPodsDetected, NodeClockNotSynchronising x6, Watchdog": what is about a thing that can fail first. */
static void list_names(const cc_call *c, const cc_index_vec *noise, cc_buf *out)
{
	for (int about = 1; about >= 0; about--) {
		for (size_t i = 0; i < noise->n && out->n < 400; i++) {
			const cc_alert *a = cc_alerts_get(snap(c), noise->p[i]);
			size_t same = of_name(c, noise, a->name);
			if ((a->entity != 0) != (about == 1) || is_listed(c, noise, i, a->name))
				continue;
			cc_buf_addf(out, "%s%.*s", out->n ? ", " : "", CC_STR_ARG(cc_snapshot_sym(snap(c), a->name)));
			if (same > 1)
				cc_buf_addf(out, " x%zu", same);
		}
	}
}

void alert_noise_table(cc_call *c, cc_reply *r, const cc_index_vec *noise)
{
	cc_buf names = CC_BUF_INIT;
	size_t ticks, most = 0;
	if (!noise->n)
		return;
	cc_alerts_ticks(snap(c), &ticks);
	for (size_t i = 0; i < noise->n; i++) {
		size_t seen = cc_alerts_get(snap(c), noise->p[i])->sample_count;
		most = seen > most ? seen : most;
	}
	cc_reply_begin_table(r, "noise", NULL, noise_columns, sizeof noise_columns / sizeof noise_columns[0], false);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->mark = CC_ROLE_DIM;
	list_names(c, noise, &names);
	cc_reply_cell(r, cc_cell_textz("always"));
	cc_reply_cell(r, cc_cell_int((int64_t)noise->n));
	cc_reply_cell(r, cc_cell_text(cc_buf_str(&names)));
	cc_reply_cell(r, cc_cell_text(cc_arena_printf(c->arena, "%zu/%zu", most, ticks)));
	cc_reply_set_drill(r, "alerts background=yes");
	cc_buf_deinit(&names);
}

void alert_note_watchdog(cc_call *c, cc_reply *r)
{
	size_t ticks;
	cc_alerts_ticks(snap(c), &ticks);
	for (size_t i = 0; i < cc_alerts_count(snap(c)); i++) {
		const cc_alert *a = cc_alerts_get(snap(c), i);
		if (cc_str_eqz(cc_snapshot_sym(snap(c), a->name), "Watchdog") && a->sample_count < ticks)
			cc_reply_add_note(r, "Watchdog fires always, and is missing from %zu of %zu alert files: alerting itself was disturbed, "
				"what is not listed there may have fired", ticks - a->sample_count, ticks);
	}
}
