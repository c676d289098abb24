/* Certificates and what is signed with them, against openssl's own command line: made by it, for this test
 * alone. */
#include "base/net/cert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/net/crypto.h"

static const char rsa_certificate[] = "-----BEGIN CERTIFICATE-----\n"
				      "MIIDGzCCAgOgAwIBAgIULlmvIwNjRM6f6sv727uQeRZnX00wDQYJKoZIhvcNAQEL\n"
				      "BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTMwMDc1ODM0\n"
				      "WhgPMjEyNjExMDYwNzU4MzRaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t\n"
				      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApsgUCFdPFZUfru447yu8\n"
				      "vwaTsu6Ck2LlN3HCwyDyPcWuultAY+MXxANa6sLZBouHs9NS9PbRUUxEVZdaDbad\n"
				      "4fOo3MvbxPs6Xqs4AS2+ndm5DGhhbPFte0rE05dmQ0WjdwtH7oOKV6DJ5B7V+7kS\n"
				      "1Yi/67a8UUCK2yjs4BEJEoG6wneW/KJhwMy9JDTUXFXRqlY/WzijfNO6DeOcnJd1\n"
				      "EgsfivddXzHJTAgmJr3GSx1VmW1Dy61zJsevjNuPwsK6y+xXmGFm9O8MMuKrds1j\n"
				      "whc7yrsVkm3wG2jRGK9VP65VrJuA45Rs/WeJFI+5t47Mx00UwYlKkOgctT1GqSvn\n"
				      "cwIDAQABo1MwUTAdBgNVHQ4EFgQUfNFvGqf1Girq8Z+cIY/trHurkz0wHwYDVR0j\n"
				      "BBgwFoAUfNFvGqf1Girq8Z+cIY/trHurkz0wDwYDVR0TAQH/BAUwAwEB/zANBgkq\n"
				      "hkiG9w0BAQsFAAOCAQEAeFB2hqdj8iL03Y5S7+TvXX6q2nLZKAPrZsXwAgM7d/sy\n"
				      "cH02JySXSHQA1HD6nVr/U9VyzucD5v5Q8KuUUXYmNSYHf5moKxcV+E2WGLpEU0Jb\n"
				      "9Tuw8P6VE4gCt6szewlUtzlByV9W5IggK33Un8KS5VMXLsXJE16yM4O0Hgrke/Qc\n"
				      "lNYJkaoav4448JN4llN+Z+KZ873EWJkyAADxBxACY9Go6LcTqKb441zPbMwc55g5\n"
				      "Kllmyx0fKTMfpJhmUQYFO79j6hgriI2mvaiAZoEEiTmdyZws6hZZdKaIZ5tvDjma\n"
				      "8sToq9jJ//uUVSIHuT/yPglOxxoBPADx4sBXNdRKYQ==\n"
				      "-----END CERTIFICATE-----\n";
static const char rsa_key[] = "-----BEGIN PRIVATE KEY-----\n"
			      "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCmyBQIV08VlR+u\n"
			      "7jjvK7y/BpOy7oKTYuU3ccLDIPI9xa66W0Bj4xfEA1rqwtkGi4ez01L09tFRTERV\n"
			      "l1oNtp3h86jcy9vE+zpeqzgBLb6d2bkMaGFs8W17SsTTl2ZDRaN3C0fug4pXoMnk\n"
			      "HtX7uRLViL/rtrxRQIrbKOzgEQkSgbrCd5b8omHAzL0kNNRcVdGqVj9bOKN807oN\n"
			      "45ycl3USCx+K911fMclMCCYmvcZLHVWZbUPLrXMmx6+M24/CwrrL7FeYYWb07wwy\n"
			      "4qt2zWPCFzvKuxWSbfAbaNEYr1U/rlWsm4DjlGz9Z4kUj7m3jszHTRTBiUqQ6By1\n"
			      "PUapK+dzAgMBAAECggEALmbFGAr+gEE0hu1VXsl64mTYi/RK1OmzXykh6DsO2nvY\n"
			      "4JVJxWCluI28aktaqTUBxNi7IFdZJjbDXlLVJbKUm4w4g3GeS+Afvb4CP2W0PmOY\n"
			      "VejmjjJfZOmI+FuLgpTp5VF4qlXjk/yynuqrWzUDFfDNgK2fGDYOS+pHeRGURhbp\n"
			      "T9nA5f6tq4hcfjfhpOwQetYMXiQTxncY8UsLRwOQyIR4ClOlNJx4HrTCgiT4LSq/\n"
			      "gwbR2pxfwcXxuTMmVKeC1dTecisyhgyf/kHCRlwf+a63PpUs1D0hIGBsBOyOYSIr\n"
			      "6iwRK1sPW7eLl95xx2WnQNPWSMWDJKZFlhcwsYDcdQKBgQDj+L7UFKcpZOxRqwB7\n"
			      "Ixj79W0448lBTttYwxr39qK/zJ160K/19o9tWA2GL2MXZVE6Kn17ydqVTSapkRm1\n"
			      "GJz2i1OgKKNGkuXhAg0sUPQlcl1NRkJkmCVSHc527IrJIFRXOUc+lVnRAsVnXXcU\n"
			      "NMaW+qMPdalrOxMSEgtSxBtH1QKBgQC7SWpZ2QN1mUtpdvBTgxQc5frf1u/CoJv/\n"
			      "XvzWEY3ozd+Vw4dbKYO4cI70llLPKOyNIhcvvH2TLQKhUF8jSi2/oNpAddHtZmEP\n"
			      "IFOIvE26tZdsFLFAyNXFZq2lEH8sAFfhVy+fpStCrh+KW3L1FAqzsLHsdweSa+BX\n"
			      "LATaGbUeJwKBgBqMTSzFevIHHr4j+9pbK/2rhxyo6jcAx+p+ThWyUyGi4nP6+YLb\n"
			      "Q7ioGGsX+aIv2lW7vQE9cIcShP4aN7QvOZg8gXCVSu5dDQg3BPG0O7pgpxzoobK1\n"
			      "RSNa9UBEK6VgbnH56aIQInWErRhsegGQY9ARQAv81831AzOHhmoNDGBBAoGBAK1g\n"
			      "04GFsvwlA3kI0IafK/lstgiOM7sbcA7C4pFSAutn2voL3rx3/Ca8nLq0hsicfBBT\n"
			      "ZN+eQSoEWxD3FHvY6e0ifal66PI6+tND+9DzcYnNHfbCWS0+PxfVbB8I3JHhZ3mG\n"
			      "euHxx9Cc3Tn6Wrui6B1dD/l2X54fG7nXWE6HyfG1AoGBAMSogGwAl4cZVKZhwc9Z\n"
			      "PXdE2rHm9DwjAKbRjJ8ibjI9wuFHl2nsz1XDPo1ojvALeGKKdUCNddc8Po9KEw1s\n"
			      "MknjY7OGHxbnAXW7Sj4/aZwUzw553nD+hPNcjHpgkpX4Y1lJHBGR/kRIXLav5rpw\n"
			      "RK1D39aEIx2nw68q/o9T8nmI\n"
			      "-----END PRIVATE KEY-----\n";
static const char ec_certificate[] = "-----BEGIN CERTIFICATE-----\n"
				     "MIIBcjCCARegAwIBAgIUJ/DaRvkCwyldEN7OdS7aXll0qu4wCgYIKoZIzj0EAwIw\n"
				     "DTELMAkGA1UEAwwCZWMwIBcNMjYxMTMwMDc1ODM0WhgPMjEyNjExMDYwNzU4MzRa\n"
				     "MA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1BD2235v\n"
				     "NT+EbvAsardsWZtwc3/TjTybhyoAxIHVEeMVQ2UoyUM02131shyJTjtD4+0sK2CM\n"
				     "RuiOZmVE7vTjDaNTMFEwHQYDVR0OBBYEFEig11C9xmvIh2KP4aOA8R+FiLNrMB8G\n"
				     "A1UdIwQYMBaAFEig11C9xmvIh2KP4aOA8R+FiLNrMA8GA1UdEwEB/wQFMAMBAf8w\n"
				     "CgYIKoZIzj0EAwIDSQAwRgIhAKjSPysvur7XOX96NlN8GIX0IE+9qXUVEBmaHFNp\n"
				     "Mn0PAiEAuiy7sKw6OVYOpEPeG1SmIRIQ3LIikHoaakgzhzlxERA=\n"
				     "-----END CERTIFICATE-----\n";
static const char other_key[] = "-----BEGIN PRIVATE KEY-----\n"
				"MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAPKWfpMxUqrLVweC\n"
				"PlhCwB3vGIs/Ckq1jCdJ6yjIrb8A7uPVTX5MVjO6kjAGK+x6iPTRiq6LY5pjmy6U\n"
				"JnECKWxZR49qvlNYWVO+Z46hIr7yMyG0jbuGOOPwwuRCjLuablHS43cL+e/vhJ/Z\n"
				"EmIseJYuxa8ZRhCSQnAB2KPNmNbrAgMBAAECgYEAsFdlu2nnRfB6WyL6Xv5m2Vus\n"
				"48v3l0dRkl3Ra9w1MNtkzImJw32KTCAblH1oAIcyd4S64xbAWMJ/U+St7Qg9QvN0\n"
				"0H8hCc+Eq7bQXCTbnS5aHbflVwae4L5kS3vZuf/C2u5tbTs1cbiXD+ibinJKat98\n"
				"emh+nn3kE0O6pZCGm0ECQQD5i+45hNYn6hG852YEfAd+4cMrvzmahAKWTf1UweM3\n"
				"4Ppwkx6dwwNhIueX+r04UeFTKoclCR2YQBH+4aEhlO3lAkEA+Nx+vKFCdo7WYq1T\n"
				"A5yEaW8jiuWOMb8+e3z5U9IJNmtSj/dhoHRUNqMEecbD9eM6li6kNXJu2M7RLi4d\n"
				"kOjkjwJATqIcR/2mqd8lBbx4thMLHZ0wLdnM4faVBh2/JPUPjy0SXWTOcfHgX7xq\n"
				"88Xr2BJdCSLOgQoVTENsKD+a0YUnTQJBAIlbwsRAyduAeYpbmn9ay6caRebrT3Hb\n"
				"2hP05fVC7/zOffKim4shyj2h+t1wPUch1XuBYPdzIwWeGc1AfOc39LcCQQCy+4pj\n"
				"bF7H8CGpJSYZlOO+9t1SwMmVEphtUAYbVSqJLDgqfgw279XGWCeZ0q+uto+a9fBD\n"
				"IfBA2tFX6DmrC5Ap\n"
				"-----END PRIVATE KEY-----\n";
static const char short_certificate[] = "-----BEGIN CERTIFICATE-----\n"
					"MIIB/jCCAWegAwIBAgIUPzX1IAh+mgEzPQvpDVofyQjymUMwDQYJKoZIhvcNAQEL\n"
					"BQAwEDEOMAwGA1UEAwwFc2hvcnQwIBcNMjYxMTMwMDc1ODM0WhgPMjEyNjExMDYw\n"
					"NzU4MzRaMBAxDjAMBgNVBAMMBXNob3J0MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB\n"
					"iQKBgQDyln6TMVKqy1cHgj5YQsAd7xiLPwpKtYwnSesoyK2/AO7j1U1+TFYzupIw\n"
					"Bivseoj00Yqui2OaY5sulCZxAilsWUePar5TWFlTvmeOoSK+8jMhtI27hjjj8MLk\n"
					"Qoy7mm5R0uN3C/nv74Sf2RJiLHiWLsWvGUYQkkJwAdijzZjW6wIDAQABo1MwUTAd\n"
					"BgNVHQ4EFgQUNxQLcfCGftMHfxRR2UO8ZwSxfn8wHwYDVR0jBBgwFoAUNxQLcfCG\n"
					"ftMHfxRR2UO8ZwSxfn8wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOB\n"
					"gQCLGYYP81PUZOmZn9MDQ8TwYN9fZ8RcsKHoi/UyvdG+2Fl34VWupPodnw5FBrJ0\n"
					"W9v3BfYrnoDm7EJtvaWe5lU91j5aSQmLsXEO+FfkooKkVaSjcD6uoxs9KzTeC98o\n"
					"HkxhNQeaIfEqceVc3oBCYssLCRxoM7JJn52QorHoNtmUiA==\n"
					"-----END CERTIFICATE-----\n";
#define BEGINS_MS INT64_C(1796025514000)
#define ENDS_MS INT64_C(4949625514000)

#define TEXT SV("Message\nhello\n")
static const char sha1_signature[] =
    "LiG4FBwbKXnDi6JrywJGZCyHCvrWYkZJAbrLkuSgi8Jc4ryMSXEx79y3W/is30Dc3V6bRLMFJ+Eh"
    "0QJ+fEZYqbBzFVB18akqQEIbyO5PvidURmZcJPv6rat35p+m3Fu+scW7nVEDSP+cf4bCGg4z9DoZ"
    "qzxqYUCPfe7NkTx/W+0ZIdfImKQLYMtklpe4j519R1LTpW4tfnp28j6te96SAulRzJOy8AqFRmv9"
    "WNk1Bvtw75qtsr2PKOMDqeA7lJ7+tWvePzDOWmiDYuCQPfZFcMh87G/3tH3vI0Dqy6OTz8ONOjDC"
    "SrtIcmXEX2aeYyETjKkZ8xWtgLNUyH/5lu739Q==";
static const char sha256_signature[] =
    "IvJsN2MXYnB2rwqLYyUTp6MqPgsj/Ciiy8zEeNEhPOnSd++WnABclhWug7Co8yAnIedHJNS49Gi6"
    "KAcK198Nv8IhskZ2uEkZeiddnEqO314pOw6i30oVDxa735TA2ZsWHA/f3E3Ivce1oow4feMNCKwO"
    "iCrBQEC9u1LXPSlx3ZWL2ET92XjErF9wlD/k/yLFpkyaw/YnzF9Ju5zezvigbKR8vXP+FY/jAhaB"
    "WdprECyCBeEM9Z6BRNiZdZC1s2rSdMCVpNzxi+z2Kmb+4PQJiaHPLv3OyGuJmFM/lrMC7OGZHgTA"
    "ZUgK05KnATb+1xH1/2eVuOQHwg0kF7eAORUw0g==";

static struct cert *read(const char *pem)
{
	struct cert *c;
	struct err e = {0};
	assert_int_equal(cert_read(sv_from(pem), &c, &e), RC_OK);
	return c;
}

static bool is_signed(const struct cert *c, enum cert_hash hash, struct sv text, const char *signature)
{
	struct buf bytes = {0};
	assert_int_equal(crypto_unbase64(sv_from(signature), &bytes, NULL), RC_OK);
	bool good = cert_signed(c, hash, text, buf_sv(&bytes));
	buf_fini(&bytes);
	return good;
}

static void signatures(void **state)
{
	struct cert *c = read(rsa_certificate);
	(void)state;
	assert_true(is_signed(c, CERT_SHA1, TEXT, sha1_signature));
	assert_true(is_signed(c, CERT_SHA256, TEXT, sha256_signature));
	assert_false(is_signed(c, CERT_SHA256, TEXT, sha1_signature));
	assert_false(is_signed(c, CERT_SHA1, TEXT, sha256_signature));
	assert_false(is_signed(c, CERT_SHA256, SV("Message\nhellO\n"), sha256_signature));
	assert_false(is_signed(c, CERT_SHA256, SV(""), sha256_signature));
	assert_false(is_signed(c, CERT_SHA256, TEXT, ""));
	assert_false(is_signed(c, CERT_SHA256, TEXT, "AAAA"));
	cert_free(c);
}

static void validity(void **state)
{
	struct cert *c = read(rsa_certificate);
	(void)state;
	assert_false(cert_valid_at(c, BEGINS_MS - 1000));
	assert_true(cert_valid_at(c, BEGINS_MS + 1000));
	assert_true(cert_valid_at(c, ENDS_MS - 1000));
	assert_false(cert_valid_at(c, ENDS_MS + 1000));
	cert_free(c);
}

static void what_is_no_certificate_for_it(void **state)
{
	static const char *const bad[] = {"", "x", rsa_key, ec_certificate, short_certificate};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cert *c;
		struct err e = {0};
		assert_int_equal(cert_read(sv_from(bad[i]), &c, &e), RC_INPUT);
		assert_null(c);
		assert_true(e.text[0] != 0);
	}
	cert_free(NULL);
}

static void pairs(void **state)
{
	struct err e = {0};
	(void)state;
	assert_int_equal(cert_check_pair(sv_from(rsa_certificate), sv_from(rsa_key), &e), RC_OK);
	assert_int_equal(cert_check_pair(sv_from(rsa_certificate), sv_from(other_key), &e), RC_CONFIG);
	assert_string_equal(e.text, "the key is not the certificate's");
	assert_int_equal(cert_check_pair(sv_from(rsa_key), sv_from(rsa_key), &e), RC_CONFIG);
	assert_int_equal(cert_check_pair(sv_from(rsa_certificate), SV("x"), &e), RC_CONFIG);
	assert_int_equal(cert_check_pair(sv_from(rsa_certificate), SV(""), &e), RC_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signatures),
	    cmocka_unit_test(validity),
	    cmocka_unit_test(what_is_no_certificate_for_it),
	    cmocka_unit_test(pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
