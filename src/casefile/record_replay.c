/* record_replay.c - the case of a record, rebuilt by applying its actions again at the times they happened.
 *
 * Nearly all steps only spend a query: those are read without a tree. */
#include <string.h>

#include "casefile/case_priv.h"
#include "casefile/record_replay.h"

static cc_code resolve(const cc_json *json, cc_replay_over over, cc_action *a, cc_err *err)
{
	cc_code code = cc_record_resolve_action(json, over.s, a, err);

	if (!over.lost || (code != CC_EUNKNOWN && code != CC_EFORMAT && code != CC_ENOTFOUND))
		return code;
	++*over.lost;
	cc_err_clear(err);
	return CC_OK;                   /* names and texts stay; what they stand for is 0 */
}

static cc_code apply(const cc_run_place *place, const cc_action *a, cc_case *c, cc_err *err)
{
	cc_err inner = { 0 };
	cc_code code = cc_case_apply(c, a, &inner);

	if (code == CC_OK || code == CC_ENOMEM)
		return code;
	return cc_err_set(err, CC_EFORMAT, "line %u: an action that cannot have happened: %s", place->number, inner.message);
}

/* An action without a time happened when its line was written. */
static cc_code set_time(const cc_run *run, const cc_run_place *place, cc_action *a, cc_err *err)
{
	cc_json *tree;
	cc_code code = cc_run_tree(run, place, &tree, err);

	if (code != CC_OK)
		return code;
	cc_record_line_times(tree, &a->mono_ns, &a->wall_ns);
	if (a->mono_ns < 0)
		a->mono_ns = 0;
	cc_json_free(tree);
	return CC_OK;
}

static cc_code replay_action(const cc_run *run, const cc_run_place *place, const cc_json *json, cc_replay_over over,
	cc_arena *arena, cc_case *c, cc_err *err)
{
	cc_action a;
	cc_code code = cc_record_read_action(json, arena, &a, err);

	if (code == CC_OK)
		code = resolve(json, over, &a, err);
	if (code == CC_OK && !a.mono_ns && !a.wall_ns)
		code = set_time(run, place, &a, err);
	return code == CC_OK ? apply(place, &a, c, err) : code;
}

/* --- a step --- */

static bool take(cc_str *text, cc_str word)
{
	if (!cc_str_starts(*text, word))
		return false;
	*text = cc_str_sub(*text, word.n, text->n);
	return true;
}

/* Up to 18 digits. */
static bool take_number(cc_str *text, int64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < text->n && n < 18 && text->p[n] >= '0' && text->p[n] <= '9')
		*out = *out * 10 + (text->p[n++] - '0');
	*text = cc_str_sub(*text, n, text->n);
	return n;
}

/* The list of one action that spends a query, as the writer writes it. */
static bool is_query(cc_str list, cc_action *a)
{
	return take(&list, CC_STR("[{\"do\":\"query\",\"t_ns\":")) && take_number(&list, &a->mono_ns) &&
		take(&list, CC_STR(",\"wall_ns\":")) && take_number(&list, &a->wall_ns) && take(&list, CC_STR("}]")) &&
		(a->mono_ns || a->wall_ns);
}

/* The list behind `actions` ends where the member ends; that is found by reading the line when something follows it. */
static cc_code read_list(const cc_run *run, const cc_run_place *place, cc_json **tree, const cc_json **list, cc_err *err)
{
	cc_str text = cc_run_text_of(run, place);
	cc_code code = CC_OK;

	if (place->plain)
		code = cc_json_parse(tree, cc_str_sub(text, place->actions, text.n - 1), NULL);
	if (place->plain && code == CC_OK)
		*list = *tree;
	if (place->plain && (code == CC_OK || code == CC_ENOMEM))
		return code == CC_OK ? CC_OK : cc_err_set(err, code, "out of memory");
	code = cc_run_tree(run, place, tree, err);
	*list = cc_json_get(*tree, "actions");
	return code;
}

static cc_code replay_step(const cc_run *run, const cc_run_place *place, cc_replay_over over, cc_arena *arena, cc_case *c,
	cc_err *err)
{
	cc_str text = cc_run_text_of(run, place), rest = cc_str_sub(text, place->actions, text.n);
	cc_action query = { .kind = CC_ACT_QUERY, .confidence = -1 };
	cc_json *tree = NULL;
	const cc_json *list = NULL;
	cc_code code;

	if (place->plain && (!place->actions || cc_str_starts(rest, CC_STR("[]"))))
		return CC_OK;
	if (place->plain && is_query(rest, &query))
		return apply(place, &query, c, err);
	code = read_list(run, place, &tree, &list, err);
	for (const cc_json *v = code == CC_OK ? cc_json_first(list) : NULL; v && code == CC_OK; v = cc_json_next(v))
		code = replay_action(run, place, v, over, arena, c, err);
	cc_json_free(tree);
	cc_arena_reset(arena);
	return code;
}

cc_code cc_replay_steps(const cc_run *run, cc_replay_over over, size_t from, size_t to, cc_case *c, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_code code = arena ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");

	for (size_t i = from; i < to && code == CC_OK; i++)
		code = replay_step(run, &run->lines.p[run->steps.p[i]], over, arena, c, err);
	cc_arena_free(arena);
	return code;
}

cc_code cc_replay_active(const cc_run *run, size_t steps, int64_t *active_ns, cc_err *err)
{
	cc_json *tree;
	cc_code code;

	*active_ns = 0;
	if (!steps)
		return CC_OK;
	code = cc_run_tree(run, &run->lines.p[run->steps.p[steps - 1]], &tree, err);
	if (code != CC_OK)
		return code;
	(void)cc_json_int(cc_json_get(tree, "active_ns"), active_ns);
	cc_json_free(tree);
	return CC_OK;
}

/* --- from the beginning --- */

static cc_code replay(const cc_run *run, cc_replay_over over, size_t steps, cc_case **out, cc_err *err)
{
	size_t known = cc_run_step_count(run), to = steps < known ? steps : known;
	cc_case *c = cc_replay_new(run);
	int64_t active_ns;
	cc_code code;

	*out = NULL;
	if (!c)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_replay_steps(run, over, 0, to, c, err);
	if (code == CC_OK)
		code = cc_replay_active(run, to, &active_ns, err);
	if (code != CC_OK) {
		cc_case_free(c);
		return code;
	}
	cc_case_freeze(c, active_ns);
	*out = c;
	return CC_OK;
}

cc_case *cc_replay_new(const cc_run *run)
{
	const cc_record_header *header = cc_run_header(run);

	return cc_case_new(header ? header->budget : 0);
}

cc_code cc_run_replay(const cc_run *run, const cc_snapshot *s, size_t steps, cc_case **out, cc_err *err)
{
	return replay(run, (cc_replay_over){ s, NULL }, steps, out, err);
}

cc_code cc_run_replay_loose(const cc_run *run, const cc_snapshot *s, size_t steps, size_t *lost, cc_case **out, cc_err *err)
{
	*lost = 0;
	return replay(run, (cc_replay_over){ s, lost }, steps, out, err);
}
