/* Every command: COMMAND(symbol, "name", GROUP, "synopsis", "what it does"). `--help`, the manual and main.c
 * all read it. */
COMMAND(scan, "scan", WRITE, "[OPTION]... INPUT...",
    "evaluate trail files, folders, AWSLogs trees or - (standard input), and show what the rules find")
COMMAND(check, "check", WRITE, "[OPTION]... PATH...",
    "report every fault of rule files, or of a configuration with --config")
COMMAND(test, "test", WRITE, "[OPTION]... PATH...", "run the `tests:` inside rule files")
COMMAND(explain, "explain", WRITE, "[OPTION]... EVENT [RULE]",
    "show why a rule matches an event or what keeps it from matching; without RULE, every rule beside it")
COMMAND(new, "new", WRITE, "--from EVENT | --api SERVICE:OP [--as IDENTITY]",
    "draft a rule from an event or an API operation, with tests that pass, on standard output")
COMMAND(tune, "tune", WRITE, "[OPTION]... ALERT",
    "draft a filter for a false positive (handle, id, FILE or -): narrow, owned, with an end, on standard "
    "output")
COMMAND(backtest, "backtest", WRITE, "[OPTION]... PATH...",
    "replay a history and forecast: alerts and pages by rule, day and actor, what a change does, budgets")
COMMAND(fields, "fields", WRITE, "[OPTION]... EVENT",
    "show every field of an event (FILE, FILE:RECORD, -, an eventID or an alert's handle) and where each "
    "kw.* "
    "value came from")
COMMAND(coverage, "coverage", WRITE, "[OPTION]...",
    "show which rules may match which call of Kendra, which calls nobody watches, and a layer of ATT&CK")
COMMAND(list, "list", WRITE, "WHAT [OPTION]...",
    "list rules, lists, options, fields, sources, sinks, metrics, points, exits, lints or self; schema: the "
    "path "
    "of rule files' JSON Schema")
COMMAND(alerts, "alerts", PAGE, "[list|show HANDLE|tail] [OPTION]...",
    "show the alerts of the state, with their folds and deliveries")
COMMAND(outbox, "outbox", PAGE, "[list|dead|retry ID|drop ID] [OPTION]...",
    "show deliveries that wait or failed, and decide about dead letters")
COMMAND(init, "init", OPERATE, "[OPTION]...",
    "write a first configuration from what exists: trail, queue, topic, time zone, lists that rules ask for")
COMMAND(doctor, "doctor", OPERATE, "[OPTION]...",
    "look at the whole way from AWS to a person: who signs, missing grants, blind spots; --iam prints the "
    "least policy")
COMMAND(run, "run", OPERATE, "[OPTION]...",
    "the agent: follow the configured sources and deliver alerts until told to stop")
COMMAND(audit, "audit", PAGE, "[OPTION]... EVENT",
    "tell the life of an event: its object, delays, the rules that were tried, its alerts and their "
    "deliveries")
COMMAND(timeline, "timeline", PAGE, "[OPTION]... ALERT",
    "read again the objects around an alert, and show all that its actor did, with outcomes and rules")
COMMAND(ledger, "ledger", OPERATE, "[OPTION]...",
    "show hour by hour which logs were delivered, read, missing, altered or late, as a calendar or a page")
COMMAND(verify, "verify", OPERATE, "[OPTION]... DIR|s3://BUCKET/PREFIX...",
    "prove by CloudTrail's digests that logs are what was delivered: none altered, missing, or put in")
COMMAND(reload, "reload", OPERATE, "[OPTION]...",
    "have the running agent read its configuration, rules and lists again, and say what came of it")
COMMAND(state, "state", OPERATE, "[info|backup FILE|restore FILE|export] [OPTION]...",
    "show what the state holds, copy it while the agent runs, put a copy back, or save the undelivered "
    "alerts "
    "of a damaged one")
COMMAND(version, "version", OPERATE, "", "print the version")
COMMAND(
    help, "help", OPERATE, "[COMMAND]", "this page, or one command's; --man prints the manual page in man(7)")
