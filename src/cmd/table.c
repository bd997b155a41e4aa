/* table.c - the command table and what is generated from it: lookup, usage, help, the manual's COMMANDS. */
#include "cmd/cmd_priv.h"

#include <string.h>

static const cc_cmd *const table[] = {
#define CC_CMD_ENTRY(name) &cc_cmd_##name,
	CC_CMDS(CC_CMD_ENTRY)
#undef CC_CMD_ENTRY
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

size_t cc_cmd_count(void)
{
	return TABLE_SIZE;
}

const cc_cmd *cc_cmd_get(size_t i)
{
	return i < TABLE_SIZE ? table[i] : NULL;
}

static const cc_cmd *exact(cc_str name)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (cc_str_eqz(name, table[i]->name) || (table[i]->alias && cc_str_eqz(name, table[i]->alias)))
			return table[i];
	return NULL;
}

/* Commands that begin with `prefix`, as "a, b, c". */
static size_t candidates(cc_str prefix, cc_buf *list, const cc_cmd **only)
{
	size_t n = 0;
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		if (!cc_str_starts(cc_str_from(table[i]->name), prefix)) /* NOLINT: no entry is NULL */
			continue;
		cc_buf_addf(list, "%s%s", n++ ? ", " : "", table[i]->name);
		*only = table[i];
	}
	return n;
}

/* What tabs, pivots and other tools call a thing, where the command has another name. */
static const struct { const char *said, *commands; } also_said[] = {
	{ "specs", "changes, objects, spec" },
	{ "neighbours", "topology" },
	{ "neighbors", "topology" },
};

/* Commands that `name` misspells at its end, and those that speak of it. */
static size_t nearest(cc_str name, cc_buf *list)
{
	const cc_cmd *unused;
	size_t n = 0, least = name.n - (name.n > 5 ? name.n / 3 : 1);
	if (name.n < 3)
		return 0;
	for (size_t i = 0; i < sizeof also_said / sizeof also_said[0]; i++) {
		if (!cc_str_eqz(name, also_said[i].said))
			continue;
		cc_buf_addz(list, also_said[i].commands);
		return 1;
	}
	for (size_t k = name.n; !n && k-- > least;)
		n = candidates(cc_str_sub(name, 0, k), list, &unused);
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (cc_str_find_nocase(cc_str_from(table[i]->summary), name) != CC_STR_NONE)
			cc_buf_addf(list, "%s%s", n++ ? ", " : "", table[i]->name);
	return n;
}

cc_code cc_cmd_find(cc_str name, const cc_cmd **out, cc_err *err)
{
	cc_buf list = CC_BUF_INIT;
	cc_code code = CC_OK;
	*out = exact(name);
	if (*out)
		return CC_OK;
	size_t n = name.n ? candidates(name, &list, out) : 0;
	if (n > 1) {
		code = cc_err_set(err, CC_EAMBIGUOUS, "'%.*s' could be %.*s", CC_STR_ARG(name), CC_STR_ARG(cc_buf_str(&list)));
		cc_err_hint(err, "type more of the name");
	} else if (n == 0) {
		code = cc_err_set(err, CC_EUNKNOWN, "no command '%.*s'", CC_STR_ARG(name));
		cc_buf_clear(&list);
		if (nearest(name, &list))
			cc_err_hint(err, "nearest: %.*s; `help` lists all", CC_STR_ARG(cc_buf_str(&list)));
		else
			cc_err_hint(err, "`help` lists the commands");
	}
	if (code != CC_OK)
		*out = NULL;
	cc_buf_deinit(&list);
	return code;
}

static const char *placeholder(const cc_param *p)
{
	switch (p->type) {
	case CC_PARAM_INT: return "N";
	case CC_PARAM_NUMBER: return "NUMBER";
	case CC_PARAM_BOOL: return "yes|no";
	case CC_PARAM_TIME: return "TIME";
	case CC_PARAM_DURATION: return "DURATION";
	case CC_PARAM_ENTITY: return "ENTITY";
	case CC_PARAM_CITE: return "FILE#RECORD";
	case CC_PARAM_FILTER: return "FILTER";
	case CC_PARAM_TEXT: return "TEXT";
	case CC_PARAM_CHOICE:
	case CC_PARAM_WORD: break;
	}
	return NULL;
}

/* What stands for the value: its type, else the parameter's own name in capitals. */
static void usage_value(const cc_param *p, cc_buf *out)
{
	if (placeholder(p)) {
		cc_buf_addz(out, placeholder(p));
		return;
	}
	for (const char *c = p->name; *c; c++)
		cc_buf_add_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
}

static void usage_param(const cc_param *p, cc_buf *out)
{
	cc_buf_addz(out, p->required ? " " : " [");
	if (p->type == CC_PARAM_CHOICE) {
		if (!p->positional)
			cc_buf_addf(out, "%s=", p->name);
		for (const char *const *c = p->choices; c && *c; c++)
			cc_buf_addf(out, "%s%s", c == p->choices ? "" : "|", *c);
	} else {
		if (!p->positional && p->type != CC_PARAM_FILTER)
			cc_buf_addf(out, "%s=", p->name);
		usage_value(p, out);
	}
	if (!p->required)
		cc_buf_add_char(out, ']');
}

void cc_cmd_write_usage(const cc_cmd *cmd, cc_buf *out)
{
	cc_buf_addz(out, cmd->name);
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		usage_param(&cmd->params[i], out);
}

void cc_cmd_write_help(const cc_cmd *cmd, cc_buf *out)
{
	cc_cmd_write_usage(cmd, out);
	if (cmd->alias)
		cc_buf_addf(out, "   (also: %s)", cmd->alias);
	cc_buf_addf(out, "\n  %s\n", cmd->summary);
	if (cmd->help)
		cc_buf_addf(out, "  %s\n", cmd->help);
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		cc_buf_addf(out, "  %-12s %s\n", cmd->params[i].name, cmd->params[i].help);
	for (const char *const *e = cmd->examples; e && *e; e++)
		cc_buf_addf(out, "  example: %s\n", *e);
	if (cmd->flags & CC_CMD_QUERY)
		cc_buf_addz(out, "  Shows evidence: one query of the budget.\n");
}

/* Filled text of a manual page: lines of at most 78 columns, so that mandoc's lint and reviewers of diffs are content. A
 * backslash is roff's escape, and a line must not begin with one of its control characters. */
static void mdoc_text(cc_buf *out, const char *text)
{
	cc_str word, rest = cc_str_from(text);
	size_t column = 0;
	bool sentence = false; /* mandoc wants a new line for each */
	while (rest.n) {
		cc_str_cut(rest, ' ', &word, &rest);
		if (column && (sentence || column + 1 + word.n > 78)) {
			cc_buf_add_char(out, '\n');
			column = 0;
		} else if (column) {
			cc_buf_add_char(out, ' ');
			column++;
		}
		if (!column && word.n && (word.p[0] == '.' || word.p[0] == '\''))
			cc_buf_addz(out, "\\&");
		for (size_t i = 0; i < word.n; i++) {
			if (word.p[i] == '\\')
				cc_buf_addz(out, "\\e");
			else
				cc_buf_add_char(out, word.p[i]);
		}
		column += word.n;
		sentence = cc_str_ends(word, CC_STR(".")) || cc_str_ends(word, CC_STR(":"));
	}
}

/* A line of a literal display stays one line. */
static void mdoc_literal(cc_buf *out, const char *line)
{
	if (line[0] == '.' || line[0] == '\'')
		cc_buf_addz(out, "\\&");
	for (; *line; line++) {
		if (*line == '\\')
			cc_buf_addz(out, "\\e");
		else
			cc_buf_add_char(out, *line);
	}
	cc_buf_add_char(out, '\n');
}

static void mdoc_list(cc_buf *out, const char *heading, const char *const *lines)
{
	if (!lines || !*lines)
		return;
	cc_buf_addf(out, ".Pp\n%s\n.Bd -literal -offset indent -compact\n", heading);
	for (; *lines; lines++)
		mdoc_literal(out, *lines);
	cc_buf_addz(out, ".Ed\n");
}

static void mdoc_params(cc_buf *out, const cc_cmd *cmd)
{
	if (!cmd->params || !cmd->params[0].name)
		return;
	cc_buf_addz(out, ".Bl -tag -width 12n -compact\n");
	for (int i = 0; cmd->params[i].name; i++) {
		cc_buf_addf(out, ".It Ar %s\n", cmd->params[i].name);
		mdoc_text(out, cmd->params[i].help);
		cc_buf_add_char(out, '\n');
	}
	cc_buf_addz(out, ".El\n");
}

static void mdoc_details(cc_buf *out, const cc_cmd *cmd)
{
	if (cmd->help) {
		mdoc_text(out, cmd->help);
		cc_buf_add_char(out, '\n');
	}
	if (cmd->alias)
		cc_buf_addf(out, "Short:\n.Ic \\&%s .\n", cmd->alias);
	if (cmd->flags & CC_CMD_QUERY)
		cc_buf_addz(out, "Costs one query.\n");
	mdoc_params(out, cmd);
	mdoc_list(out, "Examples:", cmd->examples);
	mdoc_list(out, "JSON:", cmd->reply);
}

static void mdoc_command(cc_buf *out, const cc_cmd *cmd, bool full)
{
	cc_buf usage = CC_BUF_INIT;
	cc_cmd_write_usage(cmd, &usage);
	cc_buf_addz(out, ".It Li ");
	mdoc_literal(out, full && usage.p ? usage.p : cmd->name);
	mdoc_text(out, cmd->summary);
	cc_buf_addz(out, ".\n");
	if (full)
		mdoc_details(out, cmd);
	cc_buf_deinit(&usage);
}

void cc_cmd_write_mdoc(cc_buf *out, bool full)
{
	const char *group = "";
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		if (strcmp(group, table[i]->group) != 0) {
			if (*group)
				cc_buf_addz(out, ".El\n");
			group = table[i]->group;
			cc_buf_addf(out, ".Ss %c%s commands\n.Bl -tag -width %s\n", group[0] - 'a' + 'A', group + 1, full ? "Ds" : "topology");
		}
		mdoc_command(out, table[i], full);
	}
	cc_buf_addz(out, ".El\n");
}
