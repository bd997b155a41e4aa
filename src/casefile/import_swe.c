/* import_swe.c - SWE-agent .traj: a list of {thought, response, action, observation, execution_time}, and model_stats for the whole run. */
#include <math.h>

#include "casefile/import_priv.h"
#include "coldcase/time.h"

static void take_entry(cc_import *i, const cc_json *e, int64_t turn)
{
	cc_str thought = cc_json_get_str(e, "thought"), response = cc_json_get_str(e, "response"), action = cc_json_get_str(e, "action");
	cc_import_item *said = thought.n || response.n ? cc_import_add(i, CC_IMPORT_SAID, CC_TIME_NONE, turn) : NULL;
	double seconds;
	if (said) {
		said->source = CC_STR("agent");
		said->text = cc_import_dup(i, thought.n ? thought : response);
	}
	cc_import_item *call = action.n ? cc_import_add(i, CC_IMPORT_CALLED, CC_TIME_NONE, turn) : NULL;
	if (!call)
		return;
	call->tool = CC_STR("bash");
	call->arguments = cc_import_dup(i, cc_str_trim(action));
	call->printed = cc_import_content(i, cc_json_get(e, "observation"));
	call->answered = true;
	if (cc_json_double(cc_json_get(e, "execution_time"), &seconds) && seconds > 0 && seconds < 1e6)
		call->took_ns = (int64_t)llround(seconds * 1e9);
}

cc_code cc_import_swe(cc_import *i, const cc_json *document, cc_err *err)
{
	const cc_json *info = cc_json_get(document, "info"), *stats = cc_json_get(info, "model_stats");
	int64_t turn = 0;
	(void)err;
	i->origin = CC_STR("swe-agent");
	i->stop = cc_import_dup(i, cc_json_get_str(info, "exit_status"));
	i->answer = cc_import_dup(i, cc_json_get_str(info, "submission"));
	for (const cc_json *e = cc_json_first(cc_json_get(document, "trajectory")); e; e = cc_json_next(e))
		take_entry(i, e, ++turn);
	cc_import_item *used = stats ? cc_import_add(i, CC_IMPORT_USED, CC_TIME_NONE, turn) : NULL;
	if (used) {
		(void)cc_json_double(cc_json_get(stats, "tokens_sent"), &used->input);
		(void)cc_json_double(cc_json_get(stats, "tokens_received"), &used->output);
		(void)cc_json_double(cc_json_get(stats, "instance_cost"), &used->cost);
	}
	return CC_OK;
}
