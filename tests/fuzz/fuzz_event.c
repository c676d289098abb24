/* Any bytes as an input. However cut, with a sieve and without, the same findings; the alert of every match
 * is JSON.
 */
#include <assert.h>

#include "agent/worker/reading.h"
#include "alerts/alert.h"
#include "base/jdoc.h"
#include "rules/load.h"

#define RULE                                                                                                \
	"{title: t, logsource: {product: aws}, detection: {a: {eventName|re: '.'}, b: {kw.actor|contains: " \
	"a}, c: ['*x*'], condition: 1 of them}, kendrawatch: {summary: '{kw.from} {requestParameters}'}}"

static bool hear(void *ctx, struct findings *f)
{
	static const struct alert_agent agent = {.name = "fuzz", .max_age_ms = -1};
	struct buf *heard = ctx;
	for (size_t i = 0; i < f->hits.n; i++) {
		const struct finding *h = &f->hits.items[i];
		struct jdoc *alert = NULL;
		size_t from = heard->len;
		alert_render(
		    &(struct alert_input){&agent, h->rule, h->record, &h->why, {0}, "0", 0, 0}, heard);
		assert(jdoc_read(sv_skip(buf_sv(heard), from), &alert, NULL) == RC_OK);
		for (int k = 0; k < KW_FIELD_COUNT; k++)
			record_derived(h->record, (enum kw_field)k);
		jdoc_free(alert);
	}
	buf_printf(heard, "%d %d %zu;", (int)f->events, (int)f->notices, f->spoiled.n);
	findings_free(f);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ruleset *rules;
	static struct faults faults;
	static struct buf heard[3];
	static struct sieve *sieve;
	rules = rules ? rules : rules_load_text("f", SV(RULE), NULL, &faults);
	assert(rules->n_active == 1);
	sieve = sieve ? sieve : sieve_new(program_new(rules));
	for (size_t i = 0, step = size; i < 3; i++, step = size ? data[0] % 97 + 1u : 1) {
		struct reading *r = reading_new(&(struct reading_setup){
		    .rules = rules, .sieve = sieve, .plain = i == 2, .emit = hear, .ctx = &heard[i]});
		buf_reset(&heard[i]);
		for (size_t at = 0; at < size; at += step)
			reading_feed(r, sv_head(sv_of(data + at, size - at), step), NULL);
		reading_end(r, NULL);
		reading_free(r);
	}
	assert(sv_eq(buf_sv(&heard[0]), buf_sv(&heard[1])));
	assert(sv_eq(buf_sv(&heard[0]), buf_sv(&heard[2])));
	return 0;
}
