/* parse.c - command lines in both directions: text to arguments, arguments to the canonical line.
 *
 * A word ends at a blank outside quotes; in commands that take a filter also outside /regex/. Quotes may begin anywhere in a
 * word (reason="two words"), and \" and \\ are the only escapes. What is no parameter belongs to the filter, untouched, so the
 * filter language keeps its own quoting. */
#include "coldcase/command.h"

#include <stdarg.h>
#include <string.h>
#include "coldcase/time.h"

typedef struct scanner {
	cc_str line;
	size_t pos;
	bool regex;              /* /…/ keeps blanks: only where a filter follows */
	const char *open;        /* what was never closed, NULL = fine */
} scanner;

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Skips a "quoted" or /regex/ run whose opening character is at pos. */
static void skip_run(scanner *s, char close, const char *what)
{
	for (s->pos++; s->pos < s->line.n; s->pos++) {
		if (s->line.p[s->pos] == '\\' && s->pos + 1 < s->line.n)
			s->pos++;
		else if (s->line.p[s->pos] == close) {
			s->pos++;
			return;
		}
	}
	s->open = what;
}

/* True where a '/' opens a regex: at the start of a word or after ~ = ! (. */
static bool opens_regex(const scanner *s, size_t start)
{
	return s->regex && s->line.p[s->pos] == '/' &&
	       (s->pos == start || memchr("~=!(", s->line.p[s->pos - 1], 4) != NULL);
}

static bool next_word(scanner *s, cc_str *word)
{
	while (s->pos < s->line.n && blank(s->line.p[s->pos]))
		s->pos++;
	size_t start = s->pos;
	while (s->pos < s->line.n && !blank(s->line.p[s->pos])) {
		if (s->line.p[s->pos] == '"')
			skip_run(s, '"', "a double quote");
		else if (opens_regex(s, start))
			skip_run(s, '/', "a /regular expression/");
		else
			s->pos++;
	}
	*word = cc_str_sub(s->line, start, s->pos);
	return word->n > 0;
}

/* The text a word stands for: quotes removed, \" and \\ resolved inside them. */
static char *unquote(cc_str word, cc_arena *arena)
{
	char *out = cc_arena_alloc(arena, word.n + 1);
	size_t n = 0;
	bool in = false;
	for (size_t i = 0; out && i < word.n; i++) {
		char c = word.p[i];
		if (c == '"')
			in = !in;
		else if (in && c == '\\' && i + 1 < word.n && (word.p[i + 1] == '"' || word.p[i + 1] == '\\'))
			out[n++] = word.p[++i];
		else
			out[n++] = c;
	}
	return out;
}

static int param_index(const cc_cmd *cmd, cc_str name)
{
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		if (cc_str_eqz(name, cmd->params[i].name))
			return i;
	return -1;
}

static int filter_index(const cc_cmd *cmd)
{
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		if (cmd->params[i].type == CC_PARAM_FILTER)
			return i;
	return -1;
}

static int next_positional(const cc_cmd *cmd, const cc_args *args)
{
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		if (cmd->params[i].positional && !args->values[i])
			return i;
	return -1;
}

static cc_code usage_error(const cc_cmd *cmd, cc_err *err, const char *fmt, ...) CC_PRINTF(3, 4);

static cc_code usage_error(const cc_cmd *cmd, cc_err *err, const char *fmt, ...)
{
	cc_buf text = CC_BUF_INIT, usage = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&text, fmt, ap);
	va_end(ap);
	cc_cmd_write_usage(cmd, &usage);
	cc_err_set(err, CC_EUSAGE, "%s: %.*s", cmd->name, CC_STR_ARG(cc_buf_str(&text)));
	cc_err_hint(err, "usage: %.*s", CC_STR_ARG(cc_buf_str(&usage)));
	cc_buf_deinit(&text);
	cc_buf_deinit(&usage);
	return CC_EUSAGE;
}

static const char *bool_text(cc_str v)
{
	static const char *const yes[] = { "yes", "true", "1", "on" }, *const no[] = { "no", "false", "0", "off" };
	for (size_t i = 0; i < 4; i++) {
		if (cc_str_eq_nocase(v, cc_str_from(yes[i])))
			return "yes";
		if (cc_str_eq_nocase(v, cc_str_from(no[i])))
			return "no";
	}
	return NULL;
}

/* Case does not matter; what the command reads, and the record keeps, is the spelling of the table. */
static cc_code check_choice(const cc_cmd *cmd, const cc_param *p, const char **v, cc_err *err)
{
	cc_buf list = CC_BUF_INIT;
	for (const char *const *c = p->choices; c && *c; c++) {
		if (cc_str_eq_nocase(cc_str_from(*v), cc_str_from(*c))) {
			*v = *c;
			cc_buf_deinit(&list);
			return CC_OK;
		}
		cc_buf_addf(&list, "%s%s", list.n ? ", " : "", *c);
	}
	cc_code code = usage_error(cmd, err, "%s is one of %.*s, not '%s'", p->name, CC_STR_ARG(cc_buf_str(&list)), *v);
	cc_buf_deinit(&list);
	return code;
}

/* What can be said of a value without the snapshot; times and entities are resolved when the command runs. */
static cc_code check_value(const cc_cmd *cmd, int index, cc_args *args, cc_err *err)
{
	const cc_param *p = &cmd->params[index];
	cc_str v = cc_str_from(args->values[index]);
	int64_t n;
	double d;
	switch (p->type) {
	case CC_PARAM_INT:
		if (!cc_str_to_i64(v, &n))
			return usage_error(cmd, err, "%s takes a whole number, not '%.*s'", p->name, CC_STR_ARG(v));
		if ((p->min || p->max) && (n < p->min || n > p->max))
			return usage_error(cmd, err, "%s is at least %lld and at most %lld, not %lld", p->name,
				(long long)p->min, (long long)p->max, (long long)n);
		return CC_OK;
	case CC_PARAM_NUMBER:
		if (!cc_str_to_double(v, &d))
			return usage_error(cmd, err, "%s takes a number, not '%.*s'", p->name, CC_STR_ARG(v));
		return CC_OK;
	case CC_PARAM_DURATION:
		if (!cc_duration_parse(v, &n))
			return usage_error(cmd, err, "%s takes a duration such as 90s or 5m, not '%.*s'", p->name, CC_STR_ARG(v));
		return CC_OK;
	case CC_PARAM_BOOL:
		args->values[index] = bool_text(v);
		if (!args->values[index])
			return usage_error(cmd, err, "%s is yes or no, not '%.*s'", p->name, CC_STR_ARG(v));
		return CC_OK;
	case CC_PARAM_CHOICE: return check_choice(cmd, p, &args->values[index], err);
	default: return CC_OK;
	}
}

static cc_code set_value(const cc_cmd *cmd, int index, const char *value, cc_args *args, cc_err *err)
{
	if (!value)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (args->values[index])
		return usage_error(cmd, err, "%s is given twice", cmd->params[index].name);
	args->values[index] = value;
	return check_value(cmd, index, args, err);
}

static bool is_name(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] == '_' || (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	return s.n > 0;
}

static cc_code unknown_parameter(const cc_cmd *cmd, cc_str key, cc_err *err)
{
	cc_buf list = CC_BUF_INIT;
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		cc_buf_addf(&list, "%s%s", i ? ", " : "", cmd->params[i].name);
	cc_code code = list.n ? usage_error(cmd, err, "no parameter '%.*s'; there are %.*s", CC_STR_ARG(key), CC_STR_ARG(cc_buf_str(&list)))
			      : usage_error(cmd, err, "takes no parameters, got '%.*s'", CC_STR_ARG(key));
	cc_buf_deinit(&list);
	return code;
}

typedef struct parsing {
	const cc_cmd *cmd;
	cc_args *args;
	cc_arena *arena;
	scanner scan;
	cc_buf filter;
} parsing;

/* One word after the command's name. */
static cc_code take_word(parsing *p, cc_str word, cc_err *err)
{
	cc_str key, value;
	bool has_eq = cc_str_cut(word, '=', &key, &value);
	int named = has_eq || !value.n ? param_index(p->cmd, key) : -1;
	if (has_eq && named >= 0 && p->cmd->params[named].type == CC_PARAM_FILTER) {
		cc_buf_addf(&p->filter, "%s%s", p->filter.n ? " " : "", unquote(value, p->arena));
		return CC_OK;
	}
	if (has_eq && named >= 0)
		return set_value(p->cmd, named, unquote(value, p->arena), p->args, err);
	if (!has_eq && named >= 0 && p->cmd->params[named].type == CC_PARAM_BOOL)
		return set_value(p->cmd, named, "yes", p->args, err);
	int positional = next_positional(p->cmd, p->args);
	if (positional >= 0 && p->cmd->params[positional].type == CC_PARAM_TEXT) {
		size_t start = (size_t)(word.p - p->scan.line.p);
		cc_str rest = cc_str_trim(cc_str_sub(p->scan.line, start, p->scan.line.n));
		bool whole = rest.n == word.n; /* one quoted word: the quotes are the line's, not the text's */
		p->scan.pos = p->scan.line.n;
		return set_value(p->cmd, positional, whole ? unquote(rest, p->arena) : cc_arena_dupz(p->arena, rest), p->args, err);
	}
	if (positional >= 0 && !(has_eq && is_name(key)) && p->cmd->params[positional].type != CC_PARAM_FILTER)
		return set_value(p->cmd, positional, unquote(word, p->arena), p->args, err);
	if (filter_index(p->cmd) >= 0) {
		cc_buf_addf(&p->filter, "%s%.*s", p->filter.n ? " " : "", CC_STR_ARG(word));
		return CC_OK;
	}
	return unknown_parameter(p->cmd, has_eq ? key : word, err);
}

static cc_code check_required(const cc_cmd *cmd, const cc_args *args, cc_err *err)
{
	for (int i = 0; cmd->params && cmd->params[i].name; i++)
		if (cmd->params[i].required && !args->values[i])
			return usage_error(cmd, err, "%s is needed: %s", cmd->params[i].name, cmd->params[i].help);
	return CC_OK;
}

static cc_code take_words(parsing *p, cc_err *err)
{
	cc_str word;
	cc_code code = CC_OK;
	while (code == CC_OK && next_word(&p->scan, &word)) {
		if (p->scan.open)
			return usage_error(p->cmd, err, "%s is never closed", p->scan.open);
		code = take_word(p, word, err);
	}
	if (code == CC_OK && p->filter.n)
		code = set_value(p->cmd, filter_index(p->cmd), cc_arena_dupz(p->arena, cc_buf_str(&p->filter)), p->args, err);
	return code == CC_OK ? check_required(p->cmd, p->args, err) : code;
}

cc_code cc_cmd_parse(cc_str line, cc_arena *arena, const cc_cmd **cmd, cc_args *args, cc_err *err)
{
	parsing p = { .args = args, .arena = arena, .scan = { .line = line }, .filter = CC_BUF_INIT };
	cc_str name;
	memset(args, 0, sizeof *args);
	*cmd = NULL;
	if (memchr(line.n ? line.p : "", 0, line.n))
		return cc_err_set(err, CC_EUSAGE, "a command line holds no NUL byte");
	if (!next_word(&p.scan, &name)) {
		cc_err_set(err, CC_EUSAGE, "no command");
		return cc_err_hint(err, "`help` lists the commands");
	}
	cc_code code = cc_cmd_find(name, &p.cmd, err);
	if (code != CC_OK)
		return code;
	*cmd = p.cmd;
	p.scan.regex = filter_index(p.cmd) >= 0;
	code = take_words(&p, err);
	cc_buf_deinit(&p.filter);
	return code;
}

void cc_cmd_quote(cc_buf *out, cc_str value)
{
	bool plain = value.n > 0;
	for (size_t i = 0; i < value.n && plain; i++)
		plain = !blank(value.p[i]) && value.p[i] != '"' && value.p[i] != '\\';
	if (plain) {
		cc_buf_add(out, value);
		return;
	}
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, value.p[i]);
	}
	cc_buf_add_char(out, '"');
}

void cc_cmd_format(const cc_cmd *cmd, const cc_args *args, cc_buf *out)
{
	cc_buf_addz(out, cmd->name);
	for (int i = 0; cmd->params && cmd->params[i].name; i++) {
		if (!args->values[i] || cmd->params[i].type == CC_PARAM_FILTER)
			continue;
		cc_buf_addf(out, " %s=", cmd->params[i].name);
		cc_cmd_quote(out, cc_str_from(args->values[i]));
	}
	int filter = filter_index(cmd);
	if (filter >= 0 && args->values[filter])
		cc_buf_addf(out, " %s", args->values[filter]);
}
