/* Any bytes as a trajectory: it reads or is refused, and whatever was read can be walked and replayed. */
#include "coldcase/record.h"
#include "fuzz.h"

static void check_lines(const cc_run *run)
{
	cc_run_health h = cc_run_health_get(run);
	uint64_t last = 0;

	for (size_t i = 0; i < cc_run_line_count(run); i++) {
		const cc_record_line *line = cc_run_line(run, i);

		must(line->line > last && line->json);
		must(i > 0 || line->type == CC_LINE_HEADER);
		last = line->line;
	}
	must((cc_run_header(run) != NULL) == (cc_run_line_count(run) > 0));
	must((h.bad_lines > 0) == (h.first_bad_line > 0));
	must(h.torn || h.torn_bytes == 0);
	must(cc_run_sha256(run).n == 64);
}

static void check_replay(const cc_run *run)
{
	for (size_t n = 0; n <= cc_run_step_count(run); n++) {
		cc_case *c = NULL;

		if (cc_run_replay(run, NULL, n, &c, NULL) == CC_OK)
			must(c && cc_case_active_ns(c) == (n ? cc_run_step(run, n - 1)->as.step->active_ns : 0));
		else
			must(!c);
		cc_case_free(c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_run *run = NULL;
	cc_err err;

	if (cc_run_parse(&run, (cc_str){ (const char *)data, size }, &err) == CC_OK) {
		check_lines(run);
		check_replay(run);
	} else {
		must(!run && err.message[0]);
	}
	cc_run_free(run);
	return 0;
}
