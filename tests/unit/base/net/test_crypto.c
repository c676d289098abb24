/* Hashes against FIPS 180-4, RFC 4231, RFC 4648 and RFC 9562's own values. */
#include "base/net/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void sha256_of(struct sv s, const char *expected)
{
	char hex[65];
	crypto_sha256_hex(s, hex);
	assert_string_equal(hex, expected);
}

static void sha256_vectors(void **state)
{
	(void)state;
	sha256_of(SV("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_of(SV(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_of((struct sv){NULL, 0}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_of(SV("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void md5_vectors(void **state)
{
	char hex[2 * CRYPTO_MD5_BYTES + 1];
	(void)state;
	crypto_md5_hex(SV("abc"), hex);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
	crypto_md5_hex((struct sv){NULL, 0}, hex);
	assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
}

static void sha256_streamed_million(void **state)
{
	char thousand[1000];
	unsigned char digest[CRYPTO_SHA256_BYTES];
	char hex[65];
	(void)state;
	memset(thousand, 'a', sizeof thousand);
	struct crypto_hash *h = crypto_hash_new();
	for (int i = 0; i < 1000; i++)
		crypto_hash_add(h, sv_of(thousand, sizeof thousand));
	crypto_hash_add(h, SV(""));
	crypto_hash_end(h, digest);
	crypto_hex(digest, sizeof digest, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void hmac_of(struct sv key, struct sv s, const char *expected)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	char hex[65];
	crypto_hmac_sha256(key, s, mac);
	crypto_hex(mac, sizeof mac, hex);
	assert_string_equal(hex, expected);
}

static void hmac_vectors_of_rfc_4231(void **state)
{
	char key[131];
	(void)state;
	memset(key, 0x0b, 20);
	hmac_of(sv_of(key, 20), SV("Hi There"),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_of(SV("Jefe"), SV("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	hmac_of(sv_of(key, sizeof key), SV("Test Using Larger Than Block-Size Key - Hash Key First"),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_of((struct sv){NULL, 0}, (struct sv){NULL, 0},
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void base64_there_and_back(void **state)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfd", "//79"}};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct buf out = {0}, back = {0};
		struct err e = {0};
		buf_adds(&out, "");
		crypto_base64(sv_from(pairs[i][0]), &out);
		assert_true(sv_eq(buf_sv(&out), sv_from(pairs[i][1])));
		assert_int_equal(crypto_unbase64(buf_sv(&out), &back, &e), RC_OK);
		assert_true(sv_eq(buf_sv(&back), sv_from(pairs[i][0])));
		buf_fini(&out);
		buf_fini(&back);
	}
}

static void base64_is_strict(void **state)
{
	static const char *const bad[] = {
	    "Zg", "Zg=", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "====", "Z===", "Zg==Zg==", "Zm-_"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf out = {0};
		struct err e = {0};
		buf_adds(&out, "kept");
		assert_int_equal(crypto_unbase64(sv_from(bad[i]), &out, &e), RC_INPUT);
		assert_string_equal(out.ptr, "kept");
		assert_int_equal(strncmp(e.text, "base64: ", 8), 0);
		buf_fini(&out);
	}
}

static void base64_of_every_length(void **state)
{
	unsigned char bytes[300];
	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct buf out = {0}, back = {0};
		crypto_random(bytes, n);
		crypto_base64(sv_of(bytes, n), &out);
		assert_int_equal(out.len, (n + 2) / 3 * 4);
		assert_int_equal(crypto_unbase64(buf_sv(&out), &back, NULL), RC_OK);
		assert_true(sv_eq(buf_sv(&back), sv_of(bytes, n)));
		buf_fini(&out);
		buf_fini(&back);
	}
}

static void unit_is_below_one(void **state)
{
	double sum = 0;
	(void)state;
	for (int i = 0; i < 10000; i++) {
		double u = crypto_unit();
		assert_true(u >= 0 && u < 1);
		sum += u;
	}
	assert_true(sum > 4500 && sum < 5500); /* 17 standard deviations */
}

static void equal_and_wipe(void **state)
{
	char secret[] = "hunter2";
	(void)state;
	assert_true(crypto_equal(SV("abc"), SV("abc")));
	assert_false(crypto_equal(SV("abc"), SV("abd")));
	assert_false(crypto_equal(SV("abc"), SV("ab")));
	assert_true(crypto_equal(SV(""), (struct sv){NULL, 0}));
	crypto_wipe(secret, sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++)
		assert_int_equal(secret[i], 0);
	crypto_wipe(NULL, 0);
}

/* Expected value: Python's uuid.uuid5(UUID('5e0b8a1d-6c42-4f97-b30e-7d21c954a638'), name). */
static void uuid5_is_stable(void **state)
{
	char id[37], again[37];
	(void)state;
	crypto_uuid5(SV("rules/x.yml#0"), id);
	assert_string_equal(id, "927b8354-e720-5d35-8e44-a92070712f5c");
	crypto_uuid5(SV("rules/x.yml#1"), again);
	assert_string_not_equal(id, again);
	assert_int_equal(id[14], '5');
}

/* A key of 1,024 bits and a signature of "signed", made by OpenSSL's command line. */
static const char rsa_public[] =
    "MIGJAoGBAKXYjnNQ5or68w39TNWHyH65lB08ybf3VClFTJqkG+Tvj+xXBMoxWUzeyTjcf/OGB+cICQ906ABDxSoKy1"
    "LuKsq+lIJXRGJfEyCGyYBJPPPzsX9vuE14B+Au70TK7kDD1wOXrfnmYylozqhVcANkdjb5o23decqEhxXJVgj0OMur"
    "AgMBAAE=";
static const char rsa_signature[] =
    "64671c16fbb7fa867f39c118b614186ba842f63bc15883c1136fa84233fbeea5547b160f3a567b0f2d9c5a6c1a"
    "fdccb7e1c3a29749849d511bdcb47603b6a553bffeeb372118755e8ac48f3c71040c5bf37d6a2d03052e1544a0"
    "8a7115d8b57eeacbfa601c0e956be3d780f2c0cbc402997ee401e21213b60fb55bace61fab12";
static const char rsa_spki[] =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCl2I5zUOaK+vMN/UzVh8h+uZQdPMm391QpRUyapBvk74/sVwTKMV"
    "lM3sk43H/zhgfnCAkPdOgAQ8UqCstS7irKvpSCV0RiXxMghsmASTzz87F/b7hNeAfgLu9Eyu5Aw9cDl6355mMpaM6o"
    "VXADZHY2+aNt3XnKhIcVyVYI9DjLqwIDAQAB";

static struct crypto_rsa *rsa_of(const char *base64, enum rc want)
{
	struct buf der = {0};
	struct crypto_rsa *key = NULL;
	assert_int_equal(crypto_unbase64(sv_from(base64), &der, NULL), RC_OK);
	assert_int_equal(crypto_rsa_new(buf_sv(&der), &key, NULL), want);
	buf_fini(&der);
	return key;
}

static void rsa_signatures(void **state)
{
	struct crypto_rsa *key = rsa_of(rsa_public, RC_OK);
	struct buf signature = {0};
	(void)state;
	assert_int_equal(crypto_unhex(sv_from(rsa_signature), &signature, NULL), RC_OK);
	assert_true(crypto_rsa_signed(key, SV("signed"), buf_sv(&signature)));
	assert_false(crypto_rsa_signed(key, SV("signee"), buf_sv(&signature)));
	assert_false(crypto_rsa_signed(key, SV(""), buf_sv(&signature)));
	assert_false(crypto_rsa_signed(key, SV("signed"), sv_head(buf_sv(&signature), signature.len - 1)));
	assert_false(crypto_rsa_signed(key, SV("signed"), SV("")));
	for (size_t i = 0; i < signature.len; i += 9) {
		signature.ptr[i] ^= 1;
		assert_false(crypto_rsa_signed(key, SV("signed"), buf_sv(&signature)));
		signature.ptr[i] ^= 1;
	}
	buf_fini(&signature);
	crypto_rsa_free(key);
}

static void rsa_keys_of_other_forms(void **state)
{
	(void)state;
	rsa_of(rsa_spki, RC_INPUT);
	rsa_of("", RC_INPUT);
	rsa_of("MAYCAQMCAQM=", RC_INPUT); /* two small numbers: no key anybody would use */
	crypto_rsa_free(NULL);
}

static void unhex(void **state)
{
	struct buf out = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(crypto_unhex(SV("00ffAb10"), &out, &e), RC_OK);
	assert_true(sv_eq(buf_sv(&out), SV("\x00\xff\xab\x10")));
	assert_int_equal(crypto_unhex(SV("abc"), &out, &e), RC_INPUT);
	assert_int_equal(crypto_unhex(SV("0g"), &out, &e), RC_INPUT);
	assert_string_equal(e.text, "hex: bad character at offset 1");
	assert_int_equal(out.len, 4);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sha256_vectors),
	    cmocka_unit_test(md5_vectors),
	    cmocka_unit_test(sha256_streamed_million),
	    cmocka_unit_test(hmac_vectors_of_rfc_4231),
	    cmocka_unit_test(base64_there_and_back),
	    cmocka_unit_test(base64_is_strict),
	    cmocka_unit_test(base64_of_every_length),
	    cmocka_unit_test(unit_is_below_one),
	    cmocka_unit_test(equal_and_wipe),
	    cmocka_unit_test(uuid5_is_stable),
	    cmocka_unit_test(rsa_signatures),
	    cmocka_unit_test(rsa_keys_of_other_forms),
	    cmocka_unit_test(unhex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
