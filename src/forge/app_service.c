/* app_service.c - a service of an application file: what it says of itself, and what its runtime makes of the rest. */
#include <limits.h>
#include <string.h>

#include "forge/app_priv.h"

enum { ROLE_SERVICE, ROLE_USERS, ROLE_FLAGS };
static const char *const ROLES[] = { "service", "users", "flags", NULL };
static const char *const KINDS[] = { "deployment", "statefulset", NULL };
static const char *const STRATEGIES[] = { "rolling", "recreate", NULL };
static const char *const LEVELS[] = { "info", "warning", "error", NULL };
static const char *const LANGS[] = { "cpp", "dotnet", "go", "java", "kotlin", "node", "php", "python", "ruby", "rust",
	"envoy", "nginx", "store", NULL };

/* What a process of that runtime typically takes, when the file does not say. */
typedef struct habit { int boot_ms, cpu_m, base_mi, limit_mi, workers; } habit;
static const habit HABITS[LANG_COUNT] = {
	[LANG_CPP] = { 400, 20, 12, 48, 32 },
	[LANG_DOTNET] = { 2600, 50, 88, 180, 64 },
	[LANG_GO] = { 600, 30, 20, 64, 128 },
	[LANG_JAVA] = { 5200, 80, 196, 340, 64 },
	[LANG_KOTLIN] = { 4800, 60, 188, 340, 64 },
	[LANG_NODE] = { 1900, 50, 84, 180, 128 },
	[LANG_PHP] = { 900, 30, 28, 72, 8 },
	[LANG_PYTHON] = { 1900, 50, 62, 200, 10 },
	[LANG_RUBY] = { 1800, 30, 61, 140, 16 },
	[LANG_RUST] = { 300, 20, 8, 32, 64 },
	[LANG_ENVOY] = { 700, 60, 34, 96, 256 },
	[LANG_NGINX] = { 300, 20, 14, 50, 64 },
	[LANG_STORE] = { 1600, 50, 63, 256, 100 },
};

typedef struct raw { forge_service s; int role, kind, strategy, level; } raw;

#define AT(member) offsetof(raw, s.member)

static const app_field FIELDS[] = {
	APP_NEEDED("name", APP_NAME, AT(name)),
	APP_ELSEWHERE("lang"),
	APP_CHOICE("role", offsetof(raw, role), ROLES),
	APP_CHOICE("kind", offsetof(raw, kind), KINDS),
	APP_CHOICE("strategy", offsetof(raw, strategy), STRATEGIES),
	APP_PLAIN("image", APP_TEXT, AT(image)),
	APP_PLAIN("command", APP_TEXT, AT(command)),
	APP_RANGE("port", APP_INT, AT(port), 0, 65535),
	APP_PLAIN("port_name", APP_NAME, AT(port_name)),
	APP_RANGE("replicas", APP_INT, AT(replicas), 1, 20),
	APP_PLAIN("traced", APP_BOOL, AT(traced)),
	APP_PLAIN("hidden", APP_BOOL, AT(metrics_hidden)),
	APP_PLAIN("mesh", APP_BOOL, AT(mesh)),
	APP_ELSEWHERE("probe"),
	APP_ELSEWHERE("cpu"),
	APP_ELSEWHERE("memory"),
	APP_RANGE("boot", APP_MS, AT(boot_ms), 0, 120000),
	APP_RANGE("workers", APP_INT, AT(workers), 1, 10000),
	APP_RANGE("backlog", APP_INT, AT(backlog), 0, 100000),
	APP_RANGE("background_cpu", APP_CORES, AT(greedy_cpu_m), 0, 16000),
	APP_RANGE("cache_growth", APP_MI, AT(leak_free_mi), 0, 65536),
	APP_RANGE("max_data", APP_MI, AT(max_memory_mi), 0, 65536),
	APP_ELSEWHERE("wait_for"),
	APP_PLAIN("claim", APP_NAME, AT(claim)),
	APP_PLAIN("configmap", APP_NAME, AT(config_map)),
	APP_ELSEWHERE("autoscale"),
	APP_RANGE("min_available", APP_INT, AT(pdb_min), 0, 20),
	APP_ELSEWHERE("env"),
	APP_ELSEWHERE("says"),
	APP_ELSEWHERE("operations"),
};

static bool is_container(const cc_json *v)
{
	return cc_json_typeof(v) == CC_JSON_OBJECT || cc_json_typeof(v) == CC_JSON_ARRAY;
}

static bool read_cpu(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	static const app_field BOTH[] = {
		APP_RANGE("request", APP_CORES, offsetof(forge_service, cpu_request_m), 0, 16000),
		APP_RANGE("limit", APP_CORES, offsetof(forge_service, cpu_limit_m), 0, 16000),
	};
	if (cc_json_typeof(v) <= CC_JSON_NULL) return true;
	if (!(is_container(v) ? app_members(r, v, at, BOTH, 2, s) : app_value(r, v, at, &BOTH[0], s))) return false;
	if (s->cpu_limit_m && s->cpu_request_m > s->cpu_limit_m)
		return app_wrong(r, at, "the request is above the limit");
	return true;
}

static bool read_memory(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	static const app_field ALL[] = {
		APP_RANGE("limit", APP_MI, offsetof(forge_service, mem_limit_mi), 0, 65536),
		APP_RANGE("request", APP_MI, offsetof(forge_service, mem_request_mi), 0, 65536),
		APP_RANGE("base", APP_MI, offsetof(forge_service, mem_base_mi), 1, 65536),
	};
	int habitual = s->mem_base_mi;
	bool there = cc_json_typeof(v) > CC_JSON_NULL;
	s->mem_base_mi = 0;
	if (there && !(is_container(v) ? app_members(r, v, at, ALL, 3, s) : app_value(r, v, at, &ALL[0], s)))
		return false;
	if (!s->mem_base_mi) {
		bool tight = s->mem_limit_mi && s->mem_limit_mi * 6 / 10 < habitual;
		s->mem_base_mi = tight ? (s->mem_limit_mi * 6 + 9) / 10 : habitual;
	}
	if (s->mem_request_mi < 0) s->mem_request_mi = s->mem_limit_mi ? s->mem_limit_mi : s->mem_base_mi;
	if (!s->mem_limit_mi) return true;
	if (s->mem_request_mi > s->mem_limit_mi) return app_wrong(r, at, "the request is above the limit");
	if (s->mem_base_mi < s->mem_limit_mi) return true;
	return app_wrong(r, at, "at rest it would take %d Mi, which the limit of %d Mi does not allow", s->mem_base_mi,
		s->mem_limit_mi);
}

static bool read_probe(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	if (cc_json_typeof(v) <= CC_JSON_NULL) return true;
	if (cc_json_typeof(v) == CC_JSON_BOOL) {
		s->probed = cc_json_bool(v);
		return true;
	}
	cc_str path = cc_json_str(v);
	if (!cc_str_starts(path, CC_STR("/")))
		return app_wrong(r, at, "true (a TCP probe), false or an HTTP path such as \"/health\" is expected");
	s->probed = true;
	return app_text(r, v, at, &s->probe_path);
}

static bool read_autoscale(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	static const app_field ALL[] = {
		APP_RANGE("min", APP_INT, offsetof(forge_service, hpa_min), 1, 20),
		{ "max", APP_INT, offsetof(forge_service, hpa_max), 1, 50, NULL, true },
		APP_RANGE("cpu", APP_INT, offsetof(forge_service, hpa_cpu), 1, 1000),
	};
	if (cc_json_typeof(v) <= CC_JSON_NULL) return true;
	s->hpa_min = s->replicas;
	s->hpa_cpu = 70;
	if (!app_members(r, v, at, ALL, 3, s)) return false;
	if (s->hpa_min > s->hpa_max) return app_wrong(r, at, "min is above max");
	if (s->replicas < s->hpa_min || s->replicas > s->hpa_max)
		return app_wrong(r, at, "the service has %d replicas, which is not between min and max", s->replicas);
	if (s->cpu_request_m) return true;
	return app_wrong(r, at, "a share of the requested processor is the measure, and the service requests none");
}

static bool env_name_ok(cc_str name)
{
	if (!name.n || name.n > 100 || (name.p[0] >= '0' && name.p[0] <= '9')) return false;
	return app_letters(name, "_.-");
}

static bool read_variable(app_reader *r, const cc_json *m, const app_at *up, forge_env *e)
{
	static const app_field SECRET[] = {
		APP_NEEDED("secret", APP_NAME, offsetof(forge_env, secret)),
		APP_NEEDED("key", APP_TEXT, offsetof(forge_env, secret_key)),
		APP_NEEDED("value", APP_TEXT, offsetof(forge_env, value)),
	};
	cc_str name = cc_json_key(m);
	app_at at = { up, name, 0 };
	if (!env_name_ok(name))
		return app_wrong(r, up, "\"%.*s\" is no name of a variable", CC_STR_ARG(cc_str_sub(name, 0, 60)));
	e->service = -1;
	e->name = cc_arena_dupz(r->arena, name);
	if (!e->name) return app_nomem(r);
	return is_container(m) ? app_members(r, m, &at, SECRET, 3, e) : app_text(r, m, &at, &e->value);
}

static bool read_env(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	if (cc_json_typeof(v) <= CC_JSON_NULL) return true;
	if (cc_json_typeof(v) != CC_JSON_OBJECT)
		return app_wrong(r, at, "a mapping of variables to values is expected");
	if (cc_json_count(v) > APP_ENV) return app_limit(r, at, "at most %d variables are possible", APP_ENV);
	forge_env *env = app_array(r, (int)cc_json_count(v), sizeof *env);
	if (!env) return false;
	s->env = env;
	for (const cc_json *m = cc_json_first(v); m; m = cc_json_next(m), s->env_n++) {
		app_at here = { at, cc_json_key(m), 0 };
		for (int i = 0; i < s->env_n; i++)
			if (cc_str_eqz(cc_json_key(m), env[i].name))
				return app_wrong(r, &here, "the variable is there twice");
		if (!read_variable(r, m, at, &env[s->env_n])) return false;
	}
	return true;
}

static bool says_well(app_reader *r, const app_at *at, const forge_chatter *c)
{
	const char *const texts[] = { c->text, c->then };
	if (!c->period_s == !c->once_ms)
		return app_wrong(r, at, "either \"every\" says how often, or \"once\" how long after the start");
	for (size_t i = 0; i < 2; i++) {
		const char *wrong = texts[i] ? forge_line_wrong(texts[i]) : NULL;
		if (wrong) return app_wrong(r, &(app_at){ at, i ? CC_STR("then") : CC_STR("text"), 0 }, "%s", wrong);
	}
	return true;
}

static bool read_says(app_reader *r, const cc_json *v, const app_at *at, forge_service *s)
{
	typedef struct line { forge_chatter c; int level; } line;
	static const app_field ALL[] = {
		APP_RANGE("every", APP_SECONDS, offsetof(line, c.period_s), 5, 86400),
		APP_RANGE("once", APP_MS, offsetof(line, c.once_ms), 1, 3600000),
		APP_CHOICE("level", offsetof(line, level), LEVELS),
		APP_NEEDED("text", APP_TEXT, offsetof(line, c.text)),
		APP_PLAIN("then", APP_TEXT, offsetof(line, c.then)),
	};
	int n;
	if (!app_items(r, v, at, APP_CHATTER, &n)) return false;
	forge_chatter *c = app_array(r, n, sizeof *c);
	if (!c) return false;
	const cc_json *m = cc_json_first(v);
	for (int i = 0; i < n; i++, m = cc_json_next(m)) {
		line l = { 0 };
		app_at here = { at, CC_STR_EMPTY, i };
		if (!app_members(r, m, &here, ALL, sizeof ALL / sizeof ALL[0], &l) || !says_well(r, &here, &l.c))
			return false;
		c[i] = l.c;
		c[i].level = LEVELS[l.level][0];
	}
	s->chatter = c;
	s->chatter_n = n;
	return true;
}

/* The runtime: as written, else a store when the first operation is one of a store's, else Go. */
static bool read_lang(app_reader *r, const cc_json *node, const app_at *at, forge_lang *lang)
{
	static const app_field LANG = APP_CHOICE("lang", 0, LANGS);
	const cc_json *v = cc_json_get(node, "lang"), *op = cc_json_first(cc_json_get(node, "operations"));
	int n = cc_json_get(op, "redis") || cc_json_get(op, "sql") || cc_json_get(op, "topic") ? LANG_STORE : LANG_GO;
	app_at here = { at, CC_STR("lang"), 0 };
	if (cc_json_typeof(v) > CC_JSON_NULL && !app_value(r, v, &here, &LANG, &n)) return false;
	*lang = (forge_lang)n;
	return true;
}

static bool read_parts(app_reader *r, const cc_json *node, const app_at *at, forge_service *s)
{
	typedef bool part_reader(app_reader *, const cc_json *, const app_at *, forge_service *);
	static const struct { const char *key; part_reader *read; } PARTS[] = {
		{ "cpu", read_cpu }, { "memory", read_memory }, { "probe", read_probe },
		{ "autoscale", read_autoscale }, { "env", read_env }, { "says", read_says },
	};
	for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
		app_at here = { at, cc_str_from(PARTS[i].key), 0 };
		if (!PARTS[i].read(r, cc_json_get(node, PARTS[i].key), &here, s)) return false;
	}
	return true;
}

static bool image_ok(const char *image)
{
	return strlen(image) < 250 && app_letters(cc_str_from(image), "._/:@-") && image[0] != '/' && image[0] != ':';
}

static bool finish_image(app_reader *r, const app_at *at, forge_service *s)
{
	if (!s->image) s->image = app_printf(r, "ghcr.io/%s/%s:%s", r->app->name, s->name, r->app->version);
	if (!s->image) return false;
	const char *slash = strrchr(s->image, '/');
	if (!image_ok(s->image)) return app_wrong(r, at, "\"%.60s\" is no reference of an image", s->image);
	if (!strchr(slash ? slash : s->image, ':')) s->image = app_printf(r, "%s:%s", s->image, r->app->version);
	return s->image != NULL;
}

static int usual_port(const app_reader *r, int service, int role)
{
	static const int PORTS[] = { [PROTO_HTTP] = 8080, [PROTO_GRPC] = 8080, [PROTO_REDIS] = 6379, [PROTO_SQL] = 5432,
		[PROTO_KAFKA] = 9092 };
	bool consumes = false;
	for (int i = 0; i < r->app->ops_n; i++) {
		if (r->ops[i].service != service) continue;
		if (!r->sources[i].consumes.n) return PORTS[r->ops[i].proto];
		consumes = true;
	}
	return consumes ? 0 : role == ROLE_USERS ? 8089 : role == ROLE_FLAGS ? 8013 : 8080;
}

static const char *usual_port_name(const app_reader *r, int service)
{
	static const char *const NAMES[] = { [PROTO_HTTP] = "http", [PROTO_GRPC] = "grpc", [PROTO_REDIS] = "redis",
		[PROTO_SQL] = "tcp-sql", [PROTO_KAFKA] = "tcp-kafka" };
	for (int i = 0; i < r->app->ops_n; i++)
		if (r->ops[i].service == service) return NAMES[r->ops[i].proto];
	return "http";
}

/* What depends on the operations. -1: the file does not say. */
static bool finish(app_reader *r, const cc_json *node, const app_at *at, int service, int role)
{
	forge_service *s = &r->services[service];
	if (s->port < 0) s->port = usual_port(r, service, role);
	if (!s->port_name) s->port_name = usual_port_name(r, service);
	s->egress = app_printf(r, "router %s egress", s->name);
	if (!s->egress) return false;
	for (int i = 0; i < r->app->ops_n; i++)
		if (r->ops[i].service == service && r->sources[i].consumes.n) s->processor = true;
	if (cc_json_typeof(cc_json_get(node, "probe")) <= CC_JSON_NULL) s->probed = s->port != 0;
	if (s->probed && !s->port) return app_wrong(r, at, "a service without port cannot be probed");
	return true;
}

static bool read_service(app_reader *r, const cc_json *node, const app_at *at, int service)
{
	raw w = { .s = { .port = -1, .replicas = 1, .backlog = 64, .mem_request_mi = -1, .wait_for = -1,
		.mesh = r->app->istio } };
	if (!read_lang(r, node, at, &w.s.lang)) return false;
	const habit *h = &HABITS[w.s.lang];
	w.s.boot_ms = h->boot_ms;
	w.s.cpu_request_m = h->cpu_m;
	w.s.mem_base_mi = h->base_mi;
	w.s.mem_limit_mi = h->limit_mi;
	w.s.workers = h->workers;
	w.s.traced = w.s.lang != LANG_STORE;
	const cc_json *role = cc_json_get(node, "role");
	w.s.metrics_hidden = cc_str_eqz(cc_json_text(role), "users") || cc_str_eqz(cc_json_text(role), "flags");
	if (!app_members(r, node, at, FIELDS, sizeof FIELDS / sizeof FIELDS[0], &w)) return false;
	app_at name = { at, CC_STR("name"), 0 };
	if (forge_service_find(r->app, cc_str_from(w.s.name)) >= 0)
		return app_wrong(r, &name, "a service \"%s\" is there already", w.s.name);
	w.s.statefulset = w.kind == 1;
	w.s.recreate = w.strategy == 1;
	w.s.loadgen = w.role == ROLE_USERS;
	if (w.role == ROLE_FLAGS) {
		if (r->app->flagd >= 0)
			return app_wrong(r, at, "the flags are served by \"%s\" already",
				r->services[r->app->flagd].name);
		r->app->flagd = service;
	}
	if (!read_parts(r, node, at, &w.s) || !finish_image(r, at, &w.s)) return false;
	r->services[service] = w.s;
	r->service_nodes[service] = node;
	r->app->services_n = service + 1;
	return app_read_ops(r, service) && finish(r, node, at, service, w.role);
}

bool app_read_services(app_reader *r, const cc_json *v)
{
	app_at at = { NULL, CC_STR("services"), 0 };
	int n;
	if (!app_items(r, v, &at, APP_SERVICES, &n)) return false;
	if (!n) return app_wrong(r, &at, "an application has at least its users, a gateway and a service");
	r->services = app_array(r, n, sizeof *r->services);
	r->service_nodes = app_array(r, n, sizeof *r->service_nodes);
	if (!r->services || !r->service_nodes) return false;
	r->app->services = r->services;
	const cc_json *node = cc_json_first(v);
	for (int i = 0; i < n; i++, node = cc_json_next(node))
		if (!read_service(r, node, &(app_at){ &at, CC_STR_EMPTY, i }, i)) return false;
	return true;
}

/* Variables whose bare value ("flagd") is a host name; of the others only what has a port or a scheme is an address. */
static bool names_host(cc_str name)
{
	static const char *const ENDS[] = { "HOST", "ADDR", "ADDRESS", "HOSTNAME", "SERVER", "SERVERS", "BROKERS",
		"URL", "URI", "ENDPOINT" };
	for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
		if (cc_str_ends(name, cc_str_from(ENDS[i]))) return true;
	return false;
}

static bool plain_word(cc_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '-'))
			return false;
	return v.n > 0;
}

static bool link_env(app_reader *r, int service, forge_env *e, const app_at *at)
{
	cc_str name = cc_str_from(e->name), value = cc_str_from(e->value), host;
	int port = 0;
	if (e->secret) return true;
	int found = forge_address(r->app, value, &port);
	if (plain_word(value) && !names_host(name)) found = -1;
	e->service = found == service ? -1 : found;
	if (found >= 0 || !names_host(name) || cc_str_eqz(value, "localhost")) return true;
	/* A single word of a host that no service has is a slip; what has dots lies outside the application. */
	bool url = cc_str_find(value, CC_STR("://")) != CC_STR_NONE;
	(void)cc_str_cut(value, ':', &host, &(cc_str){ 0 });
	if (url || !plain_word(host) || cc_str_eqz(host, "localhost")) return true;
	app_near near = { .word = host };
	for (int i = 0; i < r->app->services_n; i++) app_near_try(&near, r->services[i].name);
	return app_near_fail(r, at, &near, "the address names no service:");
}

static bool link_service(app_reader *r, int service)
{
	app_way way;
	const app_at *at = app_way_service(&way, service);
	app_at env_at = { at, CC_STR("env"), 0 }, wait = { at, CC_STR("wait_for"), 0 };
	forge_service *s = &r->services[service];
	const cc_json *v = cc_json_get(r->service_nodes[service], "wait_for");
	if (cc_json_typeof(v) > CC_JSON_NULL) {
		s->wait_for = app_find_service(r, v, &wait);
		if (s->wait_for < 0) return false;
		if (s->wait_for == service || !r->services[s->wait_for].port)
			return app_wrong(r, &wait, "\"%s\" can never answer it", r->services[s->wait_for].name);
	}
	forge_env *env = app_array(r, s->env_n, sizeof *env); /* the same with what they address */
	const cc_json *m = cc_json_first(cc_json_get(r->service_nodes[service], "env"));
	for (int i = 0; env && i < s->env_n; i++, m = cc_json_next(m)) {
		env[i] = s->env[i];
		if (!link_env(r, service, &env[i], &(app_at){ &env_at, cc_json_key(m), 0 })) return false;
	}
	s->env = env;
	return env != NULL;
}

bool app_link_services(app_reader *r)
{
	for (int i = 0; i < r->app->services_n; i++)
		if (!link_service(r, i)) return false;
	return true;
}
