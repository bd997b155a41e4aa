/* conduct.c - the part of a score sheet that is not the score; see conduct.h. */
#include "app/conduct.h"

#include <math.h>
#include "coldcase/utf8.h"

enum { FLAGS = 8 };

static cc_score_moment moment_of(app_moment m)
{
	return (cc_score_moment){ (int64_t)m.step, m.turn, m.queries, m.active_ns / CC_NS_PER_MS };
}

static bool take_causes(app_conduct *c)
{
	const app_review *v = &c->review;
	cc_score_cause *causes = cc_arena_array(v->arena, v->causes.n + 1, sizeof *causes);
	for (size_t i = 0; causes && i < v->causes.n; i++) {
		const app_cause *from = &v->causes.p[i];
		causes[i] = (cc_score_cause){ from->label, { moment_of(from->encountered), moment_of(from->investigated), moment_of(from->asserted),
			moment_of(from->exonerated), moment_of(from->recovered) } };
	}
	c->c.causes = causes;
	c->c.cause_count = v->causes.n;
	return causes;
}

static bool take_flags(app_conduct *c)
{
	const char **flags = cc_arena_array(c->review.arena, FLAGS, sizeof *flags);
	for (unsigned f = 1; flags && f <= APP_FLAG_INVALID; f <<= 1)
		if (c->review.flags & f)
			flags[c->c.flag_count++] = app_flag_name((app_flag)f);
	c->c.flags = flags;
	return flags;
}

/* Before an answer the causes would be the answer. */
cc_code app_conduct_make(app_conduct *c, app_scoring *s, bool reveal, cc_err *err)
{
	*c = (app_conduct){ 0 };
	if (!s->run || s->score->status == CC_SCORE_UNSCORABLE || (s->score->status == CC_SCORE_MISSING && !reveal))
		return CC_OK;
	cc_code code = app_review_discover(&c->review, s, err);
	const app_calibration *sure = &c->review.sure;
	c->told = true;
	c->c = (cc_score_conduct){ .repeated = (int64_t)c->review.repeated, .brier = sure->brier, .claimed = sure->claimed,
		.stated = (int64_t)sure->stated, .right = (int64_t)sure->right };
	if (code == CC_OK && (!take_causes(c) || !take_flags(c)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}

void app_conduct_deinit(app_conduct *c)
{
	if (c->told)
		app_review_deinit(&c->review);
}

/* "shown 6/3/0:12": step, query, time; an agent's turn comes first. */
static void say_moment(cc_buf *out, const char *what, cc_score_moment m)
{
	long long seconds = m.active_ms / 1000;
	if (!m.step)
		return;
	cc_buf_addf(out, "  %s: step %lld", what, (long long)m.step);
	if (m.turn >= 0)
		cc_buf_addf(out, ", turn %lld", (long long)m.turn);
	cc_buf_addf(out, ", query %lld, %lld:%02lld\n", (long long)m.queries, seconds / 60, seconds % 60);
}

static void say_cause(cc_buf *out, const cc_score_cause *cause, bool ascii)
{
	static const char *const EVENT[CC_EVENT_COUNT] = { "first shown", "asked for", "suspected", "ruled out", "suspected again" };
	cc_utf8_clean(out, cause->cause, ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	if (!cause->at[CC_EVENT_ENCOUNTERED].step && !cause->at[CC_EVENT_ASSERTED].step)
		cc_buf_addz(out, ": never came up");
	cc_buf_add_char(out, '\n');
	for (size_t k = 0; k < CC_EVENT_COUNT; k++)
		say_moment(out, EVENT[k], cause->at[k]);
}

void app_conduct_text(const app_conduct *c, bool ascii, cc_buf *out)
{
	if (!c->told)
		return;
	cc_buf_addz(out, "\nHow the causes came up\n");
	for (size_t i = 0; i < c->c.cause_count; i++)
		say_cause(out, &c->c.causes[i], ascii);
	if (c->review.flags)
		cc_buf_addz(out, "\nHabits\n");
	for (unsigned f = 1; f <= APP_FLAG_INVALID; f <<= 1)
		if (c->review.flags & f)
			cc_buf_addf(out, "  %s: %s\n", app_flag_name((app_flag)f), app_flag_text((app_flag)f));
	if (c->c.stated)
		cc_buf_addf(out, "\nConfidence: %.2f on average of %lld name%s, %lld right; Brier score %.4f (0 is best, always saying 0.5 gives 0.25).\n",
			c->c.claimed, (long long)c->c.stated, c->c.stated == 1 ? "" : "s", (long long)c->c.right, c->c.brier);
	cc_buf_add_char(out, '\n');
}
