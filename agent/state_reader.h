/* How commands reach the state that an agent writes. */
#ifndef KW_AGENT_STATE_READER_H
#define KW_AGENT_STATE_READER_H

#include "agent/setup.h"
#include "base/store.h"

/* Options that state_reader_open understands, for a command's table. */
#define STATE_OPTION                                                                                 \
	{                                                                                            \
		"state", "FOLDER", false, "state folder (default: agent.state of the configuration)" \
	}

struct state_reader {
	struct config *config;
	struct store *store;
	const char *folder;
};

/* The state folder that the command line or the configuration names, heap. Faults of the configuration are
 * not told.
 */
char *state_reader_folder(const struct cli *c);

/* Opens the state; for writing, that takes the agent's lock. Says on standard error what is wrong. */
enum exit_code state_reader_open(const struct cli *c, enum store_mode mode, struct state_reader *out);

/* Opens it for reading and says nothing: for commands that need it only now and then. RC_NOTFOUND when there
 * is none; faults of the configuration are added to `faults`. */
enum rc state_reader_try(const struct cli *c, struct state_reader *out, struct faults *faults, struct err *e);
void state_reader_close(struct state_reader *s);

#endif
