/* What `config check` tries: every source and sink is opened once and closed again. */
#include "agent/daemon/daemon_parts.h"

struct sink_context daemon_sink_context(const struct setup *setup)
{
	return (struct sink_context){.agent = setup_agent_name(setup),
	    .timezone = options_text(&setup->config->agent, "timezone"),
	    .config_folder = setup->config->folder,
	    .stdout_fd = 1};
}

/* What no two sources can share. */
enum rc daemon_check_source(const struct config *config, size_t index, struct err *e)
{
	const struct config_block *block = &config->sources.items[index];
	for (size_t i = 0; i < index && strcmp(block->type, "stdin") == 0; i++)
		if (strcmp(config->sources.items[i].type, block->type) == 0)
			return err_set(e, RC_CONFIG, "source %s: source %s reads standard input already",
			    block->name, config->sources.items[i].name);
	return RC_OK;
}

/* A path that is not there yet may be there at the start, or on the machine that this configuration is for.
 */
static void try_source(const struct config *config, size_t index, struct faults *faults)
{
	const struct config_block *block = &config->sources.items[index];
	const struct options *o = &block->options;
	struct ledger nothing = {0};
	struct source *source;
	struct err e = {0};
	const struct source_type *type = source_type_find(block->type);
	enum rc rc = daemon_check_source(config, index, &e);
	if (rc == RC_OK) {
		rc = type->open(&(struct source_setup){.name = block->name, .options = o, .ledger = &nothing},
		    &source, &e);
		if (rc == RC_OK)
			type->close(source);
	}
	if (rc != RC_OK)
		fault_add(faults, rc == RC_CONFIG ? FAULT_ERROR : FAULT_WARNING, o->file, o->line, o->col,
		    "%s", e.text);
}

void daemon_check(const struct setup *setup, struct faults *faults)
{
	const struct config *config = setup->config;
	struct sink_context context = daemon_sink_context(setup);
	if (!config->sources.n)
		fault_add(
		    faults, FAULT_ERROR, config->file ? config->file : "-", 0, 0, "%s", DAEMON_NO_SOURCES);
	listen_check(&config->listen, faults);
	for (size_t i = 0; i < config->sources.n; i++)
		try_source(config, i, faults);
	for (size_t i = 0; i < config->sinks.n; i++) {
		const struct config_block *block = &config->sinks.items[i];
		const struct sink_type *type = sink_type_find(sv_from(block->type));
		struct sink *sink;
		struct err e = {0};
		if (!type->request)
			continue;
		if (type->open(&block->options, &context, &sink, &e) == RC_OK)
			type->close(sink);
		else
			fault_add(faults, FAULT_ERROR, block->options.file, block->options.line,
			    block->options.col, "sink %s: %s", block->name, e.text);
	}
}
