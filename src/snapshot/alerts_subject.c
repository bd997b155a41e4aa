/* alerts_subject.c - which thing an alert is about, by its labels.
 *
 * Alerts built on an exporter's series carry the exporter's own pod, service, job, container and instance beside the
 * subject's labels. So labels are tried from the most telling to the least, values that name an exporter are passed
 * over, and only when nothing else is left may an exporter be the subject itself. */
#include "snapshot/alerts_priv.h"
#include "snapshot/objects_priv.h"

typedef enum subject_how {
	SUBJECT_SERVICE,   /* a service name of telemetry: certain */
	SUBJECT_NAMED,     /* a thing of a certain kind */
	SUBJECT_KNOWN,     /* a name that counts only if such a service or workload is known */
	SUBJECT_HOST       /* a node's name or address, port cut off */
} subject_how;

typedef struct subject_rule {
	const char *label;
	subject_how how;
	const char *kind;
} subject_rule;

static const subject_rule subject_rules[] = {
	{ "service_name", SUBJECT_SERVICE, "" },
	{ "exported_pod", SUBJECT_NAMED, "Pod" },
	{ "pod", SUBJECT_NAMED, "Pod" },
	{ "pod_name", SUBJECT_NAMED, "Pod" },
	{ "deployment", SUBJECT_NAMED, "Deployment" },
	{ "statefulset", SUBJECT_NAMED, "StatefulSet" },
	{ "daemonset", SUBJECT_NAMED, "DaemonSet" },
	{ "replicaset", SUBJECT_NAMED, "ReplicaSet" },
	{ "job_name", SUBJECT_NAMED, "Job" },
	{ "cronjob", SUBJECT_NAMED, "CronJob" },
	{ "horizontalpodautoscaler", SUBJECT_NAMED, "HorizontalPodAutoscaler" },
	{ "hpa", SUBJECT_NAMED, "HorizontalPodAutoscaler" },
	{ "poddisruptionbudget", SUBJECT_NAMED, "PodDisruptionBudget" },
	{ "persistentvolumeclaim", SUBJECT_NAMED, "PersistentVolumeClaim" },
	{ "persistentvolume", SUBJECT_NAMED, "PersistentVolume" },
	{ "resourcequota", SUBJECT_NAMED, "ResourceQuota" },
	{ "ingress", SUBJECT_NAMED, "Ingress" },
	{ "node", SUBJECT_NAMED, "Node" },
	{ "nodename", SUBJECT_HOST, "Node" },
	{ "destination_canonical_service", SUBJECT_SERVICE, "" },
	{ "destination_app", SUBJECT_SERVICE, "" },
	{ "destination_workload", SUBJECT_KNOWN, "Deployment" },
	{ "exported_service", SUBJECT_KNOWN, "Service" },
	{ "service", SUBJECT_KNOWN, "Service" },
	{ "app", SUBJECT_KNOWN, "Service" },
	{ "consumergroup", SUBJECT_KNOWN, "Service" },
	{ "exported_job", SUBJECT_KNOWN, "Service" },
	{ "job", SUBJECT_KNOWN, "Service" },
	{ "source_canonical_service", SUBJECT_KNOWN, "Service" },
	{ "instance", SUBJECT_HOST, "Node" },
};

enum { RULES = sizeof subject_rules / sizeof subject_rules[0] };

static cc_str first_label(const cc_alert *a, const char *const *labels)
{
	for (size_t i = 0; labels[i]; i++) {
		cc_str v = cc_alerts_label(a, labels[i]);

		if (v.n > 0)
			return v;
	}
	return CC_STR_EMPTY;
}

cc_str cc_alert_namespace(const cc_alert *a)
{
	static const char *const labels[] = { "exported_namespace", "destination_workload_namespace", "namespace",
		"kubernetes_namespace", NULL };

	return first_label(a, labels);
}

static bool names_exporter(cc_str value)
{
	static const char *const exporters[] = { "kube-state-metrics", "node-exporter", "blackbox-exporter",
		"opencost" };

	for (size_t i = 0; i < sizeof exporters / sizeof exporters[0]; i++)
		if (cc_str_find(value, cc_str_from(exporters[i])) != CC_STR_NONE)
			return true;
	return false;
}

static bool rule_value(const cc_alert *a, const subject_rule *rule, bool exporters, cc_str *value)
{
	*value = cc_alerts_label(a, rule->label);
	return value->n > 0 && !cc_str_eqz(*value, "unknown") && names_exporter(*value) == exporters;
}

/* "opentelemetry-demo/accounting" is how telemetry writes a job: the service is the last part. */
static cc_str last_part(cc_str value)
{
	size_t slash = cc_str_rfind_char(value, '/');

	return slash == CC_STR_NONE ? value : cc_str_sub(value, slash + 1, value.n);
}

static cc_str host_part(cc_str value)
{
	size_t colon = cc_str_rfind_char(value, ':');

	return colon == CC_STR_NONE ? value : cc_str_sub(value, 0, colon);
}

static cc_entity_id node_by_address(const cc_snapshot *s, cc_str host)
{
	cc_sym sym = cc_snapshot_sym_find(s, host);

	for (size_t i = 0; sym != CC_SYM_NONE && i < cc_objects_entry_count(s); i++) {
		const objects_entry *e = cc_objects_entry(s, i);

		for (size_t j = 0; j < e->states.n; j++)
			for (size_t k = 0; k < e->states.p[j].facts.address_count; k++)
				if (e->states.p[j].facts.addresses[k] == sym)
					return cc_entity_lookup(s, e->ns, e->kind, e->name);
	}
	return 0;
}

static cc_entity_id find_known(const cc_snapshot *s, cc_str ns, const char *kind, cc_str value)
{
	static const char *const kinds[] = { "Deployment", "StatefulSet", "DaemonSet" };
	cc_entity_id id = cc_entity_of_service(s, ns, last_part(value));

	if (id == 0)
		id = cc_entity_find(s, ns, cc_str_from(kind), last_part(value));
	for (size_t i = 0; id == 0 && i < sizeof kinds / sizeof kinds[0]; i++)
		id = cc_entity_find(s, ns, cc_str_from(kinds[i]), last_part(value));
	return id;
}

static cc_entity_id find_subject(const cc_snapshot *s, const cc_alert *a, const subject_rule *rule, cc_str value)
{
	cc_str ns = cc_alert_namespace(a);
	cc_entity_id id;

	switch (rule->how) {
	case SUBJECT_SERVICE:
		return cc_entity_of_service(s, ns, value);
	case SUBJECT_NAMED:
		if (cc_str_eqz(CC_STR("Pod"), rule->kind))
			return cc_entity_of_pod(s, ns, value);
		return cc_entity_find(s, cc_kind_is_cluster_scoped(cc_str_from(rule->kind)) ? CC_STR("cluster") : ns,
			cc_str_from(rule->kind), value);
	case SUBJECT_KNOWN:
		return find_known(s, ns, rule->kind, value);
	default:
		id = cc_entity_find(s, CC_STR("cluster"), CC_STR("Node"), host_part(value));
		return id ? id : node_by_address(s, host_part(value));
	}
}

static cc_entity_id find_pass(const cc_snapshot *s, const cc_alert *a, bool exporters)
{
	cc_entity_id id = 0;
	cc_str value;

	for (size_t i = 0; id == 0 && i < RULES; i++)
		if (rule_value(a, &subject_rules[i], exporters, &value))
			id = find_subject(s, a, &subject_rules[i], value);
	return id;
}

cc_entity_id cc_alert_subject(const cc_snapshot *s, const cc_alert *a)
{
	cc_entity_id id = find_pass(s, a, false);

	if (id == 0)
		id = find_pass(s, a, true);
	if (id == 0)
		id = cc_entity_find(s, CC_STR("cluster"), CC_STR("Namespace"), cc_alert_namespace(a));
	return id;
}

static bool note_rule(cc_snapshot *s, const cc_alert *a, const subject_rule *rule, cc_str value)
{
	cc_str ns = cc_alert_namespace(a);

	if (rule->how == SUBJECT_SERVICE)
		return cc_entity_alias_add(
			s, cc_snapshot_intern(s, ns), cc_snapshot_intern(s, value), 0, CC_SEEN_ALERT);
	return cc_entity_note(s, ns, cc_str_from(rule->kind), value, CC_SEEN_ALERT) != 0;
}

/* Only what a label names with certainty becomes an entity; the rest must be known from elsewhere. */
bool cc_alert_subject_note(cc_snapshot *s, const cc_alert *a)
{
	cc_str value, ns = cc_alert_namespace(a);

	for (size_t i = 0; i < RULES; i++)
		if (subject_rules[i].how <= SUBJECT_NAMED && rule_value(a, &subject_rules[i], false, &value))
			return note_rule(s, a, &subject_rules[i], value);
	return ns.n == 0 || cc_entity_note(s, CC_STR("cluster"), CC_STR("Namespace"), ns, CC_SEEN_ALERT) != 0;
}
