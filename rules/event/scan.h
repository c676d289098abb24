/* The fast reader: goes once over the bytes of a record, finds where it ends, and picks out the values at the
 * paths of a plan; what no path leads to is stepped over without being looked at closely. What it says of a
 * record that the plain reader (tree.h) accepts is what the plain reader says, or SCAN_COMPLEX.
 * Measured and chosen in docs/decisions/0006-scan.md. */
#ifndef KW_RULES_EVENT_SCAN_H
#define KW_RULES_EVENT_SCAN_H

#include "base/sv.h"

#define SCAN_MAX_DEPTH 512

/* In a slot: which value stands at the path. */
enum scan_kind {
	SCAN_ABSENT, /* none; ptr NULL */
	SCAN_NULL,   /* ptr, len: as spelled; so for the next three */
	SCAN_FALSE,
	SCAN_TRUE,
	SCAN_NUMBER,
	SCAN_STRING,         /* the text between the quotes, which holds no escape */
	SCAN_STRING_ESCAPED, /* the raw bytes between the quotes; the escapes are not checked */
	SCAN_OBJECT,         /* the raw bytes with their brackets, of which only brackets and strings are */
	SCAN_ARRAY,          /* checked; so for arrays */
	SCAN_COMPLEX, /* ask the plain reader: the path may lead to several values, goes through an array
			 that holds objects, or a key with escapes may be meant; ptr NULL */
};

/* Borrows the record. */
struct scan_slot {
	const char *ptr;
	uint32_t len;
	uint8_t kind; /* enum scan_kind */
};

/* --- what is picked: immutable, shared between threads ------------------------------------------- */

struct scan_plan;

/* A plan for `paths`: record paths as in rules/path.h ("userIdentity.type"; not those under kw.), in the
 * order of the slots. Copied; the same path may come twice. */
struct scan_plan *scan_plan_new(const struct sv *paths, size_t n_paths);
void scan_plan_free(struct scan_plan *plan);

/* Before it is used: what is stepped over is checked as closely as what is picked, so that a record which is
 * accepted is one that the plain reader accepts. Costs some of the rate (docs/decisions/0006-scan.md). */
void scan_plan_strict(struct scan_plan *plan);

/* --- one thread's memory ------------------------------------------------------------------------- */

/* Which key followed which in the records before: events of one kind have their keys in the same order, so
 * the next key need not be looked up but only compared. A guess that fails costs time, never a verdict. */
struct scan_state;

/* The instructions a scan uses. The answers are the same. */
enum scan_unit { SCAN_PLAIN, SCAN_SSE2, SCAN_AVX2, SCAN_UNIT_COUNT };

/* State that uses the best unit this machine has. Some 70 KiB; serves any plan, best the same one for long.
 */
struct scan_state *scan_state_new(void);

/* With the unit named, NULL when this machine lacks it. For tests and benchmarks. */
struct scan_state *scan_state_new_for(enum scan_unit unit);
void scan_state_free(struct scan_state *state);

/* --- scanning ------------------------------------------------------------------------------------ */

/*
 * Scans the record that begins at `bytes` (a `{`), where `len` bytes can be read, which may go on behind the
 * record. Returns its length; 0 when it does not end within them: come again with more, from its start; -1
 * when it is no record, or nested deeper than SCAN_MAX_DEPTH (frame.h and tree.h say why and where). Fills
 * all of the plan's slots; unless the length is returned, they mean nothing.
 *
 * Checked are quotes, typed brackets, raw control characters, what stands where on the way to the paths, and
 * scalars that are picked. Not checked, unless the plan is strict, is what only the tree needs to know inside
 * values stepped over (commas, colons, how numbers are spelled) and escapes.
 *
 * Linear in the record; no allocation but when the state meets another plan. Stack: under 8 KiB.
 */
int64_t scan_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes, size_t len,
    struct scan_slot *slots);

#endif
