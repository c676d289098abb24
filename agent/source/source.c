/* The list of source types, and works. */
#include "agent/source/source.h"

#include <unistd.h>

#include "agent/digest/news.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"

static const struct source_type *const types[] = {
#define SOURCE(symbol) &source_##symbol,
#include "agent/source/source_list.h"
#undef SOURCE
};

const struct source_type *const *source_types(size_t *out_n)
{
	*out_n = sizeof types / sizeof *types;
	return types;
}

const struct source_type *source_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}

void source_read_gauges(struct source *s, struct source_gauges *out)
{
	*out = (struct source_gauges){.due_ms = s->vitals.due_ms,
	    .waiting = s->vitals.waiting,
	    .oldest_ms = s->vitals.oldest_ms,
	    .credentials_end_ms = s->vitals.credentials_end_ms};
	if (s->type->gauges)
		s->type->gauges(s, out);
}

struct work *work_new(struct source *source, const char *object)
{
	struct work *w = heap_zero(1, sizeof *w);
	w->refs = 1;
	w->source = source;
	w->object = heap_copy(object);
	w->fd = -1;
	return w;
}

struct work *work_ref(struct work *w)
{
	w->refs++;
	return w;
}

void work_unref(struct work *w)
{
	if (!w || --w->refs)
		return;
	if (w->fd >= 0)
		close(w->fd);
	buf_fini(&w->bytes);
	digest_news_free(w->digest);
	ledger_row_fini(&w->row);
	free(w->object);
	free(w);
}

/* Was it told already? Remembers it otherwise. */
static bool told_before(struct source_told *t, uint64_t mark)
{
	size_t known = t->n < SOURCE_TOLD ? t->n : SOURCE_TOLD;
	for (size_t i = 0; i < known; i++)
		if (t->marks[i] == mark)
			return true;
	t->marks[t->n++ % SOURCE_TOLD] = mark;
	return false;
}

void source_complain(struct source *s, const struct complaint *c)
{
	char hour[CLK_TEXT];
	clk_format(clk_now_ms(), false, hour);
	hour[sizeof "2026-11-24T03" - 1] = 0;
	/* The detail decides the alert's identity, so that a restart within the hour says nothing new. */
	char *detail = heap_printf("%s %s %s", s->setup.name, c->cause, hour);
	char *mark = heap_printf("%s %s", c->rule, detail);
	if (!told_before(&s->told, hash_sv(sv_from(mark)))) {
		log_warn(c->title, "source=%s cause=\"%s\" what=\"%s\"", s->setup.name, c->cause, c->summary);
		if (s->setup.tell)
			s->setup.tell(s->setup.ctx, c->rule, c->title, c->level, c->summary, detail);
	}
	free(mark);
	free(detail);
}

void source_count(struct source *s, uint64_t events)
{
	if (!events)
		return;
	s->counts.events += events;
	s->counts.event_ms = clk_now_ms();
}
