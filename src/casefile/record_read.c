/* record_read.c - opens a trajectory: finds its lines, takes damage for what it is.
 *
 * The text is cut into pieces that several threads go over line by line; what they are not certain of the JSON reader judges
 * afterwards, in order. A piece without line feed at the end is what a killed writer leaves: it is left out unless it happens
 * to be whole. Anything else that is no record line is counted. record_run.c gives out the lines, record_chain.c follows
 * their hashes. */
#include <string.h>
#include <sys/stat.h>

#include "casefile/record_run.h"
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

enum { PIECE = 2 << 20 };

/* A part of the text that begins and ends with whole lines, and what is in it. */
typedef struct piece {
	cc_str text;
	uint32_t at;                    /* in the whole text */
	cc_run_places lines;            /* numbers count from 1 */
	bool failed;
} piece;

typedef struct pieces { piece *p; size_t n; } pieces;

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static void scan_piece(void *arg, unsigned worker, size_t item)
{
	piece *p = &((piece *)arg)[item];

	(void)worker;
	for (size_t at = 0; at < p->text.n && !p->failed;) {
		cc_str rest = cc_str_sub(p->text, at, p->text.n);
		size_t end = cc_str_find_char(rest, '\n');
		cc_run_place line = { .at = p->at + (uint32_t)at, .number = (uint32_t)p->lines.n + 1 };

		line.n = (uint32_t)(end == CC_STR_NONE ? rest.n : end);
		cc_record_scan(cc_str_sub(rest, 0, line.n), &line);
		p->failed = !cc_vec_push(&p->lines, line);
		at += line.n + 1;
	}
}

/* Each ends with a line feed, but for the last. */
static bool cut(cc_str text, pieces *out)
{
	size_t at = 0;

	out->p = cc_calloc(text.n / PIECE + 1, sizeof *out->p);
	while (out->p && at < text.n) {
		size_t least = text.n - at < PIECE ? text.n : at + PIECE - 1;
		size_t feed = cc_str_find_char(cc_str_sub(text, least, text.n), '\n');
		size_t end = feed == CC_STR_NONE ? text.n : least + feed + 1;

		out->p[out->n++] = (piece){ .text = cc_str_sub(text, at, end), .at = (uint32_t)at };
		at = end;
	}
	return out->p;
}

static bool scan(cc_str text, pieces *out)
{
	cc_work *work;

	if (!cut(text, out))
		return false;
	work = cc_work_start(out->n, out->n > 1 ? 0 : 1, scan_piece, out->p);
	cc_work_finish(work);
	for (size_t i = 0; work && i < out->n; i++)
		if (out->p[i].failed)
			return false;
	return work;
}

static void free_pieces(pieces *all)
{
	for (size_t i = 0; i < all->n; i++)
		cc_vec_deinit(&all->p[i].lines);
	cc_free(all->p);
}

/* --- lines of which the JSON reader must say what they are --- */

/* Parses a line; *json stays NULL when it is no record line. */
static cc_code parse_line(cc_str text, cc_json **json, cc_err *err)
{
	cc_code code = cc_json_parse(json, text, err);

	if (code != CC_OK)
		return code == CC_ENOMEM ? code : CC_OK;
	if (cc_json_typeof(*json) != CC_JSON_OBJECT || !cc_json_get_str(*json, "type").n) {
		cc_json_free(*json);
		*json = NULL;
	}
	return CC_OK;
}

static void note_line(cc_run *run, const cc_record_line *line)
{
	switch (line->type) {
	case CC_LINE_HEADER:
		if (!run->header)
			run->header = line->as.header;
		break;
	case CC_LINE_DIGEST:
		if (line->as.digest->sha256.n)
			run->snapshot_sha256 = line->as.digest->sha256;
		break;
	case CC_LINE_END:
		if (line->as.end->lost > run->health.lost)
			run->health.lost = line->as.end->lost;
		break;
	default:
		break;
	}
}

static bool add_place(cc_run *run, cc_run_place place)
{
	return cc_vec_push(&run->lines, place) &&
		(place.type != CC_LINE_STEP || cc_vec_push(&run->steps, (uint32_t)run->lines.n - 1));
}

/* A line whose content is asked for at once stays decoded. The tree becomes the run's, also on failure. */
static cc_code fix_line(cc_run *run, const cc_run_place *place, cc_json *tree, cc_err *err)
{
	cc_run_kept *kept = NULL;
	cc_code code = cc_run_decode(run->arena, place, tree, &kept, err);

	if (code != CC_OK)
		return code;
	kept->index = run->lines.n;
	if (!cc_vec_push(&run->fixed, kept)) {
		cc_json_free(tree);
		return no_memory(err);
	}
	note_line(run, &kept->line);
	return CC_OK;
}

/* Adds a line; the tree becomes the run's, also on failure. */
static cc_code add_line(cc_run *run, cc_run_place place, cc_json *tree, cc_err *err)
{
	cc_line_type type = cc_record_type_of(cc_json_get_str(tree, "type"));
	cc_code code = CC_OK;
	int64_t lost;

	if (cc_json_int(cc_json_get(tree, "lost_before"), &lost) && lost > 0)
		run->health.lost += (uint64_t)lost;
	place.type = (uint8_t)type;
	if (type == CC_LINE_HEADER || type == CC_LINE_DIGEST || type == CC_LINE_END)
		code = fix_line(run, &place, tree, err);
	else
		cc_json_free(tree);
	if (code != CC_OK)
		return code;
	if (!run->lines.n && type != CC_LINE_HEADER)
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: it does not begin with a header");
	return add_place(run, place) ? CC_OK : no_memory(err);
}

static cc_code take_doubtful(cc_run *run, cc_run_place place, bool torn, cc_err *err)
{
	cc_json *json = NULL;
	cc_code code = parse_line(cc_run_text_of(run, &place), &json, err);

	if (code != CC_OK)
		return code;
	if (json)
		return add_line(run, place, json, err);
	if (torn) {
		run->health.torn_bytes = place.n;
		return CC_OK;
	}
	if (!run->lines.n)
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: line %u is no record line", place.number);
	run->health.bad_lines++;
	if (!run->health.first_bad_line)
		run->health.first_bad_line = place.number;
	return CC_OK;
}

static cc_code take_piece(cc_run *run, const piece *p, uint32_t lines_before, cc_err *err)
{
	cc_code code = CC_OK;

	if (!cc_vec_reserve(&run->lines, p->lines.n))
		return no_memory(err);
	for (size_t i = 0; i < p->lines.n && code == CC_OK; i++) {
		cc_run_place place = p->lines.p[i];
		bool torn = (size_t)place.at + place.n == run->text.n;

		run->health.torn |= torn;
		place.number += lines_before;
		if (!place.plain)
			code = take_doubtful(run, place, torn, err);
		else if (!run->lines.n)
			code = cc_err_set(err, CC_EFORMAT, "not a trajectory: it does not begin with a header");
		else if (!add_place(run, place))
			code = no_memory(err);
	}
	return code;
}

static cc_code take_text(cc_run *run, cc_err *err)
{
	pieces all = { 0 };
	cc_code code = CC_OK;
	uint32_t lines = 0;

	if (run->text.n > CC_RECORD_LIMIT)
		return cc_err_set(err, CC_ELIMIT, "a record larger than %zu bytes", CC_RECORD_LIMIT);
	if (run->text.n && run->text.p[0] != '{')
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: it does not begin with a header");
	if (!scan(run->text, &all))
		code = no_memory(err);
	for (size_t i = 0; i < all.n && code == CC_OK; i++) {
		code = take_piece(run, &all.p[i], lines, err);
		lines += (uint32_t)all.p[i].lines.n;
		cc_vec_deinit(&all.p[i].lines);
	}
	free_pieces(&all);
	run->health.ended = run->lines.n && run->lines.p[run->lines.n - 1].type == CC_LINE_END;
	return code == CC_OK && !cc_run_keep_lines(run) ? no_memory(err) : code;
}

/* The run with its text set; frees it when it is none. */
static cc_code open_run(cc_run *run, cc_run **out, cc_err *err)
{
	cc_code code;

	run->snapshot_sha256 = CC_STR_EMPTY;
	run->arena = cc_arena_new();
	run->loose_arena = cc_arena_new();
	run->gone_arena = cc_arena_new();
	code = run->arena && run->loose_arena && run->gone_arena ? take_text(run, err) : no_memory(err);
	if (code != CC_OK)
		cc_run_free(run);
	else
		*out = run;
	return code;
}

cc_code cc_run_parse(cc_run **out, cc_str text, cc_err *err)
{
	cc_run *run = cc_calloc(1, sizeof *run);
	cc_buf copy = CC_BUF_INIT;

	*out = NULL;
	cc_buf_add(&copy, text);
	if (!run || !cc_buf_ok(&copy)) {
		cc_buf_deinit(&copy);
		cc_free(run);
		return no_memory(err);
	}
	run->copy = copy.p;
	run->text = cc_buf_str(&copy);
	return open_run(run, out, err);
}

/* What is no plain file is read to its end, or to the limit. */
static cc_code get_text(cc_run *run, const char *path, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	struct stat st;
	cc_code code;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uintmax_t)st.st_size <= CC_RECORD_LIMIT) {
		code = cc_file_map(&run->map, path, err);
		run->text = run->map.text;
		return code;
	}
	code = cc_file_read(&text, path, CC_RECORD_LIMIT, err);
	run->copy = text.p;
	run->text = cc_buf_str(&text);
	return code;
}

/* Of a shared folder: whatever has the name by the time it is opened, a plain file is read or nothing. */
static cc_code get_shared_text(cc_run *run, const char *path, cc_err *err)
{
	cc_code code = cc_file_map_shared(&run->map, path, err);

	run->text = run->map.text;
	if (code == CC_OK && run->text.n > CC_RECORD_LIMIT)
		return cc_err_set(err, CC_ELIMIT, "%s: larger than %zu bytes", path, CC_RECORD_LIMIT);
	return code;
}

static cc_code read_run(cc_run **out, const char *path, bool shared, cc_err *err)
{
	cc_run *run = cc_calloc(1, sizeof *run);
	cc_buf file = CC_BUF_INIT;
	struct stat st;
	cc_code code = run ? CC_OK : no_memory(err);

	*out = NULL;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		cc_path_join(&file, path, CC_RECORD_FILE);
	else
		cc_buf_addz(&file, path);
	if (code == CC_OK && !cc_buf_ok(&file))
		code = no_memory(err);
	if (code == CC_OK)
		code = shared ? get_shared_text(run, file.p, err) : get_text(run, file.p, err);
	if (code == CC_OK)
		code = open_run(run, out, err);
	else
		cc_run_free(run);
	cc_buf_deinit(&file);
	return code;
}

cc_code cc_run_read(cc_run **out, const char *path, cc_err *err)
{
	return read_run(out, path, false, err);
}

cc_code cc_run_read_shared(cc_run **out, const char *path, cc_err *err)
{
	return read_run(out, path, true, err);
}
