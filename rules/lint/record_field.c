/* The table of record_field_list.h, asked. Constant, any thread. */
#include "rules/lint/record_field.h"

#include "base/nearest.h"

enum shape { ONE, MANY, OPEN };

static const struct {
	struct sv path;
	enum shape shape;
} fields[] = {
#define RECORD_FIELD(path, shape) {SV_INIT(path), shape},
#include "rules/lint/record_field_list.h"
#undef RECORD_FIELD
};
#define N_FIELDS (sizeof fields / sizeof fields[0])

/* Objects that hold what is listed and nothing else that a rule should ask for. */
static bool is_closed(struct sv path)
{
	return sv_eq(path, SV("userIdentity")) || sv_eq(path, SV("userIdentity.sessionContext")) ||
	       sv_eq(path, SV("tlsDetails")) || sv_eq(path, SV("resources")) || sv_eq(path, SV("addendum"));
}

bool record_field_single(struct sv path)
{
	for (size_t i = 0; i < N_FIELDS; i++)
		if (fields[i].shape == ONE && sv_eq(fields[i].path, path))
			return true;
	return false;
}

static bool is_below(struct sv path, struct sv parent)
{
	return path.len > parent.len && path.ptr[parent.len] == '.' && sv_starts(path, parent);
}

bool record_field_known(struct sv path)
{
	for (size_t i = 0; i < N_FIELDS; i++) {
		if (sv_eq(fields[i].path, path) || is_below(fields[i].path, path))
			return true;
		if (fields[i].shape == OPEN && !is_closed(fields[i].path) && is_below(path, fields[i].path))
			return true;
	}
	return false;
}

static struct sv last_word(struct sv path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '.')
			return sv_skip(path, i);
	return path;
}

static struct sv first_word(struct sv path)
{
	size_t dot = sv_find_char(path, '.');
	return dot == SV_NONE ? path : sv_head(path, dot);
}

/* One or two slips, and never half of a short word. */
static bool is_slip(struct sv path, struct sv known)
{
	size_t longer = path.len > known.len ? path.len : known.len;
	size_t shorter = path.len + known.len - longer;
	if (longer - shorter > 2 || longer > 60)
		return false;
	return nearest_distance(path, known) <= (known.len < 8 ? 1 : 2);
}

const char *record_field_near(struct sv path)
{
	for (size_t i = 0; i < N_FIELDS; i++)
		if (sv_eq_nocase(fields[i].path, path))
			return fields[i].path.ptr;
	for (size_t i = 0; i < N_FIELDS; i++)
		if (is_slip(path, fields[i].path))
			return fields[i].path.ptr;
	for (size_t i = 0; i < N_FIELDS; i++)
		if (sv_eq(first_word(path), first_word(fields[i].path)) &&
		    sv_eq_nocase(last_word(path), last_word(fields[i].path)))
			return fields[i].path.ptr;
	/* `requestParameter.indexId`: the word in front is the slip. */
	struct sv root = first_word(path);
	for (size_t i = 0; root.len < path.len && i < N_FIELDS; i++)
		if (fields[i].shape == OPEN && !sv_eq(root, fields[i].path) && is_slip(root, fields[i].path))
			return fields[i].path.ptr;
	return NULL;
}
