/* Requests of the control socket, on its thread: changes of the state go on to the analyst, which writes it,
 * and a reload to the main thread. */
#include "agent/daemon/orders.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"

struct orders {
	struct analyst *analyst;
	pthread_t main_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	uint64_t begun, done;
	bool stopping;
	enum rc rc;
	struct err err;
	int64_t active, refused;
	char *reopens;
};

struct orders *orders_new(struct analyst *analyst, pthread_t main_thread)
{
	struct orders *o = heap_zero(1, sizeof *o);
	o->analyst = analyst;
	o->main_thread = main_thread;
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->changed, NULL);
	return o;
}

void orders_free(struct orders *o)
{
	if (!o)
		return;
	pthread_cond_destroy(&o->changed);
	pthread_mutex_destroy(&o->lock);
	free(o->reopens);
	free(o);
}

/* --- reload -------------------------------------------------------------------------------------- */

void orders_reload_begins(struct orders *o)
{
	pthread_mutex_lock(&o->lock);
	o->begun++;
	pthread_mutex_unlock(&o->lock);
}

void orders_reload_done(
    struct orders *o, enum rc rc, const struct err *e, const struct ruleset *rules, const char *reopens)
{
	pthread_mutex_lock(&o->lock);
	o->done++;
	o->rc = rc;
	o->err = *e;
	o->active = (int64_t)rules->n_active;
	o->refused = (int64_t)rules->n_refused;
	free(o->reopens);
	o->reopens = reopens ? heap_text(sv_from(reopens)) : NULL;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

void orders_stop(struct orders *o)
{
	pthread_mutex_lock(&o->lock);
	o->stopping = true;
	pthread_cond_broadcast(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

/* The one that begins after this moment: one that has begun may have read the files already. */
static enum rc reload(void *ctx, const struct jdoc *request, struct jout *reply, struct err *e)
{
	struct orders *o = ctx;
	(void)request;
	pthread_mutex_lock(&o->lock);
	uint64_t wanted = o->begun + 1;
	pthread_kill(o->main_thread, SIGHUP);
	while (o->done < wanted && !o->stopping)
		pthread_cond_wait(&o->changed, &o->lock);
	enum rc rc = o->done < wanted ? err_set(e, RC_STOPPED, "the agent is stopping")
		     : o->rc == RC_OK ? RC_OK
				      : err_set(e, o->rc, "%s", o->err.text);
	jout_kv_int(reply, "active", o->active);
	jout_kv_int(reply, "refused", o->refused);
	if (o->reopens)
		jout_kv(reply, "opens_anew", sv_from(o->reopens));
	pthread_mutex_unlock(&o->lock);
	return rc;
}

/* --- outbox -------------------------------------------------------------------------------------- */

struct outbox_order {
	bool retry;
	int64_t n, rows;
};

static enum rc change_outbox(void *ctx, struct store *s, struct err *e)
{
	struct outbox_order *o = ctx;
	return o->retry ? outbox_retry(s, o->n, clk_now_ms(), &o->rows, e)
			: outbox_drop(s, o->n, &o->rows, e);
}

static enum rc outbox(
    struct orders *o, bool retry, const struct jdoc *request, struct jout *reply, struct err *e)
{
	struct outbox_order order = {.retry = retry, .n = jdoc_int(request, "id", -1)};
	if (order.n < 0)
		return err_set(e, RC_USAGE, "`id` is the number of a dead letter, or 0 for all");
	enum rc rc = analyst_ask(o->analyst, change_outbox, &order, e);
	if (rc == RC_OK)
		jout_kv_int(reply, "rows", order.rows);
	return rc;
}

static enum rc retry_letters(void *ctx, const struct jdoc *request, struct jout *reply, struct err *e)
{
	return outbox(ctx, true, request, reply, e);
}

static enum rc drop_letters(void *ctx, const struct jdoc *request, struct jout *reply, struct err *e)
{
	return outbox(ctx, false, request, reply, e);
}

const struct control_order *orders_list(size_t *out_n)
{
	static const struct control_order list[] = {
	    {"reload", reload}, {"outbox.retry", retry_letters}, {"outbox.drop", drop_letters}};
	*out_n = sizeof list / sizeof *list;
	return list;
}
