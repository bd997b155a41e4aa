/* shell_priv.h - the parts of reading a shell command: its words, the tools among them, times in patterns. */
#ifndef COLDCASE_CASEFILE_SHELL_PRIV_H
#define COLDCASE_CASEFILE_SHELL_PRIV_H

#include "coldcase/buf.h"
#include "coldcase/shellread.h"

typedef enum shell_token_kind { SHELL_WORD, SHELL_PIPE, SHELL_END, SHELL_INPUT, SHELL_OUTPUT } shell_token_kind;
/* unsure: a variable or something substituted is part of it. body: what a heredoc gives to the command before it. */
typedef struct shell_token { shell_token_kind kind; cc_str text; bool unsure, body; } shell_token;
typedef CC_VEC(shell_token) shell_tokens;

/* One command of a pipeline. */
typedef struct shell_command { const shell_token *words; size_t n; cc_str body; } shell_command;

/* What is known so far of a pipeline. */
typedef struct shell_pipe {
	cc_arena *arena;
	CC_VEC(cc_str) sources;
	cc_shell_tests tests;
	cc_str from, to;
	bool inexact;            /* something of it was not understood */
	bool changed;            /* what comes down it are no longer the file's lines */
	bool failed;             /* out of memory */
} shell_pipe;

/* False when it cannot be taken apart: an open quote, a substitution. */
bool shell_split(cc_str command, cc_arena *arena, shell_tokens *out);

void shell_source(shell_pipe *p, const shell_token *word);
/* Adds a test, and the times that its pattern spells. */
void shell_test(shell_pipe *p, cc_shell_test t);
void shell_bound(shell_pipe *p, cc_shell_test t);        /* and whether it bounds a time */
cc_str shell_quote_regex(cc_str text, cc_arena *arena);  /* as it is */
cc_str shell_basic_regex(cc_str text, cc_arena *arena);  /* of grep and sed without -E */
cc_str shell_extended_regex(cc_str text, cc_arena *arena);

/* shell_tools.c */
void shell_tool(shell_pipe *p, const shell_command *c);
/* shell_awk.c, shell_python.c */
void shell_awk(shell_pipe *p, const shell_command *c);
void shell_python(shell_pipe *p, cc_str code);

/* shell_times.c: the first and last time that a pattern spells ("2025-12-15T17:1[0-2]"), or false. */
bool shell_times(cc_str pattern, cc_arena *arena, cc_str *from, cc_str *to);
bool shell_is_time(cc_str text);

#endif
