/* app_class.c - `class`: several people play one incident at the same time over a shared folder (class.h). */
#include "app/class_room.h"

#include <string.h>

int app_class(const app_options *o)
{
	static const struct { const char *name; int (*run)(const app_options *o); } parts[] = {
		{ "host", app_class_host }, { "join", app_class_join }, { "debrief", app_class_debrief } };
	cc_err err = { 0 };
	for (size_t i = 0; o->args.n == 2 && i < sizeof parts / sizeof *parts; i++)
		if (strcmp(o->args.p[0], parts[i].name) == 0)
			return parts[i].run(o);
	cc_err_set(&err, CC_EUSAGE, "class: host, join or debrief, and the shared folder");
	cc_err_hint(&err, "coldcase class host DIR --incident INCIDENT, then coldcase class join DIR --name NAME on each seat");
	return app_fail(&err);
}
