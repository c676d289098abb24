/* The script for bash. Words that a value may be come from the option's own placeholder: FILE, PATH and
 * FOLDER are completed as files, all else is left to the person. */
#include "agent/command/completion.h"

#include "agent/command/commands.h"

static const struct {
	const char *name, *synopsis;
	const struct command *command;
} listed[] = {
#define COMMAND(symbol, name, group, synopsis, help) {name, synopsis, &cli_##symbol},
#include "agent/command/command_list.h"
#undef COMMAND
};
#define N_LISTED (sizeof listed / sizeof *listed)

static bool is_verb(struct sv word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!(word.ptr[i] >= 'a' && word.ptr[i] <= 'z') && word.ptr[i] != '-')
			return false;
	return word.len > 0 && word.ptr[0] != '-';
}

/* The verbs of a synopsis such as `[list|show HANDLE|tail] [OPTION]...`. */
static void verbs(struct buf *out, const char *synopsis)
{
	struct sv rest = sv_from(synopsis), group, choice;
	if (!sv_cut(&rest, ']', &group) || !sv_starts(group, SV("[")))
		return;
	for (group = sv_skip(group, 1); sv_cut(&group, '|', &choice);) {
		struct sv word;
		sv_cut(&choice, ' ', &word);
		if (is_verb(word))
			buf_printf(out, " %.*s", SV_ARG(word));
	}
}

static void words_of(struct buf *out, size_t i)
{
	const struct command *c = listed[i].command;
	buf_printf(out, "\t%s) words=\"--help", listed[i].name);
	for (size_t k = 0; k < c->n_options; k++)
		buf_printf(out, " --%s", c->options[k].name);
	verbs(out, listed[i].synopsis);
	buf_adds(out, "\" ;;\n");
}

/* Options whose value is no file: `command:--option`. */
static void plain_values(struct buf *out)
{
	bool first = true;
	for (size_t i = 0; i < N_LISTED; i++) {
		const struct command *c = listed[i].command;
		for (size_t k = 0; k < c->n_options; k++) {
			struct sv v = sv_from(c->options[k].value);
			if (!v.len || sv_starts(v, SV("FILE")) || sv_starts(v, SV("PATH")) ||
			    sv_starts(v, SV("FOLDER")) || sv_starts(v, SV("DIR")))
				continue;
			buf_printf(
			    out, "%s%s:--%s", first ? "\t" : " | \\\n\t", listed[i].name, c->options[k].name);
			first = false;
		}
	}
	buf_adds(out, ") return ;;\n");
}

void completion_bash(struct buf *out)
{
	buf_adds(out, "# Written by `kendrawatch help --completion bash` from agent/command/command_list.h; "
		      "a test compares.\n"
		      "_kendrawatch()\n{\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words=\n"
		      "\tCOMPREPLY=()\n"
		      "\tif [ \"$COMP_CWORD\" -le 1 ]; then\n"
		      "\t\twords=\"--help --version");
	for (size_t i = 0; i < N_LISTED; i++)
		buf_printf(out, " %s", listed[i].name);
	buf_adds(out,
	    "\"\n\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n\t\treturn\n\tfi\n"
	    "\tcase \"$command\" in\n");
	for (size_t i = 0; i < N_LISTED; i++)
		words_of(out, i);
	buf_adds(out, "\tesac\n\tcase \"$command:${COMP_WORDS[COMP_CWORD-1]}\" in\n");
	plain_values(out);
	buf_adds(out, "\tesac\n"
		      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
		      "\tif [ \"${cur:0:1}\" != - ]; then\n"
		      "\t\tlocal files\n"
		      "\t\tmapfile -t files < <(compgen -f -- \"$cur\")\n"
		      "\t\tCOMPREPLY+=(\"${files[@]}\")\n"
		      "\t\tcompopt -o filenames 2>/dev/null\n"
		      "\tfi\n}\ncomplete -F _kendrawatch kendrawatch\n");
}
