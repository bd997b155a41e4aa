/* app_load.c - an application file as a whole: its head, items, journeys and ConfigMaps, and the order in which all is
 * read. */
#include <string.h>

#include "coldcase/file.h"
#include "coldcase/yaml.h"
#include "forge/app_priv.h"

#define AT(member) offsetof(forge_app, member)

static const app_field HEAD[] = {
	APP_NEEDED("name", APP_NAME, AT(name)),
	APP_PLAIN("title", APP_TEXT, AT(title)),
	APP_PLAIN("namespace", APP_NAME, AT(namespace)),
	APP_PLAIN("release", APP_NAME, AT(release)),
	APP_PLAIN("chart", APP_NAME, AT(chart)),
	APP_PLAIN("version", APP_TEXT, AT(version)),
	APP_PLAIN("label", APP_TEXT, AT(label)),
	APP_PLAIN("service_namespace", APP_TEXT, AT(service_namespace)),
	APP_PLAIN("istio", APP_BOOL, AT(istio)),
	APP_ELSEWHERE("items"),
	APP_ELSEWHERE("configmaps"),
	APP_ELSEWHERE("flags"),
	APP_NEEDED("services", APP_LATER, 0),
	APP_ELSEWHERE("journeys"),
};

static bool check_charset(app_reader *r, const char *key, const char *text, const char *extra)
{
	app_at at = { NULL, cc_str_from(key), 0 };
	bool good = strlen(text) <= 63 && app_letters(cc_str_from(text), extra);
	if (good && (!text[0] || !strchr(extra, text[0]))) return true;
	return app_wrong(r, &at, "up to 63 letters, digits and any of \"%s\" are possible, unlike \"%.60s\"", extra,
		text);
}

/* Other people's namespaces: what stands there is never an answer. */
static bool check_namespace(app_reader *r, const char *ns)
{
	static const char *const TAKEN[] = { "kube-system", "kube-public", "kube-node-lease", "default", "prometheus",
		"clickhouse", "clickhouse-operator", "data-recorders", "opentelemetry-operator",
		"opentelemetry-collectors", "metrics-server", "opensearch", "chaos-mesh", "istio-system" };
	app_at at = { NULL, CC_STR("namespace"), 0 };
	for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
		if (strcmp(ns, TAKEN[i]) == 0)
			return app_wrong(r, &at, "\"%s\" belongs to the cluster; an application needs one of its own",
				ns);
	return true;
}

static bool read_head(app_reader *r, const cc_json *root)
{
	forge_app *a = r->app;
	*a = (forge_app){ .version = "1.0.0", .label = "app.kubernetes.io/name", .ops = r->ops, .flagd = -1,
		.entry_op = -1 };
	if (!app_members(r, root, NULL, HEAD, sizeof HEAD / sizeof HEAD[0], a)) return false;
	if (!a->title) a->title = a->name;
	if (!a->namespace) a->namespace = a->name;
	if (!a->release) a->release = a->name;
	if (!a->chart) a->chart = a->name;
	return check_namespace(r, a->namespace) && check_charset(r, "version", a->version, ".-_") &&
		check_charset(r, "label", a->label, "./-_");
}

static bool read_items(app_reader *r, const cc_json *v)
{
	static const app_field ALL[] = {
		APP_NEEDED("id", APP_TEXT, offsetof(forge_item, id)),
		APP_PLAIN("name", APP_TEXT, offsetof(forge_item, name)),
		APP_RANGE("price", APP_CENTS, offsetof(forge_item, cents), 1, 100000000),
	};
	static const forge_item NONE = { "ITEM-1", "Item", 1000 }; /* requests are always about some item */
	app_at at = { NULL, CC_STR("items"), 0 };
	int n;
	if (!app_items(r, v, &at, APP_ITEMS, &n)) return false;
	forge_item *items = app_array(r, n, sizeof *items);
	if (!items) return false;
	const cc_json *node = cc_json_first(v);
	for (int i = 0; i < n; i++, node = cc_json_next(node)) {
		app_at here = { &at, CC_STR_EMPTY, i };
		items[i].cents = 1000;
		if (!app_members(r, node, &here, ALL, sizeof ALL / sizeof ALL[0], &items[i])) return false;
		if (!items[i].name) items[i].name = items[i].id;
		for (int k = 0; k < i; k++)
			if (strcmp(items[k].id, items[i].id) == 0)
				return app_wrong(r, &here, "an item \"%.60s\" is there already", items[i].id);
	}
	r->app->items = n ? items : &NONE;
	r->app->items_n = n ? n : 1;
	return true;
}

static bool read_requests(app_reader *r, const cc_json *node, const app_at *up, forge_journey *j)
{
	app_at at = { up, CC_STR("requests"), 0 };
	const cc_json *v = cc_json_get(node, "requests"), *m = cc_json_first(v);
	int n;
	if (!app_items(r, v, &at, APP_REQUESTS, &n)) return false;
	if (!n) return app_wrong(r, &at, "a journey has at least one request");
	int *requests = app_array(r, n, sizeof *requests);
	if (!requests) return false;
	for (int i = 0; i < n; i++, m = cc_json_next(m)) {
		app_at here = { &at, CC_STR_EMPTY, i };
		requests[i] = app_find_op(r, m, &here);
		if (requests[i] < 0) return false;
		const forge_op *o = &r->ops[requests[i]];
		if (o->proto != PROTO_HTTP && o->proto != PROTO_GRPC)
			return app_wrong(r, &here, "users ask by http or grpc, not for \"%s\"", o->id);
	}
	j->requests = requests;
	j->requests_n = n;
	return true;
}

static bool read_journeys(app_reader *r, const cc_json *v)
{
	static const app_field ALL[] = {
		APP_NEEDED("name", APP_TEXT, offsetof(forge_journey, name)),
		APP_RANGE("weight", APP_INT, offsetof(forge_journey, weight), 1, 10000),
		APP_NEEDED("requests", APP_LATER, 0),
		APP_RANGE("repeat_first", APP_INT, offsetof(forge_journey, most_first), 1, 50),
		APP_PLAIN("browser", APP_BOOL, offsetof(forge_journey, browser)),
	};
	app_at at = { NULL, CC_STR("journeys"), 0 };
	int n;
	if (!app_items(r, v, &at, APP_JOURNEYS, &n)) return false;
	if (!n) return app_wrong(r, &at, "there is none: nothing would ever be asked for");
	forge_journey *js = app_array(r, n, sizeof *js);
	if (!js) return false;
	const cc_json *node = cc_json_first(v);
	for (int i = 0; i < n; i++, node = cc_json_next(node)) {
		app_at here = { &at, CC_STR_EMPTY, i };
		js[i].weight = js[i].most_first = 1;
		if (!app_members(r, node, &here, ALL, sizeof ALL / sizeof ALL[0], &js[i])) return false;
		if (!read_requests(r, node, &here, &js[i])) return false;
		for (int k = 0; k < i; k++)
			if (strcmp(js[k].name, js[i].name) == 0)
				return app_wrong(r, &here, "a journey \"%.60s\" is there already", js[i].name);
		r->app->journeys_weight += js[i].weight;
	}
	r->app->journeys = js;
	r->app->journeys_n = n;
	return true;
}

/* flagd's ConfigMap holds the document of the flags; when the file does not name it, it is added. */
static bool flags_configmap(app_reader *r, forge_configmap *c)
{
	cc_buf b = CC_BUF_INIT;
	forge_flags_document(&b, r->app, NULL);
	c->data = cc_buf_ok(&b) ? cc_arena_dupz(r->arena, cc_buf_str(&b)) : NULL;
	cc_buf_deinit(&b);
	if (!c->data) return app_nomem(r);
	forge_service *flagd = &r->services[r->app->flagd];
	if (!flagd->config_map) flagd->config_map = c->name;
	return true;
}

static bool read_configmap(app_reader *r, const cc_json *node, const app_at *at, forge_configmap *c)
{
	static const app_field ALL[] = {
		APP_NEEDED("name", APP_NAME, offsetof(forge_configmap, name)),
		APP_NEEDED("key", APP_TEXT, offsetof(forge_configmap, key)),
		APP_PLAIN("text", APP_TEXT, offsetof(forge_configmap, data)),
		APP_PLAIN("flags", APP_BOOL, offsetof(forge_configmap, flags)),
		APP_PLAIN("decoy", APP_BOOL, offsetof(forge_configmap, decoy)),
	};
	if (!app_members(r, node, at, ALL, sizeof ALL / sizeof ALL[0], c)) return false;
	if (c->flags == (c->data != NULL))
		return app_wrong(r, at, "a ConfigMap has either a text or, with flags: true, the flags");
	if (c->flags && !r->app->flags_n) return app_wrong(r, at, "the application has no flags");
	return !c->flags || flags_configmap(r, c);
}

static bool mounted_exist(app_reader *r)
{
	app_way way;
	for (int i = 0; i < r->app->services_n; i++) {
		app_at at = { app_way_service(&way, i), CC_STR("configmap"), 0 };
		const char *name = r->services[i].config_map;
		app_near near = { .word = cc_str_from(name) };
		bool found = !name;
		for (int k = 0; !found && k < r->app->configmaps_n; k++) {
			found = strcmp(name, r->app->configmaps[k].name) == 0;
			app_near_try(&near, r->app->configmaps[k].name);
		}
		if (!found) return app_near_fail(r, &at, &near, "no ConfigMap");
	}
	return true;
}

static bool read_configmaps(app_reader *r, const cc_json *v)
{
	app_at at = { NULL, CC_STR("configmaps"), 0 };
	bool flags = false;
	int n;
	if (!app_items(r, v, &at, APP_CONFIGMAPS, &n)) return false;
	forge_configmap *c = app_array(r, n + 1, sizeof *c);
	if (!c) return false;
	const cc_json *node = cc_json_first(v);
	for (int i = 0; i < n; i++, node = cc_json_next(node)) {
		app_at here = { &at, CC_STR_EMPTY, i };
		if (!read_configmap(r, node, &here, &c[i])) return false;
		if (flags && c[i].flags) return app_wrong(r, &here, "the flags are in another ConfigMap already");
		for (int k = 0; k < i; k++)
			if (strcmp(c[k].name, c[i].name) == 0)
				return app_wrong(r, &here, "a ConfigMap \"%s\" is there already", c[i].name);
		flags |= c[i].flags;
	}
	if (r->app->flags_n && !flags) {
		c[n] = (forge_configmap){ .name = "feature-flags", .key = "flags.flagd.json", .flags = true };
		if (!flags_configmap(r, &c[n++])) return false;
	}
	r->app->configmaps = c;
	r->app->configmaps_n = n;
	return mounted_exist(r);
}

static bool read_all(app_reader *r, const cc_json *root)
{
	return read_head(r, root) && read_items(r, cc_json_get(root, "items")) &&
		app_read_services(r, cc_json_get(root, "services")) && app_link_services(r) && app_link_ops(r) &&
		app_read_flags(r, cc_json_get(root, "flags")) && read_journeys(r, cc_json_get(root, "journeys")) &&
		read_configmaps(r, cc_json_get(root, "configmaps")) && app_check(r);
}

cc_code forge_app_parse(forge_app **out, cc_arena *arena, const char *name, cc_str text, cc_err *err)
{
	cc_json *root = NULL;
	cc_err yaml = { 0 };
	*out = NULL;
	if (text.n > APP_FILE_MAX)
		return cc_err_set(err, CC_ELIMIT, "%s: an application file may have %d bytes, this one has %zu", name,
			APP_FILE_MAX, text.n);
	cc_code code = cc_yaml_parse(&root, text, &yaml);
	if (code != CC_OK) return cc_err_set(err, code, "%s: %s", name, yaml.message);
	app_reader r = { .arena = arena, .file = name, .err = err, .app = cc_arena_alloc(arena, sizeof *r.app) };
	r.ops = cc_arena_array(arena, APP_OPS, sizeof *r.ops);
	r.sources = cc_arena_array(arena, APP_OPS, sizeof *r.sources);
	if (!r.app || !r.ops || !r.sources) app_nomem(&r);
	else (void)read_all(&r, root);
	cc_json_free(root);
	if (r.code == CC_OK) *out = r.app;
	return r.code;
}

bool forge_app_grow(forge_app *app, cc_arena *arena, int times)
{
	forge_service *all = cc_arena_array(arena, (size_t)app->services_n, sizeof *all);
	if (!all) return false;
	for (int i = 0; i < app->services_n; i++) {
		all[i] = app->services[i];
		all[i].workers *= times;
		all[i].backlog *= times;
		all[i].cpu_limit_m *= times;
		all[i].cpu_request_m *= times;
		all[i].mem_limit_mi *= 1 + times / 4;
	}
	app->services = all;
	return true;
}

static cc_code unknown_app(const char *spec, cc_err *err)
{
	cc_buf names = CC_BUF_INIT;
	const char *name;
	cc_str text;
	for (int i = 0; forge_app_builtin(i, &name, &text); i++) cc_buf_addf(&names, "%s%s", i ? ", " : "", name);
	cc_err_set(err, CC_EUNKNOWN, "%s: no such application", spec);
	cc_err_hint(err, "built in are %s; any other is the path of an application file", names.p ? names.p : "");
	cc_buf_deinit(&names);
	return CC_EUNKNOWN;
}

cc_code forge_app_load(forge_app **out, cc_arena *arena, const char *spec, cc_err *err)
{
	const char *name;
	cc_str text;
	cc_buf b = CC_BUF_INIT;
	*out = NULL;
	for (int i = 0; forge_app_builtin(i, &name, &text); i++)
		if (strcmp(spec, name) == 0) return forge_app_parse(out, arena, name, text, err);
	cc_code code = cc_file_read(&b, spec, APP_FILE_MAX, err);
	if (code == CC_OK) code = forge_app_parse(out, arena, spec, cc_buf_str(&b), err);
	else if (code == CC_ENOTFOUND && !strchr(spec, '/') && !strchr(spec, '.')) code = unknown_app(spec, err);
	cc_buf_deinit(&b);
	return code;
}
