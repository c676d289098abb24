/* The dispatcher against sinks that do as they are told, on a real state file. The test's own thread plays
 * the analyst: it commits what the dispatcher reports. */
#include "alerts/dispatch.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/queue.h"
#include "tests/unit/alerts/fixture.h"

/* --- a sink that follows a script
 * ------------------------------------------------------------------------------- */

struct sink {
	const char *script; /* one letter an attempt: s sent, r retry at once, w in 50 ms, j by the schedule,
			       x reject; the last repeats */
	size_t attempts;
	char log[4000]; /* keys in order of attempts */
	char *url;      /* HTTP: where to */
};

static struct sink_verdict play(struct sink *s, struct sv key)
{
	size_t n = strlen(s->script), at = s->attempts < n ? s->attempts : n - 1, len = strlen(s->log);
	s->attempts++;
	snprintf(s->log + len, sizeof s->log - len, "%.*s ", SV_ARG(key));
	switch (s->script[at]) {
	case 'r': return sink_retry(0, "busy");
	case 'w': return sink_retry(50, "wait");
	case 'j': return sink_retry(-1, "usual schedule");
	case 'x': return sink_reject("no such topic");
	default: return sink_sent();
	}
}

static struct sink_verdict write_scripted(struct sink *s, const struct delivery *d)
{
	assert_non_null(d->alert);
	assert_true(sv_eq(jdoc_text(d->alert, "schema"), SV(ALERT_SCHEMA)));
	assert_true(d->attempt >= 1);
	return play(s, d->key);
}

static enum rc request_scripted(
    struct sink *s, const struct delivery *d, struct http_request *out, struct err *e)
{
	(void)e;
	out->method = "POST";
	out->url = heap_copy(s->url);
	http_request_header(out, "webhook-id", d->key);
	buf_add(&out->body, d->body);
	return RC_OK;
}

static struct sink_verdict judge_scripted(
    struct sink *s, const struct delivery *d, const struct http_reply *reply)
{
	size_t len = strlen(s->log);
	s->attempts++;
	snprintf(s->log + len, sizeof s->log - len, "%.*s:%d ", SV_ARG(d->key), reply->status);
	return sink_judge_http(reply, "test");
}

static const struct sink_type local = {.name = "local", .write = write_scripted};
static const struct sink_type remote = {
    .name = "remote", .request = request_scripted, .judge = judge_scripted};

/* --- the analyst's part
 * ----------------------------------------------------------------------------------------- */

struct reported {
	struct outbox_result *results;
	size_t n;
};

struct bed {
	struct fixture_state *state;
	struct queue *reports;
	struct dispatch *dispatch;
	struct dispatch_sink sinks[3];
	size_t n_sinks;
};

static void put_report(void *ctx, struct outbox_result *results, size_t n)
{
	struct reported *r = heap_alloc(sizeof *r);
	*r = (struct reported){results, n};
	assert_true(queue_put(ctx, r));
}

static void commit(struct bed *b, struct reported *r)
{
	struct err e = {0};
	fixture_ok(store_begin(b->state->store, &e), &e);
	fixture_ok(outbox_results(b->state->store, r->results, r->n, &e), &e);
	fixture_ok(store_commit(b->state->store, &e), &e);
	dispatch_settled(b->dispatch, r->results, r->n);
	free(r->results);
	free(r);
}

static struct outbox_size measure(struct bed *b)
{
	struct outbox_size size = {0};
	struct err e = {0};
	fixture_ok(outbox_measure(b->state->store, &size, &e), &e);
	return size;
}

/* Commits reports until nothing is pending but what `leave` says; a minute is for ever. */
static void settle(struct bed *b, int64_t leave)
{
	int64_t end = clk_mono_ms() + 60000;
	while (measure(b).pending > leave) {
		struct reported *r = queue_take(b->reports, 1000);
		if (r)
			commit(b, r);
		assert_true(clk_mono_ms() < end);
	}
}

static void add_alert_at(struct bed *b, const char *id, int64_t detected_ms)
{
	struct route to = {0};
	struct err e = {0};
	bool is_new;
	struct outbox_alert a = {.id = id,
	    .rule_key = SV("r"),
	    .detected_ms = detected_ms,
	    .body = SV("{\"schema\":\"kendrawatch.alert/1\"}")};
	for (size_t i = 0; i < b->n_sinks; i++)
		vec_push(&to.sinks, b->sinks[i].name);
	fixture_ok(outbox_add(b->state->store, &a, &to, &is_new, &e), &e);
	route_fini(&to);
}

static void add_alert(struct bed *b, const char *id)
{
	add_alert_at(b, id, clk_now_ms());
}

static void begin(struct bed *b, int64_t give_up_ms)
{
	struct err e = {0};
	struct dispatch_options o = {.state_folder = b->state->folder,
	    .sinks = b->sinks,
	    .n_sinks = b->n_sinks,
	    .give_up_ms = give_up_ms,
	    .report = put_report,
	    .ctx = b->reports};
	fixture_ok(dispatch_start(&o, &b->dispatch, &e), &e);
}

static void end(struct bed *b)
{
	dispatch_stop(b->dispatch, 5000);
	for (struct reported *r; (r = queue_take(b->reports, 0));)
		commit(b, r);
	dispatch_free(b->dispatch);
	queue_free(b->reports);
}

static struct bed bed_of(void **state, size_t n_sinks, struct sink *sinks)
{
	static const char *const names[] = {"a", "b", "c"};
	struct bed b = {.state = *state, .reports = queue_new(4096), .n_sinks = n_sinks};
	for (size_t i = 0; i < n_sinks; i++)
		b.sinks[i] = (struct dispatch_sink){.name = names[i], .type = &local, .sink = &sinks[i]};
	return b;
}

/* --- tests
 * ------------------------------------------------------------------------------------------------------ */

static void sends_once_and_in_order(void **state)
{
	struct sink s = {.script = "s"};
	struct bed b = bed_of(state, 1, &s);
	char want[4000] = "", id[16];
	begin(&b, 0);
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof id, "id%03d", i);
		add_alert(&b, id);
		snprintf(want + strlen(want), sizeof want - strlen(want), "%s ", id);
		if (i % 7 == 0)
			dispatch_wake(b.dispatch);
	}
	dispatch_wake(b.dispatch);
	settle(&b, 0);
	end(&b);
	assert_string_equal(s.log, want);
}

static void set_clock(int fd, int64_t ms)
{
	assert_int_equal(pwrite(fd, &ms, sizeof ms, 0), sizeof ms);
}

/* What was made before the clock was set back is not due by it for an hour, and neither is a pause over. */
static void a_clock_that_is_set_back_delays_nothing(void **state)
{
	const int64_t t0 = 1795485491000;
	struct sink s = {.script = "sjjjs"};
	struct bed b = bed_of(state, 1, &s);
	char text[16];
	int fd = memfd_create("clock", 0);
	set_clock(fd, t0);
	snprintf(text, sizeof text, "%d", fd);
	setenv("KW_CLOCK_FD", text, 1);
	add_alert(&b, "one");
	begin(&b, 0);
	settle(&b, 0);
	set_clock(fd, t0 - 3600000);
	add_alert_at(&b, "two", t0);
	dispatch_wake(b.dispatch);
	/* Three failures at a clock that stands still: the sink is paused, and comes back when it moves. */
	for (int i = 1; measure(&b).pending; i++) {
		struct reported *r = queue_take(b.reports, 20);
		if (r)
			commit(&b, r);
		set_clock(fd, t0 - 3600000 + i * 1000);
		dispatch_wake(b.dispatch);
		assert_true(i < 3000);
	}
	end(&b);
	unsetenv("KW_CLOCK_FD");
	close(fd);
	assert_string_equal(s.log, "one two two two two ");
}

static void tries_again_with_the_same_key(void **state)
{
	struct sink s = {.script = "rws"};
	struct bed b = bed_of(state, 1, &s);
	add_alert(&b, "one");
	begin(&b, 0);
	settle(&b, 0);
	end(&b);
	assert_string_equal(s.log, "one one one ");
}

static void a_refused_alert_is_kept_and_others_go_on(void **state)
{
	struct sink s = {.script = "xs"};
	struct bed b = bed_of(state, 1, &s);
	add_alert(&b, "one");
	add_alert(&b, "two");
	begin(&b, 0);
	settle(&b, 0);
	end(&b);
	assert_string_equal(s.log, "one two ");
	assert_int_equal(measure(&b).dead, 1);
}

static void a_failing_sink_delays_no_other(void **state)
{
	struct sink sinks[2] = {{.script = "j"}, {.script = "s"}};
	struct bed b = bed_of(state, 2, sinks);
	char id[16];
	begin(&b, 0);
	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "id%d", i);
		add_alert(&b, id);
	}
	dispatch_wake(b.dispatch);
	settle(&b, 20);
	assert_int_equal(sinks[1].attempts, 20);
	assert_in_range(sinks[0].attempts, 1, 10); /* paused as a whole, not hammered */
	dispatch_stop(b.dispatch, 0);
	for (struct reported *r; (r = queue_take(b.reports, 0));)
		commit(&b, r);
	assert_int_equal(measure(&b).pending, 20);
	end(&b);
}

static void what_is_too_old_becomes_a_dead_letter(void **state)
{
	struct sink s = {.script = "r"};
	struct bed b = bed_of(state, 1, &s);
	add_alert(&b, "one");
	begin(&b, 1);
	settle(&b, 0);
	end(&b);
	assert_int_equal(measure(&b).dead, 1);
}

/* Until its result is durable, a delivery is not sent again, however long the analyst takes. */
static void unsettled_deliveries_are_not_sent_again(void **state)
{
	struct sink s = {.script = "s"};
	struct bed b = bed_of(state, 1, &s);
	add_alert(&b, "one");
	begin(&b, 0);
	struct reported *r = queue_take(b.reports, 60000);
	assert_non_null(r);
	add_alert(&b, "two");
	for (int i = 0; i < 5; i++)
		dispatch_wake(b.dispatch);
	struct reported *r2 = queue_take(b.reports, 60000);
	assert_non_null(r2);
	commit(&b, r);
	commit(&b, r2);
	settle(&b, 0);
	end(&b);
	assert_string_equal(s.log, "one two ");
}

static void stopping_sends_what_is_due(void **state)
{
	struct sink s = {.script = "s"};
	struct bed b = bed_of(state, 1, &s);
	char id[16];
	begin(&b, 0);
	for (int i = 0; i < 40; i++) {
		snprintf(id, sizeof id, "id%d", i);
		add_alert(&b, id);
	}
	end(&b);
	assert_int_equal(measure(&b).pending, 0);
	assert_int_equal(s.attempts, 40);
}

static void backs_off_to_an_hour(void **state)
{
	(void)state;
	assert_int_equal(dispatch_backoff_ms(1), 1000);
	assert_int_equal(dispatch_backoff_ms(2), 2000);
	assert_int_equal(dispatch_backoff_ms(6), 32000);
	assert_int_equal(dispatch_backoff_ms(7), 60000);
	assert_int_equal(dispatch_backoff_ms(20), 60000);
	for (int i = 1; i < 40; i++)
		assert_true(dispatch_backoff_ms(i) <= dispatch_backoff_ms(i + 1));
	assert_int_equal(dispatch_backoff_ms(40), 3600000);
	assert_int_equal(dispatch_backoff_ms(2000000), 3600000);
}

/* --- over HTTP
 * -------------------------------------------------------------------------------------------------- */

struct server {
	int fd;
	pthread_t thread;
	atomic_bool stop;
	int n_requests;
	int fail_first; /* this many get 500 */
};

static void serve_one(struct server *s, int fd)
{
	char request[8192];
	size_t n = 0;
	while (n < sizeof request - 1) {
		ssize_t got = read(fd, request + n, sizeof request - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		request[n] = 0;
		if (strstr(request, "kendrawatch.alert/1\"}"))
			break;
	}
	const char *reply =
	    s->n_requests++ < s->fail_first
		? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nRetry-After: 0\r\nConnection: close\r\n\r\n"
		: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	assert_int_equal(write(fd, reply, strlen(reply)), (ssize_t)strlen(reply));
	close(fd);
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	while (!atomic_load(&s->stop)) {
		struct pollfd p = {.fd = s->fd, .events = POLLIN};
		if (poll(&p, 1, 20) == 1)
			serve_one(s, accept(s->fd, NULL, NULL));
	}
	return NULL;
}

static char *server_start(struct server *s)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(s->fd, 16), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&address, &len), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	return heap_printf("http://127.0.0.1:%d/hook", ntohs(address.sin_port));
}

static void server_stop(struct server *s)
{
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static void delivers_over_http_after_failures(void **state)
{
	struct server server = {.fail_first = 2};
	struct sink s = {.url = server_start(&server)};
	struct bed b = bed_of(state, 1, &s);
	b.sinks[0].type = &remote;
	add_alert(&b, "one");
	begin(&b, 0);
	settle(&b, 0);
	end(&b);
	server_stop(&server);
	assert_string_equal(s.log, "one:500 one:500 one:200 ");
	free(s.url);
}

static void an_absent_receiver_leaves_it_pending(void **state)
{
	struct server server = {0};
	struct sink s = {.url = server_start(&server)};
	struct bed b = bed_of(state, 1, &s);
	server_stop(&server);
	b.sinks[0].type = &remote;
	add_alert(&b, "one");
	begin(&b, 0);
	struct reported *r = queue_take(b.reports, 60000);
	assert_non_null(r);
	assert_int_equal(r->results[0].status, OUTBOX_PENDING);
	assert_true(r->results[0].error[0] != 0);
	commit(&b, r);
	dispatch_stop(b.dispatch, 0);
	end(&b);
	assert_int_equal(measure(&b).pending, 1);
	free(s.url);
}

static int start_http(void **state)
{
	(void)state;
	return 0;
}

static int stop_http(void **state)
{
	(void)state;
	http_global_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE(sends_once_and_in_order),
	    FIXTURE(a_clock_that_is_set_back_delays_nothing),
	    FIXTURE(tries_again_with_the_same_key),
	    FIXTURE(a_refused_alert_is_kept_and_others_go_on),
	    FIXTURE(a_failing_sink_delays_no_other),
	    FIXTURE(what_is_too_old_becomes_a_dead_letter),
	    FIXTURE(unsettled_deliveries_are_not_sent_again),
	    FIXTURE(stopping_sends_what_is_due),
	    FIXTURE(delivers_over_http_after_failures),
	    FIXTURE(an_absent_receiver_leaves_it_pending),
	    cmocka_unit_test(backs_off_to_an_hour),
	};
	return cmocka_run_group_tests(tests, start_http, stop_http);
}
