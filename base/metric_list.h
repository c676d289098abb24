/* Every counter of the process: METRIC(SYMBOL, "name", "help"). Shown by `list metrics` and, later, /metrics.
 */
METRIC(EVENTS, "kw_events_total", "CloudTrail events evaluated")
METRIC(BYTES, "kw_bytes_total", "bytes of JSON read, after inflating")
METRIC(
    MALFORMED, "kw_malformed_total", "records that are not valid JSON or pass a cap; each went to quarantine")
METRIC(INSIGHT, "kw_insight_total", "Insight records, events without identity")
METRIC(SKIPPED_OBJECTS, "kw_skipped_objects_total", "digest objects and empty files that hold no events")
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
