/* Writing metrics as Prometheus reads them: text format 0.0.4. */
#ifndef KW_AGENT_DAEMON_EXPOSITION_H
#define KW_AGENT_DAEMON_EXPOSITION_H

#include "base/buf.h"

enum gauge {
#define GAUGE(symbol, name, type, label, help) GAUGE_##symbol,
#include "agent/daemon/gauge_list.h"
#undef GAUGE
	GAUGE_COUNT
};

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* All counters of the process. */
void exposition_counters(struct buf *out);

/* HELP and TYPE of a gauge; its values follow, a line each. */
void exposition_head(struct buf *out, enum gauge g);

/* A value; `label` is that of the gauge (ptr NULL: it has none). exposition_seconds takes milliseconds. */
void exposition_value(struct buf *out, enum gauge g, struct sv label, int64_t value);
void exposition_seconds(struct buf *out, enum gauge g, struct sv label, int64_t ms);

/* Head and the one value of a gauge without a label. */
void exposition_one(struct buf *out, enum gauge g, int64_t value);

#endif
