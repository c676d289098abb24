/* What most commands begin with: configuration, lists and rules, loaded and reported in one way. */
#ifndef KW_AGENT_SETUP_H
#define KW_AGENT_SETUP_H

#include "agent/command/cli.h"
#include "base/file.h"
#include "config/config.h"
#include "rules/event/record.h"
#include "rules/load.h"

struct setup {
	struct config *config;
	struct ruleset *rules;
	struct lists lists_file;   /* of --lists; empty: the configuration's are used */
	const struct lists *lists; /* the ones in use */
	struct record_names names;
	struct faults faults; /* of everything loaded, sorted */
};

/* Options that setup_load understands, for a command's table. */
#define SETUP_OPTION_CONFIG                                   \
	{                                                     \
		"config", "FILE", false, "configuration file" \
	}
#define SETUP_OPTION_RULES                                                                    \
	{                                                                                     \
		"rules", "PATH", true, "rule file or folder, instead of the configured packs" \
	}
#define SETUP_OPTION_ADD_RULES                                                                 \
	{                                                                                      \
		"add-rules", "PATH", true, "rule file or folder, besides the configured packs" \
	}
#define SETUP_OPTION_LISTS                                                                                  \
	{                                                                                                   \
		"lists", "FILE", false, "YAML file with the `lists:` to use instead of the configuration's" \
	}

/* All source and sink types there are. */
struct config_tables setup_tables(void);

/* Loads. Faults are kept for the caller to show; the rules that are right are loaded whatever else is wrong.
 * RC_CONFIG when the configuration has errors (*out is filled all the same and wants setup_fini). */
enum rc setup_load(const struct cli *c, struct setup *out);
void setup_fini(struct setup *s);

/* agent.name, else the host's name. Main thread. */
const char *setup_agent_name(const struct setup *s);

/* Reads the file of --lists, when it is given, and has its lists used instead of the configuration's; faults
 * are added to the setup's. For commands that don't go through setup_load, which does it too. */
void setup_read_lists(const struct cli *c, struct setup *s);

/* Loads the rules again (and only them) with the setup's configuration; faults are appended to `faults`. */
struct ruleset *setup_load_rules(const struct cli *c, const struct setup *s, struct faults *faults);

/* The rule files and folders of the command line or the configuration, appended; and the rules of any such
 * list, with the setup's lists and overrides. */
void setup_rule_paths(
    const struct cli *c, const struct setup *s, struct file_list *out, struct faults *faults);
struct ruleset *setup_load_paths(
    const struct cli *c, const struct setup *s, const struct file_list *list, struct faults *faults);

/* Writes faults at or above `level` to standard error, a line each. */
void setup_tell(const struct faults *faults, enum fault_level level);

#endif
