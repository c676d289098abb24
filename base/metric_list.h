/* Every counter of the process: METRIC(SYMBOL, "name", "help"). Shown by `list metrics` and /metrics, which
 * adds what agent/daemon/gauge_list.h names. */
METRIC(EVENTS, "kw_events_total", "CloudTrail events evaluated")
METRIC(BYTES, "kw_bytes_total", "bytes of JSON read, after inflating")
METRIC(
    MALFORMED, "kw_malformed_total", "records that are not valid JSON or pass a cap; each went to quarantine")
METRIC(INSIGHT, "kw_insight_total", "Insight records, events without identity")
METRIC(SKIPPED_OBJECTS, "kw_skipped_objects_total", "digest objects and empty files that hold no events")
METRIC(OBJECTS, "kw_objects_total", "objects read from S3")
METRIC(OBJECT_BYTES, "kw_object_bytes_total", "bytes of objects read from S3, as they are stored")
METRIC(
    OBJECT_RETRIES, "kw_object_retries_total", "objects of S3 that had to be asked for again after a while")
METRIC(OBJECTS_AGAIN, "kw_objects_again_total", "objects named again that were read already")
METRIC(OBJECTS_REFUSED, "kw_objects_refused_total",
    "objects that were not to be had: denied, missing, foreign or too large")
METRIC(QUEUE_MESSAGES, "kw_queue_messages_total", "messages received from queues")
METRIC(QUEUE_AGAIN, "kw_queue_again_total", "messages received again while they were worked on")
METRIC(QUEUE_UNKNOWN, "kw_queue_unknown_total", "messages that are nothing we know, each time they come")
METRIC(QUEUE_DELETED, "kw_queue_deleted_total", "messages done and deleted")
METRIC(QUEUE_LEFT, "kw_queue_left_total", "messages left in the queue, for its redrive policy or for later")
METRIC(PUSH_TAKEN, "kw_push_taken_total", "requests of push sources answered with 200")
METRIC(PUSH_REFUSED, "kw_push_refused_total", "requests of push sources answered with anything else")
METRIC(MATCHES, "kw_matches_total", "rule matches, before dedup")
METRIC(DUPLICATES, "kw_duplicates_total", "matches already alerted for the same rule, account and eventID")
METRIC(
    ID_CONFLICTS, "kw_id_conflicts_total", "the same account and eventID with another time, name or source")
METRIC(FOLDED, "kw_folded_total", "matches folded into an earlier alert by suppress_for")
METRIC(ALERTS, "kw_alerts_total", "alerts made")
METRIC(DELIVERED, "kw_deliveries_sent_total", "deliveries accepted by a sink")
METRIC(DELIVERY_RETRIES, "kw_deliveries_retried_total", "delivery attempts that will be tried again")
METRIC(DELIVERY_DEAD, "kw_deliveries_dead_total",
    "deliveries that a sink refused for good; kept as dead letters")
METRIC(PATTERN_LIMIT, "kw_pattern_limits_total",
    "patterns and regular expressions stopped at their limit; the item was taken as false")
METRIC(QUARANTINE_DROPPED, "kw_quarantine_dropped_total", "oldest quarantined records dropped at the cap")
METRIC(HEARTBEATS, "kw_heartbeats_total", "heartbeats that their receiver took")
METRIC(HEARTBEATS_FAILED, "kw_heartbeats_failed_total", "heartbeats that were sent and not taken")
METRIC(HEARTBEATS_HELD, "kw_heartbeats_held_total", "heartbeats not sent because the agent was not working")
METRIC(FEEDS, "kw_feeds", "feeds whose rhythm is followed: sources, and accounts and regions within them")
METRIC(FEEDS_SILENT, "kw_feeds_silent", "feeds that are silent against their rhythm")
METRIC(QUEUE_SECONDS, "kw_queue_oldest_seconds", "age of the oldest message that waits in a source's queue")
METRIC(QUEUE_WAITING, "kw_queue_waiting", "messages that wait in the queues of all sources")
METRIC(STATE_FREE, "kw_state_free_bytes", "room on the file system of the state")
