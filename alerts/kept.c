/* The memory of a record that is being told of. Called by the gate and by alert_render. */
#include "alerts/kept.h"

struct kept *kept_of(struct record *r)
{
	if (!r->kept)
		r->kept = arena_zero(r->arena, sizeof(struct kept));
	return r->kept;
}

struct kept *kept_under(struct record *r, const struct redact *redact)
{
	struct kept *k = kept_of(r);
	if (k->redact.show_content != redact->show_content)
		k->summary = k->facts = k->event = (struct sv){NULL, 0};
	k->redact = *redact;
	return k;
}

struct sv kept_key(struct record *r)
{
	struct kept *k = kept_of(r);
	if (!k->key.ptr)
		k->key = record_key(r);
	return k->key;
}
