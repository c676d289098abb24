/* Opening the state for commands. Main thread. */
#include "agent/state_reader.h"

#include "alerts/state.h"
#include "base/log.h"

char *state_reader_folder(const struct cli *c)
{
	struct config_tables tables = setup_tables();
	struct faults faults = {0};
	struct config *config;
	if (cli_value(c, "state"))
		return heap_copy(cli_value(c, "state"));
	config_read(cli_value(c, "config"), &tables, &config, &faults);
	char *folder = heap_copy(options_text(&config->agent, "state"));
	config_free(config);
	faults_fini(&faults);
	return folder;
}

static enum rc open_state(
    const struct cli *c, enum store_mode mode, struct state_reader *out, struct faults *faults, struct err *e)
{
	struct config_tables tables = setup_tables();
	*out = (struct state_reader){0};
	config_read(cli_value(c, "config"), &tables, &out->config, faults);
	out->folder =
	    cli_value(c, "state") ? cli_value(c, "state") : options_text(&out->config->agent, "state");
	return state_open(out->folder, mode, &out->store, e);
}

enum exit_code state_reader_open(const struct cli *c, enum store_mode mode, struct state_reader *out)
{
	struct faults faults = {0};
	struct err e = {0};
	enum rc rc = open_state(c, mode, out, &faults, &e);
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

enum rc state_reader_try(const struct cli *c, struct state_reader *out, struct faults *faults, struct err *e)
{
	enum rc rc = open_state(c, STORE_READ, out, faults, e);
	if (rc != RC_OK)
		state_reader_close(out);
	return rc;
}

void state_reader_close(struct state_reader *s)
{
	store_close(s->store);
	config_free(s->config);
	*s = (struct state_reader){0};
}
