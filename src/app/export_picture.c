/* export_picture.c - a run as pictures: an asciicast of all its steps, or the screen of one as SVG. What is drawn is the console's
 * (picture.h); here are the options, the evidence, and the verdict, which is fetched only when it is asked for. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/export.h"
#include "coldcase/clock.h"
#include "coldcase/picture.h"
#include "coldcase/rerun.h"

/* --- options --- */

static cc_code read_size(const char *text, cc_picture_options *p, cc_err *err)
{
	cc_str columns, rows;
	int64_t w = 0, h = 0;
	bool ok = cc_str_cut(cc_str_from(text), 'x', &columns, &rows) && cc_str_to_i64(columns, &w) && cc_str_to_i64(rows, &h);
	if (!ok || w < CC_PICTURE_COLUMNS_MIN || h < CC_PICTURE_ROWS_MIN || w > CC_PICTURE_MAX || h > CC_PICTURE_MAX) {
		cc_err_set(err, CC_EUSAGE, "export: --size %s is no size of a screen", text);
		return cc_err_hint(err, "columns x rows, such as 160x48; at least %dx%d, at most %dx%d", CC_PICTURE_COLUMNS_MIN,
			CC_PICTURE_ROWS_MIN, CC_PICTURE_MAX, CC_PICTURE_MAX), CC_EUSAGE;
	}
	p->columns = (int)w;
	p->rows = (int)h;
	return CC_OK;
}

static cc_code read_number(const char *option, const char *text, double least, double most, double *out, cc_err *err)
{
	if (cc_str_to_double(cc_str_from(text), out) && *out >= least && *out <= most)
		return CC_OK;
	return cc_err_set(err, CC_EUSAGE, "export: %s takes a number from %g to %g, not '%s'", option, least, most, text);
}

static cc_code read_cast(const app_options *o, cc_cast_options *c, cc_err *err)
{
	double idle = 5;
	cc_code code = CC_OK;
	*c = (cc_cast_options){ .version = strcmp(o->to, "cast2") == 0 ? 2 : 3, .speed = 1 };
	if (o->by && strcmp(o->by, "clock") != 0 && strcmp(o->by, "step") != 0)
		code = cc_err_set(err, CC_EUSAGE, "export: --by takes step or clock, not '%s'", o->by);
	c->by_clock = o->by && strcmp(o->by, "clock") == 0;
	if (code == CC_OK && o->speed)
		code = read_number("--speed", o->speed, 0.01, 1000, &c->speed, err);
	if (code == CC_OK && o->idle_cap)
		code = read_number("--idle-cap", o->idle_cap, 0, 86400, &idle, err);
	c->idle_ns = (int64_t)(idle * (double)CC_NS_PER_S);
	return code;
}

static cc_code read_step(const char *text, size_t count, size_t *out, cc_err *err)
{
	int64_t n;
	*out = SIZE_MAX;
	if (!text || strcmp(text, "last") == 0)
		return CC_OK;
	if (!cc_str_to_i64(cc_str_from(text), &n) || n < 0 || (uint64_t)n > count)
		return cc_err_set(err, CC_EUSAGE, "export: --at takes a step from 0 to %zu, or last, not '%s'", count, text);
	*out = (size_t)n;
	return CC_OK;
}

/* The glyphs do not depend on who exports: blocks, unless others are asked for. */
static cc_code read_look(const app_options *o, cc_picture_options *p, cc_theme **theme, cc_err *err)
{
	cc_code code = read_size(o->size ? o->size : "80x24", p, err);
	if (code == CC_OK)
		code = cc_glyphs_pick(&p->glyphs, o->ascii ? "ascii" : o->glyphs && strcmp(o->glyphs, "auto") != 0 ? o->glyphs : "block", err);
	if (code == CC_OK)
		code = cc_theme_load(theme, o->theme, err);
	p->theme = *theme;
	p->no_scrubber = o->no_scrubber;
	return code;
}

/* --- the evidence --- */

static cc_code open_evidence(const app_options *o, const cc_run *run, cc_session **s, cc_err *err)
{
	cc_buf differs = CC_BUF_INIT;
	cc_code code = app_open_recorded(o, run, s, err);
	if (code == CC_OK && cc_rerun_evidence_differs(run, cc_session_snapshot(*s), &differs))
		fprintf(stderr, "coldcase: the evidence is not what the record was made on (coldcase replay --check tells)\n");
	else if (code == CC_ENOTFOUND && !o->incident)
		cc_err_hint(err, "pictures show the evidence: --incident DIR says where it lies now");
	cc_buf_deinit(&differs);
	return code;
}

cc_code app_export_picture(cc_buf *out, const app_options *o, const cc_run *run, unsigned redact, cc_err *err)
{
	cc_picture_options p = { .redact = redact, .run_path = o->args.p[0] };
	cc_cast_options cast;
	cc_theme *theme = NULL;
	cc_session *s = NULL;
	size_t step = 0;
	bool svg = strcmp(o->to, "svg") == 0, film = !svg || o->animate;
	cc_code code = o->animate && (!svg || o->at) ? cc_err_set(err, CC_EUSAGE, "export: --animate is for --to svg, of all steps") : CC_OK;
	if (code == CC_OK)
		code = read_look(o, &p, &theme, err);
	if (code == CC_OK)
		code = film ? read_cast(o, &cast, err) : read_step(o->at, cc_run_step_count(run), &step, err);
	if (code == CC_OK)
		code = open_evidence(o, run, &s, err);
	if (code == CC_OK && o->reveal)
		code = app_verdict_reply(o, o->args.p[0], &p.verdict, err);
	if (code == CC_OK)
		code = !film ? cc_svg_write(out, s, run, &p, step, err) : svg ? cc_svg_write_film(out, s, run, &p, &cast, err) :
			cc_cast_write(out, s, run, &p, &cast, err);
	if (s)
		cc_session_close(s);
	cc_reply_unref(p.verdict);
	cc_theme_free(theme);
	return code;
}
