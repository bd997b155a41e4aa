/* cmd_mark.c - a mark in the record: for whoever plays it back, and for nothing else. The step itself is the mark. */
#include "cmd/cmd_priv.h"

#include "coldcase/markers.h"

static cc_code run_mark(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_str caption = cc_str_trim(cc_str_from(cc_arg(c, "caption")));

	if (!caption.n)
		return cc_err_set(err, CC_EUSAGE, "mark: what is to be said of this moment?");
	if (caption.n > CC_MARKER_CAPTION_MAX)
		return cc_err_set(err, CC_EUSAGE, "mark: a caption has at most %d bytes", CC_MARKER_CAPTION_MAX);
	cc_reply_set_title(r, "MARKED");
	cc_reply_begin_facts(r, "mark", NULL);
	cc_reply_fact(r, "caption", "caption", cc_cell_text(caption), CC_ROLE_TEXT);
	return CC_OK;
}

const cc_cmd cc_cmd_mark = {
	.name = "mark",
	.group = "case",
	.summary = "mark this moment for a replay, with a caption",
	.help = "A replay stops at marks and shows their captions. Nothing else comes of it: the board and the answer are as before.",
	.params = (const cc_param[]){
		{ .name = "caption", .type = CC_PARAM_TEXT, .positional = true, .help = "what is to be said of it" }, { 0 } },
	.examples = (const char *const[]){ "mark here the rollout and the first error stand side by side", NULL },
	.reply = (const char *const[]){ "mark  facts: caption", NULL },
	.run = run_mark,
};
