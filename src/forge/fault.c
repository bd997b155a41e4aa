/* fault.c - what can be broken, and the harmless things that happen around it.
 *
 * A fault is one change somebody makes at the injection time; everything after that is up to the simulation. */
#include <string.h>

#include "forge/sim.h"

typedef struct fault_row {
	cc_forge_fault pub;
	forge_action *inject;
} fault_row;

static void inject_image(forge_sim *s, int64_t now, int app, int unused);

static const fault_row FAULTS[] = {
	{ { "invalid-image", "a Deployment gets an image tag that does not exist; its only pods are replaced and cannot start" }, inject_image },
};
enum { FAULT_COUNT = sizeof FAULTS / sizeof FAULTS[0] };

size_t cc_forge_fault_count(void)
{
	return FAULT_COUNT;
}

const cc_forge_fault *cc_forge_fault_get(size_t i)
{
	return i < FAULT_COUNT ? &FAULTS[i].pub : NULL;
}

size_t cc_forge_service_count(void)
{
	return APP_COUNT;
}

const char *cc_forge_service_get(size_t i)
{
	return i < APP_COUNT ? forge_apps[i].name : NULL;
}

static cc_code unknown(cc_err *err, const char *what, cc_str name, const char *hint)
{
	(void)cc_err_set(err, CC_EUNKNOWN, "forge: no %s \"%.*s\"", what, CC_STR_ARG(name));
	(void)cc_err_hint(err, "%s", hint);
	return CC_EUNKNOWN;
}

cc_code fault_parse(forge_sim *s, const char *spec, cc_err *err)
{
	cc_str kind, service;
	if (!spec || !cc_str_cut(cc_str_from(spec), ':', &kind, &service) || service.n == 0) {
		(void)cc_err_set(err, CC_EUSAGE, "forge: the fault is not of the form KIND:SERVICE");
		(void)cc_err_hint(err, "for example invalid-image:checkout");
		return CC_EUSAGE;
	}
	s->fault = -1;
	for (int i = 0; i < FAULT_COUNT; i++)
		if (cc_str_eqz(kind, FAULTS[i].pub.kind)) s->fault = i;
	s->target = forge_app_find(service);
	if (s->fault >= 0 && s->target >= 0) return CC_OK;
	cc_buf names = CC_BUF_INIT;
	if (s->fault < 0)
		for (int i = 0; i < FAULT_COUNT; i++) cc_buf_addf(&names, "%s%s", i ? ", " : "known: ", FAULTS[i].pub.kind);
	else
		for (int i = 0; i < APP_COUNT; i++) cc_buf_addf(&names, "%s%s", i ? " " : "one of ", forge_apps[i].name);
	cc_code code = s->fault < 0 ? unknown(err, "fault kind", kind, names.p ? names.p : "")
		: unknown(err, "service", service, names.p ? names.p : "");
	cc_buf_deinit(&names);
	return code;
}

/* A release that names a tag nobody has built. Where the rollout would keep the old pods alive, the release also asks for
 * Recreate ("no two versions at once"), so that the service is really gone. */
static void inject_image(forge_sim *s, int64_t now, int app, int unused)
{
	static const char *const TAGS[] = { "2.1.4", "2.2.0", "2.1.3-hotfix1", "2.1.3a" };
	(void)unused;
	forge_template t = s->kube.deploys[app].tmpl;
	cc_buf b = CC_BUF_INIT, fields = CC_BUF_INIT;
	const char *tag = TAGS[cc_rng_below(&s->kube_rng, sizeof TAGS / sizeof TAGS[0])];
	size_t colon = cc_str_rfind_char(cc_str_from(t.image), ':');
	memcpy(s->good_image, t.image, sizeof s->good_image);
	cc_buf_add(&b, cc_str_sub(cc_str_from(t.image), 0, colon == CC_STR_NONE ? CC_STR_NONE : colon + 1));
	if (forge_apps[app].image) cc_buf_addz(&b, "0.0.0-missing");
	else cc_buf_addf(&b, "%s-%s", tag, forge_apps[app].name);
	if (b.p && b.n < sizeof t.image) memcpy(t.image, b.p, b.n + 1);
	memcpy(s->bad_image, t.image, sizeof s->bad_image);
	cc_buf_addf(&fields, "{\"f:spec\":{%s\"f:template\":{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{\"f:image\":{}}}}}}}",
		s->kube.deploys[app].recreate ? "" : "\"f:strategy\":{\"f:type\":{}},", forge_apps[app].name);
	cc_str owned = forge_str(s, &fields);
	kube_change(s, now, app, &t, true, s->kube.deploys[app].recreate ? "kubectl-set" : "kubectl-edit", owned.p);
	cc_buf_deinit(&b);
	cc_buf_deinit(&fields);
}

/* Harmless: somebody gives a service more memory shortly before; it rolls out without a gap. */
static void decoy_rollout(forge_sim *s, int64_t now, int app, int unused)
{
	(void)unused;
	forge_template t = s->kube.deploys[app].tmpl;
	t.mem_limit_mi += t.mem_limit_mi / 4;
	cc_str fields = cc_arena_printf(s->arena, "{\"f:spec\":{\"f:template\":{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":"
		"{\"f:resources\":{\"f:limits\":{\"f:memory\":{}},\"f:requests\":{\"f:memory\":{}}}}}}}}}", forge_apps[app].name);
	if (!fields.p) forge_fail(s, CC_ENOMEM);
	else kube_change(s, now, app, &t, s->kube.deploys[app].recreate, "kubectl-client-side-apply", fields.p);
}

/* Harmless: a text in the shop changes. */
static void decoy_text(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	kube_edit_configmap(s, now, 3, CC_STR("Free shipping on orders above 75. New: red light headlamps.\n"), "kubectl-edit");
}

/* Harmless: a flag that nothing reads yet is added, switched off; flagd notices its file. */
static void flag_noticed(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].app == APP_FLAGD && s->kube.pods.p[i].ready)
			tel_pod_log(s, now, (int)i, 'i', "{\"level\":\"info\",\"component\":\"filepath-sync\",\"msg\":\"filepath event: /etc/flagd/demo.flagd.json WRITE\"}");
}

static void decoy_flag(forge_sim *s, int64_t now, int a, int b)
{
	cc_str old = s->kube.configmaps[0].data, mark = CC_STR("\n  }\n}\n");
	cc_buf text = CC_BUF_INIT;
	cc_buf_add(&text, cc_str_sub(old, 0, old.n - mark.n));
	cc_buf_addz(&text, ",\n    \"emailMemoryLeak\": {\n      \"description\": \"Memory leak in the email service\",\n      \"state\": \"ENABLED\",\n"
		"      \"variants\": {\n        \"100x\": 100,\n        \"off\": 0\n      },\n      \"defaultVariant\": \"off\"\n    }");
	cc_buf_add(&text, mark);
	kube_edit_configmap(s, now, 0, forge_str(s, &text), "flagd-ui");
	cc_buf_deinit(&text);
	forge_at(s, now + cc_rng_between(&s->kube_rng, 20 * FORGE_S, 85 * FORGE_S), flag_noticed, a, b);
}

void fault_schedule(forge_sim *s)
{
	static const int ROLLERS[] = { APP_IMAGES, APP_AD, APP_RECOMMENDATION, APP_REVIEWS };
	static const int FLAKY[] = { APP_RECOMMENDATION, APP_AD, APP_REVIEWS, APP_EMAIL, APP_CURRENCY };
	do s->decoy = ROLLERS[cc_rng_below(&s->kube_rng, 4)];
	while (s->decoy == s->target);
	do s->flaky = FLAKY[cc_rng_below(&s->kube_rng, 5)];
	while (s->flaky == s->target || s->flaky == s->decoy);
	forge_at(s, s->inject - cc_rng_between(&s->kube_rng, 80 * FORGE_S, 200 * FORGE_S), decoy_rollout, s->decoy, 0);
	forge_at(s, s->inject - cc_rng_between(&s->kube_rng, 20 * FORGE_S, 70 * FORGE_S), decoy_flag, 0, 0);
	forge_at(s, s->inject + cc_rng_between(&s->kube_rng, 30 * FORGE_S, 150 * FORGE_S), decoy_text, 0, 0);
	forge_at(s, s->inject, FAULTS[s->fault].inject, s->target, 0);
}
