/* cmd_briefing.c - what an investigator is told before the clock starts, the same for people and agents.
 *
 * The example of an answer is fictional on purpose: an example taken from a real case would give that case away. */
#include "cmd/evidence.h"

#include "coldcase/alertrules.h"
#include "coldcase/entity.h"
#include "coldcase/pack.h"

/* The earliest alert that is neither noise nor older than the capture; on equal onset the more severe one. */
static const cc_alert *page_alert(const cc_snapshot *s, size_t *others)
{
	const cc_alert *best = NULL;
	size_t n = 0;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		if (a->background || a->active_before)
			continue;
		n++;
		if (!best || a->onset_ns < best->onset_ns || (a->onset_ns == best->onset_ns && a->severity > best->severity))
			best = a;
	}
	*others = n ? n - 1 : 0;
	return best;
}

static cc_str annotation(const cc_alert *a)
{
	static const char *const keys[] = { "summary", "description", "message" };
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < a->annotation_count; i++)
			if (cc_str_eqz(a->annotations[i].key, keys[k]))
				return a->annotations[i].value;
	return CC_STR_EMPTY;
}

/* What the rule really is stands below its text, which quotes thresholds of other revisions at times. */
static void rule_of(cc_call *c, cc_reply *r, const cc_alert *a)
{
	cc_rule_fit_vec fits = { 0 };
	const cc_alert_rule *rule = NULL;
	cc_buf b = CC_BUF_INIT;
	bool same = true;
	if (cc_alert_rules_of(&fits, snap(c), a, c->arena) == CC_OK) {
		for (size_t i = 0; i < fits.n; i++) {
			const cc_alert_rule *fit = fits.p[i].against.n ? NULL : fits.p[i].rule;
			same = same && (!rule || !fit || (rule->op == fit->op && rule->threshold == fit->threshold && rule->for_s == fit->for_s));
			rule = rule ? rule : fit;
		}
	}
	if (rule && same) {
		cc_buf_addf(&b, "The rule: %s %.6g%s%s", cc_rule_op_text(rule->op), rule->threshold, *rule->unit ? " " : "", rule->unit);
		cc_buf_addz(&b, rule->for_s ? ", for " : "");
		if (rule->for_s)
			cc_duration_format(&b, rule->for_s * CC_NS_PER_S);
		cc_buf_addz(&b, "; such texts quote other thresholds at times.");
	} else if (rule) {
		cc_buf_addz(&b, "Such texts quote other thresholds than the rule's at times: `alert` tells it.");
	}
	if (b.n)
		cc_reply_line(r, CC_ROLE_DIM, cc_buf_str(&b));
	cc_vec_deinit(&fits);
	cc_buf_deinit(&b);
}

static void page(cc_call *c, cc_reply *r)
{
	const cc_snapshot *s = snap(c);
	size_t others;
	const cc_alert *a = page_alert(s, &others);
	cc_reply_begin_text(r, "page", "The page");
	if (!a) {
		cc_reply_line(r, CC_ROLE_TEXT, CC_STR("No alert paged anyone. Users say that something is wrong; find out what."));
		return;
	}
	cc_buf b = CC_BUF_INIT;
	cc_time_format_clock(&b, a->onset_ns);
	cc_buf_addf(&b, "  %s  %.*s  ", cc_severity_name(a->severity), CC_STR_ARG(cc_snapshot_sym(s, a->name)));
	cc_entity_format(s, a->entity, &b);
	cc_reply_line(r, ev_role_of_severity(a->severity), cc_buf_str(&b));
	cc_str text = annotation(a);
	if (text.n) {
		cc_reply_line(r, CC_ROLE_TEXT, ev_one_line(text, 300));
		rule_of(c, r, a);
	}
	if (others)
		cc_reply_linef(r, CC_ROLE_TEXT, "%zu more alert%s fired during the capture.", others, others == 1 ? "" : "s");
	cc_buf_deinit(&b);
}

static void capture(cc_call *c, cc_reply *r)
{
	const cc_snapshot *s = snap(c);
	cc_range w = cc_snapshot_range(s);
	const char *names[CC_FILE_KINDS];
	size_t n = cc_snapshot_missing(s, names);
	cc_buf missing = CC_BUF_INIT;
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&missing, "%s%s", i ? ", " : "", names[i]);
	cc_reply_begin_facts(r, "case", "The case");
	cc_reply_fact(r, "scenario", "scenario", cc_cell_text(cc_snapshot_name(s)), CC_ROLE_HEADING);
	cc_reply_fact(r, "from", "captured from", cc_cell_time(w.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(w.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "missing", "missing evidence", n ? cc_cell_text(cc_buf_str(&missing)) : cc_cell_textz("none"),
		n ? CC_ROLE_WARNING : CC_ROLE_TEXT);
	cc_budget b = cc_case_budget(cc_session_case(c->session));
	cc_reply_fact(r, "budget", "budget", b.cap ? cc_cell_text(cc_arena_printf(c->arena, "%lld quer%s", (long long)b.cap, b.cap == 1 ? "y" : "ies")) : cc_cell_textz("none"),
		CC_ROLE_TEXT);
	cc_reply_fact(r, "assistance", "assistance", cc_cell_textz(cc_assist_level_name(cc_session_assist_level(c->session))), CC_ROLE_TEXT);
	cc_buf_deinit(&missing);
}

/* Each line is a paragraph of its own and at most 72 columns, so that no screen breaks it. */
static const char *const task_lines[] = {
	"Find what caused this: name every independent cause, and nothing else.",
	"Name the object whose state must be corrected, not its victims.",
	"Write namespace/Kind/name; cluster/Kind/name when it has no namespace.",
	"Miss one true cause and the score is 0.",
	"With all found it is the share of your names that are causes.",
	NULL,
};

static const char *const example_lines[] = {
	"shop/ConfigMap/rate-limits: its burst was cut, every caller is throttled",
	"(fictional: one name, the reason, and the pinned records that show it)",
	NULL,
};

static void lines(cc_reply *r, const char *key, const char *title, const char *const *text)
{
	cc_reply_begin_text(r, key, title);
	for (; *text; text++)
		cc_reply_line(r, CC_ROLE_TEXT, cc_str_from(*text));
}

/* Of a live drill: how the clock goes, before it does. */
static void drill(cc_call *c, cc_reply *r)
{
	cc_live_state live = cc_session_live(c->session);
	if (!live.drill.speed)
		return;
	cc_reply_begin_text(r, "live", "A live drill");
	cc_reply_line(r, CC_ROLE_TEXT, cc_arena_printf(c->arena, "The clock goes over the capture at %d times its speed; evidence appears as it did.",
		live.drill.speed));
	cc_reply_line(r, CC_ROLE_TEXT, live.drill.pausable ? CC_STR("It may be paused.") : CC_STR("It cannot be paused."));
	cc_reply_line(r, CC_ROLE_TEXT, CC_STR("Say what you would do first (`mitigate TEXT`) and tell those who wait (`status TEXT`)."));
}

/* Of a case file: what whoever packed it wrote for whoever opens it, without its title, which is the case's id. */
static void told(cc_call *c, cc_reply *r)
{
	enum { LINES = 200, BYTES = 400 };
	cc_buf text = CC_BUF_INIT;
	cc_str line, rest;
	if (cc_pack_briefing(&text, cc_snapshot_path(snap(c))) == CC_OK) {
		cc_reply_begin_text(r, "told", "From whoever packed this case");
		rest = cc_buf_str(&text);
		for (int n = 0; rest.n && n < LINES; n++) {
			cc_str_cut(rest, '\n', &line, &rest);
			bool heading = cc_str_starts(line, CC_STR("## "));
			line = cc_str_trim(heading ? cc_str_sub(line, 3, line.n) : line);
			if (line.n && !cc_str_starts(line, CC_STR("# ")))
				cc_reply_line(r, heading ? CC_ROLE_HEADING : CC_ROLE_TEXT, ev_one_line(line, BYTES));
		}
	}
	cc_buf_deinit(&text);
}

static cc_code run_briefing(cc_call *c, cc_reply *r, cc_err *err)
{
	(void)err;
	cc_reply_set_title(r, "BRIEFING");
	page(c, r);              /* the task and its score on the first screen; the figures may wait below */
	lines(r, "task", "Your task", task_lines);
	if (cc_session_assist(c->session, CC_ASSIST_HINTS))
		cc_reply_line(r, CC_ROLE_TEXT, CC_STR("Stuck: `hint` tells where to look next; each stands beside the score."));
	lines(r, "example", "What an answer looks like", example_lines);
	drill(c, r);
	told(c, r);
	capture(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_briefing = {
	.name = "briefing",
	.group = "case",
	.summary = "the page, the capture, the task and how it is scored",
	.flags = 0,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "briefing", NULL },
	.reply = (const char *const[]){ "page[]     lines: what paged", "case       facts: scenario, from, to, missing, budget, assistance", "task[]     lines", "example[]  lines", "live[]     lines: of a live drill",
		"told[]     lines: of a case file, what whoever packed it wrote", NULL },
	.run = run_briefing,
};
