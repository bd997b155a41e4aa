/* loop_talk.c - what a model is told: the rules, the case, and before a turn what is left of it. */
#include "agent/loop_priv.h"

enum { FILES_LISTED = 60 };

const char loop_go_on[] = "Please go on with the task. If it is done, submit your answer by the tool: nothing else ends the investigation.";

const char loop_taken_over[] = "A person took over for a while, in your session, and gives it back to you. This was done:\n";

const char loop_summary_prompt[] =
	"The conversation grows too long for you. Write a summary to go on from; everything that it leaves out is lost to you. Call no tool now. "
	"Five parts, each under its heading:\n"
	"1. Task: what is asked, and every rule about the answer and its form.\n"
	"2. Done: what was looked at, with the commands that told most.\n"
	"3. Findings: facts with their names, times, numbers and citations; what was ruled out, and why.\n"
	"4. State: suspects with your confidence, pins, files you wrote, what is left of the budget.\n"
	"5. Next: what to do now, step by step, to the submission.";
const char loop_summary_head[] = "Your own summary of the investigation so far, which replaces the conversation:\n\n";
const char loop_summary_taken[] = "I have read the summary and go on from there.";

static void write_budget(const loop *l, cc_buf *out)
{
	const cc_discipline *d = &l->o->discipline;
	cc_budget queries = cc_case_budget(cc_session_case(l->session));
	if (d->max_turns)
		cc_buf_addf(out, "You have at most %lld turns. One message of yours is one turn, with all tools that it calls.\n", (long long)d->max_turns);
	if (queries.cap)
		cc_buf_addf(out, "You have %lld queries: each %s costs one.\n", (long long)(queries.cap - queries.used),
			l->o->sandbox ? "run_shell" : "command that shows evidence");
	if (d->max_ns)
		cc_buf_addf(out, "You have %lld minutes.\n", (long long)(d->max_ns / (60 * CC_NS_PER_S)));
	if (d->commit_by)
		cc_buf_addf(out, "Commit by turn %lld: from then on only what leads to an answer is carried out.\n", (long long)d->commit_by);
}

void loop_write_system(const loop *l, cc_buf *out)
{
	cc_buf_addz(out, "You investigate a frozen Kubernetes incident with the tools you are given and find its root causes. You work alone: no user will "
		"answer a question, so decide by yourself.\n\n");
	write_budget(l, out);
	cc_buf_addf(out, "The investigation ends only when you submit by the tool %s. Without a submission it scores 0, whatever you wrote.\n\n",
		l->o->sandbox ? "finish" : "submit (confirm=submit)");
	cc_buf_addz(out, "# How the answer is scored\n\n"
		"Miss one true cause and the score is 0; otherwise it is the share of your names that are true causes, so every extra name costs. List only "
		"independent causes: what another listed one explains is no cause. Name the object whose state must be corrected, not what suffered from it. "
		"Names are namespace/Kind/name; cluster/Kind/name where there is no namespace. A Deployment and its Pods count as one thing, its Service as "
		"another.\n\n");
	if (l->o->sandbox)
		cc_buf_addz(out, "# Form of the answer\n\n"
			"Write " CC_SANDBOX_SCRATCH "/agent_output.json, then call finish with its path:\n"
			"{\"contributing_factors\": [{\"name\": \"namespace/Kind/name\", \"reasoning\": \"...\", \"evidence\": \"...\"}]}\n"
			"Finish in a turn of its own.\n");
	else
		cc_buf_addz(out, "# How to work\n\n"
			"briefing and alerts tell what paged; paths and topology where errors begin; entity NAME everything about one thing; changes, spec and checks "
			"what is wrong with it; logs and trace confirm. Lists say total_count and what was cut: go on with offset. pin the records that decide "
			"(file#record), suspect what you would name with your confidence, then submit confirm=submit.\n");
}

static void list_evidence(const loop *l, cc_buf *out)
{
	const cc_snapshot *s = cc_session_snapshot(l->session);
	cc_buf_addz(out, "\nThe evidence, in " CC_SANDBOX_EVIDENCE ":\n");
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		if (i == FILES_LISTED) {
			cc_buf_addf(out, "  and %zu more\n", cc_snapshot_file_count(s) - i);
			break;
		}
		cc_buf_addf(out, "  %.*s  %llu bytes\n", CC_STR_ARG(f->path), (unsigned long long)f->bytes);
	}
}

void loop_write_task(loop *l, cc_buf *out)
{
	cc_reply *briefing = NULL;
	cc_err err;
	cc_buf_addz(out, "Find what caused this incident, and submit it.\n\n");
	if (cc_session_run(l->session, CC_STR("briefing"), &l->stop, &briefing, &err) == CC_OK)
		cc_reply_write_text(briefing, out, 0, false);
	cc_reply_unref(briefing);
	if (l->o->sandbox)
		list_evidence(l, out);
}

void loop_write_warning(loop *l, int64_t turn, cc_buf *out)
{
	int64_t last = discipline_last_turn(l), left = last - turn;
	const char *tool = l->o->sandbox ? "finish" : "submit";
	if (last < INT64_MAX && left <= LOOP_WARNED && turn > 0) {
		if (left == 1)
			cc_buf_addf(out, "This is your last turn. Call %s now: an investigation without a submission scores 0.\n", tool);
		else
			cc_buf_addf(out, "%lld turns are left. Submitting by %s needs one of them for itself.\n", (long long)left, tool);
	}
	if (discipline_commits(l, turn + 1))
		cc_buf_addf(out, "It is time to commit: name what you have with your honest confidence and call %s. Evidence is not shown any more.\n", tool);
	if (l->o->discipline.advice)
		discipline_write_advice(l, out);
}
