/* http.h - the network library's face. Nothing in coldcase needs the network to investigate; `doctor` says what is there. */
#ifndef COLDCASE_HTTP_H
#define COLDCASE_HTTP_H

#include "coldcase/buf.h"

/* Appends the transfer library's version and its TLS backend: "libcurl 7.88.1, OpenSSL/3.0.20". False, with what
 * is missing said instead, when the library is not there. */
bool cc_http_version(cc_buf *out);

#endif
