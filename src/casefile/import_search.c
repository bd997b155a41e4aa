/* import_search.c - what a shell command of an imported run looked for, said in its title and in an event "searched" after its step.
 *
 * Records that the search must have come upon are told where the command is understood wholly. They count as searched, never as seen: what
 * a player had on the screen is only what came back. */
#include "casefile/import_priv.h"

bool cc_import_title(const cc_shell_searches *all, cc_arena *arena, cc_str *title)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, *title);
	for (size_t i = 0; i < all->n; i++) {
		cc_buf_addz(&b, b.n ? i ? "; " : " " : "");
		cc_shell_say(&all->p[i], &b);
	}
	*title = cc_arena_dup(arena, cc_buf_str(&b));
	bool ok = cc_buf_ok(&b) && (!b.n || title->p);
	cc_buf_deinit(&b);
	return ok;
}

static void put_text(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	if (text.n)
		cc_jw_str(w, text);
	else
		cc_jw_null(w);
}

static void put_tests(cc_jw *w, const cc_shell_search *s)
{
	cc_jw_key(w, "patterns");
	cc_jw_array(w);
	for (size_t i = 0; i < s->test_count; i++) {
		const cc_shell_test *t = &s->tests[i];
		if (t->kind != CC_SHELL_MATCH)
			continue;
		cc_jw_object(w);
		put_text(w, "pattern", t->said);
		cc_jw_key(w, "ignore_case");
		cc_jw_bool(w, t->ignore_case);
		cc_jw_key(w, "negated");
		cc_jw_bool(w, t->negate);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	put_text(w, "from", s->from);
	put_text(w, "to", s->to);
}

static bool is_named(const cc_shell_search *s, const cc_touched *t, size_t file, cc_arena *arena)
{
	for (size_t i = 0; i < s->source_count; i++)
		if (cc_touched_names(t, s->sources[i], file, arena))
			return true;
	return false;
}

/* The records found, over all files of the search; null when they cannot be told. */
static void put_records(cc_jw *w, const cc_shell_search *s, const cc_touched *t, const cc_import_options *opt, cc_arena *arena)
{
	size_t files = t ? cc_snapshot_file_count(opt->snapshot) : 0, told = 0, n = 0;
	bool known = t && s->exact && opt->search;
	cc_jw_key(w, "files");
	cc_jw_array(w);
	for (size_t f = 0; f < files; f++)
		if (is_named(s, t, f, arena))
			cc_jw_str(w, cc_snapshot_file(opt->snapshot, f)->path);
	cc_jw_end_array(w);
	cc_jw_key(w, "cites");
	cc_jw_array(w);
	for (size_t f = 0; known && f < files; f++) {
		cc_import_records found = { 0 };
		if (is_named(s, t, f, arena)) {
			known = opt->search(opt->arg, s, f, &found);
			told++;
		}
		for (size_t i = 0; known && i < found.n && n <= CC_IMPORT_RECORDS_MAX; i++, n++) {
			cc_str cite = cc_arena_printf(arena, "%.*s#%llu", CC_STR_ARG(cc_snapshot_file(opt->snapshot, f)->path), (unsigned long long)found.p[i]);
			if (n < CC_IMPORT_RECORDS_MAX)
				cc_jw_str(w, cite);
		}
		cc_vec_deinit(&found);
	}
	cc_jw_end_array(w);
	cc_jw_key(w, "records");
	if (known && told)
		cc_jw_int(w, (int64_t)(n < CC_IMPORT_RECORDS_MAX ? n : CC_IMPORT_RECORDS_MAX));
	else
		cc_jw_null(w);
	cc_jw_key(w, "more");
	cc_jw_bool(w, n > CC_IMPORT_RECORDS_MAX);
}

bool cc_import_searched(const cc_shell_search *s, uint64_t step, const cc_touched *t, const cc_import_options *opt, cc_arena *arena, cc_buf *json)
{
	cc_jw w;
	cc_jw_init(&w, json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "step");
	cc_jw_int(&w, (int64_t)step);
	put_tests(&w, s);
	put_records(&w, s, t, opt, arena);
	cc_jw_end_object(&w);
	return cc_buf_ok(json);
}
