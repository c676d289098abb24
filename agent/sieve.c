/* The seam between reading and the fast program. Called by reading.c for each record, on the worker's thread.
 *
 * Everything it is not sure of it leaves to the tree: several values of one name, escapes in what is counted,
 * Insights records, envelopes. */
#include "agent/sieve.h"

#include "base/clock.h"
#include "base/hash.h"
#include "rules/fast/digest.h"

struct sieve {
	struct program *program;
	struct program_state *state;
	struct scan_state *scan;
	struct scan_slot *slots;
	const struct rule **candidates;
	struct sv scanned;     /* what the slots are of; ptr NULL: nothing */
	struct census *census; /* NULL: nobody asks */
	uint64_t key_seed;
	size_t refs;
};

struct sieve *sieve_new(struct program *program)
{
	struct sieve *s = heap_zero(1, sizeof *s);
	s->program = program_ref(program);
	s->state = program_state_new(program);
	s->scan = scan_state_new();
	s->slots = heap_zero(program_n_slots(program), sizeof *s->slots);
	s->candidates = heap_zero(program_n_rules(program) + 1, sizeof *s->candidates);
	s->key_seed = hash_sv(SV("agent/sieve"));
	s->refs = 1;
	return s;
}

struct sieve *sieve_ref(struct sieve *s)
{
	s->refs++;
	return s;
}

void sieve_unref(struct sieve *s)
{
	if (!s || --s->refs > 0)
		return;
	census_free(s->census);
	free(s->candidates);
	free(s->slots);
	scan_state_free(s->scan);
	program_state_free(s->state);
	program_unref(s->program);
	free(s);
}

void sieve_take_census(struct sieve *s, const struct census_plan *plan)
{
	census_free(s->census);
	s->census = census_new(plan, s->program);
}

struct census *sieve_census(const struct sieve *s)
{
	return s->census;
}

const struct program *sieve_program(const struct sieve *s)
{
	return s->program;
}

static void scan(struct sieve *s, struct sv bytes)
{
	int64_t length = scan_record(program_plan(s->program), s->scan, bytes.ptr, bytes.len, s->slots);
	s->scanned = length > 0 ? sv_head(bytes, (size_t)length) : (struct sv){NULL, 0};
}

/* Framing looks for an array of records under either name. */
static bool may_hold_records(const struct scan_slot *slot)
{
	return slot->kind == SCAN_ARRAY || slot->kind == SCAN_COMPLEX;
}

size_t sieve_measure(struct sieve *s, struct sv bytes)
{
	s->scanned = (struct sv){NULL, 0};
	/* A whole file of records in one object would be scanned in vain. */
	if (sv_starts(bytes, SV("{\"Records\"")) || sv_starts(bytes, SV("{\"Events\"")))
		return 0;
	scan(s, bytes);
	if (s->scanned.ptr &&
	    (may_hold_records(&s->slots[PROGRAM_RECORDS]) || may_hold_records(&s->slots[PROGRAM_EVENTS])))
		return 0;
	return s->scanned.len;
}

/* Of a field that is counted: only one plain value, or none, says anything. */
static bool is_plain(const struct scan_slot *slot)
{
	return slot->kind != SCAN_STRING_ESCAPED && slot->kind != SCAN_COMPLEX;
}

static struct sv text_of(const struct scan_slot *slot)
{
	return slot->kind == SCAN_STRING ? sv_of(slot->ptr, slot->len) : (struct sv){NULL, 0};
}

static bool is_insight(const struct scan_slot *slots)
{
	return sv_eq(text_of(&slots[PROGRAM_EVENT_TYPE]), SV("AwsCloudTrailInsight")) ||
	       sv_eq(text_of(&slots[PROGRAM_EVENT_CATEGORY]), SV("Insight"));
}

/* S3's notices about objects have an eventVersion as well. */
static bool is_notice(const struct scan_slot *slots)
{
	return sv_starts(text_of(&slots[PROGRAM_EVENT_SOURCE]), SV("aws:"));
}

static uint64_t key_of(
    uint64_t seed, struct sv account, struct sv id, struct sv time, struct sv name, struct sv source)
{
	uint64_t key = digest_of(id, seed);
	key = digest_of(account, key);
	key = digest_of(time, key);
	key = digest_of(name, key);
	return digest_of(source, key);
}

uint64_t sieve_key(const struct sieve *s, const struct record *r)
{
	struct sv id = r->event_id.len ? r->event_id : r->bytes;
	return key_of(s->key_seed, r->account, id, r->event_time, r->event_name, r->event_source);
}

/* As sieve_key, from slots. False: the tree must tell. */
static bool slots_key(const struct sieve *s, uint64_t *out)
{
	const struct scan_slot *slots = s->slots;
	for (int i = PROGRAM_EVENT_SOURCE; i <= PROGRAM_ACCOUNT; i++)
		if (!is_plain(&slots[i]))
			return false;
	struct sv account = text_of(&slots[PROGRAM_ACCOUNT]), id = text_of(&slots[PROGRAM_EVENT_ID]);
	if (!account.len || !id.len)
		return false;
	*out = key_of(s->key_seed, account, id, text_of(&slots[PROGRAM_EVENT_TIME]),
	    text_of(&slots[PROGRAM_EVENT_NAME]), text_of(&slots[PROGRAM_EVENT_SOURCE]));
	return true;
}

bool sieve_event(struct sieve *s, struct sv bytes, struct sieve_event *out)
{
	const struct scan_slot *slots = s->slots;
	if (s->scanned.ptr != bytes.ptr || s->scanned.len != bytes.len)
		scan(s, bytes);
	if (!s->scanned.ptr || s->scanned.len != bytes.len ||
	    slots[PROGRAM_EVENT_VERSION].kind == SCAN_ABSENT)
		return false;
	for (int i = 0; i <= PROGRAM_EVENT_CATEGORY; i++)
		if (!is_plain(&slots[i]))
			return false;
	if (is_insight(slots) || is_notice(slots))
		return false;
	out->untimed = !clk_parse(text_of(&slots[PROGRAM_EVENT_TIME]), &out->time_ms);
	if (out->untimed)
		out->time_ms = RECORD_NO_TIME;
	out->unnamed = text_of(&slots[PROGRAM_EVENT_ID]).len == 0;
	if (s->census)
		census_slots(s->census, slots, out->time_ms);
	out->n_candidates = program_candidates(s->state, slots, s->candidates, &out->certain);
	out->candidates = s->candidates;
	out->keyed = out->n_candidates && slots_key(s, &out->key);
	return true;
}
