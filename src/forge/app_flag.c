/* app_flag.c - feature flags, and the document in which flagd gets them. */
#include <limits.h>
#include <string.h>

#include "forge/app_priv.h"

/* Variants as read: each value in thousandths until it is known whether one of the flag's has a fraction. */
typedef struct raw { forge_flag f; int effect; } raw;

static const char *const EFFECTS[] = { "fail", "delay", "cpu", "leak", "unreachable", "flood", "lag", "nothing", NULL };

#define AT(member) offsetof(raw, f.member)

static const app_field FIELDS[] = {
	APP_NEEDED("name", APP_TEXT, AT(name)),
	APP_PLAIN("description", APP_TEXT, AT(description)),
	APP_ELSEWHERE("variants"),
	APP_ELSEWHERE("default"),
	APP_ELSEWHERE("fault"),
	{ "effect", APP_WORD, offsetof(raw, effect), 0, 0, EFFECTS, true },
	APP_ELSEWHERE("operation"),
	APP_ELSEWHERE("call"),
	APP_RANGE("amount", APP_INT, AT(amount), 1, 1000000),
	APP_RANGE("copies", APP_INT, AT(copies), 1, 1000),
	APP_RANGE("cpu", APP_MS, AT(cpu_ms), 0, 60000),
	APP_PLAIN("message", APP_TEXT, AT(message)),
	APP_PLAIN("item", APP_TEXT, AT(item)),
};

static bool read_number(app_reader *r, const cc_json *v, const app_at *at, int64_t *thousandths)
{
	double d;
	int64_t n;
	*thousandths = 0;
	if (cc_json_int(v, &n) && n >= 0 && n <= 1000000) *thousandths = n * 1000;
	else if (cc_json_double(v, &d) && d > 0 && d < 1000000) *thousandths = (int64_t)(d * 1000 + 0.5);
	else return app_wrong(r, at, "true, false or a number between 0 and 1000000 is expected");
	return true;
}

/* Made anew: YAML knows numbers that JSON does not ("0x10", "007"). */
static const char *number_text(app_reader *r, int64_t thousandths)
{
	int fraction = (int)(thousandths % 1000), digits = 3;
	if (!fraction) return app_printf(r, "%d", (int)(thousandths / 1000));
	for (; fraction % 10 == 0; digits--) fraction /= 10;
	return app_printf(r, "%d.%0*d", (int)(thousandths / 1000), digits, fraction);
}

static bool read_variant(app_reader *r, const cc_json *m, const app_at *at, forge_variant *v, int64_t *thousandths)
{
	app_at here = { at, cc_json_key(m), 0 };
	v->name = cc_arena_dupz(r->arena, cc_str_sub(cc_json_key(m), 0, 60));
	v->boolean = cc_json_typeof(m) == CC_JSON_BOOL;
	*thousandths = v->boolean && cc_json_bool(m) ? 1000 : 0;
	if (!v->name) return app_nomem(r);
	if (v->boolean) v->text = *thousandths ? "true" : "false";
	else if (read_number(r, m, &here, thousandths)) v->text = number_text(r, *thousandths);
	return v->text != NULL;
}

static bool read_variants(app_reader *r, const cc_json *node, const app_at *at, forge_flag *f)
{
	static const forge_variant SWITCH[] = { { "on", true, 1, "true" }, { "off", true, 0, "false" } };
	int64_t thousandths[APP_VARIANTS];
	size_t n = cc_json_count(node);
	bool fraction = false;
	f->variants = SWITCH;
	f->variants_n = 2;
	if (cc_json_typeof(node) <= CC_JSON_NULL) return true;
	if (cc_json_typeof(node) != CC_JSON_OBJECT || n < 2 || n > APP_VARIANTS)
		return app_wrong(r, at, "a mapping of 2 to %d variants is expected", APP_VARIANTS);
	forge_variant *v = app_array(r, (int)n, sizeof *v);
	if (!v) return false;
	f->variants = v;
	f->variants_n = 0;
	for (const cc_json *m = cc_json_first(node); m; m = cc_json_next(m), f->variants_n++) {
		if (!read_variant(r, m, at, &v[f->variants_n], &thousandths[f->variants_n])) return false;
		if (v[f->variants_n].boolean != v[0].boolean)
			return app_wrong(r, at, "the variants are all true or false, or all numbers");
		fraction |= thousandths[f->variants_n] % 1000 != 0;
	}
	for (int i = 0; i < f->variants_n; i++) v[i].number = (int)(fraction ? thousandths[i] : thousandths[i] / 1000);
	return true;
}

static int variant_named(const forge_flag *f, cc_str name)
{
	for (int i = 0; i < f->variants_n; i++)
		if (cc_str_eqz(name, f->variants[i].name)) return i;
	return -1;
}

/* The variant the file names, else the last that does what it should. */
static bool choose(app_reader *r, const cc_json *node, const app_at *up, const forge_flag *f, bool on, int *out)
{
	const char *key = on ? "fault" : "default";
	const cc_json *v = cc_json_get(node, key);
	app_at at = { up, cc_str_from(key), 0 };
	*out = -1;
	if (cc_json_typeof(v) > CC_JSON_NULL) {
		app_near near = { .word = cc_json_text(v) };
		*out = variant_named(f, near.word);
		for (int i = 0; i < f->variants_n; i++) app_near_try(&near, f->variants[i].name);
		if (*out < 0) return app_near_fail(r, &at, &near, "no variant");
	}
	for (int i = f->variants_n - 1; *out < 0 && i >= 0; i--)
		if ((f->variants[i].number != 0) == on) *out = i;
	if (*out >= 0 && (f->variants[*out].number != 0) == on) return true;
	if (!on && f->effect == EFFECT_NOTHING && *out >= 0) return true;
	return app_wrong(r, &at, "a variant that %s is needed", on ? "does something" : "is 0 or false");
}

static bool asks_flagd(const app_reader *r, int op)
{
	const forge_op *o = &r->ops[op];
	for (int i = 0; i < o->steps_n; i++)
		if (o->steps[i].op >= 0 && r->ops[o->steps[i].op].service == r->app->flagd) return true;
	return false;
}

/* The call a flag is about: one of its operation that goes astray; or how the users' process asks for the flag itself. */
static bool link_call(app_reader *r, const cc_json *node, const app_at *up, forge_flag *f)
{
	app_at at = { up, CC_STR("call"), 0 };
	const cc_json *call = cc_json_get(node, "call");
	if (!call) return true;
	f->step_op = app_find_op(r, call, &at);
	if (f->step_op < 0) return false;
	if (f->effect == EFFECT_FLOOD)
		return r->ops[f->step_op].service == r->app->flagd ||
			app_wrong(r, &at, "\"%s\" does not serve the flags", r->ops[f->step_op].id);
	return forge_op_calls(r->app, f->op, f->step_op) ||
		app_wrong(r, &at, "\"%s\" does not call it", r->ops[f->op].id);
}

static bool link_flag(app_reader *r, const cc_json *node, const app_at *at, forge_flag *f)
{
	app_at op_at = { at, CC_STR("operation"), 0 };
	const cc_json *op = cc_json_get(node, "operation"), *call = cc_json_get(node, "call");
	bool needs_op = f->effect != EFFECT_FLOOD && f->effect != EFFECT_NOTHING;
	f->op = f->step_op = -1;
	if (needs_op != (op != NULL))
		return app_wrong(r, at, needs_op ? "the member \"operation\" is missing"
			: "this effect is on no operation");
	if (f->effect != EFFECT_FLOOD && (f->effect == EFFECT_UNREACHABLE) != (call != NULL))
		return app_wrong(r, at, "the member \"call\" belongs to the effects unreachable and flood, and to no other");
	if (!needs_op) return link_call(r, node, at, f);
	f->op = app_find_op(r, op, &op_at);
	if (f->op < 0) return false;
	if (!asks_flagd(r, f->op))
		return app_wrong(r, &op_at, "\"%s\" has no call to \"%s\", so the flag could not reach it",
			r->ops[f->op].id, r->services[r->app->flagd].name);
	if (f->effect == EFFECT_LAG && !r->sources[f->op].consumes.n)
		return app_wrong(r, &op_at, "\"%s\" consumes no topic", r->ops[f->op].id);
	return link_call(r, node, at, f);
}

static bool flag_name_ok(const char *name)
{
	return strlen(name) <= 60 && app_letters(cc_str_from(name), "_-.");
}

static bool read_flag(app_reader *r, const cc_json *node, const app_at *at, forge_flag *f)
{
	app_at name = { at, CC_STR("name"), 0 }, variants = { at, CC_STR("variants"), 0 };
	app_at item = { at, CC_STR("item"), 0 };
	raw w = { .f = { .amount = 1, .copies = 1, .description = "" } };
	if (!app_members(r, node, at, FIELDS, sizeof FIELDS / sizeof FIELDS[0], &w)) return false;
	w.f.effect = (forge_effect)w.effect;
	if (!flag_name_ok(w.f.name))
		return app_wrong(r, &name, "a flag has up to 60 letters, digits, '_', '-' and '.'");
	if (forge_flag_find(r->app, cc_str_from(w.f.name)) >= 0)
		return app_wrong(r, &name, "a flag \"%s\" is there already", w.f.name);
	if (!read_variants(r, cc_json_get(node, "variants"), &variants, &w.f)) return false;
	if (w.f.effect == EFFECT_FAIL && w.f.variants[0].boolean && !cc_json_get(node, "amount"))
		w.f.amount = 1000; /* true: every request */
	if (!choose(r, node, at, &w.f, false, &w.f.off) || !choose(r, node, at, &w.f, true, &w.f.on)) return false;
	if (!link_flag(r, node, at, &w.f)) return false;
	bool known = !w.f.item;
	for (int i = 0; !known && i < r->app->items_n; i++) known = strcmp(w.f.item, r->app->items[i].id) == 0;
	if (!known) return app_wrong(r, &item, "no item has the id \"%.60s\"", w.f.item);
	*f = w.f;
	return true;
}

/* Each operation learns which flags act on it. */
static bool enter_flag(app_reader *r, int flag)
{
	if (r->flags[flag].op < 0) return true;
	forge_op *o = &r->ops[r->flags[flag].op];
	int *flags = app_array(r, o->flags_n + 1, sizeof *flags);
	if (!flags) return false;
	for (int i = 0; i < o->flags_n; i++) flags[i] = o->flags[i];
	flags[o->flags_n++] = flag;
	o->flags = flags;
	return true;
}

bool app_read_flags(app_reader *r, const cc_json *v)
{
	app_at at = { NULL, CC_STR("flags"), 0 };
	int n;
	if (!app_items(r, v, &at, APP_FLAGS, &n)) return false;
	r->flags = app_array(r, n, sizeof *r->flags);
	if (!r->flags) return false;
	r->app->flags = r->flags;
	if (n && r->app->flagd < 0)
		return app_wrong(r, &at, "no service serves the flags: give one the member \"role: flags\"");
	const cc_json *node = cc_json_first(v);
	for (int i = 0; i < n; i++, node = cc_json_next(node)) {
		if (!read_flag(r, node, &(app_at){ &at, CC_STR_EMPTY, i }, &r->flags[i])) return false;
		r->app->flags_n = i + 1;
		if (!enter_flag(r, i)) return false;
	}
	return true;
}

void forge_flags_document(cc_buf *out, const forge_app *app, const int *variant)
{
	cc_jw w;
	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "$schema");
	cc_jw_strz(&w, "https://flagd.dev/schema/v0/flags.json");
	cc_jw_key(&w, "flags");
	cc_jw_object(&w);
	for (int i = 0; i < app->flags_n; i++) {
		const forge_flag *f = &app->flags[i];
		cc_jw_key(&w, f->name);
		cc_jw_object(&w);
		cc_jw_key(&w, "description");
		cc_jw_strz(&w, f->description);
		cc_jw_key(&w, "state");
		cc_jw_strz(&w, "ENABLED");
		cc_jw_key(&w, "variants");
		cc_jw_object(&w);
		for (int k = 0; k < f->variants_n; k++) {
			cc_jw_key(&w, f->variants[k].name);
			cc_jw_raw(&w, cc_str_from(f->variants[k].text));
		}
		cc_jw_end_object(&w);
		cc_jw_key(&w, "defaultVariant");
		cc_jw_strz(&w, f->variants[variant ? variant[i] : f->off].name);
		cc_jw_end_object(&w);
	}
	cc_jw_end_object(&w);
	cc_jw_end_object(&w);
}
