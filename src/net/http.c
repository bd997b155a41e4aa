/* http.c - the only user of libcurl, which is loaded when it is first asked for.
 *
 * Linked in the usual way, it and the libraries it needs are mapped and bound at every start: 4.3 ms of processor time, of
 * 24 in which a kept incident of 1.3 GB is opened and answers. Nearly no start needs it. */
#include "coldcase/http.h"

#include <curl/curl.h>
#include <dlfcn.h>

/* Debian's curl with GnuTLS has a name of its own; the last one is that of macOS. */
static void *load_curl(void)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so", "libcurl.4.dylib" };
	void *library = NULL;
	for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
		library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	return library;
}

bool cc_http_version(cc_buf *out)
{
	union {
		void *symbol;
		curl_version_info_data *(*call)(CURLversion);
	} info = { NULL };
	void *library = load_curl(); /* stays: libraries behind it do not all bear being unloaded */
	if (library)
		info.symbol = dlsym(library, "curl_version_info");
	if (!info.symbol) {
		cc_buf_addz(out, "libcurl is not here");
		return false;
	}
	const curl_version_info_data *v = info.call(CURLVERSION_NOW);
	cc_buf_addf(out, "libcurl %s, %s", v->version, v->ssl_version ? v->ssl_version : "no TLS");
	return true;
}
