/* The verdict on one digest. Any thread that owns the keys. */
#include "agent/digest/link.h"

#include <stdio.h>

#include "base/clock.h"

#define HOUR_MS ((int64_t)3600000)
#define SHOWN_HEX 16

static bool same_hex(struct sv a, struct sv b)
{
	return sv_eq_nocase(a, b);
}

/* Keys of a backfill digest are those of the time when it was made. */
static const struct crypto_rsa *find_key(
    const struct digest *d, const struct digest_metadata *m, struct keys *keys, struct sv region)
{
	int64_t from_ms = d->start_ms - HOUR_MS, to_ms = d->end_ms + 2 * HOUR_MS, made_ms;
	if (m->generated_at.len && clk_parse(m->generated_at, &made_ms)) {
		from_ms = made_ms - HOUR_MS;
		to_ms = made_ms + HOUR_MS;
	}
	return keys_find(keys, d->fingerprint, region, from_ms, to_ms);
}

static enum flaw_kind no_key(const struct digest *d, const struct keys *keys, char reason[500])
{
	if (keys->trouble)
		snprintf(reason, 500,
		    "key %.*s is not among those given, and CloudTrail could not be asked: %.300s",
		    SV_ARG(sv_head(d->fingerprint, 64)), keys->trouble);
	else
		snprintf(reason, 500, "signed with key %.*s, which is not among the %zu known",
		    SV_ARG(sv_head(d->fingerprint, 64)), keys->known.n);
	return FLAW_UNKNOWN_KEY;
}

/* No signature came with it; the next digest holds one. */
static enum flaw_kind unsigned_one(
    const struct digest *d, const struct crypto_rsa *key, const struct link_claim *next, char reason[500])
{
	const char *more = "";
	if (next->signature.ptr)
		more = digest_signed_by(d, key, next->signature)
			   ? "; the one that the next digest holds fits"
			   : "; the one that the next digest holds does not fit its bytes";
	snprintf(reason, 500, "no signature in its metadata%s", more);
	return FLAW_UNSIGNED;
}

static enum flaw_kind badly_signed(
    const struct digest *d, struct sv signature, const struct link_claim *next, char reason[500])
{
	bool same_bytes = next->hash.ptr && same_hex(next->hash, sv_from(d->hash));
	bool same_signature = next->signature.ptr && same_hex(next->signature, signature);
	if (same_signature && next->hash.ptr && !same_bytes) {
		snprintf(reason, 500,
		    "its signature is the one that the next digest holds, but its bytes hash to %.*s… and "
		    "not to "
		    "%.*s…",
		    SHOWN_HEX, d->hash, SHOWN_HEX, next->hash.ptr);
		return FLAW_TAMPERED_DIGEST;
	}
	snprintf(reason, 500, "the signature does not fit%s",
	    !next->hash.ptr ? "; no later digest tells whether the bytes or the signature were changed"
	    : same_bytes    ? "; the bytes are those that the next digest means, so the signature was changed"
			    : "; the next digest means other bytes and another signature");
	return FLAW_FORGED_SIGNATURE;
}

enum flaw_kind link_check(const struct digest *d, const struct digest_metadata *metadata, bool at_home,
    const struct link_claim *next, struct keys *keys, struct sv region, char reason[500])
{
	const struct crypto_rsa *key = find_key(d, metadata, keys, region);
	if (!key)
		return no_key(d, keys, reason);
	if (!metadata->signature.len)
		return unsigned_one(d, key, next, reason);
	if ((metadata->algorithm.len && !sv_eq_nocase(metadata->algorithm, SV("SHA256withRSA"))) ||
	    !digest_signed_by(d, key, metadata->signature))
		return badly_signed(d, metadata->signature, next, reason);
	if (!at_home) {
		snprintf(reason, 500, "it says that it is %.*s/%.*s", SV_ARG(sv_head(d->bucket, 80)),
		    SV_ARG(sv_head(d->object, 300)));
		return FLAW_MOVED;
	}
	if (next->hash.ptr && !same_hex(next->hash, sv_from(d->hash))) {
		snprintf(reason, 500, "its bytes hash to %.*s…, and the next digest names %.*s…", SHOWN_HEX,
		    d->hash, SHOWN_HEX, next->hash.ptr);
		return FLAW_REPLACED_DIGEST;
	}
	if (next->signature.ptr && !same_hex(next->signature, metadata->signature)) {
		snprintf(reason, 500, "its signature is another one than the next digest holds");
		return FLAW_REPLACED_DIGEST;
	}
	return FLAW_KINDS;
}
