/* shellread.h - what a shell command looked for, where that can be told: the files it read, patterns, times.
 *
 * Understood are pipelines of grep and its like, awk with a plain condition, sed -n /x/p, and what only passes lines on (cat, head, sort);
 * quoting, several commands in a row, subshells and heredocs are taken apart for them. Of Python, given with -c or as a heredoc, the plain
 * filters are told: str.contains, re.search, "x" in, comparisons with a time. Variables, substitutions and loops are not guessed at. */
#ifndef COLDCASE_SHELLREAD_H
#define COLDCASE_SHELLREAD_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/vec.h"

typedef enum cc_shell_kind { CC_SHELL_MATCH, CC_SHELL_BOUND } cc_shell_kind;   /* a regular expression; field OP text, compared as texts */
typedef enum cc_shell_op { CC_SHELL_LT, CC_SHELL_LE, CC_SHELL_GT, CC_SHELL_GE, CC_SHELL_EQ, CC_SHELL_NE } cc_shell_op;

typedef struct cc_shell_test {
	cc_shell_kind kind;
	cc_str said;             /* the pattern or text as it was typed */
	cc_str regex;            /* MATCH: as PCRE has it */
	bool ignore_case, negate;
	unsigned field;          /* of the line, from 1, as awk counts; 0 = the whole line */
	cc_str separator;        /* of fields; empty = blanks */
	cc_shell_op op;          /* BOUND */
} cc_shell_test;
typedef CC_VEC(cc_shell_test) cc_shell_tests;

/* One pipeline that reads files. A line has to pass all tests. */
typedef struct cc_shell_search {
	const cc_str *sources; size_t source_count;   /* words that may name a file */
	const cc_shell_test *tests; size_t test_count;
	cc_str from, to;         /* the times it was bounded by, as they were typed or as a pattern spells them; empty = none */
	bool exact;              /* the tests are all there is: which lines passed can be told from the file */
} cc_shell_search;
typedef CC_VEC(cc_shell_search) cc_shell_searches;

/* Those of a command that test anything, in order; none when nothing could be understood. Texts live in the arena. False when out of
 * memory. */
bool cc_shell_read(cc_str command, cc_arena *arena, cc_shell_searches *out) CC_MUST_USE;

/* "pattern=/timeout/i pattern!=/health/ from=17:10 to=17:12". */
void cc_shell_say(const cc_shell_search *s, cc_buf *out);

#endif
