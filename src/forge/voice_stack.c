/* voice_stack.c - which library speaks for a service, and stack traces: its lines, the service's own, the server's.
 *
 * An exception that a call throws while a request is served has all three; one seen from the instrumentation of the
 * call ends where it was caught, in the library, except on the JVM and in Node, which keep the whole stack. */
#include <string.h>

#include "forge/voice_priv.h"

static const forge_library *const LIBRARIES[LANG_COUNT] = {
	[LANG_CPP] = voice_cpp, [LANG_DOTNET] = voice_dotnet, [LANG_GO] = voice_go, [LANG_JAVA] = voice_java,
	[LANG_KOTLIN] = voice_java, [LANG_NODE] = voice_node, [LANG_PHP] = voice_php, [LANG_PYTHON] = voice_python,
	[LANG_RUBY] = voice_ruby, [LANG_RUST] = voice_rust, [LANG_ENVOY] = voice_proxy, [LANG_NGINX] = voice_proxy,
	[LANG_STORE] = voice_proxy
};

forge_peer forge_peer_of(const forge_op *op)
{
	switch (op->proto) {
	case PROTO_HTTP: return PEER_HTTP;
	case PROTO_GRPC: return PEER_GRPC;
	case PROTO_REDIS: return PEER_REDIS;
	case PROTO_KAFKA: return PEER_KAFKA;
	case PROTO_SQL: break;
	}
	cc_str system = cc_str_from(op->method);
	if (cc_str_starts(system, CC_STR("mysql")) || cc_str_starts(system, CC_STR("maria"))) return PEER_MYSQL;
	return cc_str_starts(system, CC_STR("mongo")) ? PEER_MONGODB : PEER_POSTGRES;
}

const forge_library *forge_library_of(forge_lang lang, const forge_op *op)
{
	return &LIBRARIES[lang < LANG_COUNT ? lang : LANG_STORE][forge_peer_of(op)];
}

const char *forge_own_exception(forge_lang lang, const forge_op *op)
{
	bool grpc = op->proto == PROTO_GRPC;
	switch (lang) {
	case LANG_CPP: return "std::runtime_error";
	case LANG_DOTNET: return grpc ? "Grpc.Core.RpcException" : "System.InvalidOperationException";
	case LANG_GO: return grpc ? "*status.Error" : "*errors.errorString";
	case LANG_JAVA:
	case LANG_KOTLIN: return grpc ? "io.grpc.StatusRuntimeException" : "java.lang.IllegalStateException";
	case LANG_NODE: return "Error";
	case LANG_PHP:
	case LANG_PYTHON:
	case LANG_RUBY: return lang == LANG_PHP ? "RuntimeException" : "RuntimeError";
	case LANG_RUST:
	case LANG_ENVOY:
	case LANG_NGINX:
	case LANG_STORE:
	case LANG_COUNT: break;
	}
	return "";
}

/* ---- the server's lines, outermost last; Python's the other way round ---- */

#define SITE "  File \"/usr/local/lib/python3.12/site-packages/"
#define GEMS "/usr/local/bundle/gems/"
#define KESTREL                                                                                                        \
	"   at Microsoft.AspNetCore.Routing.EndpointMiddleware.<Invoke>g__AwaitRequestTask|7_0(Endpoint endpoint, "    \
	"Task requestTask, ILogger logger)\n"                                                                          \
	"   at Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequests[TContext]"          \
	"(IHttpApplication`1 application)\n"
#define GRPC_NET                                                                                                       \
	"   at Grpc.AspNetCore.Server.Internal.CallHandlers.UnaryServerCallHandler`3.HandleCallAsyncCore("             \
	"HttpContext httpContext, HttpContextServerCallContext serverCallContext)\n"                                   \
	"   at Grpc.AspNetCore.Server.Internal.CallHandlers.ServerCallHandlerBase`3.<HandleCallAsync>"                 \
	"g__AwaitHandleCall|17_0(HttpContextServerCallContext serverCallContext, Method`2 method, Task handleCall)\n"
#define SPRING                                                                                                         \
	"\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke"                                  \
	"(InvocableHandlerMethod.java:258)\n"                                                                          \
	"\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)\n"             \
	"\tat jakarta.servlet.http.HttpServlet.service(HttpServlet.java:590)\n"                                        \
	"\tat org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:140)\n"             \
	"\tat org.apache.tomcat.util.net.NioEndpoint$SocketProcessor.doRun(NioEndpoint.java:1769)\n"                   \
	"\tat java.base/java.lang.Thread.run(Thread.java:1583)\n"
#define GRPC_JAVA                                                                                                      \
	"\tat io.grpc.stub.ServerCalls$UnaryServerCallHandler$UnaryServerCallListener.onHalfClose"                     \
	"(ServerCalls.java:182)\n"                                                                                     \
	"\tat io.grpc.internal.ServerCallImpl$ServerStreamListenerImpl.halfClosed(ServerCallImpl.java:356)\n"          \
	"\tat io.grpc.internal.SerializingExecutor.run(SerializingExecutor.java:133)\n"                                \
	"\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)\n"             \
	"\tat java.base/java.lang.Thread.run(Thread.java:1583)\n"
#define EXPRESS                                                                                                        \
	"    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)\n"               \
	"    at next (/app/node_modules/express/lib/router/route.js:149:13)\n"
#define SLIM                                                                                                           \
	"Slim.Handlers.Strategies.RequestResponse.__invoke(RequestResponse.php:38)\n"                                  \
	"Slim.Routing.Route.handle(Route.php:363)\nSlim.App.run(App.php:183)\n{main}(index.php:62)\n"
#define FLASK                                                                                                          \
	SITE "flask/app.py\", line 1511, in wsgi_app\n    response = self.full_dispatch_request()\n"                   \
	SITE "flask/app.py\", line 917, in full_dispatch_request\n    rv = self.dispatch_request()\n"                  \
	SITE "flask/app.py\", line 902, in dispatch_request\n"                                                         \
	"    return self.ensure_sync(self.view_functions[rule.endpoint])(**view_args)\n"
#define GRPC_PYTHON                                                                                                    \
	SITE "grpc/_server.py\", line 610, in _call_behavior\n"                                                        \
	"    response_or_iterator = behavior(argument, context)\n"
#define SINATRA                                                                                                        \
	GEMS "sinatra-4.1.1/lib/sinatra/base.rb:1804:in 'Sinatra::Base#call!'\n"                                       \
	GEMS "rack-3.2.0/lib/rack/logger.rb:28:in 'Rack::Logger#call'\n"                                               \
	GEMS "puma-6.6.1/lib/puma/request.rb:100:in 'Puma::Request#handle_request'\n"

static const char *server_lines(forge_lang lang, forge_proto proto)
{
	static const struct server { const char *http, *grpc; } LINES[LANG_COUNT] = {
		[LANG_DOTNET] = { KESTREL, GRPC_NET },
		[LANG_JAVA] = { SPRING, GRPC_JAVA },
		[LANG_NODE] = { EXPRESS, NULL },
		[LANG_PHP] = { SLIM, NULL },
		[LANG_PYTHON] = { FLASK, GRPC_PYTHON },
		[LANG_RUBY] = { SINATRA, GEMS "grpc-1.74.0/src/ruby/lib/grpc/generic/rpc_desc.rb:67:in "
		    "'handle_request_response'\n" },
	};
	if (lang == LANG_KOTLIN) lang = LANG_JAVA;
	if (lang >= LANG_COUNT) return "";
	const char *lines = proto == PROTO_HTTP ? LINES[lang].http : proto == PROTO_GRPC ? LINES[lang].grpc : NULL;
	return lines ? lines : "";
}

/* ---- the service's own line ---- */

/* A line number or column for a place in the code: the same whenever that place is met. */
static unsigned place(const char *a, const char *b, unsigned lo, unsigned range)
{
	unsigned h = 2166136261U;
	for (; *a; a++) h = (h ^ (unsigned char)*a) * 16777619U;
	for (; *b; b++) h = (h ^ (unsigned char)*b) * 16777619U;
	return lo + (h >> 8) % range;
}

/* "product-reviews" in that style: "ProductReviews" or "product_reviews". */
static void styled(cc_buf *out, const char *text, bool camel, bool first_large)
{
	bool large = first_large;
	for (; *text; text++) {
		char c = *text;
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!alnum) {
			if (!camel) cc_buf_add_char(out, '_');
			large = camel;
			continue;
		}
		if (large && c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
		if (camel && !first_large && text[0] >= 'A' && text[0] <= 'Z' && !out->n) c = (char)(c - 'A' + 'a');
		cc_buf_add_char(out, c);
		large = false;
	}
}

typedef struct names { cc_buf type, function, file; } names;

/* What the service's programmers called the place where `op` is served. */
static void names_of(names *n, const forge_service *svc, const forge_op *op)
{
	const char *word = op->proto == PROTO_GRPC && op->route ? op->route : op->id;
	if (op->proto == PROTO_KAFKA) word = "process-message";
	const char *dot = strrchr(word, '.');
	bool camel = svc->lang != LANG_PYTHON && svc->lang != LANG_RUBY;
	bool large = svc->lang == LANG_DOTNET || (svc->lang == LANG_PYTHON && op->proto == PROTO_GRPC);
	styled(&n->type, svc->name, true, true);
	styled(&n->file, svc->name, false, false);
	styled(&n->function, dot ? dot + 1 : word, camel || op->proto == PROTO_GRPC, large);
}

static void own_line(cc_buf *out, const forge_service *svc, const forge_op *op)
{
	names n = { CC_BUF_INIT, CC_BUF_INIT, CC_BUF_INIT };
	names_of(&n, svc, op);
	cc_str type = cc_buf_str(&n.type), fn = cc_buf_str(&n.function), file = cc_buf_str(&n.file);
	bool consumer = op->proto == PROTO_KAFKA;
	unsigned line = place(svc->name, op->id, 31, 190), column = place(op->id, svc->name, 9, 30);
	switch (svc->lang) {
	case LANG_DOTNET:
		cc_buf_addf(out, "   at %.*s.%s.%.*s() in /usr/src/app/src/%s.cs:line %u\n", CC_STR_ARG(type),
		    consumer ? "Consumer" : "Service",
			CC_STR_ARG(fn), consumer ? "Consumer" : "Service", line);
		break;
	case LANG_JAVA:
	case LANG_KOTLIN:
		cc_buf_addf(out, "\tat %.*s.%.*s%s.%.*s(%.*s%s.%s:%u)\n", CC_STR_ARG(file), CC_STR_ARG(type),
		    consumer ? "Listener" : "Service",
			CC_STR_ARG(fn), CC_STR_ARG(type), consumer ? "Listener" : "Service",
			    svc->lang == LANG_JAVA ? "java" : "kt", line);
		break;
	case LANG_NODE:
		cc_buf_addf(out, "    at async %.*s (/app/%s.js:%u:%u)\n", CC_STR_ARG(fn), svc->name, line, column);
		break;
	case LANG_PHP:
		cc_buf_addf(out, "App.{closure}(routes.php:%u)\n", line);
		break;
	case LANG_PYTHON:
		cc_buf_addf(out, "  File \"/app/%.*s.py\", line %u, in %.*s\n", CC_STR_ARG(file), line, CC_STR_ARG(fn));
		break;
	case LANG_RUBY:
		cc_buf_addf(out, "/app/%.*s.rb:%u:in 'block in <main>'\n", CC_STR_ARG(file), line);
		break;
	case LANG_CPP:
	case LANG_GO:
	case LANG_RUST:
	case LANG_ENVOY:
	case LANG_NGINX:
	case LANG_STORE:
	case LANG_COUNT: break;
	}
	cc_buf_deinit(&n.type);
	cc_buf_deinit(&n.function);
	cc_buf_deinit(&n.file);
}

/* ---- put together ---- */

typedef struct parts { const forge_service *svc; const forge_op *served, *called; const char *library; } parts;

static parts parts_of(const forge_app *app, const forge_raised *x)
{
	parts p = { &app->services[x->service], x->served >= 0 ? &app->ops[x->served] : NULL,
		x->called >= 0 ? &app->ops[x->called] : NULL, "" };
	if (!p.called) return p;
	const forge_library *lib = forge_library_of(p.svc->lang, p.called);
	const char *lines = x->connected || !lib->connecting ? lib->calling : lib->connecting;
	if (lines) p.library = lines;
	return p;
}

/* Innermost first, a line each. */
static void lines_of(cc_buf *out, const parts *p)
{
	cc_buf_addz(out, p->library);
	if (!p->served) return;
	own_line(out, p->svc, p->served);
	cc_buf_addz(out, server_lines(p->svc->lang, p->served->proto));
}

static void python(cc_buf *out, const parts *p, const forge_raised *x)
{
	cc_buf_addz(out, "Traceback (most recent call last):\n");
	if (p->served) {
		cc_buf_addz(out, server_lines(LANG_PYTHON, p->served->proto));
		own_line(out, p->svc, p->served);
		cc_buf_addz(out, p->library[0] ? p->library : "    raise RuntimeError(message)\n");
	} else {
		/* The library's text begins with the source of the service's line, which is cut off here. */
		const char *file = strstr(p->library, "  File \"");
		cc_buf_addz(out, file ? file : "");
	}
	cc_buf_addf(out, "%s: %s", x->type, x->message);
}

/* The innermost line carries the message; the others say where it came from. */
static void ruby(cc_buf *out, const forge_raised *x, cc_str lines)
{
	cc_str first, line;
	if (!cc_str_cut(lines, '\n', &first, &lines)) return;
	cc_buf_addf(out, "%.*s: %s (%s)", CC_STR_ARG(first), x->message, x->type);
	while (lines.n && cc_str_cut(lines, '\n', &line, &lines)) cc_buf_addf(out, "\n\tfrom %.*s", CC_STR_ARG(line));
}

static void add_lines(cc_buf *out, const char *before, cc_str lines)
{
	cc_str line;
	while (lines.n && cc_str_cut(lines, '\n', &line, &lines)) cc_buf_addf(out, "\n%s%.*s", before,
	    CC_STR_ARG(line));
}

void forge_stack(cc_buf *out, const forge_app *app, const forge_raised *x)
{
	parts p = parts_of(app, x);
	cc_buf lines = CC_BUF_INIT;
	lines_of(&lines, &p);
	if (!cc_buf_ok(&lines)) out->failed = true;
	forge_lang lang = p.svc->lang;
	if (lines.n && lang == LANG_PYTHON) python(out, &p, x);
	else if (lines.n && lang == LANG_RUBY) ruby(out, x, cc_buf_str(&lines));
	else if (lines.n) {
		cc_buf_addf(out, "%s: %s", x->type, x->message);
		if (x->behind && lang == LANG_DOTNET)
			cc_buf_addf(out, "\n ---> %s\n   --- End of inner exception stack trace ---", x->behind);
		add_lines(out, lang == LANG_PHP ? "\tat " : "", cc_buf_str(&lines));
		if (x->behind && lang != LANG_DOTNET) cc_buf_addf(out, "\nCaused by: %s", x->behind);
	}
	cc_buf_deinit(&lines);
}
