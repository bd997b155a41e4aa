/* answer.h - what was submitted: the answer file of a person or an agent.
 *
 * Read: {"contributing_factors":[…]} (wins when present), {"entities":[…]}, {"root_causes":[…]}, {"root_cause","kind",
 * "namespace"}, a bare list, any of them inside answer/output/response; names as "ns/Kind/name" or "Kind/name uid X".
 * Damaged JSON (code fences, JSON in a JSON string, trailing commas, prose around it) is repaired and the repairs recorded.
 * Written: one agent_output.json that both published evaluators read. */
#ifndef COLDCASE_ANSWER_H
#define COLDCASE_ANSWER_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"

enum { CC_ANSWER_ENTITIES_MAX = 1000 };
#define CC_ANSWER_FILE_MAX ((size_t)16 << 20)

typedef enum cc_answer_status { CC_ANSWER_OK, CC_ANSWER_MISSING, CC_ANSWER_INVALID } cc_answer_status;

typedef enum cc_answer_repair {
	CC_REPAIR_FENCE = 1,  /* taken from a code fence */
	CC_REPAIR_STRING = 2, /* JSON inside a JSON string */
	CC_REPAIR_COMMA = 4,  /* trailing commas removed */
	CC_REPAIR_PROSE = 8,  /* text around it ignored */
	CC_REPAIR_WRAPPED = 16 /* found inside another object's member */
} cc_answer_repair;

typedef struct cc_answer_entity {
	cc_str name;            /* "ns/Kind/name" as far as it was given; uid removed */
	cc_str uid;
	cc_str reasoning, evidence;
	bool contributing;      /* false: mentioned, not answered (entities with contributing_factor false) */
} cc_answer_entity;

typedef struct cc_answer_step { cc_str source, target, condition, effect; } cc_answer_step;
typedef struct cc_answer_alert { cc_str alert, explanation; bool explained; } cc_answer_alert;

/* Texts live in the arena. */
typedef struct cc_answer {
	cc_arena *arena;
	cc_answer_status status;
	cc_str problem;         /* why it is invalid; empty otherwise */
	const char *shape;      /* "contributing_factors", "entities", "root_causes", "root_cause", "list"; "" when not read */
	unsigned repaired;      /* cc_answer_repair bits */
	char sha256[65];        /* of the text as submitted; empty when missing or built here */
	cc_answer_entity *entities; size_t entity_count, entity_cap;
	cc_answer_step *steps;      size_t step_count, step_cap;
	cc_answer_alert *alerts;    size_t alert_count, alert_cap;
} cc_answer;

cc_answer *cc_answer_new(void);    /* empty, status ok; NULL when out of memory */
void cc_answer_free(cc_answer *a);

/* Copy their texts. False when out of memory or above CC_ANSWER_ENTITIES_MAX. */
bool cc_answer_add(cc_answer *a, cc_answer_entity e);
bool cc_answer_add_step(cc_answer *a, cc_answer_step s);
bool cc_answer_add_alert(cc_answer *a, cc_answer_alert al);

/* Always gives an answer (unless CC_ENOMEM): text that cannot be read gives status CC_ANSWER_INVALID, because a run with an
 * unreadable answer scores 0 and must still be counted. */
cc_code cc_answer_read(cc_answer **out, cc_str text, cc_err *err) CC_MUST_USE;
/* The answer file of a folder: agent_output.json, outputs/agent_output.json, agent_response.json, outputs/agent_response.json
 * or answer.json, whichever is there first. CC_ENOTFOUND when none is. */
cc_code cc_answer_find(cc_buf *path, const char *dir, cc_err *err) CC_MUST_USE;
/* A folder is searched with cc_answer_find. No such file gives status CC_ANSWER_MISSING; an unreadable one is CC_EIO or CC_EACCESS. */
cc_code cc_answer_read_file(cc_answer **out, const char *path, cc_err *err) CC_MUST_USE;
cc_code cc_answer_read_shared(cc_answer **out, const char *path, cc_err *err) CC_MUST_USE;   /* as cc_file_read_shared; CC_EFORMAT */

/* agent_output.json with contributing_factors and entities, propagations, alerts_explained; ends in a newline. */
void cc_answer_write(cc_buf *out, const cc_answer *a);

/* "fence,trailing_comma"; empty for 0. */
void cc_answer_repairs_text(cc_buf *out, unsigned repaired);

#endif
