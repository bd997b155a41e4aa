/* test_checks.c - each rule over the smallest objects that break it, and over the nearest ones that do not. */
#include "query_support.h"
#include "coldcase/checks.h"

#include <ctype.h>

/* Objects stand one a line as kind, blank, members of the object in single quotes (name and namespace are put before them). */
typedef struct rule_case { const char *rule, *sick, *well; } rule_case;

#define POD_OF(status) "Pod a-1 'spec':{'containers':[{'name':'a'}]},'status':{" status "}"
#define WAITING(reason) POD_OF("'phase':'Pending','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'" reason "'}}}]")
#define RUNNING POD_OF("'phase':'Running','containerStatuses':[{'name':'a','ready':true,'restartCount':0,'state':{'running':{}}}]")
#define DEPLOY(template) "Deployment a 'spec':{'replicas':1,'template':{'spec':{" template "}}},'status':{'readyReplicas':1}"
#define LABELED "Pod a-1 'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'web'}]}]},'status':{'phase':'Running'}\n"
#define NODE(labels, taints) "Node n1 'L':{" labels "},'spec':{'taints':[" taints "]}\n"
#define SERVICE80 "Service a 'spec':{'selector':{'app':'a'},'ports':[{'port':80,'targetPort':'web'}]}\n" LABELED

/* Deployment b calls Service a by its variable; its pod carries its own label. */
#define CALLER "Deployment b 'spec':{'template':{'metadata':{'labels':{'app':'b'}},'spec':{'containers':[{'name':'b','env':[{'name':'A_ADDR','value':'a:80'}]}]}}}\n" \
	"Service b 'spec':{'selector':{'app':'b'}}\nPod b-1 'L':{'app':'b'},'spec':{},'status':{'phase':'Running'}\n"

static const rule_case cases[] = {
	{ "pod-phase", POD_OF("'phase':'Failed','reason':'Evicted'"), POD_OF("'phase':'Succeeded'") },
	{ "pod-deleted", "Pod a-1 'M':{'deletionTimestamp':'2025-12-15T17:50:00Z'},'status':{'phase':'Running'}", RUNNING },
	{ "unscheduled", POD_OF("'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False','reason':'Unschedulable'}]"),
		POD_OF("'phase':'Running','conditions':[{'type':'PodScheduled','status':'True'}]") },
	{ "image-pull", WAITING("ImagePullBackOff"), WAITING("ContainerCreating") },
	{ "container-config", WAITING("CreateContainerConfigError"), RUNNING },
	{ "crash-loop", WAITING("CrashLoopBackOff"), RUNNING },
	{ "oom-killed", POD_OF("'phase':'Running','containerStatuses':[{'name':'a','ready':true,'restartCount':2,'state':{'running':{}},"
		"'lastState':{'terminated':{'reason':'OOMKilled','exitCode':137}}}]"), RUNNING },
	{ "not-ready", POD_OF("'phase':'Running','containerStatuses':[{'name':'a','ready':false,'state':{'running':{}}}]"), RUNNING },
	{ "restarts", POD_OF("'phase':'Running','containerStatuses':[{'name':'a','ready':true,'restartCount':3,'state':{'running':{}}}]"), RUNNING },
	{ "replicas-missing", "Deployment a 'spec':{'replicas':2},'status':{'readyReplicas':1}", "Deployment a 'spec':{'replicas':2},'status':{'readyReplicas':2}" },
	{ "scaled-to-zero", "Deployment a 'spec':{'replicas':0},'status':{}", "ReplicaSet a-1 'spec':{'replicas':0},'status':{}" },
	{ "rollout-stuck", "Deployment a 'spec':{'replicas':1},'status':{'readyReplicas':1,'conditions':[{'type':'Progressing','status':'False'}]}",
		"Deployment a 'spec':{'replicas':1},'status':{'readyReplicas':1,'conditions':[{'type':'Progressing','status':'True'}]}" },
	{ "rollout-paused", "Deployment a 'spec':{'paused':true,'replicas':1},'status':{'readyReplicas':1}", DEPLOY("") },
	{ "suspended", "CronJob a 'spec':{'suspend':true}", "CronJob a 'spec':{'suspend':false}" },
	{ "job-failed", "Job a 'status':{'conditions':[{'type':'Failed','status':'True'}]}", "Job a 'status':{'conditions':[{'type':'Complete','status':'True'}]}" },
	{ "missing-reference", "ConfigMap b 'data':{}\n" DEPLOY("'containers':[{'name':'a','envFrom':[{'configMapRef':{'name':'c'}}]}]"),
		"ConfigMap b 'data':{}\n" DEPLOY("'containers':[{'name':'a','envFrom':[{'configMapRef':{'name':'c','optional':true}},{'configMapRef':{'name':'b'}},"
		"{'secretRef':{'name':'no secrets were recorded'}}]}]") },
	{ "missing-key", "ConfigMap b 'data':{'x':'1'}\n" DEPLOY("'containers':[{'name':'a','env':[{'name':'E','valueFrom':{'configMapKeyRef':{'name':'b','key':'y'}}}]}]"),
		"ConfigMap b 'data':{'y':'1'}\n" DEPLOY("'containers':[{'name':'a','env':[{'name':'E','valueFrom':{'configMapKeyRef':{'name':'b','key':'y'}}}]}]") },
	{ "limit-below-request", DEPLOY("'containers':[{'name':'a','resources':{'limits':{'memory':'100Mi'},'requests':{'memory':'1Gi'}}}]"),
		DEPLOY("'containers':[{'name':'a','resources':{'limits':{'memory':'1Gi','cpu':'1'},'requests':{'memory':'1024Mi','cpu':'100m'}}}]") },
	{ "probe-port", DEPLOY("'containers':[{'name':'a','ports':[{'containerPort':80}],'readinessProbe':{'httpGet':{'port':81}}}]"),
		DEPLOY("'containers':[{'name':'a','ports':[{'containerPort':80,'name':'web'}],'readinessProbe':{'httpGet':{'port':'web'}},'livenessProbe':{'tcpSocket':{'port':80}}}]") },
	{ "node-selector", NODE("'disk':'hdd'", "") DEPLOY("'nodeSelector':{'disk':'ssd'}"), NODE("'disk':'ssd'", "") DEPLOY("'nodeSelector':{'disk':'ssd'}") },
	{ "taints", NODE("", "{'key':'gpu','effect':'NoSchedule'}") DEPLOY("'containers':[]"),
		NODE("", "{'key':'gpu','effect':'NoSchedule'}") DEPLOY("'tolerations':[{'key':'gpu','operator':'Exists'}]") },
	{ "address", SERVICE80 "Namespace demo 'status':{'phase':'Active'}\n" "Deployment b 'spec':{'template':{'spec':{'containers':[{'name':'b','env':[{'name':'A_ADDR','value':'a:81'}]}]}}}",
		SERVICE80 "Namespace demo 'status':{'phase':'Active'}\n" "Deployment b 'spec':{'template':{'spec':{'containers':[{'name':'b','env':[{'name':'A_ADDR','value':'http://a:80/x'},"
		"{'name':'PUBLIC','value':'https://example.com:443'},{'name':'LOCAL','value':'localhost:1'},{'name':'IP','value':'10.0.0.1:1'},"
		"{'name':'BY_IP','value':'http://$(NODE_IP):1'},{'name':'LISTEN','value':'0.0.0.0:9'},{'name':'TEXT','value':'a note: b'}]}]}}}" },
	{ "selector-empty", "Service a 'spec':{'selector':{'app':'b'}}\n" LABELED, SERVICE80 },
	{ "no-endpoints", "Deployment a 'spec':{'template':{'metadata':{'labels':{'app':'b'}}}}\nService a 'spec':{'selector':{'app':'b'}}\n" LABELED,
		"Deployment a 'spec':{'template':{'metadata':{'labels':{'app':'a'}}}}\n" SERVICE80 },
	{ "target-port", "Service a 'spec':{'selector':{'app':'a'},'ports':[{'port':80,'targetPort':8080}]}\n" LABELED, SERVICE80 },
	{ "no-endpoints", SERVICE80 "Endpoints a 'subsets':[{'notReadyAddresses':[{'ip':'10.0.0.1'}]}]", SERVICE80 "Endpoints a 'subsets':[{'addresses':[{'ip':'10.0.0.1'}]}]" },
	{ "backend-missing", SERVICE80 "Ingress i 'spec':{'rules':[{'http':{'paths':[{'path':'/','backend':{'service':{'name':'a','port':{'number':81}}}}]}}]}",
		SERVICE80 "Ingress i 'spec':{'rules':[{'http':{'paths':[{'path':'/','backend':{'service':{'name':'a','port':{'number':80}}}}]}}]}" },
	{ "backend-missing", SERVICE80 "VirtualService v 'spec':{'http':[{'route':[{'destination':{'host':'b'}}]}]}",
		SERVICE80 "VirtualService v 'spec':{'http':[{'route':[{'destination':{'host':'a.demo.svc.cluster.local','port':{'number':80}}},{'destination':{'host':'api.example.com'}}]}]}" },
	{ "backend-missing", SERVICE80 "HTTPRoute r 'spec':{'rules':[{'backendRefs':[{'name':'gone','port':80}]}]}", SERVICE80 "HTTPRoute r 'spec':{'rules':[{'backendRefs':[{'name':'a','port':80}]}]}" },
	{ "fault-injection", "VirtualService v 'spec':{'http':[{'fault':{'delay':{'fixedDelay':'7s','percentage':{'value':100}}}}]}", "VirtualService v 'spec':{'http':[{'timeout':'1s'}]}" },
	{ "connection-pool", "DestinationRule d 'spec':{'host':'a','trafficPolicy':{'connectionPool':{'tcp':{'maxConnections':1}}}}",
		"DestinationRule d 'spec':{'host':'a','trafficPolicy':{'connectionPool':{'tcp':{'maxConnections':100}}}}" },
	{ "webhook", SERVICE80 "ValidatingWebhookConfiguration w 'webhooks':[{'name':'x','clientConfig':{'service':{'namespace':'demo','name':'gone'}}}]",
		SERVICE80 "ValidatingWebhookConfiguration w 'webhooks':[{'name':'x','failurePolicy':'Ignore','clientConfig':{'service':{'namespace':'demo','name':'gone'}}},"
		"{'name':'y','clientConfig':{'service':{'namespace':'demo','name':'a'}}}]" },
	{ "chaos", "NetworkChaos c 'apiVersion':'chaos-mesh.org/v1alpha1','spec':{'action':'delay'}", "NetworkThing c 'apiVersion':'example.org/v1','spec':{'action':'delay'}" },
	{ "quota-used", "ResourceQuota q 'status':{'hard':{'pods':'3'},'used':{'pods':'3'}}", "ResourceQuota q 'status':{'hard':{'cpu':'2'},'used':{'cpu':'1900m'}}" },
	{ "quota-demands", DEPLOY("'containers':[{'name':'a','resources':{'limits':{'cpu':'1'}}}]") "\nResourceQuota q 'status':{'hard':{'limits.memory':'2Gi','pods':'9'}}",
		DEPLOY("'containers':[{'name':'a','resources':{'limits':{'memory':'1Gi'}}}]") "\nResourceQuota q 'status':{'hard':{'limits.memory':'2Gi','requests.memory':'2Gi'}}" },
	{ "quota-demands", DEPLOY("'containers':[{'name':'a'}]") "\nResourceQuota q 'status':{'hard':{'memory':'2Gi'}}\nLimitRange l 'spec':{'limits':[{'type':'Pod','max':{'memory':'1Gi'}}]}",
		DEPLOY("'containers':[{'name':'a'}]") "\nResourceQuota q 'status':{'hard':{'memory':'2Gi'}}\nLimitRange l 'spec':{'limits':[{'type':'Container','default':{'memory':'1Gi'}}]}" },
	{ "missing-reference", "Role r 'rules':[]\nRoleBinding b 'roleRef':{'kind':'Role','name':'q'}", "Role r 'rules':[]\nRoleBinding b 'roleRef':{'kind':'Role','name':'r'}" },
	{ "claim-unbound", "PersistentVolumeClaim p 'status':{'phase':'Pending'}", "PersistentVolumeClaim p 'status':{'phase':'Bound'}" },
	{ "node-not-ready", "Node n1 'status':{'conditions':[{'type':'Ready','status':'Unknown'}]}", "Node n1 'status':{'conditions':[{'type':'Ready','status':'True'}]}" },
	{ "node-pressure", "Node n1 'status':{'conditions':[{'type':'DiskPressure','status':'True'}]}", "Node n1 'status':{'conditions':[{'type':'DiskPressure','status':'False'}]}" },
	{ "node-cordoned", "Node n1 'spec':{'unschedulable':true}", "Node n1 'spec':{}" },
	{ "node-tainted", NODE("", "{'key':'gpu','effect':'NoExecute'}"), NODE("", "{'key':'node-role.kubernetes.io/control-plane','effect':'NoSchedule'}") },
	{ "hpa-at-max", "HorizontalPodAutoscaler h 'spec':{'maxReplicas':3},'status':{'currentReplicas':3,'desiredReplicas':3}",
		"HorizontalPodAutoscaler h 'spec':{'maxReplicas':3},'status':{'currentReplicas':2,'desiredReplicas':2}" },
	{ "hpa-bounds", "HorizontalPodAutoscaler h 'spec':{'maxReplicas':1,'minReplicas':5}", "HorizontalPodAutoscaler h 'spec':{'maxReplicas':5,'minReplicas':1}" },
	{ "hpa-blind", "HorizontalPodAutoscaler h 'spec':{'maxReplicas':5},'status':{'conditions':[{'type':'ScalingActive','status':'False'}]}",
		"HorizontalPodAutoscaler h 'spec':{'maxReplicas':5},'status':{'conditions':[{'type':'ScalingActive','status':'True'}]}" },
	{ "hpa-blind", DEPLOY("'containers':[{'name':'a'}]") "\nHorizontalPodAutoscaler h 'spec':{'maxReplicas':5,'targetCPUUtilizationPercentage':80,'scaleTargetRef':{'kind':'Deployment','name':'a'}}",
		DEPLOY("'containers':[{'name':'a','resources':{'requests':{'cpu':'1'}}}]")
		"\nHorizontalPodAutoscaler h 'spec':{'maxReplicas':5,'targetCPUUtilizationPercentage':80,'scaleTargetRef':{'kind':'Deployment','name':'a'}}" },
	{ "missing-reference", DEPLOY("") "\nHorizontalPodAutoscaler h 'spec':{'maxReplicas':5,'scaleTargetRef':{'kind':'Deployment','name':'b'}}",
		DEPLOY("") "\nHorizontalPodAutoscaler h 'spec':{'maxReplicas':5,'scaleTargetRef':{'kind':'Deployment','name':'a'}}" },
	{ "policy-denies", LABELED "NetworkPolicy p 'spec':{'podSelector':{},'policyTypes':['Ingress']}",
		LABELED "NetworkPolicy p 'spec':{'podSelector':{'matchLabels':{'app':'other'}},'policyTypes':['Ingress']}" },
	{ "policy-denies", LABELED "NetworkPolicy p 'spec':{'podSelector':{},'policyTypes':['Egress']}", LABELED "NetworkPolicy p 'spec':{'podSelector':{},'policyTypes':['Egress'],'egress':[{}]}" },
	{ "policy-peers", LABELED "NetworkPolicy p 'spec':{'podSelector':{},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'b'}}}]}]}",
		LABELED "NetworkPolicy p 'spec':{'podSelector':{},'ingress':[{'from':[{'podSelector':{'matchExpressions':[{'key':'app','operator':'In','values':['a','b']}]}}]}]}" },
	{ "policy-shuts-out", SERVICE80 CALLER "NetworkPolicy p 'spec':{'podSelector':{'matchLabels':{'app':'a'}},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'a'}}}]}]}",
		SERVICE80 CALLER "NetworkPolicy p 'spec':{'podSelector':{'matchLabels':{'app':'a'}},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'a'}}}]},"
		"{'from':[{'podSelector':{'matchLabels':{'app':'b'}}}]}]}" },
	{ "policy-shuts-out", SERVICE80 CALLER "NetworkPolicy p 'spec':{'podSelector':{'matchLabels':{'app':'a'}},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'a'}}}]}]}\n"
		"NetworkPolicy q 'spec':{'podSelector':{'matchLabels':{'app':'a'}},'policyTypes':['Egress'],'egress':[{}]}",
		SERVICE80 CALLER "NetworkPolicy p 'spec':{'podSelector':{'matchLabels':{'app':'a'}},'ingress':[{'from':[{'podSelector':{'matchLabels':{'app':'a'}}}]}]}\n"
		"NetworkPolicy q 'spec':{'podSelector':{},'ingress':[{'from':[{'namespaceSelector':{}}]}]}" },
	{ "budget", "PodDisruptionBudget p 'status':{'currentHealthy':0,'desiredHealthy':1}", "PodDisruptionBudget p 'status':{'currentHealthy':1,'desiredHealthy':1}" },
	{ "flag-on", "ConfigMap f 'data':{'f.json':'{\\\"flags\\\":{\\\"leak\\\":{\\\"state\\\":\\\"ENABLED\\\",\\\"defaultVariant\\\":\\\"on\\\",\\\"variants\\\":{\\\"off\\\":0,\\\"on\\\":1}}}}'}",
		"ConfigMap f 'data':{'f.json':'{\\\"flags\\\":{\\\"leak\\\":{\\\"state\\\":\\\"ENABLED\\\",\\\"defaultVariant\\\":\\\"off\\\",\\\"variants\\\":{\\\"off\\\":0,\\\"on\\\":1}}}}'}" },
	{ "namespace-terminating", "Namespace demo 'status':{'phase':'Terminating'}", "Namespace demo 'status':{'phase':'Active'}" },
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void plural_of(const char *kind, char out[64])
{
	size_t n = strlen(kind);
	assert_true(n < 60);
	memcpy(out, kind, n + 1);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (out[n - 1] == 's' && strcmp(kind, "Ingress") == 0)
		strcpy(out + n, "es");
	else if (out[n - 1] == 'y')
		strcpy(out + n - 1, "ies");
	else if (out[n - 1] != 's')
		strcpy(out + n, "s");
}

/* One line of a case as a row: 'M' are more members of the metadata, 'L' labels of a Node. Pods without them are app=a. */
static void put_line(FILE *f, const char *clock, const char *line, size_t length)
{
	char kind[64], name[64], members[2000], body[3000], resource[64], *rest;
	int used = 0;
	assert_true(length < sizeof members);
	snprintf(members, sizeof members, "%.*s", (int)length, line);
	assert_int_equal(sscanf(members, "%63s %63s %n", kind, name, &used), 2);
	rest = members + used;
	for (char *p = rest; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	bool more = strncmp(rest, "\"M\":{", 5) == 0, labels = strncmp(rest, "\"L\":", 4) == 0, cluster = cc_kind_is_cluster_scoped(cc_str_from(kind));
	cc_buf meta = CC_BUF_INIT;
	cc_buf_addf(&meta, "\"name\":\"%s\"%s", name, cluster ? "" : ",\"namespace\":\"demo\"");
	char *end = strchr(rest, '}');
	if (more)
		cc_buf_addf(&meta, ",%.*s", (int)(end - rest - 5), rest + 5);
	if (labels)
		cc_buf_addf(&meta, ",\"labels\":%.*s", (int)(end + 1 - rest - 4), rest + 4);
	if (strcmp(kind, "Pod") == 0 && !labels)
		cc_buf_addz(&meta, ",\"labels\":{\"app\":\"a\"}");
	if (more || labels)
		rest = end + 2;
	snprintf(body, sizeof body, "{\"kind\":\"%s\",\"metadata\":{%s},%s}", kind, meta.p, rest);
	cc_buf_deinit(&meta);
	plural_of(kind, resource);
	put_object(f, at_clock(clock), resource, body);
}

static void put_lines(FILE *f, const char *clock, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		if (n)
			put_line(f, clock, lines, n);
		lines += n + (lines[n] == '\n');
	}
}

/* A world that was as `before` at 17:40 and is as `after` at 17:59. */
static world *world_of(const char *before, const char *after)
{
	world *w = world_new();
	FILE *f = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	put_lines(f, "17:40:00", before);
	put_lines(f, "17:59:00", after);
	fclose(f);
	world_open(w);
	return w;
}

/* How often the rule found something; *fresh: how often something new. */
static int count(const world *w, const char *rule, int *fresh)
{
	cc_checker *c = NULL;
	cc_finding_vec found = { 0 };
	int n = 0;
	*fresh = 0;
	assert_int_equal(cc_checker_new(&c, w->s, CC_TIME_NONE, w->onset - 1, NULL, NULL), CC_OK);
	assert_int_equal(cc_checker_all(c, 0, &found), CC_OK);
	for (size_t i = 0; i < found.n; i++) {
		assert_non_null(found.p[i].rule);
		assert_true(found.p[i].severity > 0);
		assert_true(found.p[i].cite.file != 0);
		assert_true(found.p[i].text.n > 0);
		if (strcmp(found.p[i].rule->name, rule) != 0)
			continue;
		n++;
		*fresh += found.p[i].fresh;
	}
	cc_vec_deinit(&found);
	cc_checker_free(c);
	return n;
}

static void close_world(world *w)
{
	void *state = w;
	world_teardown(&state);
}

static void every_rule_fires_and_stays_quiet(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		int fresh, found;
		world *w = world_of(cases[i].sick, cases[i].sick);
		found = count(w, cases[i].rule, &fresh);
		if (found != 1 || fresh != 0)
			fail_msg("case %zu: %s found %d times, %d fresh", i, cases[i].rule, found, fresh);
		close_world(w);
		w = world_of(cases[i].well, cases[i].well);
		if (count(w, cases[i].rule, &fresh) != 0)
			fail_msg("case %zu: %s fires where nothing is wrong", i, cases[i].rule);
		close_world(w);
	}
}

static void what_was_well_before_is_fresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		int fresh, found;
		if (strcmp(cases[i].rule, "chaos") == 0 || strcmp(cases[i].rule, "scaled-to-zero") == 0)
			continue;   /* another object: nobody saw how it was before */
		world *w = world_of(cases[i].well, cases[i].sick);
		found = count(w, cases[i].rule, &fresh);
		if (found != 1 || fresh != 1)
			fail_msg("case %zu: %s found %d times, %d fresh", i, cases[i].rule, found, fresh);
		close_world(w);
	}
}

static void every_rule_has_a_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_check_rule_count(); i++) {
		const cc_check_rule *rule = cc_check_rule_get(i);
		bool tried = false;
		assert_true(rule->name && rule->what && rule->why);
		for (size_t k = 0; k < CASES; k++)
			tried = tried || strcmp(cases[k].rule, rule->name) == 0;
		if (!tried)
			fail_msg("no case for %s", rule->name);
	}
	assert_null(cc_check_rule_get(cc_check_rule_count()));
}

static void the_capture_begins_after_its_first_polls(void **state)
{
	(void)state;
	world *w = world_of("ResourceQuota q 'status':{}", "ResourceQuota q 'status':{}");
	assert_int_equal(cc_checks_beginning(w->s), (at_clock("17:40:00") + at_clock("17:59:00")) / 2);
	close_world(w);
	w = world_of("ResourceQuota q 'status':{}", "");
	assert_int_equal(cc_checks_beginning(w->s), CC_TIME_NONE);
	close_world(w);
}

static void state_of_an_earlier_time(void **state)
{
	(void)state;
	cc_checker *c = NULL;
	cc_finding_vec found = { 0 };
	world *w = world_of("ResourceQuota q 'status':{'hard':{'pods':'3'},'used':{'pods':'1'}}", "ResourceQuota q 'status':{'hard':{'pods':'3'},'used':{'pods':'3'}}");
	assert_int_equal(cc_checker_new(&c, w->s, w->onset, CC_TIME_NONE, NULL, NULL), CC_OK);
	assert_int_equal(cc_checker_all(c, 0, &found), CC_OK);
	assert_int_equal(found.n, 0);
	cc_checker_free(c);
	close_world(w);
}

/* --- experiments, told by events --- */

static void put_chaos(FILE *f, const char *clock, const char *uid, const char *reason, const char *kind, const char *name, const char *message)
{
	char body[900];
	snprintf(body, sizeof body, "{\"type\":\"ADDED\",\"object\":{\"reason\":\"%s\",\"message\":\"%s\",\"metadata\":{\"uid\":\"%s\"},"
		"\"lastTimestamp\":\"2025-12-15T%sZ\",\"involvedObject\":{\"kind\":\"%s\",\"name\":\"%s\",\"namespace\":\"chaos-mesh\"}}}", reason, message, uid, clock, kind, name);
	put_object(f, at_clock(clock), "events", body);
}

static void experiments_of_a_schedule_are_one_finding(void **state)
{
	(void)state;
	cc_checker *c = NULL;
	cc_finding_vec found = { 0 };
	world *w = world_new();
	FILE *f = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	put_lines(f, "17:40:00", RUNNING);
	put_lines(f, "17:40:00", "Pod b-1 'status':{'phase':'Running'}");
	fclose(f);
	f = world_file(w, "k8s_events_raw.tsv", LOG_HEADER);
	put_chaos(f, "17:30:00", "1", "Applied", "PodChaos", "old", "Successfully apply chaos for demo/a-1");
	put_chaos(f, "17:51:00", "2", "Spawned", "Schedule", "delay", "Create new object: delay-abcde");
	put_chaos(f, "17:51:01", "3", "Applied", "NetworkChaos", "delay-abcde", "Successfully apply chaos for demo/b-1/x");
	put_chaos(f, "17:52:00", "4", "Spawned", "Schedule", "delay", "Create new object: delay-fghij");
	put_chaos(f, "17:52:01", "5", "Applied", "NetworkChaos", "delay-fghij", "Successfully apply chaos for demo/b-1/x");
	put_chaos(f, "17:53:00", "6", "Applied", "NetworkChaos", "aimless", "Failed to select targets");
	fclose(f);
	world_open(w);
	assert_int_equal(cc_checker_new(&c, w->s, CC_TIME_NONE, w->onset - 1, NULL, NULL), CC_OK);
	assert_int_equal(cc_checker_all(c, 0, &found), CC_OK);
	assert_int_equal(found.n, 2);
	assert_true(cc_str_eqz(found.p[0].text, "was applied to Pod/b-1 at 17:51:01Z, 2 times until 17:52:01Z"));
	assert_true(cc_str_eqz(cc_entity_kind(w->s, found.p[0].entity), "Schedule"));
	assert_true(found.p[0].fresh && found.p[0].severity == 3 && found.p[0].object == UINT32_MAX && found.p[0].cite.file);
	assert_true(cc_str_eqz(found.p[1].text, "was applied to Pod/a-1 at 17:30:00Z"));
	assert_true(!found.p[1].fresh && found.p[1].severity == 2);
	found.n = 0;
	assert_int_equal(cc_checker_all(c, cc_entity_find(w->s, CC_STR("demo"), CC_STR("Pod"), CC_STR("a-1")), &found), CC_OK);
	assert_int_equal(found.n, 1);
	cc_vec_deinit(&found);
	cc_checker_free(c);
	close_world(w);
}

/* Bodies that are no objects, members of the wrong type: nothing is found and nothing breaks. */
static void odd_objects(void **state)
{
	(void)state;
	static const char *const kinds[] = { "Pod", "Deployment", "Service", "Ingress", "VirtualService", "NetworkPolicy", "HorizontalPodAutoscaler", "Node",
		"ResourceQuota", "ConfigMap", "CronJob", "MutatingWebhookConfiguration" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char lines[600];
		int fresh;
		snprintf(lines, sizeof lines, "%s a 'spec':[1],'status':'x','data':7,'webhooks':{'a':1}\n%s b 'spec':{'template':3,'containers':'x','ports':[null],'rules':[4],"
			"'http':[{'route':7}],'ingress':[null],'selector':[],'taints':[1]},'status':{'conditions':[1,null],'hard':{'x':null},'containerStatuses':[[]]}", kinds[i], kinds[i]);
		world *w = world_of(lines, lines);
		assert_int_equal(count(w, "chaos", &fresh), 0);
		close_world(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_fires_and_stays_quiet),
		cmocka_unit_test(what_was_well_before_is_fresh),
		cmocka_unit_test(every_rule_has_a_case),
		cmocka_unit_test(the_capture_begins_after_its_first_polls),
		cmocka_unit_test(state_of_an_earlier_time),
		cmocka_unit_test(odd_objects),
		cmocka_unit_test(experiments_of_a_schedule_are_one_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
