/* YAML as a tree with places (libyaml behind it). YAML 1.2 core schema: yes, on, No, 12:30 and dates are
 * strings, 010 is ten. */
#ifndef KW_BASE_YDOC_H
#define KW_BASE_YDOC_H

#include "base/fault.h"
#include "base/sv.h"

enum ydoc_kind { YDOC_SCALAR, YDOC_LIST, YDOC_MAP };

/* What a plain scalar is under the core schema; quoted and block scalars are YDOC_TEXT. */
enum ydoc_type { YDOC_TEXT, YDOC_NULL, YDOC_BOOL, YDOC_INT, YDOC_FLOAT };

struct ydoc_node {
	enum ydoc_kind kind;
	enum ydoc_type type; /* scalars */
	bool plain;          /* scalar without quotes */
	int line, col;       /* 1-based */
	struct sv text; /* scalars: the text, NUL-terminated. INT and FLOAT as spelled; BOOL: "true"/"false"
			   in lower case */
	size_t n;
	struct ydoc_node **keys;  /* map: n scalar nodes, in source order */
	struct ydoc_node **items; /* map and list: n values */
};

struct ydoc;

/* Parses all documents of `bytes`. Anything libyaml refuses, a duplicate key, a key that is no scalar, a tab
 * used for indentation, depth past 64, or more than `max_nodes` nodes after aliases are expanded (0: 200,000;
 * this is what stops alias bombs) is added to `faults` with its place. A broken document refuses only itself
 * when libyaml can go on, else the rest of the file. `file` is the name for faults. Never NULL; free with
 * ydoc_free. */
struct ydoc *ydoc_parse(const char *file, struct sv bytes, size_t max_nodes, struct faults *faults);
void ydoc_free(struct ydoc *y);

/* Number of documents that were read, empty ones included. */
size_t ydoc_count(const struct ydoc *y);
/* NULL for an empty document. */
const struct ydoc_node *ydoc_root(const struct ydoc *y, size_t i);

/* Value of a key in a map; NULL when `map` is NULL, no map, or has no such key. */
const struct ydoc_node *ydoc_get(const struct ydoc_node *map, const char *key);

/* Values of small types. False (and *out left alone) when the node is NULL or not of the type. */
bool ydoc_bool(const struct ydoc_node *n, bool *out);
bool ydoc_int(const struct ydoc_node *n, int64_t *out);
/* Text of a scalar; the empty view for NULL and non-scalars. */
struct sv ydoc_text(const struct ydoc_node *n);

/* Would a YAML 1.1 reader see something else in this plain scalar (`No`, `012`, `12:30`, `2026-01-01`)? Says
 * what, or NULL. */
const char *ydoc_yaml11(const struct ydoc_node *n);

#endif
