/* import_evidence.c - what a shell command touched of an incident.
 *
 * Three things can be told without understanding shell: which evidence files the command names (by path, or by a file name no
 * other file has, or by a pattern with stars); which rows came back whole (the first line of a record, as the file
 * has it, is a line of the output); and which entities are named, in the command or in what it printed. A row that was cut, counted or
 * rewritten by the command is not told, and no guess is made. */
#include <fnmatch.h>
#include <string.h>

#include "casefile/import_priv.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/map.h"
#include "coldcase/tsv.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

enum {
	ROW_MIN = 24,            /* shorter lines are no fingerprint */
	NAME_MIN = 4,            /* shorter names are words */
	LIST_MAX = 400           /* entities and rows told of one command */
};
#define FILE_MAX ((uint64_t)512 << 20)

typedef CC_VEC(cc_str) text_vec;

typedef struct one_file { bool indexed; cc_filemap map; cc_map *rows; /* first line to record number */ } one_file;

struct cc_touched {
	const cc_snapshot *s;
	cc_arena *arena;
	cc_map *names;           /* entity name to its full form's index in `full` */
	text_vec full;
	one_file *files;
	cc_buf path;
};

/* A name that several entities have stands for the workload: Pods and Services share it as a rule. The one met first is kept unless
 * a Deployment comes. */
static bool learn_names(cc_touched *t)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(t->s); id++) {
		cc_buf b = CC_BUF_INIT;
		cc_str name = cc_entity_name(t->s, id), slash = name;
		size_t at = cc_str_rfind_char(name, '/');
		if (at != CC_STR_NONE)
			slash = cc_str_sub(name, at + 1, name.n);
		cc_entity_format(t->s, id, &b);
		cc_str full = cc_arena_dup(t->arena, cc_buf_str(&b));
		bool workload = cc_str_find(full, CC_STR("/Deployment/")) != CC_STR_NONE, ok = full.p && cc_vec_push(&t->full, full);
		cc_buf_deinit(&b);
		if (!ok)
			return false;
		if (slash.n < NAME_MIN || (cc_map_get(t->names, slash, NULL) && !workload))
			continue;
		if (!cc_map_set(t->names, slash, t->full.n - 1))
			return false;
	}
	return true;
}

cc_touched *cc_touched_new(const cc_snapshot *s)
{
	cc_touched *t = cc_calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->s = s;
	t->arena = cc_arena_new();
	t->names = cc_map_new();
	t->files = cc_calloc(cc_snapshot_file_count(s) + 1, sizeof *t->files);
	if (!t->arena || !t->names || !t->files || !learn_names(t)) {
		cc_touched_free(t);
		return NULL;
	}
	return t;
}

void cc_touched_free(cc_touched *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->files && i < cc_snapshot_file_count(t->s); i++) {
		cc_map_free(t->files[i].rows);
		if (t->files[i].map.text.n)
			cc_file_unmap(&t->files[i].map);
	}
	cc_free(t->files);
	cc_vec_deinit(&t->full);
	cc_map_free(t->names);
	cc_arena_free(t->arena);
	cc_buf_deinit(&t->path);
	cc_free(t);
}

/* --- lists without repeats --- */

typedef struct collecting { text_vec items; cc_map *seen; bool failed; } collecting;

static bool add_once(collecting *c, cc_str text, cc_arena *arena)
{
	if (c->items.n >= LIST_MAX || cc_map_get(c->seen, text, NULL))
		return false;
	cc_str own = cc_arena_dup(arena, text);
	c->failed = c->failed || !own.p || !cc_map_set(c->seen, own, 1) || !cc_vec_push(&c->items, own);
	return !c->failed;
}

/* --- files --- */

static cc_str file_name(cc_str path)
{
	size_t slash = cc_str_rfind_char(path, '/');
	return slash == CC_STR_NONE ? path : cc_str_sub(path, slash + 1, path.n);
}

static bool is_word_end(char c)
{
	return strchr(" \t\n\"'`;|&()<>=,", c) != NULL;
}

/* Does this word of the command, as a path or pattern, name the file? Folders before it may be anything. */
static bool names_file(cc_str word, cc_str path, cc_arena *arena)
{
	const char *w = cc_arena_dupz(arena, file_name(word)), *f = cc_arena_dupz(arena, file_name(path));
	bool pattern = strpbrk(w ? w : "", "*?[") != NULL;
	if (!w || !f || !*w)
		return false;
	if (!pattern)
		return strcmp(w, f) == 0;
	/* A pattern of nothing but a star is whatever the shell stood in: the folder must be said. */
	size_t slash = cc_str_rfind_char(path, '/');
	if (strcmp(w, "*") == 0)
		return slash != CC_STR_NONE && cc_str_find(word, cc_str_sub(path, 0, slash)) != CC_STR_NONE;
	return fnmatch(w, f, 0) == 0;
}

bool cc_touched_names(const cc_touched *t, cc_str word, size_t file, cc_arena *arena)
{
	return names_file(word, cc_snapshot_file(t->s, file)->path, arena);
}

static size_t find_files(cc_touched *t, cc_str command, bool *touched, cc_arena *arena)
{
	size_t n = 0, files = cc_snapshot_file_count(t->s);
	for (size_t i = 0; i < command.n;) {
		size_t end = i;
		while (end < command.n && !is_word_end(command.p[end]))
			end++;
		cc_str word = cc_str_sub(command, i, end);
		for (size_t f = 0; word.n && f < files; f++) {
			if (!touched[f] && names_file(word, cc_snapshot_file(t->s, f)->path, arena)) {
				touched[f] = true;
				n++;
			}
		}
		i = end + 1;
	}
	return n;
}

/* --- rows --- */

static bool is_table(const cc_file *f)
{
	return cc_str_ends(f->path, CC_STR(".tsv")) && f->bytes <= FILE_MAX;
}

/* First lines of the records of a table. Later records of the same first line are the same to whoever reads it. */
static bool index_rows(cc_touched *t, size_t f)
{
	one_file *one = &t->files[f];
	cc_tsv tsv;
	cc_tsv_row row;
	const cc_file *file = cc_snapshot_file(t->s, f);
	one->indexed = true;
	one->rows = cc_map_new();
	cc_buf_clear(&t->path);
	cc_buf_addf(&t->path, "%.*s/%.*s", CC_STR_ARG(cc_snapshot_path(t->s)), CC_STR_ARG(file->path));
	if (!one->rows || !cc_buf_ok(&t->path))
		return false;
	if (cc_file_map(&one->map, t->path.p, NULL) != CC_OK || cc_tsv_init(&tsv, one->map.text, NULL) != CC_OK)
		return true; /* nothing to be found in it */
	while (cc_tsv_next(&tsv, &row)) {
		cc_str line = cc_str_sub(one->map.text, row.offset, row.offset + row.length);
		size_t end = cc_str_find_char(line, '\n');
		if (end != CC_STR_NONE)
			line = cc_str_sub(line, 0, end);
		if (line.n >= ROW_MIN && !cc_map_get(one->rows, line, NULL) && !cc_map_set(one->rows, line, row.record))
			return false;
	}
	return true;
}

/* A line of the output: as it is, after "12:" of grep -n, after "file:" or "file:12:" of grep with several files. */
static bool find_row(const one_file *one, cc_str line, uint64_t *record)
{
	for (int cuts = 0; cuts < 3 && line.n >= ROW_MIN; cuts++) {
		if (cc_map_get(one->rows, line, record))
			return true;
		size_t colon = cc_str_find_char(line, ':');
		if (colon == CC_STR_NONE || colon > 200)
			return false;
		line = cc_str_sub(line, colon + 1, line.n);
	}
	return false;
}

static bool find_rows(cc_touched *t, size_t f, cc_str printed, collecting *cites, cc_arena *arena)
{
	cc_str line, path = cc_snapshot_file(t->s, f)->path;
	uint64_t record;
	if (!t->files[f].indexed && !index_rows(t, f))
		return false;
	while (printed.n && cites->items.n < LIST_MAX) {
		cc_buf b = CC_BUF_INIT;
		cc_str_cut(printed, '\n', &line, &printed);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!find_row(&t->files[f], line, &record))
			continue;
		cc_buf_addf(&b, "%.*s#%llu", CC_STR_ARG(path), (unsigned long long)record);
		add_once(cites, cc_buf_str(&b), arena);
		cc_buf_deinit(&b);
	}
	return !cites->failed;
}

/* --- entities --- */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whole words only: `cart` is not named by `cartridge`, and of `cart-7d9f-x` only the pod of that name is. */
static void find_entities(cc_touched *t, cc_str text, collecting *entities, cc_arena *arena)
{
	for (size_t i = 0; i < text.n && entities->items.n < LIST_MAX;) {
		size_t end = i;
		uint64_t at;
		while (end < text.n && is_name_char(text.p[end]))
			end++;
		cc_str word = cc_str_sub(text, i, end);
		while (word.n && word.p[word.n - 1] == '.')
			word.n--;
		if (word.n >= NAME_MIN && cc_map_get(t->names, word, &at))
			add_once(entities, t->full.p[at], arena);
		i = end + 1;
	}
}

/* --- all of it --- */

static const cc_str *take(collecting *c, cc_arena *arena, size_t *n)
{
	cc_str *out = cc_arena_array(arena, c->items.n, sizeof *out);
	if (!out)
		return NULL;
	for (size_t i = 0; i < c->items.n; i++)
		out[i] = c->items.p[i];
	*n = c->items.n;
	return out;
}

/* "otel_logs_raw.tsv, events/…": what the step's title says. */
static cc_str title_of(const cc_touched *t, const bool *touched, size_t n, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	size_t named = 0;
	for (size_t f = 0; f < cc_snapshot_file_count(t->s) && named < 3; f++)
		if (touched[f])
			cc_buf_addf(&b, "%s%.*s", named++ ? ", " : "", CC_STR_ARG(cc_snapshot_file(t->s, f)->path));
	if (n > named)
		cc_buf_addf(&b, " and %zu more", n - named);
	cc_str title = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return title;
}

static size_t count_lines(cc_str text)
{
	size_t n = 0;
	cc_str line;
	while (text.n) {
		cc_str_cut(text, '\n', &line, &text);
		n++;
	}
	return n;
}

bool cc_touched_find(cc_touched *t, cc_str command, cc_str printed, cc_arena *arena, cc_record_shown *out)
{
	collecting entities = { .seen = cc_map_new() }, cites = { .seen = cc_map_new() };
	bool *touched = cc_arena_array(arena, cc_snapshot_file_count(t->s) + 1, sizeof *touched);
	bool ok = entities.seen && cites.seen && touched;
	size_t n = ok ? find_files(t, command, touched, arena) : 0;
	for (size_t f = 0; ok && f < cc_snapshot_file_count(t->s); f++)
		if (touched[f] && is_table(cc_snapshot_file(t->s, f)))
			ok = find_rows(t, f, printed, &cites, arena);
	if (ok) {
		find_entities(t, command, &entities, arena);
		find_entities(t, printed, &entities, arena);
		out->title = title_of(t, touched, n, arena);
		out->entities = take(&entities, arena, &out->entity_count);
		out->cites = take(&cites, arena, &out->cite_count);
		out->rows = out->total = count_lines(printed);
		out->bytes = printed.n;
		ok = out->entities && out->cites && !entities.failed;
	}
	cc_vec_deinit(&entities.items);
	cc_vec_deinit(&cites.items);
	cc_map_free(entities.seen);
	cc_map_free(cites.seen);
	return ok;
}
