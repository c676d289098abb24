/*
 * The pushdown that framing stands on. Called by frame.c only, on the worker's thread; owns nothing.
 *
 * Each byte is looked at once, however the input is cut into calls: all that a cut can fall into is in
 * `state`. One bit a level says what kind of bracket is open.
 */
#include "rules/event/balance.h"

#include "rules/event/text_run.h"

static enum balance_verdict wrong(struct balance *b, const char *reason)
{
	b->wrong = reason;
	return BALANCE_WRONG;
}

void balance_begin(struct balance *b)
{
	b->at = 0;
	b->depth = 0;
	b->wrong = NULL;
	b->envelope = false;
	b->state = BALANCE_VALUE;
}

void balance_tail(struct balance *b)
{
	balance_begin(b);
	b->state = BALANCE_NEXT;
	b->depth = 1;
	b->is_object[0] |= 1;
	b->start[0] = 0;
}

static enum balance_verdict open_bracket(struct balance *b, bool object)
{
	if (b->depth == BALANCE_MAX_DEPTH)
		return BALANCE_DEEP;
	uint64_t bit = 1ull << (b->depth % 64), *word = &b->is_object[b->depth / 64];
	*word = object ? *word | bit : *word & ~bit;
	b->start[b->depth++] = (uint32_t)b->at++;
	b->state = object ? BALANCE_KEY_OR_END : BALANCE_VALUE_OR_END;
	return BALANCE_MORE;
}

/* A value is over; the one at the top too when no bracket is open. */
static enum balance_verdict value_over(struct balance *b)
{
	b->state = BALANCE_NEXT;
	return b->depth == 0 ? BALANCE_DONE : BALANCE_MORE;
}

static enum balance_verdict close_bracket(struct balance *b)
{
	b->at++;
	b->depth--;
	return value_over(b);
}

static bool is_scalar_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '+' || c == '.';
}

static bool begins_scalar(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}

static bool names_envelope(struct sv bytes, size_t key_start, size_t key_end)
{
	struct sv key = sv_of(bytes.ptr + key_start, key_end - key_start);
	return sv_eq(key, SV("Records")) || sv_eq(key, SV("Events"));
}

/* `[` as a value of the outermost object: is it the array of records? */
static bool is_record_array(const struct balance *b, struct sv bytes)
{
	return b->envelope && b->depth == 1 && names_envelope(bytes, b->key_start, b->key_end);
}

static enum balance_verdict on_value(struct balance *b, struct sv bytes, char c)
{
	if (c == '[' && is_record_array(b, bytes)) {
		b->at++;
		return BALANCE_ARRAY;
	}
	if (c == '{' || c == '[') {
		b->envelope = b->envelope && b->depth == 0;
		return open_bracket(b, c == '{');
	}
	if (c == ']' && b->state == BALANCE_VALUE_OR_END)
		return close_bracket(b);
	if (c == '"') {
		b->in_key = false;
		b->state = BALANCE_STRING;
		b->at++;
		return BALANCE_MORE;
	}
	if (!begins_scalar(c))
		return wrong(b, b->state == BALANCE_VALUE ? "expected a value" : "expected a value or ]");
	b->state = BALANCE_SCALAR;
	b->at++;
	return BALANCE_MORE;
}

static enum balance_verdict on_key(struct balance *b, char c)
{
	if (c == '}' && b->state == BALANCE_KEY_OR_END)
		return close_bracket(b);
	if (c != '"')
		return wrong(b, b->state == BALANCE_KEY ? "expected a key" : "expected a key or }");
	b->at++;
	b->in_key = true;
	b->key_start = b->depth == 1 ? b->at : b->key_start;
	b->state = BALANCE_STRING;
	return BALANCE_MORE;
}

static enum balance_verdict on_next(struct balance *b, char c)
{
	bool object = balance_in_object(b, b->depth - 1);
	if (c == ',') {
		b->at++;
		b->state = object ? BALANCE_KEY : BALANCE_VALUE;
		return BALANCE_MORE;
	}
	if (c == (object ? '}' : ']'))
		return close_bracket(b);
	return wrong(b, object ? "expected , or }" : "expected , or ]");
}

static enum balance_verdict on_string(struct balance *b, struct sv bytes)
{
	b->at = (size_t)(text_run(bytes.ptr + b->at, bytes.ptr + bytes.len) - bytes.ptr);
	if (b->at == bytes.len)
		return BALANCE_MORE;
	char c = bytes.ptr[b->at];
	if (c == '\\') {
		b->at++;
		b->state = BALANCE_ESCAPE;
		return BALANCE_MORE;
	}
	if (c != '"')
		return wrong(b, "raw control character in a string");
	if (!b->in_key) {
		b->at++;
		return value_over(b);
	}
	b->key_end = b->depth == 1 ? b->at : b->key_end;
	b->at++;
	b->state = BALANCE_COLON;
	return BALANCE_MORE;
}

/* The byte behind a backslash. Which escapes exist is the tree's business. */
static enum balance_verdict on_escape(struct balance *b, char c)
{
	if ((unsigned char)c < 0x20)
		return wrong(b, "raw control character in a string");
	b->at++;
	b->state = BALANCE_STRING;
	return BALANCE_MORE;
}

static enum balance_verdict on_scalar(struct balance *b, struct sv bytes)
{
	while (b->at < bytes.len && is_scalar_byte(bytes.ptr[b->at]))
		b->at++;
	return b->at == bytes.len ? BALANCE_MORE : value_over(b);
}

static enum balance_verdict on_colon(struct balance *b, char c)
{
	if (c != ':')
		return wrong(b, "expected a colon");
	b->at++;
	b->state = BALANCE_VALUE;
	return BALANCE_MORE;
}

enum balance_verdict balance_run(struct balance *b, struct sv bytes)
{
	enum balance_verdict verdict = BALANCE_MORE;
	while (verdict == BALANCE_MORE) {
		bool between = b->state <= BALANCE_NEXT;
		if (between)
			b->at =
			    (size_t)(text_run_blanks(bytes.ptr + b->at, bytes.ptr + bytes.len) - bytes.ptr);
		if (b->at == bytes.len)
			break;
		char c = bytes.ptr[b->at];
		switch (b->state) {
		case BALANCE_KEY_OR_END:
		case BALANCE_KEY: verdict = on_key(b, c); break;
		case BALANCE_COLON: verdict = on_colon(b, c); break;
		case BALANCE_VALUE_OR_END:
		case BALANCE_VALUE: verdict = on_value(b, bytes, c); break;
		case BALANCE_NEXT: verdict = on_next(b, c); break;
		case BALANCE_STRING: verdict = on_string(b, bytes); break;
		case BALANCE_ESCAPE: verdict = on_escape(b, c); break;
		case BALANCE_SCALAR: verdict = on_scalar(b, bytes); break;
		}
	}
	return verdict;
}
