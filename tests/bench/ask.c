/* ask.c - questions after the snapshot is loaded: opened once, each question asked N times in this process.
 *
 *   ask N DIR NAME=QUESTION...      prints  q NAME median-ms answer  for each, tab-separated
 *
 * A question is a command line (its answer: how many rows fit, or the note that counts), or one of four that peers
 * answer as one query and no command answers alone: plain loops over the library's rows, as commands are made of. A text in
 * braces is one byte shorter at each asking, for the same question would be answered from what is kept of it.
 *   @count FROM UNTIL               log records of that time by service and level
 *   @edges                          calls between services: number, errors, 99th percentile
 *   @p99 SERVICE SPAN               99th percentile of one span
 *   @series METRIC OBJECT FROM UNTIL  the samples of one series */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/clock.h"
#include "coldcase/logs.h"
#include "coldcase/series.h"
#include "coldcase/session.h"
#include "coldcase/spans.h"
#include "coldcase/vec.h"
#include "coldcase/work.h"

enum { MAX_REPEATS = 99, MAX_WORDS = 5, EDGE_SLOTS = 4096, LEVELS = 7 };

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);
	if (!p) {
		fprintf(stderr, "ask: out of memory\n");
		exit(1);
	}
	return p;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void swap(int64_t *a, int64_t *b)
{
	int64_t t = *a;
	*a = *b;
	*b = t;
}

/* The k-th smallest of n, by quickselect. */
static int64_t kth(int64_t *v, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;
	while (low < high) {
		int64_t pivot = v[low + (high - low) / 2];
		size_t i = low, j = high;
		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i <= j) {
				swap(&v[i++], &v[j]);
				if (j-- == 0)
					break;
			}
		}
		if (k <= j && j < n)
			high = j;
		else if (k >= i)
			low = i;
		else
			break;
	}
	return v[k];
}

/* Rank ceil(0.99 n), as SQL's discrete quantile. */
static int64_t p99(int64_t *v, size_t n)
{
	return n ? kth(v, n, (n * 99 + 99) / 100 - 1) : 0;
}

static int64_t time_of(const char *text)
{
	int64_t ns;
	if (!cc_time_parse(cc_str_from(text), &ns)) {
		fprintf(stderr, "ask: no time: %s\n", text);
		exit(2);
	}
	return ns;
}

static void count(const cc_snapshot *s, char **w, char *answer, size_t size)
{
	size_t syms = cc_snapshot_sym_count(s), groups = 0;
	uint64_t rows = 0, *cells = zeroed(syms * LEVELS, sizeof *cells);
	size_t end = cc_logs_lower_bound(s, time_of(w[2]));
	for (size_t i = cc_logs_lower_bound(s, time_of(w[1])); i < end; i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		cells[l->service * LEVELS + l->level]++;
	}
	for (size_t i = 0; i < syms * LEVELS; i++) {
		rows += cells[i];
		groups += cells[i] > 0;
	}
	free(cells);
	snprintf(answer, size, "%llu rows (%zu groups)", (unsigned long long)rows, groups);
}

typedef struct edge { uint64_t key; uint32_t calls, errors, at; } edge; /* key: both services, plus 1; 0 = free */

/* The edge of a span that another service called, NULL for all other spans. */
static edge *edge_of(edge *edges, const cc_snapshot *s, const cc_span *sp)
{
	if (sp->parent == CC_SPAN_NO_PARENT)
		return NULL;
	cc_sym caller = cc_spans_get(s, sp->parent)->service;
	uint64_t key = ((uint64_t)caller << 32 | sp->service) + 1;
	if (caller == sp->service)
		return NULL;
	size_t i = (size_t)(key * 0x9E3779B97F4A7C15u >> 52);
	while (edges[i].key && edges[i].key != key)
		i = (i + 1) % EDGE_SLOTS;
	edges[i].key = key;
	return &edges[i];
}

static void edges(const cc_snapshot *s, char *answer, size_t size)
{
	edge *table = zeroed(EDGE_SLOTS, sizeof *table), *e;
	size_t n = cc_spans_count(s), used = 0;
	uint64_t calls = 0, errors = 0, sum = 0;
	int64_t *durations = zeroed(n + 1, sizeof *durations);
	for (size_t i = 0; i < n; i++)
		if ((e = edge_of(table, s, cc_spans_get(s, i))))
			e->calls++;
	for (size_t i = 0; i < EDGE_SLOTS; i++) {
		table[i].at = (uint32_t)calls;
		calls += table[i].calls;
	}
	for (size_t i = 0; i < n; i++) {
		const cc_span *sp = cc_spans_get(s, i);
		if ((e = edge_of(table, s, sp))) {
			durations[e->at++] = sp->duration_ns;
			e->errors += sp->status == CC_STATUS_ERROR;
		}
	}
	for (e = table; e < table + EDGE_SLOTS; e++) {
		errors += e->errors;
		sum += (uint64_t)p99(durations + e->at - e->calls, e->calls);
		used += e->calls > 0;
	}
	free(table);
	free(durations);
	snprintf(answer, size, "%zu edges, %llu calls, %llu errors, sum of p99 %llu", used, (unsigned long long)calls,
		(unsigned long long)errors, (unsigned long long)sum);
}

enum { SPANS_A_PIECE = 16384 };

typedef struct span_set {
	const cc_snapshot *s;
	cc_sym service, name;
	CC_VEC(int64_t) durations[CC_WORK_MAX_THREADS];
} span_set;

static void collect(void *arg, unsigned worker, size_t item)
{
	span_set *set = arg;
	size_t end = (item + 1) * SPANS_A_PIECE, n = cc_spans_count(set->s);
	for (size_t i = item * SPANS_A_PIECE; i < end && i < n; i++) {
		const cc_span *sp = cc_spans_get(set->s, i);
		if (sp->name == set->name && sp->service == set->service && !cc_vec_push(&set->durations[worker], sp->duration_ns))
			exit(1);
	}
}

static void span_p99(const cc_snapshot *s, char **w, char *answer, size_t size)
{
	span_set set = { .s = s, .service = cc_snapshot_sym_find(s, cc_str_from(w[1])), .name = cc_snapshot_sym_find(s, cc_str_from(w[2])) };
	cc_work_finish(cc_work_start(cc_spans_count(s) / SPANS_A_PIECE + 1, 0, collect, &set));
	for (size_t i = 1; i < CC_WORK_MAX_THREADS; i++) {
		for (size_t k = 0; k < set.durations[i].n; k++)
			if (!cc_vec_push(&set.durations[0], set.durations[i].p[k]))
				exit(1);
		cc_vec_deinit(&set.durations[i]);
	}
	snprintf(answer, size, "%zu spans, p99 %lld", set.durations[0].n, (long long)p99(set.durations[0].p, set.durations[0].n));
	cc_vec_deinit(&set.durations[0]);
}

static void series(const cc_snapshot *s, char **w, char *answer, size_t size)
{
	cc_sym metric = cc_snapshot_sym_find(s, cc_str_from(w[1])), object = cc_snapshot_sym_find(s, cc_str_from(w[2]));
	int64_t from = time_of(w[3]), until = time_of(w[4]);
	size_t points = 0;
	double sum = 0;
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *se = cc_series_get(s, i);
		for (size_t k = 0; se->metric == metric && se->object == object && k < se->count; k++)
			if (se->times_ns[k] >= from && se->times_ns[k] < until) {
				sum += se->values[k];
				points++;
			}
	}
	snprintf(answer, size, "%zu points, sum %.0f", points, sum);
}

static bool command(cc_session *s, const char *line, char *answer, size_t size)
{
	cc_reply *r;
	cc_err err = { 0 };
	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK) {
		fprintf(stderr, "ask: %s: %s\n", line, err.message);
		return false;
	}
	cc_str note = cc_reply_note_count(r) ? cc_reply_note(r, 0) : CC_STR("");
	if (note.n && note.p[0] >= '0' && note.p[0] <= '9')
		snprintf(answer, size, "%.*s", (int)strcspn(note.p, ";"), note.p);
	else
		snprintf(answer, size, "%llu rows", (unsigned long long)cc_reply_paging(r).total_count);
	cc_reply_unref(r);
	return true;
}

static bool ask(cc_session *session, const char *question, char *answer, size_t size)
{
	const cc_snapshot *s = cc_session_snapshot(session);
	char copy[512], *w[MAX_WORDS + 1] = { 0 };
	size_t n = 0;
	if (question[0] != '@')
		return command(session, question, answer, size);
	snprintf(copy, sizeof copy, "%s", question);
	for (char *p = strtok(copy, " "); p && n < MAX_WORDS; p = strtok(NULL, " "))
		w[n++] = p;
	if (strcmp(w[0], "@count") == 0 && n == 3)
		count(s, w, answer, size);
	else if (strcmp(w[0], "@edges") == 0)
		edges(s, answer, size);
	else if (strcmp(w[0], "@p99") == 0 && n == 3)
		span_p99(s, w, answer, size);
	else if (strcmp(w[0], "@series") == 0 && n == 5)
		series(s, w, answer, size);
	else
		return false;
	return true;
}

/* The question as it is asked the n-th time. */
static void word(const char *question, int n, char *out, size_t size)
{
	const char *open = strchr(question, '{'), *close = open ? strchr(open, '}') : NULL;
	if (close && close - open - 1 > n)
		snprintf(out, size, "%.*s%.*s%s", (int)(open - question), question, (int)(close - open - 1 - n), open + 1, close + 1);
	else
		snprintf(out, size, "%s", question);
}

static bool time_question(cc_session *s, const char *arg, int repeats)
{
	double ms[MAX_REPEATS];
	char worded[512];
	char answer[256] = "";
	const char *question = strchr(arg, '=');
	if (!question)
		return false;
	for (int i = 0; i < repeats; i++) {
		word(question + 1, i, worded, sizeof worded);
		int64_t began = cc_clock_mono_ns();
		if (!ask(s, worded, answer, sizeof answer))
			return false;
		ms[i] = (double)(cc_clock_mono_ns() - began) / 1e6;
	}
	qsort(ms, (size_t)repeats, sizeof *ms, by_value);
	printf("q\t%.*s\t%.4f\t%s\n", (int)(question - arg), arg, ms[repeats / 2], answer);
	return true;
}

int main(int argc, char **argv)
{
	cc_session *s;
	cc_err err = { 0 };
	int repeats = argc > 3 ? atoi(argv[1]) : 0, status = 0;
	if (repeats < 1 || repeats > MAX_REPEATS) {
		fprintf(stderr, "usage: ask N DIR NAME=QUESTION...\n");
		return 2;
	}
	cc_session_options o = { .dir = argv[2], .actor_name = "bench", .assistance = "ranked" };
	if (cc_session_open(&s, &o, &err) != CC_OK) {
		fprintf(stderr, "ask: %s\n", err.message);
		return 1;
	}
	for (int i = 3; i < argc; i++)
		if (!time_question(s, argv[i], repeats))
			status = 1;
	cc_session_close(s);
	return status;
}
