/* schema.h - the command table as tools: JSON Schema of a command's arguments and of its reply, and a line from JSON arguments.
 *
 * An agent calls the same commands as a person types; what it sends becomes the line that would have been typed, so that
 * both leave the same record (law 4). JSON Schema 2020-12. */
#ifndef COLDCASE_SCHEMA_H
#define COLDCASE_SCHEMA_H

#include "coldcase/command.h"
#include "coldcase/json.h"

/* Whether agents get the command at all: not the clock's, not what only a screen needs. */
bool cc_cmd_is_tool(const cc_cmd *cmd);
/* Summary, help, what it costs and examples, as one text for a tool's description. */
void cc_cmd_write_description(const cc_cmd *cmd, cc_buf *out);
/* {"type":"object","properties":{…},"required":[…],"additionalProperties":false} */
void cc_cmd_write_input_schema(const cc_cmd *cmd, cc_jw *w);
/* Of the reply's JSON: title, counts, notes, remarks and the command's own keys from its `reply` table. */
void cc_cmd_write_output_schema(const cc_cmd *cmd, cc_jw *w);
/* Appends the line that does what the arguments say: NULL and {} are none; numbers, texts and true/false are taken as they are
 * written, a list of texts as its items joined by commas. CC_EUSAGE names the argument and says what is known. */
cc_code cc_cmd_line_of(const cc_cmd *cmd, const cc_json *arguments, cc_buf *line, cc_err *err) CC_MUST_USE;

#endif
