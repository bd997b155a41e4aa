/* mcp_pages.c - the resources: what may be read before anything is asked - the briefing, the rules, the commands, how filters are written,
 * and the schema of it all. */
#include <string.h>

#include "agent/mcp_priv.h"
#include "coldcase/schema.h"

const char mcp_instructions[] =
	"A frozen Kubernetes incident: alerts, events, logs, traces, metrics, object specs and topology of one capture. Find the root causes "
	"and submit them.\n"
	"Order that works: briefing; alerts and timeline; paths or topology to see where errors begin; entity NAME for everything about one "
	"thing; changes, spec and checks for what is wrong with it; logs and trace to confirm. pin what decides, suspect what you would name.\n"
	"Score: miss one true cause and it is 0; otherwise the share of your names that are true, so every extra name costs. Name the thing that "
	"was changed or broken, not what suffered from it. A Deployment and its Pods count as one thing, its Service as another.\n"
	"Evidence commands cost one query of the budget each (see budget). Lists say total_count and what was cut; go on with offset. "
	"Finish with submit confirm=submit: it ends the investigation.";

static const char FILTERS[] =
	"Filters of logs, traces, events, alerts, metrics, objects and changes\n\n"
	"field=value  field!=value  field>value >= < <=     values with blanks in double quotes; * matches any text\n"
	"level>=warn                                        order: trace debug info warn error fatal\n"
	"~ /regular expression/  !~ /…/   \"plain text\"      in the message\n"
	"since=TIME until=TIME                              17:24:32, 2025-12-15T17:24:32Z, T+5m (after the onset), -5m (before the cursor)\n"
	"and or not ( )                                     blanks mean and\n\n"
	"Which fields a command has: help command=NAME.\n";

static void write_briefing(mcp_request *r, cc_buf *out);

static void write_commands(mcp_request *r, cc_buf *out)
{
	(void)r;
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		if (!cc_cmd_is_tool(cc_cmd_get(i)))
			continue;
		cc_cmd_write_help(cc_cmd_get(i), out);
		cc_buf_add_char(out, '\n');
	}
}

static void write_filters(mcp_request *r, cc_buf *out)
{
	(void)r;
	cc_buf_addz(out, FILTERS);
}

static void write_rules(mcp_request *r, cc_buf *out)
{
	(void)r;
	cc_buf_addz(out, mcp_instructions);
	cc_buf_add_char(out, '\n');
}

#define TEXT "text/plain"

static const struct page { const char *uri, *name, *description, *type; void (*write)(mcp_request *r, cc_buf *out); } PAGES[] = {
	{ "coldcase://briefing", "briefing", "what paged, the capture, what evidence is missing, how an answer looks", TEXT, write_briefing },
	{ "coldcase://rules", "rules", "how the answer is scored and how to go about it", TEXT, write_rules },
	{ "coldcase://commands", "commands", "every command with its parameters, examples and JSON keys", TEXT, write_commands },
	{ "coldcase://filters", "filters", "how filters are written", TEXT, write_filters },
	{ "coldcase://schema", "schema", "the same for programs: JSON Schema of every command and of its reply, the fields of every filter",
		"application/json", mcp_write_schema },
};

static void write_briefing(mcp_request *r, cc_buf *out)
{
	cc_reply *reply = NULL;
	cc_err err = { 0 };
	cc_code code = mcp_open(r, &err);
	if (code == CC_OK)
		code = cc_session_run(r->server->session, CC_STR("briefing"), &r->server->cancel, &reply, &err);
	if (code == CC_OK)
		cc_reply_write_text(reply, out, 0, false);
	else
		mcp_fail(r, MCP_INTERNAL, "%s", err.message);
	cc_reply_unref(reply);
}

/* Pages speak of commands: with a shell there are none. */
static size_t page_count(const mcp_request *r)
{
	return r->server->opt->sandbox ? 0 : sizeof PAGES / sizeof PAGES[0];
}

static void put_cache(mcp_request *r)
{
	if (!r->modern)
		return;
	cc_jw_key(&r->w, "ttlMs");
	cc_jw_int(&r->w, 3600000);
	cc_jw_key(&r->w, "cacheScope");
	cc_jw_strz(&r->w, "private");
}

void mcp_list_resources(mcp_request *r)
{
	cc_jw *w = &r->w;
	cc_jw_key(w, "resources");
	cc_jw_array(w);
	for (size_t i = 0; i < page_count(r); i++) {
		cc_jw_object(w);
		cc_jw_key(w, "uri");
		cc_jw_strz(w, PAGES[i].uri);
		cc_jw_key(w, "name");
		cc_jw_strz(w, PAGES[i].name);
		cc_jw_key(w, "description");
		cc_jw_strz(w, PAGES[i].description);
		cc_jw_key(w, "mimeType");
		cc_jw_strz(w, PAGES[i].type);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	put_cache(r);
}

void mcp_read_resource(mcp_request *r)
{
	cc_str uri = cc_json_get_str(r->params, "uri");
	cc_buf text = CC_BUF_INIT;
	size_t i = 0;
	while (i < page_count(r) && !cc_str_eqz(uri, PAGES[i].uri))
		i++;
	if (i == page_count(r)) {
		mcp_fail(r, r->modern ? MCP_PARAMS : MCP_NO_RESOURCE, "Resource not found: %.*s", CC_STR_ARG(uri));
		return;
	}
	PAGES[i].write(r, &text);
	cc_jw_key(&r->w, "contents");
	cc_jw_array(&r->w);
	cc_jw_object(&r->w);
	cc_jw_key(&r->w, "uri");
	cc_jw_strz(&r->w, PAGES[i].uri);
	cc_jw_key(&r->w, "mimeType");
	cc_jw_strz(&r->w, PAGES[i].type);
	cc_jw_key(&r->w, "text");
	cc_jw_str(&r->w, cc_buf_str(&text));
	cc_jw_end_object(&r->w);
	cc_jw_end_array(&r->w);
	put_cache(r);
	r->w.out->failed |= text.failed;
	cc_buf_deinit(&text);
}
