/* Certificates by OpenSSL's X509 functions. */
#include "base/net/cert.h"

#include "base/heap.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define MIN_BITS 2048
#define MAX_BITS 16384
#define MAX_BYTES ((size_t)64 << 10)

struct cert {
	X509 *x;
	EVP_PKEY *key; /* of x */
};

static X509 *read_x509(struct sv pem)
{
	if (!pem.len || pem.len > MAX_BYTES)
		return NULL;
	BIO *in = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	BIO_free(in);
	return x;
}

enum rc cert_read(struct sv pem, struct cert **out, struct err *e)
{
	X509 *x = read_x509(pem);
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
	*out = NULL;
	if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < MIN_BITS ||
	    EVP_PKEY_get_bits(key) > MAX_BITS) {
		X509_free(x);
		return err_set(e, RC_INPUT,
		    x ? "the certificate's key is not RSA of 2048 bits or more" : "it is no PEM certificate");
	}
	*out = heap_zero(1, sizeof **out);
	**out = (struct cert){x, key};
	return RC_OK;
}

void cert_free(struct cert *c)
{
	if (!c)
		return;
	X509_free(c->x);
	free(c);
}

bool cert_valid_at(const struct cert *c, int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	return X509_cmp_time(X509_get0_notBefore(c->x), &now) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(c->x), &now) > 0;
}

bool cert_signed(const struct cert *c, enum cert_hash hash, struct sv text, struct sv signature)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md &&
		    EVP_DigestVerifyInit(
			md, NULL, hash == CERT_SHA1 ? EVP_sha1() : EVP_sha256(), NULL, c->key) == 1 &&
		    EVP_DigestVerify(md, (const unsigned char *)signature.ptr, signature.len,
			(const unsigned char *)text.ptr, text.len) == 1;
	EVP_MD_CTX_free(md);
	return good;
}

enum rc cert_check_pair(struct sv certificate, struct sv key, struct err *e)
{
	X509 *x = read_x509(certificate);
	BIO *in = key.len && key.len <= MAX_BYTES ? BIO_new_mem_buf(key.ptr, (int)key.len) : NULL;
	/* An empty passphrase, so that nobody is asked at a terminal. */
	EVP_PKEY *private = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, (void *)"") : NULL;
	enum rc rc = RC_OK;
	if (!x)
		rc = err_set(e, RC_CONFIG, "the certificate's file holds no PEM certificate");
	else if (!private)
		rc = err_set(e, RC_CONFIG, "the key's file holds no PEM private key without a passphrase");
	else if (X509_check_private_key(x, private) != 1)
		rc = err_set(e, RC_CONFIG, "the key is not the certificate's");
	EVP_PKEY_free(private);
	BIO_free(in);
	X509_free(x);
	return rc;
}
