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

/* The curves' generators, from SEC 2. */
static const char p256_point[] =
    "\x04"
    "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
    "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
    "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
    "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
static const char p384_point[] =
    "\x04"
    "\xaa\x87\xca\x22\xbe\x8b\x05\x37\x8e\xb1\xc7\x1e\xf3\x20\xad\x74"
    "\x6e\x1d\x3b\x62\x8b\xa7\x9b\x98\x59\xf7\x41\xe0\x82\x54\x2a\x38"
    "\x55\x02\xf2\x5d\xbf\x55\x29\x6c\x3a\x54\x5e\x38\x72\x76\x0a\xb7"
    "\x36\x17\xde\x4a\x96\x26\x2c\x6f\x5d\x9e\x98\xbf\x92\x92\xdc\x29"
    "\xf8\xf4\x1d\xbd\x28\x9a\x14\x7c\xe9\xda\x31\x13\xb5\xf0\xb8\xc0"
    "\x0a\x60\xb1\xce\x1d\x7e\x81\x9d\x7a\x43\x1d\x7c\x90\xea\x0e\x5f";

static struct content tls_1_2(uint16_t group, uint8_t point_len)
{
	struct content c = { .len = 68 + (size_t)point_len };

	memset(c.at, 0xa5, sizeof(c.at));
	c.at[64] = 3;
	c.at[65] = (uint8_t)(group >> 8);
	c.at[66] = (uint8_t)group;
	c.at[67] = point_len;
	if (group == 0x0017) {
		memcpy(c.at + 68, p256_point, 65);
	} else if (group == 0x0018) {
		memcpy(c.at + 68, p384_point, 97);
	}
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
	struct content p384 = tls_1_2(0x0018, 97);
	struct content x25519 = tls_1_2(0x001d, 32);

	(void)state;
	assert_true(judge(ECDSA, &sha256, sha256.len));
	assert_true(judge(PSS, &sha384, sha384.len));
	assert_true(judge(ECDSA, &p256, p256.len));
	assert_true(judge(ECDSA, &p384, p384.len));
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

/* Whoever could choose the point freely could choose all but four octets. */
static void test_a_point_of_no_curve(void **state)
{
	struct content all[] = { tls_1_2(0x0017, 65), tls_1_2(0x0018, 97) };
	struct content others[] = { tls_1_2(0x0019, 133), tls_1_2(0x001e, 56) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct content *c = &all[i];

		for (size_t at = 68; at < c->len; at++) {
			c->at[at] ^= 0x01;
			assert_false(judge(ECDSA, c, c->len));
			c->at[at] ^= 0x01;
		}
		assert_true(judge(ECDSA, c, c->len));
		assert_false(judge(ECDSA, &others[i], others[i].len));
		memset(c->at + 69, 0, c->len - 69);
		assert_false(judge(ECDSA, c, c->len));
		c->at[68] = 0; /* infinity */
		assert_false(judge(ECDSA, c, c->len));
		c->at[68] = 6; /* hybrid: with y's last bit in front */
		assert_false(judge(ECDSA, c, c->len));
	}
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
		cmocka_unit_test(test_a_point_of_no_curve),
		cmocka_unit_test(test_pkcs1_is_of_tls_1_2),
		cmocka_unit_test(test_each_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
