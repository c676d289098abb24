/* Options: from a YAML mapping and a table to checked values. One parser a type serves what people write and
 * the defaults of the tables alike. Used while the configuration is read, on one thread. */
#include "config/schema.h"

#include <assert.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "config/secret.h"

/* Where a value is being read, for faults and for relative paths. */
struct place {
	const char *file;
	char *folder;
	struct faults *faults;
};

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
#define N_LEVELS (sizeof levels / sizeof *levels)

const char *option_type_name(enum option_type t)
{
	switch (t) {
	case OPTION_TEXT: return "a text";
	case OPTION_BOOL: return "true or false";
	case OPTION_INT: return "a whole number";
	case OPTION_SPAN: return "a span such as 90s, 5m, 1h or 7d";
	case OPTION_BYTES: return "a size such as 64KiB, 16MiB or 1GiB";
	case OPTION_CHOICE: return "one of";
	case OPTION_PATH: return "a path";
	case OPTION_URL: return "an address that begins with http:// or https://, or env:NAME or file:PATH";
	case OPTION_SECRET: return "env:NAME or file:PATH";
	case OPTION_TEXTS: return "a text or a list of texts";
	case OPTION_LEVEL: return "one of informational, low, medium, high or critical";
	case OPTION_TIME: return "a date or a moment such as 2027-01-31 or 2027-01-31T08:00:00Z";
	}
	return "a value";
}

int option_level_parse(struct sv name)
{
	for (size_t i = 0; i < N_LEVELS; i++)
		if (sv_eq(name, sv_from(levels[i])))
			return (int)i;
	return -1;
}

const char *option_level_name(int level)
{
	return levels[level];
}

/* --- texts ---------------------------------------------------------------------------------------- */

struct unit {
	const char *name;
	int64_t size;
};

static void show_in_units(int64_t v, const struct unit *units, struct buf *out)
{
	while (v % units->size != 0)
		units++;
	buf_printf(out, "%lld%s", (long long)(v / units->size), units->name);
}

void option_show_span(int64_t ms, struct buf *out)
{
	static const struct unit units[] = {
	    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
	if (ms == 0)
		buf_adds(out, "0");
	else
		show_in_units(ms, units, out);
}

static const struct unit sizes[] = {
    {"TiB", (int64_t)1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};

void option_show_bytes(int64_t bytes, struct buf *out)
{
	if (bytes == 0)
		buf_adds(out, "0");
	else
		show_in_units(bytes, sizes, out);
}

static void show_number(const struct option *o, int64_t v, struct buf *out)
{
	if (o->type == OPTION_SPAN)
		option_show_span(v, out);
	else if (o->type == OPTION_BYTES)
		option_show_bytes(v, out);
	else
		buf_printf(out, "%lld", (long long)v);
}

/* "a|b|c" -> "a, b or c" */
static void show_choices(const char *choices, struct buf *out)
{
	struct sv rest = sv_from(choices), part;
	for (bool first = true; sv_cut(&rest, '|', &part); first = false) {
		buf_adds(out, first ? "" : rest.ptr ? ", " : " or ");
		buf_add(out, part);
	}
}

/* What the option takes: type, choices, range. */
static void show_wanted(const struct option *o, struct buf *out)
{
	buf_adds(out, option_type_name(o->type));
	if (o->type == OPTION_CHOICE) {
		buf_addc(out, ' ');
		show_choices(o->choices, out);
	}
	if (o->type == OPTION_INT && o->max) {
		buf_adds(out, " from ");
		show_number(o, o->min, out);
		buf_adds(out, " to ");
		show_number(o, o->max, out);
	} else if (o->type == OPTION_INT) {
		buf_printf(out, " of at least %lld", (long long)o->min);
	}
}

bool option_hint(struct sv word, const char *const *names, size_t n_names, struct buf *out)
{
	int i = nearest_find(word, names, n_names);
	if (i >= 0)
		buf_printf(out, "; did you mean \"%s\"?", names[i]);
	return i >= 0;
}

/* --- values from texts ---------------------------------------------------------------------------- */

enum verdict { GOOD, WRONG_TYPE, OUT_OF_RANGE };

static enum verdict within(const struct option *o, int64_t n, struct option_value *v)
{
	if (n < o->min || (o->max && n > o->max))
		return OUT_OF_RANGE;
	v->number = n;
	return GOOD;
}

static bool parse_bytes(struct sv s, int64_t *out)
{
	size_t n = 0;
	while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
		n++;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		int64_t v;
		if (!sv_eq(sv_skip(s, n), sv_from(sizes[i].name)))
			continue;
		if (!sv_int(sv_head(s, n), 0, INT64_MAX / sizes[i].size, &v))
			return false;
		*out = v * sizes[i].size;
		return true;
	}
	return false;
}

static int find_choice(const char *choices, struct sv text)
{
	struct sv rest = sv_from(choices), part;
	for (int i = 0; sv_cut(&rest, '|', &part); i++)
		if (sv_eq(part, text))
			return i;
	return -1;
}

static bool is_url(struct sv s)
{
	struct sv rest = sv_starts(s, SV("https://"))  ? sv_skip(s, 8)
			 : sv_starts(s, SV("http://")) ? sv_skip(s, 7)
						       : SV("");
	if (!rest.len || rest.ptr[0] == '/')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return false;
	return true;
}

static char *resolved(struct sv path, const char *folder)
{
	char *p = heap_text(path);
	if (p[0] == '/' || strcmp(folder, ".") == 0)
		return p;
	char *joined = file_join(folder, p);
	free(p);
	return joined;
}

/* Sets `v` from the text, for all types that need nothing but the text. */
static enum verdict parse(const struct option *o, struct sv text, const char *folder, struct option_value *v)
{
	int64_t n = 0;
	switch (o->type) {
	case OPTION_BOOL:
		v->number = sv_eq(text, SV("true"));
		return v->number || sv_eq(text, SV("false")) ? GOOD : WRONG_TYPE;
	case OPTION_INT: return sv_int(text, INT64_MIN, INT64_MAX, &n) ? within(o, n, v) : WRONG_TYPE;
	case OPTION_SPAN: return clk_span(text, &n) ? within(o, n, v) : WRONG_TYPE;
	case OPTION_BYTES: return parse_bytes(text, &n) ? within(o, n, v) : WRONG_TYPE;
	case OPTION_TIME: return clk_parse(text, &v->number) ? GOOD : WRONG_TYPE;
	case OPTION_LEVEL:
		n = option_level_parse(text);
		v->number = n < 0 ? v->number : n;
		return n < 0 ? WRONG_TYPE : GOOD;
	case OPTION_CHOICE:
		n = find_choice(o->choices, text);
		if (n < 0)
			return WRONG_TYPE;
		v->number = n;
		break;
	case OPTION_URL:
		if (!is_url(text))
			return WRONG_TYPE;
		v->secret = secret_of(text);
		break;
	case OPTION_PATH:
		if (!text.len || memchr(text.ptr, 0, text.len))
			return WRONG_TYPE;
		v->text = resolved(text, folder);
		return GOOD;
	case OPTION_TEXT:
		if (text.len && memchr(text.ptr, 0, text.len))
			return WRONG_TYPE;
		break;
	case OPTION_SECRET:
	case OPTION_TEXTS: return WRONG_TYPE; /* read by their own functions */
	}
	v->text = heap_text(text);
	return GOOD;
}

static void clear(struct option_value *v)
{
	free(v->text);
	secret_free(v->secret);
	for (size_t i = 0; i < v->texts.n; i++)
		free(v->texts.items[i]);
	free(v->texts.items);
	*v = (struct option_value){.given = v->given, .line = v->line, .col = v->col};
}

static void add_text(struct option_value *v, struct sv text)
{
	v->texts.items = heap_resize(v->texts.items, v->texts.n + 1, sizeof *v->texts.items);
	v->texts.items[v->texts.n++] = heap_text(text);
}

static void set_default(const struct option *o, const char *folder, struct option_value *v)
{
	if (!o->fallback || strcmp(o->fallback, OPTION_REQUIRED) == 0)
		return;
	v->set = true;
	if (o->type == OPTION_TEXTS) {
		struct sv rest = sv_from(o->fallback), part;
		while (sv_cut(&rest, ',', &part))
			if (sv_trim(part).len)
				add_text(v, sv_trim(part));
		return;
	}
	enum verdict verdict = parse(o, sv_from(o->fallback), folder, v);
	assert(verdict == GOOD); /* the table contradicts itself */
	(void)verdict;
}

/* --- values from YAML ----------------------------------------------------------------------------- */

static const char *kind_name(const struct ydoc_node *n)
{
	return n->kind == YDOC_LIST ? "a list" : "a mapping";
}

static bool is_null(const struct ydoc_node *n)
{
	return n->kind == YDOC_SCALAR && n->type == YDOC_NULL;
}

static void fault_at(
    const struct place *p, enum fault_level level, const struct ydoc_node *n, struct buf *text)
{
	fault_add(p->faults, level, p->file, n->line, n->col, "%s", text->ptr);
	buf_fini(text);
}

/* The value is of another type, or out of range; it is quoted unless it may be a secret. */
static void fault_value(
    const struct place *p, const struct option *o, const struct ydoc_node *n, enum verdict verdict)
{
	struct buf text = {0};
	buf_printf(&text, "\"%s\" must be ", o->name);
	if (verdict == OUT_OF_RANGE && o->type != OPTION_INT) {
		buf_adds(&text, o->max ? "from " : "at least ");
		show_number(o, o->min, &text);
		if (o->max) {
			buf_adds(&text, " to ");
			show_number(o, o->max, &text);
		}
	} else {
		show_wanted(o, &text);
	}
	if (n->kind != YDOC_SCALAR)
		buf_printf(&text, ", not %s", kind_name(n));
	else if (o->type != OPTION_URL && o->type != OPTION_SECRET)
		buf_printf(&text, ", not \"%.*s\"", SV_ARG(utf8_cut(n->text, 80)));
	if (n->kind == YDOC_SCALAR && o->type == OPTION_LEVEL)
		option_hint(n->text, levels, N_LEVELS, &text);
	fault_at(p, FAULT_ERROR, n, &text);
}

static void fault_choice(const struct place *p, const struct option *o, const struct ydoc_node *n)
{
	VEC(const char *) names = {0};
	struct sv rest = sv_from(o->choices), part;
	struct buf text = {0};
	while (sv_cut(&rest, '|', &part))
		vec_push(&names, heap_text(part));
	buf_printf(&text, "\"%s\" must be one of ", o->name);
	show_choices(o->choices, &text);
	buf_printf(&text, ", not \"%.*s\"", SV_ARG(utf8_cut(n->text, 80)));
	option_hint(n->text, names.items, names.n, &text);
	for (size_t i = 0; i < names.n; i++)
		free((char *)(uintptr_t)names.items[i]);
	vec_fini(&names);
	fault_at(p, FAULT_ERROR, n, &text);
}

/* What is wrong with a secret, so that nobody repeats the line. */
static void fault_secret(const struct place *p, const struct ydoc_node *n, enum fault_level level,
    const char *name, const char *text)
{
	fault_add(p->faults, level, p->file, n->line, n->col, "\"%s\"%s %s", name,
	    level == FAULT_ERROR ? ":" : "", text);
	fault_tag(p->faults, FAULT_SECRET_IN_OPEN);
}

static void read_secret(
    const struct place *p, const struct option *o, const struct ydoc_node *n, struct option_value *v)
{
	struct err e = {0};
	if (secret_new(n->text, p->folder, &v->secret, p->faults, p->file, n->line, n->col, &e) != RC_OK)
		fault_secret(p, n, FAULT_ERROR, o->name, e.text);
	else if (o->type == OPTION_URL && !is_url(secret_value(v->secret)))
		fault_add(p->faults, FAULT_ERROR, p->file, n->line, n->col,
		    "\"%s\": what %s holds does not begin with http:// or https://", o->name,
		    secret_name(v->secret));
}

static bool is_reference(struct sv s)
{
	return sv_starts(s, SV("env:")) || sv_starts(s, SV("file:"));
}

/* https://user:password@host: works, but every log of the receiver shows it. */
static bool has_password(struct sv url)
{
	struct sv rest = sv_skip(url, sv_find(url, SV("://")) + 3);
	size_t end = sv_find_char(rest, '/');
	return sv_find_char(end == SV_NONE ? rest : sv_head(rest, end), '@') != SV_NONE;
}

static void read_texts(
    const struct place *p, const struct option *o, const struct ydoc_node *n, struct option_value *v)
{
	if (n->kind == YDOC_SCALAR) {
		add_text(v, n->text);
		return;
	}
	if (n->kind == YDOC_MAP) {
		fault_value(p, o, n, WRONG_TYPE);
		return;
	}
	for (size_t i = 0; i < n->n; i++) {
		const struct ydoc_node *item = n->items[i];
		if (item->kind != YDOC_SCALAR || is_null(item) || !item->text.len)
			fault_add(p->faults, FAULT_ERROR, p->file, item->line, item->col,
			    "\"%s\": each value must be a text, not %s", o->name,
			    item->kind == YDOC_SCALAR ? "nothing" : kind_name(item));
		else
			add_text(v, item->text);
	}
}

static void read_scalar(
    const struct place *p, const struct option *o, const struct ydoc_node *n, struct option_value *v)
{
	if (n->kind != YDOC_SCALAR) {
		fault_value(p, o, n, WRONG_TYPE);
		return;
	}
	if (o->type == OPTION_SECRET || (o->type == OPTION_URL && is_reference(n->text))) {
		read_secret(p, o, n, v);
		return;
	}
	enum verdict verdict;
	int64_t number;
	if (o->type == OPTION_BOOL && n->type != YDOC_BOOL)
		verdict = WRONG_TYPE;
	else if (o->type == OPTION_INT)
		verdict = ydoc_int(n, &number) ? within(o, number, v) : WRONG_TYPE;
	else
		verdict = parse(o, n->text, p->folder, v);
	if (verdict != GOOD && o->type == OPTION_CHOICE)
		fault_choice(p, o, n);
	else if (verdict != GOOD)
		fault_value(p, o, n, verdict);
	else if (o->type == OPTION_URL && has_password(n->text))
		fault_secret(p, n, FAULT_WARNING, o->name,
		    "holds a user name or password in the open; give the whole address as env:NAME or "
		    "file:PATH");
}

static void read_value(
    const struct place *p, const struct option *o, const struct ydoc_node *n, struct option_value *v)
{
	size_t errors = p->faults->n_errors;
	clear(v);
	*v = (struct option_value){.given = true, .line = n->line, .col = n->col};
	if (is_null(n))
		fault_add(p->faults, FAULT_ERROR, p->file, n->line, n->col,
		    "\"%s\" has no value; leave the line out for the default", o->name);
	else if (o->type == OPTION_TEXTS)
		read_texts(p, o, n, v);
	else
		read_scalar(p, o, n, v);
	v->set = true;
	if (p->faults->n_errors != errors) {
		clear(v);
		set_default(o, p->folder, v);
	}
}

/* --- blocks --------------------------------------------------------------------------------------- */

static int find_option(const struct option_table *t, struct sv name)
{
	for (size_t i = 0; i < t->n; i++)
		if (sv_eq(name, sv_from(t->options[i].name)))
			return (int)i;
	return -1;
}

static void fault_unknown(
    const struct place *p, const struct option_table *t, const char *const *skip, const struct ydoc_node *key)
{
	VEC(const char *) names = {0};
	struct buf text = {0};
	for (size_t i = 0; i < t->n; i++)
		vec_push(&names, t->options[i].name);
	for (; skip && *skip; skip++)
		vec_push(&names, *skip);
	buf_printf(&text, "unknown option \"%.*s\"", SV_ARG(utf8_cut(key->text, 80)));
	if (!option_hint(key->text, names.items, names.n, &text)) {
		buf_printf(&text, "; %s takes", t->kind);
		for (size_t i = 0; i < names.n; i++)
			buf_printf(&text, "%s%s", i ? ", " : " ", names.items[i]);
		if (!names.n)
			buf_adds(&text, " no options");
	}
	vec_fini(&names);
	fault_at(p, FAULT_ERROR, key, &text);
}

static bool skipped(const char *const *skip, struct sv name)
{
	for (; skip && *skip; skip++)
		if (sv_eq(name, sv_from(*skip)))
			return true;
	return false;
}

static void read_map(
    struct options *out, const struct ydoc_node *map, const char *const *skip, const struct place *p)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct ydoc_node *key = map->keys[i];
		if (skipped(skip, key->text))
			continue;
		int at = find_option(out->table, key->text);
		if (at < 0)
			fault_unknown(p, out->table, skip, key);
		else
			read_value(p, &out->table->options[at], map->items[i], &out->values[at]);
	}
}

void options_read(struct options *out, const struct option_table *table, const struct ydoc_node *map,
    const char *file, const char *const *skip, struct faults *faults)
{
	struct place p = {file, file_folder_of(file), faults};
	*out = (struct options){.table = table, .file = heap_copy(file)};
	out->values = heap_zero(table->n, sizeof *out->values);
	for (size_t i = 0; i < table->n; i++)
		set_default(&table->options[i], p.folder, &out->values[i]);
	if (map) {
		out->line = map->line;
		out->col = map->col;
	}
	if (map && map->kind == YDOC_MAP)
		read_map(out, map, skip, &p);
	else if (map && !is_null(map))
		fault_add(faults, FAULT_ERROR, file, map->line, map->col,
		    "%s must be a mapping of options, not %s", table->kind,
		    map->kind == YDOC_LIST ? "a list" : "a single value");
	for (size_t i = 0; i < table->n; i++) {
		const struct option *o = &table->options[i];
		if (o->fallback && strcmp(o->fallback, OPTION_REQUIRED) == 0 && !out->values[i].given)
			fault_add(faults, FAULT_ERROR, file, out->line, out->col,
			    "%s needs the option \"%s\": %s", table->kind, o->name, o->help);
	}
	free(p.folder);
}

void options_fini(struct options *o)
{
	if (!o || !o->table)
		return;
	for (size_t i = 0; i < o->table->n; i++)
		clear(&o->values[i]);
	free(o->values);
	free(o->file);
	*o = (struct options){0};
}

const struct option_value *options_get(const struct options *o, const char *name)
{
	int at = find_option(o->table, sv_from(name));
	assert(at >= 0);
	return &o->values[at];
}

const char *options_text(const struct options *o, const char *name)
{
	return options_get(o, name)->text;
}

int64_t options_number(const struct options *o, const char *name)
{
	return options_get(o, name)->number;
}
