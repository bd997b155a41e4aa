/* record_read.c - loads a trajectory: splits lines, follows the hash chain, takes damage for what it is.
 *
 * Each line's `prev` must be the hash of the last record line before it. A piece without line feed at the end is what a
 * killed writer leaves: it is left out unless it happens to be whole. Anything else that is no record line is counted. */
#include <string.h>
#include <sys/stat.h>

#include "casefile/record_priv.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

typedef CC_VEC(cc_record_line) line_vec;
typedef CC_VEC(cc_json *) json_vec;

struct cc_run {
	cc_arena *arena;
	line_vec lines;
	CC_VEC(size_t) steps;           /* indices into lines */
	json_vec trees;                 /* what the lines borrow from */
	const cc_record_header *header;
	cc_run_health health;
	cc_str snapshot_sha256;
	char sha256[CC_RECORD_HASH + 1];
	char prev[CC_RECORD_HASH + 1];  /* hash of the last record line */
};

void cc_run_free(cc_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->trees.n; i++)
		cc_json_free(run->trees.p[i]);
	cc_vec_deinit(&run->trees);
	cc_vec_deinit(&run->lines);
	cc_vec_deinit(&run->steps);
	cc_arena_free(run->arena);
	cc_free(run);
}

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static void note_line(cc_run *run, const cc_record_line *line)
{
	int64_t lost;

	if (cc_json_int(cc_json_get(line->json, "lost_before"), &lost) && lost > 0)
		run->health.lost += (uint64_t)lost;
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
		run->health.ended = true;
		if (line->as.end->lost > run->health.lost)
			run->health.lost = line->as.end->lost;
		break;
	default:
		break;
	}
}

static void check_chain(cc_run *run, const cc_json *json, uint64_t number, cc_str text)
{
	if (!cc_str_eqz(cc_json_get_str(json, "prev"), run->prev) && !run->health.broken_line)
		run->health.broken_line = number;
	cc_sha256_of(text, run->prev);
}

/* Adds one record line; the tree becomes the run's, also on failure. */
static cc_code add_line(cc_run *run, cc_json *json, uint64_t number, cc_str text, cc_err *err)
{
	cc_record_line line = { .line = number, .json = json, .wall_ns = CC_TIME_NONE };
	cc_code code;

	if (!cc_vec_push(&run->trees, json)) {
		cc_json_free(json);
		return no_memory(err);
	}
	(void)cc_json_int(cc_json_get(json, "t_ns"), &line.t_ns);
	(void)cc_time_parse(cc_json_get_str(json, "wall"), &line.wall_ns);
	code = cc_record_decode(&line, run->arena, err);
	if (code != CC_OK)
		return code;
	if (!run->lines.n && line.type != CC_LINE_HEADER)
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: it does not begin with a header");
	check_chain(run, json, number, text);
	if (!cc_vec_push(&run->lines, line) ||
	    (line.type == CC_LINE_STEP && !cc_vec_push(&run->steps, run->lines.n - 1)))
		return no_memory(err);
	note_line(run, &line);
	return CC_OK;
}

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

static cc_code take_line(cc_run *run, cc_str text, uint64_t number, bool torn, cc_err *err)
{
	cc_json *json = NULL;
	cc_code code = parse_line(text, &json, err);

	if (code != CC_OK)
		return code;
	if (json)
		return add_line(run, json, number, text, err);
	if (torn) {
		run->health.torn_bytes = text.n;
		return CC_OK;
	}
	if (!run->lines.n)
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: line %llu is no record line", (unsigned long long)number);
	run->health.bad_lines++;
	if (!run->health.first_bad_line)
		run->health.first_bad_line = number;
	return CC_OK;
}

static cc_code take_text(cc_run *run, cc_str text, cc_err *err)
{
	cc_code code = CC_OK;
	uint64_t number = 0;

	if (text.n && text.p[0] != '{')
		return cc_err_set(err, CC_EFORMAT, "not a trajectory: it does not begin with a header");
	while (text.n && code == CC_OK) {
		size_t end = cc_str_find_char(text, '\n');
		bool torn = end == CC_STR_NONE;
		cc_str line = torn ? text : cc_str_sub(text, 0, end);

		text = torn ? CC_STR_EMPTY : cc_str_sub(text, end + 1, text.n);
		run->health.torn |= torn;
		number++;
		code = take_line(run, line, number, torn, err);
	}
	return code;
}

cc_code cc_run_parse(cc_run **out, cc_str text, cc_err *err)
{
	cc_run *run = cc_calloc(1, sizeof *run);
	cc_code code;

	*out = NULL;
	if (!run)
		return no_memory(err);
	run->snapshot_sha256 = CC_STR_EMPTY;
	memcpy(run->prev, CC_RECORD_FIRST_HASH, sizeof run->prev);
	cc_sha256_of(text, run->sha256);
	run->arena = cc_arena_new();
	code = run->arena ? take_text(run, text, err) : no_memory(err);
	if (code != CC_OK)
		cc_run_free(run);
	else
		*out = run;
	return code;
}

cc_code cc_run_read(cc_run **out, const char *path, cc_err *err)
{
	cc_buf file = CC_BUF_INIT, text = CC_BUF_INIT;
	struct stat st;
	cc_code code = CC_OK;

	*out = NULL;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		cc_path_join(&file, path, CC_RECORD_FILE);
	else
		cc_buf_addz(&file, path);
	if (!cc_buf_ok(&file))
		code = no_memory(err);
	if (code == CC_OK)
		code = cc_file_read(&text, file.p, CC_RECORD_LIMIT, err);
	if (code == CC_OK)
		code = cc_run_parse(out, cc_buf_str(&text), err);
	cc_buf_deinit(&text);
	cc_buf_deinit(&file);
	return code;
}

const cc_record_header *cc_run_header(const cc_run *run)
{
	return run->header;
}

cc_run_health cc_run_health_get(const cc_run *run)
{
	return run->health;
}

size_t cc_run_line_count(const cc_run *run)
{
	return run->lines.n;
}

const cc_record_line *cc_run_line(const cc_run *run, size_t i)
{
	return i < run->lines.n ? &run->lines.p[i] : NULL;
}

size_t cc_run_step_count(const cc_run *run)
{
	return run->steps.n;
}

const cc_record_line *cc_run_step(const cc_run *run, size_t i)
{
	return i < run->steps.n ? &run->lines.p[run->steps.p[i]] : NULL;
}

cc_str cc_run_sha256(const cc_run *run)
{
	return cc_str_from(run->sha256);
}

cc_str cc_run_snapshot_sha256(const cc_run *run)
{
	return run->snapshot_sha256;
}
