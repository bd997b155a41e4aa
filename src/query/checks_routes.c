/* checks_routes.c - what leads requests to Services from outside or by a mesh: Ingress, HTTPRoute, VirtualService, DestinationRule,
 * and the admission webhooks that the API server calls. */
#include "checks_priv.h"

/* "cart", "cart.shop.svc.cluster.local": a Service of this cluster; false for names of the outside world. */
static bool service_of(const check_subject *u, cc_str host, cc_str *ns, cc_str *name)
{
	cc_str rest, tail;

	cc_str_cut(host, '.', name, &rest);
	cc_str_cut(rest, '.', ns, &tail);
	if (name->n == 0 || cc_str_find_char(host, '*') != CC_STR_NONE)
		return false;
	if (rest.n == 0)
		*ns = u->ns;
	return tail.n == 0 || cc_str_eqz(tail, "svc") || cc_str_starts(tail, CC_STR("svc."));
}

static bool offers(const cc_json *service, cc_str port)
{
	for (const cc_json *p = cc_json_first(cc_json_at(service, "spec.ports")); p; p = cc_json_next(p))
		if (cc_str_eq(cc_json_text(cc_json_get(p, "port")), port) || cc_str_eq(cc_json_get_str(p, "name"), port))
			return true;
	return false;
}

/* port empty: any. */
static void backend(check_subject *u, cc_str ns, cc_str name, cc_str port)
{
	cc_json *service;

	if (cc_check_is_missing(u, ns, "Service", name)) {
		if (cc_check_has_any(u, ns, "Service"))
			cc_check_found(u, CHECK_BACKEND, 3, NAN, name, "leads to Service/%.*s, which does not exist", CC_STR_ARG(name));
		return;
	}
	service = port.n ? cc_check_named(u, ns, "Service", name) : NULL;
	if (service && !offers(service, port))
		cc_check_found(u, CHECK_BACKEND, 3, NAN, name, "leads to port %.*s of Service/%.*s, which it does not have", CC_STR_ARG(port), CC_STR_ARG(name));
	cc_json_free(service);
}

/* Both spellings: service.{name, port.{number, name}}, and serviceName, servicePort. */
static void ingress_backend(check_subject *u, const cc_json *b)
{
	cc_str name = cc_json_str(cc_json_at(b, "service.name")), port = cc_json_text(cc_json_at(b, "service.port.number"));

	if (port.n == 0)
		port = cc_json_text(cc_json_at(b, "service.port.name"));
	if (name.n == 0)
		name = cc_json_get_str(b, "serviceName"), port = cc_json_text(cc_json_get(b, "servicePort"));
	if (name.n)
		backend(u, u->ns, name, port);
}

static void ingress(check_subject *u, const cc_json *spec)
{
	ingress_backend(u, cc_json_get(spec, "defaultBackend"));
	ingress_backend(u, cc_json_get(spec, "backend"));
	for (const cc_json *r = cc_json_first(cc_json_get(spec, "rules")); r; r = cc_json_next(r))
		for (const cc_json *p = cc_json_first(cc_json_at(r, "http.paths")); p; p = cc_json_next(p))
			ingress_backend(u, cc_json_get(p, "backend"));
}

static void gateway_route(check_subject *u, const cc_json *spec)
{
	for (const cc_json *r = cc_json_first(cc_json_get(spec, "rules")); r; r = cc_json_next(r))
		for (const cc_json *b = cc_json_first(cc_json_get(r, "backendRefs")); b; b = cc_json_next(b)) {
			cc_str ns = cc_json_get_str(b, "namespace"), kind = cc_json_get_str(b, "kind");
			if (kind.n == 0 || cc_str_eqz(kind, "Service"))
				backend(u, ns.n ? ns : u->ns, cc_json_get_str(b, "name"), cc_json_text(cc_json_get(b, "port")));
		}
}

/* --- Istio --- */

static void fault(check_subject *u, const cc_json *f)
{
	const cc_json *delay = cc_json_get(f, "delay"), *abort = cc_json_get(f, "abort");
	cc_str share = cc_json_text(cc_json_at(delay, "percentage.value")), wait = cc_json_get_str(delay, "fixedDelay");

	if (delay)
		cc_check_found(u, CHECK_FAULT_INJECTED, 3, NAN, CC_STR("delay"), "delays %.*s%% of requests by %.*s on purpose", CC_STR_ARG(share.n ? share : CC_STR("100")),
			CC_STR_ARG(wait));
	share = cc_json_text(cc_json_at(abort, "percentage.value"));
	if (abort)
		cc_check_found(u, CHECK_FAULT_INJECTED, 3, NAN, CC_STR("abort"), "answers %.*s%% of requests with %.*s on purpose", CC_STR_ARG(share.n ? share : CC_STR("100")),
			CC_STR_ARG(cc_json_text(cc_json_get(abort, "httpStatus"))));
}

static void virtual_service(check_subject *u, const cc_json *spec)
{
	static const char *const lists[] = { "http", "tcp", "tls" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const cc_json *h = cc_json_first(cc_json_get(spec, lists[i])); h; h = cc_json_next(h)) {
			fault(u, cc_json_get(h, "fault"));
			for (const cc_json *r = cc_json_first(cc_json_get(h, "route")); r; r = cc_json_next(r)) {
				cc_str ns, name, host = cc_json_str(cc_json_at(r, "destination.host"));
				if (service_of(u, host, &ns, &name))
					backend(u, ns, name, cc_json_text(cc_json_at(r, "destination.port.number")));
			}
		}
}

/* A pool of one: whatever comes beside it is refused. */
static void destination_rule(check_subject *u, const cc_json *spec)
{
	static const char *const paths[] = { "trafficPolicy.connectionPool.tcp.maxConnections", "trafficPolicy.connectionPool.http.http1MaxPendingRequests",
		"trafficPolicy.connectionPool.http.http2MaxRequests" };
	cc_str ns, name, host = cc_json_get_str(spec, "host");

	if (service_of(u, host, &ns, &name) && cc_check_is_missing(u, ns, "Service", name) && cc_check_has_any(u, ns, "Service"))
		cc_check_found(u, CHECK_BACKEND, 1, NAN, name, "is for Service/%.*s, which does not exist", CC_STR_ARG(name));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		int64_t most;
		cc_str path = cc_str_from(paths[i]);
		if (cc_json_int(cc_json_at(spec, paths[i]), &most) && most <= 1)
			cc_check_found(u, CHECK_POOL, 2, (double)most, path, "allows %lld for %.*s", (long long)most,
				CC_STR_ARG(cc_str_sub(path, cc_str_rfind_char(path, '.') + 1, path.n)));
	}
}

/* --- webhooks --- */

static bool is_served(check_subject *u, cc_str ns, cc_str name)
{
	cc_json *doc = cc_check_named(u, ns, "Endpoints", name);
	bool ready = !doc;   /* unknown: not said to be down */

	for (const cc_json *sub = cc_json_first(cc_json_get(doc, "subsets")); sub && !ready; sub = cc_json_next(sub))
		ready = cc_json_count(cc_json_get(sub, "addresses")) > 0;
	cc_json_free(doc);
	return ready;
}

static void webhooks(check_subject *u)
{
	for (const cc_json *w = cc_json_first(cc_json_get(u->doc, "webhooks")); w; w = cc_json_next(w)) {
		cc_str ns = cc_json_str(cc_json_at(w, "clientConfig.service.namespace")), name = cc_json_str(cc_json_at(w, "clientConfig.service.name"));
		bool gone = cc_check_is_missing(u, ns, "Service", name);
		if (name.n == 0 || cc_str_eqz(cc_json_get_str(w, "failurePolicy"), "Ignore"))
			continue;
		if (gone || !is_served(u, ns, name))
			cc_check_found(u, CHECK_WEBHOOK, 3, NAN, cc_json_get_str(w, "name"), "%.*s fails closed and its Service/%.*s %s", CC_STR_ARG(cc_json_get_str(w, "name")),
				CC_STR_ARG(name), gone ? "does not exist" : "has no ready endpoint");
	}
}

void cc_check_routes(check_subject *u)
{
	const cc_json *spec = cc_json_get(u->doc, "spec");

	if (cc_str_eqz(u->kind, "Ingress"))
		ingress(u, spec);
	else if (cc_str_eqz(u->kind, "VirtualService"))
		virtual_service(u, spec);
	else if (cc_str_eqz(u->kind, "DestinationRule"))
		destination_rule(u, spec);
	else if (cc_str_ends(u->kind, CC_STR("WebhookConfiguration")))
		webhooks(u);
	else
		gateway_route(u, spec);
}
