/* One event by an eventID, the handle or the id of an alert: what a state knows of it. */
#include "agent/event_at.h"
#include "agent/ledger/ledger.h"
#include "alerts/outbox.h"
#include "alerts/state.h"

#include "tests/unit/agent/fixture.h"

#define ID "0123456789abcdef0123456789abcdef"
#define UUID "11111111-2222-4333-8444-555555555555"

static const struct cli_option state_option = {"state", "FOLDER", false, ""};

/* What a command line with --state finds for `what`; the caller frees the arena. */
static enum rc find(
    const char *folder, const char *what, struct arena *a, struct event_found *out, struct err *e)
{
	struct cli_given given = {&state_option, folder};
	struct cli c = {.given = &given, .n_given = 1};
	*e = (struct err){0};
	return event_find(&c, what, a, NULL, out, e);
}

static void finds(const char *folder, const char *what, const char *event, const char *where, bool redacted)
{
	struct arena a = {0};
	struct event_found found;
	struct err e;
	struct buf note = {0};
	fixture_ok(find(folder, what, &a, &found, &e), &e);
	assert_true(sv_eq(found.record.event_id, sv_from(event)));
	assert_true(sv_find(found.where, sv_from(where)) != SV_NONE);
	assert_int_equal(found.redacted, redacted);
	event_found_note(&found, &note);
	assert_true(sv_find(buf_sv(&note), sv_from(where)) != SV_NONE);
	assert_int_equal(sv_find(buf_sv(&note), SV("less what is masked")) != SV_NONE, redacted);
	buf_fini(&note);
	arena_fini(&a);
}

static void fails(const char *folder, const char *what, enum rc want, const char *text)
{
	struct arena a = {0};
	struct event_found found;
	struct err e;
	assert_int_equal(find(folder, what, &a, &found, &e), want);
	if (sv_find(sv_from(e.text), sv_from(text)) == SV_NONE)
		fail_msg("%s", e.text);
	arena_fini(&a);
}

/* A state with one alert about the event of that id, said to be record 1 of `object`. */
static void record_alert(const char *folder, const char *object, const char *event_id)
{
	struct store *s;
	struct err e = {0};
	struct buf body = {0};
	char *key = heap_printf("111122223333/%s", event_id);
	fixture_ok(state_open(folder, STORE_WRITE, &s, &e), &e);
	buf_printf(&body,
	    "{\"origin\":{\"object\":\"%s\",\"record\":1},\"event\":{\"eventID\":\"%s\",\"eventName\":\"***"
	    "\"}}",
	    object, event_id);
	const struct outbox_alert a = {.id = ID,
	    .rule_key = SV("r"),
	    .account = SV("111122223333"),
	    .region = SV(""),
	    .actor = SV(""),
	    .event_key = sv_from(key),
	    .body = buf_sv(&body)};
	bool is_new;
	fixture_ok(store_begin(s, &e), &e);
	fixture_ok(outbox_add(s, &a, &(struct route){0}, &is_new, &e), &e);
	fixture_ok(store_commit(s, &e), &e);
	store_close(s);
	free(key);
	buf_fini(&body);
}

static char *write_lines(const char *folder, const char *name, int from, int to)
{
	struct buf in = {0};
	char *path = file_join(folder, name);
	fixture_lines(&in, from, to);
	fixture_write(path, buf_sv(&in));
	buf_fini(&in);
	return path;
}

static void the_original_of_an_alert_is_read(void **state)
{
	char handle[ALERT_HANDLE_TEXT], *path = write_lines(*state, "in", 7, 9);
	alert_handle(ID, handle);
	record_alert(*state, path, "e-000008");
	/* The alert says record 1; the object has changed since, and its eventID is what counts. */
	finds(*state, ID, "e-000008", "/in:2", false);
	finds(*state, handle, "e-000008", "/in:2", false);
	finds(*state, "e-000008", "e-000008", "/in:2", false);
	assert_int_equal(unlink(path), 0);
	finds(*state, handle, "e-000008", handle, true);
	free(path);
}

static void an_event_without_an_alert_is_looked_for_in_the_ledger(void **state)
{
	struct store *s;
	struct err e = {0};
	char *a = write_lines(*state, "a", 0, 5), *b = write_lines(*state, "b", 5, 9);
	char gone[] = "/nowhere/c", one[] = "1";
	char *objects[] = {a, b, gone};
	fixture_ok(state_open(*state, STORE_WRITE, &s, &e), &e);
	for (int i = 0; i < 3; i++) {
		struct ledger_row row = {objects[i], one, 1, true};
		fixture_ok(store_begin(s, &e), &e);
		fixture_ok(ledger_write(s, "trail", &row, 1, i, &e), &e);
		fixture_ok(store_commit(s, &e), &e);
	}
	store_close(s);
	finds(*state, "e-000002", "e-000002", "/a:3", false);
	finds(*state, "e-000006", "e-000006", "/b:2", false);
	fails(*state, UUID, RC_NOTFOUND, "nor one of the 3 objects");
	fails(*state, ID, RC_NOTFOUND, "no alert \"" ID "\"");
	free(a);
	free(b);
}

static void a_file_is_a_file(void **state)
{
	char *path = write_lines(*state, "K7F2Q", 3, 5);
	struct arena a = {0};
	struct event_found found;
	struct err e;
	fixture_ok(find("/nowhere", path, &a, &found, &e), &e);
	assert_true(sv_eq(found.record.event_id, SV("e-000003")));
	assert_false(found.looked_up);
	arena_fini(&a);
	fails("/nowhere", "/no/such:3", RC_NOTFOUND, "/no/such: No such file");
	fails("/nowhere", UUID, RC_NOTFOUND, "is no file; looking for it in the state: ");
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(the_original_of_an_alert_is_read),
	    FOLDER(an_event_without_an_alert_is_looked_for_in_the_ledger),
	    FOLDER(a_file_is_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
