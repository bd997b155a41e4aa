/* common.c - what several sub-commands need: errors to stderr, finding an incident, opening a session, the terminal's
 * facts. */
#include "app/cases.h"
#include "app/lead.h"

#include <langinfo.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/clock.h"
#include "coldcase/discover.h"
#include "coldcase/file.h"
#include "coldcase/utf8.h"

enum { DEFAULT_BUDGET = 100 }; /* the benchmark's cap on turns */

int app_fail(const cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "coldcase: ");
	cc_utf8_clean(&b, cc_str_from(err->message), CC_CLEAN_LINE);
	if (err->record)
		cc_buf_addf(&b, " (record %llu)", (unsigned long long)err->record);
	cc_buf_add_char(&b, '\n');
	if (err->hint[0]) {
		cc_buf_addz(&b, "  hint: ");
		cc_utf8_clean(&b, cc_str_from(err->hint), CC_CLEAN_LINE);
		cc_buf_add_char(&b, '\n');
	}
	fwrite(b.p ? b.p : "", 1, b.n, stderr);
	cc_buf_deinit(&b);
	return cc_code_exit_status(err->code);
}

bool app_unicode(const app_options *o)
{
	return !o->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool app_can_draw(void)
{
	const char *term = getenv("TERM");
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

size_t app_terminal_columns(int fd)
{
	struct winsize w;
	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

cc_code app_known_incidents(const app_options *o, cc_scenario_vec *found, cc_arena *arena, cc_err *err)
{
	cc_buf dir = CC_BUF_INIT;
	app_self_dir(o, &dir);
	cc_code code = cc_discover_known(found, arena, dir.p, err);
	for (size_t i = 0; i < found->n && code == CC_OK; i++) {
		char *real = realpath(found->p[i].path.p, NULL); /* from the C library: released with free */
		cc_str copy = real ? cc_arena_dup(arena, cc_str_from(real)) : found->p[i].path;
		free(real);
		if (!copy.p)
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		else
			found->p[i].path = copy;
	}
	cc_buf_clear(&dir);
	if (code == CC_OK && cc_xdg_dir(&dir, 'd', NULL) == CC_OK) {
		cc_buf_addz(&dir, "/incidents");
		code = cc_buf_ok(&dir) ? app_case_list(found, arena, dir.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_buf_deinit(&dir);
	return code;
}

cc_code app_some_incidents(const app_options *o, cc_scenario_vec *found, cc_arena *arena, cc_err *err)
{
	cc_code code = app_known_incidents(o, found, arena, err);
	if (code != CC_OK || found->n)
		return code;
	cc_err_set(err, CC_ENOTFOUND, "no incident is known here");
	return cc_err_hint(err, "coldcase list DIR, coldcase play DIR, or make one: coldcase forge OUT --fault invalid-image:checkout");
}

static cc_code add_incident(const cc_scenario *s, cc_buf *path, cc_err *err)
{
	if (cc_pack_is(s->path.p)) /* arena texts end in NUL */
		return app_case_open(s->path.p, path, err);
	cc_buf_add(path, s->path);
	return CC_OK;
}

/* A word without a slash that is no folder may be the name of a known incident. */
cc_code app_find_incident(const app_options *o, const char *word, cc_buf *path, cc_err *err)
{
	if (cc_pack_is(word))
		return app_case_open(word, path, err); /* opened by what it is unpacked to */
	struct stat st;
	cc_scenario_vec found = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_code code = CC_OK;
	size_t start = path->n;
	if (strchr(word, '/') || stat(word, &st) == 0 || !arena) {
		cc_buf_addz(path, word);
		goto done;
	}
	code = app_known_incidents(o, &found, arena, err);
	for (size_t i = 0; i < found.n && code == CC_OK && path->n == start; i++)
		if (cc_str_eq_nocase(found.p[i].name, cc_str_from(word)))
			code = add_incident(&found.p[i], path, err);
	if (code == CC_OK && path->n == start)
		cc_buf_addz(path, word);
done:
	cc_vec_deinit(&found);
	cc_arena_free(arena);
	if (code == CC_OK && !cc_buf_ok(path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}

/* --- loading progress: one line on a terminal's stderr, from the second quarter second on --- */

app_progress app_progress_begin(void)
{
	return (app_progress){ .began_ns = cc_clock_mono_ns(), .tty = isatty(STDERR_FILENO) != 0 };
}

bool app_progress_due(app_progress *p)
{
	int64_t now = cc_clock_mono_ns();
	if (!p->tty || now - p->began_ns < 250 * CC_NS_PER_MS || now - p->shown_ns < 100 * CC_NS_PER_MS)
		return false;
	p->shown_ns = now;
	return true;
}

void app_progress_show(void *progress, const cc_snapshot_progress *p)
{
	if (app_progress_due(progress))
		fprintf(stderr, "\rreading %s: %llu of %llu MB\033[K", p->what, (unsigned long long)(p->bytes_done >> 20),
			(unsigned long long)(p->bytes_total >> 20));
}

void app_progress_end(const app_progress *p)
{
	if (p->shown_ns)
		fputs("\r\033[K", stderr);
}

cc_code app_budget(const app_options *o, int64_t *budget, cc_err *err)
{
	*budget = o->no_budget ? 0 : DEFAULT_BUDGET;
	if (!o->budget)
		return CC_OK;
	if (o->no_budget)
		return cc_err_set(err, CC_EUSAGE, "--budget and --no-budget contradict each other");
	if (!cc_str_to_i64(cc_str_from(o->budget), budget) || *budget < 1 || *budget > 1000000)
		return cc_err_set(err, CC_EUSAGE, "--budget takes a number of queries from 1 to 1000000, not %s",
			o->budget);
	return CC_OK;
}

void app_seal_truth(const app_options *o, const char *dir, cc_buf *seal)
{
	const char *argv[8] = { "score", "--seal", "--incident", dir, o->truth ? "--truth" : NULL, o->truth, NULL };
	int status;
	if (app_case_seal(o, dir, seal))
		return;
	if (app_spawn(o, argv, seal, &status, NULL) != CC_OK || status != 0)
		cc_buf_clear(seal);
	cc_str line = cc_str_trim(cc_buf_str(seal));
	cc_buf_truncate(seal, line.n);
}

cc_code app_runs_dir(const app_options *o, cc_buf *out, cc_err *err)
{
	if (o->out) {
		cc_buf_addz(out, o->out);
		return CC_OK;
	}
	cc_code code = cc_xdg_dir(out, 's', err);
	if (code == CC_OK)
		cc_buf_addz(out, "/runs");
	return code;
}

const char *app_actor_name(const app_options *o)
{
	const char *name = o->name ? o->name : getenv("USER");
	const struct passwd *pw = name && *name ? NULL : getpwuid(getuid());
	return name && *name ? name : pw ? pw->pw_name : NULL;
}

/* --assist, or what the environment fixes: whoever sets the case decides, the investigator may not ask for another. */
cc_code app_assistance(const app_options *o, const char **out, cc_err *err)
{
	const char *fixed = getenv("COLDCASE_ASSIST");
	cc_assist_level level;
	*out = fixed && *fixed ? fixed : o->assist ? o->assist : "full";
	if (!cc_assist_level_parse(cc_str_from(*out), &level)) {
		cc_err_set(err, CC_EUSAGE, "no level of assistance is called %s", *out);
		return cc_err_hint(err, "raw, ranked or full");
	}
	if (o->assist && strcmp(o->assist, *out) != 0) {
		cc_err_set(err, CC_EUSAGE, "the level of assistance is fixed at %s here ($COLDCASE_ASSIST)", *out);
		return cc_err_hint(err, "leave --assist away");
	}
	return CC_OK;
}

static cc_code live_options(const app_options *o, cc_session_options *so, cc_err *err)
{
	so->live_from = o->from;
	so->live_pausable = o->pausable;
	if (o->live && !cc_live_speed_parse(cc_str_from(o->live), &so->live_speed))
		return cc_err_set(err, CC_EUSAGE, "--live takes a speed from 1x to %dx, not %s", CC_LIVE_SPEED_MAX, o->live);
	if (!o->live && (o->from || o->pausable))
		return cc_err_set(err, CC_EUSAGE, "--%s is for a live drill (--live 1x)", o->from ? "from" : "pausable");
	return CC_OK;
}

static cc_code check_cases(const app_options *o, cc_err *err)
{
	static const char *const KINDS[] = { "public", "forged", "private" };
	for (size_t i = 0; o->cases && i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (strcmp(o->cases, KINDS[i]) == 0)
			return CC_OK;
	return o->cases ? cc_err_set(err, CC_EUSAGE, "--cases public, forged or private, not %s", o->cases) : CC_OK;
}

static void note_cases(const app_options *o, cc_session *s)
{
	cc_buf json = CC_BUF_INIT;
	cc_buf_addf(&json, "{\"kind\":\"%s\"}", o->cases ? o->cases : "");
	if (o->cases && cc_buf_ok(&json))
		cc_session_event(s, "case", cc_buf_str(&json));
	cc_buf_deinit(&json);
}

/* What both ways of opening share; *runs is where records go, empty for none. */
static cc_code session_options(const app_options *o, const char *dir, bool record, cc_session_options *so, cc_buf *runs,
	cc_err *err)
{
	*so = (cc_session_options){ .dir = dir, .no_cache = o->no_cache, .agent = o->agent, .actor_name = app_actor_name(o),
		.known_only = o->known, .coach = app_ask_coach, .attend = o->lead ? app_lead_attend : NULL, .attend_arg = o->lead };
	cc_code code = app_budget(o, &so->budget, err);
	if (code == CC_OK)
		code = app_assistance(o, &so->assistance, err);
	if (code == CC_OK)
		code = live_options(o, so, err);
	if (code == CC_OK)
		code = check_cases(o, err);
	if (code == CC_OK && record && !o->no_record)
		code = app_runs_dir(o, runs, err);
	if (code == CC_OK && !cc_buf_ok(runs))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	so->out_dir = runs->n ? runs->p : NULL;
	return code;
}

cc_code app_open_session_watched(const app_options *o, const char *dir, bool record, bool paused,
	void (*watch)(void *arg, const cc_snapshot_progress *p), void *watch_arg, cc_session **out, cc_err *err)
{
	cc_buf runs = CC_BUF_INIT, seal = CC_BUF_INIT;
	cc_session_options so;
	cc_code code = session_options(o, dir, record, &so, &runs, err);
	static app_sealing coached;     /* this program opens one session; it asks as long as it lives */
	coached = (app_sealing){ o, dir };
	so.coach_arg = &coached;
	so.pause_at_start = paused;
	so.progress = watch;
	so.progress_arg = watch_arg;
	if (code == CC_OK && so.out_dir) {
		app_seal_truth(o, dir, &seal);
		so.truth_seal = seal.n ? seal.p : NULL;
	}
	if (code == CC_OK)
		code = cc_session_open(out, &so, err);
	if (code == CC_OK)
		note_cases(o, *out);
	cc_buf_deinit(&runs);
	cc_buf_deinit(&seal);
	return code;
}

cc_code app_open_session(const app_options *o, const char *dir, bool record, bool paused, cc_session **out, cc_err *err)
{
	app_progress p = app_progress_begin();
	cc_code code = app_open_session_watched(o, dir, record, paused, app_progress_show, &p, out, err);
	app_progress_end(&p);
	return code;
}

/* On a thread of the session: starting another process takes longer than drawing the first screen. */
static void seal_later(void *arg, cc_buf *seal)
{
	const app_sealing *what = arg;
	app_seal_truth(what->o, what->dir, seal);
}

cc_code app_open_session_staged(const app_sealing *what, cc_session **out, cc_err *err)
{
	cc_buf runs = CC_BUF_INIT;
	cc_session_options so;
	cc_code code = session_options(what->o, what->dir, true, &so, &runs, err);
	so.staged = so.pause_at_start = true;
	so.make_seal = so.out_dir ? seal_later : NULL;
	so.make_seal_arg = (void *)(uintptr_t)what;
	so.coach_arg = (void *)(uintptr_t)what;
	if (code == CC_OK)
		code = cc_session_open(out, &so, err);
	if (code == CC_OK)
		note_cases(what->o, *out);
	cc_buf_deinit(&runs);
	return code;
}
