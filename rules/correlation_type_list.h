/* Every type of correlation: CORRELATION_TYPE(SYMBOL, "name", timespan, field, bounds, text, "what it asks").
 * timespan and bounds (gt, gte, …) are NEEDED, OPTIONAL or NONE; field is NONE, ONE or MANY; text is 1 where
 * the condition may be a sentence over rule names. The first eight are Sigma's. */
CORRELATION_TYPE(EVENT_COUNT, "event_count", NEEDED, NONE, NEEDED, 0,
    "how many events of the rules a group has within the timespan")
CORRELATION_TYPE(VALUE_COUNT, "value_count", NEEDED, MANY, NEEDED, 0,
    "how many different values the field has; several fields count as tuples")
CORRELATION_TYPE(TEMPORAL, "temporal", NEEDED, NONE, OPTIONAL, 1,
    "all rules (or as many as the condition says) match within the timespan, in any order")
CORRELATION_TYPE(TEMPORAL_ORDERED, "temporal_ordered", NEEDED, NONE, OPTIONAL, 1,
    "all rules match within the timespan, in the order they are listed")
CORRELATION_TYPE(VALUE_SUM, "value_sum", NEEDED, ONE, NEEDED, 0, "the sum of a numeric field")
CORRELATION_TYPE(VALUE_AVG, "value_avg", NEEDED, ONE, NEEDED, 0, "the mean of a numeric field")
CORRELATION_TYPE(VALUE_PERCENTILE, "value_percentile", NEEDED, ONE, NEEDED, 0,
    "a percentile of a numeric field, interpolated linearly; `percentile` says which")
CORRELATION_TYPE(VALUE_MEDIAN, "value_median", NEEDED, ONE, NEEDED, 0, "the median of a numeric field")
CORRELATION_TYPE(
    NEW_VALUE, "new_value", NONE, MANY, NONE, 0, "a value of the field that this group has not shown before")
CORRELATION_TYPE(
    RARE_VALUE, "rare_value", NONE, MANY, NONE, 0, "a value of the field that this group hardly ever shows")
CORRELATION_TYPE(RATE, "rate", NEEDED, NONE, NONE, 0,
    "more events within the timespan than this hour of the week usually has")
CORRELATION_TYPE(DRIFT, "drift", NEEDED, NONE, NONE, 0,
    "counts, one a timespan, that stay above their mean for long (CUSUM)")
CORRELATION_TYPE(IMPOSSIBLE_TRAVEL, "impossible_travel", NONE, NONE, NONE, 0,
    "two events of a group further apart than anybody travels in the time between")
CORRELATION_TYPE(
    ABSENCE, "absence", NEEDED, NONE, NONE, 0, "no event of the rules for a whole timespan in a known group")
