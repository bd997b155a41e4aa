/* flow_mesh.c - what the proxies of the mesh count: every attempt, by who called whom and how it ended.
 *
 * A request that no proxy has seen is in no counter: the name did not resolve,
	or neither side has a proxy. What fails before it
 * reaches the callee is reported by the caller's side alone. */
#include "forge/flow_priv.h"

enum { CODE_403 = FLOW_MESH_OK + 1, CODE_404, CODE_500, CODE_503, CODE_UC, CODE_UF, CODE_UH, CODE_UT, CODE_DC };

const int flow_mesh_bounds[FLOW_MESH_BUCKETS - 1] = { 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 };
const flow_mesh_label flow_mesh_labels[FLOW_MESH_CODES] = {
	[FLOW_MESH_OK] = { "200", "-", "destination" }, [CODE_403] = { "403", "-", "destination" },
	[CODE_404] = { "404", "-", "destination" }, [CODE_500] = { "500", "-", "destination" },
	[CODE_503] = { "503", "-", "destination" }, [CODE_UC] = { "503", "UC", "source" },
	[CODE_UF] = { "503", "UF,URX", "source" }, [CODE_UH] = { "503", "UH", "source" }, [CODE_UT] = { "504", "UT",
	    "source" },
	[CODE_DC] = { "0", "DC", "source" }
};

static bool has_proxy(const forge_sim *s, int pod)
{
	if (pod < 0) return false;
	const kube_pod *p = &s->kube.pods.p[pod];
	if (p->sidecar) return true;
	return p->service >= 0 && s->app->services[p->service].mesh && s->app->services[p->service].lang == LANG_ENVOY;
}

static int answered(const flow_call *c)
{
	if (c->ok || c->status < 400) return FLOW_MESH_OK;
	return c->status == 403 ? CODE_403 : c->status == 404 ? CODE_404 : c->status == 503 ? CODE_503 : CODE_500;
}

/* -1: no proxy knows. */
static int code_of(const forge_sim *s, const flow_call *c, bool grpc)
{
	bool source = has_proxy(s, c->pod), destination = has_proxy(s, c->chosen);
	if (c->via & VIA_NO_NAME || (!source && !destination)) return -1;
	if (!(c->via & VIA_TRANSPORT)) return grpc ? FLOW_MESH_OK : answered(c);
	bool patience = c->via == VIA_TIMEOUT;
	if (patience && s->app->services[c->from].lang != LANG_ENVOY) return CODE_DC;
	if (!source && c->via != VIA_REFUSED) return -1; /* plain text cut off before there was a request */
	if (grpc) return FLOW_MESH_OK;
	if (patience) return CODE_UT;
	return c->via & VIA_RESET ? CODE_UC : c->via & VIA_NO_HOST ? CODE_UH : CODE_UF;
}

void flow_mesh_seen(forge_sim *s, const flow_call *c, int64_t took)
{
	const forge_op *op = &s->app->ops[c->op];
	if (!s->app->istio || !flow_is_rpc(op)) return;
	int code = code_of(s, c, op->proto == PROTO_GRPC);
	int from = has_proxy(s, c->pod) || s->flow->loadgen < 0 ? c->from : s->flow->loadgen;
	if (code < 0) return;
	flow_mesh_count **at = &s->flow->mesh[flow_edge_of(s, op->service, from)];
	if (!*at && !(*at = cc_calloc(1, sizeof **at))) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	(*at)->code[code]++;
	int b = 0;
	while (b < FLOW_MESH_BUCKETS - 1 && took > flow_mesh_bounds[b] * FORGE_MS) b++;
	(*at)->bucket[b]++;
}

const flow_mesh_count *flow_mesh(const forge_sim *s, int callee, int caller)
{
	return s->flow->mesh[flow_edge_of(s, callee, caller)];
}
