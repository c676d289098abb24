/* What verification finds, by name. */
#ifndef KW_AGENT_DIGEST_FLAW_H
#define KW_AGENT_DIGEST_FLAW_H

#include "base/buf.h"
#include "base/vec.h"

enum flaw_kind {
#define FLAW(symbol, name, grade, meaning, remedy) FLAW_##symbol,
#include "agent/digest/flaw_list.h"
#undef FLAW
	FLAW_KINDS
};

enum flaw_grade { FLAW_NOTE, FLAW_BAD };

const char *flaw_name(enum flaw_kind k); /* "tampered-log" */
enum flaw_grade flaw_grade(enum flaw_kind k);
const char *flaw_meaning(enum flaw_kind k);
const char *flaw_remedy(enum flaw_kind k);
/* False when there is none of that name; *out_near is then the nearest one, or NULL. */
bool flaw_find(struct sv name, enum flaw_kind *out, const char **out_near);

/* One of them. Texts are heap-owned. */
struct flaw {
	enum flaw_kind kind;
	int64_t time_ms; /* of the object's delivery, or where a gap begins */
	char *object;    /* key; of a gap the digest behind it */
	char *reason;    /* what is so about it, one clause */
};
struct flaw_list {
	VEC(struct flaw) all;
};
void flaw_list_fini(struct flaw_list *l);
/* `object` is copied. */
void flaw_add(struct flaw_list *l, enum flaw_kind kind, int64_t time_ms, struct sv object, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));

#endif
