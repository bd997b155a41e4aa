/* tel_cells.c - what is the same in thousands of rows is made once: the resource of a pod, the attributes every call of
 * an operation begins with, names as fields. */
#include "forge/tel_priv.h"

static void pair(cc_buf *b, bool *first, const char *key, const char *value)
{
	out_map(b, first, key, cc_str_from(value));
}

static void head_of(cc_buf *b, const forge_op *op)
{
	bool first = true;
	const char *method = op->method ? op->method : "", *route = op->route ? op->route : "";
	switch (op->proto) {
	case PROTO_HTTP:
		pair(b, &first, "http.request.method", method);
		break;
	case PROTO_GRPC:
		pair(b, &first, "rpc.system", "grpc");
		pair(b, &first, "rpc.service", method);
		pair(b, &first, "rpc.method", route);
		break;
	case PROTO_REDIS:
	case PROTO_SQL:
		pair(b, &first, "db.system", method);
		out_map(b, &first, "db.operation.name", cc_str_sub(cc_str_from(route), 0, strcspn(route, " ")));
		break;
	case PROTO_KAFKA:
		pair(b, &first, "messaging.system", "kafka");
		pair(b, &first, "messaging.destination.name", route);
		pair(b, &first, "messaging.operation", method);
		break;
	}
}

/* The route as frameworks report it: the part of the span name after the method, else the path without what is asked
 * for. */
static void route_of(cc_buf *b, const forge_op *op)
{
	size_t method = strlen(op->method ? op->method : "");
	bool named = op->name && method && strncmp(op->name, op->method, method) == 0 && op->name[method] == ' ';
	cc_str route = cc_str_from(named ? op->name + method + 1 : op->route), query;
	(void)cc_str_cut(route, '?', &route, &query);
	OUT_LIT(b, ", 'http.route': ");
	out_repr(b, route);
}

/* Routes and statements with what Python escapes already escaped; what fills the places needs no escaping. */
static bool inner(tel_tmpl *out, forge_sim *s, cc_buf *b, cc_str text, char quote)
{
	out_repr_inner(b, text, quote);
	bool ok = cc_buf_ok(b) && tel_tmpl_make(out, s->arena, cc_buf_str(b));
	cc_buf_clear(b);
	return ok;
}

static bool op_init(forge_sim *s, tel_op *o, const forge_op *op, cc_buf *b)
{
	cc_str route = cc_str_from(op->route), path = route, query = CC_STR_EMPTY;
	head_of(b, op);
	o->head = forge_str(s, b);
	bool ok = true;
	if (op->proto == PROTO_HTTP) {
		(void)cc_str_cut(route, '?', &path, &query);
		route_of(b, op);
		o->route_attr = forge_str(s, b);
		ok = inner(&o->path, s, b, path.n ? path : CC_STR("/"), '\'') && inner(&o->query, s, b, query, '\'');
		o->mentions = tel_tmpl_mentions(&o->path) | tel_tmpl_mentions(&o->query);
	}
	o->statement_quote = out_repr_quote(route);
	ok = ok && inner(&o->statement, s, b, route, o->statement_quote);
	ok = ok && tel_tmpl_make(&o->log, s->arena, cc_str_from(op->log));
	o->mentions |= tel_tmpl_mentions(&o->log);
	return ok && s->code == CC_OK;
}

cc_code tel_cells_init(forge_sim *s)
{
	forge_tel *t = s->tel;
	cc_buf b = CC_BUF_INIT;
	t->ops = cc_calloc((size_t)s->app->ops_n + 1, sizeof *t->ops);
	bool ok = t->ops != NULL;
	for (int i = 0; ok && i < s->app->ops_n; i++) ok = op_init(s, &t->ops[i], &s->app->ops[i], &b);
	cc_buf_deinit(&b);
	return ok ? CC_OK : CC_ENOMEM;
}

static void owner(cc_buf *b, bool *first, const kube_workload *w)
{
	static const char *const KEY[] = { [WL_DEPLOYMENT] = "k8s.deployment.name",
		[WL_STATEFULSET] = "k8s.statefulset.name", [WL_DAEMONSET] = "k8s.daemonset.name",
		[WL_JOB] = "k8s.job.name" };
	pair(b, first, KEY[w->kind], w->name);
}

/* The attributes a pod's records carry: what its SDK knows (process), then what the collector adds. */
static void resource(cc_buf *b, forge_sim *s, const kube_pod *p, const char *name, bool process)
{
	const forge_app *a = s->app;
	const forge_voice *v = p->service >= 0 ? &forge_voices[a->services[p->service].lang] : NULL;
	const kube_workload *w = &s->kube.workloads.p[p->workload];
	cc_buf start = CC_BUF_INIT;
	bool first = true;
	pair(b, &first, "service.name", name);
	if (p->service >= 0 && a->service_namespace) pair(b, &first, "service.namespace", a->service_namespace);
	if (p->service >= 0 && a->version) pair(b, &first, "service.version", a->version);
	if (process && v && v->sdk[0]) {
		pair(b, &first, "telemetry.sdk.language", v->sdk);
		pair(b, &first, "telemetry.sdk.name", "opentelemetry");
	}
	pair(b, &first, "k8s.namespace.name", w->ns ? w->ns : a->namespace);
	owner(b, &first, w);
	pair(b, &first, "k8s.pod.name", p->name);
	pair(b, &first, "k8s.pod.uid", p->uid);
	if (p->scheduled) {
		out_time_s(&start, p->scheduled);
		out_map(b, &first, "k8s.pod.start_time", cc_buf_str(&start));
	}
	if (p->ip[0]) pair(b, &first, "k8s.pod.ip", p->ip);
	if (p->node >= 0) pair(b, &first, "k8s.node.name", s->kube.nodes.p[p->node].name);
	out_map_end(b, first);
	if (!cc_buf_ok(&start)) b->failed = true;
	cc_buf_deinit(&start);
}

/* One allocation: the cell and its three texts behind it. */
static tel_cell *cell_new(forge_sim *s, const kube_pod *p)
{
	cc_buf b = CC_BUF_INIT, raw = CC_BUF_INIT;
	const char *name = p->service >= 0 ? s->app->services[p->service].name : s->kube.workloads.p[p->workload].name;
	size_t end[3];
	out_field(&b, cc_str_from(name));
	end[0] = b.n;
	for (int i = 0; i < 2; i++) {
		resource(&raw, s, p, name, i == 0);
		out_field(&b, cc_buf_str(&raw));
		cc_buf_clear(&raw);
		end[i + 1] = b.n;
	}
	tel_cell *c = cc_buf_ok(&b) && cc_buf_ok(&raw) ? cc_malloc(sizeof *c + b.n) : NULL;
	if (c) {
		char *text = (char *)(c + 1);
		if (b.n) memcpy(text, b.p, b.n);
		cc_str all = { text, b.n };
		*c = (tel_cell){ .service = cc_str_sub(all, 0, end[0]),
			.span_resource = cc_str_sub(all, end[0], end[1]),
			.log_resource = cc_str_sub(all, end[1], end[2]) };
		memcpy(c->ip, p->ip, sizeof c->ip);
	}
	cc_buf_deinit(&b);
	cc_buf_deinit(&raw);
	return c;
}

const tel_cell *tel_cell_get(const forge_tel *t, int32_t cell)
{
	return cell < 0 ? NULL : t->page[cell / TEL_PAGE][cell % TEL_PAGE];
}

static int32_t add(forge_sim *s, int pod)
{
	forge_tel *t = s->tel;
	int32_t number = t->cells;
	if (number >= TEL_PAGE * TEL_PAGES) {
		forge_fail(s, cc_err_set(s->err, CC_ELIMIT, "forge: more than %d pods", TEL_PAGE * TEL_PAGES));
		return -1;
	}
	tel_cell ***page = &t->page[number / TEL_PAGE];
	if (!*page) *page = cc_calloc(TEL_PAGE, sizeof **page);
	tel_cell *c = *page ? cell_new(s, &s->kube.pods.p[pod]) : NULL;
	if (!c) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	(*page)[number % TEL_PAGE] = c;
	t->cells++;
	return t->cell_of.p[pod] = number;
}

int32_t tel_cell_of(forge_sim *s, int pod)
{
	forge_tel *t = s->tel;
	if (pod < 0 || (size_t)pod >= s->kube.pods.n) return -1;
	while (t->cell_of.n <= (size_t)pod)
		if (!cc_vec_push(&t->cell_of, -1)) {
			forge_fail(s, CC_ENOMEM);
			return -1;
		}
	int32_t number = t->cell_of.p[pod];
	const tel_cell *c = tel_cell_get(t, number);
	if (c && strcmp(c->ip, s->kube.pods.p[pod].ip) == 0) return number;
	return add(s, pod);
}

void tel_cells_free(forge_tel *t)
{
	for (int i = 0; i < TEL_PAGES && t->page[i]; i++) {
		for (int j = 0; j < TEL_PAGE; j++) cc_free(t->page[i][j]);
		cc_free(t->page[i]);
	}
	cc_vec_deinit(&t->cell_of);
	cc_free(t->ops);
}
