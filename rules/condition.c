/* Lexer and parser of conditions: recursive descent over one token of lookahead. Called when a rule is
 * loaded; the texts come from rule files, so nesting, length of a name and number of tokens are capped. */
#include "rules/condition.h"

#include "base/vec.h"

enum token_kind {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_PIPE,
	TOKEN_WORD,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT
};

struct token {
	enum token_kind kind;
	struct sv text;
	size_t at;
};

struct parser {
	struct arena *arena;
	struct sv text;
	size_t next; /* offset behind `token` */
	struct token token;
	size_t n_tokens;
	int depth;
	enum rc rc; /* the first fault, or RC_OK */
	size_t fault_at;
	struct err *e;
};

static struct condition *parse_or(struct parser *p);

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The token that begins at or behind offset `from`; *out_next is the offset behind it. */
static struct token lex(struct sv text, size_t from, size_t *out_next)
{
	static const struct {
		struct sv word;
		enum token_kind kind;
	} keywords[] = {{SV_INIT("and"), TOKEN_AND}, {SV_INIT("or"), TOKEN_OR}, {SV_INIT("not"), TOKEN_NOT}};
	struct token t;
	size_t end;

	while (from < text.len && is_blank(text.ptr[from]))
		from++;
	t.at = from;
	if (from == text.len) {
		*out_next = from;
		t.kind = TOKEN_END;
		t.text = (struct sv){0};
		return t;
	}
	end = from + 1;
	t.kind = TOKEN_WORD;
	if (text.ptr[from] == '(')
		t.kind = TOKEN_OPEN;
	else if (text.ptr[from] == ')')
		t.kind = TOKEN_CLOSE;
	else if (text.ptr[from] == '|')
		t.kind = TOKEN_PIPE;
	else
		while (end < text.len && !is_blank(text.ptr[end]) &&
		       sv_find_char(SV("()|"), text.ptr[end]) == SV_NONE)
			end++;
	t.text = sv_of(text.ptr + from, end - from);
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
		if (sv_eq_nocase(t.text, keywords[i].word))
			t.kind = keywords[i].kind;
	*out_next = end;
	return t;
}

/* Keeps the first fault; gives NULL so that callers can return it. */
static struct condition *fault(struct parser *p, enum rc rc, size_t at)
{
	p->rc = rc;
	p->fault_at = at;
	return NULL;
}

static void advance(struct parser *p)
{
	p->token = lex(p->text, p->next, &p->next);
	p->n_tokens++;
}

static struct condition *node_new(struct parser *p, enum condition_kind kind, size_t at)
{
	struct condition *c = arena_zero(p->arena, sizeof *c);

	c->kind = kind;
	c->at = at;
	return c;
}

/* The commonest fault: something else stands where `what` should. */
static struct condition *fault_expected(struct parser *p, const char *what)
{
	if (p->token.kind == TOKEN_END)
		err_set(p->e, RC_INPUT, "expected %s, but the condition ends", what);
	else
		err_set(p->e, RC_INPUT, "expected %s, but found \"%.*s\"", what, SV_ARG(p->token.text));
	return fault(p, RC_INPUT, p->token.at);
}

/* Names are matched against patterns, which costs their length squared. */
static struct condition *fault_long_name(struct parser *p)
{
	err_set(p->e, RC_LIMIT, "a name in a condition has at most %d bytes", CONDITION_MAX_NAME);
	return fault(p, RC_LIMIT, p->token.at);
}

static bool is_quantifier(struct sv word)
{
	return sv_eq_nocase(word, SV("1")) || sv_eq_nocase(word, SV("any")) || sv_eq_nocase(word, SV("all"));
}

/* Behind `1`, `any`, `all` or any other word stands `of`. */
static struct condition *parse_of(struct parser *p, struct token quantity)
{
	struct condition *c = node_new(p, CONDITION_OF, quantity.at);

	if (!is_quantifier(quantity.text)) {
		err_set(p->e, RC_INPUT, "\"%.*s of\" is not known; there are `1 of`, `any of` and `all of`",
		    SV_ARG(quantity.text));
		return fault(p, RC_INPUT, quantity.at);
	}
	advance(p);
	if (p->token.kind != TOKEN_WORD)
		return fault_expected(p, "a selection, a pattern or `them` behind `of`");
	if (p->token.text.len > CONDITION_MAX_NAME)
		return fault_long_name(p);
	c->all = sv_eq_nocase(quantity.text, SV("all"));
	c->name = p->token.text;
	c->at = p->token.at;
	advance(p);
	return c;
}

static struct condition *parse_word(struct parser *p)
{
	struct token word = p->token;

	if (word.text.len > CONDITION_MAX_NAME)
		return fault_long_name(p);
	advance(p);
	if (p->token.kind == TOKEN_WORD && sv_eq_nocase(p->token.text, SV("of")))
		return parse_of(p, word);
	if (memchr(word.text.ptr, '*', word.text.len)) {
		err_set(p->e, RC_INPUT, "pattern \"%.*s\" needs `1 of` or `all of` in front of it",
		    SV_ARG(word.text));
		return fault(p, RC_INPUT, word.at);
	}
	struct condition *c = node_new(p, CONDITION_NAME, word.at);

	c->name = word.text;
	return c;
}

static struct condition *parse_group(struct parser *p)
{
	size_t open = p->token.at;

	advance(p);
	struct condition *c = parse_or(p);
	if (!c)
		return NULL;
	if (p->token.kind == TOKEN_END) {
		err_set(p->e, RC_INPUT, "this parenthesis is never closed");
		return fault(p, RC_INPUT, open);
	}
	if (p->token.kind != TOKEN_CLOSE)
		return fault_expected(p, "`and`, `or` or `)`");
	advance(p);
	return c;
}

static struct condition *parse_primary(struct parser *p)
{
	if (p->n_tokens > CONDITION_MAX_TOKENS) {
		err_set(p->e, RC_LIMIT, "a condition has at most %d words", CONDITION_MAX_TOKENS);
		return fault(p, RC_LIMIT, p->token.at);
	}
	if (p->token.kind == TOKEN_OPEN)
		return parse_group(p);
	if (p->token.kind == TOKEN_WORD)
		return parse_word(p);
	return fault_expected(p, "a selection, `not` or `(`");
}

/* Every cycle of the grammar passes here, so this is where nesting is counted. */
static struct condition *parse_not(struct parser *p)
{
	struct condition *c = NULL;

	if (p->depth == CONDITION_MAX_DEPTH) {
		err_set(p->e, RC_LIMIT, "a condition is nested at most %d deep", CONDITION_MAX_DEPTH);
		return fault(p, RC_LIMIT, p->token.at);
	}
	p->depth++;
	if (p->token.kind == TOKEN_NOT) {
		struct condition *negation = node_new(p, CONDITION_NOT, p->token.at);

		advance(p);
		struct condition *inner = parse_not(p);
		if (inner) {
			negation->children = arena_alloc(p->arena, sizeof(struct condition *));
			negation->children[0] = inner;
			negation->n = 1;
			c = negation;
		}
	} else {
		c = parse_primary(p);
	}
	p->depth--;
	return c;
}

static struct condition *join(
    struct arena *arena, enum condition_kind kind, struct condition *const *children, size_t n)
{
	struct condition *c = arena_zero(arena, sizeof *c);

	if (n == 1)
		return children[0];
	c->kind = kind;
	c->at = children[0]->at;
	c->children = arena_alloc(arena, n * sizeof(struct condition *));
	memcpy(c->children, children, n * sizeof(struct condition *));
	c->n = n;
	return c;
}

/* `inner {joint inner}` as one flat node. */
static struct condition *parse_chain(struct parser *p, enum condition_kind kind, enum token_kind joint,
    struct condition *(*inner)(struct parser *))
{
	VEC(struct condition *) parts = {0};
	struct condition *c = inner(p);

	while (c) {
		vec_push(&parts, c);
		if (p->token.kind != joint)
			break;
		advance(p);
		c = inner(p);
	}
	if (c)
		c = join(p->arena, kind, parts.items, parts.n);
	vec_fini(&parts);
	return c;
}

static struct condition *parse_and(struct parser *p)
{
	return parse_chain(p, CONDITION_AND, TOKEN_AND, parse_not);
}

static struct condition *parse_or(struct parser *p)
{
	return parse_chain(p, CONDITION_OR, TOKEN_OR, parse_and);
}

enum rc condition_parse(
    struct arena *arena, struct sv text, struct condition **out, size_t *out_at, struct err *e)
{
	struct parser p = {.arena = arena, .text = text, .e = e};

	advance(&p);
	if (p.token.kind == TOKEN_END) {
		*out_at = 0;
		return err_set(e, RC_INPUT, "the condition is empty");
	}
	struct condition *c = parse_or(&p);
	if (c && p.token.kind == TOKEN_PIPE) {
		err_set(e, RC_INPUT, "`|` has no meaning in a condition");
		c = fault(&p, RC_INPUT, p.token.at);
	} else if (c && p.token.kind != TOKEN_END) {
		err_set(
		    e, RC_INPUT, "expected `and`, `or` or the end, but found \"%.*s\"", SV_ARG(p.token.text));
		c = fault(&p, RC_INPUT, p.token.at);
	}
	if (!c) {
		*out_at = p.fault_at;
		return p.rc;
	}
	*out = c;
	return RC_OK;
}

struct condition *condition_any(struct arena *arena, struct condition *const *conditions, size_t n)
{
	return join(arena, CONDITION_OR, conditions, n);
}

/* `*` is any run. Goes back to the last star only, which is enough: an earlier one has nothing to gain. */
static bool glob(struct sv pattern, struct sv name)
{
	size_t p = 0, n = 0, star = SV_NONE, resume = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
			p++;
			n++;
		} else if (star != SV_NONE) {
			p = star + 1;
			n = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

bool condition_fits(struct sv pattern, struct sv name)
{
	if (sv_starts(name, SV("_")) && !sv_starts(pattern, SV("_")))
		return false;
	return sv_eq_nocase(pattern, SV("them")) || glob(pattern, name);
}

bool condition_negates(const struct condition *c)
{
	if (c->kind == CONDITION_NOT)
		return true;
	for (size_t i = 0; i < c->n; i++)
		if (condition_negates(c->children[i]))
			return true;
	return false;
}
