/* flow_address.c - what a process reads from its environment when it starts: addresses of others and passwords.
 *
 * A change of the template acts when a pod of it starts, not before; a wrong value stays wrong until the process is
 * replaced. */
#include <string.h>
#include "forge/flow_priv.h"

/* The text of a name that is nobody's, kept once however often processes start. */
static const char *strange_name(forge_sim *s, cc_str host)
{
	for (size_t i = 0; i < s->flow->strange.n; i++)
		if (cc_str_eqz(host, s->flow->strange.p[i].host)) return s->flow->strange.p[i].host;
	char *kept = cc_arena_dupz(s->arena, host);
	flow_address a = { -1, 0, kept, NULL };
	if (kept && cc_vec_push(&s->flow->strange, a)) return kept;
	forge_fail(s, CC_ENOMEM);
	return "";
}

static flow_address read_address(forge_sim *s, const char *value, const flow_address *own)
{
	flow_address a = { -1, 0, NULL, NULL };
	a.service = forge_address(s->app, cc_str_from(value), &a.port);
	if (a.service >= 0) {
		a.host = s->app->services[a.service].name;
		if (!a.port) a.port = s->app->services[a.service].port;
	} else {
		a.host = strange_name(s, forge_address_host(cc_str_from(value)));
		if (!a.port) a.port = own->port;
	}
	return a;
}

static const char *env_value(const forge_template *t, const char *name)
{
	for (int i = 0; t && i < t->env_n; i++)
		if (cc_str_eqz(cc_str_from(t->env[i].name), name)) return t->env[i].value;
	return NULL;
}

/* The Secret's content the process was started with, if the store reads the same Secret or the address itself is
 * secret; else what stands behind "password=" in an address of the store. */
static const char *password_for(forge_sim *s, const forge_template *t, int store)
{
	const forge_service *svc = &s->app->services[store];
	for (int i = 0; t && i < t->env_n; i++) {
		const forge_env *e = &t->env[i];
		if (!e->secret) continue;
		if (e->service == store) return e->value;
		for (int k = 0; k < svc->env_n; k++)
			if (svc->env[k].secret && strcmp(e->secret, svc->env[k].secret) == 0) return e->value;
	}
	for (int i = 0; t && i < t->env_n; i++) {
		cc_str v = cc_str_from(t->env[i].value);
		size_t at = t->env[i].service == store ? cc_str_find_nocase(v, CC_STR("password=")) : CC_STR_NONE;
		if (at == CC_STR_NONE) continue;
		v = cc_str_sub(v, at + 9, v.n);
		size_t n = 0;
		while (n < v.n && v.p[n] != ',' && v.p[n] != ';' && v.p[n] != ' ') n++;
		return strange_name(s, cc_str_sub(v, 0, n));
	}
	return NULL;
}

bool flow_read_env(forge_sim *s, int pod, flow_pod *fp)
{
	const forge_service *svc = &s->app->services[fp->service];
	const forge_template *t = s->kube.pods.p[pod].tmpl;
	size_t n = (size_t)s->app->services_n;
	fp->address = cc_calloc((size_t)svc->env_n + 1, sizeof *fp->address);
	fp->line = cc_calloc(n, sizeof *fp->line);
	fp->password = cc_calloc(n, sizeof *fp->password);
	if (!fp->address || !fp->line || !fp->password) return false;
	for (size_t i = 0; i < n; i++) {
		fp->line[i] = (flow_line){ 0, -1, -1 };
		if (s->app->services[i].lang == LANG_STORE) fp->password[i] = password_for(s, t, (int)i);
	}
	for (int i = 0; i < svc->env_n; i++) {
		if (svc->env[i].service < 0) continue;
		const flow_address *own = &s->flow->home[svc->env[i].service];
		const char *value = t ? env_value(t, svc->env[i].name) : svc->env[i].value;
		fp->address[i] = value ? read_address(s, value, own) : *own;
	}
	return true;
}

/* Kept once, and again when the Service has been made anew: records refer to it. */
const char *flow_service_ip(forge_sim *s, int service)
{
	flow_address *home = &s->flow->home[service];
	const char *ip = s->kube.services[service].ip;
	if (!ip[0]) return NULL;
	if (!home->ip || strcmp(home->ip, ip) != 0) home->ip = forge_text(s, "%s", ip);
	return home->ip;
}

const flow_address *flow_address_of(const forge_sim *s, const flow_call *c)
{
	const flow_address *home = &s->flow->home[s->app->ops[c->op].service];
	if (flow_unreachable(s, c)) return &s->flow->nowhere;
	const flow_pod *fp = flow_pod_at(s, c->pod);
	if (!fp || !fp->address || c->step->env < 0 || c->step->env >= s->app->services[c->from].env_n) return home;
	const flow_address *a = &fp->address[c->step->env];
	return a->host ? a : home;
}
