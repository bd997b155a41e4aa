/* session_support.h - a session over the bundled incident, and its replies taken apart. */
#ifndef COLDCASE_TEST_SESSION_SUPPORT_H
#define COLDCASE_TEST_SESSION_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/record.h"
#include "coldcase/session.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const base = scratch.root;

static inline cc_session *open_session(int64_t budget, bool recorded)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = recorded ? base : NULL, .actor_name = "tester", .budget = budget,
		.assistance = "full" };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static inline cc_code run(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_reply_unref(r);
	return code;
}

static inline cc_reply *reply(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_err err;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static inline bool has_note(const cc_reply *r, const char *part)
{
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		if (cc_str_find(cc_reply_note(r, i), cc_str_from(part)) != CC_STR_NONE)
			return true;
	return false;
}

static inline int64_t used(cc_session *s)
{
	return cc_case_budget(cc_session_case(s)).used;
}

static inline cc_run *read_run(const char *dir)
{
	cc_run *r = NULL;
	cc_err err;

	if (cc_run_read(&r, dir, &err) != CC_OK)
		fail_msg("%s", err.message);
	return r;
}

/* First fact of that key in the reply. */
static inline const cc_cell *fact(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		for (size_t k = 0; k < cc_reply_section(r, i)->fact_count; k++)
			if (strcmp(cc_reply_section(r, i)->facts[k].key, key) == 0)
				return &cc_reply_section(r, i)->facts[k].cell;
	fail_msg("no fact %s", key);
	return NULL;
}

static inline const cc_section *section(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, key) == 0)
			return cc_reply_section(r, i);
	fail_msg("no section %s", key);
	return NULL;
}

#endif
