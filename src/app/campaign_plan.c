/* campaign_plan.c - seats of people: who plays which incidents in which order, kept in plan.json, and the next one of a person.
 *
 * A person meets an incident for the first time once, so that each seat is another incident. The incidents are shuffled once; person p has
 * the block of `each` of them that begins at p * each (all are played about as often), turned by p (each stands at each place about as often:
 * of `each` people with all incidents the rows are a Latin square). What a plan can show is said before anybody has begun. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/campaign.h"
#include "app/runs.h"
#include "app/scoring.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/rng.h"
#include "coldcase/utf8.h"

enum { PEOPLE_MAX = 1000, PLAN_MAX = 16 << 20 };

static const char PLAN[] = "plan.json";

typedef struct plan {
	campaign c;              /* its incidents; no agents */
	CC_VEC(const char *) people;
	int64_t each;
	uint64_t seed;
} plan;

static void plan_deinit(plan *p)
{
	cc_vec_deinit(&p->people);
	campaign_deinit(&p->c);
}

static cc_code plan_path(const char *out, cc_buf *path, cc_err *err)
{
	cc_path_join(path, out, PLAN);
	return cc_buf_ok(path) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- making one --- */

static cc_code take_people(plan *p, cc_err *err)
{
	cc_str one, rest = cc_str_from(p->c.o->people);
	while (rest.n) {
		cc_str_cut(rest, ',', &one, &rest);
		one = cc_str_trim(one);
		char *name = cc_arena_dupz(p->c.arena, one);
		if (!one.n || one.p[0] == '.' || cc_str_find_char(one, '/') != CC_STR_NONE)
			return cc_err_set(err, CC_EUSAGE, "campaign: %.*s is no name for a folder", CC_STR_ARG(one));
		for (size_t i = 0; i < p->people.n; i++)
			if (cc_str_eqz(one, p->people.p[i]))
				return cc_err_set(err, CC_EUSAGE, "campaign: %s is named twice", p->people.p[i]);
		if (!name || !cc_vec_push(&p->people, name))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	return p->people.n && p->people.n <= PEOPLE_MAX ? CC_OK : cc_err_set(err, CC_EUSAGE, "--people takes 1 to %d names", (int)PEOPLE_MAX);
}

static void shuffle(cc_rng *r, size_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = (size_t)cc_rng_below(r, i), kept = list[i - 1];
		list[i - 1] = list[k];
		list[k] = kept;
	}
}

static void write_seat(const plan *p, const size_t *cases, const char *name, size_t row, cc_jw *w)
{
	size_t each = (size_t)p->each;
	cc_jw_object(w);
	cc_jw_key(w, "name");
	cc_jw_strz(w, name);
	cc_jw_key(w, "cases");
	cc_jw_array(w);
	for (size_t i = 0; i < each; i++)
		cc_jw_str(w, p->c.cases.p[cases[(row * each + (i + row) % each) % p->c.cases.n]].name);
	cc_jw_end_array(w);
	cc_jw_end_object(w);
}

static cc_code write_plan(const plan *p, const char *dataset, cc_buf *out, cc_err *err)
{
	size_t *cases = cc_arena_array(p->c.arena, p->c.cases.n, sizeof *cases), *rows = cc_arena_array(p->c.arena, p->people.n, sizeof *rows);
	cc_rng r;
	cc_jw w;
	if (!cases || !rows)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_rng_init_named(&r, p->seed, "plan");
	shuffle(&r, cases, p->c.cases.n);
	shuffle(&r, rows, p->people.n);
	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "dataset");
	cc_jw_strz(&w, dataset);
	cc_jw_key(&w, "seed");
	cc_jw_int(&w, (int64_t)p->seed);
	cc_jw_key(&w, "assist");
	cc_jw_strz(&w, p->c.o->assist);
	cc_jw_key(&w, "budget");
	cc_jw_strz(&w, p->c.o->budget);
	cc_jw_key(&w, "cases");
	cc_jw_strz(&w, p->c.o->cases);
	cc_jw_key(&w, "repeats");
	cc_jw_int(&w, p->c.repeats);
	cc_jw_key(&w, "seats");
	cc_jw_array(&w);
	for (size_t i = 0; i < p->people.n; i++)
		write_seat(p, cases, p->people.p[i], rows[i], &w);
	cc_jw_end_array(&w);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code make_plan(const app_options *o, const char *path, cc_err *err)
{
	plan p = { .c = { .o = o, .arena = cc_arena_new() }, .seed = 1 };
	cc_buf text = CC_BUF_INIT;
	char dataset[4096];
	int64_t seed = 1;
	cc_code code = p.c.arena ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !realpath(o->args.p[1], dataset))
		code = cc_err_set(err, CC_ENOTFOUND, "%s: no such folder", o->args.p[1]);
	if (code == CC_OK)
		code = campaign_find_cases(&p.c, dataset, err);
	if (code == CC_OK)
		code = take_people(&p, err);
	if (code == CC_OK)
		code = campaign_number("--each", o->each, (int64_t)p.c.cases.n, (int64_t)p.c.cases.n, &p.each, err);
	if (code == CC_OK)
		code = campaign_number("--repeats", o->repeats, 3, 1000, &p.c.repeats, err);
	if (code == CC_OK)
		code = campaign_number("--seed", o->seed, 1, INT64_MAX, &seed, err);
	p.seed = (uint64_t)seed;
	if (code == CC_OK)
		code = write_plan(&p, dataset, &text, err);
	if (code == CC_OK)
		code = cc_dir_make(o->out, err);
	if (code == CC_OK)
		code = cc_file_write(path, cc_buf_str(&text), err);
	cc_buf_deinit(&text);
	plan_deinit(&p);
	return code;
}

/* --- reading one --- */

typedef enum seat_state { SEAT_OPEN, SEAT_BEGUN, SEAT_DONE } seat_state;

/* What lies in DIR/NAME/SCENARIO: a person who has begun has seen it. */
static seat_state state_of(const char *dir, cc_str name, cc_str scenario, cc_arena *arena)
{
	cc_str path = cc_arena_printf(arena, "%s/%.*s/%.*s", dir, CC_STR_ARG(name), CC_STR_ARG(scenario));
	app_run_places places = { 0 };
	seat_state state = SEAT_OPEN;
	struct stat st;
	if (!path.p || stat(path.p, &st) != 0 || app_runs_find(&places, arena, path.p, NULL) != CC_OK)
		return SEAT_OPEN;
	for (size_t i = 0; i < places.n && state != SEAT_DONE; i++) {
		cc_str file = cc_arena_printf(arena, "%s/%s", places.p[i].path, CC_RECORD_FILE);
		cc_run *run = NULL;
		state = SEAT_BEGUN;
		if (file.p && cc_run_read(&run, file.p, NULL) == CC_OK)
			state = app_run_end(run) ? SEAT_DONE : SEAT_BEGUN;
		cc_run_free(run);
	}
	cc_vec_deinit(&places);
	return state;
}

static cc_code read_plan(const char *dir, cc_json **tree, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code = plan_path(dir, &path, err);
	if (code == CC_OK && (code = cc_file_read(&text, path.p, PLAN_MAX, err)) != CC_OK)
		cc_err_hint(err, "coldcase campaign plan DATASET --people ana,ben --out %s makes one", dir);
	if (code == CC_OK && cc_json_parse(tree, cc_buf_str(&text), err) != CC_OK)
		code = cc_err_set(err, CC_EFORMAT, "%s: no JSON", path.p);
	if (code == CC_OK && cc_json_typeof(cc_json_get(*tree, "seats")) != CC_JSON_ARRAY)
		code = cc_err_set(err, CC_EFORMAT, "%s: no seats", path.p);
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return code;
}

/* --- what it can show --- */

/* The smallest true difference that a paired comparison over n incidents shows four times in five (two-sided 5 %, power 80 %; as
 * cc_stat_paired.detectable), when each of a and b runs of an incident scores 0 or 1 with even odds, independently: the largest spread
 * that scores can have, 1/2. Runs of one incident resemble each other less than that, as a rule: it is the cautious number. */
static double detectable(size_t n, double a, double b)
{
	return (1.959964 + 0.841621) * 0.5 * sqrt((1 / a + 1 / b) / (double)n);
}

static void say_difference(const char *who, size_t n, double a, double b)
{
	double d = detectable(n, a, b);
	if (d < 1)
		printf("  %s: %.2f\n", who, d);
	else
		printf("  %s: none, whatever comes out\n", who);
}

static void print_power(const cc_json *tree, size_t cases, size_t seats)
{
	int64_t repeats = 3;
	(void)cc_json_int(cc_json_get(tree, "repeats"), &repeats);
	double people = cases ? (double)seats / (double)cases : 0;
	if (!cases || !seats || repeats < 1)
		return;
	printf("\nThe smallest difference of mean scores that %zu incidents show four times in five, at the largest spread:\n", cases);
	say_difference("people against one agent", cases, people, (double)repeats);
	say_difference("one agent against another", cases, (double)repeats, (double)repeats);
	printf("with %.1f people and %lld runs of an agent an incident; more incidents help more than more repeats.\n", people, (long long)repeats);
}

/* --- showing it --- */

static void print_seat(const cc_json *seat, const char *dir, cc_arena *arena)
{
	static const char *const MARK[] = { "", " (begun)", " (done)" };
	cc_str name = cc_json_get_str(seat, "name");
	cc_buf line = CC_BUF_INIT;
	cc_utf8_clean(&line, name, CC_CLEAN_LINE);
	cc_buf_add_char(&line, ':');
	for (const cc_json *c = cc_json_first(cc_json_get(seat, "cases")); c; c = cc_json_next(c)) {
		cc_buf_add_char(&line, ' ');
		cc_utf8_clean(&line, cc_json_str(c), CC_CLEAN_LINE);
		cc_buf_addz(&line, MARK[state_of(dir, name, cc_json_str(c), arena)]);
	}
	printf("%s\n", line.p ? line.p : "");
	cc_buf_deinit(&line);
}

static cc_code show_plan(const app_options *o, cc_err *err)
{
	cc_json *tree = NULL;
	cc_arena *arena = cc_arena_new();
	cc_buf text = CC_BUF_INIT;
	size_t seats = 0, cases = 0;
	cc_scenario_vec found = { 0 };
	cc_code code = arena ? read_plan(o->out, &tree, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && o->json) {
		cc_json_write(&text, tree, false);
		printf("%s\n", text.p ? text.p : "");
	} else if (code == CC_OK) {
		for (const cc_json *s = cc_json_first(cc_json_get(tree, "seats")); s; s = cc_json_next(s)) {
			print_seat(s, o->out, arena);
			seats += cc_json_count(cc_json_get(s, "cases"));
		}
		cc_str dataset = cc_arena_dup(arena, cc_json_get_str(tree, "dataset"));
		if (dataset.n && cc_discover(&found, arena, dataset.p, NULL) == CC_OK)
			cases = found.n;
		print_power(tree, cases, seats);
	}
	cc_vec_deinit(&found);
	cc_buf_deinit(&text);
	cc_json_free(tree);
	cc_arena_free(arena);
	return code;
}

int campaign_plan(const app_options *o)
{
	cc_err err = { 0 };
	cc_buf path = CC_BUF_INIT;
	cc_code code = CC_OK;
	struct stat st;
	if (!o->out || o->args.n > 2 || (o->args.n == 2) != (o->people != NULL)) {
		cc_err_set(&err, CC_EUSAGE, "campaign plan: %s", o->out ? "a data set and who plays are needed to make a plan, neither to see one" : "where is it kept?");
		code = cc_err_hint(&err, "coldcase campaign plan DATASET --people ana,ben --out DIR, then: coldcase campaign plan --out DIR");
	}
	if (code == CC_OK)
		code = plan_path(o->out, &path, &err);
	if (code == CC_OK && o->people && stat(path.p, &st) == 0) {
		cc_err_set(&err, CC_ESTATE, "%s: there is a plan, and people may have begun", path.p);
		code = cc_err_hint(&err, "another --out, or coldcase campaign plan --out %s to see it", o->out);
	}
	if (code == CC_OK && o->people)
		code = make_plan(o, path.p, &err);
	if (code == CC_OK)
		code = show_plan(o, &err);
	cc_buf_deinit(&path);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : 0;
}

/* --- the next one of a person --- */

/* NULL: nobody of that name. */
static const cc_json *seat_of(const cc_json *tree, const char *name)
{
	for (const cc_json *s = cc_json_first(cc_json_get(tree, "seats")); s; s = cc_json_next(s))
		if (cc_str_eqz(cc_json_get_str(s, "name"), name))
			return s;
	return NULL;
}

static cc_code no_seat(const cc_json *tree, const char *name, cc_err *err)
{
	cc_buf names = CC_BUF_INIT;
	cc_code code = cc_err_set(err, CC_ENOTFOUND, "the plan has no seat for %s", name);
	for (const cc_json *s = cc_json_first(cc_json_get(tree, "seats")); s; s = cc_json_next(s))
		cc_buf_addf(&names, "%s%.*s", names.n ? ", " : "", CC_STR_ARG(cc_json_get_str(s, "name")));
	cc_err_hint(err, "it has: %.*s; `coldcase campaign plan` makes another one", CC_STR_ARG(cc_buf_str(&names)));
	cc_buf_deinit(&names);
	return code;
}

static cc_code find_next(const cc_json *tree, const char *name, const char *dir, cc_arena *arena, const char **incident, cc_err *err)
{
	cc_scenario_vec found = { 0 };
	cc_str dataset = cc_arena_dup(arena, cc_json_get_str(tree, "dataset")), next = CC_STR_EMPTY;
	const cc_json *seat = seat_of(tree, name);
	*incident = NULL;
	if (!seat)
		return no_seat(tree, name, err);
	for (const cc_json *c = cc_json_first(cc_json_get(seat, "cases")); c && !next.n; c = cc_json_next(c))
		if (state_of(dir, cc_json_get_str(seat, "name"), cc_json_str(c), arena) == SEAT_OPEN)
			next = cc_json_str(c);
	if (!next.n)
		return CC_OK;
	cc_code code = cc_discover(&found, arena, dataset.p ? dataset.p : "", err);
	for (size_t i = 0; i < found.n && code == CC_OK; i++)
		if (cc_str_eq(found.p[i].name, next))
			*incident = found.p[i].path.p;
	if (code == CC_OK && !*incident)
		code = cc_err_set(err, CC_ENOTFOUND, "%s: %.*s is not there any more", dataset.p, CC_STR_ARG(next));
	cc_vec_deinit(&found);
	return code;
}

/* As the plan has it: everybody under the same terms. */
static cc_code play_next(const app_options *given, const cc_json *tree, const char *incident, cc_arena *arena, int *status, cc_err *err)
{
	app_options o = *given;
	const char *words[1] = { incident };
	cc_str assist = cc_arena_dup(arena, cc_json_get_str(tree, "assist")), budget = cc_arena_dup(arena, cc_json_get_str(tree, "budget"));
	cc_str cases = cc_arena_dup(arena, cc_json_get_str(tree, "cases"));
	cc_str out = cc_arena_printf(arena, "%s/%s", given->args.p[2], given->args.p[1]);
	if (!out.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	o.args.p = words;
	o.args.n = 1;
	o.name = given->args.p[1];
	o.out = out.p;
	o.assist = assist.n ? assist.p : NULL;
	o.budget = budget.n ? budget.p : NULL;
	o.cases = cases.n ? cases.p : NULL;
	*status = app_play(&o);
	return CC_OK;
}

static void print_next(const char *incident)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &b, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "incident");
	cc_jw_strz(&w, incident);
	cc_jw_end_object(&w);
	printf("%s\n", b.p ? b.p : "");
	cc_buf_deinit(&b);
}

int campaign_next(const app_options *o)
{
	cc_err err = { 0 };
	cc_json *tree = NULL;
	cc_arena *arena = cc_arena_new();
	const char *incident = NULL;
	int status = 0;
	cc_code code = arena ? CC_OK : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && o->args.n != 3)
		code = cc_err_set(&err, CC_EUSAGE, "coldcase campaign next NAME DIR");
	if (code == CC_OK)
		code = read_plan(o->args.p[2], &tree, &err);
	if (code == CC_OK)
		code = find_next(tree, o->args.p[1], o->args.p[2], arena, &incident, &err);
	if (code == CC_OK && o->json)
		print_next(incident);
	else if (code == CC_OK && !incident)
		printf("nothing is left for %s\n", o->args.p[1]);
	else if (code == CC_OK)
		code = play_next(o, tree, incident, arena, &status, &err);
	cc_json_free(tree);
	cc_arena_free(arena);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}
