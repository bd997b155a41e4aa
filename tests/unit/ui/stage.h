/* stage.h - the console over a bundled incident on a terminal that keeps what is drawn: for tests that press keys. */
#ifndef COLDCASE_TESTS_STAGE_H
#define COLDCASE_TESTS_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ui/term_fake.h"
#include "ui/ui_priv.h"

typedef struct stage { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; int columns, rows; } stage;

static inline void press(stage *st, const char *keys)
{
	cc_err err = { 0 };
	size_t from = st->fake->keys.n;
	if (cc_term_fake_script(st->fake, cc_str_from(keys), &err))
		fail_msg("%s: %s", keys, err.message);
	for (size_t i = from; i < st->fake->keys.n; i++)
		cc_ui_handle_key(st->ui, &st->fake->keys.p[i]);
	cc_ui_draw(st->ui);
}

static inline void stage_open(stage *st, int columns, int rows)
{
	cc_session_options so = { .dir = "sample-incidents/Scenario-1", .actor_name = "a player" };
	cc_ui_options uo = { .glyphs = CC_GLYPHS_ASCII };
	cc_err err = { 0 };
	st->columns = columns, st->rows = rows;
	st->term = cc_term_fake_new(&st->fake, columns, rows);
	if (cc_session_open(&st->session, &so, &err) || cc_ui_new(&st->ui, st->session, st->term, &uo, &err))
		fail_msg("%s", err.message);
}

static inline void stage_close(stage *st)
{
	cc_ui_free(st->ui);
	st->term->ops->close(st->term);
	cc_session_close(st->session);
}

#endif
