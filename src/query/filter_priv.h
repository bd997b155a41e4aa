/* filter_priv.h - what the files of the filter share: the tree, its terms, and the tables' field definitions. */
#ifndef COLDCASE_FILTER_PRIV_H
#define COLDCASE_FILTER_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/entity.h"
#include "coldcase/filter.h"
#include "coldcase/logs.h"

enum { FILTER_DEPTH_MAX = 64, FILTER_TERMS_MAX = 1000, FIELD_ROW_TEXT = -1, FIELD_ATTR = -2 };

/* One value of a row's field. A field may have several (services of a trace): they are asked for by number. */
typedef struct field_value {
	enum { VALUE_TEXT, VALUE_SYM, VALUE_INT, VALUE_REAL, VALUE_ID } kind;
	cc_str text;             /* TEXT */
	cc_sym sym;              /* SYM; entity fields: the name when there is no entity */
	int64_t i;               /* INT: number, bool, rank, time, duration */
	double real;
	cc_id128 id;             /* ID: left-aligned, so that a prefix is the high bits */
	uint8_t id_digits;       /* 32 or 16 */
	cc_entity_id entity;     /* entity fields, may be 0 */
} field_value;

typedef struct table_def {
	const char *name;
	const cc_field *fields;
	size_t field_count;
	size_t (*rows)(const cc_snapshot *s);
	/* The k-th value of a field; false when there is none (left). */
	bool (*get)(const cc_snapshot *s, size_t row, size_t field, size_t k, field_value *v, cc_arena *arena);
	/* NULL: no attributes */
	bool (*attr)(const cc_snapshot *s, size_t row, cc_str key, field_value *v, cc_arena *arena);
	cc_str (*text)(const cc_snapshot *s, size_t row, cc_arena *arena);  /* what a bare word searches */
	/* its time; both CC_TIME_NONE = none. NULL: rows have no time */
	cc_range (*span)(const cc_snapshot *s, size_t row);
	bool ordered;            /* rows ascend by span().to_ns */
} table_def;

extern const table_def cc_table_logs_def, cc_table_spans_def, cc_table_traces_def, cc_table_metrics_def;
extern const table_def cc_table_events_def, cc_table_objects_def, cc_table_alerts_def, cc_table_edges_def;
const table_def *cc_table_def(cc_table t);
/* Field number by name or alias, FIELD_ATTR for attr.*, -3 for unknown. */
int cc_table_field(const table_def *def, cc_str name);

static inline bool value_sym(field_value *v, cc_sym sym)
{
	v->kind = VALUE_SYM;
	v->sym = sym;
	return sym != 0;
}

static inline bool value_text(field_value *v, cc_str text)
{
	v->kind = VALUE_TEXT;
	v->text = text;
	return text.n > 0;
}

static inline bool value_int(field_value *v, int64_t i)
{
	v->kind = VALUE_INT;
	v->i = i;
	return true;
}

static inline bool value_time(field_value *v, int64_t ns)
{
	v->kind = VALUE_INT;
	v->i = ns;
	return ns != CC_TIME_NONE;
}

static inline bool value_entity(field_value *v, cc_entity_id entity, cc_sym fallback)
{
	v->kind = VALUE_SYM;
	v->entity = entity;
	v->sym = fallback;
	return entity || fallback;
}

bool cc_value_id(field_value *v, cc_id128 id, unsigned digits);  /* digits 32 or 16 (then id.lo holds the number) */
/* The value as a person reads it. */
cc_str cc_value_text(const cc_snapshot *s, const cc_field *field, const field_value *v, cc_arena *arena);

/* --- tree --- */

typedef enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TERM } node_kind;
typedef enum term_op { OP_EQ, OP_NE, OP_RE, OP_NRE, OP_GE, OP_GT, OP_LE, OP_LT } term_op;

typedef struct term_value {
	cc_str text;             /* decoded */
	bool regex, icase, quoted, glob;
	size_t at;               /* offset in the source, for errors */
	cc_regex *re;            /* regex values and row-text searches */
	int64_t i;               /* TIME, DURATION, BOOL, LEVEL rank */
	double real;             /* NUMBER */
	cc_id128 id, mask;       /* ID prefix */
	bool any_id, hashed_id;
	cc_entity_vec entities;  /* ENTITY: what the name resolved to */
} term_value;

typedef struct term {
	int field;               /* number in the table, FIELD_ROW_TEXT or FIELD_ATTR */
	cc_str name;             /* canonical field name; attr: the key without "attr." */
	cc_field_type type;
	term_op op;
	bool since, until;
	size_t at;
	CC_VEC(term_value) values;
	uint8_t *by_sym, *by_entity;   /* 0 unknown, 1 no, 2 yes: distinct names are matched once */
	size_t by_sym_n, by_entity_n;
} term;

typedef struct node {
	node_kind kind;
	uint8_t cost;            /* 0 cheap, 1 attributes, 2 text */
	struct node *first, *next;
	term *term;
} node;

struct cc_filter {
	cc_table table;
	const table_def *def;
	const cc_snapshot *snapshot;
	int64_t ref_ns, onset_ns;
	cc_arena *arena, *scratch;
	node *root;              /* NULL = every row */
	CC_VEC(term *) terms;
	cc_range bounds;
	cc_entity_vec focus;     /* each must cover the row */
	uint8_t *covers;         /* focus by entity: 0 unknown, 1 no, 2 yes; many rows share few entities */
	uint64_t gave_up;
	bool row_gave_up;
	bool asks_name;          /* of metrics: some term looks at the name */
	cc_str as_name;          /* the row is looked at under this name, too; else empty */
};

cc_code cc_filter_parse_tree(cc_filter *f, cc_str text, cc_err *err) CC_MUST_USE;       /* filter_parse.c */
cc_code cc_filter_compile_term(cc_filter *f, term *t, cc_err *err) CC_MUST_USE;         /* filter_compile.c */
cc_code cc_filter_error(const cc_filter *f, cc_err *err, size_t at, const char *fmt, ...) CC_PRINTF(4, 5);
bool cc_term_holds(cc_filter *f, term *t, size_t row);                                  /* filter_match.c */
bool cc_term_asks_name(const term *t);                                                  /* of a series */
/* Of a filter over logs whose bodies were read: a bit for each number of a body, 0 = its record cannot fit. NULL: the
 * filter does not say so much, or memory is out. To be freed by the caller. they_fit: the others do, bounds and focus aside. */
uint64_t *cc_filter_candidates(const cc_filter *f, bool *they_fit, cc_cancel *cancel);  /* filter_bodies.c */
bool cc_glob_match(cc_str pattern, cc_str text);     /* * and ?, ASCII case ignored */

#endif
