/* fuzz_k8sbody.c - each line of the input is the body of one polled object and of one event, all of it is an alert
 * file; then entities, groups and the topology are built from that. No file is touched. */
#include "fuzz.h"
#include "coldcase/xalloc.h"
#include "snapshot/snapshot_priv.h"

#define HEADER "Timestamp\tBody\tLogAttributes\n"

static void add_quoted(cc_buf *out, cc_str body)
{
	cc_buf_add_char(out, '"');
	for (size_t i = 0; i < body.n; i++) {
		if (body.p[i] == '"')
			cc_buf_add_char(out, '"');
		cc_buf_add_char(out, body.p[i]);
	}
	cc_buf_add_char(out, '"');
}

static void add_rows(cc_buf *out, cc_str input)
{
	cc_str line;
	int minute = 0;

	cc_buf_addz(out, HEADER);
	while (input.n > 0) {
		cc_str_cut(input, '\n', &line, &input);
		cc_buf_addf(out, "2025-12-15 13:%02d:00\t", minute++ % 60);
		add_quoted(out, line);
		cc_buf_addz(out, "\t{'k8s.resource.name': 'pods'}\n");
	}
}

static void add_file(cc_snapshot *s, cc_file_kind kind, const char *name, cc_str text)
{
	snapshot_file f = {.info = {.kind = kind, .path = cc_str_from(name), .bytes = text.n},
	    .stamp_ns = CC_TIME_NONE,
	    .chosen = true,
	    .mapped = true};

	f.map.text = text;
	if (kind != CC_FILE_ALERTS && cc_tsv_init(&f.tsv, text, NULL) != CC_OK)
		return;
	if (!cc_vec_push(&s->files, f))
		s->failed = true;
}

static cc_code build(cc_snapshot *s)
{
	cc_code (*const steps[])(cc_snapshot *, cc_err *) = {cc_alerts_load, cc_objects_load, cc_events_load,
	    cc_entity_build, cc_alerts_bind, cc_objects_bind, cc_events_bind, cc_topology_build};
	cc_code code = CC_OK;
	cc_err err;

	for (size_t i = 0; code == CC_OK && i < sizeof steps / sizeof steps[0]; i++)
		code = steps[i](s, &err);
	return code;
}

static void look_around(const cc_snapshot *s)
{
	cc_arena *arena = cc_arena_new();
	cc_entity_vec seen = { 0 };
	cc_entity_id id;
	cc_err err;

	for (size_t i = 0; arena && i < cc_objects_count(s); i++)
		cc_objects_body(s, &cc_objects_get(s, i)->obs[0], arena);
	for (cc_entity_id e = 1; e <= cc_entity_count(s); e++)
		if (cc_entity_members(s, e, &seen) == CC_OK)
			cc_entity_covers(s, e, cc_entity_get(s, e)->owner);
	for (cc_entity_id e = 1; e <= cc_entity_count(s) && e < 20; e++)
		if (cc_entity_resolve(s, cc_entity_name(s, e), &id, &seen, &err) != CC_OK)
			continue;
	cc_vec_deinit(&seen);
	cc_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_snapshot s = { .arena = cc_arena_new(), .dict = cc_dict_new(), .range = { CC_TIME_NONE, CC_TIME_NONE } };
	cc_str input = { (const char *)data, size };
	cc_buf rows = CC_BUF_INIT;

	add_rows(&rows, input);
	if (s.arena && s.dict && cc_buf_ok(&rows)) {
		add_file(&s, CC_FILE_ALERTS, "alerts_at.json", input);
		add_file(&s, CC_FILE_OBJECTS, "objects.tsv", cc_buf_str(&rows));
		add_file(&s, CC_FILE_EVENTS, "events.tsv", cc_buf_str(&rows));
		if (build(&s) == CC_OK)
			look_around(&s);
	}
	cc_alerts_unload(&s);
	cc_objects_unload(&s);
	cc_events_unload(&s);
	cc_entity_unload(&s);
	cc_topology_unload(&s);
	for (size_t i = 0; i < s.files.n; i++)
		row_starts_deinit(&s.files.p[i].starts);
	cc_vec_deinit(&s.files);
	cc_buf_deinit(&rows);
	cc_dict_free(s.dict);
	cc_arena_free(s.arena);
	return 0;
}
