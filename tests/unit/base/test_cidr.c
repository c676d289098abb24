/* Strict addresses and networks. */
#include "base/cidr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static bool holds(const char *net, const char *address)
{
	struct cidr c;
	assert_true(cidr_read(sv_from(net), &c, NULL));
	return cidr_holds(&c, sv_from(address));
}

static void addresses_in_networks(void **state)
{
	(void)state;
	assert_true(holds("10.0.0.0/8", "10.255.0.1"));
	assert_false(holds("10.0.0.0/8", "11.0.0.1"));
	assert_true(holds("192.0.2.128/25", "192.0.2.129"));
	assert_false(holds("192.0.2.128/25", "192.0.2.127"));
	assert_true(holds("0.0.0.0/0", "255.255.255.255"));
	assert_false(holds("0.0.0.0/0", "::1"));
	assert_true(holds("192.0.2.7", "192.0.2.7"));
	assert_true(holds("2001:db8::/32", "2001:DB8:0:0::ABCD"));
	assert_false(holds("2001:db8::/32", "2001:db9::1"));
	assert_true(holds("::/0", "::ffff:192.0.2.1"));
	assert_false(holds("192.0.2.0/24", "::ffff:192.0.2.1"));
	assert_true(holds("::ffff:192.0.2.0/120", "::ffff:c000:201"));
}

static void other_spellings_are_no_addresses(void **state)
{
	static const char *rows[] = {"", " 10.0.0.1", "10.0.0.1 ", "10.0.0.01", "10.0.0", "10.0.0.1.1",
	    "10.0.0.256", "10.0.0.1/32", "0x0a.0.0.1", "167772161", "AWS Internal", "kendra.amazonaws.com",
	    "10.0.0.-1"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_false(holds("0.0.0.0/0", rows[i]));
	assert_false(holds("::/0", "fe80::1%eth0"));
	assert_false(holds("::/0", "1::2::3"));
	assert_false(holds("::/0", "[::1]"));
	struct cidr all;
	assert_true(cidr_read(SV("0.0.0.0/0"), &all, NULL));
	assert_false(cidr_holds(&all, SV("10.0.0.1\0")));
}

static void networks_as_written(void **state)
{
	static const char *bad[] = {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8",
	    "10.0.0.0/-1", "10.0.0.0/-0", "10.0.0.0/00", "10.0.0/8", "::/129", "10.0.0.0/8 ", "10.0.0.0/8/8",
	    "::ffff:10.0.0.0/x"};
	struct cidr c;
	bool host_bits;
	char text[CIDR_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cidr_read(sv_from(bad[i]), &c, NULL));
	assert_true(cidr_read(SV("10.1.2.3/8"), &c, &host_bits));
	assert_true(host_bits);
	cidr_format(&c, text);
	assert_string_equal(text, "10.0.0.0/8");
	assert_true(cidr_read(SV("2001:DB8::1"), &c, &host_bits));
	assert_false(host_bits);
	cidr_format(&c, text);
	assert_string_equal(text, "2001:db8::1/128");
}

static void networks_widen(void **state)
{
	char text[CIDR_TEXT];
	struct cidr c;

	(void)state;
	assert_true(cidr_read(SV("10.255.3.4"), &c, NULL));
	cidr_widen(&c, 32);
	cidr_format(&c, text);
	assert_string_equal(text, "10.255.3.4/32");
	cidr_widen(&c, 12);
	cidr_format(&c, text);
	assert_string_equal(text, "10.240.0.0/12");
	assert_true(cidr_read(SV("2001:db8:ffff::1"), &c, NULL));
	cidr_widen(&c, 33);
	cidr_format(&c, text);
	assert_string_equal(text, "2001:db8:8000::/33");
	cidr_widen(&c, 0);
	cidr_format(&c, text);
	assert_string_equal(text, "::/0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_in_networks),
	    cmocka_unit_test(other_spellings_are_no_addresses),
	    cmocka_unit_test(networks_as_written),
	    cmocka_unit_test(networks_widen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
