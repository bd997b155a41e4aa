/* still.c - a record as SVG: the screen of one step, or all of them one after the other.
 *
 * The film is a strip of all screens side by side, of which one is seen; a style sheet moves it from one to the next. Rows that are
 * the same in several screens are drawn once and used again, so that a film is a fraction of its stills. Who asks for less motion gets
 * the last screen. */
#include "coldcase/map.h"
#include "ui/picture.h"
#include "ui/svg.h"

/* --- one screen --- */

static void title_of(const cc_film *f, size_t i, cc_buf *out)
{
	cc_film_title(f, out);
	if (i <= f->steps)
		cc_buf_addf(out, ", step %zu of %zu: ", i, f->steps);
	else
		cc_buf_addz(out, ", ");
	cc_film_label(f, i, out);
}

cc_code cc_svg_write(cc_buf *out, cc_session *session, const cc_run *run, const cc_picture_options *opt, size_t step, cc_err *err)
{
	cc_film f;
	cc_svg s;
	cc_buf title = CC_BUF_INIT;
	cc_code code = cc_film_open(&f, session, run, opt, err);
	if (code == CC_OK) {
		size_t i = step < f.frames ? step : f.frames - 1;
		const cc_grid *g = cc_film_frame(&f, i);
		title_of(&f, i, &title);
		cc_svg_begin(&s, out, g, f.theme, cc_buf_str(&title), CC_STR_EMPTY);
		for (int y = 0; y < g->rows; y++)
			cc_svg_row(&s, y);
		cc_svg_end(&s);
	}
	if (code == CC_OK && (!cc_buf_ok(out) || !cc_buf_ok(&title)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&title);
	cc_film_close(&f);
	return code;
}

/* --- all of them --- */

typedef struct strip {
	cc_film film;
	cc_dict *rows;           /* drawn so far: their numbers are their names */
	cc_buf row, body, style, title;
	int width;               /* of a screen */
} strip;

static void put_row(strip *t, cc_svg *s, int y)
{
	size_t before = cc_dict_count(t->rows);
	cc_buf_clear(&t->row);
	cc_svg_row(s, y);
	uint32_t id = cc_dict_add(t->rows, cc_buf_str(&t->row));
	if (id == 0)             /* an empty row */
		return;
	if (cc_dict_count(t->rows) > before)
		cc_buf_addf(&t->body, "<g id=\"r%u\">\n%.*s</g>\n", (unsigned)id, CC_STR_ARG(cc_buf_str(&t->row)));
	else
		cc_buf_addf(&t->body, "<use href=\"#r%u\"/>\n", (unsigned)id);
	t->body.failed |= id == UINT32_MAX;
}

static void put_screen(strip *t, cc_svg *s, size_t i)
{
	s->g = cc_film_frame(&t->film, i);
	cc_buf_addf(&t->body, "<g transform=\"translate(%lld 0)\">\n", (long long)i * t->width);
	for (int y = 0; y < s->g->rows; y++)
		put_row(t, s, y);
	cc_buf_addz(&t->body, "</g>\n");
}

/* When the strip moves on to each screen, in thousandths of a percent of the whole. */
static void put_style(strip *t, const cc_cast_options *how)
{
	double all = 0, at = 0;
	for (size_t i = 0; i < t->film.frames; i++)
		all += cc_film_wait_us(&t->film, i, how);
	cc_buf_addz(&t->style, "@keyframes film {\n");
	for (size_t i = 0; i < t->film.frames; i++) {
		cc_buf_addf(&t->style, "%.3f%% { transform: translateX(-%lldpx) }\n", all > 0 ? at / all * 100 : 0, (long long)i * t->width);
		at += cc_film_wait_us(&t->film, i, how);
	}
	cc_buf_addf(&t->style, "}\n.film { animation: film %.3fs step-end infinite }\n", all / 1e6);
	cc_buf_addf(&t->style, "@media (prefers-reduced-motion: reduce) { .film { animation: none; transform: translateX(-%lldpx) } }\n",
		(long long)(t->film.frames - 1) * t->width);
}

static void put_film(strip *t, cc_buf *out, const cc_cast_options *how)
{
	cc_svg s;
	size_t last = t->film.frames - 1;
	const cc_grid *g = cc_film_frame(&t->film, last);
	t->width = 2 * CC_SVG_MARGIN + g->columns * CC_SVG_CELL_W;
	cc_film_title(&t->film, &t->title);
	cc_buf_addf(&t->title, ", a film of %zu steps; at its end: ", t->film.steps);
	cc_film_label(&t->film, last, &t->title);
	put_style(t, how);
	cc_svg_begin(&s, out, g, t->film.theme, cc_buf_str(&t->title), cc_buf_str(&t->style));
	s.out = &t->row;
	for (size_t i = 0; i < t->film.frames; i++)
		put_screen(t, &s, i);
	s.out = out;
	/* An element of its own cuts off what is beside the one screen. */
	cc_buf_addf(out, "<svg width=\"%d\" height=\"%d\">\n<g class=\"film\">\n", t->width, 2 * CC_SVG_MARGIN + g->rows * CC_SVG_CELL_H);
	cc_buf_add(out, cc_buf_str(&t->body));
	cc_buf_addz(out, "</g>\n</svg>\n");
	cc_svg_end(&s);
	out->failed |= t->row.failed || t->body.failed || t->style.failed || t->title.failed;
}

cc_code cc_svg_write_film(cc_buf *out, cc_session *session, const cc_run *run, const cc_picture_options *opt, const cc_cast_options *how,
	cc_err *err)
{
	strip t = { .rows = cc_dict_new() };
	cc_code code = cc_film_open(&t.film, session, run, opt, err);
	if (code == CC_OK && t.rows)
		put_film(&t, out, how);
	if (code == CC_OK && (!t.rows || !cc_buf_ok(out)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_dict_free(t.rows);
	cc_buf_deinit(&t.row);
	cc_buf_deinit(&t.body);
	cc_buf_deinit(&t.style);
	cc_buf_deinit(&t.title);
	cc_film_close(&t.film);
	return code;
}
