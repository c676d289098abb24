/* What a derived field is derived from: the few values of a record that decide it, so that its value can be
 * known without the record's tree, and remembered. */
#ifndef KW_RULES_FAST_INPUTS_H
#define KW_RULES_FAST_INPUTS_H

#include "base/buf.h"
#include "base/vec.h"
#include "rules/event/record.h"
#include "rules/event/scan.h"

/* A path and where its value is picked. */
struct inputs_slot {
	struct sv path;
	uint32_t slot;
	uint32_t parent; /* number of the object that it stands in; INPUTS_TOP: the record */
	bool leaf;       /* it decides something; else it is a parent only */
};
#define INPUTS_TOP UINT32_MAX

/* Of one field; parents stand before what is in them. */
struct inputs {
	enum kw_field field;
	VEC(struct inputs_slot) list;
};

/* Can the field be known in this way? */
bool inputs_known(enum kw_field f);

/* Fills `in` for such a field; `slot_of` gives the number of the slot for a path. vec_fini(&in->list). */
void inputs_init(
    struct inputs *in, enum kw_field f, uint32_t (*slot_of)(void *ctx, struct sv path), void *ctx);

/* Appends what decides the field: equal texts, equal values. False when the slots do not tell: objects and
 * arrays where texts are usual, several values, keys that hold dots; or when it would pass the limit of
 * `key`. */
bool inputs_key(const struct inputs *in, const struct scan_slot *slots, struct buf *key);

/* Opens a record that holds the inputs and nothing else, written to `json`; the field, and everything that a
 * list of principals asks of a caller, is the same for it as for the event. False when it is not. */
bool inputs_record(const struct inputs *in, const struct scan_slot *slots, struct arena *arena,
    struct buf *json, struct record *out);

#endif
