/* alerts.c - reads the alert files and merges their observations by full label set.
 *
 * A file that lists every alert is one observation of each it holds, and its silence says that the others do not
 * fire. The alerts_in_alerting_state file lists a chosen few at the end of a recording: it counts only for alerts
 * nothing else shows. Background is told by behaviour: there in the first file, active before it, and the same in
 * every file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"
#include "snapshot/alerts_priv.h"

/* With one observation only, nothing can be seen to start: what began within this time before it counts as inside. */
#define ALONE_LOOKBACK_NS (3600 * CC_NS_PER_S)

typedef struct alerts_reader {
	cc_snapshot *s;
	alerts_table *t;
	cc_map *ids;             /* labels as text -> index into entries */
	cc_buf key;
} alerts_reader;

/* ---- merging ---- */

static bool label_key(alerts_reader *r, const alert_item *item)
{
	cc_buf_clear(&r->key);
	for (size_t i = 0; i < item->label_count; i++) {
		cc_buf_addf(&r->key, "%zu:%zu:", item->labels[i].key.n, item->labels[i].value.n);
		cc_buf_add(&r->key, item->labels[i].key);
		cc_buf_add(&r->key, item->labels[i].value);
	}
	return cc_buf_ok(&r->key);
}

static alert_entry *entry_of(alerts_reader *r, const alert_item *item)
{
	uint64_t at;

	if (!label_key(r, item))
		return NULL;
	if (!cc_map_get(r->ids, cc_buf_str(&r->key), &at)) {
		alert_entry e = { .pub = { .labels = item->labels, .label_count = item->label_count },
			.annotated_ns = CC_TIME_NONE };
		cc_str key = cc_arena_dup(r->s->arena, cc_buf_str(&r->key));

		at = r->t->entries.n;
		if (!key.p || !cc_vec_push(&r->t->entries, e) || !cc_map_set(r->ids, key, at))
			return NULL;
	}
	return &r->t->entries.p[at];
}

static bool merge_item(alerts_reader *r, const alert_item *item, int64_t time, bool full, cc_cite cite)
{
	alert_entry *e = entry_of(r, item);
	cc_alert_sample sample = { .time_ns = time,
		.active_ns = item->active_ns,
		.value = item->value,
		.value_text = item->value_text,
		.firing = item->firing,
		.cite = cite };

	if (!e)
		return false;
	if (e->annotated_ns <= time || !e->annotations) {
		e->annotations = item->annotations;
		e->annotation_count = item->annotation_count;
		e->annotated_ns = time;
	}
	return full ? cc_vec_push(&e->samples, sample) : cc_vec_push(&e->extra, sample);
}

/* ---- files ---- */

/* False for the file that holds a selection of the alerts. */
static bool lists_every_alert(cc_str path)
{
	size_t slash = cc_str_rfind_char(path, '/');
	cc_str name = slash == CC_STR_NONE ? path : cc_str_sub(path, slash + 1, path.n);

	return !cc_str_starts_nocase(name, CC_STR("alerts_in_alerting_state"));
}

static int64_t observation_time(const snapshot_file *f, const cc_json *root)
{
	int64_t t;

	if (f->stamp_ns != CC_TIME_NONE)
		return f->stamp_ns;
	if (cc_json_typeof(root) == CC_JSON_OBJECT &&
		cc_snapshot_time(cc_json_text(cc_json_get_nocase(root, "timestamp")), &t))
		return t;
	return CC_TIME_NONE;
}

/* An alert of a file that does not say when it was written is known when it became active. */
static bool is_ahead(const cc_snapshot *s, int64_t time, const alert_item *item)
{
	return s->whole && time == CC_TIME_NONE && item->active_ns > s->until_ns;
}

static cc_code read_items(alerts_reader *r, uint32_t file, const cc_json *root, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(r->s, file);
	int64_t time = observation_time(f, root);
	bool known = !r->s->whole || time == CC_TIME_NONE || time <= r->s->until_ns, full = lists_every_alert(f->info.path), ok = true;
	uint32_t record = 0;
	alert_walk walk = { 0 };
	alert_item item;

	for (const cc_json *v = known ? cc_alert_next(root, &walk) : NULL; ok && v; v = cc_alert_next(root, &walk)) {
		alert_read got = cc_alert_item_read(r->s->arena, &item, v);
		cc_cite cite = { file, ++record };

		if (got == ALERT_READ_NONE)
			cc_snapshot_skip(r->s, file, record, "not an alert: no labels");
		else
			ok = got == ALERT_READ_OK &&
				(is_ahead(r->s, time, &item) ||
					merge_item(r, &item, time == CC_TIME_NONE ? item.active_ns : time, full, cite));
	}
	if (!r->s->whole)
		f->info.records = record > f->info.skipped ? record - f->info.skipped : 0;
	if (ok && known && full && time != CC_TIME_NONE && (record == 0 || f->info.records > 0))
		ok = cc_vec_push(&r->t->full, time);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "alerts: out of memory");
}

static cc_code read_file(alerts_reader *r, uint32_t file, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(r->s, file);
	cc_json *root = NULL;
	cc_code code;

	if (r->s->opt && cc_canceled(r->s->opt->cancel))
		return cc_err_set(err, CC_ECANCELED, "alerts: reading was canceled");
	if (r->s->whole && f->stamp_ns != CC_TIME_NONE && f->stamp_ns > r->s->until_ns)
		return CC_OK;            /* not observed yet */
	r->s->bytes_done += f->info.bytes;
	code = cc_json_parse(&root, cc_snapshot_file_text(f), err);
	if (code == CC_ENOMEM)
		return code;
	if (code != CC_OK) {
		cc_snapshot_skip(r->s, file, 1, code == CC_ELIMIT ? "the JSON is nested too deeply" : "not valid JSON");
		return CC_OK;
	}
	code = read_items(r, file, root, err);
	cc_json_free(root);
	return code;
}

/* ---- finishing: samples, intervals, onset, background ---- */

static int compare_times(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return a < b ? -1 : a > b;
}

static size_t sort_unique(int64_t *t, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(t, n, sizeof *t, compare_times);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || t[kept - 1] != t[i])
			t[kept++] = t[i];
	return kept;
}

static int compare_samples(const void *pa, const void *pb)
{
	const cc_alert_sample *a = pa, *b = pb;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->cite.file != b->cite.file)
		return a->cite.file < b->cite.file ? -1 : 1;
	return a->cite.record < b->cite.record ? -1 : a->cite.record > b->cite.record;
}

static bool finish_samples(cc_snapshot *s, alert_entry *e)
{
	bool own = e->samples.n > 0;
	const cc_alert_sample *from = own ? e->samples.p : e->extra.p;
	size_t count = own ? e->samples.n : e->extra.n, n = 0;
	cc_alert_sample *out = cc_arena_array(s->arena, count, sizeof *out);

	if (!out)
		return false;
	memcpy(out, from, count * sizeof *out);
	qsort(out, count, sizeof *out, compare_samples);
	for (size_t i = 0; i < count; i++)
		if (n == 0 || out[n - 1].time_ns != out[i].time_ns)
			out[n++] = out[i];
	e->pub.samples = out;
	e->pub.sample_count = n;
	e->pub.first_ns = out[0].time_ns;
	e->pub.last_ns = out[n - 1].time_ns;
	return true;
}

/* Number of full observations before a time. */
static size_t full_before(const alerts_table *t, int64_t time)
{
	size_t lo = 0, hi = t->full.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->full.p[mid] < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool continues(const alerts_table *t, const cc_alert_sample *before, const cc_alert_sample *sample)
{
	return before->firing && sample->firing && before->active_ns == sample->active_ns &&
	       full_before(t, sample->time_ns) <= full_before(t, before->time_ns) + 1;
}

static bool finish_intervals(cc_snapshot *s, const alerts_table *t, alert_entry *e)
{
	cc_range *out = cc_arena_array(s->arena, e->pub.sample_count, sizeof *out);
	size_t n = 0;

	for (size_t i = 0; out && i < e->pub.sample_count; i++) {
		const cc_alert_sample *sample = &e->pub.samples[i];

		if (!sample->firing)
			continue;
		if (n > 0 && i > 0 && continues(t, sample - 1, sample))
			out[n - 1].to_ns = sample->time_ns;
		else
			out[n++] = (cc_range){ sample->time_ns, sample->time_ns };
	}
	e->pub.intervals = out;
	e->pub.interval_count = n;
	return out != NULL;
}

static int64_t capture_start(const alerts_table *t)
{
	if (t->tick_count == 0)
		return CC_TIME_NONE;
	return t->full.n > 1 ? t->full.p[0] : t->ticks[0] - ALONE_LOOKBACK_NS;
}

/* Rules that fire in a healthy cluster too: they decide only where behaviour cannot. */
static bool is_known_noise(cc_str name)
{
	static const char *const names[] = { "Watchdog", "InfoInhibitor", "PrometheusNotConnectedToAlertmanagers",
		"KubeClientCertificateExpiration", "KubeSchedulerDown", "KubeControllerManagerDown", "KubeProxyDown" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (cc_str_eqz(name, names[i]))
			return true;
	return false;
}

static bool is_background(const cc_snapshot *s, const alerts_table *t, const cc_alert *a, int64_t start)
{
	const cc_alert_sample *first = &a->samples[0];

	if (t->full.n < 2)
		return is_known_noise(cc_snapshot_sym(s, a->name));
	if (first->time_ns != t->full.p[0] || first->active_ns >= start)
		return false;
	if (a->sample_count != t->full.n && !is_known_noise(cc_snapshot_sym(s, a->name)))
		return false;   /* a known one may miss a file: polls fail */
	for (size_t i = 0; i < a->sample_count; i++)
		if (!a->samples[i].firing || a->samples[i].active_ns != first->active_ns)
			return false;
	return true;
}

static void finish_onset(const cc_snapshot *s, const alerts_table *t, cc_alert *a)
{
	int64_t start = capture_start(t);

	a->onset_ns = CC_TIME_NONE;
	for (size_t i = 0; i < a->sample_count; i++) {
		int64_t active = a->samples[i].active_ns;

		if (active != CC_TIME_NONE && active >= start && (a->onset_ns == CC_TIME_NONE || active < a->onset_ns))
			a->onset_ns = active;
	}
	if (a->onset_ns == CC_TIME_NONE)
		a->onset_ns = a->first_ns;
	a->background = is_background(s, t, a, start);
	a->active_before = !a->background && a->samples[0].active_ns != CC_TIME_NONE && a->samples[0].active_ns < start;
}

static cc_severity severity_of(cc_str text)
{
	static const struct {
		const char *name;
		cc_severity severity;
	} names[] = {
		{ "critical", CC_SEVERITY_CRITICAL }, { "page", CC_SEVERITY_CRITICAL },
		{ "error", CC_SEVERITY_CRITICAL }, { "warning", CC_SEVERITY_WARNING },
		{ "warn", CC_SEVERITY_WARNING }, { "info", CC_SEVERITY_INFO },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (cc_str_eq_nocase(text, cc_str_from(names[i].name)))
			return names[i].severity;
	return CC_SEVERITY_NONE;
}

static void finish_labels(cc_snapshot *s, alert_entry *e)
{
	cc_alert *a = &e->pub;
	cc_str name = cc_alerts_label(a, "alertname"), severity = cc_alerts_label(a, "severity");

	a->name = cc_snapshot_intern(s, name.n > 0 ? name : CC_STR("Unknown"));
	a->severity = severity_of(severity);
	a->severity_text = cc_snapshot_intern(s, severity);
	a->ns = cc_snapshot_intern(s, cc_alert_namespace(a));
	a->annotations = e->annotations;
	a->annotation_count = e->annotation_count;
}

/* Columns: every full observation, and the selection's only where it is all there is for some alert. */
static bool finish_ticks(cc_snapshot *s, alerts_table *t)
{
	size_t n = 0, room = t->full.n;
	int64_t *ticks;

	for (size_t i = 0; i < t->entries.n; i++)
		room += t->entries.p[i].samples.n == 0 ? t->entries.p[i].extra.n : 0;
	ticks = cc_arena_array(s->arena, room, sizeof *ticks);
	if (!ticks)
		return false;
	t->full.n = sort_unique(t->full.p, t->full.n);
	for (size_t i = 0; i < t->full.n; i++)
		ticks[n++] = t->full.p[i];
	for (size_t i = 0; i < t->entries.n; i++)
		for (size_t j = 0; t->entries.p[i].samples.n == 0 && j < t->entries.p[i].extra.n; j++)
			if (t->entries.p[i].extra.p[j].time_ns != CC_TIME_NONE)
				ticks[n++] = t->entries.p[i].extra.p[j].time_ns;
	t->ticks = ticks;
	t->tick_count = sort_unique(ticks, n);
	return true;
}


static int compare_labels(const cc_alert *a, const cc_alert *b)
{
	for (size_t i = 0; i < a->label_count && i < b->label_count; i++) {
		int c = cc_str_cmp(a->labels[i].key, b->labels[i].key);

		if (c == 0)
			c = cc_str_cmp(a->labels[i].value, b->labels[i].value);
		if (c != 0)
			return c;
	}
	return a->label_count < b->label_count ? -1 : a->label_count > b->label_count;
}

static int compare_alerts(const void *pa, const void *pb)
{
	const cc_alert *a = &((const alert_entry *)pa)->pub, *b = &((const alert_entry *)pb)->pub;
	int c;

	if (a->background != b->background)
		return a->background ? 1 : -1;
	if (a->onset_ns != b->onset_ns)
		return a->onset_ns < b->onset_ns ? -1 : 1;
	c = cc_str_cmp(cc_alerts_label(a, "alertname"), cc_alerts_label(b, "alertname"));
	return c != 0 ? c : compare_labels(a, b);
}

static bool finish(cc_snapshot *s, alerts_table *t)
{
	if (!finish_ticks(s, t))
		return false;
	for (size_t i = 0; i < t->entries.n; i++) {
		alert_entry *e = &t->entries.p[i];

		finish_labels(s, e);
		if (!finish_samples(s, e) || !finish_intervals(s, t, e))
			return false;
		finish_onset(s, t, &e->pub);
		for (size_t j = 0; !e->pub.background && j < e->pub.sample_count; j++)
			cc_snapshot_widen(s, e->pub.samples[j].time_ns);
	}
	if (t->entries.n > 1)
		qsort(t->entries.p, t->entries.n, sizeof *t->entries.p, compare_alerts);
	return true;
}

cc_code cc_alerts_load(cc_snapshot *s, cc_err *err)
{
	alerts_reader r = { .s = s, .key = CC_BUF_INIT };
	cc_code code = CC_OK;

	if (cc_snapshot_next_file(s, CC_FILE_ALERTS, 0) == 0)
		return CC_OK;
	r.t = s->alerts = cc_calloc(1, sizeof *s->alerts);
	r.ids = cc_map_new();
	if (!r.t || !r.ids)
		code = cc_err_set(err, CC_ENOMEM, "alerts: out of memory");
	for (uint32_t f = cc_snapshot_next_file(s, CC_FILE_ALERTS, 0); f && code == CC_OK;
		f = cc_snapshot_next_file(s, CC_FILE_ALERTS, f))
		code = read_file(&r, f, err);
	if (code == CC_OK && !finish(s, r.t))
		code = cc_err_set(err, CC_ENOMEM, "alerts: out of memory");
	cc_map_free(r.ids);
	cc_buf_deinit(&r.key);
	return code;
}

void cc_alerts_unload(cc_snapshot *s)
{
	if (!s->alerts)
		return;
	for (size_t i = 0; i < s->alerts->entries.n; i++) {
		cc_vec_deinit(&s->alerts->entries.p[i].samples);
		cc_vec_deinit(&s->alerts->entries.p[i].extra);
	}
	cc_vec_deinit(&s->alerts->entries);
	cc_vec_deinit(&s->alerts->full);
	cc_free(s->alerts);
	s->alerts = NULL;
}
