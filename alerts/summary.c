/* Sentences. Called when an alert is rendered, on the thread that owns the record; owns nothing. */
#include "alerts/summary.h"

#include "base/utf8.h"
#include "rules/path.h"
#include "rules/template.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define MAX_JOINED 8 /* values of one field that are joined by ", " */

/* --- values
 * ----------------------------------------------------------------------------------------------------- */

struct joined {
	struct buf text;
	size_t n;
};

static void join(void *ctx, const struct tree *value)
{
	struct joined *j = ctx;
	if (value->type == TREE_ARRAY) {
		for (size_t i = 0; i < value->n; i++)
			join(j, &value->items[i]);
		return;
	}
	if (value->type == TREE_NULL || j->n == MAX_JOINED)
		return;
	if (j->n++ > 0)
		buf_adds(&j->text, ", ");
	if (value->type == TREE_OBJECT)
		tree_compact(value, &j->text);
	else
		buf_add(&j->text, value->text);
}

struct sv summary_value(struct record *r, struct sv field)
{
	struct path p;
	struct joined j = {0};
	struct sv out = {NULL, 0};
	if (path_read(field, &p, NULL) != RC_OK)
		return out;
	if (p.kw >= 0)
		return record_derived(r, (enum kw_field)p.kw);
	path_each(&p, r, join, &j);
	if (j.n > 0)
		out = arena_copy(r->arena, buf_sv(&j.text));
	buf_fini(&j.text);
	return out;
}

static const char *absent(struct sv field)
{
	static const struct {
		const char *field, *words;
	} known[] = {
	    {"kw.actor", "an unknown caller"},
	    {"kw.principal", "an unknown caller"},
	    {"kw.person", "an unknown person"},
	    {"kw.session", "an unknown session"},
	    {"kw.index", "an unknown index"},
	    {"kw.index.name", "an unknown index"},
	    {"kw.from", "an unknown place"},
	    {"sourceIPAddress", "an unknown place"},
	    {"awsRegion", "an unknown region"},
	    {"eventName", "an unknown operation"},
	    {"eventSource", "an unknown service"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (sv_eq(sv_from(known[i].field), field))
			return known[i].words;
	return "-";
}

/* The first `n` code points. */
static struct sv head_of(struct sv s, size_t n)
{
	struct sv rest = s;
	while (n-- > 0 && rest.len)
		utf8_next(&rest);
	return sv_head(s, s.len - rest.len);
}

/* Cut in the middle: both ends of an ARN, an address or a name say something. */
static void add_cut(struct sv s, size_t max_characters, struct buf *out)
{
	size_t n = utf8_count(s);
	if (n <= max_characters) {
		buf_add(out, s);
		return;
	}
	size_t tail = (max_characters - 1) / 2, head = max_characters - 1 - tail;
	buf_add(out, head_of(s, head));
	buf_adds(out, ELLIPSIS);
	buf_add(out, sv_skip(s, head_of(s, n - tail).len));
}

static void add_value(
    struct sv field, struct record *r, const struct redact *redact, size_t max_characters, struct buf *out)
{
	struct sv value = summary_value(r, field);
	bool ours = sv_starts(field, SV("kw."));
	/* "unknown" of ours is a word of the field, not a name. */
	if (!value.ptr || (ours && sv_eq(value, SV("unknown")) && absent(field)[1])) {
		buf_adds(out, absent(field));
		return;
	}
	struct buf shown = {0}, printable = {0};
	redact_value(redact, r->root, field, value, &shown);
	buf_add_printable(&printable, buf_sv(&shown));
	add_cut(buf_sv(&printable), max_characters, out);
	buf_fini(&shown);
	buf_fini(&printable);
}

/* --- filling in
 * ------------------------------------------------------------------------------------------------- */

/* How an outcome is told: the words that a template may use itself, and what we add when it does not. */
struct telling {
	const char *outcome;
	const char *stem;   /* in any case */
	const char *front;  /* mark in front of the sentence */
	const char *behind; /* sentence behind it, preferred where there is one */
};

static const struct telling tellings[] = {
    {"ok", "succe", "SUCCEEDED: ", " It succeeded."},
    {"denied", "denied", "DENIED: ", NULL},
    {"failed", "failed", "FAILED: ", NULL},
    {"throttled", "throttled", "THROTTLED: ", NULL},
};

static const struct telling *telling_of(struct record *r)
{
	struct sv outcome = record_derived(r, KW_FIELD_OUTCOME);
	for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++)
		if (sv_eq(outcome, sv_from(tellings[i].outcome)))
			return &tellings[i];
	return NULL;
}

static size_t find_nocase(struct sv s, struct sv needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (sv_eq_nocase(sv_of(s.ptr + i, needle.len), needle))
			return i;
	return SV_NONE;
}

/* Where things stand in a sentence, in characters from its beginning. */
struct filled {
	size_t told; /* end of the word that tells the outcome; SIZE_MAX: no own word does */
	size_t verb; /* end of the first word behind the first value, which is the verb in all but odd
			templates */
};

static size_t first_word(struct sv words)
{
	size_t at = 0;
	while (at < words.len && words.ptr[at] == ' ')
		at++;
	while (at < words.len && words.ptr[at] != ' ')
		at++;
	return at;
}

/* Fills the template in. A value may not speak for the outcome, since an attacker may have chosen it. */
static struct filled fill(struct sv template, struct record *r, const struct redact *redact,
    size_t max_characters, const struct telling *t, struct buf *out)
{
	struct template_piece piece;
	struct filled at = {SIZE_MAX, 0};
	size_t offset = 0;
	bool behind_value = false;
	while (template_next(template, &offset, &piece, NULL) == RC_OK) {
		size_t from = out->len, tells = SV_NONE;
		if (piece.is_field) {
			add_value(piece.text, r, redact, max_characters, out);
			if (t && sv_eq(piece.text, SV("kw.outcome")))
				tells = out->len;
		} else {
			buf_add(out, piece.text);
			size_t found = t ? find_nocase(piece.text, sv_from(t->stem)) : SV_NONE;
			if (found != SV_NONE)
				tells = from + found + strlen(t->stem);
			if (behind_value && at.verb == 0)
				at.verb = utf8_count(sv_head(buf_sv(out), from + first_word(piece.text)));
		}
		behind_value |= piece.is_field;
		if (tells != SV_NONE && at.told == SIZE_MAX)
			at.told = utf8_count(sv_head(buf_sv(out), tells));
	}
	return at;
}

void summary_fill(struct sv template, struct record *r, const struct redact *redact, struct buf *out)
{
	fill(template, r, redact, REDACT_VALUE_BYTES + 1, NULL, out);
}

/* --- the sentence
 * ----------------------------------------------------------------------------------------------- */

static struct sv default_template(struct record *r, const struct telling *t)
{
	bool done = !t || sv_eq(sv_from(t->outcome), SV("ok"));
	if (r->insight)
		return SV("CloudTrail Insights saw an unusual rate of {insightDetails.eventName} calls to"
			  " {insightDetails.eventSource}.");
	if (record_derived(r, KW_FIELD_INDEX).ptr)
		return done ? SV("{kw.actor} called {eventName} on Kendra index {kw.index.name} from "
				 "{kw.from}.")
			    : SV("{kw.actor} tried {eventName} on Kendra index {kw.index.name} from "
				 "{kw.from}.");
	return done ? SV("{kw.actor} called {eventName} ({eventSource}) from {kw.from}.")
		    : SV("{kw.actor} tried {eventName} ({eventSource}) from {kw.from}.");
}

static void end_sentence(struct buf *b)
{
	if (b->len && !memchr(".!?", b->ptr[b->len - 1], 3))
		buf_addc(b, '.');
}

/* One attempt: the whole sentence in `b` (empty before). True when verb and outcome stand within the head. */
static bool compose(struct sv template, struct record *r, const struct redact *redact, size_t max_characters,
    const struct telling *t, bool mark_in_front, struct buf *b)
{
	if (mark_in_front)
		buf_adds(b, t->front);
	struct filled at = fill(template, r, redact, max_characters, t, b);
	if (!t || mark_in_front || at.told <= SUMMARY_HEAD_CHARACTERS)
		return at.verb <= SUMMARY_HEAD_CHARACTERS;
	if (!t->behind)
		return false;
	end_sentence(b);
	buf_adds(b, t->behind);
	return utf8_count(buf_sv(b)) <= SUMMARY_HEAD_CHARACTERS;
}

void summary_write(struct sv template, struct record *r, const struct redact *redact, struct buf *out)
{
	/* Values at full length first, then shorter, down to what can still be told apart. */
	static const size_t lengths[] = {REDACT_VALUE_BYTES + 1, 64, 44, 32};
	const size_t n = sizeof lengths / sizeof *lengths;
	const struct telling *t = telling_of(r);
	struct buf b = {0};
	bool fits = false;
	if (!template.ptr)
		template = default_template(r, t);
	for (size_t i = 0; i < n && !fits; i++) {
		buf_reset(&b);
		fits = compose(template, r, redact, lengths[i], t, false, &b);
	}
	/* Nothing behind the sentence would stand within its head: the mark goes in front. */
	for (size_t i = 0; i < n && !fits && t; i++) {
		buf_reset(&b);
		fits = compose(template, r, redact, lengths[i], t, true, &b);
	}
	end_sentence(&b);
	buf_add(out, buf_sv(&b));
	buf_fini(&b);
}
