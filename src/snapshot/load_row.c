/* load_row.c - what the row functions of the tables ask for: cells, texts by number, who emitted the row, when.
 *
 * Neighbouring rows say the same things again: the minute of a time, the attribute map of the emitter. Both are
 * remembered, so that a map is parsed once per distinct cell and a calendar date once per minute. */
#include "snapshot/load.h"

#include <string.h>
#include <unistd.h>
#include "coldcase/xalloc.h"

struct load_cell {
	cc_str raw;              /* the memo's own copy */
	load_who id;             /* 0 = the map does not say */
	uint32_t who[LOAD_SETS]; /* number, when the map says all three and one was asked for; else 0 */
	bool is_map;
};

enum { CELL_BYTES_MAX = 16 << 20 };   /* of remembered cells: distinct maps may be as many as rows */

/* --- vocabulary --- */

static bool vocab_init(vocab *v)
{
	v->dict = cc_dict_new();
	return v->dict != NULL;
}

static void vocab_deinit(vocab *v)
{
	cc_dict_free(v->dict);
	cc_vec_deinit(&v->met);
	cc_vec_deinit(&v->global);
}

/* Notes a number that a piece read again uses; false: out of memory. */
static bool meet(load_numbers *met, load_numbers *list, const load_piece *p, uint32_t number)
{
	if (number >= met->n) {
		size_t more = number + 1 - met->n;
		if (!cc_vec_reserve(met, more))
			return false;
		memset(met->p + met->n, 0, more * sizeof *met->p);
		met->n += more;
	}
	if (met->p[number] == p->number + 1)
		return true;
	met->p[number] = p->number + 1;
	return cc_vec_push(list, number);
}

uint32_t cc_vocab_add(vocab *v, load_numbers *fresh, const load_piece *p, cc_str text, bool *failed)
{
	size_t known = cc_dict_count(v->dict);
	uint32_t number = cc_dict_add(v->dict, text);
	if (number == 0)
		return 0;
	bool ok = number != UINT32_MAX;
	if (ok && p->again)
		ok = meet(&v->met, fresh, p, number);
	else if (ok && number >= known)
		ok = cc_vec_push(fresh, number);
	*failed = *failed || !ok;
	return ok ? number : 0;
}

bool cc_load_worker_init(load_worker *w)
{
	*w = (load_worker){ .scratch = cc_arena_new(), .cells = cc_map_new(), .cell_keys = cc_arena_new(),
		.minute_ns = CC_TIME_NONE };
	bool ok = vocab_init(&w->texts);
	for (size_t i = 0; i < LOAD_SETS; i++)
		ok = vocab_init(&w->whos[i]) && ok;
	return ok && w->scratch && w->cells && w->cell_keys;
}

void cc_load_worker_rest(load_worker *w)
{
	cc_arena_free(w->scratch);
	cc_map_free(w->cells);
	cc_vec_deinit(&w->known);
	cc_arena_free(w->cell_keys);
	cc_vec_deinit(&w->pairs);
	cc_free(w->buffer);
	if (w->fd_file)
		close(w->fd);
	cc_vec_deinit(&w->rows);
	cc_load_leave_slab(&w->slab);
	cc_metric_worker_free(w->metric);
	cc_vec_deinit(&w->traces_met);
	cc_vec_deinit(&w->texts.met);
	w->scratch = w->cell_keys = NULL;
	w->cells = NULL;
	w->buffer = NULL;
	w->fd_file = 0;
	w->metric = NULL;
}

void cc_load_worker_deinit(load_worker *w)
{
	cc_load_worker_rest(w);
	vocab_deinit(&w->texts);
	for (size_t i = 0; i < LOAD_SETS; i++)
		vocab_deinit(&w->whos[i]);
	cc_id_table_deinit(&w->traces);
	cc_vec_deinit(&w->traces_global);
}

/* --- cells and remarks --- */

cc_str cc_load_raw(const load_row *r, int column)
{
	return r->c[column] >= 0 ? r->row->fields[r->c[column]] : CC_STR_EMPTY;
}

cc_str cc_load_cell(const load_row *r, int column)
{
	cc_str raw = cc_load_raw(r, column);
	return raw.n == 0 || raw.p[0] != '"' ? raw : cc_tsv_decode(raw, r->w->scratch);
}

uint32_t cc_load_text(const load_row *r, cc_str text)
{
	load_worker *w = r->w;
	load_near *near = &w->near_texts[cc_str_sample(text) % LOAD_NEAR];
	if (near->number && !r->piece->again && cc_str_eq(near->text, text))
		return near->number;
	uint32_t number = cc_vocab_add(&w->texts, &r->piece->texts, r->piece, text, &w->failed);
	*near = (load_near){ cc_dict_get(w->texts.dict, number), number };
	return number;
}

uint32_t cc_load_trace(const load_row *r, cc_id128 id)
{
	load_worker *w = r->w;
	if (!id.hi && !id.lo)
		return 0;
	size_t known = w->traces.ids.n;
	uint32_t number = cc_id_add(&w->traces, id);
	bool ok = number != 0;
	if (ok && r->piece->again)
		ok = meet(&w->traces_met, &r->piece->traces, r->piece, number);
	else if (ok && number > known)
		ok = cc_vec_push(&r->piece->traces, number);
	w->failed = w->failed || !ok;
	return ok ? number : 0;
}

static bool has_remark(const load_piece *p, load_remark_kind kind)
{
	for (size_t i = 0; i < p->remark_count; i++)
		if (p->remarks[i].kind == kind)
			return true;
	return false;
}

static void remark(load_piece *p, load_remark_kind kind, uint32_t record, const char *what)
{
	if (has_remark(p, kind) || p->remark_count == sizeof p->remarks / sizeof *p->remarks)
		return;
	load_remark *m = &p->remarks[p->remark_count++];
	*m = (load_remark){ .kind = kind, .record = record };
	size_t n = strlen(what);
	memcpy(m->what, what, n < sizeof m->what ? n : sizeof m->what - 1);
}

void cc_load_note(const load_row *r, const char *what)
{
	remark(r->piece, LOAD_NOTE, r->record, what);
}

void cc_load_skip(load_piece *p, uint32_t record, const char *what)
{
	remark(p, LOAD_SKIP, record, what);
	p->skipped++;
}

/* --- who --- */

/* First value under one of the keys, in their order of preference. */
static cc_str pick(const cc_kv_vec *pairs, const char *const keys[], size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < pairs->n; i++)
			if (pairs->p[i].value.n > 0 && cc_str_eqz(pairs->p[i].key, keys[k]))
				return pairs->p[i].value;
	return CC_STR_EMPTY;
}

static uint32_t number_of_who(const load_row *r, load_who id)
{
	cc_str bytes = { (const char *)&id, sizeof id };
	load_piece *p = r->piece;
	uint32_t number = cc_vocab_add(&r->w->whos[p->set], &p->whos, p, bytes, &r->w->failed);
	if (number > LOAD_WHO_MAX)
		r->w->failed = true;
	return number;
}

static load_cell parse_cell(const load_row *r, cc_str raw)
{
	static const char *const service[] = { "service.name", "service_name" };
	static const char *const ns[] = { "k8s.namespace.name", "k8s_namespace_name", "k8s.namespace", "namespace" };
	static const char *const pod[] = { "k8s.pod.name", "k8s_pod_name", "pod_name", "pod" };
	load_worker *w = r->w;
	w->pairs.n = 0;
	load_cell c = { .is_map = cc_literal_map(&w->pairs, cc_tsv_decode(raw, w->scratch), w->scratch) };
	c.id.service = cc_load_text(r, pick(&w->pairs, service, 2));
	c.id.ns = cc_load_text(r, pick(&w->pairs, ns, 4));
	c.id.pod = cc_load_text(r, pick(&w->pairs, pod, 4));
	return c;
}

static void forget_cells(load_worker *w)
{
	cc_map *empty = cc_map_new();
	if (!empty) {
		w->failed = true;
		return;
	}
	cc_map_free(w->cells);
	w->cells = empty;
	w->known.n = 0;
	memset(w->near_cells, 0, sizeof w->near_cells);
	cc_arena_reset(w->cell_keys);
}

static load_cell *cell_of(const load_row *r, cc_str raw)
{
	load_worker *w = r->w;
	uint64_t index;
	size_t near = cc_str_sample(raw) % LOAD_NEAR;
	if (w->near_cells[near] && cc_str_eq(raw, w->known.p[w->near_cells[near] - 1].raw))
		return &w->known.p[w->near_cells[near] - 1];
	if (!cc_map_get(w->cells, raw, &index)) {
		if (cc_arena_bytes(w->cell_keys) > CELL_BYTES_MAX)
			forget_cells(w);
		load_cell c = parse_cell(r, raw);
		c.raw = cc_arena_dup(w->cell_keys, raw);
		index = w->known.n;
		if (!c.raw.p || !cc_vec_push(&w->known, c) || !cc_map_set(w->cells, c.raw, index)) {
			w->failed = true;
			return NULL;
		}
	}
	w->near_cells[near] = (uint32_t)index + 1;
	return &w->known.p[index];
}

/* What the memo knows is not asked of the vocabulary, which a piece read again must be told. */
static void meet_texts(const load_row *r, load_who id)
{
	const uint32_t texts[] = { id.service, id.ns, id.pod };
	for (size_t i = 0; r->piece->again && i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && !meet(&r->w->texts.met, &r->piece->texts, r->piece, texts[i]))
			r->w->failed = true;
}

uint32_t cc_load_who(const load_row *r, int resource, int service, int ns, int pod)
{
	const load_piece *p = r->piece;
	cc_str raw = cc_load_raw(r, resource);
	load_cell *c = raw.n ? cell_of(r, raw) : NULL;
	if (c && c->who[p->set] && !p->again)
		return c->who[p->set];
	load_who id = c ? c->id : (load_who){ 0, 0, 0 };
	if (c && !c->is_map)
		cc_load_note(r, "ResourceAttributes is no map; its names are not known");
	meet_texts(r, id);
	if (id.service && id.ns && id.pod)
		return c->who[p->set] = number_of_who(r, id);
	if (!id.service)
		id.service = cc_load_text(r, cc_load_cell(r, service));
	if (!id.ns)
		id.ns = cc_load_text(r, cc_load_cell(r, ns));
	if (!id.pod)
		id.pod = cc_load_text(r, cc_load_cell(r, pod));
	return number_of_who(r, id);
}

/* --- when --- */

/* "05.123456789": seconds with at most nine decimals, nothing behind them; -1 for anything else. */
static int64_t seconds_ns(const char *p, size_t n)
{
	if (n < 2 || n > 12 || n == 3 || p[0] < '0' || p[0] > '5' || p[1] < '0' || p[1] > '9' || (n > 2 && p[2] != '.'))
		return -1;
	int64_t ns = (p[0] - '0') * 10 + (p[1] - '0');
	for (size_t i = 3; i < 12; i++) {
		int digit = i < n ? p[i] - '0' : 0;
		if (digit < 0 || digit > 9)
			return -1;
		ns = ns * 10 + digit;
	}
	return ns;
}

enum { MINUTE = 16, SECONDS_AT = 17 };

static void remember_minute(load_worker *w, cc_str text, int64_t ns)
{
	int64_t seconds = text.n > SECONDS_AT && text.p[MINUTE] == ':' ?
		seconds_ns(text.p + SECONDS_AT, text.n - SECONDS_AT) : -1;
	if (seconds < 0)
		return;
	memcpy(w->minute, text.p, MINUTE);
	w->minute_ns = ns - seconds;
}

int64_t cc_load_time_of(load_worker *w, cc_str text)
{
	int64_t ns;
	if (w->minute_ns != CC_TIME_NONE && text.n > SECONDS_AT && text.p[MINUTE] == ':' &&
		memcmp(text.p, w->minute, MINUTE) == 0) {
		ns = seconds_ns(text.p + SECONDS_AT, text.n - SECONDS_AT);
		if (ns >= 0)
			return w->minute_ns + ns;
	}
	if (!cc_snapshot_time(text, &ns))
		return CC_TIME_NONE;
	remember_minute(w, text, ns);
	return ns;
}

void cc_range_add(cc_range *r, int64_t ns)
{
	if (ns == CC_TIME_NONE)
		return;
	r->from_ns = r->from_ns == CC_TIME_NONE || ns < r->from_ns ? ns : r->from_ns;
	r->to_ns = r->to_ns == CC_TIME_NONE || ns > r->to_ns ? ns : r->to_ns;
}

/* A record that carried only an observed time has 1970 here: no time is better than a wrong one. */
int64_t cc_load_time(const load_row *r, int column)
{
	cc_str text = cc_load_cell(r, column);
	int64_t raw, ns = cc_load_time_of(r->w, text);
	if (ns == CC_TIME_NONE && text.n > 0 &&
		!(cc_time_parse(cc_str_trim(text), &raw) && raw >= 0 && raw < 86400 * CC_NS_PER_S))
		cc_load_note(r, "unreadable timestamp; the row has no time");
	cc_range_add(&r->piece->range, ns);
	return ns;
}
