/* canned.h - a way out to the network that never leaves the process: requests get replies that were written before.
 *
 *     canned net = { .pieces = 7 };
 *     canned_add(&net, 200, "text/event-stream", "data: {…}\n\n");
 *     options.net = canned_net(&net);
 *
 * Replies are used up one after the other; a request beyond the last one cannot connect. */
#ifndef COLDCASE_TEST_CANNED_H
#define COLDCASE_TEST_CANNED_H

#include "coldcase/model.h"

enum { CANNED_MAX = 32 };

typedef struct canned_reply {
	int status;
	const char *type;
	cc_str body;
	int64_t retry_after_ns;          /* -1 = none */
	cc_http_failure failure;         /* after the body */
} canned_reply;

typedef struct canned {
	canned_reply replies[CANNED_MAX];
	size_t n, used;
	size_t pieces;                   /* bytes of a piece of a body; 0 = all at once */
	char *bodies[CANNED_MAX];        /* of the requests, in order */
	char *urls[CANNED_MAX];
	char *headers[CANNED_MAX];       /* "name: value" lines */
	int64_t waits[CANNED_MAX];       /* between tries */
	size_t waits_n;
} canned;

canned_reply *canned_add(canned *c, int status, const char *type, const char *body);   /* body borrowed */
cc_model_net canned_net(canned *c);                  /* does not really wait */
void canned_free(canned *c);

#endif
