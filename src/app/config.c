/* config.c - what a person prefers, said once: /etc/coldcase/config.toml, then config.toml in the own folder, then the environment
 * (COLDCASE_THEME); what stands on the command line goes before all of them. `--config FILE` reads that one instead of the two, and
 * `--config -` none.
 *
 * A line is `key = value`: the name of an option without its dashes, and a TOML string, number or boolean. Only options that say how
 * things look may stand here: a file must not change what an investigation is. What is wrong is told with its line and left out. */
#include "app/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

enum { FILE_MAX = 1 << 20, NAME_MAX_BYTES = 64 };

static const struct preference { const char *key, *value, *help; } preferences[] = {
	{ "theme", "\"default\"", "default, dark, light, high-contrast, deuteranopia, tritanopia, mono, or a base16 YAML file" },
	{ "color", "\"auto\"", "auto, none, 8, 16, 256 or truecolor; goes before NO_COLOR" },
	{ "glyphs", "\"auto\"", "auto, ascii, block or braille" },
	{ "clipboard", "\"auto\"", "auto, native, osc52 or file" },
	{ "mouse", "false", "the mouse is on from the start; F2 turns it off" },
	{ "ascii", "false", "no character beyond ASCII" },
	{ "plain", "false", "line mode: no screen" },
	{ "demo", "false", "for a room: high contrast, few columns, keys shown" },
	{ "no-scrubber", "false", "without the row that shows the whole capture" },
	{ "no-cache", "false", "keep nothing of what was read" },
};

enum { PREFERENCES = sizeof preferences / sizeof preferences[0] };

typedef struct chosen { const char *value, *from; int line; } chosen; /* value NULL: not said; line 0: from is no file */
typedef struct reading { app_options *o; chosen said[PREFERENCES]; const char *path; int line; } reading;

static void complain(const reading *r, const char *what, cc_str word)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, cc_utf8_head(word, 100), CC_CLEAN_LINE);
	fprintf(stderr, "coldcase: %s:%d: %s %s\n", r->path, r->line, what, clean.p ? clean.p : "");
	cc_buf_deinit(&clean);
}

/* "…" with \" and \\, '…', or a bare word; what stands behind it must be a comment. */
static bool take_value(cc_str text, cc_buf *out)
{
	char quote = text.n ? text.p[0] : '\0';
	size_t i = quote == '"' || quote == '\'' ? 1 : 0, begin = i;
	for (; i < text.n && (begin ? text.p[i] != quote : text.p[i] != '#' && text.p[i] != ' ' && text.p[i] != '\t'); i++) {
		if (quote == '"' && text.p[i] == '\\' && i + 1 < text.n)
			i++;
		cc_buf_add_char(out, text.p[i]);
	}
	if (begin && i == text.n)
		return false;
	cc_str rest = cc_str_trim(cc_str_sub(text, i + begin, text.n));
	return (begin || out->n) && (rest.n == 0 || rest.p[0] == '#');
}

static const char *kept(reading *r, cc_str s)
{
	if (!r->o->preferred)
		r->o->preferred = cc_arena_new();
	return r->o->preferred ? cc_arena_dup(r->o->preferred, s).p : NULL;
}

static void read_line(reading *r, cc_str line)
{
	cc_str key, text;
	cc_buf value = CC_BUF_INIT;
	line = cc_str_trim(line);
	r->line++;
	if (!line.n || line.p[0] == '#')
		return;
	bool pair = cc_str_cut(line, '=', &key, &text);
	size_t i = 0;
	key = cc_str_trim(key);
	while (i < PREFERENCES && !cc_str_eqz(key, preferences[i].key))
		i++;
	if (!pair)
		complain(r, "no `key = value`:", line);
	else if (i == PREFERENCES)
		complain(r, "no such key (`coldcase config --dump` lists them):", key);
	else if (!take_value(cc_str_trim(text), &value))
		complain(r, "no value that can be read:", cc_str_trim(text));
	else
		r->said[i] = (chosen){ kept(r, cc_buf_str(&value)), kept(r, cc_str_from(r->path)), r->line };
	cc_buf_deinit(&value);
}

/* A file that is not there says nothing, unless it was asked for by name. */
static void read_file(reading *r, const char *path, bool asked)
{
	cc_buf text = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_code code = cc_file_read(&text, path, FILE_MAX, &err);
	r->path = path, r->line = 0;
	if (code && (asked || code != CC_ENOTFOUND))
		fprintf(stderr, "coldcase: %s\n", err.message);
	for (cc_str line, rest = cc_buf_str(&text); !code && rest.n;) {
		cc_str_cut(rest, '\n', &line, &rest);
		read_line(r, line);
	}
	cc_buf_deinit(&text);
}

static void read_environment(reading *r)
{
	for (size_t i = 0; i < PREFERENCES; i++) {
		char name[NAME_MAX_BYTES];
		snprintf(name, sizeof name, "COLDCASE_%s", preferences[i].key);
		for (char *p = name; *p; p++)
			*p = *p == '-' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
		const char *said = getenv(name);
		if (said && *said)
			r->said[i] = (chosen){ said, kept(r, cc_str_from(name)), 0 };
	}
}

static bool own_path(cc_buf *out)
{
	if (cc_xdg_dir(out, 'c', NULL) != CC_OK)
		return false;
	cc_buf_addz(out, "/config.toml");
	return cc_buf_ok(out);
}

static void read_all(reading *r)
{
	cc_buf own = CC_BUF_INIT;
	if (r->o->config && strcmp(r->o->config, "-") != 0)
		read_file(r, r->o->config, true);
	if (!r->o->config)
		read_file(r, "/etc/coldcase/config.toml", false);
	if (!r->o->config && own_path(&own))
		read_file(r, own.p, false);
	cc_buf_deinit(&own);
	read_environment(r);
}

/* Whether the option takes this value; who reads it later could not tell where it was said. */
static cc_code check_value(const char *key, const char *value, cc_err *err)
{
	cc_theme *theme = NULL;
	cc_color_level level;
	cc_glyphs glyphs;
	cc_clipboard clipboard;
	cc_code code = CC_OK;
	if (strcmp(key, "theme") == 0)
		code = cc_theme_load(&theme, value, err);
	else if (strcmp(key, "color") == 0)
		code = cc_color_level_pick(&level, value, 256, err);
	else if (strcmp(key, "glyphs") == 0)
		code = cc_glyphs_pick(&glyphs, value, err);
	else if (strcmp(key, "clipboard") == 0)
		code = cc_clipboard_pick(&clipboard, value, err);
	else if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		code = cc_err_set(err, CC_EUSAGE, "%s is true or false, not %.100s", key, value);
	cc_theme_free(theme);
	return code;
}

static void complain_value(const chosen *said, const char *key, const cc_err *err)
{
	cc_buf clean = CC_BUF_INIT;
	cc_buf_addf(&clean, "coldcase: %s", said->from);
	if (said->line)
		cc_buf_addf(&clean, ":%d", said->line);
	cc_buf_addf(&clean, ": %s: ", key);
	cc_utf8_clean(&clean, cc_str_from(err->message), CC_CLEAN_LINE);
	if (err->hint[0])
		cc_buf_addz(&clean, " - ");
	cc_utf8_clean(&clean, cc_str_from(err->hint), CC_CLEAN_LINE);
	fprintf(stderr, "%s\n", clean.p ? clean.p : "");
	cc_buf_deinit(&clean);
}

/* What the sub-command has no use for is not looked at. */
void app_config_apply(app_options *o, const app_command *c)
{
	reading r = { .o = o };
	const char *spelled;
	bool has_value;
	if (c->run == app_config)    /* it reads and complains itself */
		return;
	read_all(&r);
	for (size_t i = 0; i < PREFERENCES; i++) {
		const char *key = preferences[i].key, *value = r.said[i].value;
		cc_err err = { 0 };
		if (!value || !app_option_of(c, cc_str_from(key), &spelled, &has_value))
			continue;
		if (check_value(key, value, &err) != CC_OK)
			complain_value(&r.said[i], key, &err);
		else if (has_value || strcmp(value, "true") == 0)
			app_option_default(o, c, key, value);
	}
}

/* --- coldcase config --- */

static void dump(void)
{
	cc_buf path = CC_BUF_INIT;
	printf("# What you prefer; to be written to %s\n# The command line goes before this, and $COLDCASE_THEME and its like too.\n",
		own_path(&path) ? path.p : "config.toml");
	for (size_t i = 0; i < PREFERENCES; i++)
		printf("\n# %s\n#%s = %s\n", preferences[i].help, preferences[i].key, preferences[i].value);
	cc_buf_deinit(&path);
}

static void print_json(const reading *r)
{
	cc_buf out = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &out, 2);
	cc_jw_object(&w);
	for (size_t i = 0; i < PREFERENCES; i++) {
		cc_jw_key(&w, preferences[i].key);
		cc_jw_object(&w);
		cc_jw_key(&w, "value");
		cc_jw_strz(&w, r->said[i].value);
		cc_jw_key(&w, "from");
		cc_jw_strz(&w, r->said[i].from);
		cc_jw_end_object(&w);
	}
	cc_jw_end_object(&w);
	printf("%s\n", cc_buf_ok(&out) ? out.p : "{}");
	cc_buf_deinit(&out);
}

int app_config(const app_options *o)
{
	app_options mine = *o;       /* what is read is kept there, and freed here */
	reading r = { .o = &mine };
	mine.preferred = NULL;
	if (o->dump) {
		dump();
		return fflush(stdout) ? 1 : 0;
	}
	read_all(&r);
	for (size_t i = 0; i < PREFERENCES; i++) {
		cc_err err = { 0 };
		if (r.said[i].value && check_value(preferences[i].key, r.said[i].value, &err) != CC_OK)
			complain_value(&r.said[i], preferences[i].key, &err);
	}
	if (o->json)
		print_json(&r);
	for (size_t i = 0; !o->json && i < PREFERENCES; i++)
		printf("%-12s %-14s %s\n", preferences[i].key, r.said[i].value ? r.said[i].value : "-", r.said[i].from ? r.said[i].from : "as built");
	cc_arena_free(mine.preferred);
	return fflush(stdout) ? 1 : 0;
}
