/* voice_managed.c - the libraries of the JVM and of .NET: names, failures and stacks as their users know them. */
#include "forge/voice_priv.h"

#define AGENT "2.18.1-alpha"
#define JAVA_CONNECT                                                                                                   \
	"\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n"                                                   \
	"\tat java.base/sun.nio.ch.Net.pollConnectNow(Net.java:682)\n"                                                 \
	"\tat java.base/sun.nio.ch.NioSocketImpl.timedFinishConnect(NioSocketImpl.java:542)\n"                         \
	"\tat java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:592)\n"                                    \
	"\tat java.base/java.net.SocksSocketImpl.connect(SocksSocketImpl.java:327)\n"                                  \
	"\tat java.base/java.net.Socket.connect(Socket.java:751)\n"
#define JAVA_READ                                                                                                      \
	"\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)\n"                                  \
	"\tat java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:304)\n"                                   \
	"\tat java.base/java.net.Socket$SocketInputStream.read(Socket.java:1099)\n"
#define JAVA_GRPC                                                                                                      \
	"\tat io.grpc.stub.ClientCalls.toStatusRuntimeException(ClientCalls.java:268)\n"                               \
	"\tat io.grpc.stub.ClientCalls.getUnchecked(ClientCalls.java:249)\n"                                           \
	"\tat io.grpc.stub.ClientCalls.blockingUnaryCall(ClientCalls.java:167)\n"
#define APACHE                                                                                                         \
	"\tat org.apache.hc.client5.http.impl.classic.InternalHttpClient.doExecute(InternalHttpClient.java:174)\n"     \
	"\tat org.springframework.web.client.RestTemplate.doExecute(RestTemplate.java:891)\n"
#define JEDIS                                                                                                          \
	"\tat redis.clients.jedis.Connection.sendCommand(Connection.java:178)\n"                                       \
	"\tat redis.clients.jedis.UnifiedJedis.executeCommand(UnifiedJedis.java:289)\n"
#define HIKARI                                                                                                         \
	"\tat com.zaxxer.hikari.pool.HikariPool.newConnection(HikariPool.java:461)\n"                                  \
	"\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:173)\n"
#define LINK_FAILURE                                                                                                   \
	"Communications link failure\n\nThe last packet sent successfully to the server was 0 milliseconds ago. The "  \
	"driver has not received any packets from the server."
#define MONGO_STATE "Client view of cluster state is {type=UNKNOWN, servers=[{address={host}:{port}, type=UNKNOWN, " \
	"state=CONNECTING, "

/* Kotlin's are the same. */
const forge_library voice_java[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "io.opentelemetry.apache-httpclient-5.0", .version = AGENT,
	  .server_scope = "io.opentelemetry.tomcat-10.0", .server_version = AGENT, .type = "java.net.SocketException",
	  .refused = { "org.apache.hc.client5.http.HttpHostConnectException",
	    "Connect to http://{host}:{port} [{host}/{ip}] failed: Connection refused", NULL },
	  .late = { "java.net.SocketTimeoutException", "Read timed out", NULL },
	  .no_name = { "java.net.UnknownHostException", "{host}: Name or service not known", NULL },
	  .reset = { NULL, "Connection reset", NULL },
	  .remote = { "org.springframework.web.client.HttpServerErrorException", NULL, NULL },
	  .connecting = JAVA_CONNECT
	    "\tat org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator.connect"
	    "(DefaultHttpClientConnectionOperator.java:216)\n" APACHE,
	  .calling = JAVA_READ
	    "\tat org.apache.hc.core5.http.impl.io.HttpRequestExecutor.execute(HttpRequestExecutor.java:218)\n"
	    APACHE },
	[PEER_GRPC] = { .scope = "io.opentelemetry.grpc-1.6", .version = AGENT,
	    .server_scope = "io.opentelemetry.grpc-1.6",
	  .server_version = AGENT, .type = "io.grpc.StatusRuntimeException",
	  .refused = { NULL, "UNAVAILABLE: io exception", "io.netty.channel.AbstractChannel$AnnotatedConnectException: "
	    "finishConnect(..) failed: Connection refused: {host}/{ip}:{port}" },
	  .no_name = { NULL, "UNAVAILABLE: Unable to resolve host {host}", "java.net.UnknownHostException: {host}: "
	      "Name or service "
	    "not known" }, .connecting = JAVA_GRPC, .calling = JAVA_GRPC },
	[PEER_REDIS] = { .scope = "io.opentelemetry.jedis-4.0", .version = AGENT,
	  .type = "redis.clients.jedis.exceptions.JedisConnectionException",
	  .refused = { NULL, "Failed to connect to {host}:{port}.", "java.net.ConnectException: Connection refused" },
	  .late = { NULL, "java.net.SocketTimeoutException: Read timed out", NULL },
	  .no_name = { NULL, "Failed to connect to {host}:{port}.", "java.net.UnknownHostException: {host}: Name or "
	      "service not known" },
	  .reset = { NULL, "Unexpected end of stream.", NULL },
	  .remote = { "redis.clients.jedis.exceptions.JedisDataException", "{cause}", NULL },
	  .connecting = "\tat redis.clients.jedis.DefaultJedisSocketFactory.connectToFirstSuccessfulHost"
	    "(DefaultJedisSocketFactory.java:67)\n"
	    "\tat redis.clients.jedis.Connection.connect(Connection.java:221)\n" JEDIS,
	  .calling = "\tat redis.clients.jedis.util.RedisInputStream.ensureFill(RedisInputStream.java:202)\n"
	    "\tat redis.clients.jedis.Protocol.process(Protocol.java:145)\n" JEDIS },
	[PEER_POSTGRES] = { .scope = "io.opentelemetry.jdbc", .version = AGENT,
	    .type = "org.postgresql.util.PSQLException",
	  .refused = { NULL, "Connection to {host}:{port} refused. Check that the hostname and port are correct and "
	      "that the "
	    "postmaster is accepting TCP/IP connections.", "java.net.ConnectException: Connection refused" },
	  .late = { NULL, "An I/O error occurred while sending to the backend.", "java.net.SocketTimeoutException: "
	      "Read timed out" },
	  .no_name = { NULL, "The connection attempt failed.", "java.net.UnknownHostException: {host}" },
	  .reset = { NULL, "An I/O error occurred while sending to the backend.",
	      "java.net.SocketException: Connection reset" },
	  .remote = { NULL, "{cause}", NULL },
	  .connecting = "\tat "
	      "org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:352)\n"
	    "\tat org.postgresql.jdbc.PgConnection.<init>(PgConnection.java:273)\n"
	    "\tat org.postgresql.Driver.connect(Driver.java:298)\n" HIKARI,
	  .calling = "\tat org.postgresql.core.v3.QueryExecutorImpl.execute(QueryExecutorImpl.java:398)\n"
	    "\tat org.postgresql.jdbc.PgStatement.execute(PgStatement.java:498)\n"
	    "\tat com.zaxxer.hikari.pool.ProxyPreparedStatement.execute(ProxyPreparedStatement.java:44)\n" },
	[PEER_MYSQL] = { .scope = "io.opentelemetry.jdbc", .version = AGENT,
	  .type = "com.mysql.cj.jdbc.exceptions.CommunicationsException",
	  .refused = { NULL, LINK_FAILURE, "java.net.ConnectException: Connection refused" },
	  .late = { "com.mysql.cj.jdbc.exceptions.MySQLTimeoutException", "Statement cancelled due to timeout or "
	      "client request", NULL },
	  .no_name = { NULL, LINK_FAILURE, "java.net.UnknownHostException: {host}: Name or service not known" },
	  .reset = { NULL, LINK_FAILURE, "java.io.EOFException: Can not read response from server. Expected to read "
	      "4 bytes, read 0 "
	    "bytes before connection was unexpectedly lost." },
	  .remote = { "java.sql.SQLException", "{cause}", NULL },
	  .connecting = "\tat com.mysql.cj.jdbc.exceptions.SQLError.createCommunicationsException(SQLError.java:165)\n"
	    "\tat com.mysql.cj.jdbc.ConnectionImpl.createNewIO(ConnectionImpl.java:815)\n"
	    "\tat com.mysql.cj.jdbc.NonRegisteringDriver.connect(NonRegisteringDriver.java:189)\n" HIKARI,
	  .calling = "\tat "
	      "com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping.translateException(SQLExceptionsMapping.java:114)\n"
	    "\tat com.mysql.cj.jdbc.ClientPreparedStatement.executeInternal(ClientPreparedStatement.java:988)\n"
	    "\tat com.zaxxer.hikari.pool.ProxyPreparedStatement.executeQuery(ProxyPreparedStatement.java:52)\n" },
	[PEER_MONGODB] = { .scope = "io.opentelemetry.mongo-4.0", .version = AGENT,
	    .type = "com.mongodb.MongoTimeoutException",
	  .refused = { NULL, "Timed out while waiting for a server that matches WritableServerSelector. " MONGO_STATE
	    "exception={com.mongodb.MongoSocketOpenException: Exception opening socket}, caused by "
	    "{java.net.ConnectException: Connection refused}}]", NULL },
	  .late = { "com.mongodb.MongoSocketReadTimeoutException", "Timeout while receiving message", NULL },
	  .no_name = { NULL, "Timed out while waiting for a server that matches WritableServerSelector. " MONGO_STATE
	    "exception={com.mongodb.MongoSocketException: {host}: Name or service not known}, caused by "
	    "{java.net.UnknownHostException: {host}: Name or service not known}}]", NULL },
	  .reset = { "com.mongodb.MongoSocketReadException", "Prematurely reached end of stream", NULL },
	  .remote = { "com.mongodb.MongoCommandException", "{cause}", NULL },
	  .connecting = "\tat "
	      "com.mongodb.internal.connection.BaseCluster.createTimeoutException(BaseCluster.java:392)\n"
	    "\tat com.mongodb.internal.connection.BaseCluster.selectServer(BaseCluster.java:155)\n",
	  .calling = "\tat com.mongodb.internal.connection.InternalStreamConnection.receiveMessage"
	    "(InternalStreamConnection.java:701)\n" },
	[PEER_KAFKA] = { .scope = "io.opentelemetry.kafka-clients-0.11", .version = AGENT,
	  .server_scope = "io.opentelemetry.kafka-clients-0.11", .server_version = AGENT,
	  .type = "org.apache.kafka.common.errors.TimeoutException",
	  .refused = { NULL, "Topic {topic} not present in metadata after {ms} ms. Connection to node -1 "
	      "({host}/{ip}:{port}) could "
	    "not be established. Node may not be available.", NULL },
	  .late = { NULL, "Expiring 1 record(s) for {topic}-0:{ms} ms has passed since batch creation", NULL },
	  .no_name = { "org.apache.kafka.common.config.ConfigException",
	    "No resolvable bootstrap urls given in bootstrap.servers: DNS resolution failed for {host}", NULL },
	  .reset = { "org.apache.kafka.common.errors.DisconnectException",
	    "Connection with {host}/{ip}:{port} disconnected: java.io.IOException: Connection reset by peer", NULL },
	  .connecting = "\tat "
	      "org.apache.kafka.clients.producer.KafkaProducer$FutureFailure.<init>(KafkaProducer.java:1512)\n"
	    "\tat org.apache.kafka.clients.producer.KafkaProducer.doSend(KafkaProducer.java:1134)\n",
	  .calling = "\tat org.apache.kafka.clients.producer.internals.Sender.sendProducerData(Sender.java:382)\n"
	    "\tat org.apache.kafka.clients.producer.internals.Sender.run(Sender.java:243)\n" },
};

#define NET_HTTP                                                                                                       \
	"   at System.Net.Http.HttpConnectionPool.SendWithVersionDetectionAndRetryAsync(HttpRequestMessage request, "  \
	"Boolean async, Boolean doRequestAuth, CancellationToken cancellationToken)\n"                                 \
	"   at System.Net.Http.DiagnosticsHandler.SendAsyncCore(HttpRequestMessage request, Boolean async, "           \
	"CancellationToken cancellationToken)\n"                                                                       \
	"   at System.Net.Http.HttpClient.<SendAsync>g__Core|83_0(HttpRequestMessage request, HttpCompletionOption "   \
	"completionOption, CancellationTokenSource cts, Boolean disposeCts, CancellationTokenSource "                  \
	"pendingRequestsCts, CancellationToken originalCancellationToken)\n"
#define NET_GRPC                                                                                                       \
	"   at Grpc.Net.Client.Internal.HttpClientCallInvoker.BlockingUnaryCall[TRequest,TResponse](Method`2 method, " \
	"String host, CallOptions options, TRequest request)\n"                                                        \
	"   at Grpc.Core.Interceptors.InterceptingCallInvoker.<BlockingUnaryCall>b__3_0[TRequest,TResponse]"           \
	"(TRequest req, ClientInterceptorContext`2 ctx)\n"
#define NET_REDIS                                                                                                      \
	"   at StackExchange.Redis.ConnectionMultiplexer.ExecuteAsyncImpl[T](Message message, ResultProcessor`1 "      \
	"processor, Object state, ServerEndPoint server, T defaultValue)\n"                                            \
	"   at StackExchange.Redis.RedisDatabase.ExecuteAsync[T](Message message, ResultProcessor`1 processor)\n"
#define REDIS_STATE                                                                                                    \
	"{host}:{port}/Interactive, Initializing/NotStarted, last: NONE, origin: BeginConnectAsync, outstanding: 0, "  \
	"keep-alive: 180s, state: Connecting, mgr: 10 of 10 available, last-heartbeat: never, v: 2.8.41.46320"
#define NPGSQL                                                                                                         \
	"   at Npgsql.PoolingDataSource.OpenNewConnector(NpgsqlConnection conn, NpgsqlTimeout timeout, Boolean "       \
	"async, CancellationToken cancellationToken)\n"                                                                \
	"   at Npgsql.NpgsqlConnection.<Open>g__OpenAsync|42_0(Boolean async, CancellationToken cancellationToken)\n"
#define RDKAFKA "%3|{epoch}|FAIL|rdkafka#consumer-1| [thrd:{host}:{port}/bootstrap]: {host}:{port}/bootstrap: "

const forge_library voice_dotnet[PEER_COUNT] = {
	[PEER_HTTP] = { .scope = "System.Net.Http", .version = "", .server_scope = "Microsoft.AspNetCore",
	    .server_version = "",
	  .type = "System.Net.Http.HttpRequestException",
	  .refused = { NULL, "Connection refused ({host}:{port})", "System.Net.Sockets.SocketException (111): "
	      "Connection refused" },
	  .no_name = { NULL, "Name or service not known ({host}:{port})",
	    "System.Net.Sockets.SocketException (0xFFFDFFFF): Name or service not known" },
	  .late = { "System.Threading.Tasks.TaskCanceledException",
	    "The request was canceled due to the configured HttpClient.Timeout of {seconds} seconds elapsing.", NULL },
	  .reset = { NULL, "An error occurred while sending the request. The response ended prematurely. "
	      "(ResponseEnded)", NULL },
	  .connecting = "   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port, "
	    "HttpRequestMessage initialRequest, Boolean async, CancellationToken cancellationToken)\n"
	    "   at System.Net.Http.HttpConnectionPool.ConnectAsync(HttpRequestMessage request, Boolean async, "
	    "CancellationToken cancellationToken)\n" NET_HTTP,
	  .calling = "   at System.Net.Http.HttpConnection.SendAsync(HttpRequestMessage request, Boolean async, "
	    "CancellationToken cancellationToken)\n" NET_HTTP },
	[PEER_GRPC] = { .scope = "OpenTelemetry.Instrumentation.GrpcNetClient", .version = "1.12.0-beta.1",
	  .server_scope = "Microsoft.AspNetCore", .server_version = "", .type = "Grpc.Core.RpcException",
	  .no_name = { NULL, "Status(StatusCode=\"Unavailable\", Detail=\"Error getting DNS hosts for '{host}'. "
	      "SocketException: "
	    "Name or service not known\", DebugException=\"System.Net.Sockets.SocketException: Name or service not "
	    "known\")", NULL },
	  .reset = { NULL, "Status(StatusCode=\"Unavailable\", Detail=\"Error starting gRPC call. "
	      "HttpRequestException: An error "
	    "occurred while sending the request. IOException: Connection reset by peer\")", NULL },
	  .connecting = NET_GRPC, .calling = NET_GRPC },
	[PEER_REDIS] = { .scope = "OpenTelemetry.Instrumentation.StackExchangeRedis", .version = "1.12.0-beta.1",
	  .type = "StackExchange.Redis.RedisConnectionException",
	  .refused = { NULL, "No connection is active/available to service this operation: {verb}; It was not "
	      "possible to connect "
	    "to the redis server(s). ConnectionRefused, UnableToConnect on " REDIS_STATE, NULL },
	  .late = { "StackExchange.Redis.RedisTimeoutException",
	    "Timeout awaiting response (outbound=0KiB, inbound=0KiB, {ms}ms elapsed, timeout is {ms}ms), "
	    "command={verb}, next: "
	    "{verb}, inst: 0, qu: 0, qs: 3, aw: False, bw: SpinningDown, rs: ReadAsync, ws: Idle, in: 0, mgr: 10 of "
	    "10 available, "
	    "serverEndpoint: {host}:{port}, v: 2.8.41.46320", NULL },
	  .no_name = { NULL, "No connection is active/available to service this operation: {verb}; Name or service "
	      "not known, "
	    "UnableToResolvePhysicalConnection on " REDIS_STATE, NULL },
	  .reset = { NULL, "SocketClosed (ReadEndOfStream, last-recv: 0) on {host}:{port}/Interactive, "
	      "Idle/Faulted, last: {verb}, "
	    "origin: ReadFromPipe, outstanding: 1, keep-alive: 180s, state: ConnectedEstablished, v: 2.8.41.46320",
	    NULL },
	  .remote = { "StackExchange.Redis.RedisServerException", "{cause}", NULL }, .connecting = NET_REDIS,
	      .calling = NET_REDIS },
	[PEER_POSTGRES] = { .scope = "Npgsql", .version = "9.0.3", .type = "Npgsql.NpgsqlException",
	  .refused = { NULL, "Failed to connect to {ip}:{port}", "System.Net.Sockets.SocketException (111): "
	      "Connection refused" },
	  .late = { NULL, "Exception while reading from stream", "System.TimeoutException: Timeout during reading "
	      "attempt" },
	  .no_name = { "System.Net.Sockets.SocketException", "Name or service not known", NULL },
	  .reset = { NULL, "Exception while reading from stream",
	    "System.IO.EndOfStreamException: Attempted to read past the end of the stream." },
	  .remote = { "Npgsql.PostgresException", "{sqlstate}: {said}", NULL },
	  .connecting = "   at Npgsql.Internal.NpgsqlConnector.Connect(NpgsqlTimeout timeout)\n"
	    "   at Npgsql.Internal.NpgsqlConnector.RawOpen(SslMode sslMode, NpgsqlTimeout timeout, Boolean async, "
	    "CancellationToken cancellationToken)\n" NPGSQL,
	  .calling = "   at Npgsql.Internal.NpgsqlConnector.ReadMessageLong(Boolean async, DataRowLoadingMode "
	      "dataRowLoadingMode, "
	    "Boolean readingNotifications, Boolean isReadingPrependedMessage)\n"
	    "   at Npgsql.NpgsqlDataReader.NextResult(Boolean async, Boolean isConsuming, CancellationToken "
	    "cancellationToken)\n"
	    "   at Npgsql.NpgsqlCommand.ExecuteReader(Boolean async, CommandBehavior behavior, CancellationToken "
	    "cancellationToken)\n" },
	[PEER_MYSQL] = { .scope = "MySqlConnector", .version = "2.4.0", .type = "MySqlConnector.MySqlException",
	  .refused = { NULL, "Unable to connect to any of the specified MySQL hosts. ({host}:{port}: Connection "
	      "refused)", NULL },
	  .late = { NULL, "The Command Timeout expired before the operation completed.", NULL },
	  .no_name = { NULL, "Unable to connect to any of the specified MySQL hosts. ({host}: Name or service not "
	      "known)", NULL },
	  .reset = { NULL, "Failed to read the result set. Connection reset by peer", NULL }, .remote = { NULL,
	      "{cause}", NULL },
	  .connecting = "   at MySqlConnector.Core.ServerSession.ConnectAsync(ConnectionSettings cs, "
	      "MySqlConnection connection, "
	    "Int64 startingTimestamp, ILoadBalancer loadBalancer, Activity activity, IOBehavior ioBehavior, "
	    "CancellationToken "
	    "cancellationToken)\n   at MySqlConnector.MySqlConnection.OpenAsync(IOBehavior ioBehavior, "
	    "CancellationToken "
	    "cancellationToken)\n",
	  .calling = "   at MySqlConnector.Core.ServerSession.ReceiveReplyAsync(IOBehavior ioBehavior, "
	      "CancellationToken "
	    "cancellationToken)\n   at MySqlConnector.MySqlCommand.ExecuteReaderAsync(CommandBehavior behavior, "
	    "IOBehavior "
	    "ioBehavior, CancellationToken cancellationToken)\n" },
	[PEER_MONGODB] = { .scope = "MongoDB.Driver.Core.Extensions.DiagnosticSources", .version = "2.1.0",
	  .type = "System.TimeoutException",
	  .refused = { NULL, "A timeout occurred after {ms}ms selecting a server using CompositeServerSelector{ ... "
	      "}. Client view of "
	    "cluster state is { ClusterId : \"1\", Type : \"Unknown\", State : \"Disconnected\", Servers : [{ "
	    "EndPoint: "
	    "\"Unspecified/{host}:{port}\", HeartbeatException: \"System.Net.Sockets.SocketException (111): "
	    "Connection refused\" }] }.", NULL },
	  .no_name = { NULL, "A timeout occurred after {ms}ms selecting a server using CompositeServerSelector{ ... "
	      "}. Client view of "
	    "cluster state is { ClusterId : \"1\", Type : \"Unknown\", State : \"Disconnected\", Servers : [{ "
	    "EndPoint: "
	    "\"Unspecified/{host}:{port}\", HeartbeatException: \"System.Net.Sockets.SocketException: Name or "
	    "service not known\" }] }.", NULL },
	  .late = { "MongoDB.Driver.MongoConnectionException", "An exception occurred while receiving a message "
	      "from the server.", NULL },
	  .reset = { "MongoDB.Driver.MongoConnectionException", "An exception occurred while receiving a message "
	      "from the server.", NULL },
	  .remote = { "MongoDB.Driver.MongoCommandException", "Command {verb} failed: {cause}", NULL },
	  .connecting = "   at MongoDB.Driver.Core.Clusters.Cluster.SelectServer(IServerSelector selector, "
	      "OperationContext "
	    "operationContext)\n",
	  .calling = "   at MongoDB.Driver.Core.Connections.BinaryConnection.ReceiveBuffer(CancellationToken "
	      "cancellationToken)\n" },
	[PEER_KAFKA] = { .scope = "OpenTelemetry.AutoInstrumentation.Kafka", .version = "1.12.0",
	  .server_scope = "OpenTelemetry.AutoInstrumentation.Kafka", .server_version = "1.12.0",
	  .type = "Confluent.Kafka.KafkaException",
	  .refused = { NULL, RDKAFKA "Connect to ipv4#{ip}:{port} failed: Connection refused (after 0ms in state "
	      "CONNECT)", NULL },
	  .late = { NULL, RDKAFKA "Connection setup timed out in state CONNECT (after {ms}ms in state CONNECT)", NULL },
	  .no_name = { NULL, RDKAFKA "Failed to resolve '{host}:{port}': Name or service not known (after 2ms in "
	      "state CONNECT)", NULL },
	  .reset = { NULL, RDKAFKA "Disconnected while requesting ApiVersion: might be caused by incorrect "
	      "security.protocol "
	    "configuration (connecting to a SSL listener?) or broker version is < 0.10 (after 3ms in state "
	    "APIVERSION_QUERY)", NULL },
	  .connecting = "   at Confluent.Kafka.Producer`2.ProduceAsync(TopicPartition topicPartition, Message`2 "
	      "message, "
	    "CancellationToken cancellationToken)\n",
	  .calling = "   at Confluent.Kafka.Producer`2.ProduceAsync(TopicPartition topicPartition, Message`2 message, "
	    "CancellationToken cancellationToken)\n" },
};
