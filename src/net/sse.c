/* sse.c - a line ends at LF, CR or CRLF, wherever the pieces of the stream are cut; an event ends at a blank line.
 *
 * As https://html.spec.whatwg.org/multipage/server-sent-events.html has it; `id` and `retry` are for those who reconnect. */
#include "net/sse.h"

void sse_init(sse *s, bool lines, size_t max, bool (*on_event)(void *ctx, cc_str name, cc_str data), void *ctx)
{
	*s = (sse){ .lines = lines, .max = max, .on_event = on_event, .ctx = ctx };
}

void sse_deinit(sse *s)
{
	cc_buf_deinit(&s->line);
	cc_buf_deinit(&s->name);
	cc_buf_deinit(&s->data);
}

static bool give(sse *s, cc_str name, cc_str data)
{
	if (!cc_buf_ok(&s->name) || !cc_buf_ok(&s->data))
		return false;
	s->stopped = !s->on_event(s->ctx, name, data);
	return !s->stopped;
}

static bool end_event(sse *s)
{
	bool go_on = !s->has_data || give(s, cc_buf_str(&s->name), cc_buf_str(&s->data));
	cc_buf_clear(&s->name);
	cc_buf_clear(&s->data);
	s->has_data = false;
	return go_on;
}

static bool add_data(sse *s, cc_str value)
{
	if (s->data.n + value.n >= s->max) {
		s->too_long = true;
		return false;
	}
	if (s->has_data)
		cc_buf_add_char(&s->data, '\n');
	cc_buf_add(&s->data, value);
	s->has_data = true;
	return true;
}

/* One field of an event; a line that begins with a colon is a comment: its name is empty. */
static bool take_field(sse *s, cc_str line)
{
	cc_str name, value;
	cc_str_cut(line, ':', &name, &value);
	if (cc_str_starts(value, CC_STR(" ")))
		value = cc_str_sub(value, 1, value.n);
	if (cc_str_eqz(name, "data"))
		return add_data(s, value);
	if (cc_str_eqz(name, "event")) {
		cc_buf_clear(&s->name);
		cc_buf_add(&s->name, value);
	}
	return true;
}

static bool end_line(sse *s)
{
	cc_str line = cc_buf_str(&s->line);
	if (!s->begun && cc_str_starts(line, CC_STR("\xEF\xBB\xBF")))
		line = cc_str_sub(line, 3, line.n);
	s->begun = true;
	bool go_on = cc_buf_ok(&s->line);
	if (go_on && s->lines)
		go_on = !cc_str_trim(line).n || give(s, CC_STR_EMPTY, line);
	else if (go_on)
		go_on = line.n ? take_field(s, line) : end_event(s);
	cc_buf_clear(&s->line);
	return go_on;
}

static size_t line_end(cc_str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r')
		n++;
	return n;
}

bool sse_feed(sse *s, cc_str piece)
{
	while (piece.n && !s->stopped && !s->too_long) {
		if (s->after_cr && piece.p[0] == '\n')
			piece = cc_str_sub(piece, 1, piece.n);
		s->after_cr = false;
		size_t n = line_end(piece);
		if (s->line.n + n > s->max) {
			s->too_long = true;
			break;
		}
		cc_buf_add(&s->line, cc_str_sub(piece, 0, n));
		if (n == piece.n)
			break;
		s->after_cr = piece.p[n] == '\r';
		piece = cc_str_sub(piece, n + 1, piece.n);
		if (!end_line(s))
			return false;
	}
	return !s->stopped && !s->too_long && cc_buf_ok(&s->line);
}

bool sse_end(sse *s)
{
	if (s->stopped || s->too_long)
		return false;
	return !s->lines || !s->line.n || end_line(s);
}
