/* events_row.c - one event, whichever API group, watch shape or processed table it comes in. */
#include "snapshot/events_priv.h"

/* First of the paths that holds a text. */
static cc_str first_text(const cc_json *v, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++) {
		cc_str s = cc_json_str(cc_json_at(v, paths[i]));

		if (s.n > 0)
			return s;
	}
	return CC_STR_EMPTY;
}

/* First of the paths that holds a time; the zero time of Go (year 1) and 1970 are none. */
static bool first_time(const cc_json *v, const char *const *paths, int64_t *out)
{
	for (size_t i = 0; paths[i]; i++) {
		int64_t t;

		if (cc_snapshot_time(cc_json_text(cc_json_at(v, paths[i])), &t)) {
			*out = t;
			return true;
		}
	}
	return false;
}

static int64_t max_count(const cc_json *v)
{
	static const char *const paths[] = { "count", "deprecatedCount", "series.count" };
	int64_t best = 1, n;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (cc_json_int(cc_json_at(v, paths[i]), &n) && n > best)
			best = n;
	return best;
}

static void read_times(event_row *out, const cc_json *v, int64_t received_ns)
{
	static const char *const last[] = { "lastTimestamp", "series.lastObservedTime", "deprecatedLastTimestamp",
		"eventTime", "firstTimestamp", "deprecatedFirstTimestamp", "metadata.creationTimestamp", NULL };
	static const char *const first[] = { "firstTimestamp", "deprecatedFirstTimestamp", "eventTime",
		"metadata.creationTimestamp", NULL };

	out->received_ns = received_ns;
	out->last_ns = received_ns;
	out->own_time = first_time(v, last, &out->last_ns);
	out->first_ns = out->last_ns;
	first_time(v, first, &out->first_ns);
	if (out->first_ns > out->last_ns)
		out->first_ns = out->last_ns;
}

/* Events about cluster-scoped things lie in namespace "default" and name no namespace of the subject. */
static cc_str subject_ns(cc_str kind, cc_str ns, cc_str event_ns)
{
	if (cc_kind_is_cluster_scoped(kind))
		return CC_STR("cluster");
	if (ns.n > 0)
		return ns;
	if (!cc_kind_is_known(kind) && (event_ns.n == 0 || cc_str_eqz(event_ns, "default")))
		return CC_STR("cluster");
	return event_ns;
}

bool cc_event_row_json(event_row *out, const cc_json *v, cc_watch watch, int64_t received_ns)
{
	static const char *const source[] = { "source.component", "deprecatedSource.component", "reportingComponent",
		"reportingController", NULL };
	static const char *const host[] = { "source.host", "deprecatedSource.host", "reportingInstance", NULL };
	static const char *const text[] = { "message", "note", NULL };
	const cc_json *meta = cc_json_get(v, "metadata"), *about = cc_json_get(v, "involvedObject");

	if (!about)
		about = cc_json_get(v, "regarding");
	*out = (event_row){ .uid = cc_json_get_str(meta, "uid"),
		.event_ns = cc_json_get_str(meta, "namespace"),
		.event_name = cc_json_get_str(meta, "name"),
		.name = cc_json_get_str(about, "name"),
		.field_path = cc_json_get_str(about, "fieldPath"),
		.reason = cc_json_get_str(v, "reason"),
		.message = first_text(v, text),
		.source = first_text(v, source),
		.host = first_text(v, host),
		.count = max_count(v),
		.warning = cc_str_eq_nocase(cc_json_get_str(v, "type"), CC_STR("Warning")),
		.expired = watch == CC_WATCH_DELETED };
	out->kind = cc_kind_canonical(cc_json_get_str(about, "kind"));
	out->ns = subject_ns(out->kind, cc_json_get_str(about, "namespace"), out->event_ns);
	read_times(out, v, received_ns);
	return out->name.n > 0 || out->reason.n > 0;
}

bool cc_event_row_columns(
	event_row *out, const cc_tsv *t, const cc_tsv_row *row, int64_t received_ns, cc_arena *scratch)
{
#define COLUMN(names) cc_tsv_field(row, cc_tsv_column_any(t, names), scratch)
	int64_t n;

	*out = (event_row){ .name = COLUMN("object_name"), .reason = COLUMN("reason"), .message = COLUMN("message"),
		.source = COLUMN("source_component"), .count = 1, .received_ns = received_ns, .last_ns = received_ns,
		.warning = cc_str_eq_nocase(COLUMN("event_kind"), CC_STR("Warning")),
		.expired = cc_str_eq_nocase(COLUMN("event_type"), CC_STR("DELETED")) };
	out->kind = cc_kind_canonical(COLUMN("object_kind"));
	out->ns = subject_ns(out->kind, COLUMN("object_namespace"), COLUMN("namespace"));
	out->own_time = cc_snapshot_time(COLUMN("event_time"), &out->last_ns);
	out->first_ns = out->last_ns;
	if (cc_str_to_i64(COLUMN("event_count"), &n) && n > 1)
		out->count = n;
	return out->name.n > 0 || out->reason.n > 0;
#undef COLUMN
}
