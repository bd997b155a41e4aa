/* case_support.h - a case as text, for comparing two of them, and random actions. */
#ifndef COLDCASE_TEST_CASE_SUPPORT_H
#define COLDCASE_TEST_CASE_SUPPORT_H

#include <stdio.h>

#include "coldcase/buf.h"
#include "coldcase/casefile.h"
#include "coldcase/rng.h"

static inline void test_board_dump(const cc_case *c, cc_buf *out)
{
	for (size_t i = 0; i < cc_case_pin_count(c); i++) {
		const cc_pin *p = cc_case_pin(c, i);

		cc_buf_addf(out, "pin %u %u#%u e%u t%lld [%.*s][%.*s][%.*s]\n", p->number, p->cite.file, p->cite.record, p->entity,
			(long long)p->time_ns, CC_STR_ARG(p->label), CC_STR_ARG(p->command), CC_STR_ARG(p->note));
	}
	for (size_t i = 0; i < cc_case_suspect_count(c); i++) {
		const cc_suspect *s = cc_case_suspect(c, i);

		cc_buf_addf(out, "suspect %.*s e%u %.17g [%.*s]", CC_STR_ARG(s->name), s->entity, s->confidence, CC_STR_ARG(s->reason));
		for (size_t k = 0; k < s->pin_count; k++)
			cc_buf_addf(out, " #%u", s->pins[k]);
		cc_buf_addf(out, " rivals %u\n", s->rivals);
	}
	for (size_t i = 0; i < cc_case_ruleout_count(c); i++)
		cc_buf_addf(out, "out %.*s e%u [%.*s]\n", CC_STR_ARG(cc_case_ruleout(c, i)->name), cc_case_ruleout(c, i)->entity,
			CC_STR_ARG(cc_case_ruleout(c, i)->reason));
	for (size_t i = 0; i < cc_case_note_count(c); i++)
		cc_buf_addf(out, "note %lld [%.*s]\n", (long long)cc_case_note(c, i)->wall_ns, CC_STR_ARG(cc_case_note(c, i)->text));
}

/* Everything that can be asked, except the running clock. */
static inline void test_case_dump(const cc_case *c, cc_buf *out)
{
	cc_view v = cc_case_view(c);

	cc_buf_addf(out, "view %u %lld %lld-%lld back %d forward %d\n", v.focus, (long long)v.at_ns, (long long)v.window.from_ns,
		(long long)v.window.to_ns, cc_case_can_back(c), cc_case_can_forward(c));
	cc_buf_addf(out, "budget %lld/%lld started %d running %d submitted %d\n", (long long)cc_case_budget(c).used,
		(long long)cc_case_budget(c).cap, cc_case_started(c), cc_case_running(c), cc_case_submitted(c));
	test_board_dump(c, out);
}

/* Any action but SUBMIT; small ranges of numbers and names, so that some hit what exists and some do not. The texts live in
 * the caller's arrays: texts that do not outlive the call show whether the case copies. */
static inline cc_action test_random_action(cc_rng *rng, uint32_t pins[3], char text[3][32])
{
	static const char *const others[] = { "", "", "ns/Kind/name-0", "ns/Kind/name-1", "ns/Kind/name-2" };
	cc_action a = { .kind = (cc_action_kind)cc_rng_below(rng, CC_ACT_SUBMIT) };

	snprintf(text[0], 32, "ns/Kind/name-%d", (int)cc_rng_below(rng, 6));
	snprintf(text[1], 32, "text \"%d\"\n", (int)cc_rng_below(rng, 100));
	snprintf(text[2], 32, "logs %d", (int)cc_rng_below(rng, 100));
	a.entity = (cc_entity_id)cc_rng_below(rng, 5);
	a.time_ns = cc_rng_below(rng, 4) ? cc_rng_between(rng, 0, INT64_C(1) << 60) : CC_TIME_NONE;
	a.window.from_ns = cc_rng_between(rng, 0, 1000);
	a.window.to_ns = cc_rng_between(rng, 0, 2000);
	a.cite.file = (uint32_t)cc_rng_below(rng, 3);
	a.cite.record = (uint32_t)cc_rng_below(rng, 20);
	a.number = (uint32_t)cc_rng_below(rng, 12);
	a.confidence = cc_rng_unit(rng) * 1.3 - 0.2;
	a.name = cc_rng_below(rng, 8) ? cc_str_from(text[0]) : CC_STR_EMPTY;
	a.text = cc_rng_below(rng, 3) ? cc_str_from(text[1]) : CC_STR_EMPTY;
	a.command = cc_str_from(text[2]);
	a.instead_of = cc_str_from(others[cc_rng_below(rng, 5)]);
	a.as_well_as = cc_str_from(others[cc_rng_below(rng, 5)]);
	a.pin_count = (size_t)cc_rng_below(rng, 4);
	a.pins = cc_rng_below(rng, 2) ? pins : NULL;
	if (!a.pins)
		a.pin_count = 0;
	for (size_t i = 0; i < 3; i++)
		pins[i] = 1 + (uint32_t)cc_rng_below(rng, 8);
	return a;
}

#endif
