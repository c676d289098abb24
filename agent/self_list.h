/* Every alert of the agent about itself: SELF(SYMBOL, "name", "title", LEVEL, "what it means", "what to do").
 * Its rule is kendrawatch.self.NAME. Shown by `list self`; docs/self-watch.md says more. */

/* Input. */
SELF(FEED_SILENT, "feed_silent", "A feed fell silent", LEVEL_HIGH,
    "nothing came from a source, or from one account and region of it, for improbably long against its own "
    "rhythm",
    "look whether the trail is on (aws cloudtrail get-trail-status), whether its objects still reach the "
    "source, and who changed either")
SELF(FEED_STILL_SILENT, "feed_still_silent", "A feed has been silent for a day", LEVEL_CRITICAL,
    "a feed that fell silent is still silent 24 h later",
    "as for feed_silent; if the feed is gone for good, take the source out of the configuration")
SELF(FEED_BACK, "feed_back", "A feed is back", LEVEL_INFORMATIONAL,
    "a feed that had fallen silent gives events again",
    "look for what happened meanwhile: aws cloudtrail lookup-events holds 90 days")
SELF(EVENTS_LATE, "events_late", "Events arrive much later than usual", LEVEL_MEDIUM,
    "the time between the writing of objects and their reading has grown far over what is usual for the "
    "source",
    "look whether the queue is behind, the copy job is slow, or AWS reports a delay of CloudTrail")
SELF(QUEUE_GROWING, "queue_growing", "A queue is behind", LEVEL_HIGH,
    "the oldest message of a source's queue has waited for more than 30 minutes",
    "look at the log for refused objects, and at the load; more agents may read from one queue")
SELF(INTAKE_FULL, "intake_full", "Reading can't keep up", LEVEL_MEDIUM,
    "the intake has been full for ten minutes: sources wait for the threads that evaluate",
    "a backlog ends by itself; else give it more cores (agent.workers), or look for what holds up the state")
SELF(SOURCE_ENDED, "source_ended", "A source has ended", LEVEL_HIGH,
    "a source that should go on for ever has stopped reading",
    "its last log line says why; restart the agent")
SELF(CREDENTIALS_FAILING, "credentials_failing", "Credentials of a source fail or end", LEVEL_HIGH,
    "a source can't get credentials, or those it has end within 5 minutes and were not renewed",
    "look at the role, its trust policy and the credential source that the summary names")
SELF(QUEUE_UNREADABLE, "queue_unreadable", "A queue can't be read", LEVEL_HIGH,
    "a source's queue does not answer, or refuses to be read", "grant what the summary names")
SELF(BUCKET_UNREADABLE, "bucket_unreadable", "A bucket can't be listed", LEVEL_HIGH,
    "the bucket that holds the log files of a source does not answer, or refuses",
    "grant what the summary names, or mend the way to it")
SELF(QUEUE_REFUSES, "queue_refuses", "The queue refuses what its reader must do", LEVEL_HIGH,
    "messages can be read and not deleted or held, so each comes again and again",
    "grant what the summary names")
SELF(OBJECT_DENIED, "object_denied", "Log files can't be read", LEVEL_HIGH,
    "objects that messages name can't be fetched from their bucket", "grant what the summary names")
SELF(OBJECT_MISSING, "object_missing", "A log file is missing", LEVEL_HIGH,
    "an object was announced and is not there: its events were never seen", "find out who deleted it")
SELF(OBJECT_TOO_LARGE, "object_too_large", "A log file is too large", LEVEL_HIGH,
    "an object is larger than max_object allows",
    "find out what it is, then raise max_object or delete the message")
SELF(PUSH_REFUSED, "push_refused", "Something that was pushed was refused", LEVEL_MEDIUM,
    "a push source was sent what is not signed as it must be, has no key, or is no event",
    "the summary says which; mend the subscription, or find out who tries")
SELF(PUSH_UNSUBSCRIBED, "push_unsubscribed", "A subscription was ended", LEVEL_HIGH,
    "a topic says that its subscription to a push source has ended",
    "find out who ended it, and subscribe again")
SELF(PUSH_CLOSED, "push_closed", "The address for pushed events is not open", LEVEL_HIGH,
    "a push source can't listen on its address, or its certificate can't be read",
    "free the address, or mend the files; it is tried again every ten seconds")
SELF(OBJECT_FOREIGN, "object_foreign", "A message names a foreign object", LEVEL_HIGH,
    "a message names an object of a bucket that `buckets` does not list, or none of CloudTrail's",
    "find out who may send to the queue")
SELF(LOOKUP_REFUSED, "lookup_refused", "LookupEvents is refused", LEVEL_HIGH,
    "CloudTrail refuses to be asked for events of a region", "grant cloudtrail:LookupEvents")
SELF(SECRET_UNREADABLE, "secret_unreadable", "A secret can't be read any more", LEVEL_HIGH,
    "a file that holds a secret of the configuration is gone or can't be read; the value read before is "
    "still "
    "in use",
    "put the file back; at the next start the agent would refuse the configuration")

/* Rules. */
SELF(RULES_REFUSED, "rules_refused", "Rules were refused", LEVEL_HIGH,
    "some rules have faults and do not run; the others do", "run kendrawatch check and mend them")
SELF(RELOAD_REFUSED, "reload_refused", "A reload was refused", LEVEL_MEDIUM,
    "the configuration has errors; the one before stays in force",
    "run kendrawatch run --check and mend them")
SELF(RULE_DEGRADED, "rule_degraded", "A rule reached its limit", LEVEL_MEDIUM,
    "a pattern was given up at its limit and taken as not matching, so its rule may have missed events",
    "simplify the pattern, or anchor it")
SELF(RULES_WAITING, "rules_waiting", "Rules have waited for a week", LEVEL_LOW,
    "rules whose list is empty or undeclared have not run for seven days",
    "fill the lists that kendrawatch list lists shows as empty, or switch the rules off by rules.overrides")

/* Delivery. */
SELF(LATE_EVENTS, "late_events", "Alerts about old events", LEVEL_MEDIUM,
    "alerts about events older than agent.max_age were recorded and not sent",
    "read them: kendrawatch alerts list")
SELF(DELIVERY_DEAD, "delivery_dead", "An alert could not be delivered", LEVEL_HIGH,
    "a sink refused an alert for good", "mend the sink, then kendrawatch outbox retry")
SELF(SINK_FAILING, "sink_failing", "A sink takes nothing", LEVEL_HIGH,
    "deliveries to a sink have been failing for 15 minutes; they are tried again",
    "the summary holds the sink's answer; mend its address, its secret or its credentials")
SELF(OUTBOX_FILLING, "outbox_filling", "The outbox is filling up", LEVEL_HIGH,
    "undelivered alerts take more than 80 % of agent.outbox_max; at 100 % reading stops",
    "mend the sinks, or drop dead letters with kendrawatch outbox drop")
SELF(HEARTBEAT_FAILING, "heartbeat_failing", "The heartbeat can't be sent", LEVEL_MEDIUM,
    "the address of heartbeat.url has not answered with success for 15 minutes",
    "look at the address and the way to it; whoever waits for the heartbeat believes this agent dead")

/* The machine. */
SELF(LISTEN_FAILED, "listen_failed", "Health and metrics are not served", LEVEL_MEDIUM,
    "the address of listen.address can't be used; the agent runs without its pages",
    "free the address, or choose another one, and start the agent again")
SELF(STATE_SPACE, "state_space", "The disk of the state is nearly full", LEVEL_HIGH,
    "the file system of agent.state has less room than watch.disk_free; without room nothing is acknowledged",
    "make room; nothing is lost, but nothing is read either once it is full")
SELF(QUARANTINE_GROWING, "quarantine_growing", "Many records are malformed", LEVEL_MEDIUM,
    "more than 100 records, and more than one in a hundred, were no valid JSON within an hour",
    "look at STATE/quarantine: something is writing to the source that is not CloudTrail")
SELF(CLOCK_JUMPED, "clock_jumped", "The clock jumped", LEVEL_MEDIUM,
    "the wall clock moved by more than five minutes against the time that passed; folding and max_age go by "
    "it",
    "look at the host's time service; a host that was suspended says the same")
