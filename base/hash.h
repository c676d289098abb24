/* 64-bit hashing. For identities that leave the process use crypto_sha256 (base/net/crypto.h). */
#ifndef KW_BASE_HASH_H
#define KW_BASE_HASH_H

#include "base/sv.h"

/* SipHash-2-4 of `s` under a 128-bit key (Aumasson, Bernstein 2012): for tables whose keys an attacker may
 * choose. */
uint64_t hash_sip(struct sv s, const uint64_t key[2]);

/* hash_sip under a key drawn once per process. */
uint64_t hash_sv(struct sv s);

#endif
