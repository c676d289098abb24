/* Digests that a source meets among its objects, when it has `digest: on`: which they are, and what they say.
 * For sources that read folders; one that reads S3 has bytes and metadata in hand and calls digest_news_new
 * itself. */
#ifndef KW_AGENT_SOURCE_DIGESTS_H
#define KW_AGENT_SOURCE_DIGESTS_H

#include "agent/digest/news.h"
#include "config/schema.h"

/* For an option table. */
#define DIGEST_OPTIONS                                                                                     \
	{"digest", OPTION_CHOICE, "off", 0, 0, "off|on",                                                   \
	    "on: check CloudTrail's digests as they come; a log that is missing or altered raises an "     \
	    "alert"},                                                                                      \
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

/* Reads the options of DIGEST_OPTIONS; `out` is {0}. RC_CONFIG: the keys can't be had. */
enum rc digests_open(const struct options *options, struct digests *out, struct err *e);
void digests_close(struct digests *d);

/* Is the file a log whose hash will be asked for? */
bool digests_hash(const struct digests *d, struct sv path);

/* Is it a digest to be checked, or its metadata? Then *out_digest is the digest's path, heap. */
bool digests_want(const struct digests *d, struct sv path, char **out_digest);

/* Reads the digest and what stands beside it. NULL: it can't be read now, or its metadata is not there yet
 * and the digest is younger than `digest_patience`. */
struct digest_news *digests_read(struct digests *d, const char *path, int64_t modified_ms);

#endif
