/* Sentences. Called when an alert is rendered, on the thread that owns the record; owns nothing. */
#include "alerts/summary.h"

#include "base/ascii.h"
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

/* `n` characters, cut in the middle: both ends of an ARN, an address or a name say something. */
static void add_cut(struct sv s, size_t n, size_t max_characters, struct buf *out)
{
	size_t tail = (max_characters - 1) / 2, head = max_characters - 1 - tail;
	buf_add(out, head_of(s, head));
	buf_adds(out, ELLIPSIS);
	buf_add(out, sv_skip(s, head_of(s, n - tail).len));
}

/* The value of a field as it may be shown, at full length; the words for none where there is none
 * (*out_absent). In the record's arena, or a constant. */
static struct sv shown_value(struct sv field, struct record *r, const struct redact *redact, bool *out_absent)
{
	struct sv value = summary_value(r, field);
	bool ours = sv_starts(field, SV("kw."));
	/* "unknown" of ours is a word of the field, not a name. */
	*out_absent = !value.ptr || (ours && sv_eq(value, SV("unknown")) && absent(field)[1]);
	if (*out_absent)
		return sv_from(absent(field));
	struct buf room = {0}, printable = {0};
	struct sv shown = redact_shown(redact, r->root, field, value, &room);
	if (shown.ptr != value.ptr || ascii_printable(shown) < shown.len) {
		buf_add_printable(&printable, shown);
		shown = arena_copy(r->arena, buf_sv(&printable));
	}
	buf_fini(&room);
	buf_fini(&printable);
	return shown;
}

/* --- filling in
 * ------------------------------------------------------------------------------------------------- */

/* How an outcome is told: the words that a template may use itself, and what we add when it does not. */
struct telling {
	const char *outcome;
	const char *stem;   /* in lower case; found in any */
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
		if ((s.ptr[i] | 0x20) == needle.ptr[0] && sv_eq_nocase(sv_of(s.ptr + i, needle.len), needle))
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

/* A piece of a template that has been looked up. */
struct word {
	struct sv text; /* words of the template, or a value at full length */
	size_t n;       /* characters of it */
	bool is_field;
	bool is_value; /* cut where it is too long */
	size_t told;   /* SV_NONE, or characters of it up to the end of the word that tells the outcome */
	size_t verb;   /* characters of it up to the end of its first word */
};

struct words {
	struct word *items; /* in the record's arena */
	size_t n;
};

/* A value may not speak for the outcome, since an attacker may have chosen it. */
static struct word word_of(const struct template_piece *piece, struct record *r, const struct redact *redact,
    const struct telling *t)
{
	struct word w = {.text = piece->text, .is_field = piece->is_field, .told = SV_NONE};
	if (w.is_field) {
		bool absent;
		w.text = shown_value(piece->text, r, redact, &absent);
		w.is_value = !absent;
		if (t && sv_eq(piece->text, SV("kw.outcome")))
			w.told = 0; /* its end, wherever it is cut */
	} else {
		size_t found = t ? find_nocase(w.text, sv_from(t->stem)) : SV_NONE;
		if (found != SV_NONE)
			w.told = utf8_count(sv_head(w.text, found + strlen(t->stem)));
		w.verb = utf8_count(sv_head(w.text, first_word(w.text)));
	}
	w.n = utf8_count(w.text);
	return w;
}

/* Looks a template's pieces up, once for all attempts to make it fit. */
static struct words look_up(
    struct sv template, struct record *r, const struct redact *redact, const struct telling *t)
{
	struct template_piece piece;
	struct words words = {NULL, 0};
	size_t n = 0, offset = 0;
	while (template_next(template, &offset, &piece, NULL) == RC_OK)
		n++;
	words.items = arena_alloc(r->arena, n * sizeof *words.items);
	for (offset = 0; words.n < n && template_next(template, &offset, &piece, NULL) == RC_OK;)
		words.items[words.n++] = word_of(&piece, r, redact, t);
	return words;
}

/* Appends what was looked up, values at no more than so many characters. `n` characters are in `out`. */
static struct filled fill(const struct words *words, size_t max_characters, size_t n, struct buf *out)
{
	struct filled at = {SIZE_MAX, 0};
	bool behind_value = false;
	for (size_t i = 0; i < words->n; i++) {
		const struct word *w = &words->items[i];
		bool cut = w->is_value && w->n > max_characters;
		size_t end = n + (cut ? max_characters : w->n);
		if (cut)
			add_cut(w->text, w->n, max_characters, out);
		else
			buf_add(out, w->text);
		if (w->told != SV_NONE && at.told == SIZE_MAX)
			at.told = w->is_field ? end : n + w->told;
		if (!w->is_field && behind_value && at.verb == 0)
			at.verb = n + w->verb;
		behind_value |= w->is_field;
		n = end;
	}
	return at;
}

void summary_fill(struct sv template, struct record *r, const struct redact *redact, struct buf *out)
{
	struct words words = look_up(template, r, redact, NULL);
	fill(&words, REDACT_VALUE_BYTES + 1, 0, out);
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
static bool compose(const struct words *words, size_t max_characters, const struct telling *t,
    bool mark_in_front, struct buf *b)
{
	if (mark_in_front)
		buf_adds(b, t->front);
	struct filled at = fill(words, max_characters, b->len, b);
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
	struct words words = look_up(template, r, redact, t);
	for (size_t i = 0; i < n && !fits; i++) {
		buf_reset(&b);
		fits = compose(&words, lengths[i], t, false, &b);
	}
	/* Nothing behind the sentence would stand within its head: the mark goes in front. */
	for (size_t i = 0; i < n && !fits && t; i++) {
		buf_reset(&b);
		fits = compose(&words, lengths[i], t, true, &b);
	}
	end_sentence(&b);
	buf_add(out, buf_sv(&b));
	buf_fini(&b);
}
