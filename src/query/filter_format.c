/* filter_format.c - tree to canonical text, and equality of trees. What is written here parses back to an equal
 * tree. */
#include "filter_priv.h"

static bool has_any(cc_str s, const char *chars)
{
	for (; *chars; chars++)
		if (cc_str_find_char(s, *chars) != CC_STR_NONE)
			return true;
	return false;
}

static bool is_plain(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127)
			return false;
	return s.n > 0 && !has_any(s, "\"(),") && s.p[0] != '/' && s.p[0] != '=' && s.p[0] != '~';
}

static bool is_keyword(cc_str s)
{
	return cc_str_eq_nocase(s, CC_STR("and")) || cc_str_eq_nocase(s, CC_STR("or")) ||
		cc_str_eq_nocase(s, CC_STR("not"));
}

static void write_quoted(cc_buf *out, cc_str s)
{
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, s.p[i]);
	}
	cc_buf_add_char(out, '"');
}

void cc_filter_quote(cc_buf *out, cc_str value)
{
	if (is_plain(value) && !has_any(value, "*?\\"))
		cc_buf_add(out, value);
	else
		write_quoted(out, value);
}

static void write_regex(cc_buf *out, const term_value *v)
{
	cc_buf_add_char(out, '/');
	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] == '\\' && i + 1 < v->text.n)
			cc_buf_add_char(out, v->text.p[i++]);
		else if (v->text.p[i] == '/')
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, v->text.p[i]);
	}
	cc_buf_addz(out, v->icase ? "/i" : "/");
}

static void write_value(cc_buf *out, const term *t, const term_value *v)
{
	if (v->regex)
		write_regex(out, v);
	else if (v->glob || (is_plain(v->text) && (t->field == FIELD_ROW_TEXT || !has_any(v->text, "*?"))))
		cc_buf_add(out, v->text);
	else
		write_quoted(out, v->text);
}

static void write_bare(cc_buf *out, const term *t)
{
	/* no ~ before a regex: after a bare word it would read as "field ~ regex" */
	const term_value *v = &t->values.p[0];
	if (v->regex || (is_plain(v->text) && !is_keyword(v->text) && !has_any(v->text, "=<>~!")))
		write_value(out, t, v);
	else
		write_quoted(out, v->text);
}

static void write_term(cc_buf *out, const term *t)
{
	static const char *const ops[] = { "=", "!=", "~", "!~", ">=", ">", "<=", "<" };
	if (t->field == FIELD_ROW_TEXT) {
		write_bare(out, t);
		return;
	}
	if (t->field == FIELD_ATTR)
		cc_buf_addz(out, "attr.");
	cc_buf_add(out, t->name);
	cc_buf_addz(out, ops[t->op]);
	for (size_t i = 0; i < t->values.n; i++) {
		if (i)
			cc_buf_add_char(out, ',');
		write_value(out, t, &t->values.p[i]);
	}
}

static void write_node(cc_buf *out, const node *n, node_kind parent)
{
	if (n->kind == NODE_TERM) {
		write_term(out, n->term);
		return;
	}
	if (n->kind == NODE_NOT) {
		cc_buf_addz(out, "not ");
		write_node(out, n->first, NODE_NOT);
		return;
	}
	bool paren = parent == NODE_NOT || (parent == NODE_AND && n->kind == NODE_OR);
	if (paren)
		cc_buf_add_char(out, '(');
	for (const node *child = n->first; child; child = child->next) {
		if (child != n->first)
			cc_buf_addz(out, n->kind == NODE_OR ? " or " : " ");
		write_node(out, child, n->kind);
	}
	if (paren)
		cc_buf_add_char(out, ')');
}

void cc_filter_format(const cc_filter *f, cc_buf *out)
{
	if (f->root)
		write_node(out, f->root, NODE_TERM);
}

static bool value_equal(const term_value *a, const term_value *b)
{
	return a->regex == b->regex && a->icase == b->icase && a->glob == b->glob && cc_str_eq(a->text, b->text);
}

static bool term_equal(const term *a, const term *b)
{
	if (a->field != b->field || a->op != b->op || !cc_str_eq(a->name, b->name) || a->values.n != b->values.n)
		return false;
	for (size_t i = 0; i < a->values.n; i++)
		if (!value_equal(&a->values.p[i], &b->values.p[i]))
			return false;
	return true;
}

static bool node_equal(const node *a, const node *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind)
		return false;
	if (a->kind == NODE_TERM)
		return term_equal(a->term, b->term);
	const node *x = a->first, *y = b->first;
	for (; x && y; x = x->next, y = y->next)
		if (!node_equal(x, y))
			return false;
	return x == y;
}

bool cc_filter_equal(const cc_filter *a, const cc_filter *b)
{
	return a->table == b->table && node_equal(a->root, b->root);
}
