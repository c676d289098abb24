/* The public keys that digests are signed with: from a file, or asked of CloudTrail when a fingerprint is
 * met that is not known yet. */
#ifndef KW_AGENT_DIGEST_KEYS_H
#define KW_AGENT_DIGEST_KEYS_H

#include "base/aws/client.h"
#include "base/map.h"
#include "base/net/crypto.h"

struct keys {
	struct map known;           /* fingerprint -> struct crypto_rsa * */
	struct map asked;           /* fingerprints that CloudTrail was asked for in vain */
	struct aws_client *aws;     /* borrowed; NULL: nobody is asked */
	char *trouble;              /* why asking failed; NULL: it did not */
	int64_t quiet_until_ms;     /* monotonic: not asked again before, after it failed */
	bool (*stopped)(void *ctx); /* ends the asking; NULL: nobody does */
	void *ctx;
};
void keys_fini(struct keys *k);

/* Adds what `aws cloudtrail list-public-keys` printed: {"PublicKeyList": [{"Value", "Fingerprint", …}]}, the
 * value base64 of a PKCS#1 RSAPublicKey. RC_INPUT with the place of the first key that is none. */
enum rc keys_add(struct keys *k, struct sv json, struct err *e);
/* The same of a file. */
enum rc keys_load(struct keys *k, const char *path, struct err *e);

/* The key of that fingerprint, borrowed; NULL when it is unknown. CloudTrail is asked in `region` for the
 * keys of [from_ms, to_ms], once a fingerprint. */
const struct crypto_rsa *keys_find(
    struct keys *k, struct sv fingerprint, struct sv region, int64_t from_ms, int64_t to_ms);

#endif
