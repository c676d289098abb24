/* Hashes, MACs and encodings: the only includer of OpenSSL. Called from every layer, on any thread. Owns the
 * fetched SHA-256 implementation, for the life of the process (fetching it per hash halves the speed). */
#include "base/net/crypto.h"

#include "base/heap.h"
#include "base/log.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <pthread.h>

struct crypto_hash {
	EVP_MD_CTX *ctx;
};

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* What can fail here fails only when OpenSSL itself is broken or memory is gone: nothing a caller could do.
 */
_Noreturn static void broken(const char *call)
{
	char text[160];
	ERR_error_string_n(ERR_get_error(), text, sizeof text);
	log_fatal("OpenSSL failed", "call=%s error=\"%s\"", call, text);
}

static void fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256)
		broken("EVP_MD_fetch");
}

static const EVP_MD *sha256_md(void)
{
	pthread_once(&sha256_once, fetch_sha256);
	return sha256;
}

void crypto_sha256(struct sv s, unsigned char out[CRYPTO_SHA256_BYTES])
{
	if (!EVP_Digest(s.len ? s.ptr : "", s.len, out, NULL, sha256_md(), NULL))
		broken("EVP_Digest");
}

void crypto_md5_hex(struct sv s, char out[2 * CRYPTO_MD5_BYTES + 1])
{
	unsigned char digest[CRYPTO_MD5_BYTES];
	if (!EVP_Digest(s.len ? s.ptr : "", s.len, digest, NULL, EVP_md5(), NULL))
		broken("EVP_Digest");
	crypto_hex(digest, sizeof digest, out);
}

void crypto_hmac_sha256(struct sv key, struct sv s, unsigned char out[CRYPTO_SHA256_BYTES])
{
	if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.len ? key.ptr : "", key.len,
		(const unsigned char *)(s.len ? s.ptr : ""), s.len, out, CRYPTO_SHA256_BYTES, NULL))
		broken("EVP_Q_mac");
}

void crypto_hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum rc crypto_unhex(struct sv hex, struct buf *out, struct err *e)
{
	if (hex.len % 2)
		return err_set(e, RC_INPUT, "hex: an odd number of digits");
	for (size_t i = 0; i < hex.len; i++)
		if (nibble(hex.ptr[i]) < 0)
			return err_set(e, RC_INPUT, "hex: bad character at offset %zu", i);
	for (size_t i = 0; i < hex.len; i += 2)
		buf_addc(out, (char)(nibble(hex.ptr[i]) << 4 | nibble(hex.ptr[i + 1])));
	return RC_OK;
}

void crypto_sha256_hex(struct sv s, char out[2 * CRYPTO_SHA256_BYTES + 1])
{
	unsigned char digest[CRYPTO_SHA256_BYTES];
	crypto_sha256(s, digest);
	crypto_hex(digest, sizeof digest, out);
}

struct crypto_hash *crypto_hash_new(void)
{
	struct crypto_hash *h = heap_zero(1, sizeof *h);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex2(h->ctx, sha256_md(), NULL))
		broken("EVP_DigestInit_ex2");
	return h;
}

void crypto_hash_add(struct crypto_hash *h, struct sv s)
{
	if (s.len && !EVP_DigestUpdate(h->ctx, s.ptr, s.len))
		broken("EVP_DigestUpdate");
}

void crypto_hash_end(struct crypto_hash *h, unsigned char out[CRYPTO_SHA256_BYTES])
{
	if (!EVP_DigestFinal_ex(h->ctx, out, NULL))
		broken("EVP_DigestFinal_ex");
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

/* OpenSSL's EVP_EncodeBlock counts in int and its decoder forgives line breaks and stray padding, hence our
 * own pair. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void crypto_base64(struct sv s, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;
		if (n > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			bits |= p[i + 2];
		char four[4] = {alphabet[bits >> 18], alphabet[bits >> 12 & 63],
		    n > 1 ? alphabet[bits >> 6 & 63] : '=', n > 2 ? alphabet[bits & 63] : '='};
		buf_add(out, sv_of(four, 4));
	}
}

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes one group of `n` characters (2-4) into n-1 bytes; false for a foreign character, or for set bits
 * behind the last byte, which would give one value two spellings. */
static bool unbase64_group(const char *c, size_t n, struct buf *out)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int v = i < n ? sextet(c[i]) : 0;
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
	}
	if ((n == 2 && bits & 0xffff) || (n == 3 && bits & 0xff))
		return false;
	char three[3] = {(char)(bits >> 16 & 0xff), (char)(bits >> 8 & 0xff), (char)(bits & 0xff)};
	buf_add(out, sv_of(three, n - 1));
	return true;
}

enum rc crypto_unbase64(struct sv s, struct buf *out, struct err *e)
{
	size_t before = out->len;
	if (s.len % 4 != 0)
		return err_set(e, RC_INPUT, "base64: the length is not a multiple of four");
	for (size_t i = 0; i < s.len; i += 4) {
		size_t n = 4;
		if (i + 4 == s.len && s.ptr[i + 3] == '=')
			n = s.ptr[i + 2] == '=' ? 2 : 3;
		if (unbase64_group(s.ptr + i, n, out))
			continue;
		out->len = before;
		if (out->ptr)
			out->ptr[before] = 0;
		return err_set(e, RC_INPUT, "base64: bad character near offset %zu", i);
	}
	return RC_OK;
}

struct crypto_rsa {
	EVP_PKEY *key;
};

enum rc crypto_rsa_new(struct sv der, struct crypto_rsa **out, struct err *e)
{
	const unsigned char *at = (const unsigned char *)der.ptr;
	EVP_PKEY *key = der.len <= 4096 ? d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len) : NULL;
	ERR_clear_error();
	if (!key || at != (const unsigned char *)der.ptr + der.len || EVP_PKEY_get_bits(key) < 1024 ||
	    EVP_PKEY_get_bits(key) > 16384) {
		EVP_PKEY_free(key);
		return err_set(e, RC_INPUT, "it is no RSA key in PKCS#1 form (RSAPublicKey)");
	}
	*out = heap_zero(1, sizeof **out);
	(*out)->key = key;
	return RC_OK;
}

void crypto_rsa_free(struct crypto_rsa *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->key);
	free(k);
}

bool crypto_rsa_signed(const struct crypto_rsa *k, struct sv text, struct sv signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options;
	if (!ctx || EVP_DigestVerifyInit(ctx, &options, sha256_md(), NULL, k->key) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) != 1)
		broken("EVP_DigestVerifyInit");
	bool ok = EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
		      (const unsigned char *)(text.len ? text.ptr : ""), text.len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

void crypto_random(void *out, size_t n)
{
	if (RAND_bytes_ex(NULL, out, n, 0) != 1)
		broken("RAND_bytes_ex");
}

double crypto_unit(void)
{
	uint64_t bits;
	crypto_random(&bits, sizeof bits);
	return (double)(bits >> 11) * 0x1.0p-53;
}

bool crypto_equal(struct sv a, struct sv b)
{
	return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

void crypto_wipe(void *p, size_t n)
{
	if (p && n)
		OPENSSL_cleanse(p, n);
}

/* Drawn once for kendrawatch; changing it would change the identity of every rule without an id. */
static const unsigned char namespace[16] = {
    0x5e, 0x0b, 0x8a, 0x1d, 0x6c, 0x42, 0x4f, 0x97, 0xb3, 0x0e, 0x7d, 0x21, 0xc9, 0x54, 0xa6, 0x38};

static void uuid_text(unsigned char d[16], unsigned char version, char out[37])
{
	char hex[33];
	d[6] = (unsigned char)((d[6] & 0x0f) | version << 4);
	d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
	crypto_hex(d, 16, hex);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void crypto_uuid4(char out[37])
{
	unsigned char d[16];
	crypto_random(d, sizeof d);
	uuid_text(d, 4, out);
}

void crypto_uuid5(struct sv name, char out[37])
{
	struct buf text = {0};
	buf_add(&text, sv_of(namespace, sizeof namespace));
	buf_add(&text, name);
	unsigned char d[EVP_MAX_MD_SIZE];
	if (!EVP_Q_digest(NULL, "SHA1", NULL, text.ptr, text.len, d, NULL))
		broken("EVP_Q_digest");
	buf_fini(&text);
	uuid_text(d, 5, out);
}
