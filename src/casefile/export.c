/* export.c - what all exporters do to a text before it leaves, and the table of steps. */
#include <string.h>

#include "casefile/export_priv.h"
#include "coldcase/utf8.h"

void cc_export_text(cc_buf *out, cc_str text, const cc_export_options *opt)
{
	cc_buf clean = CC_BUF_INIT;
	if (opt->redact & CC_REDACT_SECRETS) {
		cc_redact_secrets(&clean, text);
		text = cc_buf_str(&clean);
	}
	for (size_t i = 0; i < text.n;) {
		char utf8[4];
		uint32_t cp = cc_utf8_next(text, &i);
		cc_buf_add(out, (cc_str){ utf8, cc_utf8_encode(cp, utf8) });
	}
	out->failed |= clean.failed;
	cc_buf_deinit(&clean);
}

bool cc_export_is_note(const cc_record_step *step, cc_str key)
{
	static const char *const NOTES[][2] = { { "note", "text" }, { "mitigate", "text" }, { "status", "text" }, { "pin", "note" },
		{ "suspect", "reason" }, { "ruleout", "reason" }, { "mark", "caption" } };
	for (size_t i = 0; i < sizeof NOTES / sizeof NOTES[0]; i++)
		if (cc_str_eqz(step->command, NOTES[i][0]) && cc_str_eqz(key, NOTES[i][1]))
			return true;
	return false;
}

bool cc_export_tells_notes(const cc_record_step *step)
{
	static const char *const TELLING[] = { "note", "mark", "pin", "unpin", "suspect", "ruleout", "board", "submit", "mitigate", "status" };
	for (size_t i = 0; i < sizeof TELLING / sizeof TELLING[0]; i++)
		if (cc_str_eqz(step->command, TELLING[i]))
			return true;
	return false;
}

/* What did not parse may be a note with a slip in it. */
void cc_export_line(cc_buf *out, const cc_record_step *step, unsigned redact)
{
	bool hide = redact & CC_REDACT_NOTES && !step->command.n;
	for (size_t i = 0; i < step->arg_count && redact & CC_REDACT_NOTES; i++)
		hide = hide || cc_export_is_note(step, step->args[i].key);
	if (hide)
		cc_buf_addf(out, "%.*s%s%s", CC_STR_ARG(step->command), step->command.n ? " " : "", CC_EXPORT_HIDDEN);
	else if (redact & CC_REDACT_SECRETS)
		cc_redact_secrets(out, step->line);
	else
		cc_buf_add(out, step->line);
}

/* --- CSV --- */

/* Quoted when RFC 4180 asks; what a spreadsheet would take for a formula gets a quote in front. */
static void put_field(cc_buf *out, cc_str text, const cc_export_options *opt)
{
	cc_buf b = CC_BUF_INIT;
	cc_export_text(&b, text, opt);
	bool formula = b.n && strchr("=+-@\t\r", b.p[0]), quote = formula || (b.n && strpbrk(b.p, ",\"\r\n"));
	if (quote)
		cc_buf_addz(out, formula ? "\"'" : "\"");
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '"')
			cc_buf_add_char(out, '"');
		cc_buf_add_char(out, b.p[i]);
	}
	if (quote)
		cc_buf_add_char(out, '"');
	out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static void put_list(cc_buf *out, const cc_str *items, size_t n, const cc_export_options *opt)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(&b, "%s%.*s", i ? " " : "", CC_STR_ARG(items[i]));
	put_field(out, cc_buf_str(&b), opt);
	cc_buf_deinit(&b);
}

static void put_marker(cc_buf *out, size_t step, const cc_export_options *opt)
{
	cc_buf b = CC_BUF_INIT;
	if (opt->markers)
		cc_markers_caption(opt->markers, step, opt->redact, &b);
	put_field(out, cc_buf_str(&b), opt);
	out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static void put_step(cc_buf *out, const cc_record_line *line, size_t place, const cc_export_options *opt)
{
	const cc_record_step *s = line->as.step;
	bool hidden = false;
	for (size_t i = 0; i < s->arg_count && (opt->redact & CC_REDACT_NOTES); i++)
		hidden = hidden || cc_export_is_note(s, s->args[i].key);
	cc_buf_addf(out, "%llu,", (unsigned long long)s->number);
	cc_time_format(out, line->wall_ns);
	cc_buf_addf(out, ",%lld.%03lld,%s,", (long long)(s->active_ns / CC_NS_PER_S), (long long)(s->active_ns % CC_NS_PER_S / CC_NS_PER_MS),
		s->agent ? "agent" : "human");
	if (s->turn >= 0)
		cc_buf_addf(out, "%lld", (long long)s->turn);
	cc_buf_add_char(out, ',');
	put_field(out, s->command, opt);
	cc_buf_add_char(out, ',');
	put_field(out, hidden ? CC_STR(CC_EXPORT_HIDDEN) : s->line, opt);
	cc_buf_addf(out, ",%s,%llu,%llu,", s->query ? "yes" : "no", (unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
	put_list(out, s->shown.entities, s->shown.entity_count, opt);
	cc_buf_add_char(out, ',');
	put_list(out, s->shown.cites, s->shown.cite_count, opt);
	cc_buf_add_char(out, ',');
	put_field(out, s->code == CC_OK ? CC_STR_EMPTY : s->message, opt);
	cc_buf_addf(out, ",%.*s,", CC_STR_ARG(s->shown.digest));
	put_marker(out, place, opt);
	cc_buf_addz(out, "\r\n");
}

cc_code cc_export_csv(cc_buf *out, const cc_run *run, const cc_export_options *opt, cc_err *err)
{
	cc_buf_addz(out, "step,wall,active_s,actor,turn,command,line,query,rows,total,entities,cites,error,digest,marker\r\n");
	for (size_t i = 0; i < cc_run_step_count(run); i++)
		put_step(out, cc_run_step(run, i), i + 1, opt);
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
