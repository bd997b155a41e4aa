/* case.c - the state of an investigation: focus, time cursor, history, clock and budget, and the one door to change them.
 *
 * Every action first takes the memory it needs and then changes the state in steps that cannot fail, so that a refused
 * action leaves everything as it was. The clock is kept as "active so far" plus "going since". */
#include "casefile/case_priv.h"

#include "coldcase/clock.h"
#include "coldcase/xalloc.h"

cc_case *cc_case_new(int64_t budget)
{
	cc_case *c = cc_calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->arena = cc_arena_new();
	if (!c->arena) {
		cc_free(c);
		return NULL;
	}
	c->view.at_ns = c->view.window.from_ns = c->view.window.to_ns = c->view.onset_ns = CC_TIME_NONE;
	c->budget.cap = budget > 0 ? budget : 0;
	return c;
}

void cc_case_free(cc_case *c)
{
	if (!c)
		return;
	cc_case_drop_history(c);
	cc_vec_deinit(&c->pins);
	cc_vec_deinit(&c->suspects);
	cc_vec_deinit(&c->ruleouts);
	cc_vec_deinit(&c->notes);
	cc_vec_deinit(&c->updates);
	cc_arena_free(c->arena);
	cc_free(c);
}

int64_t cc_case_mono(const cc_action *a)
{
	return a->mono_ns || a->wall_ns ? a->mono_ns : cc_clock_mono_ns();
}

int64_t cc_case_wall(const cc_action *a)
{
	return a->mono_ns || a->wall_ns ? a->wall_ns : cc_clock_wall_ns();
}

static void stop_clock(cc_case *c, const cc_action *a)
{
	int64_t now = cc_case_mono(a), went = now - c->since_ns;

	if (c->running && went > 0)     /* a forged record may claim any times */
		c->active_ns = c->active_ns > INT64_MAX - went ? INT64_MAX : c->active_ns + went;
	c->running = false;
}

static void start_clock(cc_case *c, const cc_action *a)
{
	c->since_ns = cc_case_mono(a);
	c->started = c->running = true;
}

static cc_code refuse_held(const cc_case *c, cc_err *err)
{
	cc_err_set(err, CC_ESTATE, "%.*s: nothing is asked or submitted until it goes on", CC_STR_ARG(c->held_why));
	cc_err_hint(err, "the board can still be put in order");
	return CC_ESTATE;
}

static cc_code apply_freeze(cc_case *c, const cc_action *a, cc_err *err)
{
	cc_str why = cc_arena_dup(c->arena, a->text.n ? a->text : CC_STR("frozen"));

	if (c->held)
		return refuse_held(c, err);
	if (!why.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	c->held_ran = c->running;
	stop_clock(c, a);
	c->held = true;
	c->held_why = why;
	return CC_OK;
}

static cc_code apply_thaw(cc_case *c, const cc_action *a, cc_err *err)
{
	if (!c->held)
		return cc_err_set(err, CC_ESTATE, "it is not frozen");
	c->held = false;
	if (c->held_ran)
		start_clock(c, a);
	return CC_OK;
}

static cc_code apply_clock(cc_case *c, const cc_action *a, cc_err *err)
{
	if (c->held)
		return refuse_held(c, err);
	switch (a->kind) {
	case CC_ACT_START:
		if (c->started)
			return cc_err_set(err, CC_ESTATE, "the investigation has already started");
		start_clock(c, a);
		return CC_OK;
	case CC_ACT_PAUSE:
		if (!c->running)
			return cc_err_set(err, CC_ESTATE, c->started ? "already paused" : "not started yet");
		stop_clock(c, a);
		return CC_OK;
	default:
		if (!c->started) {
			cc_err_set(err, CC_ESTATE, "not started yet");
			cc_err_hint(err, "type: start");
			return CC_ESTATE;
		}
		if (c->running)
			return cc_err_set(err, CC_ESTATE, "not paused");
		start_clock(c, a);
		return CC_OK;
	}
}

static cc_code refuse_submitted(cc_err *err)
{
	return cc_err_set(err, CC_ESTATE, "the answer has been submitted: the investigation is over");
}

cc_code cc_case_query_check(const cc_case *c, cc_err *err)
{
	if (c->submitted)
		return refuse_submitted(err);
	if (c->held)
		return refuse_held(c, err);
	if (!c->running) {
		cc_err_set(err, CC_ESTATE, c->started ? "paused: evidence is hidden until you resume" : "not started yet");
		cc_err_hint(err, "type: %s", c->started ? "resume" : "start");
		return CC_ESTATE;
	}
	if (c->budget.cap && c->budget.used >= c->budget.cap) {
		cc_err_set(err, CC_EBUDGET, "%s%lld quer%s used", c->budget.cap == 1 ? "the " : "all ",
			(long long)c->budget.cap, c->budget.cap == 1 ? "y is" : "ies are");
		cc_err_hint(err, "the board and submit remain");
		return CC_EBUDGET;
	}
	return CC_OK;
}

static cc_code apply_query(cc_case *c, cc_err *err)
{
	cc_code code = cc_case_query_check(c, err);

	c->budget.used += code == CC_OK;
	return code;
}

static bool same_view(cc_view a, cc_view b)
{
	return a.focus == b.focus && a.at_ns == b.at_ns && a.window.from_ns == b.window.from_ns &&
		a.window.to_ns == b.window.to_ns && a.onset_ns == b.onset_ns && a.known == b.known;
}

/* Goes to a new view; going to where one already is leaves no trace in the history. */
static cc_code go(cc_case *c, cc_view to, cc_err *err)
{
	if (same_view(c->view, to))
		return CC_OK;
	if (!cc_case_remember(c, &c->back, c->view))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	c->forward = NULL;
	c->view = to;
	return CC_OK;
}

static cc_code set_window(cc_view *to, cc_range w, cc_err *err)
{
	bool from_set = w.from_ns != CC_TIME_NONE, to_set = w.to_ns != CC_TIME_NONE;

	if (from_set != to_set || w.from_ns > w.to_ns)
		return cc_err_set(err, CC_EUSAGE, "the window ends before it begins");
	to->window = w;
	return CC_OK;
}

static cc_code apply_view(cc_case *c, const cc_action *a, cc_err *err)
{
	cc_view to = c->view;
	cc_code code = CC_OK;

	switch (a->kind) {
	case CC_ACT_FOCUS:
		to.focus = a->entity;
		break;
	case CC_ACT_AT:
		to.at_ns = a->time_ns;
		break;
	case CC_ACT_ONSET:
		to.onset_ns = a->time_ns;
		break;
	case CC_ACT_HORIZON:
		to.known = cc_str_eqz(a->name, "known");
		break;
	default:
		code = set_window(&to, a->window, err);
		break;
	}
	if (code == CC_OK && to.known && to.at_ns == CC_TIME_NONE) {
		cc_err_set(err, CC_ESTATE, "as known then needs a time cursor: known when?");
		cc_err_hint(err, c->view.known ? "`horizon hindsight` shows everything again" : "set one first: at TIME");
		return CC_ESTATE;
	}
	return code == CC_OK ? go(c, to, err) : code;
}

static cc_code apply_back(cc_case *c, cc_err *err)
{
	if (!c->back)
		return cc_err_set(err, CC_ESTATE, "nothing to go back to");
	if (!cc_case_remember(c, &c->forward, c->view))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	c->view = c->back->view;
	c->back = c->back->before;
	return CC_OK;
}

static cc_code apply_forward(cc_case *c, cc_err *err)
{
	if (!c->forward)
		return cc_err_set(err, CC_ESTATE, "nothing to go forward to");
	if (!cc_case_remember(c, &c->back, c->view))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	c->view = c->forward->view;
	c->forward = c->forward->before;
	return CC_OK;
}

static cc_code apply(cc_case *c, const cc_action *a, cc_err *err)
{
	switch (a->kind) {
	case CC_ACT_START: case CC_ACT_PAUSE: case CC_ACT_RESUME: return apply_clock(c, a, err);
	case CC_ACT_FOCUS: case CC_ACT_AT: case CC_ACT_WINDOW: case CC_ACT_ONSET: case CC_ACT_HORIZON: return apply_view(c, a, err);
	case CC_ACT_BACK: return apply_back(c, err);
	case CC_ACT_FORWARD: return apply_forward(c, err);
	case CC_ACT_PIN: return cc_case_apply_pin(c, a, err);
	case CC_ACT_UNPIN: return cc_case_apply_unpin(c, a, err);
	case CC_ACT_SUSPECT: return cc_case_apply_suspect(c, a, err);
	case CC_ACT_UNSUSPECT: return cc_case_apply_unsuspect(c, a, err);
	case CC_ACT_RULEOUT: return cc_case_apply_ruleout(c, a, err);
	case CC_ACT_UNRULEOUT: return cc_case_apply_unruleout(c, a, err);
	case CC_ACT_NOTE: return cc_case_apply_note(c, a, err);
	case CC_ACT_MITIGATE: case CC_ACT_STATUS: return cc_case_apply_update(c, a, err);
	case CC_ACT_QUERY: return apply_query(c, err);
	case CC_ACT_HINT:
		c->hints += a->number > 0;      /* one that was not asked for is no rung of the ladder */
		return CC_OK;
	case CC_ACT_FREEZE: return apply_freeze(c, a, err);
	case CC_ACT_THAW: return apply_thaw(c, a, err);
	case CC_ACT_SUBMIT:
		if (c->held)
			return refuse_held(c, err);
		stop_clock(c, a);
		c->submitted = true;
		return CC_OK;
	}
	return cc_err_set(err, CC_EINTERNAL, "unknown action %d", (int)a->kind);
}

cc_code cc_case_apply(cc_case *c, const cc_action *a, cc_err *err)
{
	bool frozen = c->frozen;
	int64_t since = c->since_ns;
	cc_code code;

	if (c->submitted)
		return refuse_submitted(err);
	if (frozen) {
		c->frozen = false;
		c->since_ns = cc_case_mono(a);
	}
	code = apply(c, a, err);
	if (code != CC_OK) {
		c->frozen = frozen;
		c->since_ns = since;
	}
	return code;
}

typedef cc_entity_id rebind_fn(void *arg, cc_str name, cc_entity_id entity);

static void rebind_views(cc_case_step *s, rebind_fn *map, void *arg)
{
	for (; s; s = s->before)
		s->view.focus = map(arg, CC_STR_EMPTY, s->view.focus);
}

void cc_case_rebind(cc_case *c, rebind_fn *map, void *arg)
{
	c->view.focus = map(arg, CC_STR_EMPTY, c->view.focus);
	rebind_views(c->back, map, arg);
	rebind_views(c->forward, map, arg);
	for (size_t i = 0; i < c->pins.n; i++)
		c->pins.p[i].entity = map(arg, CC_STR_EMPTY, c->pins.p[i].entity);
	for (size_t i = 0; i < c->suspects.n; i++)
		c->suspects.p[i].entity = map(arg, c->suspects.p[i].name, c->suspects.p[i].entity);
	for (size_t i = 0; i < c->ruleouts.n; i++)
		c->ruleouts.p[i].entity = map(arg, c->ruleouts.p[i].name, c->ruleouts.p[i].entity);
}

cc_view cc_case_view(const cc_case *c)
{
	return c->view;
}

bool cc_case_can_back(const cc_case *c)
{
	return c->back;
}

bool cc_case_can_forward(const cc_case *c)
{
	return c->forward;
}

cc_budget cc_case_budget(const cc_case *c)
{
	return c->budget;
}

uint32_t cc_case_hints(const cc_case *c)
{
	return c->hints;
}

bool cc_case_frozen(const cc_case *c, cc_str *why)
{
	if (why)
		*why = c->held_why;
	return c->held;
}

bool cc_case_running(const cc_case *c)
{
	return c->running;
}

bool cc_case_started(const cc_case *c)
{
	return c->started;
}

bool cc_case_submitted(const cc_case *c)
{
	return c->submitted;
}

int64_t cc_case_active_ns(const cc_case *c)
{
	int64_t now = c->running && !c->frozen ? cc_clock_mono_ns() : c->since_ns;

	return c->active_ns + (now > c->since_ns ? now - c->since_ns : 0);
}

void cc_case_freeze(cc_case *c, int64_t active_ns)
{
	c->frozen = true;
	c->active_ns = active_ns;
}

void cc_case_go_on(cc_case *c, int64_t active_ns)
{
	c->frozen = false;
	c->active_ns = active_ns;
	c->since_ns = cc_clock_mono_ns();
}
