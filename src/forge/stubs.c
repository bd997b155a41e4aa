/* stubs.c - weak stand-ins while the parts are being written; deleted when all are there. */
#include "forge/sim.h"

__attribute__((weak)) cc_code forge_app_load(forge_app **out, cc_arena *arena, const char *spec, cc_err *err)
{
	(void)out; (void)arena; (void)spec; (void)err; return CC_OK; 
}

__attribute__((weak)) cc_code forge_app_parse(forge_app **out, cc_arena *arena, const char *name, cc_str text, cc_err *err)
{
	(void)out; (void)arena; (void)name; (void)text; (void)err; return CC_OK; 
}

__attribute__((weak)) bool forge_app_builtin(int i, const char **name, cc_str *text)
{
	(void)i; (void)name; (void)text; return 0; 
}

__attribute__((weak)) int forge_service_find(const forge_app *app, cc_str name)
{
	(void)app; (void)name; return 0; 
}

__attribute__((weak)) int forge_op_find(const forge_app *app, cc_str id)
{
	(void)app; (void)id; return 0; 
}

__attribute__((weak)) int forge_flag_find(const forge_app *app, cc_str name)
{
	(void)app; (void)name; return 0; 
}

__attribute__((weak)) int forge_address(const forge_app *app, cc_str value, int *port)
{
	(void)app; (void)value; (void)port; return 0; 
}

__attribute__((weak)) bool forge_op_calls(const forge_app *app, int op, int callee)
{
	(void)app; (void)op; (void)callee; return 0; 
}

__attribute__((weak)) const char *forge_lang_name(forge_lang lang)
{
	(void)lang; return NULL; 
}

__attribute__((weak)) cc_code kube_init(struct forge_sim *s)
{
	(void)s; return CC_OK; 
}

__attribute__((weak)) void kube_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) void kube_install(struct forge_sim *s, int64_t at)
{
	(void)s; (void)at; 
}

__attribute__((weak)) forge_template kube_template_of(struct forge_sim *s, int service)
{
	(void)s; (void)service; return (forge_template){ 0 }; 
}

__attribute__((weak)) void kube_change_template(struct forge_sim *s, int64_t now, int workload, const forge_template *tmpl, const char *manager, const char *fields)
{
	(void)s; (void)now; (void)workload; (void)tmpl; (void)manager; (void)fields; 
}

__attribute__((weak)) void kube_change_replicas(struct forge_sim *s, int64_t now, int workload, int replicas, const char *manager)
{
	(void)s; (void)now; (void)workload; (void)replicas; (void)manager; 
}

__attribute__((weak)) void kube_change_recreate(struct forge_sim *s, int64_t now, int workload, bool recreate)
{
	(void)s; (void)now; (void)workload; (void)recreate; 
}

__attribute__((weak)) void kube_change_service(struct forge_sim *s, int64_t now, int service, const char *selector, int port, int target_port, const char *manager)
{
	(void)s; (void)now; (void)service; (void)selector; (void)port; (void)target_port; (void)manager; 
}

__attribute__((weak)) void kube_delete_service(struct forge_sim *s, int64_t now, int service)
{
	(void)s; (void)now; (void)service; 
}

__attribute__((weak)) void kube_change_configmap(struct forge_sim *s, int64_t now, int configmap, cc_str data, const char *manager)
{
	(void)s; (void)now; (void)configmap; (void)data; (void)manager; 
}

__attribute__((weak)) void kube_change_hpa(struct forge_sim *s, int64_t now, int hpa, int min, int max, int target, const char *metric, const char *target_name, const char *manager)
{
	(void)s; (void)now; (void)hpa; (void)min; (void)max; (void)target; (void)metric; (void)target_name; (void)manager; 
}

__attribute__((weak)) void kube_cordon(struct forge_sim *s, int64_t now, int node, bool on, const char *manager)
{
	(void)s; (void)now; (void)node; (void)on; (void)manager; 
}

__attribute__((weak)) void kube_add_policy(struct forge_sim *s, int64_t now, const char *name, int service, bool ingress, bool egress, const char *manager)
{
	(void)s; (void)now; (void)name; (void)service; (void)ingress; (void)egress; (void)manager; 
}

__attribute__((weak)) void kube_add_quota(struct forge_sim *s, int64_t now, const char *name, int pods, int cpu_m, int mem_mi, const char *manager)
{
	(void)s; (void)now; (void)name; (void)pods; (void)cpu_m; (void)mem_mi; (void)manager; 
}

__attribute__((weak)) int kube_add_workload(struct forge_sim *s, int64_t now, const kube_workload *w)
{
	(void)s; (void)now; (void)w; return 0; 
}

__attribute__((weak)) void kube_delete_workload(struct forge_sim *s, int64_t now, int workload)
{
	(void)s; (void)now; (void)workload; 
}

__attribute__((weak)) void kube_label_namespace(struct forge_sim *s, int64_t now, const char *mesh_label, const char *manager)
{
	(void)s; (void)now; (void)mesh_label; (void)manager; 
}

__attribute__((weak)) void kube_restart_rollout(struct forge_sim *s, int64_t now, int workload, const char *manager)
{
	(void)s; (void)now; (void)workload; (void)manager; 
}

__attribute__((weak)) void kube_publish(struct forge_sim *s, const char *image, const char *arch)
{
	(void)s; (void)image; (void)arch; 
}

__attribute__((weak)) int kube_ready_count(const struct forge_sim *s, int workload)
{
	(void)s; (void)workload; return 0; 
}

__attribute__((weak)) int kube_live_count(const struct forge_sim *s, int workload)
{
	(void)s; (void)workload; return 0; 
}

__attribute__((weak)) void kube_uid(struct forge_sim *s, char out[FORGE_UID])
{
	(void)s; (void)out; 
}

__attribute__((weak)) uint64_t kube_touch(struct forge_sim *s)
{
	(void)s; return 0; 
}

__attribute__((weak)) int64_t kube_lag(struct forge_sim *s, int64_t lo, int64_t hi)
{
	(void)s; (void)lo; (void)hi; return 0; 
}

__attribute__((weak)) int kubelet_pod_create(struct forge_sim *s, int64_t now, int workload, int rs)
{
	(void)s; (void)now; (void)workload; (void)rs; return 0; 
}

__attribute__((weak)) void kubelet_pod_delete(struct forge_sim *s, int64_t now, int pod)
{
	(void)s; (void)now; (void)pod; 
}

__attribute__((weak)) void kubelet_pod_evict(struct forge_sim *s, int64_t now, int pod, const char *message)
{
	(void)s; (void)now; (void)pod; (void)message; 
}

__attribute__((weak)) void kubelet_container_kill(struct forge_sim *s, int64_t now, int pod, const char *reason, int code)
{
	(void)s; (void)now; (void)pod; (void)reason; (void)code; 
}

__attribute__((weak)) void kubelet_cpu_shares(struct forge_sim *s, int64_t now)
{
	(void)s; (void)now; 
}

__attribute__((weak)) void scheduler_add(struct forge_sim *s, int64_t now, int pod)
{
	(void)s; (void)now; (void)pod; 
}

__attribute__((weak)) void scheduler_wake(struct forge_sim *s, int64_t now)
{
	(void)s; (void)now; 
}

__attribute__((weak)) void kube_event(struct forge_sim *s, int64_t now, const forge_event_spec *spec, const char *fmt, ...)
{
	(void)s; (void)now; (void)spec; (void)fmt; 
}

__attribute__((weak)) void kube_events_replay(struct forge_sim *s, int64_t now)
{
	(void)s; (void)now; 
}

__attribute__((weak)) const char *kube_foreign_uid(struct forge_sim *s, const char *kind, const char *name)
{
	(void)s; (void)kind; (void)name; return NULL; 
}

__attribute__((weak)) void kube_poll(struct forge_sim *s, int64_t now)
{
	(void)s; (void)now; 
}

__attribute__((weak)) net_path net_connect(struct forge_sim *s, int64_t now, int from_pod, int service, int port)
{
	(void)s; (void)now; (void)from_pod; (void)service; (void)port; return (net_path){ 0 }; 
}

__attribute__((weak)) bool net_resolves(const struct forge_sim *s, int from_pod, int service)
{
	(void)s; (void)from_pod; (void)service; return 0; 
}

__attribute__((weak)) int net_chaos_add(struct forge_sim *s, const net_chaos *c)
{
	(void)s; (void)c; return 0; 
}

__attribute__((weak)) void net_chaos_set(struct forge_sim *s, int chaos, bool active)
{
	(void)s; (void)chaos; (void)active; 
}

__attribute__((weak)) void net_mesh_strict(struct forge_sim *s, bool strict)
{
	(void)s; (void)strict; 
}

__attribute__((weak)) void net_mesh_deny(struct forge_sim *s, int service, int from, bool on)
{
	(void)s; (void)service; (void)from; (void)on; 
}

__attribute__((weak)) cc_code flow_init(struct forge_sim *s)
{
	(void)s; return CC_OK; 
}

__attribute__((weak)) void flow_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) void flow_start(struct forge_sim *s, int64_t from)
{
	(void)s; (void)from; 
}

__attribute__((weak)) void flow_pod_up(struct forge_sim *s, int64_t now, int pod)
{
	(void)s; (void)now; (void)pod; 
}

__attribute__((weak)) void flow_pod_down(struct forge_sim *s, int64_t now, int pod)
{
	(void)s; (void)now; (void)pod; 
}

__attribute__((weak)) int64_t flow_pod_memory_kib(const struct forge_sim *s, int pod)
{
	(void)s; (void)pod; return 0; 
}

__attribute__((weak)) int flow_effect_add(struct forge_sim *s, int service, int op, const flow_effect *e)
{
	(void)s; (void)service; (void)op; (void)e; return 0; 
}

__attribute__((weak)) void flow_effect_set(struct forge_sim *s, int effect, bool active)
{
	(void)s; (void)effect; (void)active; 
}

__attribute__((weak)) void flow_flags_set(struct forge_sim *s, int64_t now, const int *values)
{
	(void)s; (void)now; (void)values; 
}

__attribute__((weak)) void flow_store_password(struct forge_sim *s, int64_t now, int service, const char *password)
{
	(void)s; (void)now; (void)service; (void)password; 
}

__attribute__((weak)) void flow_store_limit(struct forge_sim *s, int64_t now, int service, int max_mib, int used_mib)
{
	(void)s; (void)now; (void)service; (void)max_mib; (void)used_mib; 
}

__attribute__((weak)) int64_t flow_store_used_kib(const struct forge_sim *s, int service)
{
	(void)s; (void)service; return 0; 
}

__attribute__((weak)) void flow_load_factor(struct forge_sim *s, int percent)
{
	(void)s; (void)percent; 
}

__attribute__((weak)) int64_t flow_consumer_lag(const struct forge_sim *s, int op)
{
	(void)s; (void)op; return 0; 
}

__attribute__((weak)) flow_effects_seen flow_seen(const struct forge_sim *s)
{
	(void)s; return (flow_effects_seen){ 0 }; 
}

__attribute__((weak)) const flow_mesh_count *flow_mesh(const struct forge_sim *s, int callee, int caller)
{
	(void)s; (void)callee; (void)caller; return NULL; 
}

__attribute__((weak)) cc_code tel_open(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK; 
}

__attribute__((weak)) cc_code tel_close(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK; 
}

__attribute__((weak)) void tel_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) int tel_span_begin(struct forge_sim *s, int64_t start)
{
	(void)s; (void)start; return 0; 
}

__attribute__((weak)) void tel_span(struct forge_sim *s, int handle, forge_span *span)
{
	(void)s; (void)handle; (void)span; 
}

__attribute__((weak)) void tel_log(struct forge_sim *s, forge_log *log)
{
	(void)s; (void)log; 
}

__attribute__((weak)) void tel_pod_log(struct forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...)
{
	(void)s; (void)t; (void)pod; (void)level; (void)fmt; 
}

__attribute__((weak)) void tel_event_row(struct forge_sim *s, int64_t t, cc_str line)
{
	(void)s; (void)t; (void)line; 
}

__attribute__((weak)) void tel_object_row(struct forge_sim *s, int64_t t, cc_str line)
{
	(void)s; (void)t; (void)line; 
}

__attribute__((weak)) char *tel_text(struct forge_sim *s, const char *fmt, ...)
{
	(void)s; (void)fmt; return NULL; 
}

__attribute__((weak)) uint64_t tel_bytes(const struct forge_sim *s)
{
	(void)s; return 0; 
}

__attribute__((weak)) cc_code metrics_init(struct forge_sim *s)
{
	(void)s; return CC_OK; 
}

__attribute__((weak)) void metrics_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) void metrics_start(struct forge_sim *s, int64_t from)
{
	(void)s; (void)from; 
}

__attribute__((weak)) void metrics_count_span(struct forge_sim *s, const forge_span *span)
{
	(void)s; (void)span; 
}

__attribute__((weak)) cc_code metrics_write(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK; 
}

__attribute__((weak)) cc_code alerts_init(struct forge_sim *s)
{
	(void)s; return CC_OK; 
}

__attribute__((weak)) void alerts_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) void alerts_start(struct forge_sim *s, int64_t from)
{
	(void)s; (void)from; 
}

__attribute__((weak)) size_t alerts_count(const struct forge_sim *s)
{
	(void)s; return 0; 
}

__attribute__((weak)) const forge_fired *alerts_get(const struct forge_sim *s, size_t i)
{
	(void)s; (void)i; return NULL; 
}

__attribute__((weak)) cc_code fault_parse(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK; 
}

__attribute__((weak)) cc_code plan_make(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK; 
}

__attribute__((weak)) void plan_deinit(struct forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) cc_code truth_write(struct forge_sim *s, const char *dir, cc_err *err)
{
	(void)s; (void)dir; (void)err; return CC_OK; 
}

__attribute__((weak)) cc_code debrief_write(struct forge_sim *s, const char *dir, cc_err *err)
{
	(void)s; (void)dir; (void)err; return CC_OK; 
}

__attribute__((weak)) void chaos_start(struct forge_sim *s, int cause)
{
	(void)s; (void)cause; 
}

__attribute__((weak)) cc_code net_init(forge_sim *s)
{
	(void)s; return CC_OK; 
}

__attribute__((weak)) void net_deinit(forge_sim *s)
{
	(void)s; 
}

__attribute__((weak)) void cc_forge_options_init(cc_forge_options *o)
{
	*o = (cc_forge_options){ 0 };
}

__attribute__((weak)) cc_code cc_forge_run(const cc_forge_options *o, cc_forge_report *rep, cc_err *err)
{
	(void)o; (void)rep; (void)err; return CC_OK;
}

__attribute__((weak)) size_t cc_forge_fault_count(void)
{
	return 0;
}

__attribute__((weak)) const cc_forge_fault *cc_forge_fault_get(size_t i)
{
	(void)i; return NULL;
}

__attribute__((weak)) bool cc_forge_app_get(size_t i, const char **name, cc_str *text)
{
	(void)i; (void)name; (void)text; return false;
}

__attribute__((weak)) cc_code cc_forge_targets(const char *app, const char *kind, cc_buf *out, cc_err *err)
{
	(void)app; (void)kind; (void)out; (void)err; return CC_OK;
}

const forge_voice forge_voices[LANG_COUNT] __attribute__((weak)) = { { 0 } };

__attribute__((weak)) cc_code variant_apply(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK;
}

__attribute__((weak)) cc_code corrupt_apply(struct forge_sim *s, cc_err *err)
{
	(void)s; (void)err; return CC_OK;
}

__attribute__((weak)) const char *fault_spec(struct forge_sim *s, const forge_cause *cause)
{
	(void)s; (void)cause; return "";
}
