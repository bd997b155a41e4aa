/* voice_script.c - the libraries of Python and of Node: names, failures and stacks as their users know them. */
#include "forge/voice_priv.h"

#define SITE "  File \"/usr/local/lib/python3.12/site-packages/"
#define CONTRIB "0.57b0"
#define OBJECT "<urllib3.connection.HTTPConnection object at {heap}>"
#define POOL "HTTPConnectionPool(host='{host}', port={port}): "
#define REQUESTS                                                                                                       \
	"    response = requests.request(method, url, headers=headers, timeout=timeout)\n"                             \
	SITE "requests/sessions.py\", line 589, in request\n    resp = self.send(prep, **send_kwargs)\n"               \
	SITE "opentelemetry/instrumentation/requests/__init__.py\", line 251, in instrumented_send\n"                  \
	"    raise exception.with_traceback(exception.__traceback__)\n"                                                \
	SITE "requests/sessions.py\", line 703, in send\n    r = adapter.send(request, **kwargs)\n"
#define CURSOR                                                                                                         \
	"    cursor.execute(query, parameters)\n"                                                                      \
	SITE "opentelemetry/instrumentation/dbapi/__init__.py\", line 591, in execute\n"                               \
	"    return self._cursor_tracer.traced_execution(\n"                                                           \
	SITE "opentelemetry/instrumentation/dbapi/__init__.py\", line 527, in traced_execution\n"                      \
	"    return query_method(*args, **kwargs)\n"
#define DBAPI                                                                                                          \
	SITE "opentelemetry/instrumentation/dbapi/__init__.py\", line 356, in wrapped_connection\n"                    \
	"    connection = connect_method(*args, **kwargs)\n"
#define TOPOLOGY                                                                                                       \
	"Topology Description: <TopologyDescription id: 68f0c2a45bb1, topology_type: Unknown, servers: "               \
	"[<ServerDescription ('{host}', {port}) server_type: Unknown, rtt: None>]>"

const forge_library voice_python[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "opentelemetry.instrumentation.requests", .version = CONTRIB,
	  .server_scope = "opentelemetry.instrumentation.flask", .server_version = CONTRIB,
	  .type = "requests.exceptions.ConnectionError",
	  .refused = { NULL, POOL "Max retries exceeded with url: {route} (Caused by "
	      "NewConnectionError('" OBJECT ": Failed to "
	    "establish a new connection: [Errno 111] Connection refused'))", NULL },
	  .late = { "requests.exceptions.ReadTimeout", POOL "Read timed out. (read timeout={seconds})", NULL },
	  .no_name = { NULL, POOL "Max retries exceeded with url: {route} (Caused by "
	      "NameResolutionError(\"" OBJECT ": Failed to "
	    "resolve '{host}' ([Errno -2] Name or service not known)\"))", NULL },
	  .reset = { NULL, "('Connection aborted.', RemoteDisconnected('Remote end closed connection without "
	      "response'))", NULL },
	  .remote = { "requests.exceptions.HTTPError", NULL, NULL },
	  .connecting = REQUESTS SITE "requests/adapters.py\", line 700, in send\n    raise ConnectionError(e, "
	      "request=request)\n",
	  .calling = REQUESTS SITE "requests/models.py\", line 1026, in raise_for_status\n"
	    "    raise HTTPError(http_error_msg, response=self)\n" },
	[PEER_GRPC] = { .scope = "opentelemetry.instrumentation.grpc", .version = CONTRIB,
	  .server_scope = "opentelemetry.instrumentation.grpc", .server_version = CONTRIB,
	  .type = "grpc._channel._InactiveRpcError",
	  .no_name = { NULL, "DNS resolution failed for {host}:{port}: C-ares status is not ARES_SUCCESS qtype=A "
	      "name={host} "
	    "is_balancer=0: Domain name not found", NULL },
	  .reset = { NULL, "recvmsg:Connection reset by peer", NULL },
	  .calling = "    response = stub.call(request, timeout=timeout)\n"
	    SITE "opentelemetry/instrumentation/grpc/_client.py\", line 154, in _intercept\n"
	    "    response = invoker(request_or_iterator, metadata)\n"
	    SITE "grpc/_interceptor.py\", line 277, in _with_call\n    call = "
	    "self._interceptor.intercept_unary_unary(\n"
	    SITE "grpc/_channel.py\", line 1006, in _end_unary_response_blocking\n"
	    "    raise _InactiveRpcError(state)  # pytype: disable=not-instantiable\n" },
	[PEER_REDIS] = { .scope = "opentelemetry.instrumentation.redis", .version = CONTRIB,
	  .type = "redis.exceptions.ConnectionError",
	  .refused = { NULL, "Error 111 connecting to {host}:{port}. Connection refused.", NULL },
	  .late = { "redis.exceptions.TimeoutError", "Timeout reading from {host}:{port}", NULL },
	  .no_name = { NULL, "Error -2 connecting to {host}:{port}. Name or service not known.", NULL },
	  .reset = { NULL, "Error while reading from {local} : (104, 'Connection reset by peer')", NULL },
	  .remote = { "redis.exceptions.ResponseError", "{cause}", NULL },
	  .connecting = "    value = store.execute_command(*args)\n"
	    SITE "redis/client.py\", line 621, in _execute_command\n    conn = self.connection or "
	    "pool.get_connection()\n"
	    SITE "redis/connection.py\", line 1530, in get_connection\n    connection.connect()\n"
	    SITE "redis/connection.py\", line 384, in connect\n    raise ConnectionError(self._error_message(e))\n",
	  .calling = "    value = store.execute_command(*args)\n"
	    SITE "redis/client.py\", line 657, in parse_response\n    response = connection.read_response()\n"
	    SITE "redis/connection.py\", line 654, in read_response\n    raise response\n" },
	[PEER_POSTGRES] = { .scope = "opentelemetry.instrumentation.psycopg2", .version = CONTRIB,
	  .type = "psycopg2.OperationalError",
	  .refused = { NULL, "connection to server at \"{host}\" ({ip}), port {port} failed: Connection "
	      "refused\n\tIs the server "
	    "running on that host and accepting TCP/IP connections?", NULL },
	  .late = { "psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout", NULL },
	  .no_name = { NULL, "could not translate host name \"{host}\" to address: Name or service not known", NULL },
	  .reset = { NULL, "server closed the connection unexpectedly\n\tThis probably means the server terminated "
	      "abnormally\n\t"
	    "before or while processing the request.", NULL },
	  .remote = { NULL, "connection to server at \"{host}\" ({ip}), port {port} failed: {cause}", NULL },
	  .connecting = "    with psycopg2.connect(DB_CONNECTION_STRING) as connection:\n" DBAPI
	    SITE "psycopg2/__init__.py\", line 122, in connect\n"
	    "    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)\n", .calling = CURSOR },
	[PEER_MYSQL] = { .scope = "opentelemetry.instrumentation.pymysql", .version = CONTRIB,
	  .type = "pymysql.err.OperationalError",
	  .refused = { NULL, "(2003, \"Can't connect to MySQL server on '{host}' ([Errno 111] Connection "
	      "refused)\")", NULL },
	  .late = { NULL, "(2013, 'Lost connection to MySQL server during query (timed out)')", NULL },
	  .no_name = { NULL, "(2003, \"Can't connect to MySQL server on '{host}' ([Errno -2] Name or service not "
	      "known)\")", NULL },
	  .reset = { NULL, "(2013, 'Lost connection to MySQL server during query ([Errno 104] Connection reset by "
	      "peer)')", NULL },
	  .remote = { NULL, "({sqlstate}, \"{cause}\")", NULL },
	  .connecting = "    connection = pymysql.connect(**settings)\n" DBAPI
	    SITE "pymysql/connections.py\", line 711, in connect\n    raise exc\n",
	  .calling = CURSOR SITE "pymysql/connections.py\", line 744, in _read_packet\n    "
	      "packet.raise_for_error()\n" },
	[PEER_MONGODB] = { .scope = "opentelemetry.instrumentation.pymongo", .version = CONTRIB,
	  .type = "pymongo.errors.ServerSelectionTimeoutError",
	  .refused = { NULL, "{host}:{port}: [Errno 111] Connection refused (configured timeouts: socketTimeoutMS: "
	      "20000.0ms, "
	    "connectTimeoutMS: 20000.0ms), Timeout: {seconds}s, " TOPOLOGY, NULL },
	  .late = { "pymongo.errors.NetworkTimeout", "{host}:{port}: timed out (configured timeouts: "
	      "socketTimeoutMS: {ms}.0ms)", NULL },
	  .no_name = { NULL, "{host}:{port}: [Errno -2] Name or service not known (configured timeouts: "
	      "socketTimeoutMS: "
	    "20000.0ms, connectTimeoutMS: 20000.0ms), Timeout: {seconds}s, " TOPOLOGY, NULL },
	  .reset = { "pymongo.errors.AutoReconnect", "{host}:{port}: connection closed", NULL },
	  .remote = { "pymongo.errors.OperationFailure", "{cause}", NULL },
	  .connecting = "    document = collection.find_one(query)\n"
	    SITE "pymongo/synchronous/topology.py\", line 333, in _select_servers_loop\n"
	    "    raise ServerSelectionTimeoutError(\n",
	  .calling = "    document = collection.find_one(query)\n"
	    SITE "pymongo/synchronous/pool.py\", line 565, in command\n    self._raise_connection_failure(error)\n" },
	[PEER_KAFKA] = { .scope = "opentelemetry.instrumentation.confluent_kafka", .version = CONTRIB,
	  .server_scope = "opentelemetry.instrumentation.confluent_kafka", .server_version = CONTRIB,
	  .type = "cimpl.KafkaException",
	  .refused = { NULL, "KafkaError{code=_TRANSPORT,val=-195,str=\"{host}:{port}/bootstrap: Connect to "
	      "ipv4#{ip}:{port} "
	    "failed: Connection refused (after 0ms in state CONNECT)\"}", NULL },
	  .late = { NULL, "KafkaError{code=_MSG_TIMED_OUT,val=-192,str=\"Local: Message timed out\"}", NULL },
	  .no_name = { NULL, "KafkaError{code=_RESOLVE,val=-193,str=\"{host}:{port}/bootstrap: Failed to resolve "
	      "'{host}:{port}': "
	    "Name or service not known (after 1ms in state CONNECT)\"}", NULL },
	  .reset = { NULL, "KafkaError{code=_TRANSPORT,val=-195,str=\"{host}:{port}/bootstrap: Disconnected (after "
	      "4ms in state "
	    "UP)\"}", NULL },
	  .calling = "    producer.flush(timeout)\n" },
};

#define MODULES "/app/node_modules/"
#define TICK "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n"
#define CONNECT "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)\n"
#define FETCH                                                                                                          \
	"    at ClientRequest.<anonymous> (" MODULES "node-fetch/lib/index.js:1501:11)\n"                              \
	"    at ClientRequest.emit (node:events:518:28)\n"                                                             \
	"    at emitErrorEvent (node:_http_client:104:11)\n"                                                           \
	"    at Socket.socketErrorListener (node:_http_client:518:5)\n"                                                \
	"    at Socket.emit (node:events:518:28)\n"                                                                    \
	"    at emitErrorNT (node:internal/streams/destroy:170:8)\n" TICK
#define GRPC_JS                                                                                                        \
	"    at callErrorFromStatus (" MODULES "@grpc/grpc-js/build/src/call.js:32:19)\n"                              \
	"    at Object.onReceiveStatus (" MODULES "@grpc/grpc-js/build/src/client.js:193:76)\n"                        \
	"    at Object.onReceiveStatus (" MODULES "@grpc/grpc-js/build/src/client-interceptors.js:361:141)\n"          \
	"    at " MODULES "@grpc/grpc-js/build/src/resolving-call.js:129:78\n" TICK
#define TOPOLOGY_JS                                                                                                    \
	"    at Topology.selectServer (" MODULES "mongodb/lib/sdam/topology.js:326:38)\n" TICK

const forge_library voice_node[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "@opentelemetry/instrumentation-http", .version = "0.203.0",
	  .server_scope = "@opentelemetry/instrumentation-http", .server_version = "0.203.0", .type = "FetchError",
	  .refused = { NULL, "request to http://{host}:{port}{route} failed, reason: connect ECONNREFUSED "
	      "{ip}:{port}", NULL },
	  .late = { NULL, "network timeout at: http://{host}:{port}{route}", NULL },
	  .no_name = { NULL, "request to http://{host}:{port}{route} failed, reason: getaddrinfo ENOTFOUND {host}",
	      NULL },
	  .reset = { NULL, "request to http://{host}:{port}{route} failed, reason: read ECONNRESET", NULL },
	  .remote = { "Error", NULL, NULL }, .connecting = FETCH, .calling = FETCH },
	[PEER_GRPC] = { .scope = "@opentelemetry/instrumentation-grpc", .version = "0.203.0",
	  .server_scope = "@opentelemetry/instrumentation-grpc", .server_version = "0.203.0", .type = "Error",
	  .no_name = { NULL, "14 UNAVAILABLE: Name resolution failed for target dns:{host}:{port}", NULL },
	  .reset = { NULL, "14 UNAVAILABLE: read ECONNRESET", NULL }, .connecting = GRPC_JS, .calling = GRPC_JS },
	[PEER_REDIS] = { .scope = "@opentelemetry/instrumentation-ioredis", .version = "0.51.0", .type = "Error",
	  .refused = { NULL, "connect ECONNREFUSED {ip}:{port}", NULL }, .late = { NULL, "Command timed out", NULL },
	  .no_name = { NULL, "getaddrinfo ENOTFOUND {host}", NULL }, .reset = { NULL, "read ECONNRESET", NULL },
	  .remote = { "ReplyError", "{cause}", NULL }, .connecting = CONNECT,
	  .calling = "    at parseError (" MODULES "redis-parser/lib/parser.js:179:12)\n"
	    "    at parseType (" MODULES "redis-parser/lib/parser.js:302:14)\n" },
	[PEER_POSTGRES] = { .scope = "@opentelemetry/instrumentation-pg", .version = "0.56.0", .type = "Error",
	  .refused = { NULL, "connect ECONNREFUSED {ip}:{port}", NULL }, .late = { NULL, "Query read timeout", NULL },
	  .no_name = { NULL, "getaddrinfo ENOTFOUND {host}", NULL },
	  .reset = { NULL, "Connection terminated unexpectedly", NULL }, .remote = { "error", "{said}", NULL },
	  .connecting = "    at " MODULES "pg-pool/index.js:45:11\n" TICK,
	  .calling = "    at Parser.parseErrorMessage (" MODULES "pg-protocol/dist/parser.js:285:98)\n"
	    "    at Parser.handlePacket (" MODULES "pg-protocol/dist/parser.js:122:29)\n" },
	[PEER_MYSQL] = { .scope = "@opentelemetry/instrumentation-mysql2", .version = "0.50.0", .type = "Error",
	  .refused = { NULL, "connect ECONNREFUSED {ip}:{port}", NULL },
	  .late = { NULL, "Query inactivity timeout", NULL }, .no_name = { NULL, "getaddrinfo ENOTFOUND {host}", NULL },
	  .reset = { NULL, "Connection lost: The server closed the connection.", NULL }, .remote = { NULL,
	      "{cause}", NULL },
	  .connecting = "    at PromisePool.query (" MODULES "mysql2/lib/promise/pool.js:36:22)\n",
	  .calling = "    at PromisePool.execute (" MODULES "mysql2/lib/promise/pool.js:54:22)\n" },
	[PEER_MONGODB] = { .scope = "@opentelemetry/instrumentation-mongodb", .version = "0.57.0",
	  .type = "MongoServerSelectionError",
	  .refused = { NULL, "connect ECONNREFUSED {ip}:{port}", NULL },
	  .late = { NULL, "Server selection timed out after {ms} ms", NULL },
	  .no_name = { NULL, "getaddrinfo ENOTFOUND {host}", NULL },
	  .reset = { "MongoNetworkError", "connection <monitor> to {ip}:{port} closed", NULL },
	  .remote = { "MongoServerError", "{cause}", NULL }, .connecting = TOPOLOGY_JS,
	  .calling = "    at Connection.sendCommand (" MODULES "mongodb/lib/cmap/connection.js:299:27)\n" TICK },
	[PEER_KAFKA] = { .scope = "@opentelemetry/instrumentation-kafkajs", .version = "0.13.0",
	  .server_scope = "@opentelemetry/instrumentation-kafkajs", .server_version = "0.13.0",
	  .type = "KafkaJSNumberOfRetriesExceeded",
	  .refused = { NULL, "Connection error: connect ECONNREFUSED {ip}:{port}", NULL },
	  .late = { "KafkaJSRequestTimeoutError", "Request Produce(key: 0, version: 7) timed out", NULL },
	  .no_name = { NULL, "Connection error: getaddrinfo ENOTFOUND {host}", NULL },
	  .reset = { "KafkaJSConnectionClosedError", "Closed connection", NULL },
	  .calling = "    at onError (" MODULES "kafkajs/src/network/connection.js:210:23)\n" TICK },
};
