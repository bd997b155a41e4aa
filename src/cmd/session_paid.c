/* session_paid.c - which questions have been paid for.
 *
 * A question is a canonical line without what only chooses a part of its answer (offset=, find= ...), asked under one view. Who
 * paid for it may scroll and search through the whole answer: a line that says which rows it wants is free from then on. Asking
 * the question itself again is another query, unless it was answered in part: while the evidence was being read, when somebody ended the
 * looking, and in a live drill, where an answer is of its moment and what is on the screen keeps up with the clock - or unless it is
 * owed: taking over shows what was on the screen before. */
#include "cmd/evidence.h"
#include "cmd/session_priv.h"

#include "coldcase/entity.h"

enum { PAID = 1, OWED = 2 /* in part: the fuller answer is free */ };

/* moments: the cursor and the onset matter */
static void add_view(const cc_session *s, bool moments, cc_buf *out)
{
	cc_view v = cc_case_view(s->kase);

	cc_buf_addf(out, "|%lld|%lld|%lld|%lld|%d|", moments ? (long long)v.at_ns : 0, (long long)v.window.from_ns,
		(long long)v.window.to_ns, moments ? (long long)v.onset_ns : 0, v.known);
	if (v.focus)
		cc_entity_format(s->snapshot, v.focus, out);
}

void cc_session_view_key(const cc_session *s, cc_buf *out)
{
	add_view(s, true, out);
}

/* Gives whether the line says which rows it wants. */
static bool question(const cc_cmd *cmd, const cc_args *args, cc_buf *out)
{
	cc_args whole = *args;
	bool placed = false;

	for (int i = 0; cmd->params && cmd->params[i].name; i++) {
		placed = placed || (cmd->params[i].part == CC_PART_PLACE && args->values[i]);
		if (cmd->params[i].part)
			whole.values[i] = NULL;
	}
	cc_cmd_format(cmd, &whole, out);
	return placed;
}

/* A time counted from the cursor or the onset: since=-5m, time>=T+30s. */
static bool has_relative_time(cc_str line)
{
	for (size_t i = 1; i < line.n; i++)
		if ((line.p[i] == '-' || line.p[i] == '+') && cc_str_find_char(CC_STR("=<> .T"), line.p[i - 1]) != CC_STR_NONE)
			return true;
	return false;
}

bool cc_session_question(const cc_session *s, const cc_cmd *cmd, const cc_args *args, cc_buf *out)
{
	size_t from = out->n;
	bool placed = question(cmd, args, out);
	bool looks = !(cmd->flags & CC_CMD_NO_CURSOR) || has_relative_time(cc_str_sub(cc_buf_str(out), from, out->n));

	add_view(s, looks || cc_session_horizon(s) != CC_TIME_NONE, out);
	return placed;
}

bool cc_session_is_paid(const cc_session *s, const cc_cmd *cmd, const cc_args *args)
{
	cc_buf key = CC_BUF_INIT;
	uint64_t state = 0;
	bool placed = cc_session_question(s, cmd, args, &key), found;

	found = cc_buf_ok(&key) && cc_map_get(s->paid, cc_buf_str(&key), &state);
	cc_buf_deinit(&key);
	return found && (placed || (state & OWED));
}

bool cc_session_asked(const cc_session *s, cc_str line)
{
	cc_arena *arena = cc_arena_new();
	const cc_cmd *cmd;
	cc_args args;
	bool asked = arena && cc_cmd_parse(line, arena, &cmd, &args, NULL) == CC_OK && cc_session_is_paid(s, cmd, &args);

	cc_arena_free(arena);
	return asked;
}

static bool pay(cc_session *s, const cc_cmd *cmd, const cc_args *args, uint64_t as)
{
	cc_buf key = CC_BUF_INIT;
	uint64_t *state = NULL;
	cc_str kept;

	(void)cc_session_question(s, cmd, args, &key);
	kept = cc_buf_str(&key);
	if (cc_buf_ok(&key) && !cc_map_get(s->paid, kept, NULL))
		kept = cc_arena_dup(s->seen_arena, kept);
	if (cc_buf_ok(&key) && kept.p)
		state = cc_map_slot(s->paid, kept, 0);
	if (state)
		*state = as;
	cc_buf_deinit(&key);
	return state != NULL;
}

bool cc_session_pay(cc_session *s, const cc_cmd *cmd, const cc_args *args)
{
	bool in_part = s->look.stopped || s->live.speed || cc_snapshot_left_out(s->snapshot) | cc_snapshot_heads(s->snapshot);

	return pay(s, cmd, args, in_part ? PAID | OWED : PAID);
}

void cc_session_owe(cc_session *s, cc_str line)
{
	cc_arena *arena = cc_arena_new();
	const cc_cmd *cmd;
	cc_args args;

	pthread_mutex_lock(&s->lock);
	if (arena && cc_cmd_parse(line, arena, &cmd, &args, NULL) == CC_OK && (cmd->flags & CC_CMD_QUERY))
		(void)pay(s, cmd, &args, PAID | OWED);   /* out of memory: it costs, and the budget is there for that */
	pthread_mutex_unlock(&s->lock);
	cc_arena_free(arena);
}
