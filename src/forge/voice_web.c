/* voice_web.c - the libraries of Ruby and of PHP: names, failures and stacks as their users know them. */
#include "forge/voice_priv.h"

#define GEMS "/usr/local/bundle/gems/"
#define LIBPQ_REFUSED                                                                                                  \
	"connection to server at \"{host}\" ({ip}), port {port} failed: Connection refused\n\tIs the server running "  \
	"on that host and accepting TCP/IP connections?"
#define NET_HTTP                                                                                                       \
	"/usr/local/lib/ruby/3.4.0/net/http.rb:1655:in 'Net::HTTP#connect'\n"                                          \
	GEMS "opentelemetry-instrumentation-net_http-0.23.1/lib/opentelemetry/instrumentation/net/http/patches/"       \
	"instrumentation.rb:73:in 'connect'\n"                                                                         \
	"/usr/local/lib/ruby/3.4.0/net/http.rb:1580:in 'Net::HTTP#request'\n"

/* One line a frame, innermost first. */
const forge_library voice_ruby[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "OpenTelemetry::Instrumentation::Net::HTTP", .version = "0.23.1",
	  .server_scope = "OpenTelemetry::Instrumentation::Sinatra", .server_version = "0.26.0",
	      .type = "Errno::ECONNREFUSED",
	  .no_name = { "Socket::ResolutionError", NULL, NULL },
	  .late = { "Net::ReadTimeout", "Net::ReadTimeout with #<TCPSocket:(closed)>", NULL },
	  .reset = { "EOFError", "end of file reached", NULL }, .remote = { "Net::HTTPFatalError", NULL, NULL },
	  .connecting = "/usr/local/lib/ruby/3.4.0/socket.rb:1297:in 'TCPSocket#initialize'\n" NET_HTTP,
	  .calling = GEMS "net-protocol-0.2.2/lib/net/protocol.rb:229:in 'Net::BufferedIO#rbuf_fill'\n" NET_HTTP },
	[PEER_GRPC] = { .scope = "OpenTelemetry::Instrumentation::Grpc", .version = "0.3.0",
	  .server_scope = "OpenTelemetry::Instrumentation::Grpc", .server_version = "0.3.0",
	      .type = "GRPC::Unavailable",
	  .late = { "GRPC::DeadlineExceeded", NULL, NULL },
	  .no_name = { NULL, "14:DNS resolution failed for {host}:{port}: C-ares status is not ARES_SUCCESS qtype=A "
	      "name={host} "
	    "is_balancer=0: Domain name not found", NULL },
	  .reset = { NULL, "14:recvmsg:Connection reset by peer", NULL }, .remote = { "GRPC::BadStatus", NULL, NULL },
	  .calling = GEMS "grpc-1.74.0/src/ruby/lib/grpc/generic/active_call.rb:31:in "
	      "'GRPC::Core::StatusChecker#check_status'\n"
	    GEMS "grpc-1.74.0/src/ruby/lib/grpc/generic/client_stub.rb:174:in 'GRPC::ClientStub#request_response'\n" },
	[PEER_REDIS] = { .scope = "OpenTelemetry::Instrumentation::Redis", .version = "0.26.1",
	  .type = "Redis::CannotConnectError",
	  .refused = { NULL, "Connection refused - connect(2) for {ip}:{port} (redis://{host}:{port})", NULL },
	  .late = { "Redis::TimeoutError", "Waited {seconds} seconds (redis://{host}:{port})", NULL },
	  .no_name = { NULL, "getaddrinfo(3): Name or service not known (redis://{host}:{port})", NULL },
	  .reset = { "Redis::ConnectionError", "Connection reset by peer (redis://{host}:{port})", NULL },
	  .remote = { "Redis::CommandError", "{cause}", NULL },
	  .calling = GEMS "redis-client-0.25.1/lib/redis_client.rb:830:in 'RedisClient#connect'\n"
	    GEMS "redis-5.4.1/lib/redis/client.rb:84:in 'Redis::Client#call_v'\n" },
	[PEER_POSTGRES] = { .scope = "OpenTelemetry::Instrumentation::PG", .version = "0.30.1",
	    .type = "PG::ConnectionBad",
	  .refused = { NULL, LIBPQ_REFUSED, NULL },
	  .late = { "PG::QueryCanceled", "ERROR:  canceling statement due to statement timeout", NULL },
	  .no_name = { NULL, "could not translate host name \"{host}\" to address: Name or service not known", NULL },
	  .reset = { "PG::UnableToSend", "server closed the connection unexpectedly", NULL },
	  .remote = { NULL, "connection to server at \"{host}\" ({ip}), port {port} failed: {cause}", NULL },
	  .connecting = GEMS "pg-1.6.1/lib/pg/connection.rb:947:in 'PG::Connection.connect_to_hosts'\n"
	    GEMS "pg-1.6.1/lib/pg/connection.rb:864:in 'PG::Connection.new'\n",
	  .calling = GEMS "opentelemetry-instrumentation-pg-0.30.1/lib/opentelemetry/instrumentation/pg/patches/"
	    "connection.rb:"
	    "57:in 'exec_params'\n" },
	[PEER_MYSQL] = { .scope = "OpenTelemetry::Instrumentation::Mysql2", .version = "0.29.0",
	  .type = "Mysql2::Error::ConnectionError",
	  .refused = { NULL, "Can't connect to server on '{host}' (111)", NULL },
	  .late = { "Mysql2::Error::TimeoutError",
	    "Timeout waiting for a response from the last query. (waited {seconds} seconds)", NULL },
	  .no_name = { NULL, "Unknown server host '{host}' (-2)", NULL },
	  .reset = { NULL, "Lost connection to server during query", NULL }, .remote = { NULL, "{cause}", NULL },
	  .calling = GEMS "mysql2-0.5.6/lib/mysql2/client.rb:151:in 'Mysql2::Client#query'\n" },
	[PEER_MONGODB] = { .scope = "OpenTelemetry::Instrumentation::Mongo", .version = "0.23.0",
	  .type = "Mongo::Error::NoServerAvailable",
	  .refused = { NULL, "No primary server is available in cluster: #<Cluster topology=Unknown[{host}:{port}] "
	    "servers=[#<Server address={host}:{port} UNKNOWN>]> with timeout={seconds}", NULL },
	  .late = { "Mongo::Error::SocketTimeoutError", "Took more than {seconds} seconds to receive data (for "
	      "{ip}:{port})", NULL },
	  .no_name = { NULL, "No primary server is available in cluster: #<Cluster topology=Unknown[{host}:{port}] "
	    "servers=[#<Server address={host}:{port} UNKNOWN>]>, getaddrinfo(3): Name or service not known", NULL },
	  .reset = { "Mongo::Error::SocketError", "EOFError: end of file reached (for {ip}:{port})", NULL },
	  .remote = { "Mongo::Error::OperationFailure", "{cause}", NULL },
	  .calling = GEMS "mongo-2.21.2/lib/mongo/server_selector/base.rb:291:in 'select_server'\n" },
	[PEER_KAFKA] = { .scope = "OpenTelemetry::Instrumentation::Rdkafka", .version = "0.8.0",
	  .server_scope = "OpenTelemetry::Instrumentation::Rdkafka", .server_version = "0.8.0",
	      .type = "Rdkafka::RdkafkaError",
	  .refused = { NULL, "Local: Broker transport failure (transport): {host}:{port}/bootstrap: Connect to "
	      "ipv4#{ip}:{port} "
	    "failed: Connection refused (after 0ms in state CONNECT)", NULL },
	  .late = { NULL, "Local: Message timed out (msg_timed_out)", NULL },
	  .no_name = { NULL, "Local: Host resolution failure (resolve): {host}:{port}/bootstrap: Failed to resolve "
	    "'{host}:{port}': Name or service not known", NULL },
	  .reset = { NULL, "Local: Broker transport failure (transport): {host}:{port}/1: Disconnected", NULL },
	  .calling = GEMS "rdkafka-0.22.2/lib/rdkafka/callbacks.rb:41:in 'wait'\n" },
};

#define CURL                                                                                                           \
	"GuzzleHttp.Handler.CurlFactory.createRejection(CurlFactory.php:276)\n"                                        \
	"GuzzleHttp.Handler.CurlHandler.__invoke(CurlHandler.php:44)\n"                                                \
	"GuzzleHttp.Client.transfer(Client.php:333)\n"
#define PDO "PDO.__construct(PDO.php)\n"

const forge_library voice_php[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "io.opentelemetry.contrib.php.guzzle", .version = "",
	  .server_scope = "io.opentelemetry.contrib.php.slim", .server_version = "",
	  .type = "GuzzleHttp\\Exception\\ConnectException",
	  .no_name = { NULL, "cURL error 6: Could not resolve host: {host} (see "
	      "https://curl.haxx.se/libcurl/c/libcurl-errors.html) "
	    "for http://{host}:{port}{route}", NULL },
	  .reset = { "GuzzleHttp\\Exception\\RequestException", "cURL error 56: Recv failure: Connection reset by "
	      "peer for "
	    "http://{host}:{port}{route}", NULL },
	  .remote = { "GuzzleHttp\\Exception\\ServerException", NULL, NULL }, .connecting = CURL,
	  .calling = "GuzzleHttp.Exception.RequestException.create(RequestException.php:113)\n"
	    "GuzzleHttp.Middleware.GuzzleHttp.{closure}(Middleware.php:72)\n" },
	[PEER_GRPC] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "RuntimeException", .calling = "Grpc.UnaryCall.wait(UnaryCall.php:106)\n" },
	[PEER_REDIS] = { .scope = "{name}", .version = "", .type = "Predis\\Connection\\ConnectionException",
	  .refused = { NULL, "Connection refused [tcp://{host}:{port}]", NULL },
	  .late = { NULL, "Error while reading line from the server. [tcp://{host}:{port}]", NULL },
	  .no_name = { NULL, "php_network_getaddresses: getaddrinfo for {host} failed: Name or service not known "
	    "[tcp://{host}:{port}]", NULL },
	  .reset = { NULL, "Error while reading line from the server. [tcp://{host}:{port}]", NULL },
	  .remote = { "Predis\\Response\\ServerException", "{cause}", NULL },
	  .calling = "Predis.Connection.AbstractConnection.onConnectionError(AbstractConnection.php:144)\n" },
	[PEER_POSTGRES] = { .scope = "io.opentelemetry.contrib.php.pdo", .version = "", .type = "PDOException",
	  .refused = { NULL, "SQLSTATE[08006] [7] " LIBPQ_REFUSED, NULL },
	  .late = { NULL, "SQLSTATE[57014]: Query canceled: 7 ERROR:  canceling statement due to statement timeout",
	      NULL },
	  .no_name = { NULL, "SQLSTATE[08006] [7] could not translate host name \"{host}\" to address: Name or "
	      "service not known",
	    NULL },
	  .reset = { NULL, "SQLSTATE[HY000]: General error: 7 server closed the connection unexpectedly", NULL },
	  .remote = { NULL, "SQLSTATE[08006] [7] connection to server at \"{host}\" ({ip}), port {port} failed: "
	      "{cause}", NULL },
	  .connecting = PDO, .calling = "PDOStatement.execute(PDOStatement.php)\n" },
	[PEER_MYSQL] = { .scope = "io.opentelemetry.contrib.php.pdo", .version = "", .type = "PDOException",
	  .refused = { NULL, "SQLSTATE[HY000] [2002] Connection refused", NULL },
	  .late = { NULL, "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", NULL },
	  .no_name = { NULL, "SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo for {host} failed: Name "
	      "or service not "
	    "known", NULL },
	  .reset = { NULL, "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", NULL },
	  .remote = { NULL, "SQLSTATE[HY000] [{sqlstate}] {cause}", NULL }, .connecting = PDO,
	  .calling = "PDOStatement.execute(PDOStatement.php)\n" },
	[PEER_MONGODB] = { .scope = "io.opentelemetry.contrib.php.mongodb", .version = "",
	  .type = "MongoDB\\Driver\\Exception\\ConnectionTimeoutException",
	  .refused = { NULL, "No suitable servers found (`serverSelectionTryOnce` set): [connection refused calling "
	      "hello on "
	    "'{host}:{port}']", NULL },
	  .late = { NULL, "Failed to read 4 bytes: socket error or timeout", NULL },
	  .no_name = { NULL, "No suitable servers found (`serverSelectionTryOnce` set): [Failed to resolve "
	      "'{host}']", NULL },
	  .reset = { NULL, "Failed to read 4 bytes: socket error or timeout", NULL },
	  .remote = { "MongoDB\\Driver\\Exception\\CommandException", "{cause}", NULL },
	  .calling = "MongoDB.Operation.Find.execute(Find.php:287)\n" },
	[PEER_KAFKA] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "RdKafka\\Exception", .refused = { NULL, "Local: Broker transport failure", NULL },
	  .late = { NULL, "Local: Message timed out", NULL }, .no_name = { NULL, "Local: Host resolution failure",
	      NULL },
	  .reset = { NULL, "Local: Broker transport failure", NULL },
	      .calling = "RdKafka.Producer.flush(Producer.php)\n" },
};
