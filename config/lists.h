/* Typed lists for `|expand`: inline, from files, keyed by a field where needed. Built by config (the
 * operator's) or by a rule's `tests:` (the case's own); read-only afterwards, shared by threads. */
#ifndef KW_CONFIG_LISTS_H
#define KW_CONFIG_LISTS_H

#include "base/err.h"
#include "base/fault.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/ydoc.h"
#include "config/schema.h"

enum list_type { LIST_TEXT, LIST_CIDR, LIST_PRINCIPAL, LIST_ACCOUNT };

struct list_values {
	VEC(struct sv) items; /* each heap-owned, NUL-terminated */
	bool is_alias;        /* values of another key once more: not counted */
};

struct list {
	struct sv name;
	enum list_type type;
	struct sv by;             /* field that keys it ("kw.index"); ptr NULL when plain */
	struct list_values plain; /* when not keyed */
	struct map keyed;         /* key text -> struct list_values *, when keyed */
	bool declared_at_runtime; /* from tests: */
};

/* Name -> struct list *. Start with {0}. */
struct lists {
	struct map by_name;
};
void lists_fini(struct lists *l);
const struct list *lists_find(const struct lists *l, struct sv name);

/* Number of values over all keys: 0 means that rules which need it wait. */
size_t list_count(const struct list *l);

/* Values under `key` (keyed) or all (plain, key ignored); NULL when there are none. */
const struct list_values *list_values_of(const struct list *l, struct sv key);

/* Reads a `lists:` mapping: full form {type, by, values, file} or, as tests: use it, name -> values directly
 * (a sequence, or a mapping of key -> sequence). Type and field of the short form follow the name's
 * declaration in `types` (may be NULL); else the type is what all values have in common (networks, accounts,
 * principals, or text) and a keyed list goes by kw.index. A name that `l` has already is replaced.
 *
 * Relative files are resolved against `base_folder`. A file holds one value a line, for keyed lists the key,
 * a blank and the value; '#' comments and blank lines are skipped. Faults are added for every bad value (a
 * cidr that is none, an account that is not 12 digits), which is then left out. Caps: 1,000,000 values a
 * list, 64 MiB a file. */
void lists_read(struct lists *l, const struct ydoc_node *map, const char *file, const char *base_folder,
    const struct lists *types, struct faults *faults);

const char *list_type_name(enum list_type t);

/* Adds the values under `key` to `alias` as well (the id of an index that people wrote by its name). */
void list_alias(struct list *l, struct sv key, struct sv alias);

/* Options of a list's full form, for `list options` and the manual. */
extern const struct option_table list_table;

#endif
