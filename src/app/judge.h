/* judge.h - what a judging model is asked and what it may answer; see judge.c. */
#ifndef COLDCASE_APP_JUDGE_H
#define COLDCASE_APP_JUDGE_H

#include "app/scoring.h"
#include "coldcase/json.h"
#include "coldcase/model.h"

#define JUDGE_FILE "judge.json"

/* Grades of one name: 0, 0.5 or 1; NaN = not given. */
typedef struct judge_grade { double reasoning, symptom; cc_str why; } judge_grade;

extern const char judge_system[];       /* the prompt */
extern const cc_tool judge_tool;        /* the one way to answer */

/* SHA-256, in hex, of all that is said to every judge: the prompt and the tool. */
void judge_prompt_sha256(char out[65]);
/* The case: ground truth and answer, as JSON texts that are data. */
void judge_write_case(const cc_score *s, cc_buf *out);
/* The arguments of its call, into a grade for each row of the score. CC_EFORMAT says what is wrong with them, for the judge to mend. Texts
 * are borrowed from the tree. */
cc_code judge_read_grades(const cc_score *s, const cc_json *arguments, judge_grade *grades, cc_err *err) CC_MUST_USE;

/* ROOT_CAUSE_REASONING of ITBench-Evaluations: mean grade of the names that are causes, each cause's best; 0 when none is.
 * ROOT_CAUSE_REASONING_PARTIAL: the best of a cause's grade, or of what was said of another name on the path over 1 + its hops. Names are
 * matched by d1, not by the judge. */
double judge_reasoning(const cc_score *s, const judge_grade *grades);
double judge_partial(const cc_score *s, const judge_grade *grades);

#endif
