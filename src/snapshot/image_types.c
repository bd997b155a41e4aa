/* image_types.c - which fields of the tables hold pointers: all that the cache needs to know of them.
 *
 * Whoever adds a pointer to one of these structs adds its line here. The sizes at the end are there to remind: a struct
 * that grows stops the build until somebody has looked. What is only needed while loading is dropped. */
#include "snapshot/alerts_priv.h"
#include "snapshot/cache.h"
#include "snapshot/events_priv.h"
#include "snapshot/logs_priv.h"
#include "snapshot/objects_table_priv.h"
#include "snapshot/series_priv.h"
#include "snapshot/spans_priv.h"
#include "snapshot/topology_priv.h"

#define FIELDS(name) static const cc_image_field name##_fields[]
#define TYPE(type) static const cc_image_type type##_image = CC_IMAGE_TYPE(type, type##_fields)
#define STRUCT(type) static const cc_image_type type##_image = CC_IMAGE_TYPE(struct type, type##_fields)

typedef struct column { cc_str name; } column;
FIELDS(column) = { CC_IMAGE_TEXT(column, name) };
TYPE(column);
FIELDS(cc_kv) = { CC_IMAGE_TEXT(cc_kv, key), CC_IMAGE_TEXT(cc_kv, value) };
TYPE(cc_kv);

/* --- telemetry --- */

FIELDS(logs_table) = { CC_IMAGE_VEC(logs_table, rows, NULL), CC_IMAGE_DROP(logs_table, who) };
STRUCT(logs_table);

FIELDS(spans_table) = { CC_IMAGE_VEC(spans_table, rows, NULL), CC_IMAGE_VEC(spans_table, traces, NULL),
	CC_IMAGE_VEC(spans_table, order, NULL), CC_IMAGE_DROP(spans_table, who), CC_IMAGE_DROP(spans_table, calls) };
STRUCT(spans_table);

FIELDS(cc_series) = { CC_IMAGE_ARRAY(cc_series, labels, label_count, 0, &cc_kv_image),
	CC_IMAGE_ARRAY(cc_series, times_ns, count, 0, NULL), CC_IMAGE_ARRAY(cc_series, values, count, 0, NULL),
	CC_IMAGE_ARRAY(cc_series, records, count, 0, NULL), CC_IMAGE_GAP(cc_series, counter, labels) };
TYPE(cc_series);
FIELDS(series_table) = { CC_IMAGE_VEC(series_table, rows, &cc_series_image), CC_IMAGE_DROP(series_table, arenas) };
STRUCT(series_table);

/* --- alerts, events --- */

FIELDS(cc_alert_sample) = { CC_IMAGE_TEXT(cc_alert_sample, value_text), CC_IMAGE_GAP(cc_alert_sample, firing, cite),
	CC_IMAGE_TAIL(cc_alert_sample, cite) };
TYPE(cc_alert_sample);
FIELDS(cc_alert) = { CC_IMAGE_ARRAY(cc_alert, labels, label_count, 0, &cc_kv_image),
	CC_IMAGE_ARRAY(cc_alert, annotations, annotation_count, 0, &cc_kv_image),
	CC_IMAGE_ARRAY(cc_alert, samples, sample_count, 0, &cc_alert_sample_image),
	CC_IMAGE_ARRAY(cc_alert, intervals, interval_count, 0, NULL), CC_IMAGE_GAP(cc_alert, entity, labels),
	CC_IMAGE_TAIL(cc_alert, active_before) };
TYPE(cc_alert);
FIELDS(alert_entry) = { CC_IMAGE_INLINE(alert_entry, pub, &cc_alert_image), CC_IMAGE_DROP(alert_entry, samples),
	CC_IMAGE_DROP(alert_entry, extra), CC_IMAGE_DROP(alert_entry, annotations),
	CC_IMAGE_DROP(alert_entry, annotation_count) };
TYPE(alert_entry);
FIELDS(alerts_table) = { CC_IMAGE_VEC(alerts_table, entries, &alert_entry_image), CC_IMAGE_DROP(alerts_table, full),
	CC_IMAGE_ARRAY(alerts_table, ticks, tick_count, 0, NULL) };
STRUCT(alerts_table);

FIELDS(cc_event) = { CC_IMAGE_TEXT(cc_event, message), CC_IMAGE_ARRAY(cc_event, cites, cite_count, 0, NULL),
	CC_IMAGE_GAP(cc_event, only_expired, count), CC_IMAGE_GAP(cc_event, rows, message) };
TYPE(cc_event);
FIELDS(event_entry) = { CC_IMAGE_INLINE(event_entry, pub, &cc_event_image), CC_IMAGE_DROP(event_entry, cites),
	CC_IMAGE_TAIL(event_entry, last_is_expiry) };
TYPE(event_entry);
FIELDS(events_table) = { CC_IMAGE_VEC(events_table, entries, &event_entry_image) };
STRUCT(events_table);

/* --- objects --- */

FIELDS(object_expr) = { CC_IMAGE_ARRAY(object_expr, values, value_count, 0, NULL) };
TYPE(object_expr);
FIELDS(object_facts) = { CC_IMAGE_ARRAY(object_facts, refs, ref_count, 0, NULL),
	CC_IMAGE_ARRAY(object_facts, labels, label_count, 0, NULL),
	CC_IMAGE_ARRAY(object_facts, match, match_count, 0, NULL),
	CC_IMAGE_ARRAY(object_facts, exprs, expr_count, 0, &object_expr_image),
	CC_IMAGE_ARRAY(object_facts, addresses, address_count, 0, NULL), CC_IMAGE_GAP(object_facts, selects, match) };
TYPE(object_facts);
FIELDS(object_state) = { CC_IMAGE_INLINE(object_state, facts, &object_facts_image) };
TYPE(object_state);
FIELDS(cc_object) = { CC_IMAGE_ARRAY(cc_object, obs, obs_count, 0, NULL), CC_IMAGE_TAIL(cc_object, revisions) };
TYPE(cc_object);
FIELDS(objects_entry) = { CC_IMAGE_INLINE(objects_entry, pub, &cc_object_image),
	CC_IMAGE_VEC(objects_entry, states, &object_state_image), CC_IMAGE_DROP(objects_entry, obs),
	CC_IMAGE_GAP(objects_entry, name, states) };
TYPE(objects_entry);
FIELDS(objects_polls) = { CC_IMAGE_DROP(objects_polls, times),
	CC_IMAGE_ARRAY(objects_polls, rounds, round_count, 0, NULL), CC_IMAGE_GAP(objects_polls, resource, times),
	CC_IMAGE_TAIL(objects_polls, doubt) };
TYPE(objects_polls);
FIELDS(objects_table) = { CC_IMAGE_VEC(objects_table, entries, &objects_entry_image),
	CC_IMAGE_DROP(objects_table, bodies), CC_IMAGE_DROP(objects_table, seen),
	CC_IMAGE_VEC(objects_table, polls, &objects_polls_image), CC_IMAGE_PTR(objects_table, poll_ids, &cc_map_image) };
STRUCT(objects_table);

/* --- entities, topology --- */

FIELDS(entity_table) = { CC_IMAGE_VEC(entity_table, rows, NULL), CC_IMAGE_PTR(entity_table, exact, &cc_map_image),
	CC_IMAGE_PTR(entity_table, anywhere, &cc_map_image), CC_IMAGE_PTR(entity_table, services, &cc_map_image),
	CC_IMAGE_DROP(entity_table, aliases), CC_IMAGE_DROP(entity_table, joined), CC_IMAGE_DROP(entity_table, stamps),
	CC_IMAGE_ARRAY(entity_table, members, member_count, 1, NULL),       /* ids from 1: both have one element more */
	CC_IMAGE_ARRAY(entity_table, member_from, member_count, 1, NULL) };
STRUCT(entity_table);

FIELDS(topology_table) = { CC_IMAGE_ARRAY(topology_table, edges, count, 0, NULL),
	CC_IMAGE_ARRAY(topology_table, from_at, ids, 0, NULL), CC_IMAGE_ARRAY(topology_table, by_to, count, 0, NULL),
	CC_IMAGE_ARRAY(topology_table, to_at, ids, 0, NULL) };
STRUCT(topology_table);

/* --- files and the snapshot --- */

FIELDS(cc_file) = { CC_IMAGE_GAP(cc_file, kind, path), CC_IMAGE_TEXT(cc_file, path), CC_IMAGE_TEXT(cc_file, problem) };
TYPE(cc_file);
FIELDS(cc_tsv) = { CC_IMAGE_DROP(cc_tsv, text), CC_IMAGE_INLINE(cc_tsv, columns, &column_image) };
TYPE(cc_tsv);
FIELDS(row_starts) = { CC_IMAGE_VEC(row_starts, at, NULL), CC_IMAGE_VEC(row_starts, bases, NULL) };
TYPE(row_starts);
FIELDS(snapshot_file) = { CC_IMAGE_INLINE(snapshot_file, info, &cc_file_image), CC_IMAGE_TEXT(snapshot_file, full_path),
	CC_IMAGE_DROP(snapshot_file, map), CC_IMAGE_DROP(snapshot_file, mapped),
	CC_IMAGE_INLINE(snapshot_file, tsv, &cc_tsv_image), CC_IMAGE_INLINE(snapshot_file, starts, &row_starts_image),
	CC_IMAGE_GAP(snapshot_file, mapped, stamp), CC_IMAGE_TAIL(snapshot_file, chosen) };
TYPE(snapshot_file);

FIELDS(cache_entry) = { CC_IMAGE_TEXT(cache_entry, path), CC_IMAGE_TEXT(cache_entry, problem) };
TYPE(cache_entry);
FIELDS(cache_manifest) = { CC_IMAGE_VEC(cache_manifest, entries, &cache_entry_image) };
STRUCT(cache_manifest);

FIELDS(cc_snapshot) = { CC_IMAGE_DROP(cc_snapshot, arena), CC_IMAGE_TEXT(cc_snapshot, name),
	CC_IMAGE_TEXT(cc_snapshot, path), CC_IMAGE_VEC(cc_snapshot, files, &snapshot_file_image),
	CC_IMAGE_PTR(cc_snapshot, dict, &cc_dict_image), CC_IMAGE_PTR(cc_snapshot, logs, &logs_table_image),
	CC_IMAGE_PTR(cc_snapshot, spans, &spans_table_image), CC_IMAGE_PTR(cc_snapshot, series, &series_table_image),
	CC_IMAGE_PTR(cc_snapshot, alerts, &alerts_table_image), CC_IMAGE_PTR(cc_snapshot, events, &events_table_image),
	CC_IMAGE_PTR(cc_snapshot, objects, &objects_table_image),
	CC_IMAGE_PTR(cc_snapshot, entities, &entity_table_image),
	CC_IMAGE_PTR(cc_snapshot, topology, &topology_table_image), CC_IMAGE_DROP(cc_snapshot, bodies),
	CC_IMAGE_DROP(cc_snapshot, telemetry),
	CC_IMAGE_DROP(cc_snapshot, opt), CC_IMAGE_PTR(cc_snapshot, manifest, &cache_manifest_image),
	CC_IMAGE_DROP(cc_snapshot, writer), CC_IMAGE_DROP(cc_snapshot, whole), CC_IMAGE_DROP(cc_snapshot, image) };
const cc_image_type cc_snapshot_image = CC_IMAGE_TYPE(struct cc_snapshot, cc_snapshot_fields);

/* --- reminders --- */

/* Where this stops the build: is every pointer of the struct described above? Those that no table describes have none.
 * */
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "describe the new fields of " #type " above")
#if UINTPTR_MAX == UINT64_MAX
SIZE(cc_kv, 32);
SIZE(struct logs_table, 88);
SIZE(struct spans_table, 200);
SIZE(cc_series, 72);
SIZE(struct series_table, 48);
SIZE(cc_alert_sample, 56);
SIZE(cc_alert, 120);
SIZE(alert_entry, 192);
SIZE(struct alerts_table, 64);
SIZE(cc_event, 120);
SIZE(event_entry, 152);
SIZE(struct events_table, 32);
SIZE(object_expr, 24);
SIZE(object_facts, 96);
SIZE(object_state, 104);
SIZE(cc_object, 56);
SIZE(objects_entry, 136);
SIZE(objects_polls, 56);
SIZE(struct objects_table, 104);
SIZE(struct entity_table, 152);
SIZE(struct topology_table, 48);
SIZE(cc_file, 72);
SIZE(cc_tsv, 1064);
SIZE(row_starts, 48);
SIZE(snapshot_file, 1288);
SIZE(cache_entry, 80);
SIZE(struct cache_manifest, 32);
SIZE(struct cc_snapshot, 248);
SIZE(cc_logrec, 64);
SIZE(cc_span, 64);
SIZE(cc_trace, 64);
SIZE(cc_entity, 32);
SIZE(cc_edge, 36);
SIZE(cc_object_obs, 24);
SIZE(object_ref, 24);
SIZE(object_label, 8);
SIZE(cc_range, 16);
SIZE(cc_cite, 8);
SIZE(starts_base, 16);
#endif
