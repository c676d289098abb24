/* YAML for `new` and `tune`. Pure functions into a buffer. */
#include "agent/author/yamlout.h"

#include "base/utf8.h"

/* YAML allows 1024 bytes for a key on one line. */
#define MAX_KEY 1000

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Short words may be truth values or nothing to readers of YAML 1.1: they are quoted. */
static bool is_plain(struct sv s)
{
	if (s.len < 6 || !is_letter(s.ptr[0]))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!is_letter(c) && !(c >= '0' && c <= '9') && !strchr("._/-", c))
			return false;
	}
	return true;
}

/* What YAML calls printable, less the line and byte order marks. */
static bool is_printable(uint32_t c)
{
	return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && c < 0xd800 && c != 0x2028 && c != 0x2029) ||
	       (c >= 0xe000 && c < 0xfffe && c != 0xfeff) || c >= 0x10000;
}

void yamlout_text(struct buf *out, struct sv s)
{
	if (is_plain(s)) {
		buf_add(out, s);
		return;
	}
	buf_addc(out, '"');
	while (s.len) {
		struct sv before = s;
		uint32_t c = utf8_next(&s);
		if (c & UTF8_BAD)
			buf_adds(out, "\\uFFFD");
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (is_printable(c))
			buf_add(out, sv_head(before, before.len - s.len));
		else
			buf_printf(out, "\\u%04X", c);
	}
	buf_addc(out, '"');
}

void yamlout_exact(struct buf *out, struct sv s)
{
	struct buf escaped = {0};
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("*?\\", s.ptr[i]) && s.ptr[i])
			buf_addc(&escaped, '\\');
		buf_addc(&escaped, s.ptr[i]);
	}
	yamlout_text(out, buf_sv(&escaped));
	buf_fini(&escaped);
}

static void add_value(struct buf *out, const struct tree *t, struct sv key, int indent);

static void add_members(struct buf *out, const struct tree *t, int indent)
{
	for (size_t i = 0; i < t->n; i++) {
		bool again = t->keys[i].len > MAX_KEY;
		for (size_t k = 0; k < i && !again; k++)
			again = sv_eq(t->keys[k], t->keys[i]);
		if (again)
			continue;
		buf_printf(out, "%*s", indent, "");
		yamlout_text(out, t->keys[i]);
		buf_addc(out, ':');
		add_value(out, &t->items[i], t->keys[i], indent + 2);
	}
}

static void add_elements(struct buf *out, const struct tree *t, int indent)
{
	for (size_t i = 0; i < t->n; i++) {
		buf_printf(out, "%*s-", indent, "");
		add_value(out, &t->items[i], (struct sv){0}, indent + 2);
	}
}

static void add_scalar(struct buf *out, const struct tree *t, struct sv key)
{
	if (t->type != TREE_STRING) {
		buf_add(out, t->raw);
	} else if (sv_eq(key, SV("accessKeyId")) && t->text.len > 4) {
		struct buf masked = {0};
		buf_printf(&masked, "%.4sEXAMPLE", t->text.ptr);
		yamlout_text(out, buf_sv(&masked));
		buf_fini(&masked);
	} else {
		yamlout_text(out, t->text);
	}
}

static bool has_members(const struct tree *t)
{
	return t->n && (t->type == TREE_OBJECT || t->type == TREE_ARRAY);
}

static void add_value(struct buf *out, const struct tree *t, struct sv key, int indent)
{
	if (!has_members(t)) {
		buf_addc(out, ' ');
		if (t->type == TREE_OBJECT || t->type == TREE_ARRAY)
			buf_adds(out, t->type == TREE_OBJECT ? "{}" : "[]");
		else
			add_scalar(out, t, key);
		buf_addc(out, '\n');
		return;
	}
	buf_addc(out, '\n');
	if (t->type == TREE_OBJECT)
		add_members(out, t, indent);
	else
		add_elements(out, t, indent);
}

void yamlout_object(struct buf *out, const struct tree *object, int indent)
{
	add_members(out, object, indent);
}
