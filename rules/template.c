/* Cuts templates into words and fields. The loader walks them once to refuse what is wrong; whoever renders
 * walks them again. */
#include "rules/template.h"

static bool is_field_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && sv_find_char(SV("{}'\"`$\\"), c) == SV_NONE;
}

enum rc template_next(struct sv text, size_t *at, struct template_piece *out, struct err *e)
{
	size_t from = *at, end = from;

	out->at = from;
	if (from >= text.len)
		return RC_NOTFOUND;
	if (text.ptr[from] != '{') {
		while (end < text.len && text.ptr[end] != '{' && text.ptr[end] != '}')
			end++;
		if (end < text.len && text.ptr[end] == '}') {
			out->at = end;
			return err_set(e, RC_INPUT, "`}` without a `{` before it");
		}
		out->text = sv_of(text.ptr + from, end - from);
		out->is_field = false;
		*at = end;
		return RC_OK;
	}
	end = from + 1;
	while (end < text.len && is_field_char(text.ptr[end]))
		end++;
	struct sv name = sv_of(text.ptr + from + 1, end - from - 1);
	if (end == text.len)
		return err_set(e, RC_INPUT, "this `{` is never closed");
	if (text.ptr[end] != '}')
		return err_set(e, RC_INPUT, "a field name stands between `{` and `}`, nothing else");
	if (name.len == 0)
		return err_set(e, RC_INPUT, "`{}` names no field");
	out->text = name;
	out->is_field = true;
	*at = end + 1;
	return RC_OK;
}
