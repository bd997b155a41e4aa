/* spoken.c - line mode for ears: one line that tells what came and how much of it, rows by number, and the selected row.
 *
 * A bare number selects a row of the last answer and says it; `open` opens it, `open 3` row 3 at once, `close` goes back to the answer
 * before without a query, as Esc does on the screen; `more` goes on reading, and {entity} {cite} {time} {op} in a line are the
 * selected row's, as they are in a keys file. Everything else is a command. */
#include "shell/shell_priv.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/entity.h"
#include "coldcase/time.h"
#include "coldcase/utf8.h"

enum { ROWS_AT_ONCE = 20, ANSWERS_KEPT = 16 };

/* The answer that numbers speak of. Its entity ids mean something until fuller evidence is taken over, so they become names
 * at once. */
static struct spoken {
	cc_reply *reply;
	cc_arena *arena;
	cc_str *entities;        /* of each row by number, empty = none */
	size_t rows, told, selected;
} now, before[ANSWERS_KEPT];     /* before: those that `close` goes back to, the latest last */

static size_t kept;

static void let_go(struct spoken *answer)
{
	cc_reply_unref(answer->reply);
	cc_arena_free(answer->arena);
	*answer = (struct spoken){ .reply = NULL };
}

void shell_spoken_close(void)
{
	let_go(&now);
	while (kept)
		let_go(&before[--kept]);
}

static void keep_now(void)
{
	if (!now.reply)
		return;
	if (kept == ANSWERS_KEPT) {
		let_go(&before[0]);
		memmove(before, before + 1, --kept * sizeof *before);
	}
	before[kept++] = now;
	now = (struct spoken){ .reply = NULL };
}

static void say(const cc_buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	fflush(stdout);
}

static void add_clean(cc_buf *b, cc_str outside, bool ascii)
{
	cc_utf8_clean(b, outside, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI | (ascii ? CC_CLEAN_ASCII : 0u));
}

static void keep_entities(cc_session *session)
{
	const cc_section *s;
	cc_buf text = CC_BUF_INIT;

	now.entities = now.arena ? cc_arena_array(now.arena, now.rows + 1, sizeof *now.entities) : NULL;
	for (size_t i = 1; now.entities && i <= now.rows; i++) {
		cc_entity_id id = cc_reply_row_at(now.reply, i, &s)->entity;

		cc_buf_clear(&text);
		if (id)
			cc_entity_format(cc_session_snapshot(session), id, &text);
		now.entities[i] = text.n ? cc_arena_dup(now.arena, cc_buf_str(&text)) : CC_STR_EMPTY;
	}
	cc_buf_deinit(&text);
}

static void add_range(cc_buf *b, size_t from, size_t to)
{
	if (now.rows == 1)
		cc_buf_addz(b, "1 row");
	else if (to - from == now.rows)
		cc_buf_addf(b, "%zu rows", now.rows);
	else
		cc_buf_addf(b, "rows %zu to %zu of %zu%s", from + 1, to, now.rows, to < now.rows ? ", `more` goes on" : "");
}

static void tell_rows(bool ascii)
{
	cc_buf b = CC_BUF_INIT;
	size_t from = now.told, to = now.rows - from < ROWS_AT_ONCE ? now.rows : from + ROWS_AT_ONCE;

	if (from) {
		cc_buf_addz(&b, "ANN: ");
		add_range(&b, from, to);
		cc_buf_add_char(&b, '\n');
	}
	cc_reply_write_spoken(now.reply, from, from || to < now.rows ? to : SIZE_MAX, &b, ascii);
	now.told = to;
	say(&b);
	cc_buf_deinit(&b);
}

/* "ANN: LOGS level>=warn; rows 1 to 20 of 200, `more` goes on; 1220 in all; 2 queries used, 98 left". */
static void announce(cc_session *session, const cc_reply *reply, size_t rows, bool ascii)
{
	cc_budget budget = cc_case_budget(cc_session_case(session));
	cc_paging p = cc_reply_paging(reply);
	cc_str empty = cc_reply_empty_text(reply), title = cc_reply_title(reply);
	cc_buf b = CC_BUF_INIT;

	cc_buf_addz(&b, "ANN: ");
	add_clean(&b, title.n ? title : cc_reply_command(reply), ascii);
	if (rows) {
		cc_buf_addz(&b, "; ");
		add_range(&b, 0, rows < ROWS_AT_ONCE ? rows : ROWS_AT_ONCE);
	}
	if (p.paged && p.total_count > p.returned_count)
		cc_buf_addf(&b, "; %llu in all, offset=%llu asks for the next", (unsigned long long)p.total_count,
			(unsigned long long)(p.offset + p.returned_count));
	if (p.paged && !p.returned_count && empty.n)
		cc_buf_addf(&b, "; nothing: %.*s", CC_STR_ARG(empty));
	cc_buf_addf(&b, "; %lld quer%s used", (long long)budget.used, budget.used == 1 ? "y" : "ies");
	if (budget.cap)
		cc_buf_addf(&b, ", %lld left", (long long)(budget.cap - budget.used));
	cc_buf_add_char(&b, '\n');
	say(&b);
	cc_buf_deinit(&b);
}

/* An answer without rows - a pin, a note - leaves the numbers to the one before. */
void shell_spoken_reply(cc_session *session, cc_reply *reply, bool ascii)
{
	size_t rows = cc_reply_row_count(reply);
	cc_buf b = CC_BUF_INIT;

	if (!rows) {
		announce(session, reply, 0, ascii);
		cc_reply_write_spoken(reply, 0, SIZE_MAX, &b, ascii);
		say(&b);
		cc_buf_deinit(&b);
		return;
	}
	keep_now();
	now.reply = cc_reply_ref(reply);
	now.arena = cc_arena_new();
	now.rows = rows;
	keep_entities(session);
	announce(session, reply, rows, ascii);
	tell_rows(ascii);
}

/* --- rows --- */

static const cc_row *selected(const cc_section **section)
{
	*section = NULL;
	return now.reply && now.selected ? cc_reply_row_at(now.reply, now.selected, section) : NULL;
}

static cc_str entity_of_selected(void)
{
	return now.entities ? now.entities[now.selected] : CC_STR_EMPTY;
}

static void tell_selected(const cc_snapshot *snapshot, bool ascii)
{
	const cc_section *s;
	const cc_row *row = selected(&s);
	cc_buf b = CC_BUF_INIT;

	cc_buf_addf(&b, "ANN: row %zu of %zu selected: ", now.selected, now.rows);
	cc_row_write_spoken(s, row, &b, ascii);
	if (entity_of_selected().n)
		cc_buf_addz(&b, "; about ");
	add_clean(&b, entity_of_selected(), ascii);
	if (row->cite.file) {
		cc_buf_addz(&b, "; source ");
		cc_cite_format(snapshot, row->cite, &b);
	}
	if (row->drill.n)
		cc_buf_addz(&b, "; `open` runs ");
	add_clean(&b, row->drill, ascii);
	cc_buf_add_char(&b, '\n');
	say(&b);
	cc_buf_deinit(&b);
}

static bool placeholder(cc_session *session, cc_str name, cc_buf *out)
{
	const cc_section *s;
	const cc_row *row = selected(&s);

	if (cc_str_eqz(name, "entity"))
		cc_buf_add(out, row ? entity_of_selected() : CC_STR_EMPTY);
	else if (cc_str_eqz(name, "cite") && row && row->cite.file)
		cc_cite_format(cc_session_snapshot(session), row->cite, out);
	else if (cc_str_eqz(name, "time") && row && row->time_ns != CC_TIME_NONE)
		cc_time_format(out, row->time_ns);
	else if (cc_str_eqz(name, "op") && row)
		cc_buf_add(out, row->op);
	return out->n > 0;
}

static bool is_placeholder(cc_str name)
{
	return cc_str_eqz(name, "entity") || cc_str_eqz(name, "cite") || cc_str_eqz(name, "time") || cc_str_eqz(name, "op");
}

/* False, with a word about it, when the selected row has none of what the line names. */
static bool expand(cc_session *session, cc_str line, cc_buf *out)
{
	cc_buf value = CC_BUF_INIT;
	bool ok = true;

	while (line.n && ok) {
		cc_str head, name, tail;

		if (!cc_str_cut(line, '{', &head, &tail) || !cc_str_cut(tail, '}', &name, &tail) || !is_placeholder(name)) {
			size_t upto = head.n < line.n ? head.n + 1 : line.n;

			cc_buf_add(out, cc_str_sub(line, 0, upto));
			line = cc_str_sub(line, upto, line.n);
			continue;
		}
		cc_buf_add(out, head);
		cc_buf_clear(&value);
		ok = placeholder(session, name, &value);
		if (ok)
			cc_cmd_quote(out, cc_buf_str(&value));
		else
			printf("ANN: %s {%.*s}; a number selects a row\n", now.selected ? "the selected row has no" : "no row is selected for",
				CC_STR_ARG(name));
		line = tail;
	}
	cc_buf_deinit(&value);
	return ok;
}

static shell_spoken select_row(cc_session *session, int64_t number, bool ascii)
{
	if (number < 1 || (uint64_t)number > now.rows) {
		printf(now.rows ? "ANN: there are rows 1 to %zu\n" : "ANN: the last answer has no rows\n", now.rows);
		return SHELL_SPOKEN_REFUSED;
	}
	now.selected = (size_t)number;
	tell_selected(cc_session_snapshot(session), ascii);
	return SHELL_SPOKEN_DONE;
}

static shell_spoken open_row(cc_buf *out)
{
	const cc_section *s;
	const cc_row *row = selected(&s);

	if (!row || !row->drill.n) {
		printf(row ? "ANN: this row leads nowhere\n" : "ANN: no row is selected; a number selects one\n");
		return SHELL_SPOKEN_REFUSED;
	}
	cc_buf_add(out, row->drill);
	return SHELL_SPOKEN_RUN;
}

static shell_spoken close_answer(cc_session *session, bool ascii)
{
	cc_buf b = CC_BUF_INIT;

	if (!kept) {
		printf("ANN: no answer with rows came before this one\n");
		return SHELL_SPOKEN_REFUSED;
	}
	let_go(&now);
	now = before[--kept];
	now.told = 0;
	cc_str title = cc_reply_title(now.reply);
	cc_buf_addz(&b, "ANN: back at ");
	add_clean(&b, title.n ? title : cc_reply_command(now.reply), ascii);
	cc_buf_addf(&b, "; %zu row%s, `more` reads them again\n", now.rows, now.rows == 1 ? "" : "s");
	say(&b);
	cc_buf_deinit(&b);
	if (now.selected)
		tell_selected(cc_session_snapshot(session), ascii);
	return SHELL_SPOKEN_DONE;
}

shell_spoken shell_spoken_line(cc_session *session, cc_str line, bool ascii, cc_buf *out)
{
	int64_t number;
	cc_str word, rest;

	if (cc_str_to_i64(line, &number))
		return select_row(session, number, ascii);
	cc_str_cut(line, ' ', &word, &rest);
	if (cc_str_eqz(word, "open") && cc_str_to_i64(cc_str_trim(rest), &number)) {
		shell_spoken what = select_row(session, number, ascii);
		return what == SHELL_SPOKEN_DONE ? open_row(out) : what;
	}
	if (cc_str_eqz(line, "open"))
		return open_row(out);
	if (cc_str_eqz(line, "close"))
		return close_answer(session, ascii);
	if (cc_str_eqz(line, "more")) {
		if (now.told < now.rows)
			tell_rows(ascii);
		else
			printf("ANN: nothing more\n");
		return SHELL_SPOKEN_DONE;
	}
	return expand(session, line, out) ? SHELL_SPOKEN_RUN : SHELL_SPOKEN_REFUSED;
}
