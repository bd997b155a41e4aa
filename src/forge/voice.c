/* voice.c - how each runtime reports trouble: the words differ by language as they do in a real mixed shop. */
#include "forge/world.h"

#define NODE_FRAMES \
	"    at callErrorFromStatus (/app/node_modules/@grpc/grpc-js/build/src/call.js:32:19)\n" \
	"    at Object.onReceiveStatus (/app/node_modules/@grpc/grpc-js/build/src/client.js:193:76)\n" \
	"    at process.processTicksAndRejections (node:internal/process/task_queues:85:11)"
#define DOTNET_FRAMES \
	"   at StackExchange.Redis.ConnectionMultiplexer.ConnectImpl(ConfigurationOptions configuration)\n" \
	"   at cart.cartstore.ValkeyCartStore.EnsureRedisConnected() in /usr/src/app/src/cartstore/ValkeyCartStore.cs:line 104\n" \
	"   at cart.services.CartService.GetCart(GetCartRequest request, ServerCallContext context)"
#define PYTHON_FRAMES \
	"  File \"/usr/local/lib/python3.12/site-packages/grpc/_channel.py\", line 1181, in __call__\n" \
	"    return _end_unary_response_blocking(state, call, False, None)\n" \
	"  File \"/usr/local/lib/python3.12/site-packages/grpc/_channel.py\", line 1006, in _end_unary_response_blocking\n" \
	"    raise _InactiveRpcError(state)"
#define JAVA_FRAMES \
	"\tat io.grpc.Status.asRuntimeException(Status.java:533)\n" \
	"\tat io.grpc.internal.ClientCallImpl.closeObserver(ClientCallImpl.java:574)\n" \
	"\tat io.grpc.internal.SerializingExecutor.run(SerializingExecutor.java:133)"

const forge_voice forge_voices[LANG_COUNT] = {
	[LANG_CPP] = { "cpp", "currency", "std::runtime_error", "failed to connect to all addresses; last error: ipv4:{ip}:{port}: Connection refused",
	  "connect to {host}:{port}: Connection refused", "connect to {host}:{port}: Connection refused", "{status}: {cause}", NULL,
	  "INFO", "WARN", "ERROR", 9, 13, 17 },
	[LANG_DOTNET] = { "dotnet", "Microsoft.AspNetCore", "System.Net.Sockets.SocketException",
	  "Status(StatusCode=\"Unavailable\", Detail=\"Error connecting to subchannel.\", DebugException=\"System.Net.Sockets.SocketException: Connection refused {ip}:{port}\")",
	  "Connection refused ({host}:{port})",
	  "It was not possible to connect to {host}:{port}: SocketFailure (ConnectionRefused) on {ip}:{port}", "Status(StatusCode=\"{status}\", Detail=\"{cause}\")",
	  DOTNET_FRAMES, "Information", "Warning", "Error", 9, 13, 17 },
	[LANG_GO] = { "go", "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc", "*status.Error",
	  "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp {ip}:{port}: connect: connection refused\"",
	  "failed POST to {host} service: Post \"http://{host}:{port}{route}\": dial tcp {ip}:{port}: connect: connection refused",
	  "kafka: client has run out of available brokers to talk to: dial tcp {ip}:{port}: connect: connection refused",
	  "rpc error: code = {status} desc = {cause}", NULL, "INFO", "WARN", "ERROR", 9, 13, 17 },
	[LANG_JAVA] = { "java", "io.opentelemetry.grpc-1.6", "io.grpc.StatusRuntimeException", "UNAVAILABLE: io exception: Connection refused: {host}/{ip}:{port}",
	  "Connection refused: {host}/{ip}:{port}", "Connection refused: {host}/{ip}:{port}", "{status}: {cause}", JAVA_FRAMES,
	  "INFO", "WARN", "ERROR", 9, 13, 17 },
	[LANG_KOTLIN] = { "java", "io.opentelemetry.kafka-clients-2.6", "io.grpc.StatusRuntimeException", "UNAVAILABLE: io exception: Connection refused: {host}/{ip}:{port}",
	  "Connection refused: {host}/{ip}:{port}", "Connection to node 1 ({host}/{ip}:{port}) could not be established. Node may not be available.",
	  "{status}: {cause}", JAVA_FRAMES, "INFO", "WARN", "ERROR", 9, 13, 17 },
	[LANG_NODE] = { "nodejs", "@opentelemetry/instrumentation-http", "Error", "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED {ip}:{port}",
	  "connect ECONNREFUSED {ip}:{port}", "connect ECONNREFUSED {ip}:{port}", "{code} {status}: {cause}", NODE_FRAMES,
	  "info", "warn", "error", 9, 13, 17 },
	[LANG_PHP] = { "php", "io.opentelemetry.contrib.php.slim", "RuntimeException", "Connection refused", "Connection refused", "Connection refused",
	  "{cause}", NULL, "INFO", "WARNING", "ERROR", 9, 13, 17 },
	[LANG_PYTHON] = { "python", "opentelemetry.instrumentation.grpc", "grpc._channel._InactiveRpcError",
	  "failed to connect to all addresses; last error: UNKNOWN: ipv4:{ip}:{port}: Failed to connect to remote host: connect: Connection refused (111)",
	  "HTTPConnectionPool(host='{host}', port={port}): Max retries exceeded with url: {route} (Caused by NewConnectionError(\"Failed to establish a new connection: [Errno 111] Connection refused\"))",
	  "connection to server at \"{host}\" ({ip}), port {port} failed: Connection refused", "StatusCode.{status}: {cause}", PYTHON_FRAMES,
	  "INFO", "WARNING", "ERROR", 9, 13, 17 },
	[LANG_RUBY] = { "ruby", "OpenTelemetry::Instrumentation::Sinatra", "Errno::ECONNREFUSED", "Connection refused - connect(2) for {host}:{port}",
	  "Connection refused - connect(2) for {host}:{port}", "Connection refused - connect(2) for {host}:{port}", "{cause}", NULL,
	  "INFO", "WARN", "ERROR", 9, 13, 17 },
	/* The Rust service prints everything at INFO: a real error that severity filters miss. */
	[LANG_RUST] = { "rust", "opentelemetry-instrumentation-actix-web", "reqwest::Error",
	  "transport error: tcp connect error: Connection refused (os error 111)",
	  "error sending request for url (http://{host}:{port}{route}): client error (Connect): tcp connect error: Connection refused (os error 111)",
	  "tcp connect error: Connection refused (os error 111)", "{cause}", NULL, "INFO", "INFO", "INFO", 9, 9, 9 },
	[LANG_ENVOY] = { "cpp", "envoy", "", "", "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused",
	  "", "{cause}", NULL, "", "", "", 0, 0, 0 },
	[LANG_NGINX] = { "cpp", "nginx", "", "", "", "", "{cause}", NULL, "", "", "", 0, 0, 0 },
	[LANG_STORE] = { "", "", "", "", "", "", "{cause}", NULL, "", "", "", 0, 0, 0 },
};
