/* yaml_priv.h - what reading and writing YAML must agree on. */
#ifndef COLDCASE_BASE_YAML_PRIV_H
#define COLDCASE_BASE_YAML_PRIV_H

#include "coldcase/yaml.h"

/* What an unquoted scalar means under the YAML 1.2 core schema: null, bool, number or string. */
cc_json_type cc_yaml_plain_type(cc_str s);
bool cc_yaml_plain_true(cc_str s); /* of a plain bool */

#endif
