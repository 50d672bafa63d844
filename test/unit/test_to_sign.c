// SPDX-License-Identifier: ISC
/*
 * test_to_sign.c - what the key role signs, and what it does not.
 */
#include "unit.h"

#include <string.h>

#include "guard.h"
#include "key/to_sign.h"

#define ECDSA 0x0403
#define PSS   0x0804
#define PKCS1 0x0401

struct content {
	size_t len;
	uint8_t at[256];
};

static struct content tls_1_3(const char *who, size_t hash_len)
{
	struct content c = { .len = 64 };

	memset(c.at, 0x20, 64);
	memcpy(c.at + c.len, "TLS 1.3, ", 9);
	c.len += 9;
	memcpy(c.at + c.len, who, strlen(who));
	c.len += strlen(who);
	memcpy(c.at + c.len, " CertificateVerify", 19);
	c.len += 19;
	memset(c.at + c.len, 0xa5, hash_len);
	c.len += hash_len;
	return c;
}

static struct content tls_1_2(uint16_t group, uint8_t point_len)
{
	struct content c = { .len = 68 + (size_t)point_len };

	memset(c.at, 0xa5, sizeof(c.at));
	c.at[64] = 3;
	c.at[65] = (uint8_t)(group >> 8);
	c.at[66] = (uint8_t)group;
	c.at[67] = point_len;
	return c;
}

/* The content ends where nothing can be read any more. */
static bool judge(uint16_t scheme, const struct content *c, size_t len)
{
	struct guard g;
	bool is_tls;

	guard_init(&g, sizeof(c->at));
	is_tls = to_sign_is_tls(
	    scheme, guard_copy(&g, pop3_slice_of(c->at, len)).at, len);
	guard_finish(&g);
	return is_tls;
}

static void test_what_servers_sign(void **state)
{
	struct content sha256 = tls_1_3("server", 32);
	struct content sha384 = tls_1_3("server", 48);
	struct content p256 = tls_1_2(0x0017, 65);
	struct content x25519 = tls_1_2(0x001d, 32);

	(void)state;
	assert_true(judge(ECDSA, &sha256, sha256.len));
	assert_true(judge(PSS, &sha384, sha384.len));
	assert_true(judge(ECDSA, &p256, p256.len));
	assert_true(judge(PKCS1, &x25519, x25519.len));
}

static void test_other_lengths(void **state)
{
	struct content all[] = { tls_1_3("server", 32), tls_1_2(0x0017, 65) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t len = 0; len < all[i].len + 15; len++) {
			assert_int_equal(judge(ECDSA, &all[i], len),
					 len == all[i].len);
		}
	}
}

/* A client's signature would let whoever has it be the server as a client. */
static void test_what_others_sign(void **state)
{
	struct content client = tls_1_3("client", 32);
	struct content group = tls_1_2(0x0017, 32);
	struct content none = tls_1_2(0x4242, 65);
	struct content curve = tls_1_2(0x0017, 65);
	struct content digest = { .len = 32 };

	(void)state;
	curve.at[64] = 1; /* explicit_prime */
	assert_false(judge(ECDSA, &client, client.len));
	assert_false(judge(ECDSA, &group, group.len));
	assert_false(judge(ECDSA, &none, none.len));
	assert_false(judge(ECDSA, &curve, curve.len));
	assert_false(judge(ECDSA, &digest, digest.len));
}

static void test_pkcs1_is_of_tls_1_2(void **state)
{
	struct content c = tls_1_3("server", 32);

	(void)state;
	assert_false(judge(PKCS1, &c, c.len));
	assert_false(judge(0x0501, &c, c.len));
	assert_false(judge(0x0601, &c, c.len));
}

/* Each octet that is fixed is looked at. */
static void test_each_octet(void **state)
{
	struct content c = tls_1_3("server", 32);

	(void)state;
	for (size_t i = 0; i < c.len - 32; i++) {
		c.at[i] ^= 0x01;
		assert_false(judge(ECDSA, &c, c.len));
		c.at[i] ^= 0x01;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_servers_sign),
		cmocka_unit_test(test_other_lengths),
		cmocka_unit_test(test_what_others_sign),
		cmocka_unit_test(test_pkcs1_is_of_tls_1_2),
		cmocka_unit_test(test_each_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
