/* filter_tables.c - tables by name, fields by name, values as text; and completion of values from the rows
 * themselves. */
#include "filter_priv.h"
#include "coldcase/map.h"
#include "coldcase/time.h"

enum { SUGGEST_ROWS = 20000, UNKNOWN_FIELD = -3 };

static const table_def *const defs[CC_TABLES] = {
	[CC_TABLE_LOGS] = &cc_table_logs_def, [CC_TABLE_SPANS] = &cc_table_spans_def,
	[CC_TABLE_TRACES] = &cc_table_traces_def,
	[CC_TABLE_EVENTS] = &cc_table_events_def, [CC_TABLE_OBJECTS] = &cc_table_objects_def,
	[CC_TABLE_ALERTS] = &cc_table_alerts_def,
	[CC_TABLE_METRICS] = &cc_table_metrics_def, [CC_TABLE_EDGES] = &cc_table_edges_def,
};

const table_def *cc_table_def(cc_table t)
{
	return defs[t];
}

const char *cc_table_name(cc_table t)
{
	return t < CC_TABLES ? defs[t]->name : "?";
}

bool cc_table_parse(cc_str name, cc_table *out)
{
	if (cc_str_eqz(name, "series"))
		name = CC_STR("metrics");
	for (size_t i = 0; i < CC_TABLES; i++)
		if (cc_str_eqz(name, defs[i]->name)) {
			*out = (cc_table)i;
			return true;
		}
	return false;
}

size_t cc_table_rows(const cc_snapshot *s, cc_table t)
{
	return defs[t]->rows(s);
}

bool cc_table_is_timed(cc_table t)
{
	return defs[t]->ordered;
}

size_t cc_filter_fields(cc_table t, const cc_field **out)
{
	*out = defs[t]->fields;
	return defs[t]->field_count;
}

int cc_table_field(const table_def *def, cc_str name)
{
	if (name.n > 5 && cc_str_starts_nocase(name, CC_STR("attr.")))
		return def->attr ? FIELD_ATTR : UNKNOWN_FIELD;
	for (size_t i = 0; i < def->field_count; i++) {
		const cc_field *field = &def->fields[i];
		bool is_attr = cc_str_eqz(cc_str_from(field->name), "attr.");
		if (!is_attr && (cc_str_eq_nocase(name, cc_str_from(field->name)) ||
			(field->alias && cc_str_eq_nocase(name, cc_str_from(field->alias)))))
			return (int)i;
	}
	return UNKNOWN_FIELD;
}

static cc_str id_text(const field_value *v, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	cc_id128_format(&b, v->id);
	cc_str text = cc_arena_dup(arena, cc_str_sub(cc_buf_str(&b), 0, v->id_digits));
	cc_buf_deinit(&b);
	return text;
}

static cc_str int_text(const cc_field *field, int64_t i, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	if (field->type == CC_FIELD_TIME)
		cc_time_format(&b, i);
	else if (field->type == CC_FIELD_DURATION)
		cc_duration_format(&b, i);
	else if (field->type == CC_FIELD_BOOL)
		cc_buf_addz(&b, i ? "yes" : "no");
	else if (field->type == CC_FIELD_LEVEL && field->choices)
		cc_buf_addz(&b, field->choices[i]);
	else
		cc_buf_addf(&b, "%lld", (long long)i);
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

cc_str cc_value_text(const cc_snapshot *s, const cc_field *field, const field_value *v, cc_arena *arena)
{
	switch (v->kind) {
	case VALUE_TEXT:
		return v->text;
	case VALUE_SYM:
		break;
	case VALUE_INT:
		return field ? int_text(field, v->i, arena) : cc_arena_printf(arena, "%lld", (long long)v->i);
	case VALUE_REAL:
		return cc_arena_printf(arena, "%.6g", v->real);
	case VALUE_ID:
		return id_text(v, arena);
	}
	/* a service is shown as telemetry spells it, other entities in full */
	if (!v->entity || (v->sym && field && cc_str_eqz(cc_str_from(field->name), "service")))
		return cc_snapshot_sym(s, v->sym);
	cc_buf b = CC_BUF_INIT;
	cc_entity_format(s, v->entity, &b);
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

cc_str cc_filter_text(const cc_snapshot *s, cc_table t, cc_str field, size_t row, cc_arena *arena)
{
	const table_def *def = defs[t];
	int number = cc_table_field(def, field);
	field_value v = { 0 };
	if (number == FIELD_ATTR)
		return def->attr(s, row, cc_str_sub(field, 5, field.n), &v, arena) ? cc_value_text(s, NULL, &v, arena) :
			CC_STR_EMPTY;
	if (number < 0 || !def->get(s, row, (size_t)number, 0, &v, arena))
		return CC_STR_EMPTY;
	return cc_value_text(s, &def->fields[number], &v, arena);
}

/* Keeps the `max` most frequent ones of the map, in out, by selection: max is small. */
static size_t best_of(const cc_map *seen, cc_str *out, size_t max)
{
	size_t n = 0;
	uint64_t counts[64];
	max = max > 64 ? 64 : max;
	for (size_t i = 0; i < cc_map_count(seen); i++) {
		cc_str key;
		uint64_t count;
		cc_map_entry(seen, i, &key, &count);
		size_t at = n;
		while (at > 0 && (counts[at - 1] < count || (counts[at - 1] == count &&
			cc_str_cmp(out[at - 1], key) > 0)))
			at--;
		if (at >= max)
			continue;
		n = n < max ? n + 1 : n;
		for (size_t k = n - 1; k > at; k--) {
			out[k] = out[k - 1];
			counts[k] = counts[k - 1];
		}
		out[at] = key;
		counts[at] = count;
	}
	return n;
}

size_t cc_filter_suggest(const cc_snapshot *s, cc_table t, cc_str field, cc_str prefix, cc_str *out, size_t max,
	cc_arena *arena)
{
	cc_map *seen = cc_map_new();
	cc_arena *scratch = cc_arena_new();
	size_t rows = defs[t]->rows(s), step = rows / SUGGEST_ROWS + 1, n = 0;
	if (!seen || !scratch)
		goto done;
	for (size_t row = 0; row < rows; row += step) {
		cc_str text = cc_filter_text(s, t, field, row, scratch);
		if (text.n && text.n < 256 && cc_str_starts_nocase(text, prefix)) {
			cc_str key = text;
			if (!cc_map_get(seen, text, NULL))
				key = cc_arena_dup(arena, text);
			uint64_t *count = key.p ? cc_map_slot(seen, key, 0) : NULL;
			if (count)
				++*count;
		}
		if (cc_arena_bytes(scratch) > 65536)
			cc_arena_reset(scratch);
	}
	n = best_of(seen, out, max);
done:
	cc_map_free(seen);
	cc_arena_free(scratch);
	return n;
}
