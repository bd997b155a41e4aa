/* seal.c - the only user of libsodium, which is loaded when it is first asked for; see seal.h for the format.
 *
 * A guess costs what Argon2id was told to cost; what the sealed bytes ask for on opening is bounded, for they may come from anybody.
 * The content is padded to whole blocks: how long a truth is would tell how many causes it has. */
#include "coldcase/seal.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "coldcase/lib.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"

#define CALLS(X) \
	X(sodium_init) X(sodium_version_string) X(sodium_memzero) X(sodium_pad) X(sodium_unpad) X(randombytes_buf) X(crypto_pwhash) \
	X(crypto_aead_xchacha20poly1305_ietf_encrypt) X(crypto_aead_xchacha20poly1305_ietf_decrypt)

static struct {
	bool loaded;
#define MEMBER(name) __typeof__(name) *name;
	CALLS(MEMBER)
#undef MEMBER
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	static const char *const names[] = { "libsodium.so.23", "libsodium.so.26", "libsodium.so", "libsodium.23.dylib", "libsodium.26.dylib" };
#define CALL(name) { #name, &api.name },
	static const cc_lib_call calls[] = { CALLS(CALL) };
#undef CALL
	api.loaded = cc_lib_load(names, sizeof names / sizeof *names, calls, sizeof calls / sizeof *calls) && api.sodium_init() >= 0;
}

static bool loaded(void)
{
	pthread_once(&once, load);
	return api.loaded;
}

static cc_code not_here(cc_err *err)
{
	cc_err_set(err, CC_ESTATE, "libsodium is not here, or too old: sealed truths need it");
	cc_err_hint(err, "install it (Debian: libsodium23); `coldcase doctor` names what is found");
	return CC_ESTATE;
}

bool cc_seal_version(cc_buf *out)
{
	if (loaded())
		cc_buf_addf(out, "libsodium %s", api.sodium_version_string());
	else
		cc_buf_addz(out, "libsodium is not here");
	return loaded();
}

void cc_wipe(void *p, size_t n)
{
	volatile unsigned char *at = p;
	while (n--)
		*at++ = 0;
}

void cc_wipe_buf(cc_buf *b)
{
	if (b->p)
		cc_wipe(b->p, b->cap);
	cc_buf_deinit(b);
}

/* --- the head --- */

#define MAGIC "CCSEAL1\n"
enum {
	MAGIC_SIZE = sizeof MAGIC - 1, PASSES_AT = MAGIC_SIZE, KIB_AT = PASSES_AT + 4, SALT_AT = KIB_AT + 4,
	NONCE_AT = SALT_AT + crypto_pwhash_SALTBYTES, HEAD = NONCE_AT + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES, KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	BLOCK = 16384, FIXED = CC_SEAL_RANDOM + 3 * 4,
	PASSES = 3, KIB = 256 * 1024, PASSES_MAX = 10, KIB_MAX = 1024 * 1024, KIB_MIN = 8,
};
#define TEXT_MAX ((size_t)68 << 20)

static void put_u32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static cc_code derive(unsigned char key[KEY], const unsigned char *head, cc_str passphrase, cc_err *err)
{
	uint32_t passes = get_u32(head + PASSES_AT), kib = get_u32(head + KIB_AT);
	if (api.crypto_pwhash(key, KEY, passphrase.p, passphrase.n, head + SALT_AT, passes, (size_t)kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0)
		return CC_OK;
	cc_err_set(err, CC_ENOMEM, "the key cannot be made: that needs %u MiB of memory", kib / 1024);
	return CC_ENOMEM;
}

/* What the seal is bound to: its own head, then what the caller says. */
static bool additional(cc_buf *out, const unsigned char *head, cc_str bound)
{
	cc_buf_add(out, (cc_str){ (const char *)head, HEAD });
	cc_buf_add(out, bound);
	return cc_buf_ok(out);
}

/* --- sealing --- */

cc_code cc_seal_begin(cc_seal_content *c, cc_err *err)
{
	if (!loaded())
		return not_here(err);
	api.randombytes_buf(c->random, sizeof c->random);
	return CC_OK;
}

void cc_seal_committed(const cc_seal_content *c, char out[65])
{
	cc_sha256 sum;
	cc_sha256_init(&sum);
	cc_sha256_add(&sum, c->random, sizeof c->random);
	cc_sha256_add(&sum, c->truth.p, c->truth.n);
	cc_sha256_hex(&sum, out);
	cc_wipe(&sum, sizeof sum);
}

static unsigned char *put_text(unsigned char *at, cc_str s)
{
	if (s.n)
		memcpy(at, s.p, s.n);
	return at + s.n;
}

static void put_content(unsigned char *at, const cc_seal_content *c)
{
	memcpy(at, c->random, CC_SEAL_RANDOM);
	at += CC_SEAL_RANDOM;
	put_u32(at, (uint32_t)c->name.n);
	put_u32(at + 4, (uint32_t)c->truth.n);
	put_u32(at + 8, (uint32_t)c->debrief.n);
	put_text(put_text(put_text(at + 12, c->name), c->truth), c->debrief);
}

static cc_code encrypt(unsigned char *out, unsigned char *plain, size_t n, cc_str passphrase, cc_str bound, cc_err *err)
{
	unsigned char key[KEY];
	cc_buf ad = CC_BUF_INIT;
	cc_code code = additional(&ad, out, bound) ? derive(key, out, passphrase, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		api.crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD, NULL, plain, n, (const unsigned char *)ad.p, ad.n, NULL, out + NONCE_AT, key);
	api.sodium_memzero(key, sizeof key);
	cc_buf_deinit(&ad);
	return code;
}

static void put_head(unsigned char *out, cc_seal_cost cost)
{
	memcpy(out, MAGIC, MAGIC_SIZE);
	put_u32(out + PASSES_AT, cost.passes ? cost.passes : PASSES);
	put_u32(out + KIB_AT, cost.kib ? cost.kib : KIB);
	api.randombytes_buf(out + SALT_AT, HEAD - SALT_AT);
}

cc_code cc_seal_make(cc_buf *out, const cc_seal_content *c, cc_str passphrase, cc_str bound, cc_seal_cost cost, cc_err *err)
{
	size_t n = FIXED + c->name.n + c->truth.n + c->debrief.n, padded = (n / BLOCK + 1) * BLOCK;
	if (!loaded())
		return not_here(err);
	if (passphrase.n < CC_SEAL_PASSPHRASE_MIN) {
		cc_err_set(err, CC_EUSAGE, "a passphrase of fewer than %d characters seals nothing", (int)CC_SEAL_PASSPHRASE_MIN);
		return cc_err_hint(err, "four or five words at random are one");
	}
	if (c->name.n + c->truth.n + c->debrief.n > TEXT_MAX)
		return cc_err_set(err, CC_ELIMIT, "a truth of more than %zu MiB cannot be sealed", TEXT_MAX >> 20);
	unsigned char *plain = cc_calloc(1, padded);
	if (!plain || !cc_buf_reserve(out, HEAD + padded + TAG)) {
		cc_free(plain);
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	unsigned char *to = (unsigned char *)out->p + out->n;
	size_t whole = 0;
	put_head(to, cost);
	put_content(plain, c);
	cc_code code = api.sodium_pad(&whole, plain, n, BLOCK, padded) == 0 ? encrypt(to, plain, whole, passphrase, bound, err) :
		cc_err_set(err, CC_EINTERNAL, "the padding does not fit");
	if (code == CC_OK)
		out->n += HEAD + whole + TAG;
	out->p[out->n] = 0;
	api.sodium_memzero(plain, padded);
	cc_free(plain);
	return code;
}

/* --- opening --- */

static cc_code check_head(cc_str sealed, const char *name, cc_err *err)
{
	if (sealed.n < HEAD + TAG + BLOCK || memcmp(sealed.p, MAGIC, MAGIC_SIZE) != 0)
		return cc_err_set(err, CC_EFORMAT, "%s: holds no sealed truth that this version reads", name);
	uint32_t passes = get_u32((const unsigned char *)sealed.p + PASSES_AT), kib = get_u32((const unsigned char *)sealed.p + KIB_AT);
	if (!passes || passes > PASSES_MAX || kib < KIB_MIN || kib > KIB_MAX || sealed.n > HEAD + TAG + TEXT_MAX + BLOCK)
		return cc_err_set(err, CC_ELIMIT, "%s: its seal asks for absurd work (%u passes over %u MiB)", name, passes, kib / 1024);
	return CC_OK;
}

static bool take_text(const unsigned char **at, size_t *left, uint32_t n, cc_str *out)
{
	if (n > *left)
		return false;
	*out = (cc_str){ (const char *)*at, n };
	*at += n;
	*left -= n;
	return true;
}

/* Whoever knows the passphrase wrote this; that is no reason to believe its lengths. */
static bool take_content(cc_seal_content *c, size_t n)
{
	const unsigned char *at = c->own + FIXED, *lengths = c->own + CC_SEAL_RANDOM;
	size_t left = n - FIXED;
	if (n < FIXED)
		return false;
	memcpy(c->random, c->own, CC_SEAL_RANDOM);
	return take_text(&at, &left, get_u32(lengths), &c->name) && take_text(&at, &left, get_u32(lengths + 4), &c->truth) &&
		take_text(&at, &left, get_u32(lengths + 8), &c->debrief) && !left;
}

static cc_code decrypt(cc_seal_content *out, cc_str sealed, cc_str passphrase, cc_str bound, const char *name, cc_err *err)
{
	const unsigned char *from = (const unsigned char *)sealed.p;
	unsigned char key[KEY];
	cc_buf ad = CC_BUF_INIT;
	cc_code code = additional(&ad, from, bound) ? derive(key, from, passphrase, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && api.crypto_aead_xchacha20poly1305_ietf_decrypt(out->own, NULL, NULL, from + HEAD, sealed.n - HEAD,
				     (const unsigned char *)ad.p, ad.n, from + NONCE_AT, key) != 0) {
		code = cc_err_set(err, CC_EACCESS, "%s: the passphrase does not open its truth", name);
		cc_err_hint(err, "another passphrase, or the case was changed after it was sealed");
	}
	api.sodium_memzero(key, sizeof key);
	cc_buf_deinit(&ad);
	return code;
}

cc_code cc_seal_open(cc_seal_content *out, cc_str sealed, cc_str passphrase, cc_str bound, const char *name, cc_err *err)
{
	size_t n = 0;
	*out = (cc_seal_content){ .own = NULL };
	if (!loaded())
		return not_here(err);
	cc_code code = check_head(sealed, name, err);
	if (code != CC_OK)
		return code;
	out->own_size = sealed.n - HEAD - TAG;
	out->own = cc_malloc(out->own_size);
	code = out->own ? decrypt(out, sealed, passphrase, bound, name, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && (api.sodium_unpad(&n, out->own, out->own_size, BLOCK) != 0 || !take_content(out, n)))
		code = cc_err_set(err, CC_EFORMAT, "%s: what is sealed in it is no truth", name);
	if (code != CC_OK)
		cc_seal_content_deinit(out);
	return code;
}

void cc_seal_content_deinit(cc_seal_content *c)
{
	if (c->own)
		cc_wipe(c->own, c->own_size);
	cc_free(c->own);
	cc_wipe(c, sizeof *c);
}
