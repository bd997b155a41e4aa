/* app_address.c - finding services, operations and flags by name, and the service that the text of an address means. */
#include <string.h>

#include "forge/app.h"

int forge_service_find(const forge_app *app, cc_str name)
{
	for (int i = 0; i < app->services_n; i++)
		if (cc_str_eqz(name, app->services[i].name)) return i;
	return -1;
}

int forge_op_find(const forge_app *app, cc_str id)
{
	for (int i = 0; i < app->ops_n; i++)
		if (cc_str_eqz(id, app->ops[i].id)) return i;
	return -1;
}

int forge_flag_find(const forge_app *app, cc_str name)
{
	for (int i = 0; i < app->flags_n; i++)
		if (cc_str_eqz(name, app->flags[i].name)) return i;
	return -1;
}

bool forge_op_calls(const forge_app *app, int op, int callee)
{
	if (op < 0 || op >= app->ops_n) return false;
	for (int i = 0; i < app->ops[op].steps_n; i++)
		if (app->ops[op].steps[i].op == callee) return true;
	return false;
}

bool forge_service_calls(const forge_app *app, int from, int to)
{
	for (int op = 0; op < app->ops_n; op++)
		for (int i = 0; app->ops[op].service == from && i < app->ops[op].steps_n; i++) {
			int callee = app->ops[op].steps[i].op;
			if (callee >= 0 && app->ops[callee].service == to) return true;
		}
	return false;
}

/* Up to the first of `ends`. */
static cc_str head(cc_str s, const char *ends)
{
	size_t n = 0;
	while (n < s.n && !strchr(ends, s.p[n])) n++;
	return cc_str_sub(s, 0, n);
}

/* The value of "Key=value" among entries parted by ';' or blanks: Npgsql, libpq, JDBC properties. Empty when there is
 * none. */
static cc_str property(cc_str s, const char *key)
{
	while (s.n) {
		cc_str entry = head(s, "; "), name, value;
		s = cc_str_sub(s, entry.n + 1, s.n);
		if (!cc_str_cut(entry, '=', &name, &value)) continue;
		if (cc_str_eq_nocase(cc_str_trim(name), cc_str_from(key))) return cc_str_trim(value);
	}
	return CC_STR_EMPTY;
}

/* What stands before the path of an address, without user and password. */
static cc_str place(cc_str v)
{
	v = head(v, "/?#, ");
	size_t user = cc_str_rfind_char(v, '@');
	return user == CC_STR_NONE ? v : cc_str_sub(v, user + 1, v.n);
}

/* The "host:port" in a value. */
static cc_str authority(cc_str v)
{
	size_t scheme = cc_str_find(v, CC_STR("://")), tcp = cc_str_find(v, CC_STR("tcp("));
	if (scheme != CC_STR_NONE) return place(cc_str_sub(v, scheme + 3, v.n));
	if (tcp != CC_STR_NONE) return head(cc_str_sub(v, tcp + 4, v.n), ")");
	static const char *const KEYS[] = { "host", "server", "hostname" };
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
		cc_str host = property(v, KEYS[i]);
		if (host.n) return host;
	}
	return place(v);
}

static int port_number(cc_str digits)
{
	int64_t n = 0;
	if (!digits.n || digits.p[0] < '0' || digits.p[0] > '9' || !cc_str_to_i64(digits, &n)) return 0;
	return n > 0 && n < 65536 ? (int)n : 0;
}

/* "cart", "cart.shop", "cart.shop.svc", "cart.shop.svc.cluster.local": a name of this namespace, else empty. */
static cc_str service_part(const forge_app *app, cc_str host)
{
	cc_str name, rest, ns;
	if (cc_str_ends(host, CC_STR("."))) host.n--;
	if (!cc_str_cut(host, '.', &name, &rest)) return host;
	(void)cc_str_cut(rest, '.', &ns, &rest);
	if (!cc_str_eqz(ns, app->namespace)) return CC_STR_EMPTY;
	return !rest.n || cc_str_eqz(rest, "svc") || cc_str_eqz(rest, "svc.cluster.local") ? name : CC_STR_EMPTY;
}

cc_str forge_address_host(cc_str value)
{
	cc_str host, digits;
	(void)cc_str_cut(authority(cc_str_trim(value)), ':', &host, &digits);
	return host;
}

int forge_address(const forge_app *app, cc_str value, int *port)
{
	cc_str host, digits, other = property(value, "port");
	(void)cc_str_cut(authority(cc_str_trim(value)), ':', &host, &digits);
	*port = port_number(digits.n ? digits : other);
	host = service_part(app, host);
	return host.n ? forge_service_find(app, host) : -1;
}
