/* picture.c - a record played on a terminal that is not there, see picture.h.
 *
 * Credentials are looked for twice: in each text of a reply, before anything wraps it, and on the finished screen, where titles, the
 * command line and what was typed stand too. There they become asterisks, so that nothing moves. */
#include "ui/picture.h"

#include "coldcase/export.h"
#include "coldcase/utf8.h"

cc_code cc_film_open(cc_film *f, cc_session *s, const cc_run *run, const cc_picture_options *opt, cc_err *err)
{
	cc_ui_options ui = { .theme = opt->theme, .glyphs = opt->glyphs, .no_scrubber = opt->no_scrubber };
	*f = (cc_film){ .opt = opt, .session = s, .theme = opt->theme };
	cc_theme_init_default(&f->own_theme);
	if (!f->theme)
		f->theme = &f->own_theme;
	if (!cc_run_header(run))
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	f->term = cc_term_fake_new(&f->fake, opt->columns, opt->rows);
	if (!f->term)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_session_scrub(s, opt->redact & CC_REDACT_SECRETS ? cc_redact_secrets : NULL);
	cc_code code = cc_replay_init(&f->replay, s, run, opt->run_path, err);
	f->replay.film = true;
	f->replay.redact = opt->redact;
	f->steps = cc_run_step_count(run);
	f->frames = f->steps + 1 + (opt->verdict != NULL);
	if (code == CC_OK)
		cc_playback_redact(f->replay.playback, opt->redact);
	return code == CC_OK ? cc_ui_new_replay(&f->ui, &f->replay, f->term, &ui, err) : code;
}

void cc_film_close(cc_film *f)
{
	cc_ui_free(f->ui);
	cc_replay_deinit(&f->replay);
	if (f->term)
		f->term->ops->close(f->term);
	cc_session_scrub(f->session, NULL);
}

/* --- frames --- */

static void show_verdict(cc_film *f)
{
	cc_ui *ui = f->ui;
	cc_replay_go(ui, f->steps);
	cc_buf_clear(&ui->message);
	cc_sheet_free(ui->page);
	ui->stage = CC_STAGE_VERDICT;
	ui->page = cc_sheet_new(NULL);
	if (ui->page)
		cc_sheet_set_reply(ui->page, cc_reply_ref(f->opt->verdict));
}

/* Bytes of the screen's text, and the cell each is of. */
typedef struct screen_text { cc_buf text; CC_VEC(cc_gcell *) cells; } screen_text;

static bool read_screen(const cc_grid *g, screen_text *t)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x <= g->columns; x++) {
			cc_gcell *c = cc_grid_at(g, x, y);
			char bytes[4] = { '\n' };
			size_t n = c ? c->width ? cc_utf8_encode(c->ch, bytes) : 0 : 1;
			cc_buf_add(&t->text, (cc_str){ bytes, n });
			while (t->cells.n < t->text.n)
				if (!cc_vec_push(&t->cells, c))
					return false;
		}
	}
	return cc_buf_ok(&t->text);
}

static void blot(cc_gcell *c)
{
	if (!c || c->ch == ' ')
		return;
	c->ch = '*';
	c->comb[0] = c->comb[1] = 0;
	if (c->width == 2) {
		c[1].ch = '*';
		c[0].width = c[1].width = 1;
	}
}

/* When it cannot be looked for, nothing is shown. */
static void blot_secrets(cc_grid *g)
{
	screen_text t = { .text = CC_BUF_INIT };
	size_t from, to, at = 0;
	if (!read_screen(g, &t))
		cc_grid_clear(g);
	while (at < t.cells.n && at < t.text.n && cc_secret_find(cc_str_sub(cc_buf_str(&t.text), at, t.text.n), &from, &to)) {
		for (size_t i = at + from; i < at + to && i < t.cells.n; i++)
			blot(t.cells.p[i]);
		at += to;
	}
	cc_buf_deinit(&t.text);
	cc_vec_deinit(&t.cells);
}

const cc_grid *cc_film_frame(cc_film *f, size_t i)
{
	if (i <= f->steps)
		cc_replay_go(f->ui, i);
	else
		show_verdict(f);
	cc_ui_draw(f->ui);
	if (f->opt->redact & CC_REDACT_SECRETS)
		blot_secrets(&f->fake->shown);
	return &f->fake->shown;
}

/* The last ones stand as steps by steps do. */
double cc_film_wait_us(const cc_film *f, size_t i, const cc_cast_options *how)
{
	int64_t wait = cc_replay_wait_after(cc_playback_run(f->replay.playback), i, how->by_clock, how->idle_ns);
	return (double)wait / 1000 / how->speed;
}

/* --- words --- */

void cc_film_label(const cc_film *f, size_t i, cc_buf *out)
{
	cc_buf line = CC_BUF_INIT;
	if (i == 0 || i > f->steps) {
		cc_buf_addz(out, i ? "the verdict" : "the briefing");
		return;
	}
	cc_markers_caption(cc_playback_markers(f->replay.playback), i, f->opt->redact, &line);
	if (line.n)
		cc_buf_addz(&line, ": ");
	cc_export_line(&line, cc_run_step(cc_playback_run(f->replay.playback), i - 1)->as.step, f->opt->redact);
	cc_utf8_clean(out, cc_buf_str(&line), CC_CLEAN_LINE);
	out->failed |= line.failed;
	cc_buf_deinit(&line);
}

void cc_film_title(const cc_film *f, cc_buf *out)
{
	const cc_record_header *h = cc_run_header(cc_playback_run(f->replay.playback));
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "coldcase: %.*s", CC_STR_ARG(h->scenario));
	if (h->actor_name.n && !(f->opt->redact & CC_REDACT_NAMES))
		cc_buf_addf(&text, ", by %.*s", CC_STR_ARG(h->actor_name));
	cc_utf8_clean(out, cc_buf_str(&text), CC_CLEAN_LINE);
	out->failed |= text.failed;
	cc_buf_deinit(&text);
}
