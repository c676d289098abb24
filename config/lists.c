/* Typed lists for rules. Read once, by config or by the tests inside a rule file; then read-only. */
#include "config/lists.h"

#include <sys/stat.h>

#include "base/cidr.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/utf8.h"

#define MAX_VALUES ((size_t)1000000)
#define MAX_FILE_BYTES ((size_t)64 << 20)
#define MAX_BAD ((size_t)50) /* a wrong file is wrong on every line: nobody reads on after these */

static const struct option list_options[] = {
    {"type", OPTION_CHOICE, "text", 0, 0, "text|cidr|principal|account",
	"what the values are; networks (cidr) are compared as networks"},
    {"by", OPTION_TEXT, NULL, 0, 0, NULL,
	"field that keys the list, e.g. kw.index: `values` is then a mapping of key to values"},
    {"file", OPTION_PATH, NULL, 0, 0, NULL,
	"more values from a file, one a line (keyed: key, a blank, value); # begins a comment"},
};
const struct option_table list_table = {"lists", "Typed lists that rules name as %list%.", list_options,
    sizeof list_options / sizeof *list_options};

/* The list being read. */
struct reader {
	struct list *list;
	const char *file;
	struct faults *faults;
	size_t n, n_bad;
	bool full; /* the cap was reported */
};

const char *list_type_name(enum list_type t)
{
	switch (t) {
	case LIST_TEXT: return "text";
	case LIST_CIDR: return "cidr";
	case LIST_PRINCIPAL: return "principal";
	case LIST_ACCOUNT: return "account";
	}
	return "text";
}

/* --- what a value may be -------------------------------------------------------------------------- */

static bool is_network(struct sv s)
{
	return cidr_read(s, &(struct cidr){0}, NULL);
}

static bool is_account(struct sv s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len == 12;
}

static const char *const principal_kinds[] = {
    "user", "role", "sso", "service", "federated", "account", "root"};
#define N_KINDS (sizeof principal_kinds / sizeof *principal_kinds)

/* `role/NAME` and the like, `root`, an ARN, or a pattern whose kind is open. */
static bool is_principal(struct sv s)
{
	size_t slash = sv_find_char(s, '/');
	struct sv kind = slash == SV_NONE ? s : sv_head(s, slash);
	if (sv_starts(s, SV("arn:")) || sv_find_char(kind, '*') != SV_NONE || sv_eq(s, SV("root")))
		return true;
	for (size_t i = 0; i < N_KINDS; i++)
		if (sv_eq(kind, sv_from(principal_kinds[i])))
			return slash != SV_NONE && slash + 1 < s.len;
	return false;
}

/* --- adding values -------------------------------------------------------------------------------- */

struct origin {
	const char *file;
	int line, col;
};

static bool check_network(struct reader *r, const struct origin *at, struct sv s)
{
	struct cidr net;
	bool host_bits;
	if (!cidr_read(s, &net, &host_bits)) {
		fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
		    "\"%.*s\" is no network; write an address or a network such as 198.51.100.0/24",
		    SV_ARG(utf8_cut(s, 80)));
		return false;
	}
	if (net.length == 0)
		fault_add(r->faults, FAULT_WARNING, at->file, at->line, at->col,
		    "\"%.*s\" holds every address", SV_ARG(s));
	else if (host_bits)
		fault_add(r->faults, FAULT_WARNING, at->file, at->line, at->col,
		    "\"%.*s\" has bits set past its prefix; it stands for the whole network", SV_ARG(s));
	return true;
}

static bool check_principal(struct reader *r, const struct origin *at, struct sv s)
{
	struct buf hint = {0};
	if (is_principal(s))
		return true;
	size_t slash = sv_find_char(s, '/');
	buf_adds(&hint, "");
	if (slash != SV_NONE)
		option_hint(sv_head(s, slash), principal_kinds, N_KINDS, &hint);
	fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
	    "\"%.*s\" is no principal; write root, user/NAME, role/NAME, sso/PERSON, service/NAME, "
	    "federated/NAME, "
	    "account/ID or an ARN%s",
	    SV_ARG(utf8_cut(s, 80)), hint.ptr);
	buf_fini(&hint);
	return false;
}

static bool check_value(struct reader *r, const struct origin *at, struct sv s)
{
	switch (r->list->type) {
	case LIST_TEXT: return true;
	case LIST_CIDR: return check_network(r, at, s);
	case LIST_PRINCIPAL: return check_principal(r, at, s);
	case LIST_ACCOUNT:
		if (is_account(s))
			return true;
		fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
		    "\"%.*s\" is no account; an account has 12 digits", SV_ARG(utf8_cut(s, 80)));
		return false;
	}
	return false;
}

static struct list_values *values_for(struct list *l, struct sv key)
{
	if (!l->by.ptr)
		return &l->plain;
	struct list_values *v = map_get(&l->keyed, key);
	if (!v) {
		v = heap_zero(1, sizeof *v);
		map_put(&l->keyed, key, v);
	}
	return v;
}

static void add(struct reader *r, const struct origin *at, struct sv key, struct sv value)
{
	if (r->n == MAX_VALUES) {
		if (!r->full)
			fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
			    "list \"%.*s\" holds more than %zu values; the rest is left out",
			    SV_ARG(r->list->name), MAX_VALUES);
		r->full = true;
		return;
	}
	if (r->n_bad == MAX_BAD)
		return;
	if (!check_value(r, at, value)) {
		if (++r->n_bad == MAX_BAD)
			fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
			    "list \"%.*s\" has too many wrong values; the rest of it is not read",
			    SV_ARG(r->list->name));
		return;
	}
	struct list_values *v = values_for(r->list, key);
	vec_push(&v->items, (struct sv){heap_text(value), value.len});
	r->n++;
}

/* --- values in the YAML --------------------------------------------------------------------------- */

static void add_sequence(struct reader *r, struct sv key, const struct ydoc_node *values)
{
	for (size_t i = 0; i < values->n; i++) {
		const struct ydoc_node *v = values->items[i];
		struct origin at = {r->file, v->line, v->col};
		if (v->kind != YDOC_SCALAR || v->type == YDOC_NULL || !v->text.len)
			fault_add(r->faults, FAULT_ERROR, at.file, at.line, at.col,
			    "a value of list \"%.*s\" must be a text", SV_ARG(r->list->name));
		else
			add(r, &at, key, v->text);
	}
}

static void fault_shape(struct reader *r, const struct ydoc_node *n)
{
	if (r->list->by.ptr)
		fault_add(r->faults, FAULT_ERROR, r->file, n->line, n->col,
		    "list \"%.*s\" is keyed by %.*s: write a mapping of key to [values]",
		    SV_ARG(r->list->name), SV_ARG(r->list->by));
	else
		fault_add(r->faults, FAULT_ERROR, r->file, n->line, n->col,
		    "list \"%.*s\" is not keyed: write a sequence of values, or say `by: FIELD`",
		    SV_ARG(r->list->name));
}

static void add_values(struct reader *r, const struct ydoc_node *values)
{
	if (!values || (values->kind == YDOC_SCALAR && values->type == YDOC_NULL))
		return;
	if ((values->kind == YDOC_MAP) != (r->list->by.ptr != NULL) || values->kind == YDOC_SCALAR) {
		fault_shape(r, values);
		return;
	}
	if (values->kind == YDOC_LIST) {
		add_sequence(r, SV(""), values);
		return;
	}
	for (size_t i = 0; i < values->n; i++) {
		if (values->items[i]->kind == YDOC_LIST)
			add_sequence(r, values->keys[i]->text, values->items[i]);
		else
			fault_shape(r, values->items[i]);
	}
}

/* --- values in a file ----------------------------------------------------------------------------- */

static void add_line(struct reader *r, const struct origin *at, struct sv line)
{
	struct sv text = sv_trim(line), key = SV("");
	if (!text.len || text.ptr[0] == '#')
		return;
	/* A comment behind a value begins with a blank and '#': names may hold a '#'. */
	size_t comment = sv_find(text, SV(" #"));
	text = sv_trim(sv_head(text, comment));
	if (r->list->by.ptr) {
		size_t blank = 0;
		while (blank < text.len && text.ptr[blank] != ' ' && text.ptr[blank] != '\t')
			blank++;
		key = sv_head(text, blank);
		text = sv_trim(sv_skip(text, blank));
		if (!text.len) {
			fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col,
			    "list \"%.*s\" is keyed by %.*s: write a key, a blank and a value on each line",
			    SV_ARG(r->list->name), SV_ARG(r->list->by));
			return;
		}
	}
	if (utf8_valid(text) && !memchr(text.ptr, 0, text.len))
		add(r, at, key, text);
	else
		fault_add(r->faults, FAULT_ERROR, at->file, at->line, at->col, "the line is not UTF-8 text");
}

static void add_file(struct reader *r, const char *path, const struct option_value *v)
{
	struct buf bytes = {0};
	struct err e = {0};
	struct stat st;
	/* A pipe or a device must not hang the start. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		err_set(&e, RC_CONFIG, "%s: is not a regular file", path);
	else
		file_read(path, MAX_FILE_BYTES, &bytes, &e);
	if (e.rc != RC_OK)
		fault_add(r->faults, FAULT_ERROR, r->file, v->line, v->col, "list \"%.*s\": %s",
		    SV_ARG(r->list->name), e.text);
	struct sv rest = e.rc == RC_OK && bytes.len ? buf_sv(&bytes) : (struct sv){NULL, 0}, line;
	if (sv_starts(rest, SV("\xef\xbb\xbf")))
		rest = sv_skip(rest, 3);
	struct origin at = {path, 0, 1};
	while (sv_cut(&rest, '\n', &line)) {
		at.line++;
		add_line(r, &at, line);
	}
	buf_fini(&bytes);
}

/* --- lists ---------------------------------------------------------------------------------------- */

static void free_values(struct list_values *v)
{
	for (size_t i = 0; i < v->items.n; i++)
		free((char *)(uintptr_t)v->items.items[i].ptr);
	vec_fini(&v->items);
}

static void free_list(struct list *l)
{
	free_values(&l->plain);
	for (size_t i = 0; i < l->keyed.n; i++) {
		struct list_values *v = l->keyed.entries[i].value;
		free_values(v);
		free(v);
	}
	map_fini(&l->keyed);
	free((char *)(uintptr_t)l->name.ptr);
	free((char *)(uintptr_t)l->by.ptr);
	free(l);
}

void lists_fini(struct lists *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->by_name.n; i++)
		free_list(l->by_name.entries[i].value);
	map_fini(&l->by_name);
}

const struct list *lists_find(const struct lists *l, struct sv name)
{
	return l ? map_get(&l->by_name, name) : NULL;
}

size_t list_count(const struct list *l)
{
	size_t n = l->plain.items.n;
	for (size_t i = 0; i < l->keyed.n; i++) {
		const struct list_values *v = l->keyed.entries[i].value;
		n += v->is_alias ? 0 : v->items.n;
	}
	return n;
}

const struct list_values *list_values_of(const struct list *l, struct sv key)
{
	const struct list_values *v = l->by.ptr ? map_get(&l->keyed, key) : &l->plain;
	return v && v->items.n ? v : NULL;
}

void list_alias(struct list *l, struct sv key, struct sv alias)
{
	const struct list_values *from = list_values_of(l, key);
	if (!from || sv_eq(key, alias))
		return;
	bool is_new = !map_has(&l->keyed, alias);
	struct list_values *to = values_for(l, alias);
	to->is_alias = is_new;
	for (size_t i = 0; i < from->items.n; i++)
		vec_push(&to->items, (struct sv){heap_text(from->items.items[i]), from->items.items[i].len});
}

static struct sv owned(struct sv s)
{
	return (struct sv){heap_text(s), s.len};
}

static bool is_full_form(const struct ydoc_node *n)
{
	return n->kind == YDOC_MAP &&
	       (ydoc_get(n, "type") || ydoc_get(n, "by") || ydoc_get(n, "values") || ydoc_get(n, "file"));
}

static void read_full(struct reader *r, const struct ydoc_node *n, const char *base_folder)
{
	static const char *const own[] = {"values", NULL};
	struct options o;
	options_read(&o, &list_table, n, r->file, own, r->faults);
	r->list->type = (enum list_type)options_number(&o, "type");
	const char *by = options_text(&o, "by");
	if (by && *by)
		r->list->by = owned(sv_from(by));
	add_values(r, ydoc_get(n, "values"));
	if (options_text(&o, "file")) {
		/* The table resolved it against the YAML file's folder; tests may ask for another one. */
		struct sv written = ydoc_text(ydoc_get(n, "file"));
		char *path = written.ptr[0] == '/' || !base_folder ? heap_copy(options_text(&o, "file"))
								   : file_join(base_folder, written.ptr);
		add_file(r, path, options_get(&o, "file"));
		free(path);
	}
	options_fini(&o);
}

static bool all_values(const struct ydoc_node *n, bool (*is)(struct sv))
{
	if (n->kind == YDOC_SCALAR)
		return is(n->text);
	for (size_t i = 0; i < n->n; i++)
		if (!all_values(n->items[i], is))
			return false;
	return n->n > 0;
}

/* Type and key of a short form: as declared, else what its values have in common. */
static void classify(struct list *l, const struct ydoc_node *n, const struct list *declared)
{
	if (declared) {
		l->type = declared->type;
		if (declared->by.ptr)
			l->by = owned(declared->by);
		return;
	}
	l->type = all_values(n, is_network)     ? LIST_CIDR
		  : all_values(n, is_account)   ? LIST_ACCOUNT
		  : all_values(n, is_principal) ? LIST_PRINCIPAL
						: LIST_TEXT;
	if (n->kind == YDOC_MAP)
		l->by = owned(SV("kw.index"));
}

/* Rules write the name as %name%, so it must be a plain word. */
static bool is_name(struct sv s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i], low = (char)(c | 0x20);
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' &&
		    c != '.')
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

void lists_read(struct lists *l, const struct ydoc_node *map, const char *file, const char *base_folder,
    const struct lists *types, struct faults *faults)
{
	if (!map || (map->kind == YDOC_SCALAR && map->type == YDOC_NULL))
		return;
	if (map->kind != YDOC_MAP) {
		fault_add(faults, FAULT_ERROR, file, map->line, map->col,
		    "lists must be a mapping of names to lists");
		return;
	}
	for (size_t i = 0; i < map->n; i++) {
		const struct ydoc_node *key = map->keys[i], *n = map->items[i];
		if (!is_name(key->text)) {
			fault_add(faults, FAULT_ERROR, file, key->line, key->col,
			    "\"%.*s\" is no name for a list; use letters, digits, _ - and .",
			    SV_ARG(utf8_cut(key->text, 80)));
			continue;
		}
		struct list *list = heap_zero(1, sizeof *list);
		list->name = owned(key->text);
		struct reader r = {.list = list, .file = file, .faults = faults};
		if (is_full_form(n)) {
			read_full(&r, n, base_folder);
		} else {
			list->declared_at_runtime = true;
			classify(list, n, lists_find(types, key->text));
			add_values(&r, n);
		}
		struct list *old = map_put(&l->by_name, key->text, list);
		if (old)
			free_list(old);
	}
}
