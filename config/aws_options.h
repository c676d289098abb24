/* The options that everything which talks to AWS has in common: who we are there, and by which way. A source
 * or sink puts them into its own table and reads them back as one piece. */
#ifndef KW_CONFIG_AWS_OPTIONS_H
#define KW_CONFIG_AWS_OPTIONS_H

#include "base/aws/client.h"
#include "config/schema.h"

/* For an option table; `service` is a literal for the help text ("SQS"). */
#define AWS_OPTIONS(service)                                                                                \
	{.name = "profile",                                                                                 \
	    .type = OPTION_TEXT,                                                                            \
	    .help = "Profile of AWS's shared files; without it environment, then AWS_PROFILE or default."}, \
	    {.name = "access_key_id",                                                                       \
		.type = OPTION_SECRET,                                                                      \
		.help = "Access key id, together with secret_access_key; then nothing else is asked."},     \
	    {.name = "secret_access_key",                                                                   \
		.type = OPTION_SECRET,                                                                      \
		.help = "Secret access key of access_key_id."},                                             \
	    {.name = "session_token", .type = OPTION_SECRET, .help = "Session token, for temporary keys."}, \
	    {.name = "role_arn",                                                                            \
		.type = OPTION_TEXT,                                                                        \
		.help = "Role to assume with these keys, such as one in the account that holds the log."},  \
	    {.name = "external_id",                                                                         \
		.type = OPTION_SECRET,                                                                      \
		.help = "External id that the role's trust asks for."},                                     \
	{                                                                                                   \
		.name = "endpoint_url", .type = OPTION_URL,                                                 \
		.help = "Another address for " service                                                      \
			", such as a VPC endpoint; else AWS_ENDPOINT_URL and the "                          \
			"like, else AWS."                                                                   \
	}

/* Fills credentials and endpoint_url of `out` from them. Views and pointers are good until the options or
 * their secrets change. RC_CONFIG: half a pair of keys, or an external id without a role. */
enum rc aws_options_read(const struct options *given, struct aws_options *out, struct err *e);

/* Does the table hold them, so that aws_options_read may be called? */
bool aws_options_in(const struct option_table *table);

#endif
