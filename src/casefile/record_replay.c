/* record_replay.c - the case of a record, rebuilt by applying its actions again at the times they happened. */
#include "casefile/case_priv.h"
#include "casefile/record_priv.h"

/* Where things are looked up; `lost` counts what is not there, NULL: that is a failure. */
typedef struct lookup { const cc_snapshot *s; size_t *lost; } lookup;

static cc_code resolve(const cc_json *json, lookup in, cc_action *a, cc_err *err)
{
	cc_code code = cc_record_resolve_action(json, in.s, a, err);

	if (!in.lost || (code != CC_EUNKNOWN && code != CC_EFORMAT && code != CC_ENOTFOUND))
		return code;
	++*in.lost;
	cc_err_clear(err);
	return CC_OK;                   /* names and texts stay; what they stand for is 0 */
}

static cc_code replay_action(const cc_json *json, const cc_record_line *line, lookup in, cc_arena *arena, cc_case *c,
	cc_err *err)
{
	cc_action a;
	cc_err inner = { 0 };
	cc_code code = cc_record_read_action(json, arena, &a, err);

	if (code == CC_OK)
		code = resolve(json, in, &a, err);
	if (code != CC_OK)
		return code;
	if (!a.mono_ns && !a.wall_ns) {
		a.mono_ns = line->t_ns > 0 ? line->t_ns : 0;
		a.wall_ns = line->wall_ns;
	}
	code = cc_case_apply(c, &a, &inner);
	if (code == CC_OK || code == CC_ENOMEM)
		return code;
	return cc_err_set(err, CC_EFORMAT, "line %llu: an action that cannot have happened: %s",
		(unsigned long long)line->line, inner.message);
}

static cc_code replay_steps(const cc_run *run, lookup in, size_t steps, cc_case *c, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_code code = arena ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	int64_t active_ns = 0;

	for (size_t i = 0; i < steps && code == CC_OK; i++) {
		const cc_record_line *line = cc_run_step(run, i);
		const cc_json *list = cc_json_get(line->json, "actions");

		active_ns = line->as.step->active_ns;
		for (const cc_json *v = cc_json_first(list); v && code == CC_OK; v = cc_json_next(v))
			code = replay_action(v, line, in, arena, c, err);
	}
	cc_case_freeze(c, active_ns);
	cc_arena_free(arena);
	return code;
}

static cc_code replay(const cc_run *run, lookup in, size_t steps, cc_case **out, cc_err *err)
{
	const cc_record_header *header = cc_run_header(run);
	size_t known = cc_run_step_count(run);
	cc_case *c = cc_case_new(header ? header->budget : 0);
	cc_code code;

	*out = NULL;
	if (!c)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = replay_steps(run, in, steps < known ? steps : known, c, err);
	if (code != CC_OK)
		cc_case_free(c);
	else
		*out = c;
	return code;
}

cc_code cc_run_replay(const cc_run *run, const cc_snapshot *s, size_t steps, cc_case **out, cc_err *err)
{
	return replay(run, (lookup){ s, NULL }, steps, out, err);
}

cc_code cc_run_replay_loose(const cc_run *run, const cc_snapshot *s, size_t steps, size_t *lost, cc_case **out, cc_err *err)
{
	*lost = 0;
	return replay(run, (lookup){ s, lost }, steps, out, err);
}
