/* Sentences: fields, absent fields, and verb and outcome within the first 110 characters whatever the values
 * are. */
#include "alerts/summary.h"

#include "base/utf8.h"
#include "tests/unit/alerts/fixture.h"

static const struct redact usual = {0};

#define INDEX "3f1c9d2e-0000-4000-8000-000000000001"
#define DENIED "\"errorCode\":\"AccessDeniedException\","

static char *sentence(const char *template, const char *session, const char *more)
{
	struct arena a = {0};
	struct map indexes = {0};
	struct record_names names = {.indexes = &indexes};
	struct buf out = {0};
	char name[] = "hr-policies", *json = fixture_event("e1", T0, session, more);
	map_put(&indexes, SV(INDEX), name);
	summary_write(sv_from(template), fixture_record(&a, sv_from(json), &names), &usual, &out);
	free(json);
	map_fini(&indexes);
	arena_fini(&a);
	return buf_take(&out);
}

static void says(const char *template, const char *session, const char *more, const char *want)
{
	char *got = sentence(template, session, more);
	assert_string_equal(got, want);
	free(got);
}

#define DELETED "{kw.actor} DELETED the Kendra index {kw.index.name} from {kw.from}."

static void tells_the_outcome(void **state)
{
	(void)state;
	says(DELETED, "alice@example.com", "",
	    "alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9. It succeeded.");
	says(DELETED, "alice@example.com", DENIED,
	    "DENIED: alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9.");
	says(DELETED, "alice@example.com", "\"errorCode\":\"ThrottlingException\",",
	    "THROTTLED: alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9.");
	says(DELETED, "alice@example.com", "\"errorCode\":\"ValidationException\",",
	    "FAILED: alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9.");
}

static void leaves_a_template_that_tells_it_alone(void **state)
{
	(void)state;
	says("{kw.actor} was DENIED {eventName}.", "alice@example.com", DENIED,
	    "alice@example.com was DENIED DeleteIndex.");
	says("{eventName}: {kw.outcome}", "alice@example.com", DENIED, "DeleteIndex: denied.");
	says("{kw.actor} successfully deleted it", "alice@example.com", "",
	    "alice@example.com successfully deleted it.");
}

/* A name may not speak for the outcome. */
static void a_value_does_not_count_as_the_outcome(void **state)
{
	(void)state;
	says("{userAgent} did {eventName}.", "alice@example.com", "\"userAgent\":\"it succeeded\",\"x\":1,",
	    "it succeeded, aws-cli/2.15 did DeleteIndex. It succeeded.");
	says("{requestParameters.note} by {kw.actor}.", "alice@example.com",
	    DENIED "\"requestParameters\":{\"note\":\"denied\"},", "DENIED: denied by alice@example.com.");
}

static void absent_fields_read_as_words(void **state)
{
	(void)state;
	struct arena a = {0};
	struct buf out = {0};
	struct record *r = fixture_record(&a, SV("{}"), NULL);
	summary_fill(SV("{kw.actor}, {kw.index.name}, {awsRegion}, {a.b}"), r, &usual, &out);
	assert_string_equal(out.ptr, "an unknown caller, an unknown index, an unknown region, -");
	buf_fini(&out);
	arena_fini(&a);
}

static void makes_a_sentence_of_its_own(void **state)
{
	(void)state;
	says(NULL, "alice@example.com", "",
	    "alice@example.com called DeleteIndex on Kendra index hr-policies from 203.0.113.9. It "
	    "succeeded.");
	says(NULL, "alice@example.com", DENIED,
	    "DENIED: alice@example.com tried DeleteIndex on Kendra index hr-policies from 203.0.113.9.");
	struct arena a = {0};
	struct buf out = {0};
	struct record *r = fixture_record(&a,
	    SV("{\"eventName\":\"DeleteBucket\",\"eventSource\":\"s3.amazonaws.com\",\"sourceIPAddress\":"
	       "\"203.0.113.9\"}"),
	    NULL);
	summary_write((struct sv){NULL, 0}, r, &usual, &out);
	assert_string_equal(out.ptr,
	    "an unknown caller called DeleteBucket (s3.amazonaws.com) from 203.0.113.9. It succeeded.");
	buf_fini(&out);
	arena_fini(&a);
}

static void masks_and_escapes(void **state)
{
	(void)state;
	says("{requestParameters.queryText}|{requestParameters.list}|{requestParameters.x}",
	    "alice@example.com",
	    "\"requestParameters\":{\"queryText\":\"q\",\"list\":[\"a\",2,null,{\"k\":[1]}],\"x\":\"\\u001b["
	    "2J\\u202e\"},",
	    "***|a, 2, {\"k\":[1]}|\\x1b[2J\\u{202e}. It succeeded.");
}

static void whatever_the_values_verb_and_outcome_stand_in_front(void **state)
{
	(void)state;
	static const char *const marks[] = {"It succeeded.", "DENIED: "};
	static const char *const errors[] = {"", DENIED};
	for (size_t length = 1; length < 900; length += 13)
		for (int i = 0; i < 2; i++) {
			char *session = heap_zero(1, 2 * length + 40);
			for (size_t k = 0; k < length; k++)
				memcpy(session + strlen(session), k % 5 ? "x" : "\xc3\xa9", k % 5 ? 2 : 3);
			memcpy(session + strlen(session), "@example.com", 13);
			char *got = sentence(DELETED, session, errors[i]);
			char *mark = strstr(got, marks[i]), *verb = strstr(got, "DELETED");
			assert_non_null(mark);
			assert_non_null(verb);
			assert_true(utf8_count(sv_of(got, (size_t)(mark - got) + strlen(marks[i]))) <= 110);
			assert_true(utf8_count(sv_of(got, (size_t)(verb - got) + 7)) <= 110);
			assert_true(utf8_valid(sv_from(got)));
			if (length < 200) /* both ends of a name stay */
				assert_non_null(strstr(got, "example.com"));
			free(got);
			free(session);
		}
}

static void long_words_of_the_template_put_the_mark_in_front(void **state)
{
	(void)state;
	char *got = sentence("{kw.actor} did a thing that takes so many words to tell that nobody awake at "
			     "three in the morning"
			     " would ever read as far as the end of it",
	    "alice@example.com", "");
	assert_true(sv_starts(sv_from(got), SV("SUCCEEDED: alice@example.com did a thing")));
	free(got);
}

/* Only what must be cut is cut: with the mark in front, a long name behind the verb stays whole. */
static void cuts_no_more_than_it_must(void **state)
{
	(void)state;
	says("{kw.actor} OPENED role {requestParameters.roleName} to outsiders ({eventName}) from {kw.from}.",
	    "alice@example.com",
	    "\"requestParameters\":{\"roleName\":\"a-role-with-quite-a-long-name-that-people-know\"},",
	    "SUCCEEDED: alice@example.com OPENED role a-role-with-quite-a-long-name-that-people-know to "
	    "outsiders"
	    " (DeleteIndex) from 203.0.113.9.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_the_outcome),
	    cmocka_unit_test(leaves_a_template_that_tells_it_alone),
	    cmocka_unit_test(a_value_does_not_count_as_the_outcome),
	    cmocka_unit_test(absent_fields_read_as_words),
	    cmocka_unit_test(makes_a_sentence_of_its_own),
	    cmocka_unit_test(masks_and_escapes),
	    cmocka_unit_test(whatever_the_values_verb_and_outcome_stand_in_front),
	    cmocka_unit_test(cuts_no_more_than_it_must),
	    cmocka_unit_test(long_words_of_the_template_put_the_mark_in_front),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
