/* fuzz_app.c - any bytes as an application file: a mistake is told, and what loads keeps its promises. */
#include <string.h>

#include "coldcase/json.h"
#include "forge/app.h"
#include "fuzz.h"

static void check_op(const forge_app *a, int i)
{
	const forge_op *o = &a->ops[i];
	must(o->service >= 0 && o->service < a->services_n && o->id && o->name && o->method && o->route);
	must(forge_op_find(a, cc_str_from(o->id)) == i);
	for (int k = 0; k < o->steps_n; k++) {
		const forge_step *s = &o->steps[k];
		must(s->op == FORGE_FORWARD ? i == a->entry_op : s->op >= 0 && s->op < a->ops_n);
		must(s->permille >= 1 && s->permille <= 1000 && s->most >= 1 && s->env < a->services[o->service].env_n);
	}
	for (int k = 0; k < o->flags_n; k++) must(a->flags[o->flags[k]].op == i);
	for (int k = 0; k < o->consumers_n; k++) must(o->consumers[k] >= 0 && o->consumers[k] < a->ops_n);
}

static void check_flags(const forge_app *a)
{
	cc_buf b = CC_BUF_INIT;
	cc_json *v = NULL;
	for (int i = 0; i < a->flags_n; i++) must(a->flags[i].off < a->flags[i].variants_n && a->flags[i].on < a->flags[i].variants_n);
	forge_flags_document(&b, a, NULL);
	must(cc_json_parse(&v, cc_buf_str(&b), NULL) == CC_OK);
	must(cc_json_typeof(cc_json_get(v, "flags")) == CC_JSON_OBJECT);
	cc_json_free(v);
	cc_buf_deinit(&b);
}

static void check(const forge_app *a)
{
	int port;
	must(a->entry_op >= 0 && a->entry_op < a->ops_n && a->journeys_n > 0 && a->journeys_weight > 0 && a->items_n > 0);
	for (int i = 0; i < a->services_n; i++) {
		const forge_service *s = &a->services[i];
		must(strlen(s->name) <= 40 && strlen(s->image) < 320 && s->workers > 0 && s->wait_for < a->services_n);
		must(!s->mem_limit_mi || s->mem_base_mi < s->mem_limit_mi);
		for (int k = 0; k < s->env_n; k++) must(s->env[k].name && s->env[k].value && s->env[k].service < a->services_n);
		must(forge_address(a, cc_str_from(s->name), &port) == i);
	}
	for (int i = 0; i < a->ops_n; i++) check_op(a, i);
	for (int i = 0; i < a->configmaps_n; i++) must(a->configmaps[i].name && a->configmaps[i].key && a->configmaps[i].data);
	check_flags(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	cc_arena *arena = cc_arena_new();
	forge_app *a = NULL;
	cc_err err = { 0 };
	if (!arena) return 0;
	if (forge_app_parse(&a, arena, "fuzz", text, &err) == CC_OK) {
		int port;
		check(a);
		forge_address(a, cc_str_sub(text, 0, 200), &port);
		must(port >= 0 && port < 65536);
	} else {
		must(!a && err.message[0]);
	}
	cc_arena_free(arena);
	return 0;
}
