/* Masking. Called for every alert on the way to its body, and by `explain` and `fields`; any thread, owns
 * nothing. */
#include "alerts/redact.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/jout.h"
#include "base/utf8.h"

#define MAX_DEPTH 48 /* the alert around the event adds two levels; jdoc reads 64 */
#define DEEP_MARK "\"(nested deeper than 48 levels)\""
#define ELLIPSIS "\xe2\x80\xa6"
#define REPLACEMENT "\xef\xbf\xbd"

/* --- classes
 * ---------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum redact_class class;
} names[] = {
#define REDACT(class, name) {name, REDACT_##class},
#include "alerts/redact_list.h"
#undef REDACT
};

#define LONGEST_NAME 32

static int compare_name(const void *key, const void *entry)
{
	return strcmp(key, ((const __typeof__(names[0]) *)entry)->name);
}

/* By the first letter of a name in the list: the last letters that such names have, a bit each. Nearly every
 * member of a record is told by these two to be none of them. */
static uint32_t last_letters[32];

static unsigned letter(char c)
{
	return (unsigned char)c & 31;
}

static void learn_letters(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *name = names[i].name;
		last_letters[letter(name[0])] |= 1u << letter(name[strlen(name) - 1]);
	}
}

static bool may_be_listed(struct sv member)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	if (!member.len)
		return false;
	char first = member.ptr[0], last = member.ptr[member.len - 1];
	if (first == '-' || first == '_' || last == '-' || last == '_' ||
	    ascii_unescaped(member) < member.len)
		return true; /* to be looked at closely */
	pthread_once(&once, learn_letters);
	return last_letters[letter(first)] >> letter(last) & 1;
}

static enum redact_class class_of(struct sv member)
{
	if (!may_be_listed(member))
		return REDACT_NONE;
	char plain[LONGEST_NAME + 1];
	size_t n = 0;
	for (size_t i = 0; i < member.len; i++) {
		char c = member.ptr[i];
		if (c == '-' || c == '_')
			continue;
		if (n == LONGEST_NAME)
			return REDACT_NONE;
		plain[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	plain[n] = 0;
	const __typeof__(names[0]) *found =
	    bsearch(plain, names, sizeof names / sizeof *names, sizeof *names, compare_name);
	return found ? found->class : REDACT_NONE;
}

enum redact_class redact_path(struct sv path)
{
	enum redact_class class = REDACT_NONE;
	struct sv part;
	while (sv_cut(&path, '.', &part)) {
		enum redact_class c = class_of(part);
		class = c > class ? c : class;
	}
	return class;
}

bool redact_hides(const struct redact *r, enum redact_class class)
{
	return class == REDACT_SECRET || (class == REDACT_CONTENT && !r->show_content);
}

/* Length of what may be shown of a text: all of it, or a signed URL's part before its query. */
static size_t unsigned_part(struct sv text)
{
	static const char *const marks[] = {
	    "X-Amz-Signature=", "X-Amz-Security-Token=", "x-amz-security-token=", "&Signature="};
	/* All of them end alike, and hardly any text has that. */
	if (sv_find_char(text, '=') == SV_NONE)
		return text.len;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = sv_find(text, sv_from(marks[i]));
		if (at == SV_NONE)
			continue;
		size_t query = sv_find_char(text, '?');
		return query != SV_NONE && query < at ? query + 1 : 0;
	}
	return text.len;
}

/* --- the event copy
 * --------------------------------------------------------------------------------------------- */

/* Can the source spelling of a string be passed on? Not when it has bytes that JSON forbids, or half a
 * surrogate pair, which most readers refuse. */
static bool passes_as_it_is(const struct tree *t)
{
	bool plain = true;
	for (size_t i = 0; i < t->raw.len; i++) {
		unsigned char c = (unsigned char)t->raw.ptr[i];
		if (c < 0x20)
			return false;
		plain &= c < 0x80 && c != '\\';
	}
	return plain || (utf8_valid(t->raw) && sv_find(t->text, SV(REPLACEMENT)) == SV_NONE);
}

static void write_string(const struct tree *t, struct buf *out)
{
	size_t shown = unsigned_part(t->text);
	bool plain = ascii_unescaped(t->text) == t->text.len;
	if (shown < t->text.len) {
		struct buf text = {0};
		buf_add(&text, sv_head(t->text, shown));
		buf_adds(&text, REDACT_MASK);
		jout_quote(out, buf_sv(&text));
		buf_fini(&text);
	} else if (plain || passes_as_it_is(t)) {
		buf_add(out, t->raw);
	} else {
		jout_quote(out, t->text);
	}
}

/* NUL in a member's name is legal JSON that our own reader and many others refuse. */
static void write_key(struct sv key, struct buf *out)
{
	if (ascii_unescaped(key) == key.len || sv_find_char(key, 0) == SV_NONE) {
		jout_quote(out, key);
		return;
	}
	struct buf text = {0};
	for (size_t i = 0; i < key.len; i++)
		buf_add(&text, key.ptr[i] ? sv_of(key.ptr + i, 1) : SV(REPLACEMENT));
	jout_quote(out, buf_sv(&text));
	buf_fini(&text);
}

static void write_value(const struct redact *r, const struct tree *t, int depth, struct buf *out);

static void write_members(const struct redact *r, const struct tree *t, int depth, struct buf *out)
{
	bool object = t->type == TREE_OBJECT;
	buf_addc(out, object ? '{' : '[');
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (object) {
			write_key(t->keys[i], out);
			buf_addc(out, ':');
		}
		if (object && t->items[i].type != TREE_NULL && redact_hides(r, class_of(t->keys[i])))
			buf_adds(out, "\"" REDACT_MASK "\"");
		else
			write_value(r, &t->items[i], depth + 1, out);
	}
	buf_addc(out, object ? '}' : ']');
}

static void write_value(const struct redact *r, const struct tree *t, int depth, struct buf *out)
{
	switch (t->type) {
	case TREE_NULL:
	case TREE_FALSE:
	case TREE_TRUE:
	case TREE_NUMBER: buf_add(out, t->text); break;
	case TREE_STRING: write_string(t, out); break;
	case TREE_ARRAY:
	case TREE_OBJECT:
		if (depth >= MAX_DEPTH)
			buf_adds(out, DEEP_MARK);
		else
			write_members(r, t, depth, out);
		break;
	}
}

void redact_event(const struct redact *r, const struct tree *event, struct buf *out)
{
	write_value(r, event, 0, out);
}

/* --- single values
 * ---------------------------------------------------------------------------------------------- */

/* Does a masked part of the tree hold this text? */
static bool holds_masked(const struct redact *r, const struct tree *t, bool hidden, struct sv text)
{
	if (t->n == 0)
		return hidden && sv_eq(t->text, text);
	for (size_t i = 0; i < t->n; i++) {
		bool hides = hidden || (t->type == TREE_OBJECT && redact_hides(r, class_of(t->keys[i])));
		if (holds_masked(r, &t->items[i], hides, text))
			return true;
	}
	return false;
}

struct sv redact_shown(
    const struct redact *r, const struct tree *event, struct sv path, struct sv value, struct buf *room)
{
	bool keyword = path.len == 0;
	if (redact_hides(r, redact_path(path)) ||
	    (keyword && value.len && holds_masked(r, event, false, value)))
		return SV(REDACT_MASK);
	size_t shown = unsigned_part(value);
	struct sv cut = utf8_cut(sv_head(value, shown), REDACT_VALUE_BYTES);
	if (cut.len == value.len)
		return value;
	buf_reset(room);
	buf_add(room, cut);
	if (cut.len < shown)
		buf_adds(room, ELLIPSIS);
	if (shown < value.len)
		buf_adds(room, REDACT_MASK);
	return buf_sv(room);
}

void redact_value(
    const struct redact *r, const struct tree *event, struct sv path, struct sv value, struct buf *out)
{
	struct buf room = {0};
	buf_add(out, redact_shown(r, event, path, value, &room));
	buf_fini(&room);
}
