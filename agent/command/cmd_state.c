/* `kendrawatch state`: what the agent remembers, copied and put back. Only `restore` needs the agent to be
 * stopped: everything else reads beside it. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/state_reader.h"
#include "alerts/outbox.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    STATE_OPTION,
    {"output", "FORM", false, "of info: auto (default: text on a terminal, else ndjson), text or ndjson"},
};

/* --- info ---------------------------------------------------------------------------------------- */

struct facts {
	char *path;
	int64_t bytes, holder;
	struct state_size size;
};

static void row(struct buf *out, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void row(struct buf *out, const char *name, const char *fmt, ...)
{
	char text[300];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(out, "%-10s ", name);
	buf_add_printable(out, sv_from(text));
	buf_addc(out, '\n');
}

static void show_text(const struct facts *f, struct buf *out)
{
	const struct state_size *s = &f->size;
	char oldest[CLK_TEXT], newest[CLK_TEXT];
	struct buf bytes = {0}, waiting = {0};
	clk_format(s->oldest_ms, false, oldest);
	clk_format(s->newest_ms, false, newest);
	option_show_bytes(f->bytes, &bytes);
	option_show_bytes(s->outbox_bytes, &waiting);
	row(out, "file", "%s", f->path);
	row(out, "size", "%s, version %" PRId64, bytes.ptr, s->version);
	if (f->holder > 0)
		row(out, "agent", "runs, pid %" PRId64, f->holder);
	else
		row(out, "agent", f->holder ? "runs" : "does not run");
	if (s->alerts)
		row(out, "alerts", "%" PRId64 ", %s to %s", s->alerts, oldest, newest);
	else
		row(out, "alerts", "none");
	row(out, "outbox", "%" PRId64 " waiting, %" PRId64 " dead, %s", s->pending, s->dead, waiting.ptr);
	row(out, "memory", "%" PRId64 " matches, %" PRId64 " folds, %" PRId64 " objects", s->seen, s->folds,
	    s->objects);
	buf_fini(&bytes);
	buf_fini(&waiting);
}

static void show_json(const struct facts *f, struct buf *out)
{
	const struct state_size *s = &f->size;
	char text[CLK_TEXT];
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "file", sv_from(f->path));
	jout_kv_int(&j, "bytes", f->bytes);
	jout_kv_int(&j, "version", s->version);
	jout_kv_bool(&j, "running", f->holder != 0);
	if (f->holder > 0)
		jout_kv_int(&j, "pid", f->holder);
	jout_kv_int(&j, "alerts", s->alerts);
	if (s->alerts) {
		clk_format(s->oldest_ms, true, text);
		jout_kv(&j, "oldest", sv_from(text));
		clk_format(s->newest_ms, true, text);
		jout_kv(&j, "newest", sv_from(text));
	}
	jout_kv_int(&j, "pending", s->pending);
	jout_kv_int(&j, "dead", s->dead);
	jout_kv_int(&j, "outbox_bytes", s->outbox_bytes);
	jout_kv_int(&j, "matches", s->seen);
	jout_kv_int(&j, "folds", s->folds);
	jout_kv_int(&j, "objects", s->objects);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

static enum rc info(const struct state_reader *s, bool ndjson, struct err *e)
{
	struct facts f = {.path = file_join(s->folder, "state.db"), .holder = store_holder(s->folder)};
	struct buf out = {0};
	struct stat st;
	char *log = heap_printf("%s-wal", f.path);
	enum rc rc = state_measure(s->store, &f.size, e);
	if (stat(f.path, &st) == 0)
		f.bytes = st.st_size;
	if (stat(log, &st) == 0)
		f.bytes += st.st_size;
	if (rc == RC_OK) {
		(ndjson ? show_json : show_text)(&f, &out);
		cli_print(buf_sv(&out));
	}
	buf_fini(&out);
	free(log);
	free(f.path);
	return rc;
}

/* --- backup -------------------------------------------------------------------------------------- */

/* Is it a name of something in the state folder that is not ours to replace? */
static bool is_state(const char *folder, const char *file)
{
	char *state = file_join(folder, "state.db");
	struct stat a, b;
	bool same =
	    stat(state, &a) == 0 && stat(file, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	free(state);
	return same;
}

/* An older backup of that name stays until the new one is whole. */
static enum rc backup(const struct state_reader *s, const char *file, struct err *e)
{
	if (is_state(s->folder, file))
		return err_set(e, RC_USAGE, "%s is the state itself", file);
	char *fresh = heap_printf("%s.new", file);
	struct stat st;
	enum rc rc = store_backup(s->store, fresh, e);
	if (rc == RC_OK && rename(fresh, file) != 0)
		rc = err_errno(e, RC_IO, errno, "%s: can't write", file);
	if (rc != RC_OK)
		unlink(fresh);
	else if (stat(file, &st) == 0)
		log_tell("%s: %lld bytes; it holds alerts, so keep it as safe as the state\n", file,
		    (long long)st.st_size);
	free(fresh);
	return rc;
}

/* --- restore ------------------------------------------------------------------------------------- */

static enum rc restore(const char *folder, const char *file, struct err *e)
{
	char *aside = NULL;
	enum rc rc = is_state(folder, file) ? err_set(e, RC_USAGE, "%s is the state itself", file)
					    : state_restore(folder, file, &aside, e);
	if (rc == RC_OK && aside)
		log_tell("restored; the state so far is kept as %s\n", aside);
	else if (rc == RC_OK)
		log_tell("restored; there was no state before\n");
	if (rc == RC_OK)
		log_tell("what was alerted on after the copy was made may be alerted on again\n");
	free(aside);
	return rc;
}

/* --- export -------------------------------------------------------------------------------------- */

static bool export_one(void *ctx, const struct outbox_row *r, struct sv body)
{
	struct buf out = {0};
	struct jout j = jout_on(&out);
	++*(int64_t *)ctx;
	jout_begin_object(&j);
	jout_kv(&j, "sink", r->sink);
	jout_kv(&j, "key", r->alert_id);
	jout_kv_bool(&j, "dead", r->status == OUTBOX_DEAD);
	jout_kv_int(&j, "attempts", r->attempts);
	/* The frozen bytes: a damaged page may have made them something else than JSON. */
	jout_kv(&j, "body", body);
	jout_end_object(&j);
	buf_addc(&out, '\n');
	bool open = cli_print(buf_sv(&out));
	buf_fini(&out);
	return open;
}

static enum rc export_outbox(const struct state_reader *s, struct err *e)
{
	int64_t n = 0;
	enum rc rc = outbox_export(s->store, export_one, &n, e);
	log_tell("%" PRId64 " undelivered alert%s%s\n", n, n == 1 ? "" : "s",
	    rc == RC_OK ? "" : "; the file could not be read any further");
	return rc;
}

/* --- the command --------------------------------------------------------------------------------- */

static enum exit_code read_only(struct cli *c, const char *verb, bool ndjson)
{
	struct state_reader s;
	struct err e = {0};
	enum exit_code code =
	    state_reader_open(c, strcmp(verb, "export") == 0 ? STORE_SALVAGE : STORE_READ, &s);
	if (code != EXIT_FINE)
		return code;
	enum rc rc = strcmp(verb, "info") == 0     ? info(&s, ndjson, &e)
		     : strcmp(verb, "backup") == 0 ? backup(&s, c->words[1], &e)
						   : export_outbox(&s, &e);
	if (rc != RC_OK)
		log_tell("kendrawatch state: %s\n", e.text);
	state_reader_close(&s);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	const char *verb = c->n_words ? c->words[0] : "info", *output = cli_value(c, "output");
	bool copies = strcmp(verb, "backup") == 0 || strcmp(verb, "restore") == 0;
	if (!copies && strcmp(verb, "info") != 0 && strcmp(verb, "export") != 0)
		return cli_usage(c, "say info, backup FILE, restore FILE or export, not \"%s\"", verb);
	if (copies && c->n_words != 2)
		return cli_usage(c, "%s needs one FILE", verb);
	if (!copies && c->n_words > 1)
		return cli_usage(c, "one word too many: \"%s\"", c->words[1]);
	if (output && strcmp(output, "auto") != 0 && strcmp(output, "text") != 0 &&
	    strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is auto, text or ndjson, not \"%s\"", output);
	bool ndjson =
	    !output || strcmp(output, "auto") == 0 ? !cli_terminal() : strcmp(output, "ndjson") == 0;
	if (strcmp(verb, "restore") != 0)
		return read_only(c, verb, ndjson);
	struct err e = {0};
	char *folder = state_reader_folder(c);
	enum rc rc = restore(folder, c->words[1], &e);
	if (rc != RC_OK)
		log_tell("kendrawatch state: %s\n", e.text);
	free(folder);
	return cli_exit_of(rc);
}

const struct command cli_state = {"state", options, sizeof options / sizeof *options, run};
