/* tel_proxy.c - what Envoy says about a request that it could not pass on: to who asked, and in its own records. */
#include <string.h>

#include "forge/telemetry.h"

#define RESET_BEFORE "upstream connect error or disconnect/reset before headers. reset reason: "
#define REFUSED_BELOW "delayed connect error: Connection refused"
#define STARTED(why) "upstream_reset_before_response_started{" why "}"

tel_proxied tel_proxied_as(const forge_app *app, unsigned via)
{
	static const struct { unsigned via; tel_proxied as; } ROW[] = {
		{ VIA_NO_NAME, { "UH", "no_healthy_upstream", "-", "no healthy upstream" } },
		{ VIA_NO_HOST, { "UH", "no_healthy_upstream", "-", "no healthy upstream" } },
		{ VIA_REFUSED | VIA_TIMEOUT, { "UF", STARTED("connection_timeout"), "-",
			RESET_BEFORE "connection timeout" } },
		{ VIA_REFUSED, { "UF", STARTED("remote_connection_failure|delayed_connect_error:_Connection_refused"),
			REFUSED_BELOW,
			RESET_BEFORE "remote connection failure, transport failure reason: " REFUSED_BELOW } },
		{ VIA_TIMEOUT, { "UT", "response_timeout", "-", "upstream request timeout" } },
		{ VIA_RESET, { "UC", STARTED("connection_termination"), "-",
			RESET_BEFORE "connection termination" } } };
	for (size_t i = 0; i < sizeof ROW / sizeof ROW[0]; i++)
		if ((via & ROW[i].via) == ROW[i].via) {
			tel_proxied as = ROW[i].as;
			/* A mesh tries again where no connection came about, and says that it has. */
			if (app->istio && strcmp(as.flags, "UF") == 0) as.flags = "UF,URX";
			return as;
		}
	return (tel_proxied){ "-", "via_upstream", "-", NULL };
}

int tel_answer_bytes(const forge_app *app, const forge_op *op, int status, unsigned via)
{
	const char *said = tel_proxied_as(app, via).answer;
	if (said) return (int)strlen(said);
	if (status < 400) return op->reply_bytes;
	return (int)strlen(status == 403 ? "RBAC: access denied" : status == 503 ? "Service Unavailable"
		: "Internal Server Error");
}
