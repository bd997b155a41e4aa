/* cast.c - a record as an asciicast (version 3, or 2 for older players): a header with the theme's colours, then for each step the change
 * of the screen and a marker that says what was done.
 *
 * Times are kept in whole microseconds from the start, so that intervals (version 3) and times (version 2) say the same. */
#include "coldcase/clock.h"
#include "coldcase/json.h"
#include "ui/ansi.h"
#include "ui/ink.h"
#include "ui/picture.h"

typedef struct cast {
	cc_film film;
	const cc_cast_options *how;
	cc_buf *out;
	cc_buf text;
	cc_ansi screen;
	double at_us;            /* where the film is */
	int64_t said_us;         /* and where the last event was */
} cast;

/* --- header --- */

static void put_color(cc_buf *out, cc_color c)
{
	cc_buf_addf(out, "#%06x", (unsigned)c & 0xffffff);
}

static void put_theme(cast *c, cc_jw *w, const cc_ink *ink)
{
	static const char *const KEYS[] = { "fg", "bg", "palette" };
	cc_jw_key(w, "theme");
	cc_jw_object(w);
	for (int k = 0; k < 3; k++) {
		cc_buf_clear(&c->text);
		for (int i = 0; i < (k == 2 ? 16 : 1); i++) {
			cc_buf_addz(&c->text, i ? ":" : "");
			put_color(&c->text, k == 0 ? ink->fg : k == 1 ? ink->bg : ink->palette[i]);
		}
		cc_jw_key(w, KEYS[k]);
		cc_jw_str(w, cc_buf_str(&c->text));
	}
	cc_jw_end_object(w);
}

static void put_size(cast *c, cc_jw *w, const char *columns, const char *rows)
{
	cc_jw_key(w, columns);
	cc_jw_int(w, c->film.opt->columns);
	cc_jw_key(w, rows);
	cc_jw_int(w, c->film.opt->rows);
}

static void put_terminal(cast *c, cc_jw *w)
{
	cc_ink ink;
	cc_ink_of(&ink, c->film.theme);
	if (c->how->version == 3) {
		cc_jw_key(w, "term");
		cc_jw_object(w);
		put_size(c, w, "cols", "rows");
		cc_jw_key(w, "type");
		cc_jw_strz(w, "xterm-256color");
		put_theme(c, w, &ink);
		cc_jw_end_object(w);
	} else {
		put_size(c, w, "width", "height");
		cc_jw_key(w, "env");
		cc_jw_object(w);
		cc_jw_key(w, "TERM");
		cc_jw_strz(w, "xterm-256color");
		cc_jw_end_object(w);
		put_theme(c, w, &ink);
	}
}

static void put_header(cast *c)
{
	const cc_record_header *h = cc_run_header(cc_playback_run(c->film.replay.playback));
	cc_jw w;
	cc_jw_init(&w, c->out, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "version");
	cc_jw_int(&w, c->how->version);
	put_terminal(c, &w);
	if (h->wall_ns > 0) {
		cc_jw_key(&w, "timestamp");
		cc_jw_int(&w, h->wall_ns / CC_NS_PER_S);
	}
	cc_buf_clear(&c->text);
	cc_film_title(&c->film, &c->text);
	cc_jw_key(&w, "title");
	cc_jw_str(&w, cc_buf_str(&c->text));
	cc_jw_end_object(&w);
	cc_buf_add_char(c->out, '\n');
}

/* --- events --- */

static void put_event(cast *c, const char *code, cc_str data)
{
	int64_t now = (int64_t)(c->at_us + 0.5), t = c->how->version == 3 ? now - c->said_us : now;
	c->said_us = now;
	cc_buf_addf(c->out, "[%lld.%06lld,\"%s\",", (long long)(t / 1000000), (long long)(t % 1000000), code);
	cc_json_write_str(c->out, data);
	cc_buf_addz(c->out, "]\n");
}

static bool put_frame(cast *c, size_t i)
{
	cc_buf_clear(&c->text);
	if (!cc_ansi_write(&c->screen, cc_film_frame(&c->film, i), &c->text))
		return false;
	if (c->text.n)
		put_event(c, "o", cc_buf_str(&c->text));
	cc_buf_clear(&c->text);
	cc_film_label(&c->film, i, &c->text);
	put_event(c, "m", cc_buf_str(&c->text));
	return cc_buf_ok(&c->text) && cc_buf_ok(c->out);
}

cc_code cc_cast_write(cc_buf *out, cc_session *s, const cc_run *run, const cc_picture_options *opt, const cc_cast_options *how, cc_err *err)
{
	cast c = { .how = how, .out = out };
	bool whole = true;
	cc_code code = cc_film_open(&c.film, s, run, opt, err);
	cc_ansi_init(&c.screen, c.film.theme);
	if (code == CC_OK)
		put_header(&c);
	for (size_t i = 0; code == CC_OK && whole && i < c.film.frames; i++) {
		whole = put_frame(&c, i);
		c.at_us += cc_film_wait_us(&c.film, i, how);
	}
	if (code == CC_OK)
		put_event(&c, how->version == 3 ? "x" : "o", how->version == 3 ? CC_STR("0") : CC_STR_EMPTY);
	if (code == CC_OK && (!whole || !cc_buf_ok(out)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_ansi_deinit(&c.screen);
	cc_buf_deinit(&c.text);
	cc_film_close(&c.film);
	return code;
}
