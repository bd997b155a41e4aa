/* app_builtin.c - the applications that come with the program: the files of apps/, compiled in as text. */
#include "coldcase/forge.h"
#include "forge/app.h"

static const struct { const char *name; const unsigned char *text; size_t n; } BUILTIN[] = {
#include "forge_apps.inc"
};

bool forge_app_builtin(int i, const char **name, cc_str *text)
{
	if (i < 0 || (size_t)i >= sizeof BUILTIN / sizeof BUILTIN[0]) return false;
	*name = BUILTIN[i].name;
	*text = (cc_str){ (const char *)BUILTIN[i].text, BUILTIN[i].n };
	return true;
}

bool cc_forge_app_get(size_t i, const char **name, cc_str *text)
{
	return i < sizeof BUILTIN / sizeof BUILTIN[0] && forge_app_builtin((int)i, name, text);
}
