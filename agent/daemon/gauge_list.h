/* What /metrics shows besides the counters of base/metric_list.h: GAUGE(SYMBOL, "name", "type", "label",
 * "help"); `label` "" when there is one value. */
GAUGE(BUILD, "kw_build_info", "gauge", "version", "always 1; the version that runs")
GAUGE(READY, "kw_ready", "gauge", "", "1 when /readyz says so")
GAUGE(DEGRADED, "kw_degraded", "gauge", "", "1 while rules are refused, or the last reload was")
GAUGE(
    RELOAD_OK, "kw_last_reload_successful", "gauge", "", "0 when the last reload kept the old configuration")
GAUGE(RULES, "kw_rules", "gauge", "state",
    "rules by what became of them: active, waiting, shadow, off, refused")
GAUGE(QUEUE, "kw_queue_length", "gauge", "queue",
    "what waits: intake (objects and pieces from sources), analyst (read, and not durable yet)")
GAUGE(STATE_FAILING, "kw_state_failing", "gauge", "", "1 while the state can't be written and input waits")
GAUGE(OUTBOX_FULL, "kw_outbox_full", "gauge", "", "1 while the outbox is at its cap and input waits")
GAUGE(OUTBOX_PENDING, "kw_outbox_pending", "gauge", "sink", "deliveries that wait or are tried again")
GAUGE(OUTBOX_DEAD, "kw_outbox_dead", "gauge", "", "dead letters: kendrawatch outbox dead lists them")
GAUGE(OUTBOX_BYTES, "kw_outbox_bytes", "gauge", "", "size of what waits and of the dead letters")
GAUGE(OUTBOX_LIMIT, "kw_outbox_limit_bytes", "gauge", "", "agent.outbox_max, at which reading stops")
GAUGE(SOURCE_RUNNING, "kw_source_running", "gauge", "source", "0 when the source has ended")
GAUGE(SOURCE_EVENTS, "kw_source_events_total", "counter", "source", "events of the source that are durable")
GAUGE(SOURCE_LAST, "kw_source_last_event_timestamp_seconds", "gauge", "source",
    "when events of the source last became durable, since the start")
GAUGE(START, "process_start_time_seconds", "gauge", "", "when the agent was started, seconds since the epoch")
GAUGE(CPU, "process_cpu_seconds_total", "counter", "", "CPU time of the agent")
GAUGE(MEMORY, "process_resident_memory_bytes", "gauge", "", "memory of the agent that is in RAM")
