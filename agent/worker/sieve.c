/* The seam between reading and the fast program. Called by reading.c for each record, on the worker's thread.
 *
 * Everything it is not sure of it leaves to the tree: several values of one name, escapes in what is counted,
 * Insights records, envelopes. */
#include "agent/worker/sieve.h"

#include "base/clock.h"
#include "base/hash.h"
#include "rules/event/frame.h"
#include "rules/fast/digest.h"

#define DAY_MS INT64_C(86400000)

/* The day that was met last. */
struct day {
	bool known;
	char text[sizeof "yyyy-mm-ddT" - 1];
	int64_t begin_ms;
};

struct sieve {
	struct program *program;
	struct program_state *state;
	struct scan_state *scan;
	struct scan_slot *slots;
	const struct rule **candidates;
	struct sv scanned;     /* what the slots are of; ptr NULL: nothing */
	struct census *census; /* NULL: nobody asks */
	uint64_t key_seed;
	struct day day;
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

/* As scan_record. */
static int64_t scan(struct sieve *s, struct sv bytes)
{
	int64_t length = scan_record(program_plan(s->program), s->scan, bytes.ptr, bytes.len, s->slots);
	s->scanned = length > 0 ? sv_head(bytes, (size_t)length) : (struct sv){NULL, 0};
	return length;
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
	int64_t length = scan(s, bytes);
	if (length <= 0)
		return length == 0 ? FRAME_CUT : 0;
	if (may_hold_records(&s->slots[PROGRAM_RECORDS]) || may_hold_records(&s->slots[PROGRAM_EVENTS]))
		return 0;
	return (size_t)length;
}

/* As clk_parse; events that come one after the other are mostly of one day. */
static bool read_time(struct sieve *s, struct sv text, int64_t *out_ms)
{
	static const char form[] = "hh:mm:ssZ";
	struct day *day = &s->day;
	if (text.len == sizeof day->text + sizeof form - 1 && day->known &&
	    memcmp(text.ptr, day->text, sizeof day->text) == 0) {
		const char *p = text.ptr + sizeof day->text;
		unsigned h = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
		unsigned m = (unsigned)(p[3] - '0') * 10 + (unsigned)(p[4] - '0');
		unsigned sec = (unsigned)(p[6] - '0') * 10 + (unsigned)(p[7] - '0');
		bool digits =
		    (unsigned)(p[1] - '0') < 10 && (unsigned)(p[4] - '0') < 10 && (unsigned)(p[7] - '0') < 10;
		if (digits && h < 24 && m < 60 && sec < 60 && p[2] == ':' && p[5] == ':' && p[8] == 'Z') {
			*out_ms = day->begin_ms + (((int64_t)h * 60 + m) * 60 + sec) * 1000;
			return true;
		}
	}
	if (!clk_parse(text, out_ms))
		return false;
	/* Not a leap second, which belongs to the next day. */
	const char *p = text.ptr + sizeof day->text;
	day->known = text.len == sizeof day->text + sizeof form - 1 && p[-1] == 'T' && p[2] == ':' &&
		     p[5] == ':' && p[6] < '6' && p[8] == 'Z';
	if (day->known) {
		memcpy(day->text, text.ptr, sizeof day->text);
		day->begin_ms = *out_ms - (*out_ms % DAY_MS + DAY_MS) % DAY_MS;
	}
	return true;
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
	out->untimed = !read_time(s, text_of(&slots[PROGRAM_EVENT_TIME]), &out->time_ms);
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
