/* The commands, one agent/cmd_*.c each. */
#ifndef KW_AGENT_COMMANDS_H
#define KW_AGENT_COMMANDS_H

#include "agent/cli.h"

#define COMMAND(symbol, name, group, synopsis, help) extern const struct command cli_##symbol;
#include "agent/command_list.h"
#undef COMMAND

#endif
