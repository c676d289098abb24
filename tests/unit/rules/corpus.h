/* Generated rules and events, the same in every run: what evaluators are compared on. Every kind of
 * comparison, lists, filters, arrays, keys with dots. Included by one test program each. */
#ifndef KW_TESTS_UNIT_RULES_CORPUS_H
#define KW_TESTS_UNIT_RULES_CORPUS_H

#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SEED 20261124u

/* --- chance ------------------------------------------------------------------------------------------------
 */

static uint64_t random_state = SEED;

static inline unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

#define PICK(array) ((array)[pick((unsigned)(sizeof(array) / sizeof(array)[0]))])

/* --- generated rules
 * ------------------------------------------------------------------------------------------ */

/* `|neq` is put behind some of the keys. */
struct line {
	const char *key, *value;
	bool plain; /* the program can tell by itself */
};

static const struct line lines[] = {
    {"a", "x", true},
    {"a", "'x*?y'", true},
    {"a", "[x, y, foo, 'b*r']", true},
    {"a", "[1, true, x]", true},
    {"a", "''", true},
    {"a", "'*'", true},
    {"a", "null", true},
    {"a", "true", true},
    {"a", "false", true},
    {"a", "10", true},
    {"a", "[10, 12.50, -0]", true},
    {"a", "É", true},
    {"a|cased", "Foo", true},
    {"a|cased|contains", "Fo", true},
    {"a|contains", "foobar", true},
    {"a|contains", "[foo, obar, barfoo, zzz]", true},
    {"a|contains|all", "[foo, bar]", true},
    {"a|contains", "o", true},
    {"a|startswith", "foobar-", true},
    {"a|startswith", "[arn:aws, foo]", true},
    {"a|endswith", "[é, bar]", true},
    {"a|exists", "true", true},
    {"a|exists", "false", true},
    {"a|re", "'foo(ba+r)?'", true},
    {"a|re", "'(a+)+$'", true},
    {"a|re|i", "'FOO.*BAR|xyz'", true},
    {"a|re", "'^foo\\d{2,3}bar'", true},
    {"a|re", "'[a-f]oob|z{2}foo'", true},
    {"a|windash|contains", "'-x/'", true},
    {"a|wide|base64offset|contains", "foo", true},
    {"a|base64", "foo", true},
    {"a|gt", "10", true},
    {"a|lte", "-1e3", true},
    {"a|cidr", "[10.0.0.0/8, '2001:db8::/32', 192.0.2.0/25]", true},
    {"a|cidr", "10.1.2.3", true},
    {"a|hour|gte", "7", true},
    {"a|week", "53", true},
    {"a|expand", "'%l%'", true},
    {"a|expand|contains", "'%l%-%n%'", true},
    {"a|expand", "'%nets%'", true},
    {"a|expand", "'%k%'", false},
    {"a|fieldref", "b", false},
    {"a|fieldref|contains", "b.c", false},
    {"a|fieldref|startswith", "b", false},
    {"a|fieldref|endswith|cased", "d.e", false},
    {"a|contains", "'*'", false},
    {"a|contains", "'f?o*b'", true},
    {"a|contains", "[1, true]", true},
    {"a|all", "['x*', '*y']", true},
    {"a|startswith|cased", "[Foo, x]", true},
    {"a|endswith", "'?'", true},
    {"a|windash", "'-x/'", true},
    {"a|utf16le|base64", "foo", true},
    {"a|re|m|s", "'^r$'", true},
    {"a|re", "[fo, 'ar$', '\\d']", true},
    {"a|lt", "[0, 12]", true},
    {"a|gte", "12.5", true},
    {"a|minute", "0", true},
    {"a|year|gt", "2025", true},
    {"a|expand|startswith", "'%n%'", true},
};

static const char *const fields[] = {"a", "b", "b.c", "d.e.f", "d.e", "eventName", "b.c.d"};
static const char *const other_lines[] = {
    "'|contains': foo", "kw.outcome: ok", "kw.hour|exists: true", "'|all': [foo, '*1*']", "'|re': 'o+b'"};

static const char lists_text[] = "{l: [x, 'y*', foo], n: ['1', bar], nets: [10.2.0.0/16, 192.0.2.7], k: {by: "
				 "a, values: {x: [v, x], foo: [foo]}}}";

static inline bool write_item(struct buf *out)
{
	if (pick(20) == 0) {
		buf_adds(out, PICK(other_lines));
		return false;
	}
	const struct line *l = &PICK(lines);
	buf_printf(out, "%s%s%s: %s", PICK(fields), l->key + 1, pick(6) ? "" : "|neq", l->value);
	return l->plain;
}

/* A map; keys in it must differ, so each has its own field. */
static inline bool write_map(struct buf *out, const char *indent)
{
	bool plain = true;
	struct buf keys = {0};
	unsigned n = 1 + pick(3);
	for (unsigned i = 0; i < n; i++) {
		struct buf item = {0};
		size_t before = out->len;
		bool one = write_item(&item);
		size_t colon = sv_find_char(buf_sv(&item), ':');
		struct sv key = sv_head(buf_sv(&item), colon + 1);
		if (sv_find(buf_sv(&keys), key) == SV_NONE) {
			buf_adds(out, i ? indent : "");
			buf_add(out, buf_sv(&item));
			buf_addc(out, '\n');
			plain &= one;
		}
		assert_true(i || out->len > before);
		buf_add(&keys, key);
		buf_fini(&item);
	}
	buf_fini(&keys);
	return plain;
}

static const char *const conditions[] = {"s0", "s0 and s1", "s0 or s1", "s0 and not s1", "1 of s*",
    "all of them", "not s0", "s0 and (s1 or not s2)", "not 1 of s*", "s1 and 1 of s*",
    "not (s0 and s1) and s2", "not not s1", "any of s*", "all of s* or s0", "1 of them and not all of them"};

static inline bool write_selections(struct buf *out)
{
	bool plain = true;
	for (unsigned i = 0; i < 3; i++) {
		bool list = pick(4) == 0;
		buf_printf(out, "  s%u:\n", i);
		for (unsigned j = 0; j <= (list ? 1 + pick(2) : 0); j++) {
			buf_adds(out, list ? "    - " : "    ");
			plain &= write_map(out, list ? "      " : "    ");
		}
	}
	return plain;
}

/* A set of some rules and now and then a filter. */
static inline struct ruleset *generate_rules(unsigned n, bool plain_only)
{
	struct faults faults = {0};
	struct lists lists = {0};
	struct ydoc *doc = ydoc_parse("l", SV(lists_text), 0, &faults);
	struct buf yaml = {0};
	lists_read(&lists, ydoc_root(doc, 0), "l", ".", NULL, &faults);
	assert_int_equal(faults.list.n, 0);
	for (unsigned i = 0; i < n;) {
		struct buf one = {0};
		bool filter = pick(12) == 0;
		buf_printf(&one, "---\ntitle: t\nname: r%u\nlogsource: {product: aws}\n%s:\n", i,
		    filter ? "filter" : "detection");
		if (filter)
			buf_printf(&one, "  rules: [r%u]\n", pick(n));
		bool plain = write_selections(&one);
		buf_printf(&one, "  condition: %s\n", PICK(conditions));
		if (plain || !plain_only) {
			buf_add(&yaml, buf_sv(&one));
			i++;
		}
		buf_fini(&one);
	}
	struct ruleset *set = rules_load_text("generated", buf_sv(&yaml), &lists, &faults);
	for (size_t i = 0; i < faults.list.n; i++)
		if (faults.list.items[i].level == FAULT_ERROR)
			fail_msg(
			    "%d: %s in\n%s", faults.list.items[i].line, faults.list.items[i].text, yaml.ptr);
	faults_fini(&faults);
	buf_fini(&yaml);
	ydoc_free(doc);
	lists_fini(&lists);
	return set;
}

/* --- generated events
 * ------------------------------------------------------------------------------------------- */

static const char *const scalars[] = {"null", "true", "false", "10", "1", "1.0", "12.5", "-0", "0", "-2000",
    "1e1", "1000000000000000000000", "\"x\"", "\"X\"", "\"xy\"", "\"xzzy\"", "\"foo\"", "\"Foo\"",
    "\"FOOBAR\"", "\"foobar-\\u0041\"", "\"barfoo\"", "\"foo12bar\"", "\"zzfoo\"", "\"\"", "\"10\"",
    "\"-2000\"", "\"true\"", "\"\\u00e9\"", "\"É\"", "\"10.1.2.3\"", "\"10.2.9.9\"", "\"192.0.2.7\"",
    "\"192.0.2.200\"", "\"2001:db8::1\"", "\"10.0.0.0/8\"", "\"arn:aws:iam::1\"", "\"2026-12-31T08:00:00Z\"",
    "\"Zm9v\"", "\"f\\u006fo-bar\"", "\"foo-1\"", "\"y-1\"", "\"-x/\"", "\"/x-\"", "\"aaaaaaaaaaaaaaaa\"",
    "\"ZgBvAG8A\"", "\"br\"", "\"bär\"", "\"ſſ\"", "\"\xff\xfe\"", "\"b\\nr\""};

static inline void write_value(struct buf *out, unsigned depth, bool plain);

static inline void write_object(struct buf *out, unsigned depth, bool plain)
{
	static const char *const keys[] = {
	    "a", "b", "c", "d", "e", "f", "b.c", "d.e", "\\u0061", "eventName"};
	bool used[sizeof keys / sizeof *keys] = {0};
	unsigned n = pick(6);
	buf_addc(out, '{');
	for (unsigned i = 0, written = 0; i < n; i++) {
		unsigned k = pick(sizeof keys / sizeof *keys);
		/* Twice the same key, a key with a dot or an escape: beyond the program. */
		if (plain && (used[k] || (k >= 6 && k <= 8)))
			continue;
		used[k] = true;
		buf_printf(out, "%s\"%s\":%s", written++ ? "," : "", keys[k], pick(8) ? "" : " ");
		write_value(out, depth, plain);
	}
	buf_addc(out, '}');
}

/* `plain`: an object stands only where a path goes through it, never at its end. */
static inline void write_value(struct buf *out, unsigned depth, bool plain)
{
	if (plain || depth == 0 || pick(3)) {
		buf_adds(out, PICK(scalars));
		return;
	}
	if (pick(2)) {
		write_object(out, depth - 1, plain);
		return;
	}
	unsigned n = pick(4);
	buf_addc(out, '[');
	for (unsigned i = 0; i < n; i++) {
		buf_adds(out, i ? "," : "");
		write_value(out, depth - 1, plain);
	}
	buf_addc(out, ']');
}

static inline void write_event(struct buf *out, bool plain)
{
	buf_reset(out);
	write_object(out, 3, plain);
}

#endif
