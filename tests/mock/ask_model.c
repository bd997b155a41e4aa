/* ask_model.c - one question to a model: `ask_model PROVIDER MODEL BASE_URL [TEXT]`. Prints the answer, or the error and what to do.
 *
 * What the tests of the whole way run as a process of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "coldcase/log.h"
#include "coldcase/model.h"
#include "coldcase/utf8.h"

static void say(const char *what, cc_str text)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, text, CC_CLEAN_LINE);
	printf("%s: %s\n", what, clean.p ? clean.p : "");
	cc_buf_deinit(&clean);
}

static cc_code ask(cc_model *m, const char *text, cc_err *err)
{
	cc_chat *chat = cc_chat_new();
	cc_model_answer a = { 0 };
	cc_code code = CC_ENOMEM;
	if (chat && cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_USER, .text = cc_str_from(text) }))
		code = cc_model_ask(m, &(cc_model_request){ .chat = chat }, &a, err);
	if (code == CC_OK) {
		say("text", a.message.text);
		printf("stop: %s\ninput: %lld\noutput: %lld\ncost: %lld\n", cc_stop_name(a.stop), (long long)a.usage.input, (long long)a.usage.output,
			(long long)a.cost_micro);
	}
	printf("attempts: %d\n", a.attempts);
	cc_model_answer_deinit(&a);
	cc_chat_free(chat);
	return code;
}

int main(int argc, char **argv)
{
	cc_model_options o;
	cc_model *m = NULL;
	cc_err err = { 0 };
	cc_model_options_init(&o);
	if (argc < 4 || argc > 5 || !cc_provider_find(cc_str_from(argv[1]), &o.provider)) {
		fprintf(stderr, "usage: ask_model PROVIDER MODEL BASE_URL [TEXT]\n");
		return 2;
	}
	cc_log_open(getenv("COLDCASE_LOG"));
	o.model = argv[2];
	o.base_url = argv[3];
	o.tries = 2;
	o.retry_base_ns = 1000000;
	cc_code code = cc_model_open(&m, &o, &err);
	if (code == CC_OK)
		code = ask(m, argc == 5 ? argv[4] : "What broke?", &err);
	if (code != CC_OK)
		fprintf(stderr, "%s\nnext: %s\n", err.message, err.hint);
	cc_model_close(m);
	return cc_code_exit_status(code);
}
