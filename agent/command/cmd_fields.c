/* `kendrawatch fields`: what rules can see of an event. */
#include "agent/command/commands.h"
#include "agent/event_at.h"
#include "agent/state_reader.h"
#include "alerts/redact.h"
#include "base/log.h"

static const struct cli_option options[] = {SETUP_OPTION_CONFIG, STATE_OPTION};

#define VALUE_COLUMN 60

static void row(struct buf *out, struct sv path, struct sv value, struct sv note)
{
	struct buf left = {0};
	buf_add_printable(&left, path);
	buf_printf(out, "  %-*s  ", VALUE_COLUMN, left.ptr ? left.ptr : "");
	buf_add_printable(out, value);
	if (note.ptr) {
		buf_adds(out, "    < ");
		buf_add_printable(out, note);
	}
	buf_addc(out, '\n');
	buf_fini(&left);
}

static void show_derived(struct record *r, struct buf *out)
{
	struct redact redact = {0};
	buf_adds(out, "Derived\n");
	for (int f = 0; f < KW_FIELD_COUNT; f++) {
		struct sv value = record_derived(r, (enum kw_field)f);
		struct buf shown = {0};
		if (value.ptr)
			redact_value(
			    &redact, r->root, sv_from(kw_field_name((enum kw_field)f)), value, &shown);
		row(out, sv_from(kw_field_name((enum kw_field)f)),
		    value.ptr ? buf_sv(&shown) : SV("(absent)"), record_derived_from(r, (enum kw_field)f));
		buf_fini(&shown);
	}
}

/* Every leaf by the path that a rule would write. */
static void show_tree(struct record *r, const struct tree *t, struct sv path, struct buf *out)
{
	struct redact redact = {0};
	if (t->n && (t->type == TREE_OBJECT || t->type == TREE_ARRAY)) {
		for (size_t i = 0; i < t->n; i++) {
			/* Rules do not name places in arrays: any element counts. */
			struct sv below =
			    t->type == TREE_ARRAY ? path
			    : path.len ? arena_printf(r->arena, "%.*s.%.*s", SV_ARG(path), SV_ARG(t->keys[i]))
				       : t->keys[i];
			show_tree(r, &t->items[i], below, out);
		}
		return;
	}
	struct sv value = t->type == TREE_STRING || t->type == TREE_NUMBER ? t->text : t->raw;
	struct buf shown = {0};
	redact_value(&redact, r->root, path, value, &shown);
	row(out, path, buf_sv(&shown), (struct sv){NULL, 0});
	buf_fini(&shown);
}

static void show_lacks(struct record *r, struct buf *out)
{
	if (r->time_ms == RECORD_NO_TIME)
		buf_adds(out, "Note: eventTime is absent or no time; windows and suppress_for go by the time "
			      "of detection.\n");
	if (!r->event_id.len)
		buf_adds(out, "Note: there is no eventID; the hash of the record stands in for it.\n");
	if (!r->account.len)
		buf_adds(out, "Note: there is neither recipientAccountId nor userIdentity.accountId.\n");
	if (!tree_get(r->root, SV("eventVersion")))
		buf_adds(out, "Note: there is no eventVersion; is this a CloudTrail record?\n");
}

static enum exit_code run(struct cli *c)
{
	if (c->n_words != 1)
		return cli_usage(c, "name one event: " EVENT_FORMS);
	struct config_tables tables = setup_tables();
	struct config *config;
	struct faults faults = {0};
	config_read(cli_value(c, "config"), &tables, &config, &faults);
	setup_tell(&faults, FAULT_ERROR);
	struct record_names names = {&config->index_names, &config->account_names};
	struct arena arena = {0};
	struct event_found found;
	struct record *r = &found.record;
	struct err e = {0};
	struct buf out = {0};
	enum rc rc = event_find(c, c->words[0], &arena, &names, &found, &e);
	if (rc == RC_OK) {
		event_found_note(&found, &out);
		show_derived(r, &out);
		buf_adds(&out, "Record\n");
		show_tree(r, r->root, (struct sv){NULL, 0}, &out);
		show_lacks(r, &out);
		cli_print(buf_sv(&out));
	} else {
		log_tell("kendrawatch fields: %s\n", e.text);
	}
	buf_fini(&out);
	arena_fini(&arena);
	config_free(config);
	faults_fini(&faults);
	return cli_exit_of(rc);
}

const struct command cli_fields = {"fields", options, sizeof options / sizeof *options, run};
