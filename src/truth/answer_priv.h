/* answer_priv.h - between the repairs of an answer's text and the reading of its shapes. */
#ifndef COLDCASE_ANSWER_PRIV_H
#define COLDCASE_ANSWER_PRIV_H

#include "coldcase/answer.h"
#include "coldcase/json.h"

/* The object (or list) that holds the answer inside `doc`: itself, or a member such as "answer"; NULL when there is none. */
typedef struct answer_place {
	const cc_json *node;
	cc_str text;           /* a string met instead, which may hold JSON; empty otherwise */
	bool wrapped;
} answer_place;

answer_place cc_answer_locate(const cc_json *doc);

/* Finds a document with an answer in damaged text. *doc is owned by the caller, *node inside it. */
cc_code cc_answer_recover(cc_json **doc, const cc_json **node, unsigned *repaired, cc_str text, cc_err *err) CC_MUST_USE;

#endif
