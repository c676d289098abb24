/* Reads chains of modifiers by the table in modifier_list.h. Called by item.c while rules load; constant
 * tables, any thread. */
#include "rules/modifier.h"

#include "base/buf.h"
#include "base/nearest.h"

enum kind {
	KIND_PLACE,
	KIND_ALL,
	KIND_CASED,
	KIND_NEQ,
	KIND_EXISTS,
	KIND_RE,
	KIND_RE_FLAG,
	KIND_CIDR,
	KIND_BASE64,
	KIND_OFFSET,
	KIND_UTF16,
	KIND_WINDASH,
	KIND_COMPARE,
	KIND_PART,
	KIND_REF,
	KIND_EXPAND
};

struct row {
	const char *name, *alias, *help;
	enum kind kind;
	uint32_t after;
};

static const struct row rows[] = {
#define IN(kind) (1u << KIND_##kind)
#define MODIFIER(symbol, name, alias, kind, after, help) {name, alias, help, KIND_##kind, after},
#include "rules/modifier_list.h"
#undef MODIFIER
#undef IN
};

const char *modifier_name(enum modifier m)
{
	return rows[m].name;
}

const char *modifier_help(enum modifier m)
{
	return rows[m].help;
}

static bool find(struct sv name, enum modifier *out)
{
	for (int m = 0; m < MODIFIER_COUNT; m++)
		if (sv_eq(name, sv_from(rows[m].name)) ||
		    (*rows[m].alias && sv_eq(name, sv_from(rows[m].alias)))) {
			*out = (enum modifier)m;
			return true;
		}
	return false;
}

static enum rc unknown(struct sv name, struct err *e)
{
	const char *names[MODIFIER_COUNT * 2];
	size_t n = 0;
	for (int m = 0; m < MODIFIER_COUNT; m++)
		names[n++] = rows[m].name;
	for (int m = 0; m < MODIFIER_COUNT; m++)
		if (*rows[m].alias)
			names[n++] = rows[m].alias;
	int nearest = nearest_find(name, names, n);
	if (nearest >= 0)
		return err_set(e, RC_CONFIG, "unknown modifier \"%.*s\"; did you mean \"%s\"?", SV_ARG(name),
		    names[nearest]);
	struct buf list = {0};
	for (int m = 0; m < MODIFIER_COUNT; m++)
		buf_printf(&list, "%s%s", m ? ", " : "", rows[m].name);
	err_set(
	    e, RC_CONFIG, "unknown modifier \"%.*s\"; there are %.*s", SV_ARG(name), SV_ARG(buf_sv(&list)));
	buf_fini(&list);
	return RC_CONFIG;
}

/* May `m` stand behind `before`? */
static bool may_follow(enum modifier m, enum modifier before)
{
	return rows[m].after >> rows[before].kind & 1;
}

static enum rc misplaced(enum modifier m, enum modifier before, struct err *e)
{
	if (m == MODIFIER_RE)
		return err_set(e, RC_CONFIG, "modifier \"re\" must come first");
	if (may_follow(before, m) && rows[m].kind != rows[before].kind)
		return err_set(
		    e, RC_CONFIG, "modifier \"%s\" must come before \"%s\"", rows[m].name, rows[before].name);
	return err_set(
	    e, RC_CONFIG, "modifiers \"%s\" and \"%s\" do not go together", rows[before].name, rows[m].name);
}

static enum rc add(struct modifiers *ms, enum modifier m, struct err *e)
{
	if (ms->has[m])
		return err_set(e, RC_CONFIG, "modifier \"%s\" is written twice", rows[m].name);
	if (rows[m].kind == KIND_RE_FLAG && !ms->has[MODIFIER_RE])
		return err_set(e, RC_CONFIG, "modifier \"%s\" works only after \"re\"", rows[m].name);
	for (size_t i = 0; i < ms->n; i++)
		if (!may_follow(m, ms->order[i]))
			return misplaced(m, ms->order[i], e);
	ms->has[m] = true;
	ms->order[ms->n++] = (uint8_t)m;
	return RC_OK;
}

enum rc modifier_read(struct sv chain, struct modifiers *out, struct err *e)
{
	struct modifiers ms = {0};
	struct sv name;
	while (sv_cut(&chain, '|', &name)) {
		enum modifier m;
		if (!name.len)
			return err_set(e, RC_CONFIG, "empty modifier: nothing stands behind a \"|\"");
		if (!find(name, &m))
			return unknown(name, e);
		enum rc rc = add(&ms, m, e);
		if (rc)
			return rc;
	}
	*out = ms;
	return RC_OK;
}
