/* Every option of the fixed sections: OPTION(name, TYPE, default, min, max, choices, "help"), one macro a
 * section; define the ones you want, the others are empty. Options of sources and sinks stand in their own
 * files. config/kendrawatch.yaml, `list options` and the manual are made from these. */
#ifndef AGENT_OPTION
#define AGENT_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef RULES_OPTION
#define RULES_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef OVERRIDE_OPTION
#define OVERRIDE_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef LISTEN_OPTION
#define LISTEN_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef WATCH_OPTION
#define WATCH_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef HEARTBEAT_OPTION
#define HEARTBEAT_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef ROUTE_OPTION
#define ROUTE_OPTION(name, type, fallback, min, max, choices, help)
#endif
#ifndef WHEN_OPTION
#define WHEN_OPTION(name, type, fallback, min, max, choices, help)
#endif

AGENT_OPTION(
    "name", TEXT, NULL, 0, 0, NULL, "how this agent is called in alerts; without it, the host's name")
AGENT_OPTION("state", PATH, "/var/lib/kendrawatch", 0, 0, NULL,
    "folder of the state file, the quarantine and the lock; a local disk, one agent each")
AGENT_OPTION("timezone", TEXT, "UTC", 0, 0, NULL,
    "time zone of the people who are paged, e.g. Europe/Berlin; alerts show it beside UTC")
AGENT_OPTION("max_age", SPAN, "6h", 60000, INT64_C(31536000000), NULL,
    "an event older than this on arrival is marked with `late_by`; without routes it is recorded and summed "
    "up, not sent")
AGENT_OPTION("suppress_for", SPAN, "1h", 0, INT64_C(31536000000), NULL,
    "after an alert, further matches of the same rule and actor are counted, not sent, for this long; a rule "
    "may say its own")
AGENT_OPTION(
    "log_level", CHOICE, "info", 0, 0, "debug|info|warn|error", "least level of the lines on standard error")
AGENT_OPTION("outbox_max", BYTES, "1GiB", 1 << 20, INT64_C(1) << 40, NULL,
    "size of the undelivered alerts at which reading stops until some are delivered")
AGENT_OPTION("quarantine_max", BYTES, "64MiB", 1 << 16, INT64_C(1) << 40, NULL,
    "size of the quarantine; past it the oldest records are dropped and counted")
AGENT_OPTION("workers", INT, NULL, 1, 64, NULL,
    "threads that read and evaluate; without it, one for each core that may be used")
AGENT_OPTION("sandbox", BOOL, "true", 0, 0, NULL,
    "give up, at the start, system calls and privileges that the agent never needs")
AGENT_OPTION("show_content", BOOL, "false", 0, 0, NULL,
    "show queries, user context and document bodies in alerts; keys and tokens stay masked always")

RULES_OPTION("packs", TEXTS, "kendra,account", 0, 0, NULL,
    "rules to load: names of shipped packs, and files or folders of your own (anything with a / or a .yml)")
RULES_OPTION("strict", BOOL, "false", 0, 0, NULL,
    "refuse to start when a rule is refused, instead of running the good ones and saying so")

OVERRIDE_OPTION("mode", CHOICE, NULL, 0, 0, "active|shadow|off",
    "shadow: evaluated and recorded, never sent; off: not evaluated; active: evaluated and sent")
OVERRIDE_OPTION("level", LEVEL, NULL, 0, 0, NULL, "another level for the rule's alerts")
OVERRIDE_OPTION(
    "suppress_for", SPAN, NULL, 0, INT64_C(31536000000), NULL, "another span for folding the rule's matches")
OVERRIDE_OPTION(
    "until", TIME, NULL, 0, 0, NULL, "moment (UTC) from which the override no longer counts, and is reported")
OVERRIDE_OPTION("owner", TEXT, NULL, 0, 0, NULL, "who answers for the override")
OVERRIDE_OPTION("reason", TEXT, NULL, 0, 0, NULL, "why it is there")

LISTEN_OPTION("address", TEXT, NULL, 0, 0, NULL,
    "where /healthz, /readyz and /metrics are served, e.g. 127.0.0.1:9464 or [::1]:9464; without it nowhere")
LISTEN_OPTION("remote", BOOL, "false", 0, 0, NULL,
    "take an address that other machines reach; it asks for no password, so keep it behind a firewall or proxy")
LISTEN_OPTION("public_url", URL, NULL, 0, 0, NULL,
    "address under which people reach this agent; without it alerts hold no links to it")

WATCH_OPTION("feeds", BOOL, "true", 0, 0, NULL,
    "alert when a source, or an account and region within it, falls silent against its own rhythm")
WATCH_OPTION("learn", SPAN, "7d", 3600000, INT64_C(7776000000), NULL,
    "how long a feed is only learned before its silence is judged; a week shows every hour once")
WATCH_OPTION("least_silence", SPAN, "15m", 60000, INT64_C(2592000000), NULL,
    "no shorter silence is alerted about, however busy the feed")
WATCH_OPTION("disk_free", BYTES, "256MiB", 0, INT64_C(1) << 50, NULL,
    "an alert says so when the file system of agent.state has less room than this")

HEARTBEAT_OPTION("url", URL, NULL, 0, 0, NULL,
    "asked at every beat, while the agent works: a dead man's switch that alerts when the beats stop; "
    "without "
    "it none are sent")
HEARTBEAT_OPTION("every", SPAN, "60s", 1000, 86400000, NULL, "time between two beats")
HEARTBEAT_OPTION("method", CHOICE, "GET", 0, 0, "GET|POST",
    "POST sends {\"agent\", \"version\", \"quiet_seconds\"} as JSON; GET sends nothing")
HEARTBEAT_OPTION("needs", CHOICE, "working", 0, 0, "alive|working|strict",
    "working: events are read, kept and delivered; strict: also no rule is refused and no sink fails; alive: "
    "the process runs")

ROUTE_OPTION("to", TEXTS, OPTION_REQUIRED, 0, 0, NULL, "sinks that get what the route takes")
ROUTE_OPTION("continue", BOOL, "false", 0, 0, NULL, "look at the following routes too")

WHEN_OPTION("level", TEXT, NULL, 0, 0, NULL, "a level, or a level and all above it: high+")
WHEN_OPTION("rule", TEXTS, NULL, 0, 0, NULL, "names or ids of rules")
WHEN_OPTION("account", TEXTS, NULL, 0, 0, NULL, "account ids, or their names in `names`")
WHEN_OPTION("max_age", SPAN, NULL, 0, INT64_C(31536000000), NULL, "only events at most this old on arrival")

#undef AGENT_OPTION
#undef RULES_OPTION
#undef OVERRIDE_OPTION
#undef LISTEN_OPTION
#undef WATCH_OPTION
#undef HEARTBEAT_OPTION
#undef ROUTE_OPTION
#undef WHEN_OPTION
