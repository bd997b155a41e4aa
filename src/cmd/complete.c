/* complete.c - completion of the word under the cursor, from the table and the evidence.
 *
 * Front ends ask for full replacement words; what a word may be follows from where it stands: the first is a command, key=
 * takes that parameter's values, anything else may be a parameter name, a filter field or what the next positional takes. */
#include "cmd/cmd_priv.h"

#include <string.h>
#include "coldcase/entity.h"
#include "coldcase/filter.h"
#include "coldcase/map.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"

enum { MAX_WORDS = 200 };

typedef struct completing {
	cc_session *session;
	cc_arena *arena;
	cc_completion_vec *out;
	cc_str lead;             /* kept before the completed part: "focus=" */
	cc_str part;             /* what is typed of the value */
	cc_str words;            /* the line between the command and the word */
	bool nomem;
} completing;

static void offer(completing *c, cc_str word, const char *help)
{
	if (c->out->n >= MAX_WORDS)
		return;
	cc_completion item = { cc_arena_printf(c->arena, "%.*s%.*s", CC_STR_ARG(c->lead), CC_STR_ARG(word)), help };
	if (!item.word.p || !cc_vec_push(c->out, item))
		c->nomem = true;
}

static void offer_if(completing *c, cc_str word, const char *help)
{
	if (cc_str_starts_nocase(word, c->part))
		offer(c, word, help);
}

static void complete_commands(completing *c)
{
	for (size_t i = 0; i < cc_cmd_count(); i++)
		offer_if(c, cc_str_from(cc_cmd_get(i)->name), cc_cmd_get(i)->summary);
}

/* Entities fit by their name, by Kind/name or by the whole id; what has an object comes first because it can be corrected. */
static void complete_entities(completing *c)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	cc_buf b = CC_BUF_INIT;
	for (int pass = 0; pass < 2; pass++) {
		for (cc_entity_id id = 1; id <= cc_entity_count(s) && c->out->n < MAX_WORDS; id++) {
			if (cc_entity_get(s, id)->unborn || (cc_entity_get(s, id)->object == 0) != (pass == 1))
				continue;
			cc_buf_clear(&b);
			cc_entity_format(s, id, &b);
			cc_str full = cc_buf_str(&b);
			size_t slash = cc_str_find_char(full, '/');
			cc_str kind_name = slash == CC_STR_NONE ? full : cc_str_sub(full, slash + 1, full.n);
			if (cc_str_starts_nocase(full, c->part) || cc_str_starts_nocase(kind_name, c->part) ||
				cc_str_starts_nocase(cc_entity_name(s, id), c->part))
				offer(c, full, NULL);
		}
	}
	cc_buf_deinit(&b);
}

static void complete_metrics(completing *c)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	cc_map *seen = cc_map_new();
	for (size_t i = 0; seen && i < cc_series_count(s); i++) {
		cc_str name = cc_snapshot_sym(s, cc_series_get(s, i)->metric);
		if (cc_map_get(seen, name, NULL))
			continue;
		if (!cc_map_set(seen, name, 1))
			c->nomem = true;
		offer_if(c, name, NULL);
	}
	cc_map_free(seen);
}

static void complete_case(completing *c, cc_completer what)
{
	const cc_case *cf = cc_session_case(c->session);
	if (what == CC_COMPLETE_SUSPECT)
		for (size_t i = 0; i < cc_case_suspect_count(cf); i++)
			offer_if(c, cc_case_suspect(cf, i)->name, NULL);
	else
		for (size_t i = 0; i < cc_case_pin_count(cf); i++)
			offer_if(c, cc_arena_printf(c->arena, "%u", cc_case_pin(cf, i)->number), NULL);
}

/* The first traces whose id begins like this: enough to go on typing. */
static void complete_traces(completing *c)
{
	enum { TRACES_MAX = 50 };
	const cc_snapshot *s = cc_session_snapshot(c->session);
	cc_buf b = CC_BUF_INIT;
	size_t before = c->out->n;
	for (size_t i = 0; i < cc_traces_count(s) && c->out->n - before < TRACES_MAX; i++) {
		cc_buf_clear(&b);
		cc_id128_format(&b, cc_traces_get(s, i)->id);
		offer_if(c, cc_buf_str(&b), NULL);
	}
	cc_buf_deinit(&b);
}

/* The table whose fields a filter has: of a command for any table, the one that the line names first. */
static bool table_of(const completing *c, const cc_cmd *cmd, cc_table *table)
{
	cc_str word, rest;
	cc_str_cut(c->words, ' ', &word, &rest);
	if (cmd->params && cmd->params[0].name && strcmp(cmd->params[0].name, "table") == 0 && cc_table_parse(word, table))
		return true;
	return cmd->filter_table && cc_table_parse(cc_str_from(cmd->filter_table), table);
}

static void complete_fields(completing *c, const cc_cmd *cmd, bool compared)
{
	cc_table table;
	const cc_field *f;
	if (!table_of(c, cmd, &table))
		return;
	size_t n = cc_filter_fields(table, &f);
	for (size_t i = 0; i < n; i++)
		offer_if(c, cc_arena_printf(c->arena, compared && !cc_str_ends(cc_str_from(f[i].name), CC_STR(".")) ? "%s=" : "%s", f[i].name), f[i].help);
}

static void complete_value(completing *c, const cc_cmd *cmd, const cc_param *p)
{
	static const char *const yes_no[] = { "yes", "no", NULL };
	const char *const *choices = p->type == CC_PARAM_BOOL ? yes_no : p->choices;
	for (; choices && *choices; choices++)
		offer_if(c, cc_str_from(*choices), NULL);
	if (p->completer == CC_COMPLETE_ENTITY || p->type == CC_PARAM_ENTITY)
		complete_entities(c);
	else if (p->completer == CC_COMPLETE_METRIC)
		complete_metrics(c);
	else if (p->completer == CC_COMPLETE_COMMAND)
		complete_commands(c);
	else if (p->completer == CC_COMPLETE_TRACE)
		complete_traces(c);
	else if (p->completer == CC_COMPLETE_SUSPECT || p->completer == CC_COMPLETE_PIN)
		complete_case(c, p->completer);
	else if (p->completer == CC_COMPLETE_FIELD || p->type == CC_PARAM_FILTER)
		complete_fields(c, cmd, p->type == CC_PARAM_FILTER);
}

/* Levels have an order (level>=warn): all are offered, in it, whatever the evidence holds. */
static void complete_levels(completing *c)
{
	for (int l = CC_LEVEL_TRACE; l <= CC_LEVEL_FATAL; l++)
		offer_if(c, cc_str_from(cc_level_name((cc_level)l)), NULL);
}

/* Values of a filter field: things by name, else what the evidence holds most often. */
static void complete_filter_value(completing *c, const cc_cmd *cmd, cc_str field)
{
	enum { SUGGESTIONS = 40 };
	cc_table table;
	cc_str values[SUGGESTIONS];
	if (cc_str_eqz(field, "entity")) {
		complete_entities(c);
		return;
	}
	if (cc_str_eqz(field, "level")) {
		complete_levels(c);
		return;
	}
	if (cc_str_eqz(field, "trace")) {
		complete_traces(c);
		return;
	}
	if (!table_of(c, cmd, &table))
		return;
	size_t n = cc_filter_suggest(cc_session_snapshot(c->session), table, field, c->part, values, SUGGESTIONS, c->arena);
	for (size_t i = 0; i < n; i++)
		offer(c, values[i], NULL);
}

/* field, operator (= != >= ~ …), value: only = sets parameters, all compare fields. */
static bool complete_right_side(completing *c, const cc_cmd *cmd, cc_str word)
{
	static const char operators[] = "=<>!~";
	size_t key = 0, value;
	while (key < word.n && !strchr(operators, word.p[key]))
		key++;
	for (value = key; value < word.n && strchr(operators, word.p[value]);)
		value++;
	if (value == key)
		return false;
	cc_str name = cc_str_sub(word, 0, key);
	c->lead = cc_str_sub(word, 0, value);
	c->part = cc_str_sub(word, value, word.n);
	for (const cc_param *p = cmd->params; p && p->name; p++) {
		if (value == key + 1 && word.p[key] == '=' && cc_str_eqz(name, p->name)) {
			complete_value(c, cmd, p);
			return true;
		}
	}
	complete_filter_value(c, cmd, name);
	return true;
}

static void complete_word(completing *c, const cc_cmd *cmd, cc_str word, size_t words_before)
{
	if (complete_right_side(c, cmd, word))
		return;
	c->part = word;
	size_t position = 0;
	for (const cc_param *p = cmd->params; p && p->name; p++)
		if (p->positional && position++ == words_before)
			complete_value(c, cmd, p);
	for (const cc_param *p = cmd->params; p && p->name; p++) {
		if (p->type == CC_PARAM_FILTER)
			complete_fields(c, cmd, true);
		else if (p->type != CC_PARAM_TEXT)
			offer_if(c, cc_arena_printf(c->arena, "%s=", p->name), p->help);
	}
}

cc_code cc_cmd_complete(cc_session *session, cc_str line, cc_arena *arena, cc_completion_vec *out, size_t *word_start)
{
	completing c = { .session = session, .arena = arena, .out = out, .lead = CC_STR_EMPTY };
	size_t start = line.n, words = 0;
	while (start > 0 && line.p[start - 1] != ' ' && line.p[start - 1] != '\t')
		start--;
	*word_start = start;
	cc_str word = cc_str_sub(line, start, line.n), before = cc_str_trim(cc_str_sub(line, 0, start)), head, rest;
	if (!before.n) {
		c.part = word;
		complete_commands(&c);
		return c.nomem ? CC_ENOMEM : CC_OK;
	}
	cc_str_cut(before, ' ', &head, &rest);
	c.words = cc_str_trim(rest);
	for (rest = c.words; rest.n; words++) {
		cc_str one;
		cc_str_cut(rest, ' ', &one, &rest);
		rest = cc_str_trim(rest);
	}
	const cc_cmd *cmd;
	if (cc_cmd_find(head, &cmd, NULL) == CC_OK)
		complete_word(&c, cmd, word, words);
	return c.nomem ? CC_ENOMEM : CC_OK;
}
