/* Reading with a sieve against reading without: the same findings, counts, places and reasons, whatever the
 * input form, however it is damaged and cut; and who only counts sees the same rules, events and times. */
#include "agent/worker/sieve.h"

#include "tests/unit/agent/fixture.h"

#define SEED 20261124u

static const char rules[] = "title: a\nname: deleted\nlogsource: {product: aws}\ndetection:\n  s: "
			    "{eventName: DeleteIndex}\n  condition: s\n"
			    "---\ntitle: b\nname: who\nlogsource: {product: aws}\ndetection:\n  s: "
			    "{userIdentity.userName: [u1, 'u?']}\n"
			    "  t: {requestParameters.id|endswith: '7'}\n  condition: s and t\n"
			    "---\ntitle: c\nname: word\nlogsource: {product: aws}\ndetection:\n  s: [deny, "
			    "'idx-11']\n  condition: s\n"
			    "---\ntitle: d\nname: nothing\nlogsource: {product: aws}\ndetection:\n  s: "
			    "{eventTime: null}\n  condition: s\n"
			    "---\ntitle: e\nname: region\nlogsource: {product: aws}\ndetection:\n  s: "
			    "{eventTime|endswith: ['1Z', '3Z'], eventID: '*'}\n  condition: s\n";

static uint64_t random_state = SEED;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

#define PICK(array) ((array)[pick((unsigned)(sizeof(array) / sizeof(array)[0]))])

/* Everything observable, as text. */
struct heard {
	struct buf text, seen;
	const struct sieve *sieve;
	uint64_t events, notices, insights, untimed, unnamed, bytes, done, hits, spoiled;
};

static void note_seen(struct heard *h, const struct rule *rule, uint64_t key, int64_t time_ms)
{
	buf_printf(
	    &h->seen, "%.*s %llx %lld\n", SV_ARG(rule->name), (unsigned long long)key, (long long)time_ms);
}

static bool hear(void *ctx, struct findings *f)
{
	struct heard *h = ctx;
	for (size_t i = 0; i < f->sightings.n; i++)
		for (size_t k = 0; k < f->sightings.items[i].n; k++)
			note_seen(h, f->rules_seen.items[f->sightings.items[i].first + k],
			    f->sightings.items[i].key, f->sightings.items[i].time_ms);
	for (size_t i = 0; i < f->hits.n; i++) {
		const struct finding *hit = &f->hits.items[i];
		note_seen(h, hit->rule, sieve_key(h->sieve, hit->record), hit->record->time_ms);
		buf_printf(&h->text, "%.*s %llu %zu %.*s\n", SV_ARG(hit->rule->name),
		    (unsigned long long)hit->number, hit->why.leaves.n, SV_ARG(hit->record->bytes));
	}
	for (size_t i = 0; i < f->spoiled.n; i++) {
		const struct spoiled *s = &f->spoiled.items[i];
		buf_printf(&h->text, "%llu %llu %s: %.*s\n", (unsigned long long)s->offset,
		    (unsigned long long)s->number, s->reason, SV_ARG(s->bytes));
	}
	h->events += f->events;
	h->notices += f->notices;
	h->insights += f->insights;
	h->untimed += f->untimed;
	h->unnamed += f->unnamed;
	h->bytes += f->bytes;
	h->hits += f->hits.n;
	h->spoiled += f->spoiled.n;
	h->done = f->records_done;
	findings_free(f);
	return true;
}

struct setup {
	struct ruleset *rules;
	struct sieve *sieve;
	bool plain, counts;
	size_t step;
	uint64_t skip;
};

static void read_with(const struct setup *s, struct sv input, struct heard *h)
{
	struct err e = {0};
	struct reading *r = reading_new(&(struct reading_setup){.rules = s->rules,
	    .sieve = s->sieve,
	    .plain = s->plain,
	    .counts = s->counts,
	    .skip = s->skip,
	    .emit = hear,
	    .ctx = h});
	enum rc rc = RC_OK;
	*h = (struct heard){.sieve = s->sieve};
	for (size_t at = 0; at < input.len && rc == RC_OK; at += s->step)
		rc = reading_feed(r, sv_head(sv_skip(input, at), s->step), &e);
	if (rc == RC_OK)
		rc = reading_end(r, &e);
	const uint64_t sums[] = {
	    h->events, h->notices, h->insights, h->untimed, h->unnamed, h->bytes, h->done};
	buf_printf(&h->text, "%d", (int)rc);
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		buf_printf(&h->text, " %llu", (unsigned long long)sums[i]);
	reading_free(r);
}

static void heard_fini(struct heard *h)
{
	buf_fini(&h->text);
	buf_fini(&h->seen);
}

struct sums {
	uint64_t events, hits, spoiled;
};

static void check_same(const struct setup *s, struct sv input, const struct buf *have, const struct buf *want)
{
	if (!sv_eq(buf_sv(have), buf_sv(want)))
		fail_msg("fed %zu bytes a time:\n%.*s\ngives\n%.*s\nand not\n%.*s", s->step, SV_ARG(input),
		    SV_ARG(buf_sv(have)), SV_ARG(buf_sv(want)));
}

/* Reads the input in five ways. */
static void check(struct setup *s, struct sv input, struct sums *sums)
{
	struct heard want, have;
	s->plain = true;
	s->step = input.len ? input.len : 1;
	s->skip = pick(8) ? 0 : pick(5);
	read_with(s, input, &want);
	sums->events += want.events;
	sums->hits += want.hits;
	sums->spoiled += want.spoiled;
	s->plain = false;
	for (unsigned i = 0; i < 3; i++) {
		s->step = i == 0 ? s->step : 1 + pick(i == 1 ? 3000 : 100);
		read_with(s, input, &have);
		check_same(s, input, &have.text, &want.text);
		heard_fini(&have);
	}
	s->counts = true;
	read_with(s, input, &have);
	check_same(s, input, &have.seen, &want.seen);
	assert_int_equal(have.hits, 0);
	assert_int_equal(have.spoiled, want.spoiled);
	assert_int_equal(have.events, want.events);
	s->counts = false;
	heard_fini(&have);
	heard_fini(&want);
}

/* An event of which some part is not as usual. */
static void write_odd_event(struct buf *out, int i)
{
	static const char *const odd[] = {"\"eventTime\":\"yesterday\",", "\"eventTime\":null,",
	    "\"eventTime\":7,", "\"eventTime\":\"2026-11-24T01:00:00\\u005a\",", "\"eventID\":\"\",",
	    "\"eventID\":null,", "\"eventID\":\"a\",\"eventID\":\"\",",
	    "\"eventType\":\"AwsCloudTrailInsight\",", "\"eventCategory\":\"Insight\",",
	    "\"eventCategory\":[\"Insight\"],", "\"eventVersion\":null,",
	    "\"Records\":[{\"eventVersion\":\"1\",\"eventName\":\"DeleteIndex\"}],", "\"Events\":[1],",
	    "\"x\":1,\"Records\":[{\"eventVersion\":\"1\",\"eventName\":\"DeleteIndex\"}],",
	    "\"x\":1,\"Events\":[{\"eventVersion\":\"1\"}],", "\"Records\":{},",
	    "\"x\":{\"y\":[1,{\"z\":\"deny\"}]},", "\"x\":\"{\\\"a\\\":\\\"deny\\\"}\",",
	    "\"event\\u004eame\":\"DeleteIndex\",", "\"userIdentity\":{\"userName\":[\"u1\",\"u77\"]},"};
	struct buf event = {0};
	fixture_event(&event, i);
	buf_addc(out, '{');
	buf_adds(out, PICK(odd));
	buf_add(out, sv_skip(buf_sv(&event), pick(3) ? 1 : sizeof "{\"eventVersion\":\"1.11\"," - 1));
	buf_fini(&event);
}

static void write_envelope(struct buf *out, int i)
{
	struct buf event = {0};
	fixture_event(&event, i);
	switch (pick(4)) {
	case 0:
		buf_adds(out, "{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":");
		buf_add(out, buf_sv(&event));
		buf_addc(out, '}');
		break;
	case 1: buf_adds(out, "{\"Event\":\"s3:TestEvent\"}"); break;
	case 2:
		buf_adds(out, "{\"EventId\":\"1\",\"CloudTrailEvent\":\"");
		for (size_t k = 0; k < event.len; k++) {
			if (event.ptr[k] == '"')
				buf_addc(out, '\\');
			buf_addc(out, event.ptr[k]);
		}
		buf_adds(out, "\"}");
		break;
	default: fixture_records(out, i, i + (int)pick(3));
	}
	buf_fini(&event);
}

static void write_input(struct buf *out)
{
	static const char *const gaps[] = {"\n", "\n", "\n", "\r\n", " ", "", "\n\n", "\x1e"};
	unsigned form = pick(3), n = 1 + pick(8);
	buf_adds(out, form == 1 ? "{\"Records\":[" : form == 2 ? "[" : "");
	for (unsigned i = 0; i < n; i++) {
		int number = (int)pick(80);
		if (form && i)
			buf_addc(out, ',');
		if (pick(3) == 0)
			write_odd_event(out, number);
		else if (pick(6) == 0 && form == 0)
			write_envelope(out, number);
		else
			fixture_event(out, number);
		if (form == 0 || pick(8) == 0)
			buf_adds(out, PICK(gaps));
	}
	buf_adds(out, form == 1 ? "]}" : form == 2 ? "]" : "");
}

/* One byte becomes another, goes, or comes in. */
static void damage(struct buf *b)
{
	static const char bytes[] = "\"\\{}[]:,0-.etfn x\n\t\x01\xff";
	struct buf out = {0};
	size_t at = pick((unsigned)b->len);
	char c = bytes[pick(sizeof bytes - 1)];
	unsigned how = pick(4);
	buf_add(&out, sv_head(buf_sv(b), at));
	if (how < 3)
		buf_addc(&out, c);
	if (how != 2)
		buf_add(&out, sv_skip(buf_sv(b), at + (how == 3 ? 1 + pick(40) : 1)));
	else
		buf_add(&out, sv_skip(buf_sv(b), at));
	buf_fini(b);
	*b = out;
}

static void run(unsigned rounds, unsigned max_damage, struct sums *sums)
{
	struct setup s = {.rules = fixture_rules(rules)};
	struct program *program = program_new(s.rules);
	s.sieve = sieve_new(program);
	for (unsigned i = 0; i < rounds; i++) {
		struct buf input = {0};
		write_input(&input);
		for (unsigned k = max_damage ? 1 + pick(max_damage) : 0; k > 0 && input.len; k--)
			damage(&input);
		check(&s, buf_sv(&input), sums);
		buf_fini(&input);
	}
	sieve_unref(s.sieve);
	program_unref(program);
	ruleset_unref(s.rules);
	print_message("%llu events, %llu hits, %llu spoiled\n", (unsigned long long)sums->events,
	    (unsigned long long)sums->hits, (unsigned long long)sums->spoiled);
}

static void whole_inputs_read_the_same(void **state)
{
	struct sums sums = {0};
	(void)state;
	run(600, 0, &sums);
	assert_true(sums.events > 2000 && sums.hits > 500 && sums.hits < sums.events);
}

static void damaged_inputs_read_the_same(void **state)
{
	struct sums sums = {0};
	(void)state;
	run(4000, 2, &sums);
	assert_true(sums.events > 8000 && sums.hits > 2000 && sums.spoiled > 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_inputs_read_the_same),
	    cmocka_unit_test(damaged_inputs_read_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
