/* AWS options of a block. Called when a source or sink opens, and when AWS refused its keys: a secret's file
 * may hold other ones now. */
#include "config/aws_options.h"

#include "config/secret.h"

/* Empty when the option is not set. */
static struct sv secret_of_option(const struct options *given, const char *name)
{
	const struct option_value *v = options_get(given, name);
	return v->set && v->secret ? secret_value(v->secret) : SV("");
}

enum rc aws_options_read(const struct options *given, struct aws_options *out, struct err *e)
{
	if (options_get(given, "access_key_id")->set != options_get(given, "secret_access_key")->set)
		return err_set(e, RC_CONFIG, "\"access_key_id\" and \"secret_access_key\" go together");
	if (options_get(given, "external_id")->set && !options_text(given, "role_arn"))
		return err_set(e, RC_CONFIG, "\"external_id\" is for a role: \"role_arn\" is missing");
	out->credentials.key_id = secret_of_option(given, "access_key_id");
	out->credentials.secret = secret_of_option(given, "secret_access_key");
	out->credentials.token = secret_of_option(given, "session_token");
	out->credentials.profile = options_text(given, "profile");
	out->credentials.role_arn = options_text(given, "role_arn");
	out->credentials.external_id = secret_of_option(given, "external_id");
	out->endpoint_url = secret_of_option(given, "endpoint_url");
	return RC_OK;
}

bool aws_options_in(const struct option_table *table)
{
	bool role = false, endpoint = false;
	for (size_t i = 0; i < table->n; i++) {
		role |= strcmp(table->options[i].name, "role_arn") == 0;
		endpoint |= strcmp(table->options[i].name, "endpoint_url") == 0;
	}
	return role && endpoint;
}
