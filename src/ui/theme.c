/* theme.c - reads base16 YAML, in both of its forms, and our role overrides.
 *
 * A plain base16 file is enough: its sixteen colours fill the roles by the table below. Files without a palette (the shipped
 * default) state their roles in the terminal's own colours. The built-in default is written in the same little language, so
 * that there is one reader and a test can compare it with themes/default.yaml. */
#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "coldcase/yaml.h"

typedef struct role_text { cc_look look; const char *ansi; const char *base16; } role_text;

/* How looks appear without overrides: on the terminal's own colours, and with a base16 palette. Shapes (letters, marks, words)
 * carry the meaning too; colour only helps. */
static const role_text defaults[] = {
	{ CC_LOOK_TEXT, "default", "base05" },
	{ CC_LOOK_DIM, "default dim", "base04" },
	{ CC_LOOK_HEADING, "default bold", "base0D bold" },
	{ CC_LOOK_ENTITY, "ansi6", "base0D" },
	{ CC_LOOK_TIME, "default", "base04" },
	{ CC_LOOK_CRITICAL, "ansi1 bold", "base08 bold" },
	{ CC_LOOK_WARNING, "ansi3 bold", "base09 bold" },
	{ CC_LOOK_INFO, "ansi4", "base0C" },
	{ CC_LOOK_OK, "ansi2", "base0B" },
	{ CC_LOOK_ADDED, "ansi2", "base0B" },
	{ CC_LOOK_REMOVED, "ansi1", "base08" },
	{ CC_LOOK_CHANGED, "ansi3", "base09" },
	{ CC_LOOK_MATCH, "default reverse", "base00 on base0A" },
	{ CC_LOOK_OP, "ansi5", "base0E" },
	{ CC_LOOK_STATUS, "default reverse", "base05 on base01" },
	{ CC_LOOK_STATUS_ALARM, "default reverse bold", "base08 on base01 bold" },
	{ CC_LOOK_TAB, "default", "base04" },
	{ CC_LOOK_TAB_ACTIVE, "default bold underline", "base0D bold underline" },
	{ CC_LOOK_TITLE, "default dim", "base04" },
	{ CC_LOOK_TITLE_ACTIVE, "default bold", "base0D bold" },
	{ CC_LOOK_HEADER, "default underline", "base04 underline" },
	{ CC_LOOK_SELECTION, "default reverse", "base05 on base02" },
	{ CC_LOOK_BORDER, "default dim", "base03" },
	{ CC_LOOK_HINT, "default dim", "base04" },
	{ CC_LOOK_HINT_KEY, "default bold", "base05 bold" },
	{ CC_LOOK_PROMPT, "default", "base05" },
	{ CC_LOOK_ERROR, "ansi1 bold", "base08 bold" },
	{ CC_LOOK_MENU, "default", "base05" },
	{ CC_LOOK_MENU_SELECTED, "default reverse", "base05 on base02" },
	{ CC_LOOK_CURSOR, "ansi3 bold", "base0A bold" },
	{ CC_LOOK_SERIES1, "ansi6", "base0C" },
	{ CC_LOOK_SERIES2, "ansi3", "base09" },
	{ CC_LOOK_SERIES3, "ansi5", "base0E" },
	{ CC_LOOK_SERIES4, "ansi2", "base0B" },
};

enum { DEFAULT_COUNT = sizeof defaults / sizeof defaults[0] };

static bool parse_hex(cc_str s, cc_color *out)
{
	cc_color v = 0;
	if (s.n > 0 && s.p[0] == '#')
		s = cc_str_sub(s, 1, s.n);
	if (s.n != 6)
		return false;
	for (size_t i = 0; i < 6; i++) {
		char c = s.p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return false;
		v = v * 16 + digit;
	}
	*out = CC_COLOR_RGB | v;
	return true;
}

static bool parse_color(const cc_theme *t, cc_str word, cc_color *out)
{
	int64_t n;
	if (cc_str_eqz(word, "default")) {
		*out = CC_COLOR_DEFAULT;
		return true;
	}
	if (cc_str_starts(word, CC_STR("ansi")) && cc_str_to_i64(cc_str_sub(word, 4, word.n), &n) && n >= 0 && n <= 15) {
		*out = (cc_color)n;
		return true;
	}
	if (cc_str_starts_nocase(word, CC_STR("base0")) && word.n == 6 && t->has_palette) {
		char c = word.p[5];
		int i = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (i >= 0)
			*out = t->palette[i];
		return i >= 0;
	}
	return word.n > 0 && word.p[0] == '#' && parse_hex(word, out);
}

static unsigned parse_attr(cc_str word)
{
	static const struct { const char *name; unsigned bit; } names[] = { { "bold", CC_ATTR_BOLD }, { "underline", CC_ATTR_UNDERLINE },
		{ "reverse", CC_ATTR_REVERSE }, { "dim", CC_ATTR_DIM }, { "italic", CC_ATTR_ITALIC } };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (cc_str_eqz(word, names[i].name))
			return names[i].bit;
	return 0;
}

static cc_code parse_style(const cc_theme *t, cc_str text, cc_style *out, cc_err *err)
{
	/* A theme with a palette brings its own paper: its ink may not be readable on the terminal's. */
	cc_style style = { CC_COLOR_DEFAULT, t->has_palette ? t->palette[0] : CC_COLOR_DEFAULT, 0 };
	cc_color *slot = &style.fg;
	while ((text = cc_str_trim(text)).n > 0) {
		cc_str word;
		cc_str_cut(text, ' ', &word, &text);
		unsigned bit = parse_attr(word);
		if (bit)
			style.attr |= bit;
		else if (cc_str_eqz(word, "on"))
			slot = &style.bg;
		else if (!parse_color(t, word, slot))
			return cc_err_set(err, CC_EFORMAT, "theme: %.*s is no colour or attribute", CC_STR_ARG(word));
	}
	*out = style;
	return CC_OK;
}

static void fill_defaults(cc_theme *t)
{
	for (size_t i = 0; i < DEFAULT_COUNT; i++)
		if (parse_style(t, cc_str_from(t->has_palette ? defaults[i].base16 : defaults[i].ansi), &t->styles[defaults[i].look], NULL))
			t->styles[defaults[i].look] = (cc_style){ CC_COLOR_DEFAULT, CC_COLOR_DEFAULT, 0 };
}

void cc_theme_init_default(cc_theme *t)
{
	*t = (cc_theme){ .name = "default", .dark = true };
	fill_defaults(t);
}

/* New form: palette: {base00: …}. Legacy form: base00 … at the top. All sixteen or none. */
static cc_code read_palette(cc_theme *t, const cc_json *doc, cc_err *err)
{
	const cc_json *palette = cc_json_get(doc, "palette");
	if (!palette && cc_json_get_nocase(doc, "base00"))
		palette = doc;
	if (!palette)
		return CC_OK;
	for (int i = 0; i < 16; i++) {
		char key[8];
		snprintf(key, sizeof key, "base0%X", (unsigned)i);
		if (!parse_hex(cc_json_text(cc_json_get_nocase(palette, key)), &t->palette[i]))
			return cc_err_set(err, CC_EFORMAT, "theme: %s is missing or no hexadecimal colour", key);
	}
	t->has_palette = true;
	return CC_OK;
}

static cc_code read_roles(cc_theme *t, const cc_json *roles, cc_err *err)
{
	for (const cc_json *m = cc_json_first(roles); m; m = cc_json_next(m)) {
		cc_look look = CC_LOOK_TEXT;
		while (look < CC_LOOK_COUNT && !cc_str_eqz(cc_json_key(m), cc_look_name(look)))
			look++;
		if (look == CC_LOOK_COUNT)
			return cc_err_set(err, CC_EFORMAT, "theme: no role is named %.*s", CC_STR_ARG(cc_json_key(m)));
		cc_code code = parse_style(t, cc_json_text(m), &t->styles[look], err);
		if (code)
			return code;
	}
	return CC_OK;
}

cc_code cc_theme_parse(cc_theme *t, cc_str yaml, cc_err *err)
{
	cc_json *doc = NULL;
	cc_code code = cc_yaml_parse(&doc, yaml, err);
	if (code)
		return code;
	*t = (cc_theme){ .dark = !cc_str_eqz(cc_json_get_str(doc, "variant"), "light") };
	cc_str name = cc_json_get_str(doc, "name");
	if (name.n == 0)
		name = cc_json_get_str(doc, "scheme");
	snprintf(t->name, sizeof t->name, "%.*s", CC_STR_ARG(cc_str_sub(name, 0, sizeof t->name - 1)));
	if (cc_json_typeof(doc) != CC_JSON_OBJECT)
		code = cc_err_set(err, CC_EFORMAT, "theme: not a YAML mapping");
	if (!code)
		code = read_palette(t, doc, err);
	if (!code) {
		fill_defaults(t);
		code = read_roles(t, cc_json_get(doc, "roles"), err);
	}
	cc_json_free(doc);
	return code;
}

/* Of a program that runs where it was built: build/release in the source tree, as its sample incidents are found. */
static void add_source_tree(cc_buf *path)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	cc_str exe = { self, n > 0 && (size_t)n < sizeof self - 1 ? (size_t)n : 0 };
	size_t slash = cc_str_rfind_char(exe, '/');
	cc_buf_add(path, cc_str_sub(exe, 0, slash == CC_STR_NONE ? 0 : slash));
	cc_buf_addz(path, slash == CC_STR_NONE ? "." : "/../..");
}

/* The places a theme of a name may lie, in order; false when i is past the last. */
static bool theme_path(cc_buf *path, const char *name, int i)
{
	cc_buf_clear(path);
	if (i == 0) {
		cc_buf_addz(path, name);
		return true;
	}
	if (i == 1) {
		if (cc_xdg_dir(path, 'd', NULL))
			cc_buf_addz(path, ".");  /* no home: look here */
		cc_buf_addf(path, "/themes/%s", name);
	} else if (i == 2) {
		cc_buf_addf(path, "%s/themes/%s", CC_DATADIR, name);
	} else if (i == 3) {
		cc_buf_addf(path, "themes/%s", name);
	} else if (i == 4) {
		add_source_tree(path);
		cc_buf_addf(path, "/themes/%s", name);
	} else {
		return false;
	}
	cc_buf_addz(path, ".yaml");
	return true;
}

static cc_code read_theme(cc_theme *t, const char *name, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_code code = CC_ENOTFOUND;
	for (int i = strchr(name, '/') || strchr(name, '.') ? 0 : 1; code == CC_ENOTFOUND && theme_path(&path, name, i); i++) {
		cc_buf_clear(&text);
		code = cc_buf_ok(&path) ? cc_file_read(&text, path.p, 1 << 20, err) : CC_ENOMEM;
	}
	if (code == CC_ENOTFOUND) {
		cc_err_set(err, CC_ENOTFOUND, "theme %s: not found", name);
		cc_err_hint(err, "looked in the user's data folder, %s/themes and ./themes; a path works too", CC_DATADIR);
	}
	if (!code)
		code = cc_theme_parse(t, cc_buf_str(&text), err);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}

cc_code cc_theme_load(cc_theme **out, const char *name, cc_err *err)
{
	cc_code code = CC_OK;
	*out = NULL;
	cc_theme *t = cc_calloc(1, sizeof *t);
	if (!t)
		return cc_err_set(err, CC_ENOMEM, "out of memory for a theme");
	cc_theme_init_default(t);
	if (name && strcmp(name, "default") != 0)
		code = read_theme(t, name, err);
	if (code)
		cc_free(t);
	else
		*out = t;
	return code;
}

void cc_theme_free(cc_theme *t)
{
	cc_free(t);
}

/* Attributes alone must tell selection and matches apart from the rest where there are no colours. */
cc_style cc_theme_resolve(const cc_theme *t, cc_look look, unsigned attr)
{
	cc_style s = t->styles[look < CC_LOOK_COUNT ? look : CC_LOOK_TEXT];
	unsigned own = attr & (CC_ATTR_BOLD | CC_ATTR_UNDERLINE | CC_ATTR_REVERSE | CC_ATTR_DIM | CC_ATTR_ITALIC);
	s.attr |= own;
	if (attr & CC_ATTR_SELECTED) {
		cc_style sel = t->styles[CC_LOOK_SELECTION];
		if (sel.bg != CC_COLOR_DEFAULT) {
			s.bg = sel.bg;
			if (cc_color_contrast(s.fg, s.bg) < 4.5)
				s.fg = sel.fg;
		}
		if (sel.attr & CC_ATTR_REVERSE)
			s = (cc_style){ sel.fg, sel.bg, (s.attr & ~(unsigned)CC_ATTR_DIM) };
		s.attr |= sel.attr;
	}
	if (attr & CC_ATTR_MATCH) {
		cc_style match = t->styles[CC_LOOK_MATCH];
		bool flip = (match.attr & CC_ATTR_REVERSE) && (s.attr & CC_ATTR_REVERSE);
		s = (cc_style){ match.fg, match.bg, match.attr | CC_ATTR_BOLD };
		if (flip)  /* a reversed match on a reversed row would vanish */
			s.attr = CC_ATTR_BOLD | CC_ATTR_UNDERLINE;
	}
	return s;
}
