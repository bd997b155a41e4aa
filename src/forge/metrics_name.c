/* metrics_name.c - the name a span has, as the label span_name: the same words as in the traces file. */
#include "forge/metrics_priv.h"

const char *forge_span_name(const forge_sim *s, const forge_span *x)
{
	const forge_app *a = s->app;
	const forge_service *self = x->service >= 0 ? &a->services[x->service] : NULL;
	bool client = x->kind == KIND_CLIENT || x->kind == KIND_PRODUCER;
	if (x->op < 0) return x->journey >= 0 && x->journey < a->journeys_n ? a->journeys[x->journey].name : "user";
	const forge_op *op = &a->ops[x->op], *asked = x->wanted >= 0 ? &a->ops[x->wanted] : op;
	if (client && self && self->loadgen) return asked->method;
	if (client && self && self->lang == LANG_ENVOY)
		return s->metrics->egress[x->to_service >= 0 ? x->to_service : asked->service];
	return client && op->client ? op->client : op->name;
}
