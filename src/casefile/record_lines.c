/* record_lines.c - what each line type says, as JSON members; coldcase-trajectory(5) documents every key. */
#include "casefile/record_priv.h"

/* A text, or null where there is none. */
static void put_str_or_null(cc_jw *w, const char *key, cc_str value)
{
	cc_jw_key(w, key);
	if (value.n)
		cc_jw_str(w, value);
	else
		cc_jw_null(w);
}

static void put_count(cc_jw *w, const char *key, uint64_t value)
{
	cc_jw_put_int(w, key, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

/* A count that people do not have, or a cap that is not set. */
static void put_int_or_null(cc_jw *w, const char *key, bool known, int64_t value)
{
	cc_jw_key(w, key);
	if (known)
		cc_jw_int(w, value);
	else
		cc_jw_null(w);
}

static void put_strings(cc_jw *w, const char *key, const cc_str *list, size_t n)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; i < n; i++)
		cc_jw_str(w, list[i]);
	cc_jw_end_array(w);
}

static void put_actor(cc_jw *w, bool agent)
{
	cc_jw_put_str(w, "actor", cc_str_from(agent ? "agent" : "human"));
}

static void put_files(cc_jw *w, const cc_record_header *h)
{
	uint64_t bytes = 0;

	cc_jw_key(w, "evidence");
	cc_jw_array(w);
	for (size_t i = 0; i < h->file_count; i++) {
		cc_jw_object(w);
		cc_jw_put_str(w, "path", h->files[i].path);
		put_count(w, "bytes", h->files[i].bytes);
		put_int_or_null(w, "records", !h->files[i].unread, (int64_t)h->files[i].records);
		put_int_or_null(w, "skipped", !h->files[i].unread, (int64_t)h->files[i].skipped);
		cc_jw_end_object(w);
		bytes += h->files[i].bytes;
	}
	cc_jw_end_array(w);
	put_count(w, "evidence_bytes", bytes);
}

static void put_live(cc_jw *w, const cc_live *l)
{
	cc_jw_key(w, "live");
	cc_jw_object(w);
	cc_jw_put_int(w, "speed", l->speed);
	cc_jw_put_int(w, "from_ns", l->from_ns);
	cc_jw_put_int(w, "to_ns", l->to_ns);
	cc_jw_put_bool(w, "pausable", l->pausable);
	cc_jw_end_object(w);
}

void cc_record_write_header(cc_jw *w, const cc_record_header *h)
{
	cc_jw_put_str(w, "format", CC_STR(CC_RECORD_FORMAT));
	cc_jw_put_int(w, "format_version", CC_RECORD_FORMAT_VERSION);
	cc_jw_put_str(w, "version", h->version);
	cc_jw_put_str(w, "scenario", h->scenario);
	cc_jw_put_str(w, "snapshot_path", h->snapshot_path);
	cc_jw_put_int(w, "trial", h->trial);
	put_actor(w, h->agent);
	cc_jw_put_str(w, "actor_name", h->actor_name);
	put_int_or_null(w, "budget", h->budget > 0, h->budget);
	put_str_or_null(w, "assistance", h->assistance);
	if (h->known_only)
		cc_jw_put_bool(w, "known_only", true);
	if (h->live.speed)
		put_live(w, &h->live);
	if (h->origin.n)
		cc_jw_put_str(w, "origin", h->origin);
	put_str_or_null(w, "truth_seal", h->truth_seal);
	put_files(w, h);
}

static void put_shown(cc_jw *w, const cc_record_step *step)
{
	const cc_record_shown *s = &step->shown;

	cc_jw_key(w, "shown");
	if (!step->answered) {
		cc_jw_null(w);
		return;
	}
	cc_jw_object(w);
	cc_jw_put_str(w, "title", s->title);
	put_strings(w, "entities", s->entities, s->entity_count);
	put_strings(w, "cites", s->cites, s->cite_count);
	put_count(w, "rows", s->rows);
	put_count(w, "total", s->total);
	put_count(w, "bytes", s->bytes);
	cc_jw_put_str(w, "digest", s->digest);
	cc_jw_put_bool(w, "truncated", s->truncated);
	cc_jw_put_bool(w, "partial", s->partial);
	cc_jw_end_object(w);
}

static void put_time(cc_jw *w, int64_t ns)
{
	cc_buf b = CC_BUF_INIT;

	cc_time_format(&b, ns);
	cc_jw_str(w, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

/* Only where it says something: nearly all steps are made over everything. */
static void put_loaded(cc_jw *w, const cc_record_step *step)
{
	if (!step->loading)
		return;
	cc_jw_key(w, "loaded");
	cc_jw_object(w);
	put_strings(w, "whole", step->whole, step->whole_count);
	cc_jw_key(w, "heads");
	cc_jw_object(w);
	for (size_t i = 0; i < step->head_count; i++) {
		cc_jw_key_str(w, step->heads[i].kind);
		cc_jw_array(w);
		put_time(w, step->heads[i].range.from_ns);
		put_time(w, step->heads[i].range.to_ns);
		cc_jw_end_array(w);
	}
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

static void put_looked(cc_jw *w, const cc_record_step *step)
{
	if (!step->stopped)
		return;
	cc_jw_put_int(w, "looked", (int64_t)step->looked);
}

static void put_error(cc_jw *w, const cc_record_step *step)
{
	cc_jw_key(w, "error");
	if (step->code == CC_OK) {
		cc_jw_null(w);
		return;
	}
	cc_jw_object(w);
	cc_jw_put_str(w, "code", cc_str_from(cc_code_name(step->code)));
	cc_jw_put_str(w, "message", step->message);
	cc_jw_end_object(w);
}

static void put_args(cc_jw *w, const cc_record_step *step)
{
	cc_jw_key(w, "args");
	cc_jw_object(w);
	for (size_t i = 0; i < step->arg_count; i++) {
		cc_jw_key_str(w, step->args[i].key);
		cc_jw_str(w, step->args[i].value);
	}
	cc_jw_end_object(w);
}

void cc_record_write_step(cc_jw *w, const cc_record_step *step, uint64_t number, const cc_snapshot *s, int64_t start_ns)
{
	put_count(w, "step", number);
	put_actor(w, step->agent);
	cc_jw_put_str(w, "line", step->line);
	put_str_or_null(w, "command", step->command);
	put_args(w, step);
	cc_jw_put_bool(w, "query", step->query);
	cc_jw_put_int(w, "queries", step->queries);
	put_int_or_null(w, "turns", step->turn >= 0, step->turn);
	cc_jw_put_int(w, "active_ns", step->active_ns);
	if (step->now_ns)
		cc_jw_put_int(w, "now_ns", step->now_ns);
	cc_jw_put_int(w, "took_ns", step->took_ns);
	put_shown(w, step);
	put_loaded(w, step);
	put_looked(w, step);
	put_error(w, step);
	cc_jw_key(w, "actions");
	cc_jw_array(w);
	for (size_t i = 0; i < step->action_count; i++)
		cc_record_write_action(w, &step->actions[i], s, start_ns);
	cc_jw_end_array(w);
}

void cc_record_write_view(cc_jw *w, const cc_record_view *view)
{
	cc_jw_put_str(w, "pane", view->pane);
	cc_jw_put_str(w, "command", view->command);
	put_count(w, "selected", view->selected);
	put_count(w, "top", view->top);
	cc_jw_put_int(w, "columns", view->columns);
	cc_jw_put_int(w, "rows", view->rows);
}

void cc_record_write_digest(cc_jw *w, const cc_record_digest *digest)
{
	put_str_or_null(w, "snapshot_sha256", digest->sha256);
	put_str_or_null(w, "error", digest->error);
}

/* Whatever is handed in stays one value on one line: it is read and written anew; what is no JSON is kept as a text. */
void cc_record_write_event(cc_jw *w, const cc_record_event *event)
{
	cc_json *json = NULL;
	cc_buf text = CC_BUF_INIT;

	cc_jw_put_str(w, "event", event->name);
	cc_jw_key(w, "data");
	if (cc_json_parse(&json, event->json, NULL) == CC_OK) {
		cc_json_write(&text, json, false);
		cc_jw_raw(w, cc_buf_str(&text));
		w->out->failed |= text.failed;
	} else if (event->json.n) {
		cc_jw_str(w, event->json);
	} else {
		cc_jw_null(w);
	}
	cc_buf_deinit(&text);
	cc_json_free(json);
}

void cc_record_write_end(cc_jw *w, const cc_record_end *end)
{
	cc_jw_put_str(w, "reason", end->reason);
	cc_jw_put_int(w, "queries", end->queries);
	put_int_or_null(w, "turns", end->turn >= 0, end->turn);
	cc_jw_put_int(w, "active_ns", end->active_ns);
	put_count(w, "lost", end->lost);
}
