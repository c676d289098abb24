/* The commands, one cmd_*.c each. */
#ifndef KW_AGENT_COMMAND_COMMANDS_H
#define KW_AGENT_COMMAND_COMMANDS_H

#include "agent/command/cli.h"

#define COMMAND(symbol, name, group, synopsis, help) extern const struct command cli_##symbol;
#include "agent/command/command_list.h"
#undef COMMAND

#endif
