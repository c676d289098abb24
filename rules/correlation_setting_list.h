/* What may stand in the condition of the types that Sigma does not have: CORRELATION_SETTING(SYMBOL, TYPE,
 * "key", SPAN|COUNT|NUMBER, "default", least, most, "help"). Spans are in milliseconds. */
#define HOURS *3600000.0
#define DAYS *86400000.0
CORRELATION_SETTING(NEW_VALUE_TRAIN, NEW_VALUE, "train", SPAN, "14d", 0, 365 DAYS,
    "age of a group from which on new values are told")
CORRELATION_SETTING(NEW_VALUE_MIN_EVENTS, NEW_VALUE, "min_events", COUNT, "20", 0, 1e9,
    "events of a group from which on new values are told")
CORRELATION_SETTING(NEW_VALUE_FORGET, NEW_VALUE, "forget", SPAN, "60d", 1 HOURS, 365 DAYS,
    "a value not seen for this long is new again")
CORRELATION_SETTING(NEW_VALUE_MAX_VALUES, NEW_VALUE, "max_values", COUNT, "200", 1, 10000,
    "a group with more values than this is told no more")
CORRELATION_SETTING(NEW_VALUE_LEARN_AFTER, NEW_VALUE, "learn_after", SPAN, "24h", 0, 30 DAYS,
    "how long a new value stays new before it counts as known")
CORRELATION_SETTING(RARE_VALUE_BELOW, RARE_VALUE, "below", NUMBER, "0.001", 1e-9, 0.5,
    "share of a group's events under which a value is rare")
CORRELATION_SETTING(RARE_VALUE_MIN_EVENTS, RARE_VALUE, "min_events", COUNT, "500", 1, 1e9,
    "events of a group from which on shares mean something")
CORRELATION_SETTING(RARE_VALUE_HALF_LIFE, RARE_VALUE, "half_life", SPAN, "14d", 1 HOURS, 365 DAYS,
    "after this long an event counts half")
CORRELATION_SETTING(
    RATE_PROBABILITY, RATE, "probability", NUMBER, "0.000001", 1e-15, 0.05, "how improbable a count must be")
CORRELATION_SETTING(RATE_MIN_COUNT, RATE, "min_count", COUNT, "5", 1, 1e9, "fewer events are never told")
CORRELATION_SETTING(
    RATE_TIMES, RATE, "times", NUMBER, "3", 1, 1e6, "how many times the usual a count must be")
CORRELATION_SETTING(RATE_FLOOR, RATE, "floor", NUMBER, "0.2", 1e-6, 1e6,
    "the usual count of a timespan is taken to be at least this")
CORRELATION_SETTING(
    RATE_TRAIN, RATE, "train", SPAN, "7d", 0, 365 DAYS, "age of a group from which on counts are judged")
CORRELATION_SETTING(DRIFT_SLACK, DRIFT, "slack", NUMBER, "0.5", 0, 10,
    "deviations from the mean up to this add nothing to the sum (k)")
CORRELATION_SETTING(DRIFT_THRESHOLD, DRIFT, "threshold", NUMBER, "5", 1, 100,
    "the sum of deviations that is told (h); 8 with a thousand groups")
CORRELATION_SETTING(DRIFT_TRAIN, DRIFT, "train", SPAN, "14d", 0, 365 DAYS,
    "age of a group from which on its counts are judged")
CORRELATION_SETTING(TRAVEL_MIN_DISTANCE, IMPOSSIBLE_TRAVEL, "min_distance_km", NUMBER, "500", 1, 20040,
    "shorter ways are never told")
CORRELATION_SETTING(TRAVEL_MAX_SPEED, IMPOSSIBLE_TRAVEL, "max_speed_kmh", NUMBER, "900", 1, 1e6,
    "the fastest anybody travels")
CORRELATION_SETTING(TRAVEL_MIN_GAP, IMPOSSIBLE_TRAVEL, "min_gap", SPAN, "60s", 0, 30 DAYS,
    "two events closer in time are not compared")
CORRELATION_SETTING(TRAVEL_ONCE_PER, IMPOSSIBLE_TRAVEL, "once_per", SPAN, "24h", 0, 365 DAYS,
    "the same pair of places is told once in this time")
CORRELATION_SETTING(ABSENCE_MIN_EVENTS, ABSENCE, "min_events", COUNT, "1", 1, 1e9,
    "events a group must have had before its silence means something")
#undef HOURS
#undef DAYS
