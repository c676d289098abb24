/* The way of an event, station by station. Called by cmd_doctor.c; owns nothing. */
#include "agent/doctor/doctor.h"

#include "agent/source/source.h"
#include "alerts/sink/sink.h"
#include "base/aws/arn.h"
#include "config/aws_options.h"

/* --- links ------------------------------------------------------------------------------------------ */

/* The block's own option, else the region that the ARNs of the grants name. */
static char *region_of(const struct options *options, const struct grants *g)
{
	for (size_t i = 0; i < options->table->n; i++)
		if (strcmp(options->table->options[i].name, "region") == 0 && options->values[i].text)
			return heap_copy(options->values[i].text);
	for (size_t i = 0; i < g->list.n; i++) {
		struct arn arn;
		if (arn_parse(g->list.items[i].resource, &arn) && arn.region.len)
			return heap_text(arn.region);
	}
	return NULL;
}

static bool link_of(const struct config_block *block,
    void (*ask)(const struct options *options, struct grants *out), struct doctor_link *out)
{
	struct grants needed = {0};
	struct err e = {0};
	if (!ask || !aws_options_in(block->options.table) ||
	    aws_options_read(&block->options, &out->aws, &e) != RC_OK)
		return false;
	ask(&block->options, &needed);
	out->region = region_of(&block->options, &needed);
	out->aws.region = out->aws.credentials.region = out->region;
	grants_fini(&needed);
	return true;
}

bool doctor_link_of_source(const struct config_block *block, struct doctor_link *out)
{
	const struct source_type *type = source_type_find(block->type);
	return type && link_of(block, type->grants, out);
}

bool doctor_link_of_sink(const struct config_block *block, struct doctor_link *out)
{
	const struct sink_type *type = sink_type_find(sv_from(block->type));
	return type && link_of(block, type->grants, out);
}

void doctor_link_fini(struct doctor_link *l)
{
	free(l->region);
	*l = (struct doctor_link){0};
}

/* --- sources and sinks ------------------------------------------------------------------------------- */

static void look_at(struct doctor *d, const char *what, const struct config_block *block,
    void (*check)(const struct options *options, struct checkup *out), bool outside)
{
	checkup_at(&d->out, "%s %s", what, block->name);
	if (!check)
		checkup_say(
		    &d->out, CHECKUP_OK, NULL, "%s: there is nothing to look at before it runs", block->type);
	else if (outside && d->offline)
		checkup_say(&d->out, CHECKUP_SKIP, NULL, "%s: not asked (--offline)", block->type);
	else
		check(&block->options, &d->out);
}

static bool is_local(const char *type)
{
	return strcmp(type, "directory") == 0 || strcmp(type, "file") == 0;
}

static void look_at_sources(struct doctor *d)
{
	const struct config *config = d->setup->config;
	checkup_at(&d->out, "sources");
	if (!config->sources.n)
		checkup_say(&d->out, CHECKUP_FAIL, "write one, or let `kendrawatch init` do it",
		    "the configuration has none: no event ever arrives");
	for (size_t i = 0; i < config->sources.n; i++) {
		const struct config_block *block = &config->sources.items[i];
		const struct source_type *type = source_type_find(block->type);
		look_at(d, "source", block, type ? type->check : NULL, !is_local(block->type));
	}
}

static void look_at_sinks(struct doctor *d)
{
	const struct config *config = d->setup->config;
	checkup_at(&d->out, "sinks");
	if (!config->sinks.n)
		checkup_say(&d->out, CHECKUP_FAIL, "write one, or let `kendrawatch init --to …` do it",
		    "the configuration has none: no alert reaches anybody");
	for (size_t i = 0; i < config->sinks.n; i++) {
		const struct config_block *block = &config->sinks.items[i];
		const struct sink_type *type = sink_type_find(sv_from(block->type));
		look_at(d, "sink", block, type ? type->check : NULL, true);
	}
}

void doctor_look(struct doctor *d)
{
	doctor_config(d);
	doctor_state(d);
	doctor_identities(d);
	doctor_trails(d);
	look_at_sources(d);
	look_at_sinks(d);
}
