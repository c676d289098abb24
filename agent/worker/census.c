/* Counting what a history holds. Called by the sieve and by readings for each event, on their thread; only
 * backtest asks for it. */
#include "agent/worker/census.h"

#include "rules/path.h"

#define NAME_BYTES 64
#define NO_SLOT UINT32_MAX

struct census *census_new(const struct census_plan *plan, const struct program *program)
{
	struct census *c = heap_zero(1, sizeof *c);
	c->plan = plan;
	c->quarters = heap_zero(CENSUS_QUARTERS, sizeof *c->quarters);
	c->field_seen = heap_zero(plan->n_fields + 1, sizeof *c->field_seen);
	c->name_events = heap_zero(plan->n_names + 1, sizeof *c->name_events);
	c->rules = heap_zero(plan->n_rules + 1, sizeof *c->rules);
	c->field_slots = heap_zero(plan->n_fields + 1, sizeof *c->field_slots);
	c->unseen = heap_zero(plan->n_fields + 1, sizeof *c->unseen);
	c->name_slot = program ? program_slot_of(program, SV("eventName")) : NO_SLOT;
	for (size_t i = 0; i < plan->n_names; i++)
		map_put(&c->names, plan->names[i], (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; program && i < plan->n_fields; i++) {
		c->field_slots[c->n_unseen] = program_slot_of(program, plan->fields[i]);
		c->unseen[c->n_unseen++] = i;
	}
	return c;
}

void census_free(struct census *c)
{
	if (!c)
		return;
	free(c->quarters);
	free(c->field_seen);
	free(c->name_events);
	free(c->rules);
	free(c->field_slots);
	free(c->unseen);
	map_fini(&c->names);
	free(c);
}

static bool count_time(struct census *c, int64_t time_ms)
{
	if (time_ms == RECORD_NO_TIME || time_ms < c->plan->from_ms || time_ms >= c->plan->to_ms) {
		c->outside++;
		return false;
	}
	c->events++;
	size_t quarter = (size_t)((time_ms - c->plan->from_ms) / CENSUS_QUARTER_MS);
	if (quarter < CENSUS_QUARTERS)
		c->quarters[quarter]++;
	return true;
}

/* Names of calls are ASCII, and rules compare them whatever their case. */
static void count_name(struct census *c, struct sv name)
{
	char lower[NAME_BYTES];
	if (!name.len || name.len > sizeof lower)
		return;
	for (size_t i = 0; i < name.len; i++)
		lower[i] =
		    (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
	uintptr_t number = (uintptr_t)map_get(&c->names, sv_of(lower, name.len));
	if (number)
		c->name_events[number - 1]++;
}

/* The i-th of those not seen yet was seen: it is not looked for again. */
static void see(struct census *c, size_t i)
{
	c->field_seen[c->unseen[i]] = true;
	c->n_unseen--;
	c->unseen[i] = c->unseen[c->n_unseen];
	c->field_slots[i] = c->field_slots[c->n_unseen];
}

void census_slots(struct census *c, const struct scan_slot *slots, int64_t time_ms)
{
	if (!count_time(c, time_ms))
		return;
	if (c->name_slot != NO_SLOT && slots[c->name_slot].kind == SCAN_STRING)
		count_name(c, sv_of(slots[c->name_slot].ptr, slots[c->name_slot].len));
	for (size_t i = c->n_unseen; i-- > 0;)
		if (c->field_slots[i] != NO_SLOT && slots[c->field_slots[i]].kind != SCAN_ABSENT)
			see(c, i);
}

static void note(void *ctx, const struct tree *value)
{
	(void)value;
	*(bool *)ctx = true;
}

void census_record(struct census *c, struct record *r)
{
	if (!count_time(c, r->time_ms))
		return;
	count_name(c, r->event_name);
	for (size_t i = c->n_unseen; i-- > 0;) {
		bool seen = false;
		path_each(&(struct path){c->plan->fields[c->unseen[i]], -1}, r, note, &seen);
		if (seen)
			see(c, i);
	}
}

void census_asked(struct census *c, const struct rule *rule, int64_t ns)
{
	c->rules[rule->index].asked++;
	c->rules[rule->index].ns += ns;
}

void census_add(struct census *into, const struct census *from)
{
	into->events += from->events;
	into->outside += from->outside;
	for (size_t i = 0; i < CENSUS_QUARTERS; i++)
		into->quarters[i] += from->quarters[i];
	for (size_t i = 0; i < into->plan->n_fields; i++)
		into->field_seen[i] |= from->field_seen[i];
	for (size_t i = 0; i < into->plan->n_names; i++)
		into->name_events[i] += from->name_events[i];
	for (size_t i = 0; i < into->plan->n_rules; i++) {
		into->rules[i].asked += from->rules[i].asked;
		into->rules[i].ns += from->rules[i].ns;
	}
}
