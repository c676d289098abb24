/* The test that would kill a mutant: found by trying, so that what is suggested works. */
#ifndef KW_AGENT_AUTHOR_MUTATE_KILLER_H
#define KW_AGENT_AUTHOR_MUTATE_KILLER_H

#include "agent/author/mutate/mutant.h"

/* Looks for a case of the suite and one change to its event on which rule and mutant disagree, and appends
 * what to write ("\"stranger\" with set: {errorCode: \"AccessDenied\"}, match: false"); where none is found,
 * what kind of case it would be. The rule must be whole. */
void killer_suggest(const struct suite *s, const struct mutant *m, struct buf *out);

#endif
