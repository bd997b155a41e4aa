/* app_judge.c - `judge`: a model reads answers with the ground truth in hand and grades their reasoning.
 *
 * Beside the score, never in it: judge.json says which model judged, how hard it thought, by which prompt, at which temperature, and of which
 * answer, truth and matcher. One that is there and of the same is not asked for again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/judge.h"
#include "app/league.h"
#include "coldcase/file.h"
#include "coldcase/utf8.h"

enum { TRIES = 3, FILE_MAX = 4 << 20 };

typedef struct bench {       /* where the judge sits */
	const app_options *o;
	cc_provider provider;
	cc_model *model;
	double temperature;      /* below 0: the model takes none */
	char prompt[65];
} bench;

typedef struct judgement { judge_grade *grades; cc_str model; int64_t cost_micro; double reasoning, partial; bool kept; } judgement;

/* --- asking --- */

static cc_code open_judge(bench *b, cc_err *err)
{
	cc_model_options mo;
	cc_model_options_init(&mo);
	mo.provider = b->provider;
	mo.model = b->o->model;
	mo.base_url = b->o->base_url;
	mo.allow_http = b->o->allow_http;
	mo.effort = b->o->effort;
	mo.temperature = b->temperature;
	return cc_model_open(&b->model, &mo, err);
}

/* Models that think take no temperature and say so. */
static bool refuses_temperature(const bench *b, const cc_model_answer *a, const cc_err *err)
{
	return b->temperature >= 0 && a->problem == CC_PROBLEM_REQUEST &&
		cc_str_find_nocase(cc_str_from(err->message), CC_STR("temperature")) != CC_STR_NONE;
}

static cc_code ask_once(bench *b, const cc_chat *chat, cc_model_answer *a, cc_err *err)
{
	const cc_model_request r = { .chat = chat, .tools = &judge_tool, .tools_n = 1, .must_call = "grade" };
	cc_code code = cc_model_ask(b->model, &r, a, err);
	if (code == CC_OK || !refuses_temperature(b, a, err))
		return code;
	cc_model_answer_deinit(a);
	*a = (cc_model_answer){ 0 };
	cc_model_close(b->model);
	b->model = NULL;
	b->temperature = -1;
	code = open_judge(b, err);
	return code == CC_OK ? cc_model_ask(b->model, &r, a, err) : code;
}

static cc_code read_call(const cc_score *s, const cc_model_answer *a, cc_json **tree, judge_grade *grades, cc_err *err)
{
	if (!a->message.calls_n || !cc_str_eqz(a->message.calls[0].name, "grade"))
		return cc_err_set(err, CC_EFORMAT, "the judge did not call grade (%s)", cc_stop_name(a->stop));
	if (cc_json_parse(tree, a->message.calls[0].arguments, NULL) != CC_OK)
		return cc_err_set(err, CC_EFORMAT, "the judge's grades are no JSON");
	return judge_read_grades(s, *tree, grades, err);
}

static bool object(cc_chat *chat, const cc_model_answer *a, const char *why)
{
	bool ok = cc_chat_add(chat, &a->message);
	for (size_t i = 0; i < a->message.calls_n; i++)
		ok = ok && cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_TOOL, .text = cc_str_from(why), .call_id = a->message.calls[i].id,
			.call_name = a->message.calls[i].name, .is_error = true });
	return ok && (a->message.calls_n || cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_USER, .text = cc_str_from(why) }));
}

/* *tree holds the texts of the grades. */
static cc_code ask(bench *b, const cc_score *s, cc_arena *arena, judgement *j, cc_json **tree, cc_err *err)
{
	cc_chat *chat = cc_chat_new();
	cc_buf text = CC_BUF_INIT;
	judge_write_case(s, &text);
	cc_code code = chat && cc_buf_ok(&text) && cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_SYSTEM, .text = cc_str_from(judge_system) }) &&
		cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_USER, .text = cc_buf_str(&text) }) ? CC_EFORMAT : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (int i = 0; i < TRIES && code == CC_EFORMAT; i++) {
		cc_model_answer a = { 0 };
		cc_json_free(*tree);
		*tree = NULL;
		cc_code asked = ask_once(b, chat, &a, err);
		j->cost_micro = a.cost_micro < 0 || j->cost_micro < 0 ? -1 : j->cost_micro + a.cost_micro;
		j->model = cc_arena_dup(arena, a.model);
		code = asked == CC_OK ? read_call(s, &a, tree, j->grades, err) : asked;
		if (asked == CC_OK && code == CC_EFORMAT && !object(chat, &a, err->message))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		cc_model_answer_deinit(&a);
		if (asked != CC_OK)
			break;
	}
	cc_chat_free(chat);
	cc_buf_deinit(&text);
	return code;
}

/* --- the file --- */

static void write_judgement(const bench *b, const cc_score *s, const judgement *j, cc_buf *out)
{
	cc_jw w;
	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "judge");
	cc_jw_object(&w);
	cc_jw_put_str(&w, "provider", cc_str_from(cc_provider_name(b->provider)));
	cc_jw_put_str(&w, "model", cc_str_from(b->o->model));
	cc_jw_put_str(&w, "answered_as", j->model);
	cc_jw_put_str(&w, "prompt_sha256", cc_str_from(b->prompt));
	cc_jw_put_strz(&w, "effort", b->o->effort);
	cc_jw_put_double(&w, "temperature", b->temperature < 0 ? NAN : b->temperature);
	cc_jw_end_object(&w);
	cc_jw_put_str(&w, "matcher", cc_str_from(s->matcher));
	cc_jw_put_str(&w, "answer_sha256", cc_str_from(s->answer ? s->answer->sha256 : ""));
	cc_jw_put_str(&w, "truth_sha256", cc_str_from(s->truth->sha256));
	cc_jw_put_double(&w, "root_cause_reasoning", j->reasoning);
	cc_jw_put_double(&w, "root_cause_reasoning_partial", j->partial);
	cc_jw_put_double(&w, "cost_usd", j->cost_micro < 0 ? NAN : (double)j->cost_micro / 1e6);
	cc_jw_key(&w, "names");
	cc_jw_array(&w);
	for (size_t i = 0; i < s->row_count; i++) {
		cc_jw_object(&w);
		cc_jw_put_str(&w, "name", s->rows[i].entity);
		cc_jw_put_str(&w, "verdict", cc_str_from(cc_score_verdict_text(s->rows[i].verdict)));
		cc_jw_put_double(&w, "reasoning", j->grades[i].reasoning);
		cc_jw_put_double(&w, "symptom", j->grades[i].symptom);
		cc_jw_put_double(&w, "nearness", cc_score_nearness(s, i));
		cc_jw_put_str(&w, "why", j->grades[i].why);
		cc_jw_end_object(&w);
	}
	cc_jw_end_array(&w);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

/* Whether the file is of the same judge, thinking as hard, the same prompt and the same answer, truth and matcher. Which names are causes
 * is the matcher's word, so that another would make other figures of the same grades. */
static bool is_kept(const bench *b, const cc_score *s, const char *path, judgement *j)
{
	cc_buf text = CC_BUF_INIT;
	cc_json *tree = NULL;
	bool same = cc_file_read(&text, path, FILE_MAX, NULL) == CC_OK && cc_json_parse(&tree, cc_buf_str(&text), NULL) == CC_OK;
	const cc_json *who = cc_json_get(tree, "judge");
	same = same && cc_str_eqz(cc_json_get_str(who, "provider"), cc_provider_name(b->provider)) && cc_str_eqz(cc_json_get_str(who, "model"), b->o->model)
		&& cc_str_eq(cc_json_get_str(who, "effort"), cc_str_from(b->o->effort)) && cc_str_eqz(cc_json_get_str(tree, "matcher"), s->matcher)
		&& cc_str_eqz(cc_json_get_str(who, "prompt_sha256"), b->prompt) && cc_str_eqz(cc_json_get_str(tree, "truth_sha256"), s->truth->sha256)
		&& cc_str_eqz(cc_json_get_str(tree, "answer_sha256"), s->answer ? s->answer->sha256 : "")
		&& cc_json_double(cc_json_get(tree, "root_cause_reasoning"), &j->reasoning)
		&& cc_json_double(cc_json_get(tree, "root_cause_reasoning_partial"), &j->partial);
	cc_json_free(tree);
	cc_buf_deinit(&text);
	return same;
}

bool app_judged_add(app_judged_vec *list, cc_arena *arena, const char *dir, cc_str player)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *tree = NULL;
	double reasoning, partial;
	bool ok = true;
	cc_path_join(&path, dir, JUDGE_FILE);
	bool there = cc_buf_ok(&path) && cc_file_read(&text, path.p, FILE_MAX, NULL) == CC_OK && cc_json_parse(&tree, cc_buf_str(&text), NULL) == CC_OK
		&& cc_json_double(cc_json_get(tree, "root_cause_reasoning"), &reasoning)
		&& cc_json_double(cc_json_get(tree, "root_cause_reasoning_partial"), &partial);
	if (there) {
		const cc_json *who = cc_json_get(tree, "judge");
		cc_str effort = cc_json_get_str(who, "effort");
		cc_str judge = cc_arena_printf(arena, "%.*s/%.*s%s%.*s", CC_STR_ARG(cc_json_get_str(who, "provider")),
			CC_STR_ARG(cc_json_get_str(who, "model")), effort.n ? " " : "", CC_STR_ARG(effort));
		cc_str prompt = cc_arena_dup(arena, cc_str_sub(cc_json_get_str(who, "prompt_sha256"), 0, 8)), own = cc_arena_dup(arena, player);
		size_t i = 0;
		while (i < list->n && !(cc_str_eq(list->p[i].player, player) && cc_str_eq(list->p[i].judge, judge) && cc_str_eq(list->p[i].prompt, prompt)))
			i++;
		ok = judge.p && prompt.p && own.p && (i < list->n || cc_vec_push(list, ((app_judged){ .player = own, .judge = judge, .prompt = prompt })));
		if (ok) {
			list->p[i].runs++;
			list->p[i].reasoning += reasoning;
			list->p[i].partial += partial;
		}
	}
	cc_json_free(tree);
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return ok;
}

static void tell(const bench *b, const char *path, const judgement *j)
{
	cc_buf out = CC_BUF_INIT;
	if (b->o->json) {
		cc_jw w;
		cc_jw_init(&w, &out, 0);
		cc_jw_object(&w);
		cc_jw_put_str(&w, "run", cc_str_from(path));
		cc_jw_put_double(&w, "root_cause_reasoning", j->reasoning);
		cc_jw_put_double(&w, "root_cause_reasoning_partial", j->partial);
		cc_jw_put_bool(&w, "kept", j->kept);
		cc_jw_end_object(&w);
	} else {
		cc_buf_addf(&out, "%s: reasoning %.2f, partial %.2f, by %s%s", path, j->reasoning, j->partial, b->o->model,
			j->kept ? " (as before)" : "");
	}
	printf("%s\n", out.p ? out.p : "");
	fflush(stdout);
	cc_buf_deinit(&out);
}

/* --- one run --- */

static cc_code write_beside(const bench *b, const app_scoring *s, const judgement *j, const char *path, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	write_judgement(b, s->score, j, &text);
	cc_code code = cc_buf_ok(&text) ? cc_file_write(path, cc_buf_str(&text), err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&text);
	return code;
}

static cc_code judge_scored(bench *b, app_scoring *s, cc_arena *arena, cc_err *err)
{
	judgement j = { .grades = cc_arena_array(arena, s->score->row_count + 1, sizeof(judge_grade)) };
	cc_json *tree = NULL;
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, s->dir.n ? s->dir.p : "", JUDGE_FILE);
	cc_code code = j.grades && cc_buf_ok(&path) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	j.kept = code == CC_OK && s->dir.n && !b->o->replace && is_kept(b, s->score, path.p, &j);
	if (code == CC_OK && !j.kept && s->score->row_count) {
		code = ask(b, s->score, arena, &j, &tree, err);
		if (code == CC_OK) {
			j.reasoning = judge_reasoning(s->score, j.grades);
			j.partial = judge_partial(s->score, j.grades);
		}
	}
	if (code == CC_OK && !j.kept && s->dir.n)
		code = write_beside(b, s, &j, path.p, err);
	if (code == CC_OK)
		tell(b, s->path, &j);
	cc_json_free(tree);
	cc_buf_deinit(&path);
	return code;
}

static cc_code judge_run(bench *b, const char *run, app_kept *kept, cc_err *err)
{
	app_scoring s;
	cc_arena *arena = cc_arena_new();
	cc_code code = app_scoring_open(&s, b->o, run, kept, err);
	if (code == CC_OK && !arena)
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && s.score->status == CC_SCORE_UNSCORABLE)
		code = cc_err_set(err, CC_EUNSCORABLE, "%s: its ground truth names no cause", run);
	if (code == CC_OK) {
		app_scoring_warn(&s);
		code = judge_scored(b, &s, arena, err);
	}
	app_scoring_deinit(&s);
	cc_arena_free(arena);
	return code;
}

/* --- all of them --- */

static cc_code prepare(bench *b, cc_err *err)
{
	const app_options *o = b->o;
	if (!o->args.n || !o->provider || !o->model || !*o->model) {
		cc_err_set(err, CC_EUSAGE, "judge: %s", o->args.n ? "who judges?" : "which runs?");
		return cc_err_hint(err, "coldcase judge RUN... --provider NAME --model NAME");
	}
	if (!cc_provider_find(cc_str_from(o->provider), &b->provider)) {
		cc_err_set(err, CC_EUSAGE, "judge: no provider is called %s", o->provider);
		return cc_err_hint(err, "openai, openai-responses, anthropic, gemini or ollama");
	}
	judge_prompt_sha256(b->prompt);
	return open_judge(b, err);
}

int app_judge(const app_options *o)
{
	bench b = { .o = o };
	app_kept kept = { 0 };
	cc_err err = { 0 };
	int status = 0;
	cc_code code = prepare(&b, &err);
	for (size_t i = 0; code == CC_OK && i < o->args.n; i++) {
		cc_code one = judge_run(&b, o->args.p[i], &kept, &err);
		if (one != CC_OK)
			status = app_fail(&err);
		if (one == CC_EACCESS || one == CC_ENOMEM || !b.model) /* no key: nor will the next be judged */
			break;
	}
	cc_model_close(b.model);
	app_kept_deinit(&kept);
	return code == CC_OK ? status : app_fail(&err);
}
