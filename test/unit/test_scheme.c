// SPDX-License-Identifier: ISC
/*
 * test_scheme.c - stored passwords: those that other programs made (openssl
 * passwd, mkpasswd), our own, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/scheme.h"

#define SECRET "correct horse"

static enum scheme_result verify_octets(const char *stored, const void *secret,
					size_t len)
{
	struct secret s = { .len = 0 };
	enum scheme_result result;

	assert_true(secret_set(&s, secret, len));
	result = scheme_verify(text_of(stored), &s);
	secret_wipe(&s);
	return result;
}

static enum scheme_result verify(const char *stored, const char *secret)
{
	return verify_octets(stored, secret, strlen(secret));
}

static const char *const foreign[] = {
	/* openssl passwd -6, -5, -1 */
	"{SHA512-CRYPT}$6$saltsalt$"
	"hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL5Vvw"
	"p2scFtv/uamSo5z0",
	"{SHA256-CRYPT}$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/",
	"{MD5-CRYPT}$1$saltsalt$NuzA7WTAelpl95xgBGWN60",
	/* mkpasswd -m bcrypt -R 4, -m yescrypt -R 1 */
	"{BLF-CRYPT}$2b$05$Tr8c/Pr30Q.fYCRe8qlBxeUeViN48ar1AIjOydPTIQPK/"
	"i.RbT4Na",
	"{YESCRYPT}$y$j75$tOu2ZLywL.wy.rywbDDiA/"
	"$vgzVETaFa0W0o3rV9UdRv3oqHnuwF.vly81SCxlc1p0",
	/* without a scheme, and with the one that takes all */
	"$y$j75$tOu2ZLywL.wy.rywbDDiA/"
	"$vgzVETaFa0W0o3rV9UdRv3oqHnuwF.vly81SCxlc1p0",
	"{CRYPT}$5$saltsalt$myjXcpMpE2Ofk7fj9hqyNYSn6lmWG4Mqnjx.KIRRr4/",
	"{crypt}$2b$05$Tr8c/Pr30Q.fYCRe8qlBxeUeViN48ar1AIjOydPTIQPK/i.RbT4Na",
	"{PLAIN}" SECRET,
	"{CLEARTEXT}" SECRET,
	"{plain.b64}Y29ycmVjdCBob3JzZQ==",
	"{PLAIN.BASE64}Y29ycmVjdCBob3JzZQ==",
	"{PLAIN.HEX}636f727265637420686f727365",
};

static void hashes_of_others_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		struct text stored = text_of(foreign[i]);

		assert_int_equal(scheme_judge(stored), SCHEME_MATCH);
		assert_int_equal(verify(foreign[i], SECRET), SCHEME_MATCH);
		assert_int_equal(verify(foreign[i], "correct hors"),
				 SCHEME_MISMATCH);
		assert_int_equal(verify(foreign[i], SECRET "x"),
				 SCHEME_MISMATCH);
		assert_int_equal(verify(foreign[i], ""), SCHEME_MISMATCH);
	}
}

/* libcrypt would read up to the NUL and be content. */
static void a_nul_never_ends_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		assert_int_equal(
		    verify_octets(foreign[i], SECRET "\0x", strlen(SECRET) + 2),
		    SCHEME_MISMATCH);
		assert_int_equal(
		    verify_octets(foreign[i], SECRET "\0", strlen(SECRET) + 1),
		    SCHEME_MISMATCH);
	}
}

static void old_des_and_pam_forms_verify(void **state)
{
	char des[64], pam[72];
	struct crypt_data data = { .initialized = 0 };

	(void)state;
	snprintf(des, sizeof(des), "%s", crypt_r("secret", "ab", &data));
	snprintf(pam, sizeof(pam), "%s[13]", des);
	assert_int_equal(verify(des, "secret"), SCHEME_MATCH);
	assert_int_equal(verify(pam, "secret"), SCHEME_MATCH);
	assert_int_equal(verify(pam, "secres"), SCHEME_MISMATCH);
	snprintf(pam, sizeof(pam), "%s[34]", des);
	assert_int_equal(verify(pam, "secret"), SCHEME_EUNKNOWN);
}

static void argon2_of_libsodium_verifies(void **state)
{
	char hash[crypto_pwhash_STRBYTES], stored[256];
	static const char *const names[] = { "ARGON2I", "ARGON2ID" };

	(void)state;
	for (int alg = crypto_pwhash_ALG_ARGON2I13;
	     alg <= crypto_pwhash_ALG_ARGON2ID13; alg++) {
		const char *name = names[alg - crypto_pwhash_ALG_ARGON2I13];

		assert_int_equal(crypto_pwhash_str_alg(hash, SECRET,
						       strlen(SECRET), 3, 8192,
						       alg),
				 0);
		snprintf(stored, sizeof(stored), "{%s}%s", name, hash);
		assert_int_equal(scheme_judge(text_of(stored)), SCHEME_MATCH);
		assert_int_equal(verify(stored, SECRET), SCHEME_MATCH);
		assert_int_equal(verify(stored, "other"), SCHEME_MISMATCH);
		assert_int_equal(
		    verify_octets(stored, SECRET "\0x", strlen(SECRET) + 2),
		    SCHEME_MISMATCH);
		snprintf(stored, sizeof(stored), "{ARGON2}%s", hash);
		assert_int_equal(verify(stored, SECRET), SCHEME_MATCH);
		/* cut within the hash it may still be one, but another */
		for (size_t cut = 0; cut < strlen(stored); cut++) {
			struct secret s = { .len = 0 };

			assert_true(secret_set(&s, SECRET, strlen(SECRET)));
			assert_int_not_equal(
			    scheme_verify((struct text){ stored, cut }, &s),
			    SCHEME_MATCH);
		}
	}
}

static void what_is_malformed_matches_nothing(void **state)
{
	static const struct {
		const char *stored;
		enum scheme_result want;
	} rows[] = {
		{ "", SCHEME_ELOCKED },
		{ "*", SCHEME_ELOCKED },
		{ "!", SCHEME_ELOCKED },
		{ "!!", SCHEME_ELOCKED },
		{ "x", SCHEME_ELOCKED },
		{ "!$6$saltsalt$abc", SCHEME_ELOCKED },
		{ "{PLAIN}", SCHEME_ELOCKED },
		{ "{CRYPT}", SCHEME_ELOCKED },
		{ "{ARGON2ID}", SCHEME_ELOCKED },
		{ "{CRYPT}*0", SCHEME_ELOCKED },
		{ "{NONE}x", SCHEME_EUNKNOWN },
		{ "{}x", SCHEME_EUNKNOWN },
		{ "{PLAIN", SCHEME_EUNKNOWN },
		{ "{", SCHEME_EUNKNOWN },
		{ "{PLAIN.ROT13}cynva", SCHEME_EUNKNOWN },
		{ "{.B64}eA==", SCHEME_EUNKNOWN },
		{ "{SCRAM-SHA-256}4096,x", SCHEME_EMALFORMED },
		{ "{PLAIN.B64}*", SCHEME_EMALFORMED },
		{ "{PLAIN.HEX}6", SCHEME_EMALFORMED },
		{ "{PLAIN.HEX}zz", SCHEME_EMALFORMED },
		{ "{YESCRYPT}$6$salt$x", SCHEME_EMALFORMED },
		{ "{SHA512-CRYPT}$5$salt$x", SCHEME_EMALFORMED },
		{ "$unheard$of", SCHEME_EMALFORMED },
		{ "{CRYPT}$y$", SCHEME_EMALFORMED },
		{ "{ARGON2ID}$argon2id$", SCHEME_EMALFORMED },
		{ "{ARGON2ID}$argon2i$v=19$m=1,t=1,p=1$a$b",
		  SCHEME_EMALFORMED },
		{ "secret:", SCHEME_EMALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum scheme_result result = verify(rows[i].stored, "secret");

		if (result != rows[i].want) {
			print_error("%s: %d\n", rows[i].stored, result);
		}
		assert_int_equal(result, rows[i].want);
		assert_int_equal(verify(rows[i].stored, ""), rows[i].want);
		assert_int_equal(verify(rows[i].stored, rows[i].stored),
				 rows[i].want);
	}
}

/* A setting without its hash is a prefix of what libcrypt answers. */
static void a_hash_that_was_cut_matches_nothing(void **state)
{
	static const char whole[] =
	    "{SHA512-CRYPT}$6$saltsalt$"
	    "hRM5XZ86KXEw9UOmjigeVqFgULtFB2sgpC9lXQDfMib3Zgw7mEiUvBJI2EplzfAqxL"
	    "5Vvwp2scFtv/uamSo5z0";

	(void)state;
	for (size_t cut = 0; cut < strlen(whole); cut += 3) {
		struct secret s = { .len = 0 };

		assert_true(secret_set(&s, SECRET, strlen(SECRET)));
		assert_int_not_equal(
		    scheme_verify((struct text){ whole, cut }, &s),
		    SCHEME_MATCH);
	}
}

static void secrets_too_long_for_libcrypt_are_refused(void **state)
{
	static char octets[SECRET_MAX];

	(void)state;
	memset(octets, 'a', sizeof(octets));
	assert_int_equal(verify_octets(foreign[4], octets, sizeof(octets)),
			 SCHEME_MISMATCH);
}

static void ours_verify(void **state)
{
	static const char *const names[] = { "YESCRYPT",     "argon2id",
					     "BLF-CRYPT",    "SHA512-CRYPT",
					     "SHA256-CRYPT", "PLAIN" };
	char stored[SCHEME_STORED_MAX], again[SCHEME_STORED_MAX];
	struct secret s = { .len = 0 };

	(void)state;
	assert_true(secret_set(&s, "p:\xc3\xa4 s", 6));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(scheme_make(names[i], &s, stored),
				 SCHEME_MATCH);
		assert_true(strlen(stored) <= PASSWD_STORED_MAX);
		assert_null(strchr(stored, ':'));
		assert_int_equal(scheme_verify(text_of(stored), &s),
				 SCHEME_MATCH);
		assert_true(text_equal_fold(
		    text_of(scheme_name(text_of(stored))), text_of(names[i])));
		assert_int_equal(verify(stored, "p"), SCHEME_MISMATCH);
		assert_int_equal(scheme_make(names[i], &s, again),
				 SCHEME_MATCH);
		/* each has a salt of its own */
		if (i < 5) {
			assert_string_not_equal(stored, again);
		}
	}
	assert_int_equal(scheme_make("PLAIN", &s, stored), SCHEME_MATCH);
	assert_string_equal(stored, "{PLAIN.B64}cDrDpCBz");
}

static void what_cannot_be_made_is_refused(void **state)
{
	static char octets[SECRET_MAX];
	char stored[SCHEME_STORED_MAX] = "as it was";
	struct secret s = { .len = 0 };

	(void)state;
	assert_true(secret_set(&s, "x", 1));
	assert_int_equal(scheme_make("MD5-CRYPT", &s, stored), SCHEME_EUNKNOWN);
	assert_int_equal(scheme_make("ROT13", &s, stored), SCHEME_EUNKNOWN);
	assert_int_equal(scheme_make("", &s, stored), SCHEME_EUNKNOWN);
	assert_true(secret_set(&s, "", 0));
	assert_int_equal(scheme_make("PLAIN", &s, stored), SCHEME_ESECRET);
	assert_true(secret_set(&s, "a\0b", 3));
	assert_int_equal(scheme_make("YESCRYPT", &s, stored), SCHEME_ESECRET);
	assert_int_equal(scheme_make("PLAIN", &s, stored), SCHEME_ESECRET);
	memset(octets, 'a', sizeof(octets));
	assert_true(secret_set(&s, octets, sizeof(octets)));
	assert_int_equal(scheme_make("YESCRYPT", &s, stored), SCHEME_ESECRET);
	assert_string_equal(stored, "as it was");
}

static void the_decoy_is_sound(void **state)
{
	(void)state;
	assert_int_equal(scheme_judge(scheme_builtin_decoy()), SCHEME_MATCH);
	assert_true(scheme_is_costly(scheme_builtin_decoy()));
	assert_false(scheme_is_costly(text_of("{PLAIN}x")));
	assert_false(scheme_is_costly(text_of("{NONE}x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_of_others_verify),
		cmocka_unit_test(a_nul_never_ends_a_secret),
		cmocka_unit_test(old_des_and_pam_forms_verify),
		cmocka_unit_test(argon2_of_libsodium_verifies),
		cmocka_unit_test(what_is_malformed_matches_nothing),
		cmocka_unit_test(a_hash_that_was_cut_matches_nothing),
		cmocka_unit_test(secrets_too_long_for_libcrypt_are_refused),
		cmocka_unit_test(ours_verify),
		cmocka_unit_test(what_cannot_be_made_is_refused),
		cmocka_unit_test(the_decoy_is_sound),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
