/* The HTTP server. Its own thread polls libmicrohttpd's epoll descriptor, so that connections which take too
 * long can be cut off: the library's timeout counts from the last byte, and a client that sends one now and
 * then would stay for ever. Owns the listening socket and the table of connections. */
#include "agent/listen/listen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/listen/listen_address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/wake.h"

#include <microhttpd.h>

#define MOST_CONNECTIONS 64
/* Of one address, where other machines may come: what a proxy on this machine passes on is all of one. */
#define MOST_OF_ONE 16
#define MOST_ROUTES 16
/* Request line and headers of a connection. */
#define CONNECTION_BYTES (16 * 1024)
#define IDLE_S 10
/* A request, or the pause between two, takes no longer. */
#define REQUEST_MS 15000
#define SWEEP_MS 1000
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct client {
	int fd; /* -1: free */
	int64_t since_ms;
};

/* Whether a request that is there as a whole has its answer. */
enum exchange_state { EXCHANGE_READS, EXCHANGE_WAITS, EXCHANGE_ANSWERED };

struct listen {
	char *wanted;
	const char *what;
	bool remote;
	char *certificate, *key;
	pthread_mutex_t lock;
	struct exchange *exchanges; /* whose answer comes later; under the lock */
	uint64_t n_tickets;         /* own thread */
	char address[LISTEN_ADDRESS_TEXT];
	struct listen_route routes[MOST_ROUTES];
	size_t n_routes;
	struct client clients[MOST_CONNECTIONS];
	struct MHD_Daemon *daemon;
	struct wake stop;
	struct wake answered; /* connections were resumed: libmicrohttpd's own descriptor does not say so */
	pthread_t thread;
	bool running;
};

/* A request under way. */
struct exchange {
	const struct listen_route *route;
	struct buf body;
	bool too_large;
	struct MHD_Connection *connection;
	/* of those in listen.exchanges; under the lock */
	enum exchange_state state;
	bool suspended;
	uint64_t ticket; /* 0: not all of it is there */
	struct listen_reply reply;
	struct exchange *next;
};

/* --- answers ------------------------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *c, struct listen_reply *reply, const char *allow)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(reply->body.len, reply->body.ptr, MHD_RESPMEM_MUST_COPY);
	buf_fini(&reply->body);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	if (allow)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, allow);
	if (reply->retry_after_s) {
		char text[16];
		snprintf(text, sizeof text, "%d", reply->retry_after_s);
		MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, text);
	}
	enum MHD_Result result = MHD_queue_response(c, reply->status, r);
	MHD_destroy_response(r);
	return result;
}

static struct listen_reply reply_of(unsigned status, const char *text)
{
	struct listen_reply reply = {.status = status, .content_type = "text/plain; charset=utf-8"};
	buf_adds(&reply.body, text);
	return reply;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *text, const char *allow)
{
	struct listen_reply reply = reply_of(status, text);
	return answer(c, &reply, allow);
}

struct sv listen_header(const struct listen_request *r, const char *name)
{
	return sv_from(MHD_lookup_connection_value(
	    (struct MHD_Connection *)(uintptr_t)r->connection, MHD_HEADER_KIND, name));
}

struct sv listen_query(const struct listen_request *r, const char *name)
{
	return sv_from(MHD_lookup_connection_value(
	    (struct MHD_Connection *)(uintptr_t)r->connection, MHD_GET_ARGUMENT_KIND, name));
}

/* --- requests ------------------------------------------------------------------------------------ */

/* The route, or how its absence is answered. */
static const struct listen_route *find_route(
    const struct listen *l, const char *method, const char *path, const char **out_allow)
{
	*out_allow = NULL;
	for (size_t i = 0; i < l->n_routes; i++) {
		const struct listen_route *r = &l->routes[i];
		if (strcmp(r->path, path) != 0)
			continue;
		if (strcmp(r->method, method) == 0)
			return r;
		*out_allow = strcmp(r->method, "GET") == 0 ? "GET, HEAD" : r->method;
	}
	return NULL;
}

/* Of an exchange in the list; under the lock. */
static void take_out(struct listen *l, const struct exchange *x)
{
	struct exchange **at = &l->exchanges;
	while (*at && *at != x)
		at = &(*at)->next;
	if (*at)
		*at = x->next;
}

/* The answer that is there, at the end of an exchange; the lock is held, and let go. */
static enum MHD_Result answer_now(struct listen *l, struct MHD_Connection *c, struct exchange *x)
{
	struct listen_reply reply = x->reply;
	take_out(l, x);
	x->reply = (struct listen_reply){0};
	x->state = EXCHANGE_READS;
	pthread_mutex_unlock(&l->lock);
	return answer(c, &reply, NULL);
}

/* Another thread may bring the answer while the handler still runs, so the exchange is listed before. */
static enum MHD_Result run_handler(
    struct listen *l, struct MHD_Connection *c, struct exchange *x, const char *method, const char *path)
{
	struct listen_reply reply = reply_of(MHD_HTTP_OK, "");
	x->connection = c;
	x->ticket = ++l->n_tickets;
	pthread_mutex_lock(&l->lock);
	x->state = EXCHANGE_WAITS;
	x->next = l->exchanges;
	l->exchanges = x;
	pthread_mutex_unlock(&l->lock);
	x->route->handler(
	    x->route->ctx, &(struct listen_request){method, path, buf_sv(&x->body), c, x->ticket}, &reply);
	pthread_mutex_lock(&l->lock);
	if (reply.status) {
		x->reply = reply;
		return answer_now(l, c, x);
	}
	buf_fini(&reply.body);
	if (x->state == EXCHANGE_ANSWERED)
		return answer_now(l, c, x);
	x->suspended = true;
	MHD_suspend_connection(c);
	pthread_mutex_unlock(&l->lock);
	return MHD_YES;
}

/* Under the lock. */
static void resume(struct listen *l, struct exchange *x)
{
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->connection);
	wake_ring(&l->answered);
}

bool listen_answer(struct listen *l, uint64_t ticket, unsigned status, const char *text, int retry_after_s)
{
	pthread_mutex_lock(&l->lock);
	struct exchange *x = l->exchanges;
	while (x && (x->ticket != ticket || x->state != EXCHANGE_WAITS))
		x = x->next;
	if (x) {
		x->reply = reply_of(status, text);
		x->reply.retry_after_s = retry_after_s;
		x->state = EXCHANGE_ANSWERED;
		resume(l, x);
	}
	pthread_mutex_unlock(&l->lock);
	return x;
}

/* Of the body that is announced, so that none of it is taken when it is too large. */
static bool announced_too_large(struct MHD_Connection *c, const struct listen_route *route)
{
	const char *text = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
	int64_t bytes;
	return text && (!sv_int(sv_from(text), 0, INT64_MAX, &bytes) || (uint64_t)bytes > route->max_body);
}

/* libmicrohttpd calls it once with the headers, then with each piece of the body, then once more. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *path, const char *method,
    const char *version, const char *upload, size_t *upload_size, void **own)
{
	struct listen *l = ctx;
	struct exchange *x = *own;
	const char *allow;
	(void)version;
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	if (!x) {
		const struct listen_route *route = find_route(l, method, path, &allow);
		if (!route && allow)
			return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "not with this method\n", allow);
		if (!route)
			return refuse(c, MHD_HTTP_NOT_FOUND, "no such page\n", NULL);
		if (announced_too_large(c, route))
			return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "too large\n", NULL);
		x = heap_zero(1, sizeof *x);
		x->route = route;
		x->body.limit = route->max_body ? route->max_body : 1;
		*own = x;
		return MHD_YES;
	}
	if (*upload_size) {
		if (x->body.len + *upload_size > x->route->max_body)
			x->too_large = true;
		else
			buf_add(&x->body, sv_of(upload, *upload_size));
		*upload_size = 0;
		return MHD_YES;
	}
	if (x->ticket) {
		pthread_mutex_lock(&l->lock);
		return answer_now(l, c, x);
	}
	if (x->too_large)
		return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "too large\n", NULL);
	return run_handler(l, c, x, method, path);
}

static void on_completed(void *ctx, struct MHD_Connection *c, void **own, enum MHD_RequestTerminationCode how)
{
	struct exchange *x = *own;
	struct listen *l = ctx;
	(void)how;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	if (client)
		client->since_ms = clk_mono_ms();
	if (x) {
		pthread_mutex_lock(&l->lock);
		take_out(l, x);
		pthread_mutex_unlock(&l->lock);
		buf_fini(&x->reply.body);
		buf_fini(&x->body);
	}
	free(x);
	*own = NULL;
}

static void on_connection(
    void *ctx, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct listen *l = ctx;
	struct client *client = *socket_context;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (client)
			client->fd = -1;
		return;
	}
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (size_t i = 0; i < MOST_CONNECTIONS && info; i++)
		if (l->clients[i].fd < 0) {
			l->clients[i] = (struct client){info->connect_fd, clk_mono_ms()};
			*socket_context = &l->clients[i];
			return;
		}
}

/* --- the thread ---------------------------------------------------------------------------------- */

static void sweep(struct listen *l)
{
	int64_t now = clk_mono_ms();
	for (size_t i = 0; i < MOST_CONNECTIONS; i++)
		if (l->clients[i].fd >= 0 && now - l->clients[i].since_ms > REQUEST_MS)
			shutdown(l->clients[i].fd, SHUT_RDWR);
}

static int pause_ms(struct listen *l)
{
	MHD_UNSIGNED_LONG_LONG ms = SWEEP_MS;
	if (MHD_get_timeout(l->daemon, &ms) != MHD_YES || ms > SWEEP_MS)
		return SWEEP_MS;
	return (int)ms;
}

static void *serve(void *arg)
{
	struct listen *l = arg;
	int epoll = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	struct pollfd fds[] = {{epoll, POLLIN, 0}, {l->stop.fd, POLLIN, 0}, {l->answered.fd, POLLIN, 0}};
	while (!wake_rung(&l->stop, 0)) {
		poll(fds, 3, pause_ms(l));
		wake_quiet(&l->answered);
		MHD_run(l->daemon);
		sweep(l);
	}
	return NULL;
}

/* --- outside ------------------------------------------------------------------------------------- */

static enum rc parse(const char *text, bool remote, struct listen_address *out, struct err *e)
{
	enum rc rc = listen_address_parse(sv_from(text), out, e);
	if (rc == RC_OK && !out->loopback && !remote)
		rc = err_set(e, RC_CONFIG,
		    "%s is reached by other machines, and anybody there could read the metrics: listen on "
		    "127.0.0.1 or [::1] behind a proxy, or say `remote: true`",
		    text);
	return rc;
}

bool listen_check(const struct options *section, struct faults *faults)
{
	const struct option_value *address = options_get(section, "address");
	struct listen_address a;
	struct err e = {0};
	if (!address->set || parse(address->text, options_number(section, "remote") != 0, &a, &e) == RC_OK)
		return true;
	fault_add(
	    faults, FAULT_ERROR, section->file, address->line, address->col, "listen.address: %s", e.text);
	return false;
}

struct listen *listen_new(const struct options *section)
{
	const char *address = options_text(section, "address");
	if (!address)
		return NULL;
	return listen_new_for(&(struct listen_setup){
	    .address = address, .what = "listen.address", .remote = options_number(section, "remote") != 0});
}

struct listen *listen_new_for(const struct listen_setup *setup)
{
	struct listen *l = heap_zero(1, sizeof *l);
	l->wanted = heap_copy(setup->address);
	l->what = setup->what;
	l->remote = setup->remote;
	l->certificate = setup->certificate ? heap_copy(setup->certificate) : NULL;
	l->key = setup->key ? heap_copy(setup->key) : NULL;
	pthread_mutex_init(&l->lock, NULL);
	l->stop.fd = l->answered.fd = -1;
	for (size_t i = 0; i < MOST_CONNECTIONS; i++)
		l->clients[i].fd = -1;
	return l;
}

void listen_route(struct listen *l, const struct listen_route *route)
{
	if (l && l->n_routes < MOST_ROUTES)
		l->routes[l->n_routes++] = *route;
}

/* Takes the descriptor, also when it fails. */
static enum rc start_daemon(struct listen *l, int fd, struct err *e)
{
	/* Without a certificate the list of options ends where those of TLS would begin. */
	l->daemon =
	    MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (l->certificate ? MHD_USE_TLS : 0), 0,
		NULL, NULL, on_request, l, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)MOST_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)(l->remote ? MOST_OF_ONE : 0), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, l->certificate ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END,
		l->certificate, MHD_OPTION_HTTPS_MEM_KEY, l->key, MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
		MHD_OPTION_END);
	if (l->daemon)
		return RC_OK;
	enum rc rc = err_errno(e, RC_IO, errno, "can't start the HTTP server");
	close(fd);
	return rc;
}

enum rc listen_start(struct listen *l, struct err *e)
{
	struct listen_address a;
	int fd;
	if (!l)
		return RC_OK;
	enum rc rc = parse(l->wanted, l->remote, &a, e);
	if (rc == RC_OK)
		rc = wake_open(&l->stop, e);
	if (rc == RC_OK)
		rc = wake_open(&l->answered, e);
	if (rc == RC_OK)
		rc = listen_address_open(&a, &fd, e);
	if (rc == RC_OK)
		rc = start_daemon(l, fd, e);
	if (rc != RC_OK)
		return err_at(e, "%s", l->what), rc;
	listen_address_show(&a, l->address);
	int failed = pthread_create(&l->thread, NULL, serve, l);
	l->running = !failed;
	if (failed)
		return err_errno(e, RC_IO, failed, "can't start the HTTP server's thread");
	log_info("listening", "address=%s", l->address);
	return RC_OK;
}

const char *listen_address(const struct listen *l)
{
	return l->address;
}

/* A server must not be stopped while connections are suspended. Those without an answer get 503. */
static void resume_all(struct listen *l)
{
	pthread_mutex_lock(&l->lock);
	for (struct exchange *x = l->exchanges; x; x = x->next)
		if (x->state == EXCHANGE_WAITS) {
			x->state = EXCHANGE_ANSWERED;
			x->reply = reply_of(MHD_HTTP_SERVICE_UNAVAILABLE, "stopping\n");
			resume(l, x);
		}
	pthread_mutex_unlock(&l->lock);
	MHD_run(l->daemon);
}

void listen_free(struct listen *l)
{
	if (!l)
		return;
	if (l->running) {
		wake_ring(&l->stop);
		pthread_join(l->thread, NULL);
	}
	if (l->daemon) {
		resume_all(l);
		MHD_stop_daemon(l->daemon);
	}
	wake_close(&l->stop);
	wake_close(&l->answered);
	pthread_mutex_destroy(&l->lock);
	free(l->certificate);
	free(l->key);
	free(l->wanted);
	free(l);
}
