// SPDX-License-Identifier: ISC
/*
 * test_tls_schedule.c - the key schedule of TLS 1.3 and HMAC against OpenSSL's
 * own, and RFC 8448.
 */
#include "unit.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

#include "session/remote_key.h"

#define OWN   "provider=restante"
#define USUAL "provider=default"

static struct remote_keys keys;

static int load(void **state)
{
	(void)state;
	return remote_key_init(&keys) ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	remote_key_finish(&keys);
	return 0;
}

/* What TLS says; SIZE_MAX: it does not. */
struct asked {
	int mode;
	const char *digest;
	size_t key, salt, label, data;
	size_t len;
};

static const uint8_t octets[600] = "not all of them are zero, but many are";

static OSSL_PARAM *add(OSSL_PARAM *p, const char *name, size_t len)
{
	if (len != SIZE_MAX) {
		*p++ = OSSL_PARAM_construct_octet_string(
		    name, (void *)(uintptr_t)(octets + name[0] % 16), len);
	}
	return p;
}

static int derive(const struct asked *a, const char *whose, uint8_t *out)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", whose);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int mode = a->mode;
	OSSL_PARAM params[9], *p = params;
	char prefix[] = "tls13 ";
	int rc;

	assert_non_null(ctx);
	*p++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	if (a->digest != NULL) {
		*p++ = OSSL_PARAM_construct_utf8_string(
		    OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)a->digest, 0);
	}
	*p++ =
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX, prefix, 6);
	p = add(p, OSSL_KDF_PARAM_KEY, a->key);
	p = add(p, OSSL_KDF_PARAM_SALT, a->salt);
	p = add(p, OSSL_KDF_PARAM_LABEL, a->label);
	p = add(p, OSSL_KDF_PARAM_DATA, a->data);
	*p = OSSL_PARAM_construct_end();
	rc = EVP_KDF_derive(ctx, out, a->len, params);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return rc;
}

static void assert_as_usual(const struct asked *a)
{
	static uint8_t want[256 * 64], got[256 * 64];

	assert_int_equal(derive(a, USUAL, want), 1);
	assert_int_equal(derive(a, OWN, got), 1);
	assert_memory_equal(got, want, a->len);
}

static const struct {
	const char *name;
	size_t len;
} digests[] = { { "SHA2-256", 32 }, { "SHA2-384", 48 }, { "sha512", 64 } };

static void test_expand(void **state)
{
	static const size_t lens[] = { 1, 12, 31, 32, 33, 64, 65, 255 * 32 };
	static const size_t datas[] = { SIZE_MAX, 0, 1, 32, 48, 255 };
	static const size_t labels[] = { 1, 9, 12, 249 };

	(void)state;
	for (size_t i = 0;
	     i < COUNT_OF(digests) * COUNT_OF(lens) * COUNT_OF(datas); i++) {
		struct asked a = {
			.mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY,
			.digest = digests[i % 3].name,
			.key = digests[i % 3].len,
			.salt = SIZE_MAX,
			.label = labels[i % COUNT_OF(labels)],
			.data = datas[i / 3 % COUNT_OF(datas)],
			.len = lens[i / 3 / COUNT_OF(datas)],
		};

		assert_as_usual(&a);
	}
}

static void test_extract(void **state)
{
	static const size_t secrets[] = { SIZE_MAX, 32, 48, 66, 200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(digests) * COUNT_OF(secrets) * 2; i++) {
		size_t len = digests[i % 3].len;
		struct asked a = {
			.mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY,
			.digest = digests[i % 3].name,
			.key = secrets[i / 3 % COUNT_OF(secrets)],
			.salt = i % 2 == 0 ? SIZE_MAX : len,
			.label = 7,
			.data = SIZE_MAX,
			.len = len,
		};

		assert_as_usual(&a);
	}
}

/* RFC 8448, section 3: the secret that there is before any other. */
static void test_early_secret(void **state)
{
	static const uint8_t want[] = {
		0x33, 0xad, 0x0a, 0x1c, 0x60, 0x7e, 0xc0, 0x3b,
		0x09, 0xe6, 0xcd, 0x98, 0x93, 0x68, 0x0c, 0xe2,
		0x10, 0xad, 0xf3, 0x00, 0xaa, 0x1f, 0x26, 0x60,
		0xe1, 0xb2, 0x2e, 0x10, 0xf1, 0x70, 0xf9, 0x2a,
	};
	struct asked a = {
		.mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY,
		.digest = "SHA2-256",
		.key = SIZE_MAX,
		.salt = SIZE_MAX,
		.label = 7,
		.data = SIZE_MAX,
		.len = sizeof(want),
	};
	uint8_t got[sizeof(want)];

	(void)state;
	assert_int_equal(derive(&a, OWN, got), 1);
	assert_memory_equal(got, want, sizeof(want));
}

static void test_what_is_refused(void **state)
{
	enum {
		EXPAND = EVP_KDF_HKDF_MODE_EXPAND_ONLY,
		EXTRACT = EVP_KDF_HKDF_MODE_EXTRACT_ONLY
	};
	static const struct asked bad[] = {
		{ EXPAND, NULL, 32, SIZE_MAX, 7, 32, 32 },
		{ EXPAND, "SHA1", 20, SIZE_MAX, 7, 20, 20 },
		{ EXPAND, "SHA256", SIZE_MAX, SIZE_MAX, 7, 32, 32 },
		{ EXPAND, "SHA256", 32, SIZE_MAX, 250, 32, 32 },
		{ EXPAND, "SHA256", 32, SIZE_MAX, 7, 256, 32 },
		{ EXPAND, "SHA256", 32, SIZE_MAX, 7, 32, 255 * 32 + 1 },
		{ EXTRACT, "SHA256", 32, 32, 7, SIZE_MAX, 31 },
		{ EXTRACT, "SHA256", 32, 32, 250, SIZE_MAX, 32 },
		{ EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND, "SHA256", 32, 32, 7,
		  SIZE_MAX, 32 },
	};
	static uint8_t out[256 * 32];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_true(derive(&bad[i], OWN, out) <= 0);
	}
}

/* --- HMAC --- */

static EVP_MAC_CTX *mac_of(const char *whose)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", whose);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

	assert_non_null(ctx);
	EVP_MAC_free(mac);
	return ctx;
}

static bool begin_mac(EVP_MAC_CTX *ctx, const char *digest, const uint8_t *key,
		      size_t len)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						 (char *)(uintptr_t)digest, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_init(ctx, key, len, params) == 1;
}

static void assert_mac(EVP_MAC_CTX *ctx, const uint8_t *want, size_t want_len)
{
	uint8_t got[64];
	size_t len = 0;

	assert_int_equal(EVP_MAC_final(ctx, got, &len, sizeof(got)), 1);
	assert_int_equal(len, want_len);
	assert_memory_equal(got, want, want_len);
}

static void test_mac(void **state)
{
	static const size_t lens[] = { 1, 32, 63, 64, 65, 128, 129, 500 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(digests) * COUNT_OF(lens); i++) {
		const char *digest = digests[i % 3].name;
		size_t want_len = 0, len = lens[i / 3];
		EVP_MAC_CTX *own = mac_of(OWN), *copy;
		uint8_t want[64];

		assert_non_null(EVP_Q_mac(NULL, "HMAC", USUAL, digest, NULL,
					  octets, len, octets, len, want,
					  sizeof(want), &want_len));
		assert_true(begin_mac(own, digest, octets, len));
		assert_int_equal(EVP_MAC_CTX_get_mac_size(own), want_len);
		assert_int_equal(EVP_MAC_update(own, octets, len / 2), 1);
		copy = EVP_MAC_CTX_dup(own);
		assert_non_null(copy);
		EVP_MAC_update(own, octets + len / 2, len - len / 2);
		assert_mac(own, want, want_len);
		EVP_MAC_update(copy, octets + len / 2, len - len / 2);
		assert_mac(copy, want, want_len);
		/* again, with the same key */
		assert_int_equal(EVP_MAC_init(own, NULL, 0, NULL), 1);
		EVP_MAC_update(own, octets, len);
		assert_mac(own, want, want_len);
		EVP_MAC_CTX_free(own);
		EVP_MAC_CTX_free(copy);
	}
}

static void test_mac_without_its_parts(void **state)
{
	EVP_MAC_CTX *m = mac_of(OWN);
	uint8_t got[64];
	size_t len = 0;

	(void)state;
	assert_int_equal(EVP_MAC_init(m, octets, 32, NULL), 0);
	assert_false(begin_mac(m, "SHA1", octets, 32));
	assert_int_equal(EVP_MAC_update(m, octets, 1), 0);
	assert_int_equal(EVP_MAC_final(m, got, &len, sizeof(got)), 0);
	assert_true(begin_mac(m, "SHA256", octets, 32));
	assert_int_equal(EVP_MAC_final(m, got, &len, 31), 0);
	EVP_MAC_CTX_free(m);
}

/* Nothing else is taken from us, and these are, without being asked for. */
static void test_whose_is_used(void **state)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_KEYMGMT *ec = EVP_KEYMGMT_fetch(NULL, "EC", NULL);
	EVP_SIGNATURE *rsa = EVP_SIGNATURE_fetch(NULL, "RSA", NULL);
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);

	(void)state;
	assert_ptr_equal(EVP_KDF_get0_provider(kdf), keys.remote);
	assert_ptr_equal(EVP_MAC_get0_provider(mac), keys.remote);
	assert_ptr_equal(EVP_KEYMGMT_get0_provider(ec), keys.standard);
	assert_ptr_equal(EVP_SIGNATURE_get0_provider(rsa), keys.standard);
	assert_ptr_equal(EVP_MD_get0_provider(md), keys.standard);
	EVP_KDF_free(kdf);
	EVP_MAC_free(mac);
	EVP_KEYMGMT_free(ec);
	EVP_SIGNATURE_free(rsa);
	EVP_MD_free(md);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_extract),
		cmocka_unit_test(test_early_secret),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_mac_without_its_parts),
		cmocka_unit_test(test_whose_is_used),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
