/* `kendrawatch new`: the first draft of a rule, with its tests, on standard output. */
#include "agent/author/newrule.h"
#include "agent/command/commands.h"
#include "agent/event_at.h"
#include "agent/setup.h"
#include "agent/state_reader.h"
#include "base/log.h"

static const struct cli_option options[] = {
    {"from", "EVENT", false, "draft it from an event: " EVENT_FORMS},
    {"api", "SERVICE:OP", false, "draft it from an API operation, as in kendra:BatchPutDocument"},
    {"as", "IDENTITY", false,
	"with --api, who calls: root, user/NAME, role/NAME (default role/app), sso/PERSON, service/NAME, "
	"federated/NAME, account/ID"},
    SETUP_OPTION_CONFIG,
    STATE_OPTION,
};

static enum rc from_event(const struct cli *c, const char *what, struct buf *out, struct err *e)
{
	struct arena arena = {0};
	struct event_found found;
	enum rc rc = event_find(c, what, &arena, NULL, &found, e);
	if (rc == RC_OK)
		rc = newrule_from_event(&found.record, out, e);
	arena_fini(&arena);
	return rc;
}

static enum exit_code run(struct cli *c)
{
	const char *from = cli_value(c, "from"), *api = cli_value(c, "api"), *as = cli_value(c, "as");
	if (c->n_words)
		return cli_usage(c, "\"%s\" is one word too many; say --from or --api", c->words[0]);
	if (!from == !api)
		return cli_usage(c, "say either --from EVENT or --api SERVICE:OP");
	if (as && !api)
		return cli_usage(c, "--as goes with --api; an event has its own caller");
	struct buf out = {0};
	struct err e = {0};
	enum rc rc = from ? from_event(c, from, &out, &e)
			  : newrule_from_api(sv_from(api), as ? sv_from(as) : SV("role/app"), &out, &e);
	if (rc == RC_OK)
		cli_print(buf_sv(&out));
	else
		log_tell("kendrawatch new: %s\n", e.text);
	buf_fini(&out);
	return cli_exit_of(rc);
}

const struct command cli_new = {"new", options, sizeof options / sizeof *options, run};
