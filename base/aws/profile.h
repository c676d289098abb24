/* AWS's shared files: ~/.aws/credentials and ~/.aws/config (or AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE),
 * as "AWS SDKs and Tools Reference Guide, shared config and credentials files" describes them. */
#ifndef KW_BASE_AWS_PROFILE_H
#define KW_BASE_AWS_PROFILE_H

#include "base/err.h"
#include "base/sv.h"

struct profiles;

/* Reads both files; one that is not there is empty. RC_CONFIG: path:line of what is no section, no `key =
 * value`, or neither; RC_IO. A credentials file that group or others can read is a warning in the log. The
 * text of errors never holds a value. */
enum rc profile_read(struct profiles **out, struct err *e);
/* Wipes what it held. NULL is fine. */
void profile_free(struct profiles *p);

/* The profile to use when none is named: AWS_PROFILE, else "default". */
const char *profile_default_name(void);

/* Is there such a section in either file? */
bool profile_exists(const struct profiles *p, const char *profile);

/* Value of `key` in a profile (keys in lower case); the credentials file wins over the config file. NULL when
 * it is not there. Borrowed until profile_free. */
const char *profile_get(const struct profiles *p, const char *profile, const char *key);

/* Value of an indented `key` below `service` in the `[services X]` section that the profile names by
 * `services = X`. NULL when it is not there. */
const char *profile_service_get(
    const struct profiles *p, const char *profile, const char *service, const char *key);

#endif
