/* export_html.c - a run as one HTML file: steps with search and filter, a scrubber, what each step showed, charts, the board after
 * it, and, only when asked for, the score sheet. It needs no network and asks for none: a policy in the page forbids it.
 *
 * The page (src/app/page/replay.html) is compiled in; what is put into it is one JSON value, in which no '<' occurs, so that nothing of the
 * evidence can end the script it stands in. */
#include <stdio.h>
#include <string.h>

#include "app/export.h"
#include "app/export_chart.h"
#include "coldcase/casefile.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

static const struct { const char *name; const unsigned char *bytes; size_t length; } PAGE[] = {
#include "replay_page.inc"
};

typedef struct html { cc_jw w; const app_debrief *d; cc_buf text; cc_replayer *replayer; } html;

/* Cleaned, and without what the options take out. */
static void put(html *h, const char *key, cc_str text, bool note)
{
	cc_buf safe = CC_BUF_INIT;
	cc_buf_clear(&h->text);
	if (note && h->d->redact & CC_REDACT_NOTES && text.n)
		text = CC_STR(CC_EXPORT_HIDDEN);
	if (h->d->redact & CC_REDACT_SECRETS) {
		cc_redact_secrets(&safe, text);
		text = cc_buf_str(&safe);
	}
	cc_utf8_clean(&h->text, text, CC_CLEAN_KEEP_NL | CC_CLEAN_STRIP_ANSI);
	if (key)
		cc_jw_key(&h->w, key);
	cc_jw_str(&h->w, cc_buf_str(&h->text));
	h->w.out->failed |= safe.failed;
	cc_buf_deinit(&safe);
}

static void clock_text(int64_t active_ns, char out[24])
{
	int64_t s = active_ns / CC_NS_PER_S;
	snprintf(out, 24, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static void put_charts(html *h, const cc_reply *reply)
{
	cc_jw_key(&h->w, "charts");
	cc_jw_array(&h->w);
	for (size_t i = 0; reply && i < cc_reply_section_count(reply); i++) {
		const cc_section *s = cc_reply_section(reply, i);
		cc_buf svg = CC_BUF_INIT;
		if (s->kind == CC_SECTION_CHART)
			app_chart_svg(&svg, s);
		if (svg.n)
			cc_jw_str(&h->w, cc_buf_str(&svg));
		h->w.out->failed |= svg.failed;
		cc_buf_deinit(&svg);
	}
	cc_jw_end_array(&h->w);
}

/* --- the board --- */

static void board_text(const html *h, const cc_case *c, cc_buf *out)
{
	bool hide = h->d->redact & CC_REDACT_NOTES;
	for (size_t i = 0; i < cc_case_suspect_count(c); i++) {
		const cc_suspect *s = cc_case_suspect(c, i);
		cc_buf_addf(out, "suspect  %.*s  %.2f", CC_STR_ARG(s->name), s->confidence);
		for (size_t k = 0; k < s->pin_count; k++)
			cc_buf_addf(out, "%s#%u", k ? " " : "  pins ", s->pins[k]);
		if (s->reason.n)
			cc_buf_addf(out, "  %.*s", hide ? (int)strlen(CC_EXPORT_HIDDEN) : (int)s->reason.n, hide ? CC_EXPORT_HIDDEN : s->reason.p);
		cc_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < cc_case_ruleout_count(c); i++)
		cc_buf_addf(out, "ruled out  %.*s\n", CC_STR_ARG(cc_case_ruleout(c, i)->name));
	for (size_t i = 0; i < cc_case_pin_count(c); i++)
		cc_buf_addf(out, "pin #%u  %.*s\n", cc_case_pin(c, i)->number, CC_STR_ARG(cc_case_pin(c, i)->label));
	if (!out->n)
		cc_buf_addz(out, "empty");
}

/* Rebuilt only where something changed it. */
static cc_code update_board(const html *h, size_t step, const cc_record_step *s, cc_buf *board, cc_err *err)
{
	const cc_case *c;
	if (step && !s->action_count)
		return CC_OK;
	cc_code code = cc_replayer_at(h->replayer, step + 1, &c, err);
	if (code == CC_OK) {
		cc_buf_clear(board);
		board_text(h, c, board);
	}
	return code;
}

/* --- steps --- */

static void put_output(html *h, const cc_record_step *s, const cc_reply *reply)
{
	cc_buf b = CC_BUF_INIT;
	if (s->code != CC_OK)
		cc_buf_addf(&b, "error: %.*s", CC_STR_ARG(s->message));
	else if (reply)
		cc_reply_write_words(reply, &b);
	else if (h->d->printed && h->d->printed(h->d->arg, s->number, &b))
		;
	else
		cc_buf_addf(&b, "%.*s\n%llu of %llu rows; what they said is not at hand", CC_STR_ARG(s->shown.title),
			(unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
	put(h, "text", cc_buf_str(&b), cc_export_tells_notes(s));
	h->w.out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static void put_marker(html *h, size_t step)
{
	cc_buf b = CC_BUF_INIT;
	cc_markers_caption(h->d->markers, step, h->d->redact, &b);
	put(h, "marker", cc_buf_str(&b), false);
	h->w.out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static cc_code put_step(html *h, size_t i, cc_buf *board, cc_err *err)
{
	const cc_record_step *s = cc_run_step(h->d->run, i)->as.step;
	const cc_reply *reply = h->d->reply ? h->d->reply(h->d->arg, s->number) : NULL;
	char clock[24];
	clock_text(s->active_ns, clock);
	cc_code code = update_board(h, i, s, board, err);
	cc_jw_object(&h->w);
	cc_jw_put_int(&h->w, "step", (int64_t)s->number);
	put(h, "time", cc_str_from(clock), false);
	cc_jw_put_strz(&h->w, "kind", s->code != CC_OK ? "failed" : s->query ? "query" : "case");
	cc_buf line = CC_BUF_INIT;
	cc_export_line(&line, s, h->d->redact);
	put(h, "line", cc_buf_str(&line), false);
	h->w.out->failed |= line.failed;
	cc_buf_deinit(&line);
	cc_jw_put_int(&h->w, "queries", s->queries);
	put_output(h, s, reply);
	put_charts(h, reply);
	put_marker(h, i + 1);
	put(h, "board", cc_buf_str(board), false);
	cc_jw_end_object(&h->w);
	return code;
}

static void put_pair(html *h, const char *name, cc_str value)
{
	cc_jw_array(&h->w);
	put(h, NULL, cc_str_from(name), false);
	put(h, NULL, value, false);
	cc_jw_end_array(&h->w);
}

static void put_head(html *h)
{
	const cc_record_header *r = cc_run_header(h->d->run);
	char budget[32] = "none";
	if (r->budget > 0)
		snprintf(budget, sizeof budget, "%lld queries", (long long)r->budget);
	cc_jw_key(&h->w, "head");
	cc_jw_array(&h->w);
	put_pair(h, "incident", r->scenario);
	put_pair(h, r->agent ? "agent" : "player", h->d->redact & CC_REDACT_NAMES ? CC_STR("not told") : r->actor_name);
	put_pair(h, "budget", cc_str_from(budget));
	put_pair(h, "assistance", r->assistance.n ? r->assistance : CC_STR("not said"));
	put_pair(h, "record", cc_str_sub(cc_run_sha256(h->d->run), 0, 16));
	cc_jw_end_array(&h->w);
}

static void put_answer(html *h)
{
	cc_buf b = CC_BUF_INIT;
	const cc_answer *a = h->d->answer;
	for (size_t i = 0; a && a->status == CC_ANSWER_OK && i < a->entity_count; i++)
		if (a->entities[i].contributing)
			cc_buf_addf(&b, "%.*s\n", CC_STR_ARG(a->entities[i].name));
	put_pair(h, "The answer", b.n ? cc_buf_str(&b) : CC_STR("none was submitted"));
	cc_buf_deinit(&b);
}

static void put_sheets(html *h)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw_key(&h->w, "sheets");
	cc_jw_array(&h->w);
	put_answer(h);
	if (h->d->score) {
		cc_score_explain(&b, h->d->score, false);
		put_pair(h, "The verdict", cc_buf_str(&b));
	} else {
		put_pair(h, "The verdict", CC_STR(APP_VERDICT_LEFT_OUT));
	}
	cc_jw_end_array(&h->w);
	cc_buf_deinit(&b);
}

/* What it is of and whose: several pages lie open side by side. */
static void title_of(const html *h, cc_buf *out)
{
	const cc_record_header *head = cc_run_header(h->d->run);
	cc_buf title = CC_BUF_INIT;
	cc_str who = h->d->redact & CC_REDACT_NAMES ? CC_STR("a player") : head->actor_name;
	cc_buf_addf(&title, "%.*s, %.*s - coldcase", CC_STR_ARG(head->scenario), CC_STR_ARG(who));
	cc_utf8_clean(out, cc_buf_str(&title), CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	out->failed |= title.failed;
	cc_buf_deinit(&title);
}

/* The page up to its data, with the title in it also for whoever runs no script. */
static void put_top(const html *h, cc_str top, cc_buf *out)
{
	static const char WORDS[] = "coldcase run";
	size_t at = cc_str_find(top, CC_STR("<title>"));
	cc_buf title = CC_BUF_INIT;
	title_of(h, &title);
	at = at == CC_STR_NONE ? top.n : at + sizeof "<title>" - 1;
	cc_buf_add(out, cc_str_sub(top, 0, at));
	for (size_t i = 0; i < title.n; i++)
		if (title.p[i] == '<' || title.p[i] == '&')
			cc_buf_addz(out, title.p[i] == '<' ? "&lt;" : "&amp;");
		else
			cc_buf_add_char(out, title.p[i]);
	cc_buf_add(out, cc_str_sub(top, at + sizeof WORDS - 1, top.n));
	out->failed |= title.failed;
	cc_buf_deinit(&title);
}

static cc_code put_data(html *h, cc_err *err)
{
	cc_buf board = CC_BUF_INIT, title = CC_BUF_INIT;
	cc_code code = CC_OK;
	title_of(h, &title);
	cc_jw_object(&h->w);
	put(h, "title", cc_buf_str(&title), false);
	put_head(h);
	put_sheets(h);
	put_marker(h, 0);
	cc_jw_key(&h->w, "steps");
	cc_jw_array(&h->w);
	for (size_t i = 0; i < cc_run_step_count(h->d->run) && code == CC_OK; i++)
		code = put_step(h, i, &board, err);
	cc_jw_end_array(&h->w);
	cc_jw_end_object(&h->w);
	cc_buf_deinit(&board);
	cc_buf_deinit(&title);
	return code;
}

cc_code app_export_html(cc_buf *out, const app_debrief *d, cc_err *err)
{
	cc_str page = { (const char *)PAGE[0].bytes, PAGE[0].length };
	size_t at = cc_str_find(page, CC_STR("@DATA@"));
	cc_buf data = CC_BUF_INIT;
	html h = { .d = d };
	if (!cc_run_header(d->run))
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	cc_jw_init(&h.w, &data, 0);
	cc_code code = cc_replayer_new(&h.replayer, d->run, d->snapshot, err);
	if (code == CC_OK)
		code = put_data(&h, err);
	put_top(&h, cc_str_sub(page, 0, at), out);
	for (size_t i = 0; i < data.n; i++) {
		if (data.p[i] == '<')
			cc_buf_addz(out, "\\u003c");
		else
			cc_buf_add_char(out, data.p[i]);
	}
	cc_buf_add(out, cc_str_sub(page, at + 6, page.n));
	if (code == CC_OK && (data.failed || h.text.failed || !cc_buf_ok(out)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_replayer_free(h.replayer);
	cc_buf_deinit(&data);
	cc_buf_deinit(&h.text);
	return code;
}
