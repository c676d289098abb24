/* AWS credentials: a chain of providers, asked in the order of credentials_list.h until one has keys. One
 * thread an object. Keys are wiped when they are replaced or freed, and never printed. */
#ifndef KW_BASE_AWS_CREDENTIALS_H
#define KW_BASE_AWS_CREDENTIALS_H

#include "base/aws/sigv4.h"
#include "base/err.h"

/* What the configuration says; copied. All may be empty or NULL. */
struct credentials_options {
	struct sv key_id, secret, token; /* keys in the configuration: nothing else is asked */
	const char *profile; /* a profile named there: the environment is not asked; NULL: AWS_PROFILE */
};

struct credentials;
struct credentials *credentials_new(const struct credentials_options *o);
void credentials_free(struct credentials *c);

/* Keys that hold for at least a minute from `now_ms`; the views are good until the next call. The providers
 * are asked only when there are none yet, when they run out, or after credentials_refresh. RC_CONFIG: a
 * provider is set up wrongly (which and how is in the text); RC_NOTFOUND: no provider has keys (the text
 * names all that were asked); RC_RETRY: a provider is away. */
enum rc credentials_get(struct credentials *c, int64_t now_ms, struct sigv4_keys *out, struct err *e);

/* AWS refused the keys: the next get asks the providers again. */
void credentials_refresh(struct credentials *c);

/* Where the present keys came from ("environment", "profile dev"), for logs and lists; "none". */
const char *credentials_source(const struct credentials *c);

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

#define CREDENTIALS_PROVIDER(name, shown) credentials_provider credentials_from_##name;
#include "base/aws/credentials_list.h"
#undef CREDENTIALS_PROVIDER

#endif
