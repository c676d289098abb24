/* `--jobs` of commands that read a history with several threads. */
#ifndef KW_AGENT_COMMAND_JOBS_H
#define KW_AGENT_COMMAND_JOBS_H

#include <stdint.h>

#include "agent/command/cli.h"

#define JOBS_OPTION                                                                                         \
	{                                                                                                   \
		"jobs", "N", false,                                                                         \
		    "threads that read, from 1 to 64; without it, one a core. What is printed is the same " \
		    "for any number"                                                                        \
	}

/* The threads asked for, else one a core. EXIT_USAGE, told, for what is no such number. */
enum exit_code jobs_read(const struct cli *c, unsigned *out_jobs);

/* For scan_setup.piece_bytes: tests cut small files (KW_PIECE, in test builds only). */
uint64_t jobs_piece_bytes(void);

#endif
