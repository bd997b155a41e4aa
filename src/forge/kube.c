/* kube.c - the controllers: Deployments make ReplicaSets, ReplicaSets make pods, endpoints follow readiness. */
#include <string.h>

#include "forge/sim.h"

static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";

static uint64_t image_hash(const char *image, int node)
{
	return cc_str_hash(cc_str_from(image)) + (uint64_t)(node + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static void text_set(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);
	if (n >= size) n = size - 1;
	memcpy(to, from, n);
	to[n] = 0;
}

void kube_uid(forge_sim *s, char out[FORGE_UID])
{
	static const char HEX[] = "0123456789abcdef";
	uint64_t hi = cc_rng_u64(&s->uid_rng), lo = cc_rng_u64(&s->uid_rng);
	hi = (hi & ~UINT64_C(0xf000)) | 0x4000;
	lo = (lo & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
	int at = 0;
	for (int i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20) out[at++] = '-';
		uint64_t half = i < 16 ? hi : lo;
		out[at++] = HEX[half >> (60 - 4 * (i % 16)) & 15];
	}
	out[at] = 0;
}

uint64_t kube_touch(forge_sim *s)
{
	return s->kube.rv += 1 + cc_rng_below(&s->uid_rng, 4);
}

forge_template kube_template_of(int app)
{
	forge_template t = { .mem_limit_mi = forge_apps[app].mem_limit_mi };
	cc_buf b = CC_BUF_INIT;
	if (forge_apps[app].image) cc_buf_addz(&b, forge_apps[app].image);
	else cc_buf_addf(&b, "ghcr.io/open-telemetry/demo:%s-%s", FORGE_VERSION, forge_apps[app].name);
	if (b.p) text_set(t.image, sizeof t.image, b.p);
	cc_buf_deinit(&b);
	return t;
}

void kube_publish(forge_sim *s, const char *image)
{
	if (!cc_vec_push(&s->kube.registry, image_hash(image, -1))) forge_fail(s, CC_ENOMEM);
}

bool kube_image_exists(const forge_sim *s, const char *image)
{
	uint64_t h = image_hash(image, -1);
	for (size_t i = 0; i < s->kube.registry.n; i++)
		if (s->kube.registry.p[i] == h) return true;
	return false;
}

int kube_ready_count(const forge_sim *s, int app)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		n += p->app == app && p->ready && !p->deleted;
	}
	return n;
}

int kube_live_count(const forge_sim *s, int app)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) n += s->kube.pods.p[i].app == app && !s->kube.pods.p[i].gone;
	return n;
}

int kube_pick(forge_sim *s, int app)
{
	int n = kube_ready_count(s, app);
	if (n == 0) return -1;
	int k = n > 1 ? (int)cc_rng_below(&s->flow_rng, (uint64_t)n) : 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		if (p->app == app && p->ready && !p->deleted && k-- == 0) return (int)i;
	}
	return -1;
}

static int rs_pods(const forge_sim *s, int rs, bool live_only)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		n += p->rs == rs && !p->gone && !(live_only && p->deleted);
	}
	return n;
}

static void rs_sync(forge_sim *s, int64_t now, int rs, int unused)
{
	(void)unused;
	forge_rs *r = &s->kube.sets.p[rs];
	forge_event_spec e = { .kind = "ReplicaSet", .object = r->name, .object_uid = r->uid, .component = "replicaset-controller", .host = "",
		.object_rv = r->rv };
	int live = rs_pods(s, rs, true);
	for (; live < r->desired && s->code == CC_OK; live++) {
		int pod = kubelet_pod_create(s, now, rs);
		if (pod < 0) return;
		e.reason = "SuccessfulCreate";
		kube_event(s, now, &e, "Created pod: %s", s->kube.pods.p[pod].name);
	}
	for (size_t i = 0; i < s->kube.pods.n && live > r->desired; i++) {
		const forge_pod *p = &s->kube.pods.p[i];
		if (p->rs != rs || p->deleted) continue;
		e.reason = "SuccessfulDelete";
		kube_event(s, now, &e, "Deleted pod: %s", p->name);
		kubelet_pod_delete(s, now, (int)i);
		live--;
	}
	r = &s->kube.sets.p[rs];
	r->status_at = now;
	r->rv = kube_touch(s);
}

static void rs_scale(forge_sim *s, int64_t now, int rs, int replicas)
{
	forge_rs *r = &s->kube.sets.p[rs];
	forge_deploy *d = &s->kube.deploys[r->app];
	bool up = replicas > r->desired;
	forge_event_spec e = { .kind = "Deployment", .object = forge_apps[r->app].name, .object_uid = d->uid, .reason = "ScalingReplicaSet",
		.component = "deployment-controller", .host = "", .object_rv = d->rv };
	kube_event(s, now, &e, "Scaled %s replica set %s from %d to %d", up ? "up" : "down", r->name, r->desired, replicas);
	r->desired = replicas;
	r->generation++;
	r->rv = kube_touch(s);
	d->progress_updated = now;
	forge_at(s, now + cc_rng_between(&s->kube_rng, 8 * FORGE_MS, 40 * FORGE_MS), rs_sync, rs, 0);
}

static int rs_create(forge_sim *s, int64_t now, int app)
{
	forge_deploy *d = &s->kube.deploys[app];
	forge_rs r = { .app = app, .tmpl = d->tmpl, .revision = ++d->revision, .created = now, .status_at = now, .generation = 1 };
	uint64_t h = image_hash(d->tmpl.image, d->tmpl.mem_limit_mi);
	size_t n = 8 + h % 3;
	for (size_t i = 0; i < n; i++, h = h * UINT64_C(6364136223846793005) + 1442695040888963407u)
		r.hash[i] = ALPHABET[(h >> 40) % (sizeof ALPHABET - 1)];
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s-%s", forge_apps[app].name, r.hash);
	if (name.p) text_set(r.name, sizeof r.name, name.p);
	cc_buf_deinit(&name);
	kube_uid(s, r.uid);
	r.rv = kube_touch(s);
	if (!cc_vec_push(&s->kube.sets, r)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	d->progress_updated = now;
	return (int)s->kube.sets.n - 1;
}

static int rs_of_template(const forge_sim *s, int app)
{
	const forge_deploy *d = &s->kube.deploys[app];
	for (size_t i = 0; i < s->kube.sets.n; i++) {
		const forge_rs *r = &s->kube.sets.p[i];
		if (r->app == app && strcmp(r->tmpl.image, d->tmpl.image) == 0 && r->tmpl.mem_limit_mi == d->tmpl.mem_limit_mi) return (int)i;
	}
	return -1;
}

/* Recreate: nothing new before everything old is gone. */
static void roll_recreate(forge_sim *s, int64_t now, int app, int fresh)
{
	const forge_deploy *d = &s->kube.deploys[app];
	for (size_t i = 0; i < s->kube.sets.n; i++) {
		if (s->kube.sets.p[i].app != app || (int)i == fresh) continue;
		if (s->kube.sets.p[i].desired > 0) rs_scale(s, now, (int)i, 0);
		if (rs_pods(s, (int)i, false) > 0) return;
	}
	if (fresh < 0) fresh = rs_create(s, now, app);
	if (fresh >= 0 && s->kube.sets.p[fresh].desired != d->replicas) rs_scale(s, now, fresh, d->replicas);
}

/* RollingUpdate with the defaults 25 % / 25 %: one extra pod, none missing, for the sizes used here. */
static void roll_update(forge_sim *s, int64_t now, int app, int fresh)
{
	const forge_deploy *d = &s->kube.deploys[app];
	if (fresh < 0) fresh = rs_create(s, now, app);
	if (fresh < 0) return;
	int total = 0;
	for (size_t i = 0; i < s->kube.sets.n; i++)
		if (s->kube.sets.p[i].app == app) total += s->kube.sets.p[i].desired;
	int surge = (d->replicas + 3) / 4, want = d->replicas - s->kube.sets.p[fresh].desired, room = d->replicas + surge - total;
	if (want > 0 && room > 0) rs_scale(s, now, fresh, s->kube.sets.p[fresh].desired + (want < room ? want : room));
	if (want < 0) rs_scale(s, now, fresh, d->replicas);
	int spare = kube_ready_count(s, app) - (d->replicas - d->replicas / 4);
	for (size_t i = 0; i < s->kube.sets.n && spare > 0; i++) {
		forge_rs *r = &s->kube.sets.p[i];
		if (r->app != app || (int)i == fresh || r->desired == 0) continue;
		int cut = spare < r->desired ? spare : r->desired;
		rs_scale(s, now, (int)i, r->desired - cut);
		spare -= cut;
	}
}

static void deploy_status(forge_sim *s, int64_t now, int app, int fresh)
{
	forge_deploy *d = &s->kube.deploys[app];
	int ready = kube_ready_count(s, app);
	bool available = ready >= d->replicas - (d->recreate ? 0 : d->replicas / 4);
	if (available != d->available || !d->available_changed) {
		d->available = available;
		d->available_changed = now;
	}
	const char *rs = fresh >= 0 ? s->kube.sets.p[fresh].name : "";
	bool complete = fresh >= 0 && ready == d->replicas && rs_pods(s, fresh, true) == d->replicas && kube_live_count(s, app) == d->replicas;
	if (strcmp(rs, d->progress_rs) != 0) d->complete = false;
	if (!d->progress_changed) d->progress_changed = now;
	if (complete && !d->complete) {
		d->complete = true;
		d->progress_updated = now;
	}
	bool late = !d->complete && now - d->progress_updated >= 600 * FORGE_S;
	if (d->progressing == late) d->progress_changed = now;
	d->progressing = !late;
	d->progress_reason = d->complete ? "NewReplicaSetAvailable" : late ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated";
	text_set(d->progress_rs, sizeof d->progress_rs, rs);
	d->observed = d->generation;
	d->status_at = now;
	d->rv = kube_touch(s);
}

static void deploy_sync(forge_sim *s, int64_t now, int app, int unused)
{
	(void)unused;
	const forge_deploy *d = &s->kube.deploys[app];
	int fresh = rs_of_template(s, app);
	if (d->recreate) roll_recreate(s, now, app, fresh);
	else roll_update(s, now, app, fresh);
	fresh = rs_of_template(s, app);
	deploy_status(s, now, app, fresh);
	for (size_t i = 0; i < s->kube.sets.n; i++)
		if (s->kube.sets.p[i].app == app) s->kube.sets.p[i].status_at = now;
	int64_t deadline = d->progress_updated + 601 * FORGE_S;
	if (!d->complete && deadline > now) forge_at(s, deadline, deploy_sync, app, 0);
}

void kube_sync_later(forge_sim *s, int64_t now, int app)
{
	forge_service *v = &s->kube.services[app];
	v->ep_changed = now;
	v->ep_rv = kube_touch(s);
	forge_at(s, now + cc_rng_between(&s->kube_rng, 15 * FORGE_MS, 90 * FORGE_MS), deploy_sync, app, 0);
}

void kube_change(forge_sim *s, int64_t now, int app, const forge_template *tmpl, bool recreate, const char *manager, const char *fields)
{
	forge_deploy *d = &s->kube.deploys[app];
	d->tmpl = *tmpl;
	d->recreate = recreate;
	d->generation++;
	d->changed_by = manager;
	d->changed_fields = fields;
	d->changed_at = now;
	d->rv = kube_touch(s);
	forge_at(s, now + cc_rng_between(&s->kube_rng, 15 * FORGE_MS, 60 * FORGE_MS), deploy_sync, app, 0);
}

/* The autoscaler of the frontend: use of processor against what its pods requested, every 15 s. */
static void hpa_sync(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	forge_kube *k = &s->kube;
	int64_t used = 0;
	for (size_t i = 0; i < k->pods.n; i++)
		if (k->pods.p[i].app == APP_FRONTEND) used += k->pods.p[i].cpu_us;
	int ready = kube_ready_count(s, APP_FRONTEND);
	int64_t us = (now - k->hpa_at) / CC_NS_PER_US;
	if (k->hpa_at && ready > 0 && us > 0) {
		int64_t asked = us * forge_apps[APP_FRONTEND].cpu_request_m / 1000 * ready;
		k->hpa_percent = (int)((used - k->hpa_cpu_us) * 100 / (asked > 0 ? asked : 1)) + 6;
		forge_deploy *d = &k->deploys[APP_FRONTEND];
		int want = (ready * k->hpa_percent + 79) / 80;
		want = want < 2 ? 2 : want > 4 ? 4 : want;
		if (want > d->replicas) {
			d->replicas = want;
			kube_change(s, now, APP_FRONTEND, &d->tmpl, d->recreate, "kube-controller-manager", "{\"f:spec\":{\"f:replicas\":{}}}");
		}
	}
	k->hpa_cpu_us = used;
	k->hpa_at = now;
	forge_at(s, now + 15 * FORGE_S, hpa_sync, 0, 0);
}

void kube_edit_configmap(forge_sim *s, int64_t now, int index, cc_str data, const char *manager)
{
	forge_configmap *c = &s->kube.configmaps[index];
	c->data = data;
	c->changed_at = now;
	c->changed_by = manager;
	c->rv = kube_touch(s);
}

static void install_app(forge_sim *s, int64_t now, int app, int unused)
{
	(void)unused;
	forge_deploy *d = &s->kube.deploys[app];
	forge_service *v = &s->kube.services[app];
	kube_uid(s, v->uid);
	kube_uid(s, v->ep_uid);
	v->created = v->ep_changed = now - 300 * FORGE_MS;
	v->rv = kube_touch(s);
	v->ep_rv = kube_touch(s);
	kube_uid(s, d->uid);
	d->created = now;
	d->generation = 1;
	d->tmpl = kube_template_of(app);
	d->recreate = forge_apps[app].recreate;
	d->replicas = forge_apps[app].replicas;
	d->progressing = true;
	d->rv = kube_touch(s);
	kube_publish(s, d->tmpl.image);
	deploy_sync(s, now, app, 0);
}

void kube_install(forge_sim *s, int64_t at)
{
	for (int i = 0; i < FORGE_CONFIGMAPS; i++) {
		s->kube.configmaps[i].created = s->kube.configmaps[i].changed_at = at - 4 * FORGE_S;
		s->kube.configmaps[i].rv = kube_touch(s);
	}
	for (int app = 0; app < APP_COUNT; app++) forge_at(s, at + app * 130 * FORGE_MS, install_app, app, 0);
	forge_at(s, at + 60 * FORGE_S, hpa_sync, 0, 0);
}

static cc_str flags_document(forge_sim *s)
{
	static const char *const FLAGS[][2] = {
		{ "productCatalogFailure", "Fail product catalog service on a specific product" },
		{ "recommendationCacheFailure", "Fail recommendation service cache" },
		{ "adManualGc", "Triggers full manual garbage collections in the ad service" },
		{ "adHighCpu", "Triggers high cpu load in the ad service" },
		{ "adFailure", "Fail ad service" },
		{ "cartFailure", "Fail cart service" },
		{ "paymentUnreachable", "Payment service is unavailable" },
		{ "kafkaQueueProblems", "Overloads Kafka queue while introducing a consumer side delay" },
	};
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{\n  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n  \"flags\": {");
	for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++)
		cc_buf_addf(&b, "%s\n    \"%s\": {\n      \"description\": \"%s\",\n      \"state\": \"ENABLED\",\n      \"variants\": {\n"
			"        \"on\": true,\n        \"off\": false\n      },\n      \"defaultVariant\": \"off\"\n    }",
			i ? "," : "", FLAGS[i][0], FLAGS[i][1]);
	cc_buf_addz(&b, "\n  }\n}\n");
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

static cc_str products_document(forge_sim *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{\n  \"products\": [");
	for (int i = 0; i < FORGE_PRODUCTS; i++)
		cc_buf_addf(&b, "%s\n    {\"id\": \"%s\", \"name\": \"%s\", \"priceUsd\": {\"currencyCode\": \"USD\", \"units\": %d, \"nanos\": %d}}",
			i ? "," : "", forge_products[i].id, forge_products[i].name, forge_products[i].cents / 100,
			forge_products[i].cents % 100 * 10000000);
	cc_buf_addz(&b, "\n  ]\n}\n");
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

cc_code kube_init(forge_sim *s)
{
	forge_kube *k = &s->kube;
	k->event_index = cc_map_new();
	k->event_tokens = cc_map_new();
	if (!k->event_index || !k->event_tokens) return CC_ENOMEM;
	k->rv = 180000 + cc_rng_below(&s->uid_rng, 40000);
	for (int i = 0; i < 4; i++) kube_uid(s, k->namespace_uid[i]);
	for (int i = 0; i < FORGE_NODES; i++) kube_uid(s, k->node_uid[i]);
	for (int i = 0; i < 2; i++) kube_uid(s, k->account_uid[i]);
	for (int i = 0; i < 2; i++) kube_uid(s, k->pdb_uid[i]);
	kube_uid(s, k->hpa_uid);
	kube_uid(s, k->quota_uid);
	const forge_configmap maps[FORGE_CONFIGMAPS] = {
		{ .name = "flagd-config", .key = "demo.flagd.json", .data = flags_document(s) },
		{ .name = "product-catalog-products", .key = "products.json", .data = products_document(s) },
		{ .name = "postgresql-init", .key = "init.sql", .data = CC_STR("CREATE TABLE \"order\" (order_id TEXT PRIMARY KEY);\n"
			"CREATE SCHEMA reviews;\nCREATE TABLE reviews.productreviews (product_id TEXT, username TEXT, description TEXT, score NUMERIC(2,1));\n") },
		{ .name = "shop-notices", .key = "banner.txt", .data = CC_STR("Free shipping on orders above 50.\n") },
	};
	for (int i = 0; i < FORGE_CONFIGMAPS; i++) {
		k->configmaps[i] = maps[i];
		kube_uid(s, k->configmaps[i].uid);
	}
	for (int i = 0; i < APP_COUNT; i++) {
		uint64_t h = cc_rng_u64(&s->uid_rng);
		cc_buf b = CC_BUF_INIT;
		cc_buf_addf(&b, "10.96.%d.%d", (int)(h % 200) + 10, i * 11 + (int)(h >> 32) % 10 + 2);
		if (b.p) text_set(k->services[i].ip, sizeof k->services[i].ip, b.p);
		cc_buf_deinit(&b);
	}
	return s->code;
}

void kube_deinit(forge_sim *s)
{
	forge_kube *k = &s->kube;
	cc_vec_deinit(&k->pods);
	cc_vec_deinit(&k->sets);
	cc_vec_deinit(&k->events);
	cc_vec_deinit(&k->images);
	cc_vec_deinit(&k->registry);
	cc_vec_deinit(&k->rows);
	cc_map_free(k->event_index);
	cc_map_free(k->event_tokens);
}
