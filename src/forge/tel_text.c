/* tel_text.c - what a trace is about, in words: names of spans, ids made from numbers, and texts with {places} for
 * them.
 *
 * A text is cut at its places once; filling it in is then copying. The same words serve log lines, routes and, through
 * tel_expand, the messages of failures, so that one order has one id wherever it appears. */
#include "forge/tel_priv.h"

static const char *const WORD[] = {
	[SLOT_AMOUNT] = "amount", [SLOT_ISO] = "iso", [SLOT_MILLIS] = "millis", [SLOT_COUNT] = "count",
	[SLOT_SERIAL] = "serial", [SLOT_USER] = "user", [SLOT_ORDER] = "order", [SLOT_TXN] = "txn",
	[SLOT_PRODUCT] = "product", [SLOT_PRODUCT_NAME] = "productName", [SLOT_CURRENCY] = "currency",
	[SLOT_EMAIL] = "email", [SLOT_IP] = "ip", [SLOT_CLF] = "clf",
};
enum { WORDS = sizeof WORD / sizeof WORD[0] };

const char *forge_kind_name(forge_kind kind, bool prefixed)
{
	static const char *const NAME[][2] = { [KIND_INTERNAL] = { "Internal", "SPAN_KIND_INTERNAL" },
		[KIND_SERVER] = { "Server", "SPAN_KIND_SERVER" }, [KIND_CLIENT] = { "Client", "SPAN_KIND_CLIENT" },
		[KIND_PRODUCER] = { "Producer", "SPAN_KIND_PRODUCER" },
		[KIND_CONSUMER] = { "Consumer", "SPAN_KIND_CONSUMER" } };
	return NAME[kind][prefixed];
}

const char *tel_agent(const forge_vars *vars)
{
	return vars->browser ? "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
		: "python-requests/2.32.4";
}

const char *forge_span_name(const forge_app *app, const forge_span *x)
{
	const forge_service *self = x->service >= 0 ? &app->services[x->service] : NULL;
	bool client = x->kind == KIND_CLIENT || x->kind == KIND_PRODUCER;
	if (x->op < 0) return x->journey >= 0 && x->journey < app->journeys_n ? app->journeys[x->journey].name : "user";
	const forge_op *op = &app->ops[x->op], *asked = x->wanted >= 0 ? &app->ops[x->wanted] : op;
	if (client && self && self->loadgen && x->wanted >= 0) return asked->method;
	if (client && self && self->lang == LANG_ENVOY)
		return app->services[x->to_service >= 0 ? x->to_service : asked->service].egress;
	return client && op->client ? op->client : op->name;
}

static tel_slot slot_of(cc_str word)
{
	for (int i = 1; i < WORDS; i++)
		if (cc_str_eqz(word, WORD[i])) return (tel_slot)i;
	return SLOT_NONE;
}

/* Cuts the next part off *rest: text up to a known place. False when nothing is left. */
static bool next_part(cc_str *rest, tel_part *part)
{
	cc_str word;
	if (rest->n == 0) return false;
	for (size_t from = 0, at; (at = forge_find_word(*rest, from, &word)) != CC_STR_NONE; from = at + 1) {
		tel_slot slot = slot_of(word);
		if (slot == SLOT_NONE) continue;
		*part = (tel_part){ cc_str_sub(*rest, 0, at), slot };
		*rest = cc_str_sub(*rest, at + word.n + 2, rest->n);
		return true;
	}
	*part = (tel_part){ *rest, SLOT_NONE };
	*rest = CC_STR_EMPTY;
	return true;
}

bool tel_tmpl_make(tel_tmpl *out, cc_arena *arena, cc_str text)
{
	tel_part part;
	int n = 0;
	for (cc_str rest = text; next_part(&rest, &part);) n++;
	*out = (tel_tmpl){ .n = 0 };
	if (!n) return true;
	cc_str kept = cc_arena_dup(arena, text);
	out->part = cc_arena_alloc(arena, (size_t)n * sizeof *out->part);
	if (!kept.p || !out->part) return false;
	for (cc_str rest = kept; next_part(&rest, &part);) out->part[out->n++] = part;
	return true;
}

unsigned tel_tmpl_mentions(const tel_tmpl *tmpl)
{
	unsigned set = 0;
	for (int i = 0; i < tmpl->n; i++) set |= 1u << tmpl->part[i].slot;
	return set;
}

static void put_url(cc_buf *out, const char *text)
{
	static const char DIGIT[] = "0123456789ABCDEF";
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z', digit = c >= '0' && c <= '9';
		bool plain = letter || digit || c == '-' || c == '_' || c == '.';
		char code[3] = { '%', DIGIT[c >> 4], DIGIT[c & 15] };
		if (plain) out_put(out, text, 1);
		else out_put(out, code, 3);
	}
}

static void put_text(cc_buf *out, const char *text, bool url)
{
	if (url) put_url(out, text);
	else cc_buf_addz(out, text);
}

static void put_amount(cc_buf *out, int cents)
{
	unsigned c = cents < 0 ? 0 : (unsigned)cents;
	char frac[3] = { '.', (char)('0' + c % 100 / 10), (char)('0' + c % 10) };
	out_u64(out, c / 100);
	out_put(out, frac, 3);
}

static void put_email(cc_buf *out, uint64_t user)
{
	static const char *const NAME[8] = { "ines.holt", "maro", "t.okafor", "jun.sato", "lena_b", "petra", "sam.w",
		"aldo" };
	cc_buf_addz(out, NAME[user % 8]);
	OUT_LIT(out, "@example.com");
}

static void put_slot(cc_buf *out, tel_slot slot, const tel_fill *f)
{
	static const char *const CURRENCY[TEL_CURRENCIES] = { "USD", "EUR", "CHF", "GBP", "JPY" };
	const forge_vars *v = f->vars;
	const forge_app *a = f->app;
	const forge_item *item = a->items_n > 0 ? &a->items[(unsigned)v->item % (unsigned)a->items_n] : NULL;
	switch (slot) {
	case SLOT_NONE: break;
	case SLOT_AMOUNT: put_amount(out, v->cents); break;
	case SLOT_ISO: out_time_us(out, f->at); break;
	case SLOT_MILLIS: out_i64(out, f->at / CC_NS_PER_MS); break;
	case SLOT_COUNT: out_i64(out, v->count); break;
	case SLOT_SERIAL: out_i64(out, v->serial); break;
	case SLOT_USER: out_uuid(out, v->user); break;
	case SLOT_ORDER: out_uuid(out, v->order); break;
	case SLOT_TXN: out_uuid(out, v->txn); break;
	case SLOT_PRODUCT: put_text(out, item ? item->id : "", f->url); break;
	case SLOT_PRODUCT_NAME: put_text(out, item ? item->name : "", f->url); break;
	case SLOT_CURRENCY: cc_buf_addz(out, CURRENCY[(unsigned)v->currency % TEL_CURRENCIES]); break;
	case SLOT_EMAIL: put_email(out, v->user); break;
	case SLOT_IP: cc_buf_addz(out, f->ip && f->ip[0] ? f->ip : "-"); break;
	case SLOT_CLF: out_clf(out, f->at); break;
	}
}

void tel_tmpl_put(cc_buf *out, const tel_tmpl *tmpl, const tel_fill *fill)
{
	for (int i = 0; i < tmpl->n; i++) {
		out_str(out, tmpl->part[i].text);
		put_slot(out, tmpl->part[i].slot, fill);
	}
}

void tel_expand(forge_sim *s, cc_buf *out, const char *text, const forge_vars *vars, int64_t at, int pod)
{
	tel_fill fill = { .app = s->app, .vars = vars, .at = at };
	if (pod >= 0 && (size_t)pod < s->kube.pods.n) fill.ip = s->kube.pods.p[pod].ip;
	tel_part part;
	for (cc_str rest = cc_str_from(text); next_part(&rest, &part);) {
		cc_buf_add(out, part.text);
		put_slot(out, part.slot, &fill);
	}
}
