/* keybind.c - keys of one's own: a file of `bind` and `unbind` lines, read over the built-in table, and the same lines typed.
 *
 * A key given away is taken from whatever had it. A line of the file that cannot be read is told with its number and skipped:
 * a mistake in it must not keep anybody out. */
#include "ui/keymap.h"

#include <string.h>

#include "coldcase/command.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/xalloc.h"

enum { FILE_MAX = 1 << 20 };

const char *cc_do_name(cc_do what)
{
	static const char *const names[] = {
#define DO_NAME(id, name) [CC_DO_##id] = name,
		CC_DOS(DO_NAME)
#undef DO_NAME
	};
	return (size_t)what < sizeof names / sizeof *names ? names[what] : NULL;
}

static cc_str next_word(cc_str *rest)
{
	cc_str word;
	*rest = cc_str_trim(*rest);
	cc_str_cut(*rest, ' ', &word, rest);
	*rest = cc_str_trim(*rest);
	return word;
}

static bool rebindable(const cc_binding *b)
{
	return b->context == CC_IN_PANE || b->context == CC_IN_ANY;
}

/* Writes a row's keys anew: without `key`, then with it when it is to be added. */
static cc_code set_keys(cc_keymap *m, cc_binding *b, const cc_key *key, bool add, cc_err *err)
{
	cc_buf out = CC_BUF_INIT;
	cc_str rest = cc_str_from(b->keys), name;
	while (rest.n) {
		cc_key k;
		cc_str_cut(rest, ' ', &name, &rest);
		if (cc_key_parse(name, &k) && (k.code != key->code || k.mods != key->mods))
			cc_buf_addf(&out, "%s%.*s", out.n ? " " : "", CC_STR_ARG(name));
	}
	if (add && out.n)
		cc_buf_add_char(&out, ' ');
	if (add)
		cc_key_format(key, &out);
	cc_str kept = cc_buf_ok(&out) ? cc_arena_dup(m->arena, cc_buf_str(&out)) : (cc_str){ NULL, 0 };
	cc_buf_deinit(&out);
	if (!kept.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory for the keys");
	b->keys = kept.p;
	return CC_OK;
}

/* Everywhere when pane is 0, else only where that pane alone is meant. */
static cc_code take_key(cc_keymap *m, const cc_key *key, int pane, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < m->rows.n && !code; i++)
		if (rebindable(&m->rows.p[i]) && (!pane || m->rows.p[i].pane == pane))
			code = set_keys(m, &m->rows.p[i], key, false, err);
	return code;
}

/* The action of a line: a name of the table, or a command line after a colon. */
static cc_code read_action(cc_keymap *m, cc_str text, cc_binding *out, cc_err *err)
{
	*out = (cc_binding){ .what = CC_DO_NOTHING, .note = "a command line of your own" };
	if (cc_str_starts(text, CC_STR(":"))) {
		cc_str line = cc_str_trim(cc_str_sub(text, 1, text.n)), rest = line;
		const cc_cmd *cmd;
		cc_code code = cc_cmd_find(next_word(&rest), &cmd, err);
		cc_str kept = code ? CC_STR_EMPTY : cc_arena_dup(m->arena, line);
		out->what = CC_DO_LINE;
		out->line = kept.p;
		return code ? code : kept.p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory for the keys");
	}
	for (cc_do what = CC_DO_LINE + 1; what < CC_DO_NOTHING; what++)
		if (cc_str_eqz(text, cc_do_name(what)))
			out->what = what;
	if (out->what != CC_DO_NOTHING)
		return CC_OK;
	cc_err_set(err, CC_EUNKNOWN, "no action is called '%.*s'", CC_STR_ARG(text));
	return cc_err_hint(err, "`coldcase keys --dump` lists the actions; a command line begins with a colon");
}

static bool same_action(const cc_binding *a, const cc_binding *b)
{
	return a->what == b->what && (a->what != CC_DO_LINE || strcmp(a->line, b->line) == 0);
}

/* The row of an action in a pane (0: of all panes), made when there is none; the number of rows when memory is out. */
static size_t row_for(cc_keymap *m, const cc_binding *action, int pane)
{
	cc_binding made = *action;
	for (size_t i = 0; i < m->rows.n; i++) {
		if (!rebindable(&m->rows.p[i]) || !same_action(&m->rows.p[i], action))
			continue;
		if (m->rows.p[i].pane == pane)
			return i;
		made = m->rows.p[i];
	}
	made.keys = "";
	made.pane = pane;
	return cc_vec_push(&m->rows, made) ? m->rows.n - 1 : m->rows.n;
}

static cc_code give(cc_keymap *m, const cc_binding *action, const cc_key *key, int pane, cc_err *err)
{
	size_t at = row_for(m, action, pane);
	if (at == m->rows.n)
		return cc_err_set(err, CC_ENOMEM, "out of memory for the keys");
	cc_code code = take_key(m, key, pane, err);
	return code ? code : set_keys(m, &m->rows.p[at], key, true, err);
}

/* The panes an action is for, as bits; 1 when it is for all or was in no row yet. */
static unsigned panes_of(const cc_keymap *m, const cc_binding *action)
{
	unsigned panes = 0;
	for (size_t i = 0; i < m->rows.n; i++)
		if (rebindable(&m->rows.p[i]) && same_action(&m->rows.p[i], action))
			panes |= 1U << m->rows.p[i].pane;
	return panes & 1 || !panes ? 1 : panes;
}

/* Without a pane the key goes to the panes the action is for: what only some have stays in those. */
static cc_code bind(cc_keymap *m, cc_str what, const cc_key *key, int pane, cc_err *err)
{
	cc_binding action;
	cc_code code = read_action(m, what, &action, err);
	unsigned panes = pane ? 1U << pane : code ? 0 : panes_of(m, &action);
	for (int i = 0; i <= 8 && !code; i++)
		if (panes >> i & 1)
			code = give(m, &action, key, i, err);
	return code;
}

cc_code cc_keymap_bind(cc_keymap *m, cc_str line, cc_err *err)
{
	cc_str rest = cc_str_trim(line), verb = next_word(&rest), word = next_word(&rest);
	bool unbind = cc_str_eqz(verb, "unbind");
	cc_key key;
	if (!unbind && !cc_str_eqz(verb, "bind")) {
		cc_err_set(err, CC_EUSAGE, "a line begins with bind or unbind, not '%.*s'", CC_STR_ARG(verb));
		return cc_err_hint(err, "bind [PANE] KEY ACTION, bind [PANE] KEY :COMMAND LINE, unbind [PANE] KEY");
	}
	int pane = cc_keymap_pane(word);
	if (pane)
		word = next_word(&rest);
	if (!cc_key_parse(word, &key)) {
		cc_err_set(err, CC_EUSAGE, "'%.*s' is no key", CC_STR_ARG(word));
		return cc_err_hint(err, "keys are written as help shows them: j, C-d, A-x, Enter, PgDn, F5, Space");
	}
	if (unbind ? rest.n > 0 : rest.n == 0) {
		cc_err_set(err, CC_EUSAGE, unbind ? "unbind takes one key" : "%.*s is to do what?", CC_STR_ARG(word));
		return cc_err_hint(err, "bind [PANE] KEY ACTION, bind [PANE] KEY :COMMAND LINE, unbind [PANE] KEY");
	}
	return unbind ? take_key(m, &key, pane, err) : bind(m, rest, &key, pane, err);
}

/* --- the file --- */

static void read_lines(cc_keymap *m, cc_str text, const char *path, cc_buf *warnings)
{
	for (int number = 1; text.n; number++) {
		cc_str line;
		cc_err err = { 0 };
		cc_str_cut(text, '\n', &line, &text);
		line = cc_str_trim(line);
		if (cc_str_find(line, CC_STR("  #")) != CC_STR_NONE)   /* as --dump writes them; one blank may belong to a filter */
			line = cc_str_trim(cc_str_sub(line, 0, cc_str_find(line, CC_STR("  #"))));
		if (line.n && line.p[0] != '#' && cc_keymap_bind(m, line, &err))
			cc_buf_addf(warnings, "%s%s:%d: %s", warnings->n ? "\n" : "", path, number, err.message);
	}
}

void cc_keymap_path(cc_buf *out)
{
	if (cc_xdg_dir(out, 'c', NULL) == CC_OK)
		cc_buf_addz(out, "/keys");
	else
		cc_buf_clear(out);
}

cc_code cc_keymap_open(cc_keymap **out, cc_buf *warnings, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_err reading = { 0 };
	*out = cc_keymap_new();
	if (!*out)
		return cc_err_set(err, CC_ENOMEM, "out of memory for the keys");
	cc_keymap_path(&path);
	cc_code code = path.n && cc_buf_ok(&path) ? cc_file_read(&text, path.p, FILE_MAX, &reading) : CC_ENOTFOUND;
	if (!code)
		read_lines(*out, cc_buf_str(&text), path.p, warnings);
	else if (code != CC_ENOTFOUND)
		cc_buf_addf(warnings, "%s", reading.message);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return CC_OK;
}

static void write_row(const cc_binding *b, const char *pane, bool commented, cc_buf *out)
{
	cc_str rest = cc_str_from(b->keys), name;
	while (rest.n) {
		size_t from = out->n;
		cc_str_cut(rest, ' ', &name, &rest);
		cc_buf_addf(out, "%sbind %s%s%.*s ", commented ? "#" : "", pane, *pane ? " " : "", CC_STR_ARG(name));
		cc_buf_addf(out, b->line ? ":%s" : "%s", b->line ? b->line : cc_do_name(b->what));
		if (commented)
			cc_buf_addf(out, "%*s# %s", out->n - from < 42 ? (int)(44 - (out->n - from)) : 2, "", b->note);
		cc_buf_add_char(out, '\n');
	}
}

static const char *const panes[] = { "", "alerts", "logs", "traces", "metrics", "topology", "events", "specs", "board" };

static void json_row(cc_jw *w, const cc_binding *b)
{
	cc_str rest = cc_str_from(b->keys), name;
	while (rest.n) {
		cc_str_cut(rest, ' ', &name, &rest);
		cc_jw_object(w);
		cc_jw_put_str(w, "key", name);
		cc_jw_key(w, "pane");
		cc_jw_strz(w, b->pane ? panes[b->pane] : NULL);
		cc_jw_key(w, "action");
		cc_jw_strz(w, b->line ? NULL : cc_do_name(b->what));
		cc_jw_key(w, "line");
		cc_jw_strz(w, b->line);
		cc_jw_put_str(w, "note", cc_str_from(b->note));
		cc_jw_end_object(w);
	}
}

void cc_keymap_write_json(const cc_keymap *m, cc_buf *out)
{
	cc_jw w;
	cc_jw_init(&w, out, 2);
	cc_jw_array(&w);
	for (size_t i = 0; i < m->rows.n; i++)
		if (rebindable(&m->rows.p[i]))
			json_row(&w, &m->rows.p[i]);
	cc_jw_end_array(&w);
}

void cc_keymap_write(const cc_keymap *m, bool commented, cc_buf *out)
{
	if (commented)
		cc_buf_addz(out, "# Keys of the coldcase console; the built-in ones stand here as comments. Lines are read in order.\n"
			"#   bind KEY ACTION          bind KEY :COMMAND LINE       {entity} {time} {cite} {op} are the selected row's,\n"
			"#                                                         {filter} the view's\n"
			"#   bind PANE KEY ACTION     unbind KEY                   a key given away is taken from what had it\n");
	for (int pane = 0; pane <= 8; pane++)            /* those of all panes first: they take a key from every pane */
		for (size_t i = 0; i < m->rows.n; i++)
			if (rebindable(&m->rows.p[i]) && m->rows.p[i].pane == pane)
				write_row(&m->rows.p[i], panes[pane], commented, out);
}
