/* Shell quoting for first steps. Called when an alert is rendered; owns nothing. */
#include "alerts/command.h"

#include "alerts/summary.h"
#include "rules/template.h"

#define MAX_VALUE_BYTES 1024

/* Where in shell syntax the words have led so far. */
struct place {
	char quote;   /* ' " ` or 0 */
	bool escaped; /* the next character is */
	char last;
};

static void walk(struct place *at, struct sv words)
{
	for (size_t i = 0; i < words.len; i++) {
		char c = words.ptr[i];
		at->last = c;
		if (at->escaped) {
			at->escaped = false;
		} else if (c == '\\' && at->quote != '\'') {
			at->escaped = true;
		} else if (at->quote) {
			if (c == at->quote)
				at->quote = 0;
		} else if (c == '\'' || c == '"' || c == '`') {
			at->quote = c;
		}
	}
}

static enum rc check_place(const struct place *at, struct sv field, struct err *e)
{
	if (at->quote)
		return err_set(e, RC_CONFIG,
		    "{%.*s} stands within %c: values are quoted by us, take the %c away", SV_ARG(field),
		    at->quote, at->quote);
	if (at->escaped || at->last == '$')
		return err_set(e, RC_CONFIG, "{%.*s} stands right behind %c, which would undo our quoting",
		    SV_ARG(field), at->escaped ? '\\' : '$');
	return RC_OK;
}

enum rc command_check(struct sv template, struct err *e)
{
	struct place at = {0};
	struct template_piece piece;
	size_t offset = 0;
	enum rc rc;
	if (sv_find_char(template, '\n') != SV_NONE || sv_find(template, SV("<<")) != SV_NONE)
		return err_set(e, RC_CONFIG, "a command is one line without here-documents");
	while ((rc = template_next(template, &offset, &piece, e)) == RC_OK) {
		if (!piece.is_field)
			walk(&at, piece.text);
		else if ((rc = check_place(&at, piece.text, e)) != RC_OK)
			return rc;
		else
			at.last = '\'';
	}
	if (rc != RC_NOTFOUND)
		return err_set(e, RC_CONFIG, "the braces of the command don't balance");
	if (at.quote || at.escaped)
		return err_set(e, RC_CONFIG, "the command ends within %c", at.quote ? at.quote : '\\');
	return RC_OK;
}

static bool printable(struct sv value)
{
	struct buf shown = {0};
	buf_add_printable(&shown, value);
	bool same = sv_eq(buf_sv(&shown), value);
	buf_fini(&shown);
	return same;
}

/* Why a value may not stand in a command; NULL when it may. */
static const char *refusal(struct sv field, struct sv value, const struct redact *redact)
{
	if (!value.ptr || value.len == 0)
		return "is absent";
	if (redact_hides(redact, redact_path(field)))
		return "is masked";
	if (value.len > MAX_VALUE_BYTES)
		return "is too long";
	if (!printable(value))
		return "holds characters that can't be shown";
	if (value.ptr[0] == '-')
		return "begins like an option";
	if (sv_starts(value, SV("file://")) || sv_starts(value, SV("fileb://")) ||
	    sv_starts(value, SV("http://")) || sv_starts(value, SV("https://")))
		return "names a file or URL, which some tools would read";
	return NULL;
}

static void quote(struct sv value, struct buf *out)
{
	buf_addc(out, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, value.ptr[i]);
	}
	buf_addc(out, '\'');
}

enum rc command_write(
    struct sv template, struct record *r, const struct redact *redact, struct buf *out, struct err *e)
{
	struct template_piece piece;
	struct buf text = {0};
	size_t offset = 0;
	enum rc rc = command_check(template, e);
	if (rc != RC_OK) {
		if (e)
			e->rc = RC_REJECT;
		return RC_REJECT;
	}
	while (template_next(template, &offset, &piece, e) == RC_OK) {
		if (!piece.is_field) {
			buf_add(&text, piece.text);
			continue;
		}
		struct sv value = summary_value(r, piece.text);
		const char *why = refusal(piece.text, value, redact);
		if (why) {
			buf_fini(&text);
			return err_set(e, RC_REJECT, "{%.*s} %s", SV_ARG(piece.text), why);
		}
		quote(value, &text);
	}
	buf_add(out, buf_sv(&text));
	buf_fini(&text);
	return RC_OK;
}
