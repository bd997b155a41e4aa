/* heuristic_answer.c - what was weighed goes on the board: the best few, with pins, as rivals of each other; the first is submitted. */
#include "agent/heuristic_priv.h"

#include <math.h>

#include "coldcase/utf8.h"

enum { SHOWN = 3, PINS = 3 };

/* What often breaks things, a third of the way to where it hurts; below that a wrong name is likelier than a missed one. */
#define ANOTHER 0.65

static void quote(cc_buf *out, cc_str text)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, cc_str_sub(text, 0, 160), CC_CLEAN_LINE);
	cc_cmd_quote(out, cc_buf_str(&clean));
	cc_buf_deinit(&clean);
}

static void pin_clues(heuristic_case *c, const heuristic_hypothesis *h)
{
	for (size_t i = 0, done = 0; i < h->clues.n && done < PINS; i++) {
		const heuristic_clue *k = &h->clues.p[i];
		cc_buf note = CC_BUF_INIT;
		if (!k->cite.n)
			continue;
		done++;
		quote(&note, k->what);
		cc_reply_unref(agent_ask(c->ask, "pin %.*s note=%.*s entity=%.*s", CC_STR_ARG(k->cite), CC_STR_ARG(cc_buf_str(&note)), CC_STR_ARG(h->name)));
		cc_buf_deinit(&note);
	}
}

static void suspect(heuristic_case *c, const heuristic_hypothesis *h, double confidence, const heuristic_hypothesis *rival)
{
	cc_buf reason = CC_BUF_INIT, text = CC_BUF_INIT;
	for (size_t i = 0; i < h->clues.n && i < 2; i++)
		cc_buf_addf(&text, "%s%.*s", i ? "; " : "", CC_STR_ARG(cc_str_sub(h->clues.p[i].what, 0, 100)));
	if (h->sick < c->sick.n)
		cc_buf_addf(&text, "; %.*s: %.*s", CC_STR_ARG(c->sick.p[h->sick].said), CC_STR_ARG(c->sick.p[h->sick].why));
	quote(&reason, cc_buf_str(&text));
	cc_reply_unref(agent_ask(c->ask, "suspect %.*s confidence=%.2f reason=%.*s%s%.*s", CC_STR_ARG(h->name), confidence,
		CC_STR_ARG(cc_buf_str(&reason)), rival ? " instead-of=" : "", rival ? (int)rival->name.n : 0, rival ? rival->name.p : ""));
	cc_buf_deinit(&text);
	cc_buf_deinit(&reason);
}

static bool touches(heuristic_case *c, const heuristic_hypothesis *h, cc_str name)
{
	const heuristic_sick *s = heuristic_sick_named(c, name);
	return s && (heuristic_touches(s, h->name) > 0.5 || (h->sick < c->sick.n && s == &c->sick.p[h->sick]));
}

/* Calls to it that get no answer, from others than the first cause touches. */
static bool leaves_silent(heuristic_case *c, const heuristic_hypothesis *first, const heuristic_sick *sick)
{
	for (size_t i = 0; i < c->failures.n; i++) {
		const heuristic_failure *f = &c->failures.p[i];
		if (heuristic_is_cut_off(c, f) && heuristic_sick_named(c, f->peer) == sick && !touches(c, first, f->service) && !touches(c, first, f->peer))
			return true;
	}
	return false;
}

/* A second cause is named only where it is wrong by itself and hurts something else than the first does: a wrong name costs half. */
static bool is_another(heuristic_case *c, const heuristic_hypothesis *first, const heuristic_hypothesis *h)
{
	if (first->sick == h->sick || first->sick >= c->sick.n || h->sick >= c->sick.n)
		return false;
	if (heuristic_score(h) < ANOTHER)
		return heuristic_score(h) > 0.3 && leaves_silent(c, first, &c->sick.p[h->sick]);
	const heuristic_sick *a = &c->sick.p[first->sick];
	for (size_t i = 0; i < a->touches.n; i++)
		if (cc_str_eq(agent_name_of(a->touches.p[i].entity), agent_name_of(c->sick.p[h->sick].workload)) && cc_str_eqz(a->touches.p[i].edge, "callers")
			&& cc_str_eqz(agent_kind_of(h->name), "Deployment"))
			return false;
	return true;
}

void heuristic_answer(heuristic_case *c, cc_buf *names)
{
	double sum = 0;
	size_t n = c->hypotheses.n < SHOWN ? c->hypotheses.n : SHOWN, another = 0;
	for (size_t i = 0; i < n; i++) {
		const heuristic_hypothesis *h = &c->hypotheses.p[i];
		cc_str sick = h->sick < c->sick.n ? c->sick.p[h->sick].said : CC_STR("nothing");
		agent_say(c->ask, "%.*s: %.1f points, reach %.2f by %.*s", CC_STR_ARG(h->name), h->points, h->reach, CC_STR_ARG(sick));
		another = i && !another && is_another(c, &c->hypotheses.p[0], h) ? i : another;
	}
	for (size_t i = 0; i < n; i++)
		sum += i && i == another ? 0 : pow(heuristic_score(&c->hypotheses.p[i]), 1.5);
	for (size_t i = 0; i < n; i++) {
		const heuristic_hypothesis *h = &c->hypotheses.p[i];
		double score = heuristic_score(h), share = i && i == another ? 0.7 : sum > 0 ? pow(score, 1.5) / sum : 0;
		pin_clues(c, h);
		suspect(c, h, 0.9 * share * fmin(1, 0.3 + score / 3), i && i != another ? &c->hypotheses.p[0] : NULL);
		if (!i || i == another)
			cc_buf_addf(names, "%s%.*s", i ? "," : "", CC_STR_ARG(h->name));
	}
}
