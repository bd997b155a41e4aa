/* http.c - the only user of libcurl. */
#include "coldcase/http.h"

#include <curl/curl.h>

void cc_http_version(cc_buf *out)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
	cc_buf_addf(out, "libcurl %s, %s", v->version, v->ssl_version ? v->ssl_version : "no TLS");
}
