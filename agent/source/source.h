/* A source: where events come from. One thread each; gives pieces of input to the intake and hears when they
 * are durable. */
#ifndef KW_AGENT_SOURCE_SOURCE_H
#define KW_AGENT_SOURCE_SOURCE_H

#include "agent/ledger/ledger.h"
#include "base/aws/grant.h"
#include "base/buf.h"
#include "base/checkup.h"
#include "base/queue.h"
#include "config/schema.h"
#include "rules/rule.h"

struct source;
struct reading;
struct digest_news;

/* Pieces that are one stream of bytes. Made by the source; whichever worker has a piece keeps the reading
 * here for the next one, and the stream is freed after the last piece. */
struct stream {
	struct reading *reading;
};

/* A piece of input on its way from a source to the worker and the analyst. Made by a source, given away
 * through the intake; counted, since the worker may leave it halfway while the analyst is still at its first
 * stretches. */
struct work {
	_Atomic int refs;
	struct source *source;
	char *object;     /* path, "stdin": for origins, logs and the ledger */
	int fd;           /* a whole object to read; -1 when the piece is `bytes`. The worker closes it */
	struct buf bytes; /* a piece of a stream */
	struct stream *stream; /* pieces of one stream are framed as one; NULL for whole objects and for
				  pieces of whole lines */
	bool last;             /* of its stream */
	bool part;             /* `bytes` are a part of the object, read for itself: from byte `begin` on */
	uint64_t begin;
	bool patient; /* an end inside a record or a gzip member is not quarantined: `settled` hears RC_INPUT,
			 and the object may still be growing */
	bool claims;  /* the intake's own: its source is in hand */
	const char *unreadable; /* a literal: `bytes` are no events, for this reason; kept in quarantine */
	struct digest_news
	    *digest;   /* instead of events: a digest for the delivery ledger; NULL: none. Owned */
	bool hash;     /* findings->hash is wanted: a digest will list it */
	uint64_t skip; /* records at the front that were committed before */
	struct ledger_row
	    row;       /* what the ledger says once all of it is durable; row.object is a copy of `object` */
	bool keep_row; /* false: no ledger line (stdin) */
};
/* One reference, the caller's. */
struct work *work_new(struct source *source, const char *object);
struct work *work_ref(struct work *w);
void work_unref(struct work *w);

/* What a source is made from. Borrowed for the source's life. */
struct source_setup {
	const char *name;
	const struct options *options;
	struct queue *intake;        /* of struct work * */
	const struct ledger *ledger; /* what earlier runs have done; empty for types that look it up */
	const char *state_folder;    /* for ledger_look; NULL: none, as when a configuration is checked */
	/* Makes an alert of the agent about itself, as analyst_self; NULL: nobody listens. Any thread. */
	void (*tell)(void *ctx, const char *rule, const char *title, enum level level, const char *summary,
	    const char *detail);
	void *ctx;
};

/* A source whose thread drives calls looks again within that long, whatever happens. */
#define SOURCE_DUE_MS ((int64_t)10 * 60 * 1000)

/* How a source does, for the self-watch. Zeros: it does not say. */
struct source_gauges {
	int64_t due_ms;             /* monotonic: it should have looked at its input again by then */
	int64_t waiting;            /* messages in its queue */
	int64_t oldest_ms;          /* age of the oldest of them */
	int64_t credentials_end_ms; /* wall clock */
	char trouble[200];          /* why it can't get credentials; printable, without secrets */
};

struct source_type {
	const char *name;
	const struct option_table *table;
	/* RC_CONFIG: the options don't fit, wherever they are read. RC_NOTFOUND: what they name is not on
	 * this machine, and may be on another. */
	enum rc (*open)(const struct source_setup *setup, struct source **out, struct err *e);
	/* The source's own thread: until stop, or until there is no more (then run ends when all sources have
	 * ended). */
	void (*run)(struct source *s);
	/* Asks run to return; any thread, also from before run begins. */
	void (*stop)(struct source *s);
	/* `w` is durable (RC_OK), or was given up (else; the reason is logged, the bytes are in quarantine).
	 * The analyst's thread. May be NULL. */
	void (*settled)(struct source *s, struct work *w, enum rc rc);
	void (*close)(struct source *s);
	bool looks_up; /* asks the ledger object by object (ledger_look) instead of holding all of it */

	/* For `doctor`, on the main thread, without the source being open; both may be NULL. What it needs of
	 * AWS; and a look at what it reads from, which changes nothing: a line of `out` a thing. */
	void (*grants)(const struct options *options, struct grants *out);
	void (*check)(const struct options *options, struct checkup *out);
	/* Fills what it knows into zeros. Any thread. May be NULL. */
	void (*gauges)(struct source *s, struct source_gauges *out);
	bool once; /* it ends by itself, and may be silent for ever: standard input */
};

/* Complaints of this hour, so that one cause is one alert. */
#define SOURCE_TOLD 32
struct source_told {
	uint64_t marks[SOURCE_TOLD];
	size_t n;
};

/* First member of every source's own struct. */
struct source {
	const struct source_type *type;
	struct source_setup setup;
	struct source_told told; /* the source's thread */
	struct source_counts {
		_Atomic uint64_t events;  /* that are durable */
		_Atomic int64_t event_ms; /* wall clock of the last ones; 0: none yet */
		_Atomic bool ended;       /* its thread has returned */
	} counts;
	/* As struct source_gauges; set by the source's thread as it learns them. */
	struct source_vitals {
		_Atomic int64_t due_ms, waiting, oldest_ms, credentials_end_ms;
	} vitals;
};

/* What the source has set in its vitals, and what its type adds. Any thread. */
void source_read_gauges(struct source *s, struct source_gauges *out);

/* Makes an alert of the agent about something that a person must mend, once an hour for each `cause` (also
 * across restarts), and says so in the log. `rule` ("kendrawatch.self.object_denied") and `title` are
 * literals. The source's thread. */
struct complaint {
	const char *rule, *title;
	enum level level;
	const char *cause;   /* what tells it from others of the rule: a bucket, a queue */
	const char *summary; /* what is wrong and what to do, one or two sentences */
};
void source_complain(struct source *s, const struct complaint *c);

/* `events` more of it are durable. The analyst's thread. */
void source_count(struct source *s, uint64_t events);

/* One of each, from source_list.h. */
#define SOURCE(symbol) extern const struct source_type source_##symbol;
#include "agent/source/source_list.h"
#undef SOURCE

/* All types. */
const struct source_type *const *source_types(size_t *out_n);
const struct source_type *source_type_find(const char *name);

#endif
