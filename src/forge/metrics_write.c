/* metrics_write.c - the files metrics/pod_*_raw.tsv: all series of a pod, five metric names to a block, each by time.
 *
 * What does not change along a series (labels, names) is formatted once and copied for every sample. */
#include "forge/metrics_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers and millionths are nearly all there is; their shortest decimals follow from integers. */
void mwrite_value(cc_buf *out, double v)
{
	double size = v < 0.0 ? -v : v;
	if (size < 9e15 && size == (double)(int64_t)size) {
		if (v < 0.0) cc_buf_add_char(out, '-');
		out_u64(out, (uint64_t)size);
		OUT_LIT(out, ".0");
		return;
	}
	int64_t micro = size < 9e8 && size >= 1e-4 ? (int64_t)(size * 1e6 + 0.5) : 0;
	if (!micro || (double)micro / 1e6 != size) {
		out_float(out, v);
		return;
	}
	char text[6];
	int n = 6;
	int64_t part = micro % 1000000;
	for (int i = 5; i >= 0; i--, part /= 10) text[i] = (char)('0' + part % 10);
	while (n > 1 && text[n - 1] == '0') n--;
	if (v < 0.0) cc_buf_add_char(out, '-');
	out_u64(out, (uint64_t)(micro / 1000000));
	cc_buf_add_char(out, '.');
	cc_buf_add(out, (cc_str){ text, (size_t)n });
}

typedef struct pod_file {
	mmatrix group[MG_OF_POD];
	mlines lines;            /* by metric name */
	cc_arena *arena;
} pod_file;

static int by_metric(const void *a, const void *b)
{
	const mline *x = a, *y = b;
	int c = strcmp(x->metric, y->metric);
	if (c) return c;
	if (x->group != y->group) return x->group - y->group;
	return x->column - y->column;
}

static bool inside(const forge_sim *s, int64_t t)
{
	return t >= s->start && t < s->end;
}

bool mwrite_any(const forge_sim *s, const mmatrix *x, int column)
{
	for (size_t r = 0; r < x->rows; r++)
		if (inside(s, x->t[r]) && !isnan(x->v[r * (size_t)x->width + (size_t)column])) return true;
	return false;
}

bool mwrite_line(mlines *to, cc_arena *arena, mline line, cc_buf *after)
{
	line.after = cc_buf_ok(after) ? cc_arena_dup(arena, cc_buf_str(after)) : (cc_str){ NULL, 0 };
	cc_buf_deinit(after);
	return line.after.p && cc_vec_push(to, line);
}

uint64_t mwrite_row(const forge_sim *s, msink *k, const mmatrix *x, size_t r, int group, const mline *lines, size_t n,
	cc_buf *stamp)
{
	uint64_t samples = 0;
	if (!inside(s, x->t[r])) return 0;
	cc_buf_clear(stamp);
	out_stamp_ms(stamp, x->t[r]);
	for (size_t i = 0; i < n; i++) {
		double v = lines[i].group == group ? x->v[r * (size_t)x->width + (size_t)lines[i].column] : (double)NAN;
		if (isnan(v)) continue;
		cc_buf_addz(&k->out, lines[i].metric);
		OUT_LIT(&k->out, "\t");
		out_str(&k->out, cc_buf_str(stamp));
		OUT_LIT(&k->out, "\t");
		mwrite_value(&k->out, v);
		out_str(&k->out, lines[i].after);
		samples++;
	}
	if (!cc_buf_ok(stamp)) k->out.failed = true;
	msink_flush(k, false);
	return samples;
}

static bool add_line(forge_sim *s, pod_file *f, int pod, int group, int column)
{
	int n;
	const kube_pod *p = &s->kube.pods.p[pod];
	mline x = { .group = group, .column = column, .metric = metrics_series((mgroup_kind)group, &n)[column].metric };
	cc_buf b = CC_BUF_INIT, tags = CC_BUF_INIT;
	metrics_pod_tags(&tags, s, pod, (mgroup_kind)group, column);
	cc_buf_addf(&b, "\t%s\t%s\t", p->name, kube_pod_ns(s, p));
	out_field(&b, cc_buf_str(&tags));
	OUT_LIT(&b, "\n");
	if (!cc_buf_ok(&tags)) b.failed = true;
	cc_buf_deinit(&tags);
	return mwrite_line(&f->lines, f->arena, x, &b);
}

/* What a scrape configuration that counts its bytes drops: nothing that a rule or a dashboard of this field reads. */
static bool dropped(const forge_sim *s, int group, int column)
{
	static const char *const PREFIXES[] = { "container_fs_", "container_memory_usage", "container_memory_rss",
		"container_network_receive_packets", "container_network_transmit_packets", "kube_pod_created",
		"kube_pod_start_time", "kube_pod_owner", "kube_pod_info", "kube_pod_status_scheduled",
		"kube_pod_container_status_ready", "kube_pod_container_status_running",
		"kube_pod_container_status_terminated", "cluster:", "node_namespace_", "process_", "v8js_", "nodejs_" };
	int n;
	const char *metric = metrics_series((mgroup_kind)group, &n)[column].metric;
	if (!(s->opt->variant & CC_FORGE_LEAN_METRICS)) return false;
	for (size_t i = 0; i < sizeof PREFIXES / sizeof PREFIXES[0]; i++)
		if (strncmp(metric, PREFIXES[i], strlen(PREFIXES[i])) == 0) return true;
	return strcmp(metric, "kube_pod_container_status_waiting") == 0;
}

static cc_code load(forge_sim *s, pod_file *f, int pod, cc_err *err)
{
	cc_code code = CC_OK;
	for (int k = 0; k < MG_OF_POD && code == CC_OK; k++) {
		const mgroup *g = mstore_find(s->metrics, (mgroup_kind)k, pod);
		if (!g) continue;
		code = mstore_load(s, g, &f->group[k], err);
		for (int c = 0; c < f->group[k].width && code == CC_OK; c++)
			if (!dropped(s, k, c) && mwrite_any(s, &f->group[k], c) && !add_line(s, f, pod, k, c))
				code = forge_nomem(err);
	}
	if (code == CC_OK && f->lines.n) qsort(f->lines.p, f->lines.n, sizeof f->lines.p[0], by_metric);
	return code;
}

/* The group whose next row is the earliest; -1 when all are at their end. */
static int earliest(const pod_file *f, const size_t at[MG_OF_POD])
{
	int best = -1;
	for (int k = 0; k < MG_OF_POD; k++)
		if (at[k] < f->group[k].rows && (best < 0 || f->group[k].t[at[k]] < f->group[best].t[at[best]]))
			best = k;
	return best;
}

/* One answer of the recorder's query: the series [from, to), sorted by time. */
static uint64_t write_block(forge_sim *s, pod_file *f, msink *k, size_t from, size_t to)
{
	size_t at[MG_OF_POD] = { 0 };
	uint64_t samples = 0;
	cc_buf stamp = CC_BUF_INIT;
	for (int g = earliest(f, at); g >= 0; g = earliest(f, at))
		samples += mwrite_row(s, k, &f->group[g], at[g]++, g, f->lines.p + from, to - from, &stamp);
	cc_buf_deinit(&stamp);
	return samples;
}

static cc_code write_lines(forge_sim *s, pod_file *f, int pod, cc_err *err)
{
	enum { BATCH = 5 };
	cc_buf name = CC_BUF_INIT;
	msink k;
	cc_buf_addf(&name, "pod_%s_raw.tsv", s->kube.pods.p[pod].name);
	msink_open(&k, s, "metrics", name.p ? name.p : "pod_raw.tsv", err);
	cc_buf_addz(&k.out, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (size_t from = 0; from < f->lines.n;) {
		size_t to = from;
		for (int names = 0; to < f->lines.n; to++) {
			bool next = to > from && strcmp(f->lines.p[to].metric, f->lines.p[to - 1].metric) != 0;
			if (next && ++names == BATCH) break;
		}
		s->rep.samples += write_block(s, f, &k, from, to);
		from = to;
	}
	if (!cc_buf_ok(&name)) k.out.failed = true;
	cc_buf_deinit(&name);
	return msink_close(&k, s);
}

static cc_code write_pod(forge_sim *s, int pod, cc_err *err)
{
	pod_file f = { .arena = cc_arena_new() };
	if (!f.arena) return forge_nomem(err);
	cc_code code = load(s, &f, pod, err);
	if (code == CC_OK && f.lines.n) code = write_lines(s, &f, pod, err);
	for (int k = 0; k < MG_OF_POD; k++) mstore_unload(&f.group[k]);
	cc_vec_deinit(&f.lines);
	cc_arena_free(f.arena);
	return code;
}

static bool of_application(const forge_sim *s, const kube_pod *p)
{
	return strcmp(kube_pod_ns(s, p), s->app->namespace) == 0;
}

cc_code metrics_write(forge_sim *s, cc_err *err)
{
	cc_code code = CC_OK;
	if ((s->opt->without | s->plan.missing) & CC_FORGE_NO_METRICS) return CC_OK;
	for (size_t i = 0; i < s->kube.pods.n && code == CC_OK; i++)
		if (of_application(s, &s->kube.pods.p[i])) code = write_pod(s, (int)i, err);
	for (int i = 0; i < s->app->services_n && code == CC_OK; i++)
		if (metrics_has_file(s, i)) code = mwrite_service(s, i, err);
	return code;
}
