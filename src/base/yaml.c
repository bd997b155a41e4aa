/* yaml.c - libyaml events into a cc_json tree.
 *
 * The event interface is used rather than libyaml's own tree, because the limits must hold while the tree grows: an alias
 * is expanded by copying what its anchor named, and the copy's size is counted before it is made. A stack of open containers
 * takes the place of recursion, so depth costs no C stack. Members dropped as duplicates are kept until the end, since an
 * anchor may still name them. */
#include "coldcase/yaml.h"

#include <yaml.h>
#include "base/json_priv.h"
#include "base/yaml_priv.h"
#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

enum { DEPTH_MAX = 100, NODES_MAX = 200000, ALIASED_BYTES_MAX = 64 << 20 };

typedef struct level {
	cc_json *container;
	char *key; /* of the value to come, in a mapping; NULL while a key is expected */
	bool mapping;
} level;

typedef struct builder {
	cc_json *root;
	cc_json *dropped;
	level stack[DEPTH_MAX];
	int depth;
	size_t nodes;
	size_t aliased;          /* bytes of text that aliases repeated */
	cc_map *anchors; /* name -> cc_json pointer */
	cc_arena *names;
	cc_err *err;
	yaml_mark_t mark; /* of the event at hand */
} builder;

static cc_code fail(builder *b, cc_code code, const char *what)
{
	cc_err_set(b->err, code, "YAML: line %zu, column %zu: %s", b->mark.line + 1, b->mark.column + 1, what);
	if (b->err)
		b->err->record = b->mark.line + 1;
	return code;
}

static cc_code no_memory(builder *b)
{
	return fail(b, CC_ENOMEM, "out of memory");
}

/* Puts v where the document is at and takes it, also on failure. */
static cc_code place(builder *b, cc_json *v)
{
	if (!v)
		return no_memory(b);
	if (b->depth == 0) {
		b->root = v;
		return CC_OK;
	}
	level *top = &b->stack[b->depth - 1];
	bool ok = cc_json_append(top->container, top->key, v);
	cc_free(top->key);
	top->key = NULL;
	if (ok)
		return CC_OK;
	cc_json_free(v);
	return no_memory(b);
}

static bool expects_key(const builder *b)
{
	return b->depth > 0 && b->stack[b->depth - 1].mapping && !b->stack[b->depth - 1].key;
}

static cc_code set_key(builder *b, cc_str text)
{
	cc_buf key = CC_BUF_INIT;
	cc_buf_add(&key, text);
	b->stack[b->depth - 1].key = cc_buf_take(&key);
	return b->stack[b->depth - 1].key ? CC_OK : no_memory(b);
}

static cc_code count_nodes(builder *b, size_t more)
{
	if (more > NODES_MAX - b->nodes)
		return fail(b, CC_ELIMIT, "more than 200,000 values (aliases expanded)");
	b->nodes += more;
	return CC_OK;
}

static cc_code remember(builder *b, const yaml_char_t *anchor, cc_json *v)
{
	if (!anchor)
		return CC_OK;
	cc_str name = cc_arena_dup(b->names, cc_str_from((const char *)anchor));
	if (!name.p || !cc_map_set(b->anchors, name, (uint64_t)(uintptr_t)v))
		return no_memory(b);
	return CC_OK;
}

static cc_json_type scalar_type(const yaml_event_t *e, cc_str text)
{
	const char *tag = (const char *)e->data.scalar.tag;
	if (!tag)
		return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? cc_yaml_plain_type(text) : CC_JSON_STRING;
	bool core = cc_str_eqz(CC_STR(YAML_INT_TAG), tag) || cc_str_eqz(CC_STR(YAML_FLOAT_TAG), tag) ||
		cc_str_eqz(CC_STR(YAML_BOOL_TAG), tag) || cc_str_eqz(CC_STR(YAML_NULL_TAG), tag);
	return core ? cc_yaml_plain_type(text) : CC_JSON_STRING;
}

static cc_code on_scalar(builder *b, const yaml_event_t *e)
{
	cc_str text = { (const char *)e->data.scalar.value, e->data.scalar.length };
	bool key = expects_key(b);
	if (key && !e->data.scalar.anchor)
		return set_key(b, text);
	cc_code code = count_nodes(b, 1);
	if (code != CC_OK)
		return code;
	cc_json_type type = scalar_type(e, text);
	if (type == CC_JSON_BOOL)
		text = cc_yaml_plain_true(text) ? CC_STR("true") : CC_STR("false");
	cc_json *v = cc_json_new(type, text);
	if (!v)
		return no_memory(b);
	if (key) { /* an anchored key: the anchor needs a node to name */
		code = set_key(b, cc_json_text(v));
		if (!cc_json_append(b->dropped, NULL, v)) {
			cc_json_free(v);
			return no_memory(b);
		}
	} else {
		code = place(b, v);
	}
	return code == CC_OK ? remember(b, e->data.scalar.anchor, v) : code;
}

/* Nodes of v with all below it, its height, and the bytes of its texts added to *bytes; stops once there are too many. */
static size_t measure(const cc_json *v, size_t limit, int *height, size_t *bytes)
{
	size_t n = 1;
	int tallest = 0;
	*bytes += cc_json_text(v).n + cc_json_key(v).n;
	for (const cc_json *m = cc_json_first(v); m && n <= limit; m = cc_json_next(m)) {
		int below;
		n += measure(m, limit - n, &below, bytes);
		if (below > tallest)
			tallest = below;
	}
	*height = tallest + (cc_json_typeof(v) == CC_JSON_ARRAY || cc_json_typeof(v) == CC_JSON_OBJECT);
	return n;
}

static cc_code on_alias(builder *b, const yaml_event_t *e)
{
	uint64_t pointer;
	if (!cc_map_get(b->anchors, cc_str_from((const char *)e->data.alias.anchor), &pointer))
		return fail(b, CC_EFORMAT, "alias without an anchor before it");
	const cc_json *v = (const cc_json *)(uintptr_t)pointer;
	for (int i = 0; i < b->depth; i++)
		if (b->stack[i].container == v)
			return fail(b, CC_EFORMAT, "alias inside of what it names");
	if (expects_key(b)) {
		if (cc_json_typeof(v) == CC_JSON_ARRAY || cc_json_typeof(v) == CC_JSON_OBJECT)
			return fail(b, CC_EFORMAT, "a key must be a plain value");
		return set_key(b, cc_json_text(v));
	}
	int height;
	cc_code code = count_nodes(b, measure(v, NODES_MAX, &height, &b->aliased));
	if (code != CC_OK)
		return code;
	if (b->aliased > ALIASED_BYTES_MAX)
		return fail(b, CC_ELIMIT, "aliases repeat more than 64 MiB of text");
	if (b->depth + height > DEPTH_MAX)
		return fail(b, CC_ELIMIT, "nested deeper than 100 levels");
	return place(b, cc_json_dup(v));
}

static cc_code open_container(builder *b, bool mapping, const yaml_char_t *anchor)
{
	if (expects_key(b))
		return fail(b, CC_EFORMAT, "a key must be a plain value");
	if (b->depth == DEPTH_MAX)
		return fail(b, CC_ELIMIT, "nested deeper than 100 levels");
	cc_code code = count_nodes(b, 1);
	if (code != CC_OK)
		return code;
	cc_json *v = cc_json_new(mapping ? CC_JSON_OBJECT : CC_JSON_ARRAY, CC_STR_EMPTY);
	code = place(b, v);
	if (code != CC_OK)
		return code;
	b->stack[b->depth++] = (level){ v, NULL, mapping };
	return remember(b, anchor, v);
}

static cc_code close_container(builder *b)
{
	level *top = &b->stack[--b->depth];
	if (top->mapping && !cc_json_drop_duplicates(top->container, b->dropped))
		return no_memory(b);
	return CC_OK;
}

static cc_code on_event(builder *b, const yaml_event_t *e)
{
	b->mark = e->start_mark;
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(b, e);
	case YAML_ALIAS_EVENT:
		return on_alias(b, e);
	case YAML_SEQUENCE_START_EVENT:
		return open_container(b, false, e->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return open_container(b, true, e->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_container(b);
	default:
		return CC_OK;
	}
}

/* Reader errors (bad UTF-8, control bytes) come with a byte offset only. */
static void mark_of_offset(yaml_mark_t *mark, cc_str text, size_t offset)
{
	*mark = (yaml_mark_t){ offset, 0, 0 };
	for (size_t i = 0; i < offset && i < text.n; i++) {
		mark->column++;
		if (text.p[i] == '\n')
			*mark = (yaml_mark_t){ offset, mark->line + 1, 0 };
	}
}

static cc_code parser_failed(builder *b, const yaml_parser_t *parser, cc_str text)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return no_memory(b);
	b->mark = parser->problem_mark;
	if (parser->error == YAML_READER_ERROR)
		mark_of_offset(&b->mark, text, parser->problem_offset);
	return fail(b, CC_EFORMAT, parser->problem ? parser->problem : "malformed");
}

/* Takes events until the first document ends. */
static cc_code read_document(builder *b, yaml_parser_t *parser, cc_str text)
{
	for (;;) {
		yaml_event_t e;
		if (!yaml_parser_parse(parser, &e))
			return parser_failed(b, parser, text);
		yaml_event_type_t type = e.type;
		cc_code code = on_event(b, &e);
		yaml_event_delete(&e);
		if (code != CC_OK || type == YAML_DOCUMENT_END_EVENT || type == YAML_STREAM_END_EVENT)
			return code;
	}
}

static void builder_deinit(builder *b)
{
	for (int i = 0; i < b->depth; i++)
		cc_free(b->stack[i].key);
	cc_json_free(b->root);
	cc_json_free(b->dropped);
	cc_map_free(b->anchors);
	cc_arena_free(b->names);
}

static cc_code build(builder *b, cc_str text)
{
	yaml_parser_t parser;
	b->dropped = cc_json_new(CC_JSON_ARRAY, CC_STR_EMPTY);
	b->anchors = cc_map_new();
	b->names = cc_arena_new();
	if (!b->dropped || !b->anchors || !b->names || !yaml_parser_initialize(&parser))
		return no_memory(b);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
	cc_code code = read_document(b, &parser, text);
	yaml_parser_delete(&parser);
	if (code == CC_OK && !b->root)
		code = place(b, cc_json_new(CC_JSON_NULL, CC_STR_EMPTY)); /* an empty stream */
	return code;
}

cc_code cc_yaml_parse(cc_json **out, cc_str text, cc_err *err)
{
	*out = NULL;
	builder *b = cc_calloc(1, sizeof *b);
	if (!b)
		return cc_err_set(err, CC_ENOMEM, "YAML: out of memory");
	b->err = err;
	if (cc_str_starts(text, CC_STR("\xEF\xBB\xBF")))
		text = cc_str_sub(text, 3, text.n);
	cc_code code = build(b, text.n ? text : CC_STR_EMPTY);
	if (code == CC_OK) {
		*out = b->root;
		b->root = NULL;
	}
	builder_deinit(b);
	cc_free(b);
	return code;
}
