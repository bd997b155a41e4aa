/* said.c - what the record holds of a step that no pane shows - a shell command, another program's tool: its line and what it printed,
 * and what an agent said before it. Shown as it was printed, for it cannot be asked for again. */
#include "ui/said.h"

#include "coldcase/command.h"
#include "coldcase/json.h"

/* The text of the events of one name between two lines, a blank line between two texts. */
static void texts_between(const cc_run *run, size_t from, size_t to, const char *name, cc_buf *out)
{
	for (size_t i = from; i < to; i++) {
		if (cc_run_line_type(run, i) != CC_LINE_EVENT)
			continue;
		const cc_record_line *line = cc_run_line(run, i);
		cc_str text = cc_str_trim(cc_json_get_str(cc_json_get(line->json, "data"), "text"));
		if (!cc_str_eqz(line->as.event->name, name) || !text.n)
			continue;
		if (out->n)
			cc_buf_addz(out, "\n\n");
		cc_buf_add(out, text);
	}
}

void cc_said_before(const cc_run *run, size_t step, cc_buf *out)
{
	if (step)
		texts_between(run, step > 1 ? cc_run_step_line(run, step - 2) : 0, cc_run_step_line(run, step - 1), "message", out);
}

void cc_said_printed(const cc_run *run, size_t step, cc_buf *out)
{
	if (step)
		texts_between(run, cc_run_step_line(run, step - 1), cc_run_step_line(run, step), "output", out);
}

bool cc_said_is_foreign(const cc_record_step *s)
{
	const cc_cmd *cmd;
	return s && s->command.n && cc_cmd_find(s->command, &cmd, NULL) != CC_OK;
}

static void add_lines(cc_reply *r, cc_role role, cc_str text)
{
	cc_str line;
	while (text.n) {
		cc_str_cut(text, '\n', &line, &text);
		cc_reply_line(r, role, line.n ? line : CC_STR(" "));
	}
}

cc_reply *cc_said_page(const cc_record_step *s, cc_str said, cc_str printed)
{
	cc_reply *r = cc_reply_new("step");
	if (!r)
		return NULL;
	cc_reply_begin_text(r, "step", NULL);
	if (!s)
		cc_reply_line(r, CC_ROLE_DIM, CC_STR("its evidence is not at hand: steps are shown as text"));
	add_lines(r, CC_ROLE_DIM, said);
	if (s) {
		cc_reply_line(r, CC_ROLE_HEADING, s->line);
		if (s->code != CC_OK)
			add_lines(r, CC_ROLE_CRITICAL, s->message);
		else if (s->shown.title.n)
			cc_reply_linef(r, CC_ROLE_TEXT, "%.*s: %llu of %llu", CC_STR_ARG(s->shown.title), (unsigned long long)s->shown.rows,
				(unsigned long long)s->shown.total);
	}
	add_lines(r, CC_ROLE_TEXT, printed);
	if (cc_reply_publish(r, NULL, NULL) == CC_OK)
		return r;
	cc_reply_unref(r);
	return NULL;
}
