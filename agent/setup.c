/* Loading of configuration, lists and rules for commands. Main thread. */
#include "agent/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/source/source.h"
#include "alerts/sink/sink.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define MAX_TYPES 32
#define LISTS_BYTES ((size_t)16 << 20)

struct config_tables setup_tables(void)
{
	static const struct option_table *sources[MAX_TYPES], *sinks[MAX_TYPES];
	size_t n_sources, n_sinks;
	const struct source_type *const *source = source_types(&n_sources);
	const struct sink_type *const *sink = sink_types(&n_sinks);
	for (size_t i = 0; i < n_sources; i++)
		sources[i] = source[i]->table;
	for (size_t i = 0; i < n_sinks; i++)
		sinks[i] = sink[i]->table;
	return (struct config_tables){sources, n_sources, sinks, n_sinks};
}

/* A pack is a name below the packs folder, or a path (with a slash) relative to the configuration's folder.
 */
static void add_pack(struct file_list *list, const char *pack, const char *packs_folder,
    const struct config *config, struct faults *faults)
{
	const char *file = config->file ? config->file : "-";
	char *path;
	if (!strchr(pack, '/')) {
		if (!packs_folder) {
			fault_add(faults, FAULT_ERROR, file, 0, 0,
			    "pack \"%s\": the packs are neither installed in " KW_DATADIR
			    "/packs nor beside the executable's build tree",
			    pack);
			return;
		}
		path = file_join(packs_folder, pack);
	} else {
		path = pack[0] == '/' || !config->folder ? heap_copy(pack) : file_join(config->folder, pack);
	}
	if (access(path, F_OK) != 0) {
		fault_add(faults, FAULT_ERROR, file, 0, 0, "pack \"%s\": there is no %s", pack, path);
		free(path);
		return;
	}
	vec_push(&list->paths, path);
}

static void add_packs(struct file_list *list, const struct config *config, struct faults *faults)
{
	const struct option_value *packs = options_get(&config->rules, "packs");
	char *folder = rules_packs_folder();
	for (size_t i = 0; i < packs->texts.n; i++)
		add_pack(list, packs->texts.items[i], folder, config, faults);
	free(folder);
}

static void add_given(struct file_list *list, const struct cli *c, const char *option, struct faults *faults)
{
	size_t n;
	const char **given = cli_values(c, option, &n);
	for (size_t i = 0; i < n; i++) {
		if (access(given[i], F_OK) != 0)
			fault_add(faults, FAULT_ERROR, given[i], 0, 0,
			    "there is no such rule file or folder (--%s)", option);
		else
			vec_push(&list->paths, heap_copy(given[i]));
	}
	free(given);
}

static struct rule_override override_of(const struct config_override *from)
{
	const struct options *o = &from->options;
	const struct option_value *suppress = options_get(o, "suppress_for"),
				  *level = options_get(o, "level"), *until = options_get(o, "until");
	return (struct rule_override){
	    .rule = sv_from(from->rule),
	    .mode = sv_from(options_text(o, "mode")),
	    .level = level->set ? sv_from(level_name((enum level)level->number)) : sv_from(NULL),
	    .suppress_for_ms = suppress->set ? suppress->number : -1,
	    .until_ms = until->set ? until->number : INT64_MAX,
	    .owner = sv_from(options_text(o, "owner")),
	    .reason = sv_from(options_text(o, "reason")),
	    .file = o->file,
	    .line = o->line,
	    .col = o->col,
	};
}

void setup_rule_paths(
    const struct cli *c, const struct setup *s, struct file_list *out, struct faults *faults)
{
	if (cli_flag(c, "rules"))
		add_given(out, c, "rules", faults);
	else
		add_packs(out, s->config, faults);
	add_given(out, c, "add-rules", faults);
}

struct ruleset *setup_load_paths(
    const struct cli *c, const struct setup *s, const struct file_list *list, struct faults *faults)
{
	VEC(struct rule_override) overrides = {0};
	bool only = cli_flag(c, "rules");
	for (size_t i = 0; i < s->config->overrides.n; i++)
		vec_push(&overrides, override_of(&s->config->overrides.items[i]));
	struct ruleset *rules = rules_load(
	    &(struct load_input){
		.paths = (const char *const *)list->paths.items,
		.n_paths = list->paths.n,
		.lists = s->lists,
		.overrides = only ? NULL : overrides.items,
		.n_overrides = only ? 0 : overrides.n,
		.now_ms = clk_now_ms(),
	    },
	    faults);
	vec_fini(&overrides);
	return rules;
}

struct ruleset *setup_load_rules(const struct cli *c, const struct setup *s, struct faults *faults)
{
	struct file_list list = {0};
	setup_rule_paths(c, s, &list, faults);
	struct ruleset *rules = setup_load_paths(c, s, &list, faults);
	file_list_fini(&list);
	return rules;
}

static void read_lists_file(struct setup *s, const char *path)
{
	struct buf bytes = {0};
	struct err e = {0};
	if (file_read(path, LISTS_BYTES, &bytes, &e) != RC_OK) {
		fault_add(&s->faults, FAULT_ERROR, path, 0, 0, "%s", e.text);
	} else {
		struct ydoc *y = ydoc_parse(path, buf_sv(&bytes), 0, &s->faults);
		const struct ydoc_node *root = ydoc_count(y) ? ydoc_root(y, 0) : NULL;
		const struct ydoc_node *lists = ydoc_get(root, "lists");
		const char *slash = strrchr(path, '/');
		char *folder = slash ? heap_text(sv_of(path, (size_t)(slash - path))) : heap_copy(".");
		lists_read(&s->lists_file, lists ? lists : root, path, folder, NULL, &s->faults);
		free(folder);
		ydoc_free(y);
	}
	buf_fini(&bytes);
}

void setup_read_lists(const struct cli *c, struct setup *s)
{
	s->lists = &s->config->lists;
	if (!cli_value(c, "lists"))
		return;
	read_lists_file(s, cli_value(c, "lists"));
	s->lists = &s->lists_file;
}

enum rc setup_load(const struct cli *c, struct setup *out)
{
	struct config_tables tables = setup_tables();
	*out = (struct setup){0};
	config_read(cli_value(c, "config"), &tables, &out->config, &out->faults);
	out->names = (struct record_names){&out->config->index_names, &out->config->account_names};
	setup_read_lists(c, out);
	size_t config_errors = out->faults.n_errors;
	out->rules = setup_load_rules(c, out, &out->faults);
	faults_sort(&out->faults);
	return config_errors ? RC_CONFIG : RC_OK;
}

const char *setup_agent_name(const struct setup *s)
{
	static char host[256];
	const char *name = options_text(&s->config->agent, "name");
	if (name)
		return name;
	if (!host[0] && gethostname(host, sizeof host - 1) != 0)
		snprintf(host, sizeof host, "kendrawatch");
	return host;
}

void setup_fini(struct setup *s)
{
	ruleset_unref(s->rules);
	lists_fini(&s->lists_file);
	config_free(s->config);
	faults_fini(&s->faults);
}

void setup_tell(const struct faults *faults, enum fault_level level)
{
	struct buf out = {0};
	for (size_t i = 0; i < faults->list.n; i++) {
		if (faults->list.items[i].level < level)
			continue;
		buf_reset(&out);
		fault_show(&faults->list.items[i], &out);
		log_tell("%s", out.ptr);
	}
	buf_fini(&out);
}
