/* Opening the state for commands. Main thread. */
#include "agent/state_reader.h"

#include "alerts/state.h"
#include "base/log.h"

enum exit_code state_reader_open(const struct cli *c, bool write, struct state_reader *out)
{
	struct config_tables tables = setup_tables();
	struct faults faults = {0};
	struct err e = {0};
	*out = (struct state_reader){0};
	config_read(cli_value(c, "config"), &tables, &out->config, &faults);
	out->folder =
	    cli_value(c, "state") ? cli_value(c, "state") : options_text(&out->config->agent, "state");
	enum rc rc = state_open(out->folder, write ? STORE_WRITE : STORE_READ, &out->store, &e);
	enum exit_code code = rc == RC_NOTFOUND ? EXIT_STATE : cli_exit_of(rc);
	if (rc != RC_OK) {
		/* Whoever answers a page may not hold the agent's secrets; a fault of the configuration
		 * matters here only if the state was not found by it. */
		setup_tell(&faults, FAULT_ERROR);
		log_tell("kendrawatch %s: %s\n", c->command->name, e.text);
	}
	faults_fini(&faults);
	if (code != EXIT_FINE)
		state_reader_close(out);
	return code;
}

void state_reader_close(struct state_reader *s)
{
	store_close(s->store);
	config_free(s->config);
	*s = (struct state_reader){0};
}
