/* `kendrawatch reload`: asks the running agent to read rules and lists again, and says what came of it. */
#include <inttypes.h>

#include "agent/command/commands.h"
#include "agent/daemon/control.h"
#include "agent/state_reader.h"
#include "base/log.h"

static const struct cli_option options[] = {SETUP_OPTION_CONFIG, STATE_OPTION};

static void tell(const struct jdoc *reply)
{
	struct sv anew = jdoc_text(reply, "opens_anew");
	log_tell("reloaded: %" PRId64 " rules active, %" PRId64 " refused%s%.*s%s\n",
	    jdoc_int(reply, "active", 0), jdoc_int(reply, "refused", 0), anew.len ? "; opening " : "",
	    SV_ARG(anew), anew.len ? " anew" : "");
}

static enum exit_code run(struct cli *c)
{
	struct jdoc *reply = NULL;
	struct err e = {0};
	if (c->n_words)
		return cli_usage(c, "takes no words, but got \"%s\"", c->words[0]);
	char *folder = state_reader_folder(c);
	enum rc rc = control_ask(folder, SV("{\"do\":\"reload\"}"), &reply, &e);
	if (rc == RC_OK)
		tell(reply);
	else
		log_tell("kendrawatch reload: %s\n", e.text);
	jdoc_free(reply);
	free(folder);
	return rc == RC_NOTFOUND ? EXIT_STATE : cli_exit_of(rc);
}

const struct command cli_reload = {"reload", options, sizeof options / sizeof *options, run};
