/* session_shell.c - an investigation by shell: what is not a command of ours costs, is recorded and ends as if it were one.
 *
 * The printed text is no evidence that can be asked for again, so it goes into the record whole, as an `output` event. */
#include "cmd/session_priv.h"

#include "coldcase/answer.h"
#include "coldcase/file.h"
#include "coldcase/import.h"
#include "coldcase/json.h"
#include "coldcase/sha256.h"

cc_code cc_session_shell_check(cc_session *s, cc_err *err)
{
	pthread_mutex_lock(&s->lock);
	cc_code code = cc_case_query_check(s->kase, err);
	pthread_mutex_unlock(&s->lock);
	return code;
}

static cc_code note_touched(cc_session *s, const cc_shell_step *what, cc_arena *arena, cc_record_shown *out, cc_err *err)
{
	if (!s->touched)
		s->touched = cc_touched_new(s->snapshot);
	if (!s->touched || !cc_touched_find(s->touched, what->command, what->printed, arena, out))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	return CC_OK;
}

/* After the step's line. */
static void record_output(cc_session *s, const cc_shell_step *what)
{
	cc_buf json = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "step");
	cc_jw_int(&w, (int64_t)cc_record_steps(s->record));
	cc_jw_key(&w, "text");
	cc_jw_str(&w, what->printed);
	cc_jw_key(&w, "exit_code");
	cc_jw_int(&w, what->exit_code);
	cc_jw_end_object(&w);
	cc_code code = cc_buf_ok(&json) ? cc_record_add_event(s->record, &(cc_record_event){ CC_STR("output"), cc_buf_str(&json) }, &err) :
		cc_err_set(&err, CC_ENOMEM, "out of memory");
	cc_session_record_problem(s, code, &err);
	cc_buf_deinit(&json);
}

static cc_code shell_step(cc_session *s, const cc_shell_step *what, cc_arena *arena, cc_err *err)
{
	cc_kv args[1] = { { CC_STR("command"), what->command } };
	cc_record_step step = { .command = CC_STR("run_shell"), .args = args, .arg_count = 1, .query = true, .answered = true,
		.took_ns = what->took_ns, .message = CC_STR_EMPTY, .shown = { .title = CC_STR_EMPTY, .digest = CC_STR_EMPTY } };
	step.line = cc_arena_printf(arena, "run_shell command=%.*s", CC_STR_ARG(what->command));
	cc_code code = step.line.p ? note_touched(s, what, arena, &step.shown, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_session_apply(s, &(cc_action){ .kind = CC_ACT_QUERY }, err);
	if (code == CC_OK && s->record && !cc_record_ended(s->record)) {
		cc_session_record_step(s, &step);
		record_output(s, what);
	}
	return code;
}

cc_code cc_session_shell_step(cc_session *s, const cc_shell_step *what, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	if (!arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	pthread_mutex_lock(&s->lock);
	s->actions.n = 0;
	cc_code code = shell_step(s, what, arena, err);
	s->actions.n = 0;
	pthread_mutex_unlock(&s->lock);
	cc_arena_free(arena);
	return code;
}

/* --- the answer --- */

static cc_code check_answer(const cc_answer *a, cc_err *err)
{
	size_t named = 0;
	if (a->status != CC_ANSWER_OK) {
		cc_err_set(err, CC_EFORMAT, "the answer cannot be read: %.*s", CC_STR_ARG(a->problem));
		return cc_err_hint(err, "{\"entities\": [{\"name\": \"namespace/Kind/name\", \"contributing_factor\": true, \"reasoning\": \"...\"}]}");
	}
	for (size_t i = 0; i < a->entity_count; i++)
		named += a->entities[i].contributing;
	if (named)
		return CC_OK;
	cc_err_set(err, CC_EFORMAT, "an empty answer scores 0 and is not taken");
	return cc_err_hint(err, "name a root cause with contributing_factor true");
}

static cc_code write_answer(cc_session *s, const cc_answer *a, char sha[65], cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	if (!s->record)
		return CC_OK;
	cc_path_join(&path, s->run_dir.p, CC_RECORD_ANSWER_FILE);
	cc_answer_write(&text, a);
	cc_code code = cc_buf_ok(&path) && cc_buf_ok(&text) ? cc_file_write(path.p, cc_buf_str(&text), err) :
		cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		cc_sha256_of(cc_buf_str(&text), sha);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

static cc_code finish(cc_session *s, const cc_answer *a, cc_err *err)
{
	cc_record_step step = { .line = CC_STR("finish"), .command = CC_STR("finish"), .message = CC_STR_EMPTY };
	if (cc_case_submitted(s->kase))
		return cc_err_set(err, CC_ESTATE, "the answer has been submitted: the investigation is over");
	cc_str why;
	if (cc_case_frozen(s->kase, &why))
		return cc_err_set(err, CC_ESTATE, "%.*s: the answer can be submitted when it goes on", CC_STR_ARG(why));
	char sha[65] = "";
	cc_code code = write_answer(s, a, sha, err);
	if (code == CC_OK)
		code = cc_session_apply(s, &(cc_action){ .kind = CC_ACT_SUBMIT, .answer_sha256 = cc_str_from(sha) }, err);
	if (code == CC_OK && s->record) {
		cc_session_record_step(s, &step);
		cc_session_record_end(s, "submit", true);
	}
	return code;
}

cc_code cc_session_finish(cc_session *s, cc_str text, cc_err *err)
{
	cc_answer *a = NULL;
	cc_code code = cc_answer_read(&a, text, err);
	if (code == CC_OK)
		code = check_answer(a, err);
	if (code == CC_OK) {
		pthread_mutex_lock(&s->lock);
		s->actions.n = 0;
		code = finish(s, a, err);
		s->actions.n = 0;
		pthread_mutex_unlock(&s->lock);
	}
	cc_answer_free(a);
	return code;
}
