/* The stations of `doctor` that are on this machine: configuration, lists, rules, state. Main thread. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/doctor/doctor.h"
#include "alerts/state.h"

#define LOW_SPACE_BYTES                                                                     \
	(INT64_C(2) << 30) /* the outbox may grow to 1 GiB, and SQLite wants room beside it \
			    */
/* From here on mebibytes tell nobody anything. */
#define ROUGH_SPACE_BYTES (INT64_C(8) << 30)

/* --- configuration, lists, rules --------------------------------------------------------------------- */

static void tell_faults(struct doctor *d)
{
	const struct faults *faults = &d->setup->faults;
	struct buf text = {0};
	for (size_t i = 0; i < faults->list.n; i++) {
		if (faults->list.items[i].level != FAULT_ERROR)
			continue;
		buf_reset(&text);
		fault_show(&faults->list.items[i], &text);
		checkup_say(&d->out, CHECKUP_FAIL, NULL, "%.*s", SV_ARG(sv_trim(buf_sv(&text))));
	}
	buf_fini(&text);
}

struct waiting {
	struct sv list;
	size_t n;
	struct buf names;
};

static void add_waiting(struct waiting *w, const struct rule *r)
{
	buf_adds(&w->names, w->n++ ? ", " : "");
	buf_add(&w->names, r->name.len ? r->name : r->key);
}

static bool is_empty(const struct lists *lists, struct sv name)
{
	const struct list *l = lists_find(lists, name);
	return !l || list_count(l) == 0;
}

static void tell_waiting(struct doctor *d)
{
	const struct ruleset *set = d->setup->rules;
	VEC(struct waiting) all = {0};
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *r = set->rules.items[i];
		for (size_t k = 0; r->state == RULE_WAITING && k < r->needs.n; k++) {
			size_t at = 0;
			if (!is_empty(d->setup->lists, r->needs.items[k]))
				continue;
			while (at < all.n && !sv_eq(all.items[at].list, r->needs.items[k]))
				at++;
			if (at == all.n)
				vec_push(&all, (struct waiting){.list = r->needs.items[k]});
			add_waiting(&all.items[at], r);
		}
	}
	for (size_t i = 0; i < all.n; i++) {
		struct waiting *w = &all.items[i];
		const char *advice =
		    i + 1 < all.n ? NULL : "write under `lists:` what belongs into each of them";
		checkup_say(&d->out, CHECKUP_WARN, advice, "list %.*s is empty: %zu rule%s wait%s (%s)",
		    SV_ARG(w->list), w->n, w->n == 1 ? "" : "s", w->n == 1 ? "s" : "", w->names.ptr);
		buf_fini(&w->names);
	}
	vec_fini(&all);
}

void doctor_config(struct doctor *d)
{
	const struct setup *s = d->setup;
	checkup_at(&d->out, "configuration");
	tell_faults(d);
	if (!s->faults.n_errors)
		checkup_say(&d->out, CHECKUP_OK, NULL, "%s; sources: %zu, sinks: %zu",
		    s->config->file ? s->config->file : "(defaults)", s->config->sources.n,
		    s->config->sinks.n);
	checkup_at(&d->out, "rules");
	checkup_say(&d->out, s->rules->n_active ? CHECKUP_OK : CHECKUP_FAIL, NULL,
	    "%zu active, %zu wait for a list, %zu in shadow, %zu off, %zu refused", s->rules->n_active,
	    s->rules->n_waiting, s->rules->n_shadow, s->rules->n_off, s->rules->n_refused);
	tell_waiting(d);
}

/* --- state -------------------------------------------------------------------------------------------- */

static void tell_space(struct doctor *d, const char *folder)
{
	struct statvfs fs;
	if (statvfs(folder, &fs) != 0)
		return;
	int64_t left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	struct buf shown = {0};
	int unit = left < ROUGH_SPACE_BYTES ? 20 : 30;
	option_show_bytes(left >> unit << unit, &shown);
	if (left < LOW_SPACE_BYTES)
		checkup_say(&d->out, CHECKUP_WARN, "make room, or set agent.outbox_max lower",
		    "%s is left: undelivered alerts may take up to agent.outbox_max", shown.ptr);
	else
		checkup_say(&d->out, CHECKUP_OK, NULL, "%s: %s left", folder, shown.ptr);
	buf_fini(&shown);
}

static void tell_access(struct doctor *d, const char *folder, const struct stat *st)
{
	if (access(folder, W_OK | X_OK) != 0)
		checkup_say(&d->out, CHECKUP_FAIL, "run doctor as the agent's user, or give the folder to it",
		    "%s: user %ld may not write there", folder, (long)geteuid());
	if (st->st_mode & 077)
		checkup_say(&d->out, CHECKUP_WARN, "chmod 700 it: alerts hold who did what",
		    "%s is open to other users (mode %03o)", folder, (unsigned)(st->st_mode & 0777));
}

static void tell_content(struct doctor *d, const char *folder)
{
	struct store *store;
	struct err e = {0};
	enum rc rc = state_open(folder, STORE_READ, &store, &e);
	if (rc == RC_OK)
		store_close(store);
	else if (rc != RC_NOTFOUND)
		checkup_say(&d->out, CHECKUP_FAIL, NULL, "%s", e.text);
}

void doctor_state(struct doctor *d)
{
	const char *folder = options_text(&d->setup->config->agent, "state");
	struct stat st;
	checkup_at(&d->out, "state");
	if (stat(folder, &st) != 0 && errno == ENOENT) {
		char *parent = file_folder_of(folder);
		if (access(parent, W_OK | X_OK) == 0)
			checkup_say(&d->out, CHECKUP_OK, NULL, "%s: the first run makes it", folder);
		else if (access(parent, F_OK) != 0)
			checkup_say(&d->out, CHECKUP_FAIL, "make both for the agent's user, mode 700",
			    "%s is not there, and neither is the folder that it would be made in", folder);
		else
			checkup_say(&d->out, CHECKUP_FAIL, "make it for the agent's user, mode 700",
			    "%s is not there, and user %ld may not make it", folder, (long)geteuid());
		free(parent);
		return;
	}
	if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode)) {
		checkup_say(&d->out, CHECKUP_FAIL, "set `agent: state:` to a folder on a local disk",
		    "%s can't be used as a folder", folder);
		return;
	}
	tell_access(d, folder, &st);
	tell_space(d, folder);
	tell_content(d, folder);
}
