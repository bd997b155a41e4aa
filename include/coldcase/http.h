/* http.h - the network library's face: one request, its answer in pieces as they arrive.
 *
 * Nothing in coldcase needs the network to investigate; agents with a model do. TLS certificates are always verified. Redirects
 * are never followed: a request carries a key, which belongs to one host. Proxies are those of the environment, but never for
 * this machine itself. What arrives is outside bytes, as they came. */
#ifndef COLDCASE_HTTP_H
#define COLDCASE_HTTP_H

#include "coldcase/buf.h"
#include "coldcase/cancel.h"

/* Appends the transfer library's version and its TLS backend: "libcurl 7.88.1, OpenSSL/3.0.20". False, with what
 * is missing said instead, when the library is not there. */
bool cc_http_version(cc_buf *out);

/* A server's address as a person gives it: https://, or http:// where it is this machine (127.0.0.0/8, ::1, localhost) or
 * allow_http says so; no name and password, no fragment. CC_EUSAGE says what is wrong, without repeating a password. */
cc_code cc_http_check_url(const char *url, bool allow_http, cc_err *err) CC_MUST_USE;
bool cc_http_is_loopback(cc_str url);
cc_str cc_http_host(cc_str url);                     /* "host:port" as written, borrowed; empty when there is none */

typedef struct cc_http_header {
	const char *name;
	cc_str value;                /* never logged; copies of it are wiped */
} cc_http_header;

enum { CC_HTTP_TYPE_SIZE = 128 };

/* What stands before the body. */
typedef struct cc_http_head {
	int status;
	char type[CC_HTTP_TYPE_SIZE];    /* Content-Type without parameters, lower case; may be empty */
	int64_t retry_after_ns;          /* from Retry-After, seconds or a date, or retry-after-ms; -1 = none */
	char location[256];              /* of a redirect, cut, without its query */
} cc_http_head;

typedef struct cc_http_request {
	const char *url;
	const cc_http_header *headers;
	size_t headers_n;
	cc_str body;                     /* POST; empty: GET */
	bool allow_http;
	int connect_ms, stall_ms, total_ms; /* 0 = none; stall: no byte for so long, before the first one too */
	uint64_t body_max;               /* CC_ELIMIT beyond */
	cc_cancel *cancel;               /* looked at every 50 ms; may be NULL */
	/* A piece of the body, the head complete. False ends the transfer with CC_OK. */
	bool (*on_body)(void *ctx, const cc_http_head *head, cc_str piece);
	void *ctx;
} cc_http_request;

/* Why there is no whole answer. */
typedef enum cc_http_failure {
	CC_HTTP_NONE,
	CC_HTTP_CONNECT,                 /* no address, nobody there, refused, no TLS */
	CC_HTTP_TLS,                     /* the certificate is not to be trusted: not to be tried again */
	CC_HTTP_CUT,                     /* ended before its end */
	CC_HTTP_TIMEOUT,                 /* connecting, silence, or all of it took too long */
	CC_HTTP_TOO_LARGE,
	CC_HTTP_OTHER
} cc_http_failure;

/* How a request is sent, blocking: by cc_http_send, or by what a test puts in its place. CC_OK: the body came to its end or on_body ended it, whatever the status. CC_ECANCELED, CC_ELIMIT, and
 * CC_EIO for the failures of the network; the message names the host. *head is filled as far as it came. */
typedef cc_code cc_http_send_fn(void *ctx, const cc_http_request *request, cc_http_head *head, cc_http_failure *failure, cc_err *err);

/* The real one: keeps the connection for the next request. CC_ENOTFOUND when the library is missing: err says how to get it. */
typedef struct cc_http cc_http;
cc_code cc_http_open(cc_http **out, cc_err *err) CC_MUST_USE;
void cc_http_close(cc_http *h);
cc_code cc_http_send(void *http, const cc_http_request *request, cc_http_head *head, cc_http_failure *failure, cc_err *err) CC_MUST_USE;

#endif
