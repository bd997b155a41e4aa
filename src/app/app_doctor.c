/* app_doctor.c - `doctor`: what this terminal, locale and machine can do, and what to do where they cannot. */
#include "app/app.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/discover.h"
#include "coldcase/file.h"
#include "coldcase/http.h"
#include "coldcase/json.h"
#include "coldcase/pack.h"
#include "coldcase/sandbox.h"
#include "coldcase/seal.h"
#include "coldcase/term.h"
#include "coldcase/utf8.h"

/* w: what is said goes there instead of to the screen; NULL = to the screen. */
typedef struct report { int warnings; cc_jw *w; } report;

static void say(report *r, bool good, const char *what, const char *value, const char *advice)
{
	cc_buf b = CC_BUF_INIT;
	r->warnings += !good;
	if (r->w) {
		cc_jw_object(r->w);
		cc_jw_put_str(r->w, "what", cc_str_from(what));
		cc_jw_put_bool(r->w, "good", good);
		cc_jw_put_str(r->w, "value", cc_str_from(value));
		cc_jw_key(r->w, "advice");
		cc_jw_strz(r->w, good ? NULL : advice);
		cc_jw_end_object(r->w);
		return;
	}
	cc_utf8_clean(&b, cc_str_from(value), CC_CLEAN_LINE);
	printf("%-4s %-12s %s\n", good ? "ok" : "note", what, b.p ? b.p : "");
	if (!good && advice)
		printf("                  %s\n", advice);
	cc_buf_deinit(&b);
}

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v ? v : "";
}

static void check_terminal(report *r)
{
	char size[64];
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	const char *term = env("TERM");
	size_t columns = app_terminal_columns(STDOUT_FILENO);
	say(r, tty, "terminal", tty ? "standard input and output are a terminal" : "not a terminal",
		"play then runs in line mode (--plain)");
	say(r, *term && strcmp(term, "dumb") != 0, "TERM", *term ? term : "not set",
		"set TERM (tmux-256color inside tmux, xterm-256color elsewhere)");
	struct winsize w = { 0 };
	bool known = tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row;
	snprintf(size, sizeof size, "%zux%u", columns, known ? w.ws_row : 0U);
	if (tty)
		say(r, columns >= 80 && (!known || w.ws_row >= 24), "size", size, "80x24 is where everything fits; below, borders, hints and columns go");
}

static void check_text(report *r)
{
	const char *codeset = nl_langinfo(CODESET);
	bool utf8 = strcmp(codeset, "UTF-8") == 0;
	say(r, utf8, "locale", codeset,
		"set LC_ALL or LANG to a UTF-8 locale (C.UTF-8); until then only ASCII is drawn");
	if (utf8)
		say(r, true, "glyphs", "blocks \xE2\x96\x81\xE2\x96\x83\xE2\x96\x85\xE2\x96\x87"
			"  braille \xE2\xA3\x80\xE2\xA3\xA4\xE2\xA3\xB6\xE2\xA3\xBF"
			"  lines \xE2\x94\x80\xE2\x94\x82\xE2\x94\x8C (boxes or question marks here: use --ascii)",
			NULL);
}

/* What the terminal description promises, by the program that comes with it; 0 = none, or nobody to ask. */
static int terminfo_colours(void)
{
	int n = 0;
	FILE *tput = popen("tput colors 2>/dev/null", "r");
	if (!tput || fscanf(tput, "%d", &n) != 1)
		n = 0;
	if (tput)
		pclose(tput);
	return n > 0 ? n : 0;
}

/* What the console would use, and why: --color goes before NO_COLOR, that before COLORTERM, that before terminfo. */
static void check_colours(report *r)
{
	static const char *const levels[] = { "none: bold, underline and reverse only", "8", "16", "256", "24 bits" };
	cc_color_level level;
	cc_buf b = CC_BUF_INIT;
	int terminfo = terminfo_colours();
	bool mono = *env("NO_COLOR");
	if (cc_color_level_pick(&level, NULL, terminfo, NULL) != CC_OK)
		return;
	cc_buf_addf(&b, "%s (NO_COLOR %s, COLORTERM %s, terminfo %d)", levels[level], mono ? "set" : "not set",
		*env("COLORTERM") ? env("COLORTERM") : "not set", terminfo);
	say(r, mono || level >= CC_COLOR_16, "colours", b.p ? b.p : "",
		"set COLORTERM=truecolor or a TERM that knows 256 colours where the terminal can do more; --color says so for once");
	cc_buf_deinit(&b);
}

static void check_clipboard(report *r)
{
	bool tmux = *env("TMUX") != 0, dumb = !*env("TERM") || strcmp(env("TERM"), "dumb") == 0 || strcmp(env("TERM"), "linux") == 0;
	if (dumb) {
		say(r, false, "clipboard", "this terminal has none", "y writes to a file and says where; --clipboard native uses the desktop's program");
		return;
	}
	say(r, true, "clipboard", tmux ? "OSC 52 through tmux: needs `set -g set-clipboard on` and allow-passthrough"
		: "OSC 52; where the terminal refuses it, text goes to a file", NULL);
}

/* Whether a folder can be made and written to. */
static void check_dir(report *r, char kind, const char *what)
{
	cc_buf path = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = cc_xdg_dir(&path, kind, &err);
	if (code == CC_OK)
		code = cc_dir_make(path.p, &err);
	if (code == CC_OK && access(path.p, W_OK) != 0)
		code = cc_err_set(&err, CC_EACCESS, "%s: not writable", path.p);
	say(r, code == CC_OK, what, code == CC_OK ? path.p : err.message,
		"set HOME or the XDG variable to a folder you may write to");
	cc_buf_deinit(&path);
}

/* Each way of shutting an agent's shell in, tried over that incident; nothing runs in it. "own works; bwrap: not installed" */
static bool try_ways(const cc_snapshot *s, cc_buf *out)
{
	cc_sandbox_limits limits = cc_sandbox_defaults();
	bool any = false;
	for (cc_sandbox_way way = CC_SANDBOX_OWN; way <= CC_SANDBOX_BWRAP; way++) {
		cc_sandbox *box = NULL;
		cc_err err = { 0 };
		bool works = cc_sandbox_open(&box, s, &limits, way, &err) == CC_OK;
		cc_str why = cc_str_from(err.message), none = CC_STR("no sandbox: ");
		if (cc_str_starts(why, none))
			why = cc_str_sub(why, none.n, why.n);
		cc_buf_addf(out, "%s%s", out->n ? "; " : "", cc_sandbox_way_name(way));
		if (works)
			cc_buf_addz(out, " works");
		else
			cc_buf_addf(out, ": %.*s", CC_STR_ARG(why));
		cc_sandbox_close(box);
		any = any || works;
	}
	return any;
}

static void check_sandbox(report *r, const app_options *o)
{
	cc_scenario_vec found = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_snapshot *s = NULL;
	cc_buf ways = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = arena ? app_known_incidents(o, &found, arena, &err) : CC_ENOMEM;
	if (code == CC_OK && found.n)
		code = cc_snapshot_open(&s, found.p[0].path.p, &(cc_snapshot_options){ .left_out = CC_KINDS_ALL }, &err);
	if (code == CC_OK && s && !try_ways(s, &ways))
		code = CC_ESTATE;
	say(r, code == CC_OK, "sandbox", ways.n ? ways.p : code == CC_OK ? "not tried: no incident is known" : err.message,
		"only shell-using agents need one; people do not");
	cc_buf_deinit(&ways);
	cc_snapshot_free(s);
	cc_vec_deinit(&found);
	cc_arena_free(arena);
}

static void check_incidents(report *r, const app_options *o)
{
	cc_scenario_vec found = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_buf dir = CC_BUF_INIT;
	char text[64];
	app_self_dir(o, &dir);
	if (arena && cc_discover_known(&found, arena, dir.p, NULL) == CC_OK)
		snprintf(text, sizeof text, "%zu known", found.n);
	else
		snprintf(text, sizeof text, "none could be listed");
	say(r, found.n > 0, "incidents", text, "coldcase list DIR looks in a folder; coldcase forge OUT makes one");
	cc_vec_deinit(&found);
	cc_arena_free(arena);
	cc_buf_deinit(&dir);
}

static void check_library(report *r, const char *what, bool (*version)(cc_buf *), const char *advice)
{
	cc_buf text = CC_BUF_INIT;
	bool have = version(&text);
	say(r, have, what, text.p ? text.p : "", advice);
	cc_buf_deinit(&text);
}

static void check_all(report *r, const app_options *o)
{
	check_terminal(r);
	check_text(r);
	check_colours(r);
	check_clipboard(r);
	check_sandbox(r, o);
	check_dir(r, 's', "runs");
	check_dir(r, 'k', "cache");
	check_dir(r, 'c', "config");
	check_dir(r, 'd', "data");
	check_incidents(r, o);
	check_library(r, "network", cc_http_version, "nothing needs it to investigate");
	check_library(r, "case files", cc_pack_version, "packing and opening them needs libarchive with zstd");
	check_library(r, "seals", cc_seal_version, "sealing a truth, and scoring with a sealed one, needs libsodium");
}

static int print_json(const app_options *o)
{
	cc_buf out = CC_BUF_INIT;
	cc_jw w;
	report r = { .w = &w };
	cc_jw_init(&w, &out, 2);
	cc_jw_object(&w);
	cc_jw_put_str(&w, "version", CC_STR(CC_VERSION));
	cc_jw_key(&w, "checks");
	cc_jw_array(&w);
	check_all(&r, o);
	cc_jw_end_array(&w);
	cc_jw_put_int(&w, "notes", r.warnings);
	cc_jw_end_object(&w);
	bool whole = cc_buf_ok(&out) && printf("%s\n", out.p) > 0 && fflush(stdout) == 0;
	cc_buf_deinit(&out);
	return whole ? 0 : 1;
}

int app_doctor(const app_options *o)
{
	report r = { 0 };
	if (o->json)
		return print_json(o);
	printf("coldcase %s\n", CC_VERSION);
	check_all(&r, o);
	printf("%s\n", r.warnings ? "Everything marked `note` has its advice below it." : "Nothing to mend.");
	return fflush(stdout) ? 1 : 0;
}
