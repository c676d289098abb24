/* JUnit XML for `kendrawatch test --junit`. Pure functions into a buffer. The form is the one that Jenkins,
 * GitLab and GitHub's reporters have in common: testsuites > testsuite > testcase > failure or error. */
#include "agent/author/junit.h"

#include "base/utf8.h"

/* XML 1.0 has no way to write most control characters, not even escaped, nor U+FFFE and U+FFFF. */
static bool xml_has(uint32_t c)
{
	return c >= 0x20 ? c != 0xfffe && c != 0xffff : c == '\t' || c == '\n' || c == '\r';
}

static void add_text(struct buf *out, struct sv s)
{
	while (s.len) {
		struct sv before = s;
		uint32_t c = utf8_next(&s);
		struct sv bytes = sv_head(before, before.len - s.len);
		if (c & UTF8_BAD || !xml_has(c))
			buf_adds(out, "\xef\xbf\xbd");
		else if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '>')
			buf_adds(out, "&gt;");
		else if (c == '&')
			buf_adds(out, "&amp;");
		else if (c == '"')
			buf_adds(out, "&quot;");
		else if (c < 0x20) /* a reader would make them blanks in an attribute */
			buf_printf(out, "&#%u;", (unsigned)c);
		else
			buf_add(out, bytes);
	}
}

static void add_attribute(struct buf *out, const char *name, struct sv value)
{
	buf_printf(out, " %s=\"", name);
	add_text(out, value);
	buf_addc(out, '"');
}

static void add_seconds(struct buf *out, int64_t us)
{
	buf_printf(out, " time=\"%lld.%06lld\"", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void add_case(struct buf *out, const struct testcase_result *r)
{
	buf_adds(out, "    <testcase");
	add_attribute(out, "classname", r->rule);
	add_attribute(out, "name", r->name);
	add_attribute(out, "file", sv_from(r->file));
	buf_printf(out, " line=\"%d\"", r->line);
	add_seconds(out, r->took_us);
	if (r->passed) {
		buf_adds(out, "/>\n");
		return;
	}
	buf_adds(out, ">\n      <failure message=\"not as expected\">");
	add_text(out, sv_from(r->difference));
	buf_adds(out, "</failure>\n    </testcase>\n");
}

/* The cases of one rule from `i` on; gives where the next rule begins. */
static size_t add_suite(struct buf *out, const struct testcase_report *report, size_t i)
{
	const struct testcase_result *first = &report->results.items[i];
	size_t n = 0, failed = 0;
	int64_t us = 0;
	for (; i + n < report->results.n && sv_eq(first[n].rule, first->rule) && first[n].file == first->file;
	     n++) {
		failed += !first[n].passed;
		us += first[n].took_us;
	}
	buf_adds(out, "  <testsuite");
	add_attribute(out, "name", first->rule);
	add_attribute(out, "file", sv_from(first->file));
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\"", n, failed);
	add_seconds(out, us);
	buf_adds(out, ">\n");
	for (size_t k = 0; k < n; k++)
		add_case(out, &first[k]);
	buf_adds(out, "  </testsuite>\n");
	return i + n;
}

static void add_faults(struct buf *out, const struct faults *faults)
{
	buf_printf(out,
	    "  <testsuite name=\"rule files\" tests=\"%zu\" failures=\"0\" errors=\"%zu\" time=\"0\">\n",
	    faults->n_errors, faults->n_errors);
	for (size_t i = 0; i < faults->list.n; i++) {
		const struct fault *f = &faults->list.items[i];
		if (f->level != FAULT_ERROR)
			continue;
		buf_printf(out, "    <testcase classname=\"rule files\" name=\"");
		add_text(out, sv_from(f->file));
		buf_printf(out, ":%d:%d\" time=\"0\">\n      <error", f->line, f->col);
		add_attribute(out, "message", sv_from(f->text));
		buf_adds(out, "/>\n    </testcase>\n");
	}
	buf_adds(out, "  </testsuite>\n");
}

void junit_write(const struct testcase_report *report, const struct faults *faults, struct buf *out)
{
	int64_t us = 0;
	for (size_t i = 0; i < report->results.n; i++)
		us += report->results.items[i].took_us;
	buf_printf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"kendrawatch\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
	    report->results.n + faults->n_errors, report->n_failed, faults->n_errors);
	add_seconds(out, us);
	buf_adds(out, ">\n");
	for (size_t i = 0; i < report->results.n;)
		i = add_suite(out, report, i);
	if (faults->n_errors)
		add_faults(out, faults);
	buf_adds(out, "</testsuites>\n");
}
