/* canned.c - see canned.h. */
#include "support/canned.h"

#include <stdlib.h>
#include <string.h>

canned_reply *canned_add(canned *c, int status, const char *type, const char *body)
{
	if (c->n == CANNED_MAX)
		abort();
	canned_reply *r = &c->replies[c->n++];
	*r = (canned_reply){ .status = status, .type = type, .body = cc_str_from(body), .retry_after_ns = -1 };
	return r;
}

static void keep_request(canned *c, const cc_http_request *r)
{
	cc_buf headers = CC_BUF_INIT, body = CC_BUF_INIT, url = CC_BUF_INIT;
	for (size_t i = 0; i < r->headers_n; i++)
		cc_buf_addf(&headers, "%s: %.*s\n", r->headers[i].name, CC_STR_ARG(r->headers[i].value));
	cc_buf_add(&body, r->body);
	cc_buf_addz(&url, r->url);
	c->headers[c->used] = cc_buf_take(&headers);
	c->bodies[c->used] = cc_buf_take(&body);
	c->urls[c->used] = cc_buf_take(&url);
}

static cc_code canned_send(void *ctx, const cc_http_request *r, cc_http_head *head, cc_http_failure *failure, cc_err *err)
{
	canned *c = ctx;
	*head = (cc_http_head){ .retry_after_ns = -1 };
	*failure = CC_HTTP_CONNECT;
	if (cc_canceled(r->cancel))
		return cc_err_set(err, CC_ECANCELED, "canned: canceled");
	if (c->used == c->n)
		return cc_err_set(err, CC_EIO, "canned: nobody answers any more");
	keep_request(c, r);
	const canned_reply *reply = &c->replies[c->used++];
	head->status = reply->status;
	head->retry_after_ns = reply->retry_after_ns;
	strncpy(head->type, reply->type, sizeof head->type - 1);
	*failure = reply->failure;
	size_t step = c->pieces ? c->pieces : reply->body.n;
	for (size_t at = 0; at < reply->body.n; at += step)
		if (!r->on_body(r->ctx, head, cc_str_sub(reply->body, at, at + step))) {
			*failure = CC_HTTP_NONE;
			return CC_OK;
		}
	return *failure == CC_HTTP_NONE ? CC_OK : cc_err_set(err, CC_EIO, "canned: the line went dead");
}

static bool canned_wait(void *ctx, int64_t ns, cc_cancel *cancel)
{
	canned *c = ctx;
	if (c->waits_n < CANNED_MAX)
		c->waits[c->waits_n++] = ns;
	return !cc_canceled(cancel);
}

cc_model_net canned_net(canned *c)
{
	return (cc_model_net){ canned_send, canned_wait, c };
}

void canned_free(canned *c)
{
	for (size_t i = 0; i < c->used; i++) {
		free(c->bodies[i]);
		free(c->urls[i]);
		free(c->headers[i]);
	}
	*c = (canned){ 0 };
}
