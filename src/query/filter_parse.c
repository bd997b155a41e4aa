/* filter_parse.c - text to tree. A hand-written descent over the bytes: what a `/` or `~` means depends on where it
 * stands, so there is no separate token stage. Every error carries the offset of the token it is about. */
#include <string.h>

#include "filter_priv.h"
#include "coldcase/xalloc.h"

typedef struct reader {
	cc_filter *f;
	cc_str text;
	size_t pos;
	int depth;
	cc_err *err;
} reader;

static cc_code parse_or(reader *r, node **out);

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static char peek(const reader *r, size_t ahead)
{
	return r->pos + ahead < r->text.n ? r->text.p[r->pos + ahead] : '\0';
}

static bool at_end(const reader *r)
{
	return r->pos >= r->text.n;
}

static void skip_blanks(reader *r)
{
	while (!at_end(r) && is_blank(r->text.p[r->pos]))
		r->pos++;
}

static bool ends_word(const reader *r, size_t pos)
{
	return pos >= r->text.n || is_blank(r->text.p[pos]) || r->text.p[pos] == '(' || r->text.p[pos] == ')';
}

static bool at_keyword(const reader *r, const char *keyword)
{
	size_t n = strlen(keyword);
	return cc_str_eq_nocase(cc_str_sub(r->text, r->pos, r->pos + n), cc_str_from(keyword)) &&
		ends_word(r, r->pos + n);
}

static bool is_name_char(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
		return true;
	return !first && ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/' || c == '@');
}

bool cc_filter_is_name(cc_str name)
{
	size_t i = 0;
	while (i < name.n && is_name_char(name.p[i], i == 0))
		i++;
	return i > 0 && i == name.n;
}

/* An operator at the position; its length, 0 = none. == and =~ are what other query languages call them. */
static size_t read_op(const reader *r, term_op *op)
{
	static const struct { const char *text; term_op op; } ops[] = { { "==", OP_EQ }, { "=~", OP_RE },
		{ "!=", OP_NE }, { "!~", OP_NRE }, { ">=", OP_GE }, { "<=", OP_LE }, { "=", OP_EQ }, { "~", OP_RE },
		{ ">", OP_GT }, { "<", OP_LT } };
	cc_str rest = cc_str_sub(r->text, r->pos, r->text.n);
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (cc_str_starts(rest, cc_str_from(ops[i].text))) {
			*op = ops[i].op;
			return strlen(ops[i].text);
		}
	return 0;
}

static cc_code no_memory(reader *r)
{
	return cc_err_set(r->err, CC_ENOMEM, "filter: out of memory");
}

/* /regex/flags at the position: the offset behind it, 0 when the text is no closed regex. `blanks`: may it contain
 * them? */
static size_t regex_end(const reader *r, bool blanks, size_t *close)
{
	for (size_t i = r->pos + 1; i < r->text.n; i++) {
		char c = r->text.p[i];
		if (c == '\\') {
			i++;
		} else if (!blanks && is_blank(c)) {
			return 0;
		} else if (c == '/') {
			size_t end = i + 1;
			while (end < r->text.n && r->text.p[end] == 'i')
				end++;
			if (ends_word(r, end) || r->text.p[end] == ',') {
				*close = i;
				return end;
			}
		}
	}
	return 0;
}

/* \/ stands for / : the canonical form adds the backslash again. */
static cc_code drop_slash_escapes(reader *r, term_value *v)
{
	cc_str s = v->text;
	char *p = cc_arena_alloc(r->f->arena, s.n + 1);
	if (!p)
		return no_memory(r);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n) {
			if (s.p[i + 1] != '/')
				p[n++] = '\\';
			i++;
		}
		p[n++] = s.p[i];
	}
	v->text = (cc_str){ p, n };
	return CC_OK;
}

static cc_code take_regex(reader *r, size_t close, size_t end, term_value *v)
{
	v->text = cc_str_sub(r->text, r->pos + 1, close);
	v->regex = true;
	v->icase = end > close + 1;
	r->pos = end;
	return drop_slash_escapes(r, v);
}

static cc_code take_quoted(reader *r, term_value *v)
{
	size_t start = r->pos++;
	char *p = cc_arena_alloc(r->f->arena, r->text.n - start);
	if (!p)
		return no_memory(r);
	size_t n = 0;
	while (!at_end(r) && r->text.p[r->pos] != '"') {
		if (r->text.p[r->pos] == '\\' && (peek(r, 1) == '"' || peek(r, 1) == '\\'))
			r->pos++;
		p[n++] = r->text.p[r->pos++];
	}
	if (at_end(r))
		return cc_filter_error(r->f, r->err, start, "the quote at offset %zu is not closed", start);
	r->pos++;
	v->text = (cc_str){ p, n };
	v->quoted = true;
	return CC_OK;
}

/* A word ends at a blank, at a parenthesis it did not open, and at a comma where lists are allowed. */
static cc_str take_word(reader *r, bool list)
{
	size_t start = r->pos;
	int open = 0;
	while (!at_end(r) && !is_blank(r->text.p[r->pos])) {
		char c = r->text.p[r->pos];
		if ((c == ')' && open == 0) || (c == ',' && list && open == 0))
			break;
		open += c == '(' ? 1 : c == ')' ? -1 : 0;
		r->pos++;
	}
	return cc_str_sub(r->text, start, r->pos);
}

static bool has_glob(cc_str s)
{
	return cc_str_find_char(s, '*') != CC_STR_NONE || cc_str_find_char(s, '?') != CC_STR_NONE;
}

/* One value. `pattern`: what stands behind ~, where words and quoted text are regular expressions too. */
static cc_code take_value(reader *r, bool pattern, bool list, term_value *v)
{
	*v = (term_value){ .at = r->pos };
	cc_code code = CC_OK;
	size_t close = 0, end = 0;
	if (peek(r, 0) == '"') {
		code = take_quoted(r, v);
	} else if (peek(r, 0) == '/' && (end = regex_end(r, pattern, &close)) != 0) {
		return take_regex(r, close, end, v);
	} else if (pattern && peek(r, 0) == '/') {
		return cc_filter_error(r->f, r->err, v->at, "the regex at offset %zu has no closing /", v->at);
	} else {
		v->text = cc_arena_dup(r->f->arena, take_word(r, list));
		/* "=x*" after an operator could not be written back without quotes, so it is no glob */
		v->glob = !pattern && has_glob(v->text) && v->text.p[0] != '=' && v->text.p[0] != '~';
		if (v->text.n == 0)
			return cc_filter_error(r->f, r->err, v->at, "a value is missing at offset %zu", v->at);
	}
	v->regex = pattern;
	return code == CC_OK && pattern ? drop_slash_escapes(r, v) : code;
}

static cc_code take_values(reader *r, term *t)
{
	bool pattern = t->op == OP_RE || t->op == OP_NRE, list = t->op == OP_EQ || t->op == OP_NE;
	do {
		term_value v;
		cc_code code = take_value(r, pattern, list, &v);
		if (code != CC_OK)
			return code;
		if (!cc_vec_push(&t->values, v))
			return no_memory(r);
		if (!list || peek(r, 0) != ',')
			return CC_OK;
		r->pos++;
	} while (true);
}

static cc_code new_term(reader *r, node **out, term **t)
{
	node *n = cc_arena_alloc(r->f->arena, sizeof *n);
	*t = cc_arena_alloc(r->f->arena, sizeof **t);
	if (!n || !*t || !cc_vec_push(&r->f->terms, *t))
		return no_memory(r);
	if (r->f->terms.n > FILTER_TERMS_MAX)
		return cc_filter_error(r->f, r->err, r->pos, "more than %d terms", FILTER_TERMS_MAX);
	n->kind = NODE_TERM;
	n->term = *t;
	(*t)->field = FIELD_ROW_TEXT;
	(*t)->op = OP_EQ;
	(*t)->at = r->pos;
	*out = n;
	return CC_OK;
}

static cc_code name_field(reader *r, term *t, cc_str name)
{
	t->field = cc_table_field(r->f->def, name);
	if (t->field == FIELD_ATTR) {
		t->name = cc_arena_dup(r->f->arena, cc_str_sub(name, 5, name.n));
		return CC_OK;
	}
	if (t->field < 0)
		return cc_filter_error(r->f, r->err, t->at, "%s have no field \"%.*s\"; quote it to search it as text",
			cc_table_name(r->f->table), CC_STR_ARG(name));
	t->name = cc_str_from(r->f->def->fields[t->field].name);
	t->type = r->f->def->fields[t->field].type;
	t->since = cc_str_eqz(t->name, "since");
	t->until = cc_str_eqz(t->name, "until");
	return CC_OK;
}

/* field OP value: true in *is when the text here is one. */
static cc_code parse_comparison(reader *r, term *t, bool *is)
{
	size_t start = r->pos, end = start;
	while (end < r->text.n && is_name_char(r->text.p[end], end == start))
		end++;
	reader look = *r;
	look.pos = end;
	skip_blanks(&look);
	term_op op;
	size_t n = end > start ? read_op(&look, &op) : 0;
	*is = n > 0;
	if (!*is)
		return CC_OK;
	t->op = op;
	cc_code code = name_field(r, t, cc_str_sub(r->text, start, end));
	if (code != CC_OK)
		return code;
	r->pos = look.pos + n;
	skip_blanks(r);
	return take_values(r, t);
}

static cc_code parse_term(reader *r, node **out)
{
	term *t;
	cc_code code = new_term(r, out, &t);
	if (code != CC_OK)
		return code;
	if (peek(r, 0) == '~') {
		t->op = OP_RE;
		r->pos++;
		skip_blanks(r);
		code = take_values(r, t);
	} else {
		bool comparison = false;
		code = parse_comparison(r, t, &comparison);
		if (code == CC_OK && !comparison) {
			term_value v;
			size_t close = 0;
			bool regex = peek(r, 0) == '/' && regex_end(r, true, &close) != 0;
			t->op = regex ? OP_RE : OP_EQ;
			code = take_value(r, regex, false, &v);
			v.glob = false;
			if (code == CC_OK && !cc_vec_push(&t->values, v))
				code = no_memory(r);
		}
	}
	return code == CC_OK ? cc_filter_compile_term(r->f, t, r->err) : code;
}

static cc_code parse_group(reader *r, node **out)
{
	size_t open = r->pos++;
	cc_code code = parse_or(r, out);
	if (code != CC_OK)
		return code;
	skip_blanks(r);
	if (peek(r, 0) != ')')
		return cc_filter_error(r->f, r->err, open, "the parenthesis at offset %zu is not closed", open);
	r->pos++;
	return CC_OK;
}

static cc_code parse_unary(reader *r, node **out)
{
	skip_blanks(r);
	if (at_end(r) || peek(r, 0) == ')' || at_keyword(r, "or") || at_keyword(r, "and"))
		return cc_filter_error(r->f, r->err, r->pos, "a term is missing at offset %zu", r->pos);
	if (r->depth >= FILTER_DEPTH_MAX)
		return cc_filter_error(r->f, r->err, r->pos, "nested deeper than %d", FILTER_DEPTH_MAX);
	bool word = at_keyword(r, "not");
	bool bang = peek(r, 0) == '!';   /* also the one of a bare !~ */
	if (!word && !bang && peek(r, 0) != '(')
		return parse_term(r, out);
	r->depth++;
	cc_code code;
	if (word || bang) {
		node *n = cc_arena_alloc(r->f->arena, sizeof *n);
		if (!n)
			return no_memory(r);
		n->kind = NODE_NOT;
		*out = n;
		r->pos += word ? 3 : 1;
		code = parse_unary(r, &n->first);
	} else {
		code = parse_group(r, out);
	}
	r->depth--;
	return code;
}

/* Adds a child; a child of the same kind gives its own children instead, so that "(a b) c" and "a b c" are one tree. */
static void adopt(node *parent, node ***tail, node *child)
{
	if (child->kind == parent->kind) {
		**tail = child->first;
		while (**tail)
			*tail = &(**tail)->next;
		return;
	}
	**tail = child;
	*tail = &child->next;
}

static cc_code parse_list(reader *r, node **out, node_kind kind)
{
	node *list = cc_arena_alloc(r->f->arena, sizeof *list);
	if (!list)
		return no_memory(r);
	list->kind = kind;
	node **tail = &list->first;
	do {
		if (kind == NODE_AND && list->first && at_keyword(r, "and"))
			r->pos += 3;
		node *child = NULL;
		cc_code code = kind == NODE_AND ? parse_unary(r, &child) : parse_list(r, &child, NODE_AND);
		if (code != CC_OK)
			return code;
		adopt(list, &tail, child);
		skip_blanks(r);
		if (at_end(r) || peek(r, 0) == ')')
			break;
		bool or_here = at_keyword(r, "or");
		if (kind == NODE_AND && or_here)
			break;
		if (kind == NODE_OR)
			r->pos += 2;
	} while (true);
	*out = list->first->next ? list : list->first;
	return CC_OK;
}

static cc_code parse_or(reader *r, node **out)
{
	return parse_list(r, out, NODE_OR);
}

static void set_costs(node *n)
{
	if (n->kind == NODE_TERM) {
		bool text = n->term->field == FIELD_ATTR || n->term->type == CC_FIELD_TEXT;
		n->cost = n->term->field == FIELD_ROW_TEXT ? 2 : text ? 1 : 0;
		return;
	}
	for (node *child = n->first; child; child = child->next) {
		set_costs(child);
		if (child->cost > n->cost)
			n->cost = child->cost;
	}
}

cc_code cc_filter_parse_tree(cc_filter *f, cc_str text, cc_err *err)
{
	reader r = { f, text, 0, 0, err };
	skip_blanks(&r);
	if (at_end(&r))
		return CC_OK;
	cc_code code = parse_or(&r, &f->root);
	if (code != CC_OK)
		return code;
	skip_blanks(&r);
	if (!at_end(&r))
		return cc_filter_error(f, err, r.pos, "\")\" at offset %zu was never opened", r.pos);
	set_costs(f->root);
	return CC_OK;
}
