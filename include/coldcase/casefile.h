/* casefile.h - the state of one investigation and the only function that changes it.
 *
 * Focus, time cursor, window, pins, suspects, rule-outs, notes, budget, clock. cc_case_apply is the single mutator: commands
 * build an action and apply it; replaying the actions of a record rebuilds the state. Texts are copied. */
#ifndef COLDCASE_CASEFILE_H
#define COLDCASE_CASEFILE_H

#include "coldcase/snapshot.h"

typedef struct cc_case cc_case;

/* Where one looks. The time cursor is the moment one looks at, the onset the one before and after part at; the horizon
 * says whether what lies behind the cursor is hidden. 0 / CC_TIME_NONE = unset. */
typedef struct cc_view {
	cc_entity_id focus;
	int64_t at_ns;           /* time cursor */
	cc_range window;
	int64_t onset_ns;        /* set by hand; unset = the one that is found (onset.h) */
	bool known;              /* as known then: nothing later than at_ns, which is set, is evidence. Else hindsight */
} cc_view;

typedef struct cc_pin {
	uint32_t number;         /* 1, 2 … never reused; "#3" */
	cc_cite cite;            /* file 0: a pinned reply row without a single record (then command tells) */
	cc_entity_id entity;
	int64_t time_ns;
	cc_str label;            /* one line saying what was pinned */
	cc_str command;          /* the line whose reply showed it */
	cc_str note;
} cc_pin;

typedef struct cc_suspect {
	cc_str name;             /* namespace/Kind/name as it will be submitted */
	cc_entity_id entity;     /* 0 when the snapshot has no such object (chaos, Secrets …) */
	double confidence;       /* 0..1, the player's own; 0.5 when never said */
	cc_str reason;
	const uint32_t *pins; size_t pin_count;  /* supporting pins by number */
	uint32_t rivals;         /* suspects of one number are named *instead of* each other: at most one of them is a cause; 0 = none */
} cc_suspect;

typedef struct cc_ruleout { cc_str name; cc_entity_id entity; cc_str reason; } cc_ruleout;
typedef struct cc_note { cc_str text; int64_t wall_ns; } cc_note;
/* Said to others while it went on: what would be done about it, or how things stand. Never scored. */
typedef struct cc_update { bool mitigation; cc_str text; int64_t wall_ns, active_ns; } cc_update;

typedef enum cc_action_kind {
	CC_ACT_START, CC_ACT_PAUSE, CC_ACT_RESUME,
	CC_ACT_FOCUS, CC_ACT_AT, CC_ACT_WINDOW,
	CC_ACT_ONSET,            /* time, CC_TIME_NONE = the one that is found */
	CC_ACT_HORIZON,          /* name: "known" (needs a time cursor) or "hindsight" */
	CC_ACT_BACK, CC_ACT_FORWARD,
	CC_ACT_PIN,              /* cite, entity, time, name = label, text = note, command; a citation pinned before keeps its number,
	                            unless apart and under another label */
	CC_ACT_UNPIN,            /* number; suspects lose it too */
	CC_ACT_SUSPECT,          /* name, entity, confidence, text = reason, pins (NULL = leave); ends a rule-out of the same thing;
	                            instead_of: joins that suspect's rivals; as_well_as: is no rival of it (nor of its rivals) any more */
	CC_ACT_UNSUSPECT, CC_ACT_RULEOUT, CC_ACT_UNRULEOUT, CC_ACT_NOTE,
	CC_ACT_QUERY,            /* one query of the budget spent */
	CC_ACT_MITIGATE,         /* text = what would be done about it */
	CC_ACT_STATUS,           /* text = what those who wait are told */
	CC_ACT_HINT,             /* one rung of the coach's ladder was given: number, text = what it said; number 0: by whoever leads the run, unasked */
	CC_ACT_FREEZE,           /* somebody else stops the clock, text = who or why: nothing is asked or submitted until CC_ACT_THAW */
	CC_ACT_THAW,             /* it goes on as it was */
	CC_ACT_SUBMIT
} cc_action_kind;

typedef struct cc_action {
	cc_action_kind kind;
	cc_entity_id entity;
	int64_t time_ns;         /* AT, ONSET; PIN: of the row */
	cc_range window;
	cc_cite cite;
	bool apart;              /* PIN: not the pin of its record, but of its record and label */
	uint32_t number;         /* UNPIN; PIN of a suspect; HINT: the rung */
	double confidence;       /* < 0 = leave as it is */
	cc_str name, text, command;
	cc_str instead_of, as_well_as; /* SUSPECT: names of other suspects; at most one of the two */
	cc_str answer_sha256;    /* SUBMIT: of the answer file as it was written; empty = none was */
	const uint32_t *pins; size_t pin_count;
	int64_t mono_ns, wall_ns; /* when it happened, for replaying a record; both 0 = now */
} cc_action;

cc_case *cc_case_new(int64_t budget);               /* cap on queries, 0 = none; clock stopped */
void cc_case_free(cc_case *c);
/* Applies one action. CC_ESTATE (not possible now: after submission, nothing to go back to), CC_EUNKNOWN (no such pin or
 * suspect), CC_EBUDGET (QUERY at the cap), CC_ENOMEM. A refused action changes nothing. */
cc_code cc_case_apply(cc_case *c, const cc_action *a, cc_err *err) CC_MUST_USE;

/* The same case over another snapshot of the same incident: every entity it keeps becomes map(arg, name, entity), where
 * name is a suspect's or rule-out's own, else empty. Citations and texts stay: they mean the same in both. */
void cc_case_rebind(cc_case *c, cc_entity_id (*map)(void *arg, cc_str name, cc_entity_id entity), void *arg);

/* Puts `with` in the place of all that was written down: notes, updates, reasons, what was noted on pins. It must outlive the case. */
void cc_case_hide_notes(cc_case *c, const char *with);

cc_view cc_case_view(const cc_case *c);
bool cc_case_can_back(const cc_case *c);
bool cc_case_can_forward(const cc_case *c);
size_t cc_case_pin_count(const cc_case *c);
const cc_pin *cc_case_pin(const cc_case *c, size_t i);
const cc_pin *cc_case_pin_by_number(const cc_case *c, uint32_t number);
size_t cc_case_suspect_count(const cc_case *c);
const cc_suspect *cc_case_suspect(const cc_case *c, size_t i);
size_t cc_case_ruleout_count(const cc_case *c);
const cc_ruleout *cc_case_ruleout(const cc_case *c, size_t i);
size_t cc_case_note_count(const cc_case *c);
const cc_note *cc_case_note(const cc_case *c, size_t i);
size_t cc_case_update_count(const cc_case *c);
const cc_update *cc_case_update(const cc_case *c, size_t i);    /* in the order they were said */

typedef struct cc_budget { int64_t cap, used; } cc_budget;      /* cap 0 = none */
cc_budget cc_case_budget(const cc_case *c);
uint32_t cc_case_hints(const cc_case *c);           /* rungs of the coach's ladder that were given */
/* Whether QUERY would be accepted now: CC_OK, CC_ESTATE (not started, paused, submitted) or CC_EBUDGET, with message and hint. */
cc_code cc_case_query_check(const cc_case *c, cc_err *err) CC_MUST_USE;
bool cc_case_frozen(const cc_case *c, cc_str *why);  /* by somebody else; why may be NULL */
bool cc_case_running(const cc_case *c);             /* started, not paused, not submitted */
bool cc_case_started(const cc_case *c);
bool cc_case_submitted(const cc_case *c);
void cc_case_go_on(cc_case *c, int64_t active_ns);  /* one that was rebuilt: its clock goes on from there, now, if it ran */
int64_t cc_case_active_ns(const cc_case *c);        /* case clock: time since start without pauses (clock.h) */

/* The chance of one suspect to be a cause, and whom it excludes. */
typedef struct cc_chance { double p; uint32_t rivals; } cc_chance;
/* The chances of all suspects in their order: their confidences, where those of rivals that sum to more than 1 are divided by
 * the sum, for no two of them can be true. True when that was done to any. */
bool cc_case_chances(const cc_case *c, cc_chance *out);

/* Expected score of an answer; `in` marks which suspects are submitted. Recall-gated precision over every set T of true causes,
 * weighted by its chance:
 *   E = sum over T of P(T) * [T not empty, T within the answer] * |T| / |answer|
 * T holds at most one of a group of rivals (suspect i with chance p_i, none of the group with 1 - sum of p_i); groups, and
 * suspects without rivals, are independent. With a(g) the chance that the group's cause is named and n(g) that it has none,
 * the sum is
 *   E = sum over g of a(g) * product over other groups h of (n(h) + a(h)), divided by |answer|
 * One suspect at 0.6 is worth 0.6 (no suspect being a cause counts as 0); rivals at 0.6 and 0.4 are worth 0.6 alone and 0.5
 * together. 0 for an empty answer. */
double cc_case_expected_score(const cc_chance *chances, const bool *in, size_t n);
/* The chance above which naming suspect i, too, raises the answer's expected score, everything else as it is; whether it is in
 * now does not matter. 1/(n+2) beside n certain ones. NaN: no chance would do (a rival of a stronger one). */
double cc_case_pays_above(const cc_chance *chances, const bool *in, size_t n, size_t i);

#endif
