/* voice_native.c - the libraries of Go, Rust and C++, and proxies: errors are values there, without stacks. */
#include "forge/voice_priv.h"

#define OTELGRPC "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
#define OTELHTTP "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
#define OTELMONGO "go.opentelemetry.io/contrib/instrumentation/go.mongodb.org/mongo-driver/mongo/otelmongo"
#define DIAL "dial tcp {ip}:{port}: connect: connection refused"
#define LOOKUP "dial tcp: lookup {host} on 10.96.0.10:53: no such host"
#define READ "read tcp {local}->{ip}:{port}: "
#define SELECTION "server selection error: server selection timeout, current topology: { Type: Unknown, Servers: [{ " \
	"Addr: {host}:{port}, "

const forge_library voice_go[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = OTELHTTP, .version = "0.63.0", .server_scope = OTELHTTP, .server_version = "0.63.0",
	  .type = "*url.Error", .no_name = { NULL, "{Method} \"http://{host}:{port}{route}\": " LOOKUP, NULL },
	  .reset = { NULL, "{Method} \"http://{host}:{port}{route}\": " READ "read: connection reset by peer", NULL },
	  .remote = { "*errors.errorString", NULL, NULL } },
	[PEER_GRPC] = { .scope = OTELGRPC, .version = "0.63.0", .server_scope = OTELGRPC, .server_version = "0.63.0",
	  .type = "*status.Error",
	  .no_name = { NULL, "rpc error: code = Unavailable desc = name resolver error: produced zero addresses",
	      NULL },
	  .reset = { NULL, "rpc error: code = Unavailable desc = error reading from server: " READ "read: "
	      "connection reset by peer",
	    NULL } },
	[PEER_REDIS] = { .scope = "github.com/redis/go-redis/extra/redisotel", .version = "semver:9.12.1",
	  .type = "*net.OpError", .refused = { NULL, DIAL, NULL }, .late = { NULL, READ "i/o timeout", NULL },
	  .no_name = { NULL, LOOKUP, NULL }, .reset = { NULL, READ "read: connection reset by peer", NULL },
	  .remote = { "proto.RedisError", "{cause}", NULL } },
	[PEER_POSTGRES] = { .scope = "github.com/XSAM/otelsql", .version = "0.39.0", .type = "*net.OpError",
	  .refused = { NULL, DIAL, NULL }, .late = { "*pq.Error", "pq: canceling statement due to user request", NULL },
	  .no_name = { NULL, LOOKUP, NULL }, .reset = { NULL, READ "read: connection reset by peer", NULL },
	  .remote = { "*pq.Error", "pq: {said}", NULL } },
	[PEER_MYSQL] = { .scope = "github.com/XSAM/otelsql", .version = "0.39.0", .type = "*net.OpError",
	  .refused = { NULL, DIAL, NULL }, .late = { "context.deadlineExceededError", "context deadline exceeded",
	      NULL },
	  .no_name = { NULL, LOOKUP, NULL }, .reset = { "*errors.errorString", "invalid connection", NULL },
	  .remote = { "*mysql.MySQLError", "Error {sqlstate}: {cause}", NULL } },
	[PEER_MONGODB] = { .scope = OTELMONGO, .version = "0.63.0", .type = "topology.ServerSelectionError",
	  .refused = { NULL, SELECTION "Type: Unknown, Last error: " DIAL " }, ] }", NULL },
	  .late = { "context.deadlineExceededError", "context deadline exceeded", NULL },
	  .no_name = { NULL, SELECTION "Type: Unknown, Last error: " LOOKUP " }, ] }", NULL },
	  .reset = { "topology.ConnectionError", "connection({host}:{port}[-5]) incomplete read of message header: "
	      "EOF", NULL },
	  .remote = { "mongo.CommandError", "{cause}", NULL } },
	[PEER_KAFKA] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "*errors.errorString",
	  .refused = { NULL, "kafka: client has run out of available brokers to talk to: " DIAL, NULL },
	  .late = { NULL, "kafka: client has run out of available brokers to talk to: " READ "i/o timeout", NULL },
	  .no_name = { NULL, "kafka: client has run out of available brokers to talk to: " LOOKUP, NULL },
	  .reset = { NULL, "kafka: client has run out of available brokers to talk to: EOF", NULL } },
};

#define SQLX "error communicating with database: "

/* Its spans come from the tracing crate, whose tracer is named after the service. */
const forge_library voice_rust[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "opentelemetry-instrumentation-actix-web", .version = "0.22.0",
	  .server_scope = "opentelemetry-instrumentation-actix-web", .server_version = "0.22.0",
	      .type = "reqwest::Error",
	  .no_name = { NULL, "error sending request for url (http://{host}:{port}{route}): client error (Connect): "
	      "dns error: failed "
	    "to lookup address information: Name or service not known", NULL },
	  .reset = { NULL, "error sending request for url (http://{host}:{port}{route}): client error "
	      "(SendRequest): connection "
	    "error: Connection reset by peer (os error 104)", NULL } },
	[PEER_GRPC] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	    .type = "tonic::Status",
	  .no_name = { NULL, "status: Unavailable, message: \"dns error: failed to lookup address information: Name "
	      "or service not "
	    "known\"", NULL },
	  .reset = { NULL, "status: Unavailable, message: \"connection error: Connection reset by peer (os error "
	      "104)\"", NULL } },
	[PEER_REDIS] = { .scope = "{name}", .version = "", .type = "redis::RedisError",
	  .late = { NULL, "timed out", NULL },
	  .no_name = { NULL, "failed to lookup address information: Name or service not known", NULL },
	  .reset = { NULL, "Connection reset by peer (os error 104)", NULL }, .remote = { NULL, "{cause}", NULL } },
	[PEER_POSTGRES] = { .scope = "{name}", .version = "", .type = "sqlx::Error",
	  .refused = { NULL, SQLX "Connection refused (os error 111)", NULL },
	  .late = { NULL, "pool timed out while waiting for an open connection", NULL },
	  .no_name = { NULL, SQLX "failed to lookup address information: Name or service not known", NULL },
	  .reset = { NULL, SQLX "Connection reset by peer (os error 104)", NULL },
	  .remote = { NULL, "error returned from database: {said}", NULL } },
	[PEER_MYSQL] = { .scope = "{name}", .version = "", .type = "sqlx::Error",
	  .refused = { NULL, SQLX "Connection refused (os error 111)", NULL },
	  .late = { NULL, "pool timed out while waiting for an open connection", NULL },
	  .no_name = { NULL, SQLX "failed to lookup address information: Name or service not known", NULL },
	  .reset = { NULL, SQLX "expected to read 4 bytes, got 0 bytes at EOF", NULL },
	  .remote = { NULL, "error returned from database: {sqlstate}: {cause}", NULL } },
	[PEER_MONGODB] = { .scope = "{name}", .version = "", .type = "mongodb::error::Error",
	  .refused = { NULL, "Kind: Server selection timeout: No available servers. Topology: { Type: Unknown, "
	      "Servers: [ { Address: "
	    "{host}:{port}, Type: Unknown, Error: Kind: I/O error: Connection refused (os error 111) } ] }", NULL },
	  .no_name = { NULL, "Kind: Server selection timeout: No available servers. Topology: { Type: Unknown, "
	      "Servers: [ { Address: "
	    "{host}:{port}, Type: Unknown, Error: Kind: I/O error: failed to lookup address information } ] }", NULL },
	  .remote = { NULL, "Kind: Command failed: {cause}", NULL } },
	[PEER_KAFKA] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "rdkafka::error::KafkaError",
	  .refused = { NULL, "Message production error: BrokerTransportFailure (Local: Broker transport failure)",
	      NULL },
	  .late = { NULL, "Message production error: MessageTimedOut (Local: Message timed out)", NULL },
	  .no_name = { NULL, "Message production error: Resolve (Local: Host resolution failure)", NULL },
	  .reset = { NULL, "Message production error: BrokerTransportFailure (Local: Broker transport failure)",
	      NULL } },
};

/* Instrumented by hand: tracers are named after the service. */
const forge_library voice_cpp[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "std::runtime_error", .no_name = { NULL, "Could not resolve host: {host}", NULL },
	  .reset = { NULL, "Recv failure: Connection reset by peer", NULL } },
	[PEER_GRPC] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "std::runtime_error" },
	[PEER_REDIS] = { .scope = "{name}", .version = "", .type = "sw::redis::IoError",
	  .refused = { NULL, "Failed to connect to Redis: Connection refused", NULL },
	  .late = { "sw::redis::TimeoutError", "Failed to get reply: Resource temporarily unavailable", NULL },
	  .no_name = { NULL, "Failed to connect to Redis: Name or service not known", NULL },
	  .reset = { "sw::redis::ClosedError", "Failed to get reply: Server closed the connection", NULL },
	  .remote = { "sw::redis::ReplyError", "{cause}", NULL } },
	[PEER_POSTGRES] = { .scope = "{name}", .version = "", .type = "pqxx::broken_connection",
	  .refused = { NULL, "connection to server at \"{host}\" ({ip}), port {port} failed: Connection "
	      "refused\n\tIs the server "
	    "running on that host and accepting TCP/IP connections?", NULL },
	  .late = { "pqxx::query_canceled", "ERROR:  canceling statement due to statement timeout", NULL },
	  .no_name = { NULL, "could not translate host name \"{host}\" to address: Name or service not known", NULL },
	  .reset = { NULL, "Lost connection to the database server.", NULL },
	  .remote = { NULL, "connection to server at \"{host}\" ({ip}), port {port} failed: {cause}", NULL } },
	[PEER_MYSQL] = { .scope = "{name}", .version = "", .type = "sql::SQLException",
	  .refused = { NULL, "Can't connect to MySQL server on '{host}:{port}' (111)", NULL },
	  .late = { NULL, "Lost connection to MySQL server during query", NULL },
	  .no_name = { NULL, "Unknown MySQL server host '{host}' (-2)", NULL },
	  .reset = { NULL, "Lost connection to MySQL server during query", NULL }, .remote = { NULL, "{cause}",
	      NULL } },
	[PEER_MONGODB] = { .scope = "{name}", .version = "", .type = "mongocxx::v_noabi::query_exception",
	  .refused = { NULL, "No suitable servers found (`serverSelectionTryOnce` set): [connection refused calling "
	      "hello on "
	    "'{host}:{port}']: generic server error", NULL },
	  .no_name = { NULL, "No suitable servers found (`serverSelectionTryOnce` set): [Failed to resolve "
	      "'{host}']: generic server "
	    "error", NULL } },
	[PEER_KAFKA] = { .scope = "{name}", .version = "", .server_scope = "{name}", .server_version = "",
	  .type = "std::runtime_error", .refused = { NULL, "Local: Broker transport failure", NULL },
	  .late = { NULL, "Local: Message timed out", NULL }, .no_name = { NULL, "Local: Host resolution failure",
	      NULL },
	  .reset = { NULL, "Local: Broker transport failure", NULL } },
};

/* Envoy, nginx and stores: what the runtime says is all there is. */
const forge_library voice_proxy[PEER_COUNT] = {
	[PEER_HTTP] = { .type = "" }, [PEER_GRPC] = { .type = "" }, [PEER_REDIS] = { .type = "" },
	[PEER_POSTGRES] = { .type = "" }, [PEER_MYSQL] = { .type = "" }, [PEER_MONGODB] = { .type = "" },
	[PEER_KAFKA] = { .type = "" },
};
