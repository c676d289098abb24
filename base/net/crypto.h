/* Hashes, MACs and encodings (OpenSSL behind it). Any thread. */
#ifndef KW_BASE_NET_CRYPTO_H
#define KW_BASE_NET_CRYPTO_H

#include "base/buf.h"
#include "base/err.h"

#define CRYPTO_SHA256_BYTES 32

/* SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104) in one call. */
void crypto_sha256(struct sv s, unsigned char out[CRYPTO_SHA256_BYTES]);
void crypto_hmac_sha256(struct sv key, struct sv s, unsigned char out[CRYPTO_SHA256_BYTES]);

/* Lower-case hex of `n` bytes, NUL-terminated: out has 2n+1 bytes. */
void crypto_hex(const unsigned char *bytes, size_t n, char *out);
/* Appends the bytes that hex digits of either case stand for. RC_INPUT when it is not that. */
enum rc crypto_unhex(struct sv hex, struct buf *out, struct err *e);
/* Hex SHA-256 in one call. */
void crypto_sha256_hex(struct sv s, char out[2 * CRYPTO_SHA256_BYTES + 1]);

/* MD5 (RFC 1321) in lower-case hex, for checksums that AWS gives; no protection against anybody. */
#define CRYPTO_MD5_BYTES 16
void crypto_md5_hex(struct sv s, char out[2 * CRYPTO_MD5_BYTES + 1]);

/* Streaming SHA-256. */
struct crypto_hash;
struct crypto_hash *crypto_hash_new(void);
void crypto_hash_add(struct crypto_hash *h, struct sv s);
void crypto_hash_end(struct crypto_hash *h, unsigned char out[CRYPTO_SHA256_BYTES]); /* and frees h */

/* Standard alphabet with padding; appended. Decoding is strict: RC_INPUT. */
void crypto_base64(struct sv s, struct buf *out);
enum rc crypto_unbase64(struct sv s, struct buf *out, struct err *e);

/* A public RSA key, to check signatures with. */
struct crypto_rsa;
/* Reads a DER RSAPublicKey (PKCS#1, RFC 8017 A.1.1; not a SubjectPublicKeyInfo). RC_INPUT: it is none, bytes
 * follow it, or it has less than 1024 or more than 16384 bits. */
enum rc crypto_rsa_new(struct sv der, struct crypto_rsa **out, struct err *e);
void crypto_rsa_free(struct crypto_rsa *k);
/* Is `signature` the key's over `text` (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 8.2.2)? */
bool crypto_rsa_signed(const struct crypto_rsa *k, struct sv text, struct sv signature);

/* Cryptographic random bytes. */
void crypto_random(void *out, size_t n);
/* Uniform in [0, 1), for jitter. */
double crypto_unit(void);

/* Constant-time comparison. */
bool crypto_equal(struct sv a, struct sv b);

/* Overwrites memory that held a secret. */
void crypto_wipe(void *p, size_t n);

/* A random UUIDv4 (RFC 9562), 36 characters + NUL. */
void crypto_uuid4(char out[37]);

/* UUIDv5 (RFC 9562) of `name` in our own namespace, 36 characters + NUL. */
void crypto_uuid5(struct sv name, char out[37]);

#endif
