/* The text that Prometheus reads. What promtool thinks of all of it: tests/e2e/test_daemon.py. */
#include "agent/daemon/exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/metric.h"

static void labels_are_escaped(void **state)
{
	(void)state;
	struct buf out = {0};
	exposition_value(&out, GAUGE_SOURCE_RUNNING, SV("a \"b\\c\nd"), 1);
	assert_string_equal(out.ptr, "kw_source_running{source=\"a \\\"b\\\\c\\nd\"} 1\n");
	buf_reset(&out);
	exposition_seconds(&out, GAUGE_CPU, (struct sv){0}, 1042);
	assert_string_equal(out.ptr, "process_cpu_seconds_total 1.042\n");
	buf_reset(&out);
	exposition_one(&out, GAUGE_READY, 0);
	assert_string_equal(
	    out.ptr, "# HELP kw_ready 1 when /readyz says so\n# TYPE kw_ready gauge\nkw_ready 0\n");
	buf_fini(&out);
}

static void counters_are_all_there(void **state)
{
	(void)state;
	struct buf out = {0};
	metric_add(METRIC_ALERTS, 7);
	exposition_counters(&out);
	assert_non_null(strstr(out.ptr, "\n# TYPE kw_alerts_total counter\nkw_alerts_total 7\n"));
	/* What has no _total is a gauge. */
	assert_non_null(strstr(out.ptr, "\n# TYPE kw_feeds_silent gauge\nkw_feeds_silent 0\n"));
	for (int m = 0; m < METRIC_COUNT; m++) {
		struct sv name = sv_from(metric_name((enum metric)m));
		assert_true(sv_starts(name, SV("kw_")));
		assert_non_null(memmem(out.ptr, out.len, name.ptr, name.len));
	}
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(labels_are_escaped),
	    cmocka_unit_test(counters_are_all_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
