/* flow_proxy.c - what stands between caller and callee: Envoy as a gateway, or as a sidecar on either side.
 *
 * A gateway outside a mesh knows Services by their names and sends to their addresses; in a mesh every proxy knows the
 * pods behind them, chooses one, and says so when there is none. */
#include "forge/flow_priv.h"

bool flow_sidecar(const forge_sim *s, const flow_call *c, unsigned via)
{
	if (!flow_is_rpc(&s->app->ops[c->op])) return false;
	if (s->kube.pods.p[c->pod].sidecar) return true;
	/* The callee's sidecar lets the connection in and finds that nobody listens behind it. */
	return via == VIA_REFUSED && c->chosen >= 0 && s->kube.pods.p[c->chosen].sidecar;
}

bool flow_proxied(const forge_sim *s, const flow_call *c)
{
	bool patience = c->via == VIA_TIMEOUT && c->step->timeout_ms;
	if (!(c->via & VIA_TRANSPORT) || c->via & VIA_NO_NAME || patience) return false;
	return s->app->services[c->from].lang != LANG_ENVOY && flow_sidecar(s, c, c->via);
}

bool flow_knows_endpoints(const forge_sim *s, const flow_call *c)
{
	return s->app->istio && (s->app->services[c->from].lang == LANG_ENVOY || flow_sidecar(s, c, VIA_TIMEOUT));
}

int flow_upstream_pod(const forge_sim *s, const flow_call *c)
{
	return s->app->services[c->from].lang == LANG_ENVOY ? c->chosen : c->peer;
}

const char *flow_upstream(forge_sim *s, const flow_call *c)
{
	if (s->app->services[c->from].lang != LANG_ENVOY || s->app->istio || !c->to || c->to->service < 0) return NULL;
	return flow_service_ip(s, c->to->service);
}
