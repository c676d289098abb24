/* Every credentials provider, in the order they are asked: CREDENTIALS_PROVIDER(name, "what people call it").
 * Each is a function credentials_from_NAME. */
CREDENTIALS_PROVIDER(configuration, "configuration")
CREDENTIALS_PROVIDER(environment, "environment (AWS_ACCESS_KEY_ID)")
CREDENTIALS_PROVIDER(profile, "profile in ~/.aws/credentials or ~/.aws/config")
CREDENTIALS_PROVIDER(web_identity, "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)")
CREDENTIALS_PROVIDER(container, "container (AWS_CONTAINER_CREDENTIALS_…_URI)")
CREDENTIALS_PROVIDER(instance, "instance metadata (IMDSv2)")
