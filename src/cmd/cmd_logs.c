/* cmd_logs.c - `logs`: records in time order, a page at a time; the volume of all of them above. */
#include "cmd/find.h"
#include "cmd/log_list.h"
#include "cmd/log_time.h"
#include "cmd/log_unread.h"

#include <math.h>

static double *band(cc_call *c, const cc_selection *s, size_t from, size_t to)
{
	double *points = cc_arena_array(c->arena, CC_VOLUME_BINS, sizeof *points);
	for (size_t i = 0; points && i < CC_VOLUME_BINS; i++)
		for (size_t k = from; k < to; k++)
			points[i] += (double)s->bins[i].count[k];
	if (points && s->gap.from_ns != CC_TIME_NONE)
		points[s->gap_bin] = NAN;
	return points;
}

static uint64_t count_late(cc_call *c, const cc_index_vec *rows)
{
	uint64_t n = 0;
	const cc_logrec *all = cc_logs_get(snap(c), 0);
	for (size_t i = 0; i < rows->n; i++)
		n += all[rows->p[i]].late;
	return n;
}

static void count(cc_call *c, cc_selection *s, cc_range w)
{
	s->range = w;
	s->counted = true;
	s->late = count_late(c, &s->rows);
	s->gap = cc_log_silence(c, w);
	if (s->gap.from_ns == CC_TIME_NONE) {
		(void)cc_histogram(s->bins, CC_VOLUME_BINS, snap(c), CC_TABLE_LOGS, &s->rows, w);
		return;
	}
	double left = (double)(s->gap.from_ns - w.from_ns), right = (double)(w.to_ns - s->gap.to_ns);
	s->gap_bin = (size_t)(left / (left + right) * (CC_VOLUME_BINS - 1) + 0.5);
	s->bins[s->gap_bin] = (cc_histogram_bin){ { 0 } };
	(void)cc_histogram(s->bins, s->gap_bin, snap(c), CC_TABLE_LOGS, &s->rows, (cc_range){ w.from_ns, s->gap.from_ns });
	(void)cc_histogram(s->bins + s->gap_bin + 1, CC_VOLUME_BINS - 1 - s->gap_bin, snap(c), CC_TABLE_LOGS, &s->rows,
		(cc_range){ s->gap.to_ns, w.to_ns });
}

/* Records over the window in slices: all, warnings and errors, for the strip above the list. Counted once a selection. */
static void volume(cc_call *c, cc_reply *r, const ev_list *l)
{
	cc_range w = cc_log_extent(c);
	cc_selection *s = l->found;
	if (!s->counted || s->range.from_ns != w.from_ns || s->range.to_ns != w.to_ns)
		count(c, s, w);
	const double *all = band(c, s, 0, CC_HISTOGRAM_BANDS), *warnings = band(c, s, 2, 3), *errors = band(c, s, 3, 4);
	if (!all || !warnings || !errors)
		return;
	cc_reply_begin_facts(r, "volume", NULL);
	cc_reply_fact(r, "from", "from", cc_cell_time(w.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(w.to_ns), CC_ROLE_TIME);
	if (s->gap.from_ns != CC_TIME_NONE) {
		cc_reply_fact(r, "gap_from", "nothing from", cc_cell_time(s->gap.from_ns), CC_ROLE_TIME);
		cc_reply_fact(r, "gap_to", "nothing to", cc_cell_time(s->gap.to_ns), CC_ROLE_TIME);
	}
	cc_reply_fact(r, "records", "records", cc_cell_spark(all, CC_VOLUME_BINS), CC_ROLE_INFO);
	cc_reply_fact(r, "warnings", "warnings", cc_cell_spark(warnings, CC_VOLUME_BINS), CC_ROLE_WARNING);
	cc_reply_fact(r, "errors", "errors", cc_cell_spark(errors, CC_VOLUME_BINS), CC_ROLE_CRITICAL);
}

/* A template in the title as it stands in the line. */
static void describe(const ev_list *l, cc_call *c, cc_reply *r)
{
	cc_buf what = CC_BUF_INIT;
	cc_buf_addz(&what, "LOGS");
	if (cc_arg_given(c, "pattern")) {
		cc_buf_addz(&what, " pattern=");
		cc_cmd_quote(&what, cc_str_from(cc_arg(c, "pattern")));
	}
	ev_list_describe(l, c, r, cc_buf_ok(&what) ? what.p : "LOGS");
	cc_buf_deinit(&what);
}

/* The page above and below, of whatever rows the list has. */
static void fill(cc_call *c, cc_reply *r, ev_list *l, cc_log_list *list)
{
	volume(c, r, l);
	list->late = l->found->late;
	cc_log_list_rows(list, l, c, r);
}

typedef struct so_far { cc_call *c; const ev_list *l; } so_far;

/* The oldest of what was found so far stay the oldest; the newest do not, and neighbours and templates are another pass. */
static cc_code fill_so_far(void *arg, const cc_index_vec *rows, cc_reply *r)
{
	const so_far *s = arg;
	ev_list l = *s->l;
	cc_selection found = { .of = snap(s->c), .rows = *rows };
	cc_log_list list = { .newest = false };
	l.rows = *rows;
	l.found = &found;
	ev_list_keep(&l, rows->n);
	cc_code code = cc_log_list_open(&list, &l, s->c, NULL);
	if (code != CC_OK)
		return code;
	describe(&l, s->c, r);
	fill(s->c, r, &l, &list);
	return CC_OK;
}

typedef struct page { cc_call *c; ev_list *l; cc_log_list *list; } page;

static void fill_page(void *arg, cc_reply *r)
{
	const page *p = arg;
	describe(p->l, p->c, r);
	fill(p->c, r, p->l, p->list);
}

static cc_code run_logs(cc_call *c, cc_reply *r, cc_err *err)
{
	bool newest = cc_arg(c, "order") && cc_arg(c, "order")[0] == 'n';
	ev_list l;
	cc_log_list list = { .newest = newest };
	so_far s = { c, &l };
	page p = { c, &l, &list };
	bool shows = !newest && !cc_arg_given(c, "pattern") && cc_arg_int(c, "context", 0) == 0;
	cc_code code = ev_list_select_shown(&l, c, CC_TABLE_LOGS, &(cc_looking){ shows ? fill_so_far : NULL, &s }, err);
	if (code == CC_OK)
		code = cc_log_list_open(&list, &l, c, err);
	if (code != CC_OK)
		goto done;
	describe(&l, c, r);
	code = ev_list_find(&l, c, r, newest, err);
	if (code != CC_OK)
		goto done;
	fill(c, r, &l, &list);
	code = cc_log_unread(&l, &list.style, &(cc_log_above){ fill_page, &p }, c, r, err);
	if (list.late && list.late < l.found->rows.n)
		cc_reply_add_note(r, "%llu came late: their file has later ones before them (late=yes)", (unsigned long long)list.late);
	ev_note_skipped(c, r, CC_FILE_LOGS);
done:
	ev_list_deinit(&l);
	return code;
}

static const char *const orders[] = { "oldest", "newest", NULL };

const cc_cmd cc_cmd_logs = {
	.name = "logs",
	.alias = "lo",
	.group = "evidence",
	.summary = "log records in time order, filtered",
	.help = "Level is combined from the severity text, its number and, where both are silent, the body. Records that follow "
		"each other and say the same are one row with their number (Times); of many lines the first is shown and how many More there are "
		"(fold=no shows all). T: the record belongs to a trace. find= goes to a record among all of the answer and hides none; that and offset= (with its limit=) are free once the question was asked.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("service=, pod=, level>=, trace=, attr.KEY=, since=, until=, late=yes, ~ /re/, words"),
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE, .help = "oldest (default) or newest first" },
		{ .name = "pattern", .type = CC_PARAM_WORD, .help = "only lines of this template, as `patterns` makes it: <*> is any word" },
		{ .name = "context", .type = CC_PARAM_INT, .min = 0, .max = 9, .help = "records shown before and after each that fits, 0 to 9" },
		{ .name = "fold", .type = CC_PARAM_BOOL, .help = "repeated records as one row, many lines as their first: yes, unless context= is given" },
		{ .name = "fields", .type = CC_PARAM_WORD, .help = "columns after the message, from JSON bodies or attributes: fields=user.id,code" },
		EV_PARAMS_FIND, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY | CC_CMD_NO_CURSOR,
	.reads = CC_KIND_BIT(CC_FILE_LOGS),
	.examples = (const char *const[]){ "logs", "logs level>=warn", "logs level>=warn ~ /timeout|refused/ since=T-5m",
		"logs level>=error context=2", "logs pattern=\"Sending Quote: $<num>\" limit=3",
		"logs order=newest limit=20", "logs fields=k8s.pod.name limit=5",
		"logs late=yes", "logs find=level>=error near=100", NULL },
	.reply = (const char *const[]){ EV_REPLY_FIND, "volume           facts: from, to, records[], warnings[] and errors[] in 60 slices; gap_from, gap_to: a long",
		"                 time without a record, which one slice (null) stands for", "logs[].time      record time",
		"logs[].level     trace, debug, info, warn, error, fatal, unknown", "logs[].service   service.name", "logs[].message   body, cut at 4096 bytes: its first line, what was thrown or caused it, the line",
		"                 that ~ found, separated by |; of a JSON body its message,",
		"                 then key=value; what other keys tell (time, level, ids) is left out: `log` has the whole body",
		"logs[].FIELD     each of fields=, in their order",
		"logs[].repeats   records folded into the row, null for one", "logs[].lines     further lines of the body, null for none",
		"logs[].traced    true: it carries a trace id",
		"logs[].late      where any is: true for a record behind one of a later time, in its file and of its source; null for others", "logs[].pod       k8s.pod.name", "logs[].trace     trace id",
		"logs[].entity    the pod or service", "logs[].cite      record", "logs[].context   with context=: it does not fit itself", EV_REPLY_UNREAD, NULL },
	.filter_table = "logs",
	.run = run_logs,
};
