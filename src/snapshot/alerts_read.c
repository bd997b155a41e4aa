/* alerts_read.c - the shapes of an alert file and of one alert in it.
 *
 * A bare array, the API's reply {"data":{"alerts":[…]}}, {"alerts":[…]}, {"data":[…]}, groups with an inner list, one
 * alert alone; keys in lower case or capitalised as Go prints its struct; Alertmanager's startsAt and status.state. */
#include <math.h>
#include <stdlib.h>
#include "snapshot/alerts_priv.h"

static const cc_json *get(const cc_json *v, const char *key)
{
	return cc_json_get_nocase(v, key);
}

static bool is_array(const cc_json *v)
{
	return cc_json_typeof(v) == CC_JSON_ARRAY;
}

static const cc_json *list_of(const cc_json *root)
{
	const cc_json *data = get(root, "data");

	if (is_array(root))
		return root;
	if (is_array(get(root, "alerts")))
		return get(root, "alerts");
	if (is_array(get(data, "alerts")))
		return get(data, "alerts");
	return is_array(data) ? data : NULL;
}

static const cc_json *next_outer(const cc_json *root, alert_walk *walk)
{
	const cc_json *list = list_of(root);

	if (walk->started)
		return list ? cc_json_next(walk->outer) : NULL;
	walk->started = true;
	return list ? cc_json_first(list) : root;
}

const cc_json *cc_alert_next(const cc_json *root, alert_walk *walk)
{
	if (walk->inner)
		walk->inner = cc_json_next(walk->inner);
	while (!walk->inner) {
		const cc_json *group;

		walk->outer = next_outer(root, walk);
		group = get(walk->outer, "alerts");
		if (!walk->outer || !is_array(group) || walk->outer == root)
			return walk->outer;
		walk->inner = cc_json_first(group);
	}
	return walk->inner;
}

static int compare_kv(const void *pa, const void *pb)
{
	const cc_kv *a = pa, *b = pb;

	return cc_str_cmp(a->key, b->key);
}

static const cc_kv *read_map(cc_arena *arena, const cc_json *map, size_t *count)
{
	cc_kv *out = cc_arena_array(arena, cc_json_count(map), sizeof *out);

	*count = 0;
	for (const cc_json *m = cc_json_first(map); out && m; m = cc_json_next(m)) {
		out[*count] = (cc_kv){ cc_arena_dup(arena, cc_json_key(m)), cc_arena_dup(arena, cc_json_text(m)) };
		if (!out[*count].key.p || !out[*count].value.p)
			return NULL;
		(*count)++;
	}
	if (out && *count > 1)
		qsort(out, *count, sizeof *out, compare_kv);
	return out;
}

static int64_t read_active(const cc_json *v)
{
	int64_t t;

	if (cc_snapshot_time(cc_json_text(get(v, "activeAt")), &t) ||
		cc_snapshot_time(cc_json_text(get(v, "startsAt")), &t))
		return t;
	return CC_TIME_NONE;
}

static bool read_firing(const cc_json *v)
{
	cc_str state = cc_json_str(get(v, "state"));

	if (state.n == 0)
		state = cc_json_str(get(get(v, "status"), "state"));
	if (state.n == 0)
		state = cc_json_str(get(v, "status"));
	return state.n == 0 || cc_str_eq_nocase(state, CC_STR("firing")) || cc_str_eq_nocase(state, CC_STR("active"));
}

alert_read cc_alert_item_read(cc_arena *arena, alert_item *out, const cc_json *v)
{
	const cc_json *labels = get(v, "labels");

	*out = (alert_item){ .value = NAN, .active_ns = read_active(v), .firing = read_firing(v) };
	if (cc_json_typeof(v) != CC_JSON_OBJECT || cc_json_typeof(labels) != CC_JSON_OBJECT)
		return ALERT_READ_NONE;
	out->labels = read_map(arena, labels, &out->label_count);
	out->annotations = read_map(arena, get(v, "annotations"), &out->annotation_count);
	out->value_text = cc_arena_dup(arena, cc_json_text(get(v, "value")));
	cc_str_to_double(out->value_text, &out->value);
	return out->labels && out->annotations && out->value_text.p ? ALERT_READ_OK : ALERT_READ_NOMEM;
}
