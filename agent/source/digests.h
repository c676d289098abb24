/* Digests that a source meets among its objects, when it has `digest: on`: which they are, and what they say.
 * Sources that read folders call digests_read, those that read S3 have a desk (digest_desk.h). */
#ifndef KW_AGENT_SOURCE_DIGESTS_H
#define KW_AGENT_SOURCE_DIGESTS_H

#include "agent/digest/news.h"
#include "base/aws/grant.h"
#include "config/schema.h"

/* For an option table; the first two of `choices` are off|on. */
#define DIGEST_HELP \
	"on: check CloudTrail's digests as they come; a log that is missing or altered raises an alert"
#define DIGEST_OPTIONS(choices, help_text)                                                                 \
	{"digest", OPTION_CHOICE, "off", 0, 0, choices, help_text},                                        \
	    {"digest_keys", OPTION_PATH, NULL, 0, 0, NULL,                                                 \
		"public keys, as `aws cloudtrail list-public-keys` prints them; without it CloudTrail is " \
		"asked"},                                                                                  \
	{                                                                                                  \
		"digest_patience", OPTION_SPAN, "1h", 1000, INT64_C(604800000), NULL,                      \
		    "how long after its digest a log may come until it is missing"                         \
	}

struct digests {
	bool on;
	const char *keys_path;
	int64_t patience_ms;
	struct keys keys;
	struct aws_client *aws;
};

/* Reads the options of DIGEST_OPTIONS; `out` is {0}. CloudTrail is asked as `aws` says who we are.
 * RC_CONFIG: the keys can't be had; RC_NOTFOUND: as aws_client_new. */
enum rc digests_open(
    const struct options *options, const struct aws_options *aws, struct digests *out, struct err *e);
/* What asking for keys needs, of whoever calls as `role`. */
void digests_grants(const struct options *options, struct sv role, struct grants *out);
void digests_close(struct digests *d);

/* Is the file a log whose hash will be asked for? */
bool digests_hash(const struct digests *d, struct sv path);

/* Is it a digest to be checked, or its metadata? Then *out_digest is the digest's path, heap. */
bool digests_want(const struct digests *d, struct sv path, char **out_digest);

/* Is it a digest to be checked? */
bool digests_is_one(const struct digests *d, struct sv object);

/* What it says; when its key is unknown the file of keys is read again first. NULL as digest_news_new. */
struct digest_news *digests_judge(struct digests *d, const struct digest_feed *feed);

/* Reads the digest and what stands beside it. NULL: it can't be read now, or its metadata is not there yet
 * and the digest is younger than `digest_patience`. */
struct digest_news *digests_read(struct digests *d, const char *path, int64_t modified_ms);

#endif
