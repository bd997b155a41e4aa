/* mcp_methods.c - the methods, as a table; what each answers. */
#include <string.h>

#include "agent/mcp_priv.h"

/* Newest first. The first is served by the version a request carries, the others after `initialize`. */
static const char *const VERSIONS[] = { CC_MCP_VERSION, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" };
enum { VERSION_COUNT = sizeof VERSIONS / sizeof VERSIONS[0] };

static void put_versions(cc_jw *w, const char *key)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; i < VERSION_COUNT; i++)
		cc_jw_strz(w, VERSIONS[i]);
	cc_jw_end_array(w);
}

static void put_capabilities(cc_jw *w)
{
	cc_jw_key(w, "capabilities");
	cc_jw_object(w);
	cc_jw_key(w, "tools");
	cc_jw_object(w);
	cc_jw_end_object(w);
	cc_jw_key(w, "resources");
	cc_jw_object(w);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

static void put_instructions(mcp_request *r)
{
	cc_jw_key(&r->w, "instructions");
	cc_jw_strz(&r->w, r->server->opt->sandbox ? mcp_shell_instructions : mcp_instructions);
}

static void note_client(mcp_server *s, const cc_json *info)
{
	cc_str name = cc_json_get_str(info, "name");
	if (!name.n || s->client.n)
		return;
	cc_buf_add(&s->client, name);
}

/* A client that asks for a version we do not have gets our newest of its era, and decides. */
static void initialize(mcp_request *r)
{
	cc_str asked = cc_json_get_str(r->params, "protocolVersion");
	const char *version = VERSIONS[1];
	for (size_t i = 1; i < VERSION_COUNT; i++)
		if (cc_str_eqz(asked, VERSIONS[i]))
			version = VERSIONS[i];
	note_client(r->server, cc_json_get(r->params, "clientInfo"));
	cc_jw_key(&r->w, "protocolVersion");
	cc_jw_strz(&r->w, version);
	put_capabilities(&r->w);
	cc_jw_key(&r->w, "serverInfo");
	cc_jw_object(&r->w);
	cc_jw_key(&r->w, "name");
	cc_jw_strz(&r->w, "coldcase");
	cc_jw_key(&r->w, "title");
	cc_jw_strz(&r->w, "coldcase: frozen Kubernetes incidents");
	cc_jw_key(&r->w, "version");
	cc_jw_strz(&r->w, CC_VERSION);
	cc_jw_end_object(&r->w);
	put_instructions(r);
}

static void discover(mcp_request *r)
{
	put_versions(&r->w, "supportedVersions");
	put_capabilities(&r->w);
	put_instructions(r);
	cc_jw_key(&r->w, "ttlMs");
	cc_jw_int(&r->w, 3600000);
	cc_jw_key(&r->w, "cacheScope");
	cc_jw_strz(&r->w, "public");
}

static void ping(mcp_request *r)
{
	(void)r;
}

static void list_templates(mcp_request *r)
{
	cc_jw_key(&r->w, "resourceTemplates");
	cc_jw_array(&r->w);
	cc_jw_end_array(&r->w);
	if (r->modern) {
		cc_jw_key(&r->w, "ttlMs");
		cc_jw_int(&r->w, 3600000);
		cc_jw_key(&r->w, "cacheScope");
		cc_jw_strz(&r->w, "public");
	}
}

static const struct method { const char *name; void (*run)(mcp_request *r); } METHODS[] = {
	{ "initialize", initialize }, { "server/discover", discover }, { "ping", ping }, { "tools/list", mcp_list_tools },
	{ "tools/call", mcp_call_tool }, { "resources/list", mcp_list_resources }, { "resources/read", mcp_read_resource },
	{ "resources/templates/list", list_templates },
};

/* A version we do not serve statelessly is refused with the list; the client tries again. */
static bool version_is_served(mcp_request *r)
{
	cc_str version = mcp_version_of(r->params);
	cc_jw w;
	if (cc_str_eqz(version, CC_MCP_VERSION))
		return true;
	mcp_fail(r, MCP_VERSION, "Unsupported protocol version");
	cc_jw_init(&w, &r->data, 0);
	cc_jw_object(&w);
	put_versions(&w, "supported");
	cc_jw_key(&w, "requested");
	cc_jw_str(&w, version);
	cc_jw_end_object(&w);
	return false;
}

bool mcp_answer(mcp_request *r, cc_str method)
{
	const cc_json *meta = cc_json_get(r->params, "_meta");
	r->token = cc_json_get(meta, "progressToken");
	r->modern = mcp_version_of(r->params).n > 0 || cc_str_eqz(method, "server/discover");
	note_client(r->server, cc_json_get(meta, "io.modelcontextprotocol/clientInfo"));
	for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++) {
		if (!cc_str_eqz(method, METHODS[i].name))
			continue;
		if (!mcp_version_of(r->params).n || version_is_served(r))
			METHODS[i].run(r);
		return true;
	}
	mcp_fail(r, MCP_NO_METHOD, "Method not found: %.*s", CC_STR_ARG(method));
	return false;
}
