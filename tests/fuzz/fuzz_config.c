/* Any bytes as a configuration: no crash, no leak, and a refused value never costs a section its defaults. */
#include <assert.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct option hook_options[] = {
    {"url", OPTION_URL, OPTION_REQUIRED, 0, 0, NULL, "where"},
    {"secret", OPTION_SECRET, NULL, 0, 0, NULL, "key"},
    {"path", OPTION_PATH, NULL, 0, 0, NULL, "file"},
    {"tries", OPTION_INT, "3", 1, 9, NULL, "how often"},
    {"at", OPTION_TIME, NULL, 0, 0, NULL, "when"},
    {"words", OPTION_TEXTS, "a,b", 0, 0, NULL, "words"},
};
static const struct option_table hook = {"sinks.hook", "A hook.", hook_options, 6};
static const struct option_table in = {"sources.in", "A source.", NULL, 0};
static const struct option_table *const sinks[] = {&hook}, *const sources[] = {&in};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config_tables tables = {sources, 1, sinks, 1};
	struct faults faults = {0};
	struct buf shown = {0};
	struct config *c;
	config_read_text("fuzz.yaml", sv_of(data, size), &tables, &c, &faults);
	assert(options_number(&c->agent, "max_age") >= 60000);
	assert(options_text(&c->agent, "state")[0] != 0);
	for (size_t i = 0; i < faults.list.n; i++)
		fault_show(&faults.list.items[i], &shown);
	config_free(c);
	faults_fini(&faults);
	buf_fini(&shown);
	return 0;
}
