/* campaign_tree.c - what the folder of a campaign says: what was spent so far, and on which terms each agent plays.
 *
 * The runs themselves are the state: there is no list of what is done that could differ from what is there. campaign.json keeps only the
 * words each player was started with, so that runs on other terms are not put under the same name. */
#include <sys/stat.h>

#include "app/campaign.h"
#include "app/runs.h"
#include "coldcase/file.h"
#include "coldcase/json.h"

enum { TERMS_MAX = 16 << 20 };

static const char TERMS[] = "campaign.json";

/* --- what was spent --- */

static int64_t cost_of(const char *dir)
{
	cc_buf path = CC_BUF_INIT;
	cc_run *run = NULL;
	double sum = 0, v;
	cc_path_join(&path, dir, CC_RECORD_FILE);
	if (cc_buf_ok(&path) && cc_run_read(&run, path.p, NULL) == CC_OK)
		for (size_t i = 0; i < cc_run_line_count(run); i++) {
			if (cc_run_line_type(run, i) != CC_LINE_EVENT)
				continue;
			const cc_record_line *line = cc_run_line(run, i);
			if (cc_str_eqz(line->as.event->name, "usage") && cc_json_double(cc_json_get(cc_json_get(line->json, "data"), "cost_usd"), &v))
				sum += v;
		}
	cc_run_free(run);
	cc_buf_deinit(&path);
	return (int64_t)(sum * 1e6 + 0.5);
}

static cc_code add_spent(const campaign *c, const char *dir, int64_t *micro, cc_err *err)
{
	app_run_places places = { 0 };
	struct stat st;
	if (stat(dir, &st) != 0)
		return CC_OK;
	cc_code code = app_runs_find(&places, c->arena, dir, err);
	for (size_t i = 0; i < places.n && code == CC_OK; i++)
		*micro += cost_of(places.p[i].path);
	cc_vec_deinit(&places);
	return code == CC_ENOTFOUND ? CC_OK : code;
}

cc_code campaign_spent(const campaign *c, int64_t *micro, cc_err *err)
{
	cc_code code = CC_OK;
	*micro = 0;
	for (size_t i = 0; i < c->agents.n && code == CC_OK; i++) {
		cc_buf dir = CC_BUF_INIT;
		cc_path_join(&dir, c->o->out, c->agents.p[i].name);
		code = cc_buf_ok(&dir) ? add_spent(c, dir.p, micro, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
		cc_buf_addz(&dir, "/.aborted");
		if (code == CC_OK)
			code = cc_buf_ok(&dir) ? add_spent(c, dir.p, micro, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
		cc_buf_deinit(&dir);
	}
	return code;
}

/* --- on which terms --- */

static bool same_words(const campaign_agent *a, const cc_json *kept)
{
	size_t i = 0;
	const cc_json *w = cc_json_first(kept);
	for (; w && i < a->args.n; w = cc_json_next(w), i++)
		if (!cc_str_eqz(cc_json_str(w), a->args.p[i]))
			return false;
	return !w && i == a->args.n;
}

static void write_words(cc_jw *w, const campaign_agent *a)
{
	cc_jw_key(w, a->name);
	cc_jw_array(w);
	for (size_t i = 0; i < a->args.n; i++)
		cc_jw_strz(w, a->args.p[i]);
	cc_jw_end_array(w);
}

static const campaign_agent *find_agent(const campaign *c, cc_str name)
{
	for (size_t i = 0; i < c->agents.n; i++)
		if (cc_str_eqz(name, c->agents.p[i].name))
			return &c->agents.p[i];
	return NULL;
}

/* Those that were there, then those that are new. */
static void write_terms(const campaign *c, const cc_json *kept, cc_buf *out)
{
	cc_jw w;
	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "agents");
	cc_jw_object(&w);
	for (const cc_json *m = cc_json_first(kept); m; m = cc_json_next(m)) {
		cc_buf one = CC_BUF_INIT;
		cc_json_write(&one, m, false);
		cc_jw_key_str(&w, cc_json_key(m));
		cc_jw_raw(&w, cc_buf_str(&one));
		cc_buf_deinit(&one);
	}
	for (size_t i = 0; i < c->agents.n; i++)
		if (!cc_json_get(kept, c->agents.p[i].name))
			write_words(&w, &c->agents.p[i]);
	cc_jw_end_object(&w);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

static cc_code compare_terms(const campaign *c, const cc_json *kept, const char *path, cc_err *err)
{
	for (const cc_json *m = cc_json_first(kept); m; m = cc_json_next(m)) {
		const campaign_agent *a = find_agent(c, cc_json_key(m));
		if (a && !same_words(a, m)) {
			cc_err_set(err, CC_ESTATE, "%s: %s has played with other options: its runs would not be one player's", path, a->name);
			return cc_err_hint(err, "another name for it in %s, or another --out", c->o->agents);
		}
	}
	return CC_OK;
}

cc_code campaign_keep_terms(campaign *c, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT, written = CC_BUF_INIT;
	cc_json *tree = NULL;
	struct stat st;
	cc_code code = cc_dir_make(c->o->out, err);
	cc_path_join(&path, c->o->out, TERMS);
	if (code == CC_OK && !cc_buf_ok(&path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	bool there = code == CC_OK && stat(path.p, &st) == 0;
	if (there)
		code = cc_file_read(&text, path.p, TERMS_MAX, err);
	if (code == CC_OK && there && cc_json_parse(&tree, cc_buf_str(&text), err) != CC_OK)
		code = cc_err_set(err, CC_EFORMAT, "%s: no JSON", path.p);
	const cc_json *kept = cc_json_get(tree, "agents");
	if (code == CC_OK)
		code = compare_terms(c, kept, path.p, err);
	if (code == CC_OK) {
		write_terms(c, kept, &written);
		code = cc_buf_ok(&written) ? cc_file_write(path.p, cc_buf_str(&written), err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_json_free(tree);
	cc_buf_deinit(&written);
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return code;
}
