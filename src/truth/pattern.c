/* pattern.c - authored name filters, matched in linear time.
 *
 * A filter comes from outside and may be hostile, so nothing here backtracks: the text is compiled into a small program whose
 * possible states are advanced together, one name character at a time (Thompson's construction). The program size is the only
 * budget. Supported is what filters use and a little more: literals, '.', [sets], ( | ), * + ? {m,n}, ^ $ \b \B \d \w \s.
 * What Python's `re` refuses, such as "*.*", is PATTERN_INVALID here too. */
#include <string.h>
#include "coldcase/xalloc.h"
#include "truth_priv.h"

enum { OPS_MAX = 1024, DEPTH_MAX = 32, REPEAT_MAX = 255 };

typedef enum op_kind { OP_CHAR, OP_ANY, OP_SET, OP_BEGIN, OP_END, OP_EDGE, OP_NOT_EDGE, OP_SPLIT, OP_JUMP, OP_MATCH } op_kind;

typedef struct pattern_op {
	uint8_t kind;
	char ch;
	int16_t x, y;        /* relative targets of SPLIT and JUMP, so that code can be moved and copied */
	uint32_t set[8];     /* one bit a byte */
} pattern_op;

typedef struct compiler {
	cc_str s;
	size_t at;
	int depth;
	uint16_t n;
	pattern_op ops[OPS_MAX];
} compiler;

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool at_end(const compiler *c)
{
	return c->at >= c->s.n;
}

static char peek(const compiler *c)
{
	return at_end(c) ? '\0' : c->s.p[c->at];
}

static bool peek_is(const compiler *c, char ch)
{
	return !at_end(c) && c->s.p[c->at] == ch;
}

static pattern_op *emit(compiler *c, op_kind kind)
{
	if (c->n >= OPS_MAX)
		return NULL;
	pattern_op *op = &c->ops[c->n++];
	memset(op, 0, sizeof *op);
	op->kind = (uint8_t)kind;
	return op;
}

/* Makes room for one instruction at `where`; relative targets inside the moved code stay right. */
static pattern_op *insert(compiler *c, uint16_t where, op_kind kind)
{
	if (!emit(c, kind))
		return NULL;
	memmove(&c->ops[where + 1], &c->ops[where], (size_t)(c->n - 1 - where) * sizeof c->ops[0]);
	memset(&c->ops[where], 0, sizeof c->ops[0]);
	c->ops[where].kind = (uint8_t)kind;
	return &c->ops[where];
}

static void set_add(pattern_op *op, unsigned char b)
{
	op->set[b >> 5] |= UINT32_C(1) << (b & 31);
}

static bool set_has(const pattern_op *op, unsigned char b)
{
	return op->set[b >> 5] >> (b & 31) & 1;
}

/* \d \w \s and their complements; false for any other letter. */
static bool set_add_class(pattern_op *op, char letter)
{
	bool (*in)(char) = lower(letter) == 'd' ? is_digit : lower(letter) == 'w' ? is_word : lower(letter) == 's' ? is_space : NULL;
	if (!in)
		return false;
	bool want = lower(letter) == letter;
	for (int b = 0; b < 256; b++)
		if (in((char)b) == want)
			set_add(op, (unsigned char)b);
	return true;
}

static void set_add_range(pattern_op *op, unsigned char from, unsigned char to)
{
	for (int b = from; b <= to; b++) {
		set_add(op, (unsigned char)b);
		if (b >= 'A' && b <= 'Z')
			set_add(op, (unsigned char)(b - 'A' + 'a'));
	}
}

static bool parse_set_item(compiler *c, pattern_op *op)
{
	char from = c->s.p[c->at++];
	if (from == '\\') {
		if (at_end(c))
			return false;
		from = c->s.p[c->at++];
		if (set_add_class(op, from))
			return true;
	}
	char to = from;
	if (peek_is(c, '-') && c->at + 1 < c->s.n && c->s.p[c->at + 1] != ']') {
		to = c->s.p[c->at + 1];
		c->at += 2;
	}
	if ((unsigned char)to < (unsigned char)from)
		return false;
	set_add_range(op, (unsigned char)from, (unsigned char)to);
	return true;
}

/* After '['. A ']' that comes first is an ordinary character. */
static bool parse_set(compiler *c)
{
	pattern_op *op = emit(c, OP_SET);
	if (!op)
		return false;
	bool negate = peek_is(c, '^');
	c->at += negate;
	for (bool first = true; first || !peek_is(c, ']'); first = false)
		if (at_end(c) || !parse_set_item(c, op))
			return false;
	c->at++;
	for (int i = 0; negate && i < 8; i++)
		op->set[i] = ~op->set[i];
	return true;
}

static bool emit_char(compiler *c, char ch)
{
	pattern_op *op = emit(c, OP_CHAR);
	if (op)
		op->ch = lower(ch);
	return op != NULL;
}

/* After the backslash. Letters without a meaning here and back references are refused, as they may mean something elsewhere. */
static bool parse_escape(compiler *c, bool *quantifiable)
{
	if (at_end(c))
		return false;
	char e = c->s.p[c->at++];
	*quantifiable = e != 'b' && e != 'B';
	if (e == 'b')
		return emit(c, OP_EDGE) != NULL;
	if (e == 'B')
		return emit(c, OP_NOT_EDGE) != NULL;
	if (!is_word(e) || e == '_')
		return emit_char(c, e);
	pattern_op *op = emit(c, OP_SET);
	return op && set_add_class(op, e);
}

static bool parse_alternatives(compiler *c);

static bool parse_group(compiler *c)
{
	if (++c->depth > DEPTH_MAX)
		return false;
	if (peek_is(c, '?')) {
		if (c->at + 1 >= c->s.n || c->s.p[c->at + 1] != ':')
			return false;
		c->at += 2;
	}
	if (!parse_alternatives(c) || !peek_is(c, ')'))
		return false;
	c->at++;
	c->depth--;
	return true;
}

static bool parse_atom(compiler *c, bool *quantifiable)
{
	char ch = c->s.p[c->at++];
	*quantifiable = ch != '^' && ch != '$';
	switch (ch) {
	case '(': return parse_group(c);
	case '[': return parse_set(c);
	case '\\': return parse_escape(c, quantifiable);
	case '.': return emit(c, OP_ANY) != NULL;
	case '^': return emit(c, OP_BEGIN) != NULL;
	case '$': return emit(c, OP_END) != NULL;
	case '*': case '+': case '?': return false; /* nothing to repeat */
	default: return emit_char(c, ch);
	}
}

/* "{2}", "{2,}", "{2,5}", "{,5}" at c->at; anything else is literal text and leaves c->at. max -1: no limit. */
static bool parse_counts(compiler *c, int *min, int *max)
{
	size_t i = c->at + 1;
	int v[2] = { 0, -1 }, part = 0;
	bool digits = false;
	for (; i < c->s.n && c->s.p[i] != '}'; i++) {
		char ch = c->s.p[i];
		if (ch == ',' && part == 0)
			part = 1;
		else if (is_digit(ch) && v[part] <= REPEAT_MAX)
			v[part] = (v[part] < 0 ? 0 : v[part]) * 10 + (ch - '0'), digits = true;
		else
			return false;
	}
	if (i >= c->s.n || (!digits && part == 0))
		return false;
	c->at = i + 1;
	*min = v[0];
	*max = part == 0 ? v[0] : v[1];
	return true;
}

static bool copy_code(compiler *c, const pattern_op *code, uint16_t n)
{
	if (c->n + n > OPS_MAX)
		return false;
	memcpy(&c->ops[c->n], code, n * sizeof *code);
	c->n = (uint16_t)(c->n + n);
	return true;
}

/* Code from `start` becomes optional: x? */
static bool make_optional(compiler *c, uint16_t start)
{
	int16_t len = (int16_t)(c->n - start);
	pattern_op *op = insert(c, start, OP_SPLIT);
	if (op)
		op->x = 1, op->y = (int16_t)(len + 1);
	return op != NULL;
}

/* Code from `start` may be run again: x+ */
static bool make_repeated(compiler *c, uint16_t start)
{
	int16_t len = (int16_t)(c->n - start);
	pattern_op *op = emit(c, OP_SPLIT);
	if (op)
		op->x = (int16_t)-len, op->y = 1;
	return op != NULL;
}

static bool repeat_code(compiler *c, uint16_t start, int min, int max)
{
	pattern_op unit[64];
	uint16_t n = (uint16_t)(c->n - start);
	if (n > sizeof unit / sizeof unit[0] || min > REPEAT_MAX || max > REPEAT_MAX || (max >= 0 && max < min))
		return false;
	memcpy(unit, &c->ops[start], n * sizeof unit[0]);
	c->n = start;
	for (int i = 0; i < min; i++)
		if (!copy_code(c, unit, n))
			return false;
	if (max < 0) {
		uint16_t from = c->n;
		return copy_code(c, unit, n) && make_repeated(c, from) && make_optional(c, from);
	}
	for (int i = min; i < max; i++) {
		uint16_t from = c->n;
		if (!copy_code(c, unit, n) || !make_optional(c, from))
			return false;
	}
	return true;
}

/* A quantifier after the atom whose code starts at `start`; absent is fine. */
static bool parse_quantifier(compiler *c, uint16_t start, bool quantifiable)
{
	int min = 0, max = -1;
	char q = peek(c);
	if (q == '*' || q == '+' || q == '?')
		c->at++;
	else if (q != '{' || !parse_counts(c, &min, &max))
		return true;
	if (!quantifiable)
		return false;
	bool ok = q == '*' ? make_repeated(c, start) && make_optional(c, start) :
		q == '+' ? make_repeated(c, start) :
		q == '?' ? make_optional(c, start) : repeat_code(c, start, min, max);
	if (peek_is(c, '?'))
		c->at++; /* lazy: the same names match */
	if (peek_is(c, '*') || peek_is(c, '+') || peek_is(c, '?'))
		return false;
	return ok;
}

static bool parse_sequence(compiler *c)
{
	while (!at_end(c) && peek(c) != '|' && peek(c) != ')') {
		uint16_t start = c->n;
		bool quantifiable;
		if (!parse_atom(c, &quantifiable) || !parse_quantifier(c, start, quantifiable))
			return false;
	}
	return true;
}

static bool parse_alternatives(compiler *c)
{
	uint16_t start = c->n;
	if (!parse_sequence(c))
		return false;
	if (!peek_is(c, '|'))
		return true;
	c->at++;
	int16_t len = (int16_t)(c->n - start);
	pattern_op *split = insert(c, start, OP_SPLIT);
	if (!split)
		return false;
	split->x = 1;
	split->y = (int16_t)(len + 2);
	uint16_t jump = c->n;
	/* Each '|' recurses, so it counts as nesting. */
	if (!emit(c, OP_JUMP) || ++c->depth > DEPTH_MAX || !parse_alternatives(c))
		return false;
	c->depth--;
	c->ops[jump].x = (int16_t)(c->n - jump);
	return true;
}

static bool compile_regex(cc_pattern *out, cc_arena *arena, compiler *c)
{
	*c = (compiler){ .s = out->text };
	out->shape = PATTERN_INVALID;
	if (out->text.n > CC_TRUTH_PATTERN_MAX || !parse_alternatives(c) || !at_end(c) || !emit(c, OP_MATCH))
		return true;
	out->ops = cc_arena_array(arena, c->n, sizeof *out->ops);
	if (!out->ops)
		return false;
	memcpy(out->ops, c->ops, c->n * sizeof *out->ops);
	out->op_count = c->n;
	out->shape = PATTERN_REGEX;
	return true;
}

/* -- matching ---------------------------------------------------------------------------------------------------------------- */

typedef struct states {
	uint16_t list[OPS_MAX];
	uint16_t n;
	bool in[OPS_MAX];
} states;

static bool assertion_holds(const pattern_op *op, cc_str name, size_t i)
{
	bool before = i > 0 && is_word(name.p[i - 1]), after = i < name.n && is_word(name.p[i]);
	switch (op->kind) {
	case OP_BEGIN: return i == 0;
	case OP_END: return i == name.n;
	case OP_EDGE: return before != after;
	default: return before == after;
	}
}

/* Adds state `pc` and all it reaches without a character. Every state enters once, so the stack cannot overflow. */
static void add_state(const cc_pattern *p, states *st, uint16_t pc, cc_str name, size_t i)
{
	uint16_t stack[2 * OPS_MAX];
	size_t top = 0;
	stack[top++] = pc;
	while (top) {
		uint16_t at = stack[--top];
		if (st->in[at])
			continue;
		st->in[at] = true;
		const pattern_op *op = &p->ops[at];
		switch (op->kind) {
		case OP_SPLIT:
			stack[top++] = (uint16_t)(at + op->y);
			stack[top++] = (uint16_t)(at + op->x);
			break;
		case OP_JUMP:
			stack[top++] = (uint16_t)(at + op->x);
			break;
		case OP_BEGIN: case OP_END: case OP_EDGE: case OP_NOT_EDGE:
			if (assertion_holds(op, name, i))
				stack[top++] = (uint16_t)(at + 1);
			break;
		default:
			st->list[st->n++] = at;
		}
	}
}

static bool op_takes(const pattern_op *op, char ch)
{
	switch (op->kind) {
	case OP_CHAR: return op->ch == lower(ch);
	case OP_ANY: return ch != '\n';
	case OP_SET: return set_has(op, (unsigned char)lower(ch));
	default: return false;
	}
}

static void states_clear(states *st, uint16_t ops)
{
	st->n = 0;
	memset(st->in, 0, ops * sizeof st->in[0]);
}

static bool match_regex(const cc_pattern *p, cc_str name)
{
	states a, b, *now = &a, *next = &b;
	states_clear(now, p->op_count);
	add_state(p, now, 0, name, 0);
	for (size_t i = 0; i < name.n && now->n; i++) {
		states_clear(next, p->op_count);
		for (uint16_t k = 0; k < now->n; k++)
			if (op_takes(&p->ops[now->list[k]], name.p[i]))
				add_state(p, next, (uint16_t)(now->list[k] + 1), name, i + 1);
		states *swap = now;
		now = next;
		next = swap;
	}
	for (uint16_t k = 0; k < now->n; k++)
		if (p->ops[now->list[k]].kind == OP_MATCH)
			return true;
	return false;
}

bool cc_pattern_match(const cc_pattern *p, cc_str name)
{
	if (name.n > CC_TRUTH_NAME_MAX || p->shape == PATTERN_INVALID)
		return false;
	return p->shape == PATTERN_LITERAL ? cc_str_eq_nocase(p->text, name) : match_regex(p, name);
}

bool cc_pattern_glob(cc_str glob, cc_str name)
{
	size_t g = 0, i = 0, star = CC_STR_NONE, mark = 0;
	if (name.n > CC_TRUTH_NAME_MAX || glob.n > CC_TRUTH_PATTERN_MAX)
		return false;
	while (i < name.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			mark = i;
		} else if (g < glob.n && (glob.p[g] == '?' || lower(glob.p[g]) == lower(name.p[i]))) {
			g++;
			i++;
		} else if (star != CC_STR_NONE) {
			g = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}

bool cc_pattern_compile(cc_pattern *out, cc_arena *arena, cc_str text, bool literal)
{
	memset(out, 0, sizeof *out);
	out->text = text;
	if (literal) {
		out->shape = PATTERN_LITERAL;
		out->single = true;
		out->literal = cc_truth_lower(arena, text);
		return out->literal.p != NULL;
	}
	compiler *c = cc_malloc(sizeof *c); /* 45 KB: too large for the stack of a worker thread */
	bool ok = c && compile_regex(out, arena, c) && cc_pattern_shape(out, arena);
	cc_free(c);
	return ok;
}
