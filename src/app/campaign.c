/* campaign.c - the tasks of a campaign, and the file that says who plays; see campaign.h. */
#include "app/campaign.h"

#include <string.h>
#include <sys/stat.h>

#include "coldcase/file.h"
#include "coldcase/yaml.h"

enum { AGENTS_FILE_MAX = 1 << 20, AGENTS_MAX = 1000 };

/* Options of `agent` that a campaign chooses itself. */
static const char OWN[] = " out no-record trial name truth cases json ascii no-cache watch theme color glyphs no-scrubber clipboard mouse help version ";

cc_code campaign_number(const char *option, const char *text, int64_t def, int64_t most, int64_t *out, cc_err *err)
{
	*out = def;
	if (text && (!cc_str_to_i64(cc_str_from(text), out) || *out < 1 || *out > most))
		return cc_err_set(err, CC_EUSAGE, "%s takes a number from 1 to %lld, not %s", option, (long long)most, text);
	return CC_OK;
}

cc_code campaign_find_cases(campaign *c, const char *dataset, cc_err *err)
{
	cc_code code = cc_discover(&c->cases, c->arena, dataset, err);
	for (size_t i = 0; code == CC_OK && i < c->cases.n; i++)
		for (size_t k = 0; code == CC_OK && k < i; k++)
			if (cc_str_eq(c->cases.p[i].name, c->cases.p[k].name)) {
				code = cc_err_set(err, CC_EUSAGE, "%s: two incidents are called %.*s, and their runs would be one's", dataset,
					CC_STR_ARG(c->cases.p[i].name));
				cc_err_hint(err, "a campaign for each of the folders that hold them");
			}
	return code;
}

/* --- the file --- */

static cc_code bad_agent(const campaign *c, const char *who, cc_str key, const char *what, cc_err *err)
{
	cc_err_set(err, CC_EFORMAT, "%s: %s: %.*s: %s", c->o->agents, who, CC_STR_ARG(key), what);
	return cc_err_hint(err, "coldcase agent --help lists what an agent can be told; here without the dashes");
}

/* It is a folder's name and a player's. */
static bool good_name(cc_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", name.p[i]) || !name.p[i])
			return false;
	return name.n > 0 && name.n <= 100 && name.p[0] != '.' && name.p[0] != '-';
}

static bool is_own(cc_str key)
{
	cc_str word, rest = cc_str_from(OWN);
	while (rest.n) {
		cc_str_cut(rest, ' ', &word, &rest);
		if (word.n && cc_str_eq(word, key))
			return true;
	}
	return false;
}

static cc_code add_option(campaign *c, campaign_agent *a, const char *who, const cc_json *member, cc_err *err)
{
	cc_str key = cc_json_key(member);
	const char *spelled;
	bool has_value, ok = true;
	if (is_own(key))
		return bad_agent(c, who, key, "the campaign chooses that itself", err);
	if (!app_option_of(app_command_find(CC_STR("agent")), key, &spelled, &has_value))
		return bad_agent(c, who, key, "an agent has no such option", err);
	cc_json_type type = cc_json_typeof(member);
	if (has_value && (type != CC_JSON_STRING && type != CC_JSON_NUMBER))
		return bad_agent(c, who, key, "it takes a text or a number", err);
	if (!has_value && type != CC_JSON_BOOL)
		return bad_agent(c, who, key, "it takes true or false", err);
	if (has_value || cc_json_bool(member))
		ok = cc_vec_push(&a->args, spelled);
	char *value = has_value ? cc_arena_dupz(c->arena, cc_json_text(member)) : NULL;
	if (has_value)
		ok = ok && value && cc_vec_push(&a->args, value);
	if (ok && value && cc_str_eqz(key, "provider"))
		a->scripted = strcmp(value, "heuristic") == 0;
	double usd;
	if (ok && value && cc_str_eqz(key, "max-cost") && cc_str_to_double(cc_str_from(value), &usd) && usd > 0 && usd < 1e6)
		a->max_cost_micro = (int64_t)(usd * 1e6 + 0.5);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code read_agent(campaign *c, const cc_json *one, const cc_json *defaults, size_t number, cc_err *err)
{
	campaign_agent a = { 0 };
	cc_str name = cc_json_get_str(one, "name"), who = cc_arena_printf(c->arena, "agent %zu", number);
	cc_code code = who.p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !good_name(name))
		code = bad_agent(c, who.p, CC_STR("name"), "needed: letters, digits, '.', '_' and '-', since its folder is called so", err);
	for (size_t i = 0; code == CC_OK && i < c->agents.n; i++)
		if (cc_str_eqz(name, c->agents.p[i].name))
			code = bad_agent(c, who.p, CC_STR("name"), "another one is called that", err);
	for (const cc_json *m = cc_json_first(defaults); code == CC_OK && m; m = cc_json_next(m))
		if (!cc_json_get(one, cc_json_key(m).p))
			code = add_option(c, &a, "defaults", m, err);
	for (const cc_json *m = cc_json_first(one); code == CC_OK && m; m = cc_json_next(m))
		if (!cc_str_eqz(cc_json_key(m), "name"))
			code = add_option(c, &a, who.p, m, err);
	if (code == CC_OK && !cc_json_get(one, "provider") && !cc_json_get(defaults, "provider"))
		code = bad_agent(c, who.p, CC_STR("provider"), "needed", err);
	a.name = cc_arena_dupz(c->arena, name);
	if (code == CC_OK && (!a.name || !cc_vec_push(&c->agents, a)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code != CC_OK)
		cc_vec_deinit(&a.args);
	return code;
}

static cc_code read_tree(campaign *c, const cc_json *tree, cc_err *err)
{
	const cc_json *list = cc_json_get(tree, "agents"), *defaults = cc_json_get(tree, "defaults");
	cc_code code = CC_OK;
	size_t number = 0;
	for (const cc_json *m = cc_json_first(tree); m && code == CC_OK; m = cc_json_next(m))
		if (!cc_str_eqz(cc_json_key(m), "agents") && !cc_str_eqz(cc_json_key(m), "defaults"))
			code = cc_err_set(err, CC_EFORMAT, "%s: %.*s: only `agents` and `defaults` are read", c->o->agents, CC_STR_ARG(cc_json_key(m)));
	if (code == CC_OK && (cc_json_typeof(list) != CC_JSON_ARRAY || !cc_json_count(list) || cc_json_count(list) > AGENTS_MAX))
		code = cc_err_set(err, CC_EFORMAT, "%s: agents: a list of 1 to %d is needed", c->o->agents, (int)AGENTS_MAX);
	if (code == CC_OK && defaults && cc_json_typeof(defaults) != CC_JSON_OBJECT)
		code = cc_err_set(err, CC_EFORMAT, "%s: defaults: keys and values are needed", c->o->agents);
	for (const cc_json *m = cc_json_first(list); m && code == CC_OK; m = cc_json_next(m))
		code = read_agent(c, m, defaults, ++number, err);
	return code;
}

cc_code campaign_read_agents(campaign *c, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	cc_json *tree = NULL;
	cc_err why = { 0 };
	if (!c->o->agents) {
		cc_err_set(err, CC_EUSAGE, "campaign: who plays?");
		return cc_err_hint(err, "--agents FILE, with lines such as: agents: [{name: rules, provider: heuristic}]");
	}
	cc_code code = cc_file_read(&text, c->o->agents, AGENTS_FILE_MAX, err);
	if (code == CC_OK && (code = cc_yaml_parse(&tree, cc_buf_str(&text), &why)) != CC_OK)
		code = cc_err_set(err, code, "%s: %s", c->o->agents, why.message);
	if (code == CC_OK)
		code = read_tree(c, tree, err);
	cc_json_free(tree);
	cc_buf_deinit(&text);
	return code;
}

void campaign_deinit(campaign *c)
{
	for (size_t i = 0; i < c->agents.n; i++)
		cc_vec_deinit(&c->agents.p[i].args);
	cc_vec_deinit(&c->agents);
	cc_vec_deinit(&c->cases);
	cc_arena_free(c->arena);
}

/* --- tasks --- */

size_t campaign_count(const campaign *c)
{
	return c->cases.n * c->agents.n * (size_t)c->repeats;
}

campaign_task campaign_at(const campaign *c, size_t i)
{
	size_t agent = i % c->agents.n, rest = i / c->agents.n;
	return (campaign_task){ &c->cases.p[rest % c->cases.n], agent, (int64_t)(rest / c->cases.n) + 1 };
}

cc_code campaign_line(campaign *c, campaign_task t, campaign_words *out, cc_err *err)
{
	const campaign_agent *a = &c->agents.p[t.agent];
	cc_str place = cc_arena_printf(c->arena, "%s/%s", c->o->out, a->name), trial = cc_arena_printf(c->arena, "%lld", (long long)t.repeat);
	const char *words[] = { "agent", t.incident->path.p, "--out", place.p, "--trial", trial.p, "--name", a->name };
	bool ok = place.p && trial.p;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		ok = ok && cc_vec_push(out, words[i]);
	for (size_t i = 0; i < a->args.n; i++)
		ok = ok && cc_vec_push(out, a->args.p[i]);
	if (c->o->cases)
		ok = ok && cc_vec_push(out, "--cases") && cc_vec_push(out, c->o->cases);
	if (c->o->truth)
		ok = ok && cc_vec_push(out, "--truth") && cc_vec_push(out, c->o->truth);
	if (c->o->no_cache)
		ok = ok && cc_vec_push(out, "--no-cache");
	return ok && cc_vec_push(out, "--json") ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

bool campaign_is_played(const campaign *c, campaign_task t)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_buf_addf(&path, "%s/%s/%.*s/%lld", c->o->out, c->agents.p[t.agent].name, CC_STR_ARG(t.incident->name), (long long)t.repeat);
	bool is = cc_buf_ok(&path) && stat(path.p, &st) == 0;
	cc_buf_deinit(&path);
	return is;
}
