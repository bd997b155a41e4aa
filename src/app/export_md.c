/* export_md.c - a run as a page of Markdown to talk over: what was asked, pinned, suspected and answered, in order, with questions.
 * What really happened stands in it only when a score is handed in. */
#include <stdio.h>
#include <string.h>

#include "app/export.h"
#include "coldcase/casefile.h"
#include "coldcase/entity.h"
#include "coldcase/utf8.h"

typedef struct page { cc_buf *out; const app_debrief *d; } page;

/* One line of text that Markdown leaves alone; `|` would end a table cell. */
static void put(page *p, cc_str text)
{
	cc_buf safe = CC_BUF_INIT, clean = CC_BUF_INIT;
	if (p->d->redact & CC_REDACT_SECRETS) {
		cc_redact_secrets(&safe, text);
		text = cc_buf_str(&safe);
	}
	cc_utf8_clean(&clean, text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	for (size_t i = 0; i < clean.n; i++) {
		if (strchr("|*_`<>[]\\#", clean.p[i]))
			cc_buf_add_char(p->out, '\\');
		cc_buf_add_char(p->out, clean.p[i]);
	}
	p->out->failed |= safe.failed || clean.failed;
	cc_buf_deinit(&safe);
	cc_buf_deinit(&clean);
}

static void put_code(page *p, cc_str text)
{
	cc_buf safe = CC_BUF_INIT, clean = CC_BUF_INIT;
	if (p->d->redact & CC_REDACT_SECRETS) {
		cc_redact_secrets(&safe, text);
		text = cc_buf_str(&safe);
	}
	cc_utf8_clean(&clean, text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	cc_buf_add_char(p->out, '`');
	for (size_t i = 0; i < clean.n; i++)
		cc_buf_add_char(p->out, clean.p[i] == '`' ? '\'' : clean.p[i] == '|' ? '/' : clean.p[i]);
	cc_buf_add_char(p->out, '`');
	cc_buf_deinit(&safe);
	cc_buf_deinit(&clean);
}

/* 0:00 of the case's own clock. */
static void put_clock(page *p, int64_t active_ns)
{
	int64_t s = active_ns / CC_NS_PER_S;
	cc_buf_addf(p->out, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static void put_note(page *p, cc_str text)
{
	put(p, p->d->redact & CC_REDACT_NOTES && text.n ? CC_STR(CC_EXPORT_HIDDEN) : text);
}

static void put_head(page *p)
{
	const cc_record_header *h = cc_run_header(p->d->run);
	size_t n = cc_run_step_count(p->d->run);
	const cc_record_step *last = n ? cc_run_step(p->d->run, n - 1)->as.step : NULL;
	cc_buf_addz(p->out, "# Debrief: ");
	put(p, h->scenario);
	cc_buf_addz(p->out, "\n\n| | |\n|---|---|\n| investigated by | ");
	put(p, p->d->redact & CC_REDACT_NAMES ? CC_STR("a player") : h->actor_name);
	cc_buf_addf(p->out, " (%s) |\n| began | ", h->agent ? "agent" : "human");
	cc_time_format(p->out, h->wall_ns);
	cc_buf_addf(p->out, " |\n| steps | %zu |\n| queries | %lld", n, last ? (long long)last->queries : 0);
	if (h->budget > 0)
		cc_buf_addf(p->out, " of %lld", (long long)h->budget);
	cc_buf_addz(p->out, " |\n| active time | ");
	put_clock(p, last ? last->active_ns : 0);
	cc_buf_addz(p->out, " |\n| assistance | ");
	put(p, h->assistance.n ? h->assistance : CC_STR("not said"));
	cc_buf_addf(p->out, " |\n| record | `%.*s` |\n", CC_STR_ARG(cc_run_sha256(p->d->run)));
}

static void put_answer(page *p)
{
	const cc_answer *a = p->d->answer;
	cc_buf_addz(p->out, "\n## The answer\n\n");
	if (!a || a->status != CC_ANSWER_OK) {
		cc_buf_addz(p->out, "None was submitted.\n");
		return;
	}
	for (size_t i = 0; i < a->entity_count; i++) {
		if (!a->entities[i].contributing)
			continue;
		cc_buf_addz(p->out, "- ");
		put_code(p, a->entities[i].name);
		if (a->entities[i].reasoning.n) {
			cc_buf_addz(p->out, ": ");
			put_note(p, a->entities[i].reasoning);
		}
		cc_buf_add_char(p->out, '\n');
	}
}

static void put_score(page *p)
{
	cc_buf b = CC_BUF_INIT;
	if (!p->d->score) {
		cc_buf_addz(p->out, "\n## The verdict\n\n" APP_VERDICT_LEFT_OUT "\n");
		return;
	}
	cc_buf_addz(p->out, "\n## The verdict (matcher ");
	cc_buf_addz(p->out, p->d->score->matcher);
	cc_buf_addz(p->out, ")\n\n```\n");
	cc_score_explain(&b, p->d->score, false);
	cc_buf_add(p->out, cc_buf_str(&b));
	cc_buf_addz(p->out, "```\n");
	cc_buf_deinit(&b);
}

static void put_timeline(page *p)
{
	cc_buf_addz(p->out, "\n## What was done\n\n| step | time | what | shown |\n|---:|---:|---|---|\n");
	for (size_t i = 0; i < cc_run_step_count(p->d->run); i++) {
		const cc_record_step *s = cc_run_step(p->d->run, i)->as.step;
		cc_buf line = CC_BUF_INIT;
		cc_buf_addf(p->out, "| %llu | ", (unsigned long long)s->number);
		put_clock(p, s->active_ns);
		cc_buf_addz(p->out, " | ");
		cc_export_line(&line, s, p->d->redact);
		put_code(p, cc_buf_str(&line));
		cc_buf_addz(p->out, " | ");
		if (s->code != CC_OK)
			put(p, s->message);
		else if (s->query)
			cc_buf_addf(p->out, "%llu of %llu%s", (unsigned long long)s->shown.rows, (unsigned long long)s->shown.total,
				s->shown.partial ? ", still being read" : "");
		cc_buf_addz(p->out, " |\n");
		p->out->failed |= line.failed;
		cc_buf_deinit(&line);
	}
}

static void put_markers(page *p)
{
	size_t n = cc_markers_count(p->d->markers);
	if (n)
		cc_buf_addz(p->out, "\n## Marked moments\n\n| step | time | |\n|---:|---:|---|\n");
	for (size_t i = 0; i < n; i++) {
		const cc_marker *m = cc_markers_get(p->d->markers, i);
		cc_buf caption = CC_BUF_INIT;
		cc_marker_caption(m, p->d->redact, &caption);
		cc_buf_addf(p->out, "| %zu | ", m->step);
		put_clock(p, m->step ? cc_run_step(p->d->run, m->step - 1)->as.step->active_ns : 0);
		cc_buf_addz(p->out, " | ");
		put(p, cc_buf_str(&caption));
		cc_buf_addz(p->out, " |\n");
		p->out->failed |= caption.failed;
		cc_buf_deinit(&caption);
	}
}

/* What it is about, where it stands and when it happened: a label alone need not say. Without the evidence only the label is left. */
static void put_origin(page *p, const cc_pin *pin)
{
	const cc_snapshot *s = p->d->snapshot;
	cc_buf text = CC_BUF_INIT;
	if (s && pin->entity) {
		cc_entity_format(s, pin->entity, &text);
		cc_buf_addz(p->out, "\n   - about ");
		put_code(p, cc_buf_str(&text));
	}
	cc_buf_clear(&text);
	if (s && pin->cite.file) {
		cc_cite_format(s, pin->cite, &text);
		cc_buf_addz(p->out, "\n   - from ");
		put_code(p, cc_buf_str(&text));
	}
	if (pin->time_ns != CC_TIME_NONE) {
		cc_buf_addz(p->out, "\n   - at ");
		cc_time_format(p->out, pin->time_ns);
	}
	p->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

static void put_pins(page *p, const cc_case *c)
{
	cc_buf_addz(p->out, "\n## Pinned evidence\n\n");
	if (!cc_case_pin_count(c))
		cc_buf_addz(p->out, "Nothing was pinned.\n");
	for (size_t i = 0; i < cc_case_pin_count(c); i++) {
		const cc_pin *pin = cc_case_pin(c, i);
		cc_buf_addf(p->out, "%u. ", pin->number);
		put(p, pin->label);
		if (pin->note.n) {
			cc_buf_addz(p->out, " - ");
			put_note(p, pin->note);
		}
		put_origin(p, pin);
		cc_buf_add_char(p->out, '\n');
	}
}

static void put_suspects(page *p, const cc_case *c)
{
	cc_buf_addz(p->out, "\n## Suspects at the end\n\n");
	for (size_t i = 0; i < cc_case_suspect_count(c); i++) {
		const cc_suspect *s = cc_case_suspect(c, i);
		cc_buf_addz(p->out, "- ");
		put_code(p, s->name);
		cc_buf_addf(p->out, ", confidence %.2f, %zu pin%s", s->confidence, s->pin_count, s->pin_count == 1 ? "" : "s");
		if (s->reason.n) {
			cc_buf_addz(p->out, ": ");
			put_note(p, s->reason);
		}
		cc_buf_add_char(p->out, '\n');
	}
	for (size_t i = 0; i < cc_case_ruleout_count(c); i++) {
		const cc_ruleout *r = cc_case_ruleout(c, i);
		cc_buf_addz(p->out, "- ruled out: ");
		put_code(p, r->name);
		if (r->reason.n) {
			cc_buf_addz(p->out, ": ");
			put_note(p, r->reason);
		}
		cc_buf_add_char(p->out, '\n');
	}
	if (!cc_case_suspect_count(c) && !cc_case_ruleout_count(c))
		cc_buf_addz(p->out, "Nobody was suspected.\n");
}

static void put_notes(page *p, const cc_case *c)
{
	if (!cc_case_note_count(c))
		return;
	cc_buf_addz(p->out, "\n## Notes\n\n");
	for (size_t i = 0; i < cc_case_note_count(c); i++) {
		cc_buf_addz(p->out, "- ");
		put_note(p, cc_case_note(c, i)->text);
		cc_buf_add_char(p->out, '\n');
	}
}

cc_code app_export_md(cc_buf *out, const app_debrief *d, cc_err *err)
{
	page p = { out, d };
	cc_case *c = NULL;
	size_t lost;
	if (!cc_run_header(d->run))
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	cc_code code = cc_run_replay_loose(d->run, d->snapshot, SIZE_MAX, &lost, &c, err);
	if (code != CC_OK)
		return code;
	put_head(&p);
	put_answer(&p);
	put_score(&p);
	put_pins(&p, c);
	put_suspects(&p, c);
	put_notes(&p, c);
	put_markers(&p);
	put_timeline(&p);
	cc_buf_addz(out, "\n## To talk about\n\n"
		"- Which record decided the case, and at which step was it first on the screen?\n"
		"- What was the first suspicion, and what would have refuted it sooner?\n"
		"- Which name would you take out of the answer, and which pin speaks for each that stays?\n"
		"- Which question brought nothing, and what did it cost?\n");
	cc_case_free(c);
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
