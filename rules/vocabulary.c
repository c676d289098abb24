/* Sigma lets a rule name any field and any value, so a slip of the pen is a rule that never fires. For the
 * few names we know completely the loader says so. Called for each map of a selection. */
#include "rules/vocabulary.h"

#include "base/nearest.h"
#include "rules/event/api_access.h"
#include "rules/path.h"

bool vocabulary_field(struct sv field, const char *file, int line, int col, struct faults *faults)
{
	struct path path;
	struct err e = {0};

	if (!path_read(field, &path, &e))
		return true;
	fault_add(faults, FAULT_ERROR, file, line, col, "%s", e.text);
	fault_tag(faults, FAULT_UNKNOWN_FIELD);
	return false;
}

/* A value that is compared as a whole: no pattern in it. */
static bool is_literal(const struct ydoc_node *n)
{
	return n->kind == YDOC_SCALAR && n->type == YDOC_TEXT && n->text.len > 0 &&
	       !memchr(n->text.ptr, '*', n->text.len) && !memchr(n->text.ptr, '?', n->text.len) &&
	       !memchr(n->text.ptr, '\\', n->text.len);
}

static bool kendra_knows(struct sv operation)
{
	size_t n = 0;
	const struct kendra_op *ops = api_access_kendra_ops(&n);

	for (size_t i = 0; i < n; i++)
		if (sv_eq_nocase(ops[i].name, operation))
			return true;
	return false;
}

#define MAX_OPERATIONS 256

static bool check_operation(const struct ydoc_node *value, const char *file, struct faults *faults)
{
	const char *names[MAX_OPERATIONS];
	size_t n = 0, n_names = 0;
	const struct kendra_op *ops = api_access_kendra_ops(&n);

	if (!is_literal(value) || kendra_knows(value->text))
		return true;
	for (; n_names < n && n_names < MAX_OPERATIONS; n_names++)
		names[n_names] = ops[n_names].name.ptr;
	int near = nearest_find(value->text, names, n_names);
	if (near >= 0)
		fault_add(faults, FAULT_ERROR, file, value->line, value->col,
		    "unknown Kendra operation \"%.*s\"; did you mean \"%s\"?", SV_ARG(value->text),
		    names[near]);
	else
		fault_add(faults, FAULT_ERROR, file, value->line, value->col,
		    "unknown Kendra operation \"%.*s\"", SV_ARG(value->text));
	fault_tag(faults, FAULT_UNKNOWN_EVENT);
	return false;
}

static bool check_operations(const struct ydoc_node *value, const char *file, struct faults *faults)
{
	bool ok = true;

	if (value->kind == YDOC_SCALAR)
		return check_operation(value, file, faults);
	for (size_t i = 0; value->kind == YDOC_LIST && i < value->n; i++)
		ok &= check_operation(value->items[i], file, faults);
	return ok;
}

static void doubt_source(const struct ydoc_node *value, const char *file, struct faults *faults)
{
	if (!is_literal(value) || sv_find_char(value->text, '.') != SV_NONE)
		return;
	fault_add(faults, FAULT_WARNING, file, value->line, value->col,
	    "eventSource is a host name such as \"kendra.amazonaws.com\"; \"%.*s\" never occurs",
	    SV_ARG(value->text));
	fault_tag(faults, FAULT_UNKNOWN_SOURCE);
}

static void doubt_sources(const struct ydoc_node *value, const char *file, struct faults *faults)
{
	if (value->kind == YDOC_SCALAR)
		doubt_source(value, file, faults);
	for (size_t i = 0; value->kind == YDOC_LIST && i < value->n; i++)
		doubt_source(value->items[i], file, faults);
}

/* Does the map say that the event is Kendra's and no other service's? */
static bool is_kendra_only(const struct ydoc_node *map)
{
	const struct ydoc_node *source = ydoc_get(map, "eventSource");

	if (source && source->kind == YDOC_LIST && source->n == 1)
		source = source->items[0];
	return source && source->kind == YDOC_SCALAR &&
	       sv_eq_nocase(source->text, SV("kendra.amazonaws.com"));
}

/* `eventName` compared as a whole, so that each value has to be an operation. */
static bool is_whole_name(struct sv key)
{
	return sv_eq(key, SV("eventName")) || sv_eq(key, SV("eventName|cased"));
}

bool vocabulary_map(const struct ydoc_node *map, const char *file, struct faults *faults)
{
	bool kendra = is_kendra_only(map), ok = true;

	for (size_t i = 0; i < map->n; i++) {
		const struct ydoc_node *key = map->keys[i];

		if (sv_eq(key->text, SV("eventSource")))
			doubt_sources(map->items[i], file, faults);
		if (kendra && is_whole_name(key->text))
			ok &= check_operations(map->items[i], file, faults);
	}
	return ok;
}
