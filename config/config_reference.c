/* The reference configuration: every option at its default, made from the tables. Each line of a block begins
 * with '#'; without it the block is valid YAML, its help still in comments. */
#include "config/config_parts.h"

/* What stands for a value that has no default. */
static const char *placeholder(enum option_type t)
{
	switch (t) {
	case OPTION_TEXT: return "TEXT";
	case OPTION_BOOL: return "false";
	case OPTION_INT: return "1";
	case OPTION_SPAN: return "1h";
	case OPTION_BYTES: return "1MiB";
	case OPTION_CHOICE: return "CHOICE";
	case OPTION_PATH: return "PATH";
	case OPTION_URL: return "https://HOST/PATH";
	case OPTION_SECRET: return "env:NAME";
	case OPTION_TEXTS: return "[TEXT]";
	case OPTION_LEVEL: return "high";
	case OPTION_TIME: return "2027-01-31";
	}
	return "VALUE";
}

static struct sv first_choice(const char *choices)
{
	struct sv rest = sv_from(choices), part = SV("");
	sv_cut(&rest, '|', &part);
	return part;
}

static void write_value(const struct option *o, struct buf *out)
{
	bool required = o->fallback && strcmp(o->fallback, OPTION_REQUIRED) == 0;
	if (o->fallback && !required && o->type == OPTION_TEXTS) {
		struct sv rest = sv_from(o->fallback), part;
		buf_addc(out, '[');
		for (bool first = true; sv_cut(&rest, ',', &part); first = false) {
			buf_adds(out, first ? "" : ", ");
			buf_add(out, sv_trim(part));
		}
		buf_addc(out, ']');
	} else if (o->fallback && !required) {
		buf_adds(out, *o->fallback ? o->fallback : "''");
	} else if (o->type == OPTION_CHOICE) {
		buf_add(out, first_choice(o->choices));
	} else {
		buf_adds(out, placeholder(o->type));
	}
}

/* What the option takes, for people. */
static void write_takes(const struct option *o, struct buf *out)
{
	if (o->type == OPTION_CHOICE) {
		struct sv rest = sv_from(o->choices), part;
		buf_adds(out, "one of ");
		for (bool first = true; sv_cut(&rest, '|', &part); first = false) {
			buf_adds(out, first ? "" : ", ");
			buf_add(out, part);
		}
		return;
	}
	buf_adds(out, option_type_name(o->type));
	if (!o->max)
		return;
	void (*show)(int64_t v, struct buf * to) =
	    o->type == OPTION_SPAN ? option_show_span : option_show_bytes;
	buf_adds(out, ", from ");
	if (o->type == OPTION_INT)
		buf_printf(out, "%lld to %lld", (long long)o->min, (long long)o->max);
	else {
		show(o->min, out);
		buf_adds(out, " to ");
		show(o->max, out);
	}
}

/* Tables write their help with or without a capital and a full stop; here all have both. */
static void write_sentence(const char *help, struct buf *out)
{
	buf_addc(out, *help >= 'a' && *help <= 'z' ? (char)(*help - 32) : *help);
	buf_adds(out, help + 1);
	buf_adds(out, sv_ends(sv_from(help), SV(".")) ? "" : ".");
}

static void write_option(const struct option *o, const char *indent, struct buf *out)
{
	bool required = o->fallback && strcmp(o->fallback, OPTION_REQUIRED) == 0;
	buf_printf(out, "#%s# ", indent);
	write_sentence(o->help, out);
	buf_printf(out, "\n#%s# (", indent);
	write_takes(o, out);
	buf_adds(out, required ? "; required)\n" : o->fallback ? ")\n" : "; no default)\n");
	buf_printf(out, "#%s%s%s: ", indent, o->fallback ? "" : "# ", o->name);
	write_value(o, out);
	buf_addc(out, '\n');
}

static void write_options(const struct option_table *t, const char *indent, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		buf_adds(out, i ? "#\n" : "");
		write_option(&t->options[i], indent, out);
	}
}

static void write_section(const struct option_table *t, struct buf *out)
{
	buf_printf(out, "\n# %s\n#%s:\n", t->help, t->kind);
	write_options(t, "  ", out);
}

static void write_blocks(const char *section, const char *help, const struct option_table *const *tables,
    size_t n, struct buf *out)
{
	buf_printf(out, "\n# %s\n#%s:\n", help, section);
	for (size_t i = 0; i < n; i++) {
		const char *type = strrchr(tables[i]->kind, '.');
		type = type ? type + 1 : tables[i]->kind;
		buf_adds(out, i ? "#\n#  # " : "#  # ");
		write_sentence(tables[i]->help, out);
		buf_printf(out, "\n#  my_%s:\n#    type: %s\n", type, type);
		write_options(tables[i], "    ", out);
	}
}

static void write_rules(struct buf *out)
{
	write_section(&config_rules_table, out);
	buf_printf(out, "#  # %s\n#  overrides:\n#    some_rule:\n", config_override_table.help);
	write_options(&config_override_table, "      ", out);
}

static void write_names(struct buf *out)
{
	buf_adds(out, "\n# Names that people know instead of account numbers and index ids.\n"
		      "#names:\n"
		      "#  accounts: {'111122223333': prod}\n"
		      "#  indexes: {3f1c9d2e-0000-4000-8000-000000000001: hr-policies}\n");
}

static void write_lists(struct buf *out)
{
	buf_printf(out, "\n# %s A rule whose list is empty or undeclared waits.\n#lists:\n#  my_list:\n",
	    list_table.help);
	write_options(&list_table, "    ", out);
	buf_adds(out, "#    # the values; keyed lists: {KEY: [value, …]}\n"
		      "#    values: []\n");
}

static void write_routes(struct buf *out)
{
	buf_printf(out, "\n# %s\n# Without routes everything goes to every sink.\n#routes:\n#  -\n",
	    config_route_table.help);
	buf_printf(out, "#    # %s\n#    when:\n", config_when_table.help);
	write_options(&config_when_table, "      ", out);
	write_options(&config_route_table, "    ", out);
}

void config_write_reference(const struct config_tables *tables, struct buf *out)
{
	buf_adds(out,
	    "# Every option of kendrawatch, at its default. Nothing here is needed: take what you change.\n"
	    "# Made by `kendrawatch list options --output yaml`; examples/ holds whole configurations.\n"
	    "# Relative paths are taken from this file's folder. A secret is env:NAME or file:PATH.\n");
	write_section(&config_agent_table, out);
	write_names(out);
	write_lists(out);
	write_rules(out);
	write_blocks("sources", "Where events come from, by name.", tables->sources, tables->n_sources, out);
	write_blocks("sinks", "Where alerts go, by name.", tables->sinks, tables->n_sinks, out);
	write_routes(out);
	write_section(&config_watch_table, out);
	write_section(&config_heartbeat_table, out);
	write_section(&config_listen_table, out);
}
