/* `kendrawatch list`: everything that has a name, from the same tables as the code. */
#include <stdio.h>
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/self.h"
#include "agent/setup.h"
#include "agent/source/source.h"
#include "alerts/sink/sink.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/metric.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    {"output", "FORM", false,
	"auto (default: text on a terminal, else ndjson), text, ndjson; for options also yaml: a "
	"configuration with every option at its default"},
    {"state", "STATE", false, "of rules, only those active, waiting, shadow, off or refused"},
};

/* A table: text columns or one object a line. */
struct table {
	bool ndjson;
	struct buf out;
	struct jout j;
	size_t column;
	const struct column *columns;
	size_t n_columns;
};

struct column {
	const char *name;
	int width; /* 0: the rest of the line */
};

static void begin_row(struct table *t)
{
	t->column = 0;
	if (t->ndjson) {
		t->j = jout_on(&t->out);
		jout_begin_object(&t->j);
	}
}

static void cell(struct table *t, struct sv value)
{
	const struct column *c = &t->columns[t->column++];
	if (t->ndjson) {
		jout_kv(&t->j, c->name, value);
		return;
	}
	struct buf shown = {0};
	buf_add_printable(&shown, value);
	if (c->width)
		buf_printf(&t->out, "%-*s  ", c->width, shown.ptr ? shown.ptr : "");
	else
		buf_add(&t->out, buf_sv(&shown));
	buf_fini(&shown);
}

static void end_row(struct table *t)
{
	if (t->ndjson)
		jout_end_object(&t->j);
	while (!t->ndjson && t->out.len && t->out.ptr[t->out.len - 1] == ' ')
		t->out.len--;
	buf_addc(&t->out, '\n');
}

static void begin_table(struct table *t, const struct column *columns, size_t n)
{
	t->columns = columns;
	t->n_columns = n;
	if (t->ndjson)
		return;
	begin_row(t);
	for (size_t i = 0; i < n; i++) {
		char upper[32];
		size_t len = 0;
		for (const char *p = columns[i].name; *p && len + 1 < sizeof upper; p++)
			upper[len++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p == '_' ? ' ' : *p;
		cell(t, sv_of(upper, len));
	}
	end_row(t);
}

/* --- rules and lists ----------------------------------------------------------------------------- */

static void list_rules(struct table *t, const struct setup *s, const char *state)
{
	static const struct column columns[] = {
	    {"name", 38}, {"level", 13}, {"state", 8}, {"reason", 44}, {"title", 0}, {"id", 0}, {"file", 0}};
	begin_table(t, columns, t->ndjson ? 7 : 5);
	for (size_t i = 0; i < s->rules->rules.n; i++) {
		const struct rule *r = s->rules->rules.items[i];
		if (state && strcmp(state, rule_state_name(r->state)) != 0)
			continue;
		begin_row(t);
		cell(t, r->name.ptr ? r->name : r->key);
		cell(t, sv_from(level_name(r->level)));
		cell(t, sv_from(rule_state_name(r->state)));
		cell(t, r->state_reason);
		cell(t, r->title);
		if (t->ndjson) {
			cell(t, r->id);
			cell(t, r->file);
		}
		end_row(t);
	}
}

static bool holds(const struct sv *names, size_t n, struct sv name)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(names[i], name))
			return true;
	return false;
}

/* Names of the rules that use or need a list, joined. */
static void rules_of_list(const struct ruleset *set, struct sv list, bool waiting, struct buf *out)
{
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *r = set->rules.items[i];
		if (!holds(r->lists_used.items, r->lists_used.n, list) &&
		    !holds(r->needs.items, r->needs.n, list))
			continue;
		if (waiting != (r->state == RULE_WAITING))
			continue;
		buf_adds(out, out->len ? ", " : "");
		buf_add(out, r->name.ptr ? r->name : r->key);
	}
}

static void list_row(struct table *t, const struct setup *s, struct sv name, const struct list *l)
{
	struct buf users = {0}, waiting = {0};
	char count[24];
	snprintf(count, sizeof count, "%zu", l ? list_count(l) : 0);
	rules_of_list(s->rules, name, false, &users);
	rules_of_list(s->rules, name, true, &waiting);
	begin_row(t);
	cell(t, name);
	cell(t, sv_from(l ? list_type_name(l->type) : "undeclared"));
	cell(t, l ? l->by : sv_from(""));
	cell(t, sv_from(count));
	cell(t, buf_sv(&users));
	cell(t, buf_sv(&waiting));
	end_row(t);
	buf_fini(&users);
	buf_fini(&waiting);
}

static void list_lists(struct table *t, const struct setup *s, const char *unused)
{
	static const struct column columns[] = {{"name", 22}, {"type", 10}, {"by", 10}, {"values", 7},
	    {"used_by", 40}, {"rules_that_wait_for_it", 0}};
	struct map undeclared = {0};
	(void)unused;
	begin_table(t, columns, 6);
	for (size_t i = 0; i < s->lists->by_name.n; i++)
		list_row(t, s, s->lists->by_name.entries[i].key, s->lists->by_name.entries[i].value);
	for (size_t i = 0; i < s->rules->rules.n; i++) {
		const struct rule *r = s->rules->rules.items[i];
		for (size_t k = 0; k < r->needs.n; k++)
			if (!lists_find(s->lists, r->needs.items[k]))
				map_put(&undeclared, r->needs.items[k], NULL);
	}
	for (size_t i = 0; i < undeclared.n; i++)
		list_row(t, s, undeclared.entries[i].key, NULL);
	map_fini(&undeclared);
}

/* --- options, sources, sinks --------------------------------------------------------------------- */

static void option_rows(struct table *t, const struct option_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct option *o = &table->options[i];
		bool required = o->fallback && strcmp(o->fallback, OPTION_REQUIRED) == 0;
		begin_row(t);
		cell(t, sv_from(table->kind));
		cell(t, sv_from(o->name));
		cell(t, sv_from(o->choices ? o->choices : option_type_name(o->type)));
		cell(t, sv_from(required ? "(required)" : o->fallback ? o->fallback : ""));
		cell(t, sv_from(o->help));
		end_row(t);
	}
}

static void list_options(struct table *t, const struct setup *s, const char *unused)
{
	static const struct column columns[] = {
	    {"section", 18}, {"option", 16}, {"type", 18}, {"default", 20}, {"help", 0}};
	struct config_tables types = setup_tables();
	size_t n;
	const struct option_table *const *fixed = config_fixed_tables(&n);
	(void)s;
	(void)unused;
	begin_table(t, columns, 5);
	for (size_t i = 0; i < n; i++)
		option_rows(t, fixed[i]);
	for (size_t i = 0; i < types.n_sources; i++)
		option_rows(t, types.sources[i]);
	for (size_t i = 0; i < types.n_sinks; i++)
		option_rows(t, types.sinks[i]);
}

/* Types there are, then what is configured. */
static void list_blocks(struct table *t, const struct option_table *const *types, size_t n_types,
    const struct config_block *blocks, size_t n_blocks)
{
	static const struct column columns[] = {{"name", 16}, {"type", 12}, {"help", 0}};
	begin_table(t, columns, 3);
	for (size_t i = 0; i < n_blocks; i++) {
		begin_row(t);
		cell(t, sv_from(blocks[i].name));
		cell(t, sv_from(blocks[i].type));
		cell(t, SV("configured"));
		end_row(t);
	}
	for (size_t i = 0; i < n_types; i++) {
		const char *dot = strchr(types[i]->kind, '.');
		begin_row(t);
		cell(t, SV("-"));
		cell(t, sv_from(dot ? dot + 1 : types[i]->kind));
		cell(t, sv_from(types[i]->help));
		end_row(t);
	}
}

static void list_sources(struct table *t, const struct setup *s, const char *unused)
{
	struct config_tables types = setup_tables();
	(void)unused;
	list_blocks(t, types.sources, types.n_sources, s->config->sources.items, s->config->sources.n);
}

static void list_sinks(struct table *t, const struct setup *s, const char *unused)
{
	struct config_tables types = setup_tables();
	(void)unused;
	list_blocks(t, types.sinks, types.n_sinks, s->config->sinks.items, s->config->sinks.n);
}

/* --- plain lists of the code --------------------------------------------------------------------- */

static void pair_rows(struct table *t, const char *const (*pairs)[2], size_t n)
{
	static const struct column columns[] = {{"name", 28}, {"help", 0}};
	begin_table(t, columns, 2);
	for (size_t i = 0; i < n; i++) {
		begin_row(t);
		cell(t, sv_from(pairs[i][0]));
		cell(t, sv_from(pairs[i][1]));
		end_row(t);
	}
}

static void list_fields(struct table *t, const struct setup *s, const char *unused)
{
	static const char *const pairs[][2] = {
#define KW_FIELD(symbol, name, help) {name, help},
#include "rules/event/field_list.h"
#undef KW_FIELD
	};
	(void)s;
	(void)unused;
	pair_rows(t, pairs, sizeof pairs / sizeof *pairs);
}

static void list_metrics(struct table *t, const struct setup *s, const char *unused)
{
	static const char *const pairs[][2] = {
#define METRIC(symbol, name, help) {name, help},
#include "base/metric_list.h"
#undef METRIC
#define GAUGE(symbol, name, type, label, help) {name, help},
#include "agent/daemon/gauge_list.h"
#undef GAUGE
	};
	(void)s;
	(void)unused;
	pair_rows(t, pairs, sizeof pairs / sizeof *pairs);
}

static void list_points(struct table *t, const struct setup *s, const char *unused)
{
	static const char *const pairs[][2] = {
#define POINT_NAME(name, where) {#name, where},
#include "base/point_list.h"
#undef POINT_NAME
	};
	(void)s;
	(void)unused;
	pair_rows(t, pairs, sizeof pairs / sizeof *pairs);
}

static void list_exits(struct table *t, const struct setup *s, const char *unused)
{
	static const char *const pairs[][2] = {
#define EXIT_CODE(symbol, number, meaning) {#number, meaning},
#include "agent/command/exit_list.h"
#undef EXIT_CODE
	};
	(void)s;
	(void)unused;
	pair_rows(t, pairs, sizeof pairs / sizeof *pairs);
}

static void list_lints(struct table *t, const struct setup *s, const char *unused)
{
	static const struct column columns[] = {{"name", 22}, {"meaning", 0}, {"advice", 0}};
	(void)s;
	(void)unused;
	begin_table(t, columns, t->ndjson ? 3 : 2);
	for (size_t i = 0; i < FAULT_CODE_COUNT; i++) {
		begin_row(t);
		cell(t, sv_from(fault_code_name((enum fault_code)i)));
		cell(t, sv_from(fault_code_what((enum fault_code)i)));
		if (t->ndjson)
			cell(t, sv_from(fault_code_advice((enum fault_code)i)));
		end_row(t);
	}
}

static void list_self(struct table *t, const struct setup *s, const char *unused)
{
	static const struct column columns[] = {
	    {"rule", 38}, {"level", 13}, {"title", 0}, {"meaning", 0}, {"advice", 0}};
	(void)s;
	(void)unused;
	begin_table(t, columns, t->ndjson ? 5 : 3);
	for (size_t i = 0; i < SELF_COUNT; i++) {
		const struct self_text *self = self_text((enum self_kind)i);
		begin_row(t);
		cell(t, sv_from(self->rule));
		cell(t, sv_from(level_name(self->level)));
		cell(t, sv_from(self->title));
		if (t->ndjson) {
			cell(t, sv_from(self->meaning));
			cell(t, sv_from(self->advice));
		}
		end_row(t);
	}
}

static const struct listing {
	const char *name;
	void (*show)(struct table *t, const struct setup *s, const char *state);
} listings[] = {
    {"rules", list_rules},
    {"lists", list_lists},
    {"options", list_options},
    {"fields", list_fields},
    {"sources", list_sources},
    {"sinks", list_sinks},
    {"metrics", list_metrics},
    {"points", list_points},
    {"exits", list_exits},
    {"lints", list_lints},
    {"self", list_self},
};

static enum exit_code show_reference(void)
{
	struct config_tables types = setup_tables();
	struct buf out = {0};
	config_write_reference(&types, &out);
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

/* Where editors find the shape of rule files: beside the packs, in a build tree and installed. */
static enum exit_code show_schema(void)
{
	char *packs = rules_packs_folder();
	struct buf path = {0};
	if (packs)
		buf_printf(&path, "%.*s/rule.schema.json", (int)(strrchr(packs, '/') - packs), packs);
	bool found = packs && access(path.ptr, R_OK) == 0;
	if (found) {
		buf_addc(&path, '\n');
		cli_print(buf_sv(&path));
	} else {
		log_tell("kendrawatch list: rule.schema.json is neither installed in " KW_DATADIR
			 " nor beside the executable's build tree\n");
	}
	buf_fini(&path);
	free(packs);
	return found ? EXIT_FINE : EXIT_INPUT;
}

static enum exit_code show(struct cli *c, const struct listing *l, bool ndjson)
{
	struct setup s;
	struct table t = {.ndjson = ndjson};
	enum rc rc = setup_load(c, &s);
	setup_tell(&s.faults, FAULT_ERROR);
	l->show(&t, &s, cli_value(c, "state"));
	cli_print(buf_sv(&t.out));
	buf_fini(&t.out);
	setup_fini(&s);
	return cli_exit_of(rc);
}

static bool is_state(const char *word)
{
	for (int state = RULE_ACTIVE; state <= RULE_REFUSED; state++)
		if (strcmp(word, rule_state_name((enum rule_state)state)) == 0)
			return true;
	return false;
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	if (cli_value(c, "state") && !is_state(cli_value(c, "state")))
		return cli_usage(c, "--state is active, waiting, shadow, off or refused, not \"%s\"",
		    cli_value(c, "state"));
	if (c->n_words != 1)
		return cli_usage(c, "say what: rules, lists, options, fields, sources, sinks, metrics, "
				    "points, exits, lints, self or schema");
	if (output && strcmp(output, "yaml") == 0 && strcmp(c->words[0], "options") == 0)
		return show_reference();
	if (strcmp(c->words[0], "schema") == 0)
		return show_schema();
	if (output && strcmp(output, "auto") != 0 && strcmp(output, "text") != 0 &&
	    strcmp(output, "ndjson") != 0)
		return cli_usage(
		    c, "--output is auto, text or ndjson (for options also yaml), not \"%s\"", output);
	bool ndjson =
	    !output || strcmp(output, "auto") == 0 ? !cli_terminal() : strcmp(output, "ndjson") == 0;
	for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
		if (strcmp(listings[i].name, c->words[0]) == 0)
			return show(c, &listings[i], ndjson);
	return cli_usage(c,
	    "there is no list of \"%s\"; say rules, lists, options, fields, sources, sinks, metrics, "
	    "points, exits, lints, self or schema",
	    c->words[0]);
}

const struct command cli_list = {"list", options, sizeof options / sizeof *options, run};
