/* voice.c - how each runtime reports trouble: the words differ by language and library as they do in a real mixed shop.
 *
 * {host} {port}: what was addressed,
	as the caller has it; {ip}: the Service's; {route}: HTTP path; {ms}: the caller's timeout;
 * {status} {code} {cause}: name, number and text of an error received. {name} {port} in the lines at start and stop. */
#include "forge/app.h"

#define LEVELS(i, w, e) .info = i, .warn = w, .error = e, .info_n = 9, .warn_n = 13, .error_n = 17
#define UPSTREAM "upstream connect error or disconnect/reset before headers. "

const forge_voice forge_voices[LANG_COUNT] = {
	[LANG_CPP] = { .sdk = "cpp", .scope = "{name}", .scope_version = "",
	  .refused_grpc = "failed to connect to all addresses; last error: UNKNOWN: ipv4:{ip}:{port}: Failed to "
	      "connect to remote host: connect: Connection refused (111)",
	  .refused_http = "connect to {host} port {port} failed: Connection refused",
	      .refused_store = "connect to {host}:{port}: Connection refused",
	  .timeout_grpc = "Deadline Exceeded", .timeout_http = "Operation timed out after {ms} milliseconds with 0 "
	      "bytes received",
	  .timeout_store = "read from {host}:{port}: Connection timed out",
	  .unknown_host = "DNS resolution failed for {host}:{port}: C-ares status is not ARES_SUCCESS qtype=A "
	      "name={host} is_balancer=0: Domain name not found",
	  .reset = "recvmsg:Connection reset by peer", .overload = "Server Threadpool Exhausted",
	      .remote_grpc = "{status}: {cause}", .remote_http = "HTTP {code}: {cause}",
	  LEVELS("INFO", "WARN", "ERROR"), .started = "{name} Server listening on port: {port}",
	      .stopping = "signal 15 received, shutting down" },
	[LANG_DOTNET] = { .sdk = "dotnet", .scope = "Microsoft.AspNetCore", .scope_version = "",
	  .refused_grpc = "Status(StatusCode=\"Unavailable\", Detail=\"Error connecting to subchannel.\", "
	      "DebugException=\"System.Net.Sockets.SocketException: Connection refused {ip}:{port}\")",
	  .refused_http = "Connection refused ({host}:{port})",
	  .refused_store = "It was not possible to connect to {host}:{port}: SocketFailure (ConnectionRefused) on "
	      "{ip}:{port}",
	  .timeout_grpc = "Status(StatusCode=\"DeadlineExceeded\", Detail=\"\")",
	  .timeout_http = "The request was canceled due to the configured HttpClient.Timeout of {ms} ms elapsing.",
	  .timeout_store = "Timeout performing the command ({ms}ms), inst: 0, qu: 3, qs: 1, aw: False, bw: "
	      "SpinningDown, rs: ReadAsync, ws: Idle, serverEndpoint: {host}:{port}, mc: 1/1/0, mgr: 10 of 10 "
	      "available",
	  .unknown_host = "Name or service not known ({host}:{port})", .reset = "Unable to read data from the "
	      "transport connection: Connection reset by peer.",
	  .overload = "The server is too busy: the request queue limit was exceeded",
	      .remote_grpc = "Status(StatusCode=\"{status}\", Detail=\"{cause}\")",
	  .remote_http = "Response status code does not indicate success: {code} ({cause}).", LEVELS("Information",
	      "Warning", "Error"), .started = "Now listening on: http://[::]:{port}",
	      .stopping = "Application is shutting down..." },
	[LANG_GO] = { .sdk = "go",
	    .scope = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
	    .scope_version = "0.63.0",
	  .refused_grpc = "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while "
	      "dialing: dial tcp {ip}:{port}: connect: connection refused\"",
	  .refused_http = "{Method} \"http://{host}:{port}{route}\": dial tcp {ip}:{port}: connect: connection refused",
	  .refused_store = "dial tcp {ip}:{port}: connect: connection refused",
	  .timeout_grpc = "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
	  .timeout_http = "{Method} \"http://{host}:{port}{route}\": context deadline exceeded (Client.Timeout exceeded "
	      "while awaiting headers)",
	  .timeout_store = "read tcp {ip}:{port}: i/o timeout", .unknown_host = "dial tcp: lookup {host} on "
	      "10.96.0.10:53: no such host",
	  .reset = "read tcp {ip}:{port}: read: connection reset by peer", .overload = "too many concurrent requests",
	  .remote_grpc = "rpc error: code = {status} desc = {cause}", .remote_http = "failed with status code "
	      "{code}: {cause}",
	  LEVELS("INFO", "WARN", "ERROR"), .started = "{\"level\":\"info\",\"msg\":\"{name} server "
	      "listening\",\"addr\":\":{port}\"}",
	  .stopping = "{\"level\":\"info\",\"msg\":\"received signal terminated, stopping {name} gracefully\"}" },
	[LANG_JAVA] = { .sdk = "java", .scope = "io.opentelemetry.grpc-1.6", .scope_version = "2.18.1-alpha",
	  .refused_grpc = "UNAVAILABLE: io exception\nCaused by: "
	      "io.netty.channel.AbstractChannel$AnnotatedConnectException: finishConnect(..) failed: Connection "
	      "refused: {host}/{ip}:{port}",
	  .refused_http = "I/O error on request for \"http://{host}:{port}{route}\": Connection refused",
	  .refused_store = "Connection to {host}:{port} refused. Check that the hostname and port are correct and "
	      "that the server is accepting TCP/IP connections.",
	  .timeout_grpc = "DEADLINE_EXCEEDED: deadline exceeded after {ms}ms. [remote_addr={host}/{ip}:{port}]",
	  .timeout_http = "I/O error on request for \"http://{host}:{port}{route}\": Read timed out",
	      .timeout_store = "Read timed out after {ms} ms from {host}:{port}",
	  .unknown_host = "UnknownHostException: {host}: Name or service not known",
	      .reset = "UNAVAILABLE: Connection reset by peer [remote_addr={host}/{ip}:{port}]",
	  .overload = "Task rejected from java.util.concurrent.ThreadPoolExecutor[Running, pool size = 64, active "
	      "threads = 64, queued tasks = 64]",
	  .remote_grpc = "{status}: {cause}", .remote_http = "{code}: \"{cause}\"", LEVELS("INFO", "WARN", "ERROR"),
	      .started = "{name} started, listening on {port}", .stopping = "*** shutting down {name} since JVM is "
	      "shutting down" },
	[LANG_KOTLIN] = { .sdk = "java", .scope = "io.opentelemetry.kafka-clients-0.11",
	    .scope_version = "2.18.1-alpha", .refused_grpc = "UNAVAILABLE: io exception: finishConnect(..) failed: "
	    "Connection refused: {host}/{ip}:{port}",
	  .refused_http = "Connection refused: {host}/{ip}:{port}",
	  .refused_store = "[Consumer clientId=consumer-{name}-1] Connection to node 1 ({host}/{ip}:{port}) could "
	      "not be established. Node may not be available.",
	  .timeout_grpc = "DEADLINE_EXCEEDED: deadline exceeded after {ms}ms. [remote_addr={host}/{ip}:{port}]",
	      .timeout_http = "timeout after {ms} ms",
	  .timeout_store = "Disconnecting from node 1 ({host}:{port}) due to request timeout after {ms} ms.",
	  .unknown_host = "Couldn't resolve server {host}:{port} from bootstrap.servers as DNS resolution failed "
	      "for {host}",
	  .reset = "Connection with {host}/{ip}:{port} (channelId=1) disconnected: java.io.IOException: Connection "
	      "reset by peer",
	  .overload = "RejectedExecutionException: queue of {name} is full", .remote_grpc = "{status}: {cause}",
	      .remote_http = "{code}: {cause}", LEVELS("INFO", "WARN", "ERROR"), .started = "{name} - consumer "
	      "started", .stopping = "{name} - consumer closing after signal SIGTERM" },
	[LANG_NODE] = { .sdk = "nodejs", .scope = "@opentelemetry/instrumentation-http", .scope_version = "0.203.0",
	    .refused_grpc = "14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED "
	    "{ip}:{port}",
	  .refused_http = "connect ECONNREFUSED {ip}:{port}", .refused_store = "connect ECONNREFUSED {ip}:{port}",
	  .timeout_grpc = "4 DEADLINE_EXCEEDED: Deadline exceeded after {ms}ms,LB pick: 0.002s,remote_addr={ip}:{port}",
	  .timeout_http = "timeout of {ms}ms exceeded", .timeout_store = "Command timed out after {ms} ms "
	      "({host}:{port})",
	  .unknown_host = "getaddrinfo ENOTFOUND {host}", .reset = "read ECONNRESET",
	      .overload = "Service Unavailable: too many open requests",
	  .remote_grpc = "{code} {status}: {cause}", .remote_http = "Request failed with status code {code}: "
	      "{cause}", LEVELS("info", "warn", "error"), .started = "{name} service started on port {port}",
	      .stopping = "Received SIGTERM, closing {name}" },
	[LANG_PHP] = { .sdk = "php", .scope = "io.opentelemetry.contrib.php.slim", .scope_version = "1.2.0",
	    .refused_grpc = "cURL error 7: Failed to connect to {host} port {port}: Connection refused",
	  .refused_http = "cURL error 7: Failed to connect to {host} port {port} after 0 ms: Could not connect to "
	      "server for http://{host}:{port}{route}",
	  .refused_store = "SQLSTATE[HY000] [2002] Connection refused", .timeout_grpc = "cURL error 28: Operation "
	      "timed out after {ms} milliseconds",
	  .timeout_http = "cURL error 28: Operation timed out after {ms} milliseconds with 0 bytes received for "
	      "http://{host}:{port}{route}",
	  .timeout_store = "SQLSTATE[HY000]: General error: 2006 server has gone away",
	      .unknown_host = "cURL error 6: Could not resolve host: {host}",
	  .reset = "cURL error 56: Recv failure: Connection reset by peer", .overload = "[pool www] server reached "
	      "pm.max_children setting, consider raising it",
	  .remote_grpc = "{cause}", .remote_http = "Server error: `{method} http://{host}:{port}{route}` resulted in a "
	      "`{code}` response: {cause}", LEVELS("INFO", "WARNING", "ERROR"), .started = "NOTICE: ready to handle "
	      "connections on 0.0.0.0:{port}", .stopping = "NOTICE: Terminating ..." },
	[LANG_PYTHON] = { .sdk = "python", .scope = "opentelemetry.instrumentation.grpc", .scope_version = "0.57b0",
	  .refused_grpc = "failed to connect to all addresses; last error: UNKNOWN: ipv4:{ip}:{port}: Failed to "
	      "connect to remote host: connect: Connection refused (111)",
	  .refused_http = "HTTPConnectionPool(host='{host}', port={port}): Max retries exceeded with url: {route} "
	      "(Caused by NewConnectionError(\"Failed to establish a new connection: [Errno 111] Connection "
	      "refused\"))",
	  .refused_store = "connection to server at \"{host}\" ({ip}), port {port} failed: Connection refused\n\tIs "
	      "the server running on that host and accepting TCP/IP connections?",
	  .timeout_grpc = "StatusCode.DEADLINE_EXCEEDED: Deadline Exceeded",
	      .timeout_http = "HTTPConnectionPool(host='{host}', port={port}): Read timed out. (read timeout={ms}ms)",
	  .timeout_store = "canceling statement due to statement timeout ({host}:{port}, {ms} ms)",
	  .unknown_host = "[Errno -2] Name or service not known: '{host}'", .reset = "[Errno 104] Connection reset "
	      "by peer",
	  .overload = "Concurrent RPC limit exceeded!", .remote_grpc = "StatusCode.{status}: {cause}",
	      .remote_http = "{code} Server Error: {cause} for url: http://{host}:{port}{route}",
	  LEVELS("INFO", "WARNING", "ERROR"), .started = "{name} service started, listening on port {port}",
	      .stopping = "{name}: SIGTERM received, stopping with a grace of 5 s" },
	[LANG_RUBY] = { .sdk = "ruby", .scope = "OpenTelemetry::Instrumentation::Sinatra",
	    .scope_version = "0.26.0", .refused_grpc = "14:failed to connect to all addresses; last error: UNKNOWN: "
	    "ipv4:{ip}:{port}: connect: Connection refused (111)",
	  .refused_http = "Failed to open TCP connection to {host}:{port} (Connection refused - connect(2) for "
	      "\"{host}\" port {port})",
	  .refused_store = "Can't connect to server on '{host}:{port}' (111)",
	      .timeout_grpc = "4:Deadline Exceeded", .timeout_http = "Net::ReadTimeout with #<TCPSocket:(closed)>",
	  .timeout_store = "Timeout waiting for a response from the last query. (waited {ms} ms)",
	  .unknown_host = "Failed to open TCP connection to {host}:{port} (getaddrinfo(3): Name or service not "
	      "known)", .reset = "Connection reset by peer",
	  .overload = "puma: out-of-band backlog is full", .remote_grpc = "{code}:{cause}",
	      .remote_http = "{code} \"{cause}\"", LEVELS("INFO", "WARN", "ERROR"),
	      .started = "* Listening on http://0.0.0.0:{port}", .stopping = "- Gracefully stopping, waiting for "
	      "requests to finish" },
	/* The Rust service prints everything at INFO: a real error that severity filters miss. */
	[LANG_RUST] = { .sdk = "rust", .scope = "opentelemetry-instrumentation-actix-web", .scope_version = "0.22.0",
	  .refused_grpc = "status: Unavailable, message: \"tcp connect error: Connection refused (os error 111)\"",
	  .refused_http = "error sending request for url (http://{host}:{port}{route}): client error (Connect): tcp "
	      "connect error: Connection refused (os error 111)",
	  .refused_store = "Connection refused (os error 111)", .timeout_grpc = "status: DeadlineExceeded, message: "
	      "\"Timeout expired\"",
	  .timeout_http = "error sending request for url (http://{host}:{port}{route}): operation timed out",
	      .timeout_store = "timed out after {ms}ms",
	  .unknown_host = "client error (Connect): dns error: failed to lookup address information: Name or service "
	      "not known",
	  .reset = "connection error: Connection reset by peer (os error 104)", .overload = "service overloaded: no "
	      "permits available",
	  .remote_grpc = "status: {status}, message: \"{cause}\"", .remote_http = "HTTP status server error "
	      "({code}): {cause}", .info = "INFO", .warn = "INFO", .error = "INFO",
	  .info_n = 9, .warn_n = 9, .error_n = 9, .started = "starting service: "
	      "\"actix-web-service-0.0.0.0:{port}\", workers: 4, listening on: 0.0.0.0:{port}",
	  .stopping = "SIGTERM received; starting graceful shutdown" },
	[LANG_ENVOY] = { .sdk = "cpp", .scope = "envoy", .scope_version = "1.34.10",
	  .refused_grpc = UPSTREAM "reset reason: remote connection failure, transport failure reason: delayed "
	      "connect error: Connection refused",
	  .refused_http = UPSTREAM "reset reason: remote connection failure, transport failure reason: delayed "
	      "connect error: Connection refused",
	  .refused_store = UPSTREAM "reset reason: remote connection failure", .timeout_grpc = "upstream request "
	      "timeout", .timeout_http = "upstream request timeout",
	  .timeout_store = "upstream request timeout", .unknown_host = "no healthy upstream",
	      .reset = UPSTREAM "reset reason: connection termination",
	  .overload = UPSTREAM "reset reason: overflow", .remote_grpc = "{cause}", .remote_http = "{cause}",
	      .info = "", .warn = "", .error = "",
	  .started = "[info][main] all clusters initialized. initializing init manager, listening on 0.0.0.0:{port}",
	  .stopping = "[warning][main] caught ENVOY_SIGTERM" },
	[LANG_NGINX] = { .sdk = "cpp", .scope = "nginx", .scope_version = "",
	  .refused_grpc = "connect() failed (111: Connection refused) while connecting to upstream, upstream: "
	      "\"grpc://{ip}:{port}\"",
	  .refused_http = "connect() failed (111: Connection refused) while connecting to upstream, upstream: "
	      "\"http://{ip}:{port}{route}\"",
	  .refused_store = "connect() failed (111: Connection refused)", .timeout_grpc = "upstream timed out (110: "
	      "Operation timed out) while reading response header from upstream",
	  .timeout_http = "upstream timed out (110: Operation timed out) while reading response header from "
	      "upstream", .timeout_store = "upstream timed out (110: Operation timed out)",
	  .unknown_host = "{host} could not be resolved (3: Host not found)", .reset = "recv() failed (104: "
	      "Connection reset by peer) while reading response header from upstream",
	  .overload = "1024 worker_connections are not enough", .remote_grpc = "{cause}", .remote_http = "{cause}",
	      .info = "", .warn = "", .error = "",
	  .started = "start worker processes", .stopping = "signal 15 (SIGTERM) received, exiting" },
	[LANG_STORE] = { .sdk = "", .scope = "", .scope_version = "", .refused_grpc = "Connection refused",
	    .refused_http = "Connection refused",
	  .refused_store = "could not connect to {host}:{port}: Connection refused", .timeout_grpc = "timeout",
	      .timeout_http = "timeout", .timeout_store = "timeout after {ms} ms",
	  .unknown_host = "could not translate host name \"{host}\" to address: Name or service not known",
	      .reset = "Connection reset by peer",
	  .overload = "sorry, too many clients already", .remote_grpc = "{cause}", .remote_http = "{cause}",
	      .info = "", .warn = "", .error = "",
	  .started = "{name}: ready to accept connections on port {port}", .stopping = "{name}: received SIGTERM, "
	      "shutting down" },
};

const char *forge_grpc_code(int code, bool shout)
{
	static const char *const NAMES[][2] = {
		{ "OK", "OK" }, { "Canceled", "CANCELLED" }, { "Unknown", "UNKNOWN" }, { "InvalidArgument",
		    "INVALID_ARGUMENT" },
		{ "DeadlineExceeded", "DEADLINE_EXCEEDED" }, { "NotFound", "NOT_FOUND" }, { "AlreadyExists",
		    "ALREADY_EXISTS" },
		{ "PermissionDenied", "PERMISSION_DENIED" }, { "ResourceExhausted", "RESOURCE_EXHAUSTED" },
		{ "FailedPrecondition", "FAILED_PRECONDITION" }, { "Aborted", "ABORTED" }, { "OutOfRange",
		    "OUT_OF_RANGE" },
		{ "Unimplemented", "UNIMPLEMENTED" }, { "Internal", "INTERNAL" }, { "Unavailable", "UNAVAILABLE" },
		{ "DataLoss", "DATA_LOSS" }, { "Unauthenticated", "UNAUTHENTICATED" },
	};
	bool known = code >= 0 && code < (int)(sizeof NAMES / sizeof NAMES[0]);
	return NAMES[known ? code : 2][shout];
}
