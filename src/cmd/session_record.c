/* session_record.c - what the session writes down: the header of the run, its steps, views, the digest of the evidence, the end.
 *
 * A step tells what its reply showed in terms of the evidence: entities, citations, counts and the digest of the canonical
 * JSON. The evidence is hashed on a thread of its own, for it may take seconds. A write that fails is told once, in the notes
 * of the next reply; the investigation goes on. */
#include <stdlib.h>

#include "cmd/session_priv.h"
#include "coldcase/entity.h"
#include "coldcase/map.h"
#include "coldcase/sha256.h"

void cc_session_record_problem(cc_session *s, cc_code code, const cc_err *err)
{
	if (code == CC_OK || s->problem.n)
		return;
	cc_buf_addz(&s->problem, err->message);
}

/* --- opening --- */

/* Where records cannot be locked, nobody notices a second writer; the record and its player are told. */
void cc_session_note_unlocked(cc_session *s)
{
	const char *why = cc_record_unlocked(s->record);
	cc_buf json = CC_BUF_INIT;
	cc_err told = { 0 };
	cc_jw w;

	if (!why)
		return;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "reason");
	cc_jw_strz(&w, why);
	cc_jw_end_object(&w);
	if (cc_buf_ok(&json))
		cc_session_event(s, "unlocked", cc_buf_str(&json));
	cc_buf_deinit(&json);
	cc_session_record_problem(s, cc_err_set(&told, CC_EIO, "the record cannot be locked (%s): see that nothing else writes it", why), &told);
}

static void *digest_main(void *arg)
{
	cc_session *s = arg;
	char hex[65] = "";
	cc_err err = { 0 };
	cc_code code = cc_snapshot_digest(s->snapshot, &s->digest_cancel, hex, &err);
	cc_record_digest line = { .sha256 = CC_STR_EMPTY, .error = CC_STR_EMPTY };

	if (code == CC_OK)
		line.sha256 = cc_str_from(hex);
	else
		line.error = cc_str_from(err.message[0] ? err.message : cc_code_text(code));
	/* A failed write shows in the count of lost lines, which the end line tells. */
	(void)!cc_record_add_digest(s->record, &line, NULL);
	return NULL;
}

static void digest_join(cc_session *s, bool wait)
{
	if (!s->digest_running)
		return;
	if (!wait)
		cc_cancel_set(&s->digest_cancel);
	pthread_join(s->digest_thread, NULL);
	s->digest_running = false;
}

void cc_session_digest_stop(cc_session *s)
{
	digest_join(s, false);
}

/* Hashing reads every byte: it does not compete with reading the evidence, but comes after it. */
void cc_session_digest_start(cc_session *s)
{
	if (s->record && !cc_record_ended(s->record) && !s->digest_running)
		s->digest_running = pthread_create(&s->digest_thread, NULL, digest_main, s) == 0;
}

static const char *actor_name(const cc_session_options *opt)
{
	const char *user = getenv("USER");

	if (opt->actor_name && *opt->actor_name)
		return opt->actor_name;
	return user && *user ? user : "unknown";
}

cc_code cc_session_record_open(cc_session *s, const cc_session_options *opt, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_record_header h = { .version = CC_STR(CC_VERSION), .scenario = cc_snapshot_name(s->snapshot),
		.snapshot_path = cc_snapshot_path(s->snapshot), .agent = opt->agent, .actor_name = cc_str_from(actor_name(opt)),
		.budget = opt->budget, .assistance = cc_str_from(opt->assistance), .known_only = opt->known_only, .live = s->live,
		.truth_seal = cc_str_from(opt->truth_seal) };
	cc_code code;

	if (!arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_record_list_files(s->snapshot, arena, &h) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_record_make_dir(&s->run_dir, &h.trial, opt->out_dir, h.scenario, err);
	if (code == CC_OK)
		code = cc_record_open(&s->record, s->run_dir.p, &h, s->snapshot, err);
	s->sealed = code == CC_OK && h.truth_seal.n > 0;
	if (code == CC_OK)
		cc_session_note_unlocked(s);
	if (code == CC_OK && !s->loader)
		cc_session_digest_start(s);
	cc_arena_free(arena);
	return code;
}

/* --- what a reply showed --- */

typedef struct shown_list {
	CC_VEC(cc_str) items;
	cc_map *seen;
	bool failed;
} shown_list;

typedef struct shown_state {
	const cc_snapshot *snapshot;
	cc_arena *arena;
	shown_list entities, cites;
} shown_state;

static void add_once(shown_list *list, cc_str text)
{
	uint64_t *slot;

	if (!text.n || !text.p || list->failed)
		return;
	slot = cc_map_slot(list->seen, text, 0);
	if (!slot || (!*slot && !cc_vec_push(&list->items, text)))
		list->failed = true;
	else
		*slot = 1;
}

static void add_entity(shown_state *st, cc_entity_id id)
{
	cc_buf text = CC_BUF_INIT;

	if (!id)
		return;
	cc_entity_format(st->snapshot, id, &text);
	add_once(&st->entities, cc_arena_dup(st->arena, cc_buf_str(&text)));
	cc_buf_deinit(&text);
}

static void add_cite(shown_state *st, cc_cite cite)
{
	cc_buf text = CC_BUF_INIT;

	if (!cite.file)
		return;
	cc_cite_format(st->snapshot, cite, &text);
	add_once(&st->cites, cc_arena_dup(st->arena, cc_buf_str(&text)));
	cc_buf_deinit(&text);
}

static void add_cell(shown_state *st, const cc_cell *cell)
{
	if (cell->type == CC_CELL_ENTITY)
		add_once(&st->entities, cell->text);
	else if (cell->type == CC_CELL_CITE)
		add_once(&st->cites, cell->text);
}

static void add_section(shown_state *st, const cc_section *sec)
{
	for (size_t i = 0; i < sec->fact_count; i++)
		add_cell(st, &sec->facts[i].cell);
	for (size_t i = 0; i < sec->row_count; i++) {
		add_entity(st, sec->rows[i].entity);
		add_cite(st, sec->rows[i].cite);
		for (size_t k = 0; k < sec->column_count; k++)
			add_cell(st, &sec->rows[i].cells[k]);
	}
	for (size_t i = 0; i < sec->line_count; i++) {
		add_entity(st, sec->lines[i].entity);
		add_cite(st, sec->lines[i].cite);
	}
	for (size_t i = 0; i < sec->series_count; i++)
		add_cite(st, sec->series[i].cite);
}

static void shown_counts(const cc_reply *reply, cc_record_shown *out)
{
	cc_paging paging = cc_reply_paging(reply);

	out->title = cc_reply_title(reply);
	out->rows = paging.returned_count;
	out->total = paging.total_count;
	out->truncated = paging.truncated;
	out->partial = paging.partial;
}

/* Size and digest of the canonical JSON. */
static bool shown_digest(const cc_reply *reply, cc_arena *arena, cc_record_shown *out)
{
	cc_buf json = CC_BUF_INIT;
	char hex[65];
	bool ok;

	cc_reply_write_canonical(reply, &json);
	ok = cc_buf_ok(&json);
	if (ok) {
		cc_sha256_of(cc_buf_str(&json), hex);
		out->bytes = json.n;
		out->digest = cc_arena_dup(arena, cc_str_from(hex));
		ok = out->digest.p != NULL;
	}
	cc_buf_deinit(&json);
	return ok;
}

/* Moves a list into the arena. */
static bool take_list(shown_list *list, cc_arena *arena, const cc_str **out, size_t *count)
{
	cc_str *copy = list->failed ? NULL : cc_arena_array(arena, list->items.n, sizeof *copy);

	for (size_t i = 0; copy && i < list->items.n; i++)
		copy[i] = list->items.p[i];
	*out = copy;
	*count = copy ? list->items.n : 0;
	return copy != NULL;
}

cc_code cc_session_collect(const cc_session *s, const cc_reply *reply, cc_arena *arena, cc_record_shown *out, cc_err *err)
{
	shown_state st = { .snapshot = s->snapshot, .arena = arena };
	bool ok;

	st.entities.seen = cc_map_new();
	st.cites.seen = cc_map_new();
	ok = st.entities.seen && st.cites.seen;
	for (size_t i = 0; ok && i < cc_reply_section_count(reply); i++)
		add_section(&st, cc_reply_section(reply, i));
	shown_counts(reply, out);
	ok = ok && take_list(&st.entities, arena, &out->entities, &out->entity_count) &&
		take_list(&st.cites, arena, &out->cites, &out->cite_count) && shown_digest(reply, arena, out);
	cc_map_free(st.entities.seen);
	cc_map_free(st.cites.seen);
	cc_vec_deinit(&st.entities.items);
	cc_vec_deinit(&st.cites.items);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- lines --- */

void cc_session_record_step(cc_session *s, cc_record_step *step)
{
	cc_err err = { 0 };

	step->agent = s->agent;
	step->turn = s->turn;
	step->queries = cc_case_budget(s->kase).used;
	step->active_ns = cc_case_active_ns(s->kase);
	step->now_ns = s->live.speed ? s->live_now_ns : 0;
	step->actions = s->actions.p;
	step->action_count = s->actions.n;
	cc_session_record_problem(s, cc_record_add_step(s->record, step, &err), &err);
}

static cc_code write_view(cc_session *s, cc_err *err)
{
	cc_session_view_pending *p = &s->view;
	cc_record_view v = { .pane = cc_buf_str(&p->pane), .command = cc_buf_str(&p->command), .selected = p->selected,
		.top = p->top, .columns = p->columns, .rows = p->rows };

	if (!p->set)
		return CC_OK;
	p->set = false;
	return cc_record_add_view(s->record, &v, err);
}

void cc_session_record_view(cc_session *s)
{
	cc_err err = { 0 };
	cc_code code;

	if (!s->record || cc_record_ended(s->record))
		return;
	pthread_mutex_lock(&s->view_lock);
	code = write_view(s, &err);
	pthread_mutex_unlock(&s->view_lock);
	cc_session_record_problem(s, code, &err);
}

void cc_session_record_end(cc_session *s, const char *reason, bool wait_for_digest)
{
	cc_err err = { 0 };
	cc_record_end end = { .reason = cc_str_from(reason), .turn = s->turn };

	if (!s->record)
		return;
	if (wait_for_digest && s->loader && !cc_record_ended(s->record))
		cc_session_digest_start(s);     /* submitted before all was read */
	digest_join(s, wait_for_digest);
	if (cc_record_ended(s->record))
		return;
	cc_session_record_view(s);
	end.queries = cc_case_budget(s->kase).used;
	end.active_ns = cc_case_active_ns(s->kase);
	cc_session_record_problem(s, cc_record_add_end(s->record, &end, &err), &err);
}
