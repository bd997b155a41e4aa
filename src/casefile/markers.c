/* markers.c - which moments a record marks by itself, and the list that those set by hand join.
 *
 * Most steps of a long record only spend a query. They are told by the text of their line; only what may mark something is
 * decoded. */
#include "coldcase/markers.h"

#include <stdio.h>
#include <string.h>

#include "casefile/record_run.h"
#include "coldcase/export.h"
#include "coldcase/xalloc.h"

enum { TRIM = 1024 };                   /* decoded lines kept while the record is gone through */

struct cc_markers {
	CC_VEC(cc_marker) list;         /* by step, then by kind */
	cc_arena *arena;                /* of their captions */
	size_t steps;
};

static const char *const KIND_NAMES[] = {
	[CC_MARKER_HAND] = "hand", [CC_MARKER_MARK] = "mark", [CC_MARKER_CAUSE] = "cause", [CC_MARKER_WRONG] = "wrong",
	[CC_MARKER_HYPOTHESIS] = "hypothesis", [CC_MARKER_HINT] = "hint", [CC_MARKER_SUBMIT] = "submit",
};

const char *cc_marker_kind_name(cc_marker_kind kind)
{
	return KIND_NAMES[kind];
}

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- the list --- */

size_t cc_markers_count(const cc_markers *m)
{
	return m->list.n;
}

const cc_marker *cc_markers_get(const cc_markers *m, size_t i)
{
	return i < m->list.n ? &m->list.p[i] : NULL;
}

size_t cc_markers_from(const cc_markers *m, size_t step)
{
	size_t low = 0, high = m->list.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->list.p[mid].step < step)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void cc_marker_caption(const cc_marker *marker, unsigned redact, cc_buf *out)
{
	bool written = marker->kind == CC_MARKER_HAND || marker->kind == CC_MARKER_MARK;

	if (written && redact & CC_REDACT_NOTES)
		cc_buf_addz(out, CC_EXPORT_HIDDEN);
	else if (redact & CC_REDACT_SECRETS)
		cc_redact_secrets(out, marker->caption);
	else
		cc_buf_add(out, marker->caption);
}

void cc_markers_caption(const cc_markers *m, size_t step, unsigned redact, cc_buf *out)
{
	size_t first = cc_markers_from(m, step);

	for (size_t i = first; i < m->list.n && m->list.p[i].step == step; i++) {
		if (i > first)
			cc_buf_addz(out, "; ");
		cc_marker_caption(&m->list.p[i], redact, out);
	}
}

cc_code cc_markers_add(cc_markers *m, const cc_marker *marker, cc_err *err)
{
	size_t i = cc_markers_from(m, marker->step);
	cc_marker own = *marker;

	own.caption = cc_arena_dup(m->arena, marker->caption);
	if (!own.caption.p || !cc_vec_reserve(&m->list, 1))
		return no_memory(err);
	while (i < m->list.n && m->list.p[i].step == own.step && m->list.p[i].kind <= own.kind)
		i++;
	if (i < m->list.n)
		memmove(&m->list.p[i + 1], &m->list.p[i], (m->list.n - i) * sizeof own);
	m->list.p[i] = own;
	m->list.n++;
	return CC_OK;
}

bool cc_markers_unset(cc_markers *m, size_t step)
{
	size_t i = cc_markers_from(m, step);

	if (i == m->list.n || m->list.p[i].step != step || m->list.p[i].kind != CC_MARKER_HAND)
		return false;
	m->list.n--;
	if (i < m->list.n)
		memmove(&m->list.p[i], &m->list.p[i + 1], (m->list.n - i) * sizeof *m->list.p);
	return true;
}

cc_code cc_markers_set(cc_markers *m, size_t step, cc_str caption, cc_err *err)
{
	caption = cc_str_trim(caption);
	if (!caption.n)
		return cc_err_set(err, CC_EUSAGE, "a marker needs a caption");
	if (caption.n > CC_MARKER_CAPTION_MAX)
		return cc_err_set(err, CC_EUSAGE, "a caption has at most %d bytes", CC_MARKER_CAPTION_MAX);
	if (step > m->steps)
		return cc_err_set(err, CC_EUSAGE, "the record has %zu steps", m->steps);
	cc_markers_unset(m, step);
	return cc_markers_add(m, &(cc_marker){ step, CC_MARKER_HAND, caption }, err);
}

/* --- what the record tells --- */

/* The suspects so far: a name said again marks something only when it is believed more or less. */
typedef struct belief { cc_str name; double confidence; } belief;

typedef struct telling {
	cc_markers *m;
	cc_arena *arena;
	CC_VEC(belief) suspects;
	size_t step;
	cc_err *err;
} telling;

static cc_code tell(telling *t, cc_marker_kind kind, cc_str caption)
{
	return cc_markers_add(t->m, &(cc_marker){ t->step, kind, caption }, t->err);
}

/* Kind and name: the namespace is the same for nearly all, and captions are short. */
static cc_str short_name(cc_str name)
{
	cc_str head, rest, more, last;

	return cc_str_cut(name, '/', &head, &rest) && cc_str_cut(rest, '/', &more, &last) ? rest : name;
}

static cc_code tell_of(telling *t, const char *before, cc_str name, const char *after)
{
	cc_buf b = CC_BUF_INIT;
	cc_code code;

	cc_buf_addf(&b, "%s%.*s%s", before, CC_STR_ARG(short_name(name)), after);
	code = cc_buf_ok(&b) ? tell(t, CC_MARKER_HYPOTHESIS, cc_buf_str(&b)) : no_memory(t->err);
	cc_buf_deinit(&b);
	return code;
}

static size_t belief_in(const telling *t, cc_str name)
{
	size_t i = 0;

	while (i < t->suspects.n && !cc_str_eq(t->suspects.p[i].name, name))
		i++;
	return i;
}

static void forget(telling *t, cc_str name)
{
	size_t i = belief_in(t, name);

	if (i < t->suspects.n)
		t->suspects.p[i] = t->suspects.p[--t->suspects.n];
}

static cc_code suspected(telling *t, const cc_action *a)
{
	size_t i = belief_in(t, a->name);
	bool known = i < t->suspects.n;
	char sure[32] = "";

	if (known && (a->confidence < 0 || (a->confidence <= t->suspects.p[i].confidence && a->confidence >= t->suspects.p[i].confidence)))
		return CC_OK;           /* only a reason or pins came */
	if (!known) {
		belief b = { cc_arena_dup(t->arena, a->name), 0.5 };

		if (!b.name.p || !cc_vec_push(&t->suspects, b))
			return no_memory(t->err);
	}
	if (a->confidence >= 0)
		t->suspects.p[i].confidence = a->confidence;
	if (a->confidence >= 0)
		snprintf(sure, sizeof sure, known ? " is now at %.2f" : ", %.2f", a->confidence);
	return tell_of(t, known ? "" : "suspects ", a->name, sure);
}

/* In a live drill, to others: their words are the player's own. */
static cc_code said(telling *t, const char *before, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_code code;

	cc_buf_addf(&b, "%s%.*s", before, CC_STR_ARG(text));
	code = cc_buf_ok(&b) ? tell(t, CC_MARKER_MARK, cc_buf_str(&b)) : no_memory(t->err);
	cc_buf_deinit(&b);
	return code;
}

static cc_code acted(telling *t, const cc_action *a)
{
	char caption[40];

	switch (a->kind) {
	case CC_ACT_SUSPECT:
		return suspected(t, a);
	case CC_ACT_UNSUSPECT:
		forget(t, a->name);
		return tell_of(t, "no longer suspects ", a->name, "");
	case CC_ACT_RULEOUT:
		forget(t, a->name);
		return tell_of(t, "rules out ", a->name, "");
	case CC_ACT_UNRULEOUT:
		return tell_of(t, "", a->name, " is not ruled out any more");
	case CC_ACT_HINT:
		if (!a->number)
			return tell(t, CC_MARKER_HINT, CC_STR("is given a hint"));
		snprintf(caption, sizeof caption, "takes hint %u", a->number);
		return tell(t, CC_MARKER_HINT, cc_str_from(caption));
	case CC_ACT_MITIGATE:
	case CC_ACT_STATUS:
		return said(t, a->kind == CC_ACT_MITIGATE ? "would do: " : "tells those who wait: ", a->text);
	case CC_ACT_SUBMIT:
		return tell(t, CC_MARKER_SUBMIT, CC_STR("submits the answer"));
	default:
		return CC_OK;
	}
}

static cc_code told_by(telling *t, const cc_record_step *step)
{
	cc_code code = CC_OK;

	if (step->code == CC_OK && cc_str_eqz(step->command, "mark"))
		for (size_t i = 0; i < step->arg_count && code == CC_OK; i++)
			if (cc_str_eqz(step->args[i].key, "caption"))
				code = tell(t, CC_MARKER_MARK, step->args[i].value);
	for (size_t i = 0; i < step->action_count && code == CC_OK; i++)
		code = acted(t, &step->actions[i]);
	return code;
}

/* False: certainly nothing is marked by this line. */
static bool may_mark(const cc_run *run, const cc_run_place *place)
{
	static const char *const ACTS[] = { "suspect\"", "unsuspect\"", "ruleout\"", "unruleout\"", "hint\"", "submit\"", "mitigate\"", "status\"" };
	cc_str text = cc_run_text_of(run, place), rest = cc_str_sub(text, place->actions, text.n), begin = CC_STR("\"do\":\"");

	if (!place->plain)
		return true;
	if (!place->actions || cc_str_starts(rest, CC_STR("[]")))
		return cc_str_find(text, CC_STR("\"mark\"")) != CC_STR_NONE;
	for (size_t at; (at = cc_str_find(rest, begin)) != CC_STR_NONE;) {
		rest = cc_str_sub(rest, at + begin.n, rest.n);
		for (size_t i = 0; i < sizeof ACTS / sizeof ACTS[0]; i++)
			if (cc_str_starts(rest, cc_str_from(ACTS[i])))
				return true;
	}
	return false;
}

static cc_code tell_all(telling *t, const cc_run *run)
{
	cc_code code = CC_OK;

	for (size_t i = 0; i < run->steps.n && code == CC_OK; i++) {
		if (!may_mark(run, &run->lines.p[run->steps.p[i]]))
			continue;
		t->step = i + 1;
		code = told_by(t, cc_run_step(run, i)->as.step);
		cc_run_trim(run, TRIM);
	}
	return code;
}

cc_code cc_markers_new(cc_markers **out, const cc_run *run, cc_err *err)
{
	cc_markers *m = *out = cc_calloc(1, sizeof *m);
	telling t = { .m = m, .arena = cc_arena_new(), .err = err };
	cc_code code;

	if (m) {
		m->arena = cc_arena_new();
		m->steps = cc_run_step_count(run);
	}
	code = m && m->arena && t.arena ? tell_all(&t, run) : no_memory(err);
	cc_vec_deinit(&t.suspects);
	cc_arena_free(t.arena);
	if (code != CC_OK) {
		cc_markers_free(m);
		*out = NULL;
	}
	return code;
}

void cc_markers_free(cc_markers *m)
{
	if (!m)
		return;
	cc_vec_deinit(&m->list);
	cc_arena_free(m->arena);
	cc_free(m);
}
