/* Refusals of AWS, taken apart. Called by `doctor`; owns nothing. */
#include "base/aws/denied.h"

#include <stdio.h>

static const char *const codes[] = {"AccessDenied", "AccessDeniedException", "AuthorizationError",
    "AuthorizationErrorException", "UnauthorizedOperation", "KMSAccessDenied", "KMSAccessDeniedException",
    "KMS.AccessDeniedException", "InsufficientPrivilegesException"};

/* The word behind `label`, up to a blank; quotes, brackets and a full stop around it are no part of it. */
static void put_word(struct sv text, struct sv label, char *out, size_t size)
{
	size_t at = sv_find(text, label);
	if (at == SV_NONE)
		return;
	struct sv rest = sv_trim(sv_skip(text, at + label.len));
	struct sv word = sv_head(rest, sv_find_char(rest, ' '));
	while (word.len && strchr("\"'[(", word.ptr[0]))
		word = sv_skip(word, 1);
	while (word.len && strchr("\"'])., ", word.ptr[word.len - 1]))
		word.len--;
	if (sv_find_char(word, ':') != SV_NONE)
		snprintf(out, size, "%.*s", SV_ARG(word));
}

bool denied_read(const struct failure *f, struct denied *out)
{
	bool is = false;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		is |= strcmp(f->code, codes[i]) == 0;
	if (!is || !out)
		return is;
	struct sv text = sv_from(f->message);
	*out = (struct denied){0};
	put_word(text, SV("authorized to perform:"), out->action, sizeof out->action);
	put_word(text, SV("on resource:"), out->resource, sizeof out->resource);
	size_t because = sv_find(text, SV(" because "));
	if (because != SV_NONE)
		snprintf(
		    out->why, sizeof out->why, "%.*s", SV_ARG(sv_skip(text, because + strlen(" because "))));
	return true;
}
