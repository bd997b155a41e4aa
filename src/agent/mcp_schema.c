/* mcp_schema.c - the commands and the filter language as one JSON document, for programs that write calls without a model.
 *
 * All of it is generated from the tables that the commands and the filters themselves are made of. */
#include "agent/mcp_priv.h"
#include "coldcase/filter.h"
#include "coldcase/schema.h"

static void put(cc_jw *w, const char *key, const char *text)
{
	cc_jw_key(w, key);
	if (text)
		cc_jw_strz(w, text);
	else
		cc_jw_null(w);
}

static void put_list(cc_jw *w, const char *key, const char *const *texts)
{
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; texts && texts[i]; i++)
		cc_jw_strz(w, texts[i]);
	cc_jw_end_array(w);
}

static void put_command(cc_jw *w, const cc_cmd *cmd)
{
	cc_jw_object(w);
	put(w, "name", cmd->name);
	put(w, "summary", cmd->summary);
	cc_jw_key(w, "costs_query");
	cc_jw_bool(w, (cmd->flags & CC_CMD_QUERY) != 0);
	put(w, "filter_table", cmd->filter_table);
	put_list(w, "examples", cmd->examples);
	cc_jw_key(w, "input_schema");
	cc_cmd_write_input_schema(cmd, w);
	cc_jw_key(w, "output_schema");
	cc_cmd_write_output_schema(cmd, w);
	put_list(w, "reply_keys", cmd->reply);
	cc_jw_end_object(w);
}

/* --- filters --- */

/* As filter.h describes them; what a field's type admits stands beside it. */
static const char GRAMMAR[] =
	"filter = { [ \"and\" | \"or\" ] term } ;\n"
	"term   = [ \"not\" | \"!\" ] ( \"(\" filter \")\" | compare | bound | search ) ;\n"
	"compare = field ( \"=\" | \"!=\" | \">\" | \">=\" | \"<\" | \"<=\" ) value { \",\" value } | field ( \"~\" | \"!~\" ) regex ;\n"
	"bound  = ( \"since=\" | \"until=\" ) time ;\n"
	"search = [ \"~\" | \"!~\" ] ( regex | word | quoted ) ;\n"
	"regex  = \"/\" pattern \"/\" [ \"i\" ] ;\n"
	"value  = word (* globs: cart-* *) | quoted | regex ;\n"
	"field  = name | \"attr.\" key ;";

static const char *const FIELD_TYPES[] = { [CC_FIELD_TEXT] = "text", [CC_FIELD_NUMBER] = "number", [CC_FIELD_TIME] = "time",
	[CC_FIELD_DURATION] = "duration", [CC_FIELD_LEVEL] = "level", [CC_FIELD_BOOL] = "boolean", [CC_FIELD_ENTITY] = "entity",
	[CC_FIELD_ID] = "id" };

static void put_field(cc_jw *w, const cc_field *f)
{
	cc_jw_object(w);
	put(w, "name", f->name);
	put(w, "alias", f->alias);
	put(w, "type", FIELD_TYPES[f->type]);
	put_list(w, "usual_values", f->choices);
	put(w, "help", f->help);
	cc_jw_end_object(w);
}

static void put_filters(cc_jw *w)
{
	cc_jw_key(w, "filters");
	cc_jw_object(w);
	put(w, "grammar", GRAMMAR);
	cc_jw_key(w, "tables");
	cc_jw_object(w);
	for (int t = 0; t < CC_TABLES; t++) {
		const cc_field *fields;
		size_t n = cc_filter_fields((cc_table)t, &fields);
		cc_jw_key(w, cc_table_name((cc_table)t));
		cc_jw_array(w);
		for (size_t i = 0; i < n; i++)
			put_field(w, &fields[i]);
		cc_jw_end_array(w);
	}
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

void mcp_write_schema(mcp_request *r, cc_buf *out)
{
	cc_jw w;
	(void)r;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "commands");
	cc_jw_array(&w);
	for (size_t i = 0; i < cc_cmd_count(); i++)
		if (cc_cmd_is_tool(cc_cmd_get(i)))
			put_command(&w, cc_cmd_get(i));
	cc_jw_end_array(&w);
	put_filters(&w);
	cc_jw_end_object(&w);
}
