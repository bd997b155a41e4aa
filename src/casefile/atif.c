/* atif.c - a record as an ATIF document (Harbor RFC 0001), see export.h.
 *
 * What one model call asked for is one step with several tool calls: our steps of one turn. A person's steps stand alone. Events of the
 * record that carry what was said ("message": source, text, reasoning) and what a call took ("usage": input_tokens,
 * output_tokens, cached_tokens, cost_usd) come before the steps of their turn and go into the next agent step. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "casefile/export_priv.h"
#include "coldcase/json.h"

typedef struct usage { double in, out, cached, cost; bool any; } usage;

typedef struct atif {
	cc_jw w;
	const cc_run *run;
	const cc_export_options *opt;
	int64_t step_id;
	cc_buf said, thought;        /* of the agent, for its next step */
	usage used, total;
	int64_t calls;               /* model calls since the last agent step */
} atif;

static void put(atif *a, const char *key, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_export_text(&b, text, a->opt);
	cc_jw_key(&a->w, key);
	cc_jw_str(&a->w, cc_buf_str(&b));
	a->w.out->failed |= b.failed;
	cc_buf_deinit(&b);
}

static void put_int(atif *a, const char *key, int64_t v)
{
	cc_jw_key(&a->w, key);
	cc_jw_int(&a->w, v);
}

static void put_time(atif *a, int64_t wall_ns)
{
	cc_buf b = CC_BUF_INIT;
	if (wall_ns == CC_TIME_NONE)
		return;
	cc_time_format_ms(&b, wall_ns); /* older readers take three or six digits only */
	put(a, "timestamp", cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* The members every step begins with. */
static void begin_step(atif *a, int64_t wall_ns, const char *source)
{
	cc_jw_object(&a->w);
	put_int(a, "step_id", ++a->step_id);
	put_time(a, wall_ns);
	cc_jw_key(&a->w, "source");
	cc_jw_strz(&a->w, source);
}

/* --- head --- */

static void put_briefing(atif *a, const cc_record_header *h)
{
	cc_buf b = CC_BUF_INIT;
	if (!a->opt->briefing || !a->opt->briefing(a->opt->arg, &b)) {
		cc_buf_clear(&b);
		cc_buf_addf(&b, "A frozen incident, %.*s: find its root causes.", CC_STR_ARG(h->scenario));
	}
	begin_step(a, h->wall_ns, "system");
	put(a, "message", cc_buf_str(&b));
	cc_jw_end_object(&a->w);
	cc_buf_deinit(&b);
}

/* The last "model" event names what was asked: {"provider":…,"model":…}. */
static cc_str model_of(const cc_run *run)
{
	cc_str model = CC_STR_EMPTY;
	for (size_t i = 0; i < cc_run_line_count(run); i++) {
		const cc_record_line *line = cc_run_line(run, i);
		if (line->type == CC_LINE_EVENT && cc_str_eqz(line->as.event->name, "model"))
			model = cc_json_get_str(cc_json_get(line->json, "data"), "model");
	}
	return model;
}

static void put_agent(atif *a, const cc_record_header *h)
{
	cc_str model = model_of(a->run);
	cc_jw_key(&a->w, "agent");
	cc_jw_object(&a->w);
	if (h->agent)
		put(a, "name", a->opt->redact & CC_REDACT_NAMES || !h->actor_name.n ? CC_STR("agent") : h->actor_name);
	else
		put(a, "name", CC_STR("human-console"));
	put(a, "version", h->version);
	if (h->agent && model.n)
		put(a, "model_name", model);
	if (!h->agent && !(a->opt->redact & CC_REDACT_NAMES)) {
		cc_jw_key(&a->w, "extra");
		cc_jw_object(&a->w);
		put(a, "player", h->actor_name);
		cc_jw_end_object(&a->w);
	}
	cc_jw_end_object(&a->w);
}

static void put_extra(atif *a, const cc_record_header *h)
{
	cc_jw_key(&a->w, "extra");
	cc_jw_object(&a->w);
	put(a, "program", CC_STR("coldcase"));
	put(a, "scenario", h->scenario);
	put_int(a, "trial", h->trial);
	if (!(a->opt->redact & CC_REDACT_NAMES))
		put(a, "snapshot_path", h->snapshot_path);
	if (cc_run_snapshot_sha256(a->run).n)
		put(a, "snapshot_sha256", cc_run_snapshot_sha256(a->run));
	put(a, "trajectory_sha256", cc_run_sha256(a->run));
	put_int(a, "budget", h->budget);
	put(a, "assistance", h->assistance);
	if (h->truth_seal.n)
		put(a, "truth_seal", h->truth_seal);
	cc_jw_end_object(&a->w);
}

/* --- steps --- */

static double number(const cc_json *v, const char *key)
{
	double d;
	return cc_json_double(cc_json_get(v, key), &d) ? d : 0;
}

static void add_usage(usage *to, const cc_json *data)
{
	to->in += number(data, "input_tokens");
	to->out += number(data, "output_tokens");
	to->cached += number(data, "cached_tokens");
	to->cost += number(data, "cost_usd");
	to->any = true;
}

/* Somebody else's words are a step of their own. */
static void take_message(atif *a, const cc_record_line *line, const cc_json *data)
{
	cc_str source = cc_json_get_str(data, "source");
	if (cc_str_eqz(source, "user") || cc_str_eqz(source, "system")) {
		begin_step(a, line->wall_ns, source.p[0] == 'u' ? "user" : "system");
		put(a, "message", cc_json_get_str(data, "text"));
		cc_jw_end_object(&a->w);
		return;
	}
	cc_buf_addf(&a->said, "%s%.*s", a->said.n ? "\n" : "", CC_STR_ARG(cc_json_get_str(data, "text")));
	cc_buf_addf(&a->thought, "%s%.*s", a->thought.n ? "\n" : "", CC_STR_ARG(cc_json_get_str(data, "reasoning")));
}

static void take_event(atif *a, const cc_record_line *line)
{
	const cc_json *data = cc_json_get(line->json, "data");
	if (cc_str_eqz(line->as.event->name, "usage")) {
		add_usage(&a->used, data);
		add_usage(&a->total, data);
		a->calls++;
	} else if (cc_str_eqz(line->as.event->name, "message")) {
		take_message(a, line, data);
	}
}

static const char *function_of(const cc_record_step *s, char name[64])
{
	if (!s->command.n)
		return "invalid";
	snprintf(name, 64, "%.*s", CC_STR_ARG(s->command));
	return strcmp(name, "submit") == 0 ? "finish" : name;
}

/* The answer as it was submitted: its reasons are notes. As deep as the reader of JSON goes. */
static void put_value(atif *a, const cc_json *v, bool note)
{
	cc_json_type type = cc_json_typeof(v);
	cc_buf text = CC_BUF_INIT;
	if (type == CC_JSON_STRING) {
		cc_export_text(&text, note && a->opt->redact & CC_REDACT_NOTES ? CC_STR(CC_EXPORT_HIDDEN) : cc_json_str(v), a->opt);
		cc_jw_str(&a->w, cc_buf_str(&text));
	} else if (type == CC_JSON_ARRAY) {
		cc_jw_array(&a->w);
		for (const cc_json *item = cc_json_first(v); item; item = cc_json_next(item))
			put_value(a, item, note);
		cc_jw_end_array(&a->w);
	} else if (type == CC_JSON_OBJECT) {
		cc_jw_object(&a->w);
		for (const cc_json *member = cc_json_first(v); member; member = cc_json_next(member)) {
			cc_str key = cc_json_key(member);
			cc_jw_key_str(&a->w, key);
			put_value(a, member, note || cc_str_eqz(key, "reasoning") || cc_str_eqz(key, "evidence"));
		}
		cc_jw_end_object(&a->w);
	} else {
		cc_json_write(&text, v, false);
		cc_jw_raw(&a->w, cc_buf_str(&text));
	}
	a->w.out->failed |= text.failed;
	cc_buf_deinit(&text);
}

static void put_call(atif *a, const cc_record_step *s)
{
	char id[32], name[64];
	snprintf(id, sizeof id, "call_%llu", (unsigned long long)s->number);
	cc_jw_object(&a->w);
	put(a, "tool_call_id", cc_str_from(id));
	put(a, "function_name", cc_str_from(function_of(s, name)));
	cc_jw_key(&a->w, "arguments");
	cc_jw_object(&a->w);
	if (!s->command.n)
		put(a, "line", s->line);
	for (size_t i = 0; i < s->arg_count; i++) {
		cc_buf value = CC_BUF_INIT;
		bool hide = a->opt->redact & CC_REDACT_NOTES && cc_export_is_note(s, s->args[i].key);
		cc_export_text(&value, hide ? CC_STR(CC_EXPORT_HIDDEN) : s->args[i].value, a->opt);
		cc_jw_key_str(&a->w, s->args[i].key);
		cc_jw_str(&a->w, cc_buf_str(&value));
		cc_buf_deinit(&value);
	}
	if (cc_str_eqz(s->command, "submit") && s->code == CC_OK && a->opt->answer) {
		cc_jw_key(&a->w, "answer");
		put_value(a, a->opt->answer, false);
	}
	cc_jw_end_object(&a->w);
	cc_jw_end_object(&a->w);
}

static void put_texts(atif *a, const char *key, const cc_str *items, size_t n)
{
	cc_jw_key(&a->w, key);
	cc_jw_array(&a->w);
	for (size_t i = 0; i < n; i++)
		cc_jw_str(&a->w, items[i]);
	cc_jw_end_array(&a->w);
}

static void put_content(atif *a, const cc_record_step *s)
{
	cc_buf b = CC_BUF_INIT;
	if (a->opt->redact & CC_REDACT_NOTES && cc_export_tells_notes(s)) {
		cc_buf_addz(&b, CC_EXPORT_HIDDEN);
	} else if (s->code != CC_OK) {
		cc_buf_addf(&b, "error: %.*s", CC_STR_ARG(s->message));
	} else if (!a->opt->text || !a->opt->text(a->opt->arg, s->number, &b)) {
		cc_buf_clear(&b);
		if (s->answered)
			cc_buf_addf(&b, "%.*s (%llu of %llu rows; what they said is not part of the record)", CC_STR_ARG(s->shown.title),
				(unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
		else
			cc_buf_addz(&b, "ok");
	}
	put(a, "content", cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void put_result(atif *a, const cc_record_step *s)
{
	char id[32];
	snprintf(id, sizeof id, "call_%llu", (unsigned long long)s->number);
	cc_jw_object(&a->w);
	put(a, "source_call_id", cc_str_from(id));
	put_content(a, s);
	cc_jw_key(&a->w, "extra");
	cc_jw_object(&a->w);
	put(a, "exit", cc_str_from(cc_code_name(s->code)));
	put_int(a, "duration_ms", s->took_ns / CC_NS_PER_MS);
	if (s->answered) {
		put(a, "title", s->shown.title);
		put_texts(a, "entities", s->shown.entities, s->shown.entity_count);
		put_texts(a, "cites", s->shown.cites, s->shown.cite_count);
		put_int(a, "rows", (int64_t)s->shown.rows);
		put_int(a, "total", (int64_t)s->shown.total);
		put_int(a, "bytes_total", (int64_t)s->shown.bytes);
		cc_jw_key(&a->w, "truncated");
		cc_jw_bool(&a->w, s->shown.truncated);
		cc_jw_key(&a->w, "partial");
		cc_jw_bool(&a->w, s->shown.partial);
		put(a, "sha256", s->shown.digest);
	}
	cc_jw_end_object(&a->w);
	cc_jw_end_object(&a->w);
}

static void put_metrics(atif *a, const char *prefix, const usage *u, int64_t steps)
{
	static const char *const NAMES[] = { "prompt_tokens", "completion_tokens", "cached_tokens" };
	const double values[] = { u->in, u->out, u->cached };
	char key[40];
	cc_jw_object(&a->w);
	for (size_t i = 0; i < 3 && u->any; i++) {
		snprintf(key, sizeof key, "%s%s", prefix, NAMES[i]);
		put_int(a, key, (int64_t)llround(values[i]));
	}
	snprintf(key, sizeof key, "%scost_usd", prefix);
	if (u->any && u->cost > 0) {
		cc_jw_key(&a->w, key);
		cc_jw_double(&a->w, u->cost);
	}
	if (steps >= 0)
		put_int(a, "total_steps", steps);
	cc_jw_end_object(&a->w);
}

/* What the agent said and what that took; a step of it is written even when it asked for nothing. */
static void begin_agent_step(atif *a, int64_t wall_ns, bool agent)
{
	if (agent && !a->calls && (a->said.n || a->thought.n))
		a->calls = 1; /* words come from a call, whether or not somebody counted it */
	begin_step(a, wall_ns, "agent");
	put(a, "message", cc_buf_str(&a->said));
	if (a->thought.n && a->calls)
		put(a, "reasoning_content", cc_buf_str(&a->thought));
	put_int(a, "llm_call_count", agent ? a->calls : 0);
}

static void end_agent_step(atif *a, bool agent)
{
	if (a->used.any && agent && a->calls) {
		cc_jw_key(&a->w, "metrics");
		put_metrics(a, "", &a->used, -1);
	}
	cc_jw_key(&a->w, "extra");
	cc_jw_object(&a->w);
	put(a, "actor", agent ? CC_STR("agent") : CC_STR("human"));
	cc_jw_end_object(&a->w);
	cc_jw_end_object(&a->w);
	cc_buf_clear(&a->said);
	cc_buf_clear(&a->thought);
	a->used = (usage){ 0 };
	a->calls = 0;
}

/* Lines [from, to) of the record are the steps of one turn. */
static void put_turn(atif *a, size_t from, size_t to)
{
	const cc_record_line *first = cc_run_line(a->run, from);
	bool agent = first->as.step->agent;
	begin_agent_step(a, first->wall_ns, agent);
	cc_jw_key(&a->w, "tool_calls");
	cc_jw_array(&a->w);
	for (size_t i = from; i < to; i++)
		put_call(a, cc_run_line(a->run, i)->as.step);
	cc_jw_end_array(&a->w);
	cc_jw_key(&a->w, "observation");
	cc_jw_object(&a->w);
	cc_jw_key(&a->w, "results");
	cc_jw_array(&a->w);
	for (size_t i = from; i < to; i++)
		put_result(a, cc_run_line(a->run, i)->as.step);
	cc_jw_end_array(&a->w);
	cc_jw_end_object(&a->w);
	end_agent_step(a, agent);
}

static bool same_turn(const cc_record_line *a, const cc_record_line *b)
{
	return b->type == CC_LINE_STEP && a->as.step->agent && b->as.step->agent && a->as.step->turn >= 0 &&
		a->as.step->turn == b->as.step->turn;
}

static void put_steps(atif *a)
{
	size_t n = cc_run_line_count(a->run);
	for (size_t i = 0; i < n;) {
		const cc_record_line *line = cc_run_line(a->run, i);
		size_t to = i + 1;
		if (line->type == CC_LINE_STEP) {
			while (to < n && same_turn(line, cc_run_line(a->run, to)))
				to++;
			put_turn(a, i, to);
		} else if (line->type == CC_LINE_EVENT) {
			take_event(a, line);
		}
		i = to;
	}
	if (a->said.n || a->thought.n) { /* the last word, after which nothing was asked for */
		begin_agent_step(a, cc_run_line(a->run, n - 1)->wall_ns, true);
		end_agent_step(a, true);
	}
}

static void put_document(atif *a, const cc_record_header *h, const char *version)
{
	char name[16];
	cc_str sha = cc_run_sha256(a->run);
	snprintf(name, sizeof name, "ATIF-v%s", version);
	cc_jw_object(&a->w);
	put(a, "schema_version", cc_str_from(name));
	put(a, "session_id", cc_str_sub(sha, 0, 32));
	put(a, "trajectory_id", cc_str_sub(sha, 32, 64));
	put_agent(a, h);
	cc_jw_key(&a->w, "steps");
	cc_jw_array(&a->w);
	put_briefing(a, h);
	put_steps(a);
	cc_jw_end_array(&a->w);
	cc_jw_key(&a->w, "final_metrics");
	put_metrics(a, "total_", &a->total, a->step_id);
	put_extra(a, h);
	cc_jw_end_object(&a->w);
	cc_buf_add_char(a->w.out, '\n');
}

cc_code cc_export_atif(cc_buf *out, const cc_run *run, const cc_export_options *opt, cc_err *err)
{
	const char *version = opt->atif ? opt->atif : "1.7";
	const cc_record_header *h = cc_run_header(run);
	atif a = { .run = run, .opt = opt };
	if (strcmp(version, "1.7") != 0 && strcmp(version, "1.8") != 0)
		return cc_err_set(err, CC_EUSAGE, "ATIF %s is not written; 1.7 and 1.8 are", version);
	if (!h)
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	cc_jw_init(&a.w, out, 2);
	put_document(&a, h, version);
	out->failed |= a.said.failed || a.thought.failed;
	cc_buf_deinit(&a.said);
	cc_buf_deinit(&a.thought);
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
