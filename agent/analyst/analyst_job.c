/* Jobs of others on the analyst's thread, which has the only connection that writes. One at a time: they come
 * from people at a command line. */
#include "agent/analyst/analyst_parts.h"

#define JOB_MS 10000

bool analyst_job_waits(const struct analyst *a)
{
	return a->job && !a->job->running;
}

static enum rc run_job(struct analyst *a, const struct analyst_job *j)
{
	enum rc rc = store_begin(a->setup.store, j->err);
	if (rc != RC_OK)
		return rc;
	rc = j->run(j->ctx, a->setup.store, j->err);
	if (rc == RC_OK)
		rc = store_commit(a->setup.store, j->err);
	if (rc != RC_OK)
		store_rollback(a->setup.store);
	return rc;
}

bool analyst_job_do(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	struct analyst_job *j = analyst_job_waits(a) ? a->job : NULL;
	if (j)
		j->running = true;
	pthread_mutex_unlock(&a->lock);
	if (!j)
		return false;
	enum rc rc = run_job(a, j);
	/* What it changed may be due. */
	if (rc == RC_OK)
		a->setup.added(a->setup.ctx);
	pthread_mutex_lock(&a->lock);
	j->rc = rc;
	j->done = true;
	a->job = NULL;
	pthread_cond_broadcast(&a->answered);
	pthread_mutex_unlock(&a->lock);
	return rc == RC_OK;
}

void analyst_job_end(struct analyst *a)
{
	pthread_mutex_lock(&a->lock);
	a->ended = true;
	if (a->job) {
		a->job->rc = err_set(a->job->err, RC_STOPPED, "the agent is stopping");
		a->job->done = true;
		a->job = NULL;
	}
	pthread_cond_broadcast(&a->answered);
	pthread_mutex_unlock(&a->lock);
}

static bool overdue(const struct timespec *until)
{
	int64_t at_ms = (int64_t)until->tv_sec * 1000 + until->tv_nsec / 1000000;
	return clk_mono_ms() >= at_ms;
}

/* Under the lock. */
static void wait_for(struct analyst *a, struct analyst_job *j)
{
	int64_t at_ms = clk_mono_ms() + JOB_MS;
	struct timespec until = {(time_t)(at_ms / 1000), (long)(at_ms % 1000) * 1000000};
	a->job = j;
	pthread_cond_signal(&a->came);
	while (!j->done && (j->running || !overdue(&until)))
		pthread_cond_timedwait(&a->answered, &a->lock, &until);
	if (!j->done) {
		a->job = NULL;
		j->rc = err_set(
		    j->err, RC_RETRY, "the agent is busy: it did not come to it within %d s", JOB_MS / 1000);
	}
}

enum rc analyst_ask(
    struct analyst *a, enum rc (*job)(void *ctx, struct store *s, struct err *e), void *ctx, struct err *e)
{
	struct analyst_job j = {.run = job, .ctx = ctx, .err = e};
	pthread_mutex_lock(&a->lock);
	if (a->ended)
		j.rc = err_set(e, RC_STOPPED, "the agent is stopping");
	else if (a->job)
		j.rc = err_set(e, RC_RETRY, "the agent is busy with another request");
	else
		wait_for(a, &j);
	pthread_mutex_unlock(&a->lock);
	return j.rc;
}

void analyst_look(struct analyst *a, struct analyst_vitals *out)
{
	pthread_mutex_lock(&a->lock);
	*out = (struct analyst_vitals){a->inbox.stretches.n, a->full, a->failing, a->committed_ms};
	pthread_mutex_unlock(&a->lock);
}
