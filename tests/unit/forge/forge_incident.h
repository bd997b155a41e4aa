/* forge_incident.h - forging an incident and looking at what was written: shared by the tests of whole incidents. */
#ifndef COLDCASE_FORGE_INCIDENT_H
#define COLDCASE_FORGE_INCIDENT_H

#include "coldcase/snapshot.h"
#include "support/audit.h"
#include "unit/forge/forge_check.h"

static inline cc_snapshot *open_incident(const char *dir)
{
	cc_snapshot *s = NULL;
	cc_err err = { 0 };
	if (cc_snapshot_open(&s, dir, NULL, &err) != CC_OK) fail_msg("%s: %s", dir, err.message);
	return s;
}

static inline uint64_t skipped(const cc_snapshot *s, bool say)
{
	uint64_t n = 0;
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		if (say && (f->skipped || f->problem.n))
			print_error("%.*s: %llu skipped, %.*s\n", CC_STR_ARG(f->path), (unsigned long long)f->skipped,
				CC_STR_ARG(f->problem));
		n += f->skipped + (f->problem.n > 0);
	}
	return n;
}

static inline int unproved(const cc_forge_report *r)
{
	cc_debrief *d = NULL;
	cc_session *session = NULL;
	cc_buf out = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_session_options so = { .dir = r->scenario_dir, .actor_name = "test" };
	int bad = 0;
	assert_int_equal(cc_debrief_beside(&d, r->truth_path, &err), CC_OK);
	if (cc_session_open(&session, &so, &err) != CC_OK) fail_msg("%s", err.message);
	assert_true(d->decisive_count > 0);
	for (size_t i = 0; i < d->decisive_count + d->name_count; i++) {
		const cc_debrief_proof *p =
			i < d->decisive_count ? &d->decisive[i] : &d->names[i - d->decisive_count].alibi;
		if (p->command.n == 0 || audit_proof_holds(session, p->command, p->pattern, &out)) continue;
		print_error("%s: %.*s ~ /%.*s/\n%.1000s\n", r->fault, CC_STR_ARG(p->command), CC_STR_ARG(p->pattern),
			out.p ? out.p : "");
		bad++;
	}
	cc_buf_deinit(&out);
	cc_session_close(session);
	cc_debrief_free(d);
	return bad;
}

static inline void forge(const cc_forge_options *o, cc_forge_report *r)
{
	cc_err err = { 0 };
	if (cc_forge_run(o, r, &err) != CC_OK)
		fail_msg("%s: %s", o->fault_count ? o->faults[0] : "random", err.message);
}

#endif
