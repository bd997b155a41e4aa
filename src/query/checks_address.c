/* checks_address.c - variables that lead to Services: host and port must exist. Only what looks like a cluster address is judged:
 * host:port, scheme://host, and nothing that could be a public name. */
#include "checks_priv.h"

enum { LONGEST = 4096 };

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static cc_str env_value(const cc_json *env, cc_str name, bool *known)
{
	for (const cc_json *m = cc_json_first(env); m; m = cc_json_next(m))
		if (cc_str_eq(cc_json_get_str(m, "name"), name)) {
			*known = cc_json_get(m, "value") != NULL;
			return cc_json_get_str(m, "value");
		}
	*known = false;
	return CC_STR_EMPTY;
}

/* $(NAME) by the sibling's value, as the kubelet does; false when one is not known (a node's address, a Secret). */
static bool expand(cc_buf *out, cc_str value, const cc_json *env)
{
	for (size_t i = 0; i < value.n && out->n <= LONGEST;) {
		cc_str rest = cc_str_sub(value, i, value.n);
		size_t end = cc_str_starts(rest, CC_STR("$(")) ? cc_str_find_char(rest, ')') : CC_STR_NONE;
		bool known = true;
		if (end == CC_STR_NONE) {
			cc_buf_add_char(out, value.p[i++]);
			continue;
		}
		cc_buf_add(out, env_value(env, cc_str_sub(rest, 2, end), &known));
		if (!known)
			return false;
		i += end + 1;
	}
	return cc_buf_ok(out) && out->n <= LONGEST;
}

/* "cart", "cart.shop", "cart.shop.svc.cluster.local": name and namespace. False for what is no name of a Service here: public
 * names, numbers, localhost. */
static bool cluster_name(check_subject *u, cc_str host, cc_str *name, cc_str *ns)
{
	cc_str rest, tail;
	bool letter = false;

	cc_str_cut(host, '.', name, &rest);
	for (size_t i = 0; i < name->n; i++)
		letter = letter || (name->p[i] >= 'a' && name->p[i] <= 'z');
	if (!letter || cc_str_eqz(*name, "localhost") || name->n > 63)
		return false;
	*ns = u->ns;
	if (rest.n == 0)
		return true;
	cc_str_cut(rest, '.', ns, &tail);
	if (tail.n > 0 && !cc_str_eqz(tail, "svc") && !cc_str_starts(tail, CC_STR("svc.")))
		return false;   /* a pod of a headless Service, or a public name */
	return !cc_check_is_missing(u, CC_STR("cluster"), "Namespace", *ns) && cc_snapshot_sym_find(u->c->s, *ns) != CC_SYM_NONE;
}

static bool offers(const cc_json *service, cc_str port)
{
	for (const cc_json *p = cc_json_first(cc_json_at(service, "spec.ports")); p; p = cc_json_next(p))
		if (cc_str_eq(cc_json_text(cc_json_get(p, "port")), port))
			return true;
	return false;
}

/* A headless Service gives its pods' addresses: any port of theirs will do. An alias leads elsewhere. */
static bool has_own_ports(const cc_json *service)
{
	return !cc_str_eqz(cc_json_str(cc_json_at(service, "spec.clusterIP")), "None") && !cc_str_eqz(cc_json_str(cc_json_at(service, "spec.type")), "ExternalName");
}

/* What it is called itself: listeners and voters name ports that no Service needs to offer. */
static bool is_own(const check_subject *u, cc_str ns, cc_str name)
{
	const cc_snapshot *s = u->c->s;
	return cc_entity_same_group(s, u->o->entity, cc_entity_find(s, ns, CC_STR("Service"), name));
}

static void address(check_subject *u, cc_str variable, cc_str host, cc_str port)
{
	cc_str name, ns;
	cc_json *service;

	if (!cluster_name(u, host, &name, &ns) || is_own(u, ns, name))
		return;
	if (cc_check_is_missing(u, ns, "Service", name) && cc_check_has_any(u, ns, "Service")) {
		cc_check_found(u, CHECK_ADDRESS, 2, NAN, variable, "env %.*s leads to %.*s, which is no Service", CC_STR_ARG(variable), CC_STR_ARG(host));
		return;
	}
	service = port.n ? cc_check_named(u, ns, "Service", name) : NULL;
	if (service && has_own_ports(service) && !offers(service, port))
		cc_check_found(u, CHECK_ADDRESS, 3, NAN, variable, "env %.*s leads to port %.*s of Service/%.*s, which it does not have", CC_STR_ARG(variable),
			CC_STR_ARG(port), CC_STR_ARG(name));
	cc_json_free(service);
}

static cc_str digits_at(cc_str value, size_t from)
{
	size_t to = from;

	while (to < value.n && value.p[to] >= '0' && value.p[to] <= '9')
		to++;
	return cc_str_sub(value, from, to);
}

/* A host is what a port follows, or a scheme precedes; its own start must not be inside a word or path. */
static void scan(check_subject *u, cc_str variable, cc_str value)
{
	for (size_t i = 0; i < value.n;) {
		size_t from = i;
		while (i < value.n && is_host_char(value.p[i]))
			i++;
		if (i == from) {
			i++;
			continue;
		}
		cc_str before = cc_str_sub(value, 0, from), port = i < value.n && value.p[i] == ':' ? digits_at(value, i + 1) : CC_STR_EMPTY;
		char after = port.n && i + 1 + port.n < value.n ? value.p[i + 1 + port.n] : '\0';
		bool scheme = cc_str_ends(before, CC_STR("://")), start = from == 0 || scheme || value.p[from - 1] == ',' || value.p[from - 1] == '@' || value.p[from - 1] == ' ';
		bool whole = after == '\0' || after == '/' || after == ',' || after == '?' || after == ' ';
		if (start && (scheme || (port.n && whole)) && (port.n || i >= value.n || value.p[i] == '/'))
			address(u, variable, cc_str_sub(value, from, i), port);
	}
}

void cc_check_addresses(check_subject *u, const cc_json *env)
{
	cc_buf text = CC_BUF_INIT;

	for (const cc_json *m = cc_json_first(env); m; m = cc_json_next(m)) {
		cc_buf_clear(&text);
		if (cc_json_get(m, "value") && expand(&text, cc_json_get_str(m, "value"), env))
			scan(u, cc_json_get_str(m, "name"), cc_buf_str(&text));
	}
	if (!cc_buf_ok(&text))
		u->c->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}
