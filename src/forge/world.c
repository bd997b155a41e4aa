/* world.c - the tables of the shop (see world.h) and the few functions that read them. */
#include "forge/world.h"

const forge_node forge_nodes[FORGE_NODES] = {
	{ "control-plane-1", "172.19.0.2", "zone-a", true },
	{ "worker-1", "172.19.0.3", "zone-a", false },
	{ "worker-2", "172.19.0.4", "zone-b", false },
	{ "worker-3", "172.19.0.5", "zone-c", false },
};

const forge_product forge_products[FORGE_PRODUCTS] = {
	{ "AST0R70REF", "Lumen 70 Travel Refractor", 12900 },  { "BINO10X50W", "Wide Sky 10x50 Binoculars", 8950 },
	{ "DOBS8INCHX", "Big Dipper 8 inch Dobsonian", 44900 }, { "EYEPC25PLO", "25 mm Eyepiece", 3999 },
	{ "FILTUHC125", "Nebula Filter 1.25 inch", 5490 },      { "GOTOMOUNT2", "Star Finder Mount", 61900 },
	{ "HEADLAMPRD", "Red Light Headlamp", 1995 },           { "SOLARGLASS", "Eclipse Glasses, set of five", 1250 },
	{ "STARATLAS3", "Atlas of 3000 Double Stars", 2750 },   { "TRIPODCF55", "Carbon Tripod 55", 18900 },
};

/* name lang image port_name port replicas recreate traced probed cpu limit base boot wait env */
const forge_app forge_apps[APP_COUNT] = {
	[APP_LOADGEN] = { "load-generator", LANG_PYTHON, NULL, "tcp-service", 8089, 1, false, true, false, 100, 1500, 262, 2400, NULL,
	  { "LOCUST_HOST", "http://frontend-proxy:8080", "LOCUST_AUTOSTART", "true", "FLAGD_HOST", "flagd" } },
	[APP_PROXY] = { "frontend-proxy", LANG_ENVOY, NULL, "tcp-service", 8080, 1, false, true, true, 60, 96, 34, 700, NULL,
	  { "FRONTEND_HOST", "frontend", "FRONTEND_PORT", "8080", "IMAGE_PROVIDER_HOST", "image-provider" } },
	[APP_FRONTEND] = { "frontend", LANG_NODE, NULL, "tcp-service", 8080, 2, false, true, true, 100, 250, 148, 2100, NULL,
	  { "CART_ADDR", "cart:8080", "CHECKOUT_ADDR", "checkout:8080", "SHIPPING_ADDR", "http://shipping:8080",
	    "PRODUCT_CATALOG_ADDR", "product-catalog:8080", "AD_ADDR", "ad:8080" } },
	[APP_CART] = { "cart", LANG_DOTNET, NULL, "tcp-service", 8080, 1, true, true, true, 50, 160, 88, 2600, "valkey-cart",
	  { "VALKEY_ADDR", "valkey-cart:6379", "FLAGD_HOST", "flagd", "ASPNETCORE_URLS", "http://*:8080" } },
	[APP_CHECKOUT] = { "checkout", LANG_GO, NULL, "tcp-service", 8080, 1, true, true, true, 40, 64, 19, 600, "kafka",
	  { "SHIPPING_ADDR", "http://shipping:8080", "PAYMENT_ADDR", "payment:8080", "KAFKA_ADDR", "kafka:9092",
	    "CURRENCY_ADDR", "currency:8080", "GOMEMLIMIT", "48MiB" } },
	[APP_CURRENCY] = { "currency", LANG_CPP, NULL, "tcp-service", 8080, 1, true, true, true, 20, 40, 9, 400, NULL,
	  { "CURRENCY_PORT", "8080", "IPV6_ENABLED", "false" } },
	[APP_EMAIL] = { "email", LANG_RUBY, NULL, "tcp-service", 8080, 1, true, true, true, 20, 100, 61, 1800, NULL,
	  { "EMAIL_PORT", "8080", "APP_ENV", "production" } },
	[APP_PAYMENT] = { "payment", LANG_NODE, NULL, "tcp-service", 8080, 1, true, true, true, 40, 140, 84, 1500, NULL,
	  { "PAYMENT_PORT", "8080", "FLAGD_HOST", "flagd", "FLAGD_PORT", "8013" } },
	[APP_CATALOG] = { "product-catalog", LANG_GO, NULL, "tcp-service", 8080, 1, true, true, true, 30, 40, 15, 500, NULL,
	  { "PRODUCT_CATALOG_PORT", "8080", "PRODUCT_CATALOG_RELOAD_INTERVAL", "10", "FLAGD_HOST", "flagd", "GOMEMLIMIT", "32MiB" } },
	[APP_RECOMMENDATION] = { "recommendation", LANG_PYTHON, NULL, "tcp-service", 8080, 1, false, true, true, 60, 500, 57, 1900, NULL,
	  { "PRODUCT_CATALOG_ADDR", "product-catalog:8080", "FLAGD_HOST", "flagd" } },
	[APP_SHIPPING] = { "shipping", LANG_RUST, NULL, "tcp-service", 8080, 1, true, true, true, 20, 30, 7, 300, NULL,
	  { "SHIPPING_PORT", "8080", "QUOTE_ADDR", "http://quote:8080" } },
	[APP_QUOTE] = { "quote", LANG_PHP, NULL, "tcp-service", 8080, 1, true, true, true, 20, 60, 28, 900, NULL,
	  { "QUOTE_PORT", "8080", "OTEL_PHP_AUTOLOAD_ENABLED", "true" } },
	[APP_AD] = { "ad", LANG_JAVA, NULL, "tcp-service", 8080, 1, false, true, true, 80, 300, 196, 5200, NULL,
	  { "AD_PORT", "8080", "FLAGD_HOST", "flagd", "JAVA_TOOL_OPTIONS", "-javaagent:/usr/src/app/opentelemetry-javaagent.jar" } },
	[APP_IMAGES] = { "image-provider", LANG_NGINX, NULL, "tcp-service", 8081, 1, false, true, true, 20, 50, 14, 300, NULL,
	  { "IMAGE_PROVIDER_PORT", "8081" } },
	[APP_ACCOUNTING] = { "accounting", LANG_DOTNET, NULL, NULL, 0, 1, true, true, false, 30, 180, 92, 2700, "kafka",
	  { "KAFKA_ADDR", "kafka:9092", "DB_CONNECTION_STRING", "Host=postgresql;Username=otelu;Database=otel" } },
	[APP_FRAUD] = { "fraud-detection", LANG_KOTLIN, NULL, NULL, 0, 1, true, true, false, 40, 300, 188, 4800, "kafka",
	  { "KAFKA_ADDR", "kafka:9092", "FLAGD_HOST", "flagd" } },
	[APP_REVIEWS] = { "product-reviews", LANG_PYTHON, NULL, "tcp-service", 3551, 1, false, true, true, 30, 200, 71, 2000, NULL,
	  { "PRODUCT_REVIEWS_PORT", "3551", "DB_HOST", "postgresql", "PRODUCT_CATALOG_ADDR", "product-catalog:8080" } },
	[APP_FLAGD] = { "flagd", LANG_GO, "ghcr.io/open-feature/flagd:v0.12.8", "rpc", 8013, 1, true, true, false, 20, 75, 22, 400, NULL,
	  { "GOMEMLIMIT", "60MiB", "FLAGD_METRICS_EXPORTER", "otel" } },
	[APP_KAFKA] = { "kafka", LANG_STORE, NULL, "plaintext", 9092, 1, true, false, true, 150, 800, 512, 7000, NULL,
	  { "KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:9092", "KAFKA_HEAP_OPTS", "-Xmx400m -Xms400m" } },
	[APP_POSTGRES] = { "postgresql", LANG_STORE, "postgres:17.6", "tcp-service", 5432, 1, true, false, true, 50, 200, 63, 1600, NULL,
	  { "POSTGRES_USER", "root", "POSTGRES_DB", "otel" } },
	[APP_VALKEY] = { "valkey-cart", LANG_STORE, "valkey/valkey:8.1.3-alpine", "valkey-cart", 6379, 1, true, false, true, 20, 40, 6, 300,
	  NULL, { NULL } },
};

const forge_op forge_ops[OP_COUNT] = {
	[OP_PROXY] = { APP_PROXY, PROTO_HTTP, "ingress", NULL, NULL, NULL, 700, 640, 0, NULL, { { .op = OP_PROXY } } },
	[OP_FE_INDEX] = { APP_FRONTEND, PROTO_HTTP, "GET /", NULL, "GET", "/", 5200, 380, 18400, NULL, { { .op = OP_NONE } } },
	[OP_FE_PRODUCTS] = { APP_FRONTEND, PROTO_HTTP, "GET /api/products", NULL, "GET", "/api/products", 3800, 410, 9100, NULL,
	  { { .op = OP_CATALOG_LIST }, { OP_CURRENCY_CONVERT, 400, 2, true, NULL } } },
	[OP_FE_PRODUCT] = { APP_FRONTEND, PROTO_HTTP, "GET /api/products/[productId]", NULL, "GET", "/api/products/{product}", 3100, 420, 1350,
	  NULL, { { .op = OP_CATALOG_GET }, { OP_CURRENCY_CONVERT, 500, 0, true, NULL } } },
	[OP_FE_RECOMMEND] = { APP_FRONTEND, PROTO_HTTP, "GET /api/recommendations", NULL, "GET", "/api/recommendations?productIds={product}",
	  3300, 440, 3900, NULL, { { .op = OP_RECOMMEND_LIST }, { OP_CATALOG_GET, 0, 3, false, NULL } } },
	[OP_FE_ADS] = { APP_FRONTEND, PROTO_HTTP, "GET /api/data", NULL, "GET", "/api/data?contextKeys=telescopes", 2700, 400, 420, NULL,
	  { { .op = OP_AD_GET } } },
	[OP_FE_CART] = { APP_FRONTEND, PROTO_HTTP, "GET /api/cart", NULL, "GET", "/api/cart?sessionId={user}", 3600, 430, 1800, NULL,
	  { { .op = OP_CART_GET }, { OP_CATALOG_GET, 700, 2, false, NULL }, { OP_CURRENCY_LIST, 300, 0, true, NULL } } },
	[OP_FE_ADD] = { APP_FRONTEND, PROTO_HTTP, "POST /api/cart", NULL, "POST", "/api/cart", 3900, 560, 210, NULL,
	  { { .op = OP_CART_ADD }, { .op = OP_CART_GET } } },
	[OP_FE_SHIPPING] = { APP_FRONTEND, PROTO_HTTP, "GET /api/shipping", NULL, "GET", "/api/shipping?currencyCode={currency}", 2900, 520, 190,
	  NULL, { { .op = OP_SHIPPING_QUOTE },
	    { OP_CURRENCY_CONVERT, 600, 0, true, NULL } } },
	[OP_FE_CURRENCY] = { APP_FRONTEND, PROTO_HTTP, "GET /api/currency", NULL, "GET", "/api/currency", 2300, 390, 310, NULL,
	  { { .op = OP_CURRENCY_LIST } } },
	[OP_FE_CHECKOUT] = { APP_FRONTEND, PROTO_HTTP, "POST /api/checkout", NULL, "POST", "/api/checkout", 4800, 1220, 1450, NULL,
	  { { .op = OP_CHECKOUT_PLACE }, { OP_CATALOG_GET, 0, 2, false, NULL } } },
	[OP_FE_REVIEWS] = { APP_FRONTEND, PROTO_HTTP, "GET /api/product-reviews/[productId]", NULL, "GET", "/api/product-reviews/{product}",
	  2600, 410, 2600, NULL, { { .op = OP_REVIEWS_GET } } },
	[OP_IMAGE] = { APP_IMAGES, PROTO_HTTP, "image-provider", NULL, "GET", "/images/products/{product}.jpg", 900, 350, 24600,
	  "{ip} - - [{clf}] \"GET /images/products/{product}.jpg HTTP/1.1\" 200 24117 \"-\" \"python-requests/2.32.4\" \"-\"", { { .op = OP_NONE } } },
	[OP_CART_GET] = { APP_CART, PROTO_GRPC, "POST /oteldemo.CartService/GetCart", "grpc.oteldemo.CartService/GetCart",
	  "oteldemo.CartService", "GetCart", 1300, 210, 330, "GetCartAsync called with userId={user}", { { .op = OP_VALKEY_HGET } } },
	[OP_CART_ADD] = { APP_CART, PROTO_GRPC, "POST /oteldemo.CartService/AddItem", "grpc.oteldemo.CartService/AddItem",
	  "oteldemo.CartService", "AddItem", 1700, 290, 60, "AddItemAsync called with userId={user}, productId={product}, quantity={count}",
	  { { OP_FLAG_BOOL, 120, 0, true, NULL }, { .op = OP_VALKEY_HGET }, { .op = OP_VALKEY_HMSET } } },
	[OP_CART_EMPTY] = { APP_CART, PROTO_GRPC, "POST /oteldemo.CartService/EmptyCart", "oteldemo.CartService/EmptyCart",
	  "oteldemo.CartService", "EmptyCart", 1100, 200, 60, "EmptyCartAsync called with userId={user}",
	  { { OP_FLAG_BOOL, 0, 0, true, NULL }, { .op = OP_VALKEY_HMSET } } },
	[OP_CHECKOUT_PLACE] = { APP_CHECKOUT, PROTO_GRPC, "oteldemo.CheckoutService/PlaceOrder", "grpc.oteldemo.CheckoutService/PlaceOrder",
	  "oteldemo.CheckoutService", "PlaceOrder", 3400, 940, 780,
	  "{\"level\":\"info\",\"msg\":\"order placed\",\"order_id\":\"{order}\",\"amount\":\"{amount}\",\"currency\":\"{currency}\",\"time\":\"{iso}\"}",
	  { { OP_CART_GET, 0, 0, false, "cart failure: failed to get user cart during checkout: {cause}" },
	    { OP_CATALOG_GET, 0, 2, false, "failed to prepare order: failed to get product {product}: {cause}" },
	    { OP_CURRENCY_CONVERT, 0, 2, false, "failed to prepare order: failed to convert price of {product} to {currency}: {cause}" },
	    { OP_SHIPPING_QUOTE, 0, 0, false, "failed to prepare order: shipping quote failure: {cause}" },
	    { OP_PAYMENT_CHARGE, 0, 0, false, "failed to charge card: could not charge the card: {cause}" },
	    { OP_SHIPPING_SHIP, 0, 0, false, "shipping error: shipment failed: {cause}" },
	    { OP_CART_EMPTY, 0, 0, true, "failed to empty user cart: {cause}" },
	    { OP_EMAIL_SEND, 0, 0, true, "failed to send order confirmation: {cause}" },
	    { OP_KAFKA_ORDERS, 0, 0, true, "failed to publish order {order}: {cause}" } } },
	[OP_CURRENCY_LIST] = { APP_CURRENCY, PROTO_GRPC, "Currency/GetSupportedCurrencies", "grpc.oteldemo.CurrencyService/GetSupportedCurrencies",
	  "oteldemo.CurrencyService", "GetSupportedCurrencies", 350, 120, 260, NULL, { { .op = OP_NONE } } },
	[OP_CURRENCY_CONVERT] = { APP_CURRENCY, PROTO_GRPC, "Currency/Convert", "oteldemo.CurrencyService/Convert",
	  "oteldemo.CurrencyService", "Convert", 280, 160, 90, "Conversion of USD to {currency} successful", { { .op = OP_NONE } } },
	[OP_EMAIL_SEND] = { APP_EMAIL, PROTO_HTTP, "POST /send_order_confirmation", "HTTP POST", "POST", "/send_order_confirmation", 6200, 1500, 90,
	  "Order confirmation email sent to: {email}", { { .op = OP_NONE } } },
	[OP_PAYMENT_CHARGE] = { APP_PAYMENT, PROTO_GRPC, "grpc.oteldemo.PaymentService/Charge", "oteldemo.PaymentService/Charge",
	  "oteldemo.PaymentService", "Charge", 2900, 310, 120,
	  "{\"level\":30,\"time\":{millis},\"service.name\":\"payment\",\"transactionId\":\"{txn}\",\"cardType\":\"visa\",\"amount\":\"{amount}\",\"msg\":\"Transaction complete.\"}",
	  { { OP_FLAG_BOOL, 0, 0, true, NULL } } },
	[OP_CATALOG_LIST] = { APP_CATALOG, PROTO_GRPC, "oteldemo.ProductCatalogService/ListProducts",
	  "grpc.oteldemo.ProductCatalogService/ListProducts", "oteldemo.ProductCatalogService", "ListProducts", 620, 110, 6900, NULL,
	  { { .op = OP_NONE } } },
	[OP_CATALOG_GET] = { APP_CATALOG, PROTO_GRPC, "oteldemo.ProductCatalogService/GetProduct",
	  "grpc.oteldemo.ProductCatalogService/GetProduct", "oteldemo.ProductCatalogService", "GetProduct", 410, 140, 720,
	  "{\"time\":\"{iso}\",\"level\":\"INFO\",\"msg\":\"Product Found\",\"app.product.name\":\"{productName}\",\"app.product.id\":\"{product}\"}",
	  { { OP_FLAG_BOOL, 60, 0, true, NULL } } },
	[OP_RECOMMEND_LIST] = { APP_RECOMMENDATION, PROTO_GRPC, "/oteldemo.RecommendationService/ListRecommendations",
	  "grpc.oteldemo.RecommendationService/ListRecommendations", "oteldemo.RecommendationService", "ListRecommendations", 3900, 170, 260,
	  "Receive ListRecommendations for product ids:['{product}']", { { OP_FLAG_BOOL, 250, 0, true, NULL }, { .op = OP_CATALOG_LIST } } },
	[OP_SHIPPING_QUOTE] = { APP_SHIPPING, PROTO_HTTP, "POST /get-quote", "POST", "POST", "/get-quote", 900, 520, 150,
	  "Sending Quote: ${amount}", { { OP_QUOTE_GET, 0, 0, false, "failed to get quote: {cause}" } } },
	[OP_SHIPPING_SHIP] = { APP_SHIPPING, PROTO_HTTP, "POST /ship-order", "POST", "POST", "/ship-order", 500, 760, 130,
	  "Tracking ID Created: {txn}", { { .op = OP_NONE } } },
	[OP_QUOTE_GET] = { APP_QUOTE, PROTO_HTTP, "POST /getquote", "POST", "POST", "/getquote", 2100, 190, 70,
	  "Calculated quote {\"total\":{amount}} []", { { .op = OP_NONE } } },
	[OP_AD_GET] = { APP_AD, PROTO_GRPC, "oteldemo.AdService/GetAds", "grpc.oteldemo.AdService/GetAds", "oteldemo.AdService", "GetAds", 1900,
	  130, 240, "Targeted ad request received for [telescopes]", { { OP_FLAG_BOOL, 250, 0, true, NULL } } },
	[OP_REVIEWS_GET] = { APP_REVIEWS, PROTO_GRPC, "/oteldemo.ProductReviewService/GetProductReviews",
	  "grpc.oteldemo.ProductReviewService/GetProductReviews", "oteldemo.ProductReviewService", "GetProductReviews", 2800, 150, 1900,
	  "Receive GetProductReviews for product id:{product}",
	  { { OP_CATALOG_GET, 200, 0, true, NULL }, { .op = OP_SQL_REVIEWS } } },
	[OP_FLAG_BOOL] = { APP_FLAGD, PROTO_GRPC, "flagd.evaluation.v1.Service/ResolveBoolean", "flagd.evaluation.v1.Service/ResolveBoolean",
	  "flagd.evaluation.v1.Service", "ResolveBoolean", 240, 140, 70, NULL, { { .op = OP_NONE } } },
	[OP_ACCOUNTING_ORDER] = { APP_ACCOUNTING, PROTO_KAFKA, "order-consumed", NULL, "receive", "orders", 2300, 900, 0,
	  "Order details: { \"orderId\": \"{order}\", \"shippingTrackingId\": \"{txn}\", \"shippingCost\": { \"currencyCode\": \"{currency}\" } }.",
	  { { OP_SQL_INSERT, 0, 2, false, "Failed to store order: {cause}" } } },
	[OP_FRAUD_ORDER] = { APP_FRAUD, PROTO_KAFKA, "orders process", NULL, "process", "orders", 1700, 900, 0,
	  "Consumed record with orderId: {order}, and updated total count to: {serial}", { { OP_FLAG_BOOL, 300, 0, true, NULL } } },
	[OP_VALKEY_HGET] = { APP_VALKEY, PROTO_REDIS, "HGET", NULL, "redis", "HGET", 380, 80, 220, NULL, { { .op = OP_NONE } } },
	[OP_VALKEY_HMSET] = { APP_VALKEY, PROTO_REDIS, "HMSET", NULL, "redis", "HMSET", 420, 290, 20, NULL, { { .op = OP_NONE } } },
	[OP_SQL_INSERT] = { APP_POSTGRES, PROTO_SQL, "postgresql", NULL, "postgresql", "INSERT INTO \"order\" (order_id) VALUES (@p0)", 2600, 420,
	  40, NULL, { { .op = OP_NONE } } },
	[OP_SQL_REVIEWS] = { APP_POSTGRES, PROTO_SQL, "SELECT otel", NULL, "postgresql",
	  "SELECT username, description, score FROM reviews.productreviews WHERE product_id = %s", 1500, 170, 1600, NULL, { { .op = OP_NONE } } },
	[OP_KAFKA_ORDERS] = { APP_KAFKA, PROTO_KAFKA, "orders publish", NULL, "publish", "orders", 1900, 980, 40, NULL,
	  { { .op = OP_ACCOUNTING_ORDER }, { .op = OP_FRAUD_ORDER } } },
};

const forge_journey forge_journeys[] = {
	{ "user_index", 3, { OP_FE_INDEX, OP_FE_PRODUCTS, OP_FE_CURRENCY }, 0 },
	{ "user_browse_product", 7, { OP_FE_PRODUCT, OP_IMAGE }, 0 },
	{ "user_get_product_reviews", 2, { OP_FE_REVIEWS }, 0 },
	{ "user_get_recommendations", 3, { OP_FE_RECOMMEND }, 0 },
	{ "user_get_ads", 3, { OP_FE_ADS }, 0 },
	{ "user_view_cart", 4, { OP_FE_CART, OP_FE_SHIPPING }, 0 },
	{ "user_add_to_cart", 3, { OP_FE_PRODUCT, OP_FE_ADD }, 0 },
	{ "user_checkout_single", 3, { OP_FE_ADD, OP_FE_CHECKOUT }, 0 },
	{ "user_checkout_multi", 2, { OP_FE_ADD, OP_FE_SHIPPING, OP_FE_CHECKOUT }, 3 },
};
const size_t forge_journey_count = sizeof forge_journeys / sizeof forge_journeys[0];

const forge_chatter forge_chatters[] = {
	{ APP_VALKEY, 210, 'i', "1:M * 100 changes in 300 seconds. Saving..." },
	{ APP_VALKEY, 210, 'i', "1:M * Background saving terminated with success" },
	{ APP_POSTGRES, 300, 'i', "LOG:  checkpoint complete: wrote {n} buffers (0.3%); 0 WAL file(s) added, 0 removed, 0 recycled" },
	{ APP_KAFKA, 240, 'i', "INFO [LocalLog partition=__cluster_metadata-0, dir=/tmp/kafka-logs] Rolled new log segment at offset {n} in 1 ms." },
	{ APP_KAFKA, 420, 'w', "WARN [GroupCoordinator id=1] Slow append of 1 offset commit ({n} so far)" },
	{ APP_AD, 260, 'w', "Could not fetch resource metrics in time, using the last value ({n})" },
	{ APP_FRAUD, 180, 'i', "[Consumer clientId=consumer-fraud-detection-1, groupId=fraud-detection] Resetting the last seen epoch of partition orders-0 to {n}" },
	{ APP_FLAGD, 600, 'i', "{\"level\":\"info\",\"component\":\"telemetry\",\"msg\":\"exported {n} metric batches\"}" },
	{ APP_LOADGEN, 120, 'i', "[Reporter] spawn rate reached, {n} reports written" },
	{ APP_REVIEWS, 150, 'i', "\x1b[33mINFO\x1b[0m:werkzeug:\x1b[37m127.0.0.1 - \"GET /metrics HTTP/1.1\" 200 -\x1b[0m ({n})" },
	{ APP_RECOMMENDATION, 340, 'w', "Transient error StatusCode.UNAVAILABLE encountered while exporting metrics to otel-collector:4317, retrying in 1s." },
};
const size_t forge_chatter_count = sizeof forge_chatters / sizeof forge_chatters[0];

int forge_app_find(cc_str name)
{
	for (int i = 0; i < APP_COUNT; i++)
		if (cc_str_eqz(name, forge_apps[i].name)) return i;
	return -1;
}

int forge_journey_weight(void)
{
	int sum = 0;
	for (size_t i = 0; i < forge_journey_count; i++) sum += forge_journeys[i].weight;
	return sum;
}

const forge_journey *forge_journey_pick(int roll)
{
	size_t i = 0;
	while (i + 1 < forge_journey_count && roll >= forge_journeys[i].weight) roll -= forge_journeys[i++].weight;
	return &forge_journeys[i];
}

void forge_journey_mean(int *requests_x2, int *weight)
{
	*requests_x2 = 0;
	*weight = forge_journey_weight();
	for (size_t i = 0; i < forge_journey_count; i++) {
		const forge_journey *j = &forge_journeys[i];
		int n = 0;
		while (n < 6 && j->requests[n] != OP_NONE) n++;
		/* The repeated first request counts (1 + most) / 2 times: doubled to stay an integer. */
		*requests_x2 += j->weight * (2 * (n - 1) + 1 + (j->most_first ? j->most_first : 1));
	}
}

static bool expand_one(cc_buf *out, cc_str key, const forge_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(key, pairs[i].key)) {
			cc_buf_add(out, pairs[i].value);
			return true;
		}
	return false;
}

void forge_expand(cc_buf *out, const char *text, const forge_pair *pairs, size_t n)
{
	for (const char *p = text; *p; p++) {
		const char *e = p + 1;
		if (*p == '{') {
			while ((*e >= 'a' && *e <= 'z') || (*e >= 'A' && *e <= 'Z')) e++;
			if (*e == '}' && expand_one(out, (cc_str){ p + 1, (size_t)(e - p - 1) }, pairs, n)) {
				p = e;
				continue;
			}
		}
		cc_buf_add_char(out, *p);
	}
}
