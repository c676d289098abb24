/* AWS credentials: a chain of providers, asked in the order of credentials_list.h until one has keys, and a
 * role that is assumed with them when the configuration names one. One thread an object. Keys are wiped when
 * they are replaced or freed, and never printed.
 *
 * Keys that expire are renewed in the background from 15 minutes before their end, so that only the first
 * call of all waits for STS or a metadata service. */
#ifndef KW_BASE_AWS_CREDENTIALS_H
#define KW_BASE_AWS_CREDENTIALS_H

#include "base/aws/sigv4.h"
#include "base/err.h"

/* What the configuration says; copied. All may be empty or NULL. */
struct credentials_options {
	struct sv key_id, secret, token; /* keys in the configuration: nothing else is asked */
	const char *profile;   /* a profile named there: the environment is not asked; NULL: AWS_PROFILE */
	const char *role_arn;  /* a role to assume with whatever keys are found; NULL: none */
	struct sv external_id; /* what its trust asks for */
	const char *region;    /* whose STS is asked; NULL: AWS_REGION or the profile's */
	const char *proxy;     /* as http_options.proxy; link-local addresses are never asked through one */
};

struct credentials;
struct credentials *credentials_new(const struct credentials_options *o);
void credentials_free(struct credentials *c);

/* Keys that hold for at least a minute from `now_ms`; the views are good until the next call. Blocks when
 * there are none, or when they run out and the background has not brought new ones (seconds; bounded by the
 * providers' timeouts). RC_CONFIG: a provider is set up wrongly or refuses (which and how is in the text);
 * RC_NOTFOUND: no provider has keys (the text names all that were asked); RC_RETRY: a provider is away. */
enum rc credentials_get(struct credentials *c, int64_t now_ms, struct sigv4_keys *out, struct err *e);

/* AWS refused the keys: the next get asks the providers again, at most once in 10 s. */
void credentials_refresh(struct credentials *c);

/* Where the present keys came from ("environment", "profile dev", "role arn:…"), for logs and lists; "none".
 */
const char *credentials_source(const struct credentials *c);

/* When the present keys end, ms since the epoch; 0: never, or there are none. */
int64_t credentials_end_ms(const struct credentials *c);

/* --- for providers --------------------------------------------------------------------------------- */

/* What a provider gives: heap texts, taken over and wiped by the chain. */
struct credentials_found {
	char *key_id, *secret, *token; /* token NULL: long-term keys */
	int64_t expires_ms;            /* 0: never */
	char *source;
};

/* RC_NOTFOUND: nothing is set up for this provider, ask the next one. */
typedef enum rc credentials_provider(
    const struct credentials_options *o, int64_t now_ms, struct credentials_found *out, struct err *e);

/* Wipes and frees. */
void credentials_found_fini(struct credentials_found *f);

/* Makes a find of two or three texts. RC_NOTFOUND when both are empty; RC_CONFIG when one of the pair is:
 * half a pair is a mistake and not "nothing here", going on would sign with someone else's. `where` is
 * copied. */
enum rc credentials_pair(const char *where, struct sv key_id, struct sv secret, struct sv token,
    struct credentials_found *out, struct err *e);

/* Reads the JSON document that credential_process, containers and instances give (AccessKeyId,
 * SecretAccessKey, Token or SessionToken, Expiration). RC_RETRY with the service's own words when it holds an
 * error instead. */
enum rc credentials_document(const char *where, struct sv json, struct credentials_found *out, struct err *e);

#define CREDENTIALS_PROVIDER(name, shown) credentials_provider credentials_from_##name;
#include "base/aws/credentials_list.h"
#undef CREDENTIALS_PROVIDER

#endif
