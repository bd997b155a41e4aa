/* case_name.h - names of causes as they are submitted, and the tables of the board. */
#ifndef COLDCASE_CMD_CASE_NAME_H
#define COLDCASE_CMD_CASE_NAME_H

#include "cmd/cmd_priv.h"

typedef struct case_name {
	cc_str text;             /* namespace/Kind/name, in the call's arena */
	cc_entity_id entity;     /* 0: the snapshot has no such object */
} case_name;

/* A name as typed to the name as submitted. What the snapshot knows is resolved; what it does not know is taken as it stands
 * when it is a whole namespace/Kind/name (chaos objects seen in events only, Secrets). */
cc_code cc_case_name_read(cc_call *c, cc_str typed, case_name *out, cc_err *err) CC_MUST_USE;
/* "1,3", "#1 #3": numbers above 0 in the call's arena. */
cc_code cc_case_numbers_read(cc_call *c, const char *param, cc_str typed, const uint32_t **out, size_t *count, cc_err *err)
	CC_MUST_USE;
/* Tables of the board, shared by the commands that change it. */
void cc_board_list_suspects(cc_call *c, cc_reply *r);
void cc_board_list_ruled_out(cc_call *c, cc_reply *r);
void cc_board_list_pins(cc_call *c, cc_reply *r);
/* "#1 #3" of a suspect's pins; empty for none. */
cc_str cc_case_pins_text(cc_arena *arena, const cc_suspect *s);

#endif
