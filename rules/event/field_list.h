/* Derived fields: KW_FIELD(SYMBOL, "name", "what it says"). Computed from the record by derive.c, never read
 * from it; a field that does not apply is absent. Shown by `list fields`. */
KW_FIELD(ACTOR, "kw.actor",
    "the person behind an SSO session, else the canonical principal; default for folding and grouping")
KW_FIELD(PRINCIPAL, "kw.principal",
    "issuing role, user, root, account or service; never a session name or a temporary key")
KW_FIELD(PERSON, "kw.person", "the person of an IAM Identity Center session or user; absent for all else")
KW_FIELD(SESSION, "kw.session", "role session name, as whoever holds the role chose it: never a key")
KW_FIELD(OUTCOME, "kw.outcome", "ok, denied, throttled or failed")
KW_FIELD(ACCESS, "kw.access", "read, list, write or tag, from the table of API operations")
KW_FIELD(CREDENTIAL, "kw.credential", "root, long_term, session, console or service")
KW_FIELD(
    MFA, "kw.mfa", "true, false or unknown; unknown where CloudTrail can't tell (SSO, SAML, service roles)")
KW_FIELD(VIA_SERVICE, "kw.via_service",
    "the AWS service that made the call for someone, e.g. kendra.amazonaws.com")
KW_FIELD(IP_KIND, "kw.ip.kind", "public, private, service, internal or other")
KW_FIELD(INDEX, "kw.index", "the Kendra index id, wherever the operation carries it")
KW_FIELD(INDEX_NAME, "kw.index.name", "its name from `names.indexes`, else the id")
KW_FIELD(FROM, "kw.from", "where the call came from, for people: an address, a service, AWS itself")
KW_FIELD(
    CROSS_ACCOUNT, "kw.cross_account", "true when the caller's account is not the one that owns the resource")
KW_FIELD(OMITTED, "kw.omitted",
    "true when CloudTrail left out requestParameters or responseElements for their size")
KW_FIELD(HOUR, "kw.hour", "0-23, UTC, of eventTime")
KW_FIELD(WEEKDAY, "kw.weekday", "monday to sunday, UTC, of eventTime")
KW_FIELD(
    UA_FAMILY, "kw.ua.family", "the user agent's tool and major version, e.g. aws-cli/2, Boto3/1, Terraform")
