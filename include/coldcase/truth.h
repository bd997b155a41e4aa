/* truth.h - what really happened: the ground truth of one incident, as authored.
 *
 * Three published forms are read: v1 (groups of name patterns, flat or in an itbench.io/v1 envelope), v2 (entities, matched
 * literally) and rows of a data.jsonl, whose text is one of the former. A truth is data, not evidence: only the separate
 * score, hint, review, watch and pack processes may load one.
 *
 * Everything is borrowed from the truth and dies with it. Texts are outside text: clean them (utf8.h) before printing. */
#ifndef COLDCASE_TRUTH_H
#define COLDCASE_TRUTH_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"

enum {
	CC_TRUTH_NAME_MAX = 253,    /* longest Kubernetes object name; a longer one matches nothing */
	CC_TRUTH_PATTERN_MAX = 512, /* longer filters are refused with a warning and match nothing */
	CC_TRUTH_ITEMS_MAX = 4096,  /* groups, alerts, propagations, … each; more is CC_ELIMIT */
};
#define CC_TRUTH_FILE_MAX ((size_t)64 << 20) /* bytes of one file, data.jsonl included */
#define CC_TRUTH_NO_HOP UINT32_MAX

struct cc_pattern; /* a compiled filter; private to the truth folder */

/* One authored thing: an object, or all objects whose names fit its filters. */
typedef struct cc_truth_group {
	cc_str id, kind, ns;              /* ns is empty when none was given */
	cc_str label;                     /* "<namespace|cluster>/<Kind>/<literal name>": how a person would write it */
	const cc_str *filters;            /* as authored (0x08 already read as \b), or the literal name */
	const struct cc_pattern *patterns;
	size_t filter_count;
	bool root;                        /* root_cause: true */
	bool literal;                     /* filters are names, not regular expressions */
	uint32_t cls;                     /* index into classes */
} cc_truth_group;

/* Groups joined by alias lists: one thing with several names. */
typedef struct cc_truth_class {
	cc_str id;                        /* its first root group's id, else its first group's */
	uint32_t first;                   /* index of that group */
	uint32_t group_count;
	bool root;
} cc_truth_class;

typedef struct cc_truth_fault {
	cc_str entity, kind, group, condition, category, mechanism; /* any may be empty */
	cc_str changed, from, to;
} cc_truth_fault;

typedef struct cc_truth_alert { cc_str id, group, text; } cc_truth_alert;

typedef struct cc_truth_step {
	cc_str source, target, condition, effect; /* source and target are group ids, possibly of no group */
	uint32_t hop;                     /* 0 leaves a root cause; CC_TRUTH_NO_HOP: not reachable from one */
} cc_truth_step;

typedef struct cc_truth_action { cc_str solution, text; } cc_truth_action;

/* "bad_regex:*.*" and a sentence. */
typedef struct cc_truth_warning { cc_str code, text; } cc_truth_warning;

/* Read only. */
typedef struct cc_truth {
	cc_arena *arena;
	cc_str name;                      /* what messages call it: file name or path */
	cc_str scenario;                  /* metadata.name, id or row id; may be empty */
	int version;                      /* 1 or 2 */
	cc_str text;                      /* its own text (a row: its ground_truth_yaml), which gives the same truth again */
	char sha256[65];                  /* of that text */
	const char *unscorable;           /* NULL, or why no answer can be scored against it */
	uint32_t root_count;              /* root classes */
	cc_truth_group *groups;           size_t group_count;
	cc_truth_class *classes;          size_t class_count;
	cc_truth_fault *faults;           size_t fault_count;
	cc_truth_alert *alerts;           size_t alert_count;
	cc_truth_step *steps;             size_t step_count;   /* propagations, ordered from the root outwards */
	cc_truth_action *actions;         size_t action_count;
	cc_truth_warning *warnings;       size_t warning_count;
} cc_truth;

/* Reads one ground truth from YAML or JSON text. A list or JSON Lines of several needs `scenario` to choose one, which
 * otherwise may be empty. A document that has no roots loads and says so in `unscorable`.
 * CC_EFORMAT: not YAML/JSON, or not a ground truth at all; CC_ELIMIT: too large; CC_ENOTFOUND: no row of that scenario. */
cc_code cc_truth_load(cc_truth **out, cc_str text, cc_str scenario, const char *name, cc_err *err) CC_MUST_USE;
cc_code cc_truth_load_file(cc_truth **out, const char *path, cc_str scenario, cc_err *err) CC_MUST_USE;
void cc_truth_free(cc_truth *t);

/* Finds and loads the truth of the incident in `incident_dir`. `truth_path` (--truth, may be NULL) names a file or a folder
 * with solutions/<scenario>/, <scenario>/ or data.jsonl; without it the incident folder, solutions/ beside it and data.jsonl
 * beside it are tried. Empty `scenario`: the incident folder's name. Names compare by number: "Scenario-1", "1",
 * "it-bench-sre-public-scenario-1". CC_ENOTFOUND lists what to give. `out->name` is the path that was read. */
cc_code cc_truth_find(cc_truth **out, const char *truth_path, const char *incident_dir, cc_str scenario, cc_err *err) CC_MUST_USE;

/* Whether two scenario names mean the same one. */
bool cc_truth_same_scenario(cc_str a, cc_str b);

/* Index of the group with this id, or CC_STR_NONE. */
size_t cc_truth_group_find(const cc_truth *t, cc_str id);
/* What to call the end of a propagation: its group's label, or the text itself. */
cc_str cc_truth_label(const cc_truth *t, cc_str id);

/* The seal of a truth: 64 hex digits of sha256(salt || text), appended. A trajectory may carry it without giving the
 * answer away; the salt is published with the verdict. */
void cc_truth_seal(cc_buf *out, cc_str salt, cc_str text);
bool cc_truth_seal_ok(cc_str seal, cc_str salt, cc_str text);

#endif
