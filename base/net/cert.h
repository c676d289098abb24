/* X.509 certificates that signatures are checked with (OpenSSL behind it). Whether a certificate is to be
 * trusted at all, the way it came by must tell: no chain is followed here. Any thread. */
#ifndef KW_BASE_NET_CERT_H
#define KW_BASE_NET_CERT_H

#include "base/err.h"
#include "base/sv.h"

struct cert;

/* Reads the first certificate of a PEM text. RC_INPUT: there is none, or its key is not RSA of 2048 to 16384
 * bits. */
enum rc cert_read(struct sv pem, struct cert **out, struct err *e);
void cert_free(struct cert *c);

/* Is it within its validity (notBefore, notAfter) at that moment, ms since the epoch? */
bool cert_valid_at(const struct cert *c, int64_t now_ms);

enum cert_hash { CERT_SHA1, CERT_SHA256 };
/* Is `signature` the certificate's key's over `text` (RSASSA-PKCS1-v1_5, RFC 8017 8.2.2)? */
bool cert_signed(const struct cert *c, enum cert_hash hash, struct sv text, struct sv signature);

/* Does the private key, a PEM text, belong to the certificate? RC_CONFIG says what is wrong with either. */
enum rc cert_check_pair(struct sv certificate, struct sv key, struct err *e);

#endif
