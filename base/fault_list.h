/* Every kind of fault: FAULT_CODE(SYMBOL, "name", "what is wrong", "why it matters and what to do"). The name
 * is stable: people write it in `# kendrawatch: ignore=NAME`, in CI settings and in links. Kinds that begin
 * with `portable-` are told by `check --portable` only. Shown by `list lints` and `check --explain`; the
 * page docs/lints.md is written from here. */

/* --- what refuses a document, or skips it ---------------------------------------------------------- */
FAULT_CODE(REFUSED, "refused", "the document, option or file is refused for the reason given",
    "Nothing of it runs until it is mended; everything else does.")
FAULT_CODE(SYNTAX, "syntax", "the file is no YAML that can be read",
    "Mend the place named. A tab can't indent, a value that holds ': ' or ' #' wants quotes.")
FAULT_CODE(SKIPPED, "skipped", "the document is right and left out by design",
    "It is about other logs than CloudTrail's, or its status is deprecated or unsupported.")
FAULT_CODE(DOUBTFUL, "doubtful", "it works, but hardly as it was meant", "The text says what is odd.")
FAULT_CODE(UNKNOWN_MODIFIER, "unknown-modifier", "a modifier does not exist or stands out of place",
    "`list fields` and docs/rule-language.md know them all; the nearest one is named.")
FAULT_CODE(UNKNOWN_FIELD, "unknown-field", "a derived field (kw.*) that does not exist",
    "It would never hold. `list fields` shows every derived field.")
FAULT_CODE(UNKNOWN_EVENT, "unknown-event", "an operation that the service does not have",
    "The rule would never fire. Kendra's operations are known completely, those of other services are hinted "
    "at "
    "when a near name exists.")
FAULT_CODE(UNKNOWN_SELECTION, "unknown-selection", "a condition names a selection that is not there",
    "Name a selection of the same document; the nearest one is named.")
FAULT_CODE(UNKNOWN_RULE, "unknown-rule", "a correlation or filter names a rule that is not loaded",
    "Rules are named by `name` or `id`; the nearest one is named. Load its file together with this one.")
FAULT_CODE(UNKNOWN_KEY, "unknown-key", "a key that nothing reads, near one that is read",
    "Unknown keys are kept and never used. Correct the spelling, or put notes of your own under another "
    "name.")
FAULT_CODE(UNKNOWN_IGNORE, "unknown-ignore", "an ignore comment names a kind of fault that does not exist",
    "It ignores nothing. `list lints` shows every kind.")
FAULT_CODE(ID_REUSED, "id-reused", "an id or name is used by two documents",
    "The second one is refused (id) or can't be referred to (name). Give it a UUID of its own.")

FAULT_CODE(SECRET_IN_OPEN, "secret-in-open",
    "a secret of the configuration can't be read, or stands in the open",
    "Secrets are given as env:NAME or file:PATH. Reports never show the line that this is about.")

/* --- metadata --------------------------------------------------------------------------------------- */
FAULT_CODE(MISSING_ID, "missing-id", "the rule has no `id`",
    "Without one its identity hangs on its name or its path, and alerts lose their history when either "
    "changes.")
FAULT_CODE(MISSING_LEVEL, "missing-level", "the rule has no `level`",
    "medium is assumed; who is woken by it hangs on the level.")
FAULT_CODE(MISSING_LOGSOURCE, "missing-logsource", "the rule has no `logsource`",
    "aws/cloudtrail is assumed; other engines refuse such a rule.")
FAULT_CODE(MISSING_STATUS, "missing-status", "the rule has no `status`",
    "Write `status: experimental` until it has run for a while, then test, then stable.")
FAULT_CODE(MISSING_DESCRIPTION, "missing-description", "the rule has no `description`",
    "The person who is paged at night reads it: say what happened and why it is bad.")
FAULT_CODE(MISSING_TAGS, "missing-tags", "the rule has no `tags`",
    "Name the ATT&CK technique (attack.t1562.008), so that coverage can be counted.")
FAULT_CODE(MISSING_FALSEPOSITIVES, "missing-falsepositives", "the rule has no `falsepositives`",
    "Say who does this rightfully; the person on call asks that first.")
FAULT_CODE(MISSING_TESTS, "missing-tests", "the rule has no `tests`",
    "A rule without an event that hits and one that misses is a guess. `kendrawatch new` drafts them.")
FAULT_CODE(UNKNOWN_STATUS, "unknown-status", "a `status` that Sigma does not have",
    "There are stable, test, experimental, deprecated and unsupported.")
FAULT_CODE(BAD_DATE, "bad-date", "a `date` or `modified` that is no date",
    "Write it as ISO 8601 has it: 2026-11-24.")
FAULT_CODE(BAD_TAG, "bad-tag", "a tag that is not written as Sigma writes tags",
    "A namespace, a dot and a name in lower case: attack.t1078.004, attack.defense-evasion, cve.2021-44228.")
FAULT_CODE(UNKNOWN_TECHNIQUE, "unknown-technique", "an ATT&CK technique that neither v18 nor v19 has",
    "Look the id up at attack.mitre.org; coverage maps drop what they don't know.")
FAULT_CODE(REVOKED_TECHNIQUE, "revoked-technique", "an ATT&CK technique or tactic that v19 replaced",
    "Add the id that replaced it; keep the old one beside it for tools that still speak v18.")
FAULT_CODE(UNKNOWN_TACTIC, "unknown-tactic", "an ATT&CK tactic that neither v18 nor v19 has",
    "Tactics are written with hyphens: attack.initial-access, attack.defense-impairment.")

/* --- YAML ------------------------------------------------------------------------------------------- */
FAULT_CODE(YAML11, "yaml11", "readers of YAML 1.1 see another value here",
    "`No`, `on`, `012` and `12:30` are texts for us and something else for older readers. Quote the value.")
FAULT_CODE(ACCOUNT_NUMBER, "account-number", "an AWS account id that is no text of twelve digits",
    "Unquoted, it is a number: leading zeros are lost and it never equals the account. Quote it.")

/* --- conditions and selections ---------------------------------------------------------------------- */
FAULT_CODE(NEVER_TRUE, "never-true", "no event can fulfil the condition",
    "The selections contradict each other, so the rule never fires.")
FAULT_CODE(
    ALWAYS_TRUE, "always-true", "every event fulfils the condition", "The rule fires on all of CloudTrail.")
FAULT_CODE(DEAD_BRANCH, "dead-branch", "a part of the condition or a selection that no event can fulfil",
    "The rule fires without it, so what the author meant by it is not covered.")
FAULT_CODE(REDUNDANT_EXCEPTION, "redundant-exception", "an exception that takes nothing away",
    "No event fulfils both it and the rest of the condition, or it is fulfilled never.")
FAULT_CODE(UNUSED_SELECTION, "unused-selection", "a selection that no condition uses",
    "Use it in the condition, or remove it.")
FAULT_CODE(FILTER_WITHOUT_NOT, "filter-without-not", "a filter document whose condition has no `not`",
    "A filter is joined to its rules by AND: without `not` it lets through only what it describes.")
FAULT_CODE(CORRELATION_NOT_RUN, "correlation-not-run",
    "a correlation: this version checks it and does not run it",
    "It waits. The rules it names alert by themselves until then, with `generate` or without.")
FAULT_CODE(TIMEFRAME_IGNORED, "timeframe-ignored", "`timeframe` without a correlation",
    "Sigma 2 counts in correlation documents; by itself it says nothing.")
FAULT_CODE(BROAD_RULE, "broad-rule", "a rule that asks for neither an event name nor anything as rare",
    "It is tried on most of CloudTrail and tends to fire as often. Add eventName or eventSource.")
FAULT_CODE(MFA_UNKNOWN, "mfa-unknown", "`not kw.mfa: true` also means unknown",
    "CloudTrail can't tell for SSO, SAML and service roles. Ask for `kw.mfa: false`.")
FAULT_CODE(CHOSEN_BY_CALLER, "chosen-by-caller",
    "an exception that whoever makes the call can fulfil at will",
    "User agents and role session names are chosen by the caller: an attacker walks through. Except by "
    "kw.principal, "
    "kw.actor or a network.")

/* --- values ----------------------------------------------------------------------------------------- */
FAULT_CODE(UNKNOWN_VALUE, "unknown-value", "a value that the field never has",
    "The field has a closed set of values, which is named.")
FAULT_CODE(UNKNOWN_SOURCE, "unknown-source", "an eventSource that no AWS service has",
    "Event sources are host names such as kendra.amazonaws.com; the nearest one is named.")
FAULT_CODE(OTHER_SERVICE, "other-service", "an event name that belongs to another service",
    "The rule asks for a service and an event that never come together.")
FAULT_CODE(UNKNOWN_PATH, "unknown-path", "a field that CloudTrail does not write, near one that it does",
    "Field names are case-sensitive. The nearest path is named; a field of your own logs can be ignored by "
    "name.")
FAULT_CODE(REPEATED_VALUE, "repeated-value", "a value that stands twice in one list, or differs in case only",
    "Text is compared without case, so one of them does nothing. `cased` makes the difference count.")
FAULT_CODE(COVERED_VALUE, "covered-value", "a value that another value of the list covers",
    "What it matches is matched anyway. Remove it, or the wider one if that was not meant.")
FAULT_CODE(NEEDLESS_WILDCARD, "needless-wildcard", "a wildcard that the modifier implies",
    "`contains` already allows anything on both sides; `startswith` behind, `endswith` in front.")
FAULT_CODE(WILDCARD_IN_REGEX, "wildcard-in-regex", "a regular expression that reads like a wildcard pattern",
    "`*` in a regular expression repeats what stands before it. Write `.*`, or drop `re`.")
FAULT_CODE(OPEN_REGEX, "open-regex", "`.*` at the end of a regular expression",
    "Expressions are found anywhere in the text, so it changes nothing and costs time.")
FAULT_CODE(PLAIN_REGEX, "plain-regex", "a regular expression without anything special in it",
    "`contains` (with `cased`, if case counts) says the same, is faster, and runs everywhere.")
FAULT_CODE(LOOSE_REGEX, "loose-regex", "a regular expression for an address that matches inside longer ones",
    "`10.0.` is also found in 210x0y. Use `cidr`, or anchor it and escape the dots.")
FAULT_CODE(NEEDLESS_MODIFIER, "needless-modifier", "a modifier that changes nothing here",
    "Remove it, or give it what it needs.")
FAULT_CODE(HOST_BITS, "host-bits", "a network with bits set behind its prefix",
    "It stands for the whole network. Write the network's own address.")
FAULT_CODE(LIST_UNDECLARED, "list-undeclared", "a list that neither the rule nor the configuration declares",
    "Name it under `kendrawatch: needs`, so that the rule waits for it instead of being refused.")

/* --- what runs here and nowhere else ---------------------------------------------------------------- */
FAULT_CODE(PORTABLE_FIELD, "portable-field", "a derived field (kw.*): other engines never see it",
    "Write the plain CloudTrail fields beside it, or keep the rule for kendrawatch alone.")
FAULT_CODE(PORTABLE_LIST, "portable-list", "a typed or keyed list under `expand`",
    "Elsewhere a placeholder is a list of texts: networks want `expand|cidr`, principals their ARNs.")
FAULT_CODE(PORTABLE_KEY, "portable-key", "a setting under `kendrawatch:` that decides when the rule fires",
    "Other engines don't read it: the rule runs there without it.")
FAULT_CODE(
    PORTABLE_DRAFT, "portable-draft", "a feature of the Sigma draft after 2.1.0", "Few engines know it yet.")
FAULT_CODE(PORTABLE_CORRELATION, "portable-correlation", "a correlation type that is ours",
    "Sigma 2.1 has event_count, value_count, temporal and temporal_ordered.")
