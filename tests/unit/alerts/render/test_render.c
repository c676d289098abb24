/* The formatters against golden texts, and their limits against hostile values. */
#include "alerts/render/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/utf8.h"

#include <cmocka.h>

static const char *const page_alert =
    "{\"schema\":\"kendrawatch.alert/1\",\"id\":\"0a\",\"handle\":\"K7F2Q\",\"state\":\"triggered\","
    "\"time\":\"2026-11-24T01:58:11Z\",\"detected_at\":\"2026-11-24T02:03:03.250Z\","
    "\"rule\":{\"id\":\"6a0c\",\"name\":\"kendra_index_deleted\",\"title\":\"Kendra index "
    "deleted\",\"level\":\"critical\","
    "\"tags\":[\"attack.t1485\",\"attack.impact\"],\"description\":\"Kendra is our document search; a "
    "deleted index cannot be"
    " restored.\"},"
    "\"summary\":\"alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9. It succeeded.\","
    "\"principal\":\"arn:aws:iam::111122223333:role/"
    "AdministratorAccess\",\"account\":\"111122223333\",\"account_name\":\"prod\","
    "\"region\":\"eu-west-1\",\"outcome\":\"ok\",\"actor\":{\"name\":\"alice@example.com\",\"principal\":"
    "\"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/"
    "AWSReservedSSO_AdministratorAccess_0123456789abcdef\","
    "\"person\":\"alice@example.com\",\"session\":\"alice@example.com\",\"key\":\"ASIA..7QX2\",\"mfa\":"
    "\"unknown\"},"
    "\"folded\":59,\"why\":["
    "{\"field\":\"sourceIPAddress\",\"value\":\"203.0.113.9\",\"modifier\":\"expand\",\"pattern\":\"%known_"
    "networks%\","
    "\"list\":\"known_networks\",\"not\":true,\"selection\":\"known\"},"
    "{\"field\":\"eventName\",\"value\":\"DeleteIndex\",\"modifier\":\"\",\"pattern\":\"DeleteIndex\","
    "\"selection\":\"del\"},"
    "{\"field\":\"userAgent\",\"value\":\"aws-cli/"
    "2\",\"modifier\":\"startswith\",\"pattern\":\"aws-cli\",\"selection\":\"ua\"},"
    "{\"field\":\"errorCode\",\"value\":null,\"modifier\":\"\",\"pattern\":\"null\",\"selection\":\"ok\"}],"
    "\"steps\":[{\"text\":\"Call alice@example.com and ask whether this was planned; if nobody answers "
    "within five minutes take"
    " the next step.\"},{\"run\":\"aws kendra list-indices --region 'eu-west-1'\"}],"
    "\"links\":{\"alert\":\"https://kw.example/alerts/0a\",\"runbook\":\"https://wiki.example/kendra\"},"
    "\"origin\":{\"source\":\"trail\"},\"agent\":{\"version\":\"0.1.0\"},\"event\":{}}";

static struct jdoc *parse(const char *text)
{
	struct jdoc *v = NULL;
	struct err e = {0};
	if (jdoc_read(sv_from(text), &v, &e) != RC_OK)
		fail_msg("%s", e.text);
	return v;
}

static const struct render_style plain = {.timezone = "Europe/Berlin", .now_ms = RENDER_NO_TIME};

static void subject(const struct jdoc *alert, const struct render_style *style, struct buf *out)
{
	(void)style;
	render_subject(alert, out);
}

static void gives(void (*render)(const struct jdoc *, const struct render_style *, struct buf *),
    const char *alert, const struct render_style *style, const char *want)
{
	struct buf out = {0};
	struct jdoc *v = parse(alert);
	render(v, style, &out);
	assert_string_equal(out.ptr, want);
	jdoc_free(v);
	buf_fini(&out);
}

static void the_page(void **state)
{
	(void)state;
	struct render_style with_clock = plain;
	/* clang-format off */
	const char *want =
	    "CRITICAL \xc2\xb7 prod eu-west-1 \xc2\xb7 03:03                                               #K7F2Q\n"
	    "alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9. It succeeded.\n"
	    "Kendra is our document search; a deleted index cannot be restored.\n"
	    "When  2026-11-24 02:58:11 Berlin (01:58:11 UTC); reached us 03:03\n"
	    "Who   alice@example.com < SSO AdministratorAccess < key ASIA..7QX2 \xc2\xb7 MFA unknown\n"
	    "Why   sourceIPAddress 203.0.113.9 NOT in known_networks \xc2\xb7 eventName DeleteIndex \xc2\xb7\n"
	    "      userAgent aws-cli/2 (startswith aws-cli) \xc2\xb7 errorCode is absent\n"
	    "Also  59 more like it since the last page, folded into this one\n"
	    "Do    1 Call alice@example.com and ask whether this was planned; if nobody answers\n"
	    "        within five minutes take the next step.\n"
	    "      2 $ aws kendra list-indices --region 'eu-west-1'\n"
	    "Book  https://wiki.example/kendra\n"
	    "Link  https://kw.example/alerts/0a\n"
	    "Rule  Kendra index deleted (kendra_index_deleted) \xc2\xb7 attack.t1485 attack.impact\n";
	/* clang-format on */
	gives(render_page, page_alert, &plain, want);
	with_clock.now_ms = 1795485491000 + 360000;
	const char *reached = strstr(want, "; reached");
	char *text = heap_printf("%.*s, 6 min ago%s", (int)(reached - want), want, reached);
	gives(render_page, page_alert, &with_clock, text);
	free(text);
}

static void colour_adds_nothing_but_colour(void **state)
{
	(void)state;
	struct render_style coloured = plain;
	struct buf one = {0}, two = {0}, stripped = {0};
	struct jdoc *v = parse(page_alert);
	coloured.colour = true;
	render_page(v, &plain, &one);
	render_line(v, &plain, &one);
	render_page(v, &coloured, &two);
	render_line(v, &coloured, &two);
	for (size_t i = 0; i < two.len; i++) {
		if (two.ptr[i] == '\033')
			while (two.ptr[i] != 'm')
				i++;
		else
			buf_addc(&stripped, two.ptr[i]);
	}
	assert_true(two.len > one.len);
	assert_string_equal(one.ptr, stripped.ptr);
	jdoc_free(v);
	buf_fini(&one);
	buf_fini(&two);
	buf_fini(&stripped);
}

static void the_line_the_sms_and_the_subject(void **state)
{
	(void)state;
	struct render_style utc = {.now_ms = RENDER_NO_TIME};
	gives(render_line, page_alert, &utc,
	    "2026-11-24 01:58:11  CRITICAL  K7F2Q  prod          alice@example.com DELETED the Kendra index "
	    "hr-policies"
	    " from 203.0.113.9. It succeeded. (+59 folded)\n");
	gives(render_sms, page_alert, &plain,
	    "CRIT prod: alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9 02:58 OK +59 "
	    "#K7F2Q");
	gives(subject, page_alert, &plain,
	    "CRITICAL prod: alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9. It "
	    "succe...");
}

static void denied_looks_different(void **state)
{
	(void)state;
	const char *alert =
	    "{\"handle\":\"K7F2Q\",\"time\":\"2026-11-24T01:58:11Z\",\"rule\":{\"level\":\"medium\"},"
	    "\"summary\":\"DENIED: bob tried "
	    "StopLogging.\",\"account\":\"444455556666\",\"outcome\":\"denied\"}";
	gives(render_sms, alert, &plain, "MED 444455556666: bob tried StopLogging 02:58 DENIED #K7F2Q");
	gives(subject, alert, &plain, "MEDIUM 444455556666: DENIED: bob tried StopLogging.");
}

static void a_late_event_tells_both_days(void **state)
{
	(void)state;
	gives(render_page,
	    "{\"time\":\"2026-11-22T22:30:00Z\",\"detected_at\":\"2026-11-24T02:03:03Z\",\"late_by\":99183}",
	    &plain,
	    "ALERT \xc2\xb7 - \xc2\xb7 03:03                                                                 "
	    "   #-\n"
	    "When  2026-11-22 23:30:00 Berlin (22:30:00 UTC); reached us 2026-11-24 03:03, LATE by\n"
	    "      28 h\n"
	    "Rule  - (-)\n");
}

static void an_empty_alert_still_renders(void **state)
{
	(void)state;
	gives(render_line, "{}", &plain, "-                    ALERT     -      -             -\n");
	gives(render_sms, "{}", &plain, "ALERT -:  #-");
	gives(subject, "{}", &plain, "ALERT -: -");
	gives(render_page, "{}", &plain,
	    "ALERT \xc2\xb7 -                                                                            #-\n"
	    "Rule  - (-)\n");
}

/* Nothing an event can hold may reach the terminal as a control, or push what matters out of a limit. */
static void hostile_values_stay_in_their_place(void **state)
{
	(void)state;
	struct buf text = {0};
	for (size_t n = 0; n < 600; n += 7) {
		buf_reset(&text);
		buf_adds(&text,
		    "{\"handle\":\"K7F2Q\",\"time\":\"2026-11-24T01:58:11Z\",\"outcome\":\"ok\",\"rule\":"
		    "{\"level\":\"high\",\"title\":\"\\u001b]8;;http://evil\\u0007\"},\"account_name\":\"");
		for (size_t i = 0; i < n; i++)
			buf_adds(&text, "p\\u202e");
		buf_adds(&text, "\",\"summary\":\"");
		for (size_t i = 0; i < n; i++)
			buf_adds(&text, "\\u001b[2J\xc3\xa9\\r\\n");
		buf_adds(
		    &text, "\",\"why\":[{\"field\":\"\\u009b\",\"value\":\"\\n\",\"list\":\"\\u0007\"}]}");
		struct jdoc *v = parse(text.ptr);
		struct buf page = {0}, line = {0}, sms = {0}, head = {0};
		render_page(v, &plain, &page);
		render_line(v, &plain, &line);
		render_sms(v, &plain, &sms);
		render_subject(v, &head);
		assert_null(strpbrk(page.ptr, "\033\r\007\t"));
		assert_null(strstr(page.ptr, "\xe2\x80\xae"));
		assert_ptr_equal(strpbrk(line.ptr, "\033\r\007\n"), line.ptr + line.len - 1);
		assert_null(strpbrk(sms.ptr, "\033\r\007\n"));
		assert_true(sms.len <= RENDER_SMS_BYTES);
		assert_true(utf8_valid(buf_sv(&sms)));
		assert_true(sv_starts(buf_sv(&sms), SV("HIGH ")));
		assert_true(sv_ends(buf_sv(&sms), SV(" 02:58 OK #K7F2Q")));
		assert_true(head.len <= RENDER_SUBJECT_CHARACTERS);
		for (size_t i = 0; i < head.len; i++)
			assert_in_range(head.ptr[i], 0x20, 0x7e);
		buf_fini(&page);
		buf_fini(&line);
		buf_fini(&sms);
		buf_fini(&head);
		jdoc_free(v);
	}
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page),
	    cmocka_unit_test(colour_adds_nothing_but_colour),
	    cmocka_unit_test(the_line_the_sms_and_the_subject),
	    cmocka_unit_test(denied_looks_different),
	    cmocka_unit_test(a_late_event_tells_both_days),
	    cmocka_unit_test(an_empty_alert_still_renders),
	    cmocka_unit_test(hostile_values_stay_in_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
