/* tel_rig.h - a made-up shop of seven services and made-up records, fed into the streams of the observers. */
#ifndef COLDCASE_TEL_RIG_H
#define COLDCASE_TEL_RIG_H

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/literal.h"
#include "coldcase/tsv.h"
#include "forge/sim.h"
#include "forge/tel_rows.h"

static int counted;

/* Stands in for the metrics: every span must pass here once. */
void metrics_count_span(struct forge_sim *s, const forge_span *span)
{
	(void)s;
	(void)span;
	counted++;
}

#define START (INT64_C(1765818000) * CC_NS_PER_S)

enum { SVC_USERS, SVC_PROXY, SVC_WEB, SVC_CART, SVC_STORE, SVC_QUEUE, SVC_BOOKS, SVC_N };
enum { OP_PROXY, OP_PAGE, OP_GET, OP_HGET, OP_TOPIC, OP_BOOK, OP_SQL, OP_N };

static const forge_service SERVICES[SVC_N] = {
	[SVC_USERS] = { .name = "load-generator", .lang = LANG_PYTHON, .port = 8089, .traced = true, .loadgen = true },
	[SVC_PROXY] = { .name = "frontend-proxy", .lang = LANG_ENVOY, .port = 8080, .traced = true },
	[SVC_WEB] = { .name = "frontend", .egress = "router frontend egress", .lang = LANG_NODE, .port = 8080, .traced = true },
	[SVC_CART] = { .name = "cart", .lang = LANG_DOTNET, .port = 7070, .traced = true },
	[SVC_STORE] = { .name = "valkey-cart", .lang = LANG_STORE, .port = 6379 },
	[SVC_QUEUE] = { .name = "kafka", .lang = LANG_STORE, .port = 9092 },
	[SVC_BOOKS] = { .name = "accounting", .lang = LANG_JAVA, .traced = true },
};
static const forge_op OPS[OP_N] = {
	[OP_PROXY] = { .service = SVC_PROXY, .proto = PROTO_HTTP, .name = "ingress", .method = "GET", .route = "/" },
	[OP_PAGE] = { .service = SVC_WEB, .proto = PROTO_HTTP, .name = "GET /api/cart", .client = "GET", .method = "GET",
		.route = "/api/cart?sessionId={user}&q={productName}", .reply_bytes = 900, .log = "{\"msg\":\"shown '{productName}'\",\"at\":\"{iso}\",\"user\":\"{user}\"}" },
	[OP_GET] = { .service = SVC_CART, .proto = PROTO_GRPC, .name = "POST /oteldemo.CartService/GetCart", .client = "oteldemo.CartService/GetCart",
		.method = "oteldemo.CartService", .route = "GetCart", .log = "GetCartAsync called with userId={user} {unknown}\tand a tab" },
	[OP_HGET] = { .service = SVC_STORE, .proto = PROTO_REDIS, .name = "HGET", .method = "redis", .route = "HGET {user}" },
	[OP_TOPIC] = { .service = SVC_QUEUE, .proto = PROTO_KAFKA, .name = "orders publish", .method = "publish", .route = "orders" },
	[OP_BOOK] = { .service = SVC_BOOKS, .proto = PROTO_KAFKA, .name = "orders process", .method = "process", .route = "orders" },
	[OP_SQL] = { .service = SVC_STORE, .proto = PROTO_SQL, .name = "postgresql", .method = "postgresql", .route = "INSERT INTO \"order\" VALUES ('{order}')" },
};
static const forge_variant VARIANTS[] = { { .name = "off" }, { .name = "on", .number = 1 } };
static const forge_flag FLAGS[] = { { .name = "cartFailure", .variants = VARIANTS, .variants_n = 2, .on = 1 } };
static const forge_item ITEMS[] = { { "AST0R70REF", "Lumen 70", 12900 }, { "B'OOK", "Bob's \"Sky\" Atlas", 2100 } };
static const forge_journey JOURNEYS[] = { { .name = "user_view_cart" } };
static const forge_app APP = { .name = "shop", .namespace = "otel-demo", .version = "2.1.3", .service_namespace = "opentelemetry-demo",
	.services = SERVICES, .services_n = SVC_N, .ops = OPS, .ops_n = OP_N, .flags = FLAGS, .flags_n = 1, .journeys = JOURNEYS, .journeys_n = 1,
	.items = ITEMS, .items_n = 2 };

typedef struct world {
	forge_sim *s;
	cc_forge_options opt;
	cc_err err;
	cc_rng rng;
} world;

static inline const char *base(void)
{
	const char *tmp = getenv("COLDCASE_TEST_TMP");
	return tmp && tmp[0] ? tmp : "/tmp";
}

static inline void world_init(world *w, const char *name, int threads)
{
	*w = (world){ .opt = { .seed = 7, .threads = threads, .duration_ns = 1200 * CC_NS_PER_S } };
	forge_sim *s = w->s = cc_calloc(1, sizeof *s);
	s->opt = &w->opt;
	s->app = &APP;
	s->err = &w->err;
	s->arena = cc_arena_new();
	s->start = s->now = START;
	s->end = START + w->opt.duration_ns;
	cc_rng_init(&w->rng, 42);
	(void)snprintf(s->work, sizeof s->work, "%s/forge-tel-%s-%ld", base(), name, (long)getpid());
	assert_int_equal(cc_dir_make(s->work, NULL), CC_OK);
	assert_true(cc_vec_push(&s->kube.nodes, ((kube_node){ .name = "worker-1" })));
	for (int i = 0; i < SVC_N; i++) {
		kube_pod p = { .workload = i, .service = i, .node = 0, .scheduled = START - 3600 * CC_NS_PER_S };
		(void)snprintf(p.name, sizeof p.name, "%s-5d4f8b7c9-x%dk2p", SERVICES[i].name, i);
		(void)snprintf(p.uid, sizeof p.uid, "0000000%u-1111-4222-8333-444444444444", (unsigned)i % 10);
		(void)snprintf(p.ip, sizeof p.ip, "10.244.1.1%u", (unsigned)i % 10);
		assert_true(cc_vec_push(&s->kube.workloads, ((kube_workload){ .service = i, .name = SERVICES[i].name, .ns = "otel-demo" })));
		assert_true(cc_vec_push(&s->kube.pods, p));
	}
	counted = 0;
}

static inline void remove_work(const char *dir)
{
	static const char *const NAMES[] = { "otel_traces_raw.tsv", "otel_logs_raw.tsv", "k8s_events_raw.tsv", "k8s_objects_raw.tsv",
		"metrics/service_cart_raw.tsv", "metrics/pod_frontend_raw.tsv", "metrics", "alerts/alerts_at_2025-12-15T17-24-32.json", "alerts" };
	cc_buf path = CC_BUF_INIT;
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		cc_buf_clear(&path);
		cc_path_join(&path, dir, NAMES[i]);
		(void)remove(path.p);
	}
	(void)rmdir(dir);
	cc_buf_deinit(&path);
}

static inline void world_deinit(world *w, bool keep)
{
	forge_sim *s = w->s;
	tel_deinit(s);
	if (!keep) remove_work(s->work);
	cc_vec_deinit(&s->kube.nodes);
	cc_vec_deinit(&s->kube.workloads);
	cc_vec_deinit(&s->kube.pods);
	cc_vec_deinit(&s->plan.causes);
	cc_arena_free(s->arena);
	cc_free(s);
}

typedef struct open_span { forge_span x; int handle; int64_t ends; } open_span;

static inline forge_span make_span(world *w, int64_t start)
{
	forge_sim *s = w->s;
	static const struct { int service, op, wanted, to; forge_kind kind; } WAYS[] = {
		{ SVC_USERS, -1, -1, -1, KIND_INTERNAL }, { SVC_USERS, OP_PROXY, OP_PAGE, SVC_PROXY, KIND_CLIENT },
		{ SVC_PROXY, OP_PROXY, OP_PAGE, -1, KIND_SERVER }, { SVC_PROXY, OP_PAGE, OP_PAGE, SVC_WEB, KIND_CLIENT },
		{ SVC_WEB, OP_PAGE, -1, -1, KIND_SERVER }, { SVC_WEB, OP_GET, -1, SVC_CART, KIND_CLIENT },
		{ SVC_CART, OP_GET, -1, -1, KIND_SERVER }, { SVC_CART, OP_HGET, -1, SVC_STORE, KIND_CLIENT },
		{ SVC_WEB, OP_TOPIC, -1, SVC_QUEUE, KIND_PRODUCER }, { SVC_BOOKS, OP_BOOK, -1, -1, KIND_CONSUMER },
		{ SVC_BOOKS, OP_SQL, -1, SVC_STORE, KIND_CLIENT } };
	size_t way = cc_rng_below(&w->rng, sizeof WAYS / sizeof WAYS[0]);
	bool bad = cc_rng_below(&w->rng, 16) == 0;
	forge_span x = { .start = start, .trace = { cc_rng_u64(&w->rng), cc_rng_u64(&w->rng) | 1 }, .id = cc_rng_u64(&w->rng) | 1,
		.parent = cc_rng_u64(&w->rng) | 1, .service = WAYS[way].service, .pod = WAYS[way].service, .op = WAYS[way].op,
		.wanted = WAYS[way].wanted, .to_service = WAYS[way].to, .kind = WAYS[way].kind, .peer = WAYS[way].to, .flag = -1, .error = bad };
	x.vars = (forge_vars){ .user = cc_rng_u64(&w->rng), .order = cc_rng_u64(&w->rng), .request = x.id, .item = (int)cc_rng_below(&w->rng, 2),
		.cents = (int)cc_rng_below(&w->rng, 90000), .count = 2, .serial = 11 };
	if (x.kind == KIND_CONSUMER) x.link = x.parent;
	x.status = x.op >= 0 && OPS[x.op].proto == PROTO_HTTP ? (bad ? 503 : 200) : bad ? 14 : 0;
	if (bad) {
		x.via = VIA_REFUSED;
		x.message = forge_heap(s, "14 UNAVAILABLE: it's \"gone\"\tline\n%d", x.status);
		x.exception = forge_heap(s, "RpcException");
		x.exception_message = forge_heap(s, "can't reach %s", "cart");
		x.event_at = start + 1000000;
	}
	if (cc_rng_below(&w->rng, 20) == 0) x.flag = 0, x.flag_variant = 1;
	return x;
}

static inline void give_log(world *w)
{
	forge_sim *s = w->s;
	int way = (int)cc_rng_below(&w->rng, 4);
	forge_log l = { .t = s->now - (int64_t)cc_rng_below(&w->rng, 5) * CC_NS_PER_S, .trace = { 1, 2 }, .span = 3, .service = SVC_CART, .pod = SVC_CART,
		.op = OP_GET, .wanted = -1, .peer = -1, .vars = { .user = cc_rng_u64(&w->rng), .item = 1 } };
	if (way == 0) {
		l.service = l.pod = SVC_PROXY;
		l.op = OP_PROXY;
		l.wanted = OP_PAGE;
		l.peer = SVC_WEB;
		l.status = 200;
		l.took_ns = 12000000;
		l.severity = "";
	} else if (way == 1) {
		l.severity = "Error";
		l.number = 17;
		l.body = forge_heap(s, "it failed: \"quoted\"\n   at frame\tone");
		l.exception = forge_heap(s, "RpcException");
		l.exception_message = forge_heap(s, "said \"no\" to 'you'");
	} else if (way == 2) {
		l.service = l.pod = SVC_WEB;
		l.op = OP_PAGE;
	}
	tel_log(s, &l);
}

/* Spans that end in another order than they began in, many starting at the same instant, some dropped. */
static inline void feed(world *w, int spans)
{
	enum { OPEN = 64 };
	forge_sim *s = w->s;
	open_span *open = cc_calloc(OPEN, sizeof *open);
	assert_non_null(open);
	int n = 0;
	for (int i = 0; (i < spans || n) && s->code == CC_OK; i++) {
		if (i % 3 == 0) s->now += (int64_t)cc_rng_below(&w->rng, 3) * 400000;
		if (n < OPEN && i < spans) {
			open[n].x = make_span(w, s->now);
			open[n++].handle = tel_span_begin(s, s->now);
		}
		if (n == OPEN || i >= spans || cc_rng_below(&w->rng, 2)) {
			int at = (int)cc_rng_below(&w->rng, (uint64_t)n);
			open_span o = open[at];
			open[at] = open[--n];
			o.x.end = s->now + 1000 + (int64_t)cc_rng_below(&w->rng, 100000);
			if (!o.x.message && o.x.flag < 0 && cc_rng_below(&w->rng, 50) == 0) tel_span_drop(s, o.handle);
			else tel_span(s, o.handle, &o.x);
		}
		if (i % 2) give_log(w);
		if (i % 40 == 0) {
			tel_pod_log(s, s->now, SVC_STORE, 'i', "1:M * %d changes in 300 seconds. Saving...", i);
			cc_buf b = CC_BUF_INIT;
			cc_buf_addf(&b, "%d\tfirst\tk8s \"x\"\n", i);
			tel_event_row(s, s->now + (int64_t)cc_rng_below(&w->rng, 60) * CC_NS_PER_MS, cc_buf_str(&b));
			tel_object_row(s, s->now, cc_buf_str(&b));
			cc_buf_deinit(&b);
		}
	}
	while (n) {
		tel_span(s, open[n - 1].handle, &open[n - 1].x);
		n--;
	}
	cc_free(open);
}

static inline void digest(const world *w, const char *name, char out[65])
{
	cc_buf path = CC_BUF_INIT;
	cc_filemap m;
	cc_path_join(&path, w->s->work, name);
	assert_int_equal(cc_file_map(&m, path.p, NULL), CC_OK);
	cc_sha256_of(m.text, out);
	cc_file_unmap(&m);
	cc_buf_deinit(&path);
}

/* Every row has as many fields as the header, times never fall, and map cells read back. Returns the rows. */
static inline int check_table(const world *w, const char *name, size_t columns, const char *map)
{
	cc_buf path = CC_BUF_INIT;
	cc_filemap m;
	cc_tsv t;
	cc_tsv_row r;
	cc_arena *arena = cc_arena_new();
	int rows = 0;
	cc_path_join(&path, w->s->work, name);
	assert_int_equal(cc_file_map(&m, path.p, NULL), CC_OK);
	assert_int_equal(cc_tsv_init(&t, m.text, NULL), CC_OK);
	assert_int_equal(t.column_count, columns);
	int column = cc_tsv_column(&t, map);
	assert_true(column >= 0);
	cc_str last = CC_STR_EMPTY;
	while (cc_tsv_next(&t, &r)) {
		assert_int_equal(r.field_count, columns);
		assert_true(cc_str_cmp(last, r.fields[0]) <= 0);
		last = r.fields[0];
		cc_kv_vec kv = { 0 };
		assert_true(cc_literal_map(&kv, cc_tsv_field(&r, column, arena), arena));
		cc_vec_deinit(&kv);
		if (++rows % 1000 == 0) cc_arena_reset(arena);
	}
	cc_arena_free(arena);
	cc_file_unmap(&m);
	cc_buf_deinit(&path);
	return rows;
}

static inline void run_once(world *w, const char *name, int threads, int spans)
{
	world_init(w, name, threads);
	assert_int_equal(tel_open(w->s, &w->err), CC_OK);
	feed(w, spans);
	assert_int_equal(tel_close(w->s, &w->err), CC_OK);
}

#endif
