/* coach.c - a debrief cut into rungs: which pane, then ever nearer, then the record that decides.
 *
 * The last hint of a debrief names the cause itself and is no rung: it is for after the verdict. */
#include "coldcase/debrief.h"

static const struct { const char *command, *pane; } homes[] = {
	{ "alerts", "alerts" }, { "alert", "alerts" }, { "logs", "logs" }, { "log", "logs" }, { "patterns", "logs" },
	{ "traces", "traces" }, { "trace", "traces" }, { "span", "traces" }, { "paths", "traces" }, { "metrics", "metrics" },
	{ "metric", "metrics" }, { "topology", "topology" }, { "entity", "topology" }, { "events", "events" }, { "event", "events" },
};

/* Where the console shows what a command line answers; what reads objects is at home in the specs. */
static const char *pane_of(cc_str line)
{
	cc_str word, rest;

	cc_str_cut(line, ' ', &word, &rest);
	for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++)
		if (cc_str_eqz(word, homes[i].command))
			return homes[i].pane;
	return "specs";
}

size_t cc_debrief_rungs(const cc_debrief *d)
{
	size_t vague = d->hint_count > 1 ? d->hint_count - 1 : 0;

	return d->decisive_count ? 1 + vague + d->decisive_count : vague;
}

bool cc_debrief_rung(const cc_debrief *d, size_t rung, cc_buf *out)
{
	size_t vague = d->hint_count > 1 ? d->hint_count - 1 : 0;
	bool proofs = d->decisive_count > 0;

	if (rung < 1 || rung > cc_debrief_rungs(d))
		return false;
	if (proofs && rung == 1) {
		cc_buf_addf(out, "What decides can be seen in the %s pane.", pane_of(d->decisive[0].command));
	} else if (rung <= vague + proofs) {
		cc_buf_add(out, d->hints[rung - 1 - proofs]);
	} else {
		const cc_debrief_proof *p = &d->decisive[rung - 1 - proofs - vague];

		cc_buf_addf(out, "`%.*s` shows it: %.*s", CC_STR_ARG(p->command), CC_STR_ARG(p->says));
	}
	return true;
}
