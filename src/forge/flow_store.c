/* flow_store.c - what a store asks of a request before it serves it: the password, and room for what is written.
 *
 * A connection is authenticated when it is made. After a change of the password each process goes on with the
 * connections it has, as long as the process of the store they lead to lives and its pool keeps them. */
#include "forge/flow_priv.h"

enum { BASE_KIB = 1180 };        /* an empty store's own tables */

bool flow_is_store(const forge_op *op)
{
	return op->proto == PROTO_REDIS || op->proto == PROTO_SQL;
}

/* The commands a store refuses for want of memory are those that may enlarge what it holds. */
bool flow_store_writes(const forge_op *op)
{
	static const char *const WORDS[] = { "SET", "SETNX", "SETEX", "PSETEX", "GETSET", "MSET", "MSETNX", "SETRANGE",
		"SETBIT", "APPEND", "INCR", "INCRBY", "INCRBYFLOAT", "DECR", "DECRBY", "HSET", "HSETNX", "HMSET",
		"HINCRBY", "HINCRBYFLOAT", "LPUSH", "LPUSHX", "RPUSH", "RPUSHX", "LINSERT", "LSET", "SADD", "ZADD",
		"ZINCRBY", "XADD", "PFADD", "GEOADD", "COPY", "RESTORE", "INSERT", "UPDATE" };
	cc_str word, rest;
	cc_str_cut(cc_str_from(op->route ? op->route : op->name), ' ', &word, &rest);
	for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
		if (cc_str_eq_nocase(word, cc_str_from(WORDS[i]))) return true;
	return false;
}

/* Does a process of the store that was started with the old password still run? */
static bool old_one_runs(const forge_sim *s, int store)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service == store && p->up && p->started < s->flow->stores[store].rotated) return true;
	}
	return false;
}

/* Is the connection this request comes over one that the store accepts? */
static bool accepted(const forge_sim *s, int64_t now, int store, const flow_call *c, const char **sent)
{
	const flow_store *st = &s->flow->stores[store];
	const flow_pod *fp = flow_pod_at(s, c->pod);
	*sent = fp && fp->password ? fp->password[store] : NULL;
	if (*sent && cc_str_eqz(cc_str_from(*sent), st->demanded)) return true;
	return fp && fp->started < st->changed && now < st->changed + fp->reconnect_ns && old_one_runs(s, store);
}

/* The user in an address: "user=otelu", "Username=otelu;", "stock@tcp(mysql:3306)/db",
 * "postgres://shop:…@database/shop". */
static cc_str user_in(cc_str value)
{
	static const char *const KEYS[] = { "username=", "user=", "user id=" };
	size_t n = 0;
	for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
		size_t at = cc_str_find_nocase(value, cc_str_from(KEYS[i]));
		if (at == CC_STR_NONE) continue;
		value = cc_str_sub(value, at + cc_str_from(KEYS[i]).n, value.n);
		while (n < value.n && value.p[n] != ';' && value.p[n] != ' ' && value.p[n] != '&') n++;
		return cc_str_sub(value, 0, n);
	}
	size_t scheme = cc_str_find(value, CC_STR("://")), end = cc_str_rfind_char(value, '@');
	if (end == CC_STR_NONE) return CC_STR_EMPTY;
	value = cc_str_sub(value, scheme == CC_STR_NONE ? 0 : scheme + 3, end);
	while (n < value.n && value.p[n] != ':') n++;
	return cc_str_sub(value, 0, n);
}

/* Whom the client says it is: as its address of the store has it, else the one the store was set up with. */
static cc_str client_user(const forge_sim *s, const flow_call *c)
{
	int store = s->app->ops[c->op].service;
	const forge_service *from = &s->app->services[c->from], *svc = &s->app->services[store];
	for (int i = 0; i < from->env_n; i++) {
		cc_str user = from->env[i].service == store ? user_in(cc_str_from(from->env[i].value)) : CC_STR_EMPTY;
		if (user.n) return user;
	}
	for (int i = 0; i < svc->env_n; i++)
		if (cc_str_ends(cc_str_from(svc->env[i].name), CC_STR("_USER")) && svc->env[i].value)
			return cc_str_from(svc->env[i].value);
	return forge_peer_of(&s->app->ops[c->op]) == PEER_MYSQL ? CC_STR("root") : CC_STR("postgres");
}

static char *wrong_password(forge_sim *s, const flow_call *c, bool sent)
{
	cc_str user = client_user(s, c);
	switch (forge_peer_of(&s->app->ops[c->op])) {
	case PEER_MYSQL:
		return forge_heap(s, "Access denied for user '%.*s'@'%s' (using password: %s)", CC_STR_ARG(user),
			s->kube.pods.p[c->pod].ip, sent ? "YES" : "NO");
	case PEER_MONGODB: return flow_text(s, "Authentication failed.");
	case PEER_POSTGRES:
		return forge_heap(s, "FATAL: password authentication failed for user \"%.*s\"", CC_STR_ARG(user));
	case PEER_REDIS:
	case PEER_HTTP:
	case PEER_GRPC:
	case PEER_KAFKA:
	case PEER_COUNT: break;
	}
	return flow_text(s, sent ? "WRONGPASS invalid username-password pair or user is disabled."
		: "NOAUTH Authentication required.");
}

char *flow_store_refuses(forge_sim *s, int64_t now, const flow_frame *f, const flow_call *c)
{
	flow_store *st = &s->flow->stores[f->service];
	const forge_op *op = &s->app->ops[f->op];
	const char *sent = NULL;
	if (st->demanded && c && !accepted(s, now, f->service, c, &sent)) return wrong_password(s, c, sent != NULL);
	if (!flow_store_writes(op)) return NULL;
	if (st->max_kib && st->used_bytes / 1024 >= st->max_kib && op->proto == PROTO_REDIS)
		return flow_text(s, "OOM command not allowed when used memory > 'maxmemory'.");
	/* Entries expire: left alone, the data set stays well below its bound. */
	bool room = !st->max_kib || st->used_bytes / 1024 < st->max_kib * 2 / 5;
	if (st->bounded || room) st->used_bytes += op->request_bytes;
	return NULL;
}

void flow_store_password(forge_sim *s, int64_t now, int service, const char *password, int64_t rotated)
{
	if (service < 0 || service >= s->app->services_n) return;
	s->flow->stores[service].demanded = password;
	s->flow->stores[service].changed = now;
	s->flow->stores[service].rotated = rotated;
}

void flow_store_limit(forge_sim *s, int service, int max_mib, int used_mib)
{
	if (service < 0 || service >= s->app->services_n) return;
	flow_store *st = &s->flow->stores[service];
	st->max_kib = (int64_t)max_mib * 1024;
	st->bounded = max_mib > 0;
	if (used_mib > 0) st->used_bytes = (int64_t)used_mib * 1024 * 1024;
}

int64_t flow_store_used_kib(const forge_sim *s, int service)
{
	if (service < 0 || service >= s->app->services_n) return 0;
	return BASE_KIB + s->flow->stores[service].used_bytes / 1024;
}

int64_t flow_store_max_kib(const forge_sim *s, int service)
{
	return s->flow->stores[service].max_kib;
}
