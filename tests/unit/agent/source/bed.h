/* What the tests of sources share: a source on its own thread, an intake, a ledger, a settler. */
#ifndef KW_TESTS_UNIT_AGENT_SOURCE_BED_H
#define KW_TESTS_UNIT_AGENT_SOURCE_BED_H

#include "agent/source/source.h"
#include "tests/unit/agent/fixture.h"

#include <pthread.h>
#include <sched.h>

/* What must happen does within this; nothing waits for it to pass. */
#define BED_PATIENCE_MS 20000

struct bed {
	const struct source_type *type;
	struct options options;
	struct ledger ledger;
	struct queue *intake;
	struct source *source;
	pthread_t thread;
};

static inline void *bed_main(void *arg)
{
	struct bed *b = arg;
	b->type->run(b->source);
	return NULL;
}

/* Opens a source with `yaml` for options, and the ledger of `row` (NULL: none). */
static inline void bed_open(
    struct bed *b, const struct source_type *type, const char *yaml, const struct ledger_row *row)
{
	struct faults faults = {0};
	struct err e = {0};
	struct ydoc *y = ydoc_parse("bed", sv_from(yaml), 0, &faults);
	*b = (struct bed){.type = type, .intake = queue_new(64)};
	options_read(&b->options, type->table, ydoc_root(y, 0), "bed", NULL, &faults);
	assert_int_equal(faults.n_errors, 0);
	if (row) {
		struct ledger_row *copy = heap_zero(1, sizeof *copy);
		*copy = (struct ledger_row){
		    heap_copy(row->object), heap_copy(row->identity), row->position, row->done};
		map_put(&b->ledger.rows, sv_from(copy->object), copy);
	}
	fixture_ok(
	    type->open(&(struct source_setup){"bed", &b->options, b->intake, &b->ledger}, &b->source, &e),
	    &e);
	ydoc_free(y);
	faults_fini(&faults);
}

static inline void bed_run(struct bed *b)
{
	assert_int_equal(pthread_create(&b->thread, NULL, bed_main, b), 0);
}

/* The next work; fails when none comes. */
static inline struct work *bed_take(struct bed *b)
{
	struct work *w = queue_take(b->intake, BED_PATIENCE_MS);
	assert_non_null(w);
	assert_ptr_equal(w->source, b->source);
	return w;
}

/* Says that the work is durable, and gives it back. */
static inline void bed_settle(struct bed *b, struct work *w, enum rc rc)
{
	if (b->type->settled)
		b->type->settled(b->source, w, rc);
	work_unref(w);
}

/* Waits for the thread (which was asked to stop, or ends by itself). */
static inline void bed_join(struct bed *b)
{
	pthread_join(b->thread, NULL);
}

static inline void bed_stop(struct bed *b)
{
	b->type->stop(b->source);
	bed_join(b);
}

static inline void bed_close(struct bed *b)
{
	queue_close(b->intake);
	for (struct work *w; (w = queue_take(b->intake, 0));)
		work_unref(w);
	b->type->close(b->source);
	queue_free(b->intake);
	ledger_fini(&b->ledger);
	options_fini(&b->options);
}

#endif
