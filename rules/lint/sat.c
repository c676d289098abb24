/* Clauses in one array, two watched literals each; a trail of assignments with the decisions marked. No
 * learning: formulas here have some tens of variables. */
#include "rules/lint/sat.h"

#include "base/vec.h"

/* Assignments that one question may make. */
#define BUDGET 20000

struct clause {
	size_t at, n; /* its literals: pool[at..at+n); the first two are watched */
};

struct sat {
	VEC(int) pool;
	VEC(struct clause) clauses;
	VEC(int) units; /* clauses of one literal */
	bool broken;    /* an empty clause */
	int n;
	VEC(struct watchers { VEC(size_t) clauses; }) watch; /* by literal index */
	VEC(signed char) value;                              /* by variable: 0 unknown, 1 true, -1 false */
	VEC(int) trail;
	VEC(size_t) decisions; /* trail lengths before each; the decision itself follows */
	size_t steps;
};

static size_t slot(int literal)
{
	return literal > 0 ? (size_t)literal * 2 : (size_t)-literal * 2 + 1;
}

struct sat *sat_new(void)
{
	struct sat *s = heap_zero(1, sizeof *s);
	vec_push(&s->value, 0);
	vec_push(&s->watch, (struct watchers){0});
	vec_push(&s->watch, (struct watchers){0});
	return s;
}

void sat_free(struct sat *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->watch.n; i++)
		vec_fini(&s->watch.items[i].clauses);
	vec_fini(&s->watch);
	vec_fini(&s->pool);
	vec_fini(&s->clauses);
	vec_fini(&s->units);
	vec_fini(&s->value);
	vec_fini(&s->trail);
	vec_fini(&s->decisions);
	free(s);
}

int sat_variable(struct sat *s)
{
	vec_push(&s->value, 0);
	vec_push(&s->watch, (struct watchers){0});
	vec_push(&s->watch, (struct watchers){0});
	return ++s->n;
}

void sat_clause(struct sat *s, const int *literals, size_t n)
{
	if (n < 2) {
		if (n == 1)
			vec_push(&s->units, literals[0]);
		s->broken |= n == 0;
		return;
	}
	struct clause c = {s->pool.n, n};
	for (size_t i = 0; i < n; i++)
		vec_push(&s->pool, literals[i]);
	for (size_t i = 0; i < 2; i++)
		vec_push(&s->watch.items[slot(literals[i])].clauses, s->clauses.n);
	vec_push(&s->clauses, c);
}

/* --- gates ---------------------------------------------------------------------------------------- */

int sat_or(struct sat *s, const int *literals, size_t n)
{
	VEC(int) all = {0};
	if (n == 1)
		return literals[0];
	int out = sat_variable(s);
	for (size_t i = 0; i < n; i++) {
		sat_clause(s, (const int[]){-literals[i], out}, 2);
		vec_push(&all, literals[i]);
	}
	vec_push(&all, -out);
	sat_clause(s, all.items, all.n);
	vec_fini(&all);
	return out;
}

int sat_and(struct sat *s, const int *literals, size_t n)
{
	VEC(int) all = {0};
	if (n == 1)
		return literals[0];
	for (size_t i = 0; i < n; i++)
		vec_push(&all, -literals[i]);
	int out = -sat_or(s, all.items, all.n);
	vec_fini(&all);
	return out;
}

/* --- search --------------------------------------------------------------------------------------- */

static int truth(const struct sat *s, int literal)
{
	int v = (int)s->value.items[literal > 0 ? literal : -literal];
	return literal > 0 ? v : -v;
}

static bool assign(struct sat *s, int literal)
{
	int now = truth(s, literal);
	if (now != 0)
		return now > 0;
	s->value.items[literal > 0 ? literal : -literal] = literal > 0 ? 1 : -1;
	vec_push(&s->trail, literal);
	s->steps++;
	return true;
}

/* Finds the clause another literal to watch than the false one; true when it has. */
static bool rewatch(struct sat *s, size_t clause, int falsified)
{
	int *l = s->pool.items + s->clauses.items[clause].at;
	if (l[0] == falsified) {
		l[0] = l[1];
		l[1] = falsified;
	}
	if (truth(s, l[0]) > 0)
		return false;
	for (size_t i = 2; i < s->clauses.items[clause].n; i++)
		if (truth(s, l[i]) >= 0) {
			l[1] = l[i];
			l[i] = falsified;
			vec_push(&s->watch.items[slot(l[1])].clauses, clause);
			return true;
		}
	return false;
}

/* Follows what the assignments from trail[from] on force. False: a contradiction. */
static bool propagate(struct sat *s, size_t from)
{
	for (; from < s->trail.n; from++) {
		int falsified = -s->trail.items[from];
		struct watchers *w = &s->watch.items[slot(falsified)];
		size_t kept = 0;
		bool ok = true;
		for (size_t i = 0; i < w->clauses.n; i++) {
			size_t clause = w->clauses.items[i];
			if (ok && rewatch(s, clause, falsified))
				continue;
			w->clauses.items[kept++] = clause;
			if (ok)
				ok = assign(s, s->pool.items[s->clauses.items[clause].at]);
		}
		w->clauses.n = kept;
		if (!ok)
			return false;
	}
	return true;
}

static void undo(struct sat *s, size_t to)
{
	while (s->trail.n > to) {
		int literal = s->trail.items[--s->trail.n];
		s->value.items[literal > 0 ? literal : -literal] = 0;
	}
}

/* Turns the last decision round; false when there is none left. */
static bool back_up(struct sat *s, size_t *from)
{
	while (s->decisions.n > 0) {
		size_t at = s->decisions.items[--s->decisions.n];
		int decision = s->trail.items[at];
		undo(s, at);
		*from = s->trail.n;
		if (assign(s, -decision))
			return true;
	}
	return false;
}

/* True: everything is assigned without a contradiction, or the budget ran out. */
static bool search(struct sat *s)
{
	size_t from = 0;
	int next = 1;
	for (;;) {
		if (!propagate(s, from)) {
			if (!back_up(s, &from))
				return false;
			next = 1;
			continue;
		}
		while (next <= s->n && s->value.items[next] != 0)
			next++;
		if (next > s->n || s->steps > BUDGET)
			return true;
		from = s->trail.n;
		vec_push(&s->decisions, from);
		assign(s, -next);
	}
}

bool sat_impossible(struct sat *s, const int *assumed, size_t n)
{
	bool ok = !s->broken;
	s->steps = 0;
	s->decisions.n = 0;
	for (size_t i = 0; i < s->units.n && ok; i++)
		ok = assign(s, s->units.items[i]);
	for (size_t i = 0; i < n && ok; i++)
		ok = assign(s, assumed[i]);
	ok = ok && search(s);
	undo(s, 0);
	return !ok;
}
