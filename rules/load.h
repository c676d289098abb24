/* Loading rule documents: YAML files and folders → a rule set. A faulty document is refused with its reason
 * and never stops the others. */
#ifndef KW_RULES_LOAD_H
#define KW_RULES_LOAD_H

#include "base/fault.h"
#include "config/lists.h"
#include "rules/rule.h"

/* `rules.overrides` of the configuration: change a shipped rule without editing it. */
struct rule_override {
	struct sv rule;          /* name or id */
	struct sv mode;          /* "shadow", "off", "active"; empty: leave */
	struct sv level;         /* empty: leave */
	int64_t suppress_for_ms; /* -1: leave */
	int64_t until_ms; /* RC: past this moment the override no longer counts and is reported; INT64_MAX:
			     for ever */
	struct sv owner, reason;
	const char *file; /* place, for faults */
	int line, col;
};

struct load_input {
	const char *const *paths; /* files and folders (*.yml, *.yaml), loaded in byte order */
	size_t n_paths;
	const struct lists *lists; /* for |expand; NULL: none */
	const struct rule_override *overrides;
	size_t n_overrides;
	int64_t now_ms; /* for `until` of overrides and filters; 0: all of them count */
};

/* Always gives a set (perhaps empty). Faults hold everything refused, skipped or doubtful, sorted. */
struct ruleset *rules_load(const struct load_input *in, struct faults *faults);

/* One text instead of files, for tests, fuzzing and the workbench; `file` is its name in faults. */
struct ruleset *rules_load_text(
    const char *file, struct sv yaml, const struct lists *lists, struct faults *faults);

/* Where the packs are: rules/packs of the build tree that holds the executable, share/kendrawatch/packs of
 * the installation that holds it, or the compiled data folder; heap, NULL when neither is there. Never the
 * current directory. */
char *rules_packs_folder(void);

#endif
