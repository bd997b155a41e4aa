/* provider.c - the table of providers. */
#include "net/provider.h"

static const provider_ops *const table[CC_PROVIDER_COUNT] = {
	[CC_PROVIDER_OPENAI] = &openai_ops,
	[CC_PROVIDER_RESPONSES] = &responses_ops,
	[CC_PROVIDER_ANTHROPIC] = &anthropic_ops,
	[CC_PROVIDER_GEMINI] = &gemini_ops,
	[CC_PROVIDER_OLLAMA] = &ollama_ops,
};

const provider_ops *provider_get(cc_provider p)
{
	return table[p];
}

const char *cc_provider_name(cc_provider p)
{
	return table[p]->name;
}

bool cc_provider_find(cc_str name, cc_provider *out)
{
	for (int p = 0; p < CC_PROVIDER_COUNT; p++)
		if (cc_str_eqz(name, table[p]->name)) {
			*out = (cc_provider)p;
			return true;
		}
	return false;
}

const char *cc_provider_variable(cc_provider p)
{
	return table[p]->variables[0];
}

const char *cc_provider_url(cc_provider p)
{
	return table[p]->url;
}

const char *cc_stop_name(cc_stop s)
{
	static const char *const names[] = {
		[CC_STOP_END] = "end",
		[CC_STOP_CALLS] = "calls",
		[CC_STOP_LENGTH] = "length",
		[CC_STOP_CONTEXT] = "context",
		[CC_STOP_REFUSAL] = "refusal",
		[CC_STOP_BAD_CALL] = "bad call",
		[CC_STOP_PAUSE] = "pause",
		[CC_STOP_OTHER] = "other",
	};
	return names[s];
}
