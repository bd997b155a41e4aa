/* flows_peer.c - whom a client span calls, by what instrumentations write, and shares that rose for certain. */
#include <math.h>

#include "coldcase/traceview.h"

/* "http://payment:8080/charge" names a host and, with every path, another text. */
static cc_str host_of(cc_str url)
{
	size_t scheme = cc_str_find(url, CC_STR("://"));
	cc_str host = scheme == CC_STR_NONE ? url : cc_str_sub(url, scheme + 3, url.n), rest;
	cc_str_cut(host, '/', &host, &rest);
	cc_str_cut(host, ':', &host, &rest);
	return host;
}

cc_str cc_span_peer(const cc_snapshot *s, const cc_span *sp, cc_arena *arena)
{
	static const struct { const char *key; bool url; } keys[] = { { "peer.service", false }, { "server.address", false },
		{ "net.peer.name", false }, { "upstream_cluster", false }, { "rpc.service", false },
		{ "messaging.destination.name", false }, { "db.system", false }, { "http.host", true }, { "url.full", true },
		{ "http.url", true } };
	cc_kv_vec kv = { 0 };
	cc_str found = CC_STR_EMPTY;
	cc_spans_attrs(s, sp, 's', &kv, arena);
	for (size_t k = 0; k < sizeof keys / sizeof *keys && found.n == 0; k++)
		for (size_t i = 0; i < kv.n && found.n == 0; i++)
			if (cc_str_eqz(kv.p[i].key, keys[k].key))
				found = keys[k].url ? host_of(kv.p[i].value) : kv.p[i].value;
	cc_vec_deinit(&kv);
	return found;
}

/* Wilson's interval at one standard error; without a call anything is possible. */
static void wilson(uint64_t hits, uint64_t n, double *share, double *low, double *high)
{
	double count = (double)n, p = n ? (double)hits / count : 0;
	*share = p;
	*low = 0;
	*high = 1;
	if (n == 0)
		return;
	double middle = (p + 0.5 / count) / (1 + 1 / count);
	double half = sqrt(p * (1 - p) / count + 0.25 / (count * count)) / (1 + 1 / count);
	*low = fmax(middle - half, 0);
	*high = fmin(middle + half, 1);
}

double cc_share_rise(uint64_t hits_before, uint64_t n_before, uint64_t hits_after, uint64_t n_after)
{
	double before, before_low, before_high, after, after_low, after_high;
	wilson(hits_before, n_before, &before, &before_low, &before_high);
	wilson(hits_after, n_after, &after, &after_low, &after_high);
	if (n_before == 0)       /* nothing to compare with: what the share is now at least */
		return after_low;
	return after - before - sqrt((after - after_low) * (after - after_low) + (before_high - before) * (before_high - before));
}
