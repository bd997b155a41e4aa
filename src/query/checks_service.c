/* checks_service.c - Services that lead nowhere. */
#include "checks_priv.h"
#include "coldcase/topology.h"

/* Does a container of this pod declare the port? Number or name. */
static bool declares(const check_pod *pod, cc_str port)
{
	for (size_t i = 0; i < pod->port_count; i++)
		if (cc_str_eq(pod->ports[i].number, port) || (pod->ports[i].name.n && cc_str_eq(pod->ports[i].name, port)))
			return true;
	return false;
}

static cc_str target_of(const cc_json *port)
{
	const cc_json *target = cc_json_get(port, "targetPort");
	return cc_json_text(target ? target : cc_json_get(port, "port"));
}

/* Declared ports are documentation for numbers but binding for names. A number that no container declares is common for side
 * ports; a Service none of whose ports is declared leads past its pods. */
static void target_ports(check_subject *u, const check_pod *pod)
{
	const cc_json *ports = cc_json_at(u->doc, "spec.ports");
	size_t met = 0;
	for (const cc_json *p = cc_json_first(ports); p; p = cc_json_next(p))
		met += declares(pod, target_of(p));
	for (const cc_json *p = cc_json_first(ports); p; p = cc_json_next(p)) {
		cc_str own = cc_json_text(cc_json_get(p, "port")), port = target_of(p);
		bool by_name = cc_json_typeof(cc_json_get(p, "targetPort")) == CC_JSON_STRING;
		if (port.n && !declares(pod, port) && (pod->port_count || by_name))
			cc_check_found(u, CHECK_TARGET_PORT, by_name ? 3 : met ? 1 : 2, NAN, port, "port %.*s leads to %.*s, which its pods do not declare", CC_STR_ARG(own),
				CC_STR_ARG(port));
	}
}

/* Addresses ready and not ready; false without an Endpoints object. */
static bool count_endpoints(check_subject *u, size_t *ready, size_t *not_ready)
{
	cc_json *doc = cc_check_named(u, u->ns, "Endpoints", u->name);

	*ready = *not_ready = 0;
	if (!doc)
		return false;
	for (const cc_json *sub = cc_json_first(cc_json_get(doc, "subsets")); sub; sub = cc_json_next(sub)) {
		*ready += cc_json_count(cc_json_get(sub, "addresses"));
		*not_ready += cc_json_count(cc_json_get(sub, "notReadyAddresses"));
	}
	cc_json_free(doc);
	return true;
}

static void selector_text(const cc_json *selector, cc_buf *out)
{
	for (const cc_json *m = cc_json_first(selector); m; m = cc_json_next(m))
		cc_buf_addf(out, "%s%.*s=%.*s", out->n ? "," : "", CC_STR_ARG(cc_json_key(m)), CC_STR_ARG(cc_json_text(m)));
}

/* The workload whose template the selector fits: it is the one that makes no pods. */
static cc_entity_id selected_workload(const check_subject *u)
{
	cc_edge_vec edges = { 0 };
	cc_entity_id found = 0;

	if (cc_edges_from(u->c->s, u->o->entity, &edges) != CC_OK)
		edges.n = 0;
	for (size_t i = 0; i < edges.n && !found; i++) {
		const cc_edge *e = cc_edges_get(u->c->s, edges.p[i]);
		if (e->kind == CC_EDGE_SELECTS && !e->ended)
			found = e->to;
	}
	cc_vec_deinit(&edges);
	return found;
}

static void no_pod(check_subject *u, const cc_json *selector)
{
	cc_buf text = CC_BUF_INIT;
	cc_entity_id workload = selected_workload(u);

	if (workload) {
		cc_check_found(u, CHECK_ENDPOINTS, 3, 0, CC_STR_EMPTY, "selects %.*s/%.*s, which has no pods", CC_STR_ARG(cc_entity_kind(u->c->s, workload)),
			CC_STR_ARG(cc_entity_name(u->c->s, workload)));
		return;
	}

	selector_text(selector, &text);
	if (cc_buf_ok(&text))
		cc_check_found(u, CHECK_SELECTOR, 3, 0, CC_STR_EMPTY, "selector %s matches no pod", text.p);
	else
		u->c->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

void cc_check_service(check_subject *u)
{
	const cc_json *selector = cc_json_at(u->doc, "spec.selector");
	size_t ready, not_ready, pods, matching = 0;

	if (cc_json_count(selector) == 0)
		return;   /* addresses are written by hand, or it is an alias */
	const check_pod *p = cc_check_pods(u, u->ns, &pods);
	for (size_t i = 0; i < pods; i++) {
		if (!cc_check_labels_fit(selector, p[i].labels, p[i].label_count))
			continue;
		if (matching++ == 0)
			target_ports(u, &p[i]);
	}
	if (pods > 0 && matching == 0)
		no_pod(u, selector);
	else if (count_endpoints(u, &ready, &not_ready) && ready == 0)
		cc_check_found(u, CHECK_ENDPOINTS, 3, 0, CC_STR_EMPTY, "has no ready endpoint (%zu not ready)", not_ready);
	else if (matching > 0)
		cc_check_remark(u, (double)matching, "selects %zu pods", matching);
}
