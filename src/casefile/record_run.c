/* record_run.c - gives out the lines of a record: a line is decoded when it is asked for and kept until it may go.
 *
 * What cannot be had any more - memory is out, or the file was cut short while it is open - reads as a line of its type that
 * says nothing, so that whoever walks a record need not ask at each line; cc_run_failed tells. */
#include "casefile/record_run.h"
#include "coldcase/xalloc.h"

/* Decoding changes what is kept, which is no part of what a run says. */
static cc_run *keeper(const cc_run *run)
{
	return (cc_run *)(uintptr_t)run;
}

static void free_trees(cc_run *run)
{
	for (size_t i = 0; i < run->fixed.n; i++)
		cc_json_free(run->fixed.p[i]->tree);
	for (size_t i = 0; i < run->loose.n; i++)
		cc_json_free(run->loose.p[i]->tree);
	for (size_t i = 0; i < run->gone.n; i++)
		cc_json_free(run->gone.p[i]->tree);
}

void cc_run_free(cc_run *run)
{
	if (!run)
		return;
	free_trees(run);
	cc_vec_deinit(&run->fixed);
	cc_vec_deinit(&run->loose);
	cc_vec_deinit(&run->gone);
	cc_vec_deinit(&run->lines);
	cc_vec_deinit(&run->steps);
	cc_free(run->kept);
	cc_arena_free(run->arena);
	cc_arena_free(run->loose_arena);
	cc_arena_free(run->gone_arena);
	cc_file_unmap(&run->map);
	cc_free(run->copy);
	cc_free(run);
}

bool cc_run_keep_lines(cc_run *run)
{
	run->kept = cc_calloc(run->lines.n + 1, sizeof(cc_run_kept *));
	for (size_t i = 0; run->kept && i < run->fixed.n; i++)
		run->kept[run->fixed.p[i]->index] = run->fixed.p[i];
	return run->kept;
}

cc_code cc_run_decode(cc_arena *arena, const cc_run_place *place, cc_json *tree, cc_run_kept **out, cc_err *err)
{
	cc_run_kept *kept = cc_arena_alloc(arena, sizeof *kept);
	cc_code code;

	if (!kept) {
		cc_json_free(tree);
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	kept->tree = tree;
	kept->line = (cc_record_line){ .line = place->number, .json = tree };
	code = cc_record_decode(&kept->line, arena, err);
	if (code != CC_OK)
		cc_json_free(tree);
	else
		*out = kept;
	return code;
}

cc_str cc_run_text_of(const cc_run *run, const cc_run_place *place)
{
	return cc_str_sub(run->text, place->at, (size_t)place->at + place->n);
}

cc_code cc_run_tree(const cc_run *run, const cc_run_place *place, cc_json **out, cc_err *err)
{
	cc_code code = cc_json_parse(out, cc_run_text_of(run, place), NULL);

	if (code == CC_OK && cc_record_type_of(cc_json_get_str(*out, "type")) == (cc_line_type)place->type)
		return CC_OK;
	cc_json_free(*out);
	*out = NULL;
	if (code == CC_ENOMEM)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	return cc_err_set(err, CC_EIO, "line %u: the record was changed while it was open", place->number);
}

/* --- lines that are asked for --- */

#define NOTHING { "", 0 }

static const cc_record_header no_header = { .version = NOTHING, .scenario = NOTHING, .snapshot_path = NOTHING,
	.actor_name = NOTHING, .assistance = NOTHING, .truth_seal = NOTHING, .origin = NOTHING, .wall_ns = CC_TIME_NONE };
static const cc_record_step no_step = { .line = NOTHING, .command = NOTHING, .turn = -1, .message = NOTHING,
	.shown = { .title = NOTHING, .digest = NOTHING } };
static const cc_record_view no_view = { .pane = NOTHING, .command = NOTHING };
static const cc_record_digest no_digest = { NOTHING, NOTHING };
static const cc_record_event no_event = { NOTHING, { "null", 4 } };
static const cc_record_end no_end = { .reason = NOTHING, .turn = -1 };

static const cc_record_line no_line[] = {
	[CC_LINE_HEADER] = { .type = CC_LINE_HEADER, .wall_ns = CC_TIME_NONE, .as.header = &no_header },
	[CC_LINE_STEP] = { .type = CC_LINE_STEP, .wall_ns = CC_TIME_NONE, .as.step = &no_step },
	[CC_LINE_VIEW] = { .type = CC_LINE_VIEW, .wall_ns = CC_TIME_NONE, .as.view = &no_view },
	[CC_LINE_DIGEST] = { .type = CC_LINE_DIGEST, .wall_ns = CC_TIME_NONE, .as.digest = &no_digest },
	[CC_LINE_EVENT] = { .type = CC_LINE_EVENT, .wall_ns = CC_TIME_NONE, .as.event = &no_event },
	[CC_LINE_END] = { .type = CC_LINE_END, .wall_ns = CC_TIME_NONE, .as.end = &no_end },
	[CC_LINE_OTHER] = { .type = CC_LINE_OTHER, .wall_ns = CC_TIME_NONE },
};

static cc_run_kept *decode(cc_run *run, size_t i)
{
	cc_run_kept *kept = NULL;
	cc_json *tree = NULL;

	if (!cc_vec_reserve(&run->loose, 1) || cc_run_tree(run, &run->lines.p[i], &tree, NULL) != CC_OK ||
	    cc_run_decode(run->loose_arena, &run->lines.p[i], tree, &kept, NULL) != CC_OK)
		return NULL;
	kept->index = i;
	run->loose.p[run->loose.n++] = kept;
	run->kept[i] = kept;
	return kept;
}

const cc_record_line *cc_run_line(const cc_run *run, size_t i)
{
	const cc_run_kept *kept;

	if (i >= run->lines.n)
		return NULL;
	kept = run->kept[i] ? run->kept[i] : decode(keeper(run), i);
	if (kept)
		return &kept->line;
	keeper(run)->failed = true;
	return &no_line[run->lines.p[i].type];
}

static void free_gone(cc_run *run, size_t most)
{
	for (; run->gone.n && most; most--)
		cc_json_free(run->gone.p[--run->gone.n]->tree);
	if (!run->gone.n)
		cc_arena_reset(run->gone_arena);
}

static void let_go(cc_run *run)
{
	cc_run_kept_vec gone = run->gone;
	cc_arena *arena = run->gone_arena;

	for (size_t i = 0; i < run->loose.n; i++)
		run->kept[run->loose.p[i]->index] = NULL;
	run->gone = run->loose;
	run->gone_arena = run->loose_arena;
	run->loose = gone;
	run->loose_arena = arena;
}

/* To free thousands of trees takes longer than a frame may: at each call as many go as were made since the one before and some
 * more, so they are gone before the next ones go. Sanitizers are to see them go at once. */
void cc_run_trim(const cc_run *run, size_t most)
{
	enum { SOME = 64 };
	cc_run *own = keeper(run);

	free_gone(own, own->loose.n - own->trimmed + SOME);
	if (own->loose.n > most) {
		free_gone(own, SIZE_MAX);
		let_go(own);
	}
#ifdef CC_ARENA_DEBUG
	free_gone(own, SIZE_MAX);
#endif
	own->trimmed = own->loose.n;
}

bool cc_run_failed(const cc_run *run)
{
	return run->failed;
}

const cc_record_header *cc_run_header(const cc_run *run)
{
	return run->header;
}

size_t cc_run_line_count(const cc_run *run)
{
	return run->lines.n;
}

cc_line_type cc_run_line_type(const cc_run *run, size_t i)
{
	return i < run->lines.n ? (cc_line_type)run->lines.p[i].type : CC_LINE_OTHER;
}

size_t cc_run_step_count(const cc_run *run)
{
	return run->steps.n;
}

size_t cc_run_step_line(const cc_run *run, size_t i)
{
	return i < run->steps.n ? run->steps.p[i] : run->lines.n;
}

const cc_record_line *cc_run_step(const cc_run *run, size_t i)
{
	return i < run->steps.n ? cc_run_line(run, run->steps.p[i]) : NULL;
}

cc_str cc_run_snapshot_sha256(const cc_run *run)
{
	return run->snapshot_sha256;
}

bool cc_run_is_over(const cc_run *run)
{
	const cc_record_line *last = run->health.ended ? cc_run_line(run, run->lines.n - 1) : NULL;

	return last && !cc_str_eqz(last->as.end->reason, "quit");
}

cc_run_breaks cc_run_breaks_of(const cc_run *run)
{
	cc_run_breaks out = { 0 };
	int64_t gap_ns;

	for (size_t i = 0; i < run->lines.n; i++) {
		const cc_record_line *line = run->lines.p[i].type == CC_LINE_EVENT ? cc_run_line(run, i) : NULL;

		if (!line || !cc_str_eqz(line->as.event->name, "resumed"))
			continue;
		out.count++;
		if (cc_json_int(cc_json_get(cc_json_get(line->json, "data"), "gap_ns"), &gap_ns) && gap_ns > 0)
			out.away_ns += gap_ns < INT64_MAX - out.away_ns ? gap_ns : 0;
	}
	return out;
}
