/* yaml.h - reads the first YAML document of a text into a cc_json tree (json.h).
 *
 * Plain scalars follow the YAML 1.2 core schema (null, true/false, integers and floats keep their source text); quoted ones
 * are strings. Anchors and aliases are expanded up to depth 100, 200,000 nodes and 64 MiB of repeated text (CC_ELIMIT beyond:
 * "billion laughs"). Duplicate keys: the last wins. Non-scalar keys are CC_EFORMAT. CRLF and a BOM are accepted. Errors name line
 * and column (cc_err.record is the line). An empty stream is null. */
#ifndef COLDCASE_YAML_H
#define COLDCASE_YAML_H

#include "coldcase/json.h"

cc_code cc_yaml_parse(cc_json **out, cc_str text, cc_err *err) CC_MUST_USE;

/* Writes v as block-style YAML (strings quoted only where they must be), two blanks per level: what the specs pane shows.
 * `depth` indents the whole by depth * 2 blanks. */
void cc_yaml_write(cc_buf *out, const cc_json *v, int depth);

#endif
