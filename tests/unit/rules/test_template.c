/* Templates: the pieces of a text, and the fault with its offset. */
#include "rules/template.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* "by <kw.actor> from" for "by {kw.actor} from", or "N: fault". */
static void assert_pieces(const char *text, const char *want)
{
	struct template_piece piece;
	struct err e = {0};
	struct buf b = {0};
	size_t at = 0;
	enum rc rc;

	buf_adds(&b, "");
	while (!(rc = template_next(sv_from(text), &at, &piece, &e)))
		buf_printf(&b, piece.is_field ? "<%.*s>" : "%.*s", SV_ARG(piece.text));
	if (rc == RC_INPUT) {
		buf_reset(&b);
		buf_printf(&b, "%zu: %s", piece.at, e.text);
	} else {
		assert_int_equal(rc, RC_NOTFOUND);
		assert_int_equal(at, strlen(text));
	}
	assert_string_equal(b.ptr ? b.ptr : "", want);
	buf_fini(&b);
}

static void cuts_words_and_fields(void **state)
{
	(void)state;
	assert_pieces("", "");
	assert_pieces("words alone", "words alone");
	assert_pieces("{kw.actor}", "<kw.actor>");
	assert_pieces("{tags.gr\xc3\xb6\xc3\x9f"
		      "e}",
	    "<tags.gr\xc3\xb6\xc3\x9f"
	    "e>");
	assert_pieces("by {kw.actor} from {requestParameters.a-b}{x}.",
	    "by <kw.actor> from <requestParameters.a-b><x>.");
}

static void faults_say_where(void **state)
{
	(void)state;
	assert_pieces("a } b", "2: `}` without a `{` before it");
	assert_pieces("a {b", "2: this `{` is never closed");
	assert_pieces("a {}", "2: `{}` names no field");
	assert_pieces("a {b c}", "2: a field name stands between `{` and `}`, nothing else");
	assert_pieces("{a{b}}", "0: a field name stands between `{` and `}`, nothing else");
	assert_pieces("{a'b}", "0: a field name stands between `{` and `}`, nothing else");
	assert_pieces("{a}}", "3: `}` without a `{` before it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cuts_words_and_fields),
	    cmocka_unit_test(faults_say_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
