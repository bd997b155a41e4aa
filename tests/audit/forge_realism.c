/* forge_realism.c - forged and recorded incidents side by side.
 *
 *     forge_realism FORGED-FOLDER RECORDED-FOLDER...
 *
 * Prints, a column each: reasons of events by the kind of their object, shapes of log lines, sizes and depths of traces. A
 * column is empty where a folder lacks that kind of evidence. Key paths of objects are keypaths.c's part. */
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/events.h"
#include "coldcase/map.h"
#include "coldcase/spans.h"

enum { COLUMNS_MAX = 10 };

static cc_snapshot *opened[COLUMNS_MAX];
static int columns;

static void head(const char *title)
{
	printf("\n%-34s", title);
	for (int c = 0; c < columns; c++) {
		cc_str n = cc_snapshot_name(opened[c]);
		printf(" %15.*s", CC_STR_ARG(n));
	}
	printf("\n");
}

static void cell_count(size_t n)
{
	if (n) printf(" %15zu", n);
	else printf(" %15s", "-");
}

/* --- events --- */

static void event_reasons(void)
{
	cc_map *seen = cc_map_new();
	static size_t counts[512][COLUMNS_MAX];
	cc_arena *arena = cc_arena_new();
	for (int c = 0; c < columns; c++)
		for (size_t i = 0; i < cc_events_count(opened[c]); i++) {
			const cc_event *e = cc_events_get(opened[c], i);
			cc_str key = cc_arena_printf(arena, "%.*s %.*s%s", CC_STR_ARG(cc_snapshot_sym(opened[c], e->kind)),
				CC_STR_ARG(cc_snapshot_sym(opened[c], e->reason)), e->warning ? " !" : "");
			uint64_t *slot = cc_map_slot(seen, key, cc_map_count(seen));
			if (*slot < 512) counts[*slot][c]++;
		}
	head("events: kind and reason (! warning)");
	for (size_t i = 0; i < cc_map_count(seen) && i < 512; i++) {
		cc_str key;
		cc_map_entry(seen, i, &key, NULL);
		printf("%-34.*s", CC_STR_ARG(key));
		for (int c = 0; c < columns; c++) cell_count(counts[i][c]);
		printf("\n");
	}
	cc_map_free(seen);
	cc_arena_free(arena);
}

/* --- distributions --- */

typedef struct numbers { double *v; size_t n, cap; } numbers;

static void add(numbers *x, double v)
{
	if (x->n == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 1024;
		x->v = realloc(x->v, x->cap * sizeof *x->v);
		if (!x->v) exit(1);
	}
	x->v[x->n++] = v;
}

static int rising(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Rows p10, p50, p90, p99, max of each column. */
static void quantiles(const char *title, numbers *x)
{
	static const struct { const char *name; double q; } ROWS[] = { { "p10", 0.1 }, { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "max", 1.0 } };
	head(title);
	for (int c = 0; c < columns; c++)
		if (x[c].n) qsort(x[c].v, x[c].n, sizeof *x[c].v, rising);
	for (size_t r = 0; r < sizeof ROWS / sizeof ROWS[0]; r++) {
		printf("  %-32s", ROWS[r].name);
		for (int c = 0; c < columns; c++)
			if (x[c].n) printf(" %15.4g", x[c].v[(size_t)((double)(x[c].n - 1) * ROWS[r].q)]);
			else printf(" %15s", "-");
		printf("\n");
	}
	for (int c = 0; c < columns; c++) {
		free(x[c].v);
		x[c] = (numbers){ 0 };
	}
}

static void shares(const char *name, const size_t *part, const size_t *whole)
{
	printf("  %-32s", name);
	for (int c = 0; c < columns; c++)
		if (whole[c]) printf(" %14.1f%%", 100.0 * (double)part[c] / (double)whole[c]);
		else printf(" %15s", "-");
	printf("\n");
}

static void logs(void)
{
	static numbers length[COLUMNS_MAX];
	enum { JSON, LINES, STACK, ANSI, EMPTY, ERRORS, WARNINGS, UNKNOWN, TRACED, SHAPES };
	static const char *const NAMES[SHAPES] = { "JSON object", "several lines", "with stack frames", "with ANSI colours", "empty", "level error or worse",
		"level warn", "no level known", "with a trace id" };
	static size_t shape[SHAPES][COLUMNS_MAX], all[COLUMNS_MAX];
	for (int c = 0; c < columns; c++) {
		cc_arena *arena = cc_arena_new();
		for (size_t i = 0; i < cc_logs_count(opened[c]); i++) {
			const cc_logrec *l = cc_logs_get(opened[c], i);
			cc_str b = cc_logs_body(opened[c], l, arena);
			all[c]++;
			add(&length[c], (double)b.n);
			shape[JSON][c] += b.n && b.p[0] == '{';
			shape[LINES][c] += cc_str_find_char(b, '\n') != CC_STR_NONE;
			shape[STACK][c] += cc_str_find(b, CC_STR("\n\tat ")) != CC_STR_NONE || cc_str_find(b, CC_STR("\n    at ")) != CC_STR_NONE
				|| cc_str_find(b, CC_STR("\n  File \"")) != CC_STR_NONE;
			shape[ANSI][c] += cc_str_find_char(b, '\x1b') != CC_STR_NONE;
			shape[EMPTY][c] += b.n == 0;
			shape[ERRORS][c] += l->level >= CC_LEVEL_ERROR;
			shape[WARNINGS][c] += l->level == CC_LEVEL_WARN;
			shape[UNKNOWN][c] += l->level == CC_LEVEL_UNKNOWN;
			shape[TRACED][c] += l->trace.hi || l->trace.lo;
			if (i % 4096 == 4095) cc_arena_reset(arena);
		}
		cc_arena_free(arena);
	}
	head("logs: shape of the lines");
	for (int k = 0; k < SHAPES; k++) shares(NAMES[k], shape[k], all);
	quantiles("logs: bytes of a body", length);
}

static int depth_of(const cc_snapshot *s, const cc_span *sp)
{
	int d = 1;
	for (; sp->parent != CC_SPAN_NO_PARENT && d < 100; d++) sp = cc_spans_get(s, sp->parent);
	return d;
}

static void traces(void)
{
	static numbers spans[COLUMNS_MAX], depth[COLUMNS_MAX], services[COLUMNS_MAX], millis[COLUMNS_MAX];
	static size_t orphaned[COLUMNS_MAX], failed[COLUMNS_MAX], all[COLUMNS_MAX];
	for (int c = 0; c < columns; c++)
		for (size_t i = 0; i < cc_traces_count(opened[c]); i++) {
			const cc_trace *t = cc_traces_get(opened[c], i);
			int deepest = 0;
			for (uint32_t k = 0; k < t->count; k++) {
				const cc_span *sp = cc_spans_get(opened[c], cc_traces_span(opened[c], t->first + k));
				int d = depth_of(opened[c], sp);
				if (d > deepest) deepest = d;
				add(&millis[c], (double)sp->duration_ns / 1e6);
			}
			all[c]++;
			orphaned[c] += t->orphans > 0;
			failed[c] += t->errors > 0;
			add(&spans[c], t->count);
			add(&depth[c], deepest);
			add(&services[c], t->services);
		}
	quantiles("traces: spans", spans);
	quantiles("traces: depth", depth);
	quantiles("traces: services", services);
	quantiles("spans: milliseconds", millis);
	head("traces: share");
	shares("with a missing parent", orphaned, all);
	shares("with a failed span", failed, all);
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > COLUMNS_MAX) {
		fprintf(stderr, "usage: forge_realism FORGED RECORDED...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		cc_err err = { 0 };

		if (cc_snapshot_open(&opened[columns], argv[i], NULL, &err) != CC_OK) {
			fprintf(stderr, "%s\n", err.message);
			return 1;
		}
		columns++;
	}
	event_reasons();
	logs();
	traces();
	for (int c = 0; c < columns; c++) cc_snapshot_free(opened[c]);
	return 0;
}
