/* agent_ask.c - see agent_ask.h. */
#include "agent/agent_ask.h"

#include <string.h>

#include "coldcase/json.h"

bool agent_stopped(const agent_asker *a)
{
	return a->over || cc_canceled(a->watch ? a->watch->cancel : NULL);
}

/* Once the budget is used up, what costs nothing goes on: pins, suspects, the submission. */
static bool costs(cc_str line)
{
	const cc_cmd *cmd = NULL;
	cc_str name, rest;
	cc_str_cut(line, ' ', &name, &rest);
	return cc_cmd_find(name, &cmd, NULL) == CC_OK && (cmd->flags & CC_CMD_QUERY);
}

static void tell(const agent_asker *a, cc_str line)
{
	cc_agent_progress p = { .turn = a->turn, .turn_cap = cc_case_budget(cc_session_case(a->session)).cap, .tokens = -1, .cost_micro = -1,
		.doing = line };
	if (a->watch && a->watch->told)
		a->watch->told(a->watch->arg, &p);
}

/* A script takes no notice of what a person did meanwhile, unless that ended the case. */
bool agent_go_on(agent_asker *a)
{
	cc_buf done = CC_BUF_INIT;
	if (a->watch && a->watch->gate)
		a->watch->gate(a->watch->arg, &done);
	cc_buf_deinit(&done);
	a->over |= cc_session_submitted(a->session) || cc_session_quit(a->session);
	return !agent_stopped(a);
}

void agent_ran(const agent_asker *a)
{
	if (a->watch && a->watch->ran)
		a->watch->ran(a->watch->arg);
}

cc_reply *agent_ask(agent_asker *a, const char *fmt, ...)
{
	cc_reply *reply = NULL;
	cc_buf line = CC_BUF_INIT;
	cc_err err = { 0 };
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&line, fmt, ap);
	va_end(ap);
	if (!agent_stopped(a) && cc_buf_ok(&line) && !(a->spent && costs(cc_buf_str(&line))) && agent_go_on(a)) {
		cc_session_set_turn(a->session, ++a->turn);
		cc_code code = cc_session_run(a->session, cc_buf_str(&line), a->watch ? a->watch->cancel : NULL, &reply, &err);
		a->spent |= code == CC_EBUDGET;
		a->over = code == CC_ECANCELED || code == CC_ENOMEM;
		agent_ran(a);
		tell(a, cc_buf_str(&line));
	}
	cc_buf_deinit(&line);
	return reply;
}

void agent_say(agent_asker *a, const char *fmt, ...)
{
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_jw w;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "source");
	cc_jw_strz(&w, "agent");
	cc_jw_key(&w, "text");
	cc_jw_str(&w, cc_buf_str(&text));
	cc_jw_end_object(&w);
	if (cc_buf_ok(&text) && cc_buf_ok(&json))
		cc_session_event(a->session, "message", cc_buf_str(&json));
	cc_buf_deinit(&json);
	cc_buf_deinit(&text);
}

/* --- reading --- */

const cc_section *agent_section(const cc_reply *r, const char *key)
{
	for (size_t i = 0; r && i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, key) == 0)
			return cc_reply_section(r, i);
	return NULL;
}

const cc_cell *agent_cell(const cc_section *s, const cc_row *row, const char *key)
{
	for (size_t i = 0; s && i < s->column_count; i++)
		if (strcmp(s->columns[i].key, key) == 0)
			return row->cells[i].type == CC_CELL_NONE ? NULL : &row->cells[i];
	return NULL;
}

cc_str agent_text(agent_asker *a, const cc_section *s, const cc_row *row, const char *key)
{
	const cc_cell *c = agent_cell(s, row, key);
	return c && c->text.n ? cc_arena_dup(a->arena, c->text) : CC_STR_EMPTY;
}

int64_t agent_int(const cc_section *s, const cc_row *row, const char *key)
{
	const cc_cell *c = agent_cell(s, row, key);
	return c ? c->i : 0;
}

int64_t agent_time(const cc_section *s, const cc_row *row, const char *key)
{
	const cc_cell *c = agent_cell(s, row, key);
	return c ? c->i : CC_TIME_NONE;
}

bool agent_bool(const cc_section *s, const cc_row *row, const char *key)
{
	return agent_int(s, row, key) != 0;
}

cc_str agent_fact(agent_asker *a, const cc_section *s, const char *key)
{
	for (size_t i = 0; s && i < s->fact_count; i++)
		if (strcmp(s->facts[i].key, key) == 0 && s->facts[i].cell.text.n)
			return cc_arena_dup(a->arena, s->facts[i].cell.text);
	return CC_STR_EMPTY;
}

cc_str agent_namespace_of(cc_str entity)
{
	cc_str head, tail;
	return cc_str_cut(entity, '/', &head, &tail) ? head : CC_STR_EMPTY;
}

cc_str agent_kind_of(cc_str entity)
{
	cc_str head, tail, kind, name;
	if (!cc_str_cut(entity, '/', &head, &tail) || !cc_str_cut(tail, '/', &kind, &name))
		return CC_STR_EMPTY;
	return kind;
}

cc_str agent_name_of(cc_str entity)
{
	size_t slash = cc_str_rfind_char(entity, '/');
	return slash == CC_STR_NONE ? entity : cc_str_sub(entity, slash + 1, entity.n);
}
